/** A network: layers one behind the other over the rows of a domain. */
#ifndef GPH_NN_NETWORK_H
#define GPH_NN_NETWORK_H

#include "gph/nn.h"
#include "nn/layer.h"

#define GPH_LAYERS_MAX 64

typedef struct gph_network {
    gph_params_t params;
    gph_product_space_t space;
    int layers;
    gph_layer_t layer[GPH_LAYERS_MAX];
    gph_tensor_t gradient[2]; /**< of results, in turns */
} gph_network_t;

/** A network without layers. Local. */
void gph_network_init(gph_context_t *context, gph_network_t *network);

/** Adds a layer; options->name NULL: "layer N". Local. */
gph_status_t gph_network_add(gph_network_t *network, const gph_layer_options_t *options);

/**
 * Adds one layer of options->kind, which for GIN is two: sum, linear, relu, linear. Local.
 * @param first its weights decay in any case
 * @param last  neither norm nor relu
 */
gph_status_t gph_network_add_kind(gph_network_t *network, const gph_model_options_t *options,
                                  int64_t in, int64_t out, bool first, bool last);

/**
 * Adds the layers that a model has, from `in` to `out` columns: options->layers of options->kind,
 * each but the last with norm and relu. Local.
 */
gph_status_t gph_network_build(gph_network_t *network, const gph_model_options_t *options,
                               int64_t in, int64_t out);

/** Frees everything. Local. */
void gph_network_free(gph_network_t *network);

/** Forward through all layers; *output receives the last one's result, rows and ghosts. Collective.
 */
gph_status_t gph_network_forward(gph_network_t *network, const gph_pass_t *pass,
                                 const gph_input_t *input, gph_tensor_t **output);

/**
 * Backward through all layers: gradients of all weights. Collective. gph_gradient_begin() before,
 * gph_gradient_finish() after.
 * @param g       [rows + ghosts × out] gradient of the output (rows only); overwritten
 * @param g_input receives the gradient of the input, or NULL
 */
gph_status_t gph_network_backward(gph_network_t *network, const gph_pass_t *pass, gph_tensor_t *g,
                                  gph_tensor_t *g_input);

/** A pass through this network over a domain. Local. */
gph_pass_t gph_network_pass(gph_network_t *network, gph_domain_t *domain, bool training,
                            uint64_t seed, int64_t step);

#endif
