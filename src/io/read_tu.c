/*
 * Reads TUDataset folders; see docs/file-formats.md. Every file is a table with a line for each
 * node, edge or graph. All are read first; then the nodes and edges go into the set, graph by
 * graph.
 */
#include "base/sort.h"
#include "io/collection.h"
#include "io/file.h"
#include "io/lines.h"
#include "io/parse.h"
#include "io/scan.h"
#include "par/comm.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Longest path of a file of the folder, with the final NUL. */
enum { PATH_CHARS = 4096 };

/* Names of the files behind "DS_", and of what they have a line for. */
typedef struct file_kind {
    const char *suffix;
    const char *unit;
    bool optional;
} file_kind_t;

static const file_kind_t edges_file = {"A.txt", "edges", false};
static const file_kind_t indicator_file = {"graph_indicator.txt", "nodes", false};
static const file_kind_t graph_labels_file = {"graph_labels.txt", "graphs", true};
static const file_kind_t node_labels_file = {"node_labels.txt", "nodes", true};
static const file_kind_t edge_labels_file = {"edge_labels.txt", "edges", true};
static const file_kind_t node_values_file = {"node_attributes.txt", "nodes", true};
static const file_kind_t edge_values_file = {"edge_attributes.txt", "edges", true};

/* Vectors of numbers, one a line. */
typedef struct vectors {
    gph_array_t value; /* of double */
    int32_t values;    /* numbers a line; 0: there are none */
} vectors_t;

typedef struct reader {
    gph_context_t *context;
    gph_graph_set_t *set;
    const gph_collection_form_t *form;
    const char *folder;
    char prefix[PATH_CHARS];    /* FOLDER/DS_ */
    char path[PATH_CHARS + 64]; /* of the file that is being read */
    const file_kind_t *kind;    /* likewise */
    gph_lines_t lines;
    locale_t numbers;
    gph_array_t graph_of;    /* of int64_t [nodes] graph of a node, counted from 0 */
    gph_array_t end;         /* of gph_pair_t [edges] nodes, counted from 0 */
    gph_array_t line;        /* of int64_t [edges] where each edge stands */
    gph_array_t node_label;  /* of int32_t [nodes], or empty: no labels */
    gph_array_t edge_label;  /* of int32_t [edges], or empty */
    gph_array_t graph_label; /* of int32_t [graphs], or empty */
    vectors_t node_value;
    vectors_t edge_value;
    int64_t graphs;
    gph_map_t seen;     /* ends of an edge -> its first line */
    int64_t *mate;      /* [edges] undirected: the other line of the edge; itself: none */
    int64_t *place;     /* [nodes] number of a node in its graph */
    int64_t *node_at;   /* [nodes] nodes by graph */
    int64_t *edge_at;   /* [edges] first line of each edge, by graph */
    int64_t *node_from; /* [graphs + 1] where the nodes of a graph begin in node_at */
    int64_t *edge_from; /* [graphs + 1] likewise */
} reader_t;

/* --- the tables ----------------------------------------------------------------------------- */

typedef gph_status_t row_fn(reader_t *reader, const char *at);

static gph_status_t fail_row(const reader_t *reader, const char *at, const char *expected)
{
    char token[GPH_TOKEN_CHARS];
    return gph_fail_line(&reader->lines, reader->lines.head, "'%s' where %s is expected",
                         gph_token_quote(at, true, token), expected);
}

/* A number from 1 to `most`, or without a limit where that is 0, less 1; then a comma or the end.
 */
static gph_status_t scan_number(reader_t *reader, const char **at, const char *what, int64_t most,
                                int64_t *number)
{
    const char *begin = gph_skip_separator(*at, true);
    const char *after = gph_scan_id(begin, true, number);
    if (after == NULL || *number < 1)
        return fail_row(reader, begin, what);
    if (most > 0 && *number > most)
        return gph_fail_line(&reader->lines, reader->lines.head,
                             "%s %" PRId64 ", but there are %" PRId64 ", counted from 1", what,
                             *number, most);
    --*number;
    *at = after;
    return GPH_OK;
}

