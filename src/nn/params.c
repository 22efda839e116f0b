/* Weights and their gradient. */
#include "nn/params.h"

#include "base/checked.h"
#include "base/random.h"
#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Tiles whose parts are held at a time. */
enum { TILES_AT_ONCE = 64 };

/* Stream of initial values, apart from those of dropout. */
#define STREAM_INITIAL (UINT64_C(1) << 62)

gph_params_t gph_params_init(gph_context_t *context)
{
    return (gph_params_t){.context = context};
}

gph_status_t gph_params_add(gph_params_t *params, const char *name, int64_t rows, int64_t columns,
                            gph_initial_t initial, bool decays, int *index)
{
    gph_env_t *env = params->context->env;
    gph_param_t *item = &params->item[params->count];
    int64_t count = 0;
    int64_t size = 0;

    if (params->count == GPH_PARAMS_MAX)
        return gph_fail(env, GPH_ERR_USAGE, "the network has more than %d matrices of weights",
                        GPH_PARAMS_MAX);
    if (rows < 0 || columns < 0 || !gph_mul_i64(rows, columns, &count) ||
        !gph_add_i64(params->size, count, &size))
        return gph_fail(env, GPH_ERR_USAGE, "weights of %" PRId64 " x %" PRId64, rows, columns);
    snprintf(item->name, sizeof item->name, "%s", name);
    item->rows = rows;
    item->columns = columns;
    item->first = params->size;
    item->initial = initial;
    item->decays = decays;
    params->size = size;
    *index = params->count++;
    return GPH_OK;
}

gph_status_t gph_params_alloc(gph_params_t *params)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = params->context->env;
    const int64_t room = params->size + GPH_TENSOR_SLACK;

    gph_team_measure(params->context);
    GPH_TRY(gph_calloc(env, room, sizeof *params->value, &params->value));
    GPH_TRY(gph_calloc(env, room, sizeof *params->gradient, &params->gradient));
    GPH_TRY(gph_bins_init(env, GPH_REAL_BINS, params->size, &params->bins));

cleanup:
    return status;
}

void gph_params_reset(gph_params_t *params, uint64_t seed)
{
    for (int p = 0; p < params->count; p++) {
        const gph_param_t *item = &params->item[p];
        const double limit = sqrt(6 / (double)(item->rows + item->columns));
        for (int64_t i = 0; i < item->rows * item->columns; i++) {
            double value = item->initial == GPH_INITIAL_ONE ? 1 : 0;
            if (item->initial == GPH_INITIAL_GLOROT) {
                const uint64_t bits =
                    gph_random_u64(seed, STREAM_INITIAL + (uint64_t)p, (uint64_t)i);
                value = (2 * gph_random_unit(bits) - 1) * limit;
            }
            params->value[item->first + i] = (gph_real_t)value;
        }
    }
}

void gph_params_share(gph_params_t *params, const gph_params_t *owner)
{
    gph_free(params->value);
    gph_free(params->gradient);
    params->value = owner->value;
    params->gradient = NULL;
    params->shared = true;
}

void gph_params_free(gph_params_t *params)
{
    if (!params->shared)
        gph_free(params->value);
    gph_free(params->gradient);
    gph_bins_free(&params->bins);
    gph_tensor_free(&params->partial);
    *params = (gph_params_t){.context = params->context};
}

gph_tensor_t gph_params_value(const gph_params_t *params, int index)
{
    const gph_param_t *item = &params->item[index];
    return (gph_tensor_t){params->value + item->first, item->rows, item->columns, 0};
}

gph_digest_t gph_params_digest(const gph_params_t *params)
{
    return gph_digest_bytes(params->value, (size_t)params->size * sizeof *params->value);
}

/* --- gradient ------------------------------------------------------------------------------- */

void gph_gradient_begin(gph_params_t *params)
{
    gph_bins_clear(&params->bins);
}

/* Parts of some tiles being made, then added. */
typedef struct parts {
    const gph_context_t *context;
    gph_params_t *params;
    const gph_param_t *item;
    gph_gradient_fn *fn;
    void *data;
    int64_t first;  /* tile */
    int64_t tiles;  /* at a time */
    int64_t pieces; /* that the part of a tile is cut into */
    int64_t size;   /* numbers of the matrix */
} parts_t;

