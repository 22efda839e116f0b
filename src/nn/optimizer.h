/**
 * Optimisers: from a gradient that is the same on all ranks to new weights that are. All calls are
 * Local; every rank makes the same step.
 */
#ifndef GPH_NN_OPTIMIZER_H
#define GPH_NN_OPTIMIZER_H

#include "gph/nn.h"
#include "nn/params.h"

typedef struct gph_optimizer {
    gph_optimizer_options_t options;
    int64_t step;       /**< steps made */
    gph_real_t *first;  /**< [size] momentum */
    gph_real_t *second; /**< [size] mean of squares, or NULL (SGD) */
} gph_optimizer_t;

/** Makes an optimiser for these weights. */
gph_status_t gph_optimizer_init(const gph_params_t *params, const gph_optimizer_options_t *options,
                                gph_optimizer_t *optimizer);

/** Forgets all steps. */
void gph_optimizer_reset(const gph_params_t *params, gph_optimizer_t *optimizer);

/** Frees the memory. */
void gph_optimizer_free(gph_optimizer_t *optimizer);

/** Learning rate of a step (from 0) of `steps` in all. */
double gph_optimizer_rate(const gph_optimizer_options_t *options, int64_t step, int64_t steps);

/**
 * One step along params->gradient.
 * @param steps in all, for schedules
 * @return false, with nothing changed, when the gradient is not finite; false also when weights
 * have become infinite or NaN
 */
bool gph_optimizer_step(gph_params_t *params, gph_optimizer_t *optimizer, int64_t steps);

#endif
