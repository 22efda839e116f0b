/* Random pairs and the brute force; see ged_oracle.h. Shares no code with the library's costs. */
#include "ged_oracle.h"

#include "base/random.h"

#include <math.h>

int oracle_draw(uint64_t stream, uint64_t index, int below)
{
    return (int)gph_random_below(gph_random_u64(5, stream, index), (uint64_t)below);
}

static void fill_table(uint64_t stream, bool reals, double *table)
{
    const int side = ORACLE_LABELS + 1;
    for (int a = 0; a < side; a++)
        for (int b = 0; b < side; b++) {
            const int units = oracle_draw(stream, (uint64_t)(a * side + b), reals ? 40 : 4);
            const bool alone = a == ORACLE_LABELS || b == ORACLE_LABELS;
            table[a * side + b] = reals ? 0.1 * units : a == b ? 0 : units + alone;
        }
}

static gph_ged_cost_t constants(uint64_t stream, double unit, int substitute)
{
    return (gph_ged_cost_t){.kind = GPH_GED_COST_CONSTANT,
                            .insert = unit * oracle_draw(stream, 0, 4),
                            .remove = unit * (1 + oracle_draw(stream, 1, 3)),
                            .substitute = unit * (substitute + oracle_draw(stream, 2, 3))};
}

static gph_ged_cost_t table(const double *entries)
{
    return (gph_ged_cost_t){.kind = GPH_GED_COST_TABLE, .labels = ORACLE_LABELS, .table = entries};
}

void oracle_model(oracle_costs_t kind, uint64_t stream, oracle_model_t *model)
{
    const gph_ged_cost_t euclidean = {.kind = GPH_GED_COST_EUCLIDEAN,
                                      .insert = 0.75,
                                      .remove = 1.25,
                                      .substitute = 0.5 + oracle_draw(stream, 9, 3)};
    const double unit = kind == ORACLE_FRACTION ? 0.3 : 1;
    model->costs = gph_ged_costs_default();
    fill_table(2 * stream, kind == ORACLE_REALS, model->node_table);
    fill_table(2 * stream + 1, kind != ORACLE_TABLE, model->edge_table);
    if (kind == ORACLE_CONSTANT || kind == ORACLE_FRACTION || kind == ORACLE_EXPENSIVE) {
        model->costs.node = constants(stream, unit, kind == ORACLE_EXPENSIVE ? 6 : 0);
        model->costs.edge = constants(stream + 1, unit, kind == ORACLE_EXPENSIVE ? 6 : 0);
    }
    if (kind == ORACLE_TABLE || kind == ORACLE_REALS)
        model->costs.node = table(model->node_table);
    if (kind == ORACLE_TABLE || kind == ORACLE_REALS || kind == ORACLE_MIXED)
        model->costs.edge = table(model->edge_table);
    if (kind == ORACLE_EUCLIDEAN || kind == ORACLE_MIXED)
        model->costs.node = euclidean;
    if (kind == ORACLE_EUCLIDEAN)
        model->costs.edge = euclidean;
}

gph_status_t oracle_graph(gph_graph_set_t *set, uint64_t stream, int nodes, int density)
{
    gph_status_t status = GPH_OK;
    uint64_t index = 0;

    GPH_TRY(gph_graph_set_begin(set, "random", 6));
    for (int u = 0; u < nodes; u++) {
        const double value[2] = {0.5 * oracle_draw(stream, index, 4),
                                 0.5 * oracle_draw(stream, index + 1, 4)};
        GPH_TRY(gph_graph_set_node(set, oracle_draw(stream, index + 2, ORACLE_LABELS), 2, value));
        index += 3;
    }
    for (int u = 0; u < nodes; u++)
        for (int v = set->directed ? 0 : u; v < nodes; v++, index += 4) {
            const double value[2] = {0.5 * oracle_draw(stream, index, 4),
                                     0.5 * oracle_draw(stream, index + 1, 4)};
            if (oracle_draw(stream, index + 2, 100) < (u == v ? density / 3 : density))
                GPH_TRY(gph_graph_set_edge(set, u, v, oracle_draw(stream, index + 3, ORACLE_LABELS),
                                           2, value));
        }

cleanup:
    return status;
}

