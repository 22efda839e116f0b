/* Training of networks that classify graphs: folds, epochs, steps. */
#include "nn/graph_trainer.h"

#include "base/clock.h"
#include "base/random.h"
#include "nn/loss.h"
#include "nn/trainer.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Stream of random numbers, apart from those of dropout, initial values and folds: one each epoch.
 */
#define STREAM_ORDER (UINT64_C(3) << 61)

enum { EVALUATED_AT_ONCE = 256 };

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
static int64_t dropout_step(const gph_graph_trainer_t *trainer)
{
    return trainer->optimizer.step + (trainer->fold << 40);
}

static gph_status_t not_finite(const gph_graph_trainer_t *trainer, const char *what)
{
    return gph_fail(
        trainer->context->env, GPH_ERR_USAGE,
        "fold %" PRId64 ", epoch %" PRId64 ": %s not finite; lower train.rate, or set train.clip%s",
        trainer->fold + 1, trainer->epoch + 1, what,
        trainer->options->checkpoint != NULL ? "; the last checkpoint before is kept" : "");
}

/* Adds what a batch came to, by numbers of graphs. */
static void add_loss(const gph_loss_t *loss, double *sum, int64_t *correct)
{
    *sum += loss->loss[GPH_SPLIT_TRAIN] * (double)loss->rows[GPH_SPLIT_TRAIN];
    *correct += loss->correct[GPH_SPLIT_TRAIN];
}

static gph_status_t make_step(gph_graph_trainer_t *trainer, int64_t count, const int64_t *list,
                              int64_t steps, gph_loss_t *loss)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trainer->context;
    gph_graph_batch_t *batch = &trainer->batch;
    gph_params_t *params = &trainer->network.network.params;
    const int64_t step = dropout_step(trainer);
    gph_tensor_t score = {0};

    GPH_TRY_ALL(context, gph_graph_batch_fill(&trainer->data, count, list, batch));
    GPH_TRY(gph_graph_network_forward(&trainer->network, batch, true, context->seed, step, &score));
    GPH_TRY_ALL(context,
                gph_tensor_shape(context->env, score.rows, score.columns, &trainer->gradient));
    GPH_TRY(
        gph_loss_softmax(context, &score, batch->class, batch->split, &trainer->gradient, loss));
    if (!isfinite(loss->loss[GPH_SPLIT_TRAIN]))
        GPH_TRY(not_finite(trainer, "the loss is"));
    gph_gradient_begin(params);
    GPH_TRY(gph_graph_network_backward(&trainer->network, batch, context->seed, step,
                                       &trainer->gradient));
    GPH_TRY(gph_gradient_finish(params));
    if (!gph_optimizer_step(params, &trainer->optimizer, steps))
        GPH_TRY(not_finite(trainer, "the gradient or a weight is"));

cleanup:
    return status;
}

/* --- one epoch ------------------------------------------------------------------------------ */

/* The graphs for training, in the order of this epoch. */
static int64_t draw_order(gph_graph_trainer_t *trainer)
{
    const uint64_t stream =
        STREAM_ORDER + (uint64_t)(trainer->fold * trainer->options->epochs + trainer->epoch);
    int64_t count = 0;
    for (int64_t g = 0; g < trainer->data.graphs; g++)
        if (trainer->data.fold[g] != trainer->fold)
            trainer->drawn[count++] =
                (gph_drawn_t){gph_random_u64(trainer->context->seed, stream, (uint64_t)g), g};
    gph_drawn_sort(count, trainer->drawn);
    for (int64_t i = 0; i < count; i++)
        trainer->list[i] = trainer->drawn[i].graph;
    return count;
}

static int64_t steps_of(int64_t count, int64_t batch)
{
    return (count + batch - 1) / batch;
}

/* Steps through all graphs for training once. */
static gph_status_t train_epoch(gph_graph_trainer_t *trainer, gph_fold_metrics_t *metrics)
{
    gph_status_t status = GPH_OK;
    const int64_t size = trainer->options->batch;
    const double began = gph_clock_now();
    const int64_t count = draw_order(trainer);
    const int64_t steps = steps_of(count, size) * trainer->options->epochs;
    double sum = 0;
    int64_t correct = 0;

    metrics->rate = gph_optimizer_rate(&trainer->optimizer.options, trainer->optimizer.step, steps);
    for (int64_t at = 0; at < count; at += size) {
        gph_loss_t loss = {{0}, {0}, {0}};
        const int64_t here = count - at < size ? count - at : size;
        GPH_TRY(make_step(trainer, here, trainer->list + at, steps, &loss));
        add_loss(&loss, &sum, &correct);
        trainer->steps++;
    }
    metrics->train_loss = sum / (double)count;
    metrics->train_accuracy = (double)correct / (double)count;
    trainer->examples += count;
    trainer->seconds += gph_clock_now() - began;

cleanup:
    return status;
}

