/* Dropout: the mask depends on seed, stream and element alone. */
#include "gph_test.h"
#include "nn/dropout.h"
#include "nn_sample.h"

#include <string.h>

enum { COUNT = 5000 };

static float x[COUNT];
static float whole[COUNT];
static float part[COUNT];

static void test_parts(void)
{
    gph_context_t *context = gph_test_context();
    gph_dropout_t dropout = {.seed = 3, .stream = 8, .rate = 0.3};
    int64_t kept = 0;
    for (int i = 0; i < COUNT; i++)
        x[i] = 1 + (float)i;
    CU_ASSERT_EQUAL(gph_dropout_apply(context, &dropout, 0, COUNT, x, whole), GPH_OK);
    for (int i = 0; i < COUNT; i++) {
        kept += whole[i] > 0;
        CU_ASSERT(whole[i] == 0 || fabs((double)(whole[i] / x[i]) * 0.7 - 1) < 1e-6);
    }
    CU_ASSERT(kept > 3350 && kept < 3650);
    for (int64_t first = 1; first < 200; first += 13) {
        const int64_t count = COUNT - 2 * first;
        CU_ASSERT_EQUAL(
            gph_dropout_apply(context, &dropout, (uint64_t)first, count, x + first, part), GPH_OK);
        CU_ASSERT_EQUAL(memcmp(part, whole + first, (size_t)count * sizeof *part), 0);
        memset(part, 0, sizeof part);
        CU_ASSERT_EQUAL(gph_dropout_again(context, &dropout, count, x + first, part), GPH_OK);
        CU_ASSERT_EQUAL(memcmp(part, whole + first, (size_t)count * sizeof *part), 0);
    }
    gph_dropout_free(&dropout);
}

static void test_rows(void)
{
    gph_context_t *context = gph_test_context();
    gph_dropout_t dropout = {.seed = 3, .stream = 8, .rate = 0.3};
    const int64_t row[] = {3, 0, 17};
    const int64_t width = 201;
    CU_ASSERT_EQUAL(gph_dropout_apply(context, &dropout, 0, COUNT, x, whole), GPH_OK);
    for (int i = 0; i < 3; i++)
        memcpy(part + i * width, x + row[i] * width, (size_t)width * sizeof *x);
    CU_ASSERT_EQUAL(gph_dropout_rows(context, &dropout, 3, row, width, part), GPH_OK);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(memcmp(part + i * width, whole + row[i] * width, (size_t)width * sizeof *x),
                        0);
    gph_dropout_free(&dropout);
}

GPH_TEST_SUITE(dropout, {"parts are parts of the whole", test_parts}, {"rows anywhere", test_rows});
