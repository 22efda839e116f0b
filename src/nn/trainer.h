/** Inside of training: its state, its files. */
#ifndef GPH_NN_TRAINER_H
#define GPH_NN_TRAINER_H

#include "base/array.h"
#include "ckpt/job.h"
#include "gph/nn.h"
#include "nn/dataset.h"
#include "nn/network.h"
#include "nn/optimizer.h"

/** One evaluation. All numbers are doubles, so that rows are words of a snapshot and columns of a
 * file. */
typedef struct gph_metrics {
    double seed;
    double epoch;                    /**< from 1 */
    double rate;                     /**< learning rate of the step before */
    double loss[GPH_SPLITS - 1];     /**< TRAIN, VALID, TEST */
    double accuracy[GPH_SPLITS - 1]; /**< the same */
} gph_metrics_t;

enum { GPH_METRICS_COLUMNS = 9 };

/** Names of the columns, as in files. */
extern const char *const gph_metrics_names[GPH_METRICS_COLUMNS];

/** What one run came to. */
typedef struct gph_run_result {
    gph_metrics_t metrics; /**< of the weights that count */
    gph_digest_t digest;   /**< of these weights */
} gph_run_result_t;

typedef struct gph_trainer {
    gph_context_t *context;
    const gph_train_options_t *options;
    gph_dataset_t data;
    gph_network_t network;
    gph_optimizer_t optimizer;
    gph_tensor_t gradient; /**< of the output */
    gph_job_t *job;
    char *identity;
    /* State: everything that a checkpoint holds, the same on all ranks. */
    int64_t run;                /**< runs done */
    int64_t epoch;              /**< epochs done of the run under way */
    int64_t epochs;             /**< over all runs */
    int64_t waited;             /**< evaluations since the loss in validation last fell */
    double lowest;              /**< that loss */
    gph_metrics_t best;         /**< of the best weights of the run; epoch 0: none yet */
    gph_metrics_t champion;     /**< of the model to be saved; epoch 0: none yet */
    gph_real_t *best_value;     /**< [weights] */
    gph_real_t *champion_value; /**< [weights] */
    gph_array_t metrics;        /**< gph_metrics_t, of all evaluations */
    gph_array_t results;        /**< gph_run_result_t */
    /* Speed of this part of the job. */
    double seconds;
    double fastest; /**< step */
    int64_t steps;
    int64_t reduced; /**< bytes sent for gradients */
} gph_trainer_t;

/* --- state (train_state.c) ------------------------------------------------------------------ */

/** Everything that decides the result, as lines. Local. */
gph_status_t gph_trainer_identity(gph_trainer_t *trainer);
/** gph_job_ops_t.save of a trainer. Collective. */
gph_status_t gph_trainer_save(void *trainer, gph_snapshot_t *snapshot);
/** Takes the state of a snapshot up. Collective. */
gph_status_t gph_trainer_restore(gph_trainer_t *trainer, const gph_snapshot_t *snapshot);

/* --- files ---------------------------------------------------------------------------------- */

/** Writes the metrics as CSV, HDF5 and SVG where wanted. Collective; no checkpoint under way. */
gph_status_t gph_trainer_write(const gph_trainer_t *trainer);

/** A model in a file: what it takes to build the network, and its weights. */
typedef struct gph_model_file {
    gph_model_options_t options;
    bool normalise; /**< of the features */
    int64_t features;
    int64_t classes;
    int64_t size; /**< weights */
    float *value; /**< [size] */
} gph_model_file_t;

/** Writes a model. Collective; rank 0's is written. */
gph_status_t gph_model_write(gph_context_t *context, const char *path,
                             const gph_model_file_t *model);
/** Reads a model. Collective. GPH_ERR_INPUT when it is none. */
gph_status_t gph_model_read(gph_context_t *context, const char *path, gph_model_file_t *model);

/** A file that rank 0 writes as one text. Collective; text[size] of rank 0 is written. */
gph_status_t gph_text_write(gph_context_t *context, const char *path, const gph_array_t *text);

/** Appends formatted text. Local. */
gph_status_t gph_text_put(gph_array_t *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
