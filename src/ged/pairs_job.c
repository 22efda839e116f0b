/* Phases of a batch: tiles of pairs on all threads and ranks, rows in the order of the pairs. */
#include "ged/pairs.h"

#include "base/checked.h"
#include "ged/methods.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Product of node counts beyond which pairs count as equally hard: the estimate then stays in range
 * for 5e8 pairs. */
enum { PRODUCT_MOST = 2500 };

/* --- one pair ------------------------------------------------------------------------------- */

/* What the threads know of the pair they are at. */
typedef struct pair_state {
    gph_ged_options_t options; /* of the method being tried */
    gph_ged_row_t row;
    double limit;      /* threshold, negative: none */
    double *sum;       /* of the tile */
    gph_array_t *maps; /* of int32_t, with paths; or NULL */
    int64_t nodes;     /* of the first graph */
    bool within;       /* decided: a mapping is within the limit */
} pair_state_t;

static bool settled(const pair_state_t *state)
{
    return state->within || (state->row.flags & (GPH_GED_ROW_EXACT | GPH_GED_ROW_OVER)) != 0;
}

/* Keeps the mapping behind the upper bound: that of the last method that brought it down. */
static void keep_map(pair_state_t *state, const gph_ged_result_t *result)
{
    int32_t *map = state->maps->data;
    if (result->map != NULL && result->upper <= state->row.upper && state->nodes > 0)
        memcpy(map + state->maps->count - state->nodes, result->map,
               (size_t)state->nodes * sizeof *map);
}

/* Room for the mapping of a pair, without one so far. */
static gph_status_t begin_map(pair_state_t *state)
{
    gph_status_t status = GPH_OK;
    const int32_t none = -2;
    for (int64_t u = 0; u < state->nodes && status == GPH_OK; u++)
        status = gph_array_push(state->maps, &none);
    return status;
}

/* Takes in the bounds of one method. */
static void take_bounds(pair_state_t *state, const gph_ged_result_t *result)
{
    gph_ged_row_t *row = &state->row;
    row->lower = fmax(row->lower, result->lower);
    row->upper = fmin(row->upper, result->upper);
    if (result->exact)
        row->lower = row->upper = result->upper;
    row->lower = fmin(row->lower, row->upper);
    row->flags = (int64_t)state->options.method << 8;
    if (result->exact || row->lower >= row->upper)
        row->flags |= GPH_GED_ROW_EXACT;
    if (state->limit >= 0 && row->lower > state->limit)
        row->flags |= GPH_GED_ROW_OVER;
    if (result->stopped)
        row->flags |= GPH_GED_ROW_STOPPED;
    state->within = state->options.decide && row->upper <= state->limit;
    state->sum[GPH_GED_SUM_STEPS] += (double)result->steps;
}

static void add_path(pair_state_t *state, const gph_ged_path_t *path)
{
    for (int o = 0; o < GPH_GED_OPERATIONS; o++) {
        state->sum[GPH_GED_SUM_COUNT + o] += (double)path->count[o];
        state->sum[GPH_GED_SUM_COST + o] += path->cost[o];
    }
}

static void add_row(pair_state_t *state)
{
    const gph_ged_row_t *row = &state->row;
    double *sum = state->sum;
    sum[GPH_GED_SUM_LOWER] += row->lower;
    sum[GPH_GED_SUM_UPPER] += row->upper;
    sum[GPH_GED_SUM_EXACT] += (row->flags & GPH_GED_ROW_EXACT) != 0;
    sum[GPH_GED_SUM_OVER] += (row->flags & GPH_GED_ROW_OVER) != 0;
    sum[GPH_GED_SUM_STOPPED] += (row->flags & GPH_GED_ROW_STOPPED) != 0;
    sum[GPH_GED_SUM_SETTLED + (int)gph_ged_row_method(row)] += 1;
}

/* Methods of the ladder that are tried before `last`: bounds, each dearer than the one before. */
static bool is_filter(int method, gph_ged_method_t last)
{
    return method < (int)last && method <= (int)GPH_GED_BRANCH;
}

/* Where the ladder begins: where an upper bound may settle a pair, its mapping may be wanted. */
static int first_method(const gph_ged_phase_t *phase, const pair_state_t *state)
{
    const gph_ged_method_t last = phase->options.method;
    const gph_ged_method_t mapped = last < GPH_GED_BRANCH ? last : GPH_GED_BRANCH;
    if (!phase->filter)
        return (int)last;
    return phase->options.decide && state->maps != NULL ? (int)mapped : 0;
}

