/* Parallel iteration: every operation is a visit of tiles with another function for an item. */
#include "graph/iterate.h"

#include "base/sort.h"
#include "par/comm.h"
#include "par/reduce.h"
#include "par/team.h"

#include <stdatomic.h>
#include <string.h>

/* Nodes and neighbours below which one thread works alone: the team would cost more. */
enum { ALONE_BELOW = 4096 };

/* --- items ---------------------------------------------------------------------------------- */

gph_lid_t gph_graph_owned(const gph_graph_t *graph)
{
    return graph != NULL ? graph->owned : 0;
}

gph_graph_node_t gph_graph_node(const gph_graph_t *graph, gph_lid_t local)
{
    gph_graph_node_t node = {
        .number = gph_graph_number(graph, local),
        .id = gph_graph_id(graph, local),
        .local = local,
        .degree = graph->offset[local + 1] - graph->offset[local],
    };
    if (graph->type != NULL)
        node.type = (gph_node_type_t)(graph->type[local] & ~GPH_NODE_GROUPED);
    if (graph->names.offset != NULL) {
        node.name = graph->names.bytes + graph->names.offset[local];
        node.name_length = graph->names.offset[local + 1] - graph->names.offset[local];
    }
    return node;
}

gph_graph_neighbour_t gph_graph_neighbour(const gph_graph_t *graph, gph_lid_t local, int64_t index)
{
    const gph_off_t i = graph->offset[local] + index;
    const int direction = graph->direction ? graph->direction[i] : GPH_ARC_OUT | GPH_ARC_IN;
    return (gph_graph_neighbour_t){
        .number = gph_graph_number(graph, graph->adjacent[i]),
        .out = (direction & GPH_ARC_OUT) != 0,
        .in = (direction & GPH_ARC_IN) != 0,
        .weight = graph->weight ? graph->weight[i] : 1,
    };
}

/* First place in the row of a node whose neighbour has a higher number: from there on, edges are
 * visited here. */
static gph_off_t first_higher(const gph_graph_t *graph, gph_lid_t local)
{
    const gph_gid_t own = gph_graph_number(graph, local);
    gph_off_t low = graph->offset[local];
    gph_off_t high = graph->offset[local + 1];
    while (low < high) {
        const gph_off_t middle = low + (high - low) / 2;
        if (gph_graph_number(graph, graph->adjacent[middle]) < own)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t gph_graph_owned_edges(const gph_graph_t *graph)
{
    int64_t edges = 0;
    for (gph_lid_t v = 0; graph != NULL && v < graph->owned; ++v)
        edges += graph->offset[v + 1] - first_higher(graph, v);
    return edges;
}

static gph_graph_edge_t edge_at(const gph_graph_t *graph, gph_lid_t local, gph_off_t i)
{
    const int direction = graph->direction ? graph->direction[i] : GPH_ARC_OUT | GPH_ARC_IN;
    return (gph_graph_edge_t){
        .u = gph_graph_number(graph, local),
        .v = gph_graph_number(graph, graph->adjacent[i]),
        .local = -1,
        .forward = (direction & GPH_ARC_OUT) != 0,
        .backward = (direction & GPH_ARC_IN) != 0,
        .weight = graph->weight ? graph->weight[i] : 1,
    };
}

/* --- a visit -------------------------------------------------------------------------------- */

/* Owned nodes of a tile of this rank. */
void gph_visit_range(const gph_graph_t *graph, int64_t tile, gph_lid_t *begin, gph_lid_t *end)
{
    const int64_t at = graph->tiles.rank_tile[graph->context->rank] + tile;
    *begin = (gph_lid_t)(graph->tiles.start[at] - graph->first);
    *end = (gph_lid_t)(graph->tiles.start[at + 1] - graph->first);
}

static gph_status_t visit_nodes(gph_visit_t *visit, int64_t tile, int thread)
{
    gph_status_t status = GPH_OK;
    gph_lid_t begin = 0;
    gph_lid_t end = 0;
    bool done = false;

    gph_visit_range(visit->graph, tile, &begin, &end);
    for (gph_lid_t v = begin; v < end && !done && status == GPH_OK; ++v) {
        const gph_graph_node_t node = gph_graph_node(visit->graph, v);
        status = visit->item(visit, &node, tile, thread, &done);
    }
    return status;
}

static gph_status_t visit_edges(gph_visit_t *visit, int64_t tile, int thread)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = visit->graph;
    int64_t local = visit->first_edge != NULL ? visit->first_edge[tile] : 0;
    gph_lid_t begin = 0;
    gph_lid_t end = 0;
    bool done = false;

    gph_visit_range(graph, tile, &begin, &end);
    for (gph_lid_t v = begin; v < end && !done && status == GPH_OK; ++v) {
        for (gph_off_t i = first_higher(graph, v);
             i < graph->offset[v + 1] && !done && status == GPH_OK; ++i) {
            gph_graph_edge_t edge = edge_at(graph, v, i);
            edge.local = local++;
            status = visit->item(visit, &edge, tile, thread, &done);
        }
    }
    return status;
}

static gph_status_t visit_tile(void *data, int64_t tile, int thread)
{
    gph_visit_t *visit = data;
    if (visit->search && tile > atomic_load_explicit(&visit->hit, memory_order_relaxed))
        return GPH_OK;
    return visit->edges ? visit_edges(visit, tile, thread) : visit_nodes(visit, tile, thread);
}

gph_status_t gph_visit_all(gph_visit_t *visit)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = visit->graph;

    if (graph->owned + graph->offset[graph->owned] >= ALONE_BELOW)
        return gph_team_run(graph->context, visit->tiles, visit_tile, visit);
    for (int64_t tile = 0; tile < visit->tiles && status == GPH_OK; ++tile)
        status = visit_tile(visit, tile, 0);
    return status;
}

