/* Whole lines of a text file in bounded memory: the head for everyone, the body shared out. */
#include "io/lines.h"

#include "io/file.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Bytes of a gzip piece. Fixed, so that turns do not depend on threads. */
#define GZIP_ROOM (INT64_C(4) << 20)

/* Bytes of a plain piece a thread, and the most for all threads. */
#define PLAIN_ROOM_THREAD (INT64_C(1) << 20)
#define PLAIN_ROOM_MOST   (INT64_C(16) << 20)

/* Bytes read where little is likely to be needed: a head, or the end of a line that a range cuts.
 */
#define SMALL_READ (INT64_C(64) << 10)

/* UTF-8 byte order mark. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static gph_status_t detect_gzip(gph_lines_t *lines, bool by_name, bool *gzip)
{
    gph_status_t status = GPH_OK;
    unsigned char first[2] = {0, 0};
    int64_t got = 0;

    GPH_TRY(gph_file_read(lines->context, lines->descriptor, lines->path, 0, sizeof first, first,
                          &got));
    *gzip = got == 2 && memcmp(first, GPH_GZIP_MAGIC, 2) == 0;
    if (by_name && !*gzip)
        GPH_TRY(gph_fail(lines->context->env, GPH_ERR_INPUT,
                         "%s: does not begin like a gzip file; rename it if it is plain text",
                         gph_path_shown(lines->path)));

cleanup:
    return status;
}

static gph_status_t set_up(gph_lines_t *lines, bool by_name)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = lines->context;
    bool gzip = false;

    GPH_TRY(detect_gzip(lines, by_name, &gzip));
    if (gzip) {
        lines->room = GZIP_ROOM;
        GPH_TRY(
            gph_inflate_open(context, lines->path, lines->descriptor, lines->size, &lines->gzip));
    } else {
        lines->room = PLAIN_ROOM_THREAD * context->threads;
        if (lines->room > PLAIN_ROOM_MOST)
            lines->room = PLAIN_ROOM_MOST;
        if (lines->room > lines->size)
            lines->room = lines->size + 1;
    }
    GPH_TRY(gph_alloc(context->env, lines->room + 1, 1, &lines->buffer));

cleanup:
    return status;
}

gph_status_t gph_lines_open(gph_context_t *context, const char *path, bool gzip, gph_lines_t *lines)
{
    gph_status_t status = GPH_OK;
    gph_lines_t made = {.context = context, .path = path, .descriptor = -1, .most = GPH_LINE_MOST};

    GPH_TRY(gph_file_open_all(context, path, &made.descriptor, &made.size));
    GPH_TRY_ALL(context, set_up(&made, gzip));
    *lines = made;
    made = (gph_lines_t){.descriptor = -1};

cleanup:
    gph_lines_close(&made);
    return status;
}

void gph_lines_close(gph_lines_t *lines)
{
    if (lines->context != NULL) {
        gph_progress_end(&lines->progress);
        gph_inflate_close(&lines->gzip);
        gph_free(lines->buffer);
        gph_file_close(lines->descriptor);
    }
    *lines = (gph_lines_t){.descriptor = -1};
}

void gph_long_line_text(int64_t most, char *text, size_t room)
{
    snprintf(text, room, "the line is longer than %" PRId64 " bytes; is this a text file?", most);
}

static void note_long_line(gph_lines_t *lines)
{
    gph_long_line_text(lines->most, lines->fault, sizeof lines->fault);
    lines->fault_in_line = true;
}

/* Reads up to `want` bytes behind those in the buffer; the text's last line gets its newline. */
static gph_status_t fill(gph_lines_t *lines, int64_t want)
{
    gph_status_t status = GPH_OK;
    int64_t got = 0;

    memmove(lines->buffer, lines->buffer + lines->taken, (size_t)(lines->used - lines->taken));
    lines->base += lines->taken;
    lines->used -= lines->taken;
    lines->taken = 0;
    if (want > lines->room - lines->used)
        want = lines->room - lines->used;
    if (lines->gzip != NULL)
        GPH_TRY(gph_inflate_read(lines->gzip, want, lines->buffer + lines->used, &got));
    else
        GPH_TRY(gph_file_read(lines->context, lines->descriptor, lines->path,
                              lines->base + lines->used, want, lines->buffer + lines->used, &got));
    lines->used += got;
    lines->ended = got < want;
    if (lines->ended && lines->gzip == NULL && lines->base + lines->used < lines->size)
        GPH_TRY(gph_fail(lines->context->env, GPH_ERR_INPUT, "%s: became shorter while it was read",
                         gph_path_shown(lines->path)));
    if (lines->gzip != NULL && gph_inflate_damage(lines->gzip) != NULL)
        snprintf(lines->fault, sizeof lines->fault, "%s", gph_inflate_damage(lines->gzip));
    if (lines->ended && lines->used > 0 && lines->buffer[lines->used - 1] != '\n')
        lines->buffer[lines->used++] = '\n';

cleanup:
    return status;
}

