/* GraphemeGraphs and MathGraphs from files and back, on any number of ranks. */
#include "base/random.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "graph/expression.h"
#include "graph/graph.h"
#include "graph/text_graph.h"
#include "par/comm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { LARGE = 1 << 20, EXPRESSIONS = 100000 };

/* --- files ---------------------------------------------------------------------------------- */

static void put_file(const char *path, const char *bytes, int64_t size)
{
    MPI_Barrier(MPI_COMM_WORLD);
    if (gph_test_rank() == 0) {
        FILE *file = fopen(path, "wb");
        CU_ASSERT_TRUE(file != NULL && fwrite(bytes, 1, (size_t)size, file) == (size_t)size);
        if (file != NULL)
            CU_ASSERT_EQUAL(fclose(file), 0);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

/* True when a file has exactly these bytes; looked at by rank 0. */
static bool file_is(const char *path, const char *bytes, int64_t size)
{
    bool same = true;
    if (gph_test_rank() == 0) {
        char *read = malloc((size_t)size + 1);
        FILE *file = fopen(path, "rb");
        same = file != NULL && read != NULL &&
               fread(read, 1, (size_t)size + 1, file) == (size_t)size &&
               memcmp(read, bytes, (size_t)size) == 0;
        if (file != NULL)
            fclose(file);
        free(read);
    }
    return gph_test_all(same);
}

/* Digest of a file as text, on all ranks. */
static const char *file_digest(const char *path)
{
    static char digest[GPH_DIGEST_CHARS];
    if (gph_test_rank() == 0) {
        static char block[1 << 16];
        gph_digest_t sum = {0};
        FILE *file = fopen(path, "rb");
        size_t got = 0;
        uint64_t index = 0;
        while (file != NULL && (got = fread(block, 1, sizeof block, file)) > 0)
            gph_digest_add(&sum, gph_digest_item(index++, block, got));
        if (file != NULL)
            fclose(file);
        gph_digest_format(sum, digest);
    }
    MPI_Bcast(digest, sizeof digest, MPI_CHAR, 0, MPI_COMM_WORLD);
    return digest;
}

/* --- texts ---------------------------------------------------------------------------------- */

/* A text of mixed scripts: pieces drawn at random, among them everything that clusters treat
 * specially. */
static int64_t make_text(uint64_t seed, int64_t size, char *text)
{
    static const char *const pieces[] = {
        "a",
        "Z",
        " ",
        "\n",
        "\r\n",
        "\t",
        ", ",
        "0",
        "-",
        "'",
        "the ",
        "don't ",
        "x-ray\n",
        u8"\u00e9",
        u8"e\u0301",
        u8"o\u0308\u0323",
        u8"\u0301",
        u8"\u1e9b\u0323", /* marks */
        u8"\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",
        u8" \u05d0\u05d1\u200f ", /* Hebrew */
        u8"\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u064b\u0627",
        u8"\u061f\u0660", /* Arabic */
        u8"\u0928\u092e\u0938\u094d\u0924\u0947 ",
        u8"\u0995\u09cd\u09b7", /* Devanagari, Bengali */
        u8"\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
        u8"\u1112\u1161\u11ab",
        u8"\ud55c\uae00",
        u8"\u6f22\u5b57",
        u8"\u30ab\u3099",
        u8"\u0391\u03b8\u03ae\u03bd\u03b1 ",
        u8"\u041c\u0438\u0440 ",
        u8"\U0001F600",
        u8"\U0001F44D\U0001F3FD",
        u8"\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466",
        u8"\U0001F1E9\U0001F1EA\U0001F1EB",
        u8"#\ufe0f\u20e3",
        u8"\u200d",
        u8"\u200b",
        u8"\ufeff",
        u8"\u2028",
        u8"\u202e",
        u8"\U0001D54F",
        u8"\U000E0041",
    };
    int64_t used = 0;
    for (uint64_t i = 0;; ++i) {
        const uint64_t bits = gph_random_u64(seed, 3, i);
        const char *piece = pieces[gph_random_below(bits, sizeof pieces / sizeof *pieces)];
        const int64_t length = (int64_t)strlen(piece);
        if (used + length > size)
            return used;
        memcpy(text + used, piece, (size_t)length);
        used += length;
    }
}

static bool load(const char *name, const char *path, const char *rest, gph_graph_t **graph)
{
    gph_context_t *context = gph_test_context();
    char spec[1000] = "";
    snprintf(spec, sizeof spec, "%s:path=%s%s", name, path, rest);
    return GPH_EXPECT_OK(context, gph_graph_load(context, spec, GPH_FORMAT_AUTO, graph));
}

/* Compares the rows of this rank with the graph of the whole text, made on one rank. */
static void expect_rows(const gph_graph_t *graph, const gph_small_dag_t *dag)
{
    int64_t outs = 0;
    int64_t bad = graph->vertices != dag->nodes || graph->edges != dag->edges ||
                  graph->dropped_repeats != 0 || graph->type == NULL;
    uint64_t sums[2] = {0, 0};

    for (gph_lid_t v = 0; v < graph->owned && bad == 0; ++v) {
        const int64_t g = graph->first + v;
        const int64_t size = dag->names.offset[g + 1] - dag->names.offset[g];
        bad += graph->type[v] != dag->type[g];
        bad += graph->names.offset[v + 1] - graph->names.offset[v] != size ||
               memcmp(graph->names.bytes + graph->names.offset[v],
                      dag->names.bytes + dag->names.offset[g], (size_t)size) != 0;
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
            const int64_t w = gph_graph_gid(graph, graph->adjacent[i]);
            bad += graph->direction[i] != (w > g ? GPH_ARC_OUT : GPH_ARC_IN);
            if (w > g) {
                outs += 1;
                sums[0] += gph_random_u64(1, (uint64_t)g, (uint64_t)w);
            }
        }
    }
    for (int64_t i = 0; i < dag->edges; ++i) {
        const gph_edge_t edge = dag->edge[i];
        if (edge.u >= graph->first && edge.u < graph->first + graph->owned) {
            outs -= 1;
            sums[1] += gph_random_u64(1, (uint64_t)edge.u, (uint64_t)edge.v);
        }
    }
    GPH_EXPECT(bad == 0 && outs == 0 && sums[0] == sums[1], "%d differences, %d edges too many",
               (int)bad, (int)outs);
}

/* Text -> graph -> text, and by way of HDF5; the graph is that of one rank. */
static void round_trip(const char *key, const char *text, int64_t size, gph_text_unit_t unit,
                       int window)
{
    gph_context_t *context = gph_test_context();
    const char *path = gph_test_tmp("in.txt");
    char rest[60] = "";
    gph_graph_t *graph = NULL;
    gph_small_dag_t dag = {0};

    snprintf(rest, sizeof rest, ",unit=%s,window=%d", unit == GPH_TEXT_WORD ? "word" : "grapheme",
             window);
    put_file(path, text, size);
    if (!load("textgraph", path, rest, &graph))
        return;
    if (gph_test_all(gph_text_dag(context->env, text, size, unit, window, &dag) == GPH_OK))
        expect_rows(graph, &dag);
    gph_small_dag_free(&dag);
    GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("out.txt"), GPH_FORMAT_TEXT));
    CU_ASSERT_TRUE(file_is(gph_test_tmp("out.txt"), text, size));
    GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("out.h5"), GPH_FORMAT_AUTO));
    gph_graph_destroy(&graph);
    gph_test_expect_same(key, file_digest(gph_test_tmp("out.h5")));
    if (!GPH_EXPECT_OK(context,
                       gph_graph_load(context, gph_test_tmp("out.h5"), GPH_FORMAT_AUTO, &graph)))
        return;
    GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("again.h5"), GPH_FORMAT_AUTO));
    CU_ASSERT_STRING_EQUAL(file_digest(gph_test_tmp("again.h5")),
                           file_digest(gph_test_tmp("out.h5")));
    GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("out.txt"), GPH_FORMAT_TEXT));
    CU_ASSERT_TRUE(file_is(gph_test_tmp("out.txt"), text, size));
    gph_graph_destroy(&graph);
}

