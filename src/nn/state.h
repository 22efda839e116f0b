/** What all ranks hold alike, such as weights, in a snapshot: rank 0's is written, every rank reads
 * all of it. All calls are Local, as those of the snapshot; agree on their status. */
#ifndef GPH_NN_STATE_H
#define GPH_NN_STATE_H

#include "base/array.h"
#include "ckpt/snapshot.h"
#include "nn/optimizer.h"

/** Adds `words` 64-bit words. */
gph_status_t gph_state_put(const gph_context_t *context, gph_snapshot_t *snapshot, const char *name,
                           int64_t words, const void *data);

/** Adds `size` numbers, filled up to whole words. */
gph_status_t gph_state_put_reals(const gph_context_t *context, gph_snapshot_t *snapshot,
                                 const char *name, int64_t size, const gph_real_t *value);

/** Reads numbers back: value[size]. */
gph_status_t gph_state_read_reals(const gph_context_t *context, const gph_snapshot_t *snapshot,
                                  const char *name, int64_t size, gph_real_t *value);

/** Adds the weights and what the optimiser keeps beside its count of steps. */
gph_status_t gph_state_put_weights(gph_snapshot_t *snapshot, const gph_params_t *params,
                                   const gph_optimizer_t *optimizer);

/** Reads them back. */
gph_status_t gph_state_read_weights(const gph_snapshot_t *snapshot, gph_params_t *params,
                                    gph_optimizer_t *optimizer);

/** Adds the elements of an array, which are whole words. */
gph_status_t gph_state_put_array(const gph_context_t *context, gph_snapshot_t *snapshot,
                                 const char *name, const gph_array_t *array);

/** Fills an array, whose elements are whole words, with `count` elements. */
gph_status_t gph_state_read_array(const gph_snapshot_t *snapshot, const char *name, int64_t count,
                                  gph_array_t *array);

#endif
