/*
 * Prediction of a batch: random groups of pairs are done, and their means stand for all pairs; the
 * spread between groups is the error (random groups; Wolter, Introduction to Variance Estimation,
 * 2007, ch. 2).
 */
#include "base/random.h"
#include "ged/pairs.h"
#include "par/comm.h"

#include <math.h>
#include <string.h>

enum { GROUPS = 8, GROUP_PAIRS = 64, PHASES = 64 };

/* One group: sums over its pairs. */
typedef struct group {
    double pairs;
    double upper;
    double steps;
    double seconds; /* that threads worked */
} group_t;

/* Seconds that all threads have worked on pairs so far. Collective. */
static gph_status_t worked(gph_context_t *context, double *seconds)
{
    static const char name[] = "distances"; /* the phase of gph_ged_batch() */
    gph_phase_t phase[PHASES];
    int count = 0;
    const gph_status_t status = gph_context_phases(context, phase, PHASES, &count);
    *seconds = 0;
    for (int i = 0; status == GPH_OK && i < count && i < PHASES; i++)
        if (strcmp(phase[i].name, name) == 0)
            *seconds = phase[i].thread_avg_seconds * context->ranks * context->threads;
    return status;
}

/* Does some of the drawn pairs. pair[2 × count]. Collective. */
static gph_status_t do_group(const gph_collection_t *collection,
                             const gph_ged_batch_options_t *options, int64_t count,
                             const int64_t *pair, group_t *group)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = collection->context;
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    double before = 0;
    double after = 0;

    GPH_TRY(worked(context, &before));
    GPH_TRY(gph_ged_pairs_list(collection, count, pair, &pairs));
    GPH_TRY(gph_ged_batch(collection, pairs, options, &batch));
    GPH_TRY(worked(context, &after));
    const gph_ged_summary_t *summary = gph_ged_batch_summary(batch);
    *group = (group_t){(double)count, summary->upper, (double)summary->steps, after - before};

cleanup:
    gph_ged_batch_destroy(&batch);
    gph_ged_pairs_destroy(&pairs);
    return status;
}

/* Draws the pairs of the sample, in any order, or lists all of them. */
static void draw(const gph_context_t *context, const gph_ged_pairs_t *pairs, int64_t count,
                 int64_t *pair)
{
    const uint64_t all = (uint64_t)pairs->count;
    for (int64_t i = 0; i < count; i++) {
        const uint64_t bits = gph_random_u64(context->seed, 0x7061697273, (uint64_t)i);
        const int64_t index = count < pairs->count ? (int64_t)gph_random_below(bits, all) : i;
        gph_ged_pairs_get(pairs, index, &pair[2 * i], &pair[2 * i + 1]);
    }
}

/* A sum over all pairs by the groups, and two standard errors of it. */
static double expand(double pairs, const group_t *group, int groups, size_t member, double *error)
{
    double mean[GROUPS] = {0};
    double sum = 0;
    double squares = 0;
    for (int g = 0; g < groups; g++) {
        double value = 0;
        memcpy(&value, (const char *)&group[g] + member, sizeof value);
        mean[g] = group[g].pairs > 0 ? value / group[g].pairs : 0;
        sum += mean[g];
    }
    for (int g = 0; g < groups; g++)
        squares += (mean[g] - sum / groups) * (mean[g] - sum / groups);
    if (groups == 1)
        memcpy(&sum, (const char *)group + member, sizeof sum);
    *error = groups > 1 ? 2 * pairs * sqrt(squares / (groups - 1) / groups) : 0;
    return groups > 1 ? pairs * sum / groups : sum;
}

/* Bytes that a batch holds on a rank beside what the sample takes: sums of tiles; of each pair its
 * row, and the row as it was found, in an array that grows by doubling, then sent and received;
 * with paths likewise its mapping. */
static int64_t batch_bytes(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                           const gph_ged_batch_options_t *options)
{
    const int64_t wanted = options->tiles > 0 ? options->tiles : GPH_GED_TILES;
    const int64_t tiles = wanted < pairs->count ? wanted : pairs->count;
    double nodes = 0; /* of a graph, in the mean */
    for (int64_t g = 0; g < collection->set.count; g++)
        nodes += (double)collection->view[g].nodes / (double)collection->set.count;
    const double path = options->paths ? sizeof(int64_t) + 6 * sizeof(int32_t) * nodes : 0;
    const int64_t mine = pairs->count / collection->context->ranks;
    const double pair = sizeof(gph_ged_row_t) + 4 * sizeof(gph_ged_found_t) + path;
    return tiles * 2 * GPH_GED_SUMS * (int64_t)sizeof(double) + (int64_t)(pair * (double)mine);
}

/* Turns the groups into the prediction. */
static gph_status_t conclude(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                             const gph_ged_batch_options_t *options, int64_t sampled,
                             const group_t *group, gph_ged_estimate_t *estimate)
{
    gph_context_t *context = collection->context;
    const double threads = (double)context->ranks * context->threads;
    const bool all = sampled == pairs->count;
    gph_ged_estimate_t made = {.pairs = pairs->count, .sampled = sampled};
    double unused = 0;
    made.memory = gph_mem_peak(context->env);
    if (!all)
        made.memory += batch_bytes(collection, pairs, options);
    const gph_status_t status = gph_comm_reduce_i64(context, GPH_MAX, 1, &made.memory);
    made.upper = expand((double)pairs->count, group, all ? 1 : GROUPS, offsetof(group_t, upper),
                        &made.upper_error);
    made.steps =
        expand((double)pairs->count, group, all ? 1 : GROUPS, offsetof(group_t, steps), &unused);
    made.work_seconds = expand((double)pairs->count, group, all ? 1 : GROUPS,
                               offsetof(group_t, seconds), &made.work_error);
    made.seconds = made.work_seconds / threads;
    made.seconds_error = made.work_error / threads;
    if (status == GPH_OK)
        *estimate = made;
    return status;
}

gph_status_t gph_ged_batch_predict(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                                   const gph_ged_batch_options_t *options,
                                   gph_ged_estimate_t *estimate)
{
    gph_status_t status = GPH_OK;
    int64_t *pair = NULL;
    group_t group[GROUPS] = {{0, 0, 0, 0}};
    if (collection == NULL || pairs == NULL || estimate == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    gph_ged_batch_options_t plain = options != NULL ? *options : gph_ged_batch_options_default();
    plain.out_path = NULL;
    plain.matrix_path = NULL;
    plain.checkpoint = NULL;
    const int64_t most = (int64_t)GROUPS * GROUP_PAIRS;
    const int64_t count = pairs->count < most ? pairs->count : most;
    const int64_t step = count < most ? count : GROUP_PAIRS;

    GPH_TRY_ALL(context, gph_alloc(context->env, 2 * count, sizeof *pair, &pair));
    draw(context, pairs, count, pair);
    for (int64_t begin = 0; begin < count; begin += step)
        GPH_TRY(do_group(collection, &plain, step, pair + 2 * begin, &group[begin / step]));
    GPH_TRY(conclude(collection, pairs, &plain, count, group, estimate));

cleanup:
    gph_free(pair);
    return status;
}
