/**
 * A network from the graph of an expression to a soft graph: labels are embedded; each of the
 * layers takes a row with its operands and the node whose operand it is, and adds what it makes of
 * them to the row (He et al. 2016); a linear layer gives the scores of labels and edges.
 */
#ifndef GPH_NN_EXPRESSION_NETWORK_H
#define GPH_NN_EXPRESSION_NETWORK_H

#include "base/sum.h"
#include "nn/biaffine.h"
#include "nn/network.h"
#include "nn/structural.h"

/** Most layers between the first one and the last one. */
enum { GPH_EXPRESSION_LAYERS_MOST = 32 };

/** What became of a batch. */
typedef struct gph_expression_loss {
    int64_t graphs;
    int64_t exact; /**< graphs that are predicted exactly where each node takes its likeliest label
                        and each edge its likeliest end */
    double loss;   /**< mean structural loss */
} gph_expression_loss_t;

/** Sums over graphs. */
typedef struct gph_expression_sums {
    int64_t exact;
    gph_sum_t loss;
} gph_expression_sums_t;

typedef struct gph_expression_network {
    gph_network_t network; /**< embedding, layers, scores */
    int layers;            /**< between the first one and the last one */
    int64_t hidden;
    int64_t labels;
    gph_biaffine_t edges;
    gph_tensor_t label; /**< [rows × labels + 1] distributions; last: no node */
    gph_tensor_t row[GPH_EXPRESSION_LAYERS_MOST];    /**< [rows × hidden] behind each layer */
    gph_tensor_t linked[GPH_EXPRESSION_LAYERS_MOST]; /**< its input: rows beside linked rows */
    gph_tensor_t g_label;
    gph_tensor_t g_edge;
    gph_tensor_t g_scores; /**< [rows × scores] */
    gph_tensor_t g_row;    /**< [rows × hidden] */
    gph_tensor_t g_result; /**< [rows × hidden] */
    gph_tensor_t g_linked;
    gph_structural_space_t space;
    gph_structural_pair_t *pair; /**< [room] a graph of this rank each */
    int64_t room;
} gph_expression_network_t;

/** Builds a network. Local. Free it also after a failure. */
gph_status_t gph_expression_network_build(gph_context_t *context,
                                          const gph_model_options_t *options, int64_t labels,
                                          gph_expression_network_t *network);

/** Frees everything. Local. */
void gph_expression_network_free(gph_expression_network_t *network);

/** Soft graphs of a batch: network->label and network->edges.edge. Collective. */
gph_status_t gph_expression_network_forward(gph_expression_network_t *network,
                                            gph_expression_batch_t *batch, bool training,
                                            uint64_t seed, int64_t step);

/** Losses of the soft graphs, and with `gradient` what the backward pass needs. Collective.
 * @param count graphs of the batch over all ranks */
gph_status_t gph_expression_network_loss(gph_expression_network_t *network,
                                         const gph_expression_batch_t *batch,
                                         const gph_structural_options_t *options, int64_t count,
                                         bool gradient, gph_expression_loss_t *loss);

/** The first half of it: adds the losses of the graphs of a batch to sums. Local. */
gph_status_t gph_expression_network_add(gph_expression_network_t *network,
                                        const gph_expression_batch_t *batch,
                                        const gph_structural_options_t *options, int64_t count,
                                        bool gradient, gph_expression_sums_t *sums);
/** The second half: means over all ranks. Collective. */
gph_status_t gph_expression_loss_finish(gph_context_t *context, int64_t count,
                                        gph_expression_sums_t *sums, gph_expression_loss_t *loss);

/** Gradients of all weights, after a forward pass with the same arguments and its loss. Collective.
 * gph_gradient_begin() before, gph_gradient_finish() after. */
gph_status_t gph_expression_network_backward(gph_expression_network_t *network,
                                             gph_expression_batch_t *batch, uint64_t seed,
                                             int64_t step);

/**
 * Whether the likeliest graph is the wanted one: its nodes are those whose likeliest label is no
 * "none", its edges go to each node from the likeliest one that has it as an operand. Local.
 */
bool gph_expression_exact(const gph_expression_network_t *network,
                          const gph_expression_batch_t *batch, int64_t graph);

#endif
