/* The text formats: what comes first, and what a row of the graph looks like. */
#include "io/writers.h"

static void put_text(gph_text_out_t *out, const char *text)
{
    while (*text != '\0')
        gph_put_char(out, *text++);
}

/* A name in one column: what would end the column or the line is written as a C escape. */
static void put_name(gph_text_out_t *out, const char *name, int64_t size)
{
    for (int64_t i = 0; i < size; ++i) {
        switch (name[i]) {
        case '\t':
            gph_put(out, "\\t", 2);
            break;
        case '\n':
            gph_put(out, "\\n", 2);
            break;
        case '\r':
            gph_put(out, "\\r", 2);
            break;
        case '\\':
            gph_put(out, "\\\\", 2);
            break;
        default:
            gph_put_char(out, name[i]);
        }
    }
}

static void put_label(const gph_labels_t *labels, gph_lid_t local, gph_text_out_t *out)
{
    if (labels->graph->names.offset == NULL) {
        gph_put_i64(out, gph_label_id(labels, local));
    } else {
        int64_t size = 0;
        const char *name = gph_label_name(labels, local, &size);
        put_name(out, name, size);
    }
}

static void edges_head(const gph_labels_t *labels, gph_text_out_t *out)
{
    put_text(out, labels->graph->direction != NULL ? "# Directed graph, from and to: "
                                                   : "# Undirected graph, each edge once: ");
    put_text(out, labels->graph->names.offset != NULL ? "name name" : "id id");
    put_text(out, labels->graph->weight != NULL ? " weight\n" : "\n");
    put_text(out, "# Nodes: ");
    gph_put_i64(out, labels->graph->vertices);
    put_text(out, " Edges: ");
    gph_put_i64(out, labels->graph->edges);
    gph_put_char(out, '\n');
}

/* True when the row of an owned vertex is where an edge is written: that of its tail, or without
 * direction that of its lower end. */
static bool is_kept(const gph_graph_t *graph, gph_lid_t owned, gph_off_t i)
{
    if (graph->direction != NULL)
        return (graph->direction[i] & GPH_ARC_OUT) != 0;
    return gph_graph_gid(graph, graph->adjacent[i]) > graph->first + owned;
}

static void edges_row(const gph_labels_t *labels, gph_lid_t owned, gph_text_out_t *out)
{
    const gph_graph_t *graph = labels->graph;

    for (gph_off_t i = graph->offset[owned]; i < graph->offset[owned + 1]; ++i) {
        if (!is_kept(graph, owned, i))
            continue;
        put_label(labels, owned, out);
        gph_put_char(out, '\t');
        put_label(labels, graph->adjacent[i], out);
        if (graph->weight != NULL) {
            gph_put_char(out, '\t');
            gph_put_f64(out, graph->weight[i]);
        }
        gph_put_char(out, '\n');
    }
}

static void mtx_head(const gph_labels_t *labels, gph_text_out_t *out)
{
    put_text(out, "%%MatrixMarket matrix coordinate ");
    put_text(out, labels->graph->weight != NULL ? "real symmetric\n" : "pattern symmetric\n");
    gph_put_i64(out, labels->graph->vertices);
    gph_put_char(out, ' ');
    gph_put_i64(out, labels->graph->vertices);
    gph_put_char(out, ' ');
    gph_put_i64(out, labels->graph->edges);
    gph_put_char(out, '\n');
}

/* A symmetric matrix is given by its lower triangle, here column by column. */
static void mtx_row(const gph_labels_t *labels, gph_lid_t owned, gph_text_out_t *out)
{
    const gph_graph_t *graph = labels->graph;
    const gph_gid_t column = graph->first + owned;

    for (gph_off_t i = graph->offset[owned]; i < graph->offset[owned + 1]; ++i) {
        const gph_gid_t row = gph_graph_gid(graph, graph->adjacent[i]);
        if (row <= column)
            continue;
        gph_put_i64(out, row + 1);
        gph_put_char(out, ' ');
        gph_put_i64(out, column + 1);
        if (graph->weight != NULL) {
            gph_put_char(out, ' ');
            gph_put_f64(out, graph->weight[i]);
        }
        gph_put_char(out, '\n');
    }
}

static void metis_head(const gph_labels_t *labels, gph_text_out_t *out)
{
    gph_put_i64(out, labels->graph->vertices);
    gph_put_char(out, ' ');
    gph_put_i64(out, labels->graph->edges);
    put_text(out, labels->graph->weight != NULL ? " 001\n" : "\n");
}

static void metis_row(const gph_labels_t *labels, gph_lid_t owned, gph_text_out_t *out)
{
    const gph_graph_t *graph = labels->graph;

    for (gph_off_t i = graph->offset[owned]; i < graph->offset[owned + 1]; ++i) {
        if (i > graph->offset[owned])
            gph_put_char(out, ' ');
        gph_put_i64(out, gph_graph_gid(graph, graph->adjacent[i]) + 1);
        if (graph->weight != NULL) {
            gph_put_char(out, ' ');
            gph_put_i64(out, (int64_t)graph->weight[i]);
        }
    }
    gph_put_char(out, '\n');
}

