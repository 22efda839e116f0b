/** Inside of predictions. */
#ifndef GPH_NN_PREDICTION_H
#define GPH_NN_PREDICTION_H

#include "base/array.h"
#include "gph/nn_predict.h"
#include "nn/model_file.h"

struct gph_prediction {
    gph_context_t *context;
    gph_predict_summary_t summary;
    int64_t first; /**< number of row 0 over all ranks */
    int64_t rows;
    int64_t *id;         /**< [rows] */
    int32_t *class;      /**< [rows] */
    double *probability; /**< [rows] of the class */
    gph_real_t *score;   /**< [rows × classes] */
    /* Of graphs. */
    gph_words_t classes; /**< what the classes are called */
    gph_array_t names;   /**< char: names of the graphs, each with its final NUL */
    gph_array_t starts;  /**< int64_t [classes]: where each class begins in its words */
};

/** An empty prediction. Local. */
gph_status_t gph_prediction_create(gph_context_t *context, gph_prediction_t **prediction);

/** Room for so many rows. Local. */
gph_status_t gph_prediction_reserve(gph_prediction_t *prediction, int64_t rows);

/** Sets class and probability of each row by its scores, and *sum to the digest of the scores.
 * Local.
 */
void gph_prediction_finish(gph_prediction_t *prediction, gph_digest_t *sum);

/** Classifies the graphs of a collection. Collective. */
gph_status_t gph_predict_graphs(const gph_model_file_t *model, const gph_collection_t *collection,
                                gph_prediction_t *prediction);

#endif
