/* Replays an edit path on the two graphs themselves: nothing here knows how it was found. */
#include "ged/methods.h"

#include <inttypes.h>
#include <string.h>

typedef struct replay {
    const gph_ged_costs_t *costs;
    const gph_small_graph_t *first;
    const gph_small_graph_t *second;
    const int32_t *map;
    int32_t *origin; /**< [nodes of the second graph] node of the first one, or -1 */
    int32_t *edge;   /**< [nodes² of the second graph] its edge from row to column, or -1 */
    bool *kept;      /**< [edges of the second graph] it has an origin */
} replay_t;

static void add(gph_ged_path_t *path, gph_ged_operation_t operation, double cost)
{
    path->count[operation]++;
    path->cost[operation] += cost;
}

static gph_status_t invert(gph_env_t *env, const replay_t *replay)
{
    const int32_t n1 = replay->second->nodes;
    for (int32_t v = 0; v < n1; v++)
        replay->origin[v] = -1;
    for (int32_t u = 0; u < replay->first->nodes; u++) {
        const int32_t v = replay->map[u];
        if (v < -1 || v >= n1)
            return gph_fail(env, GPH_ERR_VERIFY,
                            "node %" PRId32 " is mapped to %" PRId32
                            ", which is no node of the second graph",
                            u, v);
        if (v >= 0 && replay->origin[v] >= 0)
            return gph_fail(env, GPH_ERR_VERIFY,
                            "nodes %" PRId32 " and %" PRId32 " are both mapped to %" PRId32,
                            replay->origin[v], u, v);
        if (v >= 0)
            replay->origin[v] = u;
    }
    return GPH_OK;
}

static void replay_nodes(const replay_t *replay, gph_ged_path_t *path)
{
    const gph_ged_cost_t *cost = &replay->costs->node;
    for (int32_t u = 0; u < replay->first->nodes; u++) {
        const int32_t v = replay->map[u];
        const double price = gph_ged_node_cost(cost, replay->first, u, replay->second, v);
        if (v < 0)
            add(path, GPH_GED_NODE_REMOVE, price);
        else if (price > 0)
            add(path, GPH_GED_NODE_SUBSTITUTE, price);
    }
    for (int32_t v = 0; v < replay->second->nodes; v++)
        if (replay->origin[v] < 0)
            add(path, GPH_GED_NODE_INSERT,
                gph_ged_node_cost(cost, replay->first, -1, replay->second, v));
}

static void index_edges(const replay_t *replay)
{
    const gph_small_graph_t *graph = replay->second;
    const int64_t n = graph->nodes;
    memset(replay->edge, -1, sizeof(int32_t) * (size_t)(n * n));
    memset(replay->kept, 0, sizeof(bool) * (size_t)graph->edges);
    for (int32_t f = 0; f < graph->edges; f++) {
        replay->edge[graph->from[f] * n + graph->to[f]] = f;
        if (!graph->directed)
            replay->edge[graph->to[f] * n + graph->from[f]] = f;
    }
}

static void replay_edges(const replay_t *replay, gph_ged_path_t *path)
{
    const gph_ged_cost_t *cost = &replay->costs->edge;
    const gph_small_graph_t *a = replay->first;
    const gph_small_graph_t *b = replay->second;
    for (int32_t e = 0; e < a->edges; e++) {
        const int32_t v = replay->map[a->from[e]];
        const int32_t w = replay->map[a->to[e]];
        const int32_t f = v < 0 || w < 0 ? -1 : replay->edge[(int64_t)v * b->nodes + w];
        const double removal = gph_ged_edge_cost(cost, a, e, b, -1);
        const double direct = f < 0 ? 0 : gph_ged_edge_cost(cost, a, e, b, f);
        if (f < 0 || direct > removal + gph_ged_edge_cost(cost, a, -1, b, f)) {
            add(path, GPH_GED_EDGE_REMOVE, removal);
            continue;
        }
        replay->kept[f] = true;
        if (direct > 0)
            add(path, GPH_GED_EDGE_SUBSTITUTE, direct);
    }
    for (int32_t f = 0; f < b->edges; f++)
        if (!replay->kept[f])
            add(path, GPH_GED_EDGE_INSERT, gph_ged_edge_cost(cost, a, -1, b, f));
}

gph_status_t gph_ged_replay_in(gph_arena_t *arena, const gph_ged_costs_t *costs,
                               const gph_small_graph_t *first, const gph_small_graph_t *second,
                               const int32_t *map, gph_ged_path_t *path)
{
    gph_status_t status = GPH_OK;
    const int64_t n = second->nodes;
    const int64_t m = second->edges;
    gph_ged_path_t made = {.total = 0};

    GPH_TRY(gph_arena_reset(arena, gph_arena_bytes(n, sizeof(int32_t)) +
                                       gph_arena_bytes(n * n, sizeof(int32_t)) +
                                       gph_arena_bytes(m, sizeof(bool))));
    const replay_t replay = {costs,
                             first,
                             second,
                             map,
                             gph_arena_take(arena, n, sizeof(int32_t)),
                             gph_arena_take(arena, n * n, sizeof(int32_t)),
                             gph_arena_take(arena, m, sizeof(bool))};
    GPH_TRY(invert(arena->env, &replay));
    index_edges(&replay);
    replay_nodes(&replay, &made);
    replay_edges(&replay, &made);
    for (int i = 0; i < GPH_GED_OPERATIONS; i++)
        made.total += made.cost[i];
    *path = made;

cleanup:
    return status;
}
