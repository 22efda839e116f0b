/**
 * The job engine: what every long operation runs on. It hands tiles to threads and ranks through
 * the task pool, pauses them when a checkpoint is due, a stop was asked for or time runs out, saves
 * the state while work goes on, and takes it up again on any number of ranks.
 *
 * The operation keeps its state (which tiles are done, sums, how many rows are written) and gives
 * functions that combine it over ranks, put it into a snapshot and take it back.
 */
#ifndef GPH_CKPT_JOB_H
#define GPH_CKPT_JOB_H

#include "ckpt/snapshot.h"
#include "gph/ckpt.h"
#include "par/pool.h"

typedef struct gph_job gph_job_t;

/** What the operation gives. Each function is Collective but for `run`. */
typedef struct gph_job_ops {
    gph_pool_run_fn *run; /**< works on entries of the work list; marks tiles that are done */
    gph_status_t (*merge)(
        void *data); /**< combines over ranks what was found since the last call */
    gph_status_t (*save)(void *data, gph_snapshot_t *snapshot); /**< adds the state */
    void *data;
} gph_job_ops_t;

/**
 * Begins a job. Collective.
 * @param options  checkpoints, or NULL for none
 * @param identity lines `name=value` of everything that decides the result: command, input,
 * settings
 * @param job      receives the job
 * @param resumed  receives the snapshot to go on from, or NULL to begin from the start; destroy it
 * @return GPH_ERR_USAGE when the folder holds checkpoints and resume is not set, or when they are
 * of another identity: the message names the difference
 */
gph_status_t gph_job_open(gph_context_t *context, const gph_checkpoint_options_t *options,
                          const char *identity, gph_job_t **job, gph_snapshot_t **resumed);

/**
 * Works off all tiles that are not done. Collective.
 * @param what name on the progress line
 * @param done [tiles->count] 1 where a tile is done: `run` sets it on the rank that did the tile;
 * the same on all ranks before and after
 * @return GPH_ERR_STOPPED, without a message, when the job must stop: the state is saved, where
 * there is a folder; see gph_job_reason()
 */
gph_status_t gph_job_tiles(gph_job_t *job, gph_pool_t *pool, const gph_tiles_t *tiles,
                           const char *what, int64_t *done, const gph_job_ops_t *ops);

/** Between rounds of other work: saves when due (ops NULL: never); GPH_ERR_STOPPED as
 *  gph_job_tiles(). Collective. */
gph_status_t gph_job_step(gph_job_t *job, const gph_job_ops_t *ops);

/** Waits until no checkpoint is being written, for callers of HDF5. Collective. */
gph_status_t gph_job_join(gph_job_t *job);

/** Why the job stopped: "on request" or "at the time limit"; NULL when it did not. Local. */
const char *gph_job_reason(const gph_job_t *job);

/** What can be done about a stop, as the end of a message. Local. */
const char *gph_job_advice(const gph_job_t *job);

/**
 * Ends a job: waits for the last write; when status is GPH_OK the checkpoints are removed.
 * Collective. NULL is fine. @return the agreed status
 */
gph_status_t gph_job_close(gph_job_t **job, gph_status_t status);

#endif
