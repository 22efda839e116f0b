/*
 * The loops of sums for one instruction set: included once per set, with NAME(x) for the names and
 * TARGET before each function. Sums of doubles here are exact, so that the order which `simd`
 * chooses does not matter; the comments in sum.c and sum.h say why.
 */

TARGET static uint32_t NAME(window_f32)(int count, const float *values, int32_t tiny, int32_t top,
                                        double *part)
{
    double sum = 0;
    uint32_t outside = 0;
#pragma omp simd reduction(+ : sum) reduction(| : outside)
    for (int i = 0; i < count; i++) {
        const uint32_t bits = gph_bits_f32(values[i]);
        // Magnitudes are ordered as their bits are; integers vectorise where floats do not.
        const int32_t size = (int32_t)(bits & 0x7fffffffU);
        const uint32_t keep = 0U - (uint32_t)((size >= tiny) & (size < top));
        outside |= (uint32_t)size & ~keep;
        sum += (double)gph_from_bits_f32(bits & keep);
    }
    *part = sum;
    return outside;
}

TARGET static uint64_t NAME(window_f64)(int count, const double *values, double tiny, double top,
                                        double magic, double part[2])
{
    double high = 0;
    double low = 0;
    uint64_t outside = 0;
#pragma omp simd reduction(+ : high, low) reduction(| : outside)
    for (int i = 0; i < count; i++) {
        const double size = __builtin_fabs(values[i]);
        const double kept = ((size >= tiny) & (size < top)) ? values[i] : 0.0;
        outside |= gph_bits_f64(kept) ^ gph_bits_f64(values[i]);
        const double rounded = (kept + magic) - magic;
        high += rounded;
        low += kept - rounded;
    }
    part[0] = high;
    part[1] = low;
    return outside << 1; // -0 differs from 0 in the sign alone
}

TARGET static double NAME(below_f64)(int count, const double *values, double limit)
{
    double largest[8] = {0};
    int i = 0;
    for (; i + 8 <= count; i += 8)
        for (int lane = 0; lane < 8; lane++) {
            const double size = __builtin_fabs(values[i + lane]);
            const double found = size < limit ? size : 0.0;
            largest[lane] = found > largest[lane] ? found : largest[lane];
        }
    for (; i < count; i++) {
        const double size = __builtin_fabs(values[i]);
        largest[0] = size < limit && size > largest[0] ? size : largest[0];
    }
    for (int lane = 1; lane < 8; lane++)
        largest[0] = largest[lane] > largest[0] ? largest[lane] : largest[0];
    return largest[0];
}

/** What a bin holds after its state rose by `up`: 0, or what one or two bins above it held. */
TARGET static inline double NAME(risen)(uint64_t up, double same, double above, double higher)
{
    return gph_pick(up == 0, same) + gph_pick(up == GPH_BIN_BITS, above) +
           gph_pick(up == UINT64_C(2) * GPH_BIN_BITS, higher);
}

#define REAL    float
#define BINS    2
#define KIND(x) NAME(x##_f32)
#include "base/sum_kernels_bins.h"
#undef REAL
#undef BINS
#undef KIND
#define REAL    double
#define BINS    3
#define KIND(x) NAME(x##_f64)
#include "base/sum_kernels_bins.h"
#undef REAL
#undef BINS
#undef KIND

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)
static const gph_sum_kernels_t NAME(kernels) = {
    TEXT(NAME(sum)), NAME(window_f32), NAME(window_f64), NAME(below_f64), NAME(add_f32),
    NAME(add_f64),   NAME(raise_f32),  NAME(raise_f64),  NAME(merge_f32), NAME(merge_f64)};
#undef TEXT
#undef TEXT_OF
