/* What well-formed files of each text format mean. */
#include "io_files.h"
#include "par/comm.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))

static void test_edge_list(void)
{
    static const io_edge_t wanted[] = {{0, 1, 0}, {1, 2, 0}, {2, 2, 0}, {5, INT64_MAX, 0}};
    static const char *const texts[] = {
        "0 1\n1 2\n2 2\n9223372036854775807 5\n",
        "# Nodes: 5\n% more\n\n  0\t1\n1 \t 2  \n\t2 2\n9223372036854775807 5", // no newline
        "0,1\r\n1 , 2\r\n\r\n2,2,\r\n9223372036854775807,5\r\n",
        ("\xef\xbb\xbf"
         "1 0\n2 1\n2 2\n5 9223372036854775807\n# end"),
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
        io_expect_edges(io_put_text("list.txt", texts[i]), GPH_FORMAT_AUTO, -1, 0, COUNT(wanted),
                        wanted);
        io_expect_edges(io_put_gzip("list.txt.gz", texts[i], (int64_t)strlen(texts[i]), 2),
                        GPH_FORMAT_EDGES, -1, 0, COUNT(wanted), wanted);
    }
}

static void test_weighted_list(void)
{
    static const io_edge_t wanted[] = {{0, 1, 0.5}, {0, 1, 3}, {1, 7, -1e-9}};

    io_expect_edges(io_put_text("w.txt", "#c\n0 1 .5\n7\t1\t-1e-9\n1,0,3\n"), GPH_FORMAT_AUTO, -1,
                    0, COUNT(wanted), wanted);
}

/* Many more lines than fit one buffer, in the order that makes each edge known by its line. */
static void test_many_lines(void)
{
    enum { LINES = 200000 };
    gph_context_t *context = gph_test_context();
    char *text = NULL;
    io_edge_t *wanted = NULL;
    int64_t size = 0;

    if (!gph_test_all(gph_alloc(context->env, LINES * 24, 1, &text) == GPH_OK &&
                      gph_alloc(context->env, LINES, sizeof *wanted, &wanted) == GPH_OK))
        return;
    for (int64_t i = 0; i < LINES; ++i) {
        wanted[i] = (io_edge_t){i, i * 7919, 0};
        size += sprintf(text + size, i % 3 ? "%lld %lld\n" : "%lld\t%lld\r\n",
                        (long long)(i * 7919), (long long)i);
    }
    io_expect_edges(io_put("many.txt", text, size), GPH_FORMAT_AUTO, -1, 0, LINES, wanted);
    io_expect_edges(io_put_gzip("many.gz", text, size, 2), GPH_FORMAT_AUTO, -1, 0, LINES, wanted);
    gph_free(text);
    gph_free(wanted);
}

static void test_matrix_market(void)
{
    static const io_edge_t pattern[] = {{1, 2, 0}, {3, 3, 0}, {3, 4, 0}};
    static const io_edge_t valued[] = {{1, 2, -2.5}, {1, 2, 4}, {4, 5, 1e10}};

    io_expect_edges(io_put_text("a.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n"
                                         "% comment\n\n%\n  6 6 3\n2 1\n3 3\n\n 4\t3\n"),
                    GPH_FORMAT_AUTO, 6, 1, COUNT(pattern), pattern);
    io_expect_edges(io_put_text("b.mtx", "%%matrixmarket MATRIX Coordinate Real General\r\n"
                                         "5 5 3\r\n2 1 4\r\n1 2 -2.5\r\n4 5 1e10"),
                    GPH_FORMAT_AUTO, 5, 1, COUNT(valued), valued);
    io_expect_edges(io_put_text("c.txt", "%%MatrixMarket matrix coordinate integer general\n"
                                         "2 2 0\n"),
                    GPH_FORMAT_MATRIX_MARKET, 2, 1, 0, NULL);
    io_expect_edges(io_put_text("d.mtx", "%%MatrixMarket matrix coordinate pattern general\n0 0 0"),
                    GPH_FORMAT_AUTO, 0, 1, 0, NULL);
}

static void test_metis(void)
{
    /* The graph of the METIS manual, and the same with weights of edges and vertices. */
    static const char plain[] = "% manual\n7 11\n5 3 2\n1 3 4\n5 4 2 1\n2 3 6 7\n% inside\n1 3 6\n"
                                "5 4 7\n6 4\n";
    static const char heavy[] = "7 11 011 2\n4 0 5 1 3 2 2 1\n2 1 1 1 3 2 4 1\n"
                                "5 9 5 3 4 2 2 2 1 2\n3 0 2 1 3 2 6 2 7 5\n"
                                "1 0 1 1 3 3 6 2\r\n6 0 5 2 4 2 7 6\n2 1 6 6 4 5";
    static const io_edge_t edges[] = {{1, 2, 1}, {1, 3, 2}, {1, 5, 1}, {2, 3, 2},
                                      {2, 4, 1}, {3, 4, 2}, {3, 5, 3}, {4, 6, 2},
                                      {4, 7, 5}, {5, 6, 2}, {6, 7, 6}};
    io_edge_t bare[COUNT(edges)];

    for (int i = 0; i < COUNT(edges); ++i)
        bare[i] = (io_edge_t){edges[i].u, edges[i].v, 0};
    io_expect_edges(io_put_text("a.graph", plain), GPH_FORMAT_AUTO, 7, 1, COUNT(bare), bare);
    io_expect_edges(io_put_gzip("a.metis.gz", plain, (int64_t)strlen(plain), 1), GPH_FORMAT_AUTO, 7,
                    1, COUNT(bare), bare);
    io_expect_edges(io_put_text("b.graph", heavy), GPH_FORMAT_AUTO, 7, 1, COUNT(edges), edges);
}

