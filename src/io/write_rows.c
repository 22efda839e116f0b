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
    put_text(out, "# Undirected graph, each edge once: ");
    put_text(out, labels->graph->names.offset != NULL ? "name name" : "id id");
    put_text(out, labels->graph->weight != NULL ? " weight\n" : "\n");
    put_text(out, "# Nodes: ");
    gph_put_i64(out, labels->graph->vertices);
    put_text(out, " Edges: ");
    gph_put_i64(out, labels->graph->edges);
    gph_put_char(out, '\n');
}

static void edges_row(const gph_labels_t *labels, gph_lid_t owned, gph_text_out_t *out)
{
    const gph_graph_t *graph = labels->graph;

    for (gph_off_t i = graph->offset[owned]; i < graph->offset[owned + 1]; ++i) {
        if (gph_graph_gid(graph, graph->adjacent[i]) <= graph->first + owned)
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

const gph_row_format_t gph_rows_edges = {edges_head, edges_row};
const gph_row_format_t gph_rows_mtx = {mtx_head, mtx_row};
const gph_row_format_t gph_rows_metis = {metis_head, metis_row};
