/** Files of predictions. */
#ifndef GPH_NN_PREDICTIONS_H
#define GPH_NN_PREDICTIONS_H

#include "nn/dataset.h"

/**
 * Writes a row for each vertex, in order of ids. Collective.
 * @param score  [own vertices × classes]
 * @param class  [own vertices] class of the highest score
 * @param digest of all scores
 * @param path   `vertex class probability` a line; ending in .h5: columns, with all scores
 */
gph_status_t gph_predictions_write(const gph_dataset_t *data, const gph_tensor_t *score,
                                   const int32_t *class, const char *digest, const char *path);

#endif
