/* Exact distances against all mappings tried one by one, with every kind of label and cost. */
#include "ged_oracle.h"

#include <math.h>
#include <string.h>

enum { PAIRS = 40, MOST_NODES = 5, ENGINE_PAIRS = 300 };

/* A pair of random graphs in a set of their own. */
static gph_status_t draw_pair(gph_graph_set_t *set, uint64_t stream)
{
    const int density = 20 + oracle_draw(stream, 1000, 70);
    gph_status_t status = GPH_OK;
    for (uint64_t side = 0; side < 2 && status == GPH_OK; side++)
        status = oracle_graph(set, 2 * stream + side,
                              oracle_draw(stream, 1001 + side, MOST_NODES + 1), density);
    return status;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (1 + fabs(b));
}

/* What must hold of an exact result with distance `wanted`. */
static void check_exact(gph_ged_t *ged, const gph_small_graph_t pair[2], double wanted,
                        const char *what, int kind)
{
    gph_ged_result_t result = {.lower = -1};
    gph_ged_path_t path = {.total = -1};
    if (!GPH_EXPECT_OK(NULL, gph_ged_compute(ged, &pair[0], &pair[1], NULL, &result)))
        return;
    GPH_EXPECT(result.exact && near(result.upper, wanted) && near(result.lower, wanted),
               "%s %d: %g..%g, wanted %g", what, kind, result.lower, result.upper, wanted);
    GPH_EXPECT_OK(NULL, gph_ged_replay(ged, &pair[0], &pair[1], result.map, &path));
    CU_ASSERT(near(path.total, wanted));
    double sum = 0;
    for (int i = 0; i < GPH_GED_OPERATIONS; i++)
        sum += path.cost[i];
    CU_ASSERT(near(sum, wanted));
}

/* Bounds of all methods around the distance. */
static void check_methods(gph_ged_t *ged, const gph_small_graph_t pair[2], double wanted, int kind)
{
    for (int m = 0; m < GPH_GED_METHODS; m++) {
        gph_ged_options_t options = gph_ged_options_default();
        gph_ged_result_t result = {.lower = -1};
        options.method = (gph_ged_method_t)m;
        GPH_EXPECT_OK(NULL, gph_ged_compute(ged, &pair[0], &pair[1], &options, &result));
        GPH_EXPECT(result.lower >= 0 && result.lower <= wanted + 1e-9 &&
                       result.upper >= wanted - 1e-9,
                   "%s, costs %d: %g..%g around %g", gph_ged_method_name(options.method), kind,
                   result.lower, result.upper, wanted);
        CU_ASSERT((result.map != NULL) == (m >= GPH_GED_BRANCH));
    }
}

/* Below, at and above the distance. */
static void check_thresholds(gph_ged_t *ged, const gph_small_graph_t pair[2], double wanted)
{
    const double threshold[] = {0, wanted * 0.9, wanted, wanted + 1};
    for (int i = 0; i < 4; i++) {
        gph_ged_options_t options = gph_ged_options_default();
        gph_ged_result_t result = {.lower = -1};
        options.threshold = threshold[i] + 1e-7;
        const bool reached = wanted <= options.threshold;
        GPH_EXPECT_OK(NULL, gph_ged_compute(ged, &pair[0], &pair[1], &options, &result));
        GPH_EXPECT(result.exact == reached && result.over == !reached,
                   "distance %g, threshold %g: %s, %g..%g", wanted, options.threshold,
                   result.exact ? "exact" : "over", result.lower, result.upper);
        CU_ASSERT(reached ? near(result.upper, wanted) : result.lower > options.threshold - 1e-6);
        CU_ASSERT(result.upper >= wanted - 1e-9 && result.lower <= wanted + 1e-9);
    }
}

static void check_limits(gph_ged_t *ged, const gph_small_graph_t pair[2], double wanted)
{
    for (int64_t steps = 1; steps < 6; steps++) {
        gph_ged_options_t options = gph_ged_options_default();
        gph_ged_result_t result = {.lower = -1};
        options.max_steps = steps;
        GPH_EXPECT_OK(NULL, gph_ged_compute(ged, &pair[0], &pair[1], &options, &result));
        GPH_EXPECT(result.lower <= wanted + 1e-9 && result.upper >= wanted - 1e-9,
                   "%lld steps: %g..%g around %g", (long long)steps, result.lower, result.upper,
                   wanted);
        CU_ASSERT(result.stopped || (result.exact && near(result.upper, wanted)));
    }
}