static void test_small_texts(void)
{
    static const char *const texts[] = {
        "a",
        "\n",
        "\n\n\n",
        "ab\ncd",
        "no end\n",
        " \r\n x",
        u8"\ufeffmark",
        u8"e\u0301",
        "one two  three\n\nfour",
        "\n a",
        "a\n\n\n\n\n\nb",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
        char key[40] = "";
        for (int unit = 0; unit < 2; ++unit) {
            snprintf(key, sizeof key, "small %d %d", (int)i, unit);
            round_trip(key, texts[i], (int64_t)strlen(texts[i]), (gph_text_unit_t)unit, 3);
        }
    }
}

static void test_large_text(void)
{
    gph_context_t *context = gph_test_context();
    char *text = NULL;
    if (!gph_test_all(gph_alloc(context->env, LARGE, 1, &text) == GPH_OK))
        return;
    const int64_t size = make_text(1, LARGE, text);
    CU_ASSERT_TRUE(size > LARGE - 40);
    round_trip("graphemes", text, size, GPH_TEXT_GRAPHEME, 2);
    round_trip("words", text, size, GPH_TEXT_WORD, 4);
    gph_free(text);
}

/* Nodes and edges by definition: clusters by utf8proc over the whole text, edges pair by pair. */
static void check_definition(uint64_t seed, int window)
{
    enum { ROOM = 600 };
    gph_context_t *context = gph_test_context();
    char text[ROOM];
    int64_t start[ROOM];
    bool unit[ROOM];
    bool joined[ROOM][ROOM] = {{false}};
    const int64_t size = make_text(seed, ROOM, text);
    int nodes = 0;
    int32_t state = 0;
    int32_t last = 0;
    gph_small_dag_t dag = {0};

    CU_ASSERT_EQUAL(gph_text_dag(context->env, text, size, GPH_TEXT_GRAPHEME, window, &dag),
                    GPH_OK);
    for (int64_t at = 0; at < size;) {
        int32_t point = 0;
        const int64_t step =
            utf8proc_iterate((const utf8proc_uint8_t *)text + at, size - at, &point);
        if (at == 0 || utf8proc_grapheme_break_stateful(last, point, &state))
            start[nodes++] = at;
        last = point;
        at += step;
    }
    /* Clusters that show nothing may share a node up to the end of a line; so every node begins
     * where a cluster does, and every cluster that is a unit is a node. */
    int cluster = 0;
    for (int64_t v = 0; v < dag.nodes; ++v) {
        while (cluster < nodes && start[cluster] < dag.names.offset[v])
            ++cluster;
        CU_ASSERT_TRUE(cluster < nodes && start[cluster] == dag.names.offset[v]);
        unit[v] = dag.type[v] == GPH_NODE_GRAPHEME;
        CU_ASSERT_TRUE(unit[v] || dag.type[v] == GPH_NODE_GAP);
        const int64_t next = cluster + 1 < nodes ? start[cluster + 1] : size;
        CU_ASSERT_TRUE(!unit[v] || dag.names.offset[v + 1] == next);
    }
    for (int64_t u = 0; u < dag.nodes; ++u) {
        int apart = 0;
        for (int64_t v = u + 1; v < dag.nodes; ++v) {
            apart += unit[v];
            joined[u][v] = v == u + 1 || (unit[u] && unit[v] && apart < window);
        }
    }
    for (int64_t i = 0; i < dag.edges; ++i) {
        CU_ASSERT_TRUE(joined[dag.edge[i].u][dag.edge[i].v]);
        joined[dag.edge[i].u][dag.edge[i].v] = false;
    }
    for (int64_t u = 0; u < dag.nodes; ++u)
        for (int64_t v = 0; v < dag.nodes; ++v)
            CU_ASSERT_FALSE(joined[u][v]);
    gph_small_dag_free(&dag);
}

