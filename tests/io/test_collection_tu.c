/* TUDataset folders: the same graphs as in text, classes, known sets, and where they are wrong. */
#include "base/random.h"
#include "io/collection.h"
#include "io_files.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- files ---------------------------------------------------------------------------------- */

/* Makes an empty folder. Returns its path. Collective. */
static const char *make_folder(const char *name)
{
    static const char *const suffix[] = {
        "A",           "graph_indicator", "graph_labels",   "node_labels",
        "edge_labels", "node_attributes", "edge_attributes"};
    const char *path = gph_test_tmp(name);
    (void)gph_test_all(true);
    if (gph_test_rank() == 0) {
        (void)mkdir(path, 0700);
        for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++) {
            char file[512];
            snprintf(file, sizeof file, "%s/DS_%s.txt", path, suffix[i]);
            (void)unlink(file);
        }
    }
    (void)gph_test_all(true);
    return path;
}

/* Writes FOLDER/DS_WHAT.txt, unless text is NULL. Collective. */
static void put(const char *folder, const char *what, const char *text)
{
    char name[256];
    snprintf(name, sizeof name, "%s/DS_%s.txt", folder, what);
    if (text != NULL)
        (void)io_put_text(name, text);
}

/* --- beside the text form ------------------------------------------------------------------- */

enum { GRAPHS = 23, NODES_MOST = 9, TEXT = 1 << 16 };

/* Text that grows. */
typedef struct text {
    char at[TEXT];
    size_t used;
} text_t;

__attribute__((format(printf, 2, 3))) static void add(text_t *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(text->at + text->used, TEXT - text->used, format, list);
    va_end(list);
    text->used += (size_t)length;
}

typedef struct sample {
    text_t plain;
    text_t edges;
    text_t indicator;
    text_t classes;
    text_t node_labels;
    text_t edge_labels;
    text_t node_values;
    int nodes[GRAPHS];
    int number[GRAPHS][NODES_MOST]; /* node of the TU files, from 1 */
} sample_t;

static uint64_t draw(uint64_t stream, uint64_t index, uint64_t below)
{
    return gph_random_u64(77, stream, index) % below;
}

/* Nodes in turn, so that those of a graph do not stand together. */
static void add_nodes(sample_t *sample)
{
    int next = 1;
    for (int g = 0; g < GRAPHS; g++) {
        sample->nodes[g] = (int)draw(1, (uint64_t)g, NODES_MOST + 1);
        add(&sample->classes, " %d\n", (int)draw(2, (uint64_t)g, 3) * 5 - 5);
    }
    for (int v = 0; v < NODES_MOST; v++)
        for (int g = 0; g < GRAPHS; g++) {
            const int label = (int)draw(3, (uint64_t)(g * 100 + v), 4);
            if (v >= sample->nodes[g])
                continue;
            sample->number[g][v] = next++;
            add(&sample->indicator, "%d\n", g + 1);
            add(&sample->node_labels, "%d, x\n", label);
            add(&sample->node_values, "%d.5, -%d\n", label, v);
        }
}

static void add_line(sample_t *sample, int g, int u, int v, int label)
{
    add(&sample->edges, "%d, %d\n", sample->number[g][u], sample->number[g][v]);
    add(&sample->edge_labels, "%d\n", label);
}

/* The graphs as text, and their edges. */
static void add_graphs(sample_t *sample, bool directed)
{
    for (int g = 0; g < GRAPHS; g++) {
        add(&sample->plain, "t # %d\n", g + 1);
        for (int v = 0; v < sample->nodes[g]; v++)
            add(&sample->plain, "v %d %d,x\n", v, (int)draw(3, (uint64_t)(g * 100 + v), 4));
        for (int u = 0; u < sample->nodes[g]; u++)
            for (int v = directed ? 0 : u; v < sample->nodes[g]; v++) {
                const uint64_t key = (uint64_t)((g * 100 + u) * 100 + v);
                const int label = (int)draw(5, key, 3);
                if (draw(4, key, 3) != 0)
                    continue;
                add(&sample->plain, "e %d %d %d\n", u, v, label);
                add_line(sample, g, u, v, label);
                if (!directed && draw(6, key, 4) != 0)
                    add_line(sample, g, v, u, label);
            }
    }
}

