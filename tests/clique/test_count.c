/* Counts of small graphs against the oracle, by every order and method and cut into any tiles. */
#include "gph/dist.h"
#include "gph_test.h"
#include "oracle.h"

enum { MOST_K = 8 };

static void check_count(const gph_graph_t *graph, gph_context_t *context,
                        const gph_clique_options_t *options, int64_t wanted)
{
    gph_clique_result_t *result = NULL;
    if (!GPH_EXPECT_OK(context, gph_clique_find(graph, options, &result)))
        return;
    GPH_EXPECT(gph_clique_count(result) == (gph_count_t)wanted,
               "k %d, order %d, method %d, tiles %d: %lld of %lld cliques", options->k,
               options->order, options->method, (int)options->tiles,
               (long long)gph_clique_count(result), (long long)wanted);
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
    gph_clique_result_destroy(&result);
    CU_ASSERT_PTR_NULL(result);
}

/** One graph, all k; order, method and tiles go round, so that all of them meet. */
static void check_graph(gph_context_t *context, const oracle_t *oracle, int shift)
{
    static const int64_t tiles[] = {0, 1, 3, 40, 16384};
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, oracle_build(context, oracle, &graph)))
        return;
    for (int k = 1; k <= MOST_K; k++) {
        const int64_t wanted = oracle_count(oracle, k);
        for (int i = 0; i < 6; i++) {
            gph_clique_options_t options = gph_clique_options_default();
            options.k = k;
            options.order = (gph_clique_order_t)(i % 2);
            options.method = (gph_clique_method_t)(i / 2);
            options.tiles = tiles[(i + k + shift) % 5];
            check_count(graph, context, &options, wanted);
        }
    }
    gph_graph_destroy(&graph);
}

static void test_samples(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int number = 0; number < ORACLE_SAMPLES; number++) {
        oracle_sample(number, &oracle);
        check_graph(context, &oracle, number);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** A graph whose neighbourhoods take several words. */
static void test_wide(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    oracle_random(180, 0.75, 3, &oracle);
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    for (int k = 3; k <= 4; k++) {
        const int64_t wanted = oracle_count(&oracle, k);
        for (int method = 0; method < 3; method++) {
            gph_clique_options_t options = gph_clique_options_default();
            options.k = k;
            options.method = (gph_clique_method_t)method;
            options.tiles = 1000 * method;
            check_count(graph, context, &options, wanted);
        }
    }
    gph_graph_destroy(&graph);
}

static void test_sub_communicator(void)
{
    static oracle_t oracle;
    const gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    MPI_Comm comm = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, gph_test_rank() % 2, -gph_test_rank(), &comm);
    if (GPH_EXPECT_OK(NULL, gph_context_create(comm, &options, &context))) {
        for (int number = 4 + gph_test_rank() % 2; number < 8; number++) {
            oracle_sample(number, &oracle);
            check_graph(context, &oracle, 0);
        }
        gph_context_destroy(&context);
    }
    MPI_Comm_free(&comm);
}

/** A root as heavy as a tile is cut; light ones share tiles, but there are many of them. */
static void test_tiles(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    gph_clique_options_t options = gph_clique_options_default();
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    int64_t done = 0;
    int64_t tiles = 0;
    int64_t rows = 0;
    /* 60000 roots of a few nanoseconds each: work for several tiles. */
    if (GPH_EXPECT_OK(context, gph_graph_load(context, "er:n=60000,m=180000,seed=3",
                                              GPH_FORMAT_AUTO, &graph)) &&
        GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result))) {
        CU_ASSERT_TRUE(gph_clique_complete(result, &done, &tiles, &rows));
        CU_ASSERT_EQUAL(done, tiles);
        GPH_EXPECT(tiles >= 8, "%lld tiles", (long long)tiles);
        gph_test_expect_same_i64("tiles of er", tiles);
    }
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

GPH_TEST_SUITE(count, {"finds what the oracle finds", test_samples},
               {"finds it in wide neighbourhoods", test_wide},
               {"works on a sub-communicator", test_sub_communicator},
               {"cuts the work of light roots into tiles", test_tiles});
