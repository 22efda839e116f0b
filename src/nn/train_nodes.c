/* Training of networks that classify vertices: one graph, whose vertices all make one step. */
#include "nn/dataset.h"
#include "nn/model_file.h"
#include "nn/network.h"
#include "nn/state.h"
#include "nn/training.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* One evaluation: a row of the metrics. */
typedef struct metrics {
    double seed;
    double epoch;                    /* from 1 */
    double rate;                     /* learning rate of the step before */
    double loss[GPH_SPLITS - 1];     /* TRAIN, VALID, TEST */
    double accuracy[GPH_SPLITS - 1]; /* the same */
} metrics_t;

static const char *const columns[] = {
    "seed",      "epoch",          "rate",           "train_loss",    "valid_loss",
    "test_loss", "train_accuracy", "valid_accuracy", "test_accuracy",
};

enum { COLUMNS = sizeof columns / sizeof *columns };

_Static_assert(sizeof(metrics_t) == COLUMNS * sizeof(double), "metrics are a row of columns");

typedef struct trainer {
    gph_training_t frame;
    gph_context_t *context;
    const gph_train_options_t *options;
    gph_dataset_t data;
    gph_network_t network;
    gph_pass_t pass;       /* of the step under way */
    gph_tensor_t gradient; /* of the output */
    /* State. */
    int64_t waited;         /* evaluations since the loss in validation last fell */
    double lowest;          /* that loss */
    metrics_t best;         /* of the best weights of the run; epoch 0: none yet */
    gph_real_t *best_value; /* [weights] */
    gph_array_t results;    /* metrics_t, of the weights of each run that count */
} trainer_t;

/* --- one step ------------------------------------------------------------------------------- */

/* Scores of the rows. Collective. */
static gph_status_t pass_forward(trainer_t *trainer, bool training, gph_tensor_t **output)
{
    const gph_input_t input = gph_dataset_input(&trainer->data);
    trainer->pass = gph_network_pass(&trainer->network, &trainer->data.domain, training,
                                     gph_training_seed(&trainer->frame), trainer->frame.epoch);
    return gph_network_forward(&trainer->network, &trainer->pass, &input, output);
}

static gph_status_t measure(trainer_t *trainer, const gph_tensor_t *output, gph_tensor_t *g,
                            gph_loss_t *loss)
{
    const int64_t rows = trainer->data.domain.rows;
    const gph_tensor_t score = gph_tensor_rows(output, 0, rows);
    gph_tensor_t back = {0};
    if (g != NULL)
        back = gph_tensor_rows(g, 0, rows);
    return gph_loss_softmax(trainer->context, &score, trainer->data.label, trainer->data.split,
                            g != NULL ? &back : NULL, loss);
}

static gph_status_t forward(void *data, double *loss)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;
    gph_context_t *context = trainer->context;
    gph_tensor_t *output = NULL;
    gph_loss_t found = {{0}, {0}, {0}};

    GPH_TRY(pass_forward(trainer, true, &output));
    GPH_TRY_ALL(context,
                gph_tensor_shape(context->env, output->rows, output->columns, &trainer->gradient));
    GPH_TRY(measure(trainer, output, &trainer->gradient, &found));
    *loss = found.loss[GPH_SPLIT_TRAIN];

cleanup:
    return status;
}

static gph_status_t backward(void *data)
{
    trainer_t *trainer = data;
    return gph_network_backward(&trainer->network, &trainer->pass, &trainer->gradient, NULL);
}

/* --- evaluation ----------------------------------------------------------------------------- */

/* Whether metrics are better in validation. */
static bool better(const metrics_t *a, const metrics_t *b)
{
    const int valid = GPH_SPLIT_VALID - 1;
    return b->epoch == 0 || a->accuracy[valid] > b->accuracy[valid] ||
           (a->accuracy[valid] == b->accuracy[valid] && a->loss[valid] < b->loss[valid]);
}

static void copy_weights(const trainer_t *trainer, gph_real_t *to, const gph_real_t *from)
{
    memcpy(to, from, (size_t)trainer->network.params.size * sizeof *to);
}

