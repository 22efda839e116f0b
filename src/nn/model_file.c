/* Models in HDF5: options as attributes; weights, and the words of a model of graphs, as datasets.
 * Rank 0 writes; each rank reads for itself. */
#include "nn/model_file.h"

#include "io/file.h"
#include "io/hdf5_file.h"
#include "io/hdf5_rows.h"
#include "nn/network.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "grapheme-model"

/* Names of kinds in files, in the order of gph_model_kind_t. */
static const char *const kind_names[] = {"gcn", "sage", "gin", "linear"};

/* Of gph_readout_t. */
static const char *const readout_names[] = {"sum", "mean", "max"};

/* What is classified. */
static const char *const task_names[] = {"vertices", "graphs"};

enum {
    KINDS = sizeof kind_names / sizeof *kind_names,
    READOUTS = sizeof readout_names / sizeof *readout_names,
    TASKS = sizeof task_names / sizeof *task_names
};

/* --- writing -------------------------------------------------------------------------------- */

static gph_status_t put_number(gph_env_t *env, hid_t file, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    return gph_h5_attribute(env, file, name, text);
}

/* A dataset of one dimension, the same bytes whenever it is written. */
static gph_status_t put_array(gph_env_t *env, hid_t file, const char *name, hid_t type,
                              hid_t memory_type, int64_t count, const void *data)
{
    gph_status_t status = GPH_OK;
    const hsize_t size = (hsize_t)count;
    const hid_t space = H5Screate_simple(1, &size, NULL);
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    hid_t dataset = H5I_INVALID_HID;

    GPH_TRY(gph_h5_ok(env, H5Pset_obj_track_times(layout, false), "leave times out"));
    dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    GPH_TRY(gph_h5_ok(env, dataset, "create a dataset"));
    GPH_TRY(gph_h5_ok(env, H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data),
                      "write a dataset"));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    H5Pclose(layout);
    H5Sclose(space);
    return status;
}

/* What a model of graphs has beside. */
static gph_status_t put_graphs(gph_env_t *env, hid_t file, const gph_model_file_t *model)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_h5_attribute(env, file, "readout", readout_names[model->readout]));
    GPH_TRY(put_array(env, file, "node_label_text", H5T_STD_U8LE, H5T_NATIVE_UINT8,
                      model->label.size, model->label.text));
    GPH_TRY(put_array(env, file, "class_text", H5T_STD_U8LE, H5T_NATIVE_UINT8, model->class.size,
                      model->class.text));

cleanup:
    return status;
}

static gph_status_t write_model(gph_env_t *env, const char *path, const gph_model_file_t *model)
{
    gph_status_t status = GPH_OK;
    const gph_model_options_t *options = &model->options;
    char digest[GPH_DIGEST_CHARS];
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

    GPH_TRY(gph_h5_ok(env, file, "create a file"));
    gph_digest_format(gph_digest_bytes(model->value, (size_t)model->size * sizeof *model->value),
                      digest);
    GPH_TRY(gph_h5_attribute(env, file, "format", FORMAT));
    GPH_TRY(gph_h5_attribute(env, file, "version", "1"));
    GPH_TRY(gph_h5_attribute(env, file, "task", task_names[model->graphs]));
    GPH_TRY(gph_h5_attribute(env, file, "kind", kind_names[options->kind]));
    GPH_TRY(put_number(env, file, "layers", options->layers));
    GPH_TRY(put_number(env, file, "hidden", options->hidden));
    GPH_TRY(put_number(env, file, "norm", (int64_t)options->norm));
    GPH_TRY(put_number(env, file, "bias", options->bias));
    GPH_TRY(put_number(env, file, "normalise", model->normalise));
    GPH_TRY(put_number(env, file, "features", model->features));
    GPH_TRY(put_number(env, file, "classes", model->classes));
    GPH_TRY(gph_h5_attribute(env, file, "digest", digest));
    GPH_TRY(put_array(env, file, "weights", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, model->size,
                      model->value));
    if (model->graphs)
        GPH_TRY(put_graphs(env, file, model));

cleanup:
    if (file >= 0 && H5Fclose(file) < 0 && status == GPH_OK)
        status = gph_h5_ok(env, -1, "close a file");
    return status;
}

gph_status_t gph_model_write(gph_context_t *context, const char *path,
                             const gph_model_file_t *model)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *file = NULL;

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    GPH_TRY(gph_outfile_create(context, path, &file));
    if (context->rank == 0)
        status = write_model(context->env, gph_outfile_name(file), model);
    status = gph_outfile_commit(&file, status);

cleanup:
    return status;
}

/* --- reading -------------------------------------------------------------------------------- */

static gph_status_t bad_model(gph_context_t *context, const char *path, const char *what)
{
    return gph_fail(context->env, GPH_ERR_INPUT, "%s: %s; is this a model of gph train?",
                    gph_path_shown(path), what);
}

/* Number of an attribute within its bounds. */
static bool get_number(hid_t file, const char *name, int64_t low, int64_t high, int64_t *value)
{
    char text[24] = "";
    char *end = NULL;
    if (!gph_h5_read_text(file, name, sizeof text, text))
        return false;
    *value = strtoll(text, &end, 10);
    return end != text && *end == '\0' && *value >= low && *value <= high;
}

/* Place of an attribute's text among names. */
static bool get_name(hid_t file, const char *attribute, int count, const char *const *name,
                     int *found)
{
    char text[16] = "";
    if (!gph_h5_read_text(file, attribute, sizeof text, text))
        return false;
    for (int i = 0; i < count; i++)
        if (strcmp(text, name[i]) == 0) {
            *found = i;
            return true;
        }
    return false;
}

