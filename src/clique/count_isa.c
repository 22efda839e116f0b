/*
 * The counting kernels of one instruction set. Compiled once per set, with
 *   GPH_ISA       its name as an identifier
 * and the compiler options that allow it; kernel.c chooses at run time.
 */
#include "clique/kernel.h"
#include "clique/kernel_isa.h"

#include <stddef.h>

/* Cliques found, and those among them that contain a given pivot. */
typedef struct tally {
    gph_count_t all;
    gph_count_t through;
} tally_t;

/* *sum += value × times, noting when 128 bits do not hold it. */
static inline void add(gph_clique_space_t *space, gph_count_t *sum, gph_count_t value, int times)
{
    if ((value >> 64) == 0) {
        value *= (unsigned)times;
    } else {
        uint64_t high = 0;
        const gph_count_t low = (gph_count_t)(uint64_t)value * (unsigned)times;
        gph_count_t product = 0;
        space->overflow |=
            __builtin_mul_overflow((uint64_t)(value >> 64), (uint64_t)(unsigned)times, &high);
        space->overflow |= __builtin_add_overflow((gph_count_t)high << 64, low, &product);
        value = product;
    }
    space->overflow |= __builtin_add_overflow(*sum, value, sum);
}

static inline gph_count_t choose(gph_clique_space_t *space, int n, int r)
{
    const gph_count_t value = gph_binomial(space->binomials, n, r);
    space->overflow |= value == GPH_BINOMIAL_OVER;
    return value;
}

#define WORDS   1
#define NAME(x) x##_1
#include "clique/count_body.h"
#undef WORDS
#undef NAME
#define WORDS   2
#define NAME(x) x##_2
#include "clique/count_body.h"
#undef WORDS
#undef NAME
#define WORDS   0
#define NAME(x) x##_n
#include "clique/count_body.h"
#undef WORDS
#undef NAME

static gph_count_t count(gph_clique_space_t *space, int begin, int end)
{
    switch (space->words) {
    case 1:
        return count_1(space, begin, end);
    case 2:
        return count_2(space, begin, end);
    default:
        return count_n(space, begin, end);
    }
}

static gph_set_shape_t outside(const uint64_t *both, const uint64_t *others, const uint64_t *set,
                               int words)
{
    switch (words) {
    case 1:
        return look_1(both, others, set, 1);
    case 2:
        return look_2(both, others, set, 2);
    default:
        return look_n(both, others, set, words);
    }
}

static gph_set_shape_t shape(const uint64_t *both, const uint64_t *set, int words)
{
    return outside(both, set, set, words);
}

static int64_t match(const uint64_t *set, const uint64_t *sets, const int32_t *row, int64_t count,
                     int words, int least)
{
    switch (words) {
    case 1:
        return match_1(set, sets, row, count, 1, least);
    case 2:
        return match_2(set, sets, row, count, 2, least);
    default:
        return match_n(set, sets, row, count, words, least);
    }
}

#define TEXT(x)      #x
#define NAME_OF(x)   TEXT(x)
#define GLUE(a, b)   a##b
#define SYMBOL(a, b) GLUE(a, b)

const gph_clique_isa_t SYMBOL(gph_clique_isa_, GPH_ISA) = {NAME_OF(GPH_ISA), count, shape, outside,
                                                           match};