static gph_status_t do_pair(const gph_ged_job_t *job, const gph_ged_phase_t *phase, int64_t index,
                            gph_ged_t *space, pair_state_t *state)
{
    gph_status_t status = GPH_OK;
    const gph_pair_t pair = gph_ged_pairs_at(phase->pairs, index);
    const gph_small_graph_t *view = job->collection->view;
    const gph_ged_method_t last = phase->options.method;
    gph_ged_result_t result = {.lower = 0};

    state->options = phase->options;
    if (phase->limit != NULL)
        state->options.threshold = phase->limit[index];
    state->limit = state->options.threshold;
    state->nodes = view[pair.a].nodes;
    if (state->maps != NULL)
        GPH_TRY(begin_map(state));
    state->row = (gph_ged_row_t){.lower = 0, .upper = INFINITY};
    state->within = false;
    for (int m = first_method(phase, state); m <= (int)last && !settled(state); m++) {
        if (m != (int)last && !is_filter(m, last))
            continue;
        state->options.method = (gph_ged_method_t)m;
        GPH_TRY(gph_ged_compute(space, &view[pair.a], &view[pair.b], &state->options, &result));
        if (state->maps != NULL)
            keep_map(state, &result);
        take_bounds(state, &result);
    }
    add_path(state, &result.path);
    add_row(state);

cleanup:
    return status;
}

static gph_status_t do_tile(void *data, int64_t tile, int thread)
{
    gph_status_t status = GPH_OK;
    gph_ged_job_t *job = data;
    gph_ged_phase_t *phase = &job->phase[job->phases - 1];
    gph_array_t *found = &job->found[thread];
    const int64_t begin = phase->tiles.start[tile];
    const int64_t end = phase->tiles.start[tile + 1];
    pair_state_t state = {.sum = phase->fresh + tile * GPH_GED_SUMS,
                          .maps = phase->map != NULL ? &job->maps[thread] : NULL};

    /* Room first, doubled as it is needed; then nothing in the loop can fail for memory of rows. */
    if (found->count + end - begin > found->capacity)
        GPH_TRY(gph_array_reserve(found, 2 * (found->count + end - begin)));
    for (int64_t p = begin; p < end; p++) {
        GPH_TRY(do_pair(job, phase, p, job->space[thread], &state));
        const gph_ged_found_t item = {p, state.row};
        GPH_TRY(gph_array_push(found, &item));
    }
    phase->done[tile] = 1;

cleanup:
    return status;
}

static gph_status_t run_tiles(void *data, gph_pool_t *pool, const gph_worklist_t *list, int64_t low,
                              int64_t high)
{
    (void)list;
    (void)high;
    return gph_pool_work(pool, low, do_tile, data);
}

/* --- merging -------------------------------------------------------------------------------- */

/* Sorts the rows found here by the rank that keeps them. */
static gph_status_t sort_found(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                               gph_ged_found_t **send, int64_t *send_count, int64_t *at)
{
    gph_status_t status = GPH_OK;
    const int ranks = job->context->ranks;
    int64_t total = 0;

    for (int t = 0; t < job->context->threads; t++) {
        const gph_ged_found_t *item = job->found[t].data;
        for (int64_t i = 0; i < job->found[t].count; i++)
            send_count[gph_tiles_owner(&phase->tiles, ranks, item[i].index)]++;
    }
    for (int r = 0; r < ranks; r++) {
        at[r] = total;
        total += send_count[r];
    }
    GPH_TRY(gph_alloc(job->context->env, total, sizeof **send, send));
    for (int t = 0; t < job->context->threads; t++) {
        const gph_ged_found_t *item = job->found[t].data;
        for (int64_t i = 0; i < job->found[t].count; i++)
            (*send)[at[gph_tiles_owner(&phase->tiles, ranks, item[i].index)]++] = item[i];
    }

cleanup:
    return status;
}

static gph_status_t merge_rows(gph_ged_job_t *job, gph_ged_phase_t *phase)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    gph_ged_found_t *send = NULL;
    gph_ged_found_t *recv = NULL;
    int64_t *count = NULL; /* [3 × ranks]: to send, received, places */
    int64_t total = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 3 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context,
                sort_found(job, phase, &send, count, count + 2 * (ptrdiff_t)context->ranks));
    GPH_TRY(gph_comm_exchange(context, sizeof *send, send, count, &recv, count + context->ranks));
    for (int r = 0; r < context->ranks; r++)
        total += count[context->ranks + r];
    for (int64_t i = 0; i < total; i++)
        phase->row[recv[i].index - phase->first] = recv[i].row;
    if (phase->map != NULL)
        GPH_TRY(gph_ged_maps_merge(job, phase, total, recv));
    for (int t = 0; t < context->threads; t++)
        job->found[t].count = 0;

