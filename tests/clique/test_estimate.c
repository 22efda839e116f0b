/* Predictions: exact where all is counted, near elsewhere, the same on any ranks and threads. */
#include "exact.h"
#include "gph/gph.h"
#include "gph_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static gph_graph_t *load(gph_context_t *context, const char *input)
{
    gph_graph_t *graph = NULL;
    GPH_EXPECT_OK(context, gph_graph_load(context, input, GPH_FORMAT_AUTO, &graph));
    return graph;
}

/* Predicts; false, with an assertion, when that fails. */
static bool predict(gph_context_t *context, const gph_graph_t *graph, int k, int64_t tiles,
                    int64_t strata, gph_clique_estimate_t *estimate)
{
    gph_clique_options_t options = gph_clique_options_default();
    options.k = k;
    options.tiles = tiles;
    return GPH_EXPECT_OK(context, gph_clique_predict(graph, &options, strata, estimate));
}

static double count_of(gph_context_t *context, const gph_graph_t *graph, int k)
{
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    options.k = k;
    if (!GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
        return -1;
    const double count = (double)gph_clique_count(result);
    gph_clique_result_destroy(&result);
    return count;
}

static void test_exact(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = load(context, "complete:n=20");
    gph_clique_estimate_t estimate = {0};
    for (int k = 1; k <= 7; k++)
        if (predict(context, graph, k, 0, 0, &estimate)) {
            CU_ASSERT_EQUAL(estimate.sampled, estimate.tiles);
            CU_ASSERT_EQUAL(estimate.count, (double)exact_binomial(20, k));
            CU_ASSERT_EQUAL(estimate.count_error, 0);
            CU_ASSERT_EQUAL(estimate.list_bytes, estimate.count * k * 8);
            CU_ASSERT_TRUE(estimate.memory > 0 && estimate.seconds > 0);
        }
    gph_graph_destroy(&graph);
    graph = load(context, "path:n=3");
    if (predict(context, graph, 3, 0, 0, &estimate))
        CU_ASSERT_EQUAL(estimate.count, 0);
    gph_graph_destroy(&graph);
}

static void test_near(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = load(context, "rmat:scale=11,edgefactor=16,seed=3");
    const double right = count_of(context, graph, 4);
    gph_clique_estimate_t estimate = {0};
    char text[96];
    if (predict(context, graph, 4, 2000, 100, &estimate)) {
        CU_ASSERT_EQUAL(estimate.sampled, 200);
        GPH_EXPECT(fabs(estimate.count - right) <= 2 * estimate.count_error,
                   "%g is farther from %g than two errors of %g", estimate.count, right,
                   estimate.count_error);
        GPH_EXPECT(estimate.count_error < 0.5 * right, "an error of %g in %g", estimate.count_error,
                   right);
        snprintf(text, sizeof text, "%.17g %.17g", estimate.count, estimate.count_error);
        gph_test_expect_same("estimate", text);
    }
    gph_graph_destroy(&graph);
}

/* Over many draws the estimates scatter around the right number, about as much as they say. */
static void test_unbiased(void)
{
    enum { DRAWS = 40 };
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = load(context, "rmat:scale=9,edgefactor=8,seed=3");
    const double right = count_of(context, graph, 3);
    const uint64_t seed = context->seed;
    double sum = 0;
    double squares = 0;
    int covered = 0;
    for (uint64_t s = 0; s < DRAWS; s++) {
        gph_clique_estimate_t estimate = {0};
        context->seed = 1000 + s;
        if (!predict(context, graph, 3, 400, 20, &estimate))
            break;
        sum += estimate.count;
        squares += (estimate.count - right) * (estimate.count - right);
        covered += fabs(estimate.count - right) <= estimate.count_error;
    }
    context->seed = seed;
    const double spread = sqrt(squares / DRAWS);
    GPH_EXPECT(fabs(sum / DRAWS - right) <= 3 * spread / sqrt(DRAWS), "a mean of %g, not %g",
               sum / DRAWS, right);
    GPH_EXPECT(covered >= DRAWS * 8 / 10, "%d of %d within two standard errors", covered, DRAWS);
    gph_graph_destroy(&graph);
}

static void test_refused(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = load(context, "complete:n=5");
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_estimate_t estimate = {.tiles = 17};
    CU_ASSERT_EQUAL(gph_clique_predict(graph, &options, 1, &estimate), GPH_ERR_USAGE);
    gph_context_clear_error(context);
    CU_ASSERT_EQUAL(gph_clique_predict(graph, &options, 8193, &estimate), GPH_ERR_USAGE);
    gph_context_clear_error(context);
    CU_ASSERT_EQUAL(gph_clique_predict(NULL, &options, 0, &estimate), GPH_ERR_USAGE);
    options.k = 0;
    CU_ASSERT_EQUAL(gph_clique_predict(graph, &options, 0, &estimate), GPH_ERR_USAGE);
    gph_context_clear_error(context);
    CU_ASSERT_EQUAL(estimate.tiles, 17);
    gph_graph_destroy(&graph);
}

/* No memory at the n-th allocation of one rank: the same status on all, and no leak. */
static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = load(context, "rmat:scale=6,edgefactor=4,seed=3");
    const gph_clique_options_t options = gph_clique_options_default();
    const int victim = context->ranks - 1;
    const int64_t before = gph_mem_used(context->env);
    gph_status_t status = GPH_ERR_MEMORY;
    for (int64_t n = 1; n < 400 && status != GPH_OK; n += 3) {
        gph_clique_estimate_t estimate = {0};
        if (context->rank == victim)
            gph_fault_plan(context->env, GPH_FAULT_ALLOC, n);
        status = gph_clique_predict(graph, &options, 0, &estimate);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        gph_context_clear_error(context);
        CU_ASSERT_TRUE(status == GPH_OK || status == GPH_ERR_MEMORY);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_EQUAL(gph_mem_used(context->env), before);
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    gph_graph_destroy(&graph);
}

/** Graphs of known counts, where their folder is present: within a factor of two. */
static void test_real(void)
{
    static const struct {
        const char *name;
        int k;
        double count;
    } rows[] = {{"ca-AstroPh", 5, 64997961},
                {"email-Enron", 5, 5809356},
                {"dimacs-keller4", 6, 23786567},
                {"dimacs-brock200_4", 5, 38071445}};
    gph_context_t *context = gph_test_context();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[64];
        gph_clique_estimate_t estimate = {0};
        snprintf(path, sizeof path, "cliques/%s.txt.gz", rows[i].name);
        const char *full = gph_test_data(path);
        if (!gph_test_all(full != NULL)) {
            gph_test_skip("estimates of real graphs: their folder is absent");
            return;
        }
        gph_graph_t *graph = load(context, full);
        if (predict(context, graph, rows[i].k, 0, 0, &estimate))
            GPH_EXPECT(estimate.count > rows[i].count / 2 && estimate.count < rows[i].count * 2,
                       "%s: %g, not %g", rows[i].name, estimate.count, rows[i].count);
        gph_graph_destroy(&graph);
    }
}

GPH_TEST_SUITE(estimate, {"are exact where all is counted", test_exact},
               {"are near and the same on all ranks", test_near},
               {"scatter as much as they say", test_unbiased},
               {"refuse what makes no sense", test_refused},
               {"survive failing allocations", test_faults},
               {"are near for real graphs", test_real});
