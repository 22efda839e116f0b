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

#ifdef __cplusplus
}
#endif

#endif
