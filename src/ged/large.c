/*
 * Bounds for two large graphs. Vertices with one signature (label, degree) are alike, so each graph
 * becomes a sorted list of signatures and how often each occurs, which every rank holds; the ranks
 * then share the signatures. What a rank adds up is a term for each signature, whichever rank does
 * it, so that sums do not depend on the ranks.
 */
#include "gph/ged_large.h"

#include "base/hash.h"
#include "base/sort.h"
#include "ged/methods.h"
#include "graph/graph.h"
#include "par/comm.h"
#include "par/reduce.h"

#include <math.h>
#include <string.h>

/* Signatures of a graph, ascending by label (a), then degree (b). */
typedef struct signatures {
    int64_t count;
    gph_pair_t *key;  /* [count] */
    double *times;    /* [count] vertices with each, a whole number */
    int64_t degrees;  /* different ones */
    int64_t *degree;  /* [degrees] ascending */
    int64_t *holders; /* [degrees] vertices with each */
} signatures_t;

/* Costs, and the sizes of both graphs. */
typedef struct pair {
    const gph_graph_t *graph[2];
    gph_ged_costs_t costs;
    bool labelled;
    signatures_t list[2];
} pair_t;

/* --- signatures ----------------------------------------------------------------------------- */

static int64_t label_of(const gph_graph_t *graph, gph_lid_t v)
{
    const int64_t begin = graph->names.offset[v];
    const int64_t size = graph->names.offset[v + 1] - begin;
    /* Two names with one hash make a bound smaller, never wrong. */
    return (int64_t)(gph_digest_bytes(graph->names.bytes + begin, (size_t)size).low >> 1);
}

/* Makes equal neighbours one. Returns how many are left. */
static int64_t merge_equal(int64_t count, gph_pair_t *key, double *times)
{
    int64_t left = 0;
    for (int64_t i = 0; i < count; i++) {
        if (left > 0 && key[left - 1].a == key[i].a && key[left - 1].b == key[i].b) {
            times[left - 1] += times[i];
            continue;
        }
        key[left] = key[i];
        times[left++] = times[i];
    }
    return left;
}

/* Signatures of the vertices of this rank. */
static gph_status_t count_here(const gph_graph_t *graph, bool labelled, signatures_t *made)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = graph->context->env;

    GPH_TRY(gph_alloc(env, graph->owned, sizeof *made->key, &made->key));
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *made->times, &made->times));
    for (gph_lid_t v = 0; v < graph->owned; v++) {
        made->key[v] = (gph_pair_t){labelled ? label_of(graph, v) : 0,
                                    graph->offset[v + 1] - graph->offset[v]};
        made->times[v] = 1;
    }
    GPH_TRY(gph_sort_pairs(env, graph->owned, made->key, made->times));
    made->count = merge_equal(graph->owned, made->key, made->times);

cleanup:
    return status;
}

/* Different degrees, and how many vertices have each. */
static gph_status_t count_degrees(gph_env_t *env, signatures_t *list)
{
    gph_status_t status = GPH_OK;
    gph_pair_t *key = NULL;
    double *times = NULL;

    GPH_TRY(gph_alloc(env, list->count, sizeof *key, &key));
    GPH_TRY(gph_alloc(env, list->count, sizeof *times, &times));
    for (int64_t i = 0; i < list->count; i++) {
        key[i] = (gph_pair_t){0, list->key[i].b};
        times[i] = list->times[i];
    }
    GPH_TRY(gph_sort_pairs(env, list->count, key, times));
    const int64_t degrees = merge_equal(list->count, key, times);
    GPH_TRY(gph_alloc(env, degrees, sizeof *list->degree, &list->degree));
    GPH_TRY(gph_alloc(env, degrees, sizeof *list->holders, &list->holders));
    for (int64_t i = 0; i < degrees; i++) {
        list->degree[i] = key[i].b;
        list->holders[i] = (int64_t)times[i];
    }
    list->degrees = degrees;

cleanup:
    gph_free(key);
    gph_free(times);
    return status;
}

static void list_free(signatures_t *list)
{
    gph_free(list->key);
    gph_free(list->times);
    gph_free(list->degree);
    gph_free(list->holders);
    *list = (signatures_t){0};
}

/* Signatures of all ranks, on every rank. Collective. */
static gph_status_t list_make(const gph_graph_t *graph, bool labelled, signatures_t *list)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    signatures_t here = {0};
    int64_t total = 0;

    GPH_TRY_ALL(context, count_here(graph, labelled, &here));
    GPH_TRY(
        gph_comm_concat_all(context, here.count, sizeof *here.key, here.key, &list->key, &total));
    GPH_TRY(gph_comm_concat_all(context, here.count, sizeof *here.times, here.times, &list->times,
                                &total));
    GPH_TRY_ALL(context, gph_sort_pairs(context->env, total, list->key, list->times));
    list->count = merge_equal(total, list->key, list->times);
    GPH_TRY_ALL(context, count_degrees(context->env, list));

cleanup:
    list_free(&here);
    return status;
}

