/**
 * Moving arrays between two distributions of one numbering, both of consecutive ranges in rank
 * order. Items of a rank are one stretch of the array for each receiver, so nothing is packed.
 */
#ifndef GPH_DIST_MOVE_H
#define GPH_DIST_MOVE_H

#include "par/context.h"

/**
 * Moves fixed-size items. Collective.
 * @param begin     first item held by this rank
 * @param count     items held by this rank
 * @param size      bytes an item
 * @param items     [count]
 * @param new_start [ranks + 1] first item of each rank afterwards
 * @param moved     receives a gph_alloc() block [new_start[rank + 1] - new_start[rank]]
 */
gph_status_t gph_move_items(gph_context_t *context, int64_t begin, int64_t count, size_t size,
                            const void *items, const int64_t *new_start, void *moved);

/**
 * Moves rows of elements: row i of this rank is elements[offset[i]] up to offset[i + 1].
 * Collective.
 * @param offset     [count + 1]
 * @param elements   [offset[count]]
 * @param new_offset receives a gph_alloc() block [new rows + 1], or NULL when it is known already
 * @param moved      receives a gph_alloc() block of the elements of the new rows
 */
gph_status_t gph_move_rows(gph_context_t *context, int64_t begin, int64_t count,
                           const int64_t *offset, size_t size, const void *elements,
                           const int64_t *new_start, int64_t **new_offset, void *moved);

#endif
