/* Products on threads and ranks against plain loops. */
#include "gph_test.h"
#include "nn/product.h"
#include "nn/sparse.h"
#include "nn_sample.h"

enum { VERTICES = 700, EDGES = 2500, TILES = 9, IN = 23, OUT = 11 };

/* Element j of row v of the samples below. */
static double number(uint64_t stream, int64_t v, int64_t j, int64_t columns)
{
    return sample_number(stream, (uint64_t)(v * columns + j));
}

static bool is_set(uint64_t stream, int64_t v, int64_t j)
{
    return sample_number(stream + 1, (uint64_t)(v * IN + j)) <= -0.3;
}

static void expect_close(const char *what, double found, double wanted)
{
    GPH_EXPECT(fabs(found - wanted) <= 1e-4, "%s: %.9g, not %.9g", what, found, wanted);
}

/* x w for each own row; `sparse`: of the features that are set alone. */
static void check_rows(const gph_domain_t *domain, const gph_tensor_t *w, const gph_tensor_t *c,
                       bool sparse)
{
    for (int64_t i = 0; i < domain->rows; i += 5)
        for (int64_t j = 0; j < OUT; j++) {
            double sum = 0;
            for (int64_t k = 0; k < IN; k++)
                if (!sparse || is_set(1, domain->first + i, k))
                    sum += number(1, domain->first + i, k, IN) * (double)w->value[k * OUT + j];
            expect_close("product", (double)c->value[i * OUT + j], sum);
        }
}

static void check_gradient(const gph_params_t *params, bool sparse)
{
    for (int64_t k = 0; k < IN; k += 3)
        for (int64_t j = 0; j < OUT; j++) {
            double sum = 0;
            for (int64_t v = 0; v < VERTICES; v++)
                if (!sparse || is_set(1, v, k))
                    sum += number(1, v, k, IN) * number(2, v, j, OUT);
            expect_close("gradient", (double)params->gradient[k * OUT + j], sum);
        }
}

static void test_products(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    gph_params_t params = gph_params_init(context);
    gph_product_space_t space = {{0}, {0}};
    gph_sparse_t sparse = {0};
    gph_tensor_t x = {0};
    gph_tensor_t g = {0};
    gph_tensor_t c = {0};
    gph_tensor_t turned = {0};
    int w = 0;
    int bias = 0;
    bool ok = sample_make(context, VERTICES, EDGES, TILES, &sample) &&
              sample_rows(&sample, 1, IN, true, &x) && sample_rows(&sample, 2, OUT, true, &g) &&
              sample_rows(&sample, 3, OUT, true, &c) && sample_sparse(&sample, 1, IN, &sparse);
    ok = ok && gph_params_add(&params, "w", IN, OUT, GPH_INITIAL_GLOROT, true, &w) == GPH_OK &&
         gph_params_add(&params, "b", 1, OUT, GPH_INITIAL_ZERO, false, &bias) == GPH_OK &&
         gph_params_alloc(&params) == GPH_OK;
    if (gph_test_all(ok)) {
        gph_domain_t *domain = &sample.domain;
        const gph_tensor_t weights = gph_params_value(&params, w);
        const gph_tensor_t x_rows = gph_tensor_rows(&x, 0, domain->rows);
        const gph_tensor_t g_rows = gph_tensor_rows(&g, 0, domain->rows);
        gph_tensor_t c_rows = gph_tensor_rows(&c, 0, domain->rows);
        gph_params_reset(&params, 4);
        GPH_EXPECT_OK(context, gph_product_nn(context, &space, &x_rows, &weights, false, &c_rows));
        check_rows(domain, &weights, &c, false);
        GPH_EXPECT_OK(context,
                      gph_sparse_product(context, &sparse, sparse.value, &weights, false, &c_rows));
        check_rows(domain, &weights, &c, true);
        for (int s = 0; s < 2; s++) {
            gph_gradient_begin(&params);
            GPH_EXPECT_OK(
                context,
                s ? gph_sparse_gradient(&params, w, domain, &sparse, sparse.value, &turned, &g_rows)
                  : gph_product_gradient(&params, w, domain, &space, &x_rows, &g_rows));
            GPH_EXPECT_OK(context, gph_bias_gradient(&params, bias, domain, &g_rows));
            GPH_EXPECT_OK(context, gph_gradient_finish(&params));
            check_gradient(&params, s == 1);
        }
        /* Back through the weights. */
        GPH_EXPECT_OK(context, gph_tensor_shape(context->env, domain->rows, IN, &turned));
        GPH_EXPECT_OK(context, gph_product_nt(context, &space, &g_rows, &weights, false, &turned));
        for (int64_t i = 0; i < domain->rows; i += 3)
            for (int64_t k = 0; k < IN; k++) {
                double sum = 0;
                for (int64_t j = 0; j < OUT; j++)
                    sum += (double)g.value[i * OUT + j] * (double)weights.value[k * OUT + j];
                expect_close("product by the transposed", (double)turned.value[i * IN + k], sum);
            }
    }
    gph_tensor_free(&turned);
    gph_tensor_free(&x);
    gph_tensor_free(&g);
    gph_tensor_free(&c);
    gph_sparse_free(&sparse);
    gph_product_space_free(&space);
    gph_params_free(&params);
    sample_free(&sample);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

GPH_TEST_SUITE(products, {"dense and sparse, and their gradients", test_products});
