/* The job engine. */
#include "ckpt/job.h"

#include "base/clock.h"
#include "ckpt/store.h"
#include "par/comm.h"

#include <string.h>

/* Seconds kept free at the end of the time limit, beside the time that checkpoints take. */
static const double reserve_seconds = 1.0;

struct gph_job {
    gph_context_t *context;
    gph_store_t *store; /* NULL: no checkpoints */
    const char *identity;
    double every;
    double last;        /* when the last checkpoint began */
    const char *reason; /* why it stopped */
};

/* Bits of what is due. */
enum { DUE_SAVE = 1, DUE_STOP = 2, DUE_TIME = 4 };

/* What is due on this rank. The clock of rank 0 decides for all. */
static int due_now(const gph_job_t *job)
{
    const gph_context_t *context = job->context;
    int due = gph_context_stop_requested(context) ? DUE_STOP : 0;
    if (context->rank != 0)
        return due;
    const double now = gph_clock_now();
    const double reserve =
        job->store != NULL ? reserve_seconds + 2 * gph_store_seconds(job->store) : 0;
    if (context->deadline > 0 && now + reserve >= context->deadline)
        due |= DUE_TIME;
    if (job->store != NULL && now - job->last >= job->every && !gph_store_busy(job->store))
        due |= DUE_SAVE;
    return due;
}

static bool due_for_pool(void *job)
{
    return due_now(job) != 0;
}

/* Names the first line in which two identities differ. */
static gph_status_t compare(gph_env_t *env, const char *now, const char *then)
{
    while (*now != '\0' || *then != '\0') {
        const size_t a = strcspn(now, "\n");
        const size_t b = strcspn(then, "\n");
        if (a != b || memcmp(now, then, a) != 0)
            return gph_fail(env, GPH_ERR_USAGE,
                            "the checkpoint belongs to another job: it has %.*s where this one has "
                            "%.*s; run with the same input and settings, or another folder",
                            (int)b, then, (int)a, now);
        now += a + (now[a] == '\n');
        then += b + (then[b] == '\n');
    }
    return GPH_OK;
}

static gph_status_t take_up(gph_job_t *job, bool resume, gph_snapshot_t **resumed)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;
    gph_snapshot_t *snapshot = NULL;

    if (!resume && gph_store_found(job->store) > 0)
        return gph_fail(
            env, GPH_ERR_USAGE,
            "the checkpoint folder holds checkpoints of an earlier run: go on from them "
            "with --resume, or empty it");
    if (!resume)
        return GPH_OK;
    GPH_TRY(gph_store_restore(job->store, &snapshot));
    if (snapshot == NULL) {
        gph_log_root(job->context, GPH_LOG_INFO, "no checkpoint yet: beginning from the start");
        goto cleanup;
    }
    const char *then = gph_snapshot_text(snapshot, "identity");
    GPH_TRY_ALL(job->context, compare(env, job->identity, then != NULL ? then : ""));
    *resumed = snapshot;
    snapshot = NULL;

cleanup:
    gph_snapshot_destroy(&snapshot);
    return status;
}

gph_status_t gph_job_open(gph_context_t *context, const gph_checkpoint_options_t *options,
                          const char *identity, gph_job_t **job, gph_snapshot_t **resumed)
{
    gph_status_t status = GPH_OK;
    gph_job_t *made = NULL;
    gph_snapshot_t *from = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    made->context = context;
    made->identity = identity;
    made->last = gph_clock_now();
    if (options != NULL && options->directory != NULL) {
        made->every = options->every;
        GPH_TRY(gph_store_open(context, options, &made->store));
        GPH_TRY(take_up(made, options->resume, &from));
    }
    *job = made;
    *resumed = from;
    made = NULL;

cleanup:
    if (made != NULL)
        (void)gph_job_close(&made, status);
    return status;
}

