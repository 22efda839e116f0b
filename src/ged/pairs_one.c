/* One pair of a collection, the same on all ranks. */
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

/* Computes on this rank. */
static gph_status_t compute_here(const gph_collection_t *collection, const gph_pair_t pair,
                                 const gph_ged_costs_t *costs, const gph_ged_options_t *options,
                                 int32_t *map, told_t *told)
{
    gph_status_t status = GPH_OK;
    gph_ged_t *ged = NULL;
    const gph_small_graph_t *first = &collection->view[pair.a];
    gph_ged_result_t *result = &told->result;

    GPH_TRY(gph_ged_create(collection->context, costs, &ged));
    GPH_TRY(gph_ged_compute(ged, first, &collection->view[pair.b], options, result));
    for (int32_t u = 0; map != NULL && u < first->nodes; u++)
        map[u] = result->map != NULL ? result->map[u] : -1;
    told->digest = pair_digest(result, first->nodes);
    result->map = NULL;

cleanup:
    gph_ged_destroy(&ged);
    return status;
}

gph_status_t gph_ged_pair(const gph_collection_t *collection, int64_t first, int64_t second,
                          const gph_ged_costs_t *costs, const gph_ged_options_t *options,
                          int32_t *map, char digest[GPH_GED_DIGEST_CHARS], gph_ged_result_t *result)
{
    gph_status_t status = GPH_OK;
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
    /* One rank computes: with a time limit, ranks would come to different results. */
    if (context->rank == 0)
        status = compute_here(collection, (gph_pair_t){first, second}, costs, options, map, &told);
    GPH_TRY(gph_comm_agree(context, status));
    GPH_TRY(gph_comm_bcast(context, 0, sizeof told, &told));
    if (map != NULL)
        GPH_TRY(
            gph_comm_bcast(context, 0, collection->view[first].nodes * (int64_t)sizeof *map, map));
    if (digest != NULL)
        gph_digest_format(told.digest, digest);
    *result = told.result;

cleanup:
    return status;
}
