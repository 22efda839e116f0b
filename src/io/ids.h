/** From vertex numbers to input ids, where the ids are spread over the ranks. */
#ifndef GPH_IO_IDS_H
#define GPH_IO_IDS_H

#include "graph/edges.h"

/**
 * Replaces vertex numbers by input ids in edges. Collective. Asks the ranks that hold the ids, a
 * bounded number of edges at a time.
 * @param vertices over all ranks
 * @param id       ids of this rank's even block of vertices (gph_block_start)
 * @param count    edges of this rank
 * @param edge     [count] u lies in this rank's block, v anywhere
 */
gph_status_t gph_ids_translate(gph_context_t *context, int64_t vertices, const int64_t *id,
                               int64_t count, gph_edge_t *edge);

#endif
