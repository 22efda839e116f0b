/* Collectives against what every rank can work out alone; each once in one piece, once in chunks.
 */
#include "base/random.h"
#include "gph_test.h"
#include "par/comm.h"

#include <limits.h>
#include <string.h>

enum { MOST = 53 };

/** Lengths of vectors: none, one, and around the chunks below. */
static const int64_t lengths[] = {0, 1, 4, 5, 6, 52};
/** Limits of one MPI call; the last one is the real one. */
static const int64_t chunks[] = {1, 5, 64, INT_MAX};

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

/** Runs a check for all lengths and limits. */
static void for_all(void (*check)(gph_context_t *context, int64_t length))
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int c = 0; c < COUNT_OF(chunks); c++)
        for (int l = 0; l < COUNT_OF(lengths); l++) {
            context->chunk = chunks[c];
            check(context, lengths[l]);
            context->chunk = INT_MAX;
        }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** What rank has at index; negative ones too. */
static int64_t number(int rank, int64_t index)
{
    return (int64_t)(gph_random_u64(1, (uint64_t)rank, (uint64_t)index) >> 8) - (INT64_C(1) << 55);
}

static void check_reduce(gph_context_t *context, int64_t length)
{
    for (int op = GPH_SUM; op <= GPH_MAX; op++) {
        int64_t mine[MOST] = {0};
        double real[MOST] = {0};
        int64_t wrong = 0;
        for (int64_t i = 0; i < length; i++) {
            mine[i] = number(context->rank, i);
            real[i] = (double)(mine[i] % 1000);
        }
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, (gph_reduce_t)op, length, mine));
        GPH_EXPECT_OK(context, gph_comm_reduce_f64(context, (gph_reduce_t)op, length, real));
        for (int64_t i = 0; i < length; i++) {
            int64_t wanted = number(0, i);
            int64_t small = wanted % 1000;
            for (int rank = 1; rank < context->ranks; rank++) {
                const int64_t term = number(rank, i);
                const int64_t other = term % 1000;
                if (op == GPH_SUM || (op == GPH_MIN) == (term < wanted))
                    wanted = op == GPH_SUM ? wanted + term : term;
                if (op == GPH_SUM || (op == GPH_MIN) == (other < small))
                    small = op == GPH_SUM ? small + other : other;
            }
            wrong += mine[i] != wanted;
            wrong += (int64_t)real[i] != small;
        }
        GPH_EXPECT(wrong == 0, "operation %d, length %lld: %lld wrong", op, (long long)length,
                   (long long)wrong);
    }
}

static void test_reduce(void)
{
    for_all(check_reduce);
}

/** A count that needs more than 64 bits. */
static gph_count_t wide(int rank, int64_t index)
{
    return (gph_count_t)gph_random_u64(2, (uint64_t)rank, (uint64_t)index) *
               gph_random_u64(3, (uint64_t)rank, (uint64_t)index) >>
           4;
}

static void check_sum_count(gph_context_t *context, int64_t length)
{
    gph_count_t mine[MOST] = {0};
    int64_t wrong = 0;
    for (int64_t i = 0; i < length; i++)
        mine[i] = wide(context->rank, i);
    GPH_EXPECT_OK(context, gph_comm_sum_count(context, length, mine));
    for (int64_t i = 0; i < length; i++) {
        gph_count_t wanted = 0;
        for (int rank = 0; rank < context->ranks; rank++)
            wanted += wide(rank, i);
        wrong += mine[i] != wanted;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_sum_count(void)
{
    for_all(check_sum_count);
}

static void test_sum_count_overflow(void)
{
    gph_context_t *context = gph_test_context();
    const gph_count_t highest = ~(gph_count_t)0;
    const bool last = context->rank == context->ranks - 1;
    gph_count_t values[3] = {7, last ? highest : 0, 8}; // fits exactly
    GPH_EXPECT_OK(context, gph_comm_sum_count(context, 3, values));
    CU_ASSERT_TRUE(values[1] == highest);
    CU_ASSERT_TRUE(values[2] == (gph_count_t)8 * (gph_count_t)context->ranks);
    if (context->ranks == 1)
        return;
    for (int64_t chunk = 1; chunk <= 4; chunk++) {
        gph_count_t over[3] = {7, last ? highest : context->rank == 0, 8};
        const gph_count_t before = over[1];
        gph_context_clear_error(context);
        context->chunk = chunk;
        CU_ASSERT_EQUAL(gph_comm_sum_count(context, 3, over), GPH_ERR_USAGE);
        context->chunk = INT_MAX;
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "128 bits"));
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
        CU_ASSERT_TRUE(over[0] == 7 && over[1] == before && over[2] == 8);
    }
}

