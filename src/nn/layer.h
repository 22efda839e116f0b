/**
 * One layer of a network over the rows of a domain:
 *
 *     out = relu(norm(N(drop(x) Wn) + drop(x) Ws + b))
 *
 * N is what a row takes from its neighbours (gph_neighbours_t). With the right parts it is linear
 * (Ws), GCN (Wn), GraphSAGE (Wn and Ws) and, followed by a linear layer, GIN (Wn).
 */
#ifndef GPH_NN_LAYER_H
#define GPH_NN_LAYER_H

#include "nn/dropout.h"
#include "nn/norm.h"
#include "nn/sparse.h"

/** What a layer does. */
typedef struct gph_layer_options {
    const char *name; /**< of its weights */
    int64_t in;       /**< columns of x */
    int64_t out;      /**< columns of the result */
    gph_neighbours_t neighbours;
    bool self;   /**< Ws */
    bool bias;   /**< b */
    bool norm;   /**< layer norm */
    bool relu;   /**< relu */
    bool decays; /**< weight decay on Wn and Ws */
    double dropout;
} gph_layer_options_t;

/** Input of a layer: either features or dense rows. */
typedef struct gph_input {
    const gph_sparse_t *sparse; /**< of the first layer, or NULL */
    gph_tensor_t *dense;        /**< [rows + ghosts × in] or NULL */
    bool has_ghosts;            /**< the ghosts of `dense` are filled in */
} gph_input_t;

typedef struct gph_layer {
    gph_layer_options_t options;
    int weight;     /**< place of Wn among the weights, -1: none */
    int weight_own; /**< of Ws, -1: none */
    int bias;       /**< of b, -1: none */
    gph_norm_t norm;
    gph_dropout_t drop;
    const gph_sparse_t *sparse; /**< input of the last forward pass, or NULL */
    const gph_real_t *factor;   /**< its values, dropped out */
    bool dropped;               /**< whether dropout was applied */
    bool gather_first;          /**< N(x) Wn instead of N(x Wn) */
    gph_tensor_t input;         /**< [rows + ghosts × in] dropped out, or a view of the input */
    gph_tensor_t dropped_input; /**< its memory */
    gph_tensor_t gathered;      /**< [rows × in] N(drop(x)) */
    gph_tensor_t turned;        /**< values of sparse features by columns */
    gph_tensor_t product;       /**< [rows + ghosts × out] drop(x) Wn */
    gph_tensor_t result;        /**< [rows + ghosts × out] output; the ghosts are not filled in */
    gph_tensor_t back;          /**< [rows + ghosts × in or out] gradient on its way */
} gph_layer_t;

/** One pass through a network. */
typedef struct gph_pass {
    gph_params_t *params;
    gph_domain_t *domain;
    gph_product_space_t *space;
    bool training; /**< dropout is on */
    uint64_t seed; /**< of dropout */
    int64_t step;  /**< of training: each has its own masks */
} gph_pass_t;

/** Makes a layer and adds its weights. Local. */
gph_status_t gph_layer_init(gph_params_t *params, const gph_layer_options_t *options,
                            gph_layer_t *layer);
/**
 * Floating-point operations of a pass forward, with `back` also backward, in products and sums over
 * neighbours. Local; behind a forward pass.
 * @param rows  of its input, of which sparse features count by their entries
 * @param arcs  neighbours of all rows, the row itself included
 * @param first its input needs no gradient
 */
double gph_layer_flops(const gph_layer_t *layer, double rows, double arcs, bool first, bool back);

/** Frees the memory. Local. */
void gph_layer_free(gph_layer_t *layer);

/**
 * layer->result = the layer applied to the input. Collective.
 * @param number of the layer in the network: each has its own dropout
 * The input must stay until gph_layer_backward().
 */
gph_status_t gph_layer_forward(const gph_pass_t *pass, int number, const gph_input_t *input,
                               gph_layer_t *layer);

/**
 * Gradients of the weights, from that of the result. Collective.
 * @param g [rows + ghosts × out] gradient of the result; overwritten, its ghosts need not be set
 * @param g_input [rows + ghosts × in] receives that of the input (rows only), or NULL; shaped here
 */
gph_status_t gph_layer_backward(const gph_pass_t *pass, gph_layer_t *layer, gph_tensor_t *g,
                                gph_tensor_t *g_input);

#endif