static void check_kind(bool directed, oracle_costs_t kind)
{
    gph_context_t *context = gph_test_context();
    for (uint64_t i = 0; i < PAIRS; i++) {
        const uint64_t stream = 100000 * (uint64_t)kind + 50000 * directed + i;
        gph_graph_set_t set = gph_graph_set_init(context->env, directed);
        gph_ged_t *ged = NULL;
        oracle_model_t model;
        oracle_model(kind, stream, &model);
        if (GPH_EXPECT_OK(context, draw_pair(&set, stream)) &&
            GPH_EXPECT_OK(context, gph_ged_create(context, &model.costs, &ged))) {
            const gph_small_graph_t pair[2] = {gph_graph_set_view(&set, 0),
                                               gph_graph_set_view(&set, 1)};
            const double wanted = oracle_distance(&model.costs, &pair[0], &pair[1]);
            check_exact(ged, pair, wanted, directed ? "directed" : "undirected", (int)kind);
            check_methods(ged, pair, wanted, (int)kind);
            check_thresholds(ged, pair, wanted);
            check_limits(ged, pair, wanted);
        }
        gph_ged_destroy(&ged);
        gph_graph_set_free(&set);
    }
}

static void test_undirected(void)
{
    for (int kind = 0; kind < ORACLE_KINDS; kind++)
        check_kind(false, (oracle_costs_t)kind);
}

static void test_directed(void)
{
    for (int kind = 0; kind < ORACLE_KINDS; kind++)
        check_kind(true, (oracle_costs_t)kind);
}

/* Larger graphs: the distance does not depend on the order of the nodes, nor on the direction. */
static void test_orders(void)
{
    gph_context_t *context = gph_test_context();
    gph_ged_t *ged = NULL;
    if (!GPH_EXPECT_OK(context, gph_ged_create(context, NULL, &ged)))
        return;
    for (uint64_t i = 0; i < 12; i++) {
        gph_graph_set_t set = gph_graph_set_init(context->env, i % 2 == 1);
        gph_ged_result_t there = {.upper = -1};
        gph_ged_result_t back = {.upper = -2};
        GPH_EXPECT_OK(context, oracle_graph(&set, 900 + i, 6 + (int)i % 3, 30));
        GPH_EXPECT_OK(context, oracle_graph(&set, 950 + i, 8, 30));
        const gph_small_graph_t a = gph_graph_set_view(&set, 0);
        const gph_small_graph_t b = gph_graph_set_view(&set, 1);
        GPH_EXPECT_OK(context, gph_ged_compute(ged, &a, &b, NULL, &there));
        const double distance = there.upper;
        GPH_EXPECT_OK(context, gph_ged_compute(ged, &b, &a, NULL, &back));
        GPH_EXPECT(there.exact && back.exact && near(distance, back.upper), "%g there, %g back",
                   distance, back.upper);
        GPH_EXPECT_OK(context, gph_ged_compute(ged, &a, &a, NULL, &back));
        CU_ASSERT(back.exact && back.upper == 0);
        gph_graph_set_free(&set);
    }
    gph_ged_destroy(&ged);
}

/* Graphs large and sparse enough for a search that follows what its limit rules out, against the
 * search at other costs, which are no integers and so are searched in another way. */
