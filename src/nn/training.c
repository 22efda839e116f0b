/* The frame of trainers: runs, epochs, steps. */
#include "nn/training.h"

#include "base/clock.h"
#include "nn/shuffle.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Stream of random numbers, apart from those of dropout, initial values and folds: one an epoch. */
#define STREAM_ORDER (UINT64_C(3) << 61)

/* --- one step ------------------------------------------------------------------------------- */

uint64_t gph_training_seed(const gph_training_t *training)
{
    return training->context->seed + (training->plan.reseeds ? (uint64_t)training->run : 0);
}

double gph_training_rate(const gph_training_t *training, int64_t step)
{
    return gph_optimizer_rate(&training->optimizer.options, step, training->total);
}

static gph_status_t not_finite(const gph_training_t *training, const char *what)
{
    const gph_training_plan_t *plan = &training->plan;
    return gph_fail(training->context->env, GPH_ERR_USAGE,
                    "%s %" PRIu64 ", epoch %" PRId64
                    ": %s not finite; lower train.rate, or set train.clip%s",
                    plan->unit, plan->first + (uint64_t)training->run, training->epoch + 1, what,
                    training->saved ? "; the last checkpoint before is kept" : "");
}

static gph_status_t make_step(gph_training_t *training)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = training->context;
    double loss = 0;

    gph_phase_begin(context, "forward");
    GPH_TRY(training->ops->forward(training->data, &loss));
    if (!isfinite(loss))
        GPH_TRY(not_finite(training, "the loss is"));
    gph_phase_begin(context, "backward");
    gph_gradient_begin(training->params);
    GPH_TRY(training->ops->backward(training->data));
    gph_phase_begin(context, "reduce");
    GPH_TRY(gph_gradient_finish(training->params));
    gph_phase_begin(context, "update");
    if (!gph_optimizer_step(training->params, &training->optimizer, training->total))
        GPH_TRY(not_finite(training, "the gradient or a weight is"));

cleanup:
    gph_phase_end(context);
    return status;
}

static void note_step(gph_training_t *training, int64_t examples, double seconds)
{
    if (training->steps == 0 || seconds < training->fastest)
        training->fastest = seconds;
    training->seconds += seconds;
    training->steps++;
    training->examples += examples;
    if (training->context->ranks > 1)
        training->reduced +=
            training->params->size * (int64_t)GPH_REAL_BINS * (int64_t)sizeof(double);
}

gph_status_t gph_training_step(gph_training_t *training, int64_t examples)
{
    const double began = gph_clock_now();
    const gph_status_t status = make_step(training);
    if (status == GPH_OK)
        note_step(training, examples, gph_clock_now() - began);
    return status;
}

gph_status_t gph_training_batches(gph_training_t *training, int64_t size, int64_t count,
                                  int64_t *list)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = training->context;
    const uint64_t stream =
        STREAM_ORDER + (uint64_t)(training->run * training->plan.epochs + training->epoch);

    GPH_TRY_ALL(context, gph_shuffle(context->env, context->seed, stream, count, list));
    for (int64_t at = 0; at < count; at += size) {
        const int64_t here = count - at < size ? count - at : size;
        const double began = gph_clock_now();
        gph_phase_begin(context, "batch");
        GPH_TRY_ALL(context, training->ops->take(training->data, here, list + at));
        GPH_TRY(make_step(training));
        note_step(training, here, gph_clock_now() - began);
    }

cleanup:
    gph_phase_end(context);
    return status;
}

/* --- runs ----------------------------------------------------------------------------------- */

void gph_training_offer(gph_training_t *training, double accuracy, double loss)
{
    gph_kept_t *kept = &training->kept;
    if (kept->runs == 0 || accuracy > kept->accuracy ||
        (accuracy == kept->accuracy && loss < kept->loss)) {
        kept->run = training->run;
        kept->accuracy = accuracy;
        kept->loss = loss;
        memcpy(kept->value, training->params->value,
               (size_t)training->params->size * sizeof *kept->value);
    }
    kept->runs++;
}

/* Schedules are given in epochs; the optimiser counts steps. */
static void set_schedule(gph_training_t *training)
{
    const gph_training_ops_t *ops = training->ops;
    const int64_t steps = ops->steps != NULL ? ops->steps(training->data) : 1;
    training->optimizer.options = *training->plan.optimizer;
    training->optimizer.options.warmup *= steps;
    training->optimizer.options.step_every *= steps;
    training->total = steps * training->plan.epochs;
}

void gph_training_enter(gph_training_t *training)
{
    set_schedule(training);
    if (training->epoch > 0)
        return;
    gph_params_reset(training->params, gph_training_seed(training));
    gph_optimizer_reset(training->params, &training->optimizer);
    if (training->ops->begin_run != NULL)
        training->ops->begin_run(training->data);
}

static bool run_over(const gph_training_t *training)
{
    return training->epoch >= training->plan.epochs ||
           (training->ops->over != NULL && training->ops->over(training->data));
}

static gph_status_t end_run(gph_training_t *training)
{
    gph_status_t status = training->ops->end_run(training->data);
    const gph_digest_t digest = gph_params_digest(training->params);
    if (status == GPH_OK)
        status = gph_array_push(&training->digests, &digest);
    return status;
}

