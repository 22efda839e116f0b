/* Classifying vertices by a saved model. */
#include "nn/dataset.h"
#include "nn/model_file.h"
#include "nn/network.h"
#include "nn/predictions.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>

/* A network with the weights of a model. Local. */
static gph_status_t load_network(gph_context_t *context, const gph_model_file_t *model,
                                 gph_network_t *network)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_network_build(network, &model->options, model->features, model->classes));
    if (network->params.size != model->size)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "the model has %" PRId64 " weights where its layers need %" PRId64,
                         model->size, network->params.size));
    memcpy(network->params.value, model->value, (size_t)model->size * sizeof *model->value);

cleanup:
    return status;
}

/* Accuracies, and the digest of all scores. Collective. */
static gph_status_t sum_up(const gph_dataset_t *data, const gph_tensor_t *score,
                           const int32_t *class, gph_predict_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->domain.context;
    int64_t count[4] = {0}; /* labelled, right, tested, right */
    gph_digest_t sum = {0, 0};

    for (int64_t i = 0; i < score->rows; i++) {
        const bool right = class[i] == data->label[i];
        const bool tested = data->split[i] == GPH_SPLIT_TEST;
        count[0] += data->label[i] >= 0;
        count[1] += right;
        count[2] += tested;
        count[3] += tested && right;
        gph_digest_add(&sum, gph_digest_item((uint64_t)(data->domain.first + i),
                                             score->value + i * score->columns,
                                             (size_t)score->columns * sizeof *score->value));
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 4, count));
    GPH_TRY(gph_comm_sum_digest(context, &sum));
    *summary = (gph_predict_summary_t){
        .vertices = data->graph->vertices,
        .classes = score->columns,
        .labelled = count[0],
        .accuracy = count[0] > 0 ? (double)count[1] / (double)count[0] : 0,
        .tested = count[2],
        .test_accuracy = count[2] > 0 ? (double)count[3] / (double)count[2] : 0,
    };
    gph_digest_format(sum, summary->digest);

cleanup:
    return status;
}

static gph_status_t predict(gph_network_t *network, gph_dataset_t *data, const char *out_path,
                            gph_predict_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->domain.context;
    const gph_pass_t pass = gph_network_pass(network, &data->domain, false, 0, 0);
    const gph_input_t input = gph_dataset_input(data);
    gph_tensor_t *output = NULL;
    int32_t *class = NULL;

    gph_phase_begin(context, "forward");
    GPH_TRY(gph_network_forward(network, &pass, &input, &output));
    const gph_tensor_t score = gph_tensor_rows(output, 0, data->domain.rows);
    GPH_TRY_ALL(context, gph_alloc(context->env, score.rows, sizeof *class, &class));
    gph_loss_classes(&score, class);
    GPH_TRY(sum_up(data, &score, class, summary));
    gph_phase_begin(context, "write");
    if (out_path != NULL)
        GPH_TRY(gph_predictions_write(data, &score, class, summary->digest, out_path));

cleanup:
    gph_phase_end(context);
    gph_free(class);
    return status;
}

gph_status_t gph_predict_nodes(gph_context_t *context, const char *model, const char *data,
                               const char *out_path, gph_predict_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    gph_model_file_t file = {.value = NULL};
    gph_network_t *network = NULL;
    gph_dataset_t loaded = {.graph = NULL};
    gph_data_options_t wanted = gph_data_options_default();

    if (context == NULL || model == NULL || data == NULL || summary == NULL)
        return GPH_ERR_USAGE;
    wanted.path = data;
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *network, &network));
    gph_network_init(context, network);
    GPH_TRY(gph_model_read(context, model, &file));
    GPH_TRY_ALL(context, load_network(context, &file, network));
    wanted.normalise = file.normalise;
    wanted.features = file.features;
    wanted.classes = file.classes;
    GPH_TRY(gph_dataset_load(context, &wanted, &loaded));
    if (loaded.features != file.features || loaded.classes != file.classes)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "the data has %" PRId64 " features and %" PRId64
                         " classes, the model %" PRId64 " and %" PRId64,
                         loaded.features, loaded.classes, file.features, file.classes));
    GPH_TRY(predict(network, &loaded, out_path, summary));

cleanup:
    gph_dataset_free(&loaded);
    if (network != NULL)
        gph_network_free(network);
    gph_free(network);
    gph_free(file.value);
    return status;
}
