/** Growable array of fixed-size elements, charged to the budget. Not thread-safe. */
#ifndef GPH_BASE_ARRAY_H
#define GPH_BASE_ARRAY_H

#include "base/env.h"

typedef struct gph_array {
    gph_env_t *env;
    size_t size;      /**< bytes an element */
    int64_t count;    /**< elements in use */
    int64_t capacity; /**< elements allocated */
    void *data;       /**< [capacity] */
} gph_array_t;

/** Empty array of elements of `size` bytes. Allocates nothing. */
gph_array_t gph_array_init(gph_env_t *env, size_t size);
/** Frees the elements and empties the array. */
void gph_array_free(gph_array_t *array);
/** Makes room for `count` elements in all. */
gph_status_t gph_array_reserve(gph_array_t *array, int64_t count);
/** Appends `count` elements copied from `items`. Amortised O(count). */
gph_status_t gph_array_append(gph_array_t *array, const void *items, int64_t count);
/** Appends one element copied from `item`. */
gph_status_t gph_array_push(gph_array_t *array, const void *item);
/** Hands the elements over to the caller (gph_free) and empties the array. */
void *gph_array_take(gph_array_t *array);

#endif
