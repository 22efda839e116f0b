/*
 * One hard pair on all threads of all ranks. The search tree is cut into pieces, kept in
 * depth-first order, and walked piece by piece by whoever is free. Finished pieces are taken in
 * from the front of the list, so that mappings and nodes count as in one depth-first search,
 * whoever walked where.
 */
#include "ged/split.h"

#include "par/comm.h"

#include <inttypes.h>
#include <stddef.h>

/* Work of a walk in a wave, in cells of its assignments: some milliseconds. Few nodes at first, and
 * when others have nothing left to do, so that there soon are pieces for everyone; many in a team,
 * where a walk stops when a piece of it is wanted. */
enum { WORK = 1 << 18, LEAST_STEPS = 64, FIRST_PART = 16, TEAM_PART = 16 };

/* Pieces in a wave: for each thread with rounds, in all without. */
enum { PIECES_THREAD = 8, PIECES_ONCE = 64 };

static void split_free(gph_ged_split_t *split)
{
    for (int t = 1; split->space != NULL && t < split->context->threads; t++)
        gph_ged_destroy(&split->space[t]);
    for (int t = 0; split->made != NULL && t < split->context->threads; t++)
        gph_array_free(&split->made[t]);
    gph_array_free(&split->list);
    gph_array_free(&split->next);
    gph_worklist_free(&split->work);
    gph_free(split->space);
    gph_free(split->one);
    gph_free(split->stand);
    gph_free(split->made);
    gph_free(split->order);
}

/* The tree on each thread. Local. */
static gph_status_t set_trees(gph_ged_split_t *split, gph_ged_t *ged,
                              const gph_small_graph_t *first, const gph_small_graph_t *second,
                              const gph_ged_options_t *options)
{
    gph_status_t status = GPH_OK;
    const int threads = split->context->threads;
    gph_env_t *env = split->context->env;

    GPH_TRY(gph_calloc(env, threads, sizeof(gph_ged_t *), &split->space));
    GPH_TRY(gph_alloc(env, threads, sizeof *split->one, &split->one));
    GPH_TRY(gph_alloc(env, threads, sizeof *split->stand, &split->stand));
    split->space[0] = ged;
    for (int t = 0; t < threads; t++) {
        if (t > 0)
            GPH_TRY(gph_ged_clone(ged, &split->space[t]));
        GPH_TRY(gph_ged_one_begin(split->space[t], first, second, options, &split->one[t]));
        GPH_TRY(gph_ged_one_start(&split->one[t]));
        GPH_TRY(gph_ged_stand_begin(&split->one[t].search, &split->stand[t]));
    }

cleanup:
    return status;
}

/* Room for pieces and waves. Local. */
static gph_status_t make_room(gph_ged_split_t *split)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = split->context;
    gph_env_t *env = context->env;
    const int64_t workers = (int64_t)context->threads * context->ranks;

    split->nodes = split->one->problem.side[0].nodes;
    split->until = split->one->search.until;
    if (context->deadline > 0 && (split->until <= 0 || context->deadline < split->until))
        split->until = context->deadline;
    const size_t ints = 2 * (size_t)split->nodes + 1;
    const size_t size = (offsetof(gph_ged_piece_t, data) + ints * sizeof(int32_t) + 7) / 8 * 8;
    split->list = gph_array_init(env, size);
    split->next = gph_array_init(env, size);
    const int64_t cells = (int64_t)split->nodes * split->one->problem.side[1].nodes + 1;
    if (split->wave_steps == 0) {
        split->wave_steps = WORK / cells > LEAST_STEPS ? WORK / cells : LEAST_STEPS;
        split->few_steps = split->wave_steps / FIRST_PART + 1;
        split->team_steps = split->wave_steps * TEAM_PART;
    }
    split->most = split->stand->tree.rounds ? PIECES_THREAD * workers : PIECES_ONCE;
    GPH_TRY(gph_alloc(env, split->most, sizeof *split->order, &split->order));
    GPH_TRY(gph_alloc(env, split->most, sizeof(int64_t), &split->work.tile));
    GPH_TRY(gph_alloc(env, split->most, sizeof(int64_t), &split->work.cost));
    GPH_TRY(gph_alloc(env, context->ranks + 1, sizeof(int64_t), &split->work.rank_first));
    GPH_TRY(gph_alloc(env, context->threads, sizeof *split->made, &split->made));
    for (int t = 0; t < context->threads; t++)
        split->made[t] = gph_array_init(env, size);

cleanup:
    return status;
}

/* gph_ged_cover_fn */
static gph_status_t cover(void *data, gph_ged_stand_t *stand)
{
    gph_status_t status = GPH_OK;
    gph_ged_split_t *split = data;
    const int32_t root = 0;
    const gph_ged_piece_t head = {.bound = stand->tree.bound, .open = true};

    split->list.count = 0;
    GPH_TRY_ALL(split->context, gph_ged_piece_add(&split->list, &head, &root));
    if (split->context->ranks == 1 && stand->tree.rounds)
        status = gph_ged_split_team(split);
    else
        status = gph_ged_split_waves(split);

cleanup:
    return status;
}

/* gph_pool_serve_fn: nobody asks. */
static gph_status_t serve_nothing(void *data, const void *request, int64_t bytes,
                                  gph_array_t *reply)
{
    const gph_ged_split_t *split = data;
    (void)request;
    (void)reply;
    return gph_fail(split->context->env, GPH_ERR_INTERNAL,
                    "a request of %" PRId64 " bytes that nobody answers", bytes);
}

/* Searches with one line of progress for all waves. Collective. */
static gph_status_t run_split(gph_ged_split_t *split)
{
    gph_context_t *context = split->context;
    const gph_progress_t wanted = context->progress;
    gph_status_t status = gph_pool_open(context, serve_nothing, split, &split->pool);
    if (status != GPH_OK)
        return status;
    split->progress = gph_progress_begin(context, "search tree", "nodes", 0);
    context->progress = GPH_PROGRESS_NEVER;
    status = gph_ged_stand_run(split->stand, cover, split);
    context->progress = wanted;
    gph_progress_end(&split->progress);
    gph_pool_close(&split->pool);
    return status;
}

gph_status_t gph_ged_split(gph_context_t *context, gph_ged_t *ged, const gph_small_graph_t *first,
                           const gph_small_graph_t *second, const gph_ged_options_t *options,
                           int64_t steps, gph_ged_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_ged_split_t split = {
        .context = context, .few_steps = steps, .wave_steps = steps, .team_steps = steps};
    split.list = split.next =
        gph_array_init(context->env, sizeof(gph_ged_piece_t)); // until its size is known

    GPH_TRY_ALL(context, set_trees(&split, ged, first, second, options));
    GPH_TRY_ALL(context, make_room(&split));
    gph_phase_begin(context, "search tree");
    status = run_split(&split);
    gph_phase_end(context);
    if (status == GPH_OK)
        GPH_TRY_ALL(context, gph_ged_one_end(split.one, split.one->search.lower, result));

cleanup:
    split_free(&split);
    return status;
}