/* Makes room for a line that fills the buffer, up to the longest line accepted. */
static gph_status_t widen(gph_lines_t *lines)
{
    gph_status_t status = GPH_OK;

    if (lines->used - lines->taken < lines->room)
        return GPH_OK;
    if (lines->room >= lines->most) {
        note_long_line(lines);
        return GPH_OK;
    }
    GPH_TRY(gph_realloc(lines->context->env, 2 * lines->room + 1, 1, &lines->buffer));
    lines->room *= 2;

cleanup:
    return status;
}

static gph_status_t fail_in_head(gph_lines_t *lines)
{
    if (lines->fault_in_line)
        return gph_fail(lines->context->env, GPH_ERR_INPUT, "%s:%" PRId64 ": %s",
                        gph_path_shown(lines->path), lines->head + 1, lines->fault);
    return gph_fail(lines->context->env, GPH_ERR_INPUT, "%s: %s", gph_path_shown(lines->path),
                    lines->fault);
}

gph_status_t gph_lines_head(gph_lines_t *lines, const char **line)
{
    gph_status_t status = GPH_OK;
    const char *newline = NULL;

    for (;;) {
        const char *unread = lines->buffer + lines->taken;
        if (lines->used > lines->taken)
            newline = memchr(unread, '\n', (size_t)(lines->used - lines->taken));
        if (newline != NULL && newline - unread >= lines->most)
            note_long_line(lines);
        if (newline != NULL || lines->ended || lines->fault[0] != '\0')
            break;
        GPH_TRY(widen(lines));
        if (lines->fault[0] == '\0')
            GPH_TRY(fill(lines, SMALL_READ));
        if (lines->base == 0 && lines->taken == 0 && lines->used >= 3 &&
            memcmp(lines->buffer, BYTE_ORDER_MARK, 3) == 0)
            lines->taken = 3;
    }
    if (lines->fault[0] != '\0')
        GPH_TRY(fail_in_head(lines));
    *line = newline == NULL ? NULL : lines->buffer + lines->taken;
    if (newline != NULL) {
        lines->last = lines->taken;
        lines->taken = newline + 1 - lines->buffer;
        ++lines->head;
    }

cleanup:
    return status;
}

void gph_lines_give_back(gph_lines_t *lines)
{
    lines->taken = lines->last;
    --lines->head;
}

void gph_lines_split(gph_lines_t *lines, int64_t most)
{
    const gph_context_t *context = lines->context;

    lines->most = most;
    lines->pieces = 0;
    lines->mine = 0;
    if (lines->gzip != NULL) {
        lines->progress = gph_progress_begin(lines->context, "read", "B", lines->size);
        return;
    }
    // A newline that fill() added lies behind the end of the file.
    const int64_t body = lines->base + lines->taken;
    lines->body = body < lines->size ? body : lines->size;
    const int64_t size = lines->size - lines->body;
    lines->begin = lines->body + gph_block_start(size, context->ranks, context->rank);
    lines->end = lines->body + gph_block_start(size, context->ranks, context->rank + 1);
    gph_lines_rewind(lines);
}

