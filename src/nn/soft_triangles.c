/* Triangles of soft graphs. */
#include "nn/soft_triangles.h"

/* True when an edge joins two nodes, whichever way. */
static bool joined(const gph_wanted_edge_t *edge, int64_t edges, int64_t a, int64_t b)
{
    for (int64_t e = 0; e < edges; e++)
        if ((edge[e].from == a && edge[e].to == b) || (edge[e].from == b && edge[e].to == a))
            return true;
    return false;
}

int64_t gph_soft_triangles_count(int64_t nodes, int64_t edges, const gph_wanted_edge_t *edge)
{
    int64_t count = 0;
    for (int64_t e = 0; e < edges; e++) {
        const int64_t a = edge[e].from < edge[e].to ? edge[e].from : edge[e].to;
        const int64_t b = edge[e].from < edge[e].to ? edge[e].to : edge[e].from;
        /* Of parallel edges the first one; the third node last, so that each triangle counts once.
         */
        if (a == b || joined(edge, e, a, b))
            continue;
        for (int64_t c = b + 1; c < nodes; c++)
            count += joined(edge, edges, a, c) && joined(edge, edges, b, c);
    }
    return count;
}

double gph_soft_triangles_expected(int64_t nodes, int64_t kinds, const gph_real_t *edge,
                                   double *either)
{
    const int64_t n = nodes;
    double sum = 0;
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < n; b++) {
            double none = 1;
            for (int64_t k = 0; a != b && k < kinds; k++)
                none *= (1 - (double)edge[(k * n + a) * n + b]) *
                        (1 - (double)edge[(k * n + b) * n + a]);
            either[a * n + b] = 1 - none;
        }
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = a + 1; b < n; b++) {
            double ways = 0;
            for (int64_t c = b + 1; c < n; c++)
                ways += either[a * n + c] * either[b * n + c];
            sum += either[a * n + b] * ways;
        }
    return sum;
}

/* Probability that no edge but edge[kind][from][to] joins the two. */
static double none_but(int64_t n, int64_t kinds, const gph_real_t *edge, int64_t kind, int64_t from,
                       int64_t to)
{
    double none = 1;
    for (int64_t k = 0; k < kinds; k++) {
        if (k != kind)
            none *= 1 - (double)edge[(k * n + from) * n + to];
        none *= 1 - (double)edge[(k * n + to) * n + from];
    }
    return none;
}

void gph_soft_triangles_gradient(int64_t nodes, int64_t kinds, const gph_real_t *edge,
                                 double wanted, double gamma, double *either, double *g_edge)
{
    const int64_t n = nodes;
    double *ways = either + n * n; /* of two nodes: expected third ones */
    double sum = 0;

    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < n; b++) {
            double found = 0;
            for (int64_t c = 0; a != b && c < n; c++)
                found += either[a * n + c] * either[b * n + c];
            ways[a * n + b] = found;
            sum += either[a * n + b] * found;
        }
    const double more = sum / 6 - wanted; /* each triangle was met three times from both sides */
    const double slope = more > 0 ? gamma : more < 0 ? -gamma : 0;
    for (int64_t k = 0; k < kinds; k++)
        for (int64_t a = 0; a < n; a++)
            for (int64_t b = 0; b < n; b++)
                if (a != b)
                    g_edge[(k * n + a) * n + b] +=
                        slope * ways[a * n + b] * none_but(n, kinds, edge, k, a, b);
}
