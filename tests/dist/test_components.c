/* Connected components against painting by hand. */
#include "gph/dist.h"
#include "gph/dist_partition.h"
#include "gph/io.h"
#include "gph_test.h"
#include "naive.h"

/** Paints everything that can be reached from v. */
static void paint(const naive_t *naive, int v, bool *painted)
{
    painted[v] = true;
    for (int u = 0; u < naive->n; u++)
        if (naive->joined[v][u] && !painted[u])
            paint(naive, u, painted);
}

static int64_t count_components(const naive_t *naive)
{
    bool painted[LARGEST] = {false};
    int64_t found = 0;
    for (int v = 0; v < naive->n; v++) {
        if (painted[v])
            continue;
        paint(naive, v, painted);
        found += 1;
    }
    return found;
}

static void check_components(gph_context_t *context, const input_t *input)
{
    static naive_t naive;
    gph_graph_t *graph = NULL;
    int64_t found = -7;
    naive_make(input, &naive);
    if (GPH_EXPECT_OK(context, input_build(context, input, DEALT, &graph)) &&
        GPH_EXPECT_OK(context, gph_graph_components(graph, &found)))
        CU_ASSERT_EQUAL(found, count_components(&naive));
    gph_graph_destroy(&graph);
}

static void test_kinds(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int kind = NOTHING; kind < KINDS; kind++) {
        input_make((kind_t)kind, 1, &input);
        check_components(context, &input);
    }
    for (uint64_t seed = 2; seed < 12; seed++) {
        input_make(FRAGMENTS, seed, &input);
        check_components(context, &input);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** Paths whose edges cross from rank to rank in every step: labels have far to go. */
static void test_long_way(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    for (int64_t step = 7; step < 80; step += 18) {
        input_make(FRAGMENTS, 1, &input);
        input.count = 0;
        for (int64_t i = 0; i + 2 < 80; i++)
            input.edge[input.count++] = (gph_edge_t){i * step % 80, (i + 1) * step % 80};
        check_components(context, &input);
    }
}

/** A path whose every edge may lead to another rank: a label must not go step by step. */
static void test_scattered(void)
{
    const gph_partition_options_t options = {.strategy = GPH_PARTITION_HASH};
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_graph_t *placed = NULL;
    gph_partition_t *partition = NULL;
    int64_t found = -7;
    if (GPH_EXPECT_OK(context, gph_graph_load(context, "path:n=200000", GPH_FORMAT_AUTO, &graph)) &&
        GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)) &&
        GPH_EXPECT_OK(context, gph_graph_place(graph, partition, &placed)) &&
        GPH_EXPECT_OK(context, gph_graph_components(placed, &found)))
        CU_ASSERT_EQUAL(found, 1);
    gph_graph_destroy(&placed);
    gph_partition_destroy(&partition);
    gph_graph_destroy(&graph);
}

static void test_refused(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    int64_t found = -7;
    input_make(PATH, 1, &input);
    CU_ASSERT_EQUAL(gph_graph_components(NULL, &found), GPH_ERR_USAGE);
    if (GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)))
        CU_ASSERT_EQUAL(gph_graph_components(graph, NULL), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(found, -7);
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(components, {"are counted in every kind of graph", test_kinds},
               {"are found along paths that cross all ranks", test_long_way},
               {"are found along a path that is scattered over all ranks", test_scattered},
               {"refuse missing arguments", test_refused});
