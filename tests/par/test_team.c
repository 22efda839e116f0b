/* The thread team. */
#include "base/clock.h"
#include "gph_test.h"
#include "par/team.h"

#include <stdatomic.h>

enum { TASKS = 500 };

typedef struct trace {
    _Atomic int runs[TASKS];
    _Atomic int total;
    _Atomic int bad_threads;
    int threads;
    int first_failure; /**< tasks from here on fail */
} trace_t;

static gph_status_t note_task(void *data, int64_t task, int thread)
{
    trace_t *trace = data;
    trace->runs[task]++;
    trace->total++;
    trace->bad_threads += thread < 0 || thread >= trace->threads;
    if (task < trace->first_failure)
        return GPH_OK;
    return task == trace->first_failure ? GPH_ERR_VERIFY : GPH_ERR_SYSTEM;
}

static void run(trace_t *trace, int64_t count, int first_failure, gph_status_t wanted)
{
    gph_context_t *context = gph_test_context();
    for (int i = 0; i < TASKS; i++)
        trace->runs[i] = 0;
    trace->total = 0;
    trace->bad_threads = 0;
    trace->threads = context->threads;
    trace->first_failure = first_failure;
    CU_ASSERT_EQUAL(gph_team_run(context, count, note_task, trace), wanted);
    CU_ASSERT_EQUAL(trace->bad_threads, 0);
}