/* Classifies the graphs of the fold. */
static gph_status_t test_epoch(gph_graph_trainer_t *trainer, gph_fold_metrics_t *metrics)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trainer->context;
    int64_t count = 0;
    double sum = 0;
    int64_t correct = 0;

    for (int64_t g = 0; g < trainer->data.graphs; g++)
        if (trainer->data.fold[g] == trainer->fold)
            trainer->list[count++] = g;
    for (int64_t at = 0; at < count; at += EVALUATED_AT_ONCE) {
        const int64_t here = count - at < EVALUATED_AT_ONCE ? count - at : EVALUATED_AT_ONCE;
        gph_loss_t loss = {{0}, {0}, {0}};
        gph_tensor_t score = {0};
        GPH_TRY_ALL(context, gph_graph_batch_fill(&trainer->data, here, trainer->list + at,
                                                  &trainer->batch));
        GPH_TRY(gph_graph_network_forward(&trainer->network, &trainer->batch, false, context->seed,
                                          0, &score));
        GPH_TRY(gph_loss_softmax(context, &score, trainer->batch.class, trainer->batch.split, NULL,
                                 &loss));
        add_loss(&loss, &sum, &correct);
    }
    metrics->test_loss = count > 0 ? sum / (double)count : 0;
    metrics->test_accuracy = count > 0 ? (double)correct / (double)count : 0;

cleanup:
    return status;
}

static gph_status_t one_epoch(gph_graph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    gph_fold_metrics_t metrics = {.fold = (double)trainer->fold + 1,
                                  .epoch = (double)trainer->epoch + 1};

    gph_phase_begin(trainer->context, "train");
    GPH_TRY(train_epoch(trainer, &metrics));
    gph_phase_begin(trainer->context, "evaluate");
    GPH_TRY(test_epoch(trainer, &metrics));
    GPH_TRY_ALL(trainer->context, gph_array_push(&trainer->metrics, &metrics));
    trainer->epoch++;
    gph_log_root(trainer->context, GPH_LOG_DEBUG,
                 "fold %.0f, epoch %.0f: loss %.4f, in testing %.4f; accuracy %.4f, %.4f",
                 metrics.fold, metrics.epoch, metrics.train_loss, metrics.test_loss,
                 metrics.train_accuracy, metrics.test_accuracy);

cleanup:
    gph_phase_end(trainer->context);
    return status;
}

/* --- folds ---------------------------------------------------------------------------------- */

/* Schedules are given in epochs; the optimiser counts steps. */
static void begin_fold(gph_graph_trainer_t *trainer)
{
    gph_params_t *params = &trainer->network.network.params;
    gph_params_reset(params, trainer->context->seed);
    gph_optimizer_reset(params, &trainer->optimizer);
}

static void set_schedule(gph_graph_trainer_t *trainer)
{
    int64_t count = 0;
    for (int64_t g = 0; g < trainer->data.graphs; g++)
        count += trainer->data.fold[g] != trainer->fold;
    const int64_t steps = steps_of(count, trainer->options->batch);
    trainer->optimizer.options = trainer->options->optimizer;
    trainer->optimizer.options.warmup *= steps;
    trainer->optimizer.options.step_every *= steps;
}

static gph_status_t run_all(gph_graph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    const int64_t epochs = trainer->options->epochs;
    const gph_job_ops_t ops = {.save = gph_graph_trainer_save, .data = trainer};
    gph_progress_line_t *line =
        gph_progress_begin(trainer->context, "training", "epoch", trainer->data.folds * epochs);

    while (trainer->fold < trainer->data.folds) {
        set_schedule(trainer);
        if (trainer->epoch == 0)
            begin_fold(trainer);
        while (trainer->epoch < epochs) {
            GPH_TRY(one_epoch(trainer));
            gph_progress_set(line, trainer->fold * epochs + trainer->epoch);
            if (trainer->epoch < epochs)
                GPH_TRY(gph_job_step(trainer->job, &ops));
        }
        const gph_digest_t digest = gph_params_digest(&trainer->network.network.params);
        GPH_TRY_ALL(trainer->context, gph_array_push(&trainer->digests, &digest));
        trainer->fold++;
        trainer->epoch = 0;
        if (trainer->fold < trainer->data.folds)
            GPH_TRY(gph_job_step(trainer->job, &ops));
    }

cleanup:
    gph_progress_end(&line);
    return status;
}

