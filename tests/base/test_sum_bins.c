/* Arrays of binned sums against exact sums of rounded values, in any order, split and merged. */
#include "base/sum.h"
#include "gph_test.h"
#include "sum_oracle.h"

#include <math.h>
#include <string.h>

/** Exponent of the lowest unit that is kept when `largest` is among the values. */
static int lowest_unit(double largest, int bins)
{
    int unit = bins == GPH_BINS_F32 ? -168 : -1036;
    while (!(largest < ldexp(1, unit + 27)))
        unit += 28;
    return unit - 28 * (bins - 1);
}

/** What column `column` of values[rows × columns] adds up to after each value is rounded to a unit.
 */
static void oracle_bins(int bins, int rows, int columns, int column, const double *values,
                        oracle_t *oracle)
{
    double largest = 0;
    memset(oracle, 0, sizeof *oracle);
    for (int r = 0; r < rows; r++)
        largest = fmax(largest, fabs(values[r * columns + column]));
    const int unit = lowest_unit(largest, bins);
    for (int r = 0; r < rows; r++)
        oracle_add(oracle, nearbyint(ldexp(values[r * columns + column], -unit)), unit);
}

enum { ROWS = 60, COLUMNS = 43 };

/** Rows of values in both precisions; floats also as doubles for the oracle. */
static float rows_x[ROWS * COLUMNS];
static double rows_wide[ROWS * COLUMNS];
static double rows_y[ROWS * COLUMNS];

static void fill_rows(int family)
{
    fill(family, ROWS * COLUMNS, rows_x, rows_y);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        rows_wide[i] = (double)rows_x[i];
}

/** The same rows in another order. */
static void shuffle_rows(uint64_t seed)
{
    for (int i = ROWS - 1; i > 0; i--) {
        const int j = (int)draw_below(seed, i, i + 1);
        for (int c = 0; c < COLUMNS; c++) {
            const float x = rows_x[i * COLUMNS + c];
            const double y = rows_y[i * COLUMNS + c];
            rows_x[i * COLUMNS + c] = rows_x[j * COLUMNS + c];
            rows_y[i * COLUMNS + c] = rows_y[j * COLUMNS + c];
            rows_x[j * COLUMNS + c] = x;
            rows_y[j * COLUMNS + c] = y;
        }
    }
}

static bool is_near(double value, double wanted)
{
    return same_f64(value, wanted) || same_f64(value, nextafter(wanted, (double)INFINITY)) ||
           same_f64(value, nextafter(wanted, -(double)INFINITY));
}

static void test_bins(void)
{
    gph_env_t *env = gph_test_context()->env;
    for (int family = 0; family < FAMILIES; family++)
        for (int rows = 0; rows <= ROWS; rows += rows < 3 ? 1 : 19) {
            gph_bins_t x = {0};
            gph_bins_t y = {0};
            float sums_x[COLUMNS];
            double sums_y[COLUMNS];
            fill_rows(family);
            GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F32, COLUMNS, &x));
            GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F64, COLUMNS, &y));
            GPH_EXPECT_OK(NULL, gph_bins_add_f32(&x, rows, rows_x));
            GPH_EXPECT_OK(NULL, gph_bins_add_f64(&y, rows, rows_y));
            gph_bins_finish_f32(&x, sums_x);
            gph_bins_finish_f64(&y, sums_y);
            for (int c = 0; c < COLUMNS; c++) {
                static oracle_t oracle;
                oracle_bins(GPH_BINS_F32, rows, COLUMNS, c, rows_wide, &oracle);
                const float wanted_x = (float)oracle_f64(&oracle);
                GPH_EXPECT(same_f32(sums_x[c], wanted_x), "family %d, %d floats: %a, not %a",
                           family, rows, (double)sums_x[c], (double)wanted_x);
                oracle_bins(GPH_BINS_F64, rows, COLUMNS, c, rows_y, &oracle);
                GPH_EXPECT(is_near(sums_y[c], oracle_f64(&oracle)),
                           "family %d, %d doubles: %a, not %a", family, rows, sums_y[c],
                           oracle_f64(&oracle));
            }
            gph_bins_free(&x);
            gph_bins_free(&y);
        }
}

