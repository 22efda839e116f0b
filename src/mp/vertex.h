/** Which vertex is which: the numbering that results are keyed by, and ties are broken by. */
#ifndef GPH_MP_VERTEX_H
#define GPH_MP_VERTEX_H

#include "graph/graph.h"

/** Number of an owned vertex or ghost in the numbering by ascending id. Local. */
static inline gph_gid_t gph_mp_number(const gph_graph_t *graph, gph_lid_t local)
{
    return gph_graph_number(graph, local);
}

/** Owned vertex of a number, or -1 when another rank owns it. Local, O(n/P) of a placed
 * graph. */
static inline gph_lid_t gph_mp_owned_of(const gph_graph_t *graph, gph_gid_t number)
{
    for (gph_lid_t v = 0; graph->origin != NULL && v < graph->owned; ++v)
        if (graph->origin[v] == number)
            return v;
    const gph_gid_t local = graph->origin ? -1 : number - graph->first;
    return local >= 0 && local < graph->owned ? (gph_lid_t)local : -1;
}

/** Neighbours of an owned vertex. Local. */
static inline int64_t gph_mp_degree(const gph_graph_t *graph, gph_lid_t owned)
{
    return graph->offset[owned + 1] - graph->offset[owned];
}

#endif
