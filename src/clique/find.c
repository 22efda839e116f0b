/* gph_clique_find() and its result: order, orient, count, then whatever else was asked for. */
#include "base/hash.h"
#include "clique/digest.h"
#include "clique/list.h"
#include "clique/output.h"
#include "clique/output_communities.h"
#include "par/comm.h"

#include <inttypes.h>

struct gph_clique_result {
    gph_context_t *context;
    int k;
    gph_count_t count;
    bool complete;
    int64_t tiles_done;
    int64_t tiles;
    int64_t rows_done;
    char digest[GPH_DIGEST_CHARS];
    gph_gid_t first;            /* first owned vertex */
    int64_t owned;              /* owned vertices */
    gph_count_t *vertex_counts; /* [owned], or NULL */
    int64_t *members;           /* [rows × k] rows kept here, or NULL */
    int64_t first_row;
    int64_t rows;
    bool communities_done;
    gph_clique_communities_t communities; /* zero unless asked for */
    gph_kept_communities_t kept;          /* what it has views of */
    gph_digest_t community_digest;        /* of this rank's members */
};

/* Characters of the lines that tell one job from another. */
#define GPH_IDENTITY_CHARS 8192

/* Where rows go as they are listed. */
typedef struct sinks {
    gph_clique_result_t *result;
    gph_clique_job_t *job;
    gph_list_file_t *file;
} sinks_t;

gph_clique_options_t gph_clique_options_default(void)
{
    return (gph_clique_options_t){.k = 3, .max_k = 64};
}

static bool wants_communities(const gph_clique_options_t *options)
{
    return options->communities_path != NULL || options->communities;
}

gph_status_t gph_clique_check(const gph_graph_t *graph, const gph_clique_options_t *options)
{
    gph_env_t *env = graph->context->env;
    if (graph->origin != NULL)
        return gph_fail(env, GPH_ERR_USAGE,
                        "cliques: the search places vertices itself; pass the "
                        "graph as loaded, not a placed one");
    if (options->max_k < 1 || options->max_k > 4096)
        return gph_fail(env, GPH_ERR_USAGE, "clique.max_k is %d, not in 1..4096", options->max_k);
    if (options->k < 1 || options->k > options->max_k)
        return gph_fail(env, GPH_ERR_USAGE,
                        "k is %d, not in 1..%d; a larger limit can be set as clique.max_k",
                        options->k, options->max_k);
    if (options->order != GPH_CLIQUE_ORDER_CORE && options->order != GPH_CLIQUE_ORDER_DEGREE)
        return gph_fail(env, GPH_ERR_USAGE, "unknown order of vertices %d", (int)options->order);
    if (options->method > GPH_CLIQUE_METHOD_PIVOT)
        return gph_fail(env, GPH_ERR_USAGE, "unknown counting method %d", (int)options->method);
    if (options->percolation > GPH_CLIQUE_PERCOLATION_FACES)
        return gph_fail(env, GPH_ERR_USAGE, "unknown way of percolation %d",
                        (int)options->percolation);
    if (options->tiles < 0 || options->tiles > GPH_TILES_MAX)
        return gph_fail(env, GPH_ERR_USAGE, "the number of tiles is %" PRId64 ", not in 0..%d",
                        options->tiles, GPH_TILES_MAX);
    if (options->checkpoint != NULL && options->checkpoint->directory == NULL)
        return gph_fail(env, GPH_ERR_USAGE, "checkpoints need a folder");
    if (options->keep_list && options->checkpoint != NULL)
        return gph_fail(
            env, GPH_ERR_USAGE,
            "a list that is kept in memory can't be saved by checkpoints: write it to a "
            "file");
    if (wants_communities(options) && options->k < 2)
        return gph_fail(env, GPH_ERR_USAGE,
                        "communities need k of at least 2: cliques of one vertex share none");
    return gph_output_check(env, options);
}