/* --- what it came to ------------------------------------------------------------------------ */

static const gph_fold_metrics_t *metrics_at(const gph_graph_trainer_t *trainer, int64_t fold,
                                            int64_t epoch)
{
    const gph_fold_metrics_t *all = trainer->metrics.data;
    return &all[fold * trainer->options->epochs + epoch];
}

/* Mean accuracy in testing over the folds done, in one epoch. */
static double mean_accuracy(const gph_graph_trainer_t *trainer, int64_t epoch)
{
    double sum = 0;
    for (int64_t f = 0; f < trainer->fold; f++)
        sum += metrics_at(trainer, f, epoch)->test_accuracy;
    return sum / (double)trainer->fold;
}

static void average(const gph_graph_trainer_t *trainer, gph_graphs_summary_t *summary)
{
    const int64_t last = trainer->options->epochs - 1;
    const double folds = (double)trainer->fold;
    double squares = 0;
    int64_t best = 0;

    if (trainer->fold == 0)
        return;
    for (int64_t e = 1; e <= last; e++)
        if (mean_accuracy(trainer, e) > mean_accuracy(trainer, best))
            best = e;
    summary->best_epoch = best + 1;
    summary->accuracy = mean_accuracy(trainer, best);
    summary->last_accuracy = mean_accuracy(trainer, last);
    for (int64_t f = 0; f < trainer->fold; f++) {
        const double away = metrics_at(trainer, f, best)->test_accuracy - summary->accuracy;
        squares += away * away;
        summary->loss += metrics_at(trainer, f, best)->test_loss / folds;
        summary->train_loss += metrics_at(trainer, f, last)->train_loss / folds;
        summary->train_accuracy += metrics_at(trainer, f, last)->train_accuracy / folds;
    }
    summary->deviation = sqrt(squares / folds);
}

static gph_status_t summarise(const gph_graph_trainer_t *trainer, gph_graphs_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trainer->context;
    const gph_digest_t *digest = trainer->digests.data;
    const int64_t weights = trainer->network.network.params.size;
    gph_digest_t sum = {0, 0};
    gph_graphs_summary_t made = {
        .graphs = trainer->data.graphs,
        .nodes = trainer->data.node[trainer->data.graphs],
        .features = trainer->data.features,
        .classes = trainer->data.classes,
        .weights = weights,
        .folds = trainer->fold,
        .epochs = trainer->metrics.count,
        .seconds = trainer->seconds,
        .steps = trainer->steps,
        .examples = trainer->examples,
        .bytes_sent = context->ranks > 1 ? trainer->steps * weights * context->ranks *
                                               (int64_t)(GPH_REAL_BINS * sizeof(double))
                                         : 0,
    };

    average(trainer, &made);
    for (int64_t f = 0; f < trainer->fold; f++)
        gph_digest_add(&sum, gph_digest_item((uint64_t)f, &digest[f], sizeof digest[f]));
    gph_digest_format(sum, made.digest);
    GPH_TRY(gph_comm_reduce_f64(context, GPH_MAX, 1, &made.seconds));
    *summary = made;

cleanup:
    return status;
}

static gph_status_t put_metrics(const gph_graph_trainer_t *trainer, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const gph_fold_metrics_t *row = trainer->metrics.data;

    GPH_TRY(
        gph_text_put(text, "fold,epoch,rate,train_loss,train_accuracy,test_loss,test_accuracy\n"));
    for (int64_t i = 0; i < trainer->metrics.count; i++)
        GPH_TRY(gph_text_put(text, "%.0f,%.0f,%.9g,%.9g,%.9g,%.9g,%.9g\n", row[i].fold,
                             row[i].epoch, row[i].rate, row[i].train_loss, row[i].train_accuracy,
                             row[i].test_loss, row[i].test_accuracy));

cleanup:
    return status;
}

