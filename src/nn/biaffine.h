/**
 * Soft edges of predicted graphs: for each node, which other node has it as which operand, or that
 * none has (one distribution over all of these). Scores are products of a query of the node and a
 * key of the other one for the place (Dozat & Manning 2017), with a learnt number for what the two
 * are to each other in the graph as it came.
 */
#ifndef GPH_NN_BIAFFINE_H
#define GPH_NN_BIAFFINE_H

#include "nn/expression_batch.h"
#include "nn/params.h"

typedef struct gph_biaffine {
    int64_t first;     /**< column of the rows at which query, keys and score of "none" begin */
    int64_t width;     /**< of query and keys */
    int bias;          /**< place of the learnt numbers among the weights */
    gph_tensor_t edge; /**< [1 × edge_start[graphs]] probabilities: of a graph [place][from][to] */
    gph_tensor_t none; /**< [1 × rows] probability that no node has this one */
} gph_biaffine_t;

/** Columns that queries, keys and scores of "none" take. */
static inline int64_t gph_biaffine_columns(int64_t width)
{
    return (1 + GPH_OPERANDS) * width + 1;
}

/** Adds the weights. Local. */
gph_status_t gph_biaffine_init(gph_params_t *params, int64_t first, int64_t width,
                               gph_biaffine_t *biaffine);

/** Probabilities from rows x[rows × columns]. Local, on all threads. */
gph_status_t gph_biaffine_forward(const gph_params_t *params, const gph_expression_batch_t *batch,
                                  const gph_tensor_t *x, gph_biaffine_t *biaffine);

/**
 * Gradients of the weights, and of the columns of x that are this part's. Local, on all threads.
 * @param g   [edge_start[graphs]] gradient of `edge`; becomes that of the scores
 * @param g_x [rows × columns]
 */
gph_status_t gph_biaffine_backward(gph_params_t *params, const gph_expression_batch_t *batch,
                                   const gph_tensor_t *x, const gph_biaffine_t *biaffine,
                                   gph_real_t *g, gph_tensor_t *g_x);

/** Frees the memory. Local. */
void gph_biaffine_free(gph_biaffine_t *biaffine);

#endif
