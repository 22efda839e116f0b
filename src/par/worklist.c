/* Work lists: what is left of the tiles, and how ranks share it at first. */
#include "par/pool.h"

gph_status_t gph_worklist_make(const gph_context_t *context, const gph_tiles_t *tiles,
                               const int64_t *done, gph_worklist_t *list)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    gph_worklist_t made = {0};
    gph_count_t total = 0;
    gph_count_t sum = 0;
    int64_t entry = 0;

    for (int64_t t = 0; t < tiles->count; ++t)
        made.count += done == NULL || !done[t];
    GPH_TRY(gph_alloc(env, made.count, sizeof *made.tile, &made.tile));
    GPH_TRY(gph_alloc(env, made.count, sizeof *made.cost, &made.cost));
    GPH_TRY(gph_calloc(env, context->ranks + 1, sizeof *made.rank_first, &made.rank_first));
    for (int64_t t = 0; t < tiles->count; ++t) {
        if (done != NULL && done[t])
            continue;
        made.tile[entry] = t;
        made.cost[entry++] = tiles->cost[t];
        total += (uint64_t)tiles->cost[t];
    }
    entry = 0;
    for (int r = 1; r < context->ranks; ++r) {
        while (entry < made.count &&
               (sum + (uint64_t)made.cost[entry] / 2) * (unsigned)context->ranks <
                   total * (unsigned)r)
            sum += (uint64_t)made.cost[entry++];
        made.rank_first[r] = entry;
    }
    made.rank_first[context->ranks] = made.count;
    *list = made;
    made = (gph_worklist_t){0};

cleanup:
    gph_worklist_free(&made);
    return status;
}

void gph_worklist_free(gph_worklist_t *list)
{
    gph_free(list->tile);
    gph_free(list->cost);
    gph_free(list->rank_first);
    *list = (gph_worklist_t){0};
}