/** The documented bound: n × 2^-28 (2^-56) of the largest value, and rounding. */
static void test_bins_bound(void)
{
    gph_env_t *env = gph_test_context()->env;
    for (int family = 0; family < FAMILIES; family++) {
        gph_bins_t x = {0};
        gph_bins_t y = {0};
        float sums_x[COLUMNS];
        double sums_y[COLUMNS];
        fill_rows(family);
        GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F32, COLUMNS, &x));
        GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F64, COLUMNS, &y));
        GPH_EXPECT_OK(NULL, gph_bins_add_f32(&x, ROWS, rows_x));
        GPH_EXPECT_OK(NULL, gph_bins_add_f64(&y, ROWS, rows_y));
        gph_bins_finish_f32(&x, sums_x);
        gph_bins_finish_f64(&y, sums_y);
        for (int c = 0; c < COLUMNS; c++) {
            static oracle_t error_x;
            static oracle_t error_y;
            double largest_x = 0;
            double largest_y = 0;
            memset(&error_x, 0, sizeof error_x);
            memset(&error_y, 0, sizeof error_y);
            for (int r = 0; r < ROWS; r++) {
                oracle_add(&error_x, rows_wide[r * COLUMNS + c], 0);
                oracle_add(&error_y, rows_y[r * COLUMNS + c], 0);
                largest_x = fmax(largest_x, fabs(rows_wide[r * COLUMNS + c]));
                largest_y = fmax(largest_y, fabs(rows_y[r * COLUMNS + c]));
            }
            if (!isfinite(sums_x[c]) || !isfinite(sums_y[c]))
                continue; // test_bins() has looked at these
            oracle_add(&error_x, -(double)sums_x[c], 0);
            oracle_add(&error_y, -sums_y[c], 0);
            const double bound_x = ROWS * ldexp(largest_x, -28) + fabs((double)sums_x[c]) * 0x1p-24;
            const double bound_y = ldexp(largest_y, -56) * ROWS + fabs(sums_y[c]) * 0x1p-52;
            GPH_EXPECT(fabs(oracle_f64(&error_x)) <= bound_x * 1.0001 + 0x1p-149,
                       "family %d: error %a over %a", family, oracle_f64(&error_x), bound_x);
            GPH_EXPECT(fabs(oracle_f64(&error_y)) <= bound_y * 1.0001 + 0x1p-1074,
                       "family %d: error %a over %a", family, oracle_f64(&error_y), bound_y);
        }
        gph_bins_free(&x);
        gph_bins_free(&y);
    }
}

/** Merges part[parts] in a random tree and returns the one that holds all. */
static const gph_bins_t *merge_bins(uint64_t seed, int parts, gph_bins_t *part)
{
    gph_bins_t *left[PARTS];
    for (int p = 0; p < parts; p++)
        left[p] = &part[p];
    for (int count = parts; count > 1; count--) {
        const int from = (int)draw_below(seed, 2 * count, count);
        const int to = (from + 1 + (int)draw_below(seed, 2 * count + 1, count - 1)) % count;
        GPH_EXPECT_OK(NULL, gph_bins_merge(left[to], left[from]));
        left[from] = left[count - 1];
    }
    return left[0];
}

static void check_bins_splits(gph_env_t *env, int family)
{
    gph_bins_t whole[2] = {{0}, {0}};
    fill_rows(family);
    GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F32, COLUMNS, &whole[0]));
    GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F64, COLUMNS, &whole[1]));
    GPH_EXPECT_OK(NULL, gph_bins_add_f32(&whole[0], ROWS, rows_x));
    GPH_EXPECT_OK(NULL, gph_bins_add_f64(&whole[1], ROWS, rows_y));
    for (int parts = 1; parts <= PARTS; parts++) {
        const uint64_t seed = (uint64_t)(3000 + 20 * family + parts);
        gph_bins_t part_x[PARTS] = {{0}};
        gph_bins_t part_y[PARTS] = {{0}};
        int start[PARTS + 1];
        shuffle_rows(seed);
        cut(seed, ROWS, parts, start);
        for (int p = 0; p < parts; p++) {
            const int rows = start[p + 1] - start[p];
            GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F32, COLUMNS, &part_x[p]));
            GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F64, COLUMNS, &part_y[p]));
            GPH_EXPECT_OK(NULL, gph_bins_add_f32(&part_x[p], rows, rows_x + start[p] * COLUMNS));
            GPH_EXPECT_OK(NULL, gph_bins_add_f64(&part_y[p], rows, rows_y + start[p] * COLUMNS));
        }
        const gph_bins_t *x = merge_bins(seed, parts, part_x);
        const gph_bins_t *y = merge_bins(seed + 9, parts, part_y);
        GPH_EXPECT(memcmp(x->bin, whole[0].bin, sizeof(double) * 2 * COLUMNS) == 0,
                   "family %d of floats in %d parts differs", family, parts);
        GPH_EXPECT(memcmp(y->bin, whole[1].bin, sizeof(double) * 3 * COLUMNS) == 0,
                   "family %d of doubles in %d parts differs", family, parts);
        CU_ASSERT_EQUAL(x->terms, ROWS);
        for (int p = 0; p < parts; p++) {
            gph_bins_free(&part_x[p]);
            gph_bins_free(&part_y[p]);
        }
    }
    gph_bins_free(&whole[0]);
    gph_bins_free(&whole[1]);
}

