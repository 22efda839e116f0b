/* Writers: what is written reads back as the same graph, and has the same bytes on any ranks. */
#include "base/hash.h"
#include "base/random.h"
#include "dist/build.h"
#include "io/write.h"
#include "io_files.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <stdio.h>
#include <string.h>

/* A graph to write. */
typedef struct sample {
    const char *name;
    int64_t edges;    /**< drawn at random, with loops and repeats */
    int64_t vertices; /**< ids are drawn below that, times `stride` */
    int64_t stride;   /**< over 1: sparse ids */
    bool dense;       /**< all ids below `vertices` are vertices */
    bool weighted;
} sample_t;

static const sample_t samples[] = {
    {"empty", 0, 5, 1, true, false},         {"single", 1, 2, 7, false, false},
    {"small", 20, 10, 1, true, false},       {"sparse", 300, 100, 1000003, false, false},
    {"heavy", 300, 100, 11, false, true},    {"dense heavy", 200, 400, 1, true, true},
    {"large", 150000, 40000, 1, true, false}};

enum { SAMPLES = sizeof samples / sizeof *samples };

static double draw_weight(const char *format, uint64_t bits)
{
    if (strcmp(format, "metis") == 0)
        return (double)(bits % 1000 + 1);
    return (double)(int64_t)bits / 1e12;
}

/* Builds a sample; each rank draws its share of the edges. */
static gph_graph_t *make_graph(gph_context_t *context, const sample_t *sample, const char *format)
{
    gph_edges_t edges = gph_edges_init();
    gph_graph_t *graph = NULL;
    const int64_t begin = gph_block_start(sample->edges, context->ranks, context->rank);
    const int64_t end = gph_block_start(sample->edges, context->ranks, context->rank + 1);
    bool ok = gph_alloc(context->env, end - begin, sizeof *edges.edge, &edges.edge) == GPH_OK;

    if (sample->weighted)
        ok = gph_alloc(context->env, end - begin, sizeof *edges.weight, &edges.weight) == GPH_OK &&
             ok;
    if (!gph_test_all(ok)) {
        gph_edges_free(&edges);
        return NULL;
    }
    for (int64_t i = begin; i < end; ++i) {
        const gph_random2_t draw = gph_random2(9, (uint64_t)sample->edges, (uint64_t)i);
        const uint64_t n = (uint64_t)sample->vertices;
        edges.edge[i - begin] = (gph_edge_t){(int64_t)gph_random_below(draw.a, n) * sample->stride,
                                             (int64_t)gph_random_below(draw.b, n) * sample->stride};
        if (sample->weighted)
            edges.weight[i - begin] = draw_weight(format, draw.a ^ draw.b);
    }
    edges.count = end - begin;
    edges.vertices = sample->dense ? sample->vertices : -1;
    edges.first_id = 0;
    GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph));
    return graph;
}

/* Expects the same bytes of a file in every run of this program. */
static void expect_same_bytes(gph_context_t *context, const char *key, const char *path)
{
    char text[GPH_DIGEST_CHARS];
    int64_t size = 0;
    char *bytes = io_slurp(context, path, &size);

    if (GPH_EXPECT(gph_test_all(bytes != NULL), "%s cannot be read", path))
        gph_test_expect_same(key, gph_digest_format(gph_digest_bytes(bytes, (size_t)size), text));
    gph_free(bytes);
}

/* Writes a graph, reads the file and compares edges, vertices and weights. */
static void round_trip(const sample_t *sample, const char *format, const char *suffix)
{
    gph_context_t *context = gph_test_context();
    const int64_t before = gph_mem_used(context->env);
    const bool numbered = strcmp(format, "mtx") == 0 || strcmp(format, "metis") == 0;
    gph_graph_t *graph = make_graph(context, sample, format);
    gph_edges_t back = gph_edges_init();
    io_edges_t wanted = {0};
    io_edges_t got = {0};
    char name[64];

    snprintf(name, sizeof name, "%s.%s", sample->name, suffix);
    const char *path = gph_test_tmp(name);
    if (graph == NULL || !GPH_EXPECT_OK(context, gph_write_graph(graph, path, GPH_FORMAT_AUTO)))
        return;
    expect_same_bytes(context, name, path);
    const bool lists_none = strcmp(format, "txt") == 0 && graph->edges == 0;
    if (lists_none) {
        GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                          gph_read_edges(context, path, GPH_FORMAT_AUTO, &back));
    } else if (GPH_EXPECT_OK(context, gph_read_edges(context, path, GPH_FORMAT_AUTO, &back)) &&
               io_gather_graph(graph, !numbered, &wanted) && io_gather(context, &back, &got)) {
        GPH_EXPECT(io_same_edges(&wanted, &got), "%s: other edges come back", path);
        if (numbered || (strcmp(format, "h5") == 0 && sample->dense))
            GPH_EXPECT(back.vertices == graph->vertices, "%s: other vertices come back", path);
        else
            CU_ASSERT_EQUAL(back.vertices, -1);
        CU_ASSERT_EQUAL(back.weight != NULL, sample->weighted);
    }
    gph_free(wanted.edge);
    gph_free(got.edge);
    gph_edges_free(&back);
    gph_graph_destroy(&graph);
    io_expect_no_leak(context, before);
    GPH_EXPECT(gph_test_all(io_count_files(".tmp-") == 0), "a temporary file is left");
}

