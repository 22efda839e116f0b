/* Training of networks that classify graphs: mini-batches of a collection, in folds. */
#include "io/collection.h"
#include "nn/graph_team.h"
#include "nn/model_file.h"
#include "nn/training.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { EVALUATED_AT_ONCE = 256 };

/* One epoch of one fold: a row of the metrics. */
typedef struct metrics {
    double fold;           /* from 1 */
    double epoch;          /* from 1 */
    double rate;           /* learning rate of the first step */
    double train_loss;     /* mean over the graphs, while training */
    double train_accuracy; /* the same */
    double test_loss;
    double test_accuracy;
} metrics_t;

static const char *const columns[] = {
    "fold", "epoch", "rate", "train_loss", "train_accuracy", "test_loss", "test_accuracy",
};

enum { COLUMNS = sizeof columns / sizeof *columns };

_Static_assert(sizeof(metrics_t) == COLUMNS * sizeof(double), "metrics are a row of columns");

typedef struct trainer {
    gph_training_t frame;
    gph_context_t *context;
    const gph_graphs_options_t *options;
    gph_graph_data_t data;
    gph_graph_team_t team;
    int64_t *list;   /* [graphs] work space */
    double sum;      /* of losses of graphs, while an epoch goes on */
    int64_t correct; /* the same */
} trainer_t;

gph_graphs_options_t gph_graphs_options_default(void)
{
    gph_graphs_options_t options = {
        .fold_count = 10,
        .model = gph_model_options_default(),
        .optimizer = gph_optimizer_options_default(),
        .epochs = 100,
        .batch = 32,
    };
    options.model.kind = GPH_MODEL_GIN;
    options.model.layers = 4;
    options.model.hidden = 32;
    options.model.norm = GPH_NORM_LAYER;
    options.optimizer.weight_decay = 0;
    options.optimizer.schedule = GPH_SCHEDULE_STEP;
    return options;
}

/* --- one step ------------------------------------------------------------------------------- */

/* The weights of every fold begin alike; steps of all folds have dropout of their own. */
static int64_t dropout_step(const trainer_t *trainer)
{
    return trainer->frame.optimizer.step + (trainer->frame.run << 40);
}

static gph_status_t take(void *data, int64_t count, const int64_t *list)
{
    trainer_t *trainer = data;
    return gph_graph_team_take(&trainer->team, &trainer->data, count, list);
}

/* Scores of the batch and their loss. Collective. */
static gph_status_t measure(trainer_t *trainer, bool training, double *mean)
{
    gph_status_t status = GPH_OK;
    gph_loss_t loss = {{0}, {0}, {0}};

    GPH_TRY(gph_graph_team_forward(&trainer->team, training, trainer->context->seed,
                                   dropout_step(trainer), &loss));
    *mean = loss.loss[GPH_SPLIT_TRAIN];
    trainer->sum += *mean * (double)loss.rows[GPH_SPLIT_TRAIN];
    trainer->correct += loss.correct[GPH_SPLIT_TRAIN];

cleanup:
    return status;
}

static gph_status_t forward(void *data, double *loss)
{
    return measure(data, true, loss);
}

static gph_status_t backward(void *data)
{
    trainer_t *trainer = data;
    return gph_graph_team_backward(&trainer->team, trainer->context->seed, dropout_step(trainer));
}

/* --- one epoch ------------------------------------------------------------------------------ */

/* The graphs of the fold, for training or for testing, as trainer->list. */
static int64_t list_graphs(const trainer_t *trainer, bool testing)
{
    int64_t count = 0;
    for (int64_t g = 0; g < trainer->data.graphs; g++)
        if ((trainer->data.fold[g] == trainer->frame.run) == testing)
            trainer->list[count++] = g;
    return count;
}

static void begin_pass(trainer_t *trainer)
{
    trainer->sum = 0;
    trainer->correct = 0;
}

static void end_pass(const trainer_t *trainer, int64_t count, double *loss, double *accuracy)
{
    *loss = count > 0 ? trainer->sum / (double)count : 0;
    *accuracy = count > 0 ? (double)trainer->correct / (double)count : 0;
}

