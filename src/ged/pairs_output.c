/* Result files of batches and searches: .tsv by offset, .h5 by columns. See docs/file-formats.md.
 */
#include "ged/pairs.h"
#include "io/file.h"
#include "io/hdf5_rows.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>

/* Rows that are turned into text at once. */
enum { ROWS_AT_ONCE = 1 << 14 };

gph_status_t gph_ged_output_check(gph_env_t *env, const char *out_path, const char *matrix_path)
{
    if (out_path != NULL && !gph_path_ends(out_path, ".tsv") && !gph_path_ends(out_path, ".h5"))
        return gph_fail(env, GPH_ERR_USAGE,
                        "%s: results are written to a name that ends in .tsv or .h5", out_path);
    if (matrix_path != NULL && !gph_path_ends(matrix_path, ".h5"))
        return gph_fail(env, GPH_ERR_USAGE, "%s: a matrix is written to a name that ends in .h5",
                        matrix_path);
    return GPH_OK;
}

/* What a file holds: rows of this rank, by number. */
typedef struct table {
    gph_context_t *context;
    const char *format; /* attribute of an .h5 file */
    const char *digest;
    const gph_ged_job_t *job;
    const gph_ged_phase_t *phase;   /* of a batch; or NULL */
    const gph_ged_match_t *matches; /* of a search; or NULL */
    int64_t total;                  /* rows of all ranks */
    int64_t first;                  /* first row of this rank */
    int64_t rows;                   /* rows of this rank */
    locale_t numbers;
} table_t;

/* One line of a table. */
typedef struct line {
    int64_t a;
    int64_t b;
    double lower;
    double upper;
    uint8_t exact; /* of a batch */
} line_t;

static line_t line_of(const table_t *table, int64_t r)
{
    if (table->matches != NULL) {
        const gph_ged_match_t *match = &table->matches[table->first + r];
        return (line_t){match->query, match->graph, match->lower, match->upper, 0};
    }
    const gph_pair_t pair = gph_ged_pairs_at(table->phase->pairs, table->first + r);
    const gph_ged_row_t *row = &table->phase->row[r];
    return (line_t){pair.a, pair.b, row->lower, row->upper,
                    (uint8_t)(row->flags & GPH_GED_ROW_EXACT)};
}

/* --- text ----------------------------------------------------------------------------------- */

/* Rows begin..end-1 as lines. */
static gph_status_t format_rows(const table_t *table, int64_t begin, int64_t end, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    char number[2][32];
    char line[160];

    text->count = 0;
    for (int64_t r = begin; r < end; r++) {
        const line_t row = line_of(table, r);
        gph_number_format(row.lower, table->numbers, number[0]);
        gph_number_format(row.upper, table->numbers, number[1]);
        int length = snprintf(line, sizeof line, "%" PRId64 "\t%" PRId64 "\t%s\t%s", row.a, row.b,
                              number[0], number[1]);
        if (table->matches == NULL)
            length += snprintf(line + length, sizeof line - (size_t)length, "\t%d", (int)row.exact);
        GPH_TRY(gph_array_append(text, line, length));
        if (table->matches == NULL)
            GPH_TRY(gph_ged_format_extras(table->job, table->phase, r, table->numbers, text));
        GPH_TRY(gph_array_append(text, "\n", 1));
    }

cleanup:
    return status;
}

/* All rows of this rank, piece by piece; out NULL: adds up their length only. */
static gph_status_t put_rows(const table_t *table, gph_outfile_t *out, int64_t *offset)
{
    gph_status_t status = GPH_OK;
    gph_array_t text = gph_array_init(table->context->env, 1);

    for (int64_t begin = 0; begin < table->rows; begin += ROWS_AT_ONCE) {
        const int64_t rest = table->rows - begin;
        GPH_TRY(
            format_rows(table, begin, begin + (rest < ROWS_AT_ONCE ? rest : ROWS_AT_ONCE), &text));
        if (out != NULL)
            GPH_TRY(gph_outfile_write(out, *offset, text.data, text.count));
        *offset += text.count;
    }

cleanup:
    gph_array_free(&text);
    return status;
}

static gph_status_t write_text(table_t *table, gph_outfile_t *out)
{
    gph_status_t status = GPH_OK;
    int64_t bytes = 0;
    int64_t before = 0;

    GPH_TRY_ALL(table->context, gph_numbers_open(table->context->env, &table->numbers));
    GPH_TRY_ALL(table->context, put_rows(table, NULL, &bytes));
    GPH_TRY(gph_comm_scan_i64(table->context, 1, &bytes, &before, NULL));
    GPH_TRY_ALL(table->context, put_rows(table, out, &before));

cleanup:
    gph_numbers_close(&table->numbers);
    return status;
}

/* --- HDF5 ----------------------------------------------------------------------------------- */

gph_status_t gph_ged_write_column(gph_context_t *context, hid_t file,
                                  const gph_ged_column_t *column)
{
    gph_status_t status = GPH_OK;
    hid_t dataset = H5I_INVALID_HID;

    GPH_TRY_ALL(context, gph_h5_dataset(context->env, file, column->name, column->type,
                                        column->total, column->width, &dataset));
    GPH_TRY_ALL(context,
                gph_h5_write_rows(context->env, dataset, column->memory_type, column->first,
                                  column->rows, column->width, column->values));

cleanup:
    if (dataset >= 0 && H5Dclose(dataset) < 0 && status == GPH_OK)
        status = gph_h5_ok(context->env, -1, "close a dataset");
    return status;
}

