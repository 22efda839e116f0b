/* Reads text collections, `t # name / v i label / e u v label`; see collection.h. */
#include "io/collection.h"
#include "io/lines.h"
#include "io/parse.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>

typedef struct reader {
    gph_lines_t lines;
    const gph_collection_form_t *form;
    gph_graph_set_t *set;
    int64_t nodes; /**< of the graph that is being read */
    bool begun;    /**< there is one */
    locale_t numbers;
} reader_t;

/* Where the token at `at` ends. */
static const char *token_end(const char *at)
{
    while (!gph_at_token_end(at, false))
        ++at;
    return at;
}

/* Puts "FILE:LINE: " before a failure of the set. */
static gph_status_t place(reader_t *reader, gph_status_t status)
{
    return gph_graph_set_place(reader->set, reader->lines.path, reader->lines.head, status);
}

static gph_status_t fail_token(reader_t *reader, const char *at, const char *expected)
{
    char token[GPH_TOKEN_CHARS];
    return gph_fail_line(&reader->lines, reader->lines.head, "'%s' where %s is expected",
                         gph_token_quote(at, false, token), expected);
}

static gph_status_t scan_index(reader_t *reader, const char **at, int64_t *index)
{
    *at = gph_skip_blanks(*at);
    const char *after = gph_scan_id(*at, false, index);
    if (after == NULL)
        return fail_token(reader, *at, "the number of a node");
    *at = after;
    return GPH_OK;
}

/* A label: a string's number, or its numbers. */
static gph_status_t scan_label(reader_t *reader, const char *at, bool numeric,
                               gph_symbols_t *symbols, int32_t *label, int32_t *values,
                               double value[GPH_VALUES_MOST])
{
    at = gph_skip_blanks(at);
    const char *end = token_end(at);
    if (!gph_at_line_end(gph_skip_blanks(end)))
        return fail_token(reader, gph_skip_blanks(end), "the end of the line");
    *values = 0;
    *label = 0;
    if (numeric && gph_symbols_count(symbols) == 0) {
        const gph_status_t status = gph_symbols_intern(symbols, "", 0, label);
        if (status != GPH_OK)
            return status;
    }
    if (!numeric)
        return place(reader, gph_symbols_intern(symbols, at, end - at, label));
    for (bool more = true; more; more = *at++ == ',') {
        const char *after = gph_scan_number(at, true, reader->numbers, &value[*values]);
        if (after == NULL)
            return fail_token(reader, at, "a number");
        if (++*values == GPH_VALUES_MOST)
            return gph_fail_line(&reader->lines, reader->lines.head, "%d numbers or more",
                                 GPH_VALUES_MOST);
        at = after;
    }
    return GPH_OK;
}

static gph_status_t read_begin(reader_t *reader, const char *at)
{
    at = gph_skip_blanks(at);
    if (*at == '#')
        at = gph_skip_blanks(at + 1);
    reader->begun = true;
    reader->nodes = 0;
    return gph_graph_set_begin(reader->set, at, token_end(at) - at);
}

static gph_status_t read_node(reader_t *reader, const char *at)
{
    gph_status_t status = GPH_OK;
    int64_t index = 0;
    int32_t label = 0;
    int32_t values = 0;
    double value[GPH_VALUES_MOST];

    GPH_TRY(scan_index(reader, &at, &index));
    if (index != reader->nodes)
        GPH_TRY(gph_fail_line(&reader->lines, reader->lines.head,
                              "node %" PRId64 " where node %" PRId64
                              " is expected; number the nodes of a graph 0, 1, 2 … in this order",
                              index, reader->nodes));
    GPH_TRY(scan_label(reader, at, reader->form->numeric_nodes, &reader->set->node_symbols, &label,
                       &values, value));
    GPH_TRY(place(reader, gph_graph_set_node(reader->set, label, values, value)));
    reader->nodes++;

cleanup:
    return status;
}

static gph_status_t read_edge(reader_t *reader, const char *at)
{
    gph_status_t status = GPH_OK;
    int64_t from = 0;
    int64_t to = 0;
    int32_t label = 0;
    int32_t values = 0;
    double value[GPH_VALUES_MOST];

    GPH_TRY(scan_index(reader, &at, &from));
    GPH_TRY(scan_index(reader, &at, &to));
    GPH_TRY(scan_label(reader, at, reader->form->numeric_edges, &reader->set->edge_symbols, &label,
                       &values, value));
    GPH_TRY(place(reader, gph_graph_set_edge(reader->set, from, to, label, values, value)));

cleanup:
    return status;
}

static gph_status_t read_line(reader_t *reader, const char *at)
{
    at = gph_skip_blanks(at);
    if (gph_at_line_end(at) || *at == '#')
        return GPH_OK;
    const char kind = *at;
    if ((kind != 't' && kind != 'v' && kind != 'e') || !gph_at_token_end(at + 1, false))
        return fail_token(reader, at, "t, v or e");
    if (kind == 't')
        return read_begin(reader, at + 1);
    if (!reader->begun)
        return gph_fail_line(&reader->lines, reader->lines.head,
                             "a node or an edge before the first graph; begin it with `t # name`");
    return kind == 'v' ? read_node(reader, at + 1) : read_edge(reader, at + 1);
}

static gph_status_t read_lines(reader_t *reader)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    GPH_TRY(gph_numbers_open(reader->set->env, &reader->numbers));
    GPH_TRY(gph_lines_head(&reader->lines, &line));
    while (line != NULL) {
        GPH_TRY(read_line(reader, line));
        GPH_TRY(gph_lines_head(&reader->lines, &line));
    }

cleanup:
    gph_numbers_close(&reader->numbers);
    return status;
}

gph_status_t gph_graph_set_read(gph_context_t *context, const char *path,
                                const gph_collection_form_t *form, gph_graph_set_t *set)
{
    gph_status_t status = GPH_OK;
    const gph_collection_form_t standard = gph_collection_form_default();
    reader_t reader = {.form = form != NULL ? form : &standard, .set = set};

    GPH_TRY(gph_lines_open(context, path, false, &reader.lines));
    GPH_TRY_ALL(context, read_lines(&reader));

cleanup:
    gph_lines_close(&reader.lines);
    return status;
}