static gph_status_t make_part(void *data, int64_t task, int thread)
{
    const parts_t *parts = data;
    const int64_t tile = task / parts->pieces;
    const int64_t piece = task % parts->pieces;
    const int64_t rows = parts->item->rows;
    const int64_t low = gph_block_start(rows, (int)parts->pieces, piece);
    const int64_t high = gph_block_start(rows, (int)parts->pieces, piece + 1);
    return parts->fn(parts->data, parts->first + tile, low, high,
                     parts->params->partial.value + tile * parts->size, thread);
}

static gph_status_t add_parts(void *data, int64_t begin, int64_t end, int thread)
{
    const parts_t *parts = data;
    (void)thread;
    gph_bins_add_range_real(&parts->params->bins, parts->item->first + begin, end - begin,
                            parts->tiles, parts->size, parts->params->partial.value + begin);
    return GPH_OK;
}

/* Few tiles are cut further, so that all threads have something to do. */
static int64_t pieces_of(const parts_t *parts, double work)
{
    const int64_t threads = parts->context->threads;
    const int64_t rows = parts->item->rows > 0 ? parts->item->rows : 1;
    if (threads == 1 || parts->tiles >= 4 * threads || gph_team_threads(parts->context, work) == 1)
        return 1;
    return 2 * threads < rows ? 2 * threads : rows;
}

gph_status_t gph_gradient_add(gph_params_t *params, int index, const gph_domain_t *domain,
                              double work, gph_gradient_fn *fn, void *data)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = domain->context;
    const gph_param_t *item = &params->item[index];
    parts_t parts = {.context = context, .params = params, .item = item, .fn = fn, .data = data};
    const int64_t most = domain->tiles < TILES_AT_ONCE ? domain->tiles : TILES_AT_ONCE;
    const double tile_work = work * (double)domain->rows / (double)domain->tiles;

    parts.size = item->rows * item->columns;
    GPH_TRY(gph_tensor_shape(context->env, most, parts.size, &params->partial));
    GPH_TRY(gph_bins_expect(&params->bins, domain->tiles));
    for (; parts.first < domain->tiles; parts.first += parts.tiles) {
        const int64_t left = domain->tiles - parts.first;
        parts.tiles = left < most ? left : most;
        parts.pieces = pieces_of(&parts, tile_work * (double)parts.tiles);
        GPH_TRY(gph_team_tasks(context, parts.tiles * parts.pieces,
                               gph_team_grain(context, tile_work / (double)parts.pieces), make_part,
                               &parts));
        GPH_TRY(gph_team_ranges(context, parts.size,
                                gph_team_grain(context, (double)parts.tiles * GPH_WORK_BIN),
                                add_parts, &parts));
    }

cleanup:
    return status;
}

/* Sums of one network being added to those of another. */
typedef struct merge_job {
    const gph_bins_t *from;
    gph_bins_t *to;
} merge_job_t;

static gph_status_t merge_range(void *data, int64_t begin, int64_t end, int thread)
{
    const merge_job_t *job = data;
    const int64_t kind = (int64_t)job->to->kind;
    (void)thread;
    gph_bins_merge_raw(job->to->kind, end - begin, job->from->bin + begin * kind,
                       job->to->bin + begin * kind);
    return GPH_OK;
}

gph_status_t gph_gradient_merge(gph_params_t *params, const gph_params_t *from)
{
    gph_status_t status = GPH_OK;
    merge_job_t job = {&from->bins, &params->bins};

    GPH_TRY(gph_bins_expect(&params->bins, from->bins.terms));
    GPH_TRY(gph_team_ranges(params->context, params->size,
                            gph_team_grain(params->context, 2 * GPH_WORK_BIN), merge_range, &job));

cleanup:
    return status;
}

gph_status_t gph_gradient_finish(gph_params_t *params)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_reduce_bins(params->context, &params->bins));
    gph_bins_finish_real(&params->bins, params->gradient);

cleanup:
    return status;
}