static void test_each_task_once(void)
{
    trace_t trace;
    const int64_t counts[] = {0, 1, 2, 3, 10, TASKS};
    for (int c = 0; c < 6; c++) {
        int wrong = 0;
        run(&trace, counts[c], TASKS, GPH_OK);
        for (int i = 0; i < TASKS; i++)
            wrong += trace.runs[i] != (i < counts[c]);
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

static void test_failure(void)
{
    trace_t trace;
    for (int first = 0; first < TASKS; first += 83) {
        int wrong = 0;
        run(&trace, TASKS, first, GPH_ERR_VERIFY); // never that of a later one
        for (int i = 0; i <= first; i++)
            wrong += trace.runs[i] != 1;
        CU_ASSERT_EQUAL(wrong, 0);
    }
    run(&trace, TASKS, TASKS - 1, GPH_ERR_VERIFY);
}

static void test_rest_is_skipped(void)
{
    trace_t trace;
    run(&trace, TASKS, 0, GPH_ERR_VERIFY);
    if (gph_test_context()->threads == 1)
        CU_ASSERT_EQUAL(trace.total, 1);
    CU_ASSERT_TRUE(trace.total < TASKS);
}

typedef struct meeting {
    atomic_bool later_failed;
    double deadline; /**< of the wait, should there be one thread only */
} meeting_t;

/** Task 0 fails after a later one has, where there is a thread for that. */
static gph_status_t fail_late(void *data, int64_t task, int thread)
{
    meeting_t *meeting = data;
    (void)thread;
    if (task > 0) {
        meeting->later_failed = true;
        return GPH_ERR_SYSTEM;
    }
    while (!meeting->later_failed && gph_clock_now() < meeting->deadline)
        continue;
    return GPH_ERR_VERIFY;
}

static void test_late_failure(void)
{
    const gph_context_t *context = gph_test_context();
    meeting_t meeting = {.deadline = gph_clock_now() + (context->threads > 1 ? 5 : 0)};
    CU_ASSERT_EQUAL(gph_team_run(context, 2, fail_late, &meeting), GPH_ERR_VERIFY);
    CU_ASSERT_EQUAL(meeting.later_failed, context->threads > 1);
}

typedef struct order {
    int64_t last[64]; /**< by thread */
    _Atomic int wrong;
} order_t;

static gph_status_t note_order(void *data, int64_t task, int thread)
{
    order_t *order = data;
    if (thread < 0 || thread >= 64 || order->last[thread] >= task)
        order->wrong++;
    else
        order->last[thread] = task;
    return GPH_OK;
}

static void test_in_order(void)
{
    order_t order = {.wrong = 0};
    for (int i = 0; i < 64; i++)
        order.last[i] = -1;
    CU_ASSERT_EQUAL(gph_team_run(gph_test_context(), TASKS, note_order, &order), GPH_OK);
    CU_ASSERT_EQUAL(order.wrong, 0);
}

typedef struct cover {
    _Atomic int hits[TASKS];
    _Atomic int ranges;
    _Atomic int64_t shortest;
    int64_t fail_at; /**< the range with this item fails */
} cover_t;

static gph_status_t note_range(void *data, int64_t begin, int64_t end, int thread)
{
    cover_t *cover = data;
    (void)thread;
    cover->ranges++;
    for (int64_t i = begin; i < end; i++)
        cover->hits[i]++;
    int64_t shortest = cover->shortest;
    while (end - begin < shortest &&
           !atomic_compare_exchange_weak(&cover->shortest, &shortest, end - begin))
        continue;
    return begin <= cover->fail_at && cover->fail_at < end ? GPH_ERR_INPUT : GPH_OK;
}

static void test_ranges(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t grains[] = {0, 1, 7, 100, 1000};
    for (int64_t count = 0; count < TASKS; count = 2 * count + 1)
        for (int g = 0; g < 5; g++) {
            cover_t cover = {.shortest = INT64_MAX, .fail_at = -1};
            int wrong = 0;
            CU_ASSERT_EQUAL(gph_team_ranges(context, count, grains[g], note_range, &cover), GPH_OK);
            for (int64_t i = 0; i < TASKS; i++)
                wrong += cover.hits[i] != (i < count);
            CU_ASSERT_EQUAL(wrong, 0);
            CU_ASSERT_TRUE(cover.ranges <= context->threads);
            CU_ASSERT_EQUAL(cover.ranges == 0, count == 0);
            // Below the grain only where a single range is left.
            CU_ASSERT_TRUE(cover.ranges <= 1 || cover.shortest >= grains[g]);
            if (count >= context->threads * grains[g] && count >= context->threads)
                CU_ASSERT_EQUAL(cover.ranges, context->threads);
        }
    cover_t cover = {.shortest = INT64_MAX, .fail_at = 99};
    CU_ASSERT_EQUAL(gph_team_ranges(context, 100, 1, note_range, &cover), GPH_ERR_INPUT);
}

static void test_grain(void)
{
    gph_context_t *context = gph_test_context();
    const double before = context->worth;
    context->worth = 1000;
    CU_ASSERT_EQUAL(gph_team_grain(context, 10), 100);
    CU_ASSERT_EQUAL(gph_team_grain(context, 3), 334);
    CU_ASSERT_EQUAL(gph_team_grain(context, 1e9), 1);
    CU_ASSERT_TRUE(gph_team_grain(context, 0) > INT64_MAX / 4);
    CU_ASSERT_TRUE(gph_team_grain(context, 1e-300) > INT64_MAX / 4);
    context->worth = before;
}

/* At most one thread for each `grain` tasks, each of which runs once. */
static void test_tasks(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t grains[] = {1, 2, 50, TASKS / 2 + 1, TASKS, INT64_MAX};
    for (int g = 0; g < 6; g++) {
        const int64_t most = TASKS / grains[g] > 1 ? TASKS / grains[g] : 1;
        trace_t trace = {.first_failure = TASKS,
                         .threads = most < context->threads ? (int)most : context->threads};
        int wrong = 0;
        CU_ASSERT_EQUAL(gph_team_tasks(context, TASKS, grains[g], note_task, &trace), GPH_OK);
        for (int64_t i = 0; i < TASKS; i++)
            wrong += trace.runs[i] != 1;
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(trace.bad_threads, 0);
    }
}

/* What is measured is kept, and never less than what caches cost. */
static void test_measure(void)
{
    gph_context_t *context = gph_test_context();
    const double before = context->worth;
    context->worth = 0;
    CU_ASSERT_TRUE(gph_team_grain(context, 1) > 1000);
    gph_team_measure(context);
    const double measured = context->worth;
    CU_ASSERT_TRUE(measured >= 60000 && measured < 1e10);
    gph_team_measure(context);
    CU_ASSERT_EQUAL(context->worth, measured);
    context->worth = before;
    gph_team_measure(context);
    CU_ASSERT_EQUAL(context->worth, before);
}

GPH_TEST_SUITE(team, {"runs each task once", test_each_task_once},
               {"returns the lowest failure", test_failure},
               {"returns the lowest failure, even a late one", test_late_failure},
               {"skips the rest after a failure", test_rest_is_skipped},
               {"hands tasks out in order", test_in_order},
               {"covers all items by ranges", test_ranges},
               {"knows how many items are worth a thread", test_grain},
               {"keeps few tasks on the calling thread", test_tasks},
               {"measures once what is worth a thread", test_measure});