static void compare_graphs(const gph_collection_t *a, const gph_collection_t *b, int64_t g)
{
    const gph_small_graph_t *x = gph_collection_graph(a, g);
    const gph_small_graph_t *y = gph_collection_graph(b, g);
    CU_ASSERT_STRING_EQUAL(x->name, y->name);
    CU_ASSERT(x->nodes == y->nodes && x->edges == y->edges && x->directed == y->directed);
    for (int32_t v = 0; v < x->nodes && x->nodes == y->nodes; v++) {
        /* "2, x" there, "2,x" here */
        const char *there = gph_collection_node_label(a, x->node_label[v]);
        const char *here = gph_collection_node_label(b, y->node_label[v]);
        CU_ASSERT(there[0] == here[0]);
        CU_ASSERT_STRING_EQUAL(there, here[0] == '0'   ? "0, x"
                                      : here[0] == '1' ? "1, x"
                                      : here[0] == '2' ? "2, x"
                                                       : "3, x");
        CU_ASSERT(x->node_value[2 * v] == here[0] - '0' + 0.5 && x->node_value[2 * v + 1] == -v);
    }
    for (int32_t e = 0; e < x->edges && x->edges == y->edges; e++) {
        CU_ASSERT(x->from[e] == y->from[e] && x->to[e] == y->to[e]);
        CU_ASSERT_STRING_EQUAL(gph_collection_edge_label(a, x->edge_label[e]),
                               gph_collection_edge_label(b, y->edge_label[e]));
    }
}

static void same_as_text(bool directed)
{
    static sample_t sample;
    gph_context_t *context = gph_test_context();
    const gph_collection_form_t form = {.directed = directed};
    const char *folder = make_folder(directed ? "directed" : "undirected");
    gph_collection_t *tu = NULL;
    gph_collection_t *text = NULL;
    memset(&sample, 0, sizeof sample);
    add_nodes(&sample);
    add_graphs(&sample, directed);
    put(directed ? "directed" : "undirected", "A", sample.edges.at);
    put(directed ? "directed" : "undirected", "graph_indicator", sample.indicator.at);
    put(directed ? "directed" : "undirected", "graph_labels", sample.classes.at);
    put(directed ? "directed" : "undirected", "node_labels", sample.node_labels.at);
    put(directed ? "directed" : "undirected", "edge_labels", sample.edge_labels.at);
    put(directed ? "directed" : "undirected", "node_attributes", sample.node_values.at);
    const char *plain = io_put_text("plain.txt", sample.plain.at);
    if (GPH_EXPECT_OK(context, gph_collection_load(context, folder, &form, &tu)) &&
        GPH_EXPECT_OK(context, gph_collection_load(context, plain, &form, &text))) {
        CU_ASSERT_EQUAL(gph_collection_count(tu), GRAPHS);
        CU_ASSERT_EQUAL(gph_collection_count(text), GRAPHS);
        CU_ASSERT_EQUAL(gph_collection_classes(tu), 3);
        CU_ASSERT_EQUAL(gph_collection_classes(text), 0);
        CU_ASSERT_STRING_EQUAL(gph_collection_class_name(tu, 0), "-5");
        CU_ASSERT_STRING_EQUAL(gph_collection_class_name(tu, 2), "5");
        for (int64_t g = 0; g < GRAPHS; g++) {
            CU_ASSERT_EQUAL(gph_collection_class(tu, g), (int32_t)draw(2, (uint64_t)g, 3));
            CU_ASSERT_EQUAL(gph_collection_class(text, g), -1);
            compare_graphs(tu, text, g);
        }
    }
    gph_collection_destroy(&tu);
    gph_collection_destroy(&text);
}

static void test_same_as_text(void)
{
    same_as_text(false);
    same_as_text(true);
}

/* --- known sets ----------------------------------------------------------------------------- */

