/* Dense products: rows in chunks over threads, gradients by tile. */
#include "nn/product.h"

#include "nn/work.h"
#include "par/team.h"

#include <string.h>

/* Rows of a task, and rows of a tile whose products are added at a time. */
enum { CHUNK = 192, DEPTH = 256 };

void gph_product_space_free(gph_product_space_t *space)
{
    gph_tensor_free(&space->packed);
    gph_tensor_free(&space->block);
}

/* --- rows times weights --------------------------------------------------------------------- */

typedef struct rows_job {
    const gph_kernels_t *kernels;
    const gph_tensor_t *a;
    const gph_real_t *packed;
    bool add;
    gph_tensor_t *c;
} rows_job_t;

static gph_status_t multiply_rows(void *data, int64_t task, int thread)
{
    const rows_job_t *job = data;
    const int64_t k = job->a->columns;
    const int64_t n = job->c->columns;
    const int64_t begin = task * CHUNK;
    const int64_t left = job->c->rows - begin;
    (void)thread;
    job->kernels->product(left < CHUNK ? left : CHUNK, n, k, job->a->value + begin * k, k, 1,
                          job->packed, job->c->value + begin * n, job->add);
    return GPH_OK;
}

static gph_status_t multiply(const gph_context_t *context, gph_product_space_t *space,
                             const gph_tensor_t *a, const gph_tensor_t *w, bool transposed,
                             bool add, gph_tensor_t *c)
{
    gph_status_t status = GPH_OK;
    const gph_kernels_t *kernels = gph_kernels();
    const int64_t k = transposed ? w->columns : w->rows;
    const int64_t n = transposed ? w->rows : w->columns;
    const int64_t panels = (n + kernels->panel - 1) / kernels->panel;

    GPH_TRY(gph_tensor_check(context->env, "the left side of a product", a, c->rows, k));
    GPH_TRY(gph_tensor_check(context->env, "the result of a product", c, -1, n));
    GPH_TRY(gph_tensor_shape(context->env, panels * k, kernels->panel, &space->packed));
    kernels->pack(k, n, w->value, transposed ? 1 : n, transposed ? k : 1, space->packed.value);
    rows_job_t job = {kernels, a, space->packed.value, add, c};
    GPH_TRY(gph_team_tasks(
        context, (c->rows + CHUNK - 1) / CHUNK,
        gph_team_grain(context, CHUNK * (double)(panels * kernels->panel * k) * GPH_WORK_FUSE),
        multiply_rows, &job));

cleanup:
    return status;
}

gph_status_t gph_product_nn(const gph_context_t *context, gph_product_space_t *space,
                            const gph_tensor_t *a, const gph_tensor_t *w, bool add, gph_tensor_t *c)
{
    return multiply(context, space, a, w, false, add, c);
}

gph_status_t gph_product_nt(const gph_context_t *context, gph_product_space_t *space,
                            const gph_tensor_t *a, const gph_tensor_t *w, bool add, gph_tensor_t *c)
{
    return multiply(context, space, a, w, true, add, c);
}

/* --- gradients of weights ------------------------------------------------------------------- */

typedef struct gradient_job {
    const gph_kernels_t *kernels;
    const gph_domain_t *domain;
    gph_product_space_t *space;
    const gph_tensor_t *a;
    const gph_tensor_t *g;
} gradient_job_t;

/* gph_gradient_fn: part[low … high) = transposed(a) g over the rows of the tile. */
static gph_status_t multiply_tile(void *data, int64_t tile, int64_t low, int64_t high,
                                  gph_real_t *part, int thread)
{
    const gradient_job_t *job = data;
    const int64_t begin = job->domain->tile[tile];
    const int64_t end = job->domain->tile[tile + 1];
    const int64_t k = job->a->columns;
    const int64_t n = job->g->columns;
    gph_real_t *block = job->space->block.value + thread * job->space->block.columns;

    if (begin == end)
        memset(part + low * n, 0, (size_t)((high - low) * n) * sizeof *part);
    for (int64_t row = begin; row < end; row += DEPTH) {
        const int64_t depth = end - row < DEPTH ? end - row : DEPTH;
        job->kernels->pack(depth, n, job->g->value + row * n, n, 1, block);
        job->kernels->product(high - low, n, depth, job->a->value + row * k + low, 1, k, block,
                              part + low * n, row > begin);
    }
    return GPH_OK;
}

gph_status_t gph_product_gradient(gph_params_t *params, int index, const gph_domain_t *domain,
                                  gph_product_space_t *space, const gph_tensor_t *a,
                                  const gph_tensor_t *g)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = params->context->env;
    const gph_param_t *item = &params->item[index];
    gradient_job_t job = {gph_kernels(), domain, space, a, g};
    const int64_t panel = job.kernels->panel;

    GPH_TRY(gph_tensor_check(env, "the left side of a gradient", a, domain->rows, item->rows));
    GPH_TRY(gph_tensor_check(env, "the right side of a gradient", g, domain->rows, item->columns));
    GPH_TRY(gph_tensor_shape(env, domain->context->threads,
                             (item->columns + panel - 1) / panel * panel * DEPTH, &space->block));
    GPH_TRY(gph_gradient_add(params, index, domain,
                             (double)(item->rows * item->columns) * GPH_WORK_FUSE, multiply_tile,
                             &job));

cleanup:
    return status;
}

/* --- bias ----------------------------------------------------------------------------------- */

typedef struct sum_job {
    const gph_domain_t *domain;
    const gph_tensor_t *g;
} sum_job_t;

static gph_status_t sum_tile(void *data, int64_t tile, int64_t low, int64_t high, gph_real_t *part,
                             int thread)
{
    const sum_job_t *job = data;
    const gph_tensor_t *g = job->g;
    const int64_t n = g->columns;
    (void)low;
    (void)high;
    (void)thread;
    memset(part, 0, (size_t)n * sizeof *part);
    for (int64_t i = job->domain->tile[tile]; i < job->domain->tile[tile + 1]; i++)
        for (int64_t j = 0; j < n; j++)
            part[j] += g->value[i * n + j];
    return GPH_OK;
}

gph_status_t gph_bias_gradient(gph_params_t *params, int index, const gph_domain_t *domain,
                               const gph_tensor_t *g)
{
    sum_job_t job = {domain, g};
    const gph_status_t status = gph_tensor_check(params->context->env, "the gradient of a bias", g,
                                                 domain->rows, params->item[index].columns);
    return status == GPH_OK ? gph_gradient_add(params, index, domain,
                                               (double)g->columns * GPH_WORK_MOVE, sum_tile, &job)
                            : status;
}

typedef struct bias_job {
    const gph_real_t *bias;
    gph_tensor_t *x;
} bias_job_t;

static gph_status_t add_bias(void *data, int64_t begin, int64_t end, int thread)
{
    const bias_job_t *job = data;
    const int64_t n = job->x->columns;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        for (int64_t j = 0; j < n; j++)
            job->x->value[i * n + j] += job->bias[j];
    return GPH_OK;
}

gph_status_t gph_bias_add(const gph_context_t *context, const gph_tensor_t *bias, gph_tensor_t *x)
{
    bias_job_t job = {bias->value, x};
    const gph_status_t status = gph_tensor_check(context->env, "a bias", bias, 1, x->columns);
    return status == GPH_OK
               ? gph_team_ranges(context, x->rows,
                                 gph_team_grain(context, (double)x->columns * GPH_WORK_MOVE),
                                 add_bias, &job)
               : status;
}
