/* Sums over ranks: the same bits on any number of ranks, whoever holds which rows. */
#include "base/hash.h"
#include "base/random.h"
#include "gph_test.h"
#include "par/comm.h"
#include "par/reduce.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TILES = 24, WIDTH = 37, VALUES = TILES * WIDTH, SETS = 3 };

/** Limits of one MPI call; the last one is the real one. */
static const int64_t chunks[] = {1, 5, 36, INT_MAX};
enum { CHUNKS = sizeof chunks / sizeof *chunks };

/** Element i of tile t: of a gradient, of any size and sign, or with infinities and NaN among them.
 */
static double value_of(int set, int tile, int i)
{
    const uint64_t index = (uint64_t)(tile * WIDTH + i);
    const double unit = 2 * gph_random_unit(gph_random_u64(31, (uint64_t)set, index)) - 1;
    const int64_t power = (int64_t)gph_random_below(gph_random_u64(32, (uint64_t)set, index), 250);
    if (set == 2 && tile == i % TILES && i % 4 != 0)
        return i % 4 == 1 ? (double)INFINITY : i % 4 == 2 ? -(double)INFINITY : (double)NAN;
    if (set == 2 && i % 8 == 2 && tile == 3)
        return (double)INFINITY;
    return set == 0 ? unit : ldexp(unit, (int)power - 130);
}

/** Rank that holds a tile; `way` 0 is even blocks. */
static int holder(const gph_context_t *context, int way, int tile)
{
    if (way == 0)
        return tile * context->ranks / TILES;
    return (int)gph_random_below(gph_random_u64(33, (uint64_t)way, (uint64_t)tile),
                                 (uint64_t)context->ranks);
}

/** Rows of this rank, one a tile. @return how many */
static int fill(const gph_context_t *context, int set, int way, float *x, double *y)
{
    int rows = 0;
    for (int tile = 0; tile < TILES; tile++) {
        if (holder(context, way, tile) != context->rank)
            continue;
        for (int i = 0; i < WIDTH; i++) {
            y[rows * WIDTH + i] = value_of(set, tile, i);
            x[rows * WIDTH + i] = (float)y[rows * WIDTH + i];
        }
        rows++;
    }
    return rows;
}

/** All rows, summed here alone. */
static void sum_alone(gph_env_t *env, int set, float *sums_x, double *sums_y)
{
    gph_bins_t x = {0};
    gph_bins_t y = {0};
    GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F32, WIDTH, &x));
    GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F64, WIDTH, &y));
    for (int tile = 0; tile < TILES; tile++) {
        float row_x[WIDTH];
        double row_y[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            row_y[i] = value_of(set, tile, i);
            row_x[i] = (float)row_y[i];
        }
        GPH_EXPECT_OK(NULL, gph_bins_add_f32(&x, 1, row_x));
        GPH_EXPECT_OK(NULL, gph_bins_add_f64(&y, 1, row_y));
    }
    gph_bins_finish_f32(&x, sums_x);
    gph_bins_finish_f64(&y, sums_y);
    gph_bins_free(&x);
    gph_bins_free(&y);
}

static void expect_same(const char *what, int set, const void *bytes, size_t size)
{
    char key[64] = "";
    char text[GPH_DIGEST_CHARS] = "";
    (void)snprintf(key, sizeof key, "%s of set %d", what, set);
    gph_test_expect_same(key, gph_digest_format(gph_digest_bytes(bytes, size), text));
}

