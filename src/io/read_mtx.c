/* Matrix Market files (Boisvert, Pozo & Remington 1996): a sparse square matrix as a graph. */
#include "io/file.h"
#include "io/parse.h"
#include "io/readers.h"
#include "io/scan.h"
#include "par/comm.h"
#include "par/host.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct mtx_format {
    locale_t numbers;  /**< the "C" locale */
    bool weighted;     /**< entries have values */
    int64_t size_line; /**< the line "rows columns entries" */
    int64_t vertices;
    int64_t entries;    /**< promised */
    char expected[128]; /**< what an entry looks like, for messages */
} mtx_format_t;

/* Words of the first line, each with what it may be. */
enum { WORDS = 5, WORD_CHARS = 20 };

static void copy_words(const char *at, char word[WORDS][WORD_CHARS])
{
    for (int i = 0; i < WORDS; ++i) {
        int length = 0;
        at = gph_skip_blanks(at);
        for (; !gph_at_token_end(at, false); ++at)
            if (length < WORD_CHARS - 1)
                word[i][length++] = (char)tolower((unsigned char)*at);
        word[i][length] = '\0';
    }
}

#define BANNER "\"%%MatrixMarket matrix coordinate pattern|integer|real general|symmetric\""

static gph_status_t read_banner(const gph_lines_t *lines, const char *line, mtx_format_t *format)
{
    char word[WORDS][WORD_CHARS];
    const char *complaint = NULL;

    copy_words(line, word);
    if (strcmp(word[0], "%%matrixmarket") != 0 || strcmp(word[1], "matrix") != 0)
        complaint = "this is not the first line of a Matrix Market matrix";
    else if (strcmp(word[2], "array") == 0)
        complaint = "a dense matrix (array) is not a graph; store its entries as coordinates";
    else if (strcmp(word[2], "coordinate") != 0)
        complaint = "the format is unknown";
    else if (strcmp(word[3], "complex") == 0)
        complaint = "complex values are no edge weights; store their absolute values as real";
    else if (strcmp(word[3], "pattern") != 0 && strcmp(word[3], "integer") != 0 &&
             strcmp(word[3], "real") != 0 && strcmp(word[3], "double") != 0)
        complaint = "the kind of values is unknown";
    else if (strcmp(word[4], "skew-symmetric") == 0 || strcmp(word[4], "hermitian") == 0)
        complaint = "the values of an undirected graph are symmetric; store them as such";
    else if (strcmp(word[4], "general") != 0 && strcmp(word[4], "symmetric") != 0)
        complaint = "the symmetry is unknown";
    if (complaint != NULL)
        return gph_fail_line(lines, 1, "%s; expected %s", complaint, BANNER);
    format->weighted = strcmp(word[3], "pattern") != 0;
    return GPH_OK;
}

/* Takes the next number of the size line. */
static gph_status_t take_size(const gph_lines_t *lines, const char **at, int64_t *value)
{
    char reason[GPH_TOKEN_CHARS + 64];

    *at = gph_skip_blanks(*at);
    const char *after = gph_scan_id(*at, false, value);
    if (after == NULL) {
        gph_explain_id(*at, false, "number", reason, sizeof reason);
        return gph_fail_line(lines, lines->head,
                             "%s; expected the size line \"rows columns entries\"", reason);
    }
    *at = gph_skip_blanks(after);
    return GPH_OK;
}

static gph_status_t read_size(gph_lines_t *lines, const char *at, mtx_format_t *format)
{
    gph_status_t status = GPH_OK;
    int64_t columns = 0;

    GPH_TRY(take_size(lines, &at, &format->vertices));
    GPH_TRY(take_size(lines, &at, &columns));
    GPH_TRY(take_size(lines, &at, &format->entries));
    if (!gph_at_line_end(at))
        GPH_TRY(gph_fail_line(lines, lines->head,
                              "the size line of coordinates has three numbers: rows columns "
                              "entries"));
    if (format->vertices != columns)
        GPH_TRY(gph_fail_line(lines, lines->head,
                              "%" PRId64 " rows but %" PRId64
                              " columns; the matrix of a graph is square",
                              format->vertices, columns));
    format->size_line = lines->head;
    snprintf(format->expected, sizeof format->expected,
             "expected \"row column%s\" with rows and columns from 1 to %" PRId64,
             format->weighted ? " value" : "", format->vertices);

cleanup:
    return status;
}

