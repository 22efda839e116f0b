/** Losses over rows, with gradients; sums over rows and ranks are exact. Collective. */
#ifndef GPH_NN_LOSS_H
#define GPH_NN_LOSS_H

#include "base/sum.h"
#include "nn/domain.h"

/** What a row is used for. */
typedef enum gph_split {
    GPH_SPLIT_NONE = 0,
    GPH_SPLIT_TRAIN = 1,
    GPH_SPLIT_VALID = 2,
    GPH_SPLIT_TEST = 3,
    GPH_SPLITS = 4
} gph_split_t;

/** Means over the rows of each split. */
typedef struct gph_loss {
    int64_t rows[GPH_SPLITS];
    int64_t correct[GPH_SPLITS]; /**< rows whose largest score is that of their class */
    double loss[GPH_SPLITS];     /**< mean over the rows, 0 without rows */
} gph_loss_t;

/**
 * Softmax cross-entropy.
 * @param score [rows × classes]
 * @param label [rows] class of each row; read where the split is not NONE
 * @param split [rows] gph_split_t of each row
 * @param g     [rows × classes] receives the gradient of the mean over the rows of TRAIN, or NULL
 * @param loss  receives the means over all ranks; with g those of TRAIN alone, the others are 0
 */
gph_status_t gph_loss_softmax(gph_context_t *context, const gph_tensor_t *score,
                              const int32_t *label, const uint8_t *split, gph_tensor_t *g,
                              gph_loss_t *loss);

/**
 * Mean squared error over all numbers of rows of TRAIN; `correct` stays 0.
 * @param x,target [rows × columns]
 */
gph_status_t gph_loss_squares(gph_context_t *context, const gph_tensor_t *x,
                              const gph_tensor_t *target, const uint8_t *split, gph_tensor_t *g,
                              gph_loss_t *loss);

/* --- by parts, as several threads with rows of their own need it ----------------------------- */

/** Sums over rows. */
typedef struct gph_loss_sums {
    int64_t rows[GPH_SPLITS];
    int64_t correct[GPH_SPLITS];
    gph_sum_t loss[GPH_SPLITS];
} gph_loss_sums_t;

/**
 * Adds what gph_loss_softmax() takes of rows, on the calling thread. Local.
 * @param share 1 / rows of TRAIN over all parts and ranks, for the gradient
 */
void gph_loss_softmax_add(const gph_tensor_t *score, const int32_t *label, const uint8_t *split,
                          double share, gph_tensor_t *g, gph_loss_sums_t *sums);

/** Adds the sums of another part. Local. */
void gph_loss_merge(gph_loss_sums_t *sums, const gph_loss_sums_t *part);

/** Means over all ranks. Collective. */
gph_status_t gph_loss_finish(gph_context_t *context, gph_loss_sums_t *sums, gph_loss_t *loss);

/** Class of the largest score of each row, the first of equal ones. Local. class[rows] */
void gph_loss_classes(const gph_tensor_t *score, int32_t *class);

#endif
