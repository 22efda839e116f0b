/*
 * A search tree shared among ranks. In a wave, the first open pieces are walked for a number of
 * nodes each, by whoever is free; what a walk leaves becomes pieces of its own, in its place.
 *
 * With rounds, the tree of a round is fixed, and so is what comes before its first hit: the result
 * does not depend on how the tree was cut. Without, the limit of a piece depends on what was known
 * before its wave, so that waves are of a size of their own, the same on any number of threads.
 */
#include "base/clock.h"
#include "ged/split.h"
#include "par/comm.h"

#include <string.h>

/* Notes the place of a hit, so that later places need not be walked. */
static void note_hit(gph_ged_split_t *split, int64_t place)
{
    long long first = atomic_load(&split->hit);
    while (place < first && !atomic_compare_exchange_weak(&split->hit, &first, place))
        continue;
}

/* Walks the piece at a place of the wave. */
static gph_status_t walk_place(gph_ged_split_t *split, int64_t place, int thread)
{
    const gph_ged_order_t *order = &split->order[place];
    const gph_ged_piece_t *piece = gph_ged_piece_at(&split->list, order->piece);
    int64_t best = INT64_MAX;
    if (place > atomic_load(&split->hit)) {
        gph_ged_piece_t head = *piece;
        head.place = place;
        return gph_ged_piece_add(&split->made[thread], &head, piece->data);
    }
    const gph_status_t status = gph_ged_piece_walk(split, piece, order, place, thread, &best);
    if (gph_ged_piece_hits(split, best))
        note_hit(split, place);
    return status;
}

/* gph_pool_tile_fn. Who comes back when all pieces of this rank are being walked, goes idle: it is
 * time to cut what is left. */
static gph_status_t do_entry(void *data, int64_t tile, int thread)
{
    gph_ged_split_t *split = data;
    const int64_t *first = split->work.rank_first + split->context->rank;
    atomic_fetch_add(&split->begun, 1);
    const gph_status_t status = walk_place(split, split->work.count - 1 - tile, thread);
    if (atomic_load(&split->begun) >= first[1] - first[0])
        atomic_store(&split->hurry, GPH_GED_HURRY_STOP);
    return status;
}

/* gph_pool_run_fn */
static gph_status_t run_entries(void *data, gph_pool_t *pool, const gph_worklist_t *list,
                                int64_t low, int64_t high)
{
    (void)list;
    (void)high;
    return gph_pool_work(pool, low, do_entry, data);
}

/* Chooses the first open pieces of the list, up to a hit. A piece counts as worth a walk for what
 * is better than the best before it, and no worse than the best after it. */
static void choose_wave(gph_ged_split_t *split)
{
    const gph_ged_stand_t *stand = split->stand;
    const gph_ged_tree_t *tree = &stand->tree;
    int64_t before = stand->best;
    int64_t after = INT64_MAX / 2;
    int64_t count = 0;
    int64_t end = 0;

    for (; end < split->list.count && count < split->most; end++) {
        const gph_ged_piece_t *piece = gph_ged_piece_at(&split->list, end);
        if (!piece->open && gph_ged_piece_hits(split, piece->best))
            break;
        if (piece->open)
            split->order[count++] =
                (gph_ged_order_t){.piece = end, .limit = stand->limit, .aim = before};
        else
            before = gph_ged_lesser(before, piece->best);
    }
    split->work.count = count;
    split->scarce = count < split->most;
    for (int64_t i = 0; i < count; i++) {
        split->order[i].max_steps =
            count == 1 && split->most > 1 ? split->few_steps : split->wave_steps;
        split->order[i].hurry = tree->rounds ? &split->hurry : NULL;
        split->order[i].probe = split->scarce;
    }
    for (int64_t i = split->list.count - 1; i >= 0 && count > 0; i--) {
        const gph_ged_piece_t *piece = gph_ged_piece_at(&split->list, i);
        gph_ged_order_t *order = &split->order[count - 1];
        if (!piece->open)
            after = gph_ged_lesser(after, piece->best);
        if (i != order->piece)
            continue;
        order->aim = gph_ged_below(order->aim, tree->grain, tree->exact);
        if (!tree->rounds) {
            order->aim = gph_ged_lesser(order->aim, gph_ged_equal(after, tree->grain, tree->exact));
            order->limit = gph_ged_lesser(order->limit, order->aim);
        }
        count--;
    }
}

