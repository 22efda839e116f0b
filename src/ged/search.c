/* The whole search of a pair: rounds with a rising limit, or one search with a falling one. */
#include "ged/search.h"

#include <math.h>
#include <string.h>

gph_status_t gph_ged_stand_begin(gph_ged_search_t *search, gph_ged_stand_t *stand)
{
    gph_ged_stand_t made = {.search = search, .engine = gph_ged_engine_choose(search->problem)};
    const gph_status_t status = made.engine->begin(search, &made.tree);
    if (status != GPH_OK)
        return status;
    const double wanted = search->limit * made.tree.units;
    made.most = wanted < (double)made.tree.most ? (int64_t)floor(wanted) : made.tree.most;
    made.best = made.tree.best;
    search->steps = 0;
    search->stopped = false;
    *stand = made;
    return GPH_OK;
}

void gph_ged_stand_take(gph_ged_stand_t *stand, int64_t cost, const int32_t *map)
{
    if (cost > gph_ged_below(stand->best, stand->tree.grain, stand->tree.exact))
        return;
    stand->best = cost;
    memcpy(stand->search->map, map, sizeof *map * (size_t)stand->search->problem->side[0].nodes);
}

/* Hardly anything above the distance is looked at. Returns a lower bound. */
static gph_status_t run_rounds(gph_ged_stand_t *stand, gph_ged_cover_fn *cover, void *data)
{
    gph_status_t status = GPH_OK;
    stand->limit = gph_ged_whole(stand->tree.bound, stand->tree.grain);
    while (status == GPH_OK && stand->best > stand->limit && stand->limit <= stand->most) {
        status = cover(data, stand);
        if (stand->search->stopped || stand->best <= stand->limit)
            break;
        stand->limit += stand->tree.grain;
    }
    stand->lower = stand->limit;
    return status;
}

static gph_status_t run_once(gph_ged_stand_t *stand, gph_ged_cover_fn *cover, void *data)
{
    gph_status_t status = GPH_OK;
    const int64_t start = gph_ged_below(stand->best, stand->tree.grain, stand->tree.exact);
    stand->limit = start < stand->most ? start : stand->most;
    stand->lower = stand->tree.bound;
    if (stand->tree.bound > stand->limit)
        return GPH_OK;
    status = cover(data, stand);
    if (!stand->search->stopped)
        stand->lower = stand->best <= stand->most ? stand->best : stand->most + 1;
    return status;
}

/* One round, up to the first mapping within what is wanted. Where costs are rounded, one that
 * counts as equal to that asks for a second round, of what is below it beyond doubt. */
static gph_status_t run_decision(gph_ged_stand_t *stand, gph_ged_cover_fn *cover, void *data)
{
    gph_status_t status = GPH_OK;
    const gph_ged_tree_t *tree = &stand->tree;
    const int64_t bound = tree->exact ? gph_ged_whole(tree->bound, tree->grain) : tree->bound;
    const int64_t surely =
        tree->exact ? stand->most : gph_ged_below(stand->most, tree->grain, false);
    const int64_t limit = gph_ged_equal(stand->most, tree->grain, tree->exact);
    bool open = stand->best > surely && bound <= limit;
    stand->limit = stand->best > limit ? limit : surely;
    while (open) {
        status = cover(data, stand);
        open = status == GPH_OK && !stand->search->stopped && stand->limit > surely &&
               stand->best <= limit && stand->best > surely;
        if (open)
            stand->limit = surely;
    }
    stand->lower = bound;
    if (stand->search->stopped || stand->best <= surely)
        return status;
    stand->lower = stand->best; // counts as equal to what is wanted, and nothing is below it
    if (stand->best > limit)
        stand->lower = gph_ged_whole(limit + 1, tree->exact ? tree->grain : 1);
    return status;
}

gph_status_t gph_ged_stand_run(gph_ged_stand_t *stand, gph_ged_cover_fn *cover, void *data)
{
    gph_ged_search_t *search = stand->search;
    const gph_status_t status = search->decide       ? run_decision(stand, cover, data)
                                : stand->tree.rounds ? run_rounds(stand, cover, data)
                                                     : run_once(stand, cover, data);
    const int64_t lower = stand->lower < stand->best ? stand->lower : stand->best;
    search->lower = (double)lower / stand->tree.units;
    search->upper = (double)stand->best / stand->tree.units;
    return status;
}

int64_t gph_ged_walk_bytes(int32_t nodes)
{
    return gph_arena_bytes(nodes, sizeof(int32_t)) + gph_arena_bytes(nodes + 1, sizeof(int32_t)) +
           gph_arena_bytes(nodes + 1, sizeof(int64_t)) +
           gph_arena_bytes(nodes + 1, sizeof(gph_ged_rest_t));
}

void gph_ged_walk_carve(gph_arena_t *arena, int32_t nodes, gph_ged_walk_t *walk)
{
    walk->map = gph_arena_take(arena, nodes, sizeof(int32_t));
    walk->left = gph_arena_take(arena, nodes + 1, sizeof(int32_t));
    walk->bound = gph_arena_take(arena, nodes + 1, sizeof(int64_t));
    walk->rest = gph_arena_take(arena, nodes + 1, sizeof(gph_ged_rest_t));
}

/* gph_ged_cover_fn: the tree in one walk. data: the walk with its arrays. */
static gph_status_t cover_whole(void *data, gph_ged_stand_t *stand)
{
    gph_ged_walk_t *walk = data;
    gph_ged_search_t *search = stand->search;
    walk->limit = stand->limit;
    walk->aim = gph_ged_below(stand->best, stand->tree.grain, stand->tree.exact);
    walk->max_steps = search->max_steps > 0 ? search->max_steps - search->steps : 0;
    walk->until = search->until;
    if (search->max_steps > 0 && walk->max_steps == 0) { // used up by the rounds before
        search->stopped = true;
        stand->lower = stand->tree.bound;
        return GPH_OK;
    }
    stand->engine->walk(stand->tree.space, walk);
    search->steps += walk->steps;
    search->stopped = walk->stopped;
    if (walk->found)
        gph_ged_stand_take(stand, walk->best, walk->map);
    stand->lower =
        stand->best; // all that is open lies in the frames on the way to where it stopped
    for (int d = 0; walk->stopped && d <= walk->left_depth; d++)
        stand->lower = walk->bound[d] < stand->lower ? walk->bound[d] : stand->lower;
    return GPH_OK;
}

gph_status_t gph_ged_search_whole(gph_ged_search_t *search, gph_ged_walk_t *walk)
{
    gph_ged_stand_t stand;
    const gph_status_t status = gph_ged_stand_begin(search, &stand);
    if (status != GPH_OK)
        return status;
    walk->depth = -1;
    walk->floor = 0;
    walk->hurry = NULL;
    walk->probe = false;
    return gph_ged_stand_run(&stand, cover_whole, walk);
}