static gph_status_t write_csv(const gph_graph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trainer->context;
    gph_array_t text = gph_array_init(context->env, 1);

    if (trainer->options->csv_path == NULL)
        return GPH_OK;
    GPH_TRY(gph_job_join(trainer->job));
    GPH_TRY_ALL(context, context->rank == 0 ? put_metrics(trainer, &text) : GPH_OK);
    GPH_TRY(gph_text_write(context, trainer->options->csv_path, &text));

cleanup:
    gph_array_free(&text);
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

static gph_status_t make_network(gph_graph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = trainer->context->env;
    const gph_graphs_options_t *options = trainer->options;

    GPH_TRY(gph_graph_network_build(trainer->context, &options->model, options->readout,
                                    trainer->data.features, trainer->data.classes,
                                    &trainer->network));
    GPH_TRY(gph_optimizer_init(&trainer->network.network.params, &options->optimizer,
                               &trainer->optimizer));
    GPH_TRY(gph_alloc(env, trainer->data.graphs, sizeof *trainer->drawn, &trainer->drawn));
    GPH_TRY(gph_alloc(env, trainer->data.graphs, sizeof *trainer->list, &trainer->list));
    GPH_TRY(gph_graph_trainer_identity(trainer));

cleanup:
    return status;
}

static gph_status_t begin(gph_graph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trainer->context;
    gph_snapshot_t *resumed = NULL;

    GPH_TRY_ALL(context, check_options(context, trainer->options));
    gph_phase_begin(context, "load");
    GPH_TRY(gph_graph_data_load(context, trainer->options, &trainer->data));
    gph_phase_end(context);
    GPH_TRY_ALL(context, make_network(trainer));
    GPH_TRY(gph_job_open(context, trainer->options->checkpoint, trainer->identity, &trainer->job,
                         &resumed));
    if (resumed != NULL)
        GPH_TRY(gph_graph_trainer_restore(trainer, resumed));

cleanup:
    gph_snapshot_destroy(&resumed);
    return status;
}

static gph_status_t trainer_create(gph_context_t *context, const gph_graphs_options_t *options,
                                   gph_graph_trainer_t **trainer)
{
    gph_graph_trainer_t *made = NULL;
    const gph_status_t status = gph_calloc(context->env, 1, sizeof *made, &made);
    if (status != GPH_OK)
        return status;
    made->context = context;
    made->options = options;
    made->data.context = context;
    made->batch = gph_graph_batch_init(context->env);
    made->metrics = gph_array_init(context->env, sizeof(gph_fold_metrics_t));
    made->digests = gph_array_init(context->env, sizeof(gph_digest_t));
    *trainer = made;
    return GPH_OK;
}

static void trainer_free(gph_graph_trainer_t *trainer)
{
    gph_optimizer_free(&trainer->optimizer);
    gph_graph_network_free(&trainer->network);
    gph_graph_batch_free(&trainer->batch);
    gph_tensor_free(&trainer->gradient);
    gph_array_free(&trainer->metrics);
    gph_array_free(&trainer->digests);
    gph_free(trainer->drawn);
    gph_free(trainer->list);
    gph_free(trainer->identity);
    gph_graph_data_free(&trainer->data);
    gph_free(trainer);
}

/* What was done before it stopped, as a message. */
static void note_stop(const gph_graph_trainer_t *trainer)
{
    gph_env_t *env = trainer->context->env;
    gph_env_error_clear(env);
    (void)gph_fail(env, GPH_ERR_STOPPED,
                   "stopped %s: %" PRId64 " of %" PRId64 " folds done, and %" PRId64
                   " epochs of the next; %s",
                   gph_job_reason(trainer->job), trainer->fold, trainer->data.folds, trainer->epoch,
                   gph_job_advice(trainer->job));
}

gph_status_t gph_train_graphs(gph_context_t *context, const gph_graphs_options_t *options,
                              gph_graphs_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    gph_graph_trainer_t *trainer = NULL;

    if (context == NULL || options == NULL || summary == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(context, trainer_create(context, options, &trainer));
    GPH_TRY(begin(trainer));
    status = run_all(trainer);
    if (status == GPH_OK)
        status = write_csv(trainer);
    if (status == GPH_ERR_STOPPED)
        note_stop(trainer);
    if (status == GPH_OK || status == GPH_ERR_STOPPED) {
        const gph_status_t told = summarise(trainer, summary);
        status = status == GPH_OK ? told : status;
    }

cleanup:
    if (trainer != NULL) {
        status = gph_job_close(&trainer->job, status);
        trainer_free(trainer);
    }
    return status;
}
