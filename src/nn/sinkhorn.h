/**
 * Soft assignment of rows to columns by Sinkhorn's iteration with slack: entropy makes the best
 * assignment a smooth function of its scores (Cuturi 2013; with one row and one column for what
 * stays without a partner, Gold & Rangarajan 1996), which is followed backwards step by step (Mena
 * et al. 2018).
 *
 * The assignment is s[i][j] = exp(k[i][j] + u[i] + v[j]) over (rows + 1) × (columns + 1) cells, u
 * and v being 0 for the last row and column; the last cell of all is no part of it. An iteration
 * sets u so that every row but the last sums to 1, then v for the columns. All calls are Local and
 * of one thread; sums go by ascending number, so that results are the same bits anywhere.
 */
#ifndef GPH_NN_SINKHORN_H
#define GPH_NN_SINKHORN_H

#include <stdint.h>

/** One assignment and how it was reached. The caller owns the arrays. */
typedef struct gph_sinkhorn {
    int64_t rows;
    int64_t columns;
    int iterations;
    double *k; /**< [rows + 1 × columns + 1] scores: -cost / temperature */
    double *u; /**< [iterations × rows] after each iteration */
    double *v; /**< [iterations + 1 × columns] the first ones are where it begins */
    double *s; /**< [rows + 1 × columns + 1] the assignment; last cell 0 */
} gph_sinkhorn_t;

/** Makes u, v and s from k and the first row of v. Cost: 2 × iterations × cells exponentials. */
void gph_sinkhorn_forward(const gph_sinkhorn_t *sinkhorn);

/**
 * Gradients of k and of the first v, from those of s and of the last v.
 * @param g_s [cells] gradient of s; overwritten
 * @param g_k [cells] receives that of k
 * @param g_u [rows] work space
 * @param g_v [columns] holds the gradient of the last v (0 where it is not used); receives that of
 *            the first v
 */
void gph_sinkhorn_backward(const gph_sinkhorn_t *sinkhorn, double *g_s, double *g_k, double *g_u,
                           double *g_v);

#endif