/* Steps through all graphs for training once. */
static gph_status_t train_epoch(trainer_t *trainer, metrics_t *metrics)
{
    gph_status_t status = GPH_OK;
    const int64_t count = list_graphs(trainer, false);

    begin_pass(trainer);
    metrics->rate = gph_training_rate(&trainer->frame, trainer->frame.optimizer.step);
    GPH_TRY(gph_training_batches(&trainer->frame, trainer->options->batch, count, trainer->list));
    end_pass(trainer, count, &metrics->train_loss, &metrics->train_accuracy);

cleanup:
    return status;
}

/* Classifies the graphs of the fold. */
static gph_status_t test_epoch(trainer_t *trainer, metrics_t *metrics)
{
    gph_status_t status = GPH_OK;
    const int64_t count = list_graphs(trainer, true);
    double loss = 0;

    begin_pass(trainer);
    for (int64_t at = 0; at < count; at += EVALUATED_AT_ONCE) {
        const int64_t here = count - at < EVALUATED_AT_ONCE ? count - at : EVALUATED_AT_ONCE;
        GPH_TRY_ALL(trainer->context, take(trainer, here, trainer->list + at));
        GPH_TRY(measure(trainer, false, &loss));
    }
    end_pass(trainer, count, &metrics->test_loss, &metrics->test_accuracy);

cleanup:
    return status;
}

static gph_status_t one_epoch(void *data)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;
    metrics_t metrics = {.fold = (double)trainer->frame.run + 1,
                         .epoch = (double)trainer->frame.epoch + 1};

    GPH_TRY(train_epoch(trainer, &metrics));
    gph_phase_begin(trainer->context, "evaluate");
    GPH_TRY(test_epoch(trainer, &metrics));
    GPH_TRY_ALL(trainer->context, gph_array_push(&trainer->frame.metrics, &metrics));
    gph_log_root(trainer->context, GPH_LOG_DEBUG,
                 "fold %.0f, epoch %.0f: loss %.4f, in testing %.4f; accuracy %.4f, %.4f",
                 metrics.fold, metrics.epoch, metrics.train_loss, metrics.test_loss,
                 metrics.train_accuracy, metrics.test_accuracy);

cleanup:
    gph_phase_end(trainer->context);
    return status;
}

static int64_t steps_of(const void *data)
{
    const trainer_t *trainer = data;
    const int64_t batch = trainer->options->batch;
    return (list_graphs(trainer, false) + batch - 1) / batch;
}

static const metrics_t *metrics_at(const trainer_t *trainer, int64_t fold, int64_t epoch)
{
    const metrics_t *all = trainer->frame.metrics.data;
    return &all[fold * trainer->options->epochs + epoch];
}

static gph_status_t end_run(void *data)
{
    trainer_t *trainer = data;
    const metrics_t *last = metrics_at(trainer, trainer->frame.run, trainer->options->epochs - 1);
    gph_training_offer(&trainer->frame, last->test_accuracy, last->test_loss);
    return GPH_OK;
}

/* Every epoch has a row, by whose place metrics_at() finds it. */
static gph_status_t restore(void *data, const gph_snapshot_t *snapshot)
{
    const trainer_t *trainer = data;
    const gph_training_t *frame = &trainer->frame;
    (void)snapshot;
    if (frame->metrics.count != frame->run * trainer->options->epochs + frame->epoch)
        return gph_fail(trainer->context->env, GPH_ERR_INPUT,
                        "the checkpoint holds counts that make no sense");
    return GPH_OK;
}

/* --- what an epoch takes -------------------------------------------------------------------- */

/* Of all ranks, for the graphs for training or for testing. */
static double pass_flops(const trainer_t *trainer, bool testing)
{
    const gph_graph_data_t *data = &trainer->data;
    const gph_network_t *network = &trainer->team.worker[0].network.network;
    const int64_t count = list_graphs(trainer, testing);
    double rows = 0;
    double arcs = 0;
    double flops = 0;

    for (int64_t i = 0; i < count; i++) {
        const int64_t begin = data->node[trainer->list[i]];
        const int64_t end = data->node[trainer->list[i] + 1];
        rows += (double)(end - begin);
        arcs += (double)(data->offset[end] - data->offset[begin] + end - begin);
    }
    for (int l = 0; l < network->layers; l++) {
        const bool head = l == network->layers - 1;
        flops += gph_layer_flops(&network->layer[l], head ? (double)count : rows, arcs, l == 0,
                                 !testing);
    }
    return flops;
}