/* Notes what an evaluation says of when to stop and which weights to keep. */
static gph_status_t note_metrics(trainer_t *trainer, const metrics_t *metrics)
{
    const bool last = trainer->options->select == GPH_SELECT_LAST;
    if (metrics->loss[GPH_SPLIT_VALID - 1] < trainer->lowest) {
        trainer->lowest = metrics->loss[GPH_SPLIT_VALID - 1];
        trainer->waited = 0;
    } else {
        trainer->waited++;
    }
    if (last || better(metrics, &trainer->best)) {
        trainer->best = *metrics;
        if (!last)
            copy_weights(trainer, trainer->best_value, trainer->network.params.value);
    }
    return gph_array_push(&trainer->frame.metrics, metrics);
}

static gph_status_t evaluate(trainer_t *trainer, int64_t epoch)
{
    gph_status_t status = GPH_OK;
    metrics_t metrics = {.seed = (double)gph_training_seed(&trainer->frame),
                         .epoch = (double)epoch,
                         .rate = gph_training_rate(&trainer->frame, epoch - 1)};
    gph_tensor_t *output = NULL;
    gph_loss_t loss = {{0}, {0}, {0}};

    gph_phase_begin(trainer->context, "evaluate");
    GPH_TRY(pass_forward(trainer, false, &output));
    GPH_TRY(measure(trainer, output, NULL, &loss));
    for (int s = GPH_SPLIT_TRAIN; s < GPH_SPLITS; s++) {
        metrics.loss[s - 1] = loss.loss[s];
        metrics.accuracy[s - 1] =
            loss.rows[s] > 0 ? (double)loss.correct[s] / (double)loss.rows[s] : 0;
    }
    GPH_TRY_ALL(trainer->context, note_metrics(trainer, &metrics));
    gph_log_root(trainer->context, GPH_LOG_DEBUG,
                 "seed %.0f, epoch %.0f: loss %.4f %.4f %.4f, accuracy %.4f %.4f %.4f",
                 metrics.seed, metrics.epoch, metrics.loss[0], metrics.loss[1], metrics.loss[2],
                 metrics.accuracy[0], metrics.accuracy[1], metrics.accuracy[2]);

cleanup:
    gph_phase_end(trainer->context);
    return status;
}

/* --- epochs and runs ------------------------------------------------------------------------ */

static gph_status_t one_epoch(void *data)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;
    const int64_t epoch = trainer->frame.epoch + 1;

    GPH_TRY(gph_training_step(&trainer->frame, trainer->data.graph->vertices));
    if (epoch % trainer->options->every == 0 || epoch == trainer->options->epochs)
        GPH_TRY(evaluate(trainer, epoch));

cleanup:
    return status;
}

static void begin_run(void *data)
{
    trainer_t *trainer = data;
    trainer->waited = 0;
    trainer->lowest = INFINITY;
    trainer->best = (metrics_t){.epoch = 0};
}

static bool run_over(const void *data)
{
    const trainer_t *trainer = data;
    return trainer->options->patience > 0 && trainer->waited >= trainer->options->patience;
}

static gph_status_t end_run(void *data)
{
    trainer_t *trainer = data;
    const int valid = GPH_SPLIT_VALID - 1;
    if (trainer->options->select == GPH_SELECT_BEST)
        copy_weights(trainer, trainer->network.params.value, trainer->best_value);
    gph_training_offer(&trainer->frame, trainer->best.accuracy[valid], trainer->best.loss[valid]);
    return gph_array_push(&trainer->results, &trainer->best);
}

/* --- state and files ------------------------------------------------------------------------ */

/* The numbers of the state that are few. */
typedef struct numbers {
    int64_t waited;
    double lowest;
    metrics_t best;
} numbers_t;

enum { NUMBERS_WORDS = sizeof(numbers_t) / sizeof(uint64_t) };

static gph_status_t save(const void *data, gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const trainer_t *trainer = data;
    const gph_context_t *context = trainer->context;
    const numbers_t numbers = {trainer->waited, trainer->lowest, trainer->best};

    GPH_TRY(gph_state_put(context, snapshot, "vertices", NUMBERS_WORDS, &numbers));
    GPH_TRY(gph_state_put_reals(context, snapshot, "best", trainer->network.params.size,
                                trainer->best_value));
    GPH_TRY(gph_state_put_array(context, snapshot, "results", &trainer->results));

cleanup:
    return status;
}

