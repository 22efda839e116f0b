/*
 * Reads collections with one graph a line: lines of text as chains of characters, and expressions
 * in prefix notation as trees; see docs/file-formats.md.
 */
#include "graph/expression.h"
#include "graph/text_units.h"
#include "io/collection.h"
#include "io/file.h"
#include "io/lines.h"
#include "io/parse.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct reader {
    gph_lines_t lines;
    gph_graph_set_t *set;
    gph_units_t units;            /* text */
    gph_expression_t *expression; /* math */
    int64_t *end;                 /* math: [room] one more than the last node below each */
    int64_t room;
} reader_t;

/* Bytes of a line without its end. */
static int64_t line_length(const char *line)
{
    const char *at = line;
    while (!gph_at_line_end(at))
        ++at;
    return at - line;
}

/* Begins the graph of the line that was read last; its name is the number of the line. */
static gph_status_t begin_graph(reader_t *reader)
{
    char name[24];
    const int length = snprintf(name, sizeof name, "%" PRId64, reader->lines.head);
    return gph_graph_set_begin(reader->set, name, length);
}

/* --- text ----------------------------------------------------------------------------------- */

/* Label of a unit: its normal form. */
static gph_status_t unit_label(reader_t *reader, const char *bytes, int64_t length, int32_t *label)
{
    gph_status_t status = GPH_OK;
    int64_t index = 0;

    GPH_TRY(gph_units_add(&reader->units, bytes, length, &index));
    const int64_t *offset = reader->units.offset.data;
    const char *text = reader->units.bytes.data;
    GPH_TRY(gph_graph_set_place(reader->set, reader->lines.path, reader->lines.head,
                                gph_symbols_intern(&reader->set->node_symbols, text + offset[index],
                                                   offset[index + 1] - offset[index], label)));

cleanup:
    return status;
}

static gph_status_t read_text_line(reader_t *reader, const char *line)
{
    gph_status_t status = GPH_OK;
    gph_text_cursor_t cursor = {line, line_length(line), 0, GPH_TEXT_GRAPHEME};
    gph_text_place_t stop;
    int64_t begin = 0;
    int64_t length = 0;
    int32_t label = 0;
    int32_t none = 0;

    if (!gph_text_check(line, cursor.size, &stop))
        GPH_TRY(gph_fail(reader->set->env, GPH_ERR_INPUT,
                         "%s:%" PRId64 ":%" PRId64 ": malformed UTF-8",
                         gph_path_shown(reader->lines.path), reader->lines.head, stop.column));
    GPH_TRY(begin_graph(reader));
    GPH_TRY(gph_symbols_intern(&reader->set->edge_symbols, "", 0, &none));
    for (int64_t v = 0; gph_text_next(&cursor, &begin, &length); v++) {
        GPH_TRY(unit_label(reader, line + begin, length, &label));
        GPH_TRY(gph_graph_set_node(reader->set, label, 0, NULL));
        if (v > 0)
            GPH_TRY(gph_graph_set_edge(reader->set, v - 1, v, none, 0, NULL));
    }

cleanup:
    return status;
}

/* --- expressions ---------------------------------------------------------------------------- */

/* Room for the ends of all trees of the expression. */
static gph_status_t find_ends(reader_t *reader)
{
    gph_status_t status = GPH_OK;
    const int64_t count = gph_expression_count(reader->expression);

    if (count > reader->room) {
        GPH_TRY(gph_realloc(reader->set->env, 2 * count, sizeof *reader->end, &reader->end));
        reader->room = 2 * count;
    }
    GPH_TRY(gph_expression_ends(reader->expression, reader->end));

cleanup:
    return status;
}

/* Edges from a node to its operands. Where their order matters, its number is the label. */
static gph_status_t add_operands(reader_t *reader, int64_t node)
{
    gph_status_t status = GPH_OK;
    const gph_expression_node_t facts = gph_expression_node(reader->expression, node);
    const gph_operation_t *operation = gph_operation_find(facts.text, facts.length);
    const bool ordered = facts.operands > 1 && (operation == NULL || !operation->commutes);
    int64_t operand = node + 1;
    int32_t label = 0;

    for (int64_t i = 0; i < facts.operands; i++) {
        char text[24];
        const int length = snprintf(text, sizeof text, "%" PRId64, i + 1);
        GPH_TRY(gph_symbols_intern(&reader->set->edge_symbols, text, ordered ? length : 0, &label));
        GPH_TRY(gph_graph_set_edge(reader->set, node, operand, label, 0, NULL));
        operand = reader->end[operand];
    }

cleanup:
    return status;
}

static gph_status_t read_math_line(reader_t *reader, const char *line)
{
    gph_status_t status = GPH_OK;
    const gph_expression_source_t source = {gph_path_shown(reader->lines.path), reader->lines.head};
    int32_t label = 0;

    if (gph_at_line_end(gph_skip_blanks(line)))
        return GPH_OK;
    gph_expression_clear(reader->expression);
    GPH_TRY(
        gph_expression_read(reader->set->env, source, line, line_length(line), reader->expression));
    GPH_TRY(find_ends(reader));
    GPH_TRY(begin_graph(reader));
    const int64_t count = gph_expression_count(reader->expression);
    for (int64_t v = 0; v < count; v++) {
        const gph_expression_node_t node = gph_expression_node(reader->expression, v);
        GPH_TRY(gph_symbols_intern(&reader->set->node_symbols, node.text, node.length, &label));
        GPH_TRY(gph_graph_set_node(reader->set, label, 0, NULL));
    }
    for (int64_t v = 0; v < count; v++)
        GPH_TRY(add_operands(reader, v));

cleanup:
    return status;
}

/* --- files ---------------------------------------------------------------------------------- */

static gph_status_t read_lines(reader_t *reader,
                               gph_status_t (*read)(reader_t *reader, const char *line))
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    GPH_TRY(gph_lines_head(&reader->lines, &line));
    while (line != NULL) {
        GPH_TRY(read(reader, line));
        GPH_TRY(gph_lines_head(&reader->lines, &line));
    }

cleanup:
    return status;
}

static gph_status_t read_file(gph_context_t *context, const char *path,
                              const gph_collection_form_t *form, gph_graph_set_t *set, bool math)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    gph_expression_t expression = gph_expression_init(env);
    reader_t reader = {.set = set, .units = gph_units_init(env), .expression = &expression};

    if (form->numeric_nodes || form->numeric_edges)
        GPH_TRY(gph_fail(env, GPH_ERR_INPUT,
                         "%s: lines of text have no numbers, which Euclidean costs need",
                         gph_path_shown(path)));
    GPH_TRY(gph_lines_open(context, path, false, &reader.lines));
    GPH_TRY_ALL(context, read_lines(&reader, math ? read_math_line : read_text_line));

cleanup:
    gph_lines_close(&reader.lines);
    gph_units_free(&reader.units);
    gph_expression_free(&expression);
    gph_free(reader.end);
    return status;
}

gph_status_t gph_graph_set_read_text(gph_context_t *context, const char *path,
                                     const gph_collection_form_t *form, gph_graph_set_t *set)
{
    return read_file(context, path, form, set, false);
}

gph_status_t gph_graph_set_read_math(gph_context_t *context, const char *path,
                                     const gph_collection_form_t *form, gph_graph_set_t *set)
{
    return read_file(context, path, form, set, true);
}
