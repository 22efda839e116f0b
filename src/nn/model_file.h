/** Models in files. */
#ifndef GPH_NN_MODEL_FILE_H
#define GPH_NN_MODEL_FILE_H

#include "gph/nn.h"

/** What it takes to build the network, and its weights. */
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

#endif
