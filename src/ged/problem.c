/* Setting up a pair: which graph is side 0, kinds of edges, and all costs as plain numbers. */
#include "ged/problem.h"

#include "base/checked.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

gph_status_t gph_arena_reset(gph_arena_t *arena, int64_t bytes)
{
    gph_status_t status = GPH_OK;

    arena->taken = 0;
    if (bytes > arena->size) {
        gph_free(arena->data);
        arena->data = NULL;
        arena->size = 0;
        GPH_TRY(gph_alloc(arena->env, bytes, 1, &arena->data));
        arena->size = bytes;
    }

cleanup:
    return status;
}

void *gph_arena_take(gph_arena_t *arena, int64_t count, size_t size)
{
    void *block = arena->data + arena->taken;
    arena->taken += gph_arena_bytes(count, size);
    assert(arena->taken <= arena->size);
    return block;
}

/* --- checks --------------------------------------------------------------------------------- */

static gph_status_t check_label(gph_env_t *env, const gph_ged_cost_t *cost, int32_t label,
                                const char *what)
{
    if (label >= 0 && (cost->kind != GPH_GED_COST_TABLE || label < cost->labels))
        return GPH_OK;
    return gph_fail(env, GPH_ERR_USAGE, "%s label %d is not in the cost table of %d labels", what,
                    (int)label, (int)cost->labels);
}

static gph_status_t check_graph(gph_env_t *env, const gph_ged_costs_t *costs,
                                const gph_small_graph_t *graph)
{
    gph_status_t status = GPH_OK;

    if (graph->nodes < 0 || graph->nodes > GPH_GED_NODES_MOST || graph->edges < 0)
        GPH_TRY(gph_fail(env, GPH_ERR_USAGE,
                         "a graph of %d nodes; edit distances are for at most %d",
                         (int)graph->nodes, (int)GPH_GED_NODES_MOST));
    for (int32_t u = 0; u < graph->nodes; u++)
        GPH_TRY(check_label(env, &costs->node, graph->node_label[u], "node"));
    for (int32_t e = 0; e < graph->edges; e++) {
        GPH_TRY(check_label(env, &costs->edge, graph->edge_label[e], "edge"));
        if (graph->from[e] < 0 || graph->from[e] >= graph->nodes || graph->to[e] < 0 ||
            graph->to[e] >= graph->nodes)
            GPH_TRY(gph_fail(env, GPH_ERR_USAGE, "edge %d joins a node that is not there", (int)e));
    }

cleanup:
    return status;
}

static gph_status_t check_pair(gph_env_t *env, const gph_ged_costs_t *costs,
                               const gph_small_graph_t *a, const gph_small_graph_t *b)
{
    const bool nodes = costs->node.kind == GPH_GED_COST_EUCLIDEAN;
    const bool edges = costs->edge.kind == GPH_GED_COST_EUCLIDEAN;
    gph_status_t status = check_graph(env, costs, a);
    if (status == GPH_OK)
        status = check_graph(env, costs, b);
    if (status == GPH_OK && a->directed != b->directed)
        status = gph_fail(env, GPH_ERR_USAGE, "a directed and an undirected graph");
    if (status == GPH_OK && ((nodes && a->node_values != b->node_values) ||
                             (edges && a->edge_values != b->edge_values)))
        status = gph_fail(env, GPH_ERR_USAGE, "attributes of unequal length");
    return status;
}

/* --- the two sides -------------------------------------------------------------------------- */

/* Labels of edges met so far; a kind is a place in it, from 1. */
typedef struct kinds {
    int32_t *label; /**< [edges of both graphs] */
    int32_t count;
} kinds_t;

static uint16_t kind_of(kinds_t *kinds, int32_t label)
{
    int32_t k = 0;
    while (k < kinds->count && kinds->label[k] != label)
        k++;
    if (k == kinds->count)
        kinds->label[kinds->count++] = label;
    return (uint16_t)(k + 1);
}

