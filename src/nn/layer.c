/* Layers: forward. */
#include "nn/layer.h"

#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"

#include <stdio.h>
#include <string.h>

gph_status_t gph_layer_init(gph_params_t *params, const gph_layer_options_t *options,
                            gph_layer_t *layer)
{
    gph_status_t status = GPH_OK;
    gph_layer_t made = {.options = *options, .weight = -1, .weight_own = -1, .bias = -1};
    char name[32];

    if (options->neighbours != GPH_NEIGHBOURS_NONE) {
        snprintf(name, sizeof name, "%.20s.weight", options->name);
        GPH_TRY(gph_params_add(params, name, options->in, options->out, GPH_INITIAL_GLOROT,
                               options->decays, &made.weight));
    }
    if (options->self) {
        snprintf(name, sizeof name, "%.20s.own", options->name);
        GPH_TRY(gph_params_add(params, name, options->in, options->out, GPH_INITIAL_GLOROT,
                               options->decays, &made.weight_own));
    }
    if (options->bias) {
        snprintf(name, sizeof name, "%.20s.bias", options->name);
        GPH_TRY(gph_params_add(params, name, 1, options->out, GPH_INITIAL_ZERO, false, &made.bias));
    }
    if (options->norm)
        GPH_TRY(gph_norm_init(params, options->name, options->out, &made.norm));
    *layer = made;

cleanup:
    return status;
}

void gph_layer_free(gph_layer_t *layer)
{
    gph_norm_free(&layer->norm);
    gph_dropout_free(&layer->drop);
    gph_tensor_free(&layer->dropped_input);
    gph_tensor_free(&layer->gathered);
    gph_tensor_free(&layer->turned);
    gph_tensor_free(&layer->product);
    gph_tensor_free(&layer->result);
    gph_tensor_free(&layer->back);
    *layer = (gph_layer_t){.weight = -1, .weight_own = -1, .bias = -1};
}

double gph_layer_flops(const gph_layer_t *layer, double rows, double arcs, bool first, bool back)
{
    const double in = (double)layer->options.in;
    const double out = (double)layer->options.out;
    const int products = (layer->weight >= 0) + (layer->weight_own >= 0);
    const double entries =
        layer->sparse != NULL ? (double)layer->sparse->offset[layer->sparse->rows] : rows * in;
    const double gather = layer->weight >= 0 ? 2 * arcs * (layer->gather_first ? in : out) : 0;
    double flops = products * 2 * entries * out + gather;

    if (back) { /* of weights, and of the input */
        flops += products * 2 * entries * out;
        flops += first ? 0 : products * 2 * rows * in * out;
        flops += first && layer->gather_first ? 0 : gather;
    }
    return flops;
}

/* --- input ---------------------------------------------------------------------------------- */

/* Values of sparse features, dropped out. */
static gph_status_t drop_sparse(const gph_pass_t *pass, gph_layer_t *layer)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = pass->domain->context;
    const gph_sparse_t *x = layer->sparse;
    const int64_t entries = x->offset[x->rows];

    layer->factor = x->value;
    if (!layer->dropped)
        return GPH_OK;
    GPH_TRY(gph_tensor_shape(context->env, 1, entries, &layer->dropped_input));
    GPH_TRY(gph_dropout_apply(context, &layer->drop, (uint64_t)x->before, entries, x->value,
                              layer->dropped_input.value));
    layer->factor = layer->dropped_input.value;

cleanup:
    return status;
}

/* Dense rows, dropped out; ghosts too where they are there. */
static gph_status_t drop_dense(const gph_pass_t *pass, const gph_tensor_t *x, bool ghosts,
                               gph_layer_t *layer)
{
    gph_status_t status = GPH_OK;
    const gph_domain_t *domain = pass->domain;
    const gph_context_t *context = domain->context;
    const int64_t width = x->columns;
    gph_tensor_t *out = &layer->dropped_input;

    layer->input = (gph_tensor_t){x->value, x->rows, x->columns, 0};
    if (!layer->dropped)
        return GPH_OK;
    GPH_TRY(gph_tensor_shape(context->env, domain->rows + domain->ghosts, width, out));
    GPH_TRY(gph_dropout_apply(context, &layer->drop, (uint64_t)(domain->first * width),
                              domain->rows * width, x->value, out->value));
    if (ghosts && domain->ghosts > 0) {
        gph_real_t *ghost = out->value + domain->rows * width;
        memcpy(ghost, x->value + domain->rows * width,
               (size_t)(domain->ghosts * width) * sizeof *ghost);
        GPH_TRY(
            gph_dropout_rows(context, &layer->drop, domain->ghosts, domain->ghost, width, ghost));
    }
    layer->input = (gph_tensor_t){out->value, out->rows, out->columns, 0};

cleanup:
    return status;
}

/* Streams of dropout: steps of up to 2^48, layers of up to 2^13. */
static uint64_t stream_of(int64_t step, int number)
{
    return (uint64_t)step << 13 | (uint64_t)number;
}

