/* One pair of a collection, the same on all ranks. */
#include "ged/methods.h"
#include "ged/pairs.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>

/* What the ranks are told of a pair. */
typedef struct told {
    gph_ged_result_t result;
    gph_digest_t digest;
} told_t;

/* Digest of bounds and mapping. */
static gph_digest_t pair_digest(const gph_ged_result_t *result, int32_t nodes)
{
    const double bound[2] = {result->lower, result->upper};
    gph_digest_t sum = gph_digest_item(0, bound, sizeof bound);
    if (result->map != NULL)
        gph_digest_add(&sum, gph_digest_item(1, result->map, (size_t)nodes * sizeof *result->map));
    return sum;
}

/* Distances are searched by all ranks; rank 0 does whatever is soon done. Collective. */
static gph_status_t compute(gph_context_t *context, gph_ged_t *ged,
                            const gph_small_graph_t *const graph[2],
                            const gph_ged_options_t *options, int32_t *map, told_t *told)
{
    gph_status_t status = GPH_OK;
    gph_ged_result_t *result = &told->result;

    if (options->method == GPH_GED_EXACT)
        GPH_TRY(gph_ged_split(context, ged, graph[0], graph[1], options, 0, result));
    else if (context->rank == 0)
        status = gph_ged_compute(ged, graph[0], graph[1], options, result);
    GPH_TRY(gph_comm_agree(context, status));
    if (context->rank != 0)
        return status;
    for (int32_t u = 0; map != NULL && u < graph[0]->nodes; u++)
        map[u] = result->map != NULL ? result->map[u] : -1;
    told->digest = pair_digest(result, graph[0]->nodes);

cleanup:
    return status;
}

gph_status_t gph_ged_pair(const gph_collection_t *collection, int64_t first, int64_t second,
                          const gph_ged_costs_t *costs, const gph_ged_options_t *options,
                          int32_t *map, char digest[GPH_GED_DIGEST_CHARS], gph_ged_result_t *result)
{
    gph_status_t status = GPH_OK;
    const gph_ged_options_t standard = gph_ged_options_default();
    gph_ged_t *ged = NULL;
    told_t told;

    if (collection == NULL || result == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    const int64_t count = collection->set.count;
    memset(&told, 0, sizeof told);
    if (first < 0 || first >= count || second < 0 || second >= count)
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE,
                         "graphs %" PRId64 " and %" PRId64 " of a collection of %" PRId64, first,
                         second, count));
    const gph_small_graph_t *const graph[2] = {&collection->view[first], &collection->view[second]};
    GPH_TRY_ALL(context, gph_ged_create(context, costs, &ged));
    GPH_TRY(compute(context, ged, graph, options != NULL ? options : &standard, map, &told));
    told.result.map = NULL;
    GPH_TRY(gph_comm_bcast(context, 0, sizeof told, &told));
    if (map != NULL)
        GPH_TRY(gph_comm_bcast(context, 0, graph[0]->nodes * (int64_t)sizeof *map, map));
    if (digest != NULL)
        gph_digest_format(told.digest, digest);
    *result = told.result;

cleanup:
    gph_ged_destroy(&ged);
    return status;
}
