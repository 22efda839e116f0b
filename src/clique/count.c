/* The counting pass: tiles on all threads and ranks, exact sums. */
#include "base/checked.h"
#include "clique/job.h"
#include "clique/vertex_counts.h"
#include "par/comm.h"

/* Adds to a 128-bit count that other threads add to as well. Halves are added apart; whoever makes
 * the low half wrap carries, so the sum is right once all are done. */
static void add_shared(gph_shared_count_t *count, gph_count_t value)
{
    const uint64_t low = (uint64_t)value;
    uint64_t high = (uint64_t)(value >> 64);
    uint64_t before = 0;
#pragma omp atomic capture
    {
        before = count->low;
        count->low += low;
    }
    high += before + low < before;
    if (high != 0) {
#pragma omp atomic update
        count->high += high;
    }
}

/* Hands the counts of the subgraph's vertices, and of the root, to the block. */
static void hand_over(gph_clique_job_t *job, gph_clique_space_t *space, gph_count_t found)
{
    add_shared(&job->block_count[space->root], found);
    for (int i = 0; i < space->degree; ++i) {
        if (space->vertex_count[i] == 0)
            continue;
        add_shared(&job->block_count[space->row[i]], space->vertex_count[i]);
        space->vertex_count[i] = 0;
    }
}

/* Cliques of one piece of a root's row. */
static gph_count_t count_piece(gph_clique_job_t *job, gph_clique_space_t *space,
                               const gph_clique_piece_t *piece)
{
    const gph_lid_t root = (gph_lid_t)(piece->position - job->block.first);
    gph_count_t found = 0;
    gph_clique_space_root(space, root);
    if (job->options->k == 1)
        found = piece->begin == 0;
    else
        found =
            gph_clique_count_root(space, piece->begin == 0 ? 0 : (int)piece->begin - 1,
                                  piece->end == INT64_MAX ? space->degree : (int)piece->end - 1);
    if (job->block_count != NULL && found != 0)
        hand_over(job, space, found);
    return found;
}

static gph_status_t too_many(const gph_clique_job_t *job)
{
    return gph_fail(job->context->env, GPH_ERR_USAGE,
                    "there are more %d-cliques than 128 bits can count; choose a smaller k",
                    job->options->k);
}

gph_status_t gph_clique_count_tile(void *data, int64_t tile, int thread)
{
    gph_clique_job_t *job = data;
    gph_clique_space_t *space = &job->space[thread];
    gph_clique_piece_t piece = gph_clique_piece_first(&job->dag, tile);
    gph_count_t sum = 0;
    bool more = piece.position >= 0;

    while (more) {
        space->overflow |= !gph_count_add(&sum, count_piece(job, space, &piece));
        more = gph_clique_piece_next(&job->dag, tile, &piece);
    }
    if (space->overflow)
        return too_many(job);
    job->tile_found[tile] = sum;
    job->tile_done[tile] = 1;
    return GPH_OK;
}

/* Keeps the counts of a block's vertices until all is done. */
static gph_status_t keep_credits(gph_clique_job_t *job)
{
    gph_status_t status = GPH_OK;
    for (gph_lid_t v = 0; job->block_count != NULL && v < job->block.vertices; ++v) {
        const gph_shared_count_t count = job->block_count[v];
        const gph_credit_t credit = {job->block.vertex[v], count.high, count.low};
        if (count.high != 0 || count.low != 0)
            GPH_TRY(gph_array_push(&job->credits, &credit));
    }

cleanup:
    return status;
}

static gph_status_t run_tiles(void *data, gph_pool_t *pool, const gph_worklist_t *list, int64_t low,
                              int64_t high)
{
    gph_status_t status = GPH_OK;
    gph_clique_job_t *job = data;
    int64_t begin = 0;

    GPH_TRY(gph_clique_window_open(job, list->tile, low, high,
                                   job->per_vertex ? GPH_BLOCK_VERTICES : 0, &begin));
    GPH_TRY(gph_pool_work(pool, begin, gph_clique_count_tile, job));
    GPH_TRY(keep_credits(job));

cleanup:
    gph_clique_window_close(job);
    return status;
}

/* Counts of vertices that were found since the last merge reach their owners. */
static gph_status_t merge_vertices(gph_clique_job_t *job)
{
    gph_status_t status = GPH_OK;
    gph_count_t *found = NULL;

    GPH_TRY(gph_vertex_counts(job->graph, &job->credits, &found));
    job->credits.count = 0;
    for (gph_lid_t v = 0; v < job->graph->owned; ++v)
        job->vertex_count[v] += found[v];

cleanup:
    gph_free(found);
    return status;
}

/* Combines what the ranks found since the last merge. gph_job_ops_t.merge */
static gph_status_t merge(void *data)
{
    gph_status_t status = GPH_OK;
    gph_clique_job_t *job = data;
    const int64_t tiles = job->dag.tiles.count;

    GPH_TRY(gph_comm_sum_count(job->context, tiles, job->tile_found));
    for (int64_t t = 0; t < tiles; ++t) {
        if (!gph_count_add(&job->total, job->tile_found[t]))
            GPH_TRY(too_many(job));
        job->tile_count[t] += job->tile_found[t];
        job->tile_found[t] = 0;
    }
    if (job->per_vertex)
        GPH_TRY(merge_vertices(job));

cleanup:
    return status;
}

gph_status_t gph_clique_count_prepare(gph_clique_job_t *job)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;
    const int64_t tiles = job->dag.tiles.count;

    GPH_TRY(gph_calloc(env, tiles, sizeof *job->tile_done, &job->tile_done));
    GPH_TRY(gph_calloc(env, tiles, sizeof *job->tile_found, &job->tile_found));
    GPH_TRY(gph_calloc(env, tiles, sizeof *job->tile_count, &job->tile_count));
    if (job->per_vertex)
        GPH_TRY(gph_calloc(env, job->graph->owned, sizeof *job->vertex_count, &job->vertex_count));

cleanup:
    return status;
}

gph_status_t gph_clique_count_tiles(gph_clique_job_t *job)
{
    const gph_job_ops_t ops = {run_tiles, merge, gph_clique_state_save, job};
    return gph_job_tiles(job->engine, job->pool, &job->dag.tiles, "counting cliques",
                         job->tile_done, &ops);
}
