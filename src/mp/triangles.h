/**
 * Rows for counting triangles: each edge points to the end of more neighbours (ties: of the larger
 * number), so rows are short, and each triangle is seen once, at its first vertex (Chiba &
 * Nishizeki 1985; Latapy 2008). Vertices are told by their places in falling order, so that those
 * that occur most often lie together.
 */
#ifndef GPH_MP_TRIANGLES_H
#define GPH_MP_TRIANGLES_H

#include "graph/graph.h"

typedef struct gph_forward {
    const gph_graph_t *graph;
    gph_lid_t *place;  /**< [owned + ghosts] place of each, 0 for the one of most neighbours */
    gph_off_t *offset; /**< [owned + 1] rows of owned vertices */
    gph_lid_t *pool;   /**< [offset[owned] + room] places: those rows, then rows of ghosts */
    gph_off_t *begin;  /**< [owned + ghosts] by place: row in the pool */
    gph_lid_t *length; /**< [owned + ghosts] by place: 0 for rows that are not at hand */
    gph_lid_t *ghost_length; /**< [ghosts] of their whole rows */
    gph_lid_t *bucket;       /**< [buckets + 1] first ghost whose id is at least bucket << shift */
    int64_t room;            /**< of rows of ghosts, in entries */
    int64_t ghost;           /**< first ghost whose row was not at hand yet */
    bool begun;              /**< rows of owned vertices were at hand */
    int shift;
} gph_forward_t;

/**
 * Makes rows of owned vertices, and room for those of ghosts. Collective.
 * @param room entries of rows of ghosts at a time, or fewer where memory is short; but the longest
 *             row has room in any case
 */
gph_status_t gph_forward_init(const gph_graph_t *graph, int64_t room, gph_forward_t *forward);
/** Frees the arrays. Local. */
void gph_forward_free(gph_forward_t *forward);

/**
 * Brings rows of the next ghosts, as many as there is room for; the first time, rows of owned
 * vertices are at hand too. Only entries that this rank holds, as owned vertex or ghost, are kept.
 * Collective.
 * @param more receives whether any rank needs another call
 */
gph_status_t gph_forward_next(gph_forward_t *forward, bool *more);

/**
 * Triangles at every owned vertex. Collective.
 * @param room  as of gph_forward_init()
 * @param count [owned]
 */
gph_status_t gph_triangles_count(const gph_graph_t *graph, int64_t room, int64_t *count);

#endif
