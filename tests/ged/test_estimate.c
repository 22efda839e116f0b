/* Predictions of batches: exact where all pairs are done, near elsewhere, the same on all ranks. */
#include "pairs_sample.h"

#include <math.h>
#include <stdio.h>

/* Sum of the upper bounds of all pairs. */
static double sum_of(gph_context_t *context, const gph_collection_t *collection,
                     const gph_ged_pairs_t *pairs)
{
    gph_ged_batch_t *batch = NULL;
    if (!GPH_EXPECT_OK(context, gph_ged_batch(collection, pairs, NULL, &batch)))
        return -1;
    const double sum = gph_ged_batch_summary(batch)->upper;
    gph_ged_batch_destroy(&batch);
    return sum;
}

/* Predicts all pairs of random graphs and compares. */
static void check(int graphs, bool all)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, graphs, 2, 5);
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_estimate_t estimate = {0};
    char text[96];
    if (collection == NULL)
        return;
    if (GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs)) &&
        GPH_EXPECT_OK(context, gph_ged_batch_predict(collection, pairs, NULL, &estimate))) {
        const double right = sum_of(context, collection, pairs);
        CU_ASSERT_EQUAL(estimate.pairs, (int64_t)graphs * (graphs - 1) / 2);
        CU_ASSERT_EQUAL(estimate.sampled, all ? estimate.pairs : 512);
        if (all)
            CU_ASSERT_EQUAL(estimate.upper_error, 0);
        if (all)
            CU_ASSERT_DOUBLE_EQUAL(estimate.upper, right, 1e-9);
        GPH_EXPECT(fabs(estimate.upper - right) <= 2 * estimate.upper_error + 1e-9,
                   "%g is farther from %g than two errors of %g", estimate.upper, right,
                   estimate.upper_error);
        CU_ASSERT_TRUE(estimate.upper_error < 0.2 * right);
        CU_ASSERT_TRUE(estimate.work_seconds > 0 && estimate.memory > 0);
        snprintf(text, sizeof text, "%.17g %.17g %.17g", estimate.upper, estimate.upper_error,
                 estimate.steps);
        gph_test_expect_same(all ? "estimate of few" : "estimate of many", text);
    }
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
}

static void test_few(void)
{
    check(20, true);
}

static void test_many(void)
{
    check(60, false);
}

static void test_none(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, 1, 2, 3);
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_estimate_t estimate = {.pairs = 7};
    if (collection == NULL)
        return;
    if (GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs)) &&
        GPH_EXPECT_OK(context, gph_ged_batch_predict(collection, pairs, NULL, &estimate))) {
        CU_ASSERT_EQUAL(estimate.pairs, 0);
        CU_ASSERT_EQUAL(estimate.upper, 0);
    }
    CU_ASSERT_EQUAL(gph_ged_batch_predict(NULL, pairs, NULL, &estimate), GPH_ERR_USAGE);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
}

GPH_TEST_SUITE(ged_estimate, {"are exact for few pairs", test_few},
               {"are near for many", test_many}, {"do without pairs", test_none});
