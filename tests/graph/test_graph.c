/* Size and content of a graph, its end, and the edge list as a value. */
#include "gph_test.h"
#include "graph/graph.h"

#include <string.h>

/* Makes this rank's part of a graph: vertices first .. first + owned - 1, vertex v with degree
 * (v × v) % 5. Only what gph_graph_info() reads is filled in. */
static gph_graph_t *make_part(gph_context_t *context, int64_t vertices, int64_t first,
                              gph_lid_t owned)
{
    gph_graph_t *graph = NULL;
    gph_env_t *env = context->env;
    GPH_EXPECT_OK(context, gph_calloc(env, 1, sizeof *graph, &graph));
    *graph = (gph_graph_t){
        .context = context, .vertices = vertices, .edges = 42, .first = first, .owned = owned};
    GPH_EXPECT_OK(context, gph_calloc(env, owned + 1, sizeof *graph->offset, &graph->offset));
    for (gph_lid_t v = 0; v < owned; v++)
        graph->offset[v + 1] = graph->offset[v] + (first + v) * (first + v) % 5;
    GPH_EXPECT_OK(context,
                  gph_calloc(env, graph->offset[owned], sizeof *graph->adjacent, &graph->adjacent));
    return graph;
}

static void expect_info(gph_context_t *context, int64_t vertices, int64_t first, gph_lid_t owned)
{
    const int64_t used = gph_mem_used(context->env);
    gph_graph_info_t info = {0};
    gph_graph_t *graph = make_part(context, vertices, first, owned);
    int64_t max = 0;
    int64_t min = vertices > 0 ? 5 : 0;
    int64_t isolated = 0;
    for (int64_t v = 0; v < vertices; v++) {
        max = v * v % 5 > max ? v * v % 5 : max;
        min = v * v % 5 < min ? v * v % 5 : min;
        isolated += v * v % 5 == 0;
    }
    graph->dropped_loops = 3;
    graph->dropped_repeats = 7;
    GPH_EXPECT_OK(context, gph_graph_info(graph, &info));
    CU_ASSERT_EQUAL(info.vertices, vertices);
    CU_ASSERT_EQUAL(info.edges, 42);
    CU_ASSERT_EQUAL(info.dropped_loops, 3);
    CU_ASSERT_EQUAL(info.dropped_repeats, 7);
    CU_ASSERT_EQUAL(info.max_degree, max);
    CU_ASSERT_EQUAL(info.min_degree, min);
    CU_ASSERT_EQUAL(info.isolated, isolated);
    CU_ASSERT_FALSE(info.weighted);
    CU_ASSERT_FALSE(info.named);
    gph_graph_destroy(&graph);
    CU_ASSERT_PTR_NULL(graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
}

/* Rank r owns r vertices or, the other way round, ranks - 1 - r: some rank owns none. */
static void test_info(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t ranks = context->ranks;
    const int64_t r = context->rank;
    const int64_t n = ranks * (ranks - 1) / 2;
    expect_info(context, n, r * (r - 1) / 2, (gph_lid_t)r);
    expect_info(context, n, n - (ranks - r) * (ranks - r - 1) / 2, (gph_lid_t)(ranks - 1 - r));
    expect_info(context, 1000 * ranks, 1000 * r, 1000);
    expect_info(context, 0, 0, 0);
}

/* On the last rank only the vertex of degree 4: no other rank may hide it, nor the smallest. */
static void test_info_alone(void)
{
    gph_context_t *context = gph_test_context();
    const bool last = context->rank == context->ranks - 1;
    gph_graph_info_t info = {0};
    gph_graph_t *graph = make_part(context, 1, 3, last ? 1 : 0);
    GPH_EXPECT_OK(context, gph_graph_info(graph, &info));
    CU_ASSERT_EQUAL(info.max_degree, 4);
    CU_ASSERT_EQUAL(info.min_degree, 4);
    CU_ASSERT_EQUAL(info.isolated, 0);
    gph_graph_destroy(&graph);
}

static void test_everything_freed(void)
{
    gph_context_t *context = gph_test_context();
    gph_env_t *env = context->env;
    const int64_t used = gph_mem_used(env);
    gph_graph_t *graph = make_part(context, context->ranks, context->rank, 1);
    gph_graph_info_t info = {0};
    const int64_t one = 1;
    GPH_EXPECT_OK(context, gph_calloc(env, 5, 1, &graph->source));
    GPH_EXPECT_OK(context, gph_calloc(env, 4, sizeof(double), &graph->weight));
    GPH_EXPECT_OK(context, gph_calloc(env, 1, sizeof(int64_t), &graph->ghost));
    GPH_EXPECT_OK(context, gph_calloc(env, 1, sizeof(int64_t), &graph->id));
    GPH_EXPECT_OK(context, gph_calloc(env, 2, sizeof(int64_t), &graph->names.offset));
    GPH_EXPECT_OK(context, gph_calloc(env, 9, 1, &graph->names.bytes));
    GPH_EXPECT_OK(context, gph_calloc(env, 1, sizeof(int64_t), &graph->halo_send_count));
    GPH_EXPECT_OK(context, gph_calloc(env, 1, sizeof(int64_t), &graph->halo_recv_count));
    GPH_EXPECT_OK(context, gph_calloc(env, 1, sizeof(int64_t), &graph->halo_send));
    GPH_EXPECT_OK(context, gph_tiles_cut(context, context->rank, 1, &one, 4, &graph->tiles));
    GPH_EXPECT_OK(context, gph_graph_info(graph, &info));
    CU_ASSERT_TRUE(info.weighted);
    CU_ASSERT_TRUE(info.named);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(env), used);
}

