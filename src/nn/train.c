/* Training: runs, epochs, evaluations. */
#include "nn/trainer.h"

#include "base/clock.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- one epoch ------------------------------------------------------------------------------ */

static uint64_t seed_of(const gph_trainer_t *trainer)
{
    return trainer->context->seed + (uint64_t)trainer->run;
}

static gph_status_t not_finite(const gph_trainer_t *trainer, const char *what)
{
    return gph_fail(
        trainer->context->env, GPH_ERR_USAGE,
        "seed %" PRIu64 ", epoch %" PRId64 ": %s not finite; lower train.rate, or set train.clip%s",
        seed_of(trainer), trainer->epoch + 1, what,
        trainer->options->checkpoint != NULL ? "; the last checkpoint before is kept" : "");
}

/* Scores of the rows. Collective. */
static gph_status_t forward(gph_trainer_t *trainer, bool training, gph_pass_t *pass,
                            gph_tensor_t **output)
{
    const gph_input_t input = gph_dataset_input(&trainer->data);
    *pass = gph_network_pass(&trainer->network, &trainer->data.domain, training, seed_of(trainer),
                             trainer->epoch);
    return gph_network_forward(&trainer->network, pass, &input, output);
}

static gph_status_t measure(gph_trainer_t *trainer, const gph_tensor_t *output, gph_tensor_t *g,
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

/* One step of training. Collective. */
static gph_status_t make_step(gph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trainer->context;
    gph_params_t *params = &trainer->network.params;
    gph_tensor_t *output = NULL;
    gph_loss_t loss = {{0}, {0}, {0}};
    gph_pass_t pass;

    gph_phase_begin(context, "forward");
    GPH_TRY(forward(trainer, true, &pass, &output));
    GPH_TRY_ALL(context,
                gph_tensor_shape(context->env, output->rows, output->columns, &trainer->gradient));
    GPH_TRY(measure(trainer, output, &trainer->gradient, &loss));
    if (!isfinite(loss.loss[GPH_SPLIT_TRAIN]))
        GPH_TRY(not_finite(trainer, "the loss is"));
    gph_phase_begin(context, "backward");
    gph_gradient_begin(params);
    GPH_TRY(gph_network_backward(&trainer->network, &pass, &trainer->gradient, NULL));
    gph_phase_begin(context, "reduce");
    GPH_TRY(gph_gradient_finish(params));
    gph_phase_begin(context, "update");
    if (!gph_optimizer_step(params, &trainer->optimizer, trainer->options->epochs))
        GPH_TRY(not_finite(trainer, "the gradient or a weight is"));

cleanup:
    gph_phase_end(context);
    return status;
}

/* --- evaluation ----------------------------------------------------------------------------- */

/* Whether metrics are better in validation. */
static bool better(const gph_metrics_t *a, const gph_metrics_t *b)
{
    const int valid = GPH_SPLIT_VALID - 1;
    return b->epoch == 0 || a->accuracy[valid] > b->accuracy[valid] ||
           (a->accuracy[valid] == b->accuracy[valid] && a->loss[valid] < b->loss[valid]);
}

static void copy_weights(const gph_trainer_t *trainer, gph_real_t *to, const gph_real_t *from)
{
    memcpy(to, from, (size_t)trainer->network.params.size * sizeof *to);
}

/* Notes what an evaluation says of when to stop and which weights to keep. */
static gph_status_t note_metrics(gph_trainer_t *trainer, const gph_metrics_t *metrics)
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
    return gph_array_push(&trainer->metrics, metrics);
}

