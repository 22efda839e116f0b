/** Halo exchange: ghosts receive the values of their owners, or owners the sums of their ghosts. */
#ifndef GPH_DIST_HALO_H
#define GPH_DIST_HALO_H

#include "graph/graph.h"

/**
 * Copies values of owned vertices to the ghosts of other ranks. Collective.
 * @param size   bytes a value
 * @param values [owned + ghosts]; the first `owned` are read, the rest written
 */
gph_status_t gph_halo_update(const gph_graph_t *graph, size_t size, void *values);

#endif
