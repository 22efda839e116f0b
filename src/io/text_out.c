/* Putting characters through a window into a bounded buffer. */
#include "io/text_out.h"

#include "io/scan.h"

#include <assert.h>
#include <string.h>

gph_status_t gph_put_flush(gph_text_out_t *out)
{
    if (out->file != NULL && out->used > 0 && out->status == GPH_OK)
        out->status = gph_outfile_write(out->file, out->begin, out->buffer, out->used);
    if (out->file != NULL) {
        // The window moves on with what is written.
        out->begin += out->used;
        out->used = 0;
    }
    return out->status;
}

/* Keeps size characters that are wanted and follow those in the buffer. */
static void keep(gph_text_out_t *out, const char *text, int64_t size)
{
    while (size > 0) {
        if (out->used == out->room)
            gph_put_flush(out);
        const int64_t room = out->room - out->used;
        const int64_t part = size < room ? size : room;
        assert(part > 0);
        memcpy(out->buffer + out->used, text, (size_t)part);
        out->used += part;
        text += part;
        size -= part;
    }
}

void gph_put(gph_text_out_t *out, const char *text, int64_t size)
{
    const int64_t position = out->position;
    int64_t from = 0;
    int64_t to = size;

    out->position += size;
    if (position >= out->end || out->position <= out->begin)
        return;
    if (position < out->begin)
        from = out->begin - position;
    if (position + to > out->end)
        to = out->end - position;
    keep(out, text + from, to - from);
}

void gph_put_char(gph_text_out_t *out, char c)
{
    gph_put(out, &c, 1);
}

void gph_put_i64(gph_text_out_t *out, int64_t value)
{
    char text[20];
    int at = (int)sizeof text;

    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    gph_put(out, text + at, (int64_t)sizeof text - at);
}

void gph_put_f64(gph_text_out_t *out, double value)
{
    char text[32];
    const int length = gph_number_format(value, out->numbers, text);
    gph_put(out, text, length);
}
