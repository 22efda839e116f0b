/* Networks that classify graphs. */
#include "nn/graph_network.h"

#include "par/comm.h"

#include <string.h>

static gph_status_t add_head(gph_graph_network_t *made, const gph_model_options_t *options,
                             int64_t out)
{
    const gph_layer_options_t head = {
        .name = "graphs",
        .in = made->levels * made->hidden,
        .out = out,
        .self = true,
        .bias = true,
        .decays = options->decay_all,
        .dropout = options->dropout,
    };
    return gph_network_add(&made->network, &head);
}

gph_status_t gph_graph_network_build(gph_context_t *context, const gph_model_options_t *options,
                                     gph_readout_t readout, int64_t in, int64_t out,
                                     gph_graph_network_t *network)
{
    gph_status_t status = GPH_OK;
    gph_model_options_t nodes = *options;

    memset(network, 0, sizeof *network);
    gph_network_init(context, &network->network);
    network->readout = readout;
    network->hidden = options->hidden;
    nodes.dropout = 0; /* of the readouts alone */
    for (int l = 0; l < options->layers; l++) {
        GPH_TRY(gph_network_add_kind(&network->network, &nodes, l == 0 ? in : options->hidden,
                                     options->hidden, l == 0, false));
        network->level[network->levels++] = network->network.layers - 1;
    }
    GPH_TRY(add_head(network, options, out));
    GPH_TRY(gph_params_alloc(&network->network.params));

cleanup:
    return status;
}

void gph_graph_network_free(gph_graph_network_t *network)
{
    gph_network_free(&network->network);
    gph_tensor_free(&network->joined);
    gph_tensor_free(&network->joined_back);
    gph_tensor_free(&network->back[0]);
    gph_tensor_free(&network->back[1]);
}

/* Rows of a layer's result. */
static gph_tensor_t result_of(gph_graph_network_t *network, int layer)
{
    gph_tensor_t *result = &network->network.layer[layer].result;
    return gph_tensor_rows(result, 0, result->rows);
}

static gph_status_t read_levels(gph_graph_network_t *network, const gph_graph_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = batch->nodes.context;
    const int64_t graphs = batch->graphs.rows;

    GPH_TRY(gph_tensor_shape(context->env, graphs, network->levels * network->hidden,
                             &network->joined));
    for (int k = 0; k < network->levels; k++) {
        const gph_tensor_t x = result_of(network, network->level[k]);
        GPH_TRY(gph_readout_forward(context, network->readout, graphs, batch->start, &x,
                                    k * network->hidden, &network->joined));
    }

cleanup:
    return status;
}

gph_status_t gph_graph_network_forward(gph_graph_network_t *network, gph_graph_batch_t *batch,
                                       bool training, uint64_t seed, int64_t step,
                                       gph_tensor_t *score)
{
    gph_status_t status = GPH_OK;
    gph_network_t *layers = &network->network;
    const int head = layers->layers - 1;
    const gph_pass_t nodes = gph_network_pass(layers, &batch->nodes, training, seed, step);
    const gph_pass_t graphs = gph_network_pass(layers, &batch->graphs, training, seed, step);
    gph_input_t next = {.dense = &batch->input};

    for (int l = 0; l < head; l++) {
        GPH_TRY(gph_layer_forward(&nodes, l, &next, &layers->layer[l]));
        next = (gph_input_t){.dense = &layers->layer[l].result};
    }
    GPH_TRY_ALL(batch->nodes.context, read_levels(network, batch));
    next = (gph_input_t){.dense = &network->joined};
    GPH_TRY(gph_layer_forward(&graphs, head, &next, &layers->layer[head]));
    *score = result_of(network, head);

cleanup:
    return status;
}

/* Adds the gradient of the readout of a layer's result, where it has one, to `g`. */
static gph_status_t add_readout(gph_graph_network_t *network, const gph_graph_batch_t *batch,
                                int layer, bool add, gph_tensor_t *g)
{
    for (int k = 0; k < network->levels; k++)
        if (network->level[k] == layer) {
            const gph_tensor_t x = result_of(network, layer);
            return gph_readout_backward(batch->nodes.context, network->readout, batch->graphs.rows,
                                        batch->start, &x, k * network->hidden,
                                        &network->joined_back, add, g);
        }
    return GPH_OK;
}

gph_status_t gph_graph_network_backward(gph_graph_network_t *network, gph_graph_batch_t *batch,
                                        uint64_t seed, int64_t step, gph_tensor_t *g)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = batch->nodes.context;
    gph_network_t *layers = &network->network;
    const int head = layers->layers - 1;
    const gph_pass_t nodes = gph_network_pass(layers, &batch->nodes, true, seed, step);
    const gph_pass_t graphs = gph_network_pass(layers, &batch->graphs, true, seed, step);
    gph_tensor_t *now = &network->back[0];

    GPH_TRY(gph_layer_backward(&graphs, &layers->layer[head], g, &network->joined_back));
    GPH_TRY_ALL(context, gph_tensor_shape(context->env, batch->nodes.rows, network->hidden, now));
    GPH_TRY_ALL(context, add_readout(network, batch, head - 1, false, now));
    for (int l = head - 1; l >= 0; l--) {
        gph_tensor_t *next = l > 0 ? &network->back[now == &network->back[0]] : NULL;
        GPH_TRY(gph_layer_backward(&nodes, &layers->layer[l], now, next));
        if (next != NULL)
            GPH_TRY_ALL(context, add_readout(network, batch, l - 1, true, next));
        now = next;
    }

cleanup:
    return status;
}
