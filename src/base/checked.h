/** Checked integer arithmetic: sizes and counts never wrap silently. */
#ifndef GPH_BASE_CHECKED_H
#define GPH_BASE_CHECKED_H

#include "gph/base.h"

#include <stdbool.h>

/** *out = a + b; false (and *out unchanged) on overflow. */
static inline bool gph_add_i64(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

/** *out = a × b; false (and *out unchanged) on overflow. */
static inline bool gph_mul_i64(int64_t a, int64_t b, int64_t *out)
{
    int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *out = product;
    return true;
}

/** Narrows to a local index; false when it does not fit. */
static inline bool gph_to_lid(int64_t value, gph_lid_t *out)
{
    if (value < 0 || value > INT32_MAX)
        return false;
    *out = (gph_lid_t)value;
    return true;
}

/** *sum += value; false (and *sum unchanged) when 128 bits do not hold it. */
static inline bool gph_count_add(gph_count_t *sum, gph_count_t value)
{
    gph_count_t total = 0;
    if (__builtin_add_overflow(*sum, value, &total))
        return false;
    *sum = total;
    return true;
}

#endif
