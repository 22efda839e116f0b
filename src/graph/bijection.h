/**
 * Keyed bijection of 0..bound-1: a shuffle whose every image is computed alone, so that any rank
 * can shuffle any index.
 *
 * A balanced Feistel network (Luby & Rackoff 1988) over the least even number of bits that holds
 * the bound, with eight rounds of a multiply-xor-shift mixer under independent random keys; an
 * image outside 0..bound-1 is mapped again until it falls inside (cycle walking, Black & Rogaway
 * 2002).
 */
#ifndef GPH_GRAPH_BIJECTION_H
#define GPH_GRAPH_BIJECTION_H

#include "gph/base.h"

#define GPH_BIJECTION_ROUNDS 8

typedef struct gph_bijection {
    uint64_t bound;
    uint64_t mask; /**< of one half */
    unsigned bits; /**< of one half, 1..32 */
    uint64_t key[GPH_BIJECTION_ROUNDS];
} gph_bijection_t;

/** Bijection of 0..bound-1 under the key (seed, stream). Local. */
gph_bijection_t gph_bijection_init(uint64_t seed, uint64_t stream, uint64_t bound);

/** Image of x < bound. Local, thread-safe. Cost: 4 walks of 8 rounds at most on average. */
uint64_t gph_bijection_at(const gph_bijection_t *bijection, uint64_t x);

#endif
