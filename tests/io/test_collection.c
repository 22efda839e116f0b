/* Text collections: what they mean, and where they are wrong. */
#include "io/collection.h"
#include "io_files.h"

#include <stdio.h>
#include <string.h>

static void test_reads(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_set_t set = gph_graph_set_init(context->env, false);
    const char *path = io_put_text("collection.txt",
                                   "# two graphs\n\nt # first\nv 0 C\nv 1 N\nv 2 C\ne 0 1 double\n"
                                   "e 2 1\nt # 7\r\nv 0 N\r\nt # empty\n");
    if (GPH_EXPECT_OK(context, gph_graph_set_read(context, path, NULL, &set)) && set.count == 3) {
        const gph_small_graph_t a = gph_graph_set_view(&set, 0);
        const gph_small_graph_t b = gph_graph_set_view(&set, 1);
        const gph_small_graph_t c = gph_graph_set_view(&set, 2);
        CU_ASSERT_STRING_EQUAL(a.name, "first");
        CU_ASSERT_STRING_EQUAL(b.name, "7");
        CU_ASSERT(a.nodes == 3 && a.edges == 2 && b.nodes == 1 && b.edges == 0 && c.nodes == 0);
        CU_ASSERT(a.node_label[0] == 0 && a.node_label[1] == 1 && a.node_label[2] == 0);
        CU_ASSERT(b.node_label[0] == 1);
        CU_ASSERT(a.from[1] == 2 && a.to[1] == 1);
        CU_ASSERT_STRING_EQUAL(gph_symbols_text(&set.edge_symbols, a.edge_label[0]), "double");
        CU_ASSERT_STRING_EQUAL(gph_symbols_text(&set.edge_symbols, a.edge_label[1]), "");
        CU_ASSERT_STRING_EQUAL(gph_symbols_text(&set.node_symbols, 1), "N");
    }
    CU_ASSERT_EQUAL(set.count, 3);
    gph_graph_set_free(&set);
}

static void test_numbers(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_set_t set = gph_graph_set_init(context->env, true);
    const gph_collection_form_t options = {true, true, true, NULL, NULL};
    const char *path =
        io_put_text("collection.txt", "t 1\nv 0 0.5,-2\nv 1 1e2,3\ne 0 1 4\ne 1 0 5\n");
    if (GPH_EXPECT_OK(context, gph_graph_set_read(context, path, &options, &set))) {
        const gph_small_graph_t a = gph_graph_set_view(&set, 0);
        CU_ASSERT(a.directed && a.node_values == 2 && a.edge_values == 1 && a.edges == 2);
        CU_ASSERT(a.node_value[1] == -2 && a.node_value[2] == 100 && a.edge_value[1] == 5);
    }
    gph_graph_set_free(&set);
}

typedef struct bad {
    const char *text;
    bool numeric;
    const char *says; /**< part of the message */
} bad_t;

static const bad_t bad_files[] = {
    {"v 0 C\n", false, ":1: a node or an edge before the first graph"},
    {"t # a\nv 1 C\n", false, ":2: node 1 where node 0 is expected"},
    {"t # a\nv x C\n", false, ":2: 'x' where the number of a node is expected"},
    {"t # a\nv 0 C\ne 0 1 s\n", false, ":3: an edge to node 1, but the graph has 1 nodes"},
    {"t # a\nv 0 C\nv 1 C\ne 0 1 s\ne 1 0 s\n", false, ":5: the edge 1 0 is there twice"},
    {"t # a\nx 0\n", false, ":2: 'x' where t, v or e is expected"},
    {"t # a\nvertex 0\n", false, ":2: 'vertex' where t, v or e"},
    {"t # a\nv 0 C O\n", false, ":2: 'O' where the end of the line is expected"},
    {"t # a\nv 0 C\n", true, ":2: 'C' where a number is expected"},
    {"t # a\nv 0 nan\n", true, ":2: 'nan' where a number is expected"},
    {"t # a\nv 0 1\nv 1 1,2\n", true, ":3: a node with 2 numbers, where others have 1"},
    {"t # a\nv 0 1,\n", true, ":2: '' where a number is expected"},
};

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        gph_context_t *context = gph_test_context();
        gph_graph_set_t set = gph_graph_set_init(context->env, false);
        const gph_collection_form_t options = {false, bad_files[i].numeric, false, NULL, NULL};
        const char *path = io_put_text("collection.txt", bad_files[i].text);
        GPH_EXPECT_STATUS(NULL, GPH_ERR_INPUT, gph_graph_set_read(context, path, &options, &set));
        GPH_EXPECT(strstr(gph_context_error(context), bad_files[i].says) != NULL, "%s says '%s'",
                   bad_files[i].text, gph_context_error(context));
        gph_graph_set_free(&set);
    }
}

static void test_faults(void)
{
    const char *path = io_put_text("collection.txt", "t # a\nv 0 C\nv 1 N\ne 0 1 s\n");
    gph_status_t status = GPH_ERR_MEMORY;
    int nth = 1;
    for (; status == GPH_ERR_MEMORY && nth < 60; nth++) {
        gph_context_t *context = gph_test_context();
        const int64_t used = gph_mem_used(context->env);
        gph_graph_set_t set = gph_graph_set_init(context->env, false);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, nth);
        status = gph_graph_set_read(context, path, NULL, &set);
        gph_graph_set_free(&set);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT(nth > 10);
    (void)gph_test_context();
}

GPH_TEST_SUITE(collection, {"reads text collections", test_reads},
               {"reads attributes", test_numbers}, {"says where a file is wrong", test_bad},
               {"survives a failure of each allocation", test_faults});
