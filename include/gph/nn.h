/**
 * @file nn.h
 * Training of graph networks. Weights after training are the same bits on any number of ranks and
 * threads, interrupted or not.
 */
#ifndef GPH_NN_H
#define GPH_NN_H

#include "gph/ckpt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Layers of a model. */
typedef enum gph_model_kind {
    GPH_MODEL_GCN = 0,   /**< graph convolution (Kipf & Welling 2017) */
    GPH_MODEL_SAGE = 1,  /**< GraphSAGE with the mean of neighbours (Hamilton et al. 2017) */
    GPH_MODEL_GIN = 2,   /**< sums of neighbours and two linear layers (Xu et al. 2019) */
    GPH_MODEL_LINEAR = 3 /**< linear layers, without the graph */
} gph_model_kind_t;

/** Normalisation behind each layer but the last. */
typedef enum gph_norm_kind {
    GPH_NORM_NONE = 0,
    GPH_NORM_LAYER = 1 /**< of each row (Ba et al. 2016) */
} gph_norm_kind_t;

/** A model. Start from gph_model_options_default(). */
typedef struct gph_model_options {
    gph_model_kind_t kind;
    int layers;     /**< default 2 */
    int64_t hidden; /**< columns between layers; default 16 */
    double dropout; /**< of the input of each layer; default 0.5 */
    gph_norm_kind_t norm;
    bool bias;      /**< default true */
    bool decay_all; /**< weight decay on the weights of all layers, not of the first alone */
} gph_model_options_t;

/** Defaults: two GCN layers of 16, dropout 0.5, bias, no norm, decay on the first. Local. */
GPH_API gph_model_options_t gph_model_options_default(void);

/** How weights go along the gradient. */
typedef enum gph_optimizer_kind {
    GPH_OPTIMIZER_ADAM = 0, /**< Kingma & Ba 2015; weight decay is added to the gradient */
    GPH_OPTIMIZER_ADAMW =
        1,                /**< Loshchilov & Hutter 2019; weights shrink apart from the gradient */
    GPH_OPTIMIZER_SGD = 2 /**< with momentum */
} gph_optimizer_kind_t;

/** How the learning rate changes from step to step. */
typedef enum gph_schedule {
    GPH_SCHEDULE_CONSTANT = 0,
    GPH_SCHEDULE_COSINE = 1, /**< down to 0 along half a cosine */
    GPH_SCHEDULE_STEP = 2    /**< times step_factor every step_every steps */
} gph_schedule_t;

/** An optimiser. Start from gph_optimizer_options_default(). */
typedef struct gph_optimizer_options {
    gph_optimizer_kind_t kind;
    double rate;         /**< learning rate; default 0.01 */
    double weight_decay; /**< default 5e-4 */
    double momentum;     /**< of SGD; default 0.9 */
    double beta1;        /**< of Adam; default 0.9 */
    double beta2;        /**< of Adam; default 0.999 */
    double epsilon;      /**< of Adam; default 1e-8 */
    double clip;         /**< largest norm of the gradient; 0: any */
    gph_schedule_t schedule;
    int64_t warmup;     /**< first steps, in which the rate grows */
    int64_t step_every; /**< of GPH_SCHEDULE_STEP; default 50 */
    double step_factor; /**< of GPH_SCHEDULE_STEP; default 0.5 */
} gph_optimizer_options_t;

/** Defaults: Adam, rate 0.01, weight decay 5e-4, constant. Local. */
GPH_API gph_optimizer_options_t gph_optimizer_options_default(void);

/** Data for the classification of vertices. Start from gph_data_options_default(). */
typedef struct gph_data_options {
    const char *path; /**< folder of tables (docs/training.md), or a generator `sbm:…` */
    bool normalise;   /**< each row of features divided by its sum; default true */
    int64_t features; /**< columns of the features; 0: as many as there are */
    int64_t classes;  /**< labels are below that; 0: as many as there are */
    int64_t tiles;    /**< parts whose gradients are added exactly; 0: by the number of vertices.
                           Another number gives other bits */
} gph_data_options_t;