static gph_status_t scan_end(const reader_t *reader, const char *at)
{
    at = gph_skip_blanks(at);
    return gph_at_line_end(at) ? GPH_OK : fail_row(reader, at, "the end of the line");
}

static gph_status_t indicator_row(reader_t *reader, const char *at)
{
    gph_status_t status = GPH_OK;
    int64_t graph = 0;
    const int64_t known = reader->graph_label.count;

    GPH_TRY(scan_number(reader, &at, "the number of a graph", known, &graph));
    GPH_TRY(scan_end(reader, at));
    reader->graphs = graph >= reader->graphs ? graph + 1 : reader->graphs;
    GPH_TRY(gph_array_push(&reader->graph_of, &graph));

cleanup:
    return status;
}

static gph_status_t edge_row(reader_t *reader, const char *at)
{
    gph_status_t status = GPH_OK;
    const int64_t nodes = reader->graph_of.count;
    const int64_t *graph_of = reader->graph_of.data;
    gph_pair_t end = {0, 0};

    GPH_TRY(scan_number(reader, &at, "the number of a node", nodes, &end.a));
    GPH_TRY(scan_number(reader, &at, "the number of a node", nodes, &end.b));
    GPH_TRY(scan_end(reader, at));
    if (graph_of[end.a] != graph_of[end.b])
        GPH_TRY(gph_fail_line(&reader->lines, reader->lines.head,
                              "an edge between graphs %" PRId64 " and %" PRId64,
                              graph_of[end.a] + 1, graph_of[end.b] + 1));
    GPH_TRY(gph_array_push(&reader->end, &end));
    GPH_TRY(gph_array_push(&reader->line, &reader->lines.head));

cleanup:
    return status;
}

/* The rest of a line without blanks at its ends, as a symbol. */
static gph_status_t label_row(reader_t *reader, const char *at, gph_symbols_t *symbols,
                              gph_array_t *labels)
{
    gph_status_t status = GPH_OK;
    const char *end = at;
    int32_t label = 0;

    for (const char *c = at; !gph_at_line_end(c); c++)
        end = *c == ' ' || *c == '\t' ? end : c + 1;
    GPH_TRY(gph_graph_set_place(reader->set, reader->path, reader->lines.head,
                                gph_symbols_intern(symbols, at, end - at, &label)));
    GPH_TRY(gph_array_push(labels, &label));

cleanup:
    return status;
}

static gph_status_t node_label_row(reader_t *reader, const char *at)
{
    return label_row(reader, at, &reader->set->node_symbols, &reader->node_label);
}

static gph_status_t edge_label_row(reader_t *reader, const char *at)
{
    return label_row(reader, at, &reader->set->edge_symbols, &reader->edge_label);
}

static gph_status_t graph_label_row(reader_t *reader, const char *at)
{
    return label_row(reader, at, &reader->set->class_symbols, &reader->graph_label);
}

static gph_status_t value_row(reader_t *reader, const char *at, vectors_t *vectors)
{
    gph_status_t status = GPH_OK;
    int32_t values = 0;

    while (!gph_at_line_end(at)) {
        double value = 0;
        const char *after = gph_scan_number(at, true, reader->numbers, &value);
        if (after == NULL)
            GPH_TRY(fail_row(reader, at, "a number"));
        if (++values > GPH_VALUES_MOST)
            GPH_TRY(gph_fail_line(&reader->lines, reader->lines.head, "more than %d numbers",
                                  GPH_VALUES_MOST));
        GPH_TRY(gph_array_push(&vectors->value, &value));
        at = gph_skip_separator(after, true);
    }
    if (vectors->values > 0 && values != vectors->values)
        GPH_TRY(gph_fail_line(&reader->lines, reader->lines.head,
                              "%" PRId32 " numbers, where the lines before have %" PRId32, values,
                              vectors->values));
    vectors->values = values;

cleanup:
    return status;
}

