/* Vertex numbering: a sample sort of the ids that occur, and the look-up of every end point. */
#include "dist/number.h"

#include "base/sort.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>

enum { SAMPLES_PER_RANK = 128 };

/* A table indexed by id is used while it is at most this many times the ids that occur. */
enum { TABLE_FACTOR = 4 };

static gph_status_t shift_dense(gph_context_t *context, gph_edges_t *edges)
{
    for (int64_t i = 0; i < edges->count; ++i) {
        gph_edge_t *edge = &edges->edge[i];
        edge->u -= edges->first_id;
        edge->v -= edges->first_id;
        if (edge->u < 0 || edge->u >= edges->vertices || edge->v < 0 || edge->v >= edges->vertices)
            return gph_fail(context->env, GPH_ERR_INPUT,
                            "edge %" PRId64 " - %" PRId64 " names a vertex outside %" PRId64
                            "..%" PRId64,
                            edge->u + edges->first_id, edge->v + edges->first_id, edges->first_id,
                            edges->first_id + edges->vertices - 1);
    }
    return GPH_OK;
}

/* The distinct end points of this rank's edges, ascending. */
static gph_status_t local_ids(gph_env_t *env, const gph_edges_t *edges, int64_t **ids,
                              int64_t *count)
{
    gph_status_t status = GPH_OK;
    int64_t *all = NULL;
    int64_t kept = 0;

    GPH_TRY(gph_alloc(env, 2 * edges->count, sizeof *all, &all));
    for (int64_t i = 0; i < edges->count; ++i) {
        all[2 * i] = edges->edge[i].u;
        all[2 * i + 1] = edges->edge[i].v;
    }
    GPH_TRY(gph_sort_distinct_i64(env, 2 * edges->count, all, &kept));
    GPH_TRY(gph_realloc(env, kept, sizeof *all, &all));
    *ids = all;
    *count = kept;
    all = NULL;

cleanup:
    gph_free(all);
    return status;
}

/* splitter[r] is the lowest id that goes to rank r or above; the same on all ranks. */
static gph_status_t choose_splitters(gph_context_t *context, const int64_t *ids, int64_t count,
                                     int64_t *splitter)
{
    gph_status_t status = GPH_OK;
    int64_t sample[SAMPLES_PER_RANK];
    const int64_t samples = count < SAMPLES_PER_RANK ? count : SAMPLES_PER_RANK;
    int64_t *all = NULL;
    int64_t total = 0;

    for (int64_t i = 0; i < samples; ++i)
        sample[i] = ids[i * count / samples];
    GPH_TRY(gph_comm_concat_all(context, samples, sizeof sample[0], sample, &all, &total));
    GPH_TRY_ALL(context, gph_sort_i64(context->env, total, all));
    splitter[0] = 0;
    for (int r = 1; r < context->ranks; ++r)
        splitter[r] = total > 0 ? all[r * total / context->ranks] : 0;

cleanup:
    gph_free(all);
    return status;
}

/* Index of each id in the union of what was received: both ascending. */
static gph_status_t answer(gph_env_t *env, const int64_t *asked, int64_t asked_count,
                           const int64_t *known, int64_t known_count, gph_gid_t begin,
                           gph_gid_t **number)
{
    gph_status_t status = gph_alloc(env, asked_count, sizeof **number, number);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < asked_count; ++i)
        (*number)[i] = begin + gph_lower_bound_i64(known, known_count, asked[i]);
    return GPH_OK;
}

static gph_status_t copy_sorted_unique(gph_env_t *env, const int64_t *items, int64_t count,
                                       int64_t **sorted, int64_t *kept)
{
    gph_status_t status = GPH_OK;
    int64_t *copy = NULL;

    GPH_TRY(gph_alloc(env, count, sizeof *copy, &copy));
    for (int64_t i = 0; i < count; ++i)
        copy[i] = items[i];
    GPH_TRY(gph_sort_distinct_i64(env, count, copy, kept));
    *sorted = copy;
    copy = NULL;

cleanup:
    gph_free(copy);
    return status;
}

