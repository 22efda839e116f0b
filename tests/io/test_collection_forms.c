/* Collections in GXL, of lines of text and of expressions, and in HDF5. */
#include "io/collection.h"
#include "io_files.h"

#include <hdf5.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One line a graph: `name class: labels of nodes | edges`, to be compared as a whole. */
static const char *describe(const gph_collection_t *set)
{
    static char text[8192];
    size_t used = 0;
    text[0] = '\0';
#define ADD(...) used += (size_t)snprintf(text + used, sizeof text - used, __VA_ARGS__)
    for (int64_t g = 0; g < gph_collection_count(set); g++) {
        const gph_small_graph_t *graph = gph_collection_graph(set, g);
        const int32_t class_of = gph_collection_class(set, g);
        ADD("%s %s:", graph->name, class_of < 0 ? "-" : gph_collection_class_name(set, class_of));
        for (int32_t v = 0; v < graph->nodes; v++) {
            ADD(" %s", gph_collection_node_label(set, graph->node_label[v]));
            for (int32_t i = 0; i < graph->node_values; i++)
                ADD(",%g", graph->node_value[v * graph->node_values + i]);
        }
        ADD(" |");
        for (int32_t e = 0; e < graph->edges; e++) {
            ADD(" %d-%d%s", graph->from[e], graph->to[e],
                gph_collection_edge_label(set, graph->edge_label[e]));
            for (int32_t i = 0; i < graph->edge_values; i++)
                ADD(",%g", graph->edge_value[e * graph->edge_values + i]);
        }
        ADD("\n");
    }
#undef ADD
    return text;
}

static void expect(const char *path, const gph_collection_form_t *form, const char *wanted)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *set = NULL;
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, path, form, &set)))
        return;
    GPH_EXPECT(strcmp(describe(set), wanted) == 0, "%s holds\n%sand not\n%s", path, describe(set),
               wanted);
    gph_collection_destroy(&set);
}

static void refuse(const char *path, const gph_collection_form_t *form, const char *says)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *set = NULL;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_INPUT, gph_collection_load(context, path, form, &set));
    GPH_EXPECT(strstr(gph_context_error(context), says) != NULL, "%s: wanted '%s', got '%s'", path,
               says, gph_context_error(context));
    CU_ASSERT_PTR_NULL(set);
}

/* --- GXL ------------------------------------------------------------------------------------ */

#define NODE(id, symbol, x)                                                                        \
    "<node id='" id "'><attr name='symbol'><string>" symbol "</string></attr>"                     \
    "<attr name='charge'><int>1</int></attr><attr name='x'><float> " x                             \
    "\n</float></attr></node>\n"
#define EDGE(from, to, value)                                                                      \
    "<edge from='" from "' to='" to "'><attr name='valence'><int>" value "</int></attr></edge>\n"
#define GXL(body)                                                                                  \
    "<?xml version='1.0'?>\n<!DOCTYPE gxl SYSTEM 'http://nowhere/gxl.dtd'>\n<gxl>"                 \
    "<graph id='g&amp;1' edgemode='undirected'>\n" body "</graph></gxl>\n"

static const char molecule[] =
    GXL(NODE("_1", "C", "1.5") NODE("_2", "&lt;O&gt;", "-2") EDGE("_2", "_1", "7"));

static void test_gxl(void)
{
    gph_collection_form_t form = gph_collection_form_default();
    (void)io_put_text("one.gxl", molecule);
    (void)io_put_text("two.gxl", "<gxl><graph id='b'/><graph id='c'><node id='x'/></graph></gxl>");
    const char *list = io_put_text(
        "list.cxl", "<GraphCollection><fingerprints count='2'><print file='one.gxl' class='b'/>"
                    "<print file='two.gxl' class='a'/></fingerprints></GraphCollection>");
    char path[512] = "";
    snprintf(path, sizeof path, "%s", gph_test_tmp("one.gxl"));
    expect(path, NULL, "g&1 -: 1|C,1.5 1|<O>,-2 | 1-07\n");
    form.node_attributes = "x,symbol";
    form.edge_attributes = "";
    expect(path, &form, "g&1 -: C,1.5 <O>,-2 | 1-0\n");
    form.numeric_nodes = form.numeric_edges = true;
    form.node_attributes = "charge,x";
    form.edge_attributes = NULL;
    expect(path, &form, "g&1 -: ,1,1.5 ,1,-2 | 1-0,7\n");
    (void)io_put_text("two.gxl", molecule);
    expect(list, NULL, "g&1 b: 1|C,1.5 1|<O>,-2 | 1-07\ng&1 a: 1|C,1.5 1|<O>,-2 | 1-07\n");
    form.node_attributes = "symbol";
    refuse(path, &form, "one.gxl:5: numbers, which Euclidean costs need, are missing in 'node'");
}