static void test_edge_list(void)
{
    for (int i = 0; i < SAMPLES; ++i) {
        round_trip(&samples[i], "txt", "txt");
        round_trip(&samples[i], "txt", "txt.gz");
    }
}

static void test_matrix_market(void)
{
    for (int i = 0; i < SAMPLES; ++i)
        round_trip(&samples[i], "mtx", i % 2 ? "mtx" : "mtx.gz");
}

static void test_metis(void)
{
    for (int i = 0; i < SAMPLES; ++i)
        round_trip(&samples[i], "metis", i % 2 ? "graph.gz" : "metis");
}

static void test_hdf5(void)
{
    for (int i = 0; i < SAMPLES; ++i)
        round_trip(&samples[i], "h5", "h5");
}

/* Text as it stands in the file, to the byte. */
static void test_exact_text(void)
{
    static const struct {
        const char *name;
        const char *text;
    } files[] = {{"x.txt", "# Undirected graph, each edge once: id id weight\n# Nodes: 4 Edges: 3\n"
                           "10\t20\t0.5\n10\t30\t2\n30\t50\t-0.125\n"},
                 {"x.mtx",
                  "%%MatrixMarket matrix coordinate real symmetric\n4 4 3\n2 1 0.5\n3 1 2\n"
                  "4 3 -0.125\n"}};
    gph_context_t *context = gph_test_context();
    const char *input =
        io_put_text("in.txt", "30 10 2\n20 10 .5\n50 30 -0.125\n10 10 1\n10 20 7\n");
    gph_edges_t edges = gph_edges_init();
    gph_graph_t *graph = NULL;

    if (!GPH_EXPECT_OK(context, gph_read_edges(context, input, GPH_FORMAT_AUTO, &edges)) ||
        !GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph)))
        return;
    for (size_t i = 0; i < sizeof files / sizeof *files; ++i) {
        const char *path = gph_test_tmp(files[i].name);
        int64_t size = 0;
        GPH_EXPECT_OK(context, gph_write_graph(graph, path, GPH_FORMAT_AUTO));
        char *text = io_slurp(context, path, &size);
        GPH_EXPECT(text != NULL && strcmp(text, files[i].text) == 0, "%s",
                   text != NULL ? text : "nothing");
        gph_free(text);
    }
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_write_graph(graph, gph_test_tmp("x.graph"), GPH_FORMAT_AUTO));
    GPH_EXPECT(strstr(gph_context_error(context), "positive integers for weights, and ") != NULL,
               "%s", gph_context_error(context));
    gph_graph_destroy(&graph);
}

/* Names: in a column of an edge list, and through HDF5 and back. */
static void test_names(void)
{
    static const char list[] =
        "# Undirected graph, each edge once: name name\n# Nodes: 4 Edges: 3\n"
        "back\\\\slash\tword\nlast\tword\nword\tzwei\n";
    gph_context_t *context = gph_test_context();
    static const int64_t offset[] = {0, 10, 14, 18, 22};
    static const char bytes[] = "back\\slashlastwordzwei";
    static const gph_edge_t all[] = {{0, 2}, {1, 2}, {2, 3}};
    gph_edges_t edges = gph_edges_init();
    gph_graph_t *graph = NULL;
    int64_t size = 0;
    const int64_t begin = gph_block_start(4, context->ranks, context->rank);
    const int64_t end = gph_block_start(4, context->ranks, context->rank + 1);

    edges.vertices = 4;
    edges.names.count = end - begin;
    if (!gph_test_all(gph_alloc(context->env, 3, sizeof *edges.edge, &edges.edge) == GPH_OK &&
                      gph_alloc(context->env, 5, 8, &edges.names.offset) == GPH_OK &&
                      gph_alloc(context->env, sizeof bytes, 1, &edges.names.bytes) == GPH_OK))
        return;
    for (int64_t i = begin; i <= end; ++i)
        edges.names.offset[i - begin] = offset[i] - offset[begin];
    memcpy(edges.names.bytes, bytes + offset[begin], (size_t)(offset[end] - offset[begin]));
    if (context->rank == 0) {
        memcpy(edges.edge, all, sizeof all);
        edges.count = 3;
    }
    if (!GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph)))
        return;
    for (int round = 0; round < 2 && graph != NULL; ++round) {
        const char *path = gph_test_tmp("names.txt");
        GPH_EXPECT_OK(context, gph_write_graph(graph, path, GPH_FORMAT_AUTO));
        char *text = io_slurp(context, path, &size);
        GPH_EXPECT(text != NULL && strcmp(text, list) == 0, "%s", text);
        gph_free(text);
        GPH_EXPECT_OK(context, gph_write_graph(graph, gph_test_tmp("names.h5"), GPH_FORMAT_AUTO));
        expect_same_bytes(context, "names.h5", gph_test_tmp("names.h5"));
        gph_graph_destroy(&graph);
        if (GPH_EXPECT_OK(context, gph_read_edges(context, gph_test_tmp("names.h5"),
                                                  GPH_FORMAT_AUTO, &edges)))
            GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph));
    }
    gph_graph_destroy(&graph);
}

