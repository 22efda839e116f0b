/* An allocation that fails at each successive call, on each rank in turn: the same status and
 * message on all ranks, nobody hangs, nothing leaks, results stay as they were. */
#include "gph_test.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <limits.h>
#include <string.h>

enum { MAX_RANKS = 16 };

/** Runs a call; *untouched tells whether its results stayed as they were. Frees them. */
typedef gph_status_t operation_fn(gph_context_t *context, bool *untouched);

/** Fails each allocation of `victim` until none is left. Returns how many there were. */
static int break_rank(gph_context_t *context, int victim, operation_fn *operation)
{
    const int64_t start = gph_mem_used(context->env);
    for (int nth = 1; nth < 100; nth++) {
        bool untouched = false;
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        const gph_status_t status = operation(context, &untouched);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
        CU_ASSERT_EQUAL(untouched, status != GPH_OK);
        if (status == GPH_OK)
            return nth - 1;
        CU_ASSERT_EQUAL(status, GPH_ERR_MEMORY);
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "failed"));
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    }
    return 100;
}

/** Does so on each rank; expects that every one has allocations to fail. */
static void break_each_rank(operation_fn *operation)
{
    gph_context_t *context = gph_test_context();
    for (int victim = 0; victim < context->ranks; victim++) {
        const int faults = break_rank(context, victim, operation);
        GPH_EXPECT(faults > 0 && faults < 100, "%d faults on rank %d", faults, victim);
    }
}

static gph_status_t exchange(gph_context_t *context, bool *untouched)
{
    const int32_t data[MAX_RANKS] = {0};
    int64_t send_count[MAX_RANKS];
    int64_t recv_count[MAX_RANKS];
    int32_t *got = NULL;
    for (int rank = 0; rank < MAX_RANKS; rank++) {
        send_count[rank] = rank % 2;
        recv_count[rank] = -7;
    }
    const gph_status_t status =
        gph_comm_exchange(context, sizeof *got, data, send_count, &got, recv_count);
    *untouched = got == NULL && recv_count[0] == -7;
    gph_free(got);
    return status;
}

static void test_exchange(void)
{
    break_each_rank(exchange);
}

static gph_status_t concat(gph_context_t *context, bool *untouched)
{
    const int64_t data[3] = {1, 2, 3};
    int64_t total = -7;
    int64_t *all = NULL;
    const gph_status_t status =
        gph_comm_concat_all(context, context->rank % 4, sizeof *data, data, &all, &total);
    *untouched = all == NULL && total == -7;
    gph_free(all);
    return status;
}

static void test_concat(void)
{
    break_each_rank(concat);
}

static void test_concat_in_chunks(void)
{
    gph_context_t *context = gph_test_context();
    context->chunk = 5;
    break_each_rank(concat);
    context->chunk = INT_MAX;
}

static gph_status_t sum_count(gph_context_t *context, bool *untouched)
{
    gph_count_t values[2] = {(gph_count_t)(context->rank + 1), 5};
    const gph_status_t status = gph_comm_sum_count(context, 2, values);
    *untouched = values[0] == (gph_count_t)(context->rank + 1) && values[1] == 5;
    // Of one rank the sums are the terms.
    if (status == GPH_OK && context->ranks == 1)
        *untouched = false;
    return status;
}

static void test_sum_count(void)
{
    break_each_rank(sum_count);
}

static gph_status_t tiles(gph_context_t *context, bool *untouched)
{
    gph_tiles_t cut = {.count = -7};
    int64_t work[20];
    for (int i = 0; i < 20; i++)
        work[i] = i * i;
    const gph_status_t status = gph_tiles_cut(context, 20 * context->rank, 20, work, 30, &cut);
    *untouched = cut.count == -7 && cut.start == NULL && cut.rank_start == NULL;
    gph_tiles_free(&cut);
    return status;
}

static void test_tiles(void)
{
    break_each_rank(tiles);
}

static gph_status_t phases(gph_context_t *context, bool *untouched)
{
    gph_phase_t phase[4] = {{.name = ""}};
    int count = -7;
    gph_phase_add(context, "work", 1.5);
    const gph_status_t status = gph_context_phases(context, phase, 4, &count);
    *untouched = count == -7 && phase[0].name[0] == '\0';
    return status;
}

static void test_phases(void)
{
    break_each_rank(phases);
}

GPH_TEST_SUITE(faults, {"exchange", test_exchange}, {"concatenation", test_concat},
               {"concatenation in chunks", test_concat_in_chunks}, {"128-bit sums", test_sum_count},
               {"tiles", test_tiles}, {"phases", test_phases});
