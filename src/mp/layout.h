/**
 * Where states lie in memory: for programs that look at all neighbours of all vertices again and
 * again, states of vertices of many neighbours, which are read most often, lie together.
 */
#ifndef GPH_MP_LAYOUT_H
#define GPH_MP_LAYOUT_H

#include "graph/graph.h"

typedef struct gph_mp_layout {
    gph_lid_t *place;               /**< [owned + ghosts] place of each state, or NULL: its index */
    gph_lid_t *vertex;              /**< [owned + ghosts] whose state lies there, or NULL */
    gph_lid_t *adjacent;            /**< [arcs] places of neighbours, or NULL with `place` */
    const gph_lid_t *adjacent_view; /**< those, or the graph's own */
} gph_mp_layout_t;

/** Makes a layout. Collective: agrees. Where memory is short, states keep their order.
 *  @param dense states are to be read often enough that another order pays */
gph_status_t gph_mp_layout_init(const gph_graph_t *graph, bool dense, gph_mp_layout_t *layout);

/** Frees the arrays. Local. */
void gph_mp_layout_free(gph_mp_layout_t *layout);

/** Place of the state of an owned vertex or ghost. Local. */
static inline int64_t gph_mp_place(const gph_mp_layout_t *layout, int64_t local)
{
    return layout->place ? layout->place[local] : local;
}

#endif