static void test_definition(void)
{
    for (uint64_t seed = 0; seed < 8; ++seed)
        check_definition(seed, 1 + (int)seed % 5);
}

/* --- expressions ---------------------------------------------------------------------------- */

/* A file of random expressions, one a line; *text is gph_free()d. */
static bool make_expressions(gph_context_t *context, int64_t count, gph_array_t *text)
{
    const gph_expression_random_t options = gph_expression_random_default();
    gph_expression_t drawn = gph_expression_init(context->env);
    bool ok = true;
    for (int64_t i = 0; i < count && ok; ++i)
        ok = gph_expression_draw(&options, 11, (uint64_t)i, &drawn) == GPH_OK &&
             gph_expression_write(&drawn, text) == GPH_OK && gph_array_push(text, "\n") == GPH_OK;
    gph_expression_free(&drawn);
    return gph_test_all(ok);
}

static void test_expressions(void)
{
    gph_context_t *context = gph_test_context();
    gph_array_t text = gph_array_init(context->env, 1);
    gph_graph_t *graph = NULL;
    if (make_expressions(context, EXPRESSIONS, &text)) {
        put_file(gph_test_tmp("math.txt"), text.data, text.count);
        if (load("math", gph_test_tmp("math.txt"), "", &graph)) {
            CU_ASSERT_EQUAL(graph->vertices - graph->edges, EXPRESSIONS);
            GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("out.txt"), GPH_FORMAT_TEXT));
            CU_ASSERT_TRUE(file_is(gph_test_tmp("out.txt"), text.data, text.count));
            GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("math.h5"), GPH_FORMAT_AUTO));
            gph_test_expect_same("expressions", file_digest(gph_test_tmp("math.h5")));
        }
        gph_graph_destroy(&graph);
    }
    gph_array_free(&text);
}

