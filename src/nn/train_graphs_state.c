/* The state of training on graphs in a snapshot. */
#include "nn/graph_trainer.h"
#include "nn/state.h"

#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>

enum { IDENTITY_CHARS = 4096 };

_Static_assert(sizeof(gph_fold_metrics_t) == GPH_FOLD_METRICS_WORDS * sizeof(uint64_t),
               "metrics are words of a snapshot");

gph_status_t gph_graph_trainer_identity(gph_graph_trainer_t *trainer)
{
    const gph_graphs_options_t *o = trainer->options;
    const gph_model_options_t *m = &o->model;
    const gph_optimizer_options_t *a = &o->optimizer;
    char digest[GPH_DIGEST_CHARS];
    const gph_status_t status =
        gph_alloc(trainer->context->env, IDENTITY_CHARS, 1, &trainer->identity);
    if (status != GPH_OK)
        return status;
    snprintf(trainer->identity, IDENTITY_CHARS,
             "command=train\ntask=graphs\ndata=%s\nfolds=%" PRId64
             "\nkind=%d\nlayers=%d\nhidden=%" PRId64 "\ndropout=%.17g\nnorm=%d\nbias=%d\n"
             "decay_all=%d\nreadout=%d\noptimizer=%d\nrate=%.17g\nweight_decay=%.17g\n"
             "momentum=%.17g\nbeta1=%.17g\nbeta2=%.17g\nepsilon=%.17g\nclip=%.17g\nschedule=%d\n"
             "warmup=%" PRId64 "\nstep_every=%" PRId64 "\nstep_factor=%.17g\nepochs=%" PRId64
             "\nbatch=%" PRId64 "\nseed=%" PRIu64 "\n",
             gph_digest_format(trainer->data.digest, digest), trainer->data.folds, (int)m->kind,
             m->layers, m->hidden, m->dropout, (int)m->norm, m->bias, m->decay_all, (int)o->readout,
             (int)a->kind, a->rate, a->weight_decay, a->momentum, a->beta1, a->beta2, a->epsilon,
             a->clip, (int)a->schedule, a->warmup, a->step_every, a->step_factor, o->epochs,
             o->batch, trainer->context->seed);
    return GPH_OK;
}

/* The numbers of the state that are few. */
typedef struct numbers {
    int64_t fold;
    int64_t epoch;
    int64_t step;
    int64_t metrics;
} numbers_t;

enum { NUMBERS_WORDS = sizeof(numbers_t) / sizeof(uint64_t) };

static gph_status_t save(const gph_graph_trainer_t *trainer, gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = trainer->context;
    const numbers_t numbers = {trainer->fold, trainer->epoch, trainer->optimizer.step,
                               trainer->metrics.count};

    GPH_TRY(gph_state_put(context, snapshot, "numbers", NUMBERS_WORDS, &numbers));
    GPH_TRY(gph_state_put_weights(snapshot, &trainer->network.network.params, &trainer->optimizer));
    GPH_TRY(gph_state_put(context, snapshot, "metrics", numbers.metrics * GPH_FOLD_METRICS_WORDS,
                          trainer->metrics.data));
    GPH_TRY(gph_state_put(context, snapshot, "digests",
                          numbers.fold * (int64_t)(sizeof(gph_digest_t) / sizeof(uint64_t)),
                          trainer->digests.data));

cleanup:
    return status;
}

gph_status_t gph_graph_trainer_save(void *data, gph_snapshot_t *snapshot)
{
    const gph_graph_trainer_t *trainer = data;
    return gph_comm_agree(trainer->context, save(trainer, snapshot));
}

static gph_status_t restore(gph_graph_trainer_t *trainer, const gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = trainer->context;
    const int64_t epochs = trainer->options->epochs;
    numbers_t numbers;

    GPH_TRY(
        gph_snapshot_read_array(snapshot, "numbers", 1, NUMBERS_WORDS, 0, NUMBERS_WORDS, &numbers));
    if (numbers.fold < 0 || numbers.fold > trainer->data.folds || numbers.epoch < 0 ||
        numbers.epoch > epochs || numbers.metrics != numbers.fold * epochs + numbers.epoch)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "the checkpoint holds counts that make no sense"));
    trainer->fold = numbers.fold;
    trainer->epoch = numbers.epoch;
    trainer->optimizer.step = numbers.step;
    GPH_TRY(
        gph_state_read_weights(snapshot, &trainer->network.network.params, &trainer->optimizer));
    GPH_TRY(gph_state_read_array(snapshot, "metrics", numbers.metrics, &trainer->metrics));
    GPH_TRY(gph_state_read_array(snapshot, "digests", numbers.fold, &trainer->digests));

cleanup:
    return status;
}

gph_status_t gph_graph_trainer_restore(gph_graph_trainer_t *trainer, const gph_snapshot_t *snapshot)
{
    return gph_comm_agree(trainer->context, restore(trainer, snapshot));
}
