/** Dense and sparse products on all threads of a rank. All calls are Local. */
#ifndef GPH_NN_PRODUCT_H
#define GPH_NN_PRODUCT_H

#include "nn/kernel.h"
#include "nn/params.h"

/** Memory that products need beside their results; one for a network. */
typedef struct gph_product_space {
    gph_tensor_t packed; /**< a matrix of weights in panels */
    gph_tensor_t block;  /**< [threads × …] rows in panels */
} gph_product_space_t;

/** Frees the memory. */
void gph_product_space_free(gph_product_space_t *space);

/** c[m × n] = (add ? c : 0) + a[m × k] w[k × n]. */
gph_status_t gph_product_nn(const gph_context_t *context, gph_product_space_t *space,
                            const gph_tensor_t *a, const gph_tensor_t *w, bool add,
                            gph_tensor_t *c);

/** c[m × k] = (add ? c : 0) + a[m × n] transposed(w[k × n]). */
gph_status_t gph_product_nt(const gph_context_t *context, gph_product_space_t *space,
                            const gph_tensor_t *a, const gph_tensor_t *w, bool add,
                            gph_tensor_t *c);

/** Adds transposed(a[rows × k]) g[rows × n] to the gradient of weights [k × n], by tiles. */
gph_status_t gph_product_gradient(gph_params_t *params, int index, const gph_domain_t *domain,
                                  gph_product_space_t *space, const gph_tensor_t *a,
                                  const gph_tensor_t *g);

/** Adds the sums over rows of g[rows × n] to the gradient of a bias [1 × n], by tiles. */
gph_status_t gph_bias_gradient(gph_params_t *params, int index, const gph_domain_t *domain,
                               const gph_tensor_t *g);

/** x[rows × n] += bias[1 × n] in each row. */
gph_status_t gph_bias_add(const gph_context_t *context, const gph_tensor_t *bias, gph_tensor_t *x);

#endif