static void test_bad_gxl(void)
{
    static const char *const bad[][2] = {
        {GXL(NODE("1", "C", "1") NODE("1", "C", "1")), ".gxl:6: there is already a node '1'"},
        {GXL(NODE("1", "C", "1") EDGE("1", "2", "1")), ":6: an edge of a node that does not"},
        {GXL(NODE("1", "C", "one")), ":5: a number is expected, not ' one"},
        {GXL(NODE("1", "C", "nan")), "a number is expected, not ' nan"},
        {GXL("<node/>"), ":4: there is no id in the element 'node'"},
        {GXL("<edge from='1'/>"), "an edge of a node that"},
        {GXL(NODE("1", "C", "1") NODE("2", "C", "1") EDGE("1", "2", "1") EDGE("2", "1", "1")),
         "the edge 1 0 is there twice"},
        {"<gxl><graph><node id='1'></gxl>", ":1: mismatched tag"},
        {"<gxl><node id='1'/></gxl>", "outside of a graph"},
        {GXL("<node id='1'><attr name='a'><tup/></attr></node>"), "an attribute is string, int"},
        {GXL("<node id='1'><attr name='a'></attr></node>"), "an attribute without a value: 'a'"},
        {"<gxl/>", "there is no graph in it"},
        {"graph", ":1: syntax error"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(io_put_text("bad.gxl", bad[i][0]), NULL, bad[i][1]);
    refuse(io_put_text("bad.cxl", "<a><print file='none.gxl'/></a>"), NULL, "none.gxl: no such");
    refuse(io_put_text("bad.cxl", "<a>\n<print/></a>"), NULL, "bad.cxl:2: <print> names no file");
    refuse(io_put_text("bad.cxl", "<a/>"), NULL, "there is no graph in it");
}

/* --- lines ---------------------------------------------------------------------------------- */

static const char *with(const char *prefix, const char *path)
{
    static char name[512];
    snprintf(name, sizeof name, "%s%s", prefix, path);
    return name;
}

static void test_text(void)
{
    const char *path = io_put_text("lines.txt", "aba\r\n\nna\xc3\xafve nai\xcc\x88ve\n x");
    expect(with("text:", path), NULL,
           "1 -: a b a | 0-1 1-2\n2 -: |\n"
           "3 -: n a \xc3\xaf v e n a \xc3\xaf v e | 0-1 1-2 2-3 3-4 4-5 5-6 6-7 7-8 8-9\n"
           "4 -: x |\n");
    path = io_put_text("lines.txt", "ab\nc\xff\n");
    refuse(with("text:", path), NULL, "lines.txt:2:2: malformed UTF-8");
}

static void test_math(void)
{
    gph_collection_form_t form = gph_collection_form_default();
    const char *path = io_put_text("terms.txt", "+ 2 * 3 x\n\n - (sin y) 2\n(f a b)\n");
    expect(with("math:", path), NULL,
           "1 -: + 2 * 3 x | 0-1 0-2 2-3 2-4\n3 -: - sin y 2 | 0-11 0-32 1-2\n"
           "4 -: f a b | 0-11 0-22\n");
    form.directed = true;
    expect(with("math:", path), &form,
           "1 -: + 2 * 3 x | 0-1 0-2 2-3 2-4\n3 -: - sin y 2 | 0-11 0-32 1-2\n"
           "4 -: f a b | 0-11 0-22\n");
    form.numeric_nodes = true;
    refuse(with("math:", path), &form, "have no numbers");
    refuse(with("math:", io_put_text("terms.txt", "+ 1 2\n+ 1\n")), NULL, "terms.txt:2:");
}

/* --- writing -------------------------------------------------------------------------------- */

/* Reads, writes and reads again: nothing is lost. */
static void round_trip(const char *path, const gph_collection_form_t *form, const char *name)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *set = NULL;
    gph_collection_t *again = NULL;
    char digest[2][33] = {"", ""};
    char out[512] = "";
    snprintf(out, sizeof out, "%s", gph_test_tmp(name));
    if (GPH_EXPECT_OK(context, gph_collection_load(context, path, form, &set)) &&
        GPH_EXPECT_OK(context, gph_collection_save(set, out)) &&
        GPH_EXPECT_OK(context, gph_collection_load(context, out, form, &again))) {
        CU_ASSERT_STRING_EQUAL(gph_collection_digest(set, digest[0]),
                               gph_collection_digest(again, digest[1]));
        gph_test_expect_same(name, digest[0]);
        /* Once more into the same set: the same labels. */
        GPH_EXPECT_OK(context, gph_collection_append(again, out));
        CU_ASSERT_EQUAL(gph_collection_count(again), 2 * gph_collection_count(set));
        CU_ASSERT_EQUAL(gph_collection_node_labels(again), gph_collection_node_labels(set));
    }
    gph_collection_destroy(&again);
    gph_collection_destroy(&set);
}

static void test_round_trips(void)
{
    gph_collection_form_t form = {.directed = true};
    char path[512] = "";
    snprintf(path, sizeof path, "%s",
             io_put_text("plain.txt", "t # a\nv 0 C\nv 1\ne 0 1 s\nt # b\nt # \nv 0 N\ne 0 0 x\n"));
    round_trip(path, NULL, "plain.h5");
    round_trip(path, &form, "directed.h5");
    round_trip(path, &form, "directed.txt");
    snprintf(path, sizeof path, "%s",
             io_put_text("list.cxl", "<a><print file='one.gxl' class='z'/>"
                                     "<print file='one.gxl' class='y'/></a>"));
    (void)io_put_text("one.gxl", molecule);
    round_trip(path, NULL, "molecules.h5");
    form = (gph_collection_form_t){.numeric_nodes = true, .numeric_edges = true};
    snprintf(path, sizeof path, "%s",
             io_put_text("numbers.txt", "t # a\nv 0 0.1,1e300\nv 1 -2,3\ne 0 1 7\n"));
    round_trip(path, &form, "numbers.hdf5");
    round_trip(path, &form, "numbers.txt2");
}

static void test_text_refuses(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *set = NULL;
    (void)io_put_text("one.gxl", molecule);
    char path[512] = "";
    snprintf(path, sizeof path, "%s", gph_test_tmp("one.gxl"));
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &set)))
        return;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_collection_save(set, gph_test_tmp("lost.txt")));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "has numbers too"));
    CU_ASSERT_EQUAL(io_count_files("lost"), 0);
    gph_collection_destroy(&set);
}

