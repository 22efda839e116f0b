/* Metrics of training as CSV and HDF5, and texts that rank 0 writes. */
#include "nn/trainer.h"

#include "io/file.h"
#include "io/hdf5_rows.h"
#include "nn/curves.h"
#include "par/comm.h"

#include <stdarg.h>
#include <stdio.h>

const char *const gph_metrics_names[GPH_METRICS_COLUMNS] = {
    "seed",      "epoch",          "rate",           "train_loss",    "valid_loss",
    "test_loss", "train_accuracy", "valid_accuracy", "test_accuracy",
};

/* --- texts ---------------------------------------------------------------------------------- */

gph_status_t gph_text_put(gph_array_t *text, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return gph_array_append(text, line, length < (int)sizeof line ? length : (int)sizeof line - 1);
}

gph_status_t gph_text_write(gph_context_t *context, const char *path, const gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *file = NULL;

    GPH_TRY(gph_outfile_create(context, path, &file));
    if (context->rank == 0)
        status = gph_outfile_write(file, 0, text->data, text->count);
    status = gph_outfile_commit(&file, status);

cleanup:
    return status;
}

static gph_status_t format_csv(const gph_trainer_t *trainer, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const gph_metrics_t *m = trainer->metrics.data;

    for (int c = 0; c < GPH_METRICS_COLUMNS; c++)
        GPH_TRY(gph_text_put(text, "%s%s", c > 0 ? "," : "", gph_metrics_names[c]));
    for (int64_t i = 0; i < trainer->metrics.count; i++)
        GPH_TRY(gph_text_put(text, "\n%.0f,%.0f,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g", m[i].seed,
                             m[i].epoch, m[i].rate, m[i].loss[0], m[i].loss[1], m[i].loss[2],
                             m[i].accuracy[0], m[i].accuracy[1], m[i].accuracy[2]));
    GPH_TRY(gph_text_put(text, "\n"));

cleanup:
    return status;
}

/* --- HDF5 ----------------------------------------------------------------------------------- */

/* One column as a dataset of its own. */
static gph_status_t put_column(const gph_trainer_t *trainer, hid_t file, int column)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = trainer->context->env;
    const hsize_t rows = (hsize_t)trainer->metrics.count;
    const hsize_t size[2] = {rows, GPH_METRICS_COLUMNS};
    const hsize_t start[2] = {0, (hsize_t)column};
    const hsize_t count[2] = {rows, 1};
    const hid_t space = H5Screate_simple(1, &rows, NULL);
    const hid_t memory = H5Screate_simple(2, size, NULL);
    hid_t dataset = H5I_INVALID_HID;

    dataset = H5Dcreate2(file, gph_metrics_names[column], H5T_IEEE_F64LE, space, H5P_DEFAULT,
                         H5P_DEFAULT, H5P_DEFAULT);
    GPH_TRY(gph_h5_ok(env, dataset, "create a dataset"));
    GPH_TRY(gph_h5_ok(env, H5Sselect_hyperslab(memory, H5S_SELECT_SET, start, NULL, count, NULL),
                      "select a column"));
    GPH_TRY(gph_h5_ok(
        env,
        H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, trainer->metrics.data),
        "write a column"));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    H5Sclose(memory);
    H5Sclose(space);
    return status;
}

static gph_status_t put_metrics(const gph_trainer_t *trainer, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = trainer->context->env;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

    GPH_TRY(gph_h5_ok(env, file, "create a file"));
    GPH_TRY(gph_h5_attribute(env, file, "format", "grapheme-metrics"));
    for (int c = 0; c < GPH_METRICS_COLUMNS; c++)
        GPH_TRY(put_column(trainer, file, c));

cleanup:
    if (file >= 0 && H5Fclose(file) < 0 && status == GPH_OK)
        status = gph_h5_ok(env, -1, "close a file");
    return status;
}

static gph_status_t write_hdf5(const gph_trainer_t *trainer, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *file = NULL;

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    GPH_TRY(gph_outfile_create(trainer->context, path, &file));
    if (trainer->context->rank == 0)
        status = put_metrics(trainer, gph_outfile_name(file));
    status = gph_outfile_commit(&file, status);

cleanup:
    return status;
}

/* --- all of them ---------------------------------------------------------------------------- */

typedef gph_status_t format_fn(const gph_trainer_t *trainer, gph_array_t *text);

static gph_status_t write_text(const gph_trainer_t *trainer, const char *path, format_fn *format)
{
    gph_status_t status = GPH_OK;
    gph_array_t text = gph_array_init(trainer->context->env, 1);

    GPH_TRY_ALL(trainer->context, trainer->context->rank == 0 ? format(trainer, &text) : GPH_OK);
    GPH_TRY(gph_text_write(trainer->context, path, &text));

cleanup:
    gph_array_free(&text);
    return status;
}

static gph_status_t format_curves(const gph_trainer_t *trainer, gph_array_t *text)
{
    return gph_curves_draw(&trainer->metrics, trainer->options->data.path, text);
}

gph_status_t gph_trainer_write(const gph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    const gph_train_options_t *options = trainer->options;

    if (options->csv_path != NULL)
        GPH_TRY(write_text(trainer, options->csv_path, format_csv));
    if (options->svg_path != NULL)
        GPH_TRY(write_text(trainer, options->svg_path, format_curves));
    if (options->hdf5_path != NULL)
        GPH_TRY(write_hdf5(trainer, options->hdf5_path));

cleanup:
    return status;
}