void gph_lines_rewind(gph_lines_t *lines)
{
    const bool inside = lines->begin > lines->body && lines->begin < lines->end;

    // The byte before the range tells whether a line begins with the range.
    lines->base = inside ? lines->begin - 1 : lines->begin;
    lines->aligned = !inside;
    lines->used = 0;
    lines->taken = 0;
    lines->ended = false;
    lines->fault[0] = '\0';
    lines->fault_in_line = false;
    lines->pieces = 0;
    lines->mine = 0;
    gph_progress_end(&lines->progress);
    lines->progress = gph_progress_begin(lines->context, "read", "B", lines->end - lines->begin);
}

/* Plain: steps over the end of a line that belongs to a lower rank. */
static gph_status_t align(gph_lines_t *lines)
{
    gph_status_t status = GPH_OK;

    while (!lines->aligned && lines->base + lines->taken < lines->end) {
        const char *newline = NULL;
        if (lines->used > lines->taken)
            newline =
                memchr(lines->buffer + lines->taken, '\n', (size_t)(lines->used - lines->taken));
        lines->aligned = newline != NULL;
        lines->taken = newline != NULL ? newline + 1 - lines->buffer : lines->used;
        if (newline == NULL)
            GPH_TRY(fill(lines, SMALL_READ));
    }

cleanup:
    return status;
}

/* Index in the buffer behind the last line to hand out; lines->taken when no line is whole. */
static int64_t find_cut(const gph_lines_t *lines)
{
    int64_t cut = lines->used;

    if (lines->gzip == NULL && lines->base + lines->used >= lines->end) {
        const int64_t last = lines->end - 1 - lines->base;
        const int64_t from = last > lines->taken ? last : lines->taken;
        const char *newline = NULL;
        if (lines->used > from)
            newline = memchr(lines->buffer + from, '\n', (size_t)(lines->used - from));
        if (newline != NULL)
            return newline + 1 - lines->buffer;
        cut = from; // the last line of the range is not whole yet, those before it are
    }
    while (cut > lines->taken && lines->buffer[cut - 1] != '\n')
        --cut;
    return cut;
}

/* Bytes worth reading now: not far past the end of a plain range. */
static int64_t wanted(const gph_lines_t *lines)
{
    const int64_t left = lines->end - (lines->base + lines->used);
    if (lines->gzip != NULL)
        return lines->room;
    return (left > 0 ? left : 0) + SMALL_READ;
}

static void show_progress(gph_lines_t *lines)
{
    gph_progress_set(lines->progress, lines->gzip != NULL ? gph_inflate_consumed(lines->gzip)
                                                          : lines->base - lines->begin);
}

gph_status_t gph_lines_next(gph_lines_t *lines, gph_piece_t *piece)
{
    gph_status_t status = GPH_OK;
    int64_t cut = 0;

    *piece = (gph_piece_t){0};
    if (lines->gzip == NULL) {
        GPH_TRY(align(lines));
        if (lines->base + lines->taken >= lines->end)
            return GPH_OK;
    }
    do {
        if (!lines->ended) {
            GPH_TRY(widen(lines));
            if (lines->fault[0] == '\0')
                GPH_TRY(fill(lines, wanted(lines)));
        }
        cut = find_cut(lines);
    } while (cut == lines->taken && !lines->ended && lines->fault[0] == '\0');
    if (cut == lines->taken || lines->fault[0] != '\0')
        return GPH_OK;
    piece->text = lines->buffer + lines->taken;
    piece->size = cut - lines->taken;
    piece->mine =
        lines->gzip == NULL || lines->pieces % lines->context->ranks == lines->context->rank;
    lines->taken = cut;
    ++lines->pieces;
    lines->mine += piece->mine;
    show_progress(lines);

cleanup:
    return status;
}

double gph_lines_outlook(const gph_lines_t *lines)
{
    double outlook = 1;

    if (lines->gzip == NULL) {
        const int64_t done = lines->base + lines->taken - lines->begin;
        if (done > 0)
            outlook = (double)(lines->end - lines->begin) / (double)done;
    } else if (lines->mine > 0 && gph_inflate_consumed(lines->gzip) > 0) {
        const double pieces =
            (double)lines->pieces * (double)lines->size / (double)gph_inflate_consumed(lines->gzip);
        outlook = pieces / lines->context->ranks / (double)lines->mine;
    }
    return outlook > 1 ? outlook : 1;
}