/* Overwrites the first number of a dataset. */
static void spoil(const char *path, const char *name, int64_t value)
{
    if (gph_test_rank() == 0) {
        const hsize_t one = 1;
        const hsize_t first = 0;
        const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        const hid_t data = H5Dopen2(file, name, H5P_DEFAULT);
        const hid_t space = H5Dget_space(data);
        const hid_t memory = H5Screate_simple(1, &one, NULL);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, NULL, &one, NULL);
        CU_ASSERT(H5Dwrite(data, H5T_NATIVE_INT64, memory, space, H5P_DEFAULT, &value) >= 0);
        H5Sclose(memory);
        H5Sclose(space);
        H5Dclose(data);
        H5Fclose(file);
    }
    (void)gph_test_all(true);
}

static void test_bad_hdf5(void)
{
    static const struct {
        const char *name;
        int64_t value;
        const char *says;
    } bad[] = {
        {"node_start", 1, "ascending order"},      {"edge_start", -1, "ascending order"},
        {"node_label", 9, "label of a node"},      {"edge_label", -1, "label of an edge"},
        {"from", 5, "an edge to node 5"},          {"class", 3, "a class that is none"},
        {"node_label_text", 0, "label of a node"},
    };
    gph_collection_form_t form = gph_collection_form_default();
    char path[512] = "";
    char out[512] = "";
    snprintf(path, sizeof path, "%s", io_put_text("p.txt", "t # a\nv 0 C\nv 1 N\ne 0 1 s\n"));
    snprintf(out, sizeof out, "%s", gph_test_tmp("spoilt.h5"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gph_context_t *context = gph_test_context();
        gph_collection_t *set = NULL;
        GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &set));
        GPH_EXPECT_OK(context, gph_collection_save(set, out));
        gph_collection_destroy(&set);
        spoil(out, bad[i].name, bad[i].value);
        if (strcmp(bad[i].name, "node_label_text") != 0)
            refuse(out, NULL, bad[i].says);
    }
    form.directed = true;
    refuse(out, &form, "its graphs are not directed");
    form = (gph_collection_form_t){.numeric_nodes = true};
    refuse(out, &form, "there are no numbers");
    refuse(io_put_text("none.h5", "t # a\n"), NULL, "none.h5");
}

static void test_faults(void)
{
    char path[512] = "";
    char out[512] = "";
    (void)io_put_text("one.gxl", molecule);
    snprintf(path, sizeof path, "%s",
             io_put_text("faults.cxl", "<a><print file='one.gxl' class='z'/></a>"));
    snprintf(out, sizeof out, "%s", gph_test_tmp("faults.h5"));
    gph_status_t status = GPH_ERR_MEMORY;
    int nth = 1;
    for (; status == GPH_ERR_MEMORY && nth < 300; nth++) {
        gph_context_t *context = gph_test_context();
        const int64_t used = gph_mem_used(context->env);
        gph_collection_t *set = NULL;
        gph_collection_t *again = NULL;
        gph_fault_plan(context->env, GPH_FAULT_ALLOC,
                       context->rank == context->ranks - 1 ? nth : 0);
        status = gph_collection_load(context, path, NULL, &set);
        if (status == GPH_OK)
            status = gph_collection_save(set, out);
        if (status == GPH_OK)
            status = gph_collection_load(context, out, NULL, &again);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        gph_collection_destroy(&set);
        gph_collection_destroy(&again);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
    }
    GPH_EXPECT(status == GPH_OK, "%s", gph_context_error(gph_test_context()));
    CU_ASSERT(nth > 60);
    (void)gph_test_context();
}

GPH_TEST_SUITE(collection_forms, {"reads GXL and CXL", test_gxl},
               {"says where they are wrong", test_bad_gxl}, {"reads lines of text", test_text},
               {"reads expressions", test_math}, {"loses nothing by writing", test_round_trips},
               {"refuses text that would lose something", test_text_refuses},
               {"does not trust HDF5", test_bad_hdf5},
               {"survives a failure of each allocation", test_faults});
