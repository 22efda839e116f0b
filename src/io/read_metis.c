/* METIS graph files: line i lists the neighbours of vertex i. */
#include "base/checked.h"
#include "io/file.h"
#include "io/parse.h"
#include "io/readers.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>

/* Characters of a neighbour with its weight, generously, for the longest line believed. */
enum { NEIGHBOUR_CHARS = 64 };

/* Vertex weights a line can have. */
enum { CONSTRAINTS_MOST = 4096 };

typedef struct metis_format {
    locale_t numbers;    /**< the "C" locale */
    int64_t header_line; /**< the line "n m …" */
    int64_t vertices;
    int64_t edges;      /**< promised, each listed from both ends */
    int64_t skip;       /**< numbers before the neighbours: vertex size and weights */
    bool weighted;      /**< a weight follows each neighbour */
    int64_t line_most;  /**< longest line believed, in bytes */
    char expected[160]; /**< what a line looks like, for messages */
} metis_format_t;

#define HEADER "expected the header \"vertices edges [format [constraints]]\""

/* Reads up to four integers of the header line. */
static gph_status_t take_header(const gph_lines_t *lines, const char *at, int64_t value[4],
                                int *count, const char *token[4])
{
    *count = 0;
    while (!gph_at_line_end(at)) {
        if (*count == 4)
            return gph_fail_line(lines, lines->head, "more than four numbers; %s", HEADER);
        const char *after = gph_scan_id(at, false, &value[*count]);
        if (after == NULL) {
            char reason[GPH_TOKEN_CHARS + 64];
            gph_explain_id(at, false, "number", reason, sizeof reason);
            return gph_fail_line(lines, lines->head, "%s; %s", reason, HEADER);
        }
        token[(*count)++] = at;
        at = gph_skip_blanks(after);
    }
    if (*count < 2)
        return gph_fail_line(lines, lines->head, "fewer than two numbers; %s", HEADER);
    return GPH_OK;
}

/* The digits of the format say, from the left: vertex sizes, vertex weights, edge weights. */
static gph_status_t read_format(const gph_lines_t *lines, int64_t code, int64_t constraints,
                                metis_format_t *format)
{
    const int64_t sizes = code / 100;
    const int64_t weights = code / 10 % 10;

    if (code > 111 || sizes > 1 || weights > 1 || code % 10 > 1)
        return gph_fail_line(lines, lines->head,
                             "the format %" PRId64 " is not three digits of 0 and 1; %s", code,
                             HEADER);
    if (constraints > CONSTRAINTS_MOST)
        return gph_fail_line(lines, lines->head,
                             "%" PRId64 " weights a vertex are more than %d; %s", constraints,
                             CONSTRAINTS_MOST, HEADER);
    format->skip = sizes + (weights ? constraints : 0);
    format->weighted = code % 10 == 1;
    return GPH_OK;
}

/* A line can't be longer than all neighbours there are; INT64_MAX when that is no limit. */
static int64_t longest_line(const metis_format_t *format)
{
    int64_t numbers = 0;
    int64_t bytes = 0;

    if (!gph_add_i64(2 * format->edges, format->skip, &numbers) ||
        !gph_mul_i64(numbers, NEIGHBOUR_CHARS, &bytes) ||
        !gph_add_i64(bytes, GPH_LINE_MOST, &bytes))
        return INT64_MAX;
    return bytes;
}

