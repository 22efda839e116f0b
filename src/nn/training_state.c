/* The state of training in a snapshot. Every rank holds all of it; rank 0 writes it. */
#include "nn/state.h"
#include "nn/training.h"

#include "par/comm.h"

#include <inttypes.h>

/* --- identity ------------------------------------------------------------------------------- */

static gph_status_t identify_model(const gph_model_options_t *m, gph_array_t *text)
{
    return gph_text_put(text,
                        "kind=%d\nlayers=%d\nhidden=%" PRId64 "\ndropout=%.17g\nnorm=%d\nbias=%d\n"
                        "decay_all=%d\n",
                        (int)m->kind, m->layers, m->hidden, m->dropout, (int)m->norm, m->bias,
                        m->decay_all);
}

static gph_status_t identify_optimizer(const gph_optimizer_options_t *a, gph_array_t *text)
{
    return gph_text_put(text,
                        "optimizer=%d\nrate=%.17g\nweight_decay=%.17g\nmomentum=%.17g\n"
                        "beta1=%.17g\nbeta2=%.17g\nepsilon=%.17g\nclip=%.17g\nschedule=%d\n"
                        "warmup=%" PRId64 "\nstep_every=%" PRId64 "\nstep_factor=%.17g\n",
                        (int)a->kind, a->rate, a->weight_decay, a->momentum, a->beta1, a->beta2,
                        a->epsilon, a->clip, (int)a->schedule, a->warmup, a->step_every,
                        a->step_factor);
}

gph_status_t gph_training_identify(gph_training_t *training)
{
    gph_status_t status = GPH_OK;
    const gph_training_plan_t *plan = &training->plan;
    gph_array_t *text = &training->identity;

    GPH_TRY(identify_model(plan->model, text));
    GPH_TRY(identify_optimizer(plan->optimizer, text));
    GPH_TRY(gph_text_put(text,
                         "command=train\nseed=%" PRIu64 "\n%ss=%" PRId64 "\nepochs=%" PRId64 "\n",
                         training->context->seed, plan->unit, plan->runs, plan->epochs));
    GPH_TRY(gph_array_push(text, ""));

cleanup:
    return status;
}

/* --- saving --------------------------------------------------------------------------------- */

/* The numbers of the state that are few. */
typedef struct numbers {
    int64_t run;
    int64_t epoch;
    int64_t epochs;
    int64_t step;
    int64_t kept_runs;
    int64_t kept_run;
    double kept_accuracy;
    double kept_loss;
    int64_t metrics;
} numbers_t;

enum { NUMBERS_WORDS = sizeof(numbers_t) / sizeof(uint64_t) };

static gph_status_t save(const gph_training_t *training, gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = training->context;
    const gph_kept_t *kept = &training->kept;
    const numbers_t numbers = {
        training->run, training->epoch, training->epochs, training->optimizer.step, kept->runs,
        kept->run,     kept->accuracy,  kept->loss,       training->metrics.count};

    GPH_TRY(gph_state_put(context, snapshot, "numbers", NUMBERS_WORDS, &numbers));
    GPH_TRY(gph_state_put_weights(snapshot, training->params, &training->optimizer));
    GPH_TRY(gph_state_put_reals(context, snapshot, "kept", training->params->size, kept->value));
    GPH_TRY(gph_state_put_array(context, snapshot, "metrics", &training->metrics));
    GPH_TRY(gph_state_put_array(context, snapshot, "digests", &training->digests));
    if (training->ops->save != NULL)
        GPH_TRY(training->ops->save(training->data, snapshot));

cleanup:
    return status;
}

gph_status_t gph_training_save(void *data, gph_snapshot_t *snapshot)
{
    gph_training_t *training = data;
    training->saved = true;
    return gph_comm_agree(training->context, save(training, snapshot));
}

/* --- restoring ------------------------------------------------------------------------------ */

static bool numbers_good(const gph_training_t *training, const numbers_t *numbers)
{
    const gph_training_plan_t *plan = &training->plan;
    return numbers->run >= 0 && numbers->run <= plan->runs && numbers->epoch >= 0 &&
           numbers->epoch <= plan->epochs && numbers->metrics >= 0 &&
           numbers->metrics <= numbers->epochs;
}

static gph_status_t restore(gph_training_t *training, const gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = training->context;
    gph_kept_t *kept = &training->kept;
    numbers_t numbers;

    GPH_TRY(
        gph_snapshot_read_array(snapshot, "numbers", 1, NUMBERS_WORDS, 0, NUMBERS_WORDS, &numbers));
    if (!numbers_good(training, &numbers))
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "the checkpoint holds counts that make no sense"));
    training->run = numbers.run;
    training->epoch = numbers.epoch;
    training->epochs = numbers.epochs;
    training->optimizer.step = numbers.step;
    kept->runs = numbers.kept_runs;
    kept->run = numbers.kept_run;
    kept->accuracy = numbers.kept_accuracy;
    kept->loss = numbers.kept_loss;
    GPH_TRY(gph_state_read_weights(snapshot, training->params, &training->optimizer));
    GPH_TRY(gph_state_read_reals(context, snapshot, "kept", training->params->size, kept->value));
    GPH_TRY(gph_state_read_array(snapshot, "metrics", numbers.metrics, &training->metrics));
    GPH_TRY(gph_state_read_array(snapshot, "digests", numbers.run, &training->digests));
    if (training->ops->restore != NULL)
        GPH_TRY(training->ops->restore(training->data, snapshot));

cleanup:
    return status;
}

gph_status_t gph_training_restore(gph_training_t *training, const gph_snapshot_t *snapshot)
{
    training->saved = true;
    return gph_comm_agree(training->context, restore(training, snapshot));
}
