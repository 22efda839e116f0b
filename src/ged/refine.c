/* Cost of a mapping, and its improvement by small changes. */
#include "ged/methods.h"

/* What mapping the edges of side 0 between u and k saves of deleting them and inserting those of
 * side 1: with all of side 1 inserted to begin with, only these terms change when u moves. */
static double gain(const gph_ged_problem_t *problem, int32_t u, int32_t k, int32_t v, int32_t l)
{
    return gph_ged_between(problem, u, k, v, l) - gph_ged_between(problem, -1, -1, v, l);
}

static double node_gain(const gph_ged_problem_t *problem, int32_t u, int32_t v)
{
    return v < 0 ? problem->del[u] : problem->sub[u * problem->side[1].nodes + v] - problem->ins[v];
}

double gph_ged_map_cost(const gph_ged_problem_t *problem, const int32_t *map)
{
    const gph_ged_side_t *a = &problem->side[0];
    const gph_ged_side_t *b = &problem->side[1];
    double sum = 0;
    for (int32_t v = 0; v < b->nodes; v++)
        sum += problem->ins[v];
    for (int32_t e = 0; e < b->edges; e++)
        sum += problem->edge[b->kind[e]];
    for (int32_t u = 0; u < a->nodes; u++) {
        sum += node_gain(problem, u, map[u]);
        for (int32_t t = a->start[u]; t < a->start[u + 1]; t++)
            if (a->neighbor[t] > u)
                sum += gain(problem, u, a->neighbor[t], map[u], map[a->neighbor[t]]);
    }
    return sum;
}

/* Change of cost when u goes from map[u] to v; edges to `but` are left out. */
static double change(const gph_ged_problem_t *problem, const int32_t *map, int32_t u, int32_t v,
                     int32_t but)
{
    const gph_ged_side_t *a = &problem->side[0];
    double sum = node_gain(problem, u, v) - node_gain(problem, u, map[u]);
    for (int32_t t = a->start[u]; t < a->start[u + 1]; t++) {
        const int32_t k = a->neighbor[t];
        if (k != but)
            sum += gain(problem, u, k, v, map[k]) - gain(problem, u, k, map[u], map[k]);
    }
    return sum;
}

/* Change of cost when u and w exchange their images. */
static double exchange(const gph_ged_problem_t *problem, const int32_t *map, int32_t u, int32_t w)
{
    double sum = change(problem, map, u, map[w], w) + change(problem, map, w, map[u], u);
    const bool joined = problem->side[0].matrix[u * problem->side[0].nodes + w] != 0 ||
                        problem->side[0].matrix[w * problem->side[0].nodes + u] != 0;
    if (joined && problem->directed)
        sum += gain(problem, u, w, map[w], map[u]) - gain(problem, u, w, map[u], map[w]);
    return sum;
}

/* One change that pays; false when there is none. */
static bool improve(const gph_ged_problem_t *problem, int32_t *map, int32_t *origin)
{
    const double pays = -1e-9 * (problem->total + 1);
    const int32_t n0 = problem->side[0].nodes;
    const int32_t n1 = problem->side[1].nodes;
    for (int32_t u = 0; u < n0; u++) {
        for (int32_t w = u + 1; w < n0; w++)
            if (map[u] != map[w] && exchange(problem, map, u, w) < pays) {
                const int32_t v = map[u];
                map[u] = map[w];
                map[w] = v;
                if (map[u] >= 0)
                    origin[map[u]] = u;
                if (v >= 0)
                    origin[v] = w;
                return true;
            }
        for (int32_t v = -1; v < n1; v++) {
            const bool open = v < 0 ? map[u] >= 0 : origin[v] < 0;
            if (!open || change(problem, map, u, v, -1) >= pays)
                continue;
            if (map[u] >= 0)
                origin[map[u]] = -1;
            map[u] = v;
            if (v >= 0)
                origin[v] = u;
            return true;
        }
    }
    return false;
}

void gph_ged_refine(const gph_ged_problem_t *problem, int32_t *map, int32_t *origin)
{
    for (int32_t v = 0; v < problem->side[1].nodes; v++)
        origin[v] = -1;
    for (int32_t u = 0; u < problem->side[0].nodes; u++)
        if (map[u] >= 0)
            origin[map[u]] = u;
    // Every change lowers the cost, so this ends; the count keeps it short on large graphs.
    for (int32_t left = 8 * problem->side[0].nodes; left > 0; left--)
        if (!improve(problem, map, origin))
            break;
}
