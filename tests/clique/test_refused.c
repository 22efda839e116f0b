/* Options that make no sense: a status and a message on all ranks, before work is spent. */
#include "gph/dist.h"
#include "gph/dist_partition.h"
#include "gph_test.h"
#include "oracle.h"

#include <limits.h>
#include <string.h>

static void expect_refused(const gph_graph_t *graph, gph_context_t *context,
                           const gph_clique_options_t *options, const char *part)
{
    gph_clique_result_t *result = NULL;
    const int64_t start = gph_mem_used(context->env);
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_clique_find(graph, options, &result));
    GPH_EXPECT(strstr(gph_context_error(context), part) != NULL, "\"%s\" lacks \"%s\"",
               gph_context_error(context), part);
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    CU_ASSERT_PTR_NULL(result);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void check_k(const gph_graph_t *graph, gph_context_t *context)
{
    static const int bad[][2] = {{0, 64}, {-1, 64}, {65, 64},     {INT_MIN, 64}, {INT_MAX, 64},
                                 {10, 9}, {3, 0},   {3, INT_MIN}, {3, 4097},     {2, 1}};
    gph_clique_options_t options = gph_clique_options_default();
    for (int i = 0; i < 10; i++) {
        options.k = bad[i][0];
        options.max_k = bad[i][1];
        expect_refused(graph, context, &options, "max_k");
    }
}

static void check_others(const gph_graph_t *graph, gph_context_t *context)
{
    gph_clique_options_t options = gph_clique_options_default();
    const int32_t none = -1;
    options.order = (gph_clique_order_t)2;
    expect_refused(graph, context, &options, "order");
    memcpy(&options.order, &none, sizeof none);
    expect_refused(graph, context, &options, "order");
    options = gph_clique_options_default();
    options.method = (gph_clique_method_t)3;
    expect_refused(graph, context, &options, "method");
    memcpy(&options.method, &none, sizeof none);
    expect_refused(graph, context, &options, "method");
    options = gph_clique_options_default();
    options.tiles = -1;
    expect_refused(graph, context, &options, "tiles");
    options.tiles = 16385;
    expect_refused(graph, context, &options, "tiles");
}

static void check_paths(const gph_graph_t *graph, gph_context_t *context)
{
    static const char *const lists[] = {"list", "list.csv", "list.tsv", ".h5", "list.h5.gz", ""};
    static const char *const counts[] = {"counts", "counts.txt", "counts.bin", ".tsv", ""};
    gph_clique_options_t options = gph_clique_options_default();
    for (int i = 0; i < 6; i++) {
        options.list_path = lists[i];
        expect_refused(graph, context, &options, ".h5, .txt or .bin");
    }
    options.list_path = NULL;
    for (int i = 0; i < 5; i++) {
        options.per_vertex_path = counts[i];
        expect_refused(graph, context, &options, ".h5 or .tsv");
    }
}

static void check_missing(const gph_graph_t *graph)
{
    const gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    CU_ASSERT_EQUAL(gph_clique_find(NULL, &options, &result), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_clique_find(graph, NULL, &result), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_clique_find(graph, &options, NULL), GPH_ERR_USAGE);
    CU_ASSERT_PTR_NULL(result);
}

static void test_refused(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    oracle_sample(6, &oracle);
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    check_k(graph, context);
    check_others(graph, context);
    check_paths(graph, context);
    check_missing(graph);
    gph_graph_destroy(&graph);
}

static void test_default(void)
{
    const gph_clique_options_t options = gph_clique_options_default();
    CU_ASSERT_EQUAL(options.k, 3);
    CU_ASSERT_EQUAL(options.max_k, 64);
    CU_ASSERT_EQUAL(options.order, GPH_CLIQUE_ORDER_CORE);
    CU_ASSERT_EQUAL(options.method, GPH_CLIQUE_METHOD_AUTO);
    CU_ASSERT_EQUAL(options.tiles, 0);
    CU_ASSERT_PTR_NULL(options.list_path);
    CU_ASSERT_FALSE(options.per_vertex || options.keep_list);
}

/** More rows than can be numbered: refused before a file is made. */
static void test_too_long(void)
{
    static const char *const names[] = {"long.h5", "long.txt", "long.bin"};
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "complete:n=100", GPH_FORMAT_AUTO, &graph)))
        return;
    for (int i = 0; i < 4; i++) {
        gph_clique_options_t options = gph_clique_options_default();
        options.k = 50;
        options.keep_list = i == 3;
        options.list_path = i < 3 ? gph_test_tmp(names[i]) : NULL;
        expect_refused(graph, context, &options, "too long");
    }
    gph_graph_destroy(&graph);
}

/** The search places vertices itself. */
static void test_placed(void)
{
    gph_context_t *context = gph_test_context();
    const gph_clique_options_t options = gph_clique_options_default();
    const gph_partition_options_t hash = {.strategy = GPH_PARTITION_HASH};
    gph_graph_t *graph = NULL;
    gph_graph_t *placed = NULL;
    gph_partition_t *partition = NULL;
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "complete:n=30", GPH_FORMAT_AUTO, &graph)))
        return;
    if (GPH_EXPECT_OK(context, gph_partition_create(graph, &hash, &partition)) &&
        GPH_EXPECT_OK(context, gph_graph_place(graph, partition, &placed)))
        expect_refused(placed, context, &options, "as loaded");
    gph_graph_destroy(&placed);
    gph_partition_destroy(&partition);
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(refused, {"bad options are", test_refused}, {"defaults are not", test_default},
               {"lists too long to number are", test_too_long}, {"placed graphs are", test_placed});