static gph_status_t run_all(gph_training_t *training)
{
    gph_status_t status = GPH_OK;
    const gph_training_plan_t *plan = &training->plan;
    const gph_job_ops_t ops = {.save = gph_training_save, .data = training};
    gph_progress_line_t *line =
        gph_progress_begin(training->context, "training", "epoch", plan->runs * plan->epochs);

    while (training->run < plan->runs) {
        gph_training_enter(training);
        while (!run_over(training)) {
            GPH_TRY(training->ops->epoch(training->data));
            training->epoch++;
            training->epochs++;
            gph_progress_set(line, training->run * plan->epochs + training->epoch);
            if (!run_over(training))
                GPH_TRY(gph_job_step(training->job, &ops));
        }
        GPH_TRY_ALL(training->context, end_run(training));
        training->run++;
        training->epoch = 0;
        if (training->run < plan->runs)
            GPH_TRY(gph_job_step(training->job, &ops));
    }

cleanup:
    gph_progress_end(&line);
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t write_files(gph_training_t *training)
{
    gph_status_t status = GPH_OK;

    gph_phase_begin(training->context, "write");
    GPH_TRY(gph_job_join(training->job));
    GPH_TRY(gph_training_write_metrics(training));
    if (training->ops->write != NULL)
        GPH_TRY(training->ops->write(training->data));

cleanup:
    gph_phase_end(training->context);
    return status;
}

/* What was done before it stopped, as a message. */
static void note_stop(const gph_training_t *training)
{
    gph_env_t *env = training->context->env;
    gph_env_error_clear(env);
    (void)gph_fail(env, GPH_ERR_STOPPED,
                   "stopped %s: %" PRId64 " of %" PRId64 " %ss done, and %" PRId64
                   " epochs of the next; %s",
                   gph_job_reason(training->job), training->run, training->plan.runs,
                   training->plan.unit, training->epoch, gph_job_advice(training->job));
}

void gph_training_init(gph_context_t *context, const gph_training_ops_t *ops, void *data,
                       gph_training_t *training)
{
    *training = (gph_training_t){
        .context = context,
        .ops = ops,
        .data = data,
        .identity = gph_array_init(context->env, 1),
        .metrics = gph_array_init(context->env, (size_t)ops->columns * sizeof(double)),
        .digests = gph_array_init(context->env, sizeof(gph_digest_t)),
    };
}

static gph_status_t prepare(gph_training_t *training)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = training->context->env;
    gph_kept_t *kept = &training->kept;

    GPH_TRY(gph_optimizer_init(training->params, training->plan.optimizer, &training->optimizer));
    GPH_TRY(gph_calloc(env, training->params->size, sizeof *kept->value, &kept->value));
    GPH_TRY(gph_training_identify(training));

cleanup:
    return status;
}

gph_status_t gph_training_begin(gph_training_t *training, const gph_training_plan_t *plan,
                                gph_params_t *params)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = training->context;
    gph_snapshot_t *resumed = NULL;

    training->plan = *plan;
    training->params = params;
    GPH_TRY_ALL(context, prepare(training));
    GPH_TRY(
        gph_job_open(context, plan->checkpoint, training->identity.data, &training->job, &resumed));
    if (resumed != NULL)
        GPH_TRY(gph_training_restore(training, resumed));

cleanup:
    gph_snapshot_destroy(&resumed);
    return status;
}

static void training_free(gph_training_t *training)
{
    gph_optimizer_free(&training->optimizer);
    gph_array_free(&training->identity);
    gph_array_free(&training->metrics);
    gph_array_free(&training->digests);
    gph_free(training->kept.value);
    training->ops->free(training->data);
}

gph_status_t gph_training_perform(gph_training_t *training, void *summary)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(training->ops->begin(training->data));
    if (training->plan.estimate != NULL) {
        status = gph_training_probe(training);
    } else {
        status = run_all(training);
        if (status == GPH_OK)
            status = write_files(training);
    }
    if (status == GPH_ERR_STOPPED)
        note_stop(training);
    if (status == GPH_OK || status == GPH_ERR_STOPPED) {
        const gph_status_t told = training->ops->summarise(training->data, summary);
        status = status == GPH_OK ? told : status;
    }

cleanup:
    status = gph_job_close(&training->job, status);
    training_free(training);
    return status;
}

/* --- what it came to ------------------------------------------------------------------------ */

gph_status_t gph_training_speed(const gph_training_t *training, gph_training_speed_t *speed)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = training->context;
    gph_training_speed_t made = {training->seconds, training->fastest, training->reduced};

    if (training->ops->bytes != NULL)
        made.bytes += training->ops->bytes(training->data);
    GPH_TRY(gph_comm_reduce_f64(context, GPH_MAX, 1, &made.seconds));
    GPH_TRY(gph_comm_reduce_f64(context, GPH_MAX, 1, &made.fastest));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &made.bytes));
    *speed = made;

cleanup:
    return status;
}

void gph_training_digest(const gph_training_t *training, char text[GPH_DIGEST_CHARS])
{
    const gph_digest_t *digest = training->digests.data;
    gph_digest_t sum = {0, 0};
    for (int64_t i = 0; i < training->digests.count; i++)
        gph_digest_add(&sum, gph_digest_item((uint64_t)i, &digest[i], sizeof digest[i]));
    gph_digest_format(sum, text);
}