static double flops_of(const void *data)
{
    const trainer_t *trainer = data;
    return (pass_flops(trainer, false) + pass_flops(trainer, true)) /
           (double)trainer->context->ranks;
}

/* --- the model ------------------------------------------------------------------------------ */

/* Labels of nodes and names of classes, as words. */
static gph_status_t collect_words(const gph_graph_data_t *data, gph_array_t *label,
                                  gph_array_t *class)
{
    gph_status_t status = GPH_OK;

    for (int32_t i = 0; i < data->features; i++) {
        const char *text = gph_collection_node_label(data->collection, i);
        GPH_TRY(gph_symbols_append(label, text, (int64_t)strlen(text)));
    }
    for (int32_t i = 0; i < data->classes; i++) {
        const char *text = gph_collection_class_name(data->collection, i);
        GPH_TRY(gph_symbols_append(class, text, (int64_t)strlen(text)));
    }

cleanup:
    return status;
}

static gph_status_t write_model(void *data)
{
    gph_status_t status = GPH_OK;
    const trainer_t *trainer = data;
    gph_context_t *context = trainer->context;
    const gph_graphs_options_t *options = trainer->options;
    gph_array_t label = gph_array_init(context->env, 1);
    gph_array_t class = gph_array_init(context->env, 1);

    if (options->model_path == NULL)
        return GPH_OK;
    GPH_TRY_ALL(context, collect_words(&trainer->data, &label, &class));
    const gph_model_file_t file = {
        .graphs = true,
        .options = options->model,
        .readout = options->readout,
        .features = trainer->data.features,
        .classes = trainer->data.classes,
        .label = {label.data, label.count},
        .class = {class.data, class.count},
        .size = trainer->frame.params->size,
        .value = trainer->frame.kept.value,
    };
    GPH_TRY(gph_model_write(context, options->model_path, &file));

cleanup:
    gph_array_free(&label);
    gph_array_free(&class);
    return status;
}

/* --- what it came to ------------------------------------------------------------------------ */

/* Mean accuracy in testing over the folds done, in one epoch. */
static double mean_accuracy(const trainer_t *trainer, int64_t epoch)
{
    double sum = 0;
    for (int64_t f = 0; f < trainer->frame.run; f++)
        sum += metrics_at(trainer, f, epoch)->test_accuracy;
    return sum / (double)trainer->frame.run;
}

/* Over the folds done. */
static void average(const trainer_t *trainer, gph_graphs_summary_t *summary)
{
    const int64_t last = trainer->options->epochs - 1;
    const double folds = (double)trainer->frame.run;
    double squares = 0;
    int64_t best = 0;

    if (trainer->frame.run == 0)
        return;
    for (int64_t e = 1; e <= last; e++)
        if (mean_accuracy(trainer, e) > mean_accuracy(trainer, best))
            best = e;
    summary->best_epoch = best + 1;
    summary->accuracy = mean_accuracy(trainer, best);
    summary->last_accuracy = mean_accuracy(trainer, last);
    for (int64_t f = 0; f < trainer->frame.run; f++) {
        const double away = metrics_at(trainer, f, best)->test_accuracy - summary->accuracy;
        squares += away * away;
        summary->loss += metrics_at(trainer, f, best)->test_loss / folds;
        summary->train_loss += metrics_at(trainer, f, last)->train_loss / folds;
        summary->train_accuracy += metrics_at(trainer, f, last)->train_accuracy / folds;
    }
    summary->deviation = sqrt(squares / folds);
}

