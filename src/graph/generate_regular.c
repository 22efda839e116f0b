/* Generators of regular families: complete, cycle, star, path and Turán graphs. */
#include "graph/generators.h"

#include <assert.h>
#include <math.h>

int64_t gph_pairs_count(int64_t n)
{
    /* The even factor is halved first, so that nothing overflows. */
    return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

gph_edge_t gph_pairs_at(int64_t index)
{
    /* v is the largest number with v (v - 1) / 2 <= index. Then 2 index < v (v + 1) < (v + 1/2)^2,
     * so the root cut down to an integer is never above v, rounding included, but may be v - 1. */
    int64_t v = (int64_t)sqrt(2.0 * (double)index);
    while (gph_pairs_count(v + 1) <= index)
        v++;
    return (gph_edge_t){.u = index - gph_pairs_count(v), .v = v};
}

/** Reads n, which every family has. */
static gph_status_t plan_vertices(gph_context_t *context, gph_spec_t *spec, int64_t max,
                                  gph_plan_t *plan)
{
    return gph_spec_get_i64(context->env, spec, "n", 0, max, -1, &plan->vertices);
}

gph_status_t gph_plan_complete(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan)
{
    const gph_status_t status = plan_vertices(context, spec, GPH_GENERATE_MAX_DENSE, plan);
    plan->edges = gph_pairs_count(plan->vertices);
    return status;
}

gph_edge_t gph_edge_complete(const gph_plan_t *plan, int64_t index)
{
    (void)plan;
    return gph_pairs_at(index);
}

gph_status_t gph_plan_path(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan)
{
    const gph_status_t status = plan_vertices(context, spec, GPH_GENERATE_MAX, plan);
    plan->edges = plan->vertices > 0 ? plan->vertices - 1 : 0;
    return status;
}

gph_edge_t gph_edge_path(const gph_plan_t *plan, int64_t index)
{
    (void)plan;
    return (gph_edge_t){.u = index, .v = index + 1};
}

gph_status_t gph_plan_star(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan)
{
    return gph_plan_path(context, spec, plan);
}

gph_edge_t gph_edge_star(const gph_plan_t *plan, int64_t index)
{
    (void)plan;
    return (gph_edge_t){.u = 0, .v = index + 1};
}

gph_status_t gph_plan_cycle(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan)
{
    const gph_status_t status = gph_plan_path(context, spec, plan);
    /* Two vertices have one edge between them: the closing one would repeat it. */
    if (plan->vertices > 2)
        plan->edges = plan->vertices;
    return status;
}

gph_edge_t gph_edge_cycle(const gph_plan_t *plan, int64_t index)
{
    return (gph_edge_t){.u = index, .v = index + 1 < plan->vertices ? index + 1 : 0};
}

/** First vertex of a part of a Turán graph: parts are even blocks, the larger ones first. */
static int64_t turan_start(const gph_plan_t *plan, int64_t part)
{
    const int64_t larger = plan->vertices % plan->parts;
    return plan->vertices / plan->parts * part + (part < larger ? part : larger);
}

/** Edges of a Turán graph that join two of its first `part` parts. */
static int64_t turan_before(const gph_plan_t *plan, int64_t part)
{
    const int64_t larger = plan->vertices % plan->parts;
    const int64_t head = part < larger ? part : larger; /* parts of size + 1 */
    const int64_t tail = part - head;                   /* parts of size */
    const uint64_t size = (uint64_t)(plan->vertices / plan->parts);
    /* The sum is less than 2^63, so arithmetic modulo 2^64 gives it, although the square of a size
     * may wrap around where it stands beside a zero. */
    return (int64_t)((size + 1) * (size + 1) * (uint64_t)gph_pairs_count(head) +
                     (size + 1) * (uint64_t)head * size * (uint64_t)tail +
                     size * size * (uint64_t)gph_pairs_count(tail));
}

gph_status_t gph_plan_turan(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(plan_vertices(context, spec, GPH_GENERATE_MAX_DENSE, plan));
    GPH_TRY(gph_spec_get_i64(context->env, spec, "r", 1, INT64_MAX, -1, &plan->parts));
    /* More parts than vertices leave the rest empty. */
    if (plan->parts > plan->vertices)
        plan->parts = plan->vertices > 0 ? plan->vertices : 1;
    plan->edges = turan_before(plan, plan->parts);
cleanup:
    return status;
}

gph_edge_t gph_edge_turan(const gph_plan_t *plan, int64_t index)
{
    /* Edges are counted by the part of their larger end. The first part has none, so the search
     * ends in a later one, whose vertices are joined to every vertex before it. */
    int64_t part = 0;
    int64_t end = plan->parts;
    while (end - part > 1) {
        const int64_t middle = part + (end - part) / 2;
        if (turan_before(plan, middle) <= index)
            part = middle;
        else
            end = middle;
    }
    const int64_t first = turan_start(plan, part);
    assert(first > 0);
    const int64_t rest = index - turan_before(plan, part);
    return (gph_edge_t){.u = rest % first, .v = first + rest / first};
}
