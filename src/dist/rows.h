/** Rows under construction: neighbour lists of consecutive vertices by global id. */
#ifndef GPH_DIST_ROWS_H
#define GPH_DIST_ROWS_H

#include "graph/edges.h"

typedef struct gph_rows {
    gph_gid_t begin;      /**< first vertex held here */
    int64_t count;        /**< vertices held here */
    gph_off_t *offset;    /**< [count + 1] */
    gph_gid_t *neighbour; /**< [offset[count]] */
    double *weight;       /**< [offset[count]], or NULL on all ranks */
    uint8_t *direction;   /**< [offset[count]] of directed edges, or NULL on all ranks */
} gph_rows_t;

/** Frees the arrays. Local. */
void gph_rows_free(gph_rows_t *rows);

/**
 * Both ends of all edges but self loops, as rows of an even block of 0..n-1; each row sorted,
 * repeats dropped (the smallest weight stays; two directed edges of opposite directions are one
 * entry of both and no repeat). Collective. End points of `edges` are vertex
 * numbers.
 * @param loops   receives the self loops dropped, over all ranks
 * @param repeats receives the repeated edges dropped, over all ranks
 */
gph_status_t gph_rows_from_edges(gph_context_t *context, gph_gid_t vertices,
                                 const gph_edges_t *edges, gph_rows_t *rows, int64_t *loops,
                                 int64_t *repeats);

#endif
