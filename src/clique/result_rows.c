/* Reading lists of cliques back: HDF5 and binary rows by number, text by byte range. */
#include "clique/result_rows.h"

#include "graph/names.h"
#include "io/file.h"
#include "io/hdf5_rows.h"
#include "par/comm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a text file that are read at a time; no line may be longer. */
enum { PIECE = 1 << 20 };

struct gph_result_rows {
    gph_context_t *context;
    const char *path;
    int k;
    int64_t next; /* number of the next row */
    int descriptor;
    hid_t file;
    hid_t dataset;
    /* Text. */
    bool text;
    gph_names_t names; /* of a named graph, all of them, ascending by bytes */
    int64_t at;        /* byte of the file that follows the buffer */
    int64_t end;       /* end of the file */
    char *buffer;      /* [PIECE + 1] */
    int64_t used;      /* bytes in the buffer */
    int64_t cursor;    /* next byte of the buffer */
};

/* --- HDF5 ----------------------------------------------------------------------------------- */

static gph_status_t open_hdf5(gph_context_t *context, const char *path, hid_t *file)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    *file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (*file < 0)
        return gph_fail(context->env, GPH_ERR_INPUT,
                        "%s: not an HDF5 file, or a truncated one; make the list again", path);
    return GPH_OK;
}

static gph_status_t read_head(gph_context_t *context, const char *path, gph_result_head_t *head)
{
    gph_status_t status = GPH_OK;
    hid_t file = H5I_INVALID_HID;
    char text[64] = "";

    GPH_TRY(open_hdf5(context, path, &file));
    if (!gph_h5_read_text(file, "format", sizeof text, text) ||
        strcmp(text, "grapheme-cliques") != 0)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT, "%s: an HDF5 file, but not a list of cliques",
                         path));
    if (gph_h5_read_text(file, "k", sizeof text, text))
        head->k = atoi(text);
    if (gph_h5_read_text(file, "count", sizeof text, text))
        head->count = strtoll(text, NULL, 10);
    gph_h5_read_text(file, "order", sizeof head->order, head->order);
    gph_h5_read_text(file, "input", sizeof head->input, head->input);
    gph_h5_read_text(file, "digest", sizeof head->digest, head->digest);

cleanup:
    if (file >= 0)
        H5Fclose(file);
    return status;
}

gph_status_t gph_result_head(gph_context_t *context, const char *path, gph_result_head_t *head)
{
    gph_result_head_t made = {.k = -1, .count = -1};
    int descriptor = -1;
    int64_t size = 0;
    gph_status_t status = gph_file_open_all(context, path, &descriptor, &size);
    if (status != GPH_OK)
        return status;
    gph_file_close(descriptor);
    if (gph_path_ends(path, ".h5"))
        status = gph_comm_agree(context, read_head(context, path, &made));
    if (status == GPH_OK)
        *head = made;
    return status;
}

static gph_status_t open_dataset(gph_result_rows_t *rows, int64_t *total)
{
    gph_status_t status = GPH_OK;
    hsize_t size[2] = {0, 0};
    hid_t space = H5I_INVALID_HID;

    GPH_TRY(open_hdf5(rows->context, rows->path, &rows->file));
    rows->dataset = H5Dopen2(rows->file, "cliques", H5P_DEFAULT);
    space = rows->dataset >= 0 ? H5Dget_space(rows->dataset) : H5I_INVALID_HID;
    if (space < 0 || H5Sget_simple_extent_ndims(space) != 2 ||
        H5Sget_simple_extent_dims(space, size, NULL) != 2 || size[1] != (hsize_t)rows->k)
        GPH_TRY(gph_fail(rows->context->env, GPH_ERR_INPUT,
                         "%s: has no dataset 'cliques' with %d columns", rows->path, rows->k));
    *total = (int64_t)size[0];

cleanup:
    if (space >= 0)
        H5Sclose(space);
    return status;
}

static gph_status_t read_dataset(gph_result_rows_t *rows, int64_t want, int64_t *members)
{
    gph_status_t status = GPH_OK;
    const hsize_t start[2] = {(hsize_t)rows->next, 0};
    const hsize_t count[2] = {(hsize_t)want, (hsize_t)rows->k};
    const hid_t space = H5Dget_space(rows->dataset);
    const hid_t memory = H5Screate_simple(2, count, NULL);

    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
        H5Dread(rows->dataset, H5T_NATIVE_INT64, memory, space, H5P_DEFAULT, members) < 0)
        status = gph_fail(rows->context->env, GPH_ERR_INPUT,
                          "%s: rows from %" PRId64 " on are damaged", rows->path, rows->next);
    H5Sclose(memory);
    H5Sclose(space);
    return status;
}

