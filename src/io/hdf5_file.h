/**
 * The HDF5 file of a graph: names of its parts (docs/file-formats.md), and checked access. HDF5 is
 * called from one thread of a process only, and without MPI: each rank opens the file for itself
 * and reads its own rows, so that a damaged block that one rank meets leaves no other rank waiting.
 */
#ifndef GPH_IO_HDF5_FILE_H
#define GPH_IO_HDF5_FILE_H

#include "par/context.h"

#include <hdf5.h>

#define GPH_H5_FORMAT       "grapheme-csr" /**< value of the attribute "format" */
#define GPH_H5_VERSION      1              /**< value of the attribute "version" */
#define GPH_H5_FORMAT_CHARS 16             /**< bytes of the attribute "format" */

#define GPH_H5_OFFSETS      "offsets"
#define GPH_H5_NEIGHBORS    "neighbors"
#define GPH_H5_WEIGHTS      "weights"
#define GPH_H5_DIRECTIONS   "directions"
#define GPH_H5_IDS          "ids"
#define GPH_H5_NAME_OFFSETS "name_offsets"
#define GPH_H5_NAME_BYTES   "name_bytes"
#define GPH_H5_TYPES        "types"

/** An open file. */
typedef struct gph_h5 {
    gph_context_t *context;
    const char *path; /**< for messages */
    hid_t file;       /**< -1 when closed */
} gph_h5_t;

/** An open one-dimensional dataset. */
typedef struct gph_h5_data {
    const char *name;
    hid_t id;      /**< -1 when closed or absent */
    int64_t count; /**< elements */
} gph_h5_data_t;

/** Access properties without file locking, which some shared file systems refuse. Local. */
hid_t gph_h5_access(void);

/** Fails with what was being done and HDF5's own reason. Local. */
gph_status_t gph_h5_fail(const gph_h5_t *h5, gph_status_t status, const char *what);

/** Opens a file for reading. Local. GPH_ERR_INPUT when it is no HDF5 file or cut off. */
gph_status_t gph_h5_open(gph_context_t *context, const char *path, gph_h5_t *h5);

/** Closes a file; fine when it is closed. Local. */
void gph_h5_close(gph_h5_t *h5);

/** Reads an integer attribute of the root group; `fallback` when absent, unless that is -1. Local.
 */
gph_status_t gph_h5_get_i64(const gph_h5_t *h5, const char *name, int64_t fallback, int64_t *value);

/** Reads the attribute "format", at most GPH_H5_FORMAT_CHARS - 1 bytes of it. Local. */
gph_status_t gph_h5_get_format(const gph_h5_t *h5, char text[GPH_H5_FORMAT_CHARS]);

/**
 * Opens a dataset and checks that it is one-dimensional, of the wanted class, and stored. Local.
 * @param optional absent is fine: then data->id is -1
 */
gph_status_t gph_h5_data_open(const gph_h5_t *h5, const char *name, H5T_class_t class,
                              bool optional, gph_h5_data_t *data);

/** Closes a dataset; fine when it is closed. Local. */
void gph_h5_data_close(gph_h5_data_t *data);

/** Reads elements [begin, begin + count), converted to `type`. Local. */
gph_status_t gph_h5_read(const gph_h5_t *h5, const gph_h5_data_t *data, hid_t type, int64_t begin,
                         int64_t count, void *values);

#endif
