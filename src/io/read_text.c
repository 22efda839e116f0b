/* The inputs that are text files, each rank its lines: `text:path=…` as a co-occurrence graph,
 * `textgraph:path=…` as a GraphemeGraph, `math:path=…` as a MathGraph. */
#include "graph/text.h"
#include "graph/text_graph.h"
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

/* Each makes the graph of this rank's lines. Collective. */
static gph_status_t make_words(gph_context_t *context, const gph_text_piece_t *piece,
                               const text_input_t *text, gph_edges_t *edges)
{
    return gph_text_edges(context, piece->path, piece->offset, piece->size, piece->bytes,
                          text->unit, text->window, edges);
}

static gph_status_t make_places(gph_context_t *context, const gph_text_piece_t *piece,
                                const text_input_t *text, gph_edges_t *edges)
{
    return gph_text_graph_edges(context, piece, text->unit, text->window, edges);
}

static gph_status_t make_expressions(gph_context_t *context, const gph_text_piece_t *piece,
                                     const text_input_t *text, gph_edges_t *edges)
{
    (void)text;
    return gph_math_graph_edges(context, piece, edges);
}

/* A generator that reads a text. */
typedef struct text_reader {
    const char *name;
    bool units;      /**< has the keys unit and window */
    int least;       /**< smallest window, and what it is without the key */
    bool keeps_mark; /**< a byte order mark is part of the text */
    gph_status_t (*make)(gph_context_t *context, const gph_text_piece_t *piece,
                         const text_input_t *text, gph_edges_t *edges);
} text_reader_t;

static const text_reader_t readers[] = {{"text", true, 2, false, make_words},
                                        {"textgraph", true, 1, true, make_places},
                                        {"math", false, 0, false, make_expressions}};

static const text_reader_t *find_reader(const char *name)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; ++i)
        if (strcmp(readers[i].name, name) == 0)
            return &readers[i];
    return NULL;
}

bool gph_text_input_knows(const gph_spec_t *spec)
{
    return find_reader(spec->name) != NULL;
}

static gph_status_t parse_spec(gph_context_t *context, const text_reader_t *reader,
                               gph_spec_t *spec, text_input_t *text)
{
    gph_status_t status = GPH_OK;
    const char *unit = NULL;
    int64_t window = 0;

    GPH_TRY(gph_spec_get_text(context->env, spec, "path", NULL, &text->path));
    if (!reader->units)
        return gph_spec_finish(context->env, spec, "path");
    GPH_TRY(gph_spec_get_text(context->env, spec, "unit", "grapheme", &unit));
    GPH_TRY(gph_spec_get_i64(context->env, spec, "window", reader->least, WINDOW_MOST,
                             reader->least, &window));
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
    gph_text_piece_t piece = {0};
    const text_reader_t *reader = find_reader(spec->name);

    GPH_TRY_ALL(context, parse_spec(context, reader, spec, &text));
    GPH_TRY(gph_file_open_all(context, text.path, &text.descriptor, &text.size));
    GPH_TRY_ALL(context, read_share(context, &text));
    const bool marked =
        text.offset == 0 && text.count >= 3 && memcmp(text.bytes, BYTE_ORDER_MARK, 3) == 0;
    const int64_t skip = marked && !reader->keeps_mark ? 3 : 0;
    piece = (gph_text_piece_t){.path = text.path,
                               .offset = text.offset + skip,
                               .size = text.count - skip,
                               .bytes = text.bytes + skip};
    GPH_TRY(reader->make(context, &piece, &text, edges));

cleanup:
    gph_free(text.bytes);
    gph_file_close(text.descriptor);
    return status;
}