static void test_misuse(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_info_t info = {.vertices = 5};
    gph_graph_t *none = NULL;
    gph_graph_t *graph = make_part(context, context->ranks, context->rank, 1);
    gph_graph_destroy(NULL);
    gph_graph_destroy(&none);
    CU_ASSERT_EQUAL(gph_graph_info(NULL, &info), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(info.vertices, 5);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_graph_info(graph, NULL));
    /* One rank without a place for the result: no rank gets one. */
    const bool last = context->rank == context->ranks - 1;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_graph_info(graph, last ? NULL : &info));
    CU_ASSERT_EQUAL(info.vertices, 5);
    gph_graph_destroy(&graph);
}

static void test_edges(void)
{
    gph_env_t *env = gph_test_context()->env;
    const int64_t used = gph_mem_used(env);
    gph_edges_t edges = gph_edges_init();
    CU_ASSERT_EQUAL(edges.vertices, -1);
    CU_ASSERT_EQUAL(edges.count, 0);
    CU_ASSERT_PTR_NULL(edges.names.offset);
    CU_ASSERT_EQUAL(gph_alloc(env, 3, sizeof *edges.edge, &edges.edge), GPH_OK);
    CU_ASSERT_EQUAL(gph_alloc(env, 3, sizeof *edges.weight, &edges.weight), GPH_OK);
    CU_ASSERT_EQUAL(gph_alloc(env, 2, sizeof(int64_t), &edges.names.offset), GPH_OK);
    CU_ASSERT_EQUAL(gph_alloc(env, 3, 1, &edges.names.bytes), GPH_OK);
    edges.count = 3;
    edges.vertices = edges.names.count = 1;
    gph_edges_free(&edges);
    CU_ASSERT_EQUAL(gph_mem_used(env), used);
    CU_ASSERT_EQUAL(edges.vertices, -1);
    CU_ASSERT_EQUAL(edges.count, 0);
    CU_ASSERT_EQUAL(edges.names.count, 0);
    CU_ASSERT_PTR_NULL(edges.edge);
    gph_edges_free(&edges);
}

GPH_TEST_SUITE(graph, {"counts degrees over all ranks", test_info},
               {"counts a vertex that one rank alone has", test_info_alone},
               {"frees all of its arrays", test_everything_freed},
               {"refuses misuse on all ranks", test_misuse},
               {"edge lists begin empty and end empty", test_edges});
