/** Counting labels, such as those of components. */
#ifndef GPH_MP_GROUPS_H
#define GPH_MP_GROUPS_H

#include "base/sort.h"
#include "graph/graph.h"

/**
 * How many different labels vertices have, and how many vertices the most frequent one. Collective.
 * @param parts labels here
 * @param part  [parts] label (0..n-1) and number of vertices; the same label may occur again, here
 *              and elsewhere; is sorted
 */
gph_status_t gph_mp_count_groups(const gph_graph_t *graph, int64_t parts, gph_pair_t *part,
                                 int64_t *groups, int64_t *largest);

#endif
