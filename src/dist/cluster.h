/** Groups of vertices that hang together: label propagation under a size limit. */
#ifndef GPH_DIST_CLUSTER_H
#define GPH_DIST_CLUSTER_H

#include "graph/graph.h"

/**
 * Finds clusters of total work at most `limit` (but for single vertices above it). Collective.
 * In synchronous rounds, a part of the vertices at a time: each asks to join the cluster that most
 * of its edges lead to and that has room, and a cluster takes askers in order of gain until it is
 * full. Nothing depends on who owns what (Meyerhenke, Sanders & Schulz, SEA 2014).
 * @param work    [owned] of each vertex
 * @param unit    every edge weighs 1, whatever its weight
 * @param cluster [owned] receives a vertex of the cluster that each vertex is in
 * @param filled  [owned] receives 1 for vertices that a cluster is named after, else 0
 * Cost: O(m/P) a round.
 */
gph_status_t gph_cluster(const gph_graph_t *graph, const int64_t *work, int64_t limit, bool unit,
                         gph_gid_t *cluster, int64_t *filled);

#endif
