/* Iteration with a yes or no: filter, count, find, any, all. */
#include "graph/iterate.h"

#include "par/comm.h"

#include <stdatomic.h>
#include <string.h>

static bool passes(const gph_visit_t *visit, const void *item)
{
    const bool yes =
        visit->edges ? visit->edge.test(visit->data, item) : visit->node.test(visit->data, item);
    return yes != visit->negate;
}

/* Writes what passes from the start of its tile on; count[tile] is how many. */
static gph_status_t do_filter(gph_visit_t *visit, const void *item, int64_t tile, int thread,
                              bool *done)
{
    (void)thread;
    (void)done;
    if (!passes(visit, item))
        return GPH_OK;
    if (visit->edges) {
        const gph_graph_edge_t *edge = item;
        const int64_t at = visit->first_edge[tile] + visit->count[tile]++;
        visit->kept[2 * at] = edge->u;
        visit->kept[2 * at + 1] = edge->v;
    } else {
        gph_lid_t first = 0;
        gph_lid_t end = 0;
        gph_visit_range(visit->graph, tile, &first, &end);
        visit->kept[first + visit->count[tile]++] = ((const gph_graph_node_t *)item)->number;
    }
    return GPH_OK;
}

/* Closes the gaps between what the tiles kept; returns how much that is. */
static int64_t close_gaps(const gph_visit_t *visit)
{
    const size_t width = visit->edges ? 2 : 1;
    int64_t kept = 0;

    for (int64_t tile = 0; tile < visit->tiles; ++tile) {
        gph_lid_t first = 0;
        gph_lid_t end = 0;
        gph_visit_range(visit->graph, tile, &first, &end);
        const int64_t from = visit->edges ? visit->first_edge[tile] : first;
        if (visit->count[tile] > 0)
            memmove(visit->kept + (size_t)kept * width, visit->kept + (size_t)from * width,
                    (size_t)visit->count[tile] * width * sizeof *visit->kept);
        kept += visit->count[tile];
    }
    return kept;
}

static gph_status_t filter(const gph_graph_t *graph, bool sound, void *data, gph_visit_t visit,
                           int64_t *count, int64_t *first, int64_t *total)
{
    gph_status_t status = GPH_OK;
    int64_t before = 0;
    int64_t all = 0;

    GPH_TRY(gph_visit_begin(graph, sound, data, do_filter, &visit));
    GPH_TRY_ALL(graph->context,
                gph_calloc(graph->context->env, visit.tiles, sizeof *visit.count, &visit.count));
    if (visit.edges)
        GPH_TRY_ALL(graph->context, gph_visit_number_edges(&visit));
    GPH_TRY_ALL(graph->context, gph_visit_all(&visit));
    const int64_t kept = close_gaps(&visit);
    GPH_TRY(gph_comm_scan_i64(graph->context, 1, &kept, &before, &all));
    *count = kept;
    if (first != NULL)
        *first = before;
    if (total != NULL)
        *total = all;

cleanup:
    gph_free(visit.first_edge);
    gph_free(visit.count);
    return status;
}

gph_status_t gph_graph_filter_nodes(const gph_graph_t *graph, gph_node_test *test, void *data,
                                    gph_gid_t *kept, int64_t *count, int64_t *first, int64_t *total)
{
    const bool sound =
        test != NULL && count != NULL && (kept != NULL || gph_graph_owned(graph) == 0);
    return filter(graph, sound, data, (gph_visit_t){.node.test = test, .kept = kept}, count, first,
                  total);
}

gph_status_t gph_graph_filter_edges(const gph_graph_t *graph, gph_edge_test *test, void *data,
                                    gph_gid_t *kept, int64_t *count, int64_t *first, int64_t *total)
{
    const bool sound =
        test != NULL && count != NULL && (kept != NULL || gph_graph_owned_edges(graph) == 0);
    return filter(graph, sound, data, (gph_visit_t){.edges = true, .edge.test = test, .kept = kept},
                  count, first, total);
}

static gph_status_t do_count(gph_visit_t *visit, const void *item, int64_t tile, int thread,
                             bool *done)
{
    (void)thread;
    (void)done;
    visit->count[tile] += passes(visit, item);
    return GPH_OK;
}

static gph_status_t count_all(const gph_graph_t *graph, bool sound, void *data, gph_visit_t visit,
                              int64_t *count)
{
    gph_status_t status = GPH_OK;
    int64_t sum = 0;

    GPH_TRY(gph_visit_begin(graph, sound, data, do_count, &visit));
    GPH_TRY_ALL(graph->context,
                gph_calloc(graph->context->env, visit.tiles, sizeof *visit.count, &visit.count));
    GPH_TRY_ALL(graph->context, gph_visit_all(&visit));
    for (int64_t tile = 0; tile < visit.tiles; ++tile)
        sum += visit.count[tile];
    GPH_TRY(gph_comm_reduce_i64(graph->context, GPH_SUM, 1, &sum));
    *count = sum;

cleanup:
    gph_free(visit.count);
    return status;
}

gph_status_t gph_graph_count_nodes(const gph_graph_t *graph, gph_node_test *test, void *data,
                                   int64_t *count)
{
    return count_all(graph, test != NULL && count != NULL, data, (gph_visit_t){.node.test = test},
                     count);
}

