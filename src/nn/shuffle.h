/** Orders that a seed draws. */
#ifndef GPH_NN_SHUFFLE_H
#define GPH_NN_SHUFFLE_H

#include "base/env.h"

/**
 * Puts numbers into a random order, which seed, stream and the numbers alone decide: that of a
 * random key of each. Local.
 * @param list [count] different numbers of at least 0
 */
gph_status_t gph_shuffle(gph_env_t *env, uint64_t seed, uint64_t stream, int64_t count,
                         int64_t *list);

#endif
