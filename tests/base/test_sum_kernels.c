/* The loops of sums for each instruction set against the portable ones. */
#include "base/sum.h"
#include "base/sum_kernels.h"
#include "gph_test.h"
#include "sum_oracle.h"

#include <math.h>
#include <string.h>

/** Every set of loops against the last, the portable one. */
static void check_kernels(const gph_sum_kernels_t *fast, const gph_sum_kernels_t *plain, int family,
                          int count)
{
    static float x[GPH_SUM_BLOCK];
    static double y[GPH_SUM_BLOCK];
    static float rest_x[2][GPH_SUM_BLOCK];
    static double rest_y[2][GPH_SUM_BLOCK];
    static double bin[2][3 * GPH_SUM_BLOCK];
    static double term[3 * GPH_SUM_BLOCK];
    const gph_sum_kernels_t *both[2] = {fast, plain};
    gph_env_t *env = gph_test_context()->env;
    for (int precision = 0; precision < 2; precision++) {
        const gph_bins_kind_t kind = precision == 0 ? GPH_BINS_F32 : GPH_BINS_F64;
        const size_t bytes = sizeof(double) * (size_t)kind * (size_t)count;
        uint64_t left[2][3] = {{0}};
        gph_bins_t made = {0};
        GPH_EXPECT_OK(NULL, gph_bins_init(env, kind, count, &made));
        fill(ANY, count, x, y);
        if (count > 5)
            y[5] = (double)(x[5] = INFINITY);
        if (precision == 0)
            GPH_EXPECT_OK(NULL, gph_bins_add_f32(&made, 1, x));
        else
            GPH_EXPECT_OK(NULL, gph_bins_add_f64(&made, 1, y));
        memcpy(term, made.bin, bytes);
        gph_bins_clear(&made);
        fill(family, count, x, y);
        for (int k = 0; k < 2; k++) {
            memcpy(bin[k], made.bin, bytes);
            if (precision == 0) {
                left[k][0] = both[k]->add_f32(count, x, bin[k]);
                both[k]->raise_f32(count, x, bin[k], rest_x[k]);
                left[k][1] = both[k]->add_f32(count, rest_x[k], bin[k]);
                left[k][2] = both[k]->merge_f32(count, term, bin[k]);
            } else {
                left[k][0] = both[k]->add_f64(count, y, bin[k]);
                both[k]->raise_f64(count, y, bin[k], rest_y[k]);
                left[k][1] = both[k]->add_f64(count, rest_y[k], bin[k]);
                left[k][2] = both[k]->merge_f64(count, term, bin[k]);
            }
        }
        GPH_EXPECT(memcmp(bin[0], bin[1], bytes) == 0, "%s: %d bins of family %d", fast->name,
                   count, family);
        for (int i = 0; i < 3; i++)
            GPH_EXPECT((left[0][i] != 0) == (left[1][i] != 0), "%s: family %d", fast->name, family);
        gph_bins_free(&made);
    }
    const size_t size = (size_t)count;
    CU_ASSERT_EQUAL(memcmp(rest_x[0], rest_x[1], size * sizeof *x), 0);
    CU_ASSERT_EQUAL(memcmp(rest_y[0], rest_y[1], size * sizeof *y), 0);
    CU_ASSERT(same_f64(fast->below_f64(count, y, 1.0), plain->below_f64(count, y, 1.0)));
    double part[2][2] = {{0}};
    const uint32_t outside_x[2] = {
        fast->window_f32(count, x, 0x3a800000, 0x40000000, &part[0][0]),
        plain->window_f32(count, x, 0x3a800000, 0x40000000, &part[1][0])};
    CU_ASSERT(same_f64(part[0][0], part[1][0]));
    CU_ASSERT_EQUAL(outside_x[0] != 0, outside_x[1] != 0);
    const uint64_t outside_y[2] = {
        fast->window_f64(count, y, 0x1p-10, 2, ldexp(1.5, 11), part[0]),
        plain->window_f64(count, y, 0x1p-10, 2, ldexp(1.5, 11), part[1])};
    CU_ASSERT_EQUAL(memcmp(part[0], part[1], sizeof part[0]), 0);
    CU_ASSERT_EQUAL(outside_y[0] != 0, outside_y[1] != 0);
}

static void test_kernels(void)
{
    const gph_sum_kernels_t *kernels[4] = {0};
    const int sets = gph_sum_kernels_list(kernels, 4);
    CU_ASSERT(sets >= 1);
    CU_ASSERT_PTR_EQUAL(kernels[0], gph_sum_kernels());
    for (int k = 0; k < sets; k++)
        for (int family = 0; family < FAMILIES; family++)
            for (int count = 0; count <= GPH_SUM_BLOCK; count += count < 40 ? 1 : 123)
                check_kernels(kernels[k], kernels[sets - 1], family, count);
}

GPH_TEST_SUITE(sum_kernels, {"all instruction sets give the same bits", test_kernels});
