/**
 * Reproducible sums: the bits of a result depend on the values alone, not on their order, nor on
 * how they are split over calls, accumulators, threads or ranks.
 *
 * Two accumulators, both of which merge exactly, so that merging commutes and associates:
 *
 * | type       | holds                            | bytes       | error of a sum of n values x |
 * |------------|----------------------------------|-------------|------------------------------------|
 * | gph_sum_t  | one sum of floats and doubles    | 280         | none: correctly rounded | |
 * gph_bins_t | an array of sums of floats       | 16 an element | n × 2^-28 × max abs(x), then one
 * rounding | |            | an array of sums of doubles      | 24 an element | n × 2^-56 × max
 * abs(x), then two roundings |
 *
 * gph_sum_t is the long fixed-point number of Kulisch (Computer Arithmetic and Validity, 2013) and
 * Neal (arXiv:1505.05571, 2015). Arrays of values are first added up in blocks by error-free
 * splitting (Rump, Ogita & Oishi, SIAM J. Sci. Comput. 31, 2008), which vectorises.
 * gph_bins_t follows Demmel & Nguyen (IEEE Trans. Computers 64, 2015) and ReproBLAS (Ahrens, Demmel
 * & Nguyen, ACM TOMS 46, 2020): see the section on bins below.
 *
 * Special values are the same for both. Any NaN, or both infinities, among the values give the
 * quiet NaN without sign or payload; otherwise an infinity gives itself. Subnormal values count in
 * full. A sum of zero is +0, also when all values are -0. There is no intermediate overflow: a
 * result is infinite only where its own magnitude is too large.
 *
 * All calls are Local. Accumulators have no locks: one thread at a time uses one of them (of bins:
 * one range). Needed is the usual floating-point environment: rounding to nearest, subnormals not
 * flushed. Costs beside plain sums are in docs/performance.md.
 */
#ifndef GPH_BASE_SUM_H
#define GPH_BASE_SUM_H

#include "base/env.h"

/* --- one sum, exact ------------------------------------------------------------------------- */

/** 64-bit words of a gph_sum_t: all bits of doubles, and 78 more for carries and the sign. */
#define GPH_SUM_WORDS 34

/**
 * One exact sum. {0} is the sum of nothing. Equal multisets of values give equal bytes, so it can
 * be compared, digested and stored as it is.
 */
typedef struct gph_sum {
    uint64_t word[GPH_SUM_WORDS]; /**< two's complement, lowest word first, in units of 2^-1074 */
    uint64_t special;             /**< infinities and NaN that were added, as bits */
} gph_sum_t;

/** sum += value. Floats convert exactly. About 5 ns; for arrays use the calls below. */
void gph_sum_add(gph_sum_t *sum, double value);

/** sum += all of values[count]. Cost: one pass over the values; more where they span many binades.
 */
void gph_sum_add_f32(gph_sum_t *sum, int64_t count, const float *values);
/** As gph_sum_add_f32(), for doubles. */
void gph_sum_add_f64(gph_sum_t *sum, int64_t count, const double *values);

/** sum += term. O(GPH_SUM_WORDS). */
void gph_sum_merge(gph_sum_t *sum, const gph_sum_t *term);

/** The sum, rounded once to the nearest double, ties to even. */
double gph_sum_f64(const gph_sum_t *sum);
/** The sum, rounded once to the nearest float, ties to even. */
float gph_sum_f32(const gph_sum_t *sum);

/* --- an array of sums, compact -------------------------------------------------------------- */

