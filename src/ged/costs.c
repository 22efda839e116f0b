/* The cost model: checks, and the cost of one operation. */
#include "ged/problem.h"

#include <math.h>

static gph_status_t check_number(gph_env_t *env, double value, const char *what)
{
    if (isfinite(value) && value >= 0)
        return GPH_OK;
    return gph_fail(env, GPH_ERR_USAGE, "%s is %g; costs must be finite and not negative", what,
                    value);
}

/* Entries of a table, or -1 when its size makes no sense. */
static int64_t table_size(const gph_ged_cost_t *cost)
{
    const int64_t side = (int64_t)cost->labels + 1;
    return cost->labels >= 0 && cost->labels < 1 << 20 && cost->table != NULL ? side * side : -1;
}

static gph_status_t check_cost(gph_env_t *env, const gph_ged_cost_t *cost, const char *what)
{
    gph_status_t status = GPH_OK;

    switch (cost->kind) {
    case GPH_GED_COST_CONSTANT:
    case GPH_GED_COST_EUCLIDEAN:
        GPH_TRY(check_number(env, cost->insert, what));
        GPH_TRY(check_number(env, cost->remove, what));
        GPH_TRY(check_number(env, cost->substitute, what));
        break;
    case GPH_GED_COST_TABLE:
        if (table_size(cost) < 0)
            GPH_TRY(gph_fail(env, GPH_ERR_USAGE, "%s: no table, or labels out of 0..2^20-1", what));
        for (int64_t i = 0; i < table_size(cost); i++)
            GPH_TRY(check_number(env, cost->table[i], what));
        break;
    default:
        GPH_TRY(gph_fail(env, GPH_ERR_USAGE, "%s: unknown kind %d", what, (int)cost->kind));
    }

cleanup:
    return status;
}

gph_status_t gph_ged_costs_check(gph_env_t *env, const gph_ged_costs_t *costs)
{
    const gph_status_t status = check_cost(env, &costs->node, "a node cost");
    return status == GPH_OK ? check_cost(env, &costs->edge, "an edge cost") : status;
}

/* Whether going over the empty label (deletion, insertion) or over label k shortens a way. */
static bool table_triangle(const gph_ged_cost_t *cost)
{
    const int64_t side = (int64_t)cost->labels + 1;
    const double *t = cost->table;
    for (int64_t k = 0; k < side; k++)
        for (int64_t a = 0; a < side; a++)
            for (int64_t b = 0; b < side; b++) {
                const bool empty = (a == side - 1) + (b == side - 1) + (k == side - 1) > 1;
                if (!empty && t[a * side + b] > t[a * side + k] + t[k * side + b] + 1e-12)
                    return false;
            }
    return true;
}

bool gph_ged_costs_triangle(const gph_ged_cost_t *cost)
{
    if (cost->kind == GPH_GED_COST_TABLE)
        return table_triangle(cost);
    return cost->kind == GPH_GED_COST_EUCLIDEAN || cost->substitute <= cost->insert + cost->remove;
}

static bool integral(const gph_ged_cost_t *cost)
{
    if (cost->kind == GPH_GED_COST_CONSTANT)
        return cost->insert == floor(cost->insert) && cost->remove == floor(cost->remove) &&
               cost->substitute == floor(cost->substitute);
    if (cost->kind == GPH_GED_COST_EUCLIDEAN)
        return false;
    for (int64_t i = 0; i < table_size(cost); i++)
        if (cost->table[i] != floor(cost->table[i]))
            return false;
    return true;
}

bool gph_ged_costs_integral(const gph_ged_costs_t *costs)
{
    return integral(&costs->node) && integral(&costs->edge);
}

static double distance(int32_t values, const double *a, const double *b)
{
    double sum = 0;
    for (int32_t i = 0; i < values; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

/* -1 for a label or an attribute: nothing there. */
static double operation(const gph_ged_cost_t *cost, int32_t label_a, int32_t label_b,
                        int32_t values, const double *a, const double *b)
{
    const int64_t side = (int64_t)cost->labels + 1;
    if (cost->kind == GPH_GED_COST_TABLE)
        return cost
            ->table[(label_a < 0 ? side - 1 : label_a) * side + (label_b < 0 ? side - 1 : label_b)];
    if (label_a < 0)
        return cost->insert;
    if (label_b < 0)
        return cost->remove;
    if (cost->kind == GPH_GED_COST_EUCLIDEAN)
        return cost->substitute * distance(values, a, b);
    return label_a == label_b ? 0 : cost->substitute;
}

double gph_ged_node_cost(const gph_ged_cost_t *cost, const gph_small_graph_t *a, int32_t u,
                         const gph_small_graph_t *b, int32_t v)
{
    const int32_t values = a->node_values;
    const bool vectors = u >= 0 && v >= 0 && values > 0;
    return operation(cost, u < 0 ? -1 : a->node_label[u], v < 0 ? -1 : b->node_label[v],
                     vectors ? values : 0, vectors ? a->node_value + (int64_t)u * values : NULL,
                     vectors ? b->node_value + (int64_t)v * values : NULL);
}

double gph_ged_edge_cost(const gph_ged_cost_t *cost, const gph_small_graph_t *a, int32_t e,
                         const gph_small_graph_t *b, int32_t f)
{
    const int32_t values = a->edge_values;
    const bool vectors = e >= 0 && f >= 0 && values > 0;
    return operation(cost, e < 0 ? -1 : a->edge_label[e], f < 0 ? -1 : b->edge_label[f],
                     vectors ? values : 0, vectors ? a->edge_value + (int64_t)e * values : NULL,
                     vectors ? b->edge_value + (int64_t)f * values : NULL);
}