static void known(const char *name, int64_t graphs, int64_t nodes, int64_t edges, int32_t labels,
                  int64_t first_class, const char *class_name)
{
    gph_context_t *context = gph_test_context();
    const char *folder = gph_test_data(name);
    gph_collection_t *set = NULL;
    int64_t sum[3] = {0, 0, 0};
    if (folder == NULL) {
        gph_test_skip("no real TUDatasets");
        return;
    }
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, folder, NULL, &set)))
        return;
    CU_ASSERT_EQUAL(gph_collection_count(set), graphs);
    for (int64_t g = 0; g < gph_collection_count(set); g++) {
        int64_t size[2] = {0, 0};
        gph_collection_size(set, g, &size[0], &size[1]);
        sum[0] += size[0];
        sum[1] += size[1];
        sum[2] += gph_collection_class(set, g) == 0;
    }
    CU_ASSERT_EQUAL(sum[0], nodes);
    CU_ASSERT_EQUAL(sum[1], edges);
    CU_ASSERT_EQUAL(sum[2], first_class);
    CU_ASSERT_EQUAL(gph_collection_node_labels(set), labels);
    CU_ASSERT_EQUAL(gph_collection_edge_labels(set), 1);
    CU_ASSERT_EQUAL(gph_collection_classes(set), 2);
    CU_ASSERT_STRING_EQUAL(gph_collection_class_name(set, 0), class_name);
    gph_collection_destroy(&set);
}

/* Figures of the published table of data sets (Morris et al., 2020). */
static void test_known(void)
{
    known("tu/MUTAG", 188, 3371, 3721, 7, 63, "0");
    known("tu/PROTEINS", 1113, 43471, 81044, 3, 663, "0");
}

/* --- what is wrong -------------------------------------------------------------------------- */

typedef struct bad {
    const char *edges;
    const char *indicator;
    const char *classes;
    const char *node_labels;
    const char *edge_labels;
    const char *node_values;
    gph_collection_form_t form;
    const char *says; /* part of the message */
} bad_t;

#define FORM(directed, nodes, edges)                                                               \
    {                                                                                              \
        directed, nodes, edges, NULL, NULL                                                         \
    }