gph_status_t gph_graph_count_edges(const gph_graph_t *graph, gph_edge_test *test, void *data,
                                   int64_t *count)
{
    return count_all(graph, test != NULL && count != NULL, data,
                     (gph_visit_t){.edges = true, .edge.test = test}, count);
}

/* Keeps the first item of a tile that passes, and tells tiles above it to stay away. */
static gph_status_t do_find(gph_visit_t *visit, const void *item, int64_t tile, int thread,
                            bool *done)
{
    (void)thread;
    int64_t lowest = atomic_load_explicit(&visit->hit, memory_order_relaxed);
    if (visit->search && tile > lowest) {
        *done = true;
        return GPH_OK;
    }
    if (!passes(visit, item))
        return GPH_OK;
    *done = true;
    if (visit->edges) {
        const gph_graph_edge_t *edge = item;
        visit->kept[2 * tile] = edge->u;
        visit->kept[2 * tile + 1] = edge->v;
    } else {
        visit->kept[2 * tile] = ((const gph_graph_node_t *)item)->number;
    }
    while (tile < lowest &&
           !atomic_compare_exchange_weak_explicit(&visit->hit, &lowest, tile, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
    return GPH_OK;
}

/* True when an item comes before another one, or there is no other. */
static bool is_before(const gph_gid_t *item, const gph_gid_t *other)
{
    return item[0] >= 0 &&
           (other[0] < 0 || item[0] < other[0] || (item[0] == other[0] && item[1] < other[1]));
}

/* pair receives the first item over all ranks, or (-1, -1). */
static gph_status_t find(const gph_graph_t *graph, bool sound, void *data, gph_visit_t visit,
                         gph_gid_t pair[2])
{
    gph_status_t status = GPH_OK;
    gph_gid_t best[2] = {-1, -1};
    gph_gid_t *all = NULL;

    GPH_TRY(gph_visit_begin(graph, sound, data, do_find, &visit));
    gph_context_t *context = graph->context;
    /* Tiles ascend, unless the graph was placed in another order. */
    visit.search = graph->origin == NULL;
    GPH_TRY_ALL(context, gph_alloc(context->env, 2 * visit.tiles, sizeof *visit.kept, &visit.kept));
    GPH_TRY_ALL(context, gph_alloc(context->env, 2 * (int64_t)context->ranks, sizeof *all, &all));
    for (int64_t i = 0; i < 2 * visit.tiles; ++i)
        visit.kept[i] = -1;
    GPH_TRY_ALL(context, gph_visit_all(&visit));
    for (int64_t tile = 0; tile < visit.tiles; ++tile)
        if (is_before(visit.kept + 2 * tile, best))
            memcpy(best, visit.kept + 2 * tile, sizeof best);
    GPH_TRY(gph_comm_gather_all(context, sizeof best, best, all));
    for (int r = 0; r < context->ranks; ++r)
        if (is_before(all + 2 * (size_t)r, best))
            memcpy(best, all + 2 * (size_t)r, sizeof best);
    memcpy(pair, best, sizeof best);

cleanup:
    gph_free(visit.kept);
    gph_free(all);
    return status;
}

gph_status_t gph_graph_find_node(const gph_graph_t *graph, gph_node_test *test, void *data,
                                 gph_gid_t *number)
{
    gph_gid_t pair[2] = {-1, -1};
    const gph_status_t status =
        find(graph, test != NULL && number != NULL, data, (gph_visit_t){.node.test = test}, pair);
    if (status == GPH_OK)
        *number = pair[0];
    return status;
}

gph_status_t gph_graph_find_edge(const gph_graph_t *graph, gph_edge_test *test, void *data,
                                 gph_gid_t *u, gph_gid_t *v)
{
    gph_gid_t pair[2] = {-1, -1};
    const gph_status_t status = find(graph, test != NULL && u != NULL && v != NULL, data,
                                     (gph_visit_t){.edges = true, .edge.test = test}, pair);
    if (status == GPH_OK) {
        *u = pair[0];
        *v = pair[1];
    }
    return status;
}

/* True in *found when an item passes. */
static gph_status_t exists(const gph_graph_t *graph, bool sound, void *data, gph_visit_t visit,
                           bool *found)
{
    gph_gid_t pair[2] = {-1, -1};
    const gph_status_t status = find(graph, sound, data, visit, pair);
    if (status == GPH_OK)
        *found = (pair[0] >= 0) != visit.negate;
    return status;
}

gph_status_t gph_graph_any_node(const gph_graph_t *graph, gph_node_test *test, void *data,
                                bool *any)
{
    return exists(graph, test != NULL && any != NULL, data, (gph_visit_t){.node.test = test}, any);
}

gph_status_t gph_graph_all_nodes(const gph_graph_t *graph, gph_node_test *test, void *data,
                                 bool *all)
{
    return exists(graph, test != NULL && all != NULL, data,
                  (gph_visit_t){.node.test = test, .negate = true}, all);
}

gph_status_t gph_graph_any_edge(const gph_graph_t *graph, gph_edge_test *test, void *data,
                                bool *any)
{
    return exists(graph, test != NULL && any != NULL, data,
                  (gph_visit_t){.edges = true, .edge.test = test}, any);
}

gph_status_t gph_graph_all_edges(const gph_graph_t *graph, gph_edge_test *test, void *data,
                                 bool *all)
{
    return exists(graph, test != NULL && all != NULL, data,
                  (gph_visit_t){.edges = true, .edge.test = test, .negate = true}, all);
}
