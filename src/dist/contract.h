/** Contracting a graph: groups of vertices become the vertices of a smaller, weighted graph. */
#ifndef GPH_DIST_CONTRACT_H
#define GPH_DIST_CONTRACT_H

#include "graph/graph.h"

/**
 * Asks the owners of vertices for their values. Collective; ranks may ask for different ones.
 * @param asked  [count] global ids
 * @param value  [owned] of this rank's vertices
 * @param answer [count] receives the values of `asked`
 */
gph_status_t gph_graph_ask(const gph_graph_t *graph, int64_t count, const gph_gid_t *asked,
                           const int64_t *value, int64_t *answer);

/**
 * The graph of groups: a vertex for each group, an edge where an edge of `graph` joins two groups,
 * with the sum of their weights. Collective.
 * @param groups number of groups
 * @param group  [owned + ghosts] group of each vertex, 0..groups-1
 * @param unit   every edge of `graph` weighs 1, whatever its weight
 * @param small  receives the graph: rows in even blocks, weights, ghosts and halo plan, no tiles
 * Cost: O(m/P) time, and 24 bytes an edge that joins groups.
 */
gph_status_t gph_graph_contract(const gph_graph_t *graph, int64_t groups, const int64_t *group,
                                bool unit, gph_graph_t **small);

#endif