static int64_t side_bytes(const gph_small_graph_t *graph)
{
    const int64_t n = graph->nodes;
    const int64_t m = graph->edges;
    return 2 * gph_arena_bytes(m, sizeof(int32_t)) + gph_arena_bytes(m, sizeof(uint16_t)) +
           gph_arena_bytes(n * n, sizeof(uint16_t)) + gph_arena_bytes(n + 2, sizeof(int32_t)) +
           gph_arena_bytes(2 * m, sizeof(int32_t)) + gph_arena_bytes(n, sizeof(uint16_t));
}

/* Whether edge e is to be listed: of two opposite directed edges, only one. */
static bool lists(const gph_ged_side_t *side, bool directed, int32_t e)
{
    const int64_t u = side->from[e];
    const int64_t v = side->to[e];
    return !directed || u < v || side->matrix[v * side->nodes + u] == 0;
}

/* Neighbours of each node, by counting. */
static void list_neighbors(gph_ged_side_t *side, bool directed)
{
    int32_t *start = side->start; // shifted by one while filling
    memset(start, 0, sizeof *start * (size_t)(side->nodes + 2));
    for (int32_t e = 0; e < side->edges; e++) {
        if (!lists(side, directed, e))
            continue;
        start[side->from[e] + 2]++;
        start[side->to[e] + 2]++;
    }
    for (int32_t u = 0; u < side->nodes; u++)
        start[u + 2] += start[u + 1];
    for (int32_t e = 0; e < side->edges; e++) {
        if (!lists(side, directed, e))
            continue;
        side->neighbor[start[side->from[e] + 1]++] = side->to[e];
        side->neighbor[start[side->to[e] + 1]++] = side->from[e];
    }
}

/* @param kinds NULL: each edge is its own kind */
static void set_side(gph_arena_t *arena, const gph_small_graph_t *graph, kinds_t *kinds,
                     gph_ged_side_t *side)
{
    const int64_t n = graph->nodes;
    const int64_t m = graph->edges;
    side->nodes = graph->nodes;
    side->edges = 0;
    side->from = gph_arena_take(arena, m, sizeof(int32_t));
    side->to = gph_arena_take(arena, m, sizeof(int32_t));
    side->kind = gph_arena_take(arena, m, sizeof(uint16_t));
    side->matrix = gph_arena_take(arena, n * n, sizeof(uint16_t));
    side->start = gph_arena_take(arena, n + 2, sizeof(int32_t));
    side->neighbor = gph_arena_take(arena, 2 * m, sizeof(int32_t));
    side->loop = gph_arena_take(arena, n, sizeof(uint16_t));
    memset(side->matrix, 0, sizeof(uint16_t) * (size_t)(n * n));
    memset(side->loop, 0, sizeof(uint16_t) * (size_t)n);
    for (int32_t e = 0; e < graph->edges; e++) {
        const int32_t u = graph->from[e];
        const int32_t v = graph->to[e];
        const uint16_t kind = kinds ? kind_of(kinds, graph->edge_label[e]) : (uint16_t)(e + 1);
        if (u == v) {
            side->loop[u] = kind;
            continue;
        }
        side->matrix[u * n + v] = kind;
        if (!graph->directed)
            side->matrix[v * n + u] = kind;
        side->from[side->edges] = u;
        side->to[side->edges] = v;
        side->kind[side->edges++] = kind;
    }
    list_neighbors(side, graph->directed);
}

/* --- costs ---------------------------------------------------------------------------------- */

/* The pair as side 0 and side 1, with costs in that direction. */
typedef struct pair {
    const gph_ged_costs_t *costs;
    const gph_small_graph_t *graph[2];
    bool swapped;
} pair_t;

static double node_cost(const pair_t *pair, int32_t u, int32_t v)
{
    if (pair->swapped)
        return gph_ged_node_cost(&pair->costs->node, pair->graph[1], v, pair->graph[0], u);
    return gph_ged_node_cost(&pair->costs->node, pair->graph[0], u, pair->graph[1], v);
}

static double edge_cost(const pair_t *pair, int32_t e, int32_t f)
{
    if (pair->swapped)
        return gph_ged_edge_cost(&pair->costs->edge, pair->graph[1], f, pair->graph[0], e);
    return gph_ged_edge_cost(&pair->costs->edge, pair->graph[0], e, pair->graph[1], f);
}

