/* Radix sort against qsort, and searching against a scan. */
#include "base/random.h"
#include "base/sort.h"
#include "gph_test.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST = 20000 };

/** Sizes around the change of method, and bounds that leave different digits in use. */
static const int64_t sizes[] = {0, 1, 2, 3, 31, 32, 33, 34, 255, 256, 257, 1000, LARGEST};
static const int64_t bounds[] = {1, 2, 200, 256, 257, 70000, INT64_C(1) << 40, INT64_MAX};

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

static int64_t draw(uint64_t stream, int64_t index, int64_t bound)
{
    return (int64_t)gph_random_below(gph_random_u64(11, stream, (uint64_t)index), (uint64_t)bound);
}

static int compare_i64(const void *x, const void *y)
{
    const int64_t a = *(const int64_t *)x;
    const int64_t b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static void test_keys(void)
{
    static int64_t keys[LARGEST];
    static int64_t wanted[LARGEST];
    gph_env_t *env = gph_test_context()->env;
    const int64_t start = gph_mem_used(env);
    for (int s = 0; s < COUNT_OF(sizes); s++)
        for (int b = 0; b < COUNT_OF(bounds); b++) {
            const size_t bytes = (size_t)sizes[s] * sizeof *keys;
            for (int64_t i = 0; i < sizes[s]; i++)
                wanted[i] = keys[i] = draw((uint64_t)b, i, bounds[b]);
            qsort(wanted, (size_t)sizes[s], sizeof *wanted, compare_i64);
            CU_ASSERT_EQUAL(gph_sort_i64(env, sizes[s], keys), GPH_OK);
            GPH_EXPECT(memcmp(keys, wanted, bytes) == 0, "%lld keys below %lld",
                       (long long)sizes[s], (long long)bounds[b]);
            CU_ASSERT_EQUAL(gph_sort_i64(env, sizes[s], keys), GPH_OK); // sorted already
            CU_ASSERT_EQUAL(memcmp(keys, wanted, bytes), 0);
        }
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
}

static void test_distinct(void)
{
    static int64_t keys[LARGEST];
    static int64_t wanted[LARGEST];
    gph_env_t *env = gph_test_context()->env;
    for (int s = 0; s < COUNT_OF(sizes); s++)
        for (int b = 0; b < COUNT_OF(bounds); b++) {
            int64_t kept = -7;
            int64_t left = 0;
            for (int64_t i = 0; i < sizes[s]; i++)
                wanted[i] = keys[i] = draw((uint64_t)b, i, bounds[b]);
            qsort(wanted, (size_t)sizes[s], sizeof *wanted, compare_i64);
            for (int64_t i = 0; i < sizes[s]; i++)
                if (i == 0 || wanted[i] != wanted[i - 1])
                    wanted[left++] = wanted[i];
            CU_ASSERT_EQUAL(gph_sort_distinct_i64(env, sizes[s], keys, &kept), GPH_OK);
            CU_ASSERT_EQUAL(kept, left);
            CU_ASSERT_EQUAL(memcmp(keys, wanted, (size_t)left * sizeof *keys), 0);
        }
}

/** A pair with the place it came from, which makes a stable order out of qsort. */
typedef struct record {
    gph_pair_t pair;
    double value;
} record_t;

static int compare_records(const void *x, const void *y)
{
    const record_t *r = x;
    const record_t *s = y;
    if (r->pair.a != s->pair.a)
        return r->pair.a < s->pair.a ? -1 : 1;
    if (r->pair.b != s->pair.b)
        return r->pair.b < s->pair.b ? -1 : 1;
    return r->value < s->value ? -1 : r->value > s->value;
}

static void check_pairs(gph_env_t *env, int64_t count, int64_t bound_a, int64_t bound_b)
{
    static gph_pair_t pairs[LARGEST];
    static gph_pair_t alone[LARGEST];
    static double values[LARGEST];
    static record_t wanted[LARGEST];
    for (int64_t i = 0; i < count; i++) {
        pairs[i] = (gph_pair_t){draw(20, i, bound_a), draw(21, i, bound_b)};
        alone[i] = pairs[i];
        values[i] = (double)i; // rising, so that a stable sort keeps equal pairs in order of value
        wanted[i] = (record_t){pairs[i], values[i]};
    }
    qsort(wanted, (size_t)count, sizeof *wanted, compare_records);
    CU_ASSERT_EQUAL(gph_sort_pairs(env, count, pairs, values), GPH_OK);
    CU_ASSERT_EQUAL(gph_sort_pairs(env, count, alone, NULL), GPH_OK);
    int64_t wrong = 0;
    for (int64_t i = 0; i < count; i++) {
        wrong += pairs[i].a != wanted[i].pair.a || pairs[i].b != wanted[i].pair.b;
        wrong += alone[i].a != wanted[i].pair.a || alone[i].b != wanted[i].pair.b;
        wrong += values[i] < wanted[i].value || values[i] > wanted[i].value;
    }
    GPH_EXPECT(wrong == 0, "%lld pairs below (%lld, %lld): %lld wrong", (long long)count,
               (long long)bound_a, (long long)bound_b, (long long)wrong);
}

static void test_pairs(void)
{
    gph_env_t *env = gph_test_context()->env;
    const int64_t start = gph_mem_used(env);
    for (int s = 0; s < COUNT_OF(sizes); s++) {
        check_pairs(env, sizes[s], 1, 1);
        check_pairs(env, sizes[s], 10, 10);
        check_pairs(env, sizes[s], 1, 1000);
        check_pairs(env, sizes[s], 300, 1);
        check_pairs(env, sizes[s], 70000, INT64_MAX);
        check_pairs(env, sizes[s], INT64_MAX, 3);
    }
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
}

static void test_faults(void)
{
    gph_env_t *env = gph_test_context()->env;
    const int64_t start = gph_mem_used(env);
    int64_t keys[100];
    gph_pair_t pairs[100];
    double values[100];
    for (int i = 0; i < 100; i++) {
        keys[i] = 100 - i;
        pairs[i] = (gph_pair_t){100 - i, i};
        values[i] = i;
    }
    gph_fault_plan(env, GPH_FAULT_ALLOC, 1);
    CU_ASSERT_EQUAL(gph_sort_i64(env, 100, keys), GPH_ERR_MEMORY);
    for (int nth = 1; nth <= 2; nth++) {
        gph_fault_plan(env, GPH_FAULT_ALLOC, nth);
        CU_ASSERT_EQUAL(gph_sort_pairs(env, 100, pairs, values), GPH_ERR_MEMORY);
    }
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
    int wrong = 0;
    for (int i = 0; i < 100; i++)
        wrong += keys[i] != 100 - i || pairs[i].a != 100 - i || pairs[i].b != i;
    CU_ASSERT_EQUAL(wrong, 0);
    gph_fault_plan(env, GPH_FAULT_ALLOC, 0);
}

static void check_row(int64_t count, int64_t bound, bool rising)
{
    static int64_t key[2000];
    static int64_t alone[2000];
    static double value[2000];
    static record_t wanted[2000];
    for (int64_t i = 0; i < count; i++) {
        alone[i] = key[i] = rising ? i / 3 : draw(30, i, bound);
        value[i] = (double)draw(31, i, 5);
        wanted[i] = (record_t){{key[i], 0}, value[i]};
    }
    qsort(wanted, (size_t)count, sizeof *wanted, compare_records);
    gph_sort_row(count, key, value);
    gph_sort_row(count, alone, NULL);
    int64_t wrong = 0;
    for (int64_t i = 0; i < count; i++) {
        wrong += key[i] != wanted[i].pair.a || alone[i] != wanted[i].pair.a;
        wrong += value[i] < wanted[i].value || value[i] > wanted[i].value;
    }
    GPH_EXPECT(wrong == 0, "a row of %lld keys below %lld: %lld wrong", (long long)count,
               (long long)bound, (long long)wrong);
}

static void test_rows(void)
{
    for (int64_t count = 0; count < 60; count++) {
        check_row(count, 4, false);
        check_row(count, 1000, false);
    }
    check_row(2000, 1, false);
    check_row(2000, 50, false);
    check_row(2000, INT64_MAX, false);
    check_row(2000, 0, true);
}

static void test_lower_bound(void)
{
    int64_t sorted[50];
    for (int64_t count = 0; count <= 50; count++) {
        for (int64_t i = 0; i < count; i++)
            sorted[i] = 2 * (i / 3); // threefold, with gaps
        for (int64_t key = -1; key < 40; key++) {
            int64_t wanted = 0;
            while (wanted < count && sorted[wanted] < key)
                wanted++;
            CU_ASSERT_EQUAL(gph_lower_bound_i64(sorted, count, key), wanted);
        }
    }
}

static void test_find_range(void)
{
    const int64_t start[] = {0, 0, 3, 3, 3, 10, 11, 11}; // ranges 0, 2, 3, 6 are empty
    for (int64_t ranges = 1; ranges <= 8; ranges++)
        for (int64_t key = 0; key < 20; key++) {
            int64_t wanted = 0;
            for (int64_t i = 0; i < ranges; i++)
                if (start[i] <= key)
                    wanted = i;
            CU_ASSERT_EQUAL(gph_find_range(start, ranges, key), wanted);
        }
}

GPH_TEST_SUITE(sort, {"sorts keys as qsort does", test_keys},
               {"keeps one of each key", test_distinct},
               {"sorts pairs stably, with values", test_pairs},
               {"leaves everything in place when memory lacks", test_faults},
               {"sorts rows in place", test_rows}, {"finds the lower bound", test_lower_bound},
               {"finds the range of a key", test_find_range});