/* Writes a column with a row for each of the table. Collective. */
static gph_status_t write_column(const table_t *table, hid_t file, const char *name, hid_t type,
                                 hid_t memory_type, int64_t columns, const void *values)
{
    const gph_ged_column_t column = {name,         type,        memory_type, table->total,
                                     table->first, table->rows, columns,     values};
    return gph_ged_write_column(table->context, file, &column);
}

/* Columns lower, upper, and for a batch exact. `column` has 8 bytes a row. */
static gph_status_t write_bounds(const table_t *table, hid_t file, void *column)
{
    gph_status_t status = GPH_OK;
    double *real = column;
    uint8_t *flag = column;

    for (int64_t r = 0; r < table->rows; r++)
        real[r] = line_of(table, r).lower;
    GPH_TRY(write_column(table, file, "lower", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, real));
    for (int64_t r = 0; r < table->rows; r++)
        real[r] = line_of(table, r).upper;
    GPH_TRY(write_column(table, file, "upper", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, real));
    if (table->matches != NULL)
        goto cleanup;
    for (int64_t r = 0; r < table->rows; r++)
        flag[r] = line_of(table, r).exact;
    GPH_TRY(write_column(table, file, "exact", H5T_STD_U8LE, H5T_NATIVE_UINT8, 0, flag));

cleanup:
    return status;
}

static gph_status_t write_columns(const table_t *table, hid_t file, bool with_pairs)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = table->context;
    int64_t *column = NULL; /* [rows × 2] */

    GPH_TRY_ALL(context, gph_alloc(context->env, table->rows, 2 * sizeof *column, &column));
    for (int64_t r = 0; r < table->rows && with_pairs; r++) {
        const line_t row = line_of(table, r);
        column[2 * r] = row.a;
        column[2 * r + 1] = row.b;
    }
    if (with_pairs)
        GPH_TRY(write_column(table, file, "pairs", H5T_STD_I64LE, H5T_NATIVE_INT64, 2, column));
    GPH_TRY(write_bounds(table, file, column));
    if (with_pairs && table->matches == NULL)
        GPH_TRY(gph_ged_write_extras(table->job, table->phase, file));

cleanup:
    gph_free(column);
    return status;
}

static gph_status_t write_attributes(const table_t *table, hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = table->context->env;
    const gph_ged_method_t method = table->job->options->pair.method;
    char text[24];

    GPH_TRY(gph_h5_attribute(env, file, "version", "1"));
    snprintf(text, sizeof text, "%" PRId64, table->job->collection->set.count);
    GPH_TRY(gph_h5_attribute(env, file, "graphs", text));
    snprintf(text, sizeof text, "%" PRId64, table->total);
    GPH_TRY(gph_h5_attribute(env, file, "rows", text));
    GPH_TRY(gph_h5_attribute(env, file, "method", gph_ged_method_name(method)));
    GPH_TRY(gph_h5_attribute(env, file, "digest", table->digest));
    if (table->phase != NULL && table->phase->map != NULL)
        GPH_TRY(gph_ged_write_model(table->job, file));

cleanup:
    return status;
}

static gph_status_t write_hdf5(const table_t *table, const char *name, bool with_pairs)
{
    gph_context_t *context = table->context;
    gph_h5_out_t out = {0};

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    gph_status_t status = gph_h5_out_create(context, name, table->format, &out);
    if (status != GPH_OK)
        return status;
    status = gph_comm_agree(context, write_attributes(table, out.file));
    if (status == GPH_OK)
        status = write_columns(table, out.file, with_pairs);
    return gph_h5_out_close(&out, status);
}

/* --- files ---------------------------------------------------------------------------------- */

static gph_status_t write_table(table_t *table, const char *path, bool with_pairs)
{
    gph_outfile_t *out = NULL;
    gph_status_t status = gph_outfile_create(table->context, path, &out);
    if (status != GPH_OK)
        return status;
    status = gph_path_ends(path, ".tsv") ? write_text(table, out)
                                         : write_hdf5(table, gph_outfile_name(out), with_pairs);
    return gph_outfile_commit(&out, status);
}

static table_t table_of_phase(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                              const char *format, const char *digest)
{
    return (table_t){.context = job->context,
                     .format = format,
                     .digest = digest,
                     .job = job,
                     .phase = phase,
                     .total = phase->pairs->count,
                     .first = phase->first,
                     .rows = phase->owned};
}

gph_status_t gph_ged_write_rows(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                const char *digest)
{
    table_t table = table_of_phase(job, phase, "grapheme-ged-pairs", digest);
    return write_table(&table, job->options->out_path, true);
}

gph_status_t gph_ged_write_matrix(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                  const char *digest)
{
    table_t table = table_of_phase(job, phase, "grapheme-ged-matrix", digest);
    return write_table(&table, job->options->matrix_path, false);
}

gph_status_t gph_ged_write_matches(const gph_ged_job_t *job, int64_t count,
                                   const gph_ged_match_t *matches, const char *digest)
{
    /* Rank 0 writes alone, as all have all. Without matches there is still an address to tell the
     * two kinds of tables apart. */
    static const gph_ged_match_t nothing;
    table_t table = {.context = job->context,
                     .format = "grapheme-ged-matches",
                     .digest = digest,
                     .job = job,
                     .matches = matches != NULL ? matches : &nothing,
                     .total = count,
                     .rows = job->context->rank == 0 ? count : 0};
    return write_table(&table, job->options->out_path, true);
}
