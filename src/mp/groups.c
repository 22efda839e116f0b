/* Counting labels, at the ranks whose even block of numbers holds them. */
#include "mp/groups.h"

#include "par/comm.h"

/* Joins neighbours of the same label; returns how many are left. part is sorted. */
static int64_t join_same(int64_t parts, gph_pair_t *part)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < parts; ++i) {
        if (kept > 0 && part[kept - 1].a == part[i].a)
            part[kept - 1].b += part[i].b;
        else
            part[kept++] = part[i];
    }
    return kept;
}

gph_status_t gph_mp_count_groups(const gph_graph_t *graph, int64_t parts, gph_pair_t *part,
                                 int64_t *groups, int64_t *largest)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int ranks = context->ranks;
    gph_pair_t *heard = NULL;
    int64_t *count = NULL;
    int64_t total = 0;
    int64_t most = 0;

    GPH_TRY_ALL(context, gph_sort_pairs(context->env, parts, part, NULL));
    parts = join_same(parts, part);
    GPH_TRY_ALL(context, gph_calloc(context->env, 2 * (int64_t)ranks, sizeof *count, &count));
    for (int64_t i = 0; i < parts; ++i)
        count[gph_block_owner(graph->vertices, ranks, part[i].a)] += 1;
    GPH_TRY(gph_comm_exchange(context, sizeof *part, part, count, &heard, count + ranks));
    for (int r = 0; r < ranks; ++r)
        total += count[ranks + r];
    GPH_TRY_ALL(context, gph_sort_pairs(context->env, total, heard, NULL));
    total = join_same(total, heard);
    for (int64_t i = 0; i < total; ++i)
        most = heard[i].b > most ? heard[i].b : most;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &total));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &most));
    *groups = total;
    *largest = most;

cleanup:
    gph_free(heard);
    gph_free(count);
    return status;
}