/* --- brute force ---------------------------------------------------------------------------- */

static double price(const gph_ged_cost_t *cost, int la, int lb, const double *a, const double *b)
{
    if (cost->kind == GPH_GED_COST_TABLE)
        return cost->table[(la < 0 ? cost->labels : la) * (cost->labels + 1) +
                           (lb < 0 ? cost->labels : lb)];
    if (la < 0)
        return cost->insert;
    if (lb < 0)
        return cost->remove;
    if (cost->kind == GPH_GED_COST_EUCLIDEAN)
        return cost->substitute * hypot(a[0] - b[0], a[1] - b[1]);
    return la == lb ? 0 : cost->substitute;
}

static int find_edge(const gph_small_graph_t *graph, int u, int v)
{
    for (int e = 0; e < graph->edges; e++)
        if ((graph->from[e] == u && graph->to[e] == v) ||
            (!graph->directed && graph->from[e] == v && graph->to[e] == u))
            return e;
    return -1;
}

static double edge_price(const gph_ged_cost_t *cost, const gph_small_graph_t *a, int e,
                         const gph_small_graph_t *b, int f)
{
    if (e < 0 && f < 0)
        return 0;
    return price(cost, e < 0 ? -1 : a->edge_label[e], f < 0 ? -1 : b->edge_label[f],
                 e < 0 ? NULL : a->edge_value + 2 * e, f < 0 ? NULL : b->edge_value + 2 * f);
}

static double map_price(const gph_ged_costs_t *costs, const gph_small_graph_t *a,
                        const gph_small_graph_t *b, const int *map)
{
    double sum = 0;
    bool node_hit[16] = {false};
    bool edge_hit[64] = {false};
    for (int u = 0; u < a->nodes; u++) {
        const int v = map[u];
        sum += price(&costs->node, a->node_label[u], v < 0 ? -1 : b->node_label[v],
                     a->node_value + 2 * u, v < 0 ? NULL : b->node_value + 2 * v);
        if (v >= 0)
            node_hit[v] = true;
    }
    for (int v = 0; v < b->nodes; v++)
        if (!node_hit[v])
            sum += price(&costs->node, -1, b->node_label[v], NULL, NULL);
    for (int e = 0; e < a->edges; e++) {
        const int v = map[a->from[e]];
        const int w = map[a->to[e]];
        const int f = v < 0 || w < 0 ? -1 : find_edge(b, v, w);
        const double apart =
            edge_price(&costs->edge, a, e, b, -1) + edge_price(&costs->edge, a, -1, b, f);
        sum += f < 0 ? apart : fmin(apart, edge_price(&costs->edge, a, e, b, f));
        if (f >= 0)
            edge_hit[f] = true;
    }
    for (int f = 0; f < b->edges; f++)
        if (!edge_hit[f])
            sum += edge_price(&costs->edge, a, -1, b, f);
    return sum;
}

static double try_all(const gph_ged_costs_t *costs, const gph_small_graph_t *a,
                      const gph_small_graph_t *b, int *map, int u)
{
    if (u == a->nodes)
        return map_price(costs, a, b, map);
    double best = INFINITY;
    for (int v = -1; v < b->nodes; v++) {
        bool free = true;
        for (int w = 0; w < u; w++)
            free &= v < 0 || map[w] != v;
        map[u] = v;
        if (free)
            best = fmin(best, try_all(costs, a, b, map, u + 1));
    }
    return best;
}

double oracle_distance(const gph_ged_costs_t *costs, const gph_small_graph_t *a,
                       const gph_small_graph_t *b)
{
    int map[16] = {0};
    return try_all(costs, a, b, map, 0);
}