/* --- Graphviz ------------------------------------------------------------------------------- */

static void dot_head(const gph_labels_t *labels, gph_text_out_t *out)
{
    put_text(out, labels->graph->direction != NULL ? "digraph gph {\n" : "graph gph {\n");
    if (labels->color != NULL)
        put_text(out, "node [style=filled, fillcolor=white];\n");
}

/* A name in quotes; what shows nothing is written as an escape. */
static void put_quoted(gph_text_out_t *out, const char *name, int64_t size)
{
    gph_put_char(out, '"');
    for (int64_t i = 0; i < size; ++i) {
        const unsigned char c = (unsigned char)name[i];
        if (c == '"' || c == '\\') {
            gph_put_char(out, '\\');
            gph_put_char(out, name[i]);
        } else if (c == '\n') {
            gph_put(out, "\\\\n", 3);
        } else if (c == '\r') {
            gph_put(out, "\\\\r", 3);
        } else if (c == '\t') {
            gph_put(out, "\\\\t", 3);
        } else if (c < 0x20 || c == 0x7f) {
            gph_put(out, "?", 1);
        } else {
            gph_put_char(out, name[i]);
        }
    }
    gph_put_char(out, '"');
}

/* Hues a golden section apart, so that neighbouring numbers differ most. */
static void put_color(gph_text_out_t *out, int64_t color)
{
    const int64_t hue = color % 1000 * 618 % 1000;
    put_text(out, ", fillcolor=\"0.");
    gph_put_char(out, (char)('0' + hue / 100));
    gph_put_char(out, (char)('0' + hue / 10 % 10));
    gph_put_char(out, (char)('0' + hue % 10));
    put_text(out, " 0.450 1.000\"");
}

static void dot_row(const gph_labels_t *labels, gph_lid_t owned, gph_text_out_t *out)
{
    const gph_graph_t *graph = labels->graph;
    const char *arrow = graph->direction != NULL ? " -> " : " -- ";

    gph_put_i64(out, graph->first + owned);
    put_text(out, " [label=");
    if (graph->names.offset != NULL) {
        int64_t size = 0;
        const char *name = gph_label_name(labels, owned, &size);
        put_quoted(out, name, size);
    } else {
        gph_put_i64(out, gph_label_id(labels, owned));
    }
    if (labels->color != NULL && labels->color[owned] >= 0)
        put_color(out, labels->color[owned]);
    put_text(out, "];\n");
    for (gph_off_t i = graph->offset[owned]; i < graph->offset[owned + 1]; ++i) {
        if (!is_kept(graph, owned, i))
            continue;
        gph_put_i64(out, graph->first + owned);
        put_text(out, arrow);
        gph_put_i64(out, gph_graph_gid(graph, graph->adjacent[i]));
        if (graph->weight != NULL) {
            put_text(out, " [label=");
            gph_put_f64(out, graph->weight[i]);
            gph_put_char(out, ']');
        }
        put_text(out, ";\n");
    }
}

static void dot_tail(const gph_labels_t *labels, gph_text_out_t *out)
{
    (void)labels;
    put_text(out, "}\n");
}

/* --- texts ---------------------------------------------------------------------------------- */

static void no_head(const gph_labels_t *labels, gph_text_out_t *out)
{
    (void)labels;
    (void)out;
}

static void text_row(const gph_labels_t *labels, gph_lid_t owned, gph_text_out_t *out)
{
    int64_t size = 0;
    const char *name = gph_label_name(labels, owned, &size);
    gph_put(out, name, size);
}

/* True when an edge of a directed graph ends in an owned vertex. */
static bool is_operand(const gph_graph_t *graph, gph_lid_t owned)
{
    for (gph_off_t i = graph->offset[owned]; i < graph->offset[owned + 1]; ++i)
        if ((graph->direction[i] & GPH_ARC_IN) != 0)
            return true;
    return false;
}

static void math_row(const gph_labels_t *labels, gph_lid_t owned, gph_text_out_t *out)
{
    const gph_graph_t *graph = labels->graph;

    if (is_operand(graph, owned))
        gph_put_char(out, ' ');
    else if (graph->first + owned > 0)
        gph_put_char(out, '\n');
    if ((graph->type[owned] & GPH_NODE_GROUPED) != 0)
        gph_put_char(out, '(');
    text_row(labels, owned, out);
    for (int64_t i = 0; i < labels->closed[owned]; ++i)
        gph_put_char(out, ')');
}

static void math_tail(const gph_labels_t *labels, gph_text_out_t *out)
{
    if (labels->graph->vertices > 0)
        gph_put_char(out, '\n');
}

const gph_row_format_t gph_rows_edges = {edges_head, edges_row, NULL};
const gph_row_format_t gph_rows_mtx = {mtx_head, mtx_row, NULL};
const gph_row_format_t gph_rows_metis = {metis_head, metis_row, NULL};
const gph_row_format_t gph_rows_dot = {dot_head, dot_row, dot_tail};
const gph_row_format_t gph_rows_text = {no_head, text_row, NULL};
const gph_row_format_t gph_rows_math = {no_head, math_row, math_tail};
