/* Moving items and rows between distributions, against what lies where by definition. */
#include "dist/move.h"

#include "base/random.h"
#include "gph_test.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_RANKS = 64, ITEMS = 500, WIDEST = 24 };

/** Ways to cut items into ranges. */
typedef enum cut { EVEN, ALL_ON_FIRST, ALL_ON_LAST, RANDOM_CUT, CUTS } cut_t;

static int compare_i64(const void *x, const void *y)
{
    const int64_t a = *(const int64_t *)x;
    const int64_t b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static void make_cut(cut_t cut, uint64_t stream, int64_t n, int ranks, int64_t *start)
{
    start[0] = 0;
    start[ranks] = n;
    for (int r = 1; r < ranks; r++)
        start[r] = cut == EVEN           ? n * r / ranks
                   : cut == ALL_ON_FIRST ? n
                   : cut == ALL_ON_LAST
                       ? 0
                       : (int64_t)gph_random_below(gph_random_u64(31, stream, (uint64_t)r),
                                                   (uint64_t)n + 1);
    qsort(start, (size_t)ranks + 1, sizeof *start, compare_i64);
}

static unsigned char byte_of(int64_t item, size_t b)
{
    return (unsigned char)((uint64_t)item * 29 + b * 7 + 3);
}

static void check_items(gph_context_t *context, const int64_t *old, const int64_t *new, size_t size)
{
    static unsigned char items[ITEMS * WIDEST];
    const int64_t begin = old[context->rank];
    const int64_t count = old[context->rank + 1] - begin;
    const int64_t first = new[context->rank];
    unsigned char *moved = NULL;
    int wrong = 0;
    for (int64_t i = 0; i < count; i++)
        for (size_t b = 0; b < size; b++)
            items[(size_t)i * size + b] = byte_of(begin + i, b);
    if (!GPH_EXPECT_OK(context, gph_move_items(context, begin, count, size, items, new, &moved)))
        return;
    for (int64_t i = first; i < new[context->rank + 1]; i++)
        for (size_t b = 0; b < size; b++)
            wrong += moved[(size_t)(i - first) * size + b] != byte_of(i, b);
    CU_ASSERT_EQUAL(wrong, 0);
    gph_free(moved);
}

/** Length of a row: many are empty, one is long. */
static int64_t length_of(int64_t row)
{
    return row == 100 ? 300 : row % 5;
}

static int64_t element_of(int64_t row, int64_t at)
{
    return row * 1000 + at;
}

/** Checks the rows `first` up to `end`. Counts what is wrong. */
static int wrong_rows(const int64_t *offset, const int64_t *moved, int64_t first, int64_t end)
{
    int wrong = offset != NULL && offset[0] != 0;
    int64_t at = 0;
    for (int64_t row = first; row < end; row++) {
        for (int64_t i = 0; i < length_of(row); i++)
            wrong += moved[at++] != element_of(row, i);
        wrong += offset != NULL && offset[row - first + 1] != at;
    }
    return wrong;
}

static void check_rows(gph_context_t *context, const int64_t *old, const int64_t *new)
{
    static int64_t elements[ITEMS * 5 + 300];
    static int64_t offset[ITEMS + 1];
    const int64_t begin = old[context->rank];
    const int64_t count = old[context->rank + 1] - begin;
    const int64_t first = new[context->rank];
    const int64_t end = new[context->rank + 1];
    int64_t *new_offset = NULL;
    int64_t *moved = NULL;
    offset[0] = 0;
    for (int64_t i = 0; i < count; i++) {
        offset[i + 1] = offset[i] + length_of(begin + i);
        for (int64_t j = 0; j < length_of(begin + i); j++)
            elements[offset[i] + j] = element_of(begin + i, j);
    }
    if (GPH_EXPECT_OK(context, gph_move_rows(context, begin, count, offset, sizeof *elements,
                                             elements, new, &new_offset, &moved)))
        CU_ASSERT_EQUAL(wrong_rows(new_offset, moved, first, end), 0);
    gph_free(new_offset);
    gph_free(moved);
    moved = NULL;
    if (GPH_EXPECT_OK(context, gph_move_rows(context, begin, count, offset, sizeof *elements,
                                             elements, new, NULL, &moved)))
        CU_ASSERT_EQUAL(wrong_rows(NULL, moved, first, end), 0);
    gph_free(moved);
}

static void test_move(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    const int64_t sizes[] = {0, 1, 3, ITEMS};
    for (int s = 0; s < 4; s++)
        for (int from = EVEN; from < CUTS; from++)
            for (int to = EVEN; to < CUTS; to++) {
                int64_t old[MAX_RANKS + 1];
                int64_t new[MAX_RANKS + 1];
                make_cut((cut_t)from, 1, sizes[s], context->ranks, old);
                make_cut((cut_t)to, 2, sizes[s], context->ranks, new);
                check_items(context, old, new, 1);
                check_items(context, old, new, WIDEST);
                check_rows(context, old, new);
            }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

GPH_TEST_SUITE(move, {"brings items and rows to their new ranks", test_move});