static const bad_t bad_folders[] = {
    {"1,2\n", "1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 1, 0), "DS_node_attributes.txt: not there"},
    {"1,2\n", "1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 0, 1), "DS_edge_attributes.txt: not there"},
    {NULL, "1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 0, 0), "there is no file DS_A.txt"},
    {"1,2\n", NULL, NULL, NULL, NULL, NULL, FORM(0, 0, 0), "DS_graph_indicator.txt"},
    {"1,3\n", "1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 0, 0),
     "DS_A.txt:1: the number of a node 3, but"},
    {"0,1\n", "1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 0, 0),
     "DS_A.txt:1: '0' where the number of a"},
    {"\n1 x\n", "1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 0, 0),
     "DS_A.txt:2: 'x' where the number"},
    {"1,2,3\n", "1\n1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 0, 0),
     "DS_A.txt:1: ',3' where the end"},
    {"1,2\n", "1\n2\n", NULL, NULL, NULL, NULL, FORM(0, 0, 0),
     ":1: an edge between graphs 1 and 2"},
    {"1,2\n2,1\n1,2\n", "1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 0, 0),
     ":3: the edge 1 2 is there"},
    {"1,2\n1,2\n", "1\n1\n", NULL, NULL, NULL, NULL, FORM(0, 0, 0),
     ":2: the edge 1 2 is there already"},
    {"1,2\n1,2\n", "1\n1\n", NULL, NULL, NULL, NULL, FORM(1, 0, 0), "already, in line 1"},
    {"1,2\n2,1\n", "1\n1\n", NULL, NULL, "a\nb\n", NULL, FORM(0, 0, 0),
     ":2: the edge 2 1 has not the"},
    {"1,2\n", "1\n1\n", "1\n2\n3\n", "a\n", NULL, NULL, FORM(0, 0, 0),
     "node_labels.txt: 1 lines for 2"},
    {"1,2\n", "1\n4\n", "1\n2\n3\n", NULL, NULL, NULL, FORM(0, 0, 0),
     ":2: the number of a graph 4, but"},
    {"1,2\n", "1\n1\n", NULL, NULL, "a\nb\n", NULL, FORM(0, 0, 0),
     "edge_labels.txt: 2 lines for 1"},
    {"1,2\n", "1\n1\n", NULL, NULL, NULL, "1,2\n3\n", FORM(0, 0, 0),
     ":2: 1 numbers, where the lines"},
    {"1,2\n", "1\n1\n", NULL, NULL, NULL, "1\nnan\n", FORM(0, 0, 0), ":2: 'nan' where a number"},
    {"1,2\n", "1\n1\n", NULL, NULL, NULL, "1\nC\n", FORM(0, 1, 0), ":2: 'C' where a number"},
};

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof bad_folders / sizeof *bad_folders; i++) {
        gph_context_t *context = gph_test_context();
        const bad_t *bad = &bad_folders[i];
        const char *folder = make_folder("bad");
        gph_collection_t *set = NULL;
        put("bad", "A", bad->edges);
        put("bad", "graph_indicator", bad->indicator);
        put("bad", "graph_labels", bad->classes);
        put("bad", "node_labels", bad->node_labels);
        put("bad", "edge_labels", bad->edge_labels);
        put("bad", "node_attributes", bad->node_values);
        GPH_EXPECT_STATUS(NULL, GPH_ERR_INPUT,
                          gph_collection_load(context, folder, &bad->form, &set));
        GPH_EXPECT(strstr(gph_context_error(context), bad->says) != NULL, "%d wants '%s', got '%s'",
                   (int)i, bad->says, gph_context_error(context));
        CU_ASSERT_PTR_NULL(set);
    }
    (void)gph_test_context();
}

/* Graphs without nodes, loops listed once or twice, blanks and lines that end in CR LF. */
static void test_odd(void)
{
    gph_context_t *context = gph_test_context();
    const char *folder = make_folder("odd");
    gph_collection_t *set = NULL;
    put("odd", "A", "1 2\r\n 2, 1 \r\n\r\n2,2\n2,2\n3,3");
    put("odd", "graph_indicator", "2\n2\n2\n");
    put("odd", "graph_labels", "b\na\nb\n");
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, folder, NULL, &set)))
        return;
    CU_ASSERT_EQUAL(gph_collection_count(set), 3);
    CU_ASSERT(gph_collection_graph(set, 0)->nodes == 0 && gph_collection_graph(set, 2)->nodes == 0);
    CU_ASSERT(gph_collection_graph(set, 1)->nodes == 3 && gph_collection_graph(set, 1)->edges == 3);
    CU_ASSERT(gph_collection_class(set, 0) == 1 && gph_collection_class(set, 1) == 0);
    CU_ASSERT_STRING_EQUAL(gph_collection_class_name(set, 1), "b");
    gph_collection_destroy(&set);
}

static void test_faults(void)
{
    const char *folder = make_folder("faults");
    put("faults", "A", "1,2\n2,1\n3,2\n");
    put("faults", "graph_indicator", "1\n1\n1\n");
    put("faults", "graph_labels", "7\n8\n");
    put("faults", "edge_labels", "7\n7\n9\n");
    put("faults", "node_attributes", "7\n7\n9\n");
    gph_status_t status = GPH_ERR_MEMORY;
    int nth = 1;
    for (; status == GPH_ERR_MEMORY && nth < 200; nth++) {
        gph_context_t *context = gph_test_context();
        const int64_t used = gph_mem_used(context->env);
        gph_collection_t *set = NULL;
        gph_fault_plan(context->env, GPH_FAULT_ALLOC,
                       context->rank == context->ranks - 1 ? nth : 0);
        status = gph_collection_load(context, folder, NULL, &set);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        gph_collection_destroy(&set);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT(nth > 40);
    (void)gph_test_context();
}

GPH_TEST_SUITE(collection_tu, {"holds the same graphs as text", test_same_as_text},
               {"reads known sets", test_known}, {"says where a folder is wrong", test_bad},
               {"takes what is odd but right", test_odd},
               {"survives a failure of each allocation", test_faults});
