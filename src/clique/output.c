/* Result files: rows go out as rounds come in, so a list is never held whole. */
#include "clique/output.h"

#include "clique/digest.h"
#include "graph/names.h"
#include "io/file.h"
#include "io/hdf5_rows.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef enum kind { KIND_NONE = 0, KIND_HDF5, KIND_TEXT, KIND_BINARY, KIND_TSV } kind_t;

struct gph_list_file {
    gph_clique_job_t *job;
    const gph_graph_t *graph;
    gph_context_t *context;
    kind_t kind;
    int k;
    gph_outfile_t *out;
    hid_t file;        /* HDF5 */
    hid_t dataset;     /* HDF5 */
    bool spool;        /* HDF5 with checkpoints: binary rows first */
    gph_names_t names; /* text of a named graph: the names of all vertices */
};

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    const size_t tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static kind_t kind_of(const char *path)
{
    if (ends_with(path, ".h5"))
        return KIND_HDF5;
    if (ends_with(path, ".txt"))
        return KIND_TEXT;
    if (ends_with(path, ".bin"))
        return KIND_BINARY;
    return ends_with(path, ".tsv") ? KIND_TSV : KIND_NONE;
}

gph_status_t gph_output_check(gph_env_t *env, const char *list_path, const char *per_vertex_path)
{
    if (list_path != NULL && (kind_of(list_path) == KIND_NONE || kind_of(list_path) == KIND_TSV))
        return gph_fail(env, GPH_ERR_USAGE,
                        "%s: the list of cliques is written to a name that ends in .h5, .txt or "
                        ".bin",
                        list_path);
    if (per_vertex_path != NULL && kind_of(per_vertex_path) != KIND_HDF5 &&
        kind_of(per_vertex_path) != KIND_TSV)
        return gph_fail(env, GPH_ERR_USAGE,
                        "%s: counts of vertices are written to a name that ends in .h5 or .tsv",
                        per_vertex_path);
    return GPH_OK;
}

/* --- text ----------------------------------------------------------------------------------- */

/* Appends a number and a character. */
static gph_status_t put_number(gph_array_t *text, int64_t number, char after)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRId64 "%c", number, after);
    return gph_array_append(text, digits, length);
}

static gph_status_t put_member(const gph_list_file_t *file, gph_array_t *text, int64_t member,
                               char after)
{
    gph_status_t status = GPH_OK;
    if (file->names.offset == NULL)
        return put_number(text, member, after);
    GPH_TRY(gph_names_escape(&file->names, member, text));
    GPH_TRY(gph_array_push(text, &after));

cleanup:
    return status;
}

static gph_status_t format_rows(const gph_list_file_t *file, int64_t rows, const int64_t *members,
                                gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const char between = file->names.offset == NULL ? ' ' : '\t';
    for (int64_t i = 0; i < rows * file->k; ++i)
        GPH_TRY(put_member(file, text, members[i], (i + 1) % file->k == 0 ? '\n' : between));

cleanup:
    return status;
}

/* Writes this rank's next bytes behind those of lower ranks. */
static gph_status_t write_in_order(gph_context_t *context, gph_outfile_t *out,
                                   const gph_array_t *text, int64_t *written)
{
    gph_status_t status = GPH_OK;
    int64_t before = 0;
    int64_t total = 0;

    GPH_TRY(gph_comm_scan_i64(context, 1, &text->count, &before, &total));
    GPH_TRY_ALL(context, gph_outfile_write(out, *written + before, text->data, text->count));
    *written += total;

cleanup:
    return status;
}

static gph_status_t write_text(gph_list_file_t *file, int64_t rows, const int64_t *members)
{
    gph_status_t status = GPH_OK;
    gph_array_t text = gph_array_init(file->context->env, 1);

    GPH_TRY_ALL(file->context, format_rows(file, rows, members, &text));
    GPH_TRY(write_in_order(file->context, file->out, &text, &file->job->bytes_done));

cleanup:
    gph_array_free(&text);
    return status;
}

/* --- the list ------------------------------------------------------------------------------- */