gph_status_t gph_clique_prepare(gph_clique_job_t *job)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    const gph_clique_options_t *options = job->options;
    gph_order_t order = {0};

    gph_phase_begin(context, "order");
    GPH_TRY(gph_order_make(job->graph, options->k, options->order, &order));
    gph_phase_begin(context, "orient");
    GPH_TRY(gph_dag_make(job->graph, &order, options->k, options->tiles, &job->dag));
    GPH_TRY_ALL(context, gph_binomials_make(context->env, job->dag.max_out + 1, options->k,
                                            &job->binomials));
    GPH_TRY_ALL(context, gph_clique_count_prepare(job));
    GPH_TRY(gph_pool_open(context, gph_block_serve, &job->dag, &job->pool));

cleanup:
    gph_phase_end(context);
    gph_order_free(&order);
    return status;
}

/* Begins the job, or takes it up where a checkpoint left it. */
static gph_status_t begin(gph_clique_job_t *job, char *identity, size_t room)
{
    gph_status_t status = GPH_OK;
    gph_snapshot_t *resumed = NULL;

    gph_phase_begin(job->context, "resume");
    if (job->options->checkpoint != NULL)
        GPH_TRY(gph_clique_identity(job, identity, room));
    GPH_TRY(gph_job_open(job->context, job->options->checkpoint, identity, &job->engine, &resumed));
    if (resumed != NULL)
        GPH_TRY(gph_clique_state_restore(job, resumed));

cleanup:
    gph_phase_end(job->context);
    gph_snapshot_destroy(&resumed);
    return status;
}

static gph_status_t count(gph_clique_job_t *job)
{
    gph_status_t status = GPH_OK;
    const gph_clique_options_t *options = job->options;

    gph_phase_begin(job->context, "count");
    GPH_TRY(gph_clique_count_tiles(job));
    if (options->per_vertex_path == NULL)
        goto cleanup;
    gph_phase_begin(job->context, "write");
    GPH_TRY(gph_job_join(job->engine)); /* the I/O thread may be in HDF5 */
    GPH_TRY(
        gph_vertex_file_write(job->graph, options->per_vertex_path, options->k, job->vertex_count));

cleanup:
    gph_phase_end(job->context);
    return status;
}

/* --- communities ----------------------------------------------------------------------------- */

static gph_status_t communities(gph_clique_job_t *job, gph_clique_result_t *result)
{
    gph_status_t status = GPH_OK;
    const gph_clique_options_t *options = job->options;
    gph_communities_t found = {0};

    if (!wants_communities(options))
        return GPH_OK;
    GPH_TRY(gph_communities_find(job, &found));
    gph_phase_begin(job->context, "write");
    result->community_digest = gph_communities_digest(&found);
    if (options->communities_path != NULL)
        GPH_TRY(gph_communities_write(job, &found, options->communities_path));
    if (options->communities)
        GPH_TRY(gph_communities_keep(job->context, &found, &result->kept));
    result->communities_done = true;
    result->communities = (gph_clique_communities_t){
        found.count,        found.members,      found.largest,          found.covered,
        result->kept.first, result->kept.count, result->kept.community, result->kept.member};

cleanup:
    gph_phase_end(job->context);
    gph_communities_free(&found);
    return status;
}

/* --- the list ------------------------------------------------------------------------------- */

/* Rows of one round on this rank. Collective. */
static gph_status_t take_rows(void *data, int64_t first_row, int64_t rows, const int64_t *members)
{
    gph_status_t status = GPH_OK;
    const sinks_t *sinks = data;
    gph_clique_job_t *job = sinks->job;
    const gph_clique_options_t *options = job->options;
    const int k = options->k;

    for (int64_t i = 0; i < rows; ++i)
        gph_digest_add(&job->row_digest, gph_clique_row_digest(first_row + i, k, members + i * k));
    if (options->visit != NULL && rows > 0)
        status = options->visit(options->visit_data, first_row, rows, k, members);
    if (status != GPH_OK)
        (void)gph_fail(job->context->env, status,
                       "the callback ended the search at the rows from %" PRId64 " on", first_row);
    if (options->keep_list) {
        sinks->result->first_row = first_row;
        sinks->result->rows = rows;
    }
    status = gph_comm_agree(job->context, status);
    if (status == GPH_OK && sinks->file != NULL)
        status = gph_list_file_write(sinks->file, first_row, rows, members);
    return status;
}

