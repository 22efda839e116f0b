/* The forward pass: sums over incoming edges, level by level, a batch of inputs at once. */
#include "gph/dist_forward.h"

#include "dist/levels.h"
#include "par/comm.h"

#include <math.h>
#include <string.h>

/* Inputs of a batch that one task computes for a node. */
enum { PART = 256 };

typedef struct forward {
    const gph_graph_t *graph;
    gph_forward_options_t options;
    const float *input; /**< [owned × batch] */
    float *value;       /**< [(owned + ghosts) × batch] */
} forward_t;

/* --- activations ---------------------------------------------------------------------------- */

static void relu(int64_t count, float *x)
{
    for (int64_t i = 0; i < count; ++i)
        x[i] = x[i] > 0 ? x[i] : 0;
}

static void sigmoid(int64_t count, float *x)
{
    for (int64_t i = 0; i < count; ++i)
        x[i] = 1.0F / (1.0F + expf(-x[i]));
}

static void hyperbolic(int64_t count, float *x)
{
    for (int64_t i = 0; i < count; ++i)
        x[i] = tanhf(x[i]);
}

static void gelu(int64_t count, float *x)
{
    for (int64_t i = 0; i < count; ++i)
        x[i] = 0.5F * x[i] * (1.0F + erff(x[i] * 0.707106781F));
}

static void silu(int64_t count, float *x)
{
    for (int64_t i = 0; i < count; ++i)
        x[i] = x[i] / (1.0F + expf(-x[i]));
}

/* In the order of gph_activation_t. */
static const struct {
    const char *name;
    void (*apply)(int64_t count, float *x); /* NULL: nothing */
} activations[] = {{"identity", NULL},   {"relu", relu}, {"sigmoid", sigmoid},
                   {"tanh", hyperbolic}, {"gelu", gelu}, {"silu", silu}};

enum { ACTIVATIONS = sizeof activations / sizeof *activations };

const char *gph_activation_name(gph_activation_t activation)
{
    return (int)activation >= 0 && (int)activation < ACTIVATIONS ? activations[activation].name
                                                                 : NULL;
}

gph_forward_options_t gph_forward_options_default(void)
{
    return (gph_forward_options_t){.batch = 1};
}

/* --- a node --------------------------------------------------------------------------------- */

/* Some inputs of the batch for a node: those of a part. */
static gph_status_t compute(void *data, gph_lid_t v, int64_t part)
{
    const forward_t *forward = data;
    const gph_graph_t *graph = forward->graph;
    const gph_forward_options_t *options = &forward->options;
    const int64_t batch = options->batch;
    const int64_t first = part * PART;
    const int64_t count = batch - first < PART ? batch - first : PART;
    float *x = forward->value + v * batch + first;
    bool source = true;

    for (int64_t i = 0; i < count; ++i)
        x[i] = options->bias != NULL ? options->bias[v] : 0;
    for (gph_off_t e = graph->offset[v]; e < graph->offset[v + 1]; ++e) {
        if ((graph->direction[e] & GPH_ARC_IN) == 0)
            continue;
        const float weight = graph->weight != NULL ? (float)graph->weight[e] : 1;
        const float *from = forward->value + graph->adjacent[e] * batch + first;
        source = false;
        for (int64_t i = 0; i < count; ++i)
            x[i] += weight * from[i];
    }
    if (source) {
        memcpy(x, forward->input + v * batch + first, (size_t)count * sizeof *x);
        return GPH_OK;
    }
    const gph_activation_t act =
        options->of_node != NULL ? options->of_node[v] : options->activation;
    if (activations[act].apply != NULL)
        activations[act].apply(count, x);
    return GPH_OK;
}

/* --- the pass ------------------------------------------------------------------------------- */

static gph_status_t check(const forward_t *forward, const float *output)
{
    const gph_graph_t *graph = forward->graph;
    const gph_forward_options_t *options = &forward->options;
    gph_env_t *env = graph->context->env;

    if (options->batch < 1)
        return gph_fail(env, GPH_ERR_USAGE, "forward pass: a batch of %lld inputs",
                        (long long)options->batch);
    if (graph->owned > 0 && (forward->input == NULL || output == NULL))
        return gph_fail(env, GPH_ERR_USAGE, "forward pass: input or output is missing");
    if (gph_activation_name(options->activation) == NULL)
        return gph_fail(env, GPH_ERR_USAGE, "forward pass: no activation has number %d",
                        (int)options->activation);
    for (gph_lid_t v = 0; options->of_node != NULL && v < graph->owned; ++v)
        if (gph_activation_name(options->of_node[v]) == NULL)
            return gph_fail(env, GPH_ERR_USAGE, "forward pass: no activation has number %d",
                            (int)options->of_node[v]);
    return GPH_OK;
}

static gph_status_t run(forward_t *forward, float *output)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = forward->graph;
    gph_context_t *context = graph->context;
    const int64_t batch = forward->options.batch;
    const int64_t parts = (batch + PART - 1) / PART;
    const size_t row = (size_t)batch * sizeof(float);
    const int64_t degree = graph->vertices > 0 ? graph->edges / graph->vertices + 1 : 1;
    gph_levels_t levels = {0};

    GPH_TRY(gph_levels_make(graph, false, &levels));
    GPH_TRY_ALL(context, gph_alloc(context->env, (int64_t)graph->owned + graph->ghosts, row,
                                   &forward->value));
    GPH_TRY(gph_levels_run(&levels, row, forward->value, parts,
                           (batch < PART ? batch : PART) * degree, compute, forward));
    if (graph->owned > 0)
        memcpy(output, forward->value, (size_t)graph->owned * row);

cleanup:
    gph_free(forward->value);
    gph_levels_free(&levels);
    return status;
}

gph_status_t gph_forward_pass(const gph_graph_t *graph, const gph_forward_options_t *options,
                              const float *input, float *output)
{
    gph_status_t status = GPH_OK;
    forward_t forward = {.graph = graph,
                         .options = options != NULL ? *options : gph_forward_options_default(),
                         .input = input};

    if (graph == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    GPH_TRY(gph_comm_same(context, "batch of a forward pass", forward.options.batch));
    GPH_TRY_ALL(context, check(&forward, output));
    gph_phase_begin(context, "forward pass");
    status = run(&forward, output);
    gph_phase_end(context);

cleanup:
    return status;
}

gph_status_t gph_graph_levels(const gph_graph_t *graph, int64_t *levels)
{
    gph_levels_t found = {0};

    if (graph == NULL || levels == NULL)
        return GPH_ERR_USAGE;
    const gph_status_t status = gph_levels_make(graph, false, &found);
    if (status == GPH_OK)
        *levels = found.levels;
    gph_levels_free(&found);
    return status;
}
