/** A small table that adds up weights by key, for one thread; cleared in the time it was used. */
#ifndef GPH_DIST_TALLY_H
#define GPH_DIST_TALLY_H

#include "base/env.h"

typedef struct gph_tally {
    gph_env_t *env;
    int64_t capacity; /**< slots, a power of two, or 0 */
    int64_t count;    /**< keys held */
    int64_t *key;     /**< [capacity], -1 where free */
    double *weight;   /**< [capacity] */
    int64_t *used;    /**< [capacity / 2] slots of the keys, in order of arrival */
} gph_tally_t;

/** Makes room for `keys` distinct keys. Local. */
gph_status_t gph_tally_reserve(gph_tally_t *tally, int64_t keys);
/** Frees the arrays. Local. */
void gph_tally_free(gph_tally_t *tally);

/** Adds weight to a key >= 0. There must be room. Local. */
static inline void gph_tally_add(gph_tally_t *tally, int64_t key, double weight)
{
    const uint64_t mask = (uint64_t)tally->capacity - 1;
    uint64_t slot = ((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15) >> 17) & mask;
    while (tally->key[slot] != key) {
        if (tally->key[slot] < 0) {
            tally->key[slot] = key;
            tally->weight[slot] = 0;
            tally->used[tally->count++] = (int64_t)slot;
            break;
        }
        slot = (slot + 1) & mask;
    }
    tally->weight[slot] += weight;
}

/** Forgets all keys. Local. */
static inline void gph_tally_clear(gph_tally_t *tally)
{
    for (int64_t i = 0; i < tally->count; ++i)
        tally->key[tally->used[i]] = -1;
    tally->count = 0;
}

#endif
