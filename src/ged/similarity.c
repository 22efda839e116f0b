/* Weisfeiler-Leman similarity: how many colours two graphs share while neighbours refine them. */
#include "ged/methods.h"

#include <math.h>
#include <string.h>

enum { ROUNDS_MOST = 16 };

/* Mixes 64 bits well (the finaliser of SplitMix64). */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Colours of the next round. A sum over neighbours does not depend on their order. */
static void refine_colors(const gph_small_graph_t *graph, const uint64_t *color, uint64_t *next)
{
    for (int32_t u = 0; u < graph->nodes; u++)
        next[u] = mix(color[u]);
    for (int32_t e = 0; e < graph->edges; e++) {
        const uint64_t label = mix((uint64_t)graph->edge_label[e] + 1);
        const uint64_t back = graph->directed ? mix(label) : label;
        next[graph->from[e]] += mix(color[graph->to[e]] ^ label);
        next[graph->to[e]] += mix(color[graph->from[e]] ^ back);
    }
}

static double count_equal(int32_t n, const uint64_t *a, int32_t m, const uint64_t *b)
{
    int64_t equal = 0;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < m; j++)
            equal += a[i] == b[j];
    return (double)equal;
}

gph_status_t gph_ged_similarity(gph_ged_t *ged, const gph_small_graph_t *first,
                                const gph_small_graph_t *second, int rounds, double *similarity)
{
    gph_status_t status = GPH_OK;
    const gph_small_graph_t *graph[2] = {first, second};
    uint64_t *color[2][2] = {{NULL}};
    double own[2] = {0, 0};
    double both = 0;
    gph_ged_problem_t problem = {.whole = false};

    if (rounds < 0 || rounds > ROUNDS_MOST)
        GPH_TRY(gph_fail(ged->env, GPH_ERR_USAGE, "%d rounds are not in 0..%d", rounds,
                         (int)ROUNDS_MOST));
    GPH_TRY(gph_ged_problem_set(&ged->pair, &ged->costs, ged->integral, first, second,
                                &problem)); // checks the graphs
    GPH_TRY(gph_arena_reset(&ged->search, 2 * (gph_arena_bytes(first->nodes, sizeof(uint64_t)) +
                                               gph_arena_bytes(second->nodes, sizeof(uint64_t)))));
    for (int s = 0; s < 2; s++) {
        for (int half = 0; half < 2; half++)
            color[s][half] = gph_arena_take(&ged->search, graph[s]->nodes, sizeof(uint64_t));
        for (int32_t u = 0; u < graph[s]->nodes; u++)
            color[s][0][u] = mix((uint64_t)graph[s]->node_label[u]);
    }
    for (int round = 0; round <= rounds; round++) {
        for (int s = 0; s < 2; s++) {
            const uint64_t *now = color[s][round % 2];
            own[s] += count_equal(graph[s]->nodes, now, graph[s]->nodes, now);
            refine_colors(graph[s], now, color[s][(round + 1) % 2]);
        }
        both += count_equal(first->nodes, color[0][round % 2], second->nodes, color[1][round % 2]);
    }
    const bool empty = first->nodes == 0 || second->nodes == 0;
    *similarity = empty ? (double)(first->nodes == second->nodes) : both / sqrt(own[0] * own[1]);

cleanup:
    return status;
}