/* Names of a named graph go into the file as well, so that numbers can be read back as names. */
static gph_status_t write_names(const gph_graph_t *graph, hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_env_t *env = context->env;
    gph_names_t all = {0};
    hid_t offsets = H5I_INVALID_HID;
    hid_t bytes = H5I_INVALID_HID;

    GPH_TRY(gph_names_gather(context, &graph->names, &all));
    const bool writer = context->rank == 0;
    const int64_t size = all.offset[all.count];
    GPH_TRY_ALL(context, gph_h5_dataset(env, file, "name_offsets", H5T_STD_I64LE, all.count + 1, 0,
                                        &offsets));
    GPH_TRY_ALL(context, gph_h5_write_rows(env, offsets, H5T_NATIVE_INT64, 0,
                                           writer ? all.count + 1 : 0, 0, all.offset));
    GPH_TRY_ALL(context, gph_h5_dataset(env, file, "name_bytes", H5T_STD_U8LE, size, 0, &bytes));
    GPH_TRY_ALL(context, gph_h5_write_rows(env, bytes, H5T_NATIVE_UINT8, 0, writer ? size : 0, 0,
                                           all.bytes));

cleanup:
    if (offsets >= 0)
        H5Dclose(offsets);
    if (bytes >= 0)
        H5Dclose(bytes);
    gph_names_free(&all);
    return status;
}

/* Creates the HDF5 file `path` for all rows. */
static gph_status_t create_hdf5(gph_list_file_t *file, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = file->context;
    gph_env_t *env = context->env;
    char text[24];

    GPH_TRY_ALL(context, gph_h5_create(context->comm, env, path, "grapheme-cliques", &file->file));
    GPH_TRY_ALL(context, gph_h5_attribute(env, file->file, "version", "1"));
    snprintf(text, sizeof text, "%d", file->k);
    GPH_TRY_ALL(context, gph_h5_attribute(env, file->file, "k", text));
    const int64_t total = (int64_t)file->job->total;
    snprintf(text, sizeof text, "%" PRId64, total);
    GPH_TRY_ALL(context, gph_h5_attribute(env, file->file, "count", text));
    GPH_TRY_ALL(context, gph_h5_attribute(env, file->file, "order",
                                          gph_clique_order_name(file->job->options->order)));
    GPH_TRY_ALL(context, gph_h5_attribute(env, file->file, "input",
                                          file->graph->source ? file->graph->source : ""));
    GPH_TRY_ALL(context, gph_h5_dataset(env, file->file, "cliques", H5T_STD_I64LE, total, file->k,
                                        &file->dataset));
    if (file->graph->names.offset != NULL)
        GPH_TRY(write_names(file->graph, file->file));

cleanup:
    return status;
}

/* Opens the part file, brought back to what the job has done. */
static gph_status_t open_part(gph_list_file_t *file, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_clique_job_t *job = file->job;
    int64_t kept = 0;

    file->spool = file->kind == KIND_HDF5;
    GPH_TRY(gph_outfile_open_part(file->context, path, job->bytes_done, &kept, &file->out));
    if (kept < job->bytes_done) {
        gph_log_root(file->context, GPH_LOG_WARN,
                     "%s.part holds less than the checkpoint says: the list begins again", path);
        job->rows_done = 0;
        job->bytes_done = 0;
        job->row_digest = (gph_digest_t){0, 0};
    }
    job->part_file = gph_outfile_descriptor(file->out);

cleanup:
    return status;
}

gph_status_t gph_list_file_open(gph_clique_job_t *job, gph_list_file_t **file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    const char *path = job->options->list_path;
    gph_list_file_t *made = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    made->job = job;
    made->graph = job->graph;
    made->context = context;
    made->kind = kind_of(path);
    made->k = job->options->k;
    made->file = H5I_INVALID_HID;
    made->dataset = H5I_INVALID_HID;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    if (job->options->checkpoint != NULL)
        GPH_TRY(open_part(made, path));
    else
        GPH_TRY(gph_outfile_create(context, path, &made->out));
    if (made->kind == KIND_HDF5 && !made->spool)
        GPH_TRY(create_hdf5(made, gph_outfile_name(made->out)));
    if (made->kind == KIND_TEXT && made->graph->names.offset != NULL)
        GPH_TRY(gph_names_gather(context, &made->graph->names, &made->names));
    *file = made;
    made = NULL;

cleanup:
    if (made != NULL)
        (void)gph_list_file_close(&made, status);
    return status;
}

