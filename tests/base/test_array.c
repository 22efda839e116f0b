/* The growable array. */
#include "base/array.h"
#include "gph_test.h"

static gph_env_t *env;

static void begin(void)
{
    env = gph_test_context()->env;
}

static void test_empty(void)
{
    begin();
    const int64_t start = gph_mem_used(env);
    gph_array_t array = gph_array_init(env, sizeof(int64_t));
    CU_ASSERT_EQUAL(array.count, 0);
    CU_ASSERT_PTR_NULL(array.data);
    CU_ASSERT_EQUAL(gph_array_append(&array, NULL, 0), GPH_OK);
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
    gph_array_free(&array);
    CU_ASSERT_PTR_NULL(gph_array_take(&array));
}

static void test_grows(void)
{
    begin();
    const int64_t start = gph_mem_used(env);
    gph_array_t array = gph_array_init(env, sizeof(int64_t));
    gph_fault_plan(env, GPH_FAULT_ALLOC, 0);
    for (int64_t i = 0; i < 10000; i++) {
        const int64_t three[3] = {i, -i, i * i};
        const gph_status_t status =
            i % 2 == 0 ? gph_array_push(&array, three) : gph_array_append(&array, three, 3);
        CU_ASSERT_EQUAL(status, GPH_OK);
    }
    CU_ASSERT_EQUAL(array.count, 20000);
    CU_ASSERT_TRUE(array.capacity >= 20000 && array.capacity < 41000);
    CU_ASSERT_TRUE(gph_fault_calls(env, GPH_FAULT_ALLOC) < 16); // amortised, not one a push
    const int64_t *item = array.data;
    int64_t wrong = 0;
    for (int64_t i = 0, at = 0; i < 10000; i++) {
        wrong += item[at++] != i;
        if (i % 2 == 1) {
            wrong += item[at++] != -i;
            wrong += item[at++] != i * i;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    gph_array_free(&array);
    CU_ASSERT_EQUAL(array.count, 0);
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
}

static void test_reserve_and_take(void)
{
    begin();
    const int64_t start = gph_mem_used(env);
    gph_array_t array = gph_array_init(env, 3);
    CU_ASSERT_EQUAL(gph_array_reserve(&array, 100), GPH_OK);
    CU_ASSERT_EQUAL(gph_mem_used(env), start + 300);
    const void *const data = array.data;
    for (int i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(gph_array_push(&array, "abc"), GPH_OK);
    CU_ASSERT_PTR_EQUAL(array.data, data);
    CU_ASSERT_EQUAL(gph_array_reserve(&array, 5), GPH_OK); // never shrinks
    CU_ASSERT_EQUAL(array.capacity, 100);
    char *taken = gph_array_take(&array);
    CU_ASSERT_PTR_EQUAL(taken, data);
    CU_ASSERT_EQUAL(taken[299], 'c');
    CU_ASSERT_EQUAL(array.count, 0);
    CU_ASSERT_PTR_NULL(array.data);
    gph_free(taken);
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
}

static void test_failure_keeps_content(void)
{
    begin();
    gph_array_t array = gph_array_init(env, sizeof(int));
    const int items[16] = {7, 8, 9};
    CU_ASSERT_EQUAL(gph_array_append(&array, items, 16), GPH_OK);
    gph_fault_plan(env, GPH_FAULT_ALLOC, 1);
    CU_ASSERT_EQUAL(gph_array_push(&array, items), GPH_ERR_MEMORY);
    CU_ASSERT_EQUAL(array.count, 16);
    CU_ASSERT_EQUAL(((const int *)array.data)[2], 9);
    CU_ASSERT_EQUAL(gph_array_reserve(&array, INT64_MAX), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_array_append(&array, items, INT64_MAX), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(array.count, 16);
    gph_array_free(&array);
}

GPH_TEST_SUITE(array, {"is empty at first", test_empty}, {"grows at amortised cost", test_grows},
               {"reserves exactly and hands over", test_reserve_and_take},
               {"keeps its content when growth fails", test_failure_keeps_content});
