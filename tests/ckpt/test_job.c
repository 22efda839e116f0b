/* The engine: a job of tiles that is stopped again and again comes to the same sum. */
#include "ckpt/job.h"
#include "gph_test.h"
#include "par/comm.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TILES = 200, TILES_BEFORE_STOP = 5, AT_ONCE = -1 };

/** A job that adds up f(tile) over all tiles. */
typedef struct adder {
    gph_context_t *context;
    int64_t done[TILES];
    int64_t found[TILES]; /* since the last merge, on this rank */
    int64_t sum;          /* merged */
    int64_t ran;          /* tiles done on this rank since the start */
    int64_t stop_after;   /* tiles on this rank; 0: never, AT_ONCE: before the first */
} adder_t;

static int64_t value_of(int64_t tile)
{
    return tile * tile + 3;
}

static gph_status_t add_tile(void *data, int64_t tile, int thread)
{
    adder_t *adder = data;
    int64_t ran = 0;
    (void)thread;
    adder->found[tile] = value_of(tile);
    adder->done[tile] = 1;
    nanosleep(&(struct timespec){0, 200000}, NULL); /* a tile takes longer than asking to stop */
#pragma omp atomic capture
    ran = ++adder->ran;
    if (ran == adder->stop_after)
        gph_context_request_stop(adder->context);
    return GPH_OK;
}

static gph_status_t run(void *data, gph_pool_t *pool, const gph_worklist_t *list, int64_t low,
                        int64_t high)
{
    (void)list;
    (void)high;
    return gph_pool_work(pool, low, add_tile, data);
}

static gph_status_t merge(void *data)
{
    adder_t *adder = data;
    int64_t found = 0;
    for (int t = 0; t < TILES; ++t) {
        found += adder->found[t];
        adder->found[t] = 0;
    }
    const gph_status_t status = gph_comm_reduce_i64(adder->context, GPH_SUM, 1, &found);
    adder->sum += found;
    return status;
}

static gph_status_t save(void *data, gph_snapshot_t *snapshot)
{
    const adder_t *adder = data;
    const int64_t mine = adder->context->rank == 0 ? TILES : 0;
    gph_status_t status = gph_snapshot_put_i64(snapshot, "sum", adder->sum);
    if (status == GPH_OK)
        status =
            gph_snapshot_put_array(snapshot, "done", 1, TILES, TILES - mine, mine, adder->done);
    return gph_comm_agree(adder->context, status);
}

static gph_status_t serve(void *data, const void *request, int64_t bytes, gph_array_t *reply)
{
    (void)data;
    (void)request;
    (void)bytes;
    (void)reply;
    return GPH_OK;
}

/** Runs the job once; it stops after some tiles on this rank. Collective. */
static gph_status_t run_once(gph_context_t *context, const gph_checkpoint_options_t *options,
                             const char *identity, int64_t stop_after, adder_t *adder)
{
    int64_t work[TILES];
    gph_tiles_t tiles = {0};
    gph_pool_t *pool = NULL;
    gph_job_t *job = NULL;
    gph_snapshot_t *resumed = NULL;
    const gph_job_ops_t ops = {run, merge, save, adder};

    *adder = (adder_t){.context = context, .stop_after = stop_after};
    if (stop_after == AT_ONCE)
        gph_context_request_stop(context);
    for (int t = 0; t < TILES; ++t)
        work[t] = 10;
    GPH_EXPECT_OK(context, gph_tiles_cut(context, context->rank == 0 ? 0 : TILES,
                                         context->rank == 0 ? TILES : 0, work, TILES, &tiles));
    CU_ASSERT_EQUAL(tiles.count, TILES);
    gph_status_t status = gph_job_open(context, options, identity, &job, &resumed);
    if (status == GPH_OK) {
        if (resumed != NULL) {
            GPH_EXPECT_OK(context, gph_snapshot_i64(resumed, "sum", &adder->sum));
            GPH_EXPECT_OK(
                context, gph_snapshot_read_array(resumed, "done", 1, TILES, 0, TILES, adder->done));
        }
        GPH_EXPECT_OK(context, gph_pool_open(context, serve, NULL, &pool));
        status = gph_job_tiles(job, pool, &tiles, "adding", adder->done, &ops);
        gph_pool_close(&pool);
        status = gph_job_close(&job, status);
    }
    gph_snapshot_destroy(&resumed);
    gph_tiles_free(&tiles);
    return status;
}