static gph_status_t summarise(const void *data, void *summary)
{
    gph_status_t status = GPH_OK;
    const trainer_t *trainer = data;
    const gph_training_t *frame = &trainer->frame;
    gph_training_speed_t speed;
    gph_graphs_summary_t made = {
        .graphs = trainer->data.graphs,
        .nodes = trainer->data.node[trainer->data.graphs],
        .features = trainer->data.features,
        .classes = trainer->data.classes,
        .weights = frame->params->size,
        .folds = frame->run,
        .epochs = frame->epochs,
        .steps = frame->steps,
        .examples = frame->examples,
    };

    for (int64_t g = 0; g < trainer->data.graphs; g++)
        made.tested += trainer->data.fold[g] >= 0;
    average(trainer, &made);
    gph_training_digest(frame, made.digest);
    GPH_TRY(gph_training_speed(frame, &speed));
    made.seconds = speed.seconds;
    made.bytes_sent = speed.bytes;
    *(gph_graphs_summary_t *)summary = made;

cleanup:
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t check_options(const gph_context_t *context, const gph_graphs_options_t *options)
{
    const gph_model_options_t *model = &options->model;
    if (options->path == NULL || options->epochs < 1 || options->batch < 1)
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "a collection, and at least 1 epoch and 1 graph a step are needed");
    if (model->layers < 1 || model->layers > GPH_LAYERS_MAX / 4 || model->hidden < 1 ||
        !(model->dropout >= 0) || model->dropout >= 1)
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "a model of graphs has 1 to %d layers, at least 1 hidden column, and a "
                        "dropout of 0 or more and less than 1",
                        GPH_LAYERS_MAX / 4);
    return GPH_OK;
}

static gph_status_t make_network(trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    const gph_graphs_options_t *options = trainer->options;
    char digest[GPH_DIGEST_CHARS];

    GPH_TRY(gph_graph_team_build(trainer->context, &options->model, options->readout,
                                 trainer->data.features, trainer->data.classes, &trainer->team));
    GPH_TRY(gph_alloc(trainer->context->env, trainer->data.graphs, sizeof *trainer->list,
                      &trainer->list));
    GPH_TRY(gph_text_put(
        &trainer->frame.identity, "task=graphs\ndata=%s\nreadout=%d\nbatch=%" PRId64 "\n",
        gph_digest_format(trainer->data.digest, digest), (int)options->readout, options->batch));

cleanup:
    return status;
}

static gph_training_plan_t plan_of(const trainer_t *trainer)
{
    const gph_graphs_options_t *options = trainer->options;
    return (gph_training_plan_t){
        .unit = "fold",
        .first = 1,
        .runs = trainer->data.folds,
        .epochs = options->epochs,
        .model = &options->model,
        .optimizer = &options->optimizer,
        .checkpoint = options->checkpoint,
        .estimate = options->estimate,
        .every = 1,
        .title = options->path,
        .csv_path = options->csv_path,
        .hdf5_path = options->hdf5_path,
        .svg_path = options->svg_path,
    };
}

static gph_status_t begin(void *data)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;
    gph_context_t *context = trainer->context;

    GPH_TRY_ALL(context, check_options(context, trainer->options));
    gph_phase_begin(context, "load");
    GPH_TRY(gph_graph_data_load(context, trainer->options, &trainer->data));
    gph_phase_end(context);
    GPH_TRY_ALL(context, make_network(trainer));
    const gph_training_plan_t plan = plan_of(trainer);
    GPH_TRY(gph_training_begin(&trainer->frame, &plan, gph_graph_team_params(&trainer->team)));

cleanup:
    return status;
}

static void trainer_free(void *data)
{
    trainer_t *trainer = data;
    gph_graph_team_free(&trainer->team);
    gph_free(trainer->list);
    gph_graph_data_free(&trainer->data);
    gph_free(trainer);
}

static const gph_training_ops_t graph_ops = {
    .begin = begin,
    .epoch = one_epoch,
    .take = take,
    .forward = forward,
    .backward = backward,
    .steps = steps_of,
    .end_run = end_run,
    .restore = restore,
    .write = write_model,
    .summarise = summarise,
    .flops = flops_of,
    .free = trainer_free,
    .columns = COLUMNS,
    .column = columns,
};

gph_status_t gph_train_graphs(gph_context_t *context, const gph_graphs_options_t *options,
                              gph_graphs_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = NULL;

    if (context == NULL || options == NULL || summary == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *trainer, &trainer));
    trainer->context = context;
    trainer->options = options;
    trainer->data.context = context;
    gph_training_init(context, &graph_ops, trainer, &trainer->frame);
    return gph_training_perform(&trainer->frame, summary);

cleanup:
    gph_free(trainer);
    return status;
}