/* --- binary --------------------------------------------------------------------------------- */

static gph_status_t count_binary(gph_result_rows_t *rows, int64_t *total)
{
    const int64_t width = 8 * (int64_t)rows->k;
    if (rows->end % width != 0)
        return gph_fail(rows->context->env, GPH_ERR_INPUT,
                        "%s: %" PRId64 " bytes are no whole number of rows of %d ids", rows->path,
                        rows->end, rows->k);
    *total = rows->end / width;
    return GPH_OK;
}

static gph_status_t read_binary(gph_result_rows_t *rows, int64_t want, int64_t *members)
{
    const int64_t width = 8 * (int64_t)rows->k;
    int64_t got = 0;
    const gph_status_t status = gph_file_read(rows->context, rows->descriptor, rows->path,
                                              rows->next * width, want * width, members, &got);
    if (status == GPH_OK && got != want * width)
        return gph_fail(rows->context->env, GPH_ERR_INPUT, "%s: was cut while it was read",
                        rows->path);
    return status;
}

/* --- text ----------------------------------------------------------------------------------- */

/* Moves what is left to the front of the buffer and fills it up. */
static gph_status_t refill(gph_result_rows_t *rows)
{
    int64_t got = 0;
    const int64_t left = rows->used - rows->cursor;
    const int64_t room = PIECE - left;
    memmove(rows->buffer, rows->buffer + rows->cursor, (size_t)left);
    rows->cursor = 0;
    rows->used = left;
    const gph_status_t status = gph_file_read(rows->context, rows->descriptor, rows->path, rows->at,
                                              room, rows->buffer + left, &got);
    if (status != GPH_OK)
        return status;
    rows->at += got;
    rows->used += got;
    return GPH_OK;
}

/* The next line, without its newline. */
static gph_status_t next_line(gph_result_rows_t *rows, const char **line, const char **end)
{
    char *newline = memchr(rows->buffer + rows->cursor, '\n', (size_t)(rows->used - rows->cursor));
    if (newline == NULL && rows->at < rows->end) {
        const gph_status_t status = refill(rows);
        if (status != GPH_OK)
            return status;
        newline = memchr(rows->buffer + rows->cursor, '\n', (size_t)(rows->used - rows->cursor));
    }
    if (newline == NULL)
        return gph_fail(rows->context->env, GPH_ERR_INPUT, "%s:%" PRId64 ": the line does not end",
                        rows->path, rows->next + 1);
    *newline = '\0';
    *line = rows->buffer + rows->cursor;
    *end = newline;
    rows->cursor = newline - rows->buffer + 1;
    return GPH_OK;
}

/* Number of a name by binary search; -1 when there is none. `name` is still escaped. */
static int64_t find_name(const gph_names_t *names, const char *name, int64_t length)
{
    char plain[4096];
    int64_t size = 0;
    int64_t low = 0;
    int64_t high = names->count;
    plain[0] = '\0'; /* an empty name is compared with nothing of it */
    for (int64_t i = 0; i < length && size < (int64_t)sizeof plain; ++i) {
        char c = name[i];
        if (c == '\\' && i + 1 < length) {
            c = name[++i];
            c = (char)(c == 't' ? '\t' : c == 'n' ? '\n' : c);
        }
        plain[size++] = c;
    }
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        const int64_t other = names->offset[middle + 1] - names->offset[middle];
        const int64_t shared = other < size ? other : size;
        int order = memcmp(names->bytes + names->offset[middle], plain, (size_t)shared);
        if (order == 0)
            order = other < size ? -1 : other > size;
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static gph_status_t parse_line(const gph_result_rows_t *rows, const char *line, const char *end,
                               int64_t *members)
{
    const char between = rows->names.offset == NULL ? ' ' : '\t';
    int held = 0;
    while (held < rows->k && line <= end) {
        const char *stop = memchr(line, between, (size_t)(end - line));
        char *parsed = NULL;
        stop = stop == NULL ? end : stop;
        if (rows->names.offset != NULL) {
            members[held++] = find_name(&rows->names, line, stop - line);
        } else {
            errno = 0;
            members[held] = strtoll(line, &parsed, 10);
            if (parsed != stop || parsed == line || errno != 0)
                break;
            ++held;
        }
        line = stop + 1;
    }
    if (held != rows->k || line <= end)
        return gph_fail(rows->context->env, GPH_ERR_INPUT,
                        "%s:%" PRId64 ": expected %d members, one %s between them", rows->path,
                        rows->next + 1, rows->k, between == ' ' ? "space" : "tab");
    return GPH_OK;
}

static gph_status_t read_text(gph_result_rows_t *rows, int64_t want, int64_t *members)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;
    const char *end = NULL;
    for (int64_t i = 0; i < want; ++i) {
        GPH_TRY(next_line(rows, &line, &end));
        GPH_TRY(parse_line(rows, line, end, members + i * rows->k));
        rows->next += 1;
    }
    rows->next -= want; /* the caller counts */

cleanup:
    return status;
}

