/* gph_ged_batch(), and what batches and searches share. */
#include "ged/pairs.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

gph_ged_batch_options_t gph_ged_batch_options_default(void)
{
    return (gph_ged_batch_options_t){.pair = gph_ged_options_default()};
}

gph_status_t gph_ged_batch_check(const gph_collection_t *collection,
                                 const gph_ged_batch_options_t *options)
{
    gph_env_t *env = collection->context->env;
    const gph_ged_options_t *pair = &options->pair;
    if ((int)pair->method < 0 || pair->method >= GPH_GED_METHODS)
        return gph_fail(env, GPH_ERR_USAGE, "unknown method %d", (int)pair->method);
    if (isnan(pair->threshold) || isnan(pair->max_seconds) || pair->max_seconds < 0 ||
        pair->max_steps < 0)
        return gph_fail(env, GPH_ERR_USAGE,
                        "a threshold of %g, limits of %g seconds and %" PRId64
                        " steps a pair: they must be numbers, and the limits not negative",
                        pair->threshold, pair->max_seconds, pair->max_steps);
    if (pair->decide && pair->threshold < 0)
        return gph_fail(env, GPH_ERR_USAGE, "nothing to decide without a threshold");
    if (options->tiles < 0 || options->tiles > GPH_TILES_MAX)
        return gph_fail(env, GPH_ERR_USAGE, "the number of tiles is %" PRId64 ", not in 0..%d",
                        options->tiles, GPH_TILES_MAX);
    if (options->checkpoint != NULL && options->checkpoint->directory == NULL)
        return gph_fail(env, GPH_ERR_USAGE, "checkpoints need a folder");
    if (options->paths && pair->method < GPH_GED_BRANCH)
        return gph_fail(env, GPH_ERR_USAGE, "method %s gives no edit paths",
                        gph_ged_method_name(pair->method));
    return gph_ged_output_check(env, options->out_path, options->matrix_path);
}

static gph_status_t check_batch(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                                const gph_ged_batch_options_t *options)
{
    gph_env_t *env = collection->context->env;
    if (pairs->graphs > collection->set.count)
        return gph_fail(env, GPH_ERR_USAGE, "the pairs are of another collection");
    if (options->matrix_path != NULL && pairs->kind != GPH_GED_PAIRS_ALL)
        return gph_fail(env, GPH_ERR_USAGE, "%s: a matrix is of all pairs of a collection",
                        options->matrix_path);
    return gph_ged_batch_check(collection, options);
}

gph_digest_t gph_ged_row_item(int64_t index, gph_pair_t pair, const gph_ged_row_t *row)
{
    int64_t word[5] = {pair.a, pair.b, 0, 0, row->flags & GPH_GED_ROW_EXACT};
    memcpy(&word[2], &row->lower, sizeof row->lower);
    memcpy(&word[3], &row->upper, sizeof row->upper);
    return gph_digest_item((uint64_t)index, word, sizeof word);
}

/* Digest of all rows: what a line of the result file says. Collective. */
static gph_status_t digest_rows(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                char text[GPH_DIGEST_CHARS])
{
    gph_status_t status = GPH_OK;
    gph_digest_t sum = {0, 0};

    for (int64_t r = 0; r < phase->owned; r++) {
        const int64_t index = phase->first + r;
        gph_digest_add(
            &sum, gph_ged_row_item(index, gph_ged_pairs_at(phase->pairs, index), &phase->row[r]));
    }
    gph_ged_maps_digest(phase, &sum);
    GPH_TRY(gph_comm_sum_digest(job->context, &sum));
    gph_digest_format(sum, text);

cleanup:
    return status;
}

void gph_ged_row_cliques(const gph_ged_job_t *job, const gph_ged_phase_t *phase, int64_t row,
                         int64_t mismatch[GPH_GED_CLIQUES])
{
    const gph_pair_t pair = gph_ged_pairs_at(phase->pairs, phase->first + row);
    gph_clique_counts_compare(gph_clique_table_at(&job->cliques, pair.a),
                              gph_clique_table_at(&job->cliques, pair.b), mismatch);
}

/* Clique mismatch of all pairs. Collective. */
static gph_status_t sum_cliques(gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                int64_t sum[GPH_GED_CLIQUES])
{
    gph_status_t status = GPH_OK;
    int64_t mismatch[GPH_GED_CLIQUES];

    gph_phase_begin(job->context, "cliques");
    GPH_TRY(gph_clique_table_make(job->collection, &job->cliques));
    for (int64_t r = 0; r < phase->owned; r++) {
        gph_ged_row_cliques(job, phase, r, mismatch);
        for (int k = 0; k < GPH_GED_CLIQUES; k++)
            sum[k] += mismatch[k];
    }
    GPH_TRY(gph_comm_reduce_i64(job->context, GPH_SUM, GPH_GED_CLIQUES, sum));

cleanup:
    gph_phase_end(job->context);
    return status;
}

