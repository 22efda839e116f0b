/**
 * Matrices of numbers, row-major. Kernels read whole vectors, so every matrix has some room behind
 * its last element.
 */
#ifndef GPH_NN_TENSOR_H
#define GPH_NN_TENSOR_H

#include "base/env.h"
#include "nn/real.h"

/** Numbers that may be read behind the last element of any matrix that a kernel reads. */
#define GPH_TENSOR_SLACK 64

typedef struct gph_tensor {
    gph_real_t *value; /**< [rows × columns] */
    int64_t rows;
    int64_t columns;
    int64_t room; /**< numbers allocated; 0: a view */
} gph_tensor_t;

/**
 * Gives a tensor this shape, growing its memory when needed; what it held is lost, and what it
 * holds is undefined. {0} is a tensor without memory. Local. GPH_ERR_MEMORY naming the size.
 */
gph_status_t gph_tensor_shape(gph_env_t *env, int64_t rows, int64_t columns, gph_tensor_t *tensor);

/** Frees the numbers and zeroes the struct. Local. */
void gph_tensor_free(gph_tensor_t *tensor);

/** Rows first .. first + rows - 1, as a view. Local. */
gph_tensor_t gph_tensor_rows(const gph_tensor_t *tensor, int64_t first, int64_t rows);

/** GPH_ERR_INTERNAL, naming `what`, unless the shape is as wanted (rows -1: any). Local. */
gph_status_t gph_tensor_check(gph_env_t *env, const char *what, const gph_tensor_t *tensor,
                              int64_t rows, int64_t columns);

#endif
