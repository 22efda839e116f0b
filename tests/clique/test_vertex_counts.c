/* Counts of vertices against the oracle. */
#include "exact.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "graph/graph.h"
#include "oracle.h"

#include <stdio.h>

/** Counts of this rank's vertices are those of the oracle, and all of them add up to k × count. */
static void check_result(gph_context_t *context, const gph_clique_result_t *result, int k,
                         const int64_t *wanted)
{
    gph_gid_t first = -1;
    int64_t owned = -1;
    const gph_count_t *counts = NULL;
    int64_t sum = 0;
    int wrong = 0;
    gph_clique_vertex_counts(result, &first, &owned, &counts);
    CU_ASSERT_PTR_NOT_NULL(counts);
    for (int64_t v = 0; v < owned; v++) {
        wrong += counts[v] != (gph_count_t)wanted[first + v];
        sum += (int64_t)counts[v];
    }
    GPH_EXPECT(wrong == 0, "k %d: %d vertices wrong", k, wrong);
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT64_T, MPI_SUM, context->comm);
    CU_ASSERT_TRUE((gph_count_t)sum == gph_clique_count(result) * (unsigned)k);
}

static void check_graph(gph_context_t *context, int number)
{
    static oracle_t oracle;
    static const int64_t tiles[] = {0, 5, 900};
    int64_t wanted[ORACLE_MOST];
    gph_graph_t *graph = NULL;
    oracle_sample(number, &oracle);
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    for (int k = 1; k <= 7; k++) {
        char first[64] = "";
        oracle_vertex_counts(&oracle, k, wanted);
        for (int i = 0; i < 4; i++) {
            gph_clique_options_t options = gph_clique_options_default();
            gph_clique_result_t *result = NULL;
            options.k = k;
            options.per_vertex = true;
            options.order = (gph_clique_order_t)(i % 2);
            options.method = (gph_clique_method_t)((i + k) % 3);
            options.tiles = tiles[(i + number) % 3];
            if (!GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
                continue;
            check_result(context, result, k, wanted);
            /* The digest of counts depends on nothing but the graph and k. */
            if (first[0] == '\0')
                snprintf(first, sizeof first, "%s", gph_clique_digest(result));
            CU_ASSERT_STRING_EQUAL(first, gph_clique_digest(result));
            gph_clique_result_destroy(&result);
        }
    }
    gph_graph_destroy(&graph);
}

static void test_samples(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int number = 0; number < ORACLE_SAMPLES; number++)
        check_graph(context, number);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** Counts beyond 64 bits, made of pieces by all threads and ranks. */
static void test_128_bits(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "complete:n=150", GPH_FORMAT_AUTO, &graph)))
        return;
    for (int64_t tiles = 0; tiles <= 4000; tiles += 2000) {
        gph_clique_options_t options = gph_clique_options_default();
        gph_clique_result_t *result = NULL;
        const gph_count_t *counts = NULL;
        gph_gid_t first = 0;
        int64_t owned = 0;
        int wrong = 0;
        options.k = 40;
        options.per_vertex = true;
        options.tiles = tiles;
        if (!GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
            continue;
        gph_clique_vertex_counts(result, &first, &owned, &counts);
        for (int64_t v = 0; v < owned; v++)
            wrong += counts[v] != exact_binomial(149, 39);
        CU_ASSERT_EQUAL(wrong, 0);
        gph_test_expect_same("per vertex of complete:n=150, k 40", gph_clique_digest(result));
        gph_clique_result_destroy(&result);
    }
    gph_graph_destroy(&graph);
}

static void test_not_asked_for(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    gph_graph_t *graph = NULL;
    gph_count_t some = 0;
    const gph_count_t *counts = &some;
    gph_gid_t first = -1;
    int64_t owned = -1;
    oracle_sample(6, &oracle);
    if (GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)) &&
        GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result))) {
        gph_clique_vertex_counts(result, &first, &owned, &counts);
        CU_ASSERT_PTR_NULL(counts);
        CU_ASSERT_EQUAL(first, graph->first);
        CU_ASSERT_EQUAL(owned, graph->owned);
    }
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(vertex_counts, {"are those of the oracle and add up", test_samples},
               {"take 128 bits", test_128_bits},
               {"are absent unless asked for", test_not_asked_for});
