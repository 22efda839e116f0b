/* What training would take: a few epochs, timed. */
#include "nn/training.h"

#include "base/clock.h"
#include "par/comm.h"

#include <math.h>

enum { SAMPLES = 200 };

/* Time that is enough, and after which one timed epoch must do. */
static const double seconds_enough = 1.5;
static const double seconds_most = 10;

/* Least error: machines are no steadier than that from minute to minute. */
static const double error_least = 0.05;

/* What one epoch took, on the slowest rank. */
typedef struct sample {
    double seconds; /* all of it, shared out over the epochs without an evaluation */
    double bytes;   /* sent by all ranks */
} sample_t;

static int64_t bytes_of(const gph_training_t *training)
{
    return training->reduced +
           (training->ops->bytes != NULL ? training->ops->bytes(training->data) : 0);
}

/* One epoch with an evaluation, which is in fact done every plan.every epochs. */
static gph_status_t take_sample(gph_training_t *training, sample_t *sample)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = training->context;
    const int64_t every = training->plan.every;
    const int64_t bytes = bytes_of(training);
    const double steps = training->seconds;
    const double began = gph_clock_now();
    double took[2];

    GPH_TRY(training->ops->epoch(training->data));
    training->epochs++;
    took[0] = training->seconds - steps;
    took[1] = gph_clock_now() - began - took[0];
    GPH_TRY(gph_comm_reduce_f64(context, GPH_MAX, 2, took));
    int64_t sent = bytes_of(training) - bytes;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &sent));
    sample->seconds = took[0] + took[1] / (double)every;
    sample->bytes = (double)sent;

cleanup:
    return status;
}

/* Mean of the samples and two standard errors of it; of one sample, half of it. */
static void average(int64_t count, const sample_t *sample, double *mean, double *error)
{
    double sum = 0;
    double squares = 0;
    for (int64_t i = 0; i < count; i++)
        sum += sample[i].seconds;
    *mean = sum / (double)count;
    for (int64_t i = 0; i < count; i++)
        squares += (sample[i].seconds - *mean) * (sample[i].seconds - *mean);
    *error = count > 1 ? 2 * sqrt(squares / (double)(count - 1) / (double)count) : *mean / 2;
    *error = fmax(*error, error_least * *mean);
}

/* Memory of a rank, with the metrics of all evaluations. Collective. */
static gph_status_t count_memory(const gph_training_t *training, gph_train_estimate_t *estimate)
{
    gph_status_t status = GPH_OK;
    const int64_t rows = estimate->epochs / training->plan.every;
    int64_t memory = gph_mem_peak(training->context->env);

    GPH_TRY(gph_comm_reduce_i64(training->context, GPH_MAX, 1, &memory));
    estimate->memory = memory + 2 * rows * (int64_t)training->metrics.size;

cleanup:
    return status;
}

static gph_status_t count_flops(const gph_training_t *training, gph_train_estimate_t *estimate)
{
    gph_status_t status = GPH_OK;
    int64_t flops = 0;

    if (training->ops->flops != NULL)
        flops = (int64_t)training->ops->flops(training->data);
    GPH_TRY(gph_comm_reduce_i64(training->context, GPH_SUM, 1, &flops));
    estimate->epoch_flops = (double)flops;

cleanup:
    return status;
}

/* Epochs until their times say enough. Collective: all ranks see the same times. */
static gph_status_t sample_epochs(gph_training_t *training, sample_t *sample, int64_t *count)
{
    gph_status_t status = GPH_OK;
    const int64_t every = training->plan.every;
    const int64_t part = training->plan.runs * training->plan.epochs / 4;
    const int64_t most = part < 3 ? 3 : part < SAMPLES ? part : SAMPLES;
    double elapsed = 0;

    training->epoch = every - 1;
    GPH_TRY(take_sample(training, sample)); /* memory and caches: not as the others */
    while (*count < most &&
           (*count < 1 || elapsed < seconds_enough || (*count < 3 && elapsed < seconds_most))) {
        training->epoch = every - 1; /* no epoch is beyond the last one */
        GPH_TRY(take_sample(training, &sample[*count]));
        elapsed += sample[*count].seconds;
        ++*count;
    }

cleanup:
    return status;
}

gph_status_t gph_training_probe(gph_training_t *training)
{
    gph_status_t status = GPH_OK;
    const gph_training_plan_t *plan = &training->plan;
    gph_train_estimate_t made = {.epochs = plan->runs * plan->epochs};
    sample_t sample[SAMPLES];
    const double began = gph_clock_now();
    double error = 0;

    gph_training_enter(training);
    GPH_TRY(sample_epochs(training, sample, &made.sampled));
    average(made.sampled, sample, &made.epoch_seconds, &error);
    made.seconds = made.epoch_seconds * (double)made.epochs;
    made.seconds_error = error * (double)made.epochs;
    made.epoch_bytes = sample[made.sampled - 1].bytes;
    GPH_TRY(count_flops(training, &made));
    GPH_TRY(count_memory(training, &made));
    made.probe_seconds = gph_clock_now() - began;
    *plan->estimate = made;

cleanup:
    return status;
}
