/* Allocation: alignment, content, the account, the budget and faults. */
#include "base/env.h"
#include "gph_test.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
/* Sanitizers end the program where the system would refuse memory. */
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer)
enum { REFUSAL_ENDS_PROGRAM = 1 };
#else
enum { REFUSAL_ENDS_PROGRAM = 0 };
#endif

enum { MIB = 1 << 20 };

static gph_env_t *make_env(int64_t limit)
{
    gph_env_t *env = NULL;
    if (gph_env_create(limit, &env) != GPH_OK)
        MPI_Abort(MPI_COMM_WORLD, 1);
    return env;
}

static void test_alignment(void)
{
    gph_env_t *env = make_env(0);
    for (int64_t count = 0; count < 300; count += 7) {
        char *block = NULL;
        CU_ASSERT_EQUAL(gph_alloc(env, count, 1, &block), GPH_OK);
        CU_ASSERT_PTR_NOT_NULL(block);
        CU_ASSERT_EQUAL((uintptr_t)block % 64, 0);
        memset(block, 0x5a, (size_t)count);
        CU_ASSERT_EQUAL(gph_mem_used(env), count);
        gph_free(block);
    }
    gph_free(NULL);
    CU_ASSERT_EQUAL(gph_mem_used(env), 0);
    gph_env_destroy(&env);
    CU_ASSERT_PTR_NULL(env);
    gph_env_destroy(&env);
}

static void test_account(void)
{
    gph_env_t *env = make_env(0);
    int32_t *a = NULL;
    double *b = NULL;
    CU_ASSERT_EQUAL(gph_mem_limit(env), 0);
    CU_ASSERT_EQUAL(gph_mem_left(env), INT64_MAX);
    CU_ASSERT_EQUAL(gph_alloc(env, 100, sizeof *a, &a), GPH_OK);
    CU_ASSERT_EQUAL(gph_alloc(env, 50, sizeof *b, &b), GPH_OK);
    CU_ASSERT_EQUAL(gph_mem_used(env), 800);
    gph_free(a);
    CU_ASSERT_EQUAL(gph_mem_used(env), 400);
    CU_ASSERT_EQUAL(gph_mem_peak(env), 800);
    gph_free(b);
    CU_ASSERT_EQUAL(gph_mem_used(env), 0);
    CU_ASSERT_EQUAL(gph_mem_peak(env), 800);
    gph_env_destroy(&env);
}

static void test_zeroed(void)
{
    gph_env_t *env = make_env(0);
    for (int round = 0; round < 3; round++) {
        unsigned char *block = NULL;
        int nonzero = 0;
        CU_ASSERT_EQUAL(gph_calloc(env, 1000, 3, &block), GPH_OK);
        for (int i = 0; i < 3000; i++)
            nonzero += block[i] != 0;
        CU_ASSERT_EQUAL(nonzero, 0);
        memset(block, 0xff, 3000); // so that the next round gets dirty memory
        gph_free(block);
    }
    gph_env_destroy(&env);
}

static bool holds_squares(const int64_t *block, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (block[i] != i * i)
            return false;
    return true;
}

static void test_realloc(void)
{
    gph_env_t *env = make_env(0);
    int64_t *block = NULL;
    CU_ASSERT_EQUAL(gph_realloc(env, 10, sizeof *block, &block), GPH_OK);
    for (int64_t i = 0; i < 10; i++)
        block[i] = i * i;
    CU_ASSERT_EQUAL(gph_realloc(env, 1000, sizeof *block, &block), GPH_OK);
    CU_ASSERT_TRUE(holds_squares(block, 10));
    CU_ASSERT_EQUAL(gph_mem_used(env), 8000);
    CU_ASSERT_EQUAL(gph_realloc(env, 4, sizeof *block, &block), GPH_OK);
    CU_ASSERT_TRUE(holds_squares(block, 4));
    CU_ASSERT_EQUAL(gph_mem_used(env), 32);
    int64_t *const before = block;
    gph_fault_plan(env, GPH_FAULT_ALLOC, 1);
    CU_ASSERT_EQUAL(gph_realloc(env, 100, sizeof *block, &block), GPH_ERR_MEMORY);
    CU_ASSERT_PTR_EQUAL(block, before);
    CU_ASSERT_TRUE(holds_squares(block, 4));
    CU_ASSERT_EQUAL(gph_mem_used(env), 32);
    gph_free(block);
    CU_ASSERT_EQUAL(gph_mem_used(env), 0);
    gph_env_destroy(&env);
}

