/**
 * A snapshot: named texts and named arrays of 64-bit words, copied aside so that work can go on,
 * and the HDF5 file that holds them. Arrays are numbered by the input (tiles, vertices, rows),
 * never by rank, so that any number of ranks can read them back.
 */
#ifndef GPH_CKPT_SNAPSHOT_H
#define GPH_CKPT_SNAPSHOT_H

#include "par/context.h"

typedef struct gph_snapshot gph_snapshot_t;

/** Version of the layout of files. Files of a newer one are refused. */
#define GPH_SNAPSHOT_VERSION 1

/** Empty snapshot. Local. */
gph_status_t gph_snapshot_create(gph_context_t *context, gph_snapshot_t **snapshot);

/** Frees a snapshot and nulls the pointer; NULL is fine. Local. */
void gph_snapshot_destroy(gph_snapshot_t **snapshot);

/** Adds a text. Local; the same on all ranks. */
gph_status_t gph_snapshot_put_text(gph_snapshot_t *snapshot, const char *name, const char *text);

/** Adds a number. Local; the same on all ranks. */
gph_status_t gph_snapshot_put_i64(gph_snapshot_t *snapshot, const char *name, int64_t value);

/**
 * Adds an array; each rank gives a stretch of it, which is copied. Local; all ranks add the same
 * names in the same order.
 * @param width words an element
 * @param total elements over all ranks
 * @param first first element of this rank
 * @param count elements of this rank
 * @param words [count × width]
 */
gph_status_t gph_snapshot_put_array(gph_snapshot_t *snapshot, const char *name, int64_t width,
                                    int64_t total, int64_t first, int64_t count, const void *words);

/** The text of a name, or NULL. Local. Valid until the snapshot is destroyed. */
const char *gph_snapshot_text(const gph_snapshot_t *snapshot, const char *name);

/** The number of a name. Local. GPH_ERR_INPUT when it is missing. */
gph_status_t gph_snapshot_i64(const gph_snapshot_t *snapshot, const char *name, int64_t *value);

/**
 * Reads elements first .. first + count - 1 of an array of a snapshot that was read from a file.
 * Local; any rank may read any part.
 * @param total expected elements over all; GPH_ERR_INPUT when the file holds another number
 */
gph_status_t gph_snapshot_read_array(const gph_snapshot_t *snapshot, const char *name,
                                     int64_t width, int64_t total, int64_t first, int64_t count,
                                     void *words);

/** A descriptor that the writer syncs before the snapshot becomes valid (-1: none). Taken over.
 * Local. */
void gph_snapshot_sync_first(gph_snapshot_t *snapshot, int descriptor);

/**
 * Writes a snapshot to `path`, whole and closed, not yet synced. Collective over `comm`; called
 * from the I/O thread. No other thread may be in HDF5.
 */
gph_status_t gph_snapshot_write(gph_snapshot_t *snapshot, MPI_Comm comm, const char *path);

/**
 * Opens the snapshot in a file. Local.
 * @return GPH_ERR_INPUT when it is foreign, of a newer version, or its parts do not fit
 */
gph_status_t gph_snapshot_open(gph_context_t *context, const char *path, gph_snapshot_t **snapshot);

#endif
