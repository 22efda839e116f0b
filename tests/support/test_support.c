/* What the helpers of gph_test.h promise to the tests that use them. */
#include "gph_test.h"

#include <stdio.h>
#include <unistd.h>

static void test_agreement(void)
{
    const bool last = gph_test_rank() == gph_test_ranks() - 1;
    CU_ASSERT_TRUE(gph_test_all(true));
    CU_ASSERT_FALSE(gph_test_all(!last));
    CU_ASSERT_TRUE(gph_test_same_i64(-7));
    CU_ASSERT_TRUE(gph_test_same_text("digest"));
    CU_ASSERT_EQUAL(gph_test_same_i64(last), gph_test_ranks() == 1);
    CU_ASSERT_EQUAL(gph_test_same_text(last ? "a" : "b"), gph_test_ranks() == 1);
    CU_ASSERT_EQUAL(gph_test_same_text(last ? "longer" : ""), gph_test_ranks() == 1);
}

static void test_context(void)
{
    gph_context_t *context = gph_test_context();
    CU_ASSERT_EQUAL(gph_context_rank(context), gph_test_rank());
    CU_ASSERT_EQUAL(gph_context_ranks(context), gph_test_ranks());
    CU_ASSERT_EQUAL(gph_context_threads(context), gph_test_threads());
    gph_log(context->env, GPH_LOG_ERROR, "a line for the log");
    CU_ASSERT_TRUE(gph_test_logged("line for"));
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_fail(context->env, GPH_ERR_INPUT, "planned"));
    CU_ASSERT_PTR_EQUAL(gph_test_context(), context);
    CU_ASSERT_FALSE(gph_test_logged("line for"));
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
}

static void test_folder(void)
{
    CU_ASSERT_TRUE(gph_test_same_text(gph_test_tmpdir()));
    if (gph_test_rank() == 0) {
        FILE *file = fopen(gph_test_tmp("shared"), "w");
        CU_ASSERT_PTR_NOT_NULL(file);
        CU_ASSERT_EQUAL(file ? fclose(file) : 0, 0);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    CU_ASSERT_EQUAL(access(gph_test_tmp("shared"), R_OK), 0);
    CU_ASSERT_EQUAL(access(gph_test_source("LICENSE"), R_OK), 0);
    CU_ASSERT_PTR_NULL(gph_test_data("no/such/file"));
}

static void test_same_across_runs(void)
{
    gph_test_expect_same("constant", "the same on any number of ranks");
    gph_test_expect_same_i64("number", INT64_MIN);
}

GPH_TEST_SUITE(support, {"ranks agree", test_agreement},
               {"the context is shared and starts afresh in each test", test_context},
               {"the folder is shared", test_folder},
               {"values stay the same across runs", test_same_across_runs});
