/**
 * Rows beside the rows that they are linked with, so that a linear layer over them has weights of
 * its own for each kind of link: a relational graph convolution (Schlichtkrull et al. 2018) where a
 * row has at most one link of a kind. Local, on all threads.
 */
#ifndef GPH_NN_LINKS_H
#define GPH_NN_LINKS_H

#include "nn/tensor.h"
#include "par/context.h"

/**
 * Links of rows. Link l of row i leads to row[i × kinds + l], or nowhere when that is -1; link
 * (l + kinds / 2) % kinds of that row leads back.
 */
typedef struct gph_links {
    int kinds;
    int64_t rows;
    const int32_t *row; /**< [rows × kinds] */
} gph_links_t;

/** out[rows × (1 + kinds) × width] = x[rows × width] and its linked rows side by side, 0 for links
 * that lead nowhere. Shapes `out`. */
gph_status_t gph_links_gather(const gph_context_t *context, const gph_links_t *links,
                              const gph_tensor_t *x, gph_tensor_t *out);

/** g_x[rows × width] += gradient of x, from g[rows × (1 + kinds) × width] of the result. */
gph_status_t gph_links_back(const gph_context_t *context, const gph_links_t *links,
                            const gph_tensor_t *g, gph_tensor_t *g_x);

#endif
