/* Layer norm. */
#include "nn/norm.h"

#include "nn/product.h"
#include "nn/work.h"
#include "par/team.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double epsilon = 1e-5; /* beside the variance */

gph_status_t gph_norm_init(gph_params_t *params, const char *name, int64_t columns,
                           gph_norm_t *norm)
{
    char text[32];
    gph_status_t status = GPH_OK;

    snprintf(text, sizeof text, "%.20s.gain", name);
    GPH_TRY(gph_params_add(params, text, 1, columns, GPH_INITIAL_ONE, false, &norm->gain));
    snprintf(text, sizeof text, "%.20s.shift", name);
    GPH_TRY(gph_params_add(params, text, 1, columns, GPH_INITIAL_ZERO, false, &norm->shift));

cleanup:
    return status;
}

void gph_norm_free(gph_norm_t *norm)
{
    gph_tensor_free(&norm->hat);
    gph_tensor_free(&norm->scale);
}

typedef struct norm_job {
    const gph_norm_t *norm;
    const gph_domain_t *domain;
    gph_tensor_t *x;
    const gph_real_t *gain;
    const gph_real_t *shift;
} norm_job_t;

static gph_status_t norm_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const norm_job_t *job = data;
    const int64_t n = job->x->columns;
    (void)thread;
    for (int64_t i = begin; i < end; i++) {
        gph_real_t *x = job->x->value + i * n;
        gph_real_t *hat = job->norm->hat.value + i * n;
        double mean = 0;
        double square = 0;
        for (int64_t j = 0; j < n; j++)
            mean += (double)x[j];
        mean /= (double)n;
        for (int64_t j = 0; j < n; j++)
            square += ((double)x[j] - mean) * ((double)x[j] - mean);
        const double scale = 1 / sqrt(square / (double)n + epsilon);
        job->norm->scale.value[i] = (gph_real_t)scale;
        for (int64_t j = 0; j < n; j++) {
            hat[j] = (gph_real_t)(((double)x[j] - mean) * scale);
            x[j] = hat[j] * job->gain[j] + job->shift[j];
        }
    }
    return GPH_OK;
}

gph_status_t gph_norm_forward(const gph_context_t *context, const gph_params_t *params,
                              gph_norm_t *norm, gph_tensor_t *x)
{
    gph_status_t status = GPH_OK;
    norm_job_t job = {norm, NULL, x, gph_params_value(params, norm->gain).value,
                      gph_params_value(params, norm->shift).value};

    GPH_TRY(
        gph_tensor_check(context->env, "what is normed", x, -1, params->item[norm->gain].columns));
    GPH_TRY(gph_tensor_shape(context->env, x->rows, x->columns, &norm->hat));
    GPH_TRY(gph_tensor_shape(context->env, x->rows, 1, &norm->scale));
    GPH_TRY(gph_team_ranges(context, x->rows,
                            gph_team_grain(context, (double)x->columns * GPH_WORK_NORM), norm_rows,
                            &job));

cleanup:
    return status;
}

/* gph_gradient_fn of the gain: sums of g × hat. */
static gph_status_t gain_tile(void *data, int64_t tile, int64_t low, int64_t high, gph_real_t *part,
                              int thread)
{
    const norm_job_t *job = data;
    const int64_t n = job->x->columns;
    (void)low;
    (void)high;
    (void)thread;
    memset(part, 0, (size_t)n * sizeof *part);
    for (int64_t i = job->domain->tile[tile]; i < job->domain->tile[tile + 1]; i++)
        for (int64_t j = 0; j < n; j++)
            part[j] += job->x->value[i * n + j] * job->norm->hat.value[i * n + j];
    return GPH_OK;
}

static gph_status_t back_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const norm_job_t *job = data;
    const int64_t n = job->x->columns;
    (void)thread;
    for (int64_t i = begin; i < end; i++) {
        gph_real_t *g = job->x->value + i * n;
        const gph_real_t *hat = job->norm->hat.value + i * n;
        const double scale = (double)job->norm->scale.value[i];
        double sum = 0;
        double along = 0;
        for (int64_t j = 0; j < n; j++) {
            const double d = (double)g[j] * (double)job->gain[j];
            sum += d;
            along += d * (double)hat[j];
        }
        for (int64_t j = 0; j < n; j++) {
            const double d = (double)g[j] * (double)job->gain[j];
            g[j] = (gph_real_t)((d - (sum + (double)hat[j] * along) / (double)n) * scale);
        }
    }
    return GPH_OK;
}

gph_status_t gph_norm_backward(gph_params_t *params, gph_norm_t *norm, const gph_domain_t *domain,
                               gph_tensor_t *g)
{
    gph_status_t status = GPH_OK;
    norm_job_t job = {norm, domain, g, gph_params_value(params, norm->gain).value, NULL};

    GPH_TRY(gph_tensor_check(params->context->env, "the gradient of a norm", g, norm->hat.rows,
                             norm->hat.columns));
    GPH_TRY(gph_gradient_add(params, norm->gain, domain, (double)g->columns * GPH_WORK_MOVE,
                             gain_tile, &job));
    GPH_TRY(gph_bias_gradient(params, norm->shift, domain, g));
    GPH_TRY(gph_team_ranges(domain->context, g->rows,
                            gph_team_grain(domain->context, (double)g->columns * GPH_WORK_NORM),
                            back_rows, &job));

cleanup:
    return status;
}
