/* Sorting one row in place: against qsort, on what makes quicksorts slow, and within its bounds. */
#include "base/random.h"
#include "base/sort.h"
#include "gph_test.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST = 5000 };

/** How keys lie in a row. */
typedef enum pattern {
    RANDOM,
    FEW_VALUES,
    ALL_EQUAL,
    ASCENDING,
    DESCENDING,
    ORGAN_PIPE,
    TWO_RUNS,
    NEARLY_SORTED,
    KILLER, /**< every median of three is the second smallest key */
    PATTERNS
} pattern_t;

/** An entry of a row. */
typedef struct entry {
    int64_t key;
    double value;
} entry_t;

static int64_t draw(pattern_t pattern, int64_t index, uint64_t bound)
{
    return (int64_t)gph_random_below(gph_random_u64(17, pattern, (uint64_t)index), bound);
}

/** Plays the partitioning backwards: what is looked at as first or middle gets the lowest keys. */
static void make_killer(int64_t count, int64_t *keys)
{
    static int64_t place[LARGEST];
    int64_t next = 0;
    for (int64_t i = 0; i < count; i++)
        place[i] = i;
    for (int64_t begin = 0; begin < count; begin += 2) {
        int64_t *row = place + begin;
        const int64_t middle = (count - begin) / 2;
        if (count - begin < 3)
            break;
        keys[row[0]] = next++;
        keys[row[middle]] = next++;
        const int64_t low = row[0];
        row[0] = row[middle];
        row[middle] = row[1];
        row[1] = row[0];
        row[0] = low;
    }
    for (int64_t i = 0; i < count; i++)
        if (keys[i] < 0)
            keys[i] = next++;
}

static void make_keys(pattern_t pattern, int64_t count, int64_t *keys)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t up[PATTERNS] = {
            [RANDOM] = draw(pattern, i, INT64_MAX),
            [FEW_VALUES] = draw(pattern, i, 5),
            [ALL_EQUAL] = 7,
            [ASCENDING] = i,
            [DESCENDING] = count - i,
            [ORGAN_PIPE] = i < count / 2 ? i : count - i,
            [TWO_RUNS] = i % (count / 2 + 1),
            [NEARLY_SORTED] = i % 37 == 0 ? draw(pattern, i, LARGEST) : i,
            [KILLER] = -1,
        };
        keys[i] = up[pattern];
    }
    if (pattern == KILLER)
        make_killer(count, keys);
}

static int compare(const void *x, const void *y)
{
    const entry_t *a = x;
    const entry_t *b = y;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

/** Sorts a row between two guards that must not be touched. */
static void check_row(pattern_t pattern, int64_t count, bool weighted)
{
    static int64_t keys[LARGEST + 2];
    static double values[LARGEST + 2];
    static entry_t wanted[LARGEST];
    int64_t wrong = 0;
    make_keys(pattern, count, keys + 1);
    keys[0] = keys[count + 1] = -99;
    values[0] = values[count + 1] = -99;
    for (int64_t i = 0; i < count; i++) {
        values[i + 1] = (double)draw(pattern, i + LARGEST, 10) - 5;
        wanted[i] = (entry_t){keys[i + 1], weighted ? values[i + 1] : 0};
    }
    qsort(wanted, (size_t)count, sizeof *wanted, compare);
    gph_sort_row(count, keys + 1, weighted ? values + 1 : NULL);
    for (int64_t i = 0; i < count; i++) {
        wrong += keys[i + 1] != wanted[i].key;
        wrong += weighted && values[i + 1] != wanted[i].value;
    }
    wrong += keys[0] != -99 || keys[count + 1] != -99;
    wrong += values[0] != -99 || values[count + 1] != -99;
    GPH_EXPECT(wrong == 0, "pattern %d of %lld, weighted %d: %lld wrong", pattern, (long long)count,
               weighted, (long long)wrong);
}

static void test_patterns(void)
{
    static const int64_t sizes[] = {0, 1, 2, 3, 23, 24, 25, 26, 49, 100, 255, 1000, LARGEST};
    for (int pattern = RANDOM; pattern < PATTERNS; pattern++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            check_row((pattern_t)pattern, sizes[s], false);
            check_row((pattern_t)pattern, sizes[s], true);
        }
}

/** Every order of five keys, some of them equal, in a row long enough to be partitioned. */
static void test_all_orders(void)
{
    for (int code = 0; code < 3125; code++) {
        int64_t keys[30];
        int64_t wrong = 0;
        int rest = code;
        for (int i = 0; i < 30; i++) {
            keys[i] = i % 6 == 0 ? rest % 5 : 10 + (i * 7) % 11;
            rest = i % 6 == 0 ? rest / 5 : rest;
        }
        gph_sort_row(30, keys, NULL);
        for (int i = 1; i < 30; i++)
            wrong += keys[i] < keys[i - 1];
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/** The first number that differs decides, whatever follows. */
static void test_compare(void)
{
    static const int64_t rows[][3] = {{INT64_MIN, 9, 9}, {-1, 0, 0}, {0, INT64_MAX, 7},
                                      {3, -2, 9},        {3, 5, -8}, {3, 5, 1}};
    const int count = (int)(sizeof rows / sizeof *rows);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++) {
            const int order = gph_compare_row(3, rows[i], rows[j]);
            CU_ASSERT_EQUAL((order > 0) - (order < 0), (i > j) - (i < j));
        }
    CU_ASSERT_EQUAL(gph_compare_row(2, rows[4], rows[5]), 0);
    CU_ASSERT_EQUAL(gph_compare_row(0, rows[0], rows[5]), 0);
}

GPH_TEST_SUITE(sort_row, {"compares rows", test_compare},
               {"sorts every pattern within its bounds", test_patterns},
               {"sorts every order of a few keys", test_all_orders});
