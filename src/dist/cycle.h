/** Showing a cycle of a directed graph. */
#ifndef GPH_DIST_CYCLE_H
#define GPH_DIST_CYCLE_H

#include "graph/graph.h"

/**
 * Fails with a cycle among the nodes that are not done, each of which comes after another one that
 * is not done. Collective. The same cycle on any number of ranks.
 * @param arrives as in gph_levels_t
 * @param done    [owned + ghosts]
 * @return GPH_ERR_INPUT
 */
gph_status_t gph_cycle_fail(const gph_graph_t *graph, int arrives, const bool *done);

#endif
