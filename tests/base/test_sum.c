/* Exact sums against sums of bits that are counted one by one, in any order, split and merged. */
#include "base/sum.h"
#include "gph_test.h"
#include "sum_oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 3000 };

/** Sizes around the places where the way of adding changes. */
static const int sizes[] = {0, 1, 2, 3, 15, 16, 17, 100, 1023, 1024, 1025, 1040, LARGEST};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void check_exact(int family, int count, const float *x, const double *y)
{
    oracle_t floats = {0};
    oracle_t doubles = {0};
    gph_sum_t one = {0};
    gph_sum_t two = {0};
    for (int i = 0; i < count; i++) {
        oracle_add(&floats, (double)x[i], 0);
        oracle_add(&doubles, y[i], 0);
        gph_sum_add(&two, y[i]);
    }
    gph_sum_add_f32(&one, count, x);
    GPH_EXPECT(same_f32(gph_sum_f32(&one), oracle_f32(&floats)), "family %d, %d floats: %a, not %a",
               family, count, (double)gph_sum_f32(&one), (double)oracle_f32(&floats));
    GPH_EXPECT(same_f64(gph_sum_f64(&one), oracle_f64(&floats)), "family %d, %d floats: %a, not %a",
               family, count, gph_sum_f64(&one), oracle_f64(&floats));
    GPH_EXPECT(same_f64(gph_sum_f64(&two), oracle_f64(&doubles)),
               "family %d, %d doubles: %a, not %a", family, count, gph_sum_f64(&two),
               oracle_f64(&doubles));
    GPH_EXPECT(same_f32(gph_sum_f32(&two), oracle_f32(&doubles)),
               "family %d, %d doubles: %a, not %a", family, count, (double)gph_sum_f32(&two),
               (double)oracle_f32(&doubles));
    gph_sum_t array = {0};
    gph_sum_add_f64(&array, count, y);
    GPH_EXPECT(memcmp(&array, &two, sizeof array) == 0, "family %d, %d doubles: array differs",
               family, count);
}

static void test_exact(void)
{
    static float x[LARGEST];
    static double y[LARGEST];
    for (int family = 0; family < FAMILIES; family++)
        for (int s = 0; s < SIZES; s++) {
            fill(family, sizes[s], x, y);
            check_exact(family, sizes[s], x, y);
        }
}

/** A significand in [1, 2) whose low bits are those of `index`. */
static double significand(int way, int64_t index, int digits)
{
    const int64_t units = INT64_C(1) << (digits - 1);
    if (way == 0) // nearly 2, so that 1024 of them need all bits that a block's sum has
        return (double)(2 * units - 1 - 2 * draw_below(3, index, units >> 9)) / (double)units;
    // What splitting leaves of it is as large as can be, always on the same side.
    return digits == 53 ? 1.5 + 0x1p-42 - 0x1p-52 : 1.5;
}

/** Blocks of values as large as possible and one that is `gap` binades smaller, with its last bit
 * set: where a block's sum is just exact, or just not. */
static void test_exact_windows(void)
{
    static float x[1024];
    static double y[1024];
    const int places[] = {0, 60, -60, 127, -126, 990, -950, -1000, -1022};
    for (size_t p = 0; p < sizeof places / sizeof *places; p++)
        for (int way = 0; way < 2; way++)
            for (int gap = 0; gap < 60; gap++) {
                for (int i = 0; i < 1024; i++) {
                    const int place = places[p] - (i == 777 ? gap : 0);
                    const int bounded = abs(places[p]) < 128 ? place : 0;
                    const bool last = i == 777;
                    x[i] = (float)ldexp(last ? 1 + 0x1p-23 : significand(way, i, 24), bounded);
                    y[i] = ldexp(last ? 1 + 0x1p-52 : significand(way, i, 53), place);
                }
                check_exact(100 + gap, 1024, x, y);
            }
}

/** Merges sums[parts] in a random tree into sums[0]. */
static void merge_tree(uint64_t seed, int parts, gph_sum_t *sums)
{
    for (int left = parts; left > 1; left--) {
        const int from = (int)draw_below(seed, 2 * left, left);
        const int to = (from + 1 + (int)draw_below(seed, 2 * left + 1, left - 1)) % left;
        gph_sum_merge(&sums[to], &sums[from]);
        sums[from] = sums[left - 1];
    }
}

static void test_exact_splits(void)
{
    static float x[LARGEST];
    static double y[LARGEST];
    for (int family = 0; family < FAMILIES; family++) {
        gph_sum_t wanted = {0};
        fill(family, LARGEST, x, y);
        gph_sum_add_f32(&wanted, LARGEST, x);
        gph_sum_add_f64(&wanted, LARGEST, y);
        for (int parts = 1; parts <= PARTS; parts++) {
            gph_sum_t sums[PARTS] = {0};
            int start[PARTS + 1];
            const uint64_t seed = (uint64_t)(1000 + 20 * family + parts);
            shuffle(seed, LARGEST, sizeof *x, x);
            shuffle(seed + 7, LARGEST, sizeof *y, y);
            cut(seed, LARGEST, parts, start);
            for (int p = 0; p < parts; p++) {
                gph_sum_add_f32(&sums[p], start[p + 1] - start[p], x + start[p]);
                gph_sum_add_f64(&sums[p], start[p + 1] - start[p], y + start[p]);
            }
            merge_tree(seed, parts, sums);
            GPH_EXPECT(memcmp(&sums[0], &wanted, sizeof wanted) == 0,
                       "family %d in %d parts differs", family, parts);
        }
    }
}

