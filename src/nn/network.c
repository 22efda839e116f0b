/* Networks of layers. */
#include "nn/network.h"

#include <stdio.h>
#include <string.h>

void gph_network_init(gph_context_t *context, gph_network_t *network)
{
    memset(network, 0, sizeof *network);
    network->params = gph_params_init(context);
}

void gph_network_free(gph_network_t *network)
{
    for (int l = 0; l < network->layers; l++)
        gph_layer_free(&network->layer[l]);
    network->layers = 0;
    gph_params_free(&network->params);
    gph_product_space_free(&network->space);
    gph_tensor_free(&network->gradient[0]);
    gph_tensor_free(&network->gradient[1]);
}

gph_status_t gph_network_add(gph_network_t *network, const gph_layer_options_t *options)
{
    gph_status_t status = GPH_OK;
    gph_layer_options_t wanted = *options;
    char name[32];

    if (network->layers == GPH_LAYERS_MAX)
        return gph_fail(network->params.context->env, GPH_ERR_USAGE,
                        "the network has more than %d layers", GPH_LAYERS_MAX);
    snprintf(name, sizeof name, "layer%d", network->layers + 1);
    if (wanted.name == NULL)
        wanted.name = name;
    GPH_TRY(gph_layer_init(&network->params, &wanted, &network->layer[network->layers]));
    network->layer[network->layers++].options.name = NULL; /* its weights have it */

cleanup:
    return status;
}

static gph_neighbours_t neighbours_of(gph_model_kind_t kind)
{
    switch (kind) {
    case GPH_MODEL_GCN:
        return GPH_NEIGHBOURS_GCN;
    case GPH_MODEL_SAGE:
        return GPH_NEIGHBOURS_MEAN;
    case GPH_MODEL_GIN:
        return GPH_NEIGHBOURS_SUM;
    case GPH_MODEL_LINEAR:
        break;
    }
    return GPH_NEIGHBOURS_NONE;
}

gph_status_t gph_network_add_kind(gph_network_t *network, const gph_model_options_t *options,
                                  int64_t in, int64_t out, bool first, bool last)
{
    gph_status_t status = GPH_OK;
    gph_layer_options_t layer = {
        .in = in,
        .out = out,
        .neighbours = neighbours_of(options->kind),
        .self = options->kind == GPH_MODEL_SAGE || options->kind == GPH_MODEL_LINEAR,
        .bias = options->bias,
        .norm = options->norm == GPH_NORM_LAYER && !last,
        .relu = !last,
        .decays = first || options->decay_all,
        .dropout = options->dropout,
    };

    if (options->kind == GPH_MODEL_GIN) {
        gph_layer_options_t inner = layer;
        inner.out = options->hidden;
        inner.norm = options->norm == GPH_NORM_LAYER;
        inner.relu = true;
        GPH_TRY(gph_network_add(network, &inner));
        layer.in = options->hidden;
        layer.neighbours = GPH_NEIGHBOURS_NONE;
        layer.self = true;
        layer.dropout = 0;
    }
    GPH_TRY(gph_network_add(network, &layer));

cleanup:
    return status;
}

gph_status_t gph_network_build(gph_network_t *network, const gph_model_options_t *options,
                               int64_t in, int64_t out)
{
    gph_status_t status = GPH_OK;

    for (int l = 0; l < options->layers; l++) {
        const bool last = l == options->layers - 1;
        GPH_TRY(gph_network_add_kind(network, options, l == 0 ? in : options->hidden,
                                     last ? out : options->hidden, l == 0, last));
    }
    GPH_TRY(gph_params_alloc(&network->params));

cleanup:
    return status;
}

gph_pass_t gph_network_pass(gph_network_t *network, gph_domain_t *domain, bool training,
                            uint64_t seed, int64_t step)
{
    return (gph_pass_t){&network->params, domain, &network->space, training, seed, step};
}

gph_status_t gph_network_forward(gph_network_t *network, const gph_pass_t *pass,
                                 const gph_input_t *input, gph_tensor_t **output)
{
    gph_status_t status = GPH_OK;
    gph_input_t next = *input;

    for (int l = 0; l < network->layers; l++) {
        GPH_TRY(gph_layer_forward(pass, l, &next, &network->layer[l]));
        next = (gph_input_t){.dense = &network->layer[l].result};
    }
    *output = next.dense;

cleanup:
    return status;
}

gph_status_t gph_network_backward(gph_network_t *network, const gph_pass_t *pass, gph_tensor_t *g,
                                  gph_tensor_t *g_input)
{
    gph_status_t status = GPH_OK;
    gph_tensor_t *now = g;

    for (int l = network->layers - 1; l >= 0; l--) {
        gph_tensor_t *next = l > 0 ? &network->gradient[l % 2] : g_input;
        GPH_TRY(gph_layer_backward(pass, &network->layer[l], now, next));
        now = next;
    }

cleanup:
    return status;
}
