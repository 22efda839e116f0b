/*
 * Assignments and branch and bound of one instruction set. Compiled once per set, with
 *   GPH_ISA       its name as an identifier
 * and the compiler options that allow it; engine.c chooses at run time. The parts are compiled for
 * 32-bit integers, and for doubles that hold integers, where costs are no small integers
 * themselves.
 */
#include "ged/search_isa.h"
#include "base/clock.h"
#include "ged/search.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Kinds of edges up to which open edges are counted by kind instead of assigned. */
enum { COUNTED_KINDS = 16 };

/* Exponent of the units that all costs together may have as a double: sums are exact above it. */
enum { DOUBLE_BITS = 45 };

/* Rows from which following bans is worth its time: measured by instructions on small and larger
 * graphs. */
enum { PROPAGATE_FROM = 8 };

/* Times that bans are followed to what they imply, in one frame. */
enum { TURNS = 4 };

/* Nodes of a walk between two times that it gives frames away. */
enum { GIVE_STEPS = 8 };

/* Most rounds of a rising limit; where more might be needed, one search with a falling limit. */
enum { ROUNDS_MOST = 64 };

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    for (b = b < 0 ? -b : b; b != 0;) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static double double_scale(const gph_ged_problem_t *problem)
{
    return exp2(DOUBLE_BITS - ceil(log2(problem->total + 1)));
}

/* Vectors of GCC and Clang: as many lanes as AVX2 has, cut into smaller ones elsewhere. */
typedef int32_t lane_int __attribute__((vector_size(32), may_alias));
typedef double lane_double __attribute__((vector_size(32), may_alias));
typedef int64_t mask_double __attribute__((vector_size(32), may_alias));
#define SELECT(mask, a, b) ((LANE)(((MASK)(a) & (mask)) | ((MASK)(b) & ~(mask))))
#define LEAST(a, b)        SELECT((a) < (b), a, b)

/* Of 32-bit integers, each carries its place along, so that the least need not be looked for. */
enum { PLACE_BITS = 10 };
static const lane_int places = {0, 1, 2, 3, 4, 5, 6, 7};

static inline int32_t lowest_int(const lane_int *low)
{
    int32_t least[4];
    for (int k = 0; k < 4; k++)
        least[k] = (*low)[k] < (*low)[k + 4] ? (*low)[k] : (*low)[k + 4];
    const int32_t a = least[0] < least[1] ? least[0] : least[1];
    const int32_t b = least[2] < least[3] ? least[2] : least[3];
    return a < b ? a : b;
}

static inline double lowest_double(const lane_double *low)
{
    const double a = (*low)[0] < (*low)[1] ? (*low)[0] : (*low)[1];
    const double b = (*low)[2] < (*low)[3] ? (*low)[2] : (*low)[3];
    return a < b ? a : b;
}

/* One bit a lane. */
static inline uint32_t bits_int(const lane_int *mask)
{
#ifdef __AVX2__
    return (uint32_t)_mm256_movemask_ps((__m256)*mask);
#else
    uint32_t bits = 0;
    for (int k = 0; k < 8; k++)
        bits |= ((uint32_t)(*mask)[k] & 1) << k;
    return bits;
#endif
}

static inline uint32_t bits_double(const mask_double *mask)
{
    uint32_t bits = 0;
    for (int k = 0; k < 4; k++)
        bits |= ((uint32_t)(*mask)[k] & 1) << k;
    return bits;
}

static inline int place_double(const lane_double *low, const double *key)
{
    const double least = lowest_double(low);
    int j = 0;
    while (key[j] > least)
        j++;
    return j;
}

#define num                int32_t
#define NAME(x)            x##_int
#define LANES              8
#define BIG                (INT32_C(1) << 20)
#define place              int32_t
#define LANE               lane_int
#define MASK               lane_int
#define LOWEST(low)        lowest_int(&(low))
#define PACK(value, first) (((value) << PLACE_BITS) + places + (first))
#define BITS(mask)         bits_int(&(mask))
#define UNPACK(low, key)   ((void)(key), lowest_int(&(low)) & ((1 << PLACE_BITS) - 1))
#define SCALE(problem)     ((void)(problem), 1.0)
#define INTEGERS           1
#include "ged/space_body.h" /* what the others are made of */

#include "ged/assign_body.h"
#include "ged/branch_body.h"
#include "ged/propagate_body.h"
#include "ged/search_body.h"
#undef num
#undef NAME
#undef LANES
#undef BIG
#undef place
#undef LANE
#undef MASK
#undef LOWEST
#undef PACK
#undef BITS
#undef UNPACK
#undef SCALE
#undef INTEGERS
#undef DROP

#define num                double
#define NAME(x)            x##_double
#define LANES              4
#define BIG                0x1p50
#define place              int64_t
#define LANE               lane_double
#define MASK               mask_double
#define LOWEST(low)        lowest_double(&(low))
#define PACK(value, first) (value)
#define BITS(mask)         bits_double(&(mask))
#define UNPACK(low, key)   place_double(&(low), key)
#define SCALE(problem)     double_scale(problem)
#define INTEGERS           0
#include "ged/space_body.h" /* what the others are made of */

#include "ged/assign_body.h"
#include "ged/branch_body.h"
#include "ged/propagate_body.h"
#include "ged/search_body.h"

#define GLUE(a, b)   a##b
#define SYMBOL(a, b) GLUE(a, b)

const gph_ged_isa_t SYMBOL(gph_ged_isa_, GPH_ISA) = {
    {begin_int, walk_int, assign_root_int}, {begin_double, walk_double, assign_root_double}};
