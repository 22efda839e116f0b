/**
 * Sparse features of the rows of a domain: rows times weights, and the gradient of those weights by
 * tile. All calls are Local unless said otherwise.
 */
#ifndef GPH_NN_SPARSE_H
#define GPH_NN_SPARSE_H

#include "nn/product.h"

typedef struct gph_sparse {
    int64_t rows;
    int64_t columns;
    int64_t before;    /**< entries of lower ranks: numbers the entries, for dropout */
    gph_off_t *offset; /**< [rows + 1] */
    int32_t *column;   /**< [entries] ascending in each row */
    gph_real_t *value; /**< [entries] */
    /* The same by columns, for each tile: column c of tile t holds the entries turn_offset[t ×
     * (columns + 1) + c] up to the next. */
    gph_off_t *turn_offset;
    int32_t *turn_row;   /**< [entries] ascending in each column */
    int32_t *turn_entry; /**< [entries] place of the entry by rows */
} gph_sparse_t;

/**
 * Takes over rows and makes their transposed form. Collective.
 * @param sparse with rows, columns, offset, column and value set; freed on failure
 */
gph_status_t gph_sparse_finish(const gph_domain_t *domain, gph_sparse_t *sparse);

/** Frees the arrays and zeroes the struct. */
void gph_sparse_free(gph_sparse_t *sparse);

/** c[rows × n] = (add ? c : 0) + x w[columns × n]. @param value [entries] in place of those of x */
gph_status_t gph_sparse_product(const gph_context_t *context, const gph_sparse_t *x,
                                const gph_real_t *value, const gph_tensor_t *w, bool add,
                                gph_tensor_t *c);

/** Adds transposed(x) g[rows × n] to the gradient of weights [columns × n], by tiles. */
gph_status_t gph_sparse_gradient(gph_params_t *params, int index, const gph_domain_t *domain,
                                 const gph_sparse_t *x, const gph_real_t *value,
                                 gph_tensor_t *turned, const gph_tensor_t *g);

#endif
