/* Results: columns, the vertices on top, files. */
#include "gph/dist.h"
#include "gph/mp.h"
#include "gph_test.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Values with many ties. */
static int64_t value_of(int64_t number)
{
    return number * 7 % 23 - 5;
}

static gph_mp_result_t *make(gph_context_t *context, const sample_t *sample)
{
    gph_mp_result_t *result = NULL;
    const gph_lid_t owned = gph_mp_owned(sample->graph);
    int64_t *whole = calloc((size_t)owned + 1, sizeof *whole);
    double *real = calloc((size_t)owned + 1, sizeof *real);
    for (gph_lid_t v = 0; v < owned; ++v) {
        whole[v] = value_of(gph_mp_vertex(sample->graph, v).number);
        real[v] = (double)whole[v] / 7;
    }
    if (GPH_EXPECT_OK(context, gph_mp_result_create(sample->graph, &result))) {
        GPH_EXPECT_OK(context, gph_mp_result_add(result, "whole", GPH_MP_I64, whole));
        GPH_EXPECT_OK(context, gph_mp_result_add(result, "real", GPH_MP_F64, real));
    }
    free(whole);
    free(real);
    return result;
}

static void check_top(gph_context_t *context, const sample_t *sample, const gph_mp_result_t *result,
                      int column, int64_t wanted)
{
    int64_t count = -1;
    gph_mp_top_t *top = calloc((size_t)wanted + 1, sizeof *top);
    GPH_EXPECT_OK(context, gph_mp_result_top(result, column, wanted, &count, top));
    CU_ASSERT_EQUAL(count, wanted < sample->n ? wanted : sample->n);
    for (int64_t i = 0; i < count; ++i) {
        const int64_t value = value_of(top[i].number);
        CU_ASSERT(column == 0 ? top[i].value.i64 == value : top[i].value.f64 == (double)value / 7);
        if (i > 0) {
            const int64_t before = value_of(top[i - 1].number);
            CU_ASSERT(before > value || (before == value && top[i - 1].number < top[i].number));
        }
    }
    int64_t above = 0; /* nothing that is missing belongs in front of the last one */
    for (int64_t v = 0; v < sample->n && count > 0; ++v)
        above += value_of(v) > value_of(top[count - 1].number) ||
                 (value_of(v) == value_of(top[count - 1].number) && v <= top[count - 1].number);
    CU_ASSERT_EQUAL(above, count);
    free(top);
}

static void test_top(void)
{
    static const int64_t wanted[] = {0, 1, 2, 10, 59, 60, 1000};
    gph_context_t *context = gph_test_context();
    for (int s = 0; s < sample_count; ++s) {
        sample_t sample;
        if (!sample_make(context, sample_specs[s], &sample))
            continue;
        gph_mp_result_t *result = make(context, &sample);
        for (size_t w = 0; result && w < sizeof wanted / sizeof *wanted; ++w)
            for (int column = 0; column < 2; ++column)
                check_top(context, &sample, result, column, wanted[w]);
        gph_mp_result_destroy(&result);
        sample_free(&sample);
    }
}

/* A line of the text file for each vertex, in order, as printf() has it. */
static void check_tsv(const sample_t *sample, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256] = "";
    if (!GPH_EXPECT(file != NULL, "%s is not there", path))
        return;
    CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof line, file));
    CU_ASSERT_STRING_EQUAL(line, "id\twhole\treal\n");
    for (int64_t v = 0; v < sample->n; ++v) {
        long long id = -1;
        long long whole = 0;
        double real = 0;
        CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof line, file));
        CU_ASSERT_EQUAL(sscanf(line, "%lld\t%lld\t%lf", &id, &whole, &real), 3);
        CU_ASSERT_EQUAL(id, v);
        CU_ASSERT_EQUAL(whole, value_of(v));
        CU_ASSERT_EQUAL(real, (double)value_of(v) / 7);
    }
    CU_ASSERT_PTR_NULL(fgets(line, sizeof line, file));
    fclose(file);
}

static void test_files(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    if (!sample_make(context, "er:n=60,m=40", &sample))
        return;
    gph_mp_result_t *result = make(context, &sample);
    GPH_EXPECT_OK(context, gph_mp_result_write(result, gph_test_tmp("values.tsv")));
    GPH_EXPECT_OK(context, gph_mp_result_write(result, gph_test_tmp("values.h5")));
    check_tsv(&sample, gph_test_tmp("values.tsv"));
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_mp_result_write(result, gph_test_tmp("values.txt")));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_SYSTEM,
                      gph_mp_result_write(result, gph_test_tmp("absent/values.tsv")));
    gph_mp_result_destroy(&result);
    sample_free(&sample);
}

static void test_columns(void)
{
    static const char *const bad[] = {"",   "whole",      "a b",
                                      "id", "name_bytes", "a234567890123456789012345678901234"};
    gph_context_t *context = gph_test_context();
    sample_t sample;
    const int64_t values[400] = {0};
    char first[33] = "";
    char second[33] = "";
    if (!sample_make(context, "er:n=300,m=900", &sample))
        return;
    gph_mp_result_t *result = make(context, &sample);
    CU_ASSERT_EQUAL(gph_mp_result_columns(result), 2);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        gph_context_clear_error(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                          gph_mp_result_add(result, bad[i], GPH_MP_I64, values));
    }
    GPH_EXPECT_OK(context, gph_mp_result_digest(result, first));
    (void)gph_test_expect_same("digest of columns", first);
    gph_context_clear_error(context);
    GPH_EXPECT_OK(context, gph_mp_result_add(result, "more", GPH_MP_I64, values));
    GPH_EXPECT_OK(context, gph_mp_result_digest(result, second));
    CU_ASSERT_STRING_NOT_EQUAL(first, second);
    gph_mp_result_destroy(&result);
    CU_ASSERT_PTR_NULL(result);
    sample_free(&sample);
}

GPH_TEST_SUITE(results, {"show the vertices on top", test_top}, {"go to files", test_files},
               {"have columns", test_columns});
