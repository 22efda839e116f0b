/* Files of results: a row a vertex, in order of numbers. */
#include "dist/place.h"
#include "graph/names.h"
#include "io/file.h"
#include "io/hdf5_rows.h"
#include "io/scan.h"
#include "mp/result.h"
#include "mp/vertex.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- text ----------------------------------------------------------------------------------- */

/* Rows that are formatted as one piece. */
enum { PIECE = 4096 };

/** Text of a rank, in pieces. */
typedef struct texts {
    const gph_mp_result_t *result;
    locale_t numbers;
    int64_t pieces;
    gph_array_t *piece; /* [pieces] */
} texts_t;

static gph_status_t put_head(const gph_mp_result_t *result, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const char *first = result->graph->names.offset ? "name" : "id";

    GPH_TRY(gph_array_append(text, first, (int64_t)strlen(first)));
    for (int c = 0; c < result->columns; ++c) {
        GPH_TRY(gph_array_append(text, "\t", 1));
        GPH_TRY(gph_array_append(text, result->column[c].name,
                                 (int64_t)strlen(result->column[c].name)));
    }
    GPH_TRY(gph_array_append(text, "\n", 1));

cleanup:
    return status;
}

static gph_status_t put_row(const texts_t *texts, gph_lid_t v, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const gph_mp_result_t *result = texts->result;
    const gph_graph_t *graph = result->graph;
    char line[24 + 33 * GPH_MP_COLUMNS];
    int length = 0;

    if (graph->names.offset == NULL)
        length = snprintf(line, sizeof line, "%" PRId64, gph_graph_id(graph, v));
    else
        GPH_TRY(gph_names_escape(&graph->names, v, text));
    for (int c = 0; c < result->columns; ++c) {
        const gph_mp_column_t *column = &result->column[c];
        line[length++] = '\t';
        if (column->type == GPH_MP_I64)
            length += snprintf(line + length, 32, "%" PRId64, ((const int64_t *)column->value)[v]);
        else
            length += gph_number_format(((const double *)column->value)[v], texts->numbers,
                                        line + length);
    }
    line[length++] = '\n';
    GPH_TRY(gph_array_append(text, line, length));

cleanup:
    return status;
}

static gph_status_t put_piece(void *data, int64_t task, int thread)
{
    gph_status_t status = GPH_OK;
    const texts_t *texts = data;
    const gph_graph_t *graph = texts->result->graph;
    const int64_t end = (task + 1) * PIECE < graph->owned ? (task + 1) * PIECE : graph->owned;

    (void)thread;
    if (task == 0 && graph->context->rank == 0)
        GPH_TRY(put_head(texts->result, &texts->piece[0]));
    for (int64_t v = task * PIECE; v < end; ++v)
        GPH_TRY(put_row(texts, (gph_lid_t)v, &texts->piece[task]));

cleanup:
    return status;
}

static gph_status_t put_all(texts_t *texts)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = texts->result->graph->context;

    texts->pieces = ((int64_t)texts->result->graph->owned + PIECE - 1) / PIECE;
    if (texts->pieces == 0)
        texts->pieces = 1; /* for the head */
    GPH_TRY(gph_alloc(context->env, texts->pieces, sizeof *texts->piece, &texts->piece));
    for (int64_t p = 0; p < texts->pieces; ++p)
        texts->piece[p] = gph_array_init(context->env, 1);
    GPH_TRY(gph_numbers_open(context->env, &texts->numbers));
    GPH_TRY(gph_team_run(context, texts->pieces, put_piece, texts));

cleanup:
    return status;
}

static gph_status_t write_pieces(const texts_t *texts, gph_outfile_t *out, int64_t at)
{
    gph_status_t status = GPH_OK;
    for (int64_t p = 0; p < texts->pieces; ++p) {
        GPH_TRY(gph_outfile_write(out, at, texts->piece[p].data, texts->piece[p].count));
        at += texts->piece[p].count;
    }

cleanup:
    return status;
}

static gph_status_t write_tsv(const gph_mp_result_t *result, gph_outfile_t *out)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = result->graph->context;
    texts_t texts = {.result = result};
    int64_t size = 0;
    int64_t before = 0;

    GPH_TRY_ALL(context, put_all(&texts));
    for (int64_t p = 0; p < texts.pieces; ++p)
        size += texts.piece[p].count;
    GPH_TRY(gph_comm_scan_i64(context, 1, &size, &before, NULL));
    GPH_TRY_ALL(context, write_pieces(&texts, out, before));

cleanup:
    for (int64_t p = 0; texts.piece != NULL && p < texts.pieces; ++p)
        gph_array_free(&texts.piece[p]);
    gph_free(texts.piece);
    gph_numbers_close(&texts.numbers);
    return status;
}

/* --- HDF5 ----------------------------------------------------------------------------------- */

