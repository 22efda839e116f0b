/* Fails on purpose: proves that a failure on one rank, and a value that changes with the number of
 * ranks, fail a test program. */
#include "gph_test.h"

static void test_fails_on_last_rank(void)
{
    CU_ASSERT_NOT_EQUAL(gph_test_rank(), gph_test_ranks() - 1);
}

static void test_value_changes(void)
{
    gph_test_expect_same_i64("ranks", gph_test_ranks());
}

GPH_TEST_SUITE(failing_rank, {"fails on one rank", test_fails_on_last_rank});
GPH_TEST_SUITE(failing_value, {"changes with the ranks", test_value_changes});
