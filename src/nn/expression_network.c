/* Networks from expressions to soft graphs. */
#include "nn/expression_network.h"

#include "nn/links.h"
#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"

#include <math.h>
#include <string.h>

/* --- building ------------------------------------------------------------------------------- */

static gph_status_t add_layers(gph_expression_network_t *network,
                               const gph_model_options_t *options)
{
    gph_status_t status = GPH_OK;
    gph_layer_options_t layer = {.name = "embedding",
                                 .in = network->labels,
                                 .out = network->hidden,
                                 .self = true,
                                 .bias = options->bias,
                                 .decays = true};

    GPH_TRY(gph_network_add(&network->network, &layer));
    layer.name = NULL;
    layer.in = (1 + GPH_LINKS) * network->hidden;
    layer.norm = options->norm == GPH_NORM_LAYER;
    layer.relu = true;
    layer.decays = options->decay_all;
    layer.dropout = options->dropout;
    for (int l = 0; l < network->layers; l++)
        GPH_TRY(gph_network_add(&network->network, &layer));
    layer.name = "scores";
    layer.in = network->hidden;
    layer.out = network->labels + 1 + gph_biaffine_columns(network->hidden);
    layer.norm = false;
    layer.relu = false;
    GPH_TRY(gph_network_add(&network->network, &layer));

cleanup:
    return status;
}

gph_status_t gph_expression_network_build(gph_context_t *context,
                                          const gph_model_options_t *options, int64_t labels,
                                          gph_expression_network_t *network)
{
    gph_status_t status = GPH_OK;

    memset(network, 0, sizeof *network);
    gph_network_init(context, &network->network);
    network->hidden = options->hidden;
    network->labels = labels;
    if (options->layers < 1 || options->layers > GPH_EXPRESSION_LAYERS_MOST)
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE,
                         "a model of expressions has 1 to %d layers (model.layers)",
                         (int)GPH_EXPRESSION_LAYERS_MOST));
    network->layers = options->layers;
    GPH_TRY(add_layers(network, options));
    GPH_TRY(
        gph_biaffine_init(&network->network.params, labels + 1, options->hidden, &network->edges));
    GPH_TRY(gph_params_alloc(&network->network.params));

cleanup:
    return status;
}

void gph_expression_network_free(gph_expression_network_t *network)
{
    gph_network_free(&network->network);
    gph_biaffine_free(&network->edges);
    gph_tensor_free(&network->label);
    for (int l = 0; l < GPH_EXPRESSION_LAYERS_MOST; l++) {
        gph_tensor_free(&network->row[l]);
        gph_tensor_free(&network->linked[l]);
    }
    gph_tensor_free(&network->g_label);
    gph_tensor_free(&network->g_edge);
    gph_tensor_free(&network->g_scores);
    gph_tensor_free(&network->g_row);
    gph_tensor_free(&network->g_result);
    gph_tensor_free(&network->g_linked);
    gph_structural_free(&network->space);
    gph_free(network->pair);
}

/* --- forward -------------------------------------------------------------------------------- */

typedef struct rows_job {
    const gph_real_t *a;
    const gph_real_t *b;
    gph_real_t *to;
    int64_t columns;
    int64_t stride;
} rows_job_t;

static gph_status_t add_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const rows_job_t *job = data;
    (void)thread;
    for (int64_t c = begin * job->columns; c < end * job->columns; c++)
        job->to[c] = job->a[c] + job->b[c];
    return GPH_OK;
}

/* Softmax of the first columns of wider rows. */
static gph_status_t softmax_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const rows_job_t *job = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++) {
        const gph_real_t *x = job->a + i * job->stride;
        gph_real_t *p = job->to + i * job->columns;
        double top = (double)x[0];
        double sum = 0;
        for (int64_t c = 1; c < job->columns; c++)
            top = fmax(top, (double)x[c]);
        for (int64_t c = 0; c < job->columns; c++)
            sum += exp((double)x[c] - top);
        for (int64_t c = 0; c < job->columns; c++)
            p[c] = (gph_real_t)(exp((double)x[c] - top) / sum);
    }
    return GPH_OK;
}

static gph_links_t links_of(const gph_expression_batch_t *batch)
{
    return (gph_links_t){GPH_LINKS, batch->nodes.rows, batch->link};
}

/* x + the layer of x beside its linked rows. Collective. */
static gph_status_t forward_layer(gph_expression_network_t *network, const gph_pass_t *pass,
                                  const gph_expression_batch_t *batch, int number,
                                  const gph_tensor_t *x)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = pass->domain->context;
    const gph_links_t links = links_of(batch);
    gph_layer_t *layer = &network->network.layer[number + 1];
    gph_tensor_t *row = &network->row[number];
    const gph_input_t input = {.dense = &network->linked[number]};

    status = gph_tensor_shape(context->env, batch->nodes.rows, network->hidden, row);
    if (status == GPH_OK)
        status = gph_links_gather(context, &links, x, &network->linked[number]);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_layer_forward(pass, number + 1, &input, layer));
    rows_job_t job = {x->value, layer->result.value, row->value, network->hidden, 0};
    GPH_TRY(gph_team_ranges(context, batch->nodes.rows,
                            gph_team_grain(context, (double)network->hidden * GPH_WORK_MOVE),
                            add_rows, &job));

