/** Models in files. */
#ifndef GPH_NN_MODEL_FILE_H
#define GPH_NN_MODEL_FILE_H

#include "gph/nn_graphs.h"
#include "nn/params.h"

/** Words, each with its final NUL. */
typedef struct gph_words {
    char *text;   /**< [size] */
    int64_t size; /**< bytes */
} gph_words_t;

/** What it takes to build the network, and its weights. */
typedef struct gph_model_file {
    bool graphs; /**< classifies whole graphs, not vertices */
    gph_model_options_t options;
    gph_readout_t readout; /**< of graphs */
    bool normalise;        /**< features, of vertices */
    int64_t features;
    int64_t classes;
    gph_words_t label; /**< of graphs: [features] labels of nodes, in the order of the features */
    gph_words_t class; /**< of graphs: [classes] what the data calls them */
    int64_t size;      /**< weights */
    float *value;      /**< [size] */
} gph_model_file_t;

/** Writes a model. Collective; rank 0's is written. */
gph_status_t gph_model_write(gph_context_t *context, const char *path,
                             const gph_model_file_t *model);
/** Reads a model; free it. Collective. GPH_ERR_INPUT when it is none, or makes no sense. */
gph_status_t gph_model_read(gph_context_t *context, const char *path, gph_model_file_t *model);

/** Frees what gph_model_read() made. Local. */
void gph_model_free(gph_model_file_t *model);

/** Sets the weights of a network that was built as the model says. Local. GPH_ERR_INPUT when their
 * numbers differ. */
gph_status_t gph_model_apply(const gph_model_file_t *model, gph_params_t *params);

#endif
