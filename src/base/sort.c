/*
 * Radix sort by digits of one byte: one pass counts all digits, then one pass for each digit in
 * which the keys differ moves them to and fro between the caller's array and a copy.
 */
#include "base/sort.h"

#include <assert.h>
#include <string.h>

#define GPH_BUCKETS 256

/** Up to this many elements insertion sort is faster, and needs no second array. */
#define GPH_SORT_SMALL 32

/** Elements by value of one digit; then the place where the next one of each value goes. */
typedef int64_t gph_histogram_t[GPH_BUCKETS];

static inline size_t digit_of(int64_t key, int digit)
{
    return (uint64_t)key >> (8 * digit) & (GPH_BUCKETS - 1);
}

/** True when all elements share the value that `key` has in this digit. */
static bool digit_is_shared(const gph_histogram_t histogram, int64_t count, size_t value)
{
    return histogram[value] == count;
}

/** Turns counts into the first place of each value. */
static void histogram_to_places(gph_histogram_t histogram)
{
    int64_t place = 0;
    for (size_t value = 0; value < GPH_BUCKETS; value++) {
        const int64_t here = histogram[value];
        histogram[value] = place;
        place += here;
    }
}

/* --- keys ----------------------------------------------------------------------------------- */

static void insertion_sort_i64(int64_t count, int64_t *keys)
{
    for (int64_t i = 1; i < count; i++) {
        const int64_t key = keys[i];
        int64_t j = i;
        for (; j > 0 && (uint64_t)keys[j - 1] > (uint64_t)key; j--)
            keys[j] = keys[j - 1];
        keys[j] = key;
    }
}

/** Returns the array, of the two, that holds the sorted keys. */
static int64_t *radix_sort_i64(int64_t count, int64_t *keys, int64_t *spare)
{
    gph_histogram_t histogram[8] = {{0}};
    for (int64_t i = 0; i < count; i++)
        for (int digit = 0; digit < 8; digit++)
            histogram[digit][digit_of(keys[i], digit)]++;
    for (int digit = 0; digit < 8; digit++) {
        if (digit_is_shared(histogram[digit], count, digit_of(keys[0], digit)))
            continue;
        histogram_to_places(histogram[digit]);
        for (int64_t i = 0; i < count; i++)
            spare[histogram[digit][digit_of(keys[i], digit)]++] = keys[i];
        int64_t *const swap = keys;
        keys = spare;
        spare = swap;
    }
    return keys;
}

gph_status_t gph_sort_i64(gph_env_t *env, int64_t count, int64_t *keys)
{
    assert(count >= 0);
    if (count <= GPH_SORT_SMALL) {
        insertion_sort_i64(count, keys);
        return GPH_OK;
    }
    int64_t *spare = NULL;
    const gph_status_t status = gph_alloc(env, count, sizeof *spare, &spare);
    if (status != GPH_OK)
        return status;
    const int64_t *const sorted = radix_sort_i64(count, keys, spare);
    if (sorted != keys)
        memcpy(keys, sorted, (size_t)count * sizeof *keys);
    gph_free(spare);
    return GPH_OK;
}

/* --- pairs ---------------------------------------------------------------------------------- */

/** Pairs with the values that move along with them (NULL: none). */
typedef struct gph_columns {
    gph_pair_t *pair;
    double *value;
} gph_columns_t;

static bool pair_is_less(gph_pair_t x, gph_pair_t y)
{
    return x.a != y.a ? (uint64_t)x.a < (uint64_t)y.a : (uint64_t)x.b < (uint64_t)y.b;
}

static void insertion_sort_pairs(int64_t count, gph_columns_t columns)
{
    for (int64_t i = 1; i < count; i++) {
        const gph_pair_t pair = columns.pair[i];
        const double value = columns.value != NULL ? columns.value[i] : 0;
        int64_t j = i;
        for (; j > 0 && pair_is_less(pair, columns.pair[j - 1]); j--) {
            columns.pair[j] = columns.pair[j - 1];
            if (columns.value != NULL)
                columns.value[j] = columns.value[j - 1];
        }
        columns.pair[j] = pair;
        if (columns.value != NULL)
            columns.value[j] = value;
    }
}

