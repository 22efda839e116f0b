/** The vectorised loops of sums and the layout they share with the rest; for sum*.c and tests
 * alone. */
#ifndef GPH_BASE_SUM_KERNELS_H
#define GPH_BASE_SUM_KERNELS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t gph_bits_f64(double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double gph_from_bits_f64(uint64_t bits)
{
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t gph_bits_f32(float value)
{
    uint32_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float gph_from_bits_f32(uint32_t bits)
{
    float value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/** Sign and exponent of a double, and the top bit of its fraction: ×1.5. */
#define GPH_F64_LEVEL UINT64_C(0xfff0000000000000)
#define GPH_F64_HALF  UINT64_C(0x0008000000000000)

/** All ones where true. Masks vectorise where branches may not. */
static inline uint64_t gph_mask(bool condition)
{
    return 0 - (uint64_t)condition;
}

/** value where true, else 0. */
static inline double gph_pick(bool condition, double value)
{
    return gph_from_bits_f64(gph_bits_f64(value) & gph_mask(condition));
}

/* --- layout of bins ------------------------------------------------------------------------- */

/** Bits from one bin's unit to that of the next. */
#define GPH_BIN_BITS 28
/**
 * Exponent field of the first bin of level j, counted from the lowest: GPH_BIN_BITS × j + this. The
 * unit of level 0 is 2^-1036, so that two bins further down nothing is left of a double.
 */
#define GPH_BIN_FIELD 39
/** Highest level whose first bin is a finite double. */
#define GPH_BIN_LEVEL_MAX 71

/** Level that a value needs, from its exponent field: the lowest with abs(value) < 2^27 units. */
static inline uint64_t gph_bin_level(uint64_t field)
{
    return (field + 14) * 2341 >> 16; // (field + 14) / 28, exactly for every field
}

/** What the bins of a state hold on top of their sums in the first bin: 1.5 × 2^52 units. */
static inline double gph_bin_magic(double first)
{
    return gph_from_bits_f64((gph_bits_f64(first) & GPH_F64_LEVEL) | GPH_F64_HALF);
}

/** The value where a state can take it without rising, otherwise zero. */
static inline double gph_bin_taken(double first, double value)
{
    const double limit = gph_from_bits_f64(gph_bits_f64(first) & GPH_F64_LEVEL);
    // 2^27 units are 2^-25 of 2^52 units. A negative first bin takes nothing.
    return __builtin_fabs(value) * 0x1p25 < limit ? value : 0.0;
}

/* --- loops ---------------------------------------------------------------------------------- */

/** Values that one call of a loop takes at most. */
#define GPH_SUM_BLOCK 1024

/** The loops for one instruction set. */
typedef struct gph_sum_kernels {
    const char *name;

    /**
     * *part = sum of those of values[count] whose magnitude has bits in [tiny, top), in doubles.
     * @return nonzero when others, but for zeros, were left out
     */
    uint32_t (*window_f32)(int count, const float *values, int32_t tiny, int32_t top, double *part);
    /**
     * part[0] + part[1] = sum of those of values[count] in magnitude in [tiny, top), each split by
     * adding and subtracting `magic`.
     * @return nonzero when others, but for zeros, were left out
     */
    uint64_t (*window_f64)(int count, const double *values, double tiny, double top, double magic,
                           double part[2]);
    /** Largest magnitude below `limit`; 0 when there is none. */
    double (*below_f64)(int count, const double *values, double limit);

    /** Adds values[i] to state bin[2 × i] where it is taken. @return nonzero when some were not */
    uint64_t (*add_f32)(int count, const float *values, double *bin);
    /** The same for states of three bins. */
    uint64_t (*add_f64)(int count, const double *values, double *bin);
    /** Raises states that are too low for values[i], and leaves in rest[i] what they did not take.
     */
    void (*raise_f32)(int count, const float *values, double *bin, float *rest);
    void (*raise_f64)(int count, const double *values, double *bin, double *rest);
    /** Adds states where neither has a negative first bin. @return nonzero when some were left out
     */
    uint64_t (*merge_f32)(int count, const double *term, double *bin);
    uint64_t (*merge_f64)(int count, const double *term, double *bin);
} gph_sum_kernels_t;

/** Kernels that this machine can run, the fastest first, at most `room` of them. @return how many
 */
int gph_sum_kernels_list(const gph_sum_kernels_t *kernels[], int room);

/** The fastest of them. */
const gph_sum_kernels_t *gph_sum_kernels(void);

#endif