/* Sends this rank's ids to the ranks that number them; number[count] receives the answers. */
static gph_status_t number_ids(gph_context_t *context, const int64_t *ids, int64_t count,
                               gph_numbering_t *numbering, gph_gid_t **number)
{
    gph_status_t status = GPH_OK;
    const int ranks = context->ranks;
    gph_env_t *env = context->env;
    int64_t *work = NULL; /* [3 × ranks]: splitters, send counts, receive counts */
    int64_t *asked = NULL;
    int64_t *known = NULL;
    gph_gid_t *reply = NULL;
    int64_t asked_count = 0;
    int64_t known_count = 0;
    int64_t begin = 0;
    int64_t total = 0;

    GPH_TRY_ALL(context, gph_calloc(env, 3 * (int64_t)ranks, sizeof *work, &work));
    GPH_TRY(choose_splitters(context, ids, count, work));
    for (int64_t r = 0; r < ranks; ++r) {
        const int64_t low = r == 0 ? 0 : gph_lower_bound_i64(ids, count, work[r]);
        const int64_t high = r + 1 == ranks ? count : gph_lower_bound_i64(ids, count, work[r + 1]);
        work[ranks + r] = high - low;
    }
    GPH_TRY(gph_comm_exchange(context, sizeof *ids, ids, work + ranks, &asked,
                              work + 2 * (ptrdiff_t)ranks));
    for (int r = 0; r < ranks; ++r)
        asked_count += work[2 * ranks + r];
    GPH_TRY_ALL(context, copy_sorted_unique(env, asked, asked_count, &known, &known_count));
    GPH_TRY(gph_comm_scan_i64(context, 1, &known_count, &begin, &total));
    GPH_TRY_ALL(context, answer(env, asked, asked_count, known, known_count, begin, &reply));
    /* Answers return along the way the questions came. */
    GPH_TRY(gph_comm_exchange(context, sizeof *reply, reply, work + 2 * (ptrdiff_t)ranks, number,
                              work));
    *numbering = (gph_numbering_t){total, begin, known_count, known};
    known = NULL;

cleanup:
    gph_free(work);
    gph_free(asked);
    gph_free(known);
    gph_free(reply);
    return status;
}

typedef struct replace_job {
    gph_edge_t *edge;
    const int64_t *ids;
    int64_t count;
    const gph_gid_t *number;
    const gph_gid_t *table; /* number by id - ids[0], or NULL */
} replace_job_t;

static gph_gid_t look_up(const replace_job_t *job, int64_t id)
{
    if (job->table != NULL)
        return job->table[id - job->ids[0]];
    return job->number[gph_lower_bound_i64(job->ids, job->count, id)];
}

static gph_status_t replace_range(void *data, int64_t begin, int64_t end, int thread)
{
    const replace_job_t *job = data;
    (void)thread;
    for (int64_t i = begin; i < end; ++i) {
        job->edge[i].u = look_up(job, job->edge[i].u);
        job->edge[i].v = look_up(job, job->edge[i].v);
    }
    return GPH_OK;
}

/* Local. Replaces the ids of the edges, through a table where ids are close together. */
static gph_status_t replace_ids(gph_context_t *context, gph_edges_t *edges, const int64_t *ids,
                                int64_t count, const gph_gid_t *number)
{
    gph_status_t status = GPH_OK;
    replace_job_t job = {edges->edge, ids, count, number, NULL};
    gph_gid_t *table = NULL;

    if (count > 0 && (ids[count - 1] - ids[0]) / TABLE_FACTOR < count) {
        GPH_TRY(gph_alloc(context->env, ids[count - 1] - ids[0] + 1, sizeof *table, &table));
        for (int64_t i = 0; i < count; ++i)
            table[ids[i] - ids[0]] = number[i];
        job.table = table;
    }
    GPH_TRY(gph_team_ranges(context, edges->count, 4096, replace_range, &job));

cleanup:
    gph_free(table);
    return status;
}

gph_status_t gph_number_vertices(gph_context_t *context, gph_edges_t *edges,
                                 gph_numbering_t *numbering)
{
    gph_status_t status = GPH_OK;
    gph_numbering_t made = {0};
    int64_t *ids = NULL;
    gph_gid_t *number = NULL;
    int64_t count = 0;

    if (edges->vertices >= 0) {
        GPH_TRY_ALL(context, shift_dense(context, edges));
        *numbering = (gph_numbering_t){edges->vertices, 0, 0, NULL};
        return GPH_OK;
    }
    GPH_TRY_ALL(context, local_ids(context->env, edges, &ids, &count));
    GPH_TRY(number_ids(context, ids, count, &made, &number));
    GPH_TRY_ALL(context, replace_ids(context, edges, ids, count, number));
    *numbering = made;
    made.id = NULL;

cleanup:
    gph_free(ids);
    gph_free(number);
    gph_free(made.id);
    return status;
}