static void test_expression_lines(void)
{
    static const char file[] = "# a comment\n\n  (+ 1 x)\r\n\t\n* 2 sin y\n(f x)";
    static const char wanted[] = "(+ 1 x)\n* 2 sin y\n(f x)\n";
    static const char dot[] =
        "digraph gph {\n0 [label=\"+\"];\n0 -> 1;\n0 -> 2;\n1 [label=\"1\"];\n"
        "2 [label=\"x\"];\n";
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    put_file(gph_test_tmp("lines.txt"), file, sizeof file - 1);
    if (!load("math", gph_test_tmp("lines.txt"), "", &graph))
        return;
    GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("out.txt"), GPH_FORMAT_TEXT));
    CU_ASSERT_TRUE(file_is(gph_test_tmp("out.txt"), wanted, sizeof wanted - 1));
    GPH_EXPECT_OK(context, gph_graph_save(graph, gph_test_tmp("out.dot"), GPH_FORMAT_AUTO));
    if (gph_test_rank() == 0) {
        char read[sizeof dot] = "";
        FILE *out = fopen(gph_test_tmp("out.dot"), "rb");
        CU_ASSERT_TRUE(out != NULL && fread(read, 1, sizeof dot - 1, out) == sizeof dot - 1);
        CU_ASSERT_STRING_EQUAL(read, dot);
        if (out != NULL)
            fclose(out);
    }
    gph_test_expect_same("dot", file_digest(gph_test_tmp("out.dot")));
    gph_graph_destroy(&graph);
}

/* --- what is refused ------------------------------------------------------------------------ */

