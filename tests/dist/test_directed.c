/* Directed graphs: directions in both rows, opposite edges, repeats, files. */
#include "base/random.h"
#include "dist/build.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "par/comm.h"

#include <stdio.h>
#include <string.h>

enum { VERTICES = 40, EDGES = 400 };

/* Random directed edges with loops and repeats, dealt to the ranks. */
static gph_edge_t edge_at(int64_t i)
{
    const gph_random2_t bits = gph_random2(9, 1, (uint64_t)i);
    return (gph_edge_t){(int64_t)gph_random_below(bits.a, VERTICES),
                        (int64_t)gph_random_below(bits.b, VERTICES)};
}

static gph_status_t make(gph_context_t *context, bool weighted, gph_graph_t **graph)
{
    gph_status_t status = GPH_OK;
    gph_edges_t edges = gph_edges_init();
    edges.vertices = VERTICES;
    edges.directed = true;
    GPH_TRY_ALL(context, gph_alloc(context->env, EDGES, sizeof *edges.edge, &edges.edge));
    if (weighted)
        GPH_TRY_ALL(context, gph_alloc(context->env, EDGES, sizeof *edges.weight, &edges.weight));
    for (int64_t i = context->rank; i < EDGES; i += context->ranks) {
        edges.edge[edges.count] = edge_at(i);
        if (weighted)
            edges.weight[edges.count] = (double)(i * 7 % 50);
        edges.count += 1;
    }
    GPH_TRY(gph_graph_build(context, &edges, graph));
cleanup:
    gph_edges_free(&edges);
    return status;
}

typedef struct matrix {
    bool joined[VERTICES][VERTICES];
    double weight[VERTICES][VERTICES]; /* smallest in either direction */
    int64_t loops;
    int64_t repeats;
    int64_t edges;
} matrix_t;

static void matrix_make(matrix_t *matrix)
{
    *matrix = (matrix_t){.loops = 0};
    for (int64_t i = 0; i < EDGES; ++i) {
        const gph_edge_t edge = edge_at(i);
        const double weight = (double)(i * 7 % 50);
        const bool known = matrix->joined[edge.u][edge.v] || matrix->joined[edge.v][edge.u];
        matrix->loops += edge.u == edge.v;
        if (edge.u == edge.v)
            continue;
        matrix->repeats += matrix->joined[edge.u][edge.v];
        matrix->edges += !known;
        matrix->joined[edge.u][edge.v] = true;
        if (!known || weight < matrix->weight[edge.u][edge.v]) {
            matrix->weight[edge.u][edge.v] = weight;
            matrix->weight[edge.v][edge.u] = weight;
        }
    }
}

static void expect_graph(const gph_graph_t *graph, const matrix_t *matrix)
{
    gph_graph_info_t info = {0};
    CU_ASSERT_EQUAL(gph_graph_info(graph, &info), GPH_OK);
    CU_ASSERT_TRUE(info.directed);
    CU_ASSERT_EQUAL(info.edges, matrix->edges);
    CU_ASSERT_PTR_NOT_NULL(graph->direction);
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        int left = 0;
        const int64_t u = graph->first + v;
        for (int w = 0; w < VERTICES; ++w)
            left += w != u && (matrix->joined[u][w] || matrix->joined[w][u]);
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
            const int64_t w = gph_graph_gid(graph, graph->adjacent[i]);
            CU_ASSERT_EQUAL(graph->direction[i], (matrix->joined[u][w] ? GPH_ARC_OUT : 0) |
                                                     (matrix->joined[w][u] ? GPH_ARC_IN : 0));
            if (graph->weight != NULL)
                CU_ASSERT_EQUAL(graph->weight[i], matrix->weight[u][w]);
            left -= 1;
        }
        CU_ASSERT_EQUAL(left, 0);
    }
}

static void test_build(void)
{
    gph_context_t *context = gph_test_context();
    static matrix_t matrix;
    matrix_make(&matrix);
    CU_ASSERT_TRUE(matrix.repeats > 10 && matrix.loops > 3);
    for (int weighted = 0; weighted < 2; ++weighted) {
        gph_graph_t *graph = NULL;
        if (!GPH_EXPECT_OK(context, make(context, weighted != 0, &graph)))
            continue;
        expect_graph(graph, &matrix);
        CU_ASSERT_EQUAL(graph->dropped_loops, matrix.loops);
        CU_ASSERT_EQUAL(graph->dropped_repeats, matrix.repeats);
        const char *path = gph_test_tmp("directed.h5");
        GPH_EXPECT_OK(context, gph_graph_save(graph, path, GPH_FORMAT_AUTO));
        gph_graph_destroy(&graph);
        if (GPH_EXPECT_OK(context, gph_graph_load(context, path, GPH_FORMAT_AUTO, &graph)))
            expect_graph(graph, &matrix);
        gph_graph_destroy(&graph);
    }
}

/* Formats without directions say so and write the undirected graph. */
static void test_formats(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, make(context, false, &graph)))
        return;
    GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("d.mtx"), GPH_FORMAT_AUTO));
    CU_ASSERT_TRUE(context->rank != 0 || gph_test_logged("no directions"));
    GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("d.txt"), GPH_FORMAT_AUTO));
    if (context->rank == 0) {
        FILE *file = fopen(gph_test_tmp("d.txt"), "r");
        static matrix_t matrix;
        char line[100] = "";
        int64_t lines = 0;
        matrix_make(&matrix);
        while (file != NULL && fgets(line, sizeof line, file) != NULL) {
            int u = 0;
            int v = 0;
            if (sscanf(line, "%d %d", &u, &v) != 2)
                continue;
            CU_ASSERT_TRUE(matrix.joined[u][v]);
            lines += 1;
        }
        for (int u = 0; u < VERTICES; ++u)
            for (int v = 0; v < VERTICES; ++v)
                lines -= matrix.joined[u][v];
        CU_ASSERT_EQUAL(lines, 0);
        if (file != NULL)
            fclose(file);
    }
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(directed, {"directions in both rows, and in HDF5", test_build},
               {"other formats", test_formats});
