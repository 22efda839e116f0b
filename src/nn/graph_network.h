/**
 * A network that classifies graphs: layers over the nodes; the readouts of every layer (the rows of
 * a graph combined to one) side by side; a linear layer over these (Xu et al. 2019).
 */
#ifndef GPH_NN_GRAPH_NETWORK_H
#define GPH_NN_GRAPH_NETWORK_H

#include "nn/graph_batch.h"
#include "nn/network.h"

typedef struct gph_graph_network {
    gph_network_t network; /**< layers over nodes, and as the last one that over graphs */
    gph_readout_t readout;
    int levels;                /**< readouts */
    int level[GPH_LAYERS_MAX]; /**< layer whose result each reads */
    int64_t hidden;            /**< columns of each */
    gph_tensor_t joined;       /**< [graphs × levels × hidden] */
    gph_tensor_t joined_back;  /**< its gradient */
    gph_tensor_t back[2];      /**< gradients of results, in turns */
} gph_graph_network_t;

/** Builds a network for rows of `in` columns. Local. Free it also after a failure. */
gph_status_t gph_graph_network_build(gph_context_t *context, const gph_model_options_t *options,
                                     gph_readout_t readout, int64_t in, int64_t out,
                                     gph_graph_network_t *network);

/** Frees everything. Local. */
void gph_graph_network_free(gph_graph_network_t *network);

/**
 * Scores of the graphs of a batch. Collective.
 * @param training dropout is on
 * @param score    receives a view [graphs × out]
 */
gph_status_t gph_graph_network_forward(gph_graph_network_t *network, gph_graph_batch_t *batch,
                                       bool training, uint64_t seed, int64_t step,
                                       gph_tensor_t *score);

/**
 * Gradients of all weights, after a forward pass with the same arguments. Collective.
 * gph_gradient_begin() before, gph_gradient_finish() after.
 * @param g [graphs × out] gradient of the scores; overwritten
 */
gph_status_t gph_graph_network_backward(gph_graph_network_t *network, gph_graph_batch_t *batch,
                                        uint64_t seed, int64_t step, gph_tensor_t *g);

/**
 * to[graphs × …], columns first .. first + x.columns - 1 = readout of the rows of each graph.
 * Local, on all threads. @param start [graphs + 1] first row of each
 */
gph_status_t gph_readout_forward(const gph_context_t *context, gph_readout_t readout,
                                 int64_t graphs, const int64_t *start, const gph_tensor_t *x,
                                 int64_t first, gph_tensor_t *to);

/** Gradient of x: g[rows × columns] = (add ? g : 0) + that of the readout, from `from` [graphs ×
 * …]. Of equal largest rows the first one takes it. Local, on all threads. */
gph_status_t gph_readout_backward(const gph_context_t *context, gph_readout_t readout,
                                  int64_t graphs, const int64_t *start, const gph_tensor_t *x,
                                  int64_t first, const gph_tensor_t *from, bool add,
                                  gph_tensor_t *g);

#endif
