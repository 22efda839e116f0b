/**
 * Output files that are never seen half-written: collective creation under a temporary name, writes
 * by offset from any rank, sync, rename. And input files by byte range.
 */
#ifndef GPH_IO_FILE_H
#define GPH_IO_FILE_H

#include "par/context.h"

typedef struct gph_outfile gph_outfile_t;

/** Creates the temporary file `path`.tmp-… beside path. Collective. GPH_ERR_SYSTEM with message. */
gph_status_t gph_outfile_create(gph_context_t *context, const char *path, gph_outfile_t **file);
/**
 * Opens `path`.part, which a failed gph_outfile_commit() leaves for a later run to go on with.
 * Collective.
 * @param keep bytes of it to keep: a longer file is cut; *kept receives that, or 0 when the file
 * has fewer, so that the caller begins again
 */
gph_status_t gph_outfile_open_part(gph_context_t *context, const char *path, int64_t keep,
                                   int64_t *kept, gph_outfile_t **file);
/** Descriptor on this rank, for reading back and syncing. Local. */
int gph_outfile_descriptor(const gph_outfile_t *file);
/** Closes and removes the temporary file on all ranks, nothing is renamed; frees and nulls.
 * Collective. */
void gph_outfile_discard(gph_outfile_t **file);
/** Temporary name, for writers that open it themselves (HDF5). Local. */
const char *gph_outfile_name(const gph_outfile_t *file);
/** Writes bytes[size] at offset; retried when interrupted. Local, thread-safe; counts
 *  GPH_FAULT_WRITE. */
gph_status_t gph_outfile_write(gph_outfile_t *file, int64_t offset, const void *bytes,
                               int64_t size);
/** Syncs, renames to the final name and syncs the directory; frees and nulls. Collective.
 *  Fails on all ranks, and removes the temporary file, when any rank passes a failure. Where
 *  creation failed and *file is NULL, it just returns the status. */
gph_status_t gph_outfile_commit(gph_outfile_t **file, gph_status_t status);

/** Writes bytes[size] at offset of an open file; retried when interrupted. Local, thread-safe;
 * counts GPH_FAULT_WRITE. */
gph_status_t gph_file_write(gph_env_t *env, int descriptor, const char *path, int64_t offset,
                            const void *bytes, int64_t size);

/** Reads up to `size` bytes at `offset`; *got receives how many there were. Local. */
gph_status_t gph_file_read(gph_context_t *context, int descriptor, const char *path, int64_t offset,
                           int64_t size, void *bytes, int64_t *got);
/** Opens a regular file for reading and tells its size: missing, directory, unreadable and empty
 * files are GPH_ERR_INPUT with a message. Local (call under GPH_TRY_ALL). */
gph_status_t gph_file_open(gph_context_t *context, const char *path, int *descriptor,
                           int64_t *size);
/** As gph_file_open() on all ranks, which must see the same size. Collective. */
gph_status_t gph_file_open_all(gph_context_t *context, const char *path, int *descriptor,
                               int64_t *size);
/** Closes a descriptor of gph_file_open(); -1 is fine. Local. */
void gph_file_close(int descriptor);

/** The part of a path to show in a message: at most its last 400 bytes, so that there is room for
 *  what is wrong. Points into path. Local. */
const char *gph_path_shown(const char *path);

/** Whether a path ends in `end`, such as ".h5", behind at least one other character. Local. */
bool gph_path_ends(const char *path, const char *end);

/** Characters of a system error's text, with the final NUL. */
#define GPH_SYSTEM_CHARS 128

/** Text of an errno value, in the given buffer. Local, thread-safe. */
const char *gph_system_text(int number, char text[GPH_SYSTEM_CHARS]);

#endif