static void test_sum(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int set = 0; set < SETS; set++) {
        float wanted_x[WIDTH];
        double wanted_y[WIDTH];
        float got_x[WIDTH];
        double got_y[WIDTH];
        sum_alone(context->env, set, wanted_x, wanted_y);
        for (int way = 0; way < CHUNKS; way++) {
            float x[VALUES];
            double y[VALUES];
            const int rows = fill(context, set, way, x, y);
            context->chunk = chunks[way];
            GPH_EXPECT_OK(context, gph_reduce_sum_f32(context, WIDTH, rows, x, got_x));
            GPH_EXPECT_OK(context, gph_reduce_sum_f64(context, WIDTH, rows, y, got_y));
            context->chunk = INT_MAX;
            GPH_EXPECT(memcmp(got_x, wanted_x, sizeof got_x) == 0, "floats of set %d, way %d", set,
                       way);
            GPH_EXPECT(memcmp(got_y, wanted_y, sizeof got_y) == 0, "doubles of set %d, way %d", set,
                       way);
        }
        expect_same("floats", set, got_x, sizeof got_x);
        expect_same("doubles", set, got_y, sizeof got_y);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** More elements than are summed at a time, and threads at work. */
static void test_long(void)
{
    enum { LONG = (1 << 20) + 5 };
    gph_context_t *context = gph_test_context();
    float *x = NULL;
    if (context->ranks > 3)
        return; // much memory traffic for nothing new
    GPH_EXPECT_OK(context, gph_alloc(context->env, LONG, sizeof *x, &x));
    for (int64_t i = 0; i < LONG; i++)
        x[i] = context->rank == 0 ? (float)(i % 1000) : -(float)(i % 999);
    GPH_EXPECT_OK(context, gph_reduce_sum_f32(context, LONG, context->rank < 2, x, x));
    int64_t wrong = 0;
    for (int64_t i = 0; i < LONG; i++) {
        const int64_t wanted = context->ranks == 1 ? i % 1000 : i % 1000 - i % 999;
        wrong += (int64_t)x[i] != wanted;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    gph_free(x);
}

static void check_exact(gph_context_t *context, int set, int way)
{
    gph_sum_t sums[WIDTH] = {0};
    gph_sum_t wanted[WIDTH] = {0};
    for (int tile = 0; tile < TILES; tile++)
        for (int i = 0; i < WIDTH; i++) {
            const double value = value_of(set, tile, i);
            gph_sum_add(&wanted[i], value);
            if (holder(context, way, tile) == context->rank)
                gph_sum_add(&sums[i], value);
        }
    context->chunk = chunks[way];
    GPH_EXPECT_OK(context, gph_reduce_exact(context, WIDTH, sums));
    context->chunk = INT_MAX;
    GPH_EXPECT(memcmp(sums, wanted, sizeof sums) == 0, "set %d, way %d", set, way);
}

static void test_exact(void)
{
    gph_context_t *context = gph_test_context();
    for (int set = 0; set < SETS; set++)
        for (int way = 0; way < CHUNKS; way++)
            check_exact(context, set, way);
    GPH_EXPECT_OK(context, gph_reduce_exact(context, 0, NULL));
}

static void test_total(void)
{
    gph_context_t *context = gph_test_context();
    enum { MANY = 40000 }; // enough for several threads
    double *y = NULL;
    float *x = NULL;
    double totals[2] = {0};
    int64_t units[2] = {0};
    GPH_EXPECT_OK(context, gph_alloc(context->env, MANY, sizeof *x, &x));
    GPH_EXPECT_OK(context, gph_alloc(context->env, MANY, sizeof *y, &y));
    int64_t count = 0;
    for (int64_t i = 0; i < MANY; i++) {
        const uint64_t bits = gph_random_u64(34, 0, (uint64_t)i);
        const int64_t whole = (int64_t)(bits >> 14) - (INT64_C(1) << 49);
        units[0] += (int64_t)(float)whole / (1 << 20);
        units[1] += whole / 4;
        if ((int64_t)(bits % (uint64_t)context->ranks) != context->rank)
            continue;
        x[count] = (float)((int64_t)(float)whole / (1 << 20)) * 0x1p-20F;
        y[count++] = (double)(whole / 4) * 0x1p-40;
    }
    GPH_EXPECT_OK(context, gph_reduce_total_f32(context, count, x, &totals[0]));
    GPH_EXPECT_OK(context, gph_reduce_total_f64(context, count, y, &totals[1]));
    CU_ASSERT_EQUAL(totals[0], (double)units[0] * 0x1p-20);
    CU_ASSERT_EQUAL(totals[1], (double)units[1] * 0x1p-40);
    expect_same("totals", 0, totals, sizeof totals);
    gph_free(x);
    gph_free(y);
}

static void test_nothing(void)
{
    gph_context_t *context = gph_test_context();
    float x[3] = {7, 7, 7};
    double total = 7;
    GPH_EXPECT_OK(context, gph_reduce_sum_f32(context, 3, 0, NULL, x));
    for (int i = 0; i < 3; i++)
        CU_ASSERT(x[i] == 0 && signbit(x[i]) == 0);
    GPH_EXPECT_OK(context, gph_reduce_sum_f32(context, 0, 5, NULL, NULL));
    GPH_EXPECT_OK(context, gph_reduce_total_f64(context, 0, NULL, &total));
    CU_ASSERT(total == 0 && signbit(total) == 0);
}

static void test_refusals(void)
{
    gph_context_t *context = gph_test_context();
    const bool last = context->rank == context->ranks - 1;
    gph_bins_t bins = {0};
    const float x[2] = {1, 2};
    float sums[2] = {7, 7};
    double total = 7;
    GPH_EXPECT_OK(context, gph_bins_init(context->env, GPH_BINS_F32, 2, &bins));
    GPH_EXPECT_OK(context, gph_bins_add_f32(&bins, 1, x));
    // Together one more than fits; what was added stays.
    GPH_EXPECT_OK(context, gph_bins_expect(&bins, last ? GPH_BINS_TERMS - 1 : 0));
    GPH_EXPECT_STATUS(context, context->ranks > 1 ? GPH_ERR_USAGE : GPH_OK,
                      gph_reduce_bins(context, &bins));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    gph_bins_finish_f32(&bins, sums);
    CU_ASSERT(sums[0] == 1 && sums[1] == 2);
    CU_ASSERT_EQUAL(bins.terms, last ? GPH_BINS_TERMS : 1);
    gph_bins_free(&bins);

    gph_context_clear_error(context);
    CU_ASSERT_EQUAL(gph_reduce_sum_f32(context, 2, last ? -1 : 1, x, sums), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_reduce_sum_f32(context, -2, 1, x, sums), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_reduce_total_f32(context, last ? -1 : 1, x, &total), GPH_ERR_USAGE);
    CU_ASSERT(sums[0] == 1 && sums[1] == 2 && total == 7);
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    gph_context_clear_error(context);
    // More rows than fit, announced by one rank alone; none of them is read.
    CU_ASSERT_EQUAL(gph_reduce_sum_f32(context, 2, last ? GPH_BINS_TERMS + 1 : 0, x, sums),
                    GPH_ERR_USAGE);
    gph_context_clear_error(context);
}

/** An allocation that fails on each rank in turn: the same status everywhere, results untouched. */
static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int victim = 0; victim < context->ranks; victim++) {
        const double y[2] = {1, 2};
        double sums[2] = {7, 7};
        double total = 7;
        const int nth = victim == context->rank ? 1 : 0;
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, nth);
        CU_ASSERT_EQUAL(gph_reduce_sum_f64(context, 2, 1, y, sums), GPH_ERR_MEMORY);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, nth);
        CU_ASSERT_EQUAL(gph_reduce_total_f64(context, 2, y, &total), GPH_ERR_MEMORY);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT(sums[0] == 7 && sums[1] == 7 && total == 7);
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    }
    gph_context_clear_error(context);
}

GPH_TEST_SUITE(reduce, {"sums by element do not depend on who holds which row", test_sum},
               {"sums by element come in slices", test_long},
               {"exact sums meet without rounding", test_exact},
               {"a total is rounded once", test_total}, {"sums of nothing are +0", test_nothing},
               {"bad counts and too many terms are refused by all", test_refusals},
               {"a failing allocation fails all ranks", test_faults});
