/**
 * How a program sees the vertices of a rank: as the graph has them, or, where all are computed
 * again and again, renumbered by falling number of neighbours. States that are read most often then
 * lie together, rows of about equal length follow each other, and all is read and written in order.
 */
#ifndef GPH_MP_LAYOUT_H
#define GPH_MP_LAYOUT_H

#include "graph/graph.h"

/** Rows 0..owned-1, and ghosts behind them in the order in which messages tell of them. */
typedef struct gph_mp_layout {
    const gph_lid_t *vertex;   /**< [owned] the graph's vertex of each row, or NULL: the same */
    const gph_lid_t *place;    /**< [owned + ghosts] the other way round, or NULL */
    const gph_off_t *offset;   /**< [owned + 1] */
    const gph_lid_t *adjacent; /**< [offset[owned]] each row in ascending order of numbers */
    const double *weight;      /**< beside adjacent, or NULL: all 1 */
    const gph_lid_t *send;     /**< [sum of halo_send_count] rows that other ranks need, by rank */
    gph_lid_t boundary;        /**< of renumbered rows the first so many are needed elsewhere */
    void *own[6];              /**< arrays to be freed */
} gph_mp_layout_t;

/** Makes a layout. Collective: agrees. Where memory is short, vertices keep their order.
 *  @param dense states are to be read often enough that another order pays */
gph_status_t gph_mp_layout_init(const gph_graph_t *graph, bool dense, gph_mp_layout_t *layout);

/** Frees the arrays. Local. */
void gph_mp_layout_free(gph_mp_layout_t *layout);

/** Row of an owned vertex, or place of a ghost. Local. */
static inline int64_t gph_mp_place(const gph_mp_layout_t *layout, int64_t local)
{
    return layout->place ? layout->place[local] : local;
}

/** The graph's vertex of a row. Local. */
static inline gph_lid_t gph_mp_local(const gph_mp_layout_t *layout, gph_lid_t row)
{
    return layout->vertex ? layout->vertex[row] : row;
}

#endif
