/** Set of pairs of units, so that a pair takes memory once however often it occurs. */
#ifndef GPH_GRAPH_TEXT_PAIRS_H
#define GPH_GRAPH_TEXT_PAIRS_H

#include "base/sort.h"

/** Pairs a < b of non-negative numbers, by open addressing. Not thread-safe. */
typedef struct gph_pair_set {
    gph_env_t *env;
    int64_t count;    /**< pairs held */
    int64_t slots;    /**< a power of two, at least 2 × count, or 0 */
    gph_pair_t *slot; /**< [slots], (0, 0) where free */
} gph_pair_set_t;

/** Empty set. Allocates nothing. */
gph_pair_set_t gph_pair_set_init(gph_env_t *env);

/** Frees and empties. Local. */
void gph_pair_set_free(gph_pair_set_t *set);

/** Adds {u, v} unless it is there, or u = v. Local. Amortised O(1). */
gph_status_t gph_pair_set_add(gph_pair_set_t *set, int64_t u, int64_t v);

/** Hands the pairs over as a gph_alloc() block, in no order, and empties the set. Local. */
gph_pair_t *gph_pair_set_take(gph_pair_set_t *set, int64_t *count);

#endif