static gph_status_t write_files(gph_ged_job_t *job, const char *digest)
{
    gph_status_t status = GPH_OK;
    const gph_ged_phase_t *phase = &job->phase[0];

    if (job->options->out_path == NULL && job->options->matrix_path == NULL)
        return GPH_OK;
    gph_phase_begin(job->context, "write");
    GPH_TRY(gph_job_join(job->engine)); /* the I/O thread may be in HDF5 */
    if (job->options->out_path != NULL)
        GPH_TRY(gph_ged_write_rows(job, phase, digest));
    if (job->options->matrix_path != NULL)
        GPH_TRY(gph_ged_write_matrix(job, phase, digest));

cleanup:
    gph_phase_end(job->context);
    return status;
}

/* From the first tile to the last file. */
static gph_status_t work(gph_ged_job_t *job, const gph_ged_pairs_t *pairs, gph_ged_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    gph_ged_phase_t *phase = &job->phase[0];

    GPH_TRY(gph_ged_job_open(job, pairs, 0));
    phase->pairs = pairs;
    phase->options = job->options->pair;
    phase->filter = job->options->filter;
    gph_phase_begin(job->context, "distances");
    status = gph_ged_job_phase(job, "distances");
    gph_phase_end(job->context);
    if (status == GPH_OK)
        status = digest_rows(job, phase, batch->digest);
    if (status == GPH_OK && job->options->cliques)
        status = sum_cliques(job, phase, batch->cliques);
    if (status == GPH_OK)
        status = write_files(job, batch->digest);
    if (status == GPH_ERR_STOPPED)
        gph_ged_job_stopped(job);

cleanup:
    return gph_job_close(&job->engine, status);
}

/* Hands what was found over to the result. */
static void fill(gph_ged_job_t *job, gph_ged_batch_t *batch)
{
    gph_ged_phase_t *phase = &job->phase[0];
    gph_ged_phase_summary(phase, &batch->summary);
    memcpy(batch->summary.cliques, batch->cliques, sizeof batch->cliques);
    batch->map = phase->map;
    batch->map_start = phase->map_start;
    phase->map = phase->map_start = NULL;
    batch->row = phase->row;
    batch->first = phase->first;
    batch->rows = phase->owned;
    phase->row = NULL;
}

gph_status_t gph_ged_batch(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                           const gph_ged_batch_options_t *options, gph_ged_batch_t **batch)
{
    gph_status_t status = GPH_OK;
    const gph_ged_batch_options_t standard = gph_ged_batch_options_default();
    gph_ged_batch_t *made = NULL;

    if (collection == NULL || pairs == NULL || batch == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    gph_ged_job_t job = {.context = context, .collection = collection};
    job.options = options != NULL ? options : &standard;
    GPH_TRY(gph_comm_same(context, "the number of pairs", pairs->count));
    GPH_TRY_ALL(context, check_batch(collection, pairs, job.options));
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    status = work(&job, pairs, made);
    if (status == GPH_OK || status == GPH_ERR_STOPPED) {
        fill(&job, made);
        *batch = made;
        made = NULL;
    }

cleanup:
    gph_ged_job_free(&job);
    gph_ged_batch_destroy(&made);
    return status;
}

/* --- results -------------------------------------------------------------------------------- */

void gph_ged_batch_destroy(gph_ged_batch_t **batch)
{
    if (batch == NULL || *batch == NULL)
        return;
    gph_free((*batch)->row);
    gph_free((*batch)->map);
    gph_free((*batch)->map_start);
    gph_free((*batch)->match);
    gph_free(*batch);
    *batch = NULL;
}

const gph_ged_summary_t *gph_ged_batch_summary(const gph_ged_batch_t *batch)
{
    return &batch->summary;
}

const char *gph_ged_batch_digest(const gph_ged_batch_t *batch)
{
    return batch->digest;
}

void gph_ged_batch_rows(const gph_ged_batch_t *batch, int64_t *first, int64_t *rows,
                        const gph_ged_row_t **row)
{
    *first = batch->first;
    *rows = batch->rows;
    *row = batch->row;
}

const int64_t *gph_ged_batch_map(const gph_ged_batch_t *batch, int64_t row)
{
    return batch->map != NULL ? batch->map + batch->map_start[row] : NULL;
}

const gph_ged_match_t *gph_ged_batch_matches(const gph_ged_batch_t *batch, int64_t *count)
{
    *count = batch->matches;
    return batch->match;
}
