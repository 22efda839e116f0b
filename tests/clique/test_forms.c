/* Closed forms: counts that no oracle could reach by trying, up to the edge of 128 bits. */
#include "exact.h"
#include "gph/gph.h"
#include "gph_test.h"

#include <stdio.h>
#include <string.h>

static gph_graph_t *load(gph_context_t *context, const char *spec)
{
    gph_graph_t *graph = NULL;
    GPH_EXPECT_OK(context, gph_graph_load(context, spec, GPH_FORMAT_AUTO, &graph));
    return graph;
}

/** Counts with the given k; records a failure and returns 0 when that fails. */
static gph_count_t count_k(gph_context_t *context, const gph_graph_t *graph, int k,
                           gph_clique_order_t order, gph_clique_method_t method)
{
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    gph_count_t count = 0;
    options.k = k;
    options.max_k = 128;
    options.order = order;
    options.method = method;
    if (GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
        count = gph_clique_count(result);
    gph_clique_result_destroy(&result);
    return count;
}

static void test_binomials(void)
{
    char text[GPH_COUNT_CHARS];
    CU_ASSERT_TRUE(exact_binomial(10, 3) == 120);
    CU_ASSERT_TRUE(exact_binomial(10, 11) == 0);
    CU_ASSERT_STRING_EQUAL(gph_count_format(exact_binomial(150, 40), text),
                           "4408904561912224983184438531922899800");
    CU_ASSERT_STRING_EQUAL(gph_count_format(exact_binomial(131, 64), text),
                           "183062151498210163887302260440097215750");
    CU_ASSERT_TRUE(exact_turan(7, 3, 2) == 3 * 2 + 3 * 2 + 2 * 2);
    CU_ASSERT_TRUE(exact_turan(7, 3, 4) == 0);
}

static void test_complete(void)
{
    gph_context_t *context = gph_test_context();
    static const int sizes[] = {1, 2, 5, 24};
    for (int s = 0; s < 4; s++) {
        char spec[32];
        snprintf(spec, sizeof spec, "complete:n=%d", sizes[s]);
        gph_graph_t *graph = load(context, spec);
        if (graph == NULL)
            continue;
        for (int k = 1; k <= sizes[s] + 1; k += 1 + (k > 4))
            CU_ASSERT_TRUE(count_k(context, graph, k, (gph_clique_order_t)(k % 2),
                                   GPH_CLIQUE_METHOD_AUTO) == exact_binomial(sizes[s], k));
        gph_graph_destroy(&graph);
    }
}

static void test_turan(void)
{
    static const struct {
        int n;
        int parts;
    } cases[] = {{12, 2}, {30, 7}, {100, 40}, {150, 50}};
    gph_context_t *context = gph_test_context();
    for (int i = 0; i < 4; i++) {
        char spec[32];
        snprintf(spec, sizeof spec, "turan:n=%d,r=%d", cases[i].n, cases[i].parts);
        gph_graph_t *graph = load(context, spec);
        if (graph == NULL)
            continue;
        for (int k = 1; k <= 5; k++)
            CU_ASSERT_TRUE(count_k(context, graph, k, (gph_clique_order_t)(k % 2),
                                   (gph_clique_method_t)(i < 2 ? k % 3 : 2 * (k % 2))) ==
                           exact_turan(cases[i].n, cases[i].parts, k));
        gph_graph_destroy(&graph);
    }
}

static void expect_counts(const char *spec, int64_t one, int64_t two, int64_t three)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = load(context, spec);
    const int64_t wanted[] = {one, two, three, 0, 0};
    for (int k = 1; graph != NULL && k <= 5; k++)
        for (int order = 0; order < 2; order++) {
            const gph_count_t count =
                count_k(context, graph, k, (gph_clique_order_t)order, GPH_CLIQUE_METHOD_AUTO);
            GPH_EXPECT(count == (gph_count_t)wanted[k - 1], "%s, k %d, order %d: %lld", spec, k,
                       order, (long long)count);
        }
    gph_graph_destroy(&graph);
}

static void test_sparse(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    const int64_t start = gph_mem_used(context->env);
    expect_counts("star:n=500", 500, 499, 0);
    expect_counts("cycle:n=3", 3, 3, 1);
    expect_counts("cycle:n=1000", 1000, 1000, 0);
    expect_counts("path:n=2000", 2000, 1999, 0);
    expect_counts("er:n=7,m=0", 7, 0, 0);
    if (GPH_EXPECT_OK(context, gph_graph_from_edges(context, 0, NULL, NULL, &graph)))
        for (int k = 1; k <= 5; k++)
            CU_ASSERT_TRUE(
                count_k(context, graph, k, GPH_CLIQUE_ORDER_CORE, GPH_CLIQUE_METHOD_AUTO) == 0);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_128_bits(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = load(context, "complete:n=150");
    if (graph != NULL) {
        CU_ASSERT_TRUE(count_k(context, graph, 40, GPH_CLIQUE_ORDER_CORE, GPH_CLIQUE_METHOD_AUTO) ==
                       exact_binomial(150, 40));
        CU_ASSERT_TRUE(count_k(context, graph, 20, GPH_CLIQUE_ORDER_DEGREE,
                               GPH_CLIQUE_METHOD_PIVOT) == exact_binomial(150, 20));
    }
    gph_graph_destroy(&graph);
    graph = load(context, "complete:n=131");
    if (graph != NULL)
        CU_ASSERT_TRUE(count_k(context, graph, 64, GPH_CLIQUE_ORDER_CORE, GPH_CLIQUE_METHOD_AUTO) ==
                       exact_binomial(131, 64));
    gph_graph_destroy(&graph);
}

static void expect_too_many(const char *spec, int k, int64_t tiles, bool per_vertex)
{
    gph_context_t *context = gph_test_context();
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    gph_graph_t *graph = load(context, spec);
    if (graph == NULL)
        return;
    const int64_t start = gph_mem_used(context->env);
    options.k = k;
    options.max_k = 200;
    options.tiles = tiles;
    options.per_vertex = per_vertex;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_clique_find(graph, &options, &result));
    CU_ASSERT_PTR_NULL(result);
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "128 bits"));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    gph_graph_destroy(&graph);
}

static void test_too_many(void)
{
    /* In one root, in the sum of a tile, and in the sum over tiles and ranks alone. */
    expect_too_many("complete:n=200", 64, 0, false);
    expect_too_many("complete:n=200", 100, 0, true);
    expect_too_many("complete:n=132", 64, 1, false);
    expect_too_many("complete:n=132", 64, 2000, false);
    expect_too_many("complete:n=132", 64, 2000, true);
}

GPH_TEST_SUITE(forms, {"have exact binomials", test_binomials}, {"complete graphs", test_complete},
               {"complete multipartite graphs", test_turan},
               {"stars, cycles, paths and nothing", test_sparse},
               {"counts of 128 bits", test_128_bits},
               {"more than 128 bits is an error", test_too_many});
