/* Credits to owners: one exchange, exact sums. */
#include "clique/vertex_counts.h"

#include "par/comm.h"

/* Credits ordered by receiver. */
static gph_status_t pack(const gph_graph_t *graph, const gph_array_t *credits, int64_t *send_count,
                         gph_credit_t **packed)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = graph->context;
    const gph_credit_t *credit = credits->data;
    int64_t *cursor = NULL;

    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof *cursor, &cursor));
    GPH_TRY(gph_alloc(context->env, credits->count, sizeof **packed, packed));
    for (int64_t i = 0; i < credits->count; ++i)
        send_count[gph_tiles_owner(&graph->tiles, context->ranks, credit[i].vertex)] += 1;
    for (int r = 1; r < context->ranks; ++r)
        cursor[r] = cursor[r - 1] + send_count[r - 1];
    for (int64_t i = 0; i < credits->count; ++i)
        (*packed)[cursor[gph_tiles_owner(&graph->tiles, context->ranks, credit[i].vertex)]++] =
            credit[i];

cleanup:
    gph_free(cursor);
    return status;
}

gph_status_t gph_vertex_counts(const gph_graph_t *graph, const gph_array_t *credits,
                               gph_count_t **counts)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t *count = NULL; /* [2 × ranks] sent, received */
    gph_credit_t *packed = NULL;
    gph_credit_t *got = NULL;
    gph_count_t *made = NULL;
    int64_t arrived = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, pack(graph, credits, count, &packed));
    GPH_TRY_ALL(context, gph_calloc(context->env, graph->owned, sizeof *made, &made));
    GPH_TRY(
        gph_comm_exchange(context, sizeof *packed, packed, count, &got, count + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += count[context->ranks + r];
    for (int64_t i = 0; i < arrived; ++i)
        made[got[i].vertex - graph->first] += (gph_count_t)got[i].high << 64 | got[i].low;
    *counts = made;
    made = NULL;

cleanup:
    gph_free(count);
    gph_free(packed);
    gph_free(got);
    gph_free(made);
    return status;
}
