/* The context: settings, several at a time, parts of the communicator, log and memory. */
#include "gph_test.h"
#include "par/comm.h"

#include <limits.h>
#include <omp.h>
#include <string.h>

static void test_defaults(void)
{
    const gph_context_options_t options = gph_context_options_default();
    CU_ASSERT_EQUAL(options.threads, 0);
    CU_ASSERT_EQUAL(options.seed, 1);
    CU_ASSERT_EQUAL(options.max_memory, 0);
    CU_ASSERT_EQUAL(options.level, GPH_LOG_WARN);
    CU_ASSERT_PTR_NULL(options.log);
    CU_ASSERT_EQUAL(options.progress, GPH_PROGRESS_NEVER);
    gph_context_t *context = NULL;
    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, NULL, &context));
    CU_ASSERT_EQUAL(gph_context_rank(context), gph_test_rank());
    CU_ASSERT_EQUAL(gph_context_ranks(context), gph_test_ranks());
    CU_ASSERT_EQUAL(gph_context_threads(context), omp_get_max_threads());
    CU_ASSERT_EQUAL(gph_context_seed(context), 1);
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
    CU_ASSERT_TRUE(context->thread_multiple); // asked for by main()
    CU_ASSERT_FALSE(context->owns_mpi);
    CU_ASSERT_EQUAL(context->chunk, INT_MAX);
    int relation = MPI_UNEQUAL;
    MPI_Comm_compare(MPI_COMM_WORLD, context->comm, &relation);
    CU_ASSERT_EQUAL(relation, MPI_CONGRUENT); // a duplicate, not the same one
    gph_context_destroy(&context);
    CU_ASSERT_PTR_NULL(context);
    gph_context_destroy(&context);
    gph_context_destroy(NULL);
}

static void expect_refused(gph_context_options_t options)
{
    gph_context_t *context = NULL;
    CU_ASSERT_EQUAL(gph_context_create(MPI_COMM_WORLD, &options, &context), GPH_ERR_USAGE);
    CU_ASSERT_PTR_NULL(context);
}

static void test_bad_options(void)
{
    gph_context_options_t options = gph_context_options_default();
    options.threads = -1;
    expect_refused(options);
    options = gph_context_options_default();
    options.max_memory = -1;
    expect_refused(options);
    options = gph_context_options_default();
    options.level = (gph_log_level_t)5;
    expect_refused(options);
    options = gph_context_options_default();
    options.progress = (gph_progress_t)3;
    expect_refused(options);
    gph_context_t *context = NULL;
    CU_ASSERT_EQUAL(gph_context_create(MPI_COMM_NULL, NULL, &context), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_context_create(MPI_COMM_WORLD, NULL, NULL), GPH_ERR_USAGE);
    CU_ASSERT_PTR_NULL(context);
}

static void test_settings(void)
{
    gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    options.threads = 5;
    options.seed = UINT64_MAX;
    options.max_memory = 12345;
    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &context));
    CU_ASSERT_EQUAL(gph_context_threads(context), 5);
    CU_ASSERT_EQUAL(gph_context_seed(context), UINT64_MAX);
    CU_ASSERT_EQUAL(gph_mem_limit(context->env), 12345);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
    gph_context_destroy(&context);
}

static void test_errors_forgotten(void)
{
    gph_context_t *context = gph_test_context();
    CU_ASSERT_EQUAL(gph_comm_agree(context, gph_fail(context->env, GPH_ERR_INPUT, "one")),
                    GPH_ERR_INPUT);
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "one");
    gph_context_clear_error(context);
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
}