cleanup:
    return status;
}

static gph_status_t make_graphs(gph_expression_network_t *network,
                                const gph_expression_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = batch->nodes.context;
    const gph_tensor_t *scores = &network->network.layer[network->layers + 1].result;

    GPH_TRY(
        gph_tensor_shape(context->env, batch->nodes.rows, network->labels + 1, &network->label));
    rows_job_t job = {scores->value, NULL, network->label.value, network->labels + 1,
                      scores->columns};
    GPH_TRY(gph_team_ranges(context, batch->nodes.rows,
                            gph_team_grain(context, (double)job.columns * 2 * GPH_WORK_EXP),
                            softmax_rows, &job));
    GPH_TRY(gph_biaffine_forward(&network->network.params, batch, scores, &network->edges));

cleanup:
    return status;
}

gph_status_t gph_expression_network_forward(gph_expression_network_t *network,
                                            gph_expression_batch_t *batch, bool training,
                                            uint64_t seed, int64_t step)
{
    gph_status_t status = GPH_OK;
    gph_network_t *layers = &network->network;
    const gph_pass_t pass = gph_network_pass(layers, &batch->nodes, training, seed, step);
    gph_input_t next = {.dense = &batch->input};
    gph_tensor_t *x = &layers->layer[0].result;

    GPH_TRY(gph_layer_forward(&pass, 0, &next, &layers->layer[0]));
    for (int l = 0; l < network->layers; l++) {
        GPH_TRY(forward_layer(network, &pass, batch, l, x));
        x = &network->row[l];
    }
    next.dense = x;
    GPH_TRY(
        gph_layer_forward(&pass, network->layers + 1, &next, &layers->layer[network->layers + 1]));
    GPH_TRY_ALL(batch->nodes.context, make_graphs(network, batch));

cleanup:
    return status;
}

/* --- backward ------------------------------------------------------------------------------- */

/* Through the softmax of labels: columns 0 .. columns - 1 of rows of `stride`. */
static gph_status_t back_softmax(void *data, int64_t begin, int64_t end, int thread)
{
    const rows_job_t *job = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++) {
        const gph_real_t *p = job->a + i * job->columns;
        const gph_real_t *g = job->b + i * job->columns;
        gph_real_t *to = job->to + i * job->stride;
        double mean = 0;
        for (int64_t c = 0; c < job->columns; c++)
            mean += (double)p[c] * (double)g[c];
        for (int64_t c = 0; c < job->columns; c++)
            to[c] = (gph_real_t)((double)p[c] * ((double)g[c] - mean));
    }
    return GPH_OK;
}

/* From soft graphs to scores. Local. */
static gph_status_t back_graphs(gph_expression_network_t *network,
                                const gph_expression_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = batch->nodes.context;
    const gph_tensor_t *scores = &network->network.layer[network->layers + 1].result;
    gph_tensor_t *g = &network->g_scores;

    GPH_TRY(gph_tensor_shape(context->env, batch->nodes.rows, scores->columns, g));
    rows_job_t job = {network->label.value, network->g_label.value, g->value, network->labels + 1,
                      scores->columns};
    GPH_TRY(gph_team_ranges(context, batch->nodes.rows,
                            gph_team_grain(context, (double)job.columns * 2 * GPH_WORK_NORM),
                            back_softmax, &job));
    GPH_TRY(gph_biaffine_backward(&network->network.params, batch, scores, &network->edges,
                                  network->g_edge.value, g));

cleanup:
    return status;
}

/* Through layer `number` between the first one and the last one: g_row, gradient of its result,
 * becomes that of its input. Collective. */
static gph_status_t back_layer(gph_expression_network_t *network, const gph_pass_t *pass,
                               const gph_expression_batch_t *batch, int number)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = pass->domain->context;
    const gph_links_t links = links_of(batch);
    const int64_t rows = batch->nodes.rows;

    GPH_TRY_ALL(context, gph_tensor_shape(context->env, rows, network->hidden, &network->g_result));
    if (rows > 0)
        memcpy(network->g_result.value, network->g_row.value,
               (size_t)(rows * network->hidden) * sizeof(gph_real_t));
    GPH_TRY(gph_layer_backward(pass, &network->network.layer[number + 1], &network->g_result,
                               &network->g_linked));
    GPH_TRY_ALL(context, gph_links_back(context, &links, &network->g_linked, &network->g_row));

cleanup:
    return status;
}

gph_status_t gph_expression_network_backward(gph_expression_network_t *network,
                                             gph_expression_batch_t *batch, uint64_t seed,
                                             int64_t step)
{
    gph_status_t status = GPH_OK;
    gph_network_t *layers = &network->network;
    const gph_pass_t pass = gph_network_pass(layers, &batch->nodes, true, seed, step);

    GPH_TRY_ALL(batch->nodes.context, back_graphs(network, batch));
    GPH_TRY(gph_layer_backward(&pass, &layers->layer[network->layers + 1], &network->g_scores,
                               &network->g_row));
    for (int l = network->layers - 1; l >= 0; l--)
        GPH_TRY(back_layer(network, &pass, batch, l));
    GPH_TRY(gph_layer_backward(&pass, &layers->layer[0], &network->g_row, NULL));

cleanup:
    return status;
}