static void test_exact_special(void)
{
    for (int c = 0; c < SPECIAL_CASES; c++)
        for (int padding = 0; padding <= 2000; padding += 500) {
            static double y[2004];
            static float x[2004];
            gph_sum_t one = {0};
            gph_sum_t two = {0};
            gph_sum_t three = {0};
            for (int i = 0; i < padding + 4; i++) {
                y[i] = i < 4 ? special_cases[c].value[i] : 0;
                x[i] = (float)y[i];
            }
            shuffle((uint64_t)c, padding + 4, sizeof *y, y);
            shuffle((uint64_t)c + 99, padding + 4, sizeof *x, x);
            gph_sum_add_f64(&one, padding + 4, y);
            gph_sum_add_f32(&two, padding + 4, x);
            gph_sum_add_f64(&three, padding / 2, y);
            gph_sum_t rest = {0};
            gph_sum_add_f64(&rest, padding + 4 - padding / 2, y + padding / 2);
            gph_sum_merge(&three, &rest);
            const double wanted = special_cases[c].sum;
            GPH_EXPECT(same_f64(gph_sum_f64(&one), wanted) &&
                           same_f32(gph_sum_f32(&one), (float)wanted),
                       "case %d: %a", c, gph_sum_f64(&one));
            GPH_EXPECT(same_f64(gph_sum_f64(&two), wanted), "case %d of floats", c);
            GPH_EXPECT(memcmp(&three, &one, sizeof one) == 0, "case %d merged", c);
        }
}

static void test_exact_limits(void)
{
    const double largest = 0x1.fffffffffffffp1023;
    gph_sum_t sum = {0};
    CU_ASSERT(same_f64(gph_sum_f64(&sum), 0.0));
    CU_ASSERT(same_f32(gph_sum_f32(&sum), 0.0F));
    for (int i = 0; i < 100000; i++)
        gph_sum_add(&sum, largest);
    CU_ASSERT(same_f64(gph_sum_f64(&sum), (double)INFINITY));
    for (int i = 0; i < 99999; i++)
        gph_sum_add(&sum, -largest);
    CU_ASSERT(same_f64(gph_sum_f64(&sum), largest));
    gph_sum_add(&sum, 0x1p969); // a quarter of the last place
    CU_ASSERT(same_f64(gph_sum_f64(&sum), largest));
    gph_sum_add(&sum, 0x1p969); // half of it: a tie, to even
    CU_ASSERT(same_f64(gph_sum_f64(&sum), (double)INFINITY));
    gph_sum_add(&sum, -0x1p-1074);
    CU_ASSERT(same_f64(gph_sum_f64(&sum), largest));
    CU_ASSERT(same_f32(gph_sum_f32(&sum), INFINITY));

    gph_sum_t small = {0};
    gph_sum_add(&small, -0x1p-150); // a tie between 0 and the smallest float
    CU_ASSERT(same_f32(gph_sum_f32(&small), 0.0F));
    gph_sum_add(&small, -0x1p-1074);
    CU_ASSERT(same_f32(gph_sum_f32(&small), -0x1p-149F));
    const gph_sum_t zero = {0};
    gph_sum_add(&small, 0x1p-150);
    gph_sum_add(&small, 0x1p-1074);
    CU_ASSERT_EQUAL(memcmp(&small, &zero, sizeof zero), 0);
}

/** 10^7 floats in changing order and pieces; the oracle is a sum of integers. */
static void test_exact_many(void)
{
    enum { MANY = 10000000 };
    const int64_t steps[PARTS] = {1,       7,       9999,    1234567, 3333331, 7654321,
                                  9999999, 4999999, 2718281, 3141593, 1414213, 1732051,
                                  2236067, 2645751, 3316623, 3605551};
    gph_env_t *env = gph_test_context()->env;
    float *values = NULL;
    float *order = NULL;
    if (gph_test_rank() != 0) // once is enough
        return;
    GPH_EXPECT_OK(NULL, gph_alloc(env, MANY, sizeof *values, &values));
    GPH_EXPECT_OK(NULL, gph_alloc(env, MANY, sizeof *order, &order));
    int64_t units = 0;
    for (int64_t i = 0; i < MANY; i++) {
        const int64_t digits = draw_below(5, i, 1 << 24) - (1 << 23);
        const int shift = (int)draw_below(6, i / 1000, 24);
        units += digits * (INT64_C(1) << shift);
        values[i] = ldexpf((float)digits, shift - 40);
    }
    gph_sum_t first = {0};
    for (int parts = 1; parts <= PARTS; parts++) {
        gph_sum_t sums[PARTS] = {0};
        int start[PARTS + 1];
        for (int64_t i = 0, at = 0; i < MANY; i++, at += steps[parts - 1]) {
            at -= at >= MANY ? MANY : 0;
            order[i] = values[at];
        }
        cut((uint64_t)parts, MANY, parts, start);
        for (int p = 0; p < parts; p++)
            gph_sum_add_f32(&sums[p], start[p + 1] - start[p], order + start[p]);
        merge_tree((uint64_t)parts, parts, sums);
        if (parts == 1)
            first = sums[0];
        GPH_EXPECT(memcmp(&sums[0], &first, sizeof first) == 0, "%d parts differ", parts);
    }
    CU_ASSERT(same_f64(gph_sum_f64(&first), ldexp((double)units, -40)));
    gph_free(values);
    gph_free(order);
}

GPH_TEST_SUITE(sum, {"exact sums are rounded correctly", test_exact},
               {"exact sums use no bit more than doubles have", test_exact_windows},
               {"exact sums depend on neither order nor split", test_exact_splits},
               {"exact sums treat infinities, NaN and zeros as IEEE 754", test_exact_special},
               {"exact sums do not overflow on the way", test_exact_limits},
               {"10^7 floats have one sum", test_exact_many});