static void test_halves(void)
{
    // Two contexts on halves work at the same time, one much more often than the other.
    MPI_Comm half = MPI_COMM_NULL;
    gph_context_t *context = NULL;
    const int side = gph_test_rank() % 2;
    const int members = (gph_test_ranks() + 1 - side) / 2;
    // In reverse order, so that a rank in the half differs from the one in the whole.
    MPI_Comm_split(MPI_COMM_WORLD, side, -gph_test_rank(), &half);
    const gph_context_options_t options = gph_test_options();
    GPH_EXPECT_OK(NULL, gph_context_create(half, &options, &context));
    MPI_Comm_free(&half); // the context has its own
    CU_ASSERT_EQUAL(gph_context_ranks(context), members);
    CU_ASSERT_EQUAL(gph_context_rank(context), members - 1 - gph_test_rank() / 2);
    for (int round = 0; round < 1 + 20 * side; round++) {
        int64_t sum = gph_test_rank();
        int64_t wanted = 0;
        for (int rank = side; rank < gph_test_ranks(); rank += 2)
            wanted += rank;
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, 1, &sum));
        CU_ASSERT_EQUAL(sum, wanted);
    }
    // A failure stays within its half.
    const bool fails = side == 1 && gph_context_rank(context) == members - 1;
    const gph_status_t status =
        gph_comm_agree(context, fails ? gph_fail(context->env, GPH_ERR_INPUT, "odd") : GPH_OK);
    CU_ASSERT_EQUAL(status, side == 1 ? GPH_ERR_INPUT : GPH_OK);
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), side == 1 ? "odd" : "");
    gph_context_destroy(&context);
}

typedef struct record {
    int lines;
    int errors;
} record_t;

static void count_line(void *data, gph_log_level_t level, const char *line)
{
    record_t *record = data;
    record->lines++;
    record->errors += level == GPH_LOG_ERROR && strcmp(line, "bad") == 0;
}

static void test_log(void)
{
    gph_context_options_t options = gph_context_options_default();
    gph_context_t *context = NULL;
    record_t record = {0};
    options.level = GPH_LOG_INFO;
    options.log = count_line;
    options.log_data = &record;
    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &context));
    const bool root = context->rank == 0;
    gph_log_root(context, GPH_LOG_INFO, "%d", 1);
    gph_log_root(context, GPH_LOG_DEBUG, "%d", 2);
    gph_log(context->env, GPH_LOG_WARN, "on every rank");
    CU_ASSERT_EQUAL(record.lines, root ? 2 : 0);
    gph_log(context->env, GPH_LOG_ERROR, "bad");
    CU_ASSERT_EQUAL(record.errors, 1); // errors are told by the rank that has them
    gph_context_destroy(&context);

    options.level = GPH_LOG_QUIET;
    record = (record_t){0};
    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &context));
    gph_log(context->env, GPH_LOG_ERROR, "bad");
    CU_ASSERT_EQUAL(record.lines, 0);
    gph_context_destroy(&context);
}

static void test_memory(void)
{
    gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    gph_memory_t memory = {0};
    char *block = NULL;
    const int64_t ranks = gph_test_ranks();
    options.max_memory = 100000;
    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &context));
    GPH_EXPECT_OK(context, gph_alloc(context->env, 1000 * (context->rank + 1), 1, &block));
    gph_free(block);
    GPH_EXPECT_OK(context, gph_context_memory(context, &memory));
    CU_ASSERT_EQUAL(memory.budget, 100000);
    CU_ASSERT_EQUAL(memory.peak_max, 1000 * ranks);
    CU_ASSERT_EQUAL(memory.peak_sum, 1000 * ranks * (ranks + 1) / 2);
    CU_ASSERT_TRUE(memory.resident_max > 1 << 20);
    CU_ASSERT_TRUE(gph_test_same_i64(memory.resident_max));
    CU_ASSERT_EQUAL(gph_context_memory(context, NULL), GPH_ERR_USAGE);
    gph_context_destroy(&context);
}

GPH_TEST_SUITE(context, {"has defaults", test_defaults},
               {"refuses settings that make no sense", test_bad_options},
               {"keeps its settings", test_settings},
               {"forgets an error on request", test_errors_forgotten},
               {"works on parts of a communicator", test_halves},
               {"logs on the first rank, errors anywhere", test_log},
               {"tells its memory", test_memory});
