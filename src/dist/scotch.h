/** Placing the graph of tiles by Scotch. */
#ifndef GPH_DIST_SCOTCH_H
#define GPH_DIST_SCOTCH_H

#include "graph/graph.h"

/** True when this build has Scotch. Local. */
bool gph_scotch_built(void);

/**
 * Gives each tile a part so that parts have even work and few edges are cut. Collective; rank 0
 * calls Scotch, one thread, fixed seed, and tells the others.
 * @param quotient graph of tiles; of the edges of a tile the heaviest ones count
 * @param cost     [tiles] work of each tile
 * @param part     [tiles] receives 0..parts-1, on all ranks; equal ones for equal arguments
 * @return GPH_ERR_MEMORY, GPH_ERR_SYSTEM when Scotch fails
 */
gph_status_t gph_scotch_place(const gph_graph_t *quotient, int64_t parts, const int64_t *cost,
                              int32_t *part);

#endif