static gph_status_t read_header(const gph_lines_t *lines, const char *at, metis_format_t *format)
{
    gph_status_t status = GPH_OK;
    int64_t value[4] = {0, 0, 0, 1};
    const char *token[4] = {NULL};
    int count = 0;

    GPH_TRY(take_header(lines, at, value, &count, token));
    format->vertices = value[0];
    format->edges = value[1];
    format->header_line = lines->head;
    GPH_TRY(read_format(lines, value[2], value[3], format));
    if (format->edges > INT64_MAX / 2)
        GPH_TRY(gph_fail_line(lines, lines->head, "%" PRId64 " edges are over 2^62; %s",
                              format->edges, HEADER));
    format->line_most = longest_line(format);
    snprintf(format->expected, sizeof format->expected, "expected %s%s from 1 to %" PRId64 "%s",
             format->skip > 0 ? "the vertex's size or weights, then " : "", "its neighbours",
             format->vertices, format->weighted ? ", each followed by a weight" : "");

cleanup:
    return status;
}

static gph_status_t read_head(gph_lines_t *lines, metis_format_t *format)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    do {
        GPH_TRY(gph_lines_head(lines, &line));
        if (line == NULL)
            GPH_TRY(gph_fail(lines->context->env, GPH_ERR_INPUT,
                             "%s: the file ends before its header; %s", gph_path_shown(lines->path),
                             HEADER));
        line = gph_skip_blanks(line);
    } while (*line == '%' || gph_at_line_end(line));
    GPH_TRY(read_header(lines, line, format));

cleanup:
    return status;
}

/* Counts lines of vertices, and all numbers as a bound of their neighbours. */
static void survey_part(gph_part_t *part)
{
    for (const char *at = part->begin; at < part->end; ++at) {
        ++part->lines;
        at = gph_skip_blanks(at);
        if (*at == '%') {
            at = gph_next_line(at, part->end) - 1;
            continue;
        }
        ++part->items;
        while (*at != '\n') {
            ++part->bound;
            while (*at != ' ' && *at != '\t' && *at != '\n')
                ++at;
            at = gph_skip_blanks(at);
        }
    }
}

/* Skips vertex size and weights; NULL after noting what is wrong. */
static const char *skip_weights(const metis_format_t *format, gph_part_t *part, int64_t line,
                                const char *at)
{
    for (int64_t i = 0; i < format->skip; ++i) {
        double weight = 0;
        if (gph_at_line_end(at)) {
            gph_part_fail(part, line,
                          "the line has only %" PRId64 " of %" PRId64
                          " numbers before the neighbours; %s",
                          i, format->skip, format->expected);
            return NULL;
        }
        const char *after = gph_scan_number(at, false, format->numbers, &weight);
        if (after == NULL) {
            gph_part_fail_number(part, line, at, false, format->expected);
            return NULL;
        }
        at = gph_skip_blanks(after);
    }
    return at;
}

/* Takes one neighbour, with its weight where there are weights. */
static const char *take_neighbour(const metis_format_t *format, gph_part_t *part, int64_t line,
                                  const char *at, int64_t *neighbour, double *weight)
{
    const char *after = gph_scan_id(at, false, neighbour);
    if (after == NULL) {
        gph_part_fail_id(part, line, at, false, "neighbour", format->expected);
        return NULL;
    }
    if (*neighbour < 1 || *neighbour > format->vertices) {
        gph_part_fail(part, line,
                      "neighbour %" PRId64 " is outside the size given in line %" PRId64 "; %s",
                      *neighbour, format->header_line, format->expected);
        return NULL;
    }
    at = gph_skip_blanks(after);
    if (!format->weighted)
        return at;
    if (gph_at_line_end(at)) {
        gph_part_fail(part, line, "the weight of neighbour %" PRId64 " is missing; %s", *neighbour,
                      format->expected);
        return NULL;
    }
    after = gph_scan_number(at, false, format->numbers, weight);
    if (after == NULL) {
        gph_part_fail_number(part, line, at, false, format->expected);
        return NULL;
    }
    return gph_skip_blanks(after);
}

