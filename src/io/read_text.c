/* The input `text:path=…`: a text file, each rank its lines, as a co-occurrence graph. */
#include "graph/text.h"
#include "io/file.h"
#include "io/gzip.h"
#include "io/readers.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <inttypes.h>
#include <string.h>

/* Widest window: farther apart, hardly any two units would not be joined. */
enum { WINDOW_MOST = 10000 };

/* Bytes searched at once for the end of a line. */
enum { SEARCH_BYTES = 1 << 14 };

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* What the specification asks for. */
typedef struct text_input {
    const char *path; /**< points into the specification */
    gph_text_unit_t unit;
    int window;
    int descriptor;
    int64_t size;   /**< bytes of the file */
    int64_t offset; /**< where this rank's lines begin */
    int64_t count;  /**< their bytes */
    char *bytes;    /**< [count] */
} text_input_t;

static gph_status_t parse_spec(gph_context_t *context, gph_spec_t *spec, text_input_t *text)
{
    gph_status_t status = GPH_OK;
    const char *unit = NULL;
    int64_t window = 0;

    GPH_TRY(gph_spec_get_text(context->env, spec, "path", NULL, &text->path));
    GPH_TRY(gph_spec_get_text(context->env, spec, "unit", "grapheme", &unit));
    GPH_TRY(gph_spec_get_i64(context->env, spec, "window", 2, WINDOW_MOST, 2, &window));
    GPH_TRY(gph_spec_finish(context->env, spec, "path, unit, window"));
    text->window = (int)window;
    if (strcmp(unit, "grapheme") == 0)
        text->unit = GPH_TEXT_GRAPHEME;
    else if (strcmp(unit, "word") == 0)
        text->unit = GPH_TEXT_WORD;
    else
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE, "%s: unit '%s' is neither grapheme nor word",
                         spec->text, unit));

cleanup:
    return status;
}

/* First line start at or after offset. */
static gph_status_t find_line_start(gph_context_t *context, const text_input_t *text,
                                    int64_t offset, int64_t *start)
{
    gph_status_t status = GPH_OK;
    char bytes[SEARCH_BYTES];
    const char *newline = NULL;
    int64_t at = offset - 1; // a newline there makes offset itself a line start

    if (offset == 0) {
        *start = 0;
        return GPH_OK;
    }
    while (newline == NULL && at < text->size) {
        int64_t got = 0;
        GPH_TRY(
            gph_file_read(context, text->descriptor, text->path, at, sizeof bytes, bytes, &got));
        newline = memchr(bytes, '\n', (size_t)got);
        at = newline != NULL ? at + (newline + 1 - bytes) : got == 0 ? text->size : at + got;
    }
    *start = at < text->size ? at : text->size;

cleanup:
    return status;
}

/* Reads the lines that begin in this rank's even share of the bytes. */
static gph_status_t read_share(gph_context_t *context, text_input_t *text)
{
    gph_status_t status = GPH_OK;
    const int64_t begin = gph_block_start(text->size, context->ranks, context->rank);
    const int64_t end = gph_block_start(text->size, context->ranks, context->rank + 1);
    int64_t stop = 0;
    int64_t got = 0;

    GPH_TRY(find_line_start(context, text, begin, &text->offset));
    GPH_TRY(find_line_start(context, text, end, &stop));
    text->count = stop - text->offset;
    GPH_TRY(gph_alloc(context->env, text->count, 1, &text->bytes));
    GPH_TRY(gph_file_read(context, text->descriptor, text->path, text->offset, text->count,
                          text->bytes, &got));
    if (got < text->count)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT, "%s: became shorter while it was read",
                         gph_path_shown(text->path)));
    if (text->offset == 0 && got >= 2 && memcmp(text->bytes, GPH_GZIP_MAGIC, 2) == 0)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "%s: is compressed; unpack it with gunzip first",
                         gph_path_shown(text->path)));

cleanup:
    return status;
}

gph_status_t gph_read_text(gph_context_t *context, gph_spec_t *spec, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    text_input_t text = {.descriptor = -1};

    GPH_TRY_ALL(context, parse_spec(context, spec, &text));
    GPH_TRY(gph_file_open_all(context, text.path, &text.descriptor, &text.size));
    GPH_TRY_ALL(context, read_share(context, &text));
    const int64_t mark =
        text.offset == 0 && text.count >= 3 && memcmp(text.bytes, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;
    GPH_TRY(gph_text_edges(context, text.path, text.offset + mark, text.count - mark,
                           text.bytes + mark, text.unit, text.window, edges));

cleanup:
    gph_free(text.bytes);
    gph_file_close(text.descriptor);
    return status;
}