static gph_status_t take_input(const gph_pass_t *pass, int number, const gph_input_t *input,
                               gph_layer_t *layer)
{
    gph_status_t status = GPH_OK;
    const gph_domain_t *domain = pass->domain;
    gph_env_t *env = domain->context->env;

    layer->dropped = pass->training && layer->options.dropout > 0;
    layer->drop.seed = pass->seed;
    layer->drop.stream = stream_of(pass->step, number);
    layer->drop.rate = layer->options.dropout;
    layer->sparse = input->sparse;
    if (input->sparse != NULL) {
        if (input->sparse->columns != layer->options.in)
            GPH_TRY(gph_fail(env, GPH_ERR_INTERNAL, "features of the wrong width"));
        GPH_TRY(drop_sparse(pass, layer));
    } else {
        GPH_TRY(gph_tensor_check(env, "the input of a layer", input->dense,
                                 domain->rows + domain->ghosts, layer->options.in));
        GPH_TRY(drop_dense(pass, input->dense, input->has_ghosts, layer));
    }

cleanup:
    return status;
}

/* --- products ------------------------------------------------------------------------------- */

/* c[rows × out] = (add ? c : 0) + drop(x) W. */
static gph_status_t multiply(const gph_pass_t *pass, const gph_layer_t *layer, int weight, bool add,
                             gph_tensor_t *c)
{
    const gph_context_t *context = pass->domain->context;
    const gph_tensor_t w = gph_params_value(pass->params, weight);
    const gph_tensor_t x = gph_tensor_rows(&layer->input, 0, pass->domain->rows);
    gph_tensor_t rows = gph_tensor_rows(c, 0, pass->domain->rows);
    return layer->sparse != NULL
               ? gph_sparse_product(context, layer->sparse, layer->factor, &w, add, &rows)
               : gph_product_nn(context, pass->space, &x, &w, add, &rows);
}

/* Whether to gather before the product. The cost of gathering is in the width: forward only for an
 * input that needs no gradient, else there and back. */
static bool gathers_first(const gph_layer_t *layer, const gph_input_t *input)
{
    const int64_t in = layer->options.in;
    const int64_t out = layer->options.out;
    return input->sparse == NULL && in <= (input->has_ghosts ? 2 * out : out);
}

/* result[rows × out] = N(drop(x)) Wn or N(drop(x) Wn). */
static gph_status_t take_neighbours(const gph_pass_t *pass, const gph_input_t *input,
                                    gph_layer_t *layer)
{
    gph_status_t status = GPH_OK;
    gph_domain_t *domain = pass->domain;
    gph_env_t *env = domain->context->env;
    const gph_tensor_t w = gph_params_value(pass->params, layer->weight);
    gph_tensor_t rows = gph_tensor_rows(&layer->result, 0, domain->rows);

    layer->gather_first = gathers_first(layer, input);
    if (layer->gather_first)
        status = gph_tensor_shape(env, domain->rows, layer->options.in, &layer->gathered);
    else
        status = gph_tensor_shape(env, domain->rows + domain->ghosts, layer->options.out,
                                  &layer->product);
    GPH_TRY_ALL(domain->context, status);
    if (layer->gather_first) {
        GPH_TRY(gph_domain_gather(domain, layer->options.neighbours, false, !input->has_ghosts,
                                  &layer->input, &layer->gathered));
        GPH_TRY_ALL(domain->context, gph_product_nn(domain->context, pass->space, &layer->gathered,
                                                    &w, false, &rows));
    } else {
        GPH_TRY_ALL(domain->context, multiply(pass, layer, layer->weight, false, &layer->product));
        GPH_TRY(gph_domain_gather(domain, layer->options.neighbours, false, true, &layer->product,
                                  &layer->result));
    }

cleanup:
    return status;
}

static gph_status_t clip_rows(void *data, int64_t begin, int64_t end, int thread)
{
    gph_real_t *x = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        x[i] = x[i] > 0 ? x[i] : 0;
    return GPH_OK;
}

/* Everything behind the neighbours: own part, bias, norm, relu. Local. */
static gph_status_t finish(const gph_pass_t *pass, gph_layer_t *layer)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = pass->domain->context;
    gph_tensor_t rows = gph_tensor_rows(&layer->result, 0, pass->domain->rows);

    if (layer->weight_own >= 0)
        GPH_TRY(multiply(pass, layer, layer->weight_own, layer->weight >= 0, &rows));
    if (layer->bias >= 0) {
        const gph_tensor_t bias = gph_params_value(pass->params, layer->bias);
        GPH_TRY(gph_bias_add(context, &bias, &rows));
    }
    if (layer->options.norm)
        GPH_TRY(gph_norm_forward(context, pass->params, &layer->norm, &rows));
    if (layer->options.relu)
        GPH_TRY(gph_team_ranges(context, rows.rows * rows.columns,
                                gph_team_grain(context, GPH_WORK_MOVE), clip_rows, rows.value));

cleanup:
    return status;
}

gph_status_t gph_layer_forward(const gph_pass_t *pass, int number, const gph_input_t *input,
                               gph_layer_t *layer)
{
    gph_status_t status = GPH_OK;
    gph_domain_t *domain = pass->domain;

    status = take_input(pass, number, input, layer);
    if (status == GPH_OK)
        status = gph_tensor_shape(domain->context->env, domain->rows + domain->ghosts,
                                  layer->options.out, &layer->result);
    GPH_TRY_ALL(domain->context, status);
    if (layer->weight >= 0)
        GPH_TRY(take_neighbours(pass, input, layer));
    GPH_TRY_ALL(domain->context, finish(pass, layer));

cleanup:
    return status;
}