static void expect_failure(const char *name, const char *rest, const char *file, int64_t size,
                           gph_status_t wanted, const char *message)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    char spec[1000] = "";
    put_file(gph_test_tmp("bad.txt"), file, size);
    snprintf(spec, sizeof spec, "%s:path=%s%s", name, gph_test_tmp("bad.txt"), rest);
    GPH_EXPECT_STATUS(context, wanted, gph_graph_load(context, spec, GPH_FORMAT_AUTO, &graph));
    GPH_EXPECT(strstr(gph_context_error(context), message) != NULL, "'%s' lacks '%s'",
               gph_context_error(context), message);
    CU_ASSERT_PTR_NULL(graph);
    gph_graph_destroy(&graph);
}

static void test_refused(void)
{
    static const char far[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n+ 1\n(\n";
    expect_failure("textgraph", "", "ok\n\n\xc3\xa9\xff", 7, GPH_ERR_INPUT, "bad.txt:3:2");
    expect_failure("textgraph", "", "", 0, GPH_ERR_INPUT, "empty");
    expect_failure("textgraph", ",window=0", "x", 1, GPH_ERR_USAGE, "window");
    expect_failure("textgraph", ",unit=line", "x", 1, GPH_ERR_USAGE, "unit 'line'");
    expect_failure("math", ",window=2", "x", 1, GPH_ERR_USAGE, "window");
    expect_failure("math", "", "+ 1 2\n+ 1 \xff\n", 12, GPH_ERR_INPUT,
                   "bad.txt:2:5: malformed UTF-8");
    expect_failure("math", "", far, sizeof far - 1, GPH_ERR_INPUT,
                   "bad.txt:10:1: '+' takes 2 operands and has 1");
    expect_failure("math", "", "+ 1 2 3", 7, GPH_ERR_INPUT, "bad.txt:1:7: '3' follows");
}

static void test_no_text(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "path:n=9", GPH_FORMAT_AUTO, &graph)))
        return;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_graph_save(graph, gph_test_tmp("x.txt"), GPH_FORMAT_TEXT));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "textgraph"));
    gph_graph_destroy(&graph);
}

/* --- faults --------------------------------------------------------------------------------- */

static void break_rank(int victim, const char *spec, int64_t step)
{
    gph_context_t *context = gph_test_context();
    gph_status_t status = GPH_ERR_MEMORY;
    int64_t failed = 0;
    for (int64_t nth = 1; status != GPH_OK && nth < 100000; nth += step) {
        gph_graph_t *graph = NULL;
        gph_context_clear_error(context);
        const int64_t before = gph_mem_used(context->env);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        status = gph_graph_load(context, spec, GPH_FORMAT_AUTO, &graph);
        if (status == GPH_OK)
            status = gph_graph_save(graph, gph_test_tmp("fault.txt"), GPH_FORMAT_TEXT);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        gph_graph_destroy(&graph);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), before);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_TRUE(status == GPH_OK || status == GPH_ERR_MEMORY);
        failed += status != GPH_OK;
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT_TRUE(failed > 5);
}

static void test_faults(void)
{
    char spec[800] = "";
    put_file(gph_test_tmp("f.txt"), "a b c\nd e f\ng\n", 14);
    snprintf(spec, sizeof spec, "textgraph:path=%s,unit=word,window=2", gph_test_tmp("f.txt"));
    break_rank(gph_test_ranks() - 1, spec, 3);
    put_file(gph_test_tmp("f.txt"), "+ 1 x\n(f y)\n7\n", 14);
    snprintf(spec, sizeof spec, "math:%s", gph_test_tmp("f.txt"));
    break_rank(0, spec, 3);
}

GPH_TEST_SUITE(text_graph, {"small texts go round", test_small_texts},
               {"a megabyte of mixed scripts goes round", test_large_text},
               {"nodes and edges are as defined", test_definition},
               {"random expressions go round", test_expressions},
               {"lines of expressions", test_expression_lines}, {"refused", test_refused},
               {"other graphs have no text", test_no_text},
               {"survives failing allocations", test_faults});