/* --- bounds --------------------------------------------------------------------------------- */

/* Vertices: what labels both have is free. */
static double label_part(const pair_t *pair)
{
    const signatures_t *a = &pair->list[0];
    const signatures_t *b = &pair->list[1];
    const gph_ged_cost_t *cost = &pair->costs.node;
    const double n[2] = {(double)pair->graph[0]->vertices, (double)pair->graph[1]->vertices};
    double common = 0;

    for (int64_t i = 0, j = 0; i < a->count && j < b->count;) {
        const int64_t label = a->key[i].a < b->key[j].a ? a->key[i].a : b->key[j].a;
        double times[2] = {0, 0};
        for (; i < a->count && a->key[i].a == label; i++)
            times[0] += a->times[i];
        for (; j < b->count && b->key[j].a == label; j++)
            times[1] += b->times[j];
        common += fmin(times[0], times[1]);
    }
    const double both = fmin(n[0], n[1]);
    return fmin(cost->substitute, cost->remove + cost->insert) * (both - common) +
           cost->remove * (n[0] - both) + cost->insert * (n[1] - both);
}

static double edge_part(const pair_t *pair)
{
    const gph_ged_cost_t *cost = &pair->costs.edge;
    const double more = (double)(pair->graph[0]->edges - pair->graph[1]->edges);
    return more > 0 ? more * cost->remove : -more * cost->insert;
}

/*
 * Degrees in sorted order, the shorter list filled up by zeros: the least assignment, as the cost
 * is a convex function of the difference. Half an edge is deleted or inserted at each of its ends.
 */
static double degree_part(const pair_t *pair)
{
    const signatures_t *list[2] = {&pair->list[0], &pair->list[1]};
    int64_t at[2] = {list[0]->degrees, list[1]->degrees}; /* from the greatest degrees on */
    int64_t left[2] = {0, 0};
    int64_t removed = 0;
    int64_t inserted = 0;

    for (;;) {
        int64_t degree[2] = {0, 0};
        for (int s = 0; s < 2; s++) {
            if (left[s] == 0 && at[s] > 0)
                left[s] = list[s]->holders[--at[s]];
            degree[s] = left[s] > 0 ? list[s]->degree[at[s]] : 0;
        }
        if (left[0] == 0 && left[1] == 0)
            break;
        int64_t step = left[0] < left[1] ? left[0] : left[1];
        if (step == 0)
            step = left[0] + left[1]; /* against zeros */
        removed += degree[0] > degree[1] ? step * (degree[0] - degree[1]) : 0;
        inserted += degree[1] > degree[0] ? step * (degree[1] - degree[0]) : 0;
        for (int s = 0; s < 2; s++)
            left[s] -= left[s] > 0 ? step : 0;
    }
    return (double)removed * pair->costs.edge.remove / 2 +
           (double)inserted * pair->costs.edge.insert / 2;
}

/* --- Hausdorff edit distance ---------------------------------------------------------------- */

/* Where signature (label, degree) is or would be. */
static int64_t place_of(const signatures_t *list, int64_t label, int64_t degree)
{
    int64_t low = 0;
    int64_t high = list->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const gph_pair_t key = list->key[middle];
        if (key.a < label || (key.a == label && key.b < degree))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Edges of a vertex of degree x of graph `side` against those of one of degree y of the other. */
static double edges_between(const pair_t *pair, int side, int64_t x, int64_t y)
{
    const gph_ged_cost_t *cost = &pair->costs.edge;
    const double more = (double)(side == 0 ? x - y : y - x);
    return more > 0 ? more * cost->remove : -more * cost->insert;
}

/* Cheapest of what can be done to a vertex of graph `side`. The cost rises with the difference of
 * degrees, so that with each label only the next degree below and above matter; and a vertex with
 * another label needs no other one than the nearest of all, as with the same label it costs less.
 */
static double nearest(const pair_t *pair, int side, gph_pair_t key)
{
    const signatures_t *other = &pair->list[1 - side];
    const gph_ged_cost_t *node = &pair->costs.node;
    const gph_ged_cost_t *edge = &pair->costs.edge;
    const int64_t at = place_of(other, key.a, key.b);
    const int64_t next = gph_lower_bound_i64(other->degree, other->degrees, key.b);
    double low = side == 0 ? node->remove + (double)key.b * edge->remove / 2
                           : node->insert + (double)key.b * edge->insert / 2;

    for (int64_t i = at > 0 ? at - 1 : 0; i <= at && i < other->count; i++)
        if (other->key[i].a == key.a)
            low = fmin(low, edges_between(pair, side, key.b, other->key[i].b) / 4);
    for (int64_t i = next > 0 ? next - 1 : 0; i <= next && i < other->degrees; i++)
        low = fmin(low,
                   (node->substitute + edges_between(pair, side, key.b, other->degree[i]) / 2) / 2);
    return low;
}

/* Terms of this rank's signatures of one graph, by all threads, added exactly. */
static gph_status_t add_terms(const pair_t *pair, int side, gph_sum_t *sum)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = pair->graph[side]->context;
    const signatures_t *list = &pair->list[side];
    const int64_t begin = gph_block_start(list->count, context->ranks, context->rank);
    const int64_t count = gph_block_start(list->count, context->ranks, context->rank + 1) - begin;
    double *term = NULL;

    GPH_TRY(gph_alloc(context->env, count, sizeof *term, &term));
    /* Signatures cost about the same, so each thread takes one stretch. */
#pragma omp parallel for default(none) shared(pair, side, list, begin, count, term)                \
    num_threads(context->threads) schedule(static)
    for (int64_t i = 0; i < count; i++)
        term[i] = list->times[begin + i] * nearest(pair, side, list->key[begin + i]);
    gph_sum_add_f64(sum, count, term);

cleanup:
    gph_free(term);
    return status;
}

