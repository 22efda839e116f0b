/**
 * The arithmetic of networks, once for each instruction set; the best one of this machine is chosen
 * at run time. Each element of a result is one chain of multiply-adds in an order that its row
 * alone fixes: it does not matter which rows are computed together.
 *
 * All calls are Local, for one thread. Matrices that are read have GPH_TENSOR_SLACK numbers behind
 * them.
 */
#ifndef GPH_NN_KERNEL_H
#define GPH_NN_KERNEL_H

#include "nn/tensor.h"

/** Elements that share one word of a dropout mask. */
#define GPH_MASK_BITS 32

/** Rows of sums: out = left × (self × right × b + sum over entries of factor × b[index]). */
typedef struct gph_gather {
    const int64_t *offset;    /**< entries of row i: offset[i] .. offset[i + 1] - 1 */
    const int32_t *index;     /**< row of b of each entry */
    const gph_real_t *factor; /**< of each entry, or NULL: right[index] */
    const gph_real_t *right;  /**< of each row of b, or NULL: 1 */
    const gph_real_t *left;   /**< of each row, or NULL: 1 */
    gph_real_t self;          /**< 0: rows take nothing of their own row of b */
    bool add;                 /**< out += instead; without left */
    const gph_real_t *b;      /**< [… × width] */
    int64_t width;
    gph_real_t *out; /**< [… × width] */
} gph_gather_t;

/** One step of an optimiser over numbers that lie side by side. */
typedef struct gph_step {
    int64_t count;
    gph_real_t *value;
    const gph_real_t *gradient;
    gph_real_t *first;  /**< momentum */
    gph_real_t *second; /**< mean of squares (Adam) */
    gph_real_t scale;   /**< of the gradient */
    gph_real_t rate;    /**< learning rate, with Adam's correction of the first moment */
    gph_real_t decay;   /**< times value is added to the gradient */
    gph_real_t shrink;  /**< value shrinks by this factor first (AdamW; 1: not) */
    gph_real_t beta1;   /**< or momentum */
    gph_real_t beta2;
    gph_real_t correction; /**< of the square root of the second moment */
    gph_real_t epsilon;
} gph_step_t;

typedef struct gph_kernels {
    const char *name;
    int panel; /**< columns of a packed panel */

    /** Packs b[k × n], element (i, j) at b[i × row + j × column], into panels of `panel` columns,
     * zero behind the last. packed[ceil(n / panel) × k × panel] */
    void (*pack)(int64_t k, int64_t n, const gph_real_t *b, int64_t row, int64_t column,
                 gph_real_t *packed);

    /** c[m × n] = (add ? c : 0) + a b, a's element (i, k) at a[i × row + k × step]. */
    void (*product)(int64_t m, int64_t n, int64_t k, const gph_real_t *a, int64_t row, int64_t step,
                    const gph_real_t *packed, gph_real_t *c, bool add);

    /** Rows begin .. end - 1, or list[begin .. end - 1]. */
    void (*gather)(const gph_gather_t *gather, const int32_t *list, int64_t begin, int64_t end);

    /**
     * Words word .. word + words - 1 of a mask over the elements 0, 1, 2, …: bit e % 32 of word
     * e / 32 is 1 where the 32-bit random number of element e is at least `threshold`. The number
     * is lane (e % 32) / 8 of gph_random2(seed, stream, e / 32 × 8 + e % 8).
     */
    void (*mask)(uint64_t seed, uint64_t stream, uint64_t word, int64_t words, uint32_t threshold,
                 uint32_t *bits);

    /** out[i] = bit (shift + i) of bits ? x[i] × scale : 0. */
    void (*keep)(int64_t count, const uint32_t *bits, int64_t shift, gph_real_t scale,
                 const gph_real_t *x, gph_real_t *out);

    void (*adam)(const gph_step_t *step); /**< Adam and AdamW (Kingma & Ba 2015) */
    void (*sgd)(const gph_step_t *step);  /**< with momentum */
} gph_kernels_t;

/** The kernels for this machine. Never NULL. */
const gph_kernels_t *gph_kernels(void);

#endif
