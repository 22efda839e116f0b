/* Lower bounds that look at nodes one by one: label multisets, and the Hausdorff edit distance. */
#include "ged/methods.h"

#include <math.h>
#include <string.h>

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

/* --- label multisets ------------------------------------------------------------------------ */

/* Nodes or edges of one side, as rows or columns of a cost table. */
typedef struct items {
    int32_t count;
    const uint16_t *kind; /**< [count] row or column of the table; NULL: its own number */
    const double *alone;  /**< deletion or insertion, by row or column */
    int64_t alone_stride;
} items_t;

static int64_t kind_of(const items_t *items, int32_t i)
{
    return items->kind ? items->kind[i] : i;
}

/* Each row at the cheapest that can be done to it alone. */
static double one_side(const items_t *rows, const items_t *columns, const double *cost,
                       int64_t row_stride, int64_t column_stride)
{
    double sum = 0;
    for (int32_t i = 0; i < rows->count; i++) {
        const int64_t row = kind_of(rows, i);
        double low = rows->alone[row * rows->alone_stride];
        for (int32_t j = 0; j < columns->count; j++)
            low = least(low, cost[row * row_stride + kind_of(columns, j) * column_stride]);
        sum += low;
    }
    return sum;
}

/* Labels that both sides have, as often as both do: labels equal where substitution is free. */
static int32_t common_nodes(const gph_ged_problem_t *problem)
{
    const int32_t n0 = problem->side[0].nodes;
    const int32_t n1 = problem->side[1].nodes;
    int32_t common = 0;
    for (int32_t v = 0; v < n1; v++) {
        int32_t rank =
            0; // among the nodes of side 1 with its label: those that share their row of zeros
        int32_t first = 0;
        while (first < n0 && problem->sub[first * n1 + v] > 0)
            first++;
        for (int32_t w = 0; first < n0 && w < v; w++)
            rank += problem->sub[first * n1 + w] <= 0;
        int32_t there = 0;
        for (int32_t u = first; u < n0; u++)
            there += problem->sub[u * n1 + v] <= 0;
        common += rank < there;
    }
    return common;
}

static int32_t common_edges(const gph_ged_problem_t *problem)
{
    int32_t common = 0;
    for (int32_t kind = 1; kind <= problem->kinds0; kind++) {
        int32_t count[2] = {0, 0};
        for (int s = 0; s < 2; s++)
            for (int32_t e = 0; e < problem->side[s].edges; e++)
                count[s] += problem->side[s].kind[e] == kind;
        common += count[0] < count[1] ? count[0] : count[1];
    }
    return common;
}

/* Constant costs: what is common is free, the smaller rest is substituted. */
static double by_counts(int32_t a, int32_t b, int32_t common, double sub, double del, double ins)
{
    const int32_t both = a < b ? a : b;
    return least(sub, del + ins) * (both - common) + del * (a - both) + ins * (b - both);
}

static bool has_loops(const gph_ged_side_t *side)
{
    for (int32_t u = 0; u < side->nodes; u++)
        if (side->loop[u] != 0)
            return true;
    return false;
}

/* Substitution of unlike nodes: the first one that costs something. */
static double unlike(const gph_ged_problem_t *problem)
{
    const int64_t cells = (int64_t)problem->side[0].nodes * problem->side[1].nodes;
    for (int64_t i = 0; i < cells; i++)
        if (problem->sub[i] > 0)
            return problem->sub[i];
    return 0;
}

