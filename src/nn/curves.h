/** Learning curves as SVG. */
#ifndef GPH_NN_CURVES_H
#define GPH_NN_CURVES_H

#include "nn/trainer.h"

/** Appends a picture: loss on the left, accuracy on the right, one line a run and split. Local.
 *  @param metrics gph_metrics_t, runs one behind the other */
gph_status_t gph_curves_draw(const gph_array_t *metrics, const char *title, gph_array_t *text);

#endif
