/* Training of networks that transform expressions: mini-batches drawn on the spot. */
#include "nn/expression_team.h"
#include "nn/state.h"
#include "nn/training.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>

enum { EVALUATED_AT_ONCE = 256, OPERATIONS_MOST = 100, INTEGERS_MOST = 100 };

/* One test: a row of the metrics. Accuracy is the share of graphs predicted exactly. */
typedef struct metrics {
    double seed;
    double epoch;          /* from 1 */
    double rate;           /* learning rate of the first step of the epoch */
    double train_loss;     /* mean over the graphs of the epoch, while training */
    double train_accuracy; /* the same */
    double test_loss;
    double test_accuracy;
} metrics_t;

static const char *const columns[] = {
    "seed", "epoch", "rate", "train_loss", "train_accuracy", "test_loss", "test_accuracy",
};

enum { COLUMNS = sizeof columns / sizeof *columns };

_Static_assert(sizeof(metrics_t) == COLUMNS * sizeof(double), "metrics are a row of columns");

/* What a run came to. */
typedef struct result {
    double first_loss;
    metrics_t last;
} result_t;

_Static_assert(sizeof(result_t) == (COLUMNS + 1) * sizeof(double), "results are whole words");

typedef struct trainer {
    gph_training_t frame;
    gph_context_t *context;
    const gph_expressions_options_t *options;
    gph_expression_data_t data;
    gph_expression_team_t team;
    int64_t *list; /* [graphs or held_out] work space */
    double sum;    /* of losses of graphs, while a pass goes on */
    int64_t exact; /* the same */
    /* State. */
    double first_loss;   /* before training, of the run under way */
    gph_array_t results; /* result_t, of the runs done */
} trainer_t;

/* --- one step ------------------------------------------------------------------------------- */

static gph_status_t take(void *data, int64_t count, const int64_t *list)
{
    trainer_t *trainer = data;
    return gph_expression_team_take(&trainer->team, &trainer->data, false, count, list);
}

/* Soft graphs of the batch and their loss. Collective. */
static gph_status_t measure(trainer_t *trainer, bool training, double *mean)
{
    gph_status_t status = GPH_OK;
    gph_expression_loss_t loss = {.graphs = 0};

    GPH_TRY(gph_expression_team_forward(&trainer->team, &trainer->options->loss, training,
                                        gph_training_seed(&trainer->frame),
                                        trainer->frame.optimizer.step, &loss));
    trainer->sum += loss.loss * (double)loss.graphs;
    trainer->exact += loss.exact;
    *mean = loss.loss;

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
    return gph_expression_team_backward(&trainer->team, gph_training_seed(&trainer->frame),
                                        trainer->frame.optimizer.step);
}

/* --- one epoch ------------------------------------------------------------------------------ */

static void begin_pass(trainer_t *trainer)
{
    trainer->sum = 0;
    trainer->exact = 0;
}

static void end_pass(const trainer_t *trainer, int64_t count, double *loss, double *accuracy)
{
    *loss = trainer->sum / (double)count;
    *accuracy = (double)trainer->exact / (double)count;
}

/* The expressions held out. Collective. */
static gph_status_t test(trainer_t *trainer, double *loss, double *accuracy)
{
    gph_status_t status = GPH_OK;
    const int64_t count = trainer->options->held_out;
    double mean = 0;

    gph_phase_begin(trainer->context, "evaluate");
    begin_pass(trainer);
    for (int64_t i = 0; i < count; i++)
        trainer->list[i] = i;
    for (int64_t at = 0; at < count; at += EVALUATED_AT_ONCE) {
        const int64_t here = count - at < EVALUATED_AT_ONCE ? count - at : EVALUATED_AT_ONCE;
        GPH_TRY(gph_expression_team_take(&trainer->team, &trainer->data, true, here,
                                         trainer->list + at));
        GPH_TRY(measure(trainer, false, &mean));
    }
    end_pass(trainer, count, loss, accuracy);

cleanup:
    gph_phase_end(trainer->context);
    return status;
}

/* Every epoch has expressions of its own. Collective. */
static gph_status_t train(trainer_t *trainer, metrics_t *metrics)
{
    gph_status_t status = GPH_OK;
    const int64_t count = trainer->options->graphs;
    const int64_t first =
        (trainer->frame.run * trainer->options->epochs + trainer->frame.epoch) * count;

    metrics->rate = gph_training_rate(&trainer->frame, trainer->frame.optimizer.step);
    begin_pass(trainer);
    for (int64_t i = 0; i < count; i++)
        trainer->list[i] = first + i;
    GPH_TRY(gph_training_batches(&trainer->frame, trainer->options->batch, count, trainer->list));
    end_pass(trainer, count, &metrics->train_loss, &metrics->train_accuracy);

cleanup:
    return status;
}

