/** Sets of a root's out-neighbours, as bits. */
#ifndef GPH_CLIQUE_BITS_H
#define GPH_CLIQUE_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** Members of a set. */
static inline int gph_set_size(const uint64_t *set, int words)
{
    int count = 0;
    for (int w = 0; w < words; ++w)
        count += __builtin_popcountll(set[w]);
    return count;
}

/** Members of a set before i. */
static inline int gph_set_before(const uint64_t *set, int i)
{
    const int word = i >> 6;
    return gph_set_size(set, word) +
           __builtin_popcountll(set[word] & ((UINT64_C(1) << (i & 63)) - 1));
}

/** out = a and b. */
static inline void gph_set_meet(uint64_t *out, const uint64_t *a, const uint64_t *b, int words)
{
    for (int w = 0; w < words; ++w)
        out[w] = a[w] & b[w];
}

static inline bool gph_set_empty(const uint64_t *set, int words)
{
    uint64_t all = 0;
    for (int w = 0; w < words; ++w)
        all |= set[w];
    return all == 0;
}

/** The numbers 0..count-1. */
static inline void gph_set_fill(uint64_t *set, int count)
{
    const int words = (count + 63) / 64;
    memset(set, 0xff, (size_t)words * sizeof *set);
    if (count % 64 != 0)
        set[words - 1] = (UINT64_C(1) << (count % 64)) - 1;
}

#endif
