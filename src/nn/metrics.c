/* Metrics of training as CSV, HDF5 and SVG. */
#include "nn/training.h"

#include "io/file.h"
#include "io/hdf5_rows.h"
#include "nn/curves.h"
#include "par/comm.h"

/* --- CSV ------------------------------------------------------------------------------------ */

static gph_status_t format_csv(const gph_training_t *training, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const int columns = training->ops->columns;
    const double *row = training->metrics.data;

    for (int c = 0; c < columns; c++)
        GPH_TRY(gph_text_put(text, "%s%s", c > 0 ? "," : "", training->ops->column[c]));
    for (int64_t i = 0; i < training->metrics.count; i++) {
        GPH_TRY(gph_text_put(text, "\n%.0f,%.0f", row[i * columns], row[i * columns + 1]));
        for (int c = 2; c < columns; c++)
            GPH_TRY(gph_text_put(text, ",%.9g", row[i * columns + c]));
    }
    GPH_TRY(gph_text_put(text, "\n"));

cleanup:
    return status;
}

/* --- HDF5 ----------------------------------------------------------------------------------- */

/* One column as a dataset of its own. */
static gph_status_t put_column(const gph_training_t *training, hid_t file, int column)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = training->context->env;
    const hsize_t rows = (hsize_t)training->metrics.count;
    const hsize_t size[2] = {rows, (hsize_t)training->ops->columns};
    const hsize_t start[2] = {0, (hsize_t)column};
    const hsize_t count[2] = {rows, 1};
    const hid_t space = H5Screate_simple(1, &rows, NULL);
    const hid_t memory = H5Screate_simple(2, size, NULL);
    hid_t dataset = H5I_INVALID_HID;

    dataset = H5Dcreate2(file, training->ops->column[column], H5T_IEEE_F64LE, space, H5P_DEFAULT,
                         H5P_DEFAULT, H5P_DEFAULT);
    GPH_TRY(gph_h5_ok(env, dataset, "create a dataset"));
    GPH_TRY(gph_h5_ok(env, H5Sselect_hyperslab(memory, H5S_SELECT_SET, start, NULL, count, NULL),
                      "select a column"));
    GPH_TRY(gph_h5_ok(
        env,
        H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, training->metrics.data),
        "write a column"));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    H5Sclose(memory);
    H5Sclose(space);
    return status;
}

static gph_status_t put_metrics(const gph_training_t *training, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = training->context->env;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

    GPH_TRY(gph_h5_ok(env, file, "create a file"));
    GPH_TRY(gph_h5_attribute(env, file, "format", "grapheme-metrics"));
    GPH_TRY(gph_h5_attribute(env, file, "version", "1"));
    for (int c = 0; c < training->ops->columns; c++)
        GPH_TRY(put_column(training, file, c));

cleanup:
    if (file >= 0 && H5Fclose(file) < 0 && status == GPH_OK)
        status = gph_h5_ok(env, -1, "close a file");
    return status;
}

static gph_status_t write_hdf5(const gph_training_t *training, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *file = NULL;

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    GPH_TRY(gph_outfile_create(training->context, path, &file));
    if (training->context->rank == 0)
        status = put_metrics(training, gph_outfile_name(file));
    status = gph_outfile_commit(&file, status);

cleanup:
    return status;
}

/* --- all of them ---------------------------------------------------------------------------- */

typedef gph_status_t format_fn(const gph_training_t *training, gph_array_t *text);

static gph_status_t write_text(const gph_training_t *training, const char *path, format_fn *format)
{
    gph_status_t status = GPH_OK;
    gph_array_t text = gph_array_init(training->context->env, 1);

    GPH_TRY_ALL(training->context, training->context->rank == 0 ? format(training, &text) : GPH_OK);
    GPH_TRY(gph_text_write(training->context, path, &text));

cleanup:
    gph_array_free(&text);
    return status;
}

static gph_status_t format_curves(const gph_training_t *training, gph_array_t *text)
{
    return gph_curves_draw(training, text);
}

gph_status_t gph_training_write_metrics(const gph_training_t *training)
{
    gph_status_t status = GPH_OK;
    const gph_training_plan_t *plan = &training->plan;

    if (plan->csv_path != NULL)
        GPH_TRY(write_text(training, plan->csv_path, format_csv));
    if (plan->svg_path != NULL)
        GPH_TRY(write_text(training, plan->svg_path, format_curves));
    if (plan->hdf5_path != NULL)
        GPH_TRY(write_hdf5(training, plan->hdf5_path));

cleanup:
    return status;
}
