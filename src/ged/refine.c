/* Cost of a mapping, and its improvement by small changes. */
#include "ged/methods.h"

#include "base/random.h"

#include <string.h>

/* Most passes over the nodes of a local search. */
enum { PASSES_MOST = 32 };

/* Disturbances of the iterated local search, and images that each exchanges. */
enum { KICKS = 20, KICK = 3 };

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

/* Exchanges the images of u and w. */
static void swap_images(int32_t *map, int32_t *origin, int32_t u, int32_t w)
{
    const int32_t v = map[u];
    map[u] = map[w];
    map[w] = v;
    if (map[u] >= 0)
        origin[map[u]] = u;
    if (v >= 0)
        origin[v] = w;
}

/* Gives u the free node v, or none. */
static void move_image(int32_t *map, int32_t *origin, int32_t u, int32_t v)
{
    if (map[u] >= 0)
        origin[map[u]] = -1;
    map[u] = v;
    if (v >= 0)
        origin[v] = u;
}

/* Makes each change of node u that pays; true when there was one. */
static bool improve(const gph_ged_problem_t *problem, int32_t *map, int32_t *origin, int32_t u)
{
    const double pays = -1e-9 * (problem->total + 1);
    bool changed = false;
    for (int32_t w = u + 1; w < problem->side[0].nodes; w++)
        if (map[u] != map[w] && exchange(problem, map, u, w) < pays) {
            swap_images(map, origin, u, w);
            changed = true;
        }
    for (int32_t v = problem->whole ? 0 : -1; v < problem->side[1].nodes; v++) {
        const bool open = v < 0 ? map[u] >= 0 : origin[v] < 0;
        if (open && change(problem, map, u, v, -1) < pays) {
            move_image(map, origin, u, v);
            changed = true;
        }
    }
    return changed;
}

/* Passes over all nodes until none changes. Every change lowers the cost, so this ends; the count
 * keeps it short on large graphs. */
static void descend(const gph_ged_problem_t *problem, int32_t *map, int32_t *origin)
{
    bool changed = true;
    for (int pass = 0; changed && pass < PASSES_MOST; pass++) {
        changed = false;
        for (int32_t u = 0; u < problem->side[0].nodes; u++)
            changed |= improve(problem, map, origin, u);
    }
}

static void set_origins(const gph_ged_problem_t *problem, const int32_t *map, int32_t *origin)
{
    for (int32_t v = 0; v < problem->side[1].nodes; v++)
        origin[v] = -1;
    for (int32_t u = 0; u < problem->side[0].nodes; u++)
        if (map[u] >= 0)
            origin[map[u]] = u;
}

void gph_ged_refine(const gph_ged_problem_t *problem, int32_t *map, int32_t *origin)
{
    set_origins(problem, map, origin);
    descend(problem, map, origin);
}

/* Exchanges images at random. */
static void kick(const gph_ged_problem_t *problem, int32_t *map, int32_t *origin, uint64_t stream)
{
    const uint64_t n0 = (uint64_t)problem->side[0].nodes;
    const uint64_t n1 = (uint64_t)problem->side[1].nodes;
    for (uint64_t i = 0; i < KICK; i++) {
        const int32_t u = (int32_t)gph_random_below(gph_random_u64(0, stream, 2 * i), n0);
        const int32_t v = (int32_t)gph_random_below(gph_random_u64(0, stream, 2 * i + 1), n1);
        if (origin[v] < 0)
            move_image(map, origin, u, v);
        else if (origin[v] != u)
            swap_images(map, origin, u, origin[v]);
    }
}

void gph_ged_refine_again(const gph_ged_problem_t *problem, int32_t *best, int32_t *trial,
                          int32_t *origin)
{
    const size_t size = sizeof *best * (size_t)problem->side[0].nodes;
    double least = gph_ged_map_cost(problem, best);
    for (uint64_t k = 0; k < KICKS && problem->side[0].nodes > 1; k++) {
        memcpy(trial, best, size);
        set_origins(problem, trial, origin);
        kick(problem, trial, origin, k);
        descend(problem, trial, origin);
        const double cost = gph_ged_map_cost(problem, trial);
        if (cost > least)
            continue;
        least = cost; // also when equal: plateaus are left that way
        memcpy(best, trial, size);
    }
}