static bool get_options(hid_t file, gph_model_file_t *model)
{
    gph_model_options_t *options = &model->options;
    int task = 0; /* of vertices, unless the file tells */
    int kind = 0;
    int readout = 0;
    int64_t layers = 0;
    int64_t norm = 0;
    int64_t bias = 0;
    int64_t normalise = 0;

    if ((H5Aexists(file, "task") > 0 && !get_name(file, "task", TASKS, task_names, &task)) ||
        !get_name(file, "kind", KINDS, kind_names, &kind) ||
        (task == 1 && !get_name(file, "readout", READOUTS, readout_names, &readout)) ||
        !get_number(file, "layers", 1, GPH_LAYERS_MAX / (task == 1 ? 4 : 1), &layers) ||
        !get_number(file, "hidden", 1, INT32_MAX, &options->hidden) ||
        !get_number(file, "norm", 0, 1, &norm) || !get_number(file, "bias", 0, 1, &bias) ||
        !get_number(file, "normalise", 0, 1, &normalise) ||
        !get_number(file, "features", 1, INT32_MAX, &model->features) ||
        !get_number(file, "classes", 1, INT32_MAX, &model->classes))
        return false;
    model->graphs = task == 1;
    model->readout = (gph_readout_t)readout;
    options->kind = (gph_model_kind_t)kind;
    options->layers = (int)layers;
    options->norm = (gph_norm_kind_t)norm;
    options->bias = bias != 0;
    model->normalise = normalise != 0;
    return true;
}

/* Words of a dataset, which must be so many. */
static gph_status_t get_words(gph_context_t *context, const gph_h5_t *h5, const char *name,
                              int64_t count, gph_words_t *words)
{
    gph_status_t status = GPH_OK;
    gph_h5_data_t data = {.id = H5I_INVALID_HID};
    int64_t ends = 0;

    GPH_TRY(gph_h5_data_open(h5, name, H5T_INTEGER, false, &data));
    GPH_TRY(gph_alloc(context->env, data.count, 1, &words->text));
    words->size = data.count;
    GPH_TRY(gph_h5_read(h5, &data, H5T_NATIVE_UINT8, 0, data.count, words->text));
    for (int64_t i = 0; i < words->size; i++)
        ends += words->text[i] == '\0';
    if (ends != count || words->text[words->size - 1] != '\0')
        status = bad_model(context, h5->path, "its labels or classes are not as many as it says");

cleanup:
    gph_h5_data_close(&data);
    return status;
}

static gph_status_t get_weights(gph_context_t *context, const gph_h5_t *h5, gph_model_file_t *model)
{
    gph_status_t status = GPH_OK;
    gph_h5_data_t data = {.id = H5I_INVALID_HID};
    char stored[GPH_DIGEST_CHARS] = "";
    char digest[GPH_DIGEST_CHARS] = "";

    GPH_TRY(gph_h5_data_open(h5, "weights", H5T_FLOAT, false, &data));
    GPH_TRY(gph_alloc(context->env, data.count, sizeof *model->value, &model->value));
    model->size = data.count;
    GPH_TRY(gph_h5_read(h5, &data, H5T_NATIVE_FLOAT, 0, data.count, model->value));
    gph_digest_format(gph_digest_bytes(model->value, (size_t)model->size * sizeof *model->value),
                      digest);
    if (!gph_h5_read_text(h5->file, "digest", sizeof stored, stored) || strcmp(stored, digest) != 0)
        status = bad_model(context, h5->path, "the weights do not fit their digest");
    for (int64_t i = 0; i < model->size && status == GPH_OK; i++)
        if (!isfinite(model->value[i]))
            status = bad_model(context, h5->path, "a weight is not a finite number");

cleanup:
    gph_h5_data_close(&data);
    return status;
}

static gph_status_t read_model(gph_context_t *context, const char *path, gph_model_file_t *model)
{
    gph_status_t status = GPH_OK;
    gph_h5_t h5 = {.file = H5I_INVALID_HID};
    char format[24] = "";

    GPH_TRY(gph_h5_open(context, path, &h5));
    if (!gph_h5_read_text(h5.file, "format", sizeof format, format) || strcmp(format, FORMAT) != 0)
        GPH_TRY(bad_model(context, path, "its format is another one"));
    if (!get_options(h5.file, model))
        GPH_TRY(bad_model(context, path, "what it says of its layers makes no sense"));
    GPH_TRY(get_weights(context, &h5, model));
    if (model->graphs) {
        GPH_TRY(get_words(context, &h5, "node_label_text", model->features, &model->label));
        GPH_TRY(get_words(context, &h5, "class_text", model->classes, &model->class));
    }

cleanup:
    gph_h5_close(&h5);
    return status;
}

gph_status_t gph_model_read(gph_context_t *context, const char *path, gph_model_file_t *model)
{
    gph_status_t status = GPH_OK;
    gph_model_file_t made = {.options = gph_model_options_default()};

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    GPH_TRY_ALL(context, read_model(context, path, &made));
    *model = made;
    made = (gph_model_file_t){.value = NULL};

cleanup:
    gph_model_free(&made);
    return status;
}

void gph_model_free(gph_model_file_t *model)
{
    gph_free(model->value);
    gph_free(model->label.text);
    gph_free(model->class.text);
    *model = (gph_model_file_t){.value = NULL};
}

gph_status_t gph_model_apply(const gph_model_file_t *model, gph_params_t *params)
{
    if (params->size != model->size)
        return gph_fail(params->context->env, GPH_ERR_INPUT,
                        "the model has %" PRId64 " weights where its layers need %" PRId64,
                        model->size, params->size);
    memcpy(params->value, model->value, (size_t)model->size * sizeof *model->value);
    return GPH_OK;
}