static void test_bins_splits(void)
{
    gph_env_t *env = gph_test_context()->env;
    const int64_t start = gph_mem_used(env);
    for (int family = 0; family < FAMILIES; family++)
        check_bins_splits(env, family);
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
}

static void test_bins_special(void)
{
    gph_env_t *env = gph_test_context()->env;
    enum { CASES = SPECIAL_CASES };
    for (uint64_t seed = 0; seed < 10; seed++) {
        float x[4 * CASES];
        double y[4 * CASES];
        gph_bins_t bins[4] = {{0}};
        for (int c = 0; c < CASES; c++) {
            double value[4];
            memcpy(value, special_cases[c].value, sizeof value);
            shuffle(seed, 4, sizeof *value, value);
            for (int r = 0; r < 4; r++) {
                y[r * CASES + c] = value[r];
                x[r * CASES + c] = (float)value[r];
            }
        }
        for (int b = 0; b < 4; b++)
            GPH_EXPECT_OK(NULL,
                          gph_bins_init(env, b < 2 ? GPH_BINS_F32 : GPH_BINS_F64, CASES, &bins[b]));
        // Some rows here, some there, then merged.
        const int here = (int)(seed % 5);
        GPH_EXPECT_OK(NULL, gph_bins_add_f32(&bins[0], here, x));
        GPH_EXPECT_OK(NULL, gph_bins_add_f32(&bins[1], 4 - here, x + here * CASES));
        GPH_EXPECT_OK(NULL, gph_bins_merge(&bins[0], &bins[1]));
        GPH_EXPECT_OK(NULL, gph_bins_add_f64(&bins[2], here, y));
        GPH_EXPECT_OK(NULL, gph_bins_add_f64(&bins[3], 4 - here, y + here * CASES));
        GPH_EXPECT_OK(NULL, gph_bins_merge(&bins[2], &bins[3]));
        gph_bins_finish_f32(&bins[0], x);
        gph_bins_finish_f64(&bins[2], y);
        for (int c = 0; c < CASES; c++)
            GPH_EXPECT(same_f32(x[c], (float)special_cases[c].sum) &&
                           same_f64(y[c], special_cases[c].sum),
                       "case %d: %a and %a", c, (double)x[c], y[c]);
        for (int b = 0; b < 4; b++)
            gph_bins_free(&bins[b]);
    }
}

static void test_bins_ranges(void)
{
    gph_env_t *env = gph_test_context()->env;
    enum { WIDTH = 2100, DEPTH = 3 };
    static float x[WIDTH * DEPTH];
    static double y[WIDTH * DEPTH];
    gph_bins_t whole[2] = {{0}, {0}};
    gph_bins_t ranges[2] = {{0}, {0}};
    fill(GRADIENT, 2 * WIDTH, x, y);
    fill(ANY, WIDTH, x + 2 * WIDTH, y + 2 * WIDTH);
    for (int k = 0; k < 2; k++) {
        const gph_bins_kind_t kind = k == 0 ? GPH_BINS_F32 : GPH_BINS_F64;
        GPH_EXPECT_OK(NULL, gph_bins_init(env, kind, WIDTH, &whole[k]));
        GPH_EXPECT_OK(NULL, gph_bins_init(env, kind, WIDTH, &ranges[k]));
        GPH_EXPECT_OK(NULL, gph_bins_expect(&ranges[k], DEPTH));
    }
    for (int row = 0; row < DEPTH; row++) {
        GPH_EXPECT_OK(NULL, gph_bins_add_f32(&whole[0], 1, x + row * WIDTH));
        GPH_EXPECT_OK(NULL, gph_bins_add_f64(&whole[1], 1, y + row * WIDTH));
    }
    for (int first = 0; first < WIDTH; first += 701) {
        const int count = WIDTH - first < 701 ? WIDTH - first : 701;
        gph_bins_add_range_f32(&ranges[0], first, count, DEPTH, WIDTH, x + first);
        gph_bins_add_range_f64(&ranges[1], first, count, DEPTH, WIDTH, y + first);
    }
    CU_ASSERT_EQUAL(memcmp(whole[0].bin, ranges[0].bin, sizeof(double) * 2 * WIDTH), 0);
    CU_ASSERT_EQUAL(memcmp(whole[1].bin, ranges[1].bin, sizeof(double) * 3 * WIDTH), 0);
    gph_bins_clear(&whole[0]);
    gph_bins_finish_f32(&whole[0], x);
    int64_t wrong = 0;
    for (int i = 0; i < WIDTH; i++)
        wrong += !same_f32(x[i], 0.0F);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(whole[0].terms, 0);
    for (int k = 0; k < 2; k++) {
        gph_bins_free(&whole[k]);
        gph_bins_free(&ranges[k]);
    }
}