double gph_ged_label_bound(const gph_ged_problem_t *problem, bool constant_nodes)
{
    const gph_ged_side_t *a = &problem->side[0];
    const gph_ged_side_t *b = &problem->side[1];
    const int32_t across = problem->kinds1 + 1;
    double nodes = 0;
    double edges = 0;

    if (constant_nodes && a->nodes > 0 && !has_loops(a) && !has_loops(b)) {
        nodes = by_counts(a->nodes, b->nodes, common_nodes(problem), unlike(problem),
                          problem->del[0], problem->ins[0]);
    } else {
        const items_t rows = {a->nodes, NULL, problem->del, 1};
        const items_t columns = {b->nodes, NULL, problem->ins, 1};
        nodes = most(one_side(&rows, &columns, problem->sub, b->nodes, 1),
                     one_side(&columns, &rows, problem->sub, 1, b->nodes));
    }
    if (problem->constant) {
        edges = by_counts(a->edges, b->edges, common_edges(problem), problem->es, problem->ea,
                          problem->eb);
    } else {
        const items_t rows = {a->edges, a->kind, problem->edge, across};
        const items_t columns = {b->edges, b->kind, problem->edge, 1};
        edges = most(one_side(&rows, &columns, problem->edge, across, 1),
                     one_side(&columns, &rows, problem->edge, 1, across));
    }
    return nodes + edges;
}

/* --- Hausdorff edit distance ---------------------------------------------------------------- */

/* Least cost of deleting (side 0) or inserting (side 1) `extra` more edges of a node than the other
 * has. */
static double surplus(const gph_ged_problem_t *problem, int s, int32_t u, int32_t extra)
{
    const gph_ged_side_t *side = &problem->side[s];
    double low = INFINITY;
    for (int32_t t = side->start[u]; t < side->start[u + 1]; t++)
        low = least(low, s == 0 ? gph_ged_between(problem, u, side->neighbor[t], -1, -1)
                                : gph_ged_between(problem, -1, -1, u, side->neighbor[t]));
    return extra > 0 ? extra * low : 0;
}

/* Edges of u against edges of v, each against the nearest of the other node. */
static double hausdorff_edges(const gph_ged_problem_t *problem, int32_t u, int32_t v)
{
    const gph_ged_side_t *a = &problem->side[0];
    const gph_ged_side_t *b = &problem->side[1];
    const int32_t d0 = a->start[u + 1] - a->start[u];
    const int32_t d1 = b->start[v + 1] - b->start[v];
    double sum = 0;
    for (int32_t t = a->start[u]; t < a->start[u + 1]; t++) {
        double low = gph_ged_between(problem, u, a->neighbor[t], -1, -1);
        for (int32_t r = b->start[v]; r < b->start[v + 1]; r++)
            low = least(low, gph_ged_between(problem, u, a->neighbor[t], v, b->neighbor[r]) / 2);
        sum += low;
    }
    for (int32_t r = b->start[v]; r < b->start[v + 1]; r++) {
        double low = gph_ged_between(problem, -1, -1, v, b->neighbor[r]);
        for (int32_t t = a->start[u]; t < a->start[u + 1]; t++)
            low = least(low, gph_ged_between(problem, u, a->neighbor[t], v, b->neighbor[r]) / 2);
        sum += low;
    }
    return most(sum, d0 > d1 ? surplus(problem, 0, u, d0 - d1) : surplus(problem, 1, v, d1 - d0));
}

/* Kinds of edges that the masks below have bits for. */
enum { MASK_KINDS = 63 };

/* Kinds of the edges of a node, as bits. */
static uint64_t kinds_of(const gph_ged_side_t *side, int32_t u)
{
    uint64_t mask = 0;
    for (int32_t t = side->start[u]; t < side->start[u + 1]; t++)
        mask |= UINT64_C(1) << side->matrix[u * side->nodes + side->neighbor[t]];
    return mask;
}

/* Edges of u whose kind is none of those in the mask. */
static int32_t edges_outside(const gph_ged_side_t *side, int32_t u, uint64_t mask)
{
    int32_t count = 0;
    for (int32_t t = side->start[u]; t < side->start[u + 1]; t++)
        count += (mask >> side->matrix[u * side->nodes + side->neighbor[t]] & 1) == 0;
    return count;
}

/* hausdorff_edges() with constant costs: an edge has one of its kind at the other node, or another
 * one, or none. */
