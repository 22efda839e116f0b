/*
 * Prediction of a search: tiles are grouped into strata of neighbours, two of each are counted, and
 * their mean stands for the others (stratified sampling; Cochran, Sampling Techniques, 1977, ch.
 * 5). Neighbours in the order of work are alike, so strata differ more than what lies within them.
 */
#include "base/clock.h"
#include "base/random.h"
#include "clique/job.h"
#include "par/comm.h"

#include <math.h>

/* Strata unless asked otherwise. */
enum { STRATA = 128 };

/* What the passes of a prediction share. */
typedef struct estimate {
    gph_clique_job_t job;
    int64_t strata;
    double *seconds; /* [tiles] processor time of sampled tiles */
    bool batched;    /* the first batch was opened as a search would */
    double batches;  /* of this rank */
    double batch_seconds;
    double batch_bytes; /* that came from other ranks */
} estimate_t;

/* The first tile of a stratum; the end of the last one for h = strata. */
static int64_t stratum(const estimate_t *estimate, int64_t h)
{
    return estimate->job.dag.tiles.count * h / estimate->strata;
}

/* Marks as done all tiles but those to be counted. */
static void draw(estimate_t *estimate)
{
    const gph_tiles_t *tiles = &estimate->job.dag.tiles;
    const uint64_t seed = estimate->job.context->seed;
    const bool all = tiles->count <= 2 * estimate->strata;
    for (int64_t t = 0; t < tiles->count; ++t)
        estimate->job.tile_done[t] = !all;
    for (int64_t h = 0; !all && h < estimate->strata; ++h) {
        const int64_t first = stratum(estimate, h);
        const uint64_t size = (uint64_t)(stratum(estimate, h + 1) - first);
        const gph_random2_t random = gph_random2(seed, 0x657374696d617465, (uint64_t)h);
        const uint64_t a = gph_random_below(random.a, size);
        const uint64_t b = gph_random_below(random.b, size - 1);
        estimate->job.tile_done[first + (int64_t)a] = 0;
        estimate->job.tile_done[first + (int64_t)(b + (b >= a))] = 0;
    }
}

static gph_status_t count_timed(void *data, int64_t tile, int thread)
{
    estimate_t *estimate = data;
    const double began = gph_clock_thread();
    const gph_status_t status = gph_clique_count_tile(&estimate->job, tile, thread);
    estimate->seconds[tile] = gph_clock_thread() - began;
    return status;
}

static int flags(const estimate_t *estimate)
{
    return estimate->job.per_vertex ? GPH_BLOCK_VERTICES : 0;
}

/* Opens one batch as a search would, which tells its time, messages and memory. */
static gph_status_t try_batch(estimate_t *estimate)
{
    gph_clique_job_t *job = &estimate->job;
    const int64_t *first = job->dag.tiles.rank_tile + job->context->rank;
    int64_t begin = 0;
    const double began = gph_clock_now();

    estimate->batched = true;
    if (first[0] == first[1])
        return GPH_OK;
    const gph_status_t status =
        gph_clique_window_open(job, NULL, first[0], first[1], flags(estimate), &begin);
    if (status != GPH_OK)
        return status;
    estimate->batch_seconds = gph_clock_now() - began;
    estimate->batch_bytes = (double)job->block.fetched * (double)sizeof(gph_gid_t);
    estimate->batches = (double)(first[1] - first[0]) / (double)(first[1] - begin);
    gph_clique_window_close(job);
    return GPH_OK;
}

/* gph_pool_run_fn */
static gph_status_t run_sample(void *data, gph_pool_t *pool, const gph_worklist_t *list,
                               int64_t low, int64_t high)
{
    gph_status_t status = GPH_OK;
    estimate_t *estimate = data;
    int64_t begin = 0;

    if (!estimate->batched)
        GPH_TRY(try_batch(estimate));
    GPH_TRY(gph_clique_window_open(&estimate->job, list->tile, low, high, flags(estimate), &begin));
    GPH_TRY(gph_pool_work(pool, begin, count_timed, estimate));

cleanup:
    gph_clique_window_close(&estimate->job);
    return status;
}

/* gph_pool_due_fn: a stop was asked for, or time is up. */
static bool must_stop(void *data)
{
    const gph_context_t *context = data;
    return gph_context_stop_requested(context) ||
           (context->rank == 0 && context->deadline > 0 && gph_clock_now() >= context->deadline);
}

/* Counts the sample on all ranks and combines what they found. */
static gph_status_t count_sample(estimate_t *estimate)
{
    gph_status_t status = GPH_OK;
    gph_clique_job_t *job = &estimate->job;
    gph_context_t *context = job->context;
    const int64_t tiles = job->dag.tiles.count;
    gph_worklist_t list = {0};
    int64_t left = 0;

    GPH_TRY_ALL(context, gph_worklist_make(context, &job->dag.tiles, job->tile_done, &list));
    gph_pool_set_due(job->pool, must_stop, context);
    GPH_TRY(gph_pool_tiles(job->pool, &list, "sampling cliques", run_sample, estimate));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, tiles, job->tile_done));
    for (int64_t t = 0; t < tiles; ++t)
        left += !job->tile_done[t];
    if (left > 0)
        status = gph_fail(context->env, GPH_ERR_STOPPED, "stopped before the estimate was made");
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_sum_count(context, tiles, job->tile_found));
    GPH_TRY(gph_comm_reduce_f64(context, GPH_SUM, tiles, estimate->seconds));

cleanup:
    gph_pool_set_due(job->pool, NULL, NULL);
    gph_worklist_free(&list);
    return status;
}

