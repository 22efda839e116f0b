/* Names, version, counts as text, and the clock. */
#include "base/clock.h"
#include "gph/base.h"
#include "gph_test.h"

#include <stdio.h>
#include <string.h>

static void test_names(void)
{
    CU_ASSERT_STRING_EQUAL(gph_status_name(GPH_OK), "GPH_OK");
    CU_ASSERT_STRING_EQUAL(gph_status_name(GPH_ERR_INTERNAL), "GPH_ERR_INTERNAL");
    CU_ASSERT_STRING_EQUAL(gph_status_name(GPH_ERR_USAGE), "GPH_ERR_USAGE");
    CU_ASSERT_STRING_EQUAL(gph_status_name(GPH_ERR_INPUT), "GPH_ERR_INPUT");
    CU_ASSERT_STRING_EQUAL(gph_status_name(GPH_ERR_MEMORY), "GPH_ERR_MEMORY");
    CU_ASSERT_STRING_EQUAL(gph_status_name(GPH_ERR_STOPPED), "GPH_ERR_STOPPED");
    CU_ASSERT_STRING_EQUAL(gph_status_name(GPH_ERR_VERIFY), "GPH_ERR_VERIFY");
    CU_ASSERT_STRING_EQUAL(gph_status_name(GPH_ERR_SYSTEM), "GPH_ERR_SYSTEM");
    CU_ASSERT_STRING_EQUAL(gph_status_name((gph_status_t)99), "unknown status");
}

static void test_version(void)
{
    int part[3] = {-1, -1, -1};
    int end = 0;
    const char *version = gph_version();
    CU_ASSERT_EQUAL(sscanf(version, "%d.%d.%d%n", &part[0], &part[1], &part[2], &end), 3);
    CU_ASSERT_EQUAL((size_t)end, strlen(version));
    CU_ASSERT_TRUE(part[0] + part[1] + part[2] > 0);
}

static void test_counts(void)
{
    char text[GPH_COUNT_CHARS];
    CU_ASSERT_PTR_EQUAL(gph_count_format(0, text), text);
    CU_ASSERT_STRING_EQUAL(text, "0");
    CU_ASSERT_STRING_EQUAL(gph_count_format(9, text), "9");
    CU_ASSERT_STRING_EQUAL(gph_count_format(10, text), "10");
    CU_ASSERT_STRING_EQUAL(gph_count_format(UINT64_MAX, text), "18446744073709551615");
    CU_ASSERT_STRING_EQUAL(gph_count_format((gph_count_t)1 << 64, text), "18446744073709551616");
    CU_ASSERT_STRING_EQUAL(gph_count_format(~(gph_count_t)0, text),
                           "340282366920938463463374607431768211455");
}

static void test_clock(void)
{
    const double begin = gph_clock_now();
    double now = begin;
    for (int i = 0; i < 1000; i++) {
        const double next = gph_clock_now();
        CU_ASSERT_TRUE(next >= now);
        now = next;
    }
    while (now <= begin)
        now = gph_clock_now();
    CU_ASSERT_TRUE(now - begin < 60);
}

GPH_TEST_SUITE(status, {"names every status", test_names},
               {"has a version of three numbers", test_version},
               {"writes 128-bit counts", test_counts},
               {"has a clock that goes forward", test_clock});