static gph_status_t write_column(const gph_graph_t *graph, hid_t file,
                                 const gph_mp_column_t *column)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const bool whole = column->type == GPH_MP_I64;
    hid_t dataset = H5I_INVALID_HID;

    GPH_TRY_ALL(context, gph_h5_dataset(context->env, file, column->name,
                                        whole ? H5T_STD_I64LE : H5T_IEEE_F64LE, graph->vertices, 0,
                                        &dataset));
    GPH_TRY_ALL(context, gph_h5_write_rows(context->env, dataset,
                                           whole ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE,
                                           graph->first, graph->owned, 0, column->value));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    return status;
}

/* Reads a column of the closed file back: not every failed write is reported by MPI-IO. */
static gph_status_t read_back(const gph_graph_t *graph, const char *path,
                              const gph_mp_column_t *column)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const unsigned char *value = column->value;
    gph_digest_t written = {0, 0};
    gph_digest_t read = {0, 0};

    for (gph_lid_t v = 0; v < graph->owned; ++v)
        gph_digest_add(&written,
                       gph_digest_item((uint64_t)(graph->first + v), value + (size_t)v * 8, 8));
    GPH_TRY_ALL(context, gph_h5_digest_rows(context->env, path, column->name,
                                            column->type == GPH_MP_I64 ? H5T_NATIVE_INT64
                                                                       : H5T_NATIVE_DOUBLE,
                                            0, graph->first, graph->owned, 0, &read));
    GPH_TRY(gph_h5_compare(context, path, written, read));

cleanup:
    return status;
}

static gph_status_t write_hdf5(const gph_mp_result_t *result, const char *path)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = result->graph;
    gph_context_t *context = graph->context;
    gph_h5_out_t out = {context, H5I_INVALID_HID, -1};
    gph_mp_column_t id = {.name = "id", .type = GPH_MP_I64, .value = NULL};

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof(int64_t), &id.value));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        ((int64_t *)id.value)[v] = gph_graph_id(graph, v);
    GPH_TRY(gph_h5_out_create(context, path, "grapheme-vertex-values", &out));
    status = gph_comm_agree(context, gph_h5_attribute(context->env, out.file, "version", "1"));
    if (status == GPH_OK && graph->names.offset != NULL)
        status = gph_h5_write_names(context, &graph->names, out.file);
    if (status == GPH_OK)
        status = write_column(graph, out.file, &id);
    for (int c = 0; c < result->columns && status == GPH_OK; ++c)
        status = write_column(graph, out.file, &result->column[c]);
    status = gph_h5_out_close(&out, status);
    for (int c = 0; c < result->columns && status == GPH_OK; ++c)
        status = read_back(graph, path, &result->column[c]);

cleanup:
    gph_free(id.value);
    return status;
}

/* --- order ---------------------------------------------------------------------------------- */

/** A result in order of numbers: rows of a placed graph's vertices, moved. */
typedef struct ordered {
    gph_graph_t *vertices;
    gph_mp_result_t result; /* its columns are its own where there are vertices of their own */
} ordered_t;

static void ordered_free(ordered_t *ordered)
{
    for (int c = 0; ordered->vertices != NULL && c < ordered->result.columns; ++c)
        gph_free(ordered->result.column[c].value);
    gph_graph_destroy(&ordered->vertices);
}

static gph_status_t order_rows(const gph_mp_result_t *result, ordered_t *ordered)
{
    gph_status_t status = GPH_OK;

    ordered->result = *result;
    if (result->graph->origin == NULL)
        return GPH_OK;
    GPH_TRY(gph_graph_vertices(result->graph, &ordered->vertices));
    ordered->result.graph = ordered->vertices;
    for (int c = 0; c < result->columns; ++c)
        ordered->result.column[c].value = NULL;
    for (int c = 0; c < result->columns; ++c)
        GPH_TRY(gph_graph_to_origin(result->graph, sizeof(int64_t), result->column[c].value,
                                    &ordered->result.column[c].value));

cleanup:
    return status;
}

gph_status_t gph_mp_result_write(const gph_mp_result_t *result, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *out = NULL;
    ordered_t ordered = {NULL, {0}};

    if (result == NULL || path == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = result->graph->context;
    if (!gph_path_ends(path, ".h5") && !gph_path_ends(path, ".tsv"))
        status = gph_fail(context->env, GPH_ERR_USAGE,
                          "%s: results are written to a name that ends in .h5 or .tsv", path);
    GPH_TRY_ALL(context, status);
    gph_phase_begin(context, "write");
    GPH_TRY(order_rows(result, &ordered));
    GPH_TRY(gph_outfile_create(context, path, &out));
    status = gph_path_ends(path, ".tsv") ? write_tsv(&ordered.result, out)
                                         : write_hdf5(&ordered.result, gph_outfile_name(out));
    status = gph_outfile_commit(&out, status);

cleanup:
    ordered_free(&ordered);
    gph_phase_end(context);
    return status;
}