/* Puts the state into a snapshot and hands it to the store. */
static gph_status_t save(gph_job_t *job, const gph_job_ops_t *ops)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    gph_snapshot_t *snapshot = NULL;
    const double began = gph_clock_now();

    job->last = began;
    GPH_TRY_ALL(context, gph_snapshot_create(context, &snapshot));
    GPH_TRY_ALL(context, gph_snapshot_put_text(snapshot, "identity", job->identity));
    GPH_TRY(ops->save(ops->data, snapshot));
    context->ckpt_stall += gph_clock_now() - began;
    status = gph_store_save(job->store, snapshot);
    snapshot = NULL;

cleanup:
    gph_snapshot_destroy(&snapshot);
    return status;
}

/* Acts on what is due on any rank. */
static gph_status_t act(gph_job_t *job, const gph_job_ops_t *ops, int due)
{
    gph_status_t status = GPH_OK;
    int64_t flag[3] = {(due & DUE_SAVE) != 0, (due & DUE_STOP) != 0, (due & DUE_TIME) != 0};

    GPH_TRY(gph_comm_reduce_i64(job->context, GPH_MAX, 3, flag));
    const bool stop = flag[1] || flag[2];
    if (job->store != NULL && ops != NULL && (flag[0] || stop))
        GPH_TRY(save(job, ops));
    if (!stop)
        goto cleanup;
    if (job->store != NULL)
        GPH_TRY(gph_store_join(job->store));
    job->reason = flag[1] ? "on request" : "at the time limit";
    status = GPH_ERR_STOPPED;

cleanup:
    return status;
}

/* Tiles that any rank did are done for all. */
static gph_status_t share_done(gph_job_t *job, const gph_tiles_t *tiles, int64_t *done,
                               int64_t *left)
{
    const gph_status_t status = gph_comm_reduce_i64(job->context, GPH_MAX, tiles->count, done);
    *left = 0;
    for (int64_t t = 0; t < tiles->count; ++t)
        *left += !done[t];
    return status;
}

gph_status_t gph_job_tiles(gph_job_t *job, gph_pool_t *pool, const gph_tiles_t *tiles,
                           const char *what, int64_t *done, const gph_job_ops_t *ops)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    gph_worklist_t list = {0};
    int64_t left = 0;

    GPH_TRY(share_done(job, tiles, done, &left));
    if (left > 0) /* small work may end before a thread looks */
        GPH_TRY(act(job, ops, due_now(job) & DUE_STOP));
    gph_pool_set_due(pool, due_for_pool, job);
    while (left > 0) {
        GPH_TRY_ALL(context, gph_worklist_make(context, tiles, done, &list));
        GPH_TRY(gph_pool_tiles(pool, &list, what, ops->run, ops->data));
        gph_worklist_free(&list);
        const int due = due_now(job);
        GPH_TRY(share_done(job, tiles, done, &left));
        GPH_TRY(ops->merge(ops->data));
        if (left > 0)
            GPH_TRY(act(job, ops, due));
    }

cleanup:
    gph_pool_set_due(pool, NULL, NULL);
    gph_worklist_free(&list);
    return status;
}

gph_status_t gph_job_step(gph_job_t *job, const gph_job_ops_t *ops)
{
    return act(job, ops, due_now(job));
}

gph_status_t gph_job_join(gph_job_t *job)
{
    return job->store != NULL ? gph_store_join(job->store) : GPH_OK;
}

const char *gph_job_reason(const gph_job_t *job)
{
    return job->reason;
}

const char *gph_job_advice(const gph_job_t *job)
{
    return job->store != NULL
               ? "it is saved: go on with resume (--resume)"
               : "nothing is saved, as no checkpoint folder (--checkpoint) was given";
}

gph_status_t gph_job_close(gph_job_t **job, gph_status_t status)
{
    if (job == NULL || *job == NULL)
        return status;
    if ((*job)->store != NULL) {
        const gph_status_t last =
            status == GPH_OK ? gph_store_clear((*job)->store) : gph_store_join((*job)->store);
        status = status == GPH_OK ? last : status;
    }
    gph_store_close(&(*job)->store);
    gph_free(*job);
    *job = NULL;
    return status;
}
