/* Agreement on failure: the same status and message on every rank, whoever failed. */
#include "gph_test.h"
#include "par/comm.h"

#include <stdio.h>
#include <string.h>

static void test_all_well(void)
{
    gph_context_t *context = gph_test_context();
    GPH_EXPECT_OK(context, gph_comm_agree(context, GPH_OK));
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
}

static void test_each_rank_fails(void)
{
    gph_context_t *context = gph_test_context();
    for (int failing = 0; failing < context->ranks; failing++) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "line %d is bad", 10 + failing);
        gph_context_clear_error(context);
        gph_status_t status = GPH_OK;
        if (context->rank == failing)
            status = gph_fail(context->env, GPH_ERR_INPUT, "line %d is bad", 10 + context->rank);
        CU_ASSERT_EQUAL(gph_comm_agree(context, status), GPH_ERR_INPUT);
        CU_ASSERT_STRING_EQUAL(gph_context_error(context), wanted);
        CU_ASSERT_EQUAL(gph_env_error_status(context->env), GPH_ERR_INPUT);
    }
}

static void test_lowest_wins(void)
{
    gph_context_t *context = gph_test_context();
    for (int lowest = 0; lowest < context->ranks; lowest++) {
        const gph_status_t own = context->rank % 2 == 0 ? GPH_ERR_MEMORY : GPH_ERR_INPUT;
        const gph_status_t wanted = lowest % 2 == 0 ? GPH_ERR_MEMORY : GPH_ERR_INPUT;
        char text[32];
        snprintf(text, sizeof text, "rank %d", lowest);
        gph_context_clear_error(context);
        gph_status_t status = GPH_OK;
        if (context->rank >= lowest)
            status = gph_fail(context->env, own, "rank %d", context->rank);
        CU_ASSERT_EQUAL(gph_comm_agree(context, status), wanted);
        CU_ASSERT_STRING_EQUAL(gph_context_error(context), text);
    }
}

static void test_other_errors_give_way(void)
{
    gph_context_t *context = gph_test_context();
    const int failing = context->ranks - 1;
    gph_status_t status = GPH_OK;
    if (context->rank == failing)
        status = gph_fail(context->env, GPH_ERR_VERIFY, "the real one");
    else
        gph_fail(context->env, GPH_ERR_USAGE, "a left-over of rank %d", context->rank);
    CU_ASSERT_EQUAL(gph_comm_agree(context, status), GPH_ERR_VERIFY);
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "the real one");
}

static void test_no_message(void)
{
    gph_context_t *context = gph_test_context();
    const gph_status_t status = context->rank == 0 ? GPH_ERR_STOPPED : GPH_OK;
    CU_ASSERT_EQUAL(gph_comm_agree(context, status), GPH_ERR_STOPPED);
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "GPH_ERR_STOPPED");
}

static void test_long_message(void)
{
    gph_context_t *context = gph_test_context();
    char text[2 * GPH_ERROR_CHARS];
    memset(text, 'y', sizeof text);
    text[sizeof text - 1] = '\0';
    gph_status_t status = GPH_OK;
    if (context->rank == context->ranks - 1)
        status = gph_fail(context->env, GPH_ERR_INPUT, "%s", text);
    CU_ASSERT_EQUAL(gph_comm_agree(context, status), GPH_ERR_INPUT);
    CU_ASSERT_EQUAL(strlen(gph_context_error(context)), GPH_ERROR_CHARS - 1);
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
}

static gph_status_t try_all(gph_context_t *context, int failing, bool *passed)
{
    gph_status_t status = GPH_OK;
    GPH_TRY_ALL(context,
                context->rank == failing ? gph_fail(context->env, GPH_ERR_INPUT, "bad") : GPH_OK);
    *passed = true;
cleanup:
    return status;
}

static void test_try_all(void)
{
    gph_context_t *context = gph_test_context();
    for (int failing = 0; failing <= context->ranks; failing++) {
        bool passed = false;
        const gph_status_t wanted = failing < context->ranks ? GPH_ERR_INPUT : GPH_OK;
        CU_ASSERT_EQUAL(try_all(context, failing, &passed), wanted);
        CU_ASSERT_EQUAL(passed, failing == context->ranks);
    }
}

static void test_same(void)
{
    gph_context_t *context = gph_test_context();
    GPH_EXPECT_OK(context, gph_comm_same(context, "a setting", INT64_MIN));
    GPH_EXPECT_OK(context, gph_comm_same(context, "a setting", INT64_MAX));
#ifdef GPH_DEBUG
    if (context->ranks == 1)
        return;
    const int64_t value = context->rank == context->ranks - 1 ? -5 : 70;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_comm_same(context, "a setting", value));
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "a setting differs between ranks: -5 to 70");
#endif
}

static void test_mpi_errors(void)
{
    gph_context_t *context = gph_test_context();
    int value = 0;
    GPH_EXPECT_OK(context, gph_comm_check(context, MPI_SUCCESS, "MPI_Bcast"));
    const int code = MPI_Bcast(&value, 1, MPI_INT, context->ranks + 3, context->comm);
    GPH_EXPECT_STATUS(context, GPH_ERR_SYSTEM, gph_comm_check(context, code, "MPI_Bcast"));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "MPI_Bcast failed: MPI_ERR_ROOT"));
}

GPH_TEST_SUITE(agree, {"is silent when all is well", test_all_well},
               {"spreads the failure of any one rank", test_each_rank_fails},
               {"prefers the lowest failing rank", test_lowest_wins},
               {"replaces other errors", test_other_errors_give_way},
               {"names a failure without message", test_no_message},
               {"carries the longest message", test_long_message},
               {"leaves together by GPH_TRY_ALL", test_try_all},
               {"notices arguments that differ", test_same},
               {"turns MPI errors into messages", test_mpi_errors});