static gph_status_t evaluate(gph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    gph_metrics_t metrics = {.seed = (double)seed_of(trainer), .epoch = (double)trainer->epoch};
    gph_tensor_t *output = NULL;
    gph_loss_t loss = {{0}, {0}, {0}};
    gph_pass_t pass;

    gph_phase_begin(trainer->context, "evaluate");
    GPH_TRY(forward(trainer, false, &pass, &output));
    GPH_TRY(measure(trainer, output, NULL, &loss));
    metrics.rate = gph_optimizer_rate(&trainer->options->optimizer, trainer->epoch - 1,
                                      trainer->options->epochs);
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

/* --- runs ----------------------------------------------------------------------------------- */

static void begin_run(gph_trainer_t *trainer)
{
    gph_params_reset(&trainer->network.params, seed_of(trainer));
    gph_optimizer_reset(&trainer->network.params, &trainer->optimizer);
    trainer->epoch = 0;
    trainer->waited = 0;
    trainer->lowest = INFINITY;
    trainer->best = (gph_metrics_t){.epoch = 0};
}

/* Keeps what the run came to, and its weights where they are the best so far. */
static gph_status_t end_run(gph_trainer_t *trainer)
{
    gph_params_t *params = &trainer->network.params;
    gph_run_result_t result = {.metrics = trainer->best};

    if (trainer->options->select == GPH_SELECT_BEST)
        copy_weights(trainer, params->value, trainer->best_value);
    result.digest = gph_params_digest(params);
    if (better(&trainer->best, &trainer->champion)) {
        trainer->champion = trainer->best;
        copy_weights(trainer, trainer->champion_value, params->value);
    }
    return gph_array_push(&trainer->results, &result);
}

static bool run_over(const gph_trainer_t *trainer)
{
    const gph_train_options_t *options = trainer->options;
    return trainer->epoch >= options->epochs ||
           (options->patience > 0 && trainer->waited >= options->patience);
}

static void note_time(gph_trainer_t *trainer, double seconds)
{
    if (trainer->steps == 0 || seconds < trainer->fastest)
        trainer->fastest = seconds;
    trainer->seconds += seconds;
    trainer->steps++;
}

static gph_status_t one_epoch(gph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    const double began = gph_clock_now();

    GPH_TRY(make_step(trainer));
    note_time(trainer, gph_clock_now() - began);
    if (trainer->context->ranks > 1)
        trainer->reduced +=
            trainer->network.params.size * (int64_t)GPH_REAL_BINS * (int64_t)sizeof(double);
    trainer->epoch++;
    trainer->epochs++;
    if (trainer->epoch % trainer->options->every == 0 || trainer->epoch == trainer->options->epochs)
        GPH_TRY(evaluate(trainer));

cleanup:
    return status;
}

/* All runs from where the state stands. Collective. */
static gph_status_t run_all(gph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    const gph_train_options_t *options = trainer->options;
    const gph_job_ops_t ops = {.save = gph_trainer_save, .data = trainer};
    gph_progress_line_t *line =
        gph_progress_begin(trainer->context, "training", "epoch", options->seeds * options->epochs);

    while (trainer->run < options->seeds) {
        if (trainer->epoch == 0)
            begin_run(trainer);
        while (!run_over(trainer)) {
            GPH_TRY(one_epoch(trainer));
            gph_progress_set(line, trainer->run * options->epochs + trainer->epoch);
            if (!run_over(trainer))
                GPH_TRY(gph_job_step(trainer->job, &ops));
        }
        GPH_TRY_ALL(trainer->context, end_run(trainer));
        trainer->run++;
        trainer->epoch = 0;
        if (trainer->run < options->seeds)
            GPH_TRY(gph_job_step(trainer->job, &ops));
    }

cleanup:
    gph_progress_end(&line);
    return status;
}

/* --- results -------------------------------------------------------------------------------- */

static void average(const gph_trainer_t *trainer, gph_train_summary_t *summary)
{
    const gph_run_result_t *result = trainer->results.data;
    const int64_t count = trainer->results.count;
    const double share = count > 0 ? 1 / (double)count : 0;
    double square = 0;
    for (int64_t i = 0; i < count; i++) {
        const gph_metrics_t *m = &result[i].metrics;
        summary->accuracy += m->accuracy[GPH_SPLIT_TEST - 1] * share;
        summary->valid_accuracy += m->accuracy[GPH_SPLIT_VALID - 1] * share;
        summary->train_accuracy += m->accuracy[GPH_SPLIT_TRAIN - 1] * share;
        summary->loss += m->loss[GPH_SPLIT_TEST - 1] * share;
        summary->train_loss += m->loss[GPH_SPLIT_TRAIN - 1] * share;
    }
    for (int64_t i = 0; i < count; i++) {
        const double d = result[i].metrics.accuracy[GPH_SPLIT_TEST - 1] - summary->accuracy;
        square += d * d;
    }
    summary->deviation = count > 1 ? sqrt(square / (double)(count - 1)) : 0;
}

/* Collective. */
static gph_status_t summarise(const gph_trainer_t *trainer, gph_train_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    const gph_run_result_t *result = trainer->results.data;
    gph_train_summary_t made = {
        .vertices = trainer->data.graph->vertices,
        .edges = trainer->data.graph->edges,
        .features = trainer->data.features,
        .classes = trainer->data.classes,
        .weights = trainer->network.params.size,
        .seeds = trainer->results.count,
        .epochs = trainer->epochs,
        .seconds = trainer->seconds,
        .fastest = trainer->fastest,
        .steps = trainer->steps,
        .bytes_sent = trainer->data.domain.halo.bytes + trainer->reduced,
    };
    gph_digest_t sum = {0, 0};

    average(trainer, &made);
    for (int64_t i = 0; i < trainer->results.count; i++)
        gph_digest_add(&sum, gph_digest_item((uint64_t)i, &result[i].digest, sizeof sum));
    gph_digest_format(sum, made.digest);
    GPH_TRY(gph_comm_reduce_f64(trainer->context, GPH_MAX, 1, &made.seconds));
    GPH_TRY(gph_comm_reduce_f64(trainer->context, GPH_MAX, 1, &made.fastest));
    GPH_TRY(gph_comm_reduce_i64(trainer->context, GPH_SUM, 1, &made.bytes_sent));
    *summary = made;

cleanup:
    return status;
}

/* Files of a finished training. Collective. */
static gph_status_t write_files(gph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    const gph_train_options_t *options = trainer->options;

    gph_phase_begin(trainer->context, "write");
    GPH_TRY(gph_job_join(trainer->job));
    GPH_TRY(gph_trainer_write(trainer));
    if (options->model_path != NULL) {
        const gph_model_file_t file = {
            options->model,        options->data.normalise,      trainer->data.features,
            trainer->data.classes, trainer->network.params.size, trainer->champion_value};
        GPH_TRY(gph_model_write(trainer->context, options->model_path, &file));
    }

cleanup:
    gph_phase_end(trainer->context);
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

static gph_status_t make_network(gph_trainer_t *trainer)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = trainer->context->env;
    gph_network_t *network = &trainer->network;

    GPH_TRY(gph_network_build(network, &trainer->options->model, trainer->data.features,
                              trainer->data.classes));
    GPH_TRY(
        gph_optimizer_init(&network->params, &trainer->options->optimizer, &trainer->optimizer));
    GPH_TRY(
        gph_calloc(env, network->params.size, sizeof *trainer->best_value, &trainer->best_value));
    GPH_TRY(gph_calloc(env, network->params.size, sizeof *trainer->champion_value,
                       &trainer->champion_value));
    GPH_TRY(gph_trainer_identity(trainer));

cleanup:
    return status;
}

static gph_status_t check_splits(const gph_trainer_t *trainer)
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

static gph_status_t begin(gph_trainer_t *trainer, gph_snapshot_t **resumed)
{
    gph_status_t status = GPH_OK;

    GPH_TRY_ALL(trainer->context, check_options(trainer->context, trainer->options));
    GPH_TRY(gph_dataset_load(trainer->context, &trainer->options->data, &trainer->data));
    GPH_TRY(check_splits(trainer));
    GPH_TRY_ALL(trainer->context, make_network(trainer));
    GPH_TRY(gph_job_open(trainer->context, trainer->options->checkpoint, trainer->identity,
                         &trainer->job, resumed));
    if (*resumed != NULL)
        GPH_TRY(gph_trainer_restore(trainer, *resumed));

cleanup:
    return status;
}

static void trainer_init(gph_context_t *context, const gph_train_options_t *options,
                         gph_trainer_t *trainer)
{
    trainer->context = context;
    trainer->options = options;
    trainer->metrics = gph_array_init(context->env, sizeof(gph_metrics_t));
    trainer->results = gph_array_init(context->env, sizeof(gph_run_result_t));
    gph_network_init(context, &trainer->network);
}

static void trainer_free(gph_trainer_t *trainer)
{
    gph_optimizer_free(&trainer->optimizer);
    gph_tensor_free(&trainer->gradient);
    if (trainer->context != NULL) {
        gph_network_free(&trainer->network);
        gph_array_free(&trainer->metrics);
        gph_array_free(&trainer->results);
    }
    gph_free(trainer->best_value);
    gph_free(trainer->champion_value);
    gph_free(trainer->identity);
    gph_dataset_free(&trainer->data);
    gph_free(trainer);
}

/* What was done before it stopped, as a message. */
static void note_stop(const gph_trainer_t *trainer)
{
    gph_env_t *env = trainer->context->env;
    gph_env_error_clear(env);
    (void)gph_fail(env, GPH_ERR_STOPPED,
                   "stopped %s: %" PRId64 " of %" PRId64 " seeds done, and %" PRId64
                   " epochs of the next; %s",
                   gph_job_reason(trainer->job), trainer->run, trainer->options->seeds,
                   trainer->epoch, gph_job_advice(trainer->job));
}

gph_status_t gph_train_nodes(gph_context_t *context, const gph_train_options_t *options,
                             gph_train_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    gph_trainer_t *trainer = NULL;
    gph_snapshot_t *resumed = NULL;

    if (context == NULL || options == NULL || summary == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *trainer, &trainer));
    trainer_init(context, options, trainer);
    GPH_TRY(begin(trainer, &resumed));
    gph_snapshot_destroy(&resumed);
    status = run_all(trainer);
    if (status == GPH_OK)
        status = write_files(trainer);
    if (status == GPH_ERR_STOPPED)
        note_stop(trainer);
    if (status == GPH_OK || status == GPH_ERR_STOPPED) {
        const gph_status_t told = summarise(trainer, summary);
        status = status == GPH_OK ? told : status;
    }

cleanup:
    gph_snapshot_destroy(&resumed);
    if (trainer != NULL) {
        status = gph_job_close(&trainer->job, status);
        trainer_free(trainer);
    }
    return status;
}
