/*
 * One hard pair on all threads of all ranks. The search tree is cut into pieces, kept by every rank
 * in depth-first order. In a wave, the first open pieces are walked for a number of nodes each, by
 * whoever is free; what a walk leaves becomes pieces of its own, in its place. Finished pieces are
 * taken in from the front of the list, so that mappings and nodes count as in one depth-first
 * search, whoever walked where.
 *
 * With rounds, the tree of a round is fixed, and so is what comes before its first hit: the result
 * does not depend on how the tree was cut. Without, the limit of a piece depends on what was known
 * before its wave, so that waves are of a size of their own, the same on any number of threads.
 */
#include "base/clock.h"
#include "ged/methods.h"
#include "par/comm.h"
#include "par/pool.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/* Work of a walk, in cells of its assignments: some milliseconds. Few nodes at first, and when
 * others have nothing left to do, so that there soon are pieces for everyone. */
enum { WORK = 1 << 18, LEAST_STEPS = 64, FIRST_PART = 16 };

/* Frames whose rest becomes a piece of its own, at most, where a walk stops. */
enum { CUTS = 4 };

/* Pieces in a wave: for each thread with rounds (where there is but one, it needs no others to
 * choose from), in all without. */
enum { PIECES_THREAD = 8, PIECES_ONCE = 64 };

/* A piece of the tree. */
typedef struct piece {
    int64_t place;  /**< in its wave: the piece that it comes from */
    int64_t bound;  /**< open: no mapping in it costs less */
    int64_t steps;  /**< done: nodes */
    int64_t best;   /**< done: cost of its map; INT64_MAX: it has none */
    bool open;      /**< not walked yet */
    int32_t depth;  /**< of the frame where it begins */
    int32_t floor;  /**< of the frame where it ends */
    int32_t data[]; /**< [nodes + 1] path, then [nodes] map */
} piece_t;

/* What a walk of the wave is told. */
typedef struct order {
    int64_t piece; /**< in the list */
    int64_t limit;
    int64_t aim;
} order_t;

typedef struct split {
    gph_context_t *context;
    int32_t nodes;          /**< of side 0 */
    gph_ged_t **space;      /**< [threads] */
    gph_ged_one_t *one;     /**< [threads] */
    gph_ged_stand_t *stand; /**< [threads], each with its tree; the first one knows the best */
    gph_array_t list;       /**< of piece_t with their data, in depth-first order */
    gph_array_t next;       /**< the list after a wave */
    gph_array_t *made;      /**< [threads] pieces that walks of this wave made */
    order_t *order;         /**< [most] of this wave */
    gph_worklist_t work;    /**< the wave, last piece first: the pool takes the last entry first */
    int64_t most;           /**< pieces in a wave */
    int64_t steps[2];       /**< nodes of a walk that should be cut soon, and of any other */
    bool scarce;            /**< there are fewer open pieces than a wave may have */
    double until;           /**< time to stop at; 0: none */
    atomic_llong hit;       /**< first place of this wave with a mapping within the limit */
    atomic_llong begun;     /**< walks of this wave that threads of this rank began */
    atomic_bool hurry;      /**< with rounds: some thread has nothing left to do */
    gph_pool_t *pool;
    gph_progress_line_t *progress;
} split_t;

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static piece_t *piece_at(const gph_array_t *list, int64_t i)
{
    return (piece_t *)((char *)list->data + i * (int64_t)list->size);
}

static int32_t *map_of(const split_t *split, piece_t *piece)
{
    return piece->data + split->nodes + 1;
}

/* A hit ends a round. */
static bool hits(const split_t *split, int64_t best)
{
    return split->stand->tree.rounds && best <= split->stand->limit;
}

/* --- walks ---------------------------------------------------------------------------------- */

/* Adds a piece to what a thread has made. */
static gph_status_t add_piece(gph_array_t *list, const piece_t *head, const int32_t *path)
{
    const int64_t i = list->count;
    const gph_status_t status = gph_array_reserve(list, i + 1 > list->capacity ? 2 * i + 8 : i + 1);
    if (status != GPH_OK)
        return status;
    piece_t *piece = piece_at(list, i);
    memset(piece, 0, list->size);
    *piece = *head;
    memcpy(piece->data, path, sizeof *path * (size_t)(head->depth + 1));
    list->count++;
    return GPH_OK;
}

