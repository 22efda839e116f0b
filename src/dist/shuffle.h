/**
 * Moving arrays to another order: every item gets a new number, and ranks hold consecutive ranges
 * of these. The plan is made once and moves any number of arrays.
 */
#ifndef GPH_DIST_SHUFFLE_H
#define GPH_DIST_SHUFFLE_H

#include "par/context.h"

typedef struct gph_shuffle {
    int64_t count;       /**< items of this rank before */
    int64_t arrived;     /**< items of this rank afterwards */
    int64_t *order;      /**< [count] items by receiver */
    int64_t *place;      /**< [arrived] index of each arrival in the new order */
    int64_t *send_count; /**< [ranks] items for each rank */
    int64_t *recv_count; /**< [ranks] items from each rank */
} gph_shuffle_t;

/**
 * Plans a shuffle. Collective.
 * @param number    [count] new number of each item; over all ranks each of 0..n-1 once
 * @param new_start [ranks + 1] first new number of each rank
 */
gph_status_t gph_shuffle_plan(gph_context_t *context, int64_t count, const int64_t *number,
                              const int64_t *new_start, gph_shuffle_t *shuffle);

/** Frees the arrays. Local. */
void gph_shuffle_free(gph_shuffle_t *shuffle);

/**
 * Moves fixed-size items. Collective.
 * @param items [count]
 * @param moved receives a gph_alloc() block [arrived]
 */
gph_status_t gph_shuffle_items(gph_context_t *context, const gph_shuffle_t *shuffle, size_t size,
                               const void *items, void *moved);

/**
 * Moves rows of elements: row i is elements[offset[i]] up to offset[i + 1]. Collective.
 * @param new_offset receives a gph_alloc() block [arrived + 1], or NULL when it is known already
 * @param moved      receives a gph_alloc() block of the elements of the new rows
 */
gph_status_t gph_shuffle_rows(gph_context_t *context, const gph_shuffle_t *shuffle,
                              const int64_t *offset, size_t size, const void *elements,
                              int64_t **new_offset, void *moved);

#endif
