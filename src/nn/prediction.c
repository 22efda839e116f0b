/* Predictions: their rows, and files of them. */
#include "nn/prediction.h"

#include "graph/names.h"
#include "io/file.h"
#include "io/hdf5_rows.h"
#include "nn/loss.h"
#include "nn/text.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* --- rows ----------------------------------------------------------------------------------- */

gph_status_t gph_prediction_create(gph_context_t *context, gph_prediction_t **prediction)
{
    gph_prediction_t *made = NULL;
    const gph_status_t status = gph_calloc(context->env, 1, sizeof *made, &made);
    if (status != GPH_OK)
        return status;
    made->context = context;
    made->names = gph_array_init(context->env, 1);
    made->starts = gph_array_init(context->env, sizeof(int64_t));
    *prediction = made;
    return GPH_OK;
}

void gph_prediction_destroy(gph_prediction_t **prediction)
{
    if (prediction == NULL || *prediction == NULL)
        return;
    gph_free((*prediction)->id);
    gph_free((*prediction)->class);
    gph_free((*prediction)->probability);
    gph_free((*prediction)->score);
    gph_free((*prediction)->classes.text);
    gph_array_free(&(*prediction)->names);
    gph_array_free(&(*prediction)->starts);
    gph_free(*prediction);
    *prediction = NULL;
}

gph_status_t gph_prediction_reserve(gph_prediction_t *prediction, int64_t rows)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = prediction->context->env;
    const size_t width = (size_t)prediction->summary.classes * sizeof *prediction->score;

    GPH_TRY(gph_alloc(env, rows, sizeof *prediction->id, &prediction->id));
    GPH_TRY(gph_alloc(env, rows, sizeof *prediction->class, &prediction->class));
    GPH_TRY(gph_alloc(env, rows, sizeof *prediction->probability, &prediction->probability));
    GPH_TRY(gph_alloc(env, rows, width, &prediction->score));
    prediction->rows = rows;

cleanup:
    return status;
}

/* Softmax of the largest of the scores. */
static double probability_of(const gph_real_t *score, int64_t classes, int64_t best)
{
    double sum = 0;
    for (int64_t j = 0; j < classes; j++)
        sum += exp((double)score[j] - (double)score[best]);
    return 1 / sum;
}

void gph_prediction_finish(gph_prediction_t *prediction, gph_digest_t *sum)
{
    const int64_t classes = prediction->summary.classes;
    const gph_tensor_t all = {prediction->score, prediction->rows, classes, 0};

    *sum = (gph_digest_t){0, 0};
    gph_loss_classes(&all, prediction->class);
    for (int64_t i = 0; i < prediction->rows; i++) {
        const gph_real_t *score = prediction->score + i * classes;
        prediction->probability[i] = probability_of(score, classes, prediction->class[i]);
        gph_digest_add(sum, gph_digest_item((uint64_t)(prediction->first + i), score,
                                            (size_t)classes * sizeof *score));
    }
}

gph_predict_summary_t gph_prediction_summary(const gph_prediction_t *prediction)
{
    return prediction->summary;
}

void gph_prediction_rows(const gph_prediction_t *prediction, int64_t *rows, const int64_t **id,
                         const int32_t **class, const double **probability, const float **score)
{
    if (rows != NULL)
        *rows = prediction->rows;
    if (id != NULL)
        *id = prediction->id;
    if (class != NULL)
        *class = prediction->class;
    if (probability != NULL)
        *probability = prediction->probability;
    if (score != NULL)
        *score = prediction->score;
}

const char *gph_prediction_class_name(const gph_prediction_t *prediction, int32_t number)
{
    const int64_t *start = prediction->starts.data;
    if (number < 0 || number >= prediction->starts.count)
        return NULL;
    return prediction->classes.text + start[number];
}

/* The rows that this rank writes: of graphs, which all ranks hold, an even share. */
static void own_rows(const gph_prediction_t *prediction, int64_t *begin, int64_t *end)
{
    const gph_context_t *context = prediction->context;
    const bool all = prediction->summary.graphs;
    *begin = all ? prediction->rows * context->rank / context->ranks : 0;
    *end = all ? prediction->rows * (context->rank + 1) / context->ranks : prediction->rows;
}

