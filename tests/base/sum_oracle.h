/** What tests of sums share: an oracle that counts bits one by one, and values to add. */
#ifndef GPH_TEST_SUM_ORACLE_H
#define GPH_TEST_SUM_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most pieces that values are split into. */
enum { PARTS = 16 };

/* --- the oracle ----------------------------------------------------------------------------- */

/** Number i stands for 2^(i - SHIFT). */
enum { PLACES = 2400, SHIFT = 1200 };

/** How often each power of two occurs. */
typedef struct oracle {
    int64_t times[PLACES];
} oracle_t;

/** Adds value × 2^exponent. */
void oracle_add(oracle_t *oracle, double value, int exponent);
/** The sum to the nearest double, ties to even; a zero is +0. */
double oracle_f64(const oracle_t *oracle);
/** The sum to the nearest float, likewise. */
float oracle_f32(const oracle_t *oracle);

/* --- values --------------------------------------------------------------------------------- */

/** Families of values. */
enum {
    EVEN,      /**< in (-1, 1) */
    GRADIENT,  /**< magnitudes over 2^-30..1, many zeros of both signs */
    ANY,       /**< any finite bits */
    SUBNORMAL, /**< subnormal and just above */
    LARGE,     /**< within a few binades of the largest: partial sums overflow */
    CANCEL,    /**< pairs x, -x of any finite bits, and something small */
    TIES,      /**< halves and quarters of units in the last place beside large values */
    EDGES,     /**< powers of two and their neighbours */
    FAMILIES
};

/** Fills x[count] and y[count] with values of a family, each in the range of its type. */
void fill(int family, int count, float *x, double *y);

/** Infinities, NaN and zeros, and what IEEE 754 says of their sum in any order. */
typedef struct special_case {
    double value[4];
    double sum;
} special_case_t;

enum { SPECIAL_CASES = 9 };
extern const special_case_t special_cases[SPECIAL_CASES];

/** Random number in [0, bound), by stream and index. */
int64_t draw_below(uint64_t stream, int64_t index, int64_t bound);
/** Puts values of `size` <= 8 bytes into an order that `seed` decides. */
void shuffle(uint64_t seed, int count, size_t size, void *values);
/** Cuts 0..count-1 into `parts` pieces, some of them empty. start[parts + 1] */
void cut(uint64_t seed, int count, int parts, int *start);

/** Equal bits. */
bool same_f64(double a, double b);
bool same_f32(float a, float b);

#endif
