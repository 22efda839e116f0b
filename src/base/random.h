/**
 * Counter-based random numbers (Philox4x32-10 of Random123; Salmon et al., SC 2011): a number
 * depends on (seed, stream, index) alone, so any rank or thread can draw any of them.
 */
#ifndef GPH_BASE_RANDOM_H
#define GPH_BASE_RANDOM_H

#include "gph/base.h"

/** Two independent 64-bit random numbers for (seed, stream, index). */
typedef struct gph_random2 {
    uint64_t a;
    uint64_t b;
} gph_random2_t;

gph_random2_t gph_random2(uint64_t seed, uint64_t stream, uint64_t index);

/** One 64-bit random number. */
uint64_t gph_random_u64(uint64_t seed, uint64_t stream, uint64_t index);

/** Uniform in [0, 1), 53 bits. */
double gph_random_unit(uint64_t bits);

/** Uniform in [0, bound) by multiplication (bias below 2^-64 × bound). bound > 0. */
uint64_t gph_random_below(uint64_t bits, uint64_t bound);

#endif