/* --- text ----------------------------------------------------------------------------------- */

/* A word, in which tab, newline, carriage return and backslash are escaped. */
static gph_status_t put_word(const char *word, gph_array_t *text)
{
    char *bytes = (char *)(uintptr_t)word;
    int64_t offset[] = {0, (int64_t)strlen(word)};
    const gph_names_t name = {.count = 1, .offset = offset, .bytes = bytes};
    return gph_names_escape(&name, 0, text);
}

static gph_status_t put_graph(const gph_prediction_t *prediction, int64_t row, const char *name,
                              gph_array_t *text)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_text_put(text, "%" PRId64 "\t", prediction->id[row]));
    GPH_TRY(put_word(name, text));
    GPH_TRY(gph_text_put(text, "\t"));
    GPH_TRY(put_word(gph_prediction_class_name(prediction, prediction->class[row]), text));

cleanup:
    return status;
}

static gph_status_t put_rows(const gph_prediction_t *prediction, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const bool graphs = prediction->summary.graphs;
    const char *name = prediction->names.data;
    int64_t begin = 0;
    int64_t end = 0;

    own_rows(prediction, &begin, &end);
    if (prediction->context->rank == 0)
        GPH_TRY(gph_text_put(text, graphs ? "graph\tname\tclass\tprobability\n"
                                          : "vertex\tclass\tprobability\n"));
    for (int64_t i = 0; graphs && i < begin; i++)
        name += strlen(name) + 1;
    for (int64_t i = begin; i < end; i++) {
        const int32_t class = prediction->class[i];
        if (graphs) {
            GPH_TRY(put_graph(prediction, i, name, text));
            name += strlen(name) + 1;
        } else {
            GPH_TRY(gph_text_put(text, "%" PRId64 "\t%d", prediction->id[i], (int)class));
        }
        GPH_TRY(gph_text_put(text, "\t%.6f\n", prediction->probability[i]));
    }

cleanup:
    return status;
}

/* Each rank's rows behind those of lower ranks. Collective. */
static gph_status_t write_text(const gph_prediction_t *prediction, gph_outfile_t *file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = prediction->context;
    gph_array_t text = gph_array_init(context->env, 1);
    int64_t before = 0;

    GPH_TRY_ALL(context, put_rows(prediction, &text));
    GPH_TRY(gph_comm_scan_i64(context, 1, &text.count, &before, NULL));
    status = gph_outfile_write(file, before, text.data, text.count);

cleanup:
    gph_array_free(&text);
    return status;
}

/* --- HDF5 ----------------------------------------------------------------------------------- */

/* A dataset: rows of a rank's own. */
typedef struct column {
    const char *name;
    hid_t type;
    hid_t memory_type;
    int64_t width; /* 0: one-dimensional */
    int64_t total; /* rows over all ranks */
    int64_t first;
    int64_t rows;
    const void *data; /* of row `first` */
} column_t;

static gph_status_t write_column(gph_context_t *context, hid_t file, const column_t *column)
{
    gph_status_t status = GPH_OK;
    hid_t dataset = H5I_INVALID_HID;

    GPH_TRY_ALL(context, gph_h5_dataset(context->env, file, column->name, column->type,
                                        column->total, column->width, &dataset));
    GPH_TRY_ALL(context,
                gph_h5_write_rows(context->env, dataset, column->memory_type, column->first,
                                  column->rows, column->width, column->data));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    return status;
}

/* Reads a column of 64-bit numbers of the closed file back: not every failed write is reported. */
static gph_status_t read_back(gph_context_t *context, const char *path, const column_t *column)
{
    gph_status_t status = GPH_OK;
    const size_t bytes = (size_t)(column->width > 0 ? column->width : 1) * 8;
    const unsigned char *data = column->data;
    gph_digest_t digest[2] = {{0, 0}, {0, 0}}; /* written, read */

    for (int64_t i = 0; i < column->rows; i++)
        gph_digest_add(&digest[0], gph_digest_item((uint64_t)(column->first + i),
                                                   data + (size_t)i * bytes, bytes));
    GPH_TRY_ALL(context,
                gph_h5_digest_rows(context->env, path, column->name, column->memory_type, 0,
                                   column->first, column->rows, column->width, &digest[1]));
    GPH_TRY(gph_comm_sum_digest(context, &digest[0]));
    GPH_TRY(gph_comm_sum_digest(context, &digest[1]));
    if (memcmp(&digest[0], &digest[1], sizeof *digest) != 0)
        status = gph_fail(context->env, GPH_ERR_SYSTEM,
                          "%s: not all of it could be written: no space left on the disk?", path);

cleanup:
    return status;
}

