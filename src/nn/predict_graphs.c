/* Classifying the graphs of a collection by a saved model. */
#include "io/collection.h"
#include "nn/graph_network.h"
#include "nn/prediction.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { AT_ONCE = 256 };

typedef struct predictor {
    gph_context_t *context;
    const gph_model_file_t *model;
    gph_prediction_t *prediction;
    gph_graph_data_t data;
    gph_graph_network_t network;
    gph_graph_batch_t batch;
    double *score; /* [graphs × classes], -INFINITY for graphs of other ranks */
} predictor_t;

/* --- words of the model --------------------------------------------------------------------- */

/* Numbers of words in their order, which must differ. */
static gph_status_t learn_words(const gph_words_t *words, gph_symbols_t *symbols)
{
    gph_status_t status = GPH_OK;
    int32_t count = 0;

    for (int64_t at = 0; at < words->size; count++) {
        const int64_t size = (int64_t)strlen(words->text + at);
        int32_t number = 0;
        GPH_TRY(gph_symbols_intern(symbols, words->text + at, size, &number));
        if (number != count)
            GPH_TRY(gph_fail(symbols->map.env, GPH_ERR_INPUT,
                             "the model has the label or class '%.80s' twice", words->text + at));
        at += size + 1;
    }

cleanup:
    return status;
}

static int64_t look_up(const gph_symbols_t *symbols, const char *text)
{
    return gph_symbols_find(symbols, text, (int64_t)strlen(text));
}

static gph_status_t unknown_label(const predictor_t *predictor, int64_t node, const char *label)
{
    const gph_graph_data_t *data = &predictor->data;
    int64_t graph = 0;
    while (data->node[graph + 1] <= node)
        graph++;
    return gph_fail(predictor->context->env, GPH_ERR_INPUT,
                    "graph %" PRId64 " (%.80s), node %" PRId64
                    ": the model does not know the label '%.80s'; it learnt %" PRId64
                    " labels of nodes, such as '%.80s'%s",
                    graph, gph_collection_name(data->collection, graph), node - data->node[graph],
                    label, predictor->model->features, predictor->model->label.text,
                    *label == '\0' ? " (nodes without a label have the label '')" : "");
}

/* A class that the model does not know can't be found: it counts as missed, with a warning. */
static void translate_classes(const predictor_t *predictor, const gph_symbols_t *class)
{
    const gph_graph_data_t *data = &predictor->data;
    int64_t unknown = 0;

    for (int64_t g = 0; g < data->graphs; g++) {
        if (data->class[g] < 0)
            continue;
        const char *text = gph_collection_class_name(data->collection, data->class[g]);
        const int64_t number = look_up(class, text);
        data->class[g] = number >= 0 ? (int32_t)number : INT32_MAX;
        unknown += number < 0;
    }
    if (unknown > 0)
        gph_log_root(predictor->context, GPH_LOG_WARN,
                     "%" PRId64 " graphs are of classes that the model does not know, and count as "
                     "missed",
                     unknown);
}

/* Numbers of the model instead of those of the collection. */
static gph_status_t translate(predictor_t *predictor)
{
    gph_status_t status = GPH_OK;
    gph_graph_data_t *data = &predictor->data;
    gph_env_t *env = predictor->context->env;
    gph_symbols_t label = gph_symbols_init(env);
    gph_symbols_t class = gph_symbols_init(env);

    GPH_TRY(learn_words(&predictor->model->label, &label));
    GPH_TRY(learn_words(&predictor->model->class, &class));
    for (int64_t v = 0; v < data->node[data->graphs]; v++) {
        const char *text = gph_collection_node_label(data->collection, data->label[v]);
        const int64_t number = look_up(&label, text);
        if (number < 0)
            GPH_TRY(unknown_label(predictor, v, text));
        data->label[v] = (int32_t)number;
    }
    translate_classes(predictor, &class);
    data->features = predictor->model->features;

cleanup:
    gph_symbols_free(&label);
    gph_symbols_free(&class);
    return status;
}

/* --- scores --------------------------------------------------------------------------------- */

/* Scores of graphs begin … begin + count - 1; each rank gets those of its own. Collective. */
static gph_status_t score_batch(predictor_t *predictor, int64_t begin, int64_t count)
{
    gph_status_t status = GPH_OK;
    gph_graph_batch_t *batch = &predictor->batch;
    gph_tensor_t score = {0};
    int64_t list[AT_ONCE];

    for (int64_t i = 0; i < count; i++)
        list[i] = begin + i;
    GPH_TRY_ALL(predictor->context, gph_graph_batch_fill(&predictor->data, count, list, batch));
    GPH_TRY(gph_graph_network_forward(&predictor->network, batch, false, 0, 0, &score));
    for (int64_t i = 0; i < score.rows; i++)
        for (int64_t j = 0; j < score.columns; j++)
            predictor->score[(begin + batch->graphs.first + i) * score.columns + j] =
                (double)score.value[i * score.columns + j];

cleanup:
    return status;
}

