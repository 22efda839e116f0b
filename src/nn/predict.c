/* Classifying by a saved model. */
#include "io/collection.h"
#include "nn/dataset.h"
#include "nn/network.h"
#include "nn/prediction.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- vertices ------------------------------------------------------------------------------- */

/* Rows, accuracies, and the digest of all scores. Collective. */
static gph_status_t take_rows(const gph_dataset_t *data, const gph_tensor_t *score,
                              gph_prediction_t *prediction)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->domain.context;
    gph_predict_summary_t *summary = &prediction->summary;
    int64_t count[4] = {0}; /* labelled, right, tested, right */
    gph_digest_t sum;

    memcpy(prediction->score, score->value,
           (size_t)(score->rows * score->columns) * sizeof *prediction->score);
    gph_prediction_finish(prediction, &sum);
    for (int64_t i = 0; i < score->rows; i++) {
        const bool right = prediction->class[i] == data->label[i];
        const bool tested = data->split[i] == GPH_SPLIT_TEST;
        prediction->id[i] = gph_graph_id(data->graph, (gph_lid_t)i);
        count[0] += data->label[i] >= 0;
        count[1] += right;
        count[2] += tested;
        count[3] += tested && right;
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 4, count));
    GPH_TRY(gph_comm_sum_digest(context, &sum));
    summary->labelled = count[0];
    summary->accuracy = count[0] > 0 ? (double)count[1] / (double)count[0] : 0;
    summary->tested = count[2];
    summary->test_accuracy = count[2] > 0 ? (double)count[3] / (double)count[2] : 0;
    gph_digest_format(sum, summary->digest);

cleanup:
    return status;
}

static gph_status_t check_fit(const gph_dataset_t *data, const gph_model_file_t *model)
{
    if (data->features != model->features || data->classes != model->classes)
        return gph_fail(data->domain.context->env, GPH_ERR_INPUT,
                        "the data has %" PRId64 " features and %" PRId64
                        " classes, the model %" PRId64 " and %" PRId64,
                        data->features, data->classes, model->features, model->classes);
    return GPH_OK;
}

/* Collective. */
static gph_status_t classify(gph_network_t *network, gph_dataset_t *data,
                             gph_prediction_t *prediction)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->domain.context;
    const gph_pass_t pass = gph_network_pass(network, &data->domain, false, 0, 0);
    const gph_input_t input = gph_dataset_input(data);
    gph_tensor_t *output = NULL;

    gph_phase_begin(context, "forward");
    GPH_TRY(gph_network_forward(network, &pass, &input, &output));
    const gph_tensor_t score = gph_tensor_rows(output, 0, data->domain.rows);
    prediction->summary.count = data->graph->vertices;
    prediction->summary.classes = score.columns;
    prediction->first = data->domain.first;
    GPH_TRY_ALL(context, gph_prediction_reserve(prediction, score.rows));
    GPH_TRY(take_rows(data, &score, prediction));

cleanup:
    gph_phase_end(context);
    return status;
}

/* A network with the weights of a model. Local. */
static gph_status_t load_network(const gph_model_file_t *model, gph_network_t *network)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_network_build(network, &model->options, model->features, model->classes));
    GPH_TRY(gph_model_apply(model, &network->params));

cleanup:
    return status;
}

/* Collective. */
static gph_status_t predict_vertices(const gph_model_file_t *model, const char *path,
                                     gph_prediction_t *prediction)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = prediction->context;
    gph_network_t *network = NULL;
    gph_dataset_t data = {.graph = NULL};
    gph_data_options_t wanted = gph_data_options_default();

    wanted.path = path;
    wanted.normalise = model->normalise;
    wanted.features = model->features;
    wanted.classes = model->classes;
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *network, &network));
    gph_network_init(context, network);
    GPH_TRY_ALL(context, load_network(model, network));
    GPH_TRY(gph_dataset_load(context, &wanted, &data));
    GPH_TRY_ALL(context, check_fit(&data, model));
    GPH_TRY(classify(network, &data, prediction));

cleanup:
    gph_dataset_free(&data);
    if (network != NULL)
        gph_network_free(network);
    gph_free(network);
    return status;
}

/* --- any ------------------------------------------------------------------------------------ */

/* Says which data a model of this kind takes, where data can't be read. Local. */
static gph_status_t explain(gph_context_t *context, const gph_model_file_t *model, const char *path,
                            gph_status_t status)
{
    char text[GPH_ERROR_CHARS / 2];

    if (status != GPH_ERR_INPUT && status != GPH_ERR_USAGE)
        return status;
    snprintf(text, sizeof text, "%s", gph_env_error(context->env));
    gph_env_error_clear(context->env);
    return gph_fail(context->env, GPH_ERR_INPUT, "%s (%s classifies %s)", text,
                    gph_path_shown(path),
                    model->graphs ? "the graphs of a collection"
                                  : "the vertices of a folder of tables or of sbm:");
}

static gph_status_t predict_path(gph_context_t *context, const gph_model_file_t *model,
                                 const char *model_path, const char *path,
                                 gph_prediction_t *prediction)
{
    gph_status_t status = GPH_OK;
    gph_collection_t *collection = NULL;

    if (!model->graphs)
        return explain(context, model, model_path, predict_vertices(model, path, prediction));
    status = gph_collection_load(context, path, NULL, &collection);
    if (status == GPH_OK)
        status = gph_predict_graphs(model, collection, prediction);
    else
        status = explain(context, model, model_path, status);
    gph_collection_destroy(&collection);
    return status;
}

gph_status_t gph_predict(gph_context_t *context, const char *model, const char *data,
                         gph_prediction_t **prediction)
{
    gph_status_t status = GPH_OK;
    gph_model_file_t file = {.value = NULL};
    gph_prediction_t *made = NULL;

    if (context == NULL || model == NULL || data == NULL || prediction == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(context, gph_prediction_create(context, &made));
    GPH_TRY(gph_model_read(context, model, &file));
    GPH_TRY(predict_path(context, &file, model, data, made));
    *prediction = made;
    made = NULL;

cleanup:
    gph_model_free(&file);
    gph_prediction_destroy(&made);
    return status;
}

gph_status_t gph_predict_collection(const char *model, const gph_collection_t *collection,
                                    gph_prediction_t **prediction)
{
    gph_status_t status = GPH_OK;
    gph_model_file_t file = {.value = NULL};
    gph_prediction_t *made = NULL;

    if (model == NULL || collection == NULL || prediction == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    GPH_TRY_ALL(context, gph_prediction_create(context, &made));
    GPH_TRY(gph_model_read(context, model, &file));
    if (!file.graphs)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "%s classifies the vertices of one graph, not the graphs of a collection",
                         gph_path_shown(model)));
    GPH_TRY(gph_predict_graphs(&file, collection, made));
    *prediction = made;
    made = NULL;

cleanup:
    gph_model_free(&file);
    gph_prediction_destroy(&made);
    return status;
}