static gph_status_t one_epoch(void *data)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;
    const int64_t epoch = trainer->frame.epoch + 1;
    double accuracy = 0;
    metrics_t metrics = {.seed = (double)gph_training_seed(&trainer->frame),
                         .epoch = (double)epoch};

    if (epoch == 1)
        GPH_TRY(test(trainer, &trainer->first_loss, &accuracy));
    GPH_TRY(train(trainer, &metrics));
    if (epoch % trainer->options->every != 0 && epoch != trainer->options->epochs)
        goto cleanup;
    GPH_TRY(test(trainer, &metrics.test_loss, &metrics.test_accuracy));
    GPH_TRY_ALL(trainer->context, gph_array_push(&trainer->frame.metrics, &metrics));
    gph_log_root(trainer->context, GPH_LOG_DEBUG,
                 "seed %.0f, epoch %.0f: loss %.4f, in testing %.4f; exact %.4f, %.4f",
                 metrics.seed, metrics.epoch, metrics.train_loss, metrics.test_loss,
                 metrics.train_accuracy, metrics.test_accuracy);

cleanup:
    return status;
}

static int64_t steps_of(const void *data)
{
    const trainer_t *trainer = data;
    const int64_t batch = trainer->options->batch;
    return (trainer->options->graphs + batch - 1) / batch;
}

/* --- state ---------------------------------------------------------------------------------- */

static gph_status_t end_run(void *data)
{
    trainer_t *trainer = data;
    const gph_array_t *metrics = &trainer->frame.metrics;
    const metrics_t *last = (const metrics_t *)metrics->data + metrics->count - 1;
    const result_t result = {trainer->first_loss, *last};
    gph_training_offer(&trainer->frame, last->test_accuracy, last->test_loss);
    return gph_array_push(&trainer->results, &result);
}

static gph_status_t save(const void *data, gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const trainer_t *trainer = data;

    GPH_TRY(gph_state_put(trainer->context, snapshot, "first_loss", 1, &trainer->first_loss));
    GPH_TRY(gph_state_put_array(trainer->context, snapshot, "results", &trainer->results));

cleanup:
    return status;
}

static gph_status_t restore(void *data, const gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;

    GPH_TRY(gph_snapshot_read_array(snapshot, "first_loss", 1, 1, 0, 1, &trainer->first_loss));
    GPH_TRY(gph_state_read_array(snapshot, "results", trainer->frame.run, &trainer->results));

cleanup:
    return status;
}

/* --- what it came to ------------------------------------------------------------------------ */

/* Over the runs done. */
static void average(const trainer_t *trainer, gph_expressions_summary_t *summary)
{
    const result_t *result = trainer->results.data;
    const int64_t count = trainer->results.count;
    const double share = count > 0 ? 1 / (double)count : 0;
    double squares = 0;

    for (int64_t i = 0; i < count; i++) {
        summary->first_loss += result[i].first_loss * share;
        summary->loss += result[i].last.test_loss * share;
        summary->accuracy += result[i].last.test_accuracy * share;
        summary->train_loss += result[i].last.train_loss * share;
        summary->train_accuracy += result[i].last.train_accuracy * share;
    }
    for (int64_t i = 0; i < count; i++) {
        const double away = result[i].last.test_accuracy - summary->accuracy;
        squares += away * away;
    }
    summary->deviation = count > 1 ? sqrt(squares / (double)(count - 1)) : 0;
}

