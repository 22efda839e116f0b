/** Result files in HDF5, written by all ranks together. HDF5 is called by the main thread only. */
#ifndef GPH_IO_HDF5_ROWS_H
#define GPH_IO_HDF5_ROWS_H

#include "par/context.h"

#include <hdf5.h>

/** Turns a failed HDF5 call into GPH_ERR_SYSTEM with what the library says of it. Local. */
gph_status_t gph_h5_ok(gph_env_t *env, int64_t result, const char *what);

/** Creates a file through MPI-IO, with the attribute `format`. Collective over comm. */
gph_status_t gph_h5_create(MPI_Comm comm, gph_env_t *env, const char *path, const char *format,
                           hid_t *file);

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

#endif