/** Defaults. Local. */
GPH_API gph_data_options_t gph_data_options_default(void);

/** Which weights of a run count. */
typedef enum gph_select {
    GPH_SELECT_LAST = 0, /**< those of the last epoch */
    GPH_SELECT_BEST = 1  /**< those of the epoch with the highest accuracy in validation, of equal
                              ones with the lowest loss */
} gph_select_t;

/** What training would take, from a few epochs of it. */
typedef struct gph_train_estimate {
    int64_t epochs;       /**< of all runs; fewer where training may stop early */
    int64_t sampled;      /**< epochs that were timed, behind a first one that was not */
    double probe_seconds; /**< the probe took; loading is no part of it */
    double epoch_seconds; /**< of one epoch, with its share of evaluations, on the slowest rank */
    double seconds;       /**< of all epochs */
    double seconds_error; /**< two standard errors of the mean, and no less than 5% */
    double epoch_flops;   /**< additions and multiplications of one epoch in products and sums over
                               neighbours, all ranks together; 0: not counted */
    double epoch_bytes;   /**< sent between ranks in one epoch */
    int64_t memory;       /**< most that a rank allocates */
} gph_train_estimate_t;

/** Training. Start from gph_train_options_default(). */
typedef struct gph_train_options {
    gph_data_options_t data;
    gph_model_options_t model;
    gph_optimizer_options_t optimizer;
    int64_t epochs;   /**< most epochs of a run; default 200 */
    int64_t patience; /**< stop when the loss in validation has not fallen for so many evaluations;
                           0: never */
    int64_t every;    /**< epochs between evaluations; default 1 */
    gph_select_t select;
    int64_t seeds;          /**< runs, with the context's seed and those after it; default 1 */
    const char *model_path; /**< receives the model of the run best in validation (HDF5), or NULL */
    const char *csv_path;   /**< receives the metrics of all evaluations, or NULL */
    const char *hdf5_path;  /**< the same in HDF5, or NULL */
    const char *svg_path;   /**< receives the learning curves, or NULL */
    const gph_checkpoint_options_t *checkpoint; /**< or NULL */
    gph_train_estimate_t *estimate; /**< receives what training would take, in its place: nothing is
                                         written, and the summary has sizes alone; or NULL */
} gph_train_options_t;

/** Defaults: 200 epochs, one seed, the last weights, no files. Local. */
GPH_API gph_train_options_t gph_train_options_default(void);

/** What training came to, or has come to so far. */
typedef struct gph_train_summary {
    int64_t vertices;
    int64_t edges;
    int64_t features;
    int64_t classes;
    int64_t weights;  /**< numbers that are learnt */
    int64_t seeds;    /**< runs done */
    int64_t epochs;   /**< over all runs, with those of earlier parts of the job */
    double accuracy;  /**< mean over runs, in testing, 0 to 1 */
    double deviation; /**< standard deviation of a run */
    double valid_accuracy;
    double train_accuracy;
    double loss;        /**< mean over runs, in testing */
    double train_loss;  /**< mean over runs */
    double seconds;     /**< in steps of training, this part of the job, slowest rank */
    double fastest;     /**< seconds of the fastest step, slowest rank */
    int64_t steps;      /**< made in that time */
    int64_t bytes_sent; /**< between ranks: hidden features and gradients, this part */
    char digest[40];    /**< of the weights of all runs */
} gph_train_summary_t;

/**
 * Trains a model to classify vertices on one distributed graph. Collective.
 * @param summary receives what it came to; set also where it returns GPH_ERR_STOPPED
 * @return GPH_ERR_STOPPED when asked to stop or out of time; GPH_ERR_USAGE when the loss or the
 * weights cease to be finite (checkpoints of before stay), or options make no sense; GPH_ERR_INPUT
 * with file and line for bad data; GPH_ERR_MEMORY
 * Cost of an epoch: O((n × width + m) × width / P) and a halo exchange or two a layer.
 */
GPH_API gph_status_t gph_train_nodes(gph_context_t *context, const gph_train_options_t *options,
                                     gph_train_summary_t *summary);

#ifdef __cplusplus
}
#endif

#endif