static gph_status_t restore(void *data, const gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;
    const gph_context_t *context = trainer->context;
    numbers_t numbers;

    GPH_TRY(gph_snapshot_read_array(snapshot, "vertices", 1, NUMBERS_WORDS, 0, NUMBERS_WORDS,
                                    &numbers));
    trainer->waited = numbers.waited;
    trainer->lowest = numbers.lowest;
    trainer->best = numbers.best;
    GPH_TRY(gph_state_read_reals(context, snapshot, "best", trainer->network.params.size,
                                 trainer->best_value));
    GPH_TRY(gph_state_read_array(snapshot, "results", trainer->frame.run, &trainer->results));

cleanup:
    return status;
}

static gph_status_t write_model(void *data)
{
    const trainer_t *trainer = data;
    const gph_train_options_t *options = trainer->options;
    const gph_model_file_t file = {
        .options = options->model,
        .normalise = options->data.normalise,
        .features = trainer->data.features,
        .classes = trainer->data.classes,
        .size = trainer->network.params.size,
        .value = trainer->frame.kept.value,
    };
    if (options->model_path == NULL)
        return GPH_OK;
    return gph_model_write(trainer->context, options->model_path, &file);
}

/* --- what an epoch takes -------------------------------------------------------------------- */

static int64_t bytes_of(const void *data)
{
    const trainer_t *trainer = data;
    return trainer->data.domain.halo.bytes;
}

static double flops_of(const void *data)
{
    const trainer_t *trainer = data;
    const gph_domain_t *domain = &trainer->data.domain;
    const double rows = (double)domain->rows;
    const double arcs = (double)domain->offset[domain->rows] + rows;
    double flops = 0;

    for (int l = 0; l < trainer->network.layers; l++) {
        const gph_layer_t *layer = &trainer->network.layer[l];
        flops +=
            gph_layer_flops(layer, rows, arcs, l == 0, true) +
            gph_layer_flops(layer, rows, arcs, l == 0, false) / (double)trainer->options->every;
    }
    return flops;
}

/* --- results -------------------------------------------------------------------------------- */

/* Means over the runs, and the deviation of one. */
static void average(const trainer_t *trainer, gph_train_summary_t *summary)
{
    const metrics_t *result = trainer->results.data;
    const int64_t count = trainer->results.count;
    double square = 0;

    for (int64_t i = 0; i < count; i++) {
        const metrics_t *m = &result[i];
        const double share = 1 / (double)count;
        summary->accuracy += m->accuracy[GPH_SPLIT_TEST - 1] * share;
        summary->valid_accuracy += m->accuracy[GPH_SPLIT_VALID - 1] * share;
        summary->train_accuracy += m->accuracy[GPH_SPLIT_TRAIN - 1] * share;
        summary->loss += m->loss[GPH_SPLIT_TEST - 1] * share;
        summary->train_loss += m->loss[GPH_SPLIT_TRAIN - 1] * share;
    }
    for (int64_t i = 0; i < count; i++) {
        const double d = result[i].accuracy[GPH_SPLIT_TEST - 1] - summary->accuracy;
        square += d * d;
    }
    summary->deviation = count > 1 ? sqrt(square / (double)(count - 1)) : 0;
}

/* Collective. */
static gph_status_t summarise(const void *data, void *summary)
{
    gph_status_t status = GPH_OK;
    const trainer_t *trainer = data;
    const gph_training_t *frame = &trainer->frame;
    gph_training_speed_t speed;
    gph_train_summary_t made = {
        .vertices = trainer->data.graph->vertices,
        .edges = trainer->data.graph->edges,
        .features = trainer->data.features,
        .classes = trainer->data.classes,
        .weights = trainer->network.params.size,
        .seeds = frame->run,
        .epochs = frame->epochs,
        .steps = frame->steps,
    };

    average(trainer, &made);
    gph_training_digest(frame, made.digest);
    GPH_TRY(gph_training_speed(frame, &speed));
    made.seconds = speed.seconds;
    made.fastest = speed.fastest;
    made.bytes_sent = speed.bytes;
    *(gph_train_summary_t *)summary = made;

cleanup:
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t check_options(const gph_context_t *context, const gph_train_options_t *options)
{
    const gph_model_options_t *model = &options->model;
    if (options->epochs < 1 || options->seeds < 1 || options->every < 1 || options->patience < 0)
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "epochs, seeds and evaluations must be at least 1");
    if (model->layers < 1 || model->hidden < 1 || !(model->dropout >= 0) || model->dropout >= 1)
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "a model has at least 1 layer, 1 hidden column, and a dropout of 0 or more "
                        "and less than 1");
    return GPH_OK;
}

