/* The counting pass: tiles on all threads and ranks, exact sums. */
#include "base/checked.h"
#include "clique/job.h"
#include "clique/vertex_counts.h"
#include "par/comm.h"

/* Largest k whose rows are quickly counted whatever their length: those are not counted in steps.
 */
enum { STEP_FROM = 3 };

/* Items of whole rows between two questions whether to pause: to ask after each would cost. */
enum { ASK_AFTER = 64 };

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

/* Cliques of the slots begin..end-1 of a root's row; slot 0 is the root itself. */
static gph_count_t count_slots(gph_clique_job_t *job, gph_clique_space_t *space, int64_t begin,
                               int64_t end)
{
    gph_count_t found = 0;
    if (job->options->k == 1)
        found = begin == 0;
    else
        found = gph_clique_count_root(space, begin == 0 ? 0 : (int)begin - 1, (int)end - 1);
    if (job->block_count != NULL && found != 0)
        hand_over(job, space, found);
    return found;
}

/* What is left of a tile, and where it stands. */
typedef struct tile_walk {
    gph_clique_piece_t piece;
    int64_t skip;  /* items that were counted before a pause */
    int64_t done;  /* items counted */
    int64_t asked; /* of them when it was last asked whether to pause */
    gph_count_t sum;
} tile_walk_t;

/* Counts a piece: at once where it is a whole row, for which there are quicker ways, else slot by
 * slot, as one may take long. False: a pause is due, before the end of the tile. */
static bool walk_piece(gph_clique_job_t *job, int thread, tile_walk_t *walk)
{
    gph_clique_space_t *space = &job->space[thread];
    const gph_clique_piece_t *piece = &walk->piece;
    const gph_lid_t root = (gph_lid_t)(piece->position - job->block.first);
    const int64_t degree = job->block.offset[root + 1] - job->block.offset[root];
    const int64_t end = piece->end == INT64_MAX ? degree + 1 : piece->end;
    const bool whole = (piece->begin == 0 && end == degree + 1) || job->options->k <= STEP_FROM;
    int64_t begin = piece->begin;

    if (walk->done + end - begin <= walk->skip) {
        walk->done += end - begin;
        return true;
    }
    if (walk->done < walk->skip) {
        begin += walk->skip - walk->done;
        walk->done = walk->skip;
    }
    gph_clique_space_root(space, root);
    while (begin < end) {
        const int64_t step = whole ? end : begin + 1;
        space->overflow |= !gph_count_add(&walk->sum, count_slots(job, space, begin, step));
        walk->done += step - begin;
        begin = step;
        if (whole && walk->done - walk->asked < ASK_AFTER)
            continue;
        walk->asked = walk->done;
        if (gph_pool_pausing(job->pool, thread))
            return false;
    }
    return true;
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
    tile_walk_t walk = {.piece = gph_clique_piece_first(&job->dag, tile),
                        .skip = job->tile_items[tile]};
    bool more = walk.piece.position >= 0;
    bool pause = false;

    while (more && !pause) {
        pause = !walk_piece(job, thread, &walk);
        more = gph_clique_piece_next(&job->dag, tile, &walk.piece);
    }
    if (job->space[thread].overflow)
        return too_many(job);
    job->tile_found[tile] = walk.sum;
    job->tile_items[tile] = walk.done;
    job->tile_done[tile] = !pause;
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
    GPH_TRY(gph_comm_reduce_i64(job->context, GPH_MAX, tiles, job->tile_items));
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
    GPH_TRY(gph_calloc(env, tiles, sizeof *job->tile_items, &job->tile_items));
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