/** As many values of one sign as an element takes, the worst ones for its room. */
static void test_bins_full(void)
{
    enum { BATCH = 4096 };
    gph_env_t *env = gph_test_context()->env;
    static float x[2 * BATCH];
    gph_bins_t bins = {0};
    gph_bins_t other = {0};
    float sums[2] = {0};
    // Just below 2^27 units, rounded up to them in the first bin; and halves of a unit.
    for (int i = 0; i < BATCH; i++) {
        x[2 * i] = 0x1.fffffep26F;
        x[2 * i + 1] = i == 0 ? 1.0F : 0.5F;
    }
    GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F32, 2, &bins));
    GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F32, 2, &other));
    int64_t done = 0;
    for (; done + BATCH <= GPH_BINS_TERMS; done += BATCH)
        GPH_EXPECT_OK(NULL, gph_bins_add_f32(&bins, BATCH, x));
    GPH_EXPECT_OK(NULL, gph_bins_add_f32(&bins, GPH_BINS_TERMS - done, x));
    gph_bins_finish_f32(&bins, sums);
    CU_ASSERT(same_f32(sums[0], (float)((double)GPH_BINS_TERMS * 0x1.fffffep26)));
    CU_ASSERT(
        same_f32(sums[1], (float)((double)GPH_BINS_TERMS * 0.5 + (double)(done / BATCH + 1) / 2)));
    gph_env_error_clear(env);
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_bins_add_f32(&bins, 1, x));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_env_error(env), "16777215"));
    GPH_EXPECT_OK(NULL, gph_bins_add_f32(&other, 1, x));
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_bins_merge(&bins, &other));
    float after[2] = {0};
    gph_bins_finish_f32(&bins, after);
    CU_ASSERT_EQUAL(memcmp(after, sums, sizeof sums), 0);
    gph_env_error_clear(env);
    gph_bins_free(&bins);
    gph_bins_free(&other);
}

static void test_bins_faults(void)
{
    gph_env_t *env = gph_test_context()->env;
    gph_bins_t bins = {.count = -7};
    gph_fault_plan(env, GPH_FAULT_ALLOC, 1);
    CU_ASSERT_EQUAL(gph_bins_init(env, GPH_BINS_F64, 10, &bins), GPH_ERR_MEMORY);
    CU_ASSERT_EQUAL(bins.count, -7);
    gph_fault_plan(env, GPH_FAULT_ALLOC, 0);
    CU_ASSERT_EQUAL(gph_bins_init(env, GPH_BINS_F64, INT64_MAX, &bins), GPH_ERR_INTERNAL);
    gph_env_error_clear(env);
    GPH_EXPECT_OK(NULL, gph_bins_init(env, GPH_BINS_F64, 0, &bins));
    GPH_EXPECT_OK(NULL, gph_bins_add_f64(&bins, 5, NULL));
    gph_bins_free(&bins);
    CU_ASSERT_PTR_NULL(bins.bin);
}

GPH_TEST_SUITE(sum_bins,
               {"bins round each value to a unit that the largest one decides", test_bins},
               {"bins keep their error bound", test_bins_bound},
               {"bins depend on neither order nor split", test_bins_splits},
               {"bins treat infinities, NaN and zeros as IEEE 754", test_bins_special},
               {"bins can be filled range by range", test_bins_ranges},
               {"bins take as many values as they promise, and refuse more", test_bins_full},
               {"bins fail cleanly without memory", test_bins_faults});
