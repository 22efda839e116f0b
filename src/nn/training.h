/**
 * The frame of every trainer: runs (one a seed, or one a fold) of epochs of steps, evaluations as
 * rows of numbers, the model worth keeping, checkpoints, files of metrics. What is trained on what
 * data by which loss is the trainer's own, which gives functions.
 *
 *     GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *trainer, &trainer));
 *     gph_training_init(context, &ops, trainer, &trainer->frame);
 *     … what free() and begin() expect …
 *     status = gph_training_perform(&trainer->frame, summary);
 */
#ifndef GPH_NN_TRAINING_H
#define GPH_NN_TRAINING_H

#include "base/array.h"
#include "ckpt/job.h"
#include "gph/nn.h"
#include "nn/optimizer.h"
#include "nn/text.h"

/** What a trainer gives; `data` is its own. Collective unless said otherwise; NULL: nothing. */
typedef struct gph_training_ops {
    /** Loads the data, builds the network, puts what decides the result into the frame's identity
     * as lines name=value, and calls gph_training_begin(). */
    gph_status_t (*begin)(void *data);
    /** Steps through the data once, by gph_training_step() or gph_training_batches(), and adds a
     * row to the metrics where it evaluates. */
    gph_status_t (*epoch)(void *data);
    /** Takes graphs as the batch of the next step; needed by gph_training_batches(). */
    gph_status_t (*take)(void *data, int64_t count, const int64_t *list);
    /** Scores in training and the gradient of their loss, which the trainer keeps for `backward`;
     * *loss receives the loss, the same on all ranks. */
    gph_status_t (*forward)(void *data, double *loss);
    /** Gradients of all weights. */
    gph_status_t (*backward)(void *data);
    /** Local. Steps of an epoch of the run; NULL: one. */
    int64_t (*steps)(const void *data);
    /** Local. Before the first epoch of a run, with fresh weights. */
    void (*begin_run)(void *data);
    /** Local. Whether a run is over before its last epoch. */
    bool (*over)(const void *data);
    /** Local. Behind the last epoch of a run: sets the weights that count, and offers them. */
    gph_status_t (*end_run)(void *data);
    /** Local. State beside the frame's; restore may refuse it. */
    gph_status_t (*save)(const void *data, gph_snapshot_t *snapshot);
    gph_status_t (*restore)(void *data, const gph_snapshot_t *snapshot);
    /** Files beside the metrics, such as the model, when all runs are done. */
    gph_status_t (*write)(void *data);
    /** What training came to, or has come to so far. */
    gph_status_t (*summarise)(const void *data, void *summary);
    /** Local. Bytes that this rank has sent beside those for gradients. */
    int64_t (*bytes)(const void *data);
    /** Local. Floating-point operations of this rank in an epoch, behind a forward pass. */
    double (*flops)(const void *data);
    /** Local. Frees `data`, also where `begin` failed. */
    void (*free)(void *data);
    int columns;               /**< numbers in a row of metrics */
    const char *const *column; /**< [columns] names: run, epoch, then any; those that end with _loss
                                    and _accuracy are drawn */
} gph_training_ops_t;

/** What is to be done; what it points to outlives the training. */
typedef struct gph_training_plan {
    const char *unit; /**< what a run is: "seed", "fold" */
    uint64_t first;   /**< name of the first run */
    int64_t runs;
    int64_t epochs; /**< most of a run */
    bool reseeds;   /**< runs have seeds of their own; else their weights begin alike */
    const gph_model_options_t *model;
    const gph_optimizer_options_t *optimizer;
    int64_t every;                              /**< epochs between evaluations */
    const gph_checkpoint_options_t *checkpoint; /**< or NULL */
    gph_train_estimate_t *estimate;             /**< or NULL: train */
    const char *title;                          /**< of the curves */
    const char *csv_path;                       /**< each or NULL */
    const char *hdf5_path;
    const char *svg_path;
} gph_training_plan_t;

/** The weights best so far of all runs. */
typedef struct gph_kept {
    int64_t runs; /**< offered; 0: none is kept */
    int64_t run;  /**< from 0 */
    double accuracy;
    double loss;
    gph_real_t *value; /**< [weights] */
} gph_kept_t;