/* Newlines in bytes [from, to) of the file; *first receives the place after the first of them. */
static gph_status_t count_lines(gph_result_rows_t *rows, int64_t from, int64_t to, int64_t *lines,
                                int64_t *first)
{
    gph_status_t status = GPH_OK;
    *lines = 0;
    *first = to;
    for (int64_t at = from; at < to;) {
        int64_t got = 0;
        const int64_t want = to - at < PIECE ? to - at : PIECE;
        GPH_TRY(gph_file_read(rows->context, rows->descriptor, rows->path, at, want, rows->buffer,
                              &got));
        for (int64_t i = 0; i < got; ++i) {
            if (rows->buffer[i] != '\n')
                continue;
            if (*lines == 0)
                *first = at + i + 1;
            *lines += 1;
        }
        at += got > 0 ? got : want;
    }

cleanup:
    return status;
}

/* Each rank takes the lines that begin in its even part of the bytes. */
static gph_status_t open_text(gph_result_rows_t *rows, const gph_graph_t *graph, int64_t *total,
                              int64_t *first, int64_t *count)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = rows->context;
    const int64_t from = gph_block_start(rows->end, context->ranks, context->rank);
    const int64_t to = gph_block_start(rows->end, context->ranks, context->rank + 1);
    int64_t lines = 0;
    int64_t place = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, PIECE + 1, 1, &rows->buffer));
    if (graph->names.offset != NULL)
        GPH_TRY(gph_names_gather(context, &graph->names, &rows->names));
    /* A line begins behind each newline but the last of the file, and at byte 0: so a rank's lines
     * are those behind the newlines of [from - 1, to - 1). */
    GPH_TRY_ALL(context,
                count_lines(rows, from > 0 ? from - 1 : 0, to > 0 ? to - 1 : 0, &lines, &place));
    *count = lines + (from == 0 && to > 0);
    rows->at = from == 0 ? 0 : place;
    GPH_TRY(gph_comm_scan_i64(context, 1, count, first, total));

cleanup:
    return status;
}

/* --- all kinds ------------------------------------------------------------------------------ */

gph_status_t gph_result_rows_open(const gph_graph_t *graph, const char *path, int k,
                                  gph_result_rows_t **rows, int64_t *total, int64_t *first,
                                  int64_t *count)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_result_rows_t *made = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    *made = (gph_result_rows_t){.context = context,
                                .path = path,
                                .k = k,
                                .descriptor = -1,
                                .file = H5I_INVALID_HID,
                                .dataset = H5I_INVALID_HID,
                                .text = gph_path_ends(path, ".txt")};
    GPH_TRY(gph_file_open_all(context, path, &made->descriptor, &made->end));
    if (made->text) {
        GPH_TRY(open_text(made, graph, total, first, count));
    } else {
        GPH_TRY_ALL(context, gph_path_ends(path, ".h5") ? open_dataset(made, total)
                                                        : count_binary(made, total));
        *first = gph_block_start(*total, context->ranks, context->rank);
        *count = gph_block_start(*total, context->ranks, context->rank + 1) - *first;
    }
    made->next = *first;
    *rows = made;
    made = NULL;

cleanup:
    gph_result_rows_close(&made);
    return status;
}

gph_status_t gph_result_rows_read(gph_result_rows_t *rows, int64_t want, int64_t *members)
{
    gph_status_t status = GPH_OK;
    if (want == 0)
        return GPH_OK;
    if (rows->text)
        status = read_text(rows, want, members);
    else if (rows->dataset >= 0)
        status = read_dataset(rows, want, members);
    else
        status = read_binary(rows, want, members);
    if (status == GPH_OK)
        rows->next += want;
    return status;
}

void gph_result_rows_close(gph_result_rows_t **rows)
{
    if (rows == NULL || *rows == NULL)
        return;
    gph_result_rows_t *old = *rows;
    gph_file_close(old->descriptor);
    if (old->dataset >= 0)
        H5Dclose(old->dataset);
    if (old->file >= 0)
        H5Fclose(old->file);
    gph_names_free(&old->names);
    gph_free(old->buffer);
    gph_free(old);
    *rows = NULL;
}
