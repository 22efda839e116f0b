/* Folds and sums over nodes and edges. */
#include "graph/iterate.h"

#include "base/sort.h"
#include "par/comm.h"
#include "par/reduce.h"

#include <string.h>

static gph_status_t do_step(gph_visit_t *visit, const void *item, int64_t tile, int thread,
                            bool *done)
{
    (void)thread;
    (void)done;
    void *sum = visit->into + (size_t)tile * visit->size;
    if (visit->edges)
        visit->edge.step(visit->data, item, sum);
    else
        visit->node.step(visit->data, item, sum);
    return GPH_OK;
}

/* The order of all tiles: by their first nodes, also where a graph was placed in another one. */
static gph_status_t order_tiles(const gph_visit_t *visit, gph_pair_t **order)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = visit->graph;
    gph_context_t *context = graph->context;
    gph_gid_t *mine = NULL;
    gph_gid_t *all = NULL;
    int64_t tiles = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, visit->tiles, sizeof *mine, &mine));
    for (int64_t tile = 0; tile < visit->tiles; ++tile) {
        gph_lid_t first = 0;
        gph_lid_t end = 0;
        gph_visit_range(graph, tile, &first, &end);
        mine[tile] = first < end ? gph_graph_number(graph, first) : INT64_MAX;
    }
    GPH_TRY(gph_comm_concat_all(context, visit->tiles, sizeof *mine, mine, &all, &tiles));
    GPH_TRY_ALL(context, gph_alloc(context->env, tiles, sizeof **order, order));
    for (int64_t tile = 0; tile < tiles; ++tile)
        (*order)[tile] = (gph_pair_t){all[tile], tile};
    GPH_TRY_ALL(context, gph_sort_pairs(context->env, tiles, *order, NULL));

cleanup:
    gph_free(mine);
    gph_free(all);
    return status;
}

/* Joins the sums of all tiles, in order, on every rank. Collective. */
static gph_status_t join_tiles(const gph_visit_t *visit, const void *zero, void *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = visit->graph->context;
    unsigned char *all = NULL;
    gph_pair_t *order = NULL;
    int64_t tiles = 0;

    GPH_TRY(order_tiles(visit, &order));
    GPH_TRY(gph_comm_concat_all(context, visit->tiles, visit->size, visit->into, &all, &tiles));
    memcpy(result, zero, visit->size);
    for (int64_t tile = 0; tile < tiles; ++tile)
        visit->join(visit->data, result, all + (size_t)order[tile].b * visit->size);

cleanup:
    gph_free(order);
    gph_free(all);
    return status;
}

static gph_status_t fold(const gph_graph_t *graph, bool sound, void *data, gph_visit_t visit,
                         const void *zero, void *result)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_visit_begin(graph, sound && visit.size > 0, data, do_step, &visit));
    GPH_TRY_ALL(graph->context,
                gph_alloc(graph->context->env, visit.tiles, visit.size, &visit.into));
    for (int64_t tile = 0; tile < visit.tiles; ++tile)
        memcpy(visit.into + (size_t)tile * visit.size, zero, visit.size);
    GPH_TRY_ALL(graph->context, gph_visit_all(&visit));
    GPH_TRY(join_tiles(&visit, zero, result));

cleanup:
    gph_free(visit.into);
    return status;
}

gph_status_t gph_graph_fold_nodes(const gph_graph_t *graph, gph_node_step *step,
                                  gph_fold_join *join, void *data, size_t size, const void *zero,
                                  void *result)
{
    const bool sound = step != NULL && join != NULL && zero != NULL && result != NULL;
    return fold(graph, sound, data, (gph_visit_t){.node.step = step, .join = join, .size = size},
                zero, result);
}

gph_status_t gph_graph_fold_edges(const gph_graph_t *graph, gph_edge_step *step,
                                  gph_fold_join *join, void *data, size_t size, const void *zero,
                                  void *result)
{
    const bool sound = step != NULL && join != NULL && zero != NULL && result != NULL;
    return fold(graph, sound, data,
                (gph_visit_t){.edges = true, .edge.step = step, .join = join, .size = size}, zero,
                result);
}

static gph_status_t do_sum(gph_visit_t *visit, const void *item, int64_t tile, int thread,
                           bool *done)
{
    (void)tile;
    (void)done;
    gph_sum_add((gph_sum_t *)visit->sums + thread, visit->edges
                                                       ? visit->edge.value(visit->data, item)
                                                       : visit->node.value(visit->data, item));
    return GPH_OK;
}

static gph_status_t sum_all(const gph_graph_t *graph, bool sound, void *data, gph_visit_t visit,
                            double *result)
{
    gph_status_t status = GPH_OK;
    gph_sum_t *sums = NULL; /* [threads] */

    GPH_TRY(gph_visit_begin(graph, sound, data, do_sum, &visit));
    gph_context_t *context = graph->context;
    GPH_TRY_ALL(context, gph_calloc(context->env, context->threads, sizeof *sums, &sums));
    visit.sums = sums;
    GPH_TRY_ALL(context, gph_visit_all(&visit));
    for (int t = 1; t < context->threads; ++t)
        gph_sum_merge(&sums[0], &sums[t]);
    GPH_TRY(gph_reduce_exact(context, 1, sums));
    *result = gph_sum_f64(sums);

cleanup:
    gph_free(sums);
    return status;
}

gph_status_t gph_graph_sum_nodes(const gph_graph_t *graph, gph_node_value *value, void *data,
                                 double *sum)
{
    return sum_all(graph, value != NULL && sum != NULL, data, (gph_visit_t){.node.value = value},
                   sum);
}

gph_status_t gph_graph_sum_edges(const gph_graph_t *graph, gph_edge_value *value, void *data,
                                 double *sum)
{
    return sum_all(graph, value != NULL && sum != NULL, data,
                   (gph_visit_t){.edges = true, .edge.value = value}, sum);
}