typedef struct gph_training {
    gph_context_t *context;
    const gph_training_ops_t *ops;
    void *data;
    gph_training_plan_t plan;
    gph_params_t *params;
    gph_optimizer_t optimizer; /**< schedules in steps */
    int64_t total;             /**< steps of the run */
    gph_job_t *job;
    bool saved;           /**< there is a checkpoint */
    gph_array_t identity; /**< char: lines of everything that decides the result */
    /* State: what a checkpoint holds, the same on all ranks. */
    int64_t run;         /**< runs done */
    int64_t epoch;       /**< epochs done of the run under way */
    int64_t epochs;      /**< over all runs */
    gph_array_t metrics; /**< ops->columns doubles a row */
    gph_array_t digests; /**< gph_digest_t, of the weights of each run done */
    gph_kept_t kept;
    /* Speed of this part of the job, on this rank. */
    double seconds; /**< in steps */
    double fastest;
    int64_t steps;
    int64_t examples;
    int64_t reduced; /**< bytes sent for gradients */
} gph_training_t;

/** An empty frame, all of whose memory gph_training_perform() frees. Local. */
void gph_training_init(gph_context_t *context, const gph_training_ops_t *ops, void *data,
                       gph_training_t *training);

/**
 * From beginning to end: begin, all runs, files, summary, free. Collective.
 * @param summary receives what it came to, also where it returns GPH_ERR_STOPPED
 * @return GPH_ERR_STOPPED, with a message, when the job must stop
 */
gph_status_t gph_training_perform(gph_training_t *training, void *summary);

/** Makes the optimiser, and goes on from a checkpoint where there is one; at the end of `begin`.
 * Collective. */
gph_status_t gph_training_begin(gph_training_t *training, const gph_training_plan_t *plan,
                                gph_params_t *params);

/* --- within an epoch ------------------------------------------------------------------------ */

/** Seed of the run under way. Local. */
uint64_t gph_training_seed(const gph_training_t *training);

/** Learning rate of a step of the run, from 0. Local. */
double gph_training_rate(const gph_training_t *training, int64_t step);

/** One step: forward, backward, sum over ranks, update. Collective. GPH_ERR_USAGE when a number
 * ceases to be finite. @param examples that it learns from */
gph_status_t gph_training_step(gph_training_t *training, int64_t examples);

/**
 * Steps through a list, which it shuffles, in batches of `size`. Collective.
 * @param list [count] numbers of examples, such as graphs
 */
gph_status_t gph_training_batches(gph_training_t *training, int64_t size, int64_t count,
                                  int64_t *list);

/** Keeps the weights for the model when they are better than those kept: by accuracy, then by loss.
 * Local. */
void gph_training_offer(gph_training_t *training, double accuracy, double loss);

/* --- what it came to ------------------------------------------------------------------------ */

typedef struct gph_training_speed {
    double seconds; /**< in steps, this part of the job, slowest rank */
    double fastest; /**< step, the same */
    int64_t bytes;  /**< sent by all ranks */
} gph_training_speed_t;

/** Combines the speed over ranks. Collective. */
gph_status_t gph_training_speed(const gph_training_t *training, gph_training_speed_t *speed);

/** Digest of the weights of all runs done. Local. */
void gph_training_digest(const gph_training_t *training, char text[GPH_DIGEST_CHARS]);

/* --- parts of the frame --------------------------------------------------------------------- */

/** Adds the lines of the plan to the identity, and ends it. Local. */
gph_status_t gph_training_identify(gph_training_t *training);
/** gph_job_ops_t.save of the frame. Collective. */
gph_status_t gph_training_save(void *training, gph_snapshot_t *snapshot);
/** Takes the state of a snapshot up. Collective. */
gph_status_t gph_training_restore(gph_training_t *training, const gph_snapshot_t *snapshot);
/** Begins a run, or goes on with it: schedule, and in its first epoch fresh weights. Local. */
void gph_training_enter(gph_training_t *training);
/** Times a few epochs for plan.estimate. Collective. */
gph_status_t gph_training_probe(gph_training_t *training);
/** Writes the metrics as CSV, HDF5 and SVG where wanted. Collective; no checkpoint under way. */
gph_status_t gph_training_write_metrics(const gph_training_t *training);

#endif
