/* The state of training in a snapshot. Every rank holds all of it; rank 0 writes it. */
#include "nn/state.h"
#include "nn/trainer.h"

#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { IDENTITY_CHARS = 4096 };

_Static_assert(sizeof(gph_metrics_t) == GPH_METRICS_COLUMNS * sizeof(uint64_t),
               "metrics are words of a snapshot");
_Static_assert(sizeof(gph_run_result_t) == (GPH_METRICS_COLUMNS + 2) * sizeof(uint64_t),
               "results are words of a snapshot");

gph_status_t gph_trainer_identity(gph_trainer_t *trainer)
{
    const gph_train_options_t *o = trainer->options;
    const gph_model_options_t *m = &o->model;
    const gph_optimizer_options_t *a = &o->optimizer;
    char digest[GPH_DIGEST_CHARS];
    const gph_status_t status =
        gph_alloc(trainer->context->env, IDENTITY_CHARS, 1, &trainer->identity);
    if (status != GPH_OK)
        return status;
    snprintf(trainer->identity, IDENTITY_CHARS,
             "command=train\ndata=%s\ntiles=%" PRId64 "\nfeatures=%" PRId64 "\nclasses=%" PRId64
             "\nkind=%d\nlayers=%d\nhidden=%" PRId64 "\ndropout=%.17g\nnorm=%d\nbias=%d\n"
             "decay_all=%d\noptimizer=%d\nrate=%.17g\nweight_decay=%.17g\nmomentum=%.17g\n"
             "beta1=%.17g\nbeta2=%.17g\nepsilon=%.17g\nclip=%.17g\nschedule=%d\nwarmup=%" PRId64
             "\nstep_every=%" PRId64 "\nstep_factor=%.17g\nepochs=%" PRId64 "\npatience=%" PRId64
             "\nevery=%" PRId64 "\nselect=%d\nseed=%" PRIu64 "\nseeds=%" PRId64 "\n",
             gph_digest_format(trainer->data.digest, digest), trainer->data.graph->tiles.count,
             trainer->data.features, trainer->data.classes, (int)m->kind, m->layers, m->hidden,
             m->dropout, (int)m->norm, m->bias, m->decay_all, (int)a->kind, a->rate,
             a->weight_decay, a->momentum, a->beta1, a->beta2, a->epsilon, a->clip,
             (int)a->schedule, a->warmup, a->step_every, a->step_factor, o->epochs, o->patience,
             o->every, (int)o->select, trainer->context->seed, o->seeds);
    return GPH_OK;
}

/* --- saving --------------------------------------------------------------------------------- */

/* The numbers of the state that are few. */
typedef struct numbers {
    int64_t run;
    int64_t epoch;
    int64_t epochs;
    int64_t waited;
    int64_t step;
    double lowest;
    gph_metrics_t best;
    gph_metrics_t champion;
    int64_t metrics;
    int64_t results;
} numbers_t;

enum { NUMBERS_WORDS = sizeof(numbers_t) / sizeof(uint64_t) };

static gph_status_t save(const gph_trainer_t *trainer, gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = trainer->context;
    const int64_t size = trainer->network.params.size;
    const numbers_t numbers = {
        trainer->run,          trainer->epoch,          trainer->epochs,
        trainer->waited,       trainer->optimizer.step, trainer->lowest,
        trainer->best,         trainer->champion,       trainer->metrics.count,
        trainer->results.count};

    GPH_TRY(gph_state_put(context, snapshot, "numbers", NUMBERS_WORDS, &numbers));
    GPH_TRY(gph_state_put_weights(snapshot, &trainer->network.params, &trainer->optimizer));
    GPH_TRY(gph_state_put_reals(context, snapshot, "best", size, trainer->best_value));
    GPH_TRY(gph_state_put_reals(context, snapshot, "champion", size, trainer->champion_value));
    GPH_TRY(gph_state_put(context, snapshot, "metrics", numbers.metrics * GPH_METRICS_COLUMNS,
                          trainer->metrics.data));
    GPH_TRY(gph_state_put(context, snapshot, "results", numbers.results * (GPH_METRICS_COLUMNS + 2),
                          trainer->results.data));

cleanup:
    return status;
}

gph_status_t gph_trainer_save(void *data, gph_snapshot_t *snapshot)
{
    const gph_trainer_t *trainer = data;
    return gph_comm_agree(trainer->context, save(trainer, snapshot));
}

/* --- restoring ------------------------------------------------------------------------------ */

static gph_status_t restore(gph_trainer_t *trainer, const gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = trainer->context;
    const int64_t size = trainer->network.params.size;
    numbers_t numbers;

    GPH_TRY(
        gph_snapshot_read_array(snapshot, "numbers", 1, NUMBERS_WORDS, 0, NUMBERS_WORDS, &numbers));
    if (numbers.metrics < 0 || numbers.results < 0 || numbers.results > trainer->options->seeds)
        GPH_TRY(gph_fail(trainer->context->env, GPH_ERR_INPUT,
                         "the checkpoint holds counts that make no sense"));
    trainer->run = numbers.run;
    trainer->epoch = numbers.epoch;
    trainer->epochs = numbers.epochs;
    trainer->waited = numbers.waited;
    trainer->optimizer.step = numbers.step;
    trainer->lowest = numbers.lowest;
    trainer->best = numbers.best;
    trainer->champion = numbers.champion;
    GPH_TRY(gph_state_read_weights(snapshot, &trainer->network.params, &trainer->optimizer));
    GPH_TRY(gph_state_read_reals(context, snapshot, "best", size, trainer->best_value));
    GPH_TRY(gph_state_read_reals(context, snapshot, "champion", size, trainer->champion_value));
    GPH_TRY(gph_state_read_array(snapshot, "metrics", numbers.metrics, &trainer->metrics));
    GPH_TRY(gph_state_read_array(snapshot, "results", numbers.results, &trainer->results));

cleanup:
    return status;
}

gph_status_t gph_trainer_restore(gph_trainer_t *trainer, const gph_snapshot_t *snapshot)
{
    return gph_comm_agree(trainer->context, restore(trainer, snapshot));
}