static gph_status_t list(gph_clique_job_t *job, gph_clique_result_t *result)
{
    gph_status_t status = GPH_OK;
    const gph_clique_options_t *options = job->options;
    sinks_t sinks = {result, job, NULL};

    if (options->list_path == NULL && options->visit == NULL && !options->keep_list)
        return GPH_OK;
    gph_phase_begin(job->context, "list");
    GPH_TRY(gph_clique_list_check(job));
    if (options->list_path != NULL)
        GPH_TRY(gph_list_file_open(job, &sinks.file));
    status =
        gph_clique_list_rows(job, take_rows, &sinks, options->keep_list ? &result->members : NULL);
    if (sinks.file != NULL)
        status = gph_list_file_close(&sinks.file, status);

cleanup:
    gph_phase_end(job->context);
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

/* Digests of parts add up over ranks. */
static gph_status_t digest(const gph_clique_job_t *job, gph_clique_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_digest_t sum = job->row_digest;

    gph_digest_add(&sum, result->community_digest);
    if (job->context->rank == 0)
        gph_digest_add(&sum, gph_clique_count_digest(job->options->k, job->total));
    for (gph_lid_t v = 0; job->per_vertex && v < job->graph->owned; ++v)
        gph_digest_add(&sum, gph_clique_vertex_digest(job->graph->first + v, job->vertex_count[v]));
    GPH_TRY(gph_comm_sum_digest(job->context, &sum));
    gph_digest_format(sum, result->digest);

cleanup:
    return status;
}

/* What was found, or found so far. */
static void fill_result(gph_clique_job_t *job, gph_clique_result_t *result)
{
    result->count = job->total;
    result->tiles = job->dag.tiles.count;
    for (int64_t t = 0; t < result->tiles; ++t)
        result->tiles_done += job->tile_done[t];
    result->rows_done = job->rows_done;
    result->vertex_counts = job->vertex_count;
    job->vertex_count = NULL;
}

/* The message of a stop says what is covered. */
static gph_status_t fail_stopped(const gph_clique_job_t *job, const gph_clique_result_t *result)
{
    char text[GPH_COUNT_CHARS];
    gph_count_format(result->count, text);
    /* Files that were closed on the way gave the status a message of their own. */
    gph_env_error_clear(job->context->env);
    if (result->tiles_done < result->tiles)
        return gph_fail(job->context->env, GPH_ERR_STOPPED,
                        "stopped %s: %" PRId64 " of %" PRId64 " tiles done, %s cliques so far; %s",
                        gph_job_reason(job->engine), result->tiles_done, result->tiles, text,
                        gph_job_advice(job->engine));
    if (wants_communities(job->options) && !result->communities_done)
        return gph_fail(job->context->env, GPH_ERR_STOPPED,
                        "stopped %s: all %s cliques counted, their communities not found yet; %s",
                        gph_job_reason(job->engine), text, gph_job_advice(job->engine));
    return gph_fail(job->context->env, GPH_ERR_STOPPED,
                    "stopped %s: all %s cliques counted, %" PRId64 " of them listed; %s",
                    gph_job_reason(job->engine), text, result->rows_done,
                    gph_job_advice(job->engine));
}

static gph_status_t search(gph_clique_job_t *job, gph_clique_result_t *result)
{
    gph_status_t status = GPH_OK;
    char identity[GPH_IDENTITY_CHARS] = "";

    GPH_TRY(gph_clique_prepare(job));
    GPH_TRY(begin(job, identity, sizeof identity));
    status = count(job);
    if (status == GPH_OK)
        status = communities(job, result);
    if (status == GPH_OK)
        status = list(job, result);
    if (status == GPH_OK)
        status = digest(job, result);
    if (status == GPH_OK || status == GPH_ERR_STOPPED)
        fill_result(job, result);
    result->complete = status == GPH_OK;
    /* A callback that ends the search has a message of its own. */
    if (status == GPH_ERR_STOPPED && gph_job_reason(job->engine) != NULL)
        (void)fail_stopped(job, result);

cleanup:
    return gph_job_close(&job->engine, status);
}

void gph_clique_job_free(gph_clique_job_t *job)
{
    gph_pool_close(&job->pool);
    gph_clique_window_close(job);
    gph_dag_free(&job->dag);
    gph_binomials_free(&job->binomials);
    gph_free(job->tile_done);
    gph_free(job->tile_items);
    gph_free(job->tile_found);
    gph_free(job->tile_count);
    gph_free(job->vertex_count);
    gph_array_free(&job->credits);
}

gph_status_t gph_clique_find(const gph_graph_t *graph, const gph_clique_options_t *options,
                             gph_clique_result_t **result)
{
    gph_status_t status = GPH_OK;
    gph_clique_result_t *made = NULL;

    if (graph == NULL || options == NULL || result == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    gph_clique_job_t job = {.context = context, .graph = graph, .options = options};
    job.per_vertex = options->per_vertex || options->per_vertex_path != NULL;
    job.credits = gph_array_init(context->env, sizeof(gph_credit_t));
    job.part_file = -1;
    GPH_TRY(gph_comm_same(context, "k", options->k));
    GPH_TRY_ALL(context, gph_clique_check(graph, options));
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    made->context = context;
    made->k = options->k;
    made->first = graph->first;
    made->owned = graph->owned;
    status = search(&job, made);
    if (status == GPH_OK || status == GPH_ERR_STOPPED) {
        *result = made;
        made = NULL;
    }

cleanup:
    gph_clique_job_free(&job);
    gph_clique_result_destroy(&made);
    return status;
}

void gph_clique_result_destroy(gph_clique_result_t **result)
{
    if (result == NULL || *result == NULL)
        return;
    gph_free((*result)->vertex_counts);
    gph_free((*result)->members);
    gph_kept_communities_free(&(*result)->kept);
    gph_free(*result);
    *result = NULL;
}

gph_count_t gph_clique_count(const gph_clique_result_t *result)
{
    return result->count;
}

bool gph_clique_complete(const gph_clique_result_t *result, int64_t *tiles_done, int64_t *tiles,
                         int64_t *rows_done)
{
    *tiles_done = result->tiles_done;
    *tiles = result->tiles;
    *rows_done = result->rows_done;
    return result->complete;
}

const char *gph_clique_digest(const gph_clique_result_t *result)
{
    return result->digest;
}

void gph_clique_vertex_counts(const gph_clique_result_t *result, gph_gid_t *first, int64_t *count,
                              const gph_count_t **counts)
{
    *first = result->first;
    *count = result->owned;
    *counts = result->vertex_counts;
}

void gph_clique_rows(const gph_clique_result_t *result, int64_t *first_row, int64_t *rows,
                     const int64_t **members)
{
    *first_row = result->first_row;
    *rows = result->rows;
    *members = result->members;
}

void gph_clique_communities(const gph_clique_result_t *result,
                            gph_clique_communities_t *communities)
{
    *communities = result->communities;
}

gph_status_t gph_clique_rows_combine(const gph_clique_result_t *result, int64_t **members)
{
    int64_t total = 0;

    if (result == NULL || members == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = result->context;
    if (result->members == NULL)
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "the result holds no list: it is kept when keep_list is set");
    return gph_comm_concat_all(context, result->rows * result->k, sizeof **members, result->members,
                               members, &total);
}

void gph_clique_rows_free(int64_t *members)
{
    gph_free(members);
}
