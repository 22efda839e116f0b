/* Sparse features. */
#include "nn/sparse.h"

#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>
#include <string.h>

void gph_sparse_free(gph_sparse_t *sparse)
{
    gph_free(sparse->offset);
    gph_free(sparse->column);
    gph_free(sparse->value);
    gph_free(sparse->turn_offset);
    gph_free(sparse->turn_row);
    gph_free(sparse->turn_entry);
    *sparse = (gph_sparse_t){0};
}

/* --- transposing ---------------------------------------------------------------------------- */

/* Entries of one tile by columns: count, add up, place. */
static void turn_tile(gph_sparse_t *sparse, int64_t begin, int64_t end, gph_off_t *start)
{
    const int64_t columns = sparse->columns;
    gph_off_t at = sparse->offset[begin];

    memset(start, 0, (size_t)(columns + 1) * sizeof *start);
    for (gph_off_t e = sparse->offset[begin]; e < sparse->offset[end]; e++)
        start[sparse->column[e]]++;
    for (int64_t c = 0; c <= columns; c++) {
        const gph_off_t count = start[c];
        start[c] = at;
        at += count;
    }
    for (int64_t i = begin; i < end; i++)
        for (gph_off_t e = sparse->offset[i]; e < sparse->offset[i + 1]; e++) {
            const gph_off_t place = start[sparse->column[e]]++;
            sparse->turn_row[place] = (int32_t)i;
            sparse->turn_entry[place] = (int32_t)e;
        }
    /* Each start has become the next one's. */
    memmove(start + 1, start, (size_t)columns * sizeof *start);
    start[0] = sparse->offset[begin];
}

static gph_status_t turn(const gph_domain_t *domain, gph_sparse_t *sparse)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = domain->context->env;
    const gph_off_t entries = sparse->offset[sparse->rows];

    if (sparse->rows != domain->rows || entries > INT32_MAX)
        return gph_fail(env, GPH_ERR_USAGE,
                        "rank %d has %" PRId64 " features of %" PRId64
                        " rows; at most 2^31 - 1 features are possible, use more ranks",
                        domain->context->rank, entries, sparse->rows);
    GPH_TRY(gph_alloc(env, domain->tiles * (sparse->columns + 1), sizeof *sparse->turn_offset,
                      &sparse->turn_offset));
    GPH_TRY(gph_alloc(env, entries, sizeof *sparse->turn_row, &sparse->turn_row));
    GPH_TRY(gph_alloc(env, entries, sizeof *sparse->turn_entry, &sparse->turn_entry));
    for (int64_t t = 0; t < domain->tiles; t++)
        turn_tile(sparse, domain->tile[t], domain->tile[t + 1],
                  sparse->turn_offset + t * (sparse->columns + 1));

cleanup:
    return status;
}

gph_status_t gph_sparse_finish(const gph_domain_t *domain, gph_sparse_t *sparse)
{
    gph_status_t status = GPH_OK;
    int64_t entries = 0;

    GPH_TRY_ALL(domain->context, turn(domain, sparse));
    entries = sparse->offset[sparse->rows];
    GPH_TRY(gph_comm_scan_i64(domain->context, 1, &entries, &sparse->before, NULL));

cleanup:
    if (status != GPH_OK)
        gph_sparse_free(sparse);
    return status;
}

/* --- products ------------------------------------------------------------------------------- */

enum { CHUNK = 128 };

/* Of one row, times `width` columns of weights. */
static double work_of(const gph_sparse_t *x, int64_t width)
{
    const double rows = x->rows > 0 ? (double)x->rows : 1;
    return (double)x->offset[x->rows] / rows * (double)width * GPH_WORK_GATHER;
}

typedef struct rows_job {
    const gph_kernels_t *kernels;
    gph_gather_t gather;
    int64_t rows;
} rows_job_t;

static gph_status_t multiply_rows(void *data, int64_t task, int thread)
{
    const rows_job_t *job = data;
    const int64_t begin = task * CHUNK;
    const int64_t end = begin + CHUNK < job->rows ? begin + CHUNK : job->rows;
    (void)thread;
    job->kernels->gather(&job->gather, NULL, begin, end);
    return GPH_OK;
}

gph_status_t gph_sparse_product(const gph_context_t *context, const gph_sparse_t *x,
                                const gph_real_t *value, const gph_tensor_t *w, bool add,
                                gph_tensor_t *c)
{
    gph_status_t status = GPH_OK;
    rows_job_t job = {gph_kernels(),
                      {.offset = x->offset,
                       .index = x->column,
                       .factor = value,
                       .add = add,
                       .b = w->value,
                       .width = w->columns,
                       .out = c->value},
                      x->rows};

    GPH_TRY(gph_tensor_check(context->env, "the weights of features", w, x->columns, c->columns));
    GPH_TRY(gph_team_tasks(context, (x->rows + CHUNK - 1) / CHUNK,
                           gph_team_grain(context, CHUNK * work_of(x, w->columns)), multiply_rows,
                           &job));

cleanup:
    return status;
}

typedef struct turned_job {
    const gph_kernels_t *kernels;
    const gph_sparse_t *x;
    const gph_real_t *value;
    gph_real_t *turned; /* [entries] values by columns */
    const gph_tensor_t *g;
} turned_job_t;

/* gph_gradient_fn. The values of the columns wanted are put in order first. */
static gph_status_t multiply_tile(void *data, int64_t tile, int64_t low, int64_t high,
                                  gph_real_t *part, int thread)
{
    const turned_job_t *job = data;
    const gph_sparse_t *x = job->x;
    const gph_off_t *offset = x->turn_offset + tile * (x->columns + 1);
    (void)thread;
    for (gph_off_t e = offset[low]; e < offset[high]; e++)
        job->turned[e] = job->value[x->turn_entry[e]];
    const gph_gather_t gather = {.offset = offset,
                                 .index = x->turn_row,
                                 .factor = job->turned,
                                 .b = job->g->value,
                                 .width = job->g->columns,
                                 .out = part};
    job->kernels->gather(&gather, NULL, low, high);
    return GPH_OK;
}

gph_status_t gph_sparse_gradient(gph_params_t *params, int index, const gph_domain_t *domain,
                                 const gph_sparse_t *x, const gph_real_t *value,
                                 gph_tensor_t *turned, const gph_tensor_t *g)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = params->context->env;
    const gph_param_t *item = &params->item[index];

    GPH_TRY(
        gph_tensor_check(env, "the gradient of sparse features", g, domain->rows, item->columns));
    GPH_TRY(gph_tensor_shape(env, 1, x->offset[x->rows], turned));
    turned_job_t job = {gph_kernels(), x, value, turned->value, g};
    GPH_TRY(gph_gradient_add(params, index, domain, work_of(x, g->columns), multiply_tile, &job));

cleanup:
    return status;
}