/* Collective. */
static gph_status_t hausdorff(const pair_t *pair, double *bound)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = pair->graph[0]->context;
    const double more = (double)(pair->graph[0]->vertices - pair->graph[1]->vertices);
    gph_sum_t sum = {{0}, 0};

    for (int side = 0; side < 2; side++)
        GPH_TRY_ALL(context, add_terms(pair, side, &sum));
    GPH_TRY(gph_reduce_exact(context, 1, &sum));
    *bound = fmax(gph_sum_f64(&sum),
                  more > 0 ? more * pair->costs.node.remove : -more * pair->costs.node.insert);

cleanup:
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t check(gph_env_t *env, const gph_graph_t *first, const gph_graph_t *second,
                          const gph_ged_costs_t *costs, gph_ged_method_t method)
{
    if (first->context != second->context)
        return gph_fail(env, GPH_ERR_USAGE, "two graphs of different contexts");
    if ((int)method < 0 || method > GPH_GED_BRANCH)
        return gph_fail(env, GPH_ERR_USAGE,
                        "method %s is for small graphs; large ones have label, hed and branch",
                        gph_ged_method_name(method));
    if (costs->node.kind != GPH_GED_COST_CONSTANT || costs->edge.kind != GPH_GED_COST_CONSTANT)
        return gph_fail(env, GPH_ERR_USAGE, "large graphs have constant costs only");
    return gph_ged_costs_check(env, costs);
}

static gph_status_t bound_below(const pair_t *pair, gph_ged_method_t method, double *lower)
{
    gph_status_t status = GPH_OK;
    if (method == GPH_GED_HED)
        status = hausdorff(pair, lower);
    else
        *lower = label_part(pair) + (method == GPH_GED_LABEL ? edge_part(pair) : degree_part(pair));
    return status;
}

/* Deletes the first graph, inserts the second one. */
static double bound_above(const pair_t *pair)
{
    const gph_ged_costs_t *costs = &pair->costs;
    return (double)pair->graph[0]->vertices * costs->node.remove +
           (double)pair->graph[0]->edges * costs->edge.remove +
           (double)pair->graph[1]->vertices * costs->node.insert +
           (double)pair->graph[1]->edges * costs->edge.insert;
}

static void make_digest(const pair_t *pair, gph_ged_large_result_t *result)
{
    const double bound[2] = {result->lower, result->upper};
    gph_digest_t sum = gph_digest_item(0, bound, sizeof bound);
    for (int s = 0; s < 2; s++) {
        const signatures_t *list = &pair->list[s];
        const uint64_t number = 1 + 2 * (uint64_t)s;
        gph_digest_add(&sum,
                       gph_digest_item(number, list->key, (size_t)list->count * sizeof *list->key));
        gph_digest_add(&sum, gph_digest_item(number + 1, list->times,
                                             (size_t)list->count * sizeof *list->times));
        result->signatures[s] = list->count;
    }
    gph_digest_format(sum, result->digest);
}

gph_status_t gph_ged_large(const gph_graph_t *first, const gph_graph_t *second,
                           const gph_ged_costs_t *costs, gph_ged_method_t method,
                           gph_ged_large_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_ged_large_result_t made = {.lower = 0};

    if (first == NULL || second == NULL || result == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = first->context;
    pair_t pair = {.graph = {first, second},
                   .costs = costs != NULL ? *costs : gph_ged_costs_default(),
                   .labelled = first->names.offset != NULL && second->names.offset != NULL};
    GPH_TRY_ALL(context, check(context->env, first, second, &pair.costs, method));
    gph_phase_begin(context, "signatures");
    for (int s = 0; s < 2; s++)
        GPH_TRY(list_make(pair.graph[s], pair.labelled, &pair.list[s]));
    gph_phase_begin(context, "bounds");
    GPH_TRY(bound_below(&pair, method, &made.lower));
    made.upper = bound_above(&pair);
    made.lower = fmin(made.lower, made.upper); /* but for the rounding of sums less anyway */
    make_digest(&pair, &made);
    *result = made;

cleanup:
    gph_phase_end(context);
    list_free(&pair.list[0]);
    list_free(&pair.list[1]);
    return status;
}