static gph_status_t node_value_row(reader_t *reader, const char *at)
{
    return value_row(reader, at, &reader->node_value);
}

static gph_status_t edge_value_row(reader_t *reader, const char *at)
{
    return value_row(reader, at, &reader->edge_value);
}

static gph_status_t read_rows(reader_t *reader, row_fn *row, int64_t *rows)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    GPH_TRY(gph_lines_head(&reader->lines, &line));
    while (line != NULL) {
        line = gph_skip_blanks(line);
        if (!gph_at_line_end(line)) {
            GPH_TRY(row(reader, line));
            ++*rows;
        }
        GPH_TRY(gph_lines_head(&reader->lines, &line));
    }

cleanup:
    return status;
}

/* Whether there is something to read: an optional file may be missing or empty. The same on all
 * ranks. */
static gph_status_t is_there(const reader_t *reader, bool *there)
{
    bool found = false;
    if (reader->context->rank == 0)
        found = !reader->kind->optional || access(reader->path, F_OK) == 0;
    const gph_status_t status = gph_comm_bcast(reader->context, 0, sizeof found, &found);
    *there = found;
    return status;
}

/* Reads a file of which `wanted` lines are expected (-1: any number). Collective. */
static gph_status_t read_file(reader_t *reader, const file_kind_t *kind, row_fn *row,
                              int64_t wanted)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = reader->context;
    int64_t rows = 0;
    bool there = false;

    reader->kind = kind;
    snprintf(reader->path, sizeof reader->path, "%s%s", reader->prefix, kind->suffix);
    GPH_TRY(is_there(reader, &there));
    if (!there)
        return GPH_OK;
    GPH_TRY(gph_lines_open(context, reader->path, false, &reader->lines));
    GPH_TRY_ALL(context, read_rows(reader, row, &rows));
    if (wanted >= 0 && rows != wanted)
        GPH_TRY(gph_comm_agree(context,
                               gph_fail(context->env, GPH_ERR_INPUT,
                                        "%s: %" PRId64 " lines for %" PRId64 " %s",
                                        gph_path_shown(reader->path), rows, wanted, kind->unit)));

cleanup:
    gph_lines_close(&reader->lines);
    return status;
}

static gph_status_t read_tables(reader_t *reader)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(read_file(reader, &graph_labels_file, graph_label_row, -1));
    reader->graphs = reader->graph_label.count;
    GPH_TRY(read_file(reader, &indicator_file, indicator_row, -1));
    const int64_t nodes = reader->graph_of.count;
    GPH_TRY(read_file(reader, &edges_file, edge_row, -1));
    const int64_t edges = reader->end.count;
    GPH_TRY(read_file(reader, &node_labels_file, node_label_row, nodes));
    GPH_TRY(read_file(reader, &edge_labels_file, edge_label_row, edges));
    GPH_TRY(read_file(reader, &node_values_file, node_value_row, nodes));
    GPH_TRY(read_file(reader, &edge_values_file, edge_value_row, edges));

cleanup:
    return status;
}

/* Refuses a folder without the numbers that are asked for. */
static gph_status_t check_form(const reader_t *reader)
{
    const bool nodes = reader->form->numeric_nodes && reader->node_value.values == 0;
    const bool edges = reader->form->numeric_edges && reader->edge_value.values == 0;
    if ((!nodes || reader->graph_of.count == 0) && (!edges || reader->end.count == 0))
        return GPH_OK;
    return gph_fail(reader->context->env, GPH_ERR_INPUT,
                    "%s%s: not there, or without numbers, which Euclidean costs need",
                    gph_path_shown(reader->prefix),
                    nodes ? node_values_file.suffix : edge_values_file.suffix);
}

/* --- edges ---------------------------------------------------------------------------------- */