static void check_scan(gph_context_t *context, int64_t length)
{
    int64_t mine[MOST] = {0};
    int64_t before[MOST];
    int64_t total[MOST];
    int64_t alone[MOST];
    int64_t wrong = 0;
    for (int64_t i = 0; i < length; i++) {
        mine[i] = number(context->rank, i);
        before[i] = total[i] = alone[i] = -99;
    }
    GPH_EXPECT_OK(context, gph_comm_scan_i64(context, length, mine, before, total));
    GPH_EXPECT_OK(context, gph_comm_scan_i64(context, length, mine, alone, NULL));
    for (int64_t i = 0; i < length; i++) {
        int64_t lower = 0;
        int64_t all = 0;
        for (int rank = 0; rank < context->ranks; rank++) {
            lower += rank < context->rank ? number(rank, i) : 0;
            all += number(rank, i);
        }
        wrong += before[i] != lower || alone[i] != lower || total[i] != all;
    }
    GPH_EXPECT_OK(context, gph_comm_scan_i64(context, length, mine, NULL, alone));
    for (int64_t i = 0; i < length; i++)
        wrong += alone[i] != total[i];
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_scan(void)
{
    for_all(check_scan);
}

/** Byte at index of what rank has. */
static unsigned char byte(int rank, int64_t index)
{
    return (unsigned char)(gph_random_u64(4, (uint64_t)rank, (uint64_t)index) & 0xff);
}

static void check_bcast(gph_context_t *context, int64_t length)
{
    for (int root = 0; root < context->ranks; root++) {
        unsigned char data[MOST];
        int64_t wrong = 0;
        for (int64_t i = 0; i < MOST; i++)
            data[i] = byte(context->rank, i);
        GPH_EXPECT_OK(context, gph_comm_bcast(context, root, length, data));
        for (int64_t i = 0; i < MOST; i++)
            wrong += data[i] != byte(i < length ? root : context->rank, i);
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

static void test_bcast(void)
{
    for_all(check_bcast);
}

static void check_gather(gph_context_t *context, int64_t length)
{
    unsigned char mine[MOST] = {0};
    unsigned char all[MOST * 16];
    int64_t wrong = 0;
    for (int64_t i = 0; i < length; i++)
        mine[i] = byte(context->rank, i);
    if (!GPH_EXPECT(context->ranks <= 16, "room for 16 ranks"))
        return;
    memset(all, 0, sizeof all);
    GPH_EXPECT_OK(context, gph_comm_gather_all(context, length, mine, all));
    for (int rank = 0; rank < context->ranks; rank++)
        for (int64_t i = 0; i < length; i++)
            wrong += all[rank * length + i] != byte(rank, i);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_gather(void)
{
    for_all(check_gather);
}

/** Elements of rank when the longest block has `length`. */
static int64_t block_length(int rank, int64_t length)
{
    return rank % 3 == 1 ? 0 : length / (1 + rank % 4);
}

static void check_concat_of(gph_context_t *context, int64_t length, size_t size)
{
    unsigned char mine[MOST * 16] = {0};
    unsigned char *all = NULL;
    int64_t total = -1;
    int64_t wanted = 0;
    int64_t wrong = 0;
    const int64_t count = block_length(context->rank, length);
    for (int64_t i = 0; i < count * (int64_t)size; i++)
        mine[i] = byte(context->rank, i);
    GPH_EXPECT_OK(context,
                  gph_comm_concat_all(context, count, size, count > 0 ? mine : NULL, &all, &total));
    for (int rank = 0; rank < context->ranks; rank++)
        wanted += block_length(rank, length);
    CU_ASSERT_PTR_NOT_NULL(all);
    if (GPH_EXPECT(total == wanted, "%lld elements", (long long)total)) {
        int64_t at = 0;
        for (int rank = 0; rank < context->ranks; rank++)
            for (int64_t i = 0; i < block_length(rank, length) * (int64_t)size; i++)
                wrong += all[at++] != byte(rank, i);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    gph_free(all);
}

static void check_concat(gph_context_t *context, int64_t length)
{
    check_concat_of(context, length, 1);
    check_concat_of(context, length, 8);
    check_concat_of(context, length, 13);
}

static void test_concat(void)
{
    for_all(check_concat);
}

static void test_concat_too_long(void)
{
    gph_context_t *context = gph_test_context();
    char *all = NULL;
    int64_t total = -1;
    const int64_t count = context->rank == context->ranks - 1 ? INT64_MAX / 2 : 1;
    CU_ASSERT_EQUAL(gph_comm_concat_all(context, count, 16, "sixteen letters.", &all, &total),
                    GPH_ERR_INTERNAL);
    CU_ASSERT_PTR_NULL(all);
    CU_ASSERT_EQUAL(total, -1);
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
}

GPH_TEST_SUITE(comm, {"reduces", test_reduce}, {"adds 128-bit counts", test_sum_count},
               {"refuses sums over 128 bits", test_sum_count_overflow}, {"scans", test_scan},
               {"broadcasts", test_bcast}, {"gathers", test_gather},
               {"concatenates blocks of any length", test_concat},
               {"refuses a concatenation that has no size", test_concat_too_long});
