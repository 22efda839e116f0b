/**
 * Layer norm (Ba, Kiros & Hinton 2016): each row to mean 0 and variance 1, then scaled and shifted
 * by learnt numbers for each column.
 */
#ifndef GPH_NN_NORM_H
#define GPH_NN_NORM_H

#include "nn/params.h"

typedef struct gph_norm {
    int gain;           /**< place of the scale [1 × columns] among the weights */
    int shift;          /**< place of the shift [1 × columns] */
    gph_tensor_t hat;   /**< [rows × columns] rows to mean 0 and variance 1 */
    gph_tensor_t scale; /**< [rows × 1] 1 / deviation */
} gph_norm_t;

/** Adds the weights of a norm. Local. */
gph_status_t gph_norm_init(gph_params_t *params, const char *name, int64_t columns,
                           gph_norm_t *norm);

/** x[rows × columns] becomes its norm. Local, on all threads. */
gph_status_t gph_norm_forward(const gph_context_t *context, const gph_params_t *params,
                              gph_norm_t *norm, gph_tensor_t *x);

/** g[rows × columns], gradient of the result, becomes that of the input; adds the gradients of the
 * weights, by tiles. Local, on all threads. */
gph_status_t gph_norm_backward(gph_params_t *params, gph_norm_t *norm, const gph_domain_t *domain,
                               gph_tensor_t *g);

/** Frees the memory. Local. */
void gph_norm_free(gph_norm_t *norm);

#endif