cleanup:
    gph_free(send);
    gph_free(recv);
    gph_free(count);
    return status;
}

/* gph_job_ops_t.merge */
static gph_status_t merge(void *data)
{
    gph_status_t status = GPH_OK;
    gph_ged_job_t *job = data;
    gph_ged_phase_t *phase = &job->phase[job->phases - 1];
    const int64_t sums = phase->tiles.count * GPH_GED_SUMS;

    GPH_TRY(merge_rows(job, phase));
    /* One rank did a tile and the others have zeros, so this adds nothing that could round. */
    GPH_TRY(gph_comm_reduce_f64(job->context, GPH_SUM, sums, phase->fresh));
    for (int64_t i = 0; i < sums; i++) {
        phase->sum[i] += phase->fresh[i];
        phase->fresh[i] = 0;
    }

cleanup:
    return status;
}

/* --- phases --------------------------------------------------------------------------------- */

/* Estimated work of a pair: exact search grows steeply with the size, bounds do as assignments do.
 */
static int64_t difficulty(const gph_collection_t *collection, gph_ged_method_t method,
                          const gph_pair_t pair)
{
    const int64_t a = collection->view[pair.a].nodes + 1;
    const int64_t b = collection->view[pair.b].nodes + 1;
    const int64_t product = a * b < PRODUCT_MOST ? a * b : PRODUCT_MOST;
    if (method == GPH_GED_EXACT)
        return product * product * product;
    return method >= GPH_GED_BRANCH ? product * product : product;
}

/* Cuts the pairs into tiles. Each rank looks at an even part of them. Collective. */
static gph_status_t cut_tiles(const gph_ged_job_t *job, gph_ged_phase_t *phase)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    const int64_t count = phase->pairs->count;
    const int64_t begin = gph_block_start(count, context->ranks, context->rank);
    const int64_t end = gph_block_start(count, context->ranks, context->rank + 1);
    const int64_t wanted = job->options->tiles > 0 ? job->options->tiles : GPH_GED_TILES;
    int64_t *work = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, end - begin, sizeof *work, &work));
    for (int64_t p = begin; p < end; p++)
        work[p - begin] =
            difficulty(job->collection, phase->options.method, gph_ged_pairs_at(phase->pairs, p));
    GPH_TRY(gph_tiles_cut(context, begin, end - begin, work, wanted, &phase->tiles));

cleanup:
    gph_free(work);
    return status;
}

static gph_status_t phase_alloc(const gph_ged_job_t *job, gph_ged_phase_t *phase)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;
    const int64_t tiles = phase->tiles.count;

    phase->first = phase->tiles.rank_start[job->context->rank];
    phase->owned = phase->tiles.rank_start[job->context->rank + 1] - phase->first;
    GPH_TRY(gph_calloc(env, tiles, sizeof *phase->done, &phase->done));
    GPH_TRY(gph_calloc(env, tiles * GPH_GED_SUMS, sizeof *phase->fresh, &phase->fresh));
    GPH_TRY(gph_calloc(env, tiles * GPH_GED_SUMS, sizeof *phase->sum, &phase->sum));
    GPH_TRY(gph_calloc(env, phase->owned, sizeof *phase->row, &phase->row));

cleanup:
    return status;
}

gph_status_t gph_ged_job_phase(gph_ged_job_t *job, const char *what)
{
    gph_status_t status = GPH_OK;
    const gph_job_ops_t ops = {run_tiles, merge, gph_ged_job_save, job};
    const int number = job->phases;
    gph_ged_phase_t *phase = &job->phase[number];

    GPH_TRY(cut_tiles(job, phase));
    job->phases++;
    GPH_TRY_ALL(job->context, phase_alloc(job, phase));
    if (job->options->paths)
        GPH_TRY(gph_ged_maps_open(job, phase));
    if (number < job->resumed_phases)
        GPH_TRY(gph_ged_job_restore(job, number));
    if (number + 1 >= job->resumed_phases)
        gph_snapshot_destroy(&job->resumed);
    GPH_TRY(gph_job_tiles(job->engine, job->pool, &phase->tiles, what, phase->done, &ops));

cleanup:
    return status;
}

