/* Keyed bijection by a Feistel network with cycle walking. */
#include "graph/bijection.h"

#include "base/random.h"

#include <assert.h>

gph_bijection_t gph_bijection_init(uint64_t seed, uint64_t stream, uint64_t bound)
{
    gph_bijection_t bijection = {.bound = bound, .bits = 1};
    while (bijection.bits < 32 && bound > 0 && (bound - 1) >> (2 * bijection.bits) != 0)
        bijection.bits++;
    bijection.mask = (UINT64_C(1) << bijection.bits) - 1;
    for (uint64_t i = 0; i < GPH_BIJECTION_ROUNDS; i++)
        bijection.key[i] = gph_random_u64(seed, stream, i);
    return bijection;
}

/** Mixes all bits of x into all bits (the finaliser of MurmurHash3). */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

uint64_t gph_bijection_at(const gph_bijection_t *bijection, uint64_t x)
{
    assert(x < bijection->bound);
    /* The orbit of x comes back to x, which lies below the bound, so this ends. */
    do {
        uint64_t left = x >> bijection->bits;
        uint64_t right = x & bijection->mask;
        for (int i = 0; i < GPH_BIJECTION_ROUNDS; i++) {
            const uint64_t next = left ^ (mix(right ^ bijection->key[i]) & bijection->mask);
            left = right;
            right = next;
        }
        x = left << bijection->bits | right;
    } while (x >= bijection->bound);
    return x;
}