static void test_engines(void)
{
    gph_context_t *context = gph_test_context();
    gph_ged_costs_t costs = gph_ged_costs_default();
    gph_ged_t *ged[2] = {NULL, NULL};
    const double factor = 1.375;
    costs.edge.substitute = 0; // few kinds of edges make hard pairs
    const gph_ged_costs_t whole = costs;
    costs.node.insert = costs.node.remove = costs.node.substitute = factor;
    costs.edge.insert = costs.edge.remove = factor;
    if (!GPH_EXPECT_OK(context, gph_ged_create(context, &whole, &ged[0])) ||
        !GPH_EXPECT_OK(context, gph_ged_create(context, &costs, &ged[1])))
        return;
    for (uint64_t i = 0; i < ENGINE_PAIRS; i++) {
        gph_graph_set_t set = gph_graph_set_init(context->env, false);
        gph_ged_result_t result[2] = {{.upper = -1}, {.upper = -1}};
        gph_ged_path_t path = {.total = -1};
        GPH_EXPECT_OK(context, oracle_graph(&set, 20000 + 2 * i, 8 + (int)i % 3, 22));
        GPH_EXPECT_OK(context, oracle_graph(&set, 20001 + 2 * i, 9 + (int)i % 2, 22));
        const gph_small_graph_t a = gph_graph_set_view(&set, 0);
        const gph_small_graph_t b = gph_graph_set_view(&set, 1);
        for (int k = 0; k < 2; k++)
            GPH_EXPECT_OK(context, gph_ged_compute(ged[k], &a, &b, NULL, &result[k]));
        GPH_EXPECT(result[0].exact && near(factor * result[0].upper, result[1].upper),
                   "pair %d: %g, not %g", (int)i, result[0].upper, result[1].upper / factor);
        GPH_EXPECT_OK(context, gph_ged_replay(ged[0], &a, &b, result[0].map, &path));
        CU_ASSERT(near(path.total, result[0].upper));
        gph_graph_set_free(&set);
    }
    gph_ged_destroy(&ged[0]);
    gph_ged_destroy(&ged[1]);
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t used = gph_mem_used(context->env);
    gph_graph_set_t set = gph_graph_set_init(context->env, false);
    gph_status_t status = GPH_ERR_MEMORY;
    int64_t nth = 1;
    GPH_EXPECT_OK(context, oracle_graph(&set, 1, 5, 50));
    const gph_small_graph_t graph = gph_graph_set_view(&set, 0);
    for (; status == GPH_ERR_MEMORY && nth < 20; nth++) {
        gph_ged_t *ged = NULL;
        gph_ged_result_t result = {.upper = -1};
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, nth);
        status = gph_ged_create(context, NULL, &ged);
        if (status == GPH_OK)
            status = gph_ged_compute(ged, &graph, &graph, NULL, &result);
        CU_ASSERT(status == GPH_OK || result.upper == -1);
        gph_ged_destroy(&ged);
    }
    gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
    gph_env_error_clear(context->env);
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT(nth > 4);
    gph_graph_set_free(&set);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
}

static void test_refusals(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_set_t set = gph_graph_set_init(context->env, false);
    gph_ged_t *ged = NULL;
    gph_ged_result_t result = {.upper = -1};
    gph_ged_costs_t costs = gph_ged_costs_default();
    costs.node.insert = -1;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_create(context, &costs, &ged));
    costs.node.insert = NAN;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_create(context, &costs, &ged));
    gph_context_clear_error(context);
    CU_ASSERT_PTR_NULL(ged);
    GPH_EXPECT_OK(context, oracle_graph(&set, 1, 3, 50));
    gph_small_graph_t a = gph_graph_set_view(&set, 0);
    gph_small_graph_t b = a;
    b.directed = true;
    if (!GPH_EXPECT_OK(context, gph_ged_create(context, NULL, &ged)))
        return;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_compute(ged, &a, &b, NULL, &result));
    gph_ged_options_t options = gph_ged_options_default();
    options.threshold = NAN;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_compute(ged, &a, &a, &options, &result));
    const int32_t twice[3] = {0, 0, -1};
    gph_ged_path_t path = {.total = -1};
    GPH_EXPECT_STATUS(NULL, GPH_ERR_VERIFY, gph_ged_replay(ged, &a, &a, twice, &path));
    CU_ASSERT(result.upper == -1 && path.total == -1);
    gph_context_clear_error(context);
    gph_ged_destroy(&ged);
    gph_graph_set_free(&set);
}

GPH_TEST_SUITE(ged_exact, {"equals brute force on undirected graphs", test_undirected},
               {"equals brute force on directed graphs", test_directed},
               {"is the same both ways, and 0 for a graph and itself", test_orders},
               {"is the same for both ways of searching", test_engines},
               {"survives a failure of each allocation", test_faults},
               {"refuses costs, pairs and mappings that make no sense", test_refusals});
