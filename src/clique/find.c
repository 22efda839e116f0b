/* gph_clique_find() and its result: order, orient, count, then whatever else was asked for. */
#include "base/hash.h"
#include "clique/list.h"
#include "clique/output.h"
#include "clique/vertex_counts.h"
#include "par/comm.h"

#include <inttypes.h>

struct gph_clique_result {
    gph_context_t *context;
    int k;
    gph_count_t count;
    gph_digest_t sum; /* of everything that this rank contributed, then of all ranks */
    char digest[GPH_DIGEST_CHARS];
    gph_gid_t first;            /* first owned vertex */
    int64_t owned;              /* owned vertices */
    gph_count_t *vertex_counts; /* [owned], or NULL */
    int64_t *members;           /* [rows × k] rows kept here, or NULL */
    int64_t first_row;
    int64_t rows;
};

/* Parts of a result have digests of their own: items are numbered apart by these bits. */
enum { PART_COUNT = 1, PART_VERTEX = 2, PART_ROW = 3 };

/* Where rows go as they are listed. */
typedef struct sinks {
    gph_clique_result_t *result;
    const gph_clique_options_t *options;
    gph_context_t *context;
    gph_list_file_t *file;
} sinks_t;

gph_clique_options_t gph_clique_options_default(void)
{
    return (gph_clique_options_t){.k = 3, .max_k = 64};
}

static uint64_t item_number(int part, int64_t index)
{
    return (uint64_t)part << 62 ^ (uint64_t)index;
}

static gph_status_t check(const gph_graph_t *graph, const gph_clique_options_t *options)
{
    gph_env_t *env = graph->context->env;
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
    return gph_output_check(env, options->list_path, options->per_vertex_path);
}

/* Makes order and oriented graph, and what the kernels look up. */
static gph_status_t prepare(const gph_graph_t *graph, gph_clique_job_t *job)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const gph_clique_options_t *options = job->options;
    gph_order_t order = {0};

    gph_phase_begin(context, "order");
    GPH_TRY(gph_order_make(graph, options->k, options->order, &order));
    gph_phase_end(context);
    gph_phase_begin(context, "orient");
    GPH_TRY(gph_dag_make(graph, &order, options->k, &job->dag));
    GPH_TRY_ALL(context, gph_binomials_make(context->env, job->dag.max_out + 1, options->k,
                                            &job->binomials));
    GPH_TRY(gph_pool_open(context, gph_block_serve, &job->dag, &job->pool));

cleanup:
    gph_phase_end(context);
    gph_order_free(&order);
    return status;
}

static gph_status_t count(const gph_graph_t *graph, gph_clique_job_t *job,
                          gph_clique_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;

    gph_phase_begin(context, "count");
    GPH_TRY(gph_clique_count_tiles(job));
    result->count = job->total;
    if (context->rank == 0)
        gph_digest_add(&result->sum, gph_digest_item(item_number(PART_COUNT, job->options->k),
                                                     &job->total, sizeof job->total));
    if (!job->per_vertex)
        goto cleanup;
    GPH_TRY(gph_vertex_counts(graph, &job->credits, &result->vertex_counts));
    gph_array_free(&job->credits);
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        gph_digest_add(&result->sum, gph_digest_item(item_number(PART_VERTEX, graph->first + v),
                                                     &result->vertex_counts[v],
                                                     sizeof *result->vertex_counts));
    if (job->options->per_vertex_path != NULL) {
        gph_phase_end(context);
        gph_phase_begin(context, "write");
        GPH_TRY(gph_vertex_file_write(graph, job->options->per_vertex_path, job->options->k,
                                      result->vertex_counts));
    }

cleanup:
    gph_phase_end(context);
    return status;
}

/* --- the list ------------------------------------------------------------------------------- */