/* Adds what a walk left in the frames depth, depth - 1 … floor. */
static gph_status_t add_rest(int64_t place, const gph_ged_walk_t *walk, int32_t depth,
                             int32_t floor, gph_array_t *list)
{
    piece_t head = {
        .place = place, .bound = INT64_MAX, .open = true, .depth = depth, .floor = floor};
    for (int32_t d = floor; d <= depth; d++)
        if (walk->rest[d] != GPH_GED_REST_NONE)
            head.bound = lesser(head.bound, walk->bound[d]);
    const gph_status_t status = add_piece(list, &head, walk->left);
    if (status == GPH_OK && depth < walk->left_depth) // begins with a ban
        piece_at(list, list->count - 1)->data[depth]++;
    return status;
}

/* What a walk left, in depth-first order. While pieces are scarce, what is left in some upper
 * frames becomes pieces of its own. */
static gph_status_t add_left(int64_t place, const gph_ged_walk_t *walk, gph_array_t *list)
{
    gph_status_t status = GPH_OK;
    int32_t cut[CUTS + 1]; // frames where a piece begins, the uppermost first
    int cuts = 0;

    for (int32_t d = walk->floor; d < walk->left_depth && cuts < CUTS; d++)
        if (walk->rest[d] == GPH_GED_REST_TREE)
            cut[cuts++] = d;
    cut[cuts] = walk->left_depth;
    for (; cuts >= 0 && status == GPH_OK; cuts--)
        status = add_rest(place, walk, cut[cuts], cuts > 0 ? cut[cuts - 1] + 1 : walk->floor, list);
    return status;
}

/* What a walk did, and then what it left. */
static gph_status_t add_walk(const split_t *split, int64_t place, const gph_ged_walk_t *walk,
                             gph_array_t *list)
{
    const piece_t head = {.place = place,
                          .steps = walk->steps,
                          .best = walk->found ? walk->best : INT64_MAX,
                          .depth = walk->depth,
                          .floor = walk->floor};
    const gph_status_t status = add_piece(list, &head, walk->path);
    if (status != GPH_OK)
        return status;
    if (walk->found)
        memcpy(map_of(split, piece_at(list, list->count - 1)), walk->map,
               sizeof *walk->map * (size_t)split->nodes);
    return walk->stopped ? add_left(place, walk, list) : GPH_OK;
}

/* Notes the place of a hit, so that later places need not be walked. */
static void note_hit(split_t *split, int64_t place)
{
    long long first = atomic_load(&split->hit);
    while (place < first && !atomic_compare_exchange_weak(&split->hit, &first, place))
        continue;
}

/* Walks the piece at a place of the wave. */
static gph_status_t walk_piece(split_t *split, int64_t place, int thread)
{
    gph_array_t *made = &split->made[thread];
    const order_t *order = &split->order[place];
    piece_t *piece = piece_at(&split->list, order->piece);
    gph_ged_walk_t *walk = &split->space[thread]->walk;

    if (place > atomic_load(&split->hit)) {
        piece_t head = *piece;
        head.place = place;
        return add_piece(made, &head, piece->data);
    }
    walk->path = piece->data;
    walk->depth = piece->depth;
    walk->floor = piece->floor;
    walk->limit = order->limit;
    walk->aim = order->aim;
    walk->max_steps = split->steps[split->work.count == 1 && split->most > 1 ? 0 : 1];
    walk->until = split->until;
    walk->probe = split->scarce;
    walk->hurry = split->stand->tree.rounds ? &split->hurry : NULL;
    walk->least_steps = split->steps[0];
    split->stand->engine->walk(split->stand[thread].tree.space, walk);
    if (walk->found && hits(split, walk->best))
        note_hit(split, place);
    return add_walk(split, place, walk, made);
}

/* gph_pool_tile_fn. Who comes back when all pieces of this rank are being walked, goes idle: it is
 * time to cut what is left. */
