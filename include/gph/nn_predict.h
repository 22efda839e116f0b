/**
 * @file nn_predict.h
 * Classes by a trained model: of the vertices of one graph, or of the graphs of a collection. The
 * same bits on any number of ranks and threads.
 */
#ifndef GPH_NN_PREDICT_H
#define GPH_NN_PREDICT_H

#include "gph/io_collection.h"
#include "gph/nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What was predicted. Opaque. */
typedef struct gph_prediction gph_prediction_t;

/** What a prediction came to. */
typedef struct gph_predict_summary {
    bool graphs;      /**< graphs were classified, not vertices */
    int64_t count;    /**< of vertices or graphs */
    int64_t classes;  /**< of the model */
    int64_t labelled; /**< those with a class in the data */
    double accuracy;  /**< over those, 0 without */
    int64_t tested;   /**< vertices for testing */
    double test_accuracy;
    char digest[40]; /**< of all scores */
} gph_predict_summary_t;

/**
 * Classifies by a saved model. Collective.
 * @param model      file that gph_train_nodes() or gph_train_graphs() wrote
 * @param data       of a model of vertices: folder of tables or generator, features and classes at
 *                   most those of the model; of a model of graphs: a collection, as
 *                   gph_collection_load() takes it
 * @param prediction receives what was found; destroy it
 * @return GPH_ERR_INPUT for a file that is no model, and for data that do not fit it: another
 *         width, a label of a node that the model does not know (the message names it)
 * Cost: one forward pass.
 */
GPH_API gph_status_t gph_predict(gph_context_t *context, const char *model, const char *data,
                                 gph_prediction_t **prediction);

/** As gph_predict(), for a model of graphs and a collection in memory. Collective. */
GPH_API gph_status_t gph_predict_collection(const char *model, const gph_collection_t *collection,
                                            gph_prediction_t **prediction);

/** What it came to. Local. */
GPH_API gph_predict_summary_t gph_prediction_summary(const gph_prediction_t *prediction);

/**
 * Rows of this rank: of vertices its own, of graphs all of them on every rank. Local; the arrays
 * belong to the prediction. Each pointer may be NULL.
 * @param rows        receives their number
 * @param id          [rows] input id of a vertex, number of a graph from 0
 * @param class       [rows] number of the class with the largest score, the first of equal ones
 * @param probability [rows] softmax of that score
 * @param score       [rows × classes] output of the last layer
 */
GPH_API void gph_prediction_rows(const gph_prediction_t *prediction, int64_t *rows,
                                 const int64_t **id, const int32_t **class,
                                 const double **probability, const float **score);

/** What the training data called a class, for models of graphs; NULL for those of vertices, whose
 * classes are numbers. Local. */
GPH_API const char *gph_prediction_class_name(const gph_prediction_t *prediction, int32_t number);

/**
 * Writes the rows. Collective. HDF5 where the name ends in .h5, otherwise text:
 * `vertex class probability`, or `graph name class probability`, a line.
 */
GPH_API gph_status_t gph_prediction_write(const gph_prediction_t *prediction, const char *path);

/** Frees a prediction and nulls the pointer; NULL is fine. Local. */
GPH_API void gph_prediction_destroy(gph_prediction_t **prediction);

#ifdef __cplusplus
}
#endif

#endif