static bool same_edge(const reader_t *reader, int64_t e, int64_t f)
{
    const int32_t *label = reader->edge_label.data;
    const double *value = reader->edge_value.value.data;
    const size_t values = (size_t)reader->edge_value.values;
    if (label != NULL && label[e] != label[f])
        return false;
    return values == 0 || memcmp(value + (size_t)e * values, value + (size_t)f * values,
                                 values * sizeof *value) == 0;
}

/*
 * Files of undirected graphs list an edge from both of its ends, some of them from one end only.
 * The first line is kept; the other one has to say the same.
 */
static gph_status_t merge_edge(reader_t *reader, int64_t e)
{
    gph_status_t status = GPH_OK;
    const gph_pair_t end = ((const gph_pair_t *)reader->end.data)[e];
    const int64_t *line = reader->line.data;
    const bool turn = !reader->form->directed && end.a > end.b;
    const int64_t from = turn ? end.b : end.a;
    int64_t *first = NULL;

    GPH_TRY(gph_map_insert(&reader->seen, from * reader->graph_of.count + (end.a + end.b - from), e,
                           &first));
    const int64_t f = *first;
    const gph_pair_t other = ((const gph_pair_t *)reader->end.data)[f];
    reader->mate[e] = e;
    if (f == e)
        goto cleanup;
    if (reader->form->directed || reader->mate[f] != f || (other.a == end.a && end.a != end.b))
        GPH_TRY(gph_fail(reader->context->env, GPH_ERR_INPUT,
                         "%s%s:%" PRId64 ": the edge %" PRId64 " %" PRId64
                         " is there already, in line %" PRId64,
                         gph_path_shown(reader->prefix), edges_file.suffix, line[e], end.a + 1,
                         end.b + 1, line[f]));
    if (!same_edge(reader, e, f))
        GPH_TRY(gph_fail(reader->context->env, GPH_ERR_INPUT,
                         "%s%s:%" PRId64 ": the edge %" PRId64 " %" PRId64
                         " has not the label and attribute that it has in line %" PRId64
                         "; are the graphs directed?",
                         gph_path_shown(reader->prefix), edges_file.suffix, line[e], end.a + 1,
                         end.b + 1, line[f]));
    reader->mate[e] = f;
    reader->mate[f] = e;

cleanup:
    return status;
}

/* True for the first of the two lines of an edge. */
static bool is_kept(const reader_t *reader, int64_t e)
{
    return reader->mate[e] >= e;
}

/* --- by graph ------------------------------------------------------------------------------- */

/* Turns counts, at [graph + 1], into where each graph begins. */
static void make_starts(int64_t graphs, int64_t *start)
{
    for (int64_t g = 0; g < graphs; g++)
        start[g + 1] += start[g];
}

/* Lists nodes and edges by graph, in the order of the files; numbers the nodes of each graph. */
static gph_status_t sort_graphs(reader_t *reader)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = reader->context->env;
    const int64_t nodes = reader->graph_of.count;
    const int64_t edges = reader->end.count;
    const int64_t *graph_of = reader->graph_of.data;
    const gph_pair_t *end = reader->end.data;

    GPH_TRY(gph_alloc(env, nodes, sizeof *reader->place, &reader->place));
    GPH_TRY(gph_alloc(env, nodes, sizeof *reader->node_at, &reader->node_at));
    GPH_TRY(gph_alloc(env, edges, sizeof *reader->edge_at, &reader->edge_at));
    /* One more, as the fill below moves starts to the ends, which are the next starts. */
    GPH_TRY(gph_calloc(env, reader->graphs + 2, sizeof *reader->node_from, &reader->node_from));
    GPH_TRY(gph_calloc(env, reader->graphs + 2, sizeof *reader->edge_from, &reader->edge_from));
    for (int64_t v = 0; v < nodes; v++)
        reader->node_from[graph_of[v] + 2]++;
    for (int64_t e = 0; e < edges; e++)
        reader->edge_from[graph_of[end[e].a] + 2] += is_kept(reader, e);
    make_starts(reader->graphs + 1, reader->node_from);
    make_starts(reader->graphs + 1, reader->edge_from);
    for (int64_t v = 0; v < nodes; v++)
        reader->node_at[reader->node_from[graph_of[v] + 1]++] = v;
    for (int64_t i = 0; i < nodes; i++) {
        const int64_t v = reader->node_at[i];
        reader->place[v] = i - reader->node_from[graph_of[v]];
    }
    for (int64_t e = 0; e < edges; e++)
        if (is_kept(reader, e))
            reader->edge_at[reader->edge_from[graph_of[end[e].a] + 1]++] = e;

