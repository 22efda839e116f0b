/* The keyed bijection, and the numbering of pairs. */
#include "base/random.h"
#include "gph_test.h"
#include "graph/bijection.h"
#include "graph/generators.h"

#include <string.h>

static void test_bijective(void)
{
    enum { LARGEST = 300 };
    for (uint64_t bound = 1; bound <= LARGEST; bound++) {
        bool hit[LARGEST] = {false};
        const gph_bijection_t bijection = gph_bijection_init(bound, 7, bound);
        for (uint64_t x = 0; x < bound; x++) {
            const uint64_t y = gph_bijection_at(&bijection, x);
            GPH_EXPECT(y < bound && !hit[y < bound ? y : 0], "bound %d: %d comes twice or is out",
                       (int)bound, (int)y);
            hit[y < bound ? y : 0] = true;
        }
    }
}

static void test_large_bounds(void)
{
    static const uint64_t bound[] = {UINT64_C(1) << 31, (UINT64_C(1) << 32) + 1, UINT64_C(1) << 62,
                                     INT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++) {
        const gph_bijection_t bijection = gph_bijection_init(1, 2, bound[i]);
        uint64_t low = 0;
        for (uint64_t x = 0; x < 1000; x++) {
            const uint64_t first = gph_bijection_at(&bijection, x);
            const uint64_t last = gph_bijection_at(&bijection, bound[i] - 1 - x);
            CU_ASSERT_TRUE(first < bound[i] && last < bound[i] && first != last);
            low += first < bound[i] / 2;
        }
        /* 500 expected, deviation 16. */
        CU_ASSERT_TRUE(low > 400 && low < 600);
    }
}

/* Every ordered pair of images of 0 and 1 must be equally frequent over the keys. */
static void test_uniform(void)
{
    enum { BOUND = 11, KEYS = 110000 };
    static int64_t count[BOUND][BOUND];
    memset(count, 0, sizeof count);
    for (uint64_t seed = 0; seed < KEYS; seed++) {
        const gph_bijection_t bijection = gph_bijection_init(seed, 3, BOUND);
        count[gph_bijection_at(&bijection, 0)][gph_bijection_at(&bijection, 1)]++;
    }
    for (int i = 0; i < BOUND; i++) {
        for (int j = 0; j < BOUND; j++) {
            /* KEYS / (11 × 10) = 1000 expected, deviation 32: six of them are too much. */
            const int64_t low = i == j ? 0 : 810;
            const int64_t high = i == j ? 0 : 1190;
            GPH_EXPECT(count[i][j] >= low && count[i][j] <= high, "(%d, %d) came %d times", i, j,
                       (int)count[i][j]);
        }
    }
}

static void test_pairs(void)
{
    int64_t index = 0;
    for (int64_t v = 0; v < 200; v++) {
        CU_ASSERT_EQUAL(gph_pairs_count(v), index);
        for (int64_t u = 0; u < v; u++, index++) {
            const gph_edge_t pair = gph_pairs_at(index);
            CU_ASSERT_TRUE(pair.u == u && pair.v == v);
        }
    }
}

/* Where a row of pairs ends and the next one begins, a square root may be off. */
static void test_large_pairs(void)
{
    CU_ASSERT_EQUAL(gph_pairs_count(GPH_GENERATE_MAX_DENSE), INT64_MAX - INT64_C(0x7fffffff));
    for (uint64_t i = 0; i < 20000; i++) {
        const uint64_t bits = gph_random_u64(1, 2, i) >> i % 32;
        int64_t v = i < 1000 ? GPH_GENERATE_MAX_DENSE - 1 - (int64_t)i : (int64_t)(bits >> 32);
        v = v < 2 ? 2 : v;
        const gph_edge_t first = gph_pairs_at(gph_pairs_count(v));
        const gph_edge_t before = gph_pairs_at(gph_pairs_count(v) - 1);
        const gph_edge_t last = gph_pairs_at(gph_pairs_count(v) + v - 1);
        GPH_EXPECT(first.u == 0 && first.v == v && before.u == v - 2 && before.v == v - 1 &&
                       last.u == v - 1 && last.v == v,
                   "pairs around row %lld", (long long)v);
    }
}

GPH_TEST_SUITE(bijection, {"takes every value once", test_bijective},
               {"stays inside large bounds", test_large_bounds},
               {"is as good as a random shuffle", test_uniform},
               {"numbers pairs row by row", test_pairs},
               {"numbers pairs of up to 2^32 vertices", test_large_pairs});
