/* Edge lists: `u v` or `u v weight` a line, in the manner of SNAP. */
#include "io/file.h"
#include "io/parse.h"
#include "io/readers.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>

#define EXPECTED                                                                                   \
    "expected \"u v\" or \"u v weight\" with integers u and v from 0 to 9223372036854775807"

#define MATRIX_MARKET_MAGIC "%%MatrixMarket"

typedef struct edge_format {
    locale_t numbers;   /**< the "C" locale */
    bool weighted;      /**< the first edge has a weight, so all must */
    int64_t first_line; /**< its line */
} edge_format_t;

static bool is_comment(const char *at)
{
    return *at == '#' || *at == '%';
}

/* Behind the two ids: the weight, or its absence, as the first edge has it. */
static const char *parse_weight(const edge_format_t *format, gph_part_t *part, int64_t line,
                                const char *at)
{
    if (gph_at_line_end(at)) {
        if (!format->weighted)
            return at;
        gph_part_fail(part, line,
                      "the edge has no weight, while the first one (line %" PRId64
                      ") has; give a weight to all edges or to none",
                      format->first_line);
        return NULL;
    }
    if (!format->weighted) {
        gph_part_fail(part, line,
                      "the edge has a third column, while the first one (line %" PRId64
                      ") has none; give a weight to all edges or to none",
                      format->first_line);
        return NULL;
    }
    const char *after = gph_scan_number(at, true, format->numbers, &part->weight[part->count]);
    if (after == NULL) {
        gph_part_fail_number(part, line, at, true, EXPECTED);
        return NULL;
    }
    return gph_skip_separator(after, true);
}

/* Parses one edge; returns the end of its line, or NULL after noting what is wrong. */
static const char *parse_edge(const edge_format_t *format, gph_part_t *part, int64_t line,
                              const char *at)
{
    gph_edge_t edge = {0};
    const char *after = gph_scan_id(at, true, &edge.u);

    if (after == NULL) {
        gph_part_fail_id(part, line, at, true, "vertex id", EXPECTED);
        return NULL;
    }
    at = gph_skip_separator(after, true);
    if (gph_at_line_end(at)) {
        gph_part_fail(part, line, "the second vertex id is missing; %s", EXPECTED);
        return NULL;
    }
    after = gph_scan_id(at, true, &edge.v);
    if (after == NULL) {
        gph_part_fail_id(part, line, at, true, "vertex id", EXPECTED);
        return NULL;
    }
    at = parse_weight(format, part, line, gph_skip_separator(after, true));
    if (at != NULL && !gph_at_line_end(at)) {
        char token[GPH_TOKEN_CHARS];
        gph_part_fail(part, line, "'%s' is one column too many; %s",
                      gph_token_quote(at, true, token), EXPECTED);
        return NULL;
    }
    part->edge[part->count++] = edge;
    return at;
}

static void parse_part(const void *data, gph_part_t *part)
{
    const edge_format_t *format = data;
    const char *at = part->begin;

    for (int64_t line = 1; at < part->end && part->bad_line == 0; ++line) {
        const char *begin = at;
        at = gph_skip_blanks(at);
        if (!is_comment(at) && !gph_at_line_end(at)) {
            at = parse_edge(format, part, line, at);
            if (at == NULL)
                return;
        }
        at = *at == '\n' ? at + 1 : gph_next_line(at, part->end);
        if (at - begin > GPH_LINE_MOST) {
            gph_long_line_text(GPH_LINE_MOST, part->bad, sizeof part->bad);
            part->bad_line = line;
        }
    }
}

static bool has_third_column(const char *at)
{
    for (int column = 0; column < 2; ++column) {
        while (!gph_at_token_end(at, true))
            ++at;
        at = gph_skip_separator(at, true);
    }
    return !gph_at_line_end(at);
}

/* Looks ahead to the first edge, which tells whether edges have weights. */
static gph_status_t read_head(gph_lines_t *lines, edge_format_t *format)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    do {
        GPH_TRY(gph_lines_head(lines, &line));
        if (line == NULL)
            GPH_TRY(gph_fail(lines->context->env, GPH_ERR_INPUT,
                             "%s: holds no edges, only %" PRId64 " empty or comment lines; %s",
                             gph_path_shown(lines->path), lines->head, EXPECTED));
        if (lines->head == 1 &&
            strncmp(line, MATRIX_MARKET_MAGIC, sizeof MATRIX_MARKET_MAGIC - 1) == 0)
            GPH_TRY(gph_fail_line(lines, 1,
                                  "this is a Matrix Market file; name it .mtx, or give the format "
                                  "mtx"));
        line = gph_skip_blanks(line);
    } while (is_comment(line) || gph_at_line_end(line));
    format->weighted = has_third_column(line);
    format->first_line = lines->head;
    gph_lines_give_back(lines);

cleanup:
    return status;
}

static gph_status_t read_body(gph_lines_t *lines, edge_format_t *format, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_parsed_t parsed = {0};
    const gph_parser_t parser = {.format = format,
                                 .survey = gph_survey_lines,
                                 .parse = parse_part,
                                 .weighted = format->weighted,
                                 .yield = 1};

    gph_lines_split(lines, GPH_LINE_MOST);
    GPH_TRY(gph_parse_body(lines, &parser, edges, &parsed));
    edges->vertices = -1;

cleanup:
    return status;
}

gph_status_t gph_read_edge_list(gph_context_t *context, const char *path, bool gzip,
                                gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_lines_t lines = {0};
    edge_format_t format = {0};

    GPH_TRY_ALL(context, gph_numbers_open(context->env, &format.numbers));
    GPH_TRY(gph_lines_open(context, path, gzip, &lines));
    GPH_TRY_ALL(context, read_head(&lines, &format));
    GPH_TRY(read_body(&lines, &format, edges));

cleanup:
    gph_lines_close(&lines);
    gph_numbers_close(&format.numbers);
    return status;
}