static gph_status_t read_head(gph_lines_t *lines, mtx_format_t *format)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    GPH_TRY(gph_lines_head(lines, &line));
    if (line == NULL)
        GPH_TRY(gph_fail(lines->context->env, GPH_ERR_INPUT, "%s: the file is empty; expected %s",
                         gph_path_shown(lines->path), BANNER));
    GPH_TRY(read_banner(lines, line, format));
    do {
        GPH_TRY(gph_lines_head(lines, &line));
        if (line == NULL)
            GPH_TRY(gph_fail_line(lines, lines->head,
                                  "the file ends before the size line \"rows columns entries\""));
        line = gph_skip_blanks(line);
    } while (*line == '%' || gph_at_line_end(line));
    GPH_TRY(read_size(lines, line, format));

cleanup:
    return status;
}

/* Takes a row or column number from 1 to the number of vertices. */
static const char *take_index(const mtx_format_t *format, gph_part_t *part, int64_t line,
                              const char *at, int64_t *index)
{
    if (gph_at_line_end(at)) {
        gph_part_fail(part, line, "the entry ends too early; %s", format->expected);
        return NULL;
    }
    const char *after = gph_scan_id(at, false, index);
    if (after == NULL) {
        gph_part_fail_id(part, line, at, false, "row or column", format->expected);
        return NULL;
    }
    if (*index < 1 || *index > format->vertices) {
        gph_part_fail(part, line, "%" PRId64 " is outside the size given in line %" PRId64 "; %s",
                      *index, format->size_line, format->expected);
        return NULL;
    }
    return gph_skip_blanks(after);
}

/* Parses one entry; returns the end of its line, or NULL after noting what is wrong. */
static const char *parse_entry(const mtx_format_t *format, gph_part_t *part, int64_t line,
                               const char *at)
{
    gph_edge_t edge = {0};

    at = take_index(format, part, line, at, &edge.u);
    if (at != NULL)
        at = take_index(format, part, line, at, &edge.v);
    if (at == NULL)
        return NULL;
    if (format->weighted) {
        const char *after = NULL;
        if (!gph_at_line_end(at))
            after = gph_scan_number(at, false, format->numbers, &part->weight[part->count]);
        if (after == NULL) {
            gph_part_fail_number(part, line, at, false, format->expected);
            return NULL;
        }
        at = gph_skip_blanks(after);
    }
    if (!gph_at_line_end(at)) {
        char token[GPH_TOKEN_CHARS];
        gph_part_fail(part, line, "'%s' is one column too many; %s",
                      gph_token_quote(at, false, token), format->expected);
        return NULL;
    }
    part->edge[part->count++] = edge;
    return at;
}

static void parse_part(const void *data, gph_part_t *part)
{
    const mtx_format_t *format = data;
    const char *at = part->begin;

    for (int64_t line = 1; at < part->end && part->bad_line == 0; ++line) {
        const char *begin = at;
        at = gph_skip_blanks(at);
        if (*at != '%' && !gph_at_line_end(at)) {
            at = parse_entry(format, part, line, at);
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

/* The size that the head promises must fit the hosts. Collective. */
static gph_status_t check_size(const gph_lines_t *lines, const mtx_format_t *format)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = lines->context;
    char where[GPH_FAULT_CHARS];
    int64_t host_ranks = 1;
    int64_t first = 0;

    snprintf(where, sizeof where, "%s:%" PRId64, gph_path_shown(lines->path), format->size_line);
    GPH_TRY(gph_host_count(context, &host_ranks, &first));
    GPH_TRY_ALL(context, gph_check_promise(context, host_ranks, where, format->vertices));

cleanup:
    return status;
}

static gph_status_t read_body(gph_lines_t *lines, mtx_format_t *format, gph_edges_t *edges)
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
    if (parsed.edges != format->entries)
        GPH_TRY(gph_fail_line(lines, format->size_line,
                              "the size line promises %" PRId64
                              " entries, but the file holds %" PRId64
                              "; the file may be cut off, or the size line wrong",
                              format->entries, parsed.edges));
    edges->vertices = format->vertices;
    edges->first_id = 1;

cleanup:
    return status;
}

gph_status_t gph_read_matrix_market(gph_context_t *context, const char *path, bool gzip,
                                    gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_lines_t lines = {0};
    mtx_format_t format = {0};

    GPH_TRY_ALL(context, gph_numbers_open(context->env, &format.numbers));
    GPH_TRY(gph_lines_open(context, path, gzip, &lines));
    GPH_TRY_ALL(context, read_head(&lines, &format));
    GPH_TRY(check_size(&lines, &format));
    GPH_TRY(read_body(&lines, &format, edges));

cleanup:
    gph_lines_close(&lines);
    gph_numbers_close(&format.numbers);
    return status;
}