/**
 * How many bins an element has, and which values it adds.
 *
 * The number line is cut into bins, 28 bits apart. A value is written, from the top down, as
 * multiples of the bins' units 2^(28j), each rounded to nearest: its slices, which depend on
 * nothing else. An element keeps the sums of slices of the highest bin that any value so far needs
 * and of the next one (two for doubles) below; slices further down are dropped. When a larger value
 * comes, bins rise and the lowest are dropped, as if they had never been kept: what is kept depends
 * on the values alone.
 *
 * The first bin holds 1.5 × 2^52 units + the sum of its slices, so that its exponent tells which
 * bin it is. Two kinds of state do not fit that and have a negative first bin: sums of doubles from
 * 2^979 on, stored with all bins times 2^-256, and -1.0, after which the second bin holds an
 * infinity or NaN.
 */
typedef enum gph_bins_kind {
    GPH_BINS_F32 = 2, /**< floats, two bins */
    GPH_BINS_F64 = 3  /**< doubles, three bins */
} gph_bins_kind_t;

/** Most values that one element can take, over all accumulators that are merged with it. */
#define GPH_BINS_TERMS ((INT64_C(1) << 24) - 1)

/** An array of sums, such as those of a gradient. */
typedef struct gph_bins {
    gph_env_t *env;
    gph_bins_kind_t kind;
    int64_t count; /**< elements */
    int64_t terms; /**< values that each element took at most, <= GPH_BINS_TERMS */
    double *bin;   /**< [count × kind] the highest bin of an element first */
} gph_bins_t;

/** Makes `count` empty sums. @return GPH_ERR_MEMORY */
gph_status_t gph_bins_init(gph_env_t *env, gph_bins_kind_t kind, int64_t count, gph_bins_t *bins);
/** Frees the elements and zeroes the struct. */
void gph_bins_free(gph_bins_t *bins);
/** Makes all sums empty again. */
void gph_bins_clear(gph_bins_t *bins);

/**
 * Adds rows of values: element i += values[r × count + i] for each row r. kind must be
 * GPH_BINS_F32.
 * @param values [rows × count]
 * @return GPH_ERR_USAGE, with nothing added, when an element would take more than GPH_BINS_TERMS
 * values Cost: reads each value once; elements once a call, so several rows at a time are cheaper.
 */
gph_status_t gph_bins_add_f32(gph_bins_t *bins, int64_t rows, const float *values);
/** As gph_bins_add_f32(), for doubles and GPH_BINS_F64. */
gph_status_t gph_bins_add_f64(gph_bins_t *bins, int64_t rows, const double *values);

/**
 * Allows `rows` more values for each element: first half of gph_bins_add_f32(), which is split so
 * that threads can share the second one. @return GPH_ERR_USAGE as there
 */
gph_status_t gph_bins_expect(gph_bins_t *bins, int64_t rows);
/**
 * Adds rows to the elements [first, first + count); several threads may add to disjoint ranges.
 * @param rows   at most as many as gph_bins_expect() allowed
 * @param stride from a value to the one of the next row
 * @param values [rows × stride] values[0] belongs to element `first`
 */
void gph_bins_add_range_f32(gph_bins_t *bins, int64_t first, int64_t count, int64_t rows,
                            int64_t stride, const float *values);
/** As gph_bins_add_range_f32(), for doubles. */
void gph_bins_add_range_f64(gph_bins_t *bins, int64_t first, int64_t count, int64_t rows,
                            int64_t stride, const double *values);

/**
 * Element by element, bins += term. Both have the same kind and count.
 * @return GPH_ERR_USAGE, with nothing added, when an element would have more than GPH_BINS_TERMS
 * values
 */
gph_status_t gph_bins_merge(gph_bins_t *bins, const gph_bins_t *term);
/** The arithmetic of gph_bins_merge(): bin[count × kind] += term[count × kind]. */
void gph_bins_merge_raw(gph_bins_kind_t kind, int64_t count, const double *term, double *bin);

/** sums[count] receives the elements as floats. kind must be GPH_BINS_F32. */
void gph_bins_finish_f32(const gph_bins_t *bins, float *sums);
/** As gph_bins_finish_f32(), for doubles and GPH_BINS_F64. */
void gph_bins_finish_f64(const gph_bins_t *bins, double *sums);

#endif
