/**
 * Mini-batches of pairs of expressions: this rank's share of a batch as rows, a row a node of an
 * expression as drawn. A batch is cut into tiles of whole graphs by their numbers alone, so that a
 * rank draws only its own.
 */
#ifndef GPH_NN_EXPRESSION_BATCH_H
#define GPH_NN_EXPRESSION_BATCH_H

#include "base/array.h"
#include "nn/domain.h"
#include "nn/expression_data.h"
#include "nn/structural.h"

/** Links of a node: its operands by place, then by place the node whose operand it is there. Link l
 * is undone by link (l + GPH_OPERANDS) % GPH_LINKS. */
enum { GPH_LINKS = 2 * GPH_OPERANDS };

/** Tiles of a batch unless settings say otherwise, and at most. */
enum { GPH_EXPRESSION_TILES = 8, GPH_EXPRESSION_TILES_MOST = 256 };

typedef struct gph_expression_batch {
    int64_t graphs;      /**< of this rank, or of the part */
    int64_t tiles;       /**< the same */
    gph_domain_t nodes;  /**< a row a node, without neighbours */
    int64_t *tile_graph; /**< [tiles + 1] first graph of each tile */
    int64_t *start;      /**< [graphs + 1] first row of each graph */
    int64_t *edge_start; /**< [graphs + 1] first of GPH_OPERANDS × nodes² possible edges of each */
    gph_tensor_t input;  /**< [nodes.rows × labels] 1 at the label of the node, else 0 */
    int32_t *link;       /**< [nodes.rows × GPH_LINKS] row, -1: none */
    int64_t *wanted_start;          /**< [graphs + 1] first wanted node of each graph */
    int32_t *wanted_label;          /**< [wanted_start[graphs]] in prefix order */
    int32_t *wanted_operands;       /**< [wanted_start[graphs]] */
    gph_wanted_edge_t *wanted_edge; /**< wanted_start[g] - g is the first one of graph g */
    /* What the views above look into. */
    gph_env_t *env;
    gph_expression_t *from; /**< [drawn] */
    gph_expression_t *to;   /**< [drawn] */
    int64_t drawn;          /**< expressions that there is room for */
    gph_array_t starts;
    gph_array_t links;
    gph_array_t labels;
    gph_array_t edges;
    gph_array_t zeros;
} gph_expression_batch_t;

/** A batch without graphs, to be filled again and again. Local. */
gph_expression_batch_t gph_expression_batch_init(gph_env_t *env);

/**
 * Draws this rank's share of a batch. Collective; `list` is the same on all ranks.
 * @param list [count] numbers of pairs
 */
gph_status_t gph_expression_batch_fill(const gph_expression_data_t *data, bool held_out,
                                       int64_t count, const int64_t *list,
                                       gph_expression_batch_t *batch);

/* --- by parts of a rank's share, as several threads draw them ------------------------------- */

/** Tiles of this rank. Local. */
int64_t gph_expression_batch_tiles(const gph_expression_data_t *data, int64_t count);

/** Draws part `part` of `parts`, even shares of the tiles of this rank. Local, also inside a
 * parallel region with the context of a thread. */
gph_status_t gph_expression_batch_draw(gph_context_t *context, const gph_expression_data_t *data,
                                       bool held_out, int64_t count, const int64_t *list, int part,
                                       int parts, gph_expression_batch_t *batch);

/**
 * Makes batch->nodes of what was drawn. Local.
 * @param context of the domain: what the rows are then worked on with
 * @param total   rows over all parts and ranks
 * @param first   rows before this part
 */
gph_status_t gph_expression_batch_place(gph_context_t *context, int64_t total, int64_t first,
                                        gph_expression_batch_t *batch);

/** Frees the memory. Local. */
void gph_expression_batch_free(gph_expression_batch_t *batch);

#endif
