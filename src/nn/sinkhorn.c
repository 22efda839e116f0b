/* Sinkhorn's iteration with slack, forward and backward, in logarithms. */
#include "nn/sinkhorn.h"

#include <math.h>
#include <string.h>

/* Scores of one row or column, with the potentials of the other side: at[step × i] + other[i], the
 * last one without. Returns minus the logarithm of their sum. */
static double balance(int64_t count, int64_t step, const double *at, const double *other)
{
    double top = at[count * step];
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        top = fmax(top, at[i * step] + other[i]);
    for (int64_t i = 0; i < count; i++)
        sum += exp(at[i * step] + other[i] - top);
    return -(top + log(sum + exp(at[count * step] - top)));
}

void gph_sinkhorn_forward(const gph_sinkhorn_t *sinkhorn)
{
    const int64_t rows = sinkhorn->rows;
    const int64_t columns = sinkhorn->columns;
    const int64_t width = columns + 1;
    const double *k = sinkhorn->k;
    double *u = sinkhorn->u;
    double *v = sinkhorn->v;

    for (int t = 0; t < sinkhorn->iterations; t++, u += rows) {
        for (int64_t i = 0; i < rows; i++)
            u[i] = balance(columns, 1, k + i * width, v);
        v += columns;
        for (int64_t j = 0; j < columns; j++)
            v[j] = balance(rows, width, k + j, u);
    }
    u -= rows;
    for (int64_t i = 0; i <= rows; i++)
        for (int64_t j = 0; j <= columns; j++)
            sinkhorn->s[i * width + j] =
                exp(k[i * width + j] + (i < rows ? u[i] : 0) + (j < columns ? v[j] : 0));
    sinkhorn->s[rows * width + columns] = 0;
}

/* Columns were balanced to v, given u: their gradient goes to k and u. */
static void back_columns(const gph_sinkhorn_t *sinkhorn, const double *u, const double *v,
                         const double *g_v, double *g_k, double *g_u)
{
    const int64_t rows = sinkhorn->rows;
    const int64_t width = sinkhorn->columns + 1;
    for (int64_t i = 0; i <= rows; i++)
        for (int64_t j = 0; j < width - 1; j++) {
            const double share = exp(sinkhorn->k[i * width + j] + (i < rows ? u[i] : 0) + v[j]);
            g_k[i * width + j] -= share * g_v[j];
            if (i < rows)
                g_u[i] -= share * g_v[j];
        }
}

/* Rows were balanced to u, given v: their gradient goes to k and v. */
static void back_rows(const gph_sinkhorn_t *sinkhorn, const double *u, const double *v,
                      const double *g_u, double *g_k, double *g_v)
{
    const int64_t columns = sinkhorn->columns;
    const int64_t width = columns + 1;
    for (int64_t i = 0; i < sinkhorn->rows; i++)
        for (int64_t j = 0; j <= columns; j++) {
            const double share = exp(sinkhorn->k[i * width + j] + u[i] + (j < columns ? v[j] : 0));
            g_k[i * width + j] -= share * g_u[i];
            if (j < columns)
                g_v[j] -= share * g_u[i];
        }
}

void gph_sinkhorn_backward(const gph_sinkhorn_t *sinkhorn, double *g_s, double *g_k, double *g_u,
                           double *g_v)
{
    const int64_t rows = sinkhorn->rows;
    const int64_t columns = sinkhorn->columns;
    const int64_t width = columns + 1;

    memset(g_u, 0, (size_t)rows * sizeof *g_u);
    for (int64_t i = 0; i <= rows; i++)
        for (int64_t j = 0; j <= columns; j++) {
            const double g = g_s[i * width + j] * sinkhorn->s[i * width + j];
            g_k[i * width + j] = g;
            if (i < rows)
                g_u[i] += g;
            if (j < columns)
                g_v[j] += g;
        }
    for (int t = sinkhorn->iterations - 1; t >= 0; t--) {
        const double *u = sinkhorn->u + t * rows;
        const double *v = sinkhorn->v + t * columns;
        back_columns(sinkhorn, u, v + columns, g_v, g_k, g_u);
        memset(g_v, 0, (size_t)columns * sizeof *g_v);
        back_rows(sinkhorn, u, v, g_u, g_k, g_v);
        memset(g_u, 0, (size_t)rows * sizeof *g_u);
    }
}