static gph_checkpoint_options_t options_for(const char *name)
{
    gph_checkpoint_options_t options = gph_checkpoint_options_default();
    options.directory = gph_test_tmp(name);
    options.resume = true;
    return options;
}

/** Context whose stop has not been asked for. Collective. */
static gph_context_t *new_context(void)
{
    gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &context));
    return context;
}

static int64_t right_sum(void)
{
    int64_t sum = 0;
    for (int t = 0; t < TILES; ++t)
        sum += value_of(t);
    return sum;
}

static void test_stops_and_resumes(void)
{
    gph_test_context();
    const gph_checkpoint_options_t options = options_for("resumes");
    adder_t adder;
    gph_status_t status = GPH_ERR_STOPPED;
    int stops = 0;
    for (int i = 0; i < 100 && status == GPH_ERR_STOPPED; ++i) {
        gph_context_t *context = new_context();
        /* Another rank asks each time. The first try stops; of the others, those do in which
         * that rank gets its tiles before the rest are done. */
        const bool asks = context->rank == i % context->ranks;
        const int64_t after = i == 0 ? AT_ONCE : TILES_BEFORE_STOP;
        status = run_once(context, &options, "job=a\n", asks ? after : 0, &adder);
        stops += status == GPH_ERR_STOPPED;
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        gph_context_destroy(&context);
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT_TRUE(stops >= 1);
    CU_ASSERT_EQUAL(adder.sum, right_sum());
}

static void test_saves_while_running(void)
{
    gph_test_context();
    gph_checkpoint_options_t options = options_for("saves");
    gph_context_t *context = new_context();
    adder_t adder;
    options.every = 0; /* whenever the last one is written */
    GPH_EXPECT_OK(context, run_once(context, &options, "job=a\n", 0, &adder));
    CU_ASSERT_EQUAL(adder.sum, right_sum());
    CU_ASSERT_TRUE(gph_context_checkpoint_cost(context).written >= 1);
    gph_context_destroy(&context);
}

static void test_time_limit(void)
{
    gph_test_context();
    const gph_checkpoint_options_t options = options_for("limit");
    gph_context_t *context = new_context();
    adder_t adder;
    gph_context_set_time_limit(context, 1e-6);
    GPH_EXPECT_STATUS(context, GPH_ERR_STOPPED, run_once(context, &options, "job=a\n", 0, &adder));
    gph_context_destroy(&context);
    context = new_context();
    GPH_EXPECT_OK(context, run_once(context, &options, "job=a\n", 0, &adder));
    CU_ASSERT_EQUAL(adder.sum, right_sum());
    gph_context_destroy(&context);
}

static void test_refuses_another_job(void)
{
    gph_test_context();
    gph_checkpoint_options_t options = options_for("another");
    gph_context_t *context = new_context();
    adder_t adder;
    gph_context_request_stop(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_STOPPED,
                      run_once(context, &options, "job=a\nk=3\n", 0, &adder));
    gph_context_destroy(&context);
    context = new_context();
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      run_once(context, &options, "job=a\nk=4\n", 0, &adder));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "k=3"));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "k=4"));
    gph_context_clear_error(context);
    options.resume = false;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      run_once(context, &options, "job=a\nk=3\n", 0, &adder));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "resume"));
    gph_context_destroy(&context);
}

GPH_TEST_SUITE(ckpt_job,
               {"stopped by any rank, it goes on to the same sum", test_stops_and_resumes},
               {"checkpoints are written while tiles run", test_saves_while_running},
               {"at the time limit it stops and can go on", test_time_limit},
               {"checkpoints of another job, or not asked for, are refused",
                test_refuses_another_job});