static gph_status_t count_edges_of_tile(void *data, int64_t tile, int thread)
{
    gph_visit_t *visit = data;
    gph_lid_t begin = 0;
    gph_lid_t end = 0;
    int64_t edges = 0;

    (void)thread;
    gph_visit_range(visit->graph, tile, &begin, &end);
    for (gph_lid_t v = begin; v < end; ++v)
        edges += visit->graph->offset[v + 1] - first_higher(visit->graph, v);
    visit->first_edge[tile] = edges;
    return GPH_OK;
}

/* Numbers the edges of this rank: how many come before each tile. Local. */
gph_status_t gph_visit_number_edges(gph_visit_t *visit)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = visit->graph->context;
    int64_t edges = 0;

    GPH_TRY(gph_alloc(context->env, visit->tiles, sizeof *visit->first_edge, &visit->first_edge));
    GPH_TRY(gph_team_run(context, visit->tiles, count_edges_of_tile, visit));
    for (int64_t tile = 0; tile < visit->tiles; ++tile) {
        const int64_t count = visit->first_edge[tile];
        visit->first_edge[tile] = edges;
        edges += count;
    }

cleanup:
    return status;
}

/* What every operation begins with: a visit, or GPH_ERR_USAGE on all ranks. Collective. */
gph_status_t gph_visit_begin(const gph_graph_t *graph, bool sound, void *data, gph_visit_fn *item,
                             gph_visit_t *visit)
{
    if (graph == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    visit->graph = graph;
    visit->data = data;
    visit->item = item;
    visit->tiles =
        graph->tiles.rank_tile[context->rank + 1] - graph->tiles.rank_tile[context->rank];
    atomic_init(&visit->hit, visit->tiles);
    return gph_comm_agree(context, sound ? GPH_OK
                                         : gph_fail(context->env, GPH_ERR_USAGE,
                                                    "iteration: a function or a place for the "
                                                    "result is missing"));
}

/* --- for each, map -------------------------------------------------------------------------- */

static gph_status_t do_body(gph_visit_t *visit, const void *item, int64_t tile, int thread,
                            bool *done)
{
    (void)tile;
    (void)done;
    return visit->edges ? visit->edge.body(visit->data, item, thread)
                        : visit->node.body(visit->data, item, thread);
}

/* A failing body of the user may have left no message. */
static gph_status_t explain(gph_context_t *context, gph_status_t status)
{
    return status == GPH_OK ? GPH_OK
                            : gph_fail(context->env, status, "the function of an iteration failed");
}

static gph_status_t for_each(const gph_graph_t *graph, bool sound, void *data, gph_visit_t visit)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_visit_begin(graph, sound, data, do_body, &visit));
    GPH_TRY_ALL(graph->context, explain(graph->context, gph_visit_all(&visit)));

cleanup:
    return status;
}

gph_status_t gph_graph_for_each_node(const gph_graph_t *graph, gph_node_body *body, void *data)
{
    return for_each(graph, body != NULL, data, (gph_visit_t){.node.body = body});
}

gph_status_t gph_graph_for_each_edge(const gph_graph_t *graph, gph_edge_body *body, void *data)
{
    return for_each(graph, body != NULL, data, (gph_visit_t){.edges = true, .edge.body = body});
}

static gph_status_t do_map(gph_visit_t *visit, const void *item, int64_t tile, int thread,
                           bool *done)
{
    (void)tile;
    (void)thread;
    (void)done;
    if (visit->edges) {
        const gph_graph_edge_t *edge = item;
        return visit->edge.map(visit->data, edge, visit->into + (size_t)edge->local * visit->size);
    }
    const gph_graph_node_t *node = item;
    return visit->node.map(visit->data, node, visit->into + (size_t)node->local * visit->size);
}

static gph_status_t map(const gph_graph_t *graph, bool sound, void *data, gph_visit_t visit)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_visit_begin(graph, sound, data, do_map, &visit));
    if (visit.edges)
        GPH_TRY_ALL(graph->context, gph_visit_number_edges(&visit));
    GPH_TRY_ALL(graph->context, explain(graph->context, gph_visit_all(&visit)));

cleanup:
    gph_free(visit.first_edge);
    return status;
}

gph_status_t gph_graph_map_nodes(const gph_graph_t *graph, gph_node_map *node, void *data,
                                 size_t size, void *values)
{
    const bool sound = node != NULL && (values != NULL || gph_graph_owned(graph) == 0);
    return map(graph, sound, data, (gph_visit_t){.node.map = node, .size = size, .into = values});
}

gph_status_t gph_graph_map_edges(const gph_graph_t *graph, gph_edge_map *edge, void *data,
                                 size_t size, void *values)
{
    const bool sound = edge != NULL && (values != NULL || gph_graph_owned_edges(graph) == 0);
    return map(graph, sound, data,
               (gph_visit_t){.edges = true, .edge.map = edge, .size = size, .into = values});
}
