/** Learning curves as SVG. */
#ifndef GPH_NN_CURVES_H
#define GPH_NN_CURVES_H

#include "nn/training.h"

/** Appends a picture: loss on the left, accuracy on the right, one line a run and split. Local. */
gph_status_t gph_curves_draw(const gph_training_t *training, gph_array_t *text);

#endif
