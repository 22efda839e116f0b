/* Layers: backward. */
#include "nn/layer.h"

#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"

typedef struct relu_job {
    const gph_real_t *result;
    gph_real_t *g;
} relu_job_t;

static gph_status_t relu_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const relu_job_t *job = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        job->g[i] = job->result[i] > 0 ? job->g[i] : 0;
    return GPH_OK;
}

/* Gradient of weights [in × out] from g[rows × out] at their product with drop(x). */
static gph_status_t weight_gradient(const gph_pass_t *pass, gph_layer_t *layer, int weight,
                                    const gph_tensor_t *g)
{
    const gph_tensor_t x = gph_tensor_rows(&layer->input, 0, pass->domain->rows);
    const gph_tensor_t rows = gph_tensor_rows(g, 0, pass->domain->rows);
    return layer->sparse != NULL
               ? gph_sparse_gradient(pass->params, weight, pass->domain, layer->sparse,
                                     layer->factor, &layer->turned, &rows)
               : gph_product_gradient(pass->params, weight, pass->domain, pass->space, &x, &rows);
}

/* Through relu and norm; gradients of bias and own weights; own part of the input's. Local. */
static gph_status_t begin_back(const gph_pass_t *pass, gph_layer_t *layer, gph_tensor_t *g,
                               gph_tensor_t *g_input)
{
    gph_status_t status = GPH_OK;
    const gph_domain_t *domain = pass->domain;
    const gph_context_t *context = domain->context;
    gph_tensor_t rows = gph_tensor_rows(g, 0, domain->rows);
    relu_job_t relu = {layer->result.value, g->value};

    GPH_TRY(gph_tensor_check(context->env, "the gradient of a layer", g,
                             domain->rows + domain->ghosts, layer->options.out));
    if (layer->options.relu)
        GPH_TRY(gph_team_ranges(context, rows.rows * rows.columns,
                                gph_team_grain(context, GPH_WORK_MOVE), relu_rows, &relu));
    if (layer->options.norm)
        GPH_TRY(gph_norm_backward(pass->params, &layer->norm, domain, &rows));
    if (layer->bias >= 0)
        GPH_TRY(gph_bias_gradient(pass->params, layer->bias, domain, &rows));
    if (g_input != NULL)
        GPH_TRY(gph_tensor_shape(context->env, domain->rows + domain->ghosts, layer->options.in,
                                 g_input));
    if (layer->weight_own >= 0) {
        GPH_TRY(weight_gradient(pass, layer, layer->weight_own, g));
        if (g_input != NULL) {
            const gph_tensor_t w = gph_params_value(pass->params, layer->weight_own);
            gph_tensor_t to = gph_tensor_rows(g_input, 0, domain->rows);
            GPH_TRY(gph_product_nt(context, pass->space, &rows, &w, false, &to));
        }
    }

cleanup:
    return status;
}

typedef struct sum_job {
    const gph_real_t *term;
    gph_real_t *sum;
} sum_job_t;

static gph_status_t add_range(void *data, int64_t begin, int64_t end, int thread)
{
    const sum_job_t *job = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        job->sum[i] += job->term[i];
    return GPH_OK;
}

/* Neighbours were gathered before the product. Collective. */
static gph_status_t back_gathered(const gph_pass_t *pass, gph_layer_t *layer, const gph_tensor_t *g,
                                  gph_tensor_t *g_input)
{
    gph_status_t status = GPH_OK;
    gph_domain_t *domain = pass->domain;
    gph_context_t *context = domain->context;
    const gph_tensor_t rows = gph_tensor_rows(g, 0, domain->rows);
    const gph_tensor_t w = gph_params_value(pass->params, layer->weight);
    const bool adds = layer->weight_own >= 0;
    gph_tensor_t *to = adds ? &layer->gathered : g_input;

    GPH_TRY_ALL(context, gph_product_gradient(pass->params, layer->weight, domain, pass->space,
                                              &layer->gathered, &rows));
    if (g_input == NULL)
        goto cleanup;
    status = gph_tensor_shape(context->env, domain->rows + domain->ghosts, layer->options.in,
                              &layer->back);
    if (status == GPH_OK) {
        gph_tensor_t back = gph_tensor_rows(&layer->back, 0, domain->rows);
        status = gph_product_nt(context, pass->space, &rows, &w, false, &back);
    }
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_domain_gather(domain, layer->options.neighbours, true, true, &layer->back, to));
    if (adds) {
        sum_job_t sum = {to->value, g_input->value};
        GPH_TRY(gph_team_ranges(context, domain->rows * layer->options.in,
                                gph_team_grain(context, GPH_WORK_MOVE), add_range, &sum));
    }

cleanup:
    return status;
}

/* Neighbours were gathered behind the product. Collective. */
static gph_status_t back_product(const gph_pass_t *pass, gph_layer_t *layer, gph_tensor_t *g,
                                 gph_tensor_t *g_input)
{
    gph_status_t status = GPH_OK;
    gph_domain_t *domain = pass->domain;
    gph_context_t *context = domain->context;
    const gph_tensor_t w = gph_params_value(pass->params, layer->weight);

    GPH_TRY_ALL(context,
                gph_tensor_shape(context->env, domain->rows, layer->options.out, &layer->back));
    GPH_TRY(gph_domain_gather(domain, layer->options.neighbours, true, true, g, &layer->back));
    GPH_TRY_ALL(context, weight_gradient(pass, layer, layer->weight, &layer->back));
    if (g_input != NULL) {
        gph_tensor_t to = gph_tensor_rows(g_input, 0, domain->rows);
        GPH_TRY_ALL(context, gph_product_nt(context, pass->space, &layer->back, &w,
                                            layer->weight_own >= 0, &to));
    }

cleanup:
    return status;
}

gph_status_t gph_layer_backward(const gph_pass_t *pass, gph_layer_t *layer, gph_tensor_t *g,
                                gph_tensor_t *g_input)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = pass->domain->context;

    GPH_TRY_ALL(context, begin_back(pass, layer, g, g_input));
    if (layer->weight >= 0)
        GPH_TRY(layer->gather_first ? back_gathered(pass, layer, g, g_input)
                                    : back_product(pass, layer, g, g_input));
    if (g_input != NULL && layer->dropped)
        GPH_TRY_ALL(context,
                    gph_dropout_again(context, &layer->drop, pass->domain->rows * layer->options.in,
                                      g_input->value, g_input->value));

cleanup:
    return status;
}