/* edge[][]: from one edge of each kind and side, as all edges of a kind cost the same. */
static void set_edge_costs(const pair_t *pair, const kinds_t *kinds, gph_ged_problem_t *problem)
{
    const int32_t across = problem->kinds1 + 1;
    gph_small_graph_t shown[2] = {*pair->graph[0], *pair->graph[1]};
    pair_t view = *pair;
    if (kinds != NULL) { // let edge k-1 of both graphs stand for kind k
        shown[0].edge_label = shown[1].edge_label = kinds->label;
        shown[0].edge_values = shown[1].edge_values = 0;
    }
    view.graph[0] = &shown[0];
    view.graph[1] = &shown[1];
    problem->edge[0] = 0;
    for (int32_t a = 1; a <= problem->kinds0; a++)
        problem->edge[(ptrdiff_t)a * across] = edge_cost(&view, a - 1, -1);
    for (int32_t b = 1; b <= problem->kinds1; b++)
        problem->edge[b] = edge_cost(&view, -1, b - 1);
    for (int32_t a = 1; a <= problem->kinds0; a++)
        for (int32_t b = 1; b <= problem->kinds1; b++) {
            const double detour = problem->edge[(ptrdiff_t)a * across] + problem->edge[b];
            const double direct = edge_cost(&view, a - 1, b - 1);
            problem->edge[a * across + b] = direct < detour ? direct : detour;
        }
}

static void set_node_costs(const pair_t *pair, gph_ged_problem_t *problem)
{
    const gph_ged_side_t *a = &problem->side[0];
    const gph_ged_side_t *b = &problem->side[1];
    const int32_t across = problem->kinds1 + 1;
    problem->whole = true;
    for (int32_t u = 0; u < a->nodes; u++)
        problem->del[u] = node_cost(pair, u, -1) + problem->edge[(ptrdiff_t)a->loop[u] * across];
    for (int32_t v = 0; v < b->nodes; v++)
        problem->ins[v] = node_cost(pair, -1, v) + problem->edge[b->loop[v]];
    for (int32_t u = 0; u < a->nodes; u++)
        for (int32_t v = 0; v < b->nodes; v++) {
            const double sub =
                node_cost(pair, u, v) + problem->edge[a->loop[u] * across + b->loop[v]];
            problem->sub[u * b->nodes + v] = sub;
            problem->whole &= sub <= problem->del[u] + problem->ins[v];
        }
}

static bool has_loops(const gph_ged_side_t *side)
{
    for (int32_t u = 0; u < side->nodes; u++)
        if (side->loop[u] != 0)
            return true;
    return false;
}

/* set_node_costs() with constants, and without loops. */
static void set_constant_nodes(const pair_t *pair, gph_ged_problem_t *problem)
{
    const gph_ged_cost_t *cost = &pair->costs->node;
    const int32_t *restrict label = pair->graph[1]->node_label;
    const int32_t n1 = problem->side[1].nodes;
    const double del = pair->swapped ? cost->insert : cost->remove;
    const double ins = pair->swapped ? cost->remove : cost->insert;
    problem->whole = true;
    for (int32_t v = 0; v < n1; v++)
        problem->ins[v] = ins;
    for (int32_t u = 0; u < problem->side[0].nodes; u++) {
        const int32_t mine = pair->graph[0]->node_label[u];
        double *restrict sub = problem->sub + (int64_t)u * n1;
        problem->del[u] = del;
        int32_t unlike = 0;
        for (int32_t v = 0; v < n1; v++) {
            sub[v] = label[v] == mine ? 0 : cost->substitute;
            unlike += label[v] != mine;
        }
        problem->whole &= unlike == 0 || cost->substitute <= del + ins;
    }
}

static double total_cost(const gph_ged_problem_t *problem)
{
    const int32_t across = problem->kinds1 + 1;
    double sum = 0;
    for (int32_t u = 0; u < problem->side[0].nodes; u++)
        sum += problem->del[u];
    for (int32_t v = 0; v < problem->side[1].nodes; v++)
        sum += problem->ins[v];
    for (int32_t e = 0; e < problem->side[0].edges; e++)
        sum += problem->edge[problem->side[0].kind[e] * (ptrdiff_t)across];
    for (int32_t f = 0; f < problem->side[1].edges; f++)
        sum += problem->edge[problem->side[1].kind[f]];
    return sum;
}