static gph_status_t summarise(const void *data, void *summary)
{
    gph_status_t status = GPH_OK;
    const trainer_t *trainer = data;
    const gph_training_t *frame = &trainer->frame;
    const gph_expressions_options_t *options = trainer->options;
    gph_training_speed_t speed;
    gph_expressions_summary_t made = {
        .graphs = options->graphs,
        .held_out = options->held_out,
        .labels = trainer->data.labels,
        .weights = frame->params->size,
        .seeds = frame->run,
        .epochs = frame->epochs,
        .changed = (double)trainer->data.changed / (double)options->held_out,
        .steps = frame->steps,
        .examples = frame->examples,
    };

    average(trainer, &made);
    gph_training_digest(frame, made.digest);
    GPH_TRY(gph_training_speed(frame, &speed));
    made.seconds = speed.seconds;
    made.bytes_sent = speed.bytes;
    *(gph_expressions_summary_t *)summary = made;

cleanup:
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t check_options(gph_env_t *env, const gph_expressions_options_t *options)
{
    const gph_model_options_t *model = &options->model;
    if (options->least < 1 || options->most < options->least || options->most > OPERATIONS_MOST)
        return gph_fail(env, GPH_ERR_USAGE,
                        "data.operations must be %" PRId64 " (data.least_operations) to %d",
                        options->least < 1 ? 1 : options->least, (int)OPERATIONS_MOST);
    if (options->symbols < 1 || options->symbols > 26 || options->integers < 0 ||
        options->integers > INTEGERS_MOST)
        return gph_fail(env, GPH_ERR_USAGE,
                        "data.symbols must be 1 to 26, and data.integers 0 to %d",
                        (int)INTEGERS_MOST);
    if (options->graphs < 1 || options->held_out < 1 || options->batch < 1 || options->epochs < 1 ||
        options->every < 1 || options->seeds < 1)
        return gph_fail(env, GPH_ERR_USAGE,
                        "graphs for training, held out and of a step, epochs and seeds must be at "
                        "least 1");
    if (options->tiles < 0 || options->tiles > GPH_EXPRESSION_TILES_MOST)
        return gph_fail(env, GPH_ERR_USAGE, "data.tiles of expressions must be at most %d",
                        (int)GPH_EXPRESSION_TILES_MOST);
    if (model->hidden < 1 || !(model->dropout >= 0) || model->dropout >= 1)
        return gph_fail(env, GPH_ERR_USAGE,
                        "a model has at least 1 hidden column, and a dropout of 0 or more and less "
                        "than 1");
    return gph_structural_check(env, &options->loss);
}

static gph_status_t identify(trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    const gph_expressions_options_t *o = trainer->options;
    gph_array_t *text = &trainer->frame.identity;

    GPH_TRY(gph_text_put(text,
                         "task=expressions\nrule=%d\nleast=%" PRId64 "\nmost=%" PRId64
                         "\nsymbols=%d\nintegers=%" PRId64 "\nfunctions=%d\ngraphs=%" PRId64
                         "\nheld_out=%" PRId64 "\ntiles=%" PRId64 "\nbatch=%" PRId64
                         "\nevery=%" PRId64 "\n",
                         (int)o->rule, o->least, o->most, o->symbols, o->integers, o->functions,
                         o->graphs, o->held_out, o->tiles, o->batch, o->every));
    GPH_TRY(gph_text_put(
        text,
        "alpha=%.17g\nbeta=%.17g\ngamma=%.17g\nepsilon=%.17g\ntemperature=%.17g\nrounds=%d\n"
        "iterations=%d\n",
        o->loss.alpha, o->loss.beta, o->loss.gamma, o->loss.epsilon, o->loss.temperature,
        o->loss.rounds, o->loss.iterations));

cleanup:
    return status;
}

/* Local. */
static gph_status_t prepare(trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trainer->context;
    const gph_expressions_options_t *options = trainer->options;
    const int64_t most = options->graphs > options->held_out ? options->graphs : options->held_out;

    GPH_TRY(check_options(context->env, options));
    GPH_TRY(gph_expression_data_make(context, options, &trainer->data));
    GPH_TRY(
        gph_expression_team_build(context, &options->model, trainer->data.labels, &trainer->team));
    GPH_TRY(gph_alloc(context->env, most, sizeof *trainer->list, &trainer->list));
    GPH_TRY(identify(trainer));

cleanup:
    return status;
}

static gph_status_t begin(void *data)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = data;
    const gph_expressions_options_t *options = trainer->options;
    const gph_training_plan_t plan = {
        .unit = "seed",
        .first = trainer->context->seed,
        .runs = options->seeds,
        .epochs = options->epochs,
        .reseeds = true,
        .model = &options->model,
        .optimizer = &options->optimizer,
        .checkpoint = options->checkpoint,
        .estimate = options->estimate,
        .every = options->every,
        .title =
            options->rule == GPH_REWRITE_FOLD ? "expressions: folding" : "expressions: sorting",
        .csv_path = options->csv_path,
        .hdf5_path = options->hdf5_path,
        .svg_path = options->svg_path,
    };

    GPH_TRY_ALL(trainer->context, prepare(trainer));
    GPH_TRY(gph_training_begin(&trainer->frame, &plan, gph_expression_team_params(&trainer->team)));

cleanup:
    return status;
}

static void trainer_free(void *data)
{
    trainer_t *trainer = data;
    gph_expression_team_free(&trainer->team);
    gph_expression_data_free(&trainer->data);
    gph_array_free(&trainer->results);
    gph_free(trainer->list);
    gph_free(trainer);
}

static const gph_training_ops_t expression_ops = {
    .begin = begin,
    .epoch = one_epoch,
    .take = take,
    .forward = forward,
    .backward = backward,
    .steps = steps_of,
    .end_run = end_run,
    .save = save,
    .restore = restore,
    .summarise = summarise,
    .free = trainer_free,
    .columns = COLUMNS,
    .column = columns,
};

gph_status_t gph_train_expressions(gph_context_t *context, const gph_expressions_options_t *options,
                                   gph_expressions_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    trainer_t *trainer = NULL;

    if (context == NULL || options == NULL || summary == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *trainer, &trainer));
    trainer->context = context;
    trainer->options = options;
    trainer->data.context = context;
    trainer->results = gph_array_init(context->env, sizeof(result_t));
    gph_training_init(context, &expression_ops, trainer, &trainer->frame);
    return gph_training_perform(&trainer->frame, summary);

cleanup:
    gph_free(trainer);
    return status;
}