void gph_ged_phase_summary(const gph_ged_phase_t *phase, gph_ged_summary_t *summary)
{
    double total[GPH_GED_SUMS] = {0};
    *summary = (gph_ged_summary_t){.pairs = phase->pairs->count};
    for (int64_t t = 0; t < phase->tiles.count && phase->sum != NULL; t++) {
        if (phase->done[t])
            summary->done += phase->tiles.start[t + 1] - phase->tiles.start[t];
        for (int i = 0; i < GPH_GED_SUMS; i++)
            total[i] += phase->sum[t * GPH_GED_SUMS + i];
    }
    summary->lower = total[GPH_GED_SUM_LOWER];
    summary->upper = total[GPH_GED_SUM_UPPER];
    summary->exact = (int64_t)total[GPH_GED_SUM_EXACT];
    summary->over = (int64_t)total[GPH_GED_SUM_OVER];
    summary->stopped = (int64_t)total[GPH_GED_SUM_STOPPED];
    summary->steps = (int64_t)total[GPH_GED_SUM_STEPS];
    for (int m = 0; m < GPH_GED_METHODS; m++)
        summary->settled[m] = (int64_t)total[GPH_GED_SUM_SETTLED + m];
    for (int o = 0; o < GPH_GED_OPERATIONS; o++) {
        summary->path.count[o] = (int64_t)total[GPH_GED_SUM_COUNT + o];
        summary->path.cost[o] = total[GPH_GED_SUM_COST + o];
        summary->path.total += summary->path.cost[o];
    }
}

/* --- the job -------------------------------------------------------------------------------- */

/* Batches ask other ranks for nothing. */
static gph_status_t serve_nothing(void *data, const void *request, int64_t bytes,
                                  gph_array_t *reply)
{
    const gph_ged_job_t *job = data;
    (void)request;
    (void)reply;
    return gph_fail(job->context->env, GPH_ERR_INTERNAL,
                    "a request of %" PRId64 " bytes that nobody answers", bytes);
}

static gph_status_t open_spaces(gph_ged_job_t *job)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;
    const int threads = job->context->threads;

    /* Each array is whole before the next allocation may fail. */
    GPH_TRY(gph_calloc(env, threads, sizeof *job->found, &job->found));
    for (int t = 0; t < threads; t++)
        job->found[t] = gph_array_init(env, sizeof(gph_ged_found_t));
    GPH_TRY(gph_calloc(env, threads, sizeof *job->maps, &job->maps));
    for (int t = 0; t < threads; t++)
        job->maps[t] = gph_array_init(env, sizeof(int32_t));
    GPH_TRY(gph_calloc(env, threads, sizeof *job->space, &job->space));
    GPH_TRY(gph_ged_create(job->context, job->options->costs, &job->space[0]));
    for (int t = 1; t < threads; t++)
        GPH_TRY(gph_ged_clone(job->space[0], &job->space[t]));

cleanup:
    return status;
}

gph_status_t gph_ged_job_open(gph_ged_job_t *job, const gph_ged_pairs_t *pairs, int64_t nearest)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;

    GPH_TRY_ALL(context, open_spaces(job));
    GPH_TRY_ALL(context, gph_ged_job_identity(job, pairs, nearest, &job->identity));
    GPH_TRY(gph_pool_open(context, serve_nothing, job, &job->pool));
    GPH_TRY(gph_job_open(context, job->options->checkpoint, job->identity, &job->engine,
                         &job->resumed));
    if (job->resumed != NULL)
        GPH_TRY_ALL(context, gph_snapshot_i64(job->resumed, "phases", &job->resumed_phases));

cleanup:
    return status;
}

void gph_ged_job_free(gph_ged_job_t *job)
{
    gph_pool_close(&job->pool);
    gph_snapshot_destroy(&job->resumed);
    gph_free(job->identity);
    for (int t = 0; t < job->context->threads; t++) {
        if (job->found != NULL)
            gph_array_free(&job->found[t]);
        if (job->maps != NULL)
            gph_array_free(&job->maps[t]);
        if (job->space != NULL)
            gph_ged_destroy(&job->space[t]);
    }
    gph_free(job->found);
    gph_free(job->maps);
    gph_clique_table_free(&job->cliques);
    gph_free(job->space);
    for (int p = 0; p < GPH_GED_PHASES; p++) {
        gph_ged_phase_t *phase = &job->phase[p];
        gph_tiles_free(&phase->tiles);
        gph_free(phase->done);
        gph_free(phase->fresh);
        gph_free(phase->sum);
        gph_free(phase->row);
        gph_free(phase->map);
        gph_free(phase->map_start);
    }
}

void gph_ged_job_stopped(const gph_ged_job_t *job)
{
    gph_env_t *env = job->context->env;
    gph_ged_summary_t summary;
    gph_ged_phase_summary(&job->phase[job->phases - 1], &summary);
    /* Whatever was closed on the way gave the status a message of its own. */
    gph_env_error_clear(env);
    (void)gph_fail(env, GPH_ERR_STOPPED, "stopped %s: %" PRId64 " of %" PRId64 " pairs done; %s",
                   gph_job_reason(job->engine), summary.done, summary.pairs,
                   gph_job_advice(job->engine));
}
