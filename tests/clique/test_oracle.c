/* The oracle and its checker: right where the answer is known, and able to fail. */
#include "gph_test.h"
#include "oracle.h"

#include <stdlib.h>

static void test_counts(void)
{
    static oracle_t oracle;
    static const int64_t complete[] = {1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1, 0};
    oracle_turan(10, 10, &oracle);
    for (int k = 1; k <= 11; k++)
        CU_ASSERT_EQUAL(oracle_count(&oracle, k), complete[k]);
    oracle_turan(12, 3, &oracle); /* parts of four */
    CU_ASSERT_EQUAL(oracle_count(&oracle, 2), 48);
    CU_ASSERT_EQUAL(oracle_count(&oracle, 3), 64);
    CU_ASSERT_EQUAL(oracle_count(&oracle, 4), 0);
    oracle_empty(7, &oracle);
    CU_ASSERT_EQUAL(oracle_count(&oracle, 1), 7);
    CU_ASSERT_EQUAL(oracle_count(&oracle, 2), 0);
}

static void test_planted(void)
{
    static oracle_t oracle;
    enum { K = 4 };
    int64_t count = 0;
    oracle_random(20, 0.6, 5, &oracle);
    int64_t *rows = oracle_list(&oracle, K, &count);
    CU_ASSERT_TRUE(count > 10);
    CU_ASSERT_TRUE(oracle_accepts(&oracle, K, rows, count));

    /* one row too few */
    CU_ASSERT_EQUAL(oracle_check(&oracle, K, rows, count - 1).missing, 1);
    CU_ASSERT_FALSE(oracle_accepts(&oracle, K, rows, count - 1));
    CU_ASSERT_FALSE(oracle_accepts(&oracle, K, NULL, 0));

    /* one row twice in the place of another */
    int64_t kept[K];
    for (int m = 0; m < K; m++) {
        kept[m] = rows[5 * K + m];
        rows[5 * K + m] = rows[2 * K + m];
    }
    const defects_t repeated = oracle_check(&oracle, K, rows, count);
    CU_ASSERT_TRUE(repeated.repeated == 1 && repeated.missing == 1);
    for (int m = 0; m < K; m++)
        rows[5 * K + m] = kept[m];

    /* members out of order */
    rows[0] = kept[0];
    rows[0] = rows[1];
    rows[1] = oracle.id[0];
    CU_ASSERT_TRUE(oracle_check(&oracle, K, rows, count).unordered == 1);
    free(rows);
}

/** A row that ascends but is no clique. */
static void test_planted_wrong(void)
{
    static oracle_t oracle;
    int64_t count = 0;
    oracle_turan(12, 3, &oracle);
    int64_t *rows = oracle_list(&oracle, 3, &count);
    rows[0] = oracle.id[0];
    rows[1] = oracle.id[1];
    rows[2] = oracle.id[3]; /* in the same part as the first */
    CU_ASSERT_EQUAL(oracle_check(&oracle, 3, rows, count).unjoined, 1);
    rows[2] = oracle.id[4] + 1; /* no vertex */
    CU_ASSERT_EQUAL(oracle_check(&oracle, 3, rows, count).unordered, 1);
    free(rows);
}

GPH_TEST_SUITE(oracle, {"counts what is known", test_counts},
               {"catches missing, repeated and unordered rows", test_planted},
               {"catches rows that are no cliques", test_planted_wrong});
