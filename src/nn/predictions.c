/* Files of predictions, as text and HDF5. */
#include "nn/predictions.h"

#include "io/file.h"
#include "io/hdf5_rows.h"
#include "nn/text.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* Probability of class `best` of one row. */
static double probability(const gph_real_t *score, int64_t classes, int64_t best)
{
    double sum = 0;
    for (int64_t j = 0; j < classes; j++)
        sum += exp((double)score[j] - (double)score[best]);
    return 1 / sum;
}

/* --- text ----------------------------------------------------------------------------------- */

static gph_status_t format_rows(const gph_dataset_t *data, const gph_tensor_t *score,
                                const int32_t *class, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    if (data->domain.first == 0 && data->domain.context->rank == 0)
        GPH_TRY(gph_text_put(text, "vertex\tclass\tprobability\n"));
    for (int64_t i = 0; i < score->rows; i++)
        GPH_TRY(gph_text_put(
            text, "%" PRId64 "\t%d\t%.6f\n", gph_graph_id(data->graph, (gph_lid_t)i), (int)class[i],
            probability(score->value + i * score->columns, score->columns, class[i])));

cleanup:
    return status;
}

/* Each rank's rows behind those of lower ranks. Collective. */
static gph_status_t write_text(const gph_dataset_t *data, const gph_tensor_t *score,
                               const int32_t *class, gph_outfile_t *file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->domain.context;
    gph_array_t text = gph_array_init(context->env, 1);
    int64_t before = 0;

    GPH_TRY_ALL(context, format_rows(data, score, class, &text));
    GPH_TRY(gph_comm_scan_i64(context, 1, &text.count, &before, NULL));
    status = gph_outfile_write(file, before, text.data, text.count);

cleanup:
    gph_array_free(&text);
    return status;
}

/* --- HDF5 ----------------------------------------------------------------------------------- */

/** One dataset of the file, with a row for each vertex. */
typedef struct column {
    const char *name;
    hid_t type;   /* in the file */
    hid_t memory; /* of values */
    int64_t columns;
    const void *values; /* [own vertices × columns] */
} column_t;

static gph_status_t write_column(const gph_dataset_t *data, hid_t file, const column_t *column)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->domain.context;
    hid_t dataset = H5I_INVALID_HID;

    GPH_TRY_ALL(context, gph_h5_dataset(context->env, file, column->name, column->type,
                                        data->graph->vertices, column->columns, &dataset));
    GPH_TRY_ALL(context,
                gph_h5_write_rows(context->env, dataset, column->memory, data->domain.first,
                                  data->domain.rows, column->columns, column->values));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    return status;
}

static gph_status_t write_columns(const gph_dataset_t *data, const gph_tensor_t *score,
                                  const int32_t *class, const char *digest, hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->domain.context;
    gph_env_t *env = context->env;
    int64_t *id = NULL;  /* [own vertices] */
    double *prob = NULL; /* [own vertices] */

    GPH_TRY_ALL(context, gph_alloc(env, score->rows, sizeof *id, &id));
    GPH_TRY_ALL(context, gph_alloc(env, score->rows, sizeof *prob, &prob));
    for (int64_t i = 0; i < score->rows; i++) {
        id[i] = gph_graph_id(data->graph, (gph_lid_t)i);
        prob[i] = probability(score->value + i * score->columns, score->columns, class[i]);
    }
    const column_t column[] = {
        {"id", H5T_STD_I64LE, H5T_NATIVE_INT64, 0, id},
        {"class", H5T_STD_I32LE, H5T_NATIVE_INT32, 0, class},
        {"probability", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, prob},
        {"scores", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, score->columns, score->value},
    };
    GPH_TRY_ALL(context, gph_h5_attribute(env, file, "version", "1"));
    GPH_TRY_ALL(context, gph_h5_attribute(env, file, "digest", digest));
    for (size_t c = 0; c < sizeof column / sizeof column[0]; c++)
        GPH_TRY(write_column(data, file, &column[c]));

cleanup:
    gph_free(id);
    gph_free(prob);
    return status;
}

/* --- both ----------------------------------------------------------------------------------- */

gph_status_t gph_predictions_write(const gph_dataset_t *data, const gph_tensor_t *score,
                                   const int32_t *class, const char *digest, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->domain.context;
    gph_outfile_t *file = NULL;
    gph_h5_out_t out = {context, H5I_INVALID_HID, -1};

    GPH_TRY(gph_outfile_create(context, path, &file));
    if (!gph_path_ends(path, ".h5")) {
        status = write_text(data, score, class, file);
    } else {
        status = gph_h5_out_create(context, gph_outfile_name(file), "grapheme-predictions", &out);
        if (status == GPH_OK)
            status = gph_h5_out_close(&out, write_columns(data, score, class, digest, out.file));
    }

cleanup:
    return gph_outfile_commit(&file, status);
}
