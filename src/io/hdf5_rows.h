/** Result files in HDF5, written by all ranks together. HDF5 is called by the main thread only. */
#ifndef GPH_IO_HDF5_ROWS_H
#define GPH_IO_HDF5_ROWS_H

#include "base/hash.h"
#include "graph/edges.h"
#include "par/context.h"

#include <hdf5.h>

/** Turns a failed HDF5 call into GPH_ERR_SYSTEM with what the library says of it. Local. */
gph_status_t gph_h5_ok(gph_env_t *env, int64_t result, const char *what);

/** A file that all ranks write together. */
typedef struct gph_h5_out {
    gph_context_t *context;
    hid_t file;
    int reserve; /**< rank 0: unnamed file that keeps some space on the disk, or -1 */
} gph_h5_out_t;

/**
 * Creates a file through MPI-IO, with the attribute `format`. Collective. Some space on the disk is
 * kept for closing it: HDF5 that can't close a file can't let MPI end.
 */
gph_status_t gph_h5_out_create(gph_context_t *context, const char *path, const char *format,
                               gph_h5_out_t *out);

/** Closes the file, whatever the status; returns the agreed status. Collective. */
gph_status_t gph_h5_out_close(gph_h5_out_t *out, gph_status_t status);

/**
 * Reads a closed file back: *sum receives the digests of rows first .. first + rows - 1 of a
 * dataset of 64-bit integers, each gph_digest_item(salt ^ row). Not every write that failed is
 * reported by MPI-IO, so a result is looked at before it gets its name. Local.
 */
gph_status_t gph_h5_digest_rows(gph_env_t *env, const char *path, const char *name,
                                hid_t memory_type, uint64_t salt, int64_t first, int64_t rows,
                                int64_t columns, gph_digest_t *sum);

/** Fails unless the digests that ranks wrote and read back add up to the same. Collective. */
gph_status_t gph_h5_compare(gph_context_t *context, const char *path, gph_digest_t written,
                            gph_digest_t read);

/** Writes a text attribute of a file or dataset. Collective over the communicator of the file. */
gph_status_t gph_h5_attribute(gph_env_t *env, hid_t file, const char *name, const char *text);

/** Reads a text attribute of a file; false, and text unchanged, when there is none of fewer than
 *  `room` characters. Local. */
bool gph_h5_read_text(hid_t file, const char *name, size_t room, char *text);

/** Creates a dataset [rows × columns] (columns 0: one-dimensional), chunked, compressed,
 * checksummed. Collective. */
gph_status_t gph_h5_dataset(gph_env_t *env, hid_t file, const char *name, hid_t type, int64_t rows,
                            int64_t columns, hid_t *dataset);

/** Writes rows first .. first + rows - 1; any rank may have none. Collective. */
gph_status_t gph_h5_write_rows(gph_env_t *env, hid_t dataset, hid_t memory_type, int64_t first,
                               int64_t rows, int64_t columns, const void *data);

/** Writes the names of a graph's vertices as datasets name_offsets and name_bytes; rank 0 gathers
 *  them. Collective. */
gph_status_t gph_h5_write_names(gph_context_t *context, const gph_names_t *names, hid_t file);

#endif
