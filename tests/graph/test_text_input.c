/* Graphs of text: malformed input, misuse, and failing allocations. */
#include "gph_test.h"
#include "text_oracle.h"

#include <string.h>

/* Malformed texts, and what the message must say. */
static void test_malformed(void)
{
    static const char *const bad[][2] = {
        {"\xff", "t.txt:1:1: malformed UTF-8 (byte 0xff at offset 0)"},
        {"one\ntwo\nth\xc3ree\nfour\n", "t.txt:3:3: malformed UTF-8 (byte 0xc3 at offset 10)"},
        {"\n\n\n\n\n\n\n\xe2\x82", "t.txt:8:1: malformed UTF-8 (byte 0xe2 at offset 7)"},
        {u8"\u00e9\u20ac"
         "x\n\u00e9\n"
         u8"\u20ac\u20ac"
         "\x80\n",
         "t.txt:3:3: malformed UTF-8 (byte 0x80 at offset 16)"},
        /* Two faults: the first one counts. */
        {"a\nb\xfe\nc\nd\ne\nf\xfd\n", "t.txt:2:2: malformed UTF-8 (byte 0xfe at offset 3)"},
        {"a\r\nb\r\n\xf8\r\n", "t.txt:3:1: malformed UTF-8 (byte 0xf8 at offset 6)"},
    };
    gph_context_t *context = gph_test_context();
    const int64_t used = gph_mem_used(context->env);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (text_cut_t cut = 0; cut < CUTS; cut++) {
            gph_edges_t edges = {.count = 12};
            gph_context_clear_error(context);
            GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                              cut_text_edges(context, bad[i][0], (int64_t)strlen(bad[i][0]), cut,
                                             GPH_TEXT_WORD, 2, &edges));
            GPH_EXPECT(strncmp(gph_context_error(context), bad[i][1], strlen(bad[i][1])) == 0,
                       "text %d, cut %d: %s", (int)i, (int)cut, gph_context_error(context));
            CU_ASSERT_EQUAL(edges.count, 12);
        }
    }
    gph_context_clear_error(context);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
}

static gph_status_t misuse(gph_context_t *context, const char *path, int64_t size,
                           const char *bytes, int unit, int window)
{
    gph_edges_t edges = {.count = 12};
    gph_context_clear_error(context);
    const gph_status_t status =
        gph_text_edges(context, path, 0, size, bytes, (gph_text_unit_t)unit, window, &edges);
    CU_ASSERT_EQUAL(edges.count, 12);
    return status;
}

static void test_misuse(void)
{
    gph_context_t *context = gph_test_context();
    const int last = context->rank == context->ranks - 1;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, misuse(context, "t", 1, "a", 0, 1));
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, misuse(context, "t", 1, "a", 0, -5));
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, misuse(context, "t", 1, "a", 2, 2));
    /* Wrong on one rank only. */
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, misuse(context, "t", last ? -1 : 1, "a", 0, 2));
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, misuse(context, "t", 1, last ? NULL : "a", 0, 2));
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, misuse(context, last ? NULL : "t", 1, "a", 0, 2));
    gph_context_clear_error(context);
}

/* The n-th allocation fails on one rank, for every n: all ranks say so, nothing stays behind. */
static void expect_faults(int rank)
{
    gph_context_t *context = gph_test_context();
    gph_env_t *env = context->env;
    const char text[] = u8"one two\nthree e\u0301te\u0301\nfour\none two\nfive\nsix seven\neight\n";
    const int64_t used = gph_mem_used(env);
    gph_status_t status = GPH_ERR_MEMORY;
    int64_t nth = 0;
    while (status == GPH_ERR_MEMORY && nth < 1000) {
        gph_edges_t edges = gph_edges_init();
        nth++;
        gph_context_clear_error(context);
        gph_fault_plan(env, GPH_FAULT_ALLOC, context->rank == rank ? nth : 0);
        status = cut_text_edges(context, text, sizeof text - 1, CUT_EVEN, GPH_TEXT_WORD, 3, &edges);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_TRUE(status == GPH_OK || edges.vertices == -1);
        gph_edges_free(&edges);
        GPH_EXPECT(gph_mem_used(env) == used, "allocation %d of rank %d: a leak", (int)nth, rank);
    }
    gph_fault_plan(env, GPH_FAULT_ALLOC, 0);
    gph_context_clear_error(context);
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT_TRUE(nth > 20);
}

/* Many places but few pairs: memory must follow the pairs. */
static void test_small_memory(void)
{
    enum { WORDS = 100000 };
    static char text[3 * WORDS];
    gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    gph_edges_t edges = gph_edges_init();
    char *to = text;
    for (int i = 0; i < WORDS; i++) {
        *to++ = (char)('a' + i % 13);
        *to++ = (char)('a' + i % 7);
        *to++ = i % 10 == 9 ? '\n' : ' ';
    }
    options.max_memory = 1 << 20;
    if (!GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &context)))
        return;
    GPH_EXPECT_OK(context,
                  cut_text_edges(context, text, sizeof text, CUT_EVEN, GPH_TEXT_WORD, 4, &edges));
    CU_ASSERT_EQUAL(edges.vertices, 91);
    gph_edges_free(&edges);
    gph_context_destroy(&context);
}

static void test_faults(void)
{
    expect_faults(0);
    expect_faults(gph_test_ranks() - 1);
}

GPH_TEST_SUITE(text_input, {"malformed UTF-8 is named by line and column", test_malformed},
               {"misuse is refused on all ranks", test_misuse},
               {"memory follows the distinct pairs", test_small_memory},
               {"a failed allocation fails on all ranks", test_faults});
