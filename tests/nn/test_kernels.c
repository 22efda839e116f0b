/* The kernels against plain loops, each set that this machine has. */
#include "base/random.h"
#include "gph_test.h"
#include "nn/kernel.h"
#include "nn_sample.h"

#include <stdlib.h>
#include <string.h>

extern const gph_kernels_t gph_kernels_portable;
#ifdef __x86_64__
extern const gph_kernels_t gph_kernels_avx2;
extern const gph_kernels_t gph_kernels_avx512;
#endif

/* Kernel sets that run here. */
static int kernel_sets(const gph_kernels_t *set[3])
{
    int count = 0;
    set[count++] = &gph_kernels_portable;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        set[count++] = &gph_kernels_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        set[count++] = &gph_kernels_avx512;
#endif
    return count;
}

enum { MOST = 20000 };

static float a[MOST + GPH_TENSOR_SLACK];
static float b[MOST + GPH_TENSOR_SLACK];
static float c[MOST + GPH_TENSOR_SLACK];
static float d[MOST + GPH_TENSOR_SLACK];
static float packed[4 * MOST];

static void fill(uint64_t stream, float *x)
{
    for (int i = 0; i < MOST + GPH_TENSOR_SLACK; i++)
        x[i] = (float)sample_number(stream, (uint64_t)i);
}

static void expect_close(const char *what, const gph_kernels_t *k, double found, double wanted,
                         double size)
{
    GPH_EXPECT(fabs(found - wanted) <= 1e-6 * size, "%s of %s: %.9g, not %.9g", what, k->name,
               found, wanted);
}

static void check_product(const gph_kernels_t *k, int64_t m, int64_t n, int64_t depth, bool turned)
{
    const int64_t row = turned ? 1 : depth;
    const int64_t step = turned ? m : 1;
    k->pack(depth, n, b, n, 1, packed);
    for (int add = 0; add < 2; add++) {
        fill(3, c);
        memcpy(d, c, sizeof d);
        k->product(m, n, depth, a, row, step, packed, c, add);
        for (int64_t i = 0; i < m; i++)
            for (int64_t j = 0; j < n; j++) {
                double sum = add ? (double)d[i * n + j] : 0;
                for (int64_t l = 0; l < depth; l++)
                    sum += (double)a[i * row + l * step] * (double)b[l * n + j];
                expect_close("product", k, (double)c[i * n + j], sum, 1 + (double)depth);
            }
        CU_ASSERT_EQUAL(memcmp(c + m * n, d + m * n, GPH_TENSOR_SLACK * sizeof *c), 0);
    }
}

static void test_product(void)
{
    static const int64_t side[] = {1, 2, 5, 7, 8, 13, 16, 17, 33, 64};
    const gph_kernels_t *set[3];
    const int sets = kernel_sets(set);
    fill(1, a);
    fill(2, b);
    for (int s = 0; s < sets; s++) {
        for (size_t i = 0; i < sizeof side / sizeof *side; i++)
            for (size_t j = 0; j < sizeof side / sizeof *side; j++) {
                check_product(set[s], side[i], side[j], side[(i + j) % 10], false);
                check_product(set[s], side[i], side[j], side[(i + 2 * j) % 10], true);
            }
        check_product(set[s], 7, 20, 600, false);
        check_product(set[s], 7, 20, 0, false);
    }
}

/* A row of a product has the same bits wherever it stands. */
static void test_product_rows(void)
{
    const gph_kernels_t *set[3];
    const int sets = kernel_sets(set);
    const int64_t n = 19;
    const int64_t depth = 37;
    for (int s = 0; s < sets; s++) {
        set[s]->pack(depth, n, b, n, 1, packed);
        set[s]->product(23, n, depth, a, depth, 1, packed, c, false);
        for (int64_t i = 0; i < 23; i++) {
            set[s]->product(1, n, depth, a + i * depth, depth, 1, packed, d, false);
            CU_ASSERT_EQUAL(memcmp(d, c + i * n, (size_t)n * sizeof *d), 0);
        }
    }
}

static void check_gather(const gph_kernels_t *k, int64_t width, int form)
{
    enum { ROWS = 9, SOURCES = 30 };
    int64_t offset[ROWS + 1] = {0};
    int32_t index[ROWS * 12];
    gph_gather_t g = {.offset = offset, .index = index, .b = b, .width = width, .out = c};
    for (int i = 0; i < ROWS; i++) {
        offset[i + 1] = offset[i] + i * 5 % 12;
        for (int64_t e = offset[i]; e < offset[i + 1]; e++)
            index[e] = (int32_t)gph_random_below(gph_random_u64(1, 1, (uint64_t)e), SOURCES);
    }
    g.factor = form == 1 ? a : NULL;
    g.right = form == 2 ? a : NULL;
    g.left = form == 2 ? a + 100 : NULL;
    g.self = form >= 2 ? (float)1.5 : 0;
    g.add = form == 1;
    fill(3, c);
    memcpy(d, c, sizeof d);
    k->gather(&g, NULL, 0, ROWS);
    for (int64_t i = 0; i < ROWS; i++)
        for (int64_t j = 0; j < width; j++) {
            double sum = form >= 2 ? 1.5 * (double)b[i * width + j] : 0;
            sum *= form == 2 ? (double)a[i] : 1;
            sum += form == 1 ? (double)d[i * width + j] : 0;
            for (int64_t e = offset[i]; e < offset[i + 1]; e++)
                sum += (form == 1   ? (double)a[e]
                        : form == 2 ? (double)a[index[e]]
                                    : 1) *
                       (double)b[index[e] * width + j];
            expect_close("gather", k, (double)c[i * width + j],
                         sum * (form == 2 ? (double)a[100 + i] : 1), 12);
        }
    CU_ASSERT_EQUAL(memcmp(c + ROWS * width, d + ROWS * width, GPH_TENSOR_SLACK * sizeof *c), 0);
}

static void test_gather(void)
{
    const gph_kernels_t *set[3];
    const int sets = kernel_sets(set);
    fill(1, a);
    fill(2, b);
    for (int s = 0; s < sets; s++)
        for (int64_t width = 1; width <= 270; width += width < 40 ? 1 : 23)
            for (int form = 0; form < 4; form++)
                check_gather(set[s], width, form);
}

static void test_mask(void)
{
    const gph_kernels_t *set[3];
    const int sets = kernel_sets(set);
    const uint32_t threshold = 1500000000;
    for (int s = 0; s < sets; s++) {
        uint32_t bits[40];
        const uint64_t word = (UINT64_C(1) << 32) - 20; /* counters beyond 32 bits */
        set[s]->mask(77, UINT64_C(3) << 40, word, 40, threshold, bits);
        for (uint64_t e = 0; e < 40 * 32; e++) {
            const uint64_t at = word + e / 32;
            const gph_random2_t r = gph_random2(77, UINT64_C(3) << 40, at * 8 + e % 8);
            const uint64_t half = e % 32 / 8 < 2 ? r.a : r.b;
            const uint32_t x = (uint32_t)(e % 32 / 8 % 2 == 0 ? half : half >> 32);
            CU_ASSERT_EQUAL(bits[e / 32] >> (e % 32) & 1, x >= threshold);
        }
    }
}

GPH_TEST_SUITE(kernels, {"dense products", test_product},
               {"rows of products do not depend on their neighbours", test_product_rows},
               {"sums of rows", test_gather}, {"dropout masks are the generator's", test_mask});