/* Scores of all graphs on every rank: each is the score of the one rank that has it. */
static gph_status_t score_all(predictor_t *predictor)
{
    gph_status_t status = GPH_OK;
    const int64_t graphs = predictor->data.graphs;
    const int64_t size = graphs * predictor->model->classes;

    for (int64_t i = 0; i < size; i++)
        predictor->score[i] = -INFINITY;
    for (int64_t at = 0; at < graphs; at += AT_ONCE)
        GPH_TRY(score_batch(predictor, at, graphs - at < AT_ONCE ? graphs - at : AT_ONCE));
    GPH_TRY(gph_comm_reduce_f64(predictor->context, GPH_MAX, size, predictor->score));
    for (int64_t i = 0; i < size; i++)
        predictor->prediction->score[i] = (gph_real_t)predictor->score[i];

cleanup:
    return status;
}

/* --- results -------------------------------------------------------------------------------- */

static void sum_up(predictor_t *predictor)
{
    gph_prediction_t *prediction = predictor->prediction;
    gph_predict_summary_t *summary = &prediction->summary;
    gph_digest_t sum;
    int64_t right = 0;

    gph_prediction_finish(prediction, &sum);
    for (int64_t g = 0; g < summary->count; g++) {
        prediction->id[g] = g;
        summary->labelled += predictor->data.class[g] >= 0;
        right += predictor->data.class[g] == prediction->class[g];
    }
    summary->accuracy = summary->labelled > 0 ? (double)right / (double)summary->labelled : 0;
    gph_digest_format(sum, summary->digest);
}

/* Names of the graphs and classes, and where each class begins. */
static gph_status_t keep_names(predictor_t *predictor)
{
    gph_status_t status = GPH_OK;
    gph_prediction_t *prediction = predictor->prediction;
    const gph_words_t *class = &predictor->model->class;

    for (int64_t g = 0; g < predictor->data.graphs; g++) {
        const char *name = gph_collection_name(predictor->data.collection, g);
        GPH_TRY(gph_symbols_append(&prediction->names, name, (int64_t)strlen(name)));
    }
    GPH_TRY(gph_alloc(predictor->context->env, class->size, 1, &prediction->classes.text));
    memcpy(prediction->classes.text, class->text, (size_t) class->size);
    prediction->classes.size = class->size;
    for (int64_t at = 0; at < class->size; at += (int64_t)strlen(class->text + at) + 1)
        GPH_TRY(gph_array_push(&prediction->starts, &at));

cleanup:
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t prepare(predictor_t *predictor)
{
    gph_status_t status = GPH_OK;
    const gph_model_file_t *model = predictor->model;
    gph_prediction_t *prediction = predictor->prediction;

    GPH_TRY(translate(predictor));
    GPH_TRY(gph_graph_network_build(predictor->context, &model->options, model->readout,
                                    model->features, model->classes, &predictor->network));
    GPH_TRY(gph_model_apply(model, &predictor->network.network.params));
    prediction->summary = (gph_predict_summary_t){
        .graphs = true, .count = predictor->data.graphs, .classes = model->classes};
    GPH_TRY(gph_prediction_reserve(prediction, predictor->data.graphs));
    GPH_TRY(keep_names(predictor));
    GPH_TRY(gph_alloc(predictor->context->env, predictor->data.graphs,
                      (size_t)model->classes * sizeof *predictor->score, &predictor->score));

cleanup:
    return status;
}

gph_status_t gph_predict_graphs(const gph_model_file_t *model, const gph_collection_t *collection,
                                gph_prediction_t *prediction)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = prediction->context;
    predictor_t *predictor = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *predictor, &predictor));
    predictor->context = context;
    predictor->model = model;
    predictor->prediction = prediction;
    predictor->data.context = context;
    predictor->batch = gph_graph_batch_init(context->env);
    gph_network_init(context, &predictor->network.network);
    GPH_TRY(gph_graph_data_rows(collection, &predictor->data));
    GPH_TRY_ALL(context, prepare(predictor));
    gph_phase_begin(context, "forward");
    GPH_TRY(score_all(predictor));
    sum_up(predictor);

cleanup:
    gph_phase_end(context);
    if (predictor != NULL) {
        gph_graph_network_free(&predictor->network);
        gph_graph_batch_free(&predictor->batch);
        gph_graph_data_free(&predictor->data);
        gph_free(predictor->score);
    }
    gph_free(predictor);
    return status;
}