/* Vertices whose edges were all loops have ids of their own and no edges; HDF5 keeps them. */
static void test_isolated(void)
{
    gph_context_t *context = gph_test_context();
    const char *input = io_put_text("loops.txt", "7 9\n100 100\n3 3\n");
    gph_edges_t edges = gph_edges_init();
    gph_graph_t *graph = NULL;

    for (int round = 0; round < 2; ++round) {
        if (!GPH_EXPECT_OK(context, gph_read_edges(context, input, GPH_FORMAT_AUTO, &edges)) ||
            !GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph)))
            return;
        CU_ASSERT_EQUAL(graph->vertices, 4);
        CU_ASSERT_EQUAL(graph->edges, 1);
        input = gph_test_tmp("loops.h5");
        GPH_EXPECT_OK(context, gph_write_graph(graph, input, GPH_FORMAT_AUTO));
        GPH_EXPECT_OK(context, gph_write_graph(graph, gph_test_tmp("loops2.txt"), GPH_FORMAT_AUTO));
        GPH_EXPECT(context->rank != 0 || gph_test_logged("2 vertices without edges are left out"),
                   "no warning");
        gph_graph_destroy(&graph);
    }
}

/* Where nothing can be written: a clear message, the same status everywhere, nothing left. */
static void test_refused_paths(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = make_graph(context, &samples[2], "txt");
    char folder[600];

    if (graph == NULL)
        return;
    snprintf(folder, sizeof folder, "%s", gph_test_tmpdir());
    GPH_EXPECT_STATUS(context, GPH_ERR_SYSTEM, gph_write_graph(graph, folder, GPH_FORMAT_EDGES));
    GPH_EXPECT(strstr(gph_context_error(context), "is a directory") != NULL, "%s",
               gph_context_error(context));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_SYSTEM,
                      gph_write_graph(graph, gph_test_tmp("no/such/folder.txt"), GPH_FORMAT_AUTO));
    GPH_EXPECT(strstr(gph_context_error(context), "No such file or directory") != NULL, "%s",
               gph_context_error(context));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_write_graph(graph, gph_test_tmp("x.h5.gz"), GPH_FORMAT_AUTO));
    GPH_EXPECT(gph_test_all(io_count_files(".tmp-") == 0), "a temporary file is left");
    gph_graph_destroy(&graph);
}

/* A graph may live on some of the ranks only. */
static void test_sub_communicator(void)
{
    gph_context_options_t options = gph_test_options();
    MPI_Comm half = MPI_COMM_NULL;
    gph_context_t *context = NULL;
    char name[32];

    gph_test_context();
    MPI_Comm_split(MPI_COMM_WORLD, gph_test_rank() % 2, 0, &half);
    snprintf(name, sizeof name, "half%d.txt.gz", gph_test_rank() % 2);
    if (GPH_EXPECT_OK(NULL, gph_context_create(half, &options, &context))) {
        gph_graph_t *graph = make_graph(context, &samples[3], "txt");
        gph_edges_t edges = gph_edges_init();
        if (graph != NULL) {
            GPH_EXPECT_OK(context, gph_write_graph(graph, gph_test_tmp(name), GPH_FORMAT_AUTO));
            GPH_EXPECT_OK(context,
                          gph_read_edges(context, gph_test_tmp(name), GPH_FORMAT_AUTO, &edges));
        }
        gph_edges_free(&edges);
        gph_graph_destroy(&graph);
    }
    gph_context_destroy(&context);
    MPI_Comm_free(&half);
    gph_test_all(true);
}

GPH_TEST_SUITE(io_write, {"edge lists read back", test_edge_list},
               {"Matrix Market reads back", test_matrix_market}, {"METIS reads back", test_metis},
               {"HDF5 reads back", test_hdf5}, {"text to the byte", test_exact_text},
               {"names", test_names}, {"vertices without edges", test_isolated},
               {"paths that cannot be written", test_refused_paths},
               {"a sub-communicator", test_sub_communicator});
