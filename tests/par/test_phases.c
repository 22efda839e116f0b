/* Phase timers. */
#include "base/clock.h"
#include "gph_test.h"
#include "par/comm.h"
#include "par/team.h"

#include <stdio.h>
#include <string.h>

static gph_context_t *make_context(void)
{
    const gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    if (gph_context_create(MPI_COMM_WORLD, &options, &context) != GPH_OK)
        MPI_Abort(MPI_COMM_WORLD, 1);
    return context;
}

static void expect_phase(const gph_phase_t *phase, const char *name, double min, double avg,
                         double max)
{
    GPH_EXPECT(strcmp(phase->name, name) == 0, "phase %s instead of %s", phase->name, name);
    CU_ASSERT_DOUBLE_EQUAL(phase->min_seconds, min, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(phase->avg_seconds, avg, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(phase->max_seconds, max, 1e-9);
}

static void test_none(void)
{
    gph_context_t *context = make_context();
    int count = -1;
    GPH_EXPECT_OK(context, gph_context_phases(context, NULL, 0, &count));
    CU_ASSERT_EQUAL(count, 0);
    gph_context_destroy(&context);
}

static void test_times(void)
{
    gph_context_t *context = make_context();
    gph_phase_t phase[8];
    int count = -1;
    const double ranks = context->ranks;
    const bool last = context->rank == context->ranks - 1;
    gph_phase_add(context, "read", context->rank);
    if (last) // known to one rank alone, and before "count" there
        gph_phase_add(context, "repair", 6);
    gph_phase_add(context, "count", 2);
    gph_phase_add(context, "count", 3);
    GPH_EXPECT_OK(context, gph_context_phases(context, phase, 8, &count));
    CU_ASSERT_EQUAL(count, 3);
    const int at = context->ranks == 1 ? 1 : 2; // rank 0's order first, then what others add
    expect_phase(&phase[0], "read", 0, (ranks - 1) / 2, ranks - 1);
    expect_phase(&phase[at], "repair", context->ranks == 1 ? 6 : 0, 6 / ranks, 6);
    expect_phase(&phase[3 - at], "count", 5, 5, 5);
    gph_context_destroy(&context);
}

static void test_little_room(void)
{
    gph_context_t *context = make_context();
    gph_phase_t phase[2] = {{.name = "old"}, {.name = "old"}};
    int count = -1;
    gph_phase_add(context, "a", 1);
    gph_phase_add(context, "b", 1);
    GPH_EXPECT_OK(context, gph_context_phases(context, phase, 1, &count));
    CU_ASSERT_EQUAL(count, 2);
    CU_ASSERT_STRING_EQUAL(phase[0].name, "a");
    CU_ASSERT_STRING_EQUAL(phase[1].name, "old");
    CU_ASSERT_EQUAL(gph_context_phases(context, NULL, 1, &count), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_context_phases(context, phase, -1, &count), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_context_phases(context, phase, 1, NULL), GPH_ERR_USAGE);
    gph_context_destroy(&context);
}

static void wait_for(double seconds)
{
    const double end = gph_clock_now() + seconds;
    while (gph_clock_now() < end)
        continue;
}

static void test_clocked(void)
{
    gph_context_t *context = make_context();
    gph_phase_t phase[4];
    int count = -1;
    const double begin = gph_clock_now();
    gph_phase_begin(context, "first");
    wait_for(0.01);
    gph_phase_begin(context, "second"); // ends the first
    gph_phase_end(context);
    wait_for(0.05);
    gph_phase_end(context); // nothing runs any more
    gph_phase_begin(context, "first");
    wait_for(0.01);
    gph_phase_end(context);
    const double whole = gph_clock_now() - begin;
    GPH_EXPECT_OK(context, gph_context_phases(context, phase, 4, &count));
    CU_ASSERT_EQUAL(count, 2);
    CU_ASSERT_STRING_EQUAL(phase[0].name, "first");
    CU_ASSERT_STRING_EQUAL(phase[1].name, "second");
    CU_ASSERT_TRUE(phase[0].min_seconds >= 0.02);
    CU_ASSERT_TRUE(phase[0].min_seconds + phase[1].min_seconds <= whole - 0.05);
    CU_ASSERT_TRUE(phase[0].min_seconds <= phase[0].avg_seconds + 1e-12);
    CU_ASSERT_TRUE(phase[0].avg_seconds <= phase[0].max_seconds + 1e-12);
    gph_context_destroy(&context);
}

static void test_many(void)
{
    gph_context_t *context = make_context();
    static gph_phase_t phase[128];
    int count = -1;
    double sum = 0;
    for (int i = 0; i < 100; i++) {
        char name[64];
        snprintf(name, sizeof name, "phase %d with a name that is longer than its room", i);
        gph_phase_add(context, name, 1);
    }
    GPH_EXPECT_OK(context, gph_context_phases(context, phase, 128, &count));
    CU_ASSERT_EQUAL(count, 64);
    CU_ASSERT_STRING_EQUAL(phase[0].name, "phase 0 with a name that is lon");
    CU_ASSERT_STRING_EQUAL(phase[63].name, "other");
    for (int i = 0; i < count && i < 128; i++)
        sum += phase[i].avg_seconds;
    CU_ASSERT_DOUBLE_EQUAL(sum, 100, 1e-9); // no time is lost
    gph_context_destroy(&context);
}

/* Runs tasks of 10 ms on all threads: twice as many as there are threads. */
static gph_status_t busy_task(void *data, int64_t task, int thread)
{
    (void)data;
    (void)task;
    (void)thread;
    wait_for(0.01);
    return GPH_OK;
}

static void test_threads(void)
{
    gph_context_t *context = make_context();
    gph_phase_t phase[2];
    int count = -1;
    gph_phase_begin(context, "work");
    GPH_EXPECT_OK(context, gph_team_run(context, 2 * context->threads, busy_task, NULL));
    gph_phase_end(context);
    GPH_EXPECT_OK(context, gph_context_phases(context, phase, 2, &count));
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_TRUE(phase[0].thread_avg_seconds >= 0.02 - 1e-9);
    CU_ASSERT_TRUE(phase[0].thread_min_seconds <= phase[0].thread_avg_seconds + 1e-9);
    CU_ASSERT_TRUE(phase[0].thread_max_seconds >= phase[0].thread_avg_seconds - 1e-9);
    CU_ASSERT_TRUE(phase[0].region_seconds >= phase[0].thread_avg_seconds - 1e-9);
    CU_ASSERT_TRUE(phase[0].region_seconds <= phase[0].avg_seconds + 1e-9);
    CU_ASSERT_TRUE(phase[0].cpu_seconds > 0);
    gph_context_destroy(&context);
}

/* Rank 0 comes late: the others wait for it, and its work is more than the mean. */
static void test_waiting(void)
{
    gph_context_t *context = make_context();
    gph_phase_t phase[2];
    gph_usage_t usage;
    int count = -1;
    gph_phase_begin(context, "uneven");
    if (context->rank == 0)
        wait_for(0.2);
    GPH_EXPECT_OK(context, gph_comm_agree(context, GPH_OK));
    gph_phase_end(context);
    GPH_EXPECT_OK(context, gph_context_phases(context, phase, 2, &count));
    GPH_EXPECT_OK(context, gph_context_usage(context, &usage));
    CU_ASSERT_TRUE(phase[0].work_max_seconds >= 0.2 - 1e-9);
    CU_ASSERT_TRUE(phase[0].avg_seconds >= phase[0].wait_seconds);
    CU_ASSERT_DOUBLE_EQUAL(phase[0].work_seconds + phase[0].wait_seconds, phase[0].avg_seconds,
                           1e-9);
    if (context->ranks > 1)
        CU_ASSERT_TRUE(phase[0].wait_seconds > 0.05);
    CU_ASSERT_TRUE(usage.wait_seconds >= phase[0].wait_seconds - 1e-9);
    CU_ASSERT_TRUE(usage.wall_seconds >= phase[0].max_seconds);
    CU_ASSERT_TRUE(usage.phase_seconds >= phase[0].avg_seconds - 1e-9);
    CU_ASSERT_EQUAL(usage.hosts, 1);
    CU_ASSERT_EQUAL(usage.host_ranks, context->ranks);
    gph_context_destroy(&context);
}

/* Each rank sends 3 elements to each other one. */
static void test_traffic(void)
{
    gph_context_t *context = make_context();
    gph_phase_t phase[2];
    gph_usage_t usage;
    int64_t send[3 * 16];
    int64_t recv[3 * 16];
    int64_t each[16];
    int count = -1;
    const int64_t ranks = context->ranks;
    for (int r = 0; r < context->ranks; r++)
        each[r] = 3;
    for (int i = 0; i < 3 * context->ranks; i++)
        send[i] = i;
    GPH_EXPECT_OK(context, gph_comm_exchange_known(context, sizeof *send, send, each, recv, each));
    gph_phase_begin(context, "talk");
    GPH_EXPECT_OK(context, gph_comm_exchange_known(context, sizeof *send, send, each, recv, each));
    int64_t made = 0;
    GPH_EXPECT_OK(context, gph_comm_gather_all(context, 8, &made, recv));
    gph_phase_end(context);
    GPH_EXPECT_OK(context, gph_context_phases(context, phase, 2, &count));
    GPH_EXPECT_OK(context, gph_context_usage(context, &usage));
    CU_ASSERT_EQUAL(phase[0].messages, ranks * (ranks - 1));
    CU_ASSERT_EQUAL(phase[0].message_bytes, 24 * ranks * (ranks - 1));
    CU_ASSERT_TRUE(phase[0].collectives >= ranks);
    CU_ASSERT_TRUE(phase[0].collective_bytes >= 8 * ranks);
    CU_ASSERT_EQUAL(usage.messages, 2 * ranks * (ranks - 1));
    CU_ASSERT_EQUAL(usage.message_bytes, 48 * ranks * (ranks - 1));
    CU_ASSERT_TRUE(usage.collectives > phase[0].collectives);
    gph_context_destroy(&context);
}

GPH_TEST_SUITE(phases, {"are none at first", test_none}, {"merge over ranks by name", test_times},
               {"fill the room there is", test_little_room}, {"measure time", test_clocked},
               {"keep all time of too many phases", test_many},
               {"know their threads", test_threads}, {"know who waited", test_waiting},
               {"count messages", test_traffic});
