/* The file of counts, a line or a row a vertex. */
#include "clique/digest.h"
#include "clique/output.h"
#include "clique/output_common.h"
#include "graph/names.h"
#include "par/comm.h"

#include <stdio.h>
#include <string.h>

static gph_status_t format_counts(const gph_graph_t *graph, const gph_count_t *counts,
                                  gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    char digits[GPH_COUNT_CHARS];
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        if (graph->names.offset == NULL) {
            GPH_TRY(gph_output_number(text, gph_graph_id(graph, v), '\t'));
        } else {
            GPH_TRY(gph_names_escape(&graph->names, v, text));
            GPH_TRY(gph_array_append(text, "\t", 1));
        }
        gph_count_format(counts[v], digits);
        GPH_TRY(gph_array_append(text, digits, (int64_t)strlen(digits)));
        GPH_TRY(gph_array_append(text, "\n", 1));
    }

cleanup:
    return status;
}

static gph_status_t write_tsv(const gph_graph_t *graph, gph_outfile_t *out,
                              const gph_count_t *counts)
{
    gph_status_t status = GPH_OK;
    gph_array_t text = gph_array_init(graph->context->env, 1);
    int64_t written = 0;

    GPH_TRY_ALL(graph->context, format_counts(graph, counts, &text));
    GPH_TRY(gph_output_in_order(graph->context, out, &text, &written));

cleanup:
    gph_array_free(&text);
    return status;
}

/* A column of 64-bit numbers, a value a vertex. */
typedef struct column {
    const char *name;
    hid_t type;        /* in the file */
    hid_t memory_type; /* of value */
    uint64_t *value;   /* [owned] */
    bool wanted;       /* the same on all ranks */
} column_t;

enum { COLUMN_ID, COLUMN_COUNT, COLUMN_COUNT_HIGH, COLUMNS };

static gph_status_t write_column(const gph_graph_t *graph, hid_t file, const column_t *column)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    hid_t dataset = H5I_INVALID_HID;

    GPH_TRY_ALL(context, gph_h5_dataset(context->env, file, column->name, column->type,
                                        graph->vertices, 0, &dataset));
    GPH_TRY_ALL(context, gph_h5_write_rows(context->env, dataset, column->memory_type, graph->first,
                                           graph->owned, 0, column->value));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    return status;
}

/* Reads a column of the closed file back. */
static gph_status_t read_back(const gph_graph_t *graph, const char *path, const column_t *column)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_digest_t written = {0, 0};
    gph_digest_t read = {0, 0};

    for (gph_lid_t v = 0; v < graph->owned; ++v)
        gph_digest_add(&written, gph_digest_item((uint64_t)(graph->first + v), &column->value[v],
                                                 sizeof column->value[v]));
    GPH_TRY_ALL(context, gph_h5_digest_rows(context->env, path, column->name, column->memory_type,
                                            0, graph->first, graph->owned, 0, &read));
    GPH_TRY(gph_h5_compare(context, path, written, read));

cleanup:
    return status;
}

/* Columns id, count (low 64 bits) and, where a count needs them, count_high. */
static gph_status_t fill_columns(const gph_graph_t *graph, const gph_count_t *counts,
                                 column_t column[COLUMNS])
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t high = 0;

    column[COLUMN_ID] = (column_t){"id", H5T_STD_I64LE, H5T_NATIVE_INT64, NULL, true};
    column[COLUMN_COUNT] = (column_t){"count", H5T_STD_U64LE, H5T_NATIVE_UINT64, NULL, true};
    column[COLUMN_COUNT_HIGH] =
        (column_t){"count_high", H5T_STD_U64LE, H5T_NATIVE_UINT64, NULL, false};
    for (int c = 0; c < COLUMNS; ++c)
        GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *column[c].value,
                                       &column[c].value));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        column[COLUMN_ID].value[v] = (uint64_t)gph_graph_id(graph, v);
        column[COLUMN_COUNT].value[v] = (uint64_t)counts[v];
        column[COLUMN_COUNT_HIGH].value[v] = (uint64_t)(counts[v] >> 64);
        high |= (counts[v] >> 64) != 0;
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &high));
    column[COLUMN_COUNT_HIGH].wanted = high != 0;

cleanup:
    return status;
}

static gph_status_t write_hdf5(const gph_graph_t *graph, const char *path, int k,
                               const gph_count_t *counts)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_h5_out_t out = {context, H5I_INVALID_HID, -1};
    column_t column[COLUMNS] = {{NULL, 0, 0, NULL, false}};
    char text[24];

    snprintf(text, sizeof text, "%d", k);
    GPH_TRY(fill_columns(graph, counts, column));
    GPH_TRY(gph_h5_out_create(context, path, "grapheme-vertex-cliques", &out));
    status = gph_comm_agree(context, gph_h5_attribute(context->env, out.file, "version", "1"));
    if (status == GPH_OK)
        status = gph_comm_agree(context, gph_h5_attribute(context->env, out.file, "k", text));
    if (status == GPH_OK && graph->names.offset != NULL)
        status = gph_h5_write_names(graph->context, &graph->names, out.file);
    for (int c = 0; c < COLUMNS && status == GPH_OK; ++c)
        if (column[c].wanted)
            status = write_column(graph, out.file, &column[c]);
    status = gph_h5_out_close(&out, status);
    for (int c = 0; c < COLUMNS && status == GPH_OK; ++c)
        if (column[c].wanted)
            status = read_back(graph, path, &column[c]);

cleanup:
    for (int c = 0; c < COLUMNS; ++c)
        gph_free(column[c].value);
    return status;
}

gph_status_t gph_vertex_file_write(const gph_graph_t *graph, const char *path, int k,
                                   const gph_count_t *counts)
{
    gph_outfile_t *out = NULL;
    gph_status_t status = gph_outfile_create(graph->context, path, &out);
    if (status != GPH_OK)
        return status;
    status = gph_output_kind(path) == GPH_OUTPUT_TSV
                 ? write_tsv(graph, out, counts)
                 : write_hdf5(graph, gph_outfile_name(out), k, counts);
    return gph_outfile_commit(&out, status);
}