/* Rows of one round on this rank. Collective. */
static gph_status_t take_rows(void *data, int64_t first_row, int64_t rows, const int64_t *members)
{
    gph_status_t status = GPH_OK;
    sinks_t *sinks = data;
    gph_clique_result_t *result = sinks->result;
    const int k = sinks->options->k;

    for (int64_t i = 0; i < rows; ++i)
        gph_digest_add(&result->sum,
                       gph_digest_item(item_number(PART_ROW, first_row + i), members + i * k,
                                       (size_t)k * sizeof *members));
    if (sinks->options->visit != NULL && rows > 0)
        status = sinks->options->visit(sinks->options->visit_data, first_row, rows, k, members);
    if (sinks->options->keep_list) {
        result->first_row = first_row;
        result->rows = rows;
    }
    status = gph_comm_agree(sinks->context, status);
    if (status == GPH_OK && sinks->file != NULL)
        status = gph_list_file_write(sinks->file, first_row, rows, members);
    return status;
}

static gph_status_t list(const gph_graph_t *graph, gph_clique_job_t *job,
                         gph_clique_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const gph_clique_options_t *options = job->options;
    sinks_t sinks = {result, options, context, NULL};

    if (options->list_path == NULL && options->visit == NULL && !options->keep_list)
        return GPH_OK;
    gph_phase_begin(context, "list");
    if (options->list_path != NULL)
        GPH_TRY(gph_list_file_create(graph, options->list_path, options->k, (int64_t)job->total,
                                     &sinks.file));
    status = gph_clique_list_rows(job, take_rows, &sinks,
                                  options->keep_list ? &result->members : NULL);
    if (sinks.file != NULL)
        status = gph_list_file_close(&sinks.file, status);

cleanup:
    gph_phase_end(context);
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

/* Digests of parts add up over ranks. */
static gph_status_t finish_digest(gph_context_t *context, gph_clique_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_digest_t *all = NULL;
    gph_digest_t sum = {0, 0};

    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *all, &all));
    GPH_TRY(gph_comm_gather_all(context, sizeof result->sum, &result->sum, all));
    for (int r = 0; r < context->ranks; ++r)
        gph_digest_add(&sum, all[r]);
    result->sum = sum;
    gph_digest_format(sum, result->digest);

cleanup:
    gph_free(all);
    return status;
}

static void job_free(gph_clique_job_t *job)
{
    gph_pool_close(&job->pool);
    gph_clique_window_close(job);
    gph_dag_free(&job->dag);
    gph_binomials_free(&job->binomials);
    gph_free(job->tile_count);
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
    gph_clique_job_t job = {.context = context, .options = options};
    job.per_vertex = options->per_vertex || options->per_vertex_path != NULL;
    job.credits = gph_array_init(context->env, sizeof(gph_credit_t));
    GPH_TRY(gph_comm_same(context, "k", options->k));
    GPH_TRY_ALL(context, check(graph, options));
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    made->context = context;
    made->k = options->k;
    made->first = graph->first;
    made->owned = graph->owned;
    GPH_TRY(prepare(graph, &job));
    GPH_TRY(count(graph, &job, made));
    GPH_TRY(list(graph, &job, made));
    GPH_TRY(finish_digest(context, made));
    *result = made;
    made = NULL;

cleanup:
    job_free(&job);
    gph_clique_result_destroy(&made);
    return status;
}

void gph_clique_result_destroy(gph_clique_result_t **result)
{
    if (result == NULL || *result == NULL)
        return;
    gph_free((*result)->vertex_counts);
    gph_free((*result)->members);
    gph_free(*result);
    *result = NULL;
}

gph_count_t gph_clique_count(const gph_clique_result_t *result)
{
    return result->count;
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

gph_status_t gph_clique_rows_combine(const gph_clique_result_t *result, int64_t **members)
{
    gph_context_t *context = result->context;
    int64_t total = 0;
    return gph_comm_concat_all(context, result->rows * result->k, sizeof **members,
                               result->members, members, &total);
}

void gph_clique_rows_free(int64_t *members)
{
    gph_free(members);
}