/* Gives every rank its part of the wave. */
static void share_wave(gph_ged_split_t *split)
{
    const int ranks = split->context->ranks;
    for (int64_t e = 0; e < split->work.count; e++) {
        split->work.tile[e] = e;
        split->work.cost[e] = 1;
    }
    for (int r = 0; r <= ranks; r++)
        split->work.rank_first[r] = gph_block_start(split->work.count, ranks, r);
}

/* Puts the pieces made of those of the wave into their places. made: whole wave, in any order, but
 * those of one place together. */
static gph_status_t merge_wave(gph_ged_split_t *split, gph_array_t *made)
{
    gph_status_t status = GPH_OK;
    int64_t *start = NULL; /* [count] first piece of each place */
    int64_t place = 0;
    gph_array_t *next = &split->next;

    GPH_TRY(gph_alloc(split->context->env, split->work.count, sizeof *start, &start));
    for (int64_t i = made->count - 1; i >= 0; i--)
        start[gph_ged_piece_at(made, i)->place] = i;
    GPH_TRY(gph_array_reserve(next, split->list.count + made->count));
    next->count = 0;
    for (int64_t i = 0; i < split->list.count; i++) {
        if (place == split->work.count || split->order[place].piece != i) {
            GPH_TRY(gph_array_append(next, gph_ged_piece_at(&split->list, i), 1));
            continue;
        }
        for (int64_t j = start[place]; j < made->count && gph_ged_piece_at(made, j)->place == place;
             j++)
            GPH_TRY(gph_array_append(next, gph_ged_piece_at(made, j), 1));
        place++;
    }
    const gph_array_t old = split->list;
    split->list = *next;
    *next = old;

cleanup:
    gph_free(start);
    return status;
}

/* Walks the wave on all ranks; every rank gets all that came of it. */
static gph_status_t walk_wave(gph_ged_split_t *split)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = split->context;
    gph_array_t all = gph_array_init(context->env, split->list.size);
    gph_array_t *mine = &split->made[0];

    share_wave(split);
    GPH_TRY(gph_pool_tiles(split->pool, &split->work, "search tree", run_entries, split));
    for (int t = 1; t < context->threads && status == GPH_OK; t++)
        status = gph_array_append(mine, split->made[t].data, split->made[t].count);
    GPH_TRY_ALL(context, status);
    GPH_TRY(
        gph_comm_concat_all(context, mine->count, mine->size, mine->data, &all.data, &all.count));
    all.capacity = all.count;
    GPH_TRY_ALL(context, merge_wave(split, &all));

cleanup:
    gph_array_free(&all);
    return status;
}

/* One piece is walked by every rank on its own: they all come to the same. */
static gph_status_t walk_alone(gph_ged_split_t *split)
{
    const gph_status_t status = walk_place(split, 0, 0);
    return status == GPH_OK ? merge_wave(split, &split->made[0]) : status;
}

/* Whether any rank wants to stop. Collective. */
static gph_status_t late(const gph_ged_split_t *split, bool *stop)
{
    int64_t wanted = gph_context_stop_requested(split->context) ||
                     (split->until > 0 && gph_clock_now() > split->until);
    const gph_status_t status = gph_comm_reduce_i64(split->context, GPH_MAX, 1, &wanted);
    *stop = wanted != 0;
    return status;
}

gph_status_t gph_ged_split_waves(gph_ged_split_t *split)
{
    gph_status_t status = GPH_OK;
    gph_ged_stand_t *stand = split->stand;
    while (!gph_ged_pieces_take(split, 0)) {
        for (int t = 0; t < split->context->threads; t++)
            split->made[t].count = 0;
        atomic_store(&split->hit, INT64_MAX);
        atomic_store(&split->begun, 0);
        atomic_store(&split->hurry, GPH_GED_HURRY_NOT);
        choose_wave(split);
        const bool one = split->context->ranks == 1;
        const bool alone = split->work.count == 1 && (one || split->until <= 0);
        status = alone ? walk_alone(split) : walk_wave(split);
        GPH_TRY_ALL(split->context, status);
        gph_progress_set(split->progress, stand->search->steps);
        if (alone && !one) // a few nodes, and without a word to the others
            continue;
        GPH_TRY(late(split, &stand->search->stopped));
        if (stand->search->stopped) {
            (void)gph_ged_pieces_take(split, 0);
            stand->search->stopped = split->list.count > 0;
            stand->lower = gph_ged_pieces_bound(split);
            break;
        }
    }

cleanup:
    return status;
}
