/**
 * Stable least-significant-digit radix sort of 64-bit keys and of records that carry them, and
 * binary search. Digits that all keys share are skipped, so small numbers sort in few passes.
 * Sequential; callers sort per thread or per tile. Cost: O(count) per digit in use.
 */
#ifndef GPH_BASE_SORT_H
#define GPH_BASE_SORT_H

#include "base/env.h"

/** Sorts keys[count] ascending (unsigned order equals signed order for non-negative values). */
gph_status_t gph_sort_i64(gph_env_t *env, int64_t count, int64_t *keys);

/** Like gph_sort_i64(), and keeps one of each: *kept receives how many are left, at the front. */
gph_status_t gph_sort_distinct_i64(gph_env_t *env, int64_t count, int64_t *keys, int64_t *kept);

/** A pair of non-negative 64-bit numbers, ordered by a, then b. */
typedef struct gph_pair {
    int64_t a;
    int64_t b;
} gph_pair_t;

/**
 * Sorts pairs[count] by (a, b), stable. `value` (may be NULL) is permuted along.
 * @param pairs [count]
 * @param value [count] or NULL
 */
gph_status_t gph_sort_pairs(gph_env_t *env, int64_t count, gph_pair_t *pairs, double *value);

/**
 * Sorts one row of a graph in place: key[count] ascending, `value` (may be NULL) along, equal keys
 * by value. Allocates nothing; meant for short rows. Cost: O(count log count). Defined in
 * sort_row.c.
 */
void gph_sort_row(int64_t count, int64_t *key, double *value);

/** Compares two rows of `count` numbers lexicographically: below 0 for a first, 0 for equal ones.
 *  Defined in sort_row.c. */
int gph_compare_row(int64_t count, const int64_t *a, const int64_t *b);

/** First index i in [0, count] with sorted[i] >= key. */
int64_t gph_lower_bound_i64(const int64_t *sorted, int64_t count, int64_t key);

/** Index of the range that holds key: largest i in [0, ranges) with start[i] <= key. start[0] <=
 * key. */
int64_t gph_find_range(const int64_t *start, int64_t ranges, int64_t key);

#endif
