/**
 * @file clique_forecast.h
 * What a search for cliques would take on more ranks than there are.
 */
#ifndef GPH_CLIQUE_FORECAST_H
#define GPH_CLIQUE_FORECAST_H

#include "gph/clique.h"
#include "gph/dist_forecast.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Forecast of gph_clique_find() on a number of ranks; the graph is ordered and oriented, not
 * searched. Collective. Of each rank:
 *   work      what the search expects of its tiles, in units of about a nanosecond of a core; the
 *             machine's rate is in these units. Ranks that run dry take tiles of others, so a
 *             search is even where tiles are many
 *   sent      requests, 8 bytes for each row that it needs and does not hold
 *   received  these rows, each once; a search in several batches, or with tiles of others, fetches
 *             some of them again
 *   messages  0: they depend on batches; `talk` counts bytes alone
 *   memory    its rows and those that it fetches
 * @param options  k, max_k, order and tiles count; the rest is ignored
 * @param ranks    1..GPH_PARTS_MAX
 * @param per_rank [ranks] receives the forecast of each, or NULL
 * @return GPH_ERR_USAGE for numbers that make no sense; GPH_ERR_MEMORY
 * Cost: order and orientation as in a search, and one pass over the oriented edges.
 */
GPH_API gph_status_t gph_clique_forecast(const gph_graph_t *graph,
                                         const gph_clique_options_t *options, int64_t ranks,
                                         const gph_machine_t *machine, gph_forecast_t *forecast,
                                         gph_forecast_rank_t *per_rank);

#ifdef __cplusplus
}
#endif

#endif