/** Digits 0..7 of a pair are those of b, 8..15 those of a. */
static inline size_t pair_digit(gph_pair_t pair, int digit)
{
    return digit < 8 ? digit_of(pair.b, digit) : digit_of(pair.a, digit - 8);
}

static void scatter_pairs(int64_t count, int digit, gph_histogram_t place, gph_columns_t from,
                          gph_columns_t to)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t at = place[pair_digit(from.pair[i], digit)]++;
        to.pair[at] = from.pair[i];
        if (from.value != NULL)
            to.value[at] = from.value[i];
    }
}

/** Returns the columns, of the two, that hold the sorted pairs. */
static gph_columns_t radix_sort_pairs(int64_t count, gph_columns_t from, gph_columns_t to)
{
    gph_histogram_t histogram[16] = {{0}};
    for (int64_t i = 0; i < count; i++)
        for (int digit = 0; digit < 8; digit++) {
            histogram[digit][digit_of(from.pair[i].b, digit)]++;
            histogram[digit + 8][digit_of(from.pair[i].a, digit)]++;
        }
    for (int digit = 0; digit < 16; digit++) {
        if (digit_is_shared(histogram[digit], count, pair_digit(from.pair[0], digit)))
            continue;
        histogram_to_places(histogram[digit]);
        scatter_pairs(count, digit, histogram[digit], from, to);
        const gph_columns_t swap = from;
        from = to;
        to = swap;
    }
    return from;
}

gph_status_t gph_sort_pairs(gph_env_t *env, int64_t count, gph_pair_t *pairs, double *value)
{
    assert(count >= 0);
    gph_status_t status = GPH_OK;
    const gph_columns_t columns = {pairs, value};
    gph_columns_t spare = {NULL, NULL};
    if (count <= GPH_SORT_SMALL) {
        insertion_sort_pairs(count, columns);
        goto cleanup;
    }
    GPH_TRY(gph_alloc(env, count, sizeof *spare.pair, &spare.pair));
    if (value != NULL)
        GPH_TRY(gph_alloc(env, count, sizeof *spare.value, &spare.value));
    const gph_columns_t sorted = radix_sort_pairs(count, columns, spare);
    if (sorted.pair != pairs) {
        memcpy(pairs, sorted.pair, (size_t)count * sizeof *pairs);
        if (value != NULL)
            memcpy(value, sorted.value, (size_t)count * sizeof *value);
    }
cleanup:
    gph_free(spare.pair);
    gph_free(spare.value);
    return status;
}

gph_status_t gph_sort_distinct_i64(gph_env_t *env, int64_t count, int64_t *keys, int64_t *kept)
{
    const gph_status_t status = gph_sort_i64(env, count, keys);
    int64_t left = 0;
    for (int64_t i = 0; i < count; ++i)
        if (left == 0 || keys[i] != keys[left - 1])
            keys[left++] = keys[i];
    *kept = left;
    return status;
}

/* --- search --------------------------------------------------------------------------------- */

int64_t gph_lower_bound_i64(const int64_t *sorted, int64_t count, int64_t key)
{
    const int64_t *low = sorted;
    while (count > 1) {
        const int64_t half = count / 2;
        const int64_t next = (count - half) / 2; /* about what is looked at next, here or above */
        __builtin_prefetch(&low[next]);
        __builtin_prefetch(&low[half + next]);
        /* The way is unpredictable: no branch, as long as compilers leave this as it is. */
        low += half & -(int64_t)(low[half - 1] < key);
        count -= half;
    }
    return low - sorted + (count == 1 && *low < key);
}

int64_t gph_find_range(const int64_t *start, int64_t ranges, int64_t key)
{
    assert(ranges > 0 && start[0] <= key);
    int64_t low = 0;
    int64_t high = ranges;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (start[middle] <= key)
            low = middle;
        else
            high = middle;
    }
    return low;
}
