/** Gzip streams (RFC 1952) by zlib, whose memory is charged to the context's budget. */
#ifndef GPH_IO_GZIP_H
#define GPH_IO_GZIP_H

#include "par/context.h"

/** Bytes that every gzip stream begins with. */
#define GPH_GZIP_MAGIC "\x1f\x8b"

typedef struct gph_inflate gph_inflate_t;

/**
 * Begins to inflate a file. Local.
 * @param path       for messages; must outlive the stream
 * @param descriptor of the file; stays with the caller
 * @param size       compressed bytes
 */
gph_status_t gph_inflate_open(gph_context_t *context, const char *path, int descriptor,
                              int64_t size, gph_inflate_t **stream);

/**
 * Inflates up to `room` bytes; fewer only at the end of the stream, or where it is damaged. Local.
 * @return GPH_OK also for a damaged stream, see gph_inflate_damage(); GPH_ERR_SYSTEM when the file
 *         cannot be read; GPH_ERR_MEMORY
 */
gph_status_t gph_inflate_read(gph_inflate_t *stream, int64_t room, char *bytes, int64_t *got);

/** What is wrong with the stream, naming the byte of the compressed file; NULL so far. Local. */
const char *gph_inflate_damage(const gph_inflate_t *stream);

/** Compressed bytes used so far. Local. */
int64_t gph_inflate_consumed(const gph_inflate_t *stream);

/** Frees and nulls; NULL is fine. Local. */
void gph_inflate_close(gph_inflate_t **stream);

/** A work space that compresses one gzip member after the other. For one thread. */
typedef struct gph_deflate gph_deflate_t;

/** Makes a work space. Local. */
gph_status_t gph_deflate_open(gph_context_t *context, gph_deflate_t **work);

/** Most bytes that a member of `size` bytes takes. Local. */
int64_t gph_deflate_bound(gph_deflate_t *work, int64_t size);

/**
 * Compresses text[size] into one member that depends on the text alone (no name, no time). Local.
 * @param room    at least gph_deflate_bound()
 * @param member  [room]
 * @param written receives the bytes of the member
 */
gph_status_t gph_deflate_member(gph_deflate_t *work, const char *text, int64_t size, int64_t room,
                                char *member, int64_t *written);

/** Frees and nulls; NULL is fine. Local. */
void gph_deflate_close(gph_deflate_t **work);

#endif
