/**
 * Dropout (Srivastava et al. 2014): an element is kept with probability 1 - p and scaled by
 * 1 / (1 - p). Whether it is kept depends on seed, stream and the element's number over all ranks
 * alone.
 */
#ifndef GPH_NN_DROPOUT_H
#define GPH_NN_DROPOUT_H

#include "nn/kernel.h"
#include "par/context.h"

/** A mask over consecutive elements. */
typedef struct gph_dropout {
    uint64_t seed;
    uint64_t stream; /**< one for each place in the network and step of training */
    double rate;     /**< p, 0 <= p < 1 */
    uint32_t *bits;  /**< of the elements seen last */
    int64_t room;    /**< words allocated */
    int64_t shift;   /**< bit of the first element in bits[0] */
} gph_dropout_t;

/** out[count] = dropout of x[count], whose elements are first, first + 1, …; keeps the mask. x may
 * be out. Local, on all threads. GPH_ERR_MEMORY */
gph_status_t gph_dropout_apply(const gph_context_t *context, gph_dropout_t *dropout, uint64_t first,
                               int64_t count, const gph_real_t *x, gph_real_t *out);

/** The same elements again with the mask kept: gradients. Local. */
gph_status_t gph_dropout_again(const gph_context_t *context, const gph_dropout_t *dropout,
                               int64_t count, const gph_real_t *x, gph_real_t *out);

/** Dropout of rows anywhere, such as ghosts: row i holds the elements row[i] × width, …; in place;
 * keeps no mask. Local, on all threads. */
gph_status_t gph_dropout_rows(const gph_context_t *context, const gph_dropout_t *dropout,
                              int64_t count, const int64_t *row, int64_t width, gph_real_t *x);

/** Frees the mask. Local. */
void gph_dropout_free(gph_dropout_t *dropout);

#endif
