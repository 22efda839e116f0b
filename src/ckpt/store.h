/**
 * The store: checkpoints in a folder, one immutable sealed file each, numbered upwards; the last
 * few are kept. A file appears under its name only when it is whole and synced.
 */
#ifndef GPH_CKPT_STORE_H
#define GPH_CKPT_STORE_H

#include "ckpt/snapshot.h"
#include "gph/ckpt.h"

typedef struct gph_store gph_store_t;

/** Opens the store in options->directory; rank 0 creates it, but not its parents, where it is
 * missing. Collective. GPH_ERR_USAGE when it is no folder to write in. */
gph_status_t gph_store_open(gph_context_t *context, const gph_checkpoint_options_t *options,
                            gph_store_t **store);

/** Waits for the last write, frees the store and nulls the pointer. NULL is fine. Collective. */
void gph_store_close(gph_store_t **store);

/** Number of checkpoint files that were there when the store was opened. Local. */
int64_t gph_store_found(const gph_store_t *store);

/**
 * Writes a snapshot, taken over in any case, while the caller goes on; waits for the write before,
 * if one is still under way. Collective. Without MPI_THREAD_MULTIPLE it writes at once, and says so
 * once.
 */
gph_status_t gph_store_save(gph_store_t *store, gph_snapshot_t *snapshot);

/** True while a write is under way on this rank. Local. */
bool gph_store_busy(const gph_store_t *store);

/** Waits for the last write and agrees on how it went. Collective. */
gph_status_t gph_store_join(gph_store_t *store);

/** Longest write so far, in seconds. Local. */
double gph_store_seconds(const gph_store_t *store);

/**
 * Opens the newest good checkpoint; damaged ones are reported in the log and passed over.
 * Collective.
 * @param snapshot receives it, or NULL when the folder has none
 * @return GPH_ERR_INPUT when there are checkpoints and none is good
 */
gph_status_t gph_store_restore(gph_store_t *store, gph_snapshot_t **snapshot);

/** Removes all checkpoints: the job is done. Collective. */
gph_status_t gph_store_clear(gph_store_t *store);

#endif
