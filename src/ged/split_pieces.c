/* Pieces of a search tree: a walk through one, what it leaves, and what is finished. */
#include "ged/split.h"

#include <string.h>

/* Frames whose rest becomes a piece of its own, at most, where a walk stops. */
enum { CUTS = 4 };

static int32_t *map_of(const gph_ged_split_t *split, gph_ged_piece_t *piece)
{
    return piece->data + split->nodes + 1;
}

/* --- walks ---------------------------------------------------------------------------------- */

gph_status_t gph_ged_piece_add(gph_array_t *list, const gph_ged_piece_t *head, const int32_t *path)
{
    const int64_t i = list->count;
    const gph_status_t status = gph_array_reserve(list, i + 1 > list->capacity ? 2 * i + 8 : i + 1);
    if (status != GPH_OK)
        return status;
    gph_ged_piece_t *piece = gph_ged_piece_at(list, i);
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
    gph_ged_piece_t head = {
        .place = place, .bound = INT64_MAX, .open = true, .depth = depth, .floor = floor};
    for (int32_t d = floor; d <= depth; d++)
        if (walk->rest[d] != GPH_GED_REST_NONE)
            head.bound = gph_ged_lesser(head.bound, walk->bound[d]);
    const gph_status_t status = gph_ged_piece_add(list, &head, walk->left);
    if (status == GPH_OK && depth < walk->left_depth) // begins with a ban
        gph_ged_piece_at(list, list->count - 1)->data[depth]++;
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
static gph_status_t add_walk(const gph_ged_split_t *split, int64_t place, int32_t floor,
                             const gph_ged_walk_t *walk, gph_array_t *list)
{
    const gph_ged_piece_t head = {.place = place,
                                  .steps = walk->steps,
                                  .best = walk->found ? walk->best : INT64_MAX,
                                  .depth = walk->depth,
                                  .floor = floor}; // as it was: cut() walks the same way
    const gph_status_t status = gph_ged_piece_add(list, &head, walk->path);
    if (status != GPH_OK)
        return status;
    if (walk->found)
        memcpy(map_of(split, gph_ged_piece_at(list, list->count - 1)), walk->map,
               sizeof *walk->map * (size_t)split->nodes);
    return walk->stopped ? add_left(place, walk, list) : GPH_OK;
}

gph_status_t gph_ged_piece_walk(gph_ged_split_t *split, const gph_ged_piece_t *piece,
                                const gph_ged_order_t *order, int64_t place, int thread,
                                int64_t *best)
{
    gph_ged_walk_t *walk = &split->space[thread]->walk;
    walk->path = piece->data;
    walk->depth = piece->depth;
    walk->floor = piece->floor;
    walk->limit = order->limit;
    walk->aim = order->aim;
    walk->max_steps = order->max_steps;
    walk->until = split->until;
    walk->probe = order->probe;
    walk->hurry = order->hurry;
    walk->give = order->give;
    walk->give_data = order->give_data;
    walk->least_steps = split->few_steps;
    split->stand->engine->walk(split->stand[thread].tree.space, walk);
    *best = walk->found ? walk->best : INT64_MAX;
    return add_walk(split, place, piece->floor, walk, &split->made[thread]);
}

/* --- the front of the list ------------------------------------------------------------------ */

int64_t gph_ged_pieces_bound(const gph_ged_split_t *split)
{
    int64_t bound = split->stand->best;
    for (int64_t i = 0; i < split->list.count; i++)
        if (gph_ged_piece_at(&split->list, i)->open)
            bound = gph_ged_lesser(bound, gph_ged_piece_at(&split->list, i)->bound);
    return bound;
}

/* The limit on nodes is reached inside a piece: walks it up to there once more. */
static void cut(gph_ged_split_t *split, const gph_ged_piece_t *piece, int thread)
{
    gph_ged_stand_t *stand = split->stand;
    gph_ged_search_t *search = stand->search;
    gph_ged_walk_t *walk = &split->space[thread]->walk;

    search->stopped = true;
    stand->lower = gph_ged_lesser(gph_ged_pieces_bound(split), stand->tree.bound);
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
    stand->engine->walk(split->stand[thread].tree.space, walk);
    search->steps += walk->steps;
    if (walk->found)
        gph_ged_stand_take(stand, walk->best, walk->map);
}

bool gph_ged_pieces_take(gph_ged_split_t *split, int thread)
{
    gph_ged_stand_t *stand = split->stand;
    gph_ged_search_t *search = stand->search;
    bool ended = false;
    int64_t taken = 0;

    while (!ended && taken < split->list.count && !gph_ged_piece_at(&split->list, taken)->open) {
        gph_ged_piece_t *piece = gph_ged_piece_at(&split->list, taken++);
        ended = search->max_steps > 0 && search->steps + piece->steps > search->max_steps;
        if (ended) {
            cut(split, piece, thread);
            break;
        }
        search->steps += piece->steps;
        if (piece->best < INT64_MAX)
            gph_ged_stand_take(stand, piece->best, map_of(split, piece));
        ended = gph_ged_piece_hits(split, stand->best);
    }
    split->list.count -= taken;
    memmove(split->list.data, gph_ged_piece_at(&split->list, taken),
            split->list.size * (size_t)split->list.count);
    return ended || split->list.count == 0;
}