/* Parses the line of a vertex; returns its end, or NULL after noting what is wrong. */
static const char *parse_vertex(const metis_format_t *format, gph_part_t *part, int64_t line,
                                int64_t vertex, const char *at)
{
    if (vertex > format->vertices) {
        if (gph_at_line_end(at))
            return at; // empty lines at the end of a file do no harm
        gph_part_fail(part, line,
                      "this is the line of a vertex %" PRId64 ", but line %" PRId64
                      " promises only %" PRId64,
                      vertex, format->header_line, format->vertices);
        return NULL;
    }
    at = skip_weights(format, part, line, at);
    while (at != NULL && !gph_at_line_end(at)) {
        int64_t neighbour = 0;
        double weight = 0;
        at = take_neighbour(format, part, line, at, &neighbour, &weight);
        if (at == NULL)
            return NULL;
        ++part->entries;
        part->check += gph_symmetry_hash(vertex, neighbour, weight);
        if (!gph_row_keeps(vertex, neighbour))
            continue;
        if (part->weight != NULL)
            part->weight[part->count] = weight;
        part->edge[part->count++] = (gph_edge_t){vertex, neighbour};
    }
    return at;
}

static void parse_part(const void *data, gph_part_t *part)
{
    const metis_format_t *format = data;
    const char *at = part->begin;
    int64_t vertex = part->first_item;

    for (int64_t line = 1; at < part->end && part->bad_line == 0; ++line) {
        const char *begin = at;
        at = gph_skip_blanks(at);
        if (*at != '%') {
            at = parse_vertex(format, part, line, ++vertex, at);
            if (at == NULL)
                return;
        }
        at = *at == '\n' ? at + 1 : gph_next_line(at, part->end);
        if (at - begin > format->line_most) {
            gph_long_line_text(format->line_most, part->bad, sizeof part->bad);
            part->bad_line = line;
        }
    }
}

/* What the header promises must be there, and each edge in the lines of both its ends. */
static gph_status_t check_promises(const gph_lines_t *lines, const metis_format_t *format,
                                   const gph_parsed_t *parsed)
{
    if (parsed->items < format->vertices)
        return gph_fail_line(lines, lines->head + parsed->lines,
                             "the file ends here, after %" PRId64 " of the %" PRId64
                             " vertices that line %" PRId64
                             " promises; a vertex without neighbours needs an empty line",
                             parsed->items, format->vertices, format->header_line);
    if (parsed->entries != 2 * format->edges)
        return gph_fail_line(lines, format->header_line,
                             "the header promises %" PRId64 " edges, so %" PRId64
                             " neighbours, but the lines list %" PRId64
                             "; each edge is listed by both of its ends and counted once",
                             format->edges, 2 * format->edges, parsed->entries);
    if (parsed->check != 0)
        return gph_fail_line(lines, format->header_line,
                             "some edge is listed by only one of its ends, or with two weights; "
                             "list each edge in the lines of both ends");
    return GPH_OK;
}

static gph_status_t read_body(gph_lines_t *lines, metis_format_t *format, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_parsed_t parsed = {0};
    const gph_parser_t parser = {.format = format,
                                 .survey = survey_part,
                                 .parse = parse_part,
                                 .weighted = format->weighted,
                                 .counts_items = true,
                                 .yield = format->weighted ? 0.25 : 0.5};

    gph_lines_split(lines, format->line_most);
    GPH_TRY(gph_parse_body(lines, &parser, edges, &parsed));
    GPH_TRY(check_promises(lines, format, &parsed));
    edges->vertices = format->vertices;
    edges->first_id = 1;

cleanup:
    return status;
}

gph_status_t gph_read_metis(gph_context_t *context, const char *path, bool gzip, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_lines_t lines = {0};
    metis_format_t format = {0};

    GPH_TRY_ALL(context, gph_numbers_open(context->env, &format.numbers));
    GPH_TRY(gph_lines_open(context, path, gzip, &lines));
    GPH_TRY_ALL(context, read_head(&lines, &format));
    GPH_TRY(read_body(&lines, &format, edges));

cleanup:
    gph_lines_close(&lines);
    gph_numbers_close(&format.numbers);
    return status;
}
