/* Checked arithmetic at its limits. */
#include "base/checked.h"
#include "gph_test.h"

static void test_add(void)
{
    int64_t out = 5;
    CU_ASSERT_TRUE(gph_add_i64(INT64_MAX - 1, 1, &out));
    CU_ASSERT_EQUAL(out, INT64_MAX);
    CU_ASSERT_TRUE(gph_add_i64(-3, 1, &out));
    CU_ASSERT_EQUAL(out, -2);
    CU_ASSERT_FALSE(gph_add_i64(INT64_MAX, 1, &out));
    CU_ASSERT_FALSE(gph_add_i64(INT64_MIN, -1, &out));
    CU_ASSERT_EQUAL(out, -2);
}

static void test_multiply(void)
{
    int64_t out = 5;
    CU_ASSERT_TRUE(gph_mul_i64(INT64_C(1) << 31, INT64_C(1) << 31, &out));
    CU_ASSERT_EQUAL(out, INT64_C(1) << 62);
    CU_ASSERT_TRUE(gph_mul_i64(-4, 6, &out));
    CU_ASSERT_EQUAL(out, -24);
    CU_ASSERT_FALSE(gph_mul_i64(INT64_C(1) << 32, INT64_C(1) << 31, &out));
    CU_ASSERT_FALSE(gph_mul_i64(INT64_MIN, -1, &out));
    CU_ASSERT_EQUAL(out, -24);
}

static void test_narrow(void)
{
    gph_lid_t out = 5;
    CU_ASSERT_TRUE(gph_to_lid(INT32_MAX, &out));
    CU_ASSERT_EQUAL(out, INT32_MAX);
    CU_ASSERT_TRUE(gph_to_lid(0, &out));
    CU_ASSERT_FALSE(gph_to_lid((int64_t)INT32_MAX + 1, &out));
    CU_ASSERT_FALSE(gph_to_lid(-1, &out));
    CU_ASSERT_FALSE(gph_to_lid(INT64_C(1) << 32, &out)); // would become 0
    CU_ASSERT_EQUAL(out, 0);
}

static void test_count(void)
{
    const gph_count_t highest = ~(gph_count_t)0;
    gph_count_t sum = highest - 5;
    CU_ASSERT_TRUE(gph_count_add(&sum, 5));
    CU_ASSERT_TRUE(sum == highest);
    CU_ASSERT_FALSE(gph_count_add(&sum, 1));
    CU_ASSERT_TRUE(sum == highest);
    sum = UINT64_MAX;
    CU_ASSERT_TRUE(gph_count_add(&sum, 1));
    CU_ASSERT_TRUE(sum == (gph_count_t)1 << 64);
}

GPH_TEST_SUITE(checked, {"adds up to the limit and no further", test_add},
               {"multiplies up to the limit and no further", test_multiply},
               {"narrows what fits alone", test_narrow},
               {"adds 128-bit counts up to the limit", test_count});
