/* Inflating gzip files in bounded steps, and deflating pieces of text into members. */
#include "io/gzip.h"

#include "io/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <zlib.h>

/* Compressed bytes read at once. */
enum { INPUT_BYTES = 1 << 18 };

/* Most bytes given to zlib at once: its counters are 32 bits wide. */
#define ZLIB_MOST (INT64_C(1) << 30)

/* zlib's "window bits" for gzip headers and trailers, and the largest window. */
enum { GZIP_WINDOW = 15 + 16 };

/* zlib's largest memory level but one, its default. */
enum { MEMORY_LEVEL = 8 };

struct gph_inflate {
    gph_context_t *context;
    const char *path;
    int descriptor;
    int64_t size;         /**< compressed bytes */
    int64_t fetched;      /**< compressed bytes read from the file */
    bool open;            /**< zlib holds memory */
    bool between;         /**< at the end of a member */
    unsigned char *input; /**< [INPUT_BYTES] */
    char damage[160];     /**< "" while the stream is sound */
    z_stream z;
};

static voidpf allocate(voidpf env, uInt count, uInt size)
{
    void *block = NULL;
    return gph_alloc((gph_env_t *)env, count, size, &block) == GPH_OK ? block : Z_NULL;
}

static void release(voidpf env, voidpf block)
{
    (void)env;
    gph_free(block);
}

/* zlib ran out of memory: allocate() has left the message unless the system itself refused. */
static gph_status_t fail_memory(gph_context_t *context)
{
    return gph_fail(context->env, GPH_ERR_MEMORY, "zlib found no memory");
}

gph_status_t gph_inflate_open(gph_context_t *context, const char *path, int descriptor,
                              int64_t size, gph_inflate_t **stream)
{
    gph_status_t status = GPH_OK;
    gph_inflate_t *made = NULL;

    GPH_TRY(gph_calloc(context->env, 1, sizeof *made, &made));
    made->context = context;
    made->path = path;
    made->descriptor = descriptor;
    made->size = size;
    made->z.zalloc = allocate;
    made->z.zfree = release;
    made->z.opaque = context->env;
    GPH_TRY(gph_alloc(context->env, INPUT_BYTES, 1, &made->input));
    if (inflateInit2(&made->z, GZIP_WINDOW) != Z_OK)
        GPH_TRY(fail_memory(context));
    made->open = true;
    *stream = made;
    made = NULL;

cleanup:
    gph_inflate_close(&made);
    return status;
}

void gph_inflate_close(gph_inflate_t **stream)
{
    if (*stream == NULL)
        return;
    if ((*stream)->open)
        inflateEnd(&(*stream)->z);
    gph_free((*stream)->input);
    gph_free(*stream);
    *stream = NULL;
}

int64_t gph_inflate_consumed(const gph_inflate_t *stream)
{
    return stream->fetched - stream->z.avail_in;
}

const char *gph_inflate_damage(const gph_inflate_t *stream)
{
    return stream->damage[0] != '\0' ? stream->damage : NULL;
}

static gph_status_t fetch(gph_inflate_t *stream)
{
    int64_t got = 0;
    const gph_status_t status = gph_file_read(stream->context, stream->descriptor, stream->path,
                                              stream->fetched, INPUT_BYTES, stream->input, &got);
    stream->fetched += got;
    stream->z.next_in = stream->input;
    stream->z.avail_in = (uInt)got;
    return status;
}

static void damage(gph_inflate_t *stream, const char *what)
{
    snprintf(stream->damage, sizeof stream->damage,
             "the gzip data %s at byte %" PRId64 " of %" PRId64
             "; fetch or compress the file again",
             what, gph_inflate_consumed(stream), stream->size);
}

/* One call of inflate(), with input at hand. */
static gph_status_t step(gph_inflate_t *stream)
{
    if (stream->between) {
        // A further member follows: files may be several members one after the other.
        if (inflateReset(&stream->z) != Z_OK)
            return gph_fail(stream->context->env, GPH_ERR_INTERNAL, "zlib: reset failed");
        stream->between = false;
    }
    const int result = inflate(&stream->z, Z_NO_FLUSH);
    if (result == Z_STREAM_END)
        stream->between = true;
    else if (result == Z_MEM_ERROR)
        return fail_memory(stream->context);
    else if (result != Z_OK && result != Z_BUF_ERROR)
        damage(stream, "is damaged");
    return GPH_OK;
}

gph_status_t gph_inflate_read(gph_inflate_t *stream, int64_t room, char *bytes, int64_t *got)
{
    gph_status_t status = GPH_OK;
    int64_t done = 0;

    while (done < room && stream->damage[0] == '\0') {
        if (stream->z.avail_in == 0) {
            GPH_TRY(fetch(stream));
            if (stream->z.avail_in == 0) {
                if (!stream->between)
                    damage(stream, "ends too early");
                break;
            }
        }
        const uInt part = (uInt)(room - done < ZLIB_MOST ? room - done : ZLIB_MOST);
        stream->z.next_out = (unsigned char *)bytes + done;
        stream->z.avail_out = part;
        GPH_TRY(step(stream));
        done += part - stream->z.avail_out;
    }
    *got = done;

cleanup:
    return status;
}

struct gph_deflate {
    gph_context_t *context;
    bool open;
    z_stream z;
};

gph_status_t gph_deflate_open(gph_context_t *context, gph_deflate_t **work)
{
    gph_status_t status = GPH_OK;
    gph_deflate_t *made = NULL;

    GPH_TRY(gph_calloc(context->env, 1, sizeof *made, &made));
    made->context = context;
    made->z.zalloc = allocate;
    made->z.zfree = release;
    made->z.opaque = context->env;
    if (deflateInit2(&made->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        GPH_TRY(fail_memory(context));
    made->open = true;
    *work = made;
    made = NULL;

cleanup:
    gph_deflate_close(&made);
    return status;
}

void gph_deflate_close(gph_deflate_t **work)
{
    if (*work == NULL)
        return;
    if ((*work)->open)
        deflateEnd(&(*work)->z);
    gph_free(*work);
    *work = NULL;
}

int64_t gph_deflate_bound(gph_deflate_t *work, int64_t size)
{
    return (int64_t)deflateBound(&work->z, (uLong)size);
}

gph_status_t gph_deflate_member(gph_deflate_t *work, const char *text, int64_t size, int64_t room,
                                char *member, int64_t *written)
{
    if (deflateReset(&work->z) != Z_OK)
        return gph_fail(work->context->env, GPH_ERR_INTERNAL, "zlib: reset failed");
    // zlib does not write to its input, but its field has no const.
    work->z.next_in = (unsigned char *)(uintptr_t)text;
    work->z.avail_in = (uInt)size;
    work->z.next_out = (unsigned char *)member;
    work->z.avail_out = (uInt)room;
    if (deflate(&work->z, Z_FINISH) != Z_STREAM_END)
        return gph_fail(work->context->env, GPH_ERR_INTERNAL,
                        "zlib: %" PRId64 " bytes did not fit into %" PRId64, size, room);
    *written = room - work->z.avail_out;
    return GPH_OK;
}