static gph_status_t write_hdf5_rows(gph_list_file_t *file, int64_t first_row, int64_t rows,
                                    const int64_t *members)
{
    return gph_comm_agree(file->context,
                          gph_h5_write_rows(file->context->env, file->dataset, H5T_NATIVE_INT64,
                                            first_row, rows, file->k, members));
}

gph_status_t gph_list_file_write(void *data, int64_t first_row, int64_t rows,
                                 const int64_t *members)
{
    gph_status_t status = GPH_OK;
    gph_list_file_t *file = data;
    const int64_t width = 8 * (int64_t)file->k;
    int64_t total = rows;

    if (file->kind == KIND_HDF5 && !file->spool)
        return write_hdf5_rows(file, first_row, rows, members);
    if (file->kind == KIND_TEXT)
        return write_text(file, rows, members);
    GPH_TRY_ALL(file->context,
                gph_outfile_write(file->out, first_row * width, members, rows * width));
    GPH_TRY(gph_comm_reduce_i64(file->context, GPH_SUM, 1, &total));
    file->job->bytes_done += total * width;

cleanup:
    return status;
}

/* The digest of count and rows, known when all rows are written. */
static gph_status_t write_digest(gph_list_file_t *file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = file->context;
    gph_digest_t sum = file->job->row_digest;
    char text[GPH_DIGEST_CHARS];

    GPH_TRY(gph_comm_sum_digest(context, &sum));
    gph_digest_add(&sum, gph_clique_count_digest(file->k, file->job->total));
    GPH_TRY_ALL(context,
                gph_h5_attribute(context->env, file->file, "digest", gph_digest_format(sum, text)));

cleanup:
    return status;
}

/* Closes the HDF5 file, whole when the status is good; whatever fails there joins the status. */
static gph_status_t close_hdf5(gph_list_file_t *file, gph_status_t status)
{
    gph_env_t *env = file->context->env;
    if (file->file >= 0 && status == GPH_OK)
        status = write_digest(file);
    if (file->dataset >= 0 && H5Dclose(file->dataset) < 0 && status == GPH_OK)
        status = gph_h5_ok(env, -1, "close a dataset");
    if (file->file >= 0 && H5Fclose(file->file) < 0 && status == GPH_OK)
        status = gph_h5_ok(env, -1, "close a file");
    file->dataset = H5I_INVALID_HID;
    file->file = H5I_INVALID_HID;
    return status;
}

/* Rows of a round, a rank, when the part file is turned into HDF5. */
enum { CONVERT_BYTES = 16 << 20 };

/* Copies all rows of the part file into the open HDF5 file. */
static gph_status_t copy_rows(gph_list_file_t *file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = file->context;
    const int64_t width = 8 * (int64_t)file->k;
    const int64_t room = CONVERT_BYTES / width + 1;
    const int64_t total = (int64_t)file->job->total;
    int64_t *rows = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, room, (size_t)width, &rows));
    for (int64_t round = 0; round < total; round += room * context->ranks) {
        int64_t begin = round + room * context->rank;
        int64_t end = begin + room;
        int64_t got = 0;
        begin = begin > total ? total : begin;
        end = end > total ? total : end;
        GPH_TRY_ALL(context, gph_file_read(context, gph_outfile_descriptor(file->out),
                                           file->job->options->list_path, begin * width,
                                           (end - begin) * width, rows, &got));
        GPH_TRY_ALL(context,
                    got == (end - begin) * width
                        ? GPH_OK
                        : gph_fail(context->env, GPH_ERR_SYSTEM, "%s.part was cut meanwhile",
                                   file->job->options->list_path));
        GPH_TRY(write_hdf5_rows(file, begin, end - begin, rows));
        GPH_TRY(gph_job_step(file->job->engine, NULL));
    }

cleanup:
    gph_free(rows);
    return status;
}

/* The part file, which is whole, becomes the HDF5 file. */
static gph_status_t convert_spool(gph_list_file_t *file)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *out = NULL;

    /* The I/O thread may be in HDF5. */
    GPH_TRY(gph_job_join(file->job->engine));
    GPH_TRY(gph_outfile_create(file->context, file->job->options->list_path, &out));
    status = create_hdf5(file, gph_outfile_name(out));
    if (status == GPH_OK)
        status = copy_rows(file);
    status = gph_outfile_commit(&out, close_hdf5(file, status));

