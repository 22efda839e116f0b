/* Halo exchange: every ghost hears what its owner says, whatever the size of a value. */
#include "dist/halo.h"

#include "gph_test.h"
#include "naive.h"

#include <string.h>

enum { WIDEST = 40 };

/** Byte b of the value of a vertex. */
static unsigned char byte_of(gph_gid_t gid, size_t b)
{
    return (unsigned char)((uint64_t)gid * 37 + b * 11 + 1);
}

static void check_update(const gph_graph_t *graph, size_t size)
{
    static unsigned char values[LARGEST * WIDEST];
    int wrong = 0;
    memset(values, 0, sizeof values);
    for (gph_lid_t v = 0; v < graph->owned; v++)
        for (size_t b = 0; b < size; b++)
            values[(size_t)v * size + b] = byte_of(graph->first + v, b);
    GPH_EXPECT_OK(graph->context, gph_halo_update(graph, size, values));
    for (gph_lid_t v = 0; v < graph->owned + graph->ghosts; v++)
        for (size_t b = 0; b < size; b++)
            wrong += values[(size_t)v * size + b] != byte_of(gph_graph_gid(graph, v), b);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_sizes(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    const size_t sizes[] = {1, 2, 4, 8, 13, 16, WIDEST};
    const int64_t start = gph_mem_used(context->env);
    for (int kind = NOTHING; kind < KINDS; kind++) {
        gph_graph_t *graph = NULL;
        input_make((kind_t)kind, 1, &input);
        if (!GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)))
            continue;
        for (int s = 0; s < 7; s++)
            check_update(graph, sizes[s]);
        gph_graph_destroy(&graph);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

GPH_TEST_SUITE(halo, {"brings owners' values of every size to ghosts", test_sizes});