/* Lines without neighbours are vertices too; empty lines at the end are not. */
static void test_metis_isolated(void)
{
    static const io_edge_t edge[] = {{2, 4, 0}};

    io_expect_edges(io_put_text("a.graph", "5 1 100\n9\n9 4\n9\n8 2\n7\n\n\n"), GPH_FORMAT_AUTO, 5,
                    1, 1, edge);
    io_expect_edges(io_put_text("b.graph", "5 1\n\n4\n\n%x\n2\r\n\n"), GPH_FORMAT_AUTO, 5, 1, 1,
                    edge);
    io_expect_edges(io_put_text("c.graph", "3 0\n\n\n\n"), GPH_FORMAT_AUTO, 3, 1, 0, NULL);
    io_expect_edges(io_put_text("d.graph", "0 0"), GPH_FORMAT_AUTO, 0, 1, 0, NULL);
}

/* Vertex numbers must come out right wherever the ranges of ranks and threads are cut. */
static void test_metis_large(void)
{
    enum { SIDE = 120000 };
    gph_context_t *context = gph_test_context();
    char *text = NULL;
    io_edge_t *wanted = NULL;
    int64_t size = 0;

    if (!gph_test_all(gph_alloc(context->env, SIDE * 40, 1, &text) == GPH_OK &&
                      gph_alloc(context->env, SIDE, sizeof *wanted, &wanted) == GPH_OK))
        return;
    size += sprintf(text, "%d %d\n", 2 * SIDE, SIDE); // a matching: i with i + SIDE
    for (int i = 1; i <= 2 * SIDE; ++i) {
        if (i % 1000 == 0)
            size += sprintf(text + size, "%% comment\n");
        size += sprintf(text + size, "%d\n", i <= SIDE ? i + SIDE : i - SIDE);
        if (i <= SIDE)
            wanted[i - 1] = (io_edge_t){i, i + SIDE, 0};
    }
    io_expect_edges(io_put("m.graph", text, size), GPH_FORMAT_AUTO, 2 * SIDE, 1, SIDE, wanted);
    io_expect_edges(io_put_gzip("m.graph.gz", text, size, 1), GPH_FORMAT_AUTO, 2 * SIDE, 1, SIDE,
                    wanted);
    gph_free(text);
    gph_free(wanted);
}

static void test_formats(void)
{
    static const struct {
        const char *name;
        gph_format_t format;
    } good[] = {{"auto", GPH_FORMAT_AUTO},
                {"edges", GPH_FORMAT_EDGES},
                {"mtx", GPH_FORMAT_MATRIX_MARKET},
                {"metis", GPH_FORMAT_METIS},
                {"h5", GPH_FORMAT_HDF5}};
    gph_format_t format = GPH_FORMAT_METIS;

    for (size_t i = 0; i < sizeof good / sizeof *good; ++i) {
        CU_ASSERT_TRUE(gph_format_parse(good[i].name, &format));
        CU_ASSERT_EQUAL(format, good[i].format);
    }
    CU_ASSERT_FALSE(gph_format_parse("MTX", &format));
    CU_ASSERT_FALSE(gph_format_parse("", &format));
    CU_ASSERT_FALSE(gph_format_parse(NULL, &format));
    CU_ASSERT_EQUAL(format, GPH_FORMAT_HDF5);
}

/* Real graphs, plain and compressed, have the published numbers of lines. */
static void test_real_graphs(void)
{
    static const struct {
        const char *path;
        int64_t edges;
    } graphs[] = {{"cliques/facebook_combined.txt.gz", 88234},
                  {"cliques/wiki-Vote.txt.gz", 100762}};
    gph_context_t *context = gph_test_context();

    for (size_t i = 0; i < sizeof graphs / sizeof *graphs; ++i) {
        const char *path = gph_test_data(graphs[i].path);
        gph_edges_t edges = gph_edges_init();
        if (path == NULL) {
            gph_test_skip("no real graphs here");
            continue;
        }
        if (GPH_EXPECT_OK(context, gph_read_edges(context, path, GPH_FORMAT_AUTO, &edges))) {
            int64_t count = edges.count;
            GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, 1, &count));
            CU_ASSERT_EQUAL(count, graphs[i].edges);
        }
        gph_edges_free(&edges);
    }
}

GPH_TEST_SUITE(io_read, {"edge lists with comments, blanks, commas, CRLF", test_edge_list},
               {"weighted edge lists", test_weighted_list},
               {"edge lists larger than the buffers", test_many_lines},
               {"Matrix Market: pattern, real, integer, empty", test_matrix_market},
               {"METIS: plain and with weights", test_metis},
               {"METIS: vertices without neighbours", test_metis_isolated},
               {"METIS: numbers of vertices across ranges", test_metis_large},
               {"names of formats", test_formats}, {"real graphs", test_real_graphs});