cleanup:
    return status;
}

/* Label and attribute number i of a table; nothing where there is none. */
static const double *vector_of(const vectors_t *vectors, int64_t i)
{
    const double *value = vectors->value.data;
    return vectors->values > 0 ? value + i * vectors->values : NULL;
}

static gph_status_t label_of(const gph_array_t *labels, gph_symbols_t *symbols, int64_t i,
                             int32_t *label)
{
    const int32_t *known = labels->data;
    if (labels->count == 0)
        return gph_symbols_intern(symbols, "", 0, label);
    *label = known[i];
    return GPH_OK;
}

static gph_status_t add_nodes(reader_t *reader, int64_t graph)
{
    gph_status_t status = GPH_OK;
    const vectors_t *vectors = &reader->node_value;
    int32_t label = 0;

    for (int64_t i = reader->node_from[graph]; i < reader->node_from[graph + 1]; i++) {
        const int64_t v = reader->node_at[i];
        GPH_TRY(label_of(&reader->node_label, &reader->set->node_symbols, v, &label));
        GPH_TRY(gph_graph_set_node(reader->set, label, vectors->values, vector_of(vectors, v)));
    }

cleanup:
    return status;
}

static gph_status_t add_edges(reader_t *reader, int64_t graph)
{
    gph_status_t status = GPH_OK;
    const vectors_t *vectors = &reader->edge_value;
    const gph_pair_t *end = reader->end.data;
    int32_t label = 0;

    for (int64_t i = reader->edge_from[graph]; i < reader->edge_from[graph + 1]; i++) {
        const int64_t e = reader->edge_at[i];
        GPH_TRY(label_of(&reader->edge_label, &reader->set->edge_symbols, e, &label));
        GPH_TRY(gph_graph_set_edge(reader->set, reader->place[end[e].a], reader->place[end[e].b],
                                   label, vectors->values, vector_of(vectors, e)));
    }

cleanup:
    return status;
}

static gph_status_t add_graphs(reader_t *reader)
{
    gph_status_t status = GPH_OK;
    const int32_t *class_of = reader->graph_label.data;
    char name[24];

    for (int64_t g = 0; g < reader->graphs; g++) {
        const int length = snprintf(name, sizeof name, "%" PRId64, g + 1);
        GPH_TRY(gph_graph_set_begin(reader->set, name, length));
        if (reader->graph_label.count > 0)
            gph_graph_set_class(reader->set, class_of[g]);
        GPH_TRY(add_nodes(reader, g));
        GPH_TRY(add_edges(reader, g));
    }

cleanup:
    return status;
}

/* From tables to graphs, on this rank. */
static gph_status_t build(reader_t *reader)
{
    gph_status_t status = GPH_OK;
    const int64_t edges = reader->end.count;

    GPH_TRY(check_form(reader));
    if (reader->graph_of.count > INT32_MAX)
        GPH_TRY(gph_fail(reader->context->env, GPH_ERR_INPUT, "%s: more than 2^31-1 nodes",
                         gph_path_shown(reader->folder)));
    GPH_TRY(gph_alloc(reader->context->env, edges, sizeof *reader->mate, &reader->mate));
    GPH_TRY(gph_map_reserve(&reader->seen, edges));
    for (int64_t e = 0; e < edges; e++)
        GPH_TRY(merge_edge(reader, e));
    GPH_TRY(sort_graphs(reader));
    GPH_TRY(gph_graph_set_prefix(reader->set, reader->folder, add_graphs(reader)));

cleanup:
    return status;
}