cleanup:
    return status;
}

gph_status_t gph_list_file_close(gph_list_file_t **file, gph_status_t status)
{
    gph_list_file_t *f = *file;
    f->job->part_file = -1;
    if (f->spool && status == GPH_OK) {
        status = convert_spool(f);
        if (status == GPH_OK)
            gph_outfile_discard(&f->out);
    }
    if (f->out != NULL)
        status = gph_outfile_commit(&f->out, close_hdf5(f, status));
    gph_names_free(&f->names);
    gph_free(f);
    *file = NULL;
    return status;
}

/* --- counts of vertices --------------------------------------------------------------------- */

static gph_status_t format_counts(const gph_graph_t *graph, const gph_count_t *counts,
                                  gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    char digits[GPH_COUNT_CHARS];
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        if (graph->names.offset == NULL) {
            GPH_TRY(put_number(text, gph_graph_id(graph, v), '\t'));
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
    GPH_TRY(write_in_order(graph->context, out, &text, &written));

cleanup:
    gph_array_free(&text);
    return status;
}

/* Writes one column of 64-bit numbers, a value a vertex. */
static gph_status_t write_column(const gph_graph_t *graph, hid_t file, const char *name, hid_t type,
                                 hid_t memory_type, const void *values)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    hid_t dataset = H5I_INVALID_HID;

    GPH_TRY_ALL(context,
                gph_h5_dataset(context->env, file, name, type, graph->vertices, 0, &dataset));
    GPH_TRY_ALL(context, gph_h5_write_rows(context->env, dataset, memory_type, graph->first,
                                           graph->owned, 0, values));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    return status;
}

/* Columns id, count (low 64 bits) and, where a count needs them, count_high. */
static gph_status_t write_columns(const gph_graph_t *graph, hid_t file, const gph_count_t *counts)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    uint64_t *column = NULL;
    int64_t high = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *column, &column));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        column[v] = (uint64_t)gph_graph_id(graph, v);
    GPH_TRY(write_column(graph, file, "id", H5T_STD_I64LE, H5T_NATIVE_INT64, column));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        column[v] = (uint64_t)counts[v];
    GPH_TRY(write_column(graph, file, "count", H5T_STD_U64LE, H5T_NATIVE_UINT64, column));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        column[v] = (uint64_t)(counts[v] >> 64);
        high |= column[v] != 0;
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &high));
    if (high)
        GPH_TRY(write_column(graph, file, "count_high", H5T_STD_U64LE, H5T_NATIVE_UINT64, column));
    if (graph->names.offset != NULL)
        GPH_TRY(write_names(graph, file));

cleanup:
    gph_free(column);
    return status;
}

static gph_status_t write_hdf5(const gph_graph_t *graph, const char *path, int k,
                               const gph_count_t *counts)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    hid_t file = H5I_INVALID_HID;
    char text[24];

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    GPH_TRY_ALL(context,
                gph_h5_create(context->comm, context->env, path, "grapheme-vertex-cliques", &file));
    GPH_TRY_ALL(context, gph_h5_attribute(context->env, file, "version", "1"));
    snprintf(text, sizeof text, "%d", k);
    GPH_TRY_ALL(context, gph_h5_attribute(context->env, file, "k", text));
    GPH_TRY(write_columns(graph, file, counts));

cleanup:
    if (file >= 0 && H5Fclose(file) < 0 && status == GPH_OK)
        status = gph_h5_ok(context->env, -1, "close a file");
    return status;
}

gph_status_t gph_vertex_file_write(const gph_graph_t *graph, const char *path, int k,
                                   const gph_count_t *counts)
{
    gph_outfile_t *out = NULL;
    gph_status_t status = gph_outfile_create(graph->context, path, &out);
    if (status != GPH_OK)
        return status;
    status = kind_of(path) == KIND_TSV ? write_tsv(graph, out, counts)
                                       : write_hdf5(graph, gph_outfile_name(out), k, counts);
    return gph_outfile_commit(&out, status);
}