static gph_status_t check_splits(const trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    int64_t count[GPH_SPLITS] = {0};

    for (int64_t i = 0; i < trainer->data.domain.rows; i++)
        count[trainer->data.split[i]]++;
    GPH_TRY(gph_comm_reduce_i64(trainer->context, GPH_SUM, GPH_SPLITS, count));
    if (count[GPH_SPLIT_TRAIN] == 0)
        GPH_TRY(gph_fail(trainer->context->env, GPH_ERR_INPUT,
                         "%.400s: no vertex is for training (train.txt)",
                         trainer->options->data.path));
    if (count[GPH_SPLIT_VALID] == 0 &&
        (trainer->options->patience > 0 || trainer->options->select == GPH_SELECT_BEST))
        GPH_TRY(gph_fail(trainer->context->env, GPH_ERR_INPUT,
                         "%.400s: no vertex is for validation (val.txt), which train.patience and "
                         "train.select need",
                         trainer->options->data.path));

cleanup:
    return status;
}

static gph_training_plan_t plan_of(const gph_context_t *context, const gph_train_options_t *options)
{
    return (gph_training_plan_t){
        .unit = "seed",
        .first = context->seed,
        .runs = options->seeds,
        .epochs = options->epochs,
        .reseeds = true,
        .model = &options->model,
        .optimizer = &options->optimizer,
        .checkpoint = options->checkpoint,
        .estimate = options->estimate,
        .every = options->every,
        .title = options->data.path,
        .csv_path = options->csv_path,
        .hdf5_path = options->hdf5_path,
        .svg_path = options->svg_path,
    };
}

static gph_status_t make_network(trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    const gph_train_options_t *options = trainer->options;
    gph_network_t *network = &trainer->network;
    char digest[GPH_DIGEST_CHARS];

    GPH_TRY(
        gph_network_build(network, &options->model, trainer->data.features, trainer->data.classes));
    GPH_TRY(gph_calloc(trainer->context->env, network->params.size, sizeof *trainer->best_value,
                       &trainer->best_value));
    GPH_TRY(gph_text_put(
        &trainer->frame.identity,
        "task=vertices\ndata=%s\ntiles=%" PRId64 "\nfeatures=%" PRId64 "\nclasses=%" PRId64
        "\npatience=%" PRId64 "\nevery=%" PRId64 "\nselect=%d\n",
        gph_digest_format(trainer->data.digest, digest), trainer->data.graph->tiles.count,
        trainer->data.features, trainer->data.classes, options->patience, options->every,
        (int)options->select));

cleanup:
    return status;
}

static gph_status_t begin(void *data)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;
    gph_context_t *context = trainer->context;
    const gph_training_plan_t plan = plan_of(context, trainer->options);

    GPH_TRY_ALL(context, check_options(context, trainer->options));
    GPH_TRY(gph_dataset_load(context, &trainer->options->data, &trainer->data));
    GPH_TRY(check_splits(trainer));
    GPH_TRY_ALL(context, make_network(trainer));
    GPH_TRY(gph_training_begin(&trainer->frame, &plan, &trainer->network.params));

cleanup:
    return status;
}

static void trainer_free(void *data)
{
    trainer_t *trainer = data;
    gph_tensor_free(&trainer->gradient);
    gph_network_free(&trainer->network);
    gph_array_free(&trainer->results);
    gph_free(trainer->best_value);
    gph_dataset_free(&trainer->data);
    gph_free(trainer);
}

static const gph_training_ops_t node_ops = {
    .begin = begin,
    .epoch = one_epoch,
    .forward = forward,
    .backward = backward,
    .begin_run = begin_run,
    .over = run_over,
    .end_run = end_run,
    .save = save,
    .restore = restore,
    .write = write_model,
    .summarise = summarise,
    .bytes = bytes_of,
    .flops = flops_of,
    .free = trainer_free,
    .columns = COLUMNS,
    .column = columns,
};

gph_status_t gph_train_nodes(gph_context_t *context, const gph_train_options_t *options,
                             gph_train_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = NULL;

    if (context == NULL || options == NULL || summary == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *trainer, &trainer));
    trainer->context = context;
    trainer->options = options;
    trainer->results = gph_array_init(context->env, sizeof(metrics_t));
    gph_network_init(context, &trainer->network);
    gph_training_init(context, &node_ops, trainer, &trainer->frame);
    return gph_training_perform(&trainer->frame, summary);

cleanup:
    gph_free(trainer);
    return status;
}