static void test_budget(void)
{
    gph_env_t *env = make_env(3 * MIB);
    char *a = NULL;
    char *b = NULL;
    CU_ASSERT_EQUAL(gph_alloc(env, 2 * MIB, 1, &a), GPH_OK);
    CU_ASSERT_EQUAL(gph_mem_left(env), MIB);
    CU_ASSERT_EQUAL(gph_alloc(env, 3 * MIB / 2, 1, &b), GPH_ERR_MEMORY);
    CU_ASSERT_PTR_NULL(b);
    CU_ASSERT_STRING_EQUAL(gph_env_error(env),
                           "needs 1.50 MiB more, 2.00 MiB of the 3.00 MiB budget are in use; raise "
                           "--max-memory or use more ranks");
    CU_ASSERT_EQUAL(gph_mem_used(env), 2 * MIB);
    CU_ASSERT_EQUAL(gph_mem_peak(env), 2 * MIB);
    CU_ASSERT_EQUAL(gph_alloc(env, MIB, 1, &b), GPH_OK); // exactly what is left
    CU_ASSERT_EQUAL(gph_mem_left(env), 0);
    char *c = NULL;
    CU_ASSERT_EQUAL(gph_alloc(env, 1, 1, &c), GPH_ERR_MEMORY);
    gph_free(a);
    gph_free(b);
    gph_env_error_clear(env);
    CU_ASSERT_EQUAL(gph_alloc(env, INT64_MAX - 64, 1, &c), GPH_ERR_MEMORY);
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_env_error(env), "needs 8.00 EiB more, 0 bytes of the"));
    CU_ASSERT_EQUAL(gph_mem_used(env), 0);
    gph_env_destroy(&env);
}

static void test_impossible_sizes(void)
{
    gph_env_t *env = make_env(0);
    int64_t *block = NULL;
    CU_ASSERT_EQUAL(gph_alloc(env, -1, 8, &block), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_alloc(env, INT64_MAX, 8, &block), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_alloc(env, INT64_MAX / 8 + 1, 8, &block), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_alloc(env, 1, SIZE_MAX, &block), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_calloc(env, INT64_MAX, 1, &block), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_realloc(env, INT64_MAX, 2, &block), GPH_ERR_INTERNAL);
    if (!REFUSAL_ENDS_PROGRAM) {
        gph_env_error_clear(env);
        CU_ASSERT_EQUAL(gph_alloc(env, INT64_MAX / 2, 1, &block), GPH_ERR_MEMORY);
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_env_error(env), "failed"));
    }
    CU_ASSERT_PTR_NULL(block);
    CU_ASSERT_EQUAL(gph_mem_used(env), 0);
    gph_env_destroy(&env);
}

static void test_faults(void)
{
    gph_env_t *env = make_env(0);
    char *block[5] = {NULL};
    gph_fault_plan(env, GPH_FAULT_ALLOC, 3);
    for (int i = 0; i < 5; i++) {
        const gph_status_t wanted = i == 2 ? GPH_ERR_MEMORY : GPH_OK;
        CU_ASSERT_EQUAL(gph_alloc(env, 10, 1, &block[i]), wanted);
    }
    CU_ASSERT_EQUAL(gph_fault_calls(env, GPH_FAULT_ALLOC), 5);
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_env_error(env), "failed"));
    CU_ASSERT_PTR_NULL(block[2]);
    CU_ASSERT_EQUAL(gph_mem_used(env), 40);
    gph_fault_plan(env, GPH_FAULT_ALLOC, 1);
    CU_ASSERT_EQUAL(gph_fault_calls(env, GPH_FAULT_ALLOC), 0);
    gph_fault_plan(env, GPH_FAULT_ALLOC, 0);
    CU_ASSERT_EQUAL(gph_calloc(env, 10, 1, &block[2]), GPH_OK);
    for (int i = 0; i < 5; i++)
        gph_free(block[i]);
    gph_env_destroy(&env);
}

static void test_threads(void)
{
    gph_env_t *env = make_env(1000);
    const int threads = 4;
    _Atomic int granted = 0;
    _Atomic int together = 0;
    _Atomic int wrong = 0;
#pragma omp parallel for num_threads(threads) default(none) shared(env, granted, together, wrong)  \
    schedule(static)
    for (int i = 0; i < 4000; i++) {
        char *big = NULL;
        char *small = NULL;
        // Two blocks of more than half the budget must never exist at the same time, ...
        if (gph_alloc(env, 501, 1, &big) == GPH_OK) {
            granted++;
            if (together++ != 0)
                wrong++;
            together--;
        }
        // ... and a refused big one must not take room from small ones.
        if (gph_alloc(env, 100, 1, &small) != GPH_OK)
            wrong++;
        gph_free(small);
        gph_free(big);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(granted > 0);
    CU_ASSERT_EQUAL(gph_mem_used(env), 0);
    CU_ASSERT_TRUE(gph_mem_peak(env) >= 601 && gph_mem_peak(env) <= 901);
    gph_env_destroy(&env);
}

GPH_TEST_SUITE(alloc, {"aligns blocks and takes zero bytes", test_alignment},
               {"keeps account of use and peak", test_account},
               {"zeroes what gph_calloc gives", test_zeroed},
               {"resizes and keeps the content", test_realloc},
               {"refuses what is over the budget", test_budget},
               {"refuses sizes that do not exist", test_impossible_sizes},
               {"fails at the planned call alone", test_faults},
               {"keeps account of many threads", test_threads});
