/**
 * The oriented graph: every vertex in order position p keeps its neighbours at later positions.
 * Rows are distributed over the ranks in position order.
 *
 * Work is numbered by items: each position has one item for the vertex itself and one for each of
 * its out-neighbours, so item = first item of the position + slot. Tiles are ranges of items; a
 * tile may begin or end inside the row of a heavy root, which is how one hub is shared by threads
 * and ranks.
 */
#ifndef GPH_CLIQUE_DAG_H
#define GPH_CLIQUE_DAG_H

#include "clique/order.h"

/** Where a tile begins: slot 0 is the vertex itself, slot j its j-th out-neighbour. */
typedef struct gph_dag_place {
    gph_gid_t position;
    int64_t slot;
} gph_dag_place_t;

typedef struct gph_dag {
    gph_context_t *context;
    gph_gid_t vertices;     /**< positions over all ranks */
    gph_off_t edges;        /**< over all ranks */
    int64_t max_out;        /**< largest out-degree over all ranks */
    gph_tiles_t tiles;      /**< ranges of items */
    gph_dag_place_t *place; /**< [tiles.count + 1] where each tile begins */
    gph_gid_t *start;       /**< [ranks + 1] first position of each rank */
    gph_gid_t first;        /**< start[rank] */
    int64_t count;          /**< positions of this rank */
    gph_off_t *offset;      /**< [count + 1] */
    gph_gid_t *next;        /**< [offset[count]] later neighbours, ascending positions */
    gph_gid_t *vertex;      /**< [count] global id of the vertex */
    int64_t *id;            /**< [count] input id of the vertex */
} gph_dag_t;

/**
 * Orients a graph along an order for cliques of k members. Collective.
 * @param tiles wanted number of tiles, or 0: by the work
 * Cost: O(m/P) memory, two exchanges of the oriented edges.
 */
gph_status_t gph_dag_make(const gph_graph_t *graph, const gph_order_t *order, int k, int64_t tiles,
                          gph_dag_t *dag);

/** Frees the arrays. Local. */
void gph_dag_free(gph_dag_t *dag);

#endif
