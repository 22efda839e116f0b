/* Finding ghosts and planning their updates. */
#include "dist/ghosts.h"

#include "base/sort.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>

typedef struct local_job {
    gph_gid_t begin;
    int64_t owned;
    const gph_gid_t *neighbour;
    gph_ghosts_t *ghosts;
} local_job_t;

/* Replaces global ids by local indices. */
static gph_status_t localise(void *data, int64_t begin, int64_t end, int thread)
{
    const local_job_t *job = data;
    const gph_ghosts_t *ghosts = job->ghosts;
    (void)thread;
    for (int64_t i = begin; i < end; ++i) {
        const int64_t index = job->neighbour[i] - job->begin;
        if (index >= 0 && index < job->owned)
            ghosts->local[i] = (gph_lid_t)index;
        else
            ghosts->local[i] =
                (gph_lid_t)(job->owned +
                            gph_lower_bound_i64(ghosts->gid, ghosts->count, job->neighbour[i]));
    }
    return GPH_OK;
}

/* The distinct remote neighbours, ascending. */
static gph_status_t collect(gph_env_t *env, gph_gid_t begin, int64_t owned, gph_off_t arcs,
                            const gph_gid_t *neighbour, gph_ghosts_t *ghosts)
{
    gph_status_t status = GPH_OK;
    gph_gid_t *gid = NULL;
    int64_t remote = 0;
    int64_t kept = 0;

    for (gph_off_t i = 0; i < arcs; ++i)
        remote += neighbour[i] < begin || neighbour[i] >= begin + owned;
    GPH_TRY(gph_alloc(env, remote, sizeof *gid, &gid));
    remote = 0;
    for (gph_off_t i = 0; i < arcs; ++i)
        if (neighbour[i] < begin || neighbour[i] >= begin + owned)
            gid[remote++] = neighbour[i];
    GPH_TRY(gph_sort_distinct_i64(env, remote, gid, &kept));
    GPH_TRY(gph_realloc(env, kept, sizeof *gid, &gid));
    ghosts->gid = gid;
    ghosts->count = kept;
    gid = NULL;

cleanup:
    gph_free(gid);
    return status;
}

gph_status_t gph_ghosts_find(gph_context_t *context, gph_gid_t begin, int64_t owned, gph_off_t arcs,
                             const gph_gid_t *neighbour, gph_ghosts_t *ghosts)
{
    gph_status_t status = GPH_OK;
    gph_ghosts_t made = {0};
    local_job_t job = {begin, owned, neighbour, &made};

    GPH_TRY(collect(context->env, begin, owned, arcs, neighbour, &made));
    if (owned > INT32_MAX || made.count > INT32_MAX - owned)
        GPH_TRY(gph_fail(context->env, GPH_ERR_MEMORY,
                         "rank %d would hold %" PRId64
                         " vertices and ghosts, more than 2^31 - 1; use more ranks",
                         context->rank, owned + made.count));
    GPH_TRY(gph_alloc(context->env, arcs, sizeof *made.local, &made.local));
    GPH_TRY(gph_team_ranges(context, arcs, 4096, localise, &job));
    *ghosts = made;
    made = (gph_ghosts_t){0};

cleanup:
    gph_free(made.gid);
    gph_free(made.local);
    return status;
}

static gph_status_t to_owned(gph_graph_t *graph, const gph_gid_t *wanted, int64_t count)
{
    gph_status_t status =
        gph_alloc(graph->context->env, count, sizeof *graph->halo_send, &graph->halo_send);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < count; ++i)
        graph->halo_send[i] = (gph_lid_t)(wanted[i] - graph->first);
    return GPH_OK;
}

gph_status_t gph_ghosts_plan(gph_graph_t *graph)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int64_t *start = graph->tiles.rank_start;
    gph_gid_t *wanted = NULL;
    int64_t wanted_count = 0;

    GPH_TRY_ALL(context, gph_calloc(context->env, context->ranks, sizeof *graph->halo_send_count,
                                    &graph->halo_send_count));
    GPH_TRY_ALL(context, gph_calloc(context->env, context->ranks, sizeof *graph->halo_recv_count,
                                    &graph->halo_recv_count));
    for (int r = 0; r < context->ranks; ++r)
        graph->halo_recv_count[r] = gph_lower_bound_i64(graph->ghost, graph->ghosts, start[r + 1]) -
                                    gph_lower_bound_i64(graph->ghost, graph->ghosts, start[r]);
    /* Ghosts ascend, so the questions to the owners are stretches of the ghost array itself. */
    GPH_TRY(gph_comm_exchange(context, sizeof *graph->ghost, graph->ghost, graph->halo_recv_count,
                              &wanted, graph->halo_send_count));
    for (int r = 0; r < context->ranks; ++r)
        wanted_count += graph->halo_send_count[r];
    GPH_TRY_ALL(context, to_owned(graph, wanted, wanted_count));

cleanup:
    gph_free(wanted);
    return status;
}
