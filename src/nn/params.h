/**
 * The weights of a network, one behind the other in one vector that is the same on all ranks, and
 * their gradient: sums over rows are made for each tile, added to reproducible bins, and combined
 * over ranks by one MPI_Allreduce, so that every rank makes the same step.
 */
#ifndef GPH_NN_PARAMS_H
#define GPH_NN_PARAMS_H

#include "base/hash.h"
#include "nn/domain.h"

#define GPH_PARAMS_MAX 128 /**< matrices of one network */

/** How weights begin. */
typedef enum gph_initial {
    GPH_INITIAL_ZERO = 0,
    GPH_INITIAL_ONE = 1,
    GPH_INITIAL_GLOROT = 2 /**< uniform within ±sqrt(6 / (rows + columns)) (Glorot & Bengio 2010) */
} gph_initial_t;

/** One matrix of weights. */
typedef struct gph_param {
    char name[32];
    int64_t rows;
    int64_t columns;
    int64_t first; /**< its first number in the vector */
    gph_initial_t initial;
    bool decays; /**< weight decay applies to it */
} gph_param_t;

typedef struct gph_params {
    gph_context_t *context;
    int count;
    gph_param_t item[GPH_PARAMS_MAX];
    int64_t size;         /**< numbers in all */
    bool shared;          /**< `value` is another network's */
    gph_real_t *value;    /**< [size] */
    gph_real_t *gradient; /**< [size] after gph_gradient_finish() */
    gph_bins_t bins;      /**< [size] */
    gph_tensor_t partial; /**< [tiles at a time × numbers of the largest matrix] */
} gph_params_t;

/** A network without weights. Local. */
gph_params_t gph_params_init(gph_context_t *context);

/** Adds a matrix, before gph_params_alloc(). Local. @param index receives its place in `item` */
gph_status_t gph_params_add(gph_params_t *params, const char *name, int64_t rows, int64_t columns,
                            gph_initial_t initial, bool decays, int *index);

/** Makes room for values and gradient; measures what work is worth a thread. Local. */
gph_status_t gph_params_alloc(gph_params_t *params);

/** Takes the values of another network of the same matrices, which must live longer, for its own;
 * sums of the gradient stay its own, and it has no gradient. Local. */
void gph_params_share(gph_params_t *params, const gph_params_t *owner);

/** Sets all values as `initial` says; each depends on seed, matrix and place alone. Local. */
void gph_params_reset(gph_params_t *params, uint64_t seed);

/** Frees everything. Local. */
void gph_params_free(gph_params_t *params);

/** Values of a matrix, as a view. Local. */
gph_tensor_t gph_params_value(const gph_params_t *params, int index);

/** Digest of all values. Local; the same on all ranks. */
gph_digest_t gph_params_digest(const gph_params_t *params);

/** Empties the gradient's sums. Local. */
void gph_gradient_begin(gph_params_t *params);

/**
 * Writes the part of a matrix's gradient that the rows of one tile of the domain give. Runs on
 * several threads; the part may be cut: rows [low, high) of the matrix are wanted. `part` is the
 * beginning of the whole matrix.
 */
typedef gph_status_t gph_gradient_fn(void *data, int64_t tile, int64_t low, int64_t high,
                                     gph_real_t *part, int thread);

/**
 * Adds the gradient of one matrix over the tiles of a domain to the sums. Local.
 * @param work of `fn` for one row of the domain, for gph_team_grain()
 * Cost: memory of at most 64 times the matrix, beside that of `fn`.
 */
gph_status_t gph_gradient_add(gph_params_t *params, int index, const gph_domain_t *domain,
                              double work, gph_gradient_fn *fn, void *data);

/** Adds the sums of a network that shares the values. Local, on all threads. */
gph_status_t gph_gradient_merge(gph_params_t *params, const gph_params_t *from);

/** Combines the sums of all ranks into params->gradient. Collective. */
gph_status_t gph_gradient_finish(gph_params_t *params);

#endif