static double constant_edges(const gph_ged_problem_t *problem, int32_t u, int32_t v,
                             uint64_t kinds0, uint64_t kinds1)
{
    const gph_ged_side_t *a = &problem->side[0];
    const gph_ged_side_t *b = &problem->side[1];
    const int32_t d0 = a->start[u + 1] - a->start[u];
    const int32_t d1 = b->start[v + 1] - b->start[v];
    const double surplus = d0 > d1 ? problem->ea * (d0 - d1) : problem->eb * (d1 - d0);
    if (d0 == 0 || d1 == 0 || kinds0 == kinds1)
        return surplus;
    const double sum = edges_outside(a, u, kinds1) * least(problem->ea, problem->es / 2) +
                       edges_outside(b, v, kinds0) * least(problem->eb, problem->es / 2);
    return most(sum, surplus);
}

/* Deletion (insertion) of a node with half of its edges. */
static double alone(const gph_ged_problem_t *problem, int s, int32_t u)
{
    const gph_ged_side_t *side = &problem->side[s];
    const double own = s == 0 ? problem->del[u] : problem->ins[u];
    double sum = 0;
    if (problem->constant)
        return own +
               (side->start[u + 1] - side->start[u]) * (s == 0 ? problem->ea : problem->eb) / 2;
    for (int32_t t = side->start[u]; t < side->start[u + 1]; t++)
        sum += s == 0 ? gph_ged_between(problem, u, side->neighbor[t], -1, -1)
                      : gph_ged_between(problem, -1, -1, u, side->neighbor[t]);
    return own + sum / 2;
}

/* Least half cost of u against each node of side 1, whose own least it lowers. */
static double nearest(const gph_ged_problem_t *problem, int32_t u, const uint64_t *kinds1,
                      double *low_of)
{
    const int32_t n1 = problem->side[1].nodes;
    const uint64_t kinds0 = kinds1 != NULL ? kinds_of(&problem->side[0], u) : 0;
    double low = alone(problem, 0, u);
    for (int32_t v = 0; v < n1; v++) {
        const double edges = kinds1 != NULL ? constant_edges(problem, u, v, kinds0, kinds1[v])
                                            : hausdorff_edges(problem, u, v);
        const double half = (problem->sub[u * n1 + v] + edges / 2) / 2;
        low = least(low, half);
        low_of[v] = least(low_of[v], half);
    }
    return low;
}

/* nearest() where all edges are of one kind and cost constants: degrees tell. */
static double nearest_alike(const gph_ged_problem_t *problem, int32_t u, double *restrict low_of)
{
    const gph_ged_side_t *a = &problem->side[0];
    const int32_t *restrict start = problem->side[1].start;
    const int32_t n1 = problem->side[1].nodes;
    const double *restrict sub = problem->sub + (int64_t)u * n1;
    const int32_t degree = a->start[u + 1] - a->start[u];
    double low = alone(problem, 0, u);
    for (int32_t v = 0; v < n1; v++) {
        const int32_t more = degree - (start[v + 1] - start[v]);
        const double edges = more > 0 ? problem->ea * more : problem->eb * -more;
        const double half = (sub[v] + edges / 2) / 2;
        low = half < low ? half : low;
        low_of[v] = half < low_of[v] ? half : low_of[v];
    }
    return low;
}

double gph_ged_hausdorff_bound(const gph_ged_problem_t *problem, double *low_of, uint64_t *kinds)
{
    const int32_t n0 = problem->side[0].nodes;
    const int32_t n1 = problem->side[1].nodes;
    const bool counted = problem->constant && problem->kinds1 <= MASK_KINDS;
    const bool alike = problem->constant && problem->kinds1 <= 1; // both sides count kinds alike
    double sum = 0;
    double cheapest = INFINITY; // insertion: side 1 has no fewer nodes
    for (int32_t v = 0; v < n1; v++) {
        low_of[v] = alone(problem, 1, v);
        cheapest = least(cheapest, problem->ins[v]);
        if (counted && !alike)
            kinds[v] = kinds_of(&problem->side[1], v);
    }
    for (int32_t u = 0; u < n0; u++)
        sum += alike ? nearest_alike(problem, u, low_of)
                     : nearest(problem, u, counted ? kinds : NULL, low_of);
    for (int32_t v = 0; v < n1; v++)
        sum += low_of[v];
    return n1 > n0 ? most(sum, (n1 - n0) * cheapest) : sum;
}
