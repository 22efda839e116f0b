/* Loading and saving: readers and writers meet the builder, failures reach all ranks. */
#include "gph/dist.h"
#include "gph_test.h"
#include "graph/graph.h"

#include <string.h>

static void test_generated(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_graph_info_t info = {0};
    const int64_t start = gph_mem_used(context->env);
    if (GPH_EXPECT_OK(context, gph_graph_load(context, "complete:n=12", GPH_FORMAT_AUTO, &graph)) &&
        GPH_EXPECT_OK(context, gph_graph_info(graph, &info))) {
        CU_ASSERT_EQUAL(info.vertices, 12);
        CU_ASSERT_EQUAL(info.edges, 66);
        CU_ASSERT_EQUAL(info.max_degree, 11);
        CU_ASSERT_FALSE(info.weighted || info.named);
    }
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_refused(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    const int64_t start = gph_mem_used(context->env);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_graph_load(context, "complete:m=12", GPH_FORMAT_AUTO, &graph));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(
        context, GPH_ERR_INPUT,
        gph_graph_load(context, gph_test_tmp("nothing here"), GPH_FORMAT_EDGES, &graph));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "nothing here"));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    CU_ASSERT_PTR_NULL(graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    CU_ASSERT_EQUAL(gph_graph_load(NULL, "x", GPH_FORMAT_AUTO, &graph), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_graph_load(context, NULL, GPH_FORMAT_AUTO, &graph), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_graph_load(context, "x", GPH_FORMAT_AUTO, NULL), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_graph_save(NULL, "x", GPH_FORMAT_AUTO), GPH_ERR_USAGE);
}

static void test_round_trip(void)
{
    static const char *const names[] = {"trip.txt", "trip.mtx", "trip.graph", "trip.h5"};
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "rmat:scale=8,edgefactor=4,seed=3",
                                               GPH_FORMAT_AUTO, &graph)))
        return;
    for (int i = 0; i < 4; i++) {
        const char *path = gph_test_tmp(names[i]);
        gph_graph_t *again = NULL;
        if (!GPH_EXPECT_OK(context, gph_graph_save(graph, path, GPH_FORMAT_AUTO)) ||
            !GPH_EXPECT_OK(context, gph_graph_load(context, path, GPH_FORMAT_AUTO, &again)))
            continue;
        CU_ASSERT_EQUAL(again->edges, graph->edges);
        /* An edge list has no place for isolated vertices. */
        if (i > 0) {
            CU_ASSERT_EQUAL(again->vertices, graph->vertices);
            CU_ASSERT_EQUAL(again->owned, graph->owned);
            CU_ASSERT_EQUAL(memcmp(again->offset, graph->offset,
                                   (size_t)(graph->owned + 1) * sizeof *graph->offset),
                            0);
            CU_ASSERT_EQUAL(memcmp(again->adjacent, graph->adjacent,
                                   (size_t)graph->offset[graph->owned] * sizeof *graph->adjacent),
                            0);
        }
        gph_graph_destroy(&again);
    }
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(load, {"loads what a generator makes", test_generated},
               {"reports failures on all ranks", test_refused},
               {"loads again what was saved", test_round_trip});