enum { ROW_COLUMNS = 4, CHECKED_COLUMNS = 2 /* of 64-bit numbers */ };

static void row_columns(const gph_prediction_t *prediction, column_t column[ROW_COLUMNS])
{
    const gph_predict_summary_t *summary = &prediction->summary;
    int64_t begin = 0;
    int64_t end = 0;

    own_rows(prediction, &begin, &end);
    const column_t row = {
        .total = summary->count, .first = prediction->first + begin, .rows = end - begin};
    for (int c = 0; c < ROW_COLUMNS; c++)
        column[c] = row;
    column[0].name = "id";
    column[0].type = H5T_STD_I64LE;
    column[0].memory_type = H5T_NATIVE_INT64;
    column[0].data = prediction->id + begin;
    column[1].name = "probability";
    column[1].type = H5T_IEEE_F64LE;
    column[1].memory_type = H5T_NATIVE_DOUBLE;
    column[1].data = prediction->probability + begin;
    column[2].name = "class";
    column[2].type = H5T_STD_I32LE;
    column[2].memory_type = H5T_NATIVE_INT32;
    column[2].data = prediction->class + begin;
    column[3].name = "scores";
    column[3].type = H5T_IEEE_F32LE;
    column[3].memory_type = H5T_NATIVE_FLOAT;
    column[3].width = summary->classes;
    column[3].data = prediction->score + begin * summary->classes;
}

/* Names of graphs and classes, the same on all ranks: rank 0's are written. */
static gph_status_t write_words(const gph_prediction_t *prediction, hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = prediction->context;
    column_t column = {
        "name_text", H5T_STD_U8LE,          H5T_NATIVE_UINT8, 0, prediction->names.count, 0,
        0,           prediction->names.data};

    column.rows = context->rank == 0 ? column.total : 0;
    GPH_TRY(write_column(context, file, &column));
    column.name = "class_text";
    column.total = prediction->classes.size;
    column.rows = context->rank == 0 ? column.total : 0;
    column.data = prediction->classes.text;
    GPH_TRY(write_column(context, file, &column));

cleanup:
    return status;
}

static gph_status_t write_hdf5(const gph_prediction_t *prediction, const char *path)
{
    gph_context_t *context = prediction->context;
    gph_h5_out_t out = {context, H5I_INVALID_HID, -1};
    column_t column[ROW_COLUMNS];
    gph_status_t status = gph_h5_out_create(context, path, "grapheme-predictions", &out);
    if (status != GPH_OK)
        return status;
    row_columns(prediction, column);
    status = gph_h5_attribute(context->env, out.file, "version", "1");
    if (status == GPH_OK)
        status = gph_h5_attribute(context->env, out.file, "digest", prediction->summary.digest);
    status = gph_comm_agree(context, status);
    for (int c = 0; c < ROW_COLUMNS && status == GPH_OK; c++)
        status = write_column(context, out.file, &column[c]);
    if (status == GPH_OK && prediction->summary.graphs)
        status = write_words(prediction, out.file);
    status = gph_h5_out_close(&out, status);
    for (int c = 0; c < CHECKED_COLUMNS && status == GPH_OK; c++)
        status = read_back(context, path, &column[c]);
    return status;
}

gph_status_t gph_prediction_write(const gph_prediction_t *prediction, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *file = NULL;

    if (prediction == NULL || path == NULL)
        return GPH_ERR_USAGE;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    gph_phase_begin(prediction->context, "write");
    GPH_TRY(gph_outfile_create(prediction->context, path, &file));
    if (gph_path_ends(path, ".h5"))
        status = write_hdf5(prediction, gph_outfile_name(file));
    else
        status = write_text(prediction, file);

cleanup:
    status = gph_outfile_commit(&file, status);
    gph_phase_end(prediction->context);
    return status;
}