static gph_status_t do_entry(void *data, int64_t tile, int thread)
{
    split_t *split = data;
    const int64_t *first = split->work.rank_first + split->context->rank;
    atomic_fetch_add(&split->begun, 1);
    const gph_status_t status = walk_piece(split, split->work.count - 1 - tile, thread);
    if (atomic_load(&split->begun) >= first[1] - first[0])
        atomic_store(&split->hurry, true);
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

/* --- waves ---------------------------------------------------------------------------------- */

/* Chooses the first open pieces of the list, up to a hit. A piece counts as worth a walk for what
 * is better than the best before it, and no worse than the best after it. */
static void choose_wave(split_t *split)
{
    const gph_ged_stand_t *stand = split->stand;
    const gph_ged_tree_t *tree = &stand->tree;
    int64_t before = stand->best;
    int64_t after = INT64_MAX / 2;
    int64_t count = 0;
    int64_t end = 0;

    for (; end < split->list.count && count < split->most; end++) {
        const piece_t *piece = piece_at(&split->list, end);
        if (!piece->open && hits(split, piece->best))
            break;
        if (piece->open)
            split->order[count++] = (order_t){end, stand->limit, before};
        else
            before = lesser(before, piece->best);
    }
    split->work.count = count;
    split->scarce = count < split->most;
    for (int64_t i = split->list.count - 1; i >= 0 && count > 0; i--) {
        const piece_t *piece = piece_at(&split->list, i);
        order_t *order = &split->order[count - 1];
        if (!piece->open)
            after = lesser(after, piece->best);
        if (i != order->piece)
            continue;
        order->aim = gph_ged_below(order->aim, tree->grain, tree->exact);
        if (!tree->rounds) {
            order->aim = lesser(order->aim, gph_ged_equal(after, tree->grain, tree->exact));
            order->limit = lesser(order->limit, order->aim);
        }
        count--;
    }
}

/* Gives every rank its part of the wave. */
static void share_wave(split_t *split)
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
static gph_status_t merge_wave(split_t *split, gph_array_t *made)
{
    gph_status_t status = GPH_OK;
    int64_t *start = NULL; /* [count] first piece of each place */
    int64_t place = 0;
    gph_array_t *next = &split->next;

    GPH_TRY(gph_alloc(split->context->env, split->work.count, sizeof *start, &start));
    for (int64_t i = made->count - 1; i >= 0; i--)
        start[piece_at(made, i)->place] = i;
    GPH_TRY(gph_array_reserve(next, split->list.count + made->count));
    next->count = 0;
    for (int64_t i = 0; i < split->list.count; i++) {
        if (place == split->work.count || split->order[place].piece != i) {
            GPH_TRY(gph_array_append(next, piece_at(&split->list, i), 1));
            continue;
        }
        for (int64_t j = start[place]; j < made->count && piece_at(made, j)->place == place; j++)
            GPH_TRY(gph_array_append(next, piece_at(made, j), 1));
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
static gph_status_t walk_wave(split_t *split)
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
static gph_status_t walk_alone(split_t *split)
{
    const gph_status_t status = walk_piece(split, 0, 0);
    return status == GPH_OK ? merge_wave(split, &split->made[0]) : status;
}

/* --- the list ------------------------------------------------------------------------------- */

/* What is open at least costs this. */
static int64_t open_bound(const split_t *split)
{
    int64_t bound = split->stand->best;
    for (int64_t i = 0; i < split->list.count; i++)
        if (piece_at(&split->list, i)->open)
            bound = lesser(bound, piece_at(&split->list, i)->bound);
    return bound;
}

/* The limit on nodes is reached inside a piece: walks it up to there once more. */
static void cut(split_t *split, const piece_t *piece)
{
    gph_ged_stand_t *stand = split->stand;
    gph_ged_search_t *search = stand->search;
    gph_ged_walk_t *walk = &split->space[0]->walk;

    search->stopped = true;
    stand->lower = lesser(open_bound(split), stand->tree.bound);
    walk->path = piece->data;
    walk->depth = piece->depth;
    walk->floor = piece->floor;
    walk->limit = stand->limit;
    walk->aim = gph_ged_below(stand->best, stand->tree.grain, stand->tree.exact);
    walk->max_steps = search->max_steps - search->steps;
    walk->until = 0;
    walk->hurry = NULL;
    walk->probe = false;
    if (walk->max_steps == 0)
        return;
    stand->engine->walk(stand->tree.space, walk);
    search->steps += walk->steps;
    if (walk->found)
        gph_ged_stand_take(stand, walk->best, walk->map);
}

/* Takes in what is finished at the front of the list; true when that ends the round. */
static bool take_front(split_t *split)
{
    gph_ged_stand_t *stand = split->stand;
    gph_ged_search_t *search = stand->search;
    bool ended = false;
    int64_t taken = 0;

    while (!ended && taken < split->list.count && !piece_at(&split->list, taken)->open) {
        piece_t *piece = piece_at(&split->list, taken++);
        ended = search->max_steps > 0 && search->steps + piece->steps > search->max_steps;
        if (ended) {
            cut(split, piece);
            break;
        }
        search->steps += piece->steps;
        if (piece->best < INT64_MAX)
            gph_ged_stand_take(stand, piece->best, map_of(split, piece));
        ended = hits(split, stand->best);
    }
    split->list.count -= taken;
    memmove(split->list.data, piece_at(&split->list, taken),
            split->list.size * (size_t)split->list.count);
    return ended || split->list.count == 0;
}

/* Whether any rank wants to stop. Collective. */
static gph_status_t late(const split_t *split, bool *stop)
{
    int64_t wanted = gph_context_stop_requested(split->context) ||
                     (split->until > 0 && gph_clock_now() > split->until);
    const gph_status_t status = gph_comm_reduce_i64(split->context, GPH_MAX, 1, &wanted);
    *stop = wanted != 0;
    return status;
}

/* gph_ged_cover_fn */
static gph_status_t cover(void *data, gph_ged_stand_t *stand)
{
    gph_status_t status = GPH_OK;
    split_t *split = data;
    const int32_t root = 0;
    const piece_t head = {.bound = stand->tree.bound, .open = true};

    split->list.count = 0;
    GPH_TRY_ALL(split->context, add_piece(&split->list, &head, &root));
    while (!take_front(split)) {
        for (int t = 0; t < split->context->threads; t++)
            split->made[t].count = 0;
        atomic_store(&split->hit, INT64_MAX);
        atomic_store(&split->begun, 0);
        atomic_store(&split->hurry, false);
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
            (void)take_front(split);
            stand->search->stopped = split->list.count > 0;
            stand->lower = open_bound(split);
            break;
        }
    }

cleanup:
    return status;
}

/* --- from pair to result -------------------------------------------------------------------- */

static void split_free(split_t *split)
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
static gph_status_t set_trees(split_t *split, gph_ged_t *ged, const gph_small_graph_t *first,
                              const gph_small_graph_t *second, const gph_ged_options_t *options)
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
static gph_status_t make_room(split_t *split)
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
    const size_t size = (offsetof(piece_t, data) + ints * sizeof(int32_t) + 7) / 8 * 8;
    split->list = gph_array_init(env, size);
    split->next = gph_array_init(env, size);
    const int64_t cells = (int64_t)split->nodes * split->one->problem.side[1].nodes + 1;
    if (split->steps[1] == 0) {
        split->steps[1] = WORK / cells > LEAST_STEPS ? WORK / cells : LEAST_STEPS;
        split->steps[0] = split->steps[1] / FIRST_PART + 1;
    }
    split->most = PIECES_ONCE;
    if (split->stand->tree.rounds)
        split->most = workers == 1 ? 1 : PIECES_THREAD * workers;
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

/* gph_pool_serve_fn: nobody asks. */
static gph_status_t serve_nothing(void *data, const void *request, int64_t bytes,
                                  gph_array_t *reply)
{
    const split_t *split = data;
    (void)request;
    (void)reply;
    return gph_fail(split->context->env, GPH_ERR_INTERNAL,
                    "a request of %" PRId64 " bytes that nobody answers", bytes);
}

/* Searches with one line of progress for all waves. Collective. */
static gph_status_t run_split(split_t *split)
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
    split_t split = {.context = context, .steps = {steps, steps}};
    split.list = split.next =
        gph_array_init(context->env, sizeof(piece_t)); // until its size is known

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