/* --- the folder ----------------------------------------------------------------------------- */

/* Finds the one file DS_A.txt of the folder. */
static gph_status_t find_prefix(reader_t *reader)
{
    gph_env_t *env = reader->context->env;
    char text[GPH_SYSTEM_CHARS];
    int found = 0;

    DIR *folder = opendir(reader->folder);
    if (folder == NULL)
        return gph_fail(env, GPH_ERR_INPUT, "%s: %s", gph_path_shown(reader->folder),
                        gph_system_text(errno, text));
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const size_t length = strlen(entry->d_name);
        const size_t tail = strlen(edges_file.suffix);
        if (length <= tail + 1 || strcmp(entry->d_name + length - tail - 1, "_A.txt") != 0)
            continue;
        found++;
        snprintf(reader->prefix, sizeof reader->prefix, "%s/%.*s", reader->folder,
                 (int)(length - tail), entry->d_name);
    }
    closedir(folder);
    if (found != 1)
        return gph_fail(
            env, GPH_ERR_INPUT, "%s: %s file DS_A.txt in it; a folder of graphs is one TUDataset",
            gph_path_shown(reader->folder), found == 0 ? "there is no" : "more than one");
    return GPH_OK;
}

static void reader_free(reader_t *reader)
{
    gph_array_free(&reader->graph_of);
    gph_array_free(&reader->end);
    gph_array_free(&reader->line);
    gph_array_free(&reader->node_label);
    gph_array_free(&reader->edge_label);
    gph_array_free(&reader->graph_label);
    gph_array_free(&reader->node_value.value);
    gph_array_free(&reader->edge_value.value);
    gph_map_free(&reader->seen);
    gph_free(reader->mate);
    gph_free(reader->place);
    gph_free(reader->node_at);
    gph_free(reader->edge_at);
    gph_free(reader->node_from);
    gph_free(reader->edge_from);
    gph_numbers_close(&reader->numbers);
    gph_free(reader);
}

static gph_status_t reader_make(gph_context_t *context, reader_t **made)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    reader_t *reader = NULL;

    GPH_TRY(gph_calloc(env, 1, sizeof *reader, &reader));
    reader->context = context;
    reader->graph_of = gph_array_init(env, sizeof(int64_t));
    reader->end = gph_array_init(env, sizeof(gph_pair_t));
    reader->line = gph_array_init(env, sizeof(int64_t));
    reader->node_label = gph_array_init(env, sizeof(int32_t));
    reader->edge_label = gph_array_init(env, sizeof(int32_t));
    reader->graph_label = gph_array_init(env, sizeof(int32_t));
    reader->node_value.value = gph_array_init(env, sizeof(double));
    reader->edge_value.value = gph_array_init(env, sizeof(double));
    reader->seen = gph_map_init(env);
    *made = reader;
    GPH_TRY(gph_numbers_open(env, &reader->numbers));

cleanup:
    return status;
}

gph_status_t gph_graph_set_read_tu(gph_context_t *context, const char *folder,
                                   const gph_collection_form_t *form, gph_graph_set_t *set)
{
    gph_status_t status = GPH_OK;
    reader_t *reader = NULL;

    GPH_TRY_ALL(context, reader_make(context, &reader));
    reader->set = set;
    reader->form = form;
    reader->folder = folder;
    GPH_TRY_ALL(context, find_prefix(reader));
    GPH_TRY(read_tables(reader));
    GPH_TRY_ALL(context, build(reader));

cleanup:
    if (reader != NULL)
        reader_free(reader);
    return status;
}