/* A quantity over all tiles, by those that were sampled. */
typedef struct total {
    double sum;
    double variance;
} total_t;

/* Adds one stratum of `size` tiles to a total. */
static void add_stratum(total_t *total, int64_t size, int64_t sampled, double sum, double squares)
{
    const double n = (double)sampled;
    const double spread = sampled > 1 ? (squares - sum * sum / n) / (n - 1) : 0;
    if (sampled == 0)
        return;
    total->sum += (double)size * sum / n;
    total->variance += spread > 0 ? (double)size * (double)(size - sampled) * spread / n : 0;
}

/* Sums over all tiles, with their variances. */
static void expand(const estimate_t *estimate, const int64_t *sampled, total_t *count,
                   total_t *work, double *longest)
{
    for (int64_t h = 0; h < estimate->strata; ++h) {
        const int64_t first = stratum(estimate, h);
        const int64_t end = stratum(estimate, h + 1);
        int64_t n = 0;
        double sum[2] = {0, 0};
        double squares[2] = {0, 0};
        for (int64_t t = first; t < end; ++t) {
            if (!sampled[t])
                continue;
            const double found = (double)estimate->job.tile_found[t];
            const double seconds = estimate->seconds[t];
            n += 1;
            sum[0] += found;
            squares[0] += found * found;
            sum[1] += seconds;
            squares[1] += seconds * seconds;
            *longest = seconds > *longest ? seconds : *longest;
        }
        add_stratum(count, end - first, n, sum[0], squares[0]);
        add_stratum(work, end - first, n, sum[1], squares[1]);
    }
}

/* Turns the sample into the prediction. Collective. */
static gph_status_t conclude(const estimate_t *estimate, const int64_t *sampled, double prepared,
                             gph_clique_estimate_t *result)
{
    gph_status_t status = GPH_OK;
    const gph_clique_job_t *job = &estimate->job;
    gph_context_t *context = job->context;
    gph_clique_estimate_t made = {.tiles = job->dag.tiles.count};
    total_t count = {0, 0};
    total_t work = {0, 0};
    double longest = 0;
    double most[2] = {prepared, estimate->batches * estimate->batch_seconds};
    int64_t memory = gph_mem_peak(context->env);
    made.fetch_bytes = estimate->batches * estimate->batch_bytes;

    for (int64_t t = 0; t < made.tiles; ++t)
        made.sampled += sampled[t];
    expand(estimate, sampled, &count, &work, &longest);
    GPH_TRY(gph_comm_reduce_f64(context, GPH_MAX, 2, most));
    GPH_TRY(gph_comm_reduce_f64(context, GPH_SUM, 1, &made.fetch_bytes));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &memory));
    const double threads = (double)context->ranks * context->threads;
    const double even = work.sum / threads;
    made.count = count.sum;
    made.count_error = 2 * sqrt(count.variance);
    made.work_seconds = work.sum;
    made.work_error = 2 * sqrt(work.variance);
    made.prepare_seconds = most[0];
    made.fetch_seconds = most[1];
    made.seconds = most[0] + most[1] + (even > longest ? even : longest);
    made.seconds_error = made.work_error / threads;
    made.memory = memory;
    made.list_bytes = made.count * job->options->k * (double)sizeof(int64_t);
    made.vertex_bytes = (double)job->graph->vertices * (double)sizeof(gph_count_t);
    *result = made;

cleanup:
    return status;
}

static gph_status_t predict(estimate_t *estimate, gph_clique_estimate_t *result)
{
    gph_status_t status = GPH_OK;
    gph_clique_job_t *job = &estimate->job;
    gph_context_t *context = job->context;
    int64_t *sampled = NULL;
    const double began = gph_clock_now();

    GPH_TRY(gph_clique_prepare(job));
    const double prepared = gph_clock_now() - began;
    const int64_t tiles = job->dag.tiles.count;
    gph_phase_begin(context, "sample");
    GPH_TRY_ALL(context, gph_calloc(context->env, tiles, sizeof *sampled, &sampled));
    GPH_TRY_ALL(context,
                gph_calloc(context->env, tiles, sizeof *estimate->seconds, &estimate->seconds));
    draw(estimate);
    for (int64_t t = 0; t < tiles; ++t)
        sampled[t] = !job->tile_done[t];
    GPH_TRY(count_sample(estimate));
    GPH_TRY(conclude(estimate, sampled, prepared, result));

cleanup:
    gph_phase_end(context);
    gph_free(sampled);
    gph_free(estimate->seconds);
    return status;
}

gph_status_t gph_clique_predict(const gph_graph_t *graph, const gph_clique_options_t *options,
                                int64_t strata, gph_clique_estimate_t *result)
{
    gph_status_t status = GPH_OK;
    if (graph == NULL || options == NULL || result == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    estimate_t estimate = {.strata = strata > 0 ? strata : STRATA};
    estimate.job = (gph_clique_job_t){.context = context, .graph = graph, .options = options};
    estimate.job.per_vertex = options->per_vertex || options->per_vertex_path != NULL;
    estimate.job.credits = gph_array_init(context->env, sizeof(gph_credit_t));
    estimate.job.part_file = -1;
    status = gph_clique_check(graph, options);
    if (status == GPH_OK && (strata < 0 || strata == 1 || strata > 8192))
        status = gph_fail(context->env, GPH_ERR_USAGE, "strata of an estimate must be in 2..8192");
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_same(context, "the strata of an estimate", estimate.strata));
    GPH_TRY(predict(&estimate, result));

cleanup:
    gph_clique_job_free(&estimate.job);
    return status;
}
