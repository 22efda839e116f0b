/* The file of a list: rows go out as rounds come in, so a list is never held whole. */
#include "clique/digest.h"
#include "clique/output.h"
#include "clique/output_common.h"
#include "graph/names.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>

struct gph_list_file {
    gph_clique_job_t *job;
    const gph_graph_t *graph;
    gph_context_t *context;
    gph_output_kind_t kind;
    int k;
    gph_outfile_t *out;
    gph_h5_out_t hdf5;
    hid_t dataset;     /* HDF5 */
    bool spool;        /* HDF5 with checkpoints: binary rows first */
    gph_names_t names; /* text of a named graph: the names of all vertices */
};

static gph_status_t put_member(const gph_list_file_t *file, gph_array_t *text, int64_t member,
                               char after)
{
    gph_status_t status = GPH_OK;
    if (file->names.offset == NULL)
        return gph_output_number(text, member, after);
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

static gph_status_t write_text(gph_list_file_t *file, int64_t rows, const int64_t *members)
{
    gph_status_t status = GPH_OK;
    gph_array_t text = gph_array_init(file->context->env, 1);

    GPH_TRY_ALL(file->context, format_rows(file, rows, members, &text));
    GPH_TRY(gph_output_in_order(file->context, file->out, &text, &file->job->bytes_done));

cleanup:
    gph_array_free(&text);
    return status;
}

/* Creates the HDF5 file `path` for all rows. */
static gph_status_t create_hdf5(gph_list_file_t *file, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = file->context;
    gph_env_t *env = context->env;
    const int64_t total = (int64_t)file->job->total;
    const char *order = gph_clique_order_name(file->job->options->order);
    char k[24];
    char count[24];

    snprintf(k, sizeof k, "%d", file->k);
    snprintf(count, sizeof count, "%" PRId64, total);
    GPH_TRY(gph_h5_out_create(context, path, "grapheme-cliques", &file->hdf5));
    const hid_t id = file->hdf5.file;
    GPH_TRY_ALL(context, gph_h5_attribute(env, id, "version", "1"));
    GPH_TRY_ALL(context, gph_h5_attribute(env, id, "k", k));
    GPH_TRY_ALL(context, gph_h5_attribute(env, id, "count", count));
    GPH_TRY_ALL(context, gph_h5_attribute(env, id, "order", order));
    GPH_TRY_ALL(context,
                gph_h5_attribute(env, id, "input", file->graph->source ? file->graph->source : ""));
    GPH_TRY_ALL(context,
                gph_h5_dataset(env, id, "cliques", H5T_STD_I64LE, total, file->k, &file->dataset));
    if (file->graph->names.offset != NULL)
        GPH_TRY(gph_h5_write_names(file->graph->context, &file->graph->names, id));

cleanup:
    return status;
}

/* Opens the part file, brought back to what the job has done. */
static gph_status_t open_part(gph_list_file_t *file, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_clique_job_t *job = file->job;
    int64_t kept = 0;

    file->spool = file->kind == GPH_OUTPUT_HDF5;
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
    made->kind = gph_output_kind(path);
    made->k = job->options->k;
    made->hdf5 = (gph_h5_out_t){context, H5I_INVALID_HID, -1};
    made->dataset = H5I_INVALID_HID;
    if (job->options->checkpoint != NULL)
        GPH_TRY(open_part(made, path));
    else
        GPH_TRY(gph_outfile_create(context, path, &made->out));
    if (made->kind == GPH_OUTPUT_HDF5 && !made->spool)
        GPH_TRY(create_hdf5(made, gph_outfile_name(made->out)));
    if (made->kind == GPH_OUTPUT_TEXT && made->graph->names.offset != NULL)
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

    if (file->kind == GPH_OUTPUT_HDF5 && !file->spool)
        return write_hdf5_rows(file, first_row, rows, members);
    if (file->kind == GPH_OUTPUT_TEXT)
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
    GPH_TRY_ALL(context, gph_h5_attribute(context->env, file->hdf5.file, "digest",
                                          gph_digest_format(sum, text)));

cleanup:
    return status;
}

/* Reads the closed HDF5 file back: each rank an even part of the rows. */
static gph_status_t read_back(const gph_list_file_t *file, const char *path)
{
    gph_context_t *context = file->context;
    const int64_t total = (int64_t)file->job->total;
    const int64_t first = gph_block_start(total, context->ranks, context->rank);
    const int64_t rows = gph_block_start(total, context->ranks, context->rank + 1) - first;
    gph_digest_t read = {0, 0};
    const gph_status_t status = gph_comm_agree(
        context, gph_h5_digest_rows(context->env, path, "cliques", H5T_NATIVE_INT64,
                                    gph_part_item(GPH_PART_ROW, 0), first, rows, file->k, &read));
    return status != GPH_OK ? status
                            : gph_h5_compare(context, file->job->options->list_path,
                                             file->job->row_digest, read);
}

/* Closes the HDF5 file, and when the status is good makes sure that it is whole. */
static gph_status_t close_hdf5(gph_list_file_t *file, const char *path, gph_status_t status)
{
    if (status == GPH_OK)
        status = write_digest(file);
    if (file->dataset >= 0 && H5Dclose(file->dataset) < 0 && status == GPH_OK)
        status = gph_h5_ok(file->context->env, -1, "close a dataset");
    file->dataset = H5I_INVALID_HID;
    status = gph_h5_out_close(&file->hdf5, status);
    return status == GPH_OK ? read_back(file, path) : status;
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
    if (file->hdf5.file >= 0)
        status = close_hdf5(file, gph_outfile_name(out), status);
    status = gph_outfile_commit(&out, status);

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
    } else if (f->hdf5.file >= 0) {
        status = close_hdf5(f, gph_outfile_name(f->out), status);
    }
    if (f->out != NULL)
        status = gph_outfile_commit(&f->out, status);
    gph_names_free(&f->names);
    gph_free(f);
    *file = NULL;
    return status;
}