static void set_constants(const gph_ged_cost_t *cost, bool swapped, gph_ged_problem_t *problem)
{
    const double detour = cost->insert + cost->remove;
    problem->es = cost->substitute < detour ? cost->substitute : detour;
    problem->ea = swapped ? cost->insert : cost->remove;
    problem->eb = swapped ? cost->remove : cost->insert;
}

gph_status_t gph_ged_problem_set(gph_arena_t *arena, const gph_ged_costs_t *costs, bool integral,
                                 const gph_small_graph_t *first, const gph_small_graph_t *second,
                                 gph_ged_problem_t *problem)
{
    gph_status_t status = GPH_OK;
    const bool swapped = first->nodes > second->nodes;
    const pair_t pair = {costs, {swapped ? second : first, swapped ? first : second}, swapped};
    const bool own = costs->edge.kind == GPH_GED_COST_EUCLIDEAN;
    const int64_t n0 = pair.graph[0]->nodes;
    const int64_t n1 = pair.graph[1]->nodes;
    const int64_t m0 = pair.graph[0]->edges;
    const int64_t m1 = pair.graph[1]->edges;
    const int64_t most0 = own ? m0 + 1 : m0 + m1 + 1;
    const int64_t most1 = own ? m1 + 1 : m0 + m1 + 1;

    GPH_TRY(check_pair(arena->env, costs, first, second));
    if (m0 + m1 >= UINT16_MAX)
        GPH_TRY(gph_fail(arena->env, GPH_ERR_USAGE, "more than %d edges in a pair of graphs",
                         UINT16_MAX - 1));
    // The table of edge costs is carved off last, when the number of kinds is known.
    const int64_t most = side_bytes(pair.graph[0]) + side_bytes(pair.graph[1]) +
                         gph_arena_bytes(m0 + m1, sizeof(int32_t)) +
                         gph_arena_bytes(n0 * n1, sizeof(double)) +
                         gph_arena_bytes(n0, sizeof(double)) + gph_arena_bytes(n1, sizeof(double));
    int64_t table = gph_arena_bytes(most0 * most1, sizeof(double));
    if (!own && costs->edge.kind == GPH_GED_COST_TABLE && costs->edge.labels < m0 + m1)
        table = gph_arena_bytes((int64_t)(costs->edge.labels + 1) * (costs->edge.labels + 1),
                                sizeof(double));
    GPH_TRY(gph_arena_reset(arena, most + table));

    kinds_t kinds = {.label = gph_arena_take(arena, m0 + m1, sizeof(int32_t))};
    gph_ged_problem_t made = {
        .swapped = swapped, .directed = first->directed, .integral = integral};
    for (int s = 0; s < 2; s++)
        set_side(arena, pair.graph[s], own ? NULL : &kinds, &made.side[s]);
    made.kinds0 = own ? (int32_t)m0 : kinds.count;
    made.kinds1 = own ? (int32_t)m1 : kinds.count;
    made.constant = costs->edge.kind == GPH_GED_COST_CONSTANT && !made.directed;
    made.sub = gph_arena_take(arena, n0 * n1, sizeof(double));
    made.del = gph_arena_take(arena, n0, sizeof(double));
    made.ins = gph_arena_take(arena, n1, sizeof(double));
    made.edge =
        gph_arena_take(arena, (int64_t)(made.kinds0 + 1) * (made.kinds1 + 1), sizeof(double));
    if (made.constant)
        set_constants(&costs->edge, swapped, &made);
    set_edge_costs(&pair, own ? NULL : &kinds, &made);
    if (costs->node.kind == GPH_GED_COST_CONSTANT && !has_loops(&made.side[0]) &&
        !has_loops(&made.side[1]))
        set_constant_nodes(&pair, &made);
    else
        set_node_costs(&pair, &made);
    made.total = total_cost(&made);
    *problem = made;

cleanup:
    return status;
}
