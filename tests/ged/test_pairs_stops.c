/* Batches that are stopped and resumed, refused, or meet failures. */
#include "pairs_sample.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Pairs of these graphs take long enough to be stopped among them. */
enum { HARD_GRAPHS = 16, HARD_NODES = 9, TRIES = 200 };

/* --- stopping ------------------------------------------------------------------------------- */

typedef struct stopper {
    gph_context_t *context;
    long milliseconds;
} stopper_t;

static void *stop_later(void *data)
{
    const stopper_t *stopper = data;
    nanosleep(
        &(struct timespec){stopper->milliseconds / 1000, stopper->milliseconds % 1000 * 1000000},
        NULL);
    gph_context_request_stop(stopper->context);
    return NULL;
}

/* A batch or a search on a communicator, stopped after a while (0: never). Collective over comm. */
static gph_status_t run(MPI_Comm comm, const char *path, int64_t nearest,
                        const gph_checkpoint_options_t *checkpoint, long milliseconds,
                        char digest[64])
{
    gph_context_options_t settings = gph_test_options();
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_context_t *context = NULL;
    gph_collection_t *collection = NULL;
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    pthread_t thread;
    options.checkpoint = checkpoint;
    CU_ASSERT_EQUAL(gph_context_create(comm, &settings, &context), GPH_OK);
    GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &collection));
    GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
    stopper_t stopper = {context, milliseconds};
    const bool stops = milliseconds > 0 && gph_context_rank(context) == 0 &&
                       pthread_create(&thread, NULL, stop_later, &stopper) == 0;
    const gph_status_t status = nearest > 0
                                    ? gph_ged_search(collection, 2, nearest, &options, &batch)
                                    : gph_ged_batch(collection, pairs, &options, &batch);
    if (stops)
        pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(batch != NULL, status == GPH_OK || status == GPH_ERR_STOPPED);
    if (status == GPH_OK)
        snprintf(digest, 64, "%s", gph_ged_batch_digest(batch));
    if (status == GPH_ERR_STOPPED) {
        CU_ASSERT(gph_ged_batch_summary(batch)->done < gph_ged_batch_summary(batch)->pairs);
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "pairs done"));
    }
    gph_ged_batch_destroy(&batch);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
    gph_context_destroy(&context);
    return status;
}

/* Stopped again and again on all ranks, then ended on half of them. Returns the stops. */
static int stop_and_resume(const char *path, int64_t nearest, const char *folder)
{
    gph_checkpoint_options_t checkpoint = gph_checkpoint_options_default();
    const bool half = gph_test_rank() < (gph_test_ranks() + 1) / 2;
    gph_status_t status = GPH_ERR_STOPPED;
    MPI_Comm part = MPI_COMM_NULL;
    char whole[64] = "";
    char pieces[64] = "";
    int stops = 0;

    checkpoint.directory = sample_folder(folder);
    checkpoint.resume = true;
    checkpoint.every = 0.001;
    CU_ASSERT_EQUAL(run(MPI_COMM_WORLD, path, nearest, NULL, 0, whole), GPH_OK);
    for (int i = 0; i < 3 && status == GPH_ERR_STOPPED; i++) {
        status = run(MPI_COMM_WORLD, path, nearest, &checkpoint, 5 + 5 * i, pieces);
        stops += status == GPH_ERR_STOPPED;
    }
    MPI_Comm_split(MPI_COMM_WORLD, half ? 0 : 1, 0, &part);
    if (half && status == GPH_ERR_STOPPED)
        status = run(part, path, nearest, &checkpoint, 0, pieces);
    MPI_Comm_free(&part);
    (void)gph_test_all(true);
    if (half) {
        CU_ASSERT_EQUAL(status, GPH_OK);
        CU_ASSERT_STRING_EQUAL(pieces, whole);
    }
    CU_ASSERT_STRING_NOT_EQUAL(whole, "");
    return stops;
}

static void test_resumes(void)
{
    (void)gph_test_context();
    const char *path = sample_graphs("hard.txt", HARD_GRAPHS, HARD_NODES, HARD_NODES, 60);
    /* Whether a stop comes in time is up to the machine; that results are right is not. */
    const int stops = stop_and_resume(path, 0, "batch") + stop_and_resume(path, 3, "nearest");
    if (!gph_test_all(stops > 0))
        gph_test_skip("the batch was over before it was stopped");
}

static void test_refuses_other_job(void)
{
    gph_context_t *context = gph_test_context();
    gph_checkpoint_options_t checkpoint = gph_checkpoint_options_default();
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_collection_t *collection = sample_load(context, 8, 1, 4);
    gph_context_options_t settings = gph_test_options();
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    char digest[64];
    if (!gph_test_all(collection != NULL))
        return;
    checkpoint.directory = sample_folder("other");
    checkpoint.resume = true;
    options.checkpoint = &checkpoint;
    /* A context with its stop asked for before the start leaves a checkpoint. */
    gph_context_t *stopped = NULL;
    gph_collection_t *same = NULL;
    CU_ASSERT_EQUAL(gph_context_create(MPI_COMM_WORLD, &settings, &stopped), GPH_OK);
    GPH_EXPECT_OK(stopped, gph_collection_load(stopped, gph_test_tmp("sample.txt"), NULL, &same));
    GPH_EXPECT_OK(stopped, gph_ged_pairs_all(same, &pairs));
    gph_context_request_stop(stopped);
    GPH_EXPECT_STATUS(stopped, GPH_ERR_STOPPED, gph_ged_batch(same, pairs, &options, &batch));
    CU_ASSERT_STRING_EQUAL(gph_ged_batch_digest(batch), "");
    gph_ged_batch_destroy(&batch);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&same);
    gph_context_destroy(&stopped);

    GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
    options.pair.method = GPH_GED_BRANCH;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_ged_batch(collection, pairs, &options, &batch));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "method=branch"));
    CU_ASSERT_PTR_NULL(batch);
    CU_ASSERT_EQUAL(run(MPI_COMM_WORLD, gph_test_tmp("sample.txt"), 0, &checkpoint, 0, digest),
                    GPH_OK);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
}

/* --- refusals ------------------------------------------------------------------------------- */

static void refuse_pairs(const gph_collection_t *collection, const char *text, const char *says)
{
    gph_context_t *context = gph_test_context();
    gph_ged_pairs_t *pairs = NULL;
    const char *path = sample_file("refused.txt", text);
    GPH_EXPECT_STATUS(NULL, GPH_ERR_INPUT, gph_ged_pairs_read(collection, path, &pairs));
    GPH_EXPECT(strstr(gph_context_error(context), says) != NULL, "'%s' says '%s'", text,
               gph_context_error(context));
    CU_ASSERT_PTR_NULL(pairs);
}

static void refuse_options(const gph_collection_t *collection,
                           const gph_ged_batch_options_t *options, const char *says)
{
    gph_context_t *context = gph_test_context();
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    GPH_EXPECT_OK(context, gph_ged_pairs_cross(collection, 2, &pairs));
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_batch(collection, pairs, options, &batch));
    GPH_EXPECT(strstr(gph_context_error(context), says) != NULL, "wanted '%s', got '%s'", says,
               gph_context_error(context));
    gph_ged_pairs_destroy(&pairs);
}

static void test_refuses(void)
{
    gph_context_t *context = gph_test_context();
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_costs_t costs = gph_ged_costs_default();
    gph_collection_t *collection = sample_load(context, 5, 1, 4);
    gph_collection_t *empty = NULL;
    gph_ged_batch_t *batch = NULL;
    const char *path = sample_file("nothing.txt", "# no graph\n");
    GPH_EXPECT_STATUS(NULL, GPH_ERR_INPUT, gph_collection_load(context, path, NULL, &empty));
    if (!gph_test_all(collection != NULL))
        return;
    refuse_pairs(collection, "0 1\n1 5\n", ":2: graph 5, but there are 5 graphs");
    refuse_pairs(collection, "0 x\n", ":1: 'x' where the number of a graph");
    refuse_pairs(collection, "0 1\n2\n", ":2: '' where the number of a graph");
    refuse_pairs(collection, "0 -1\n", ":1: '-1' where the number of a graph");
    options.out_path = "out.txt";
    refuse_options(collection, &options, ".tsv or .h5");
    options.out_path = NULL;
    options.matrix_path = "out.h5";
    refuse_options(collection, &options, "all pairs");
    options.matrix_path = NULL;
    options.tiles = -1;
    refuse_options(collection, &options, "tiles");
    options.tiles = 0;
    costs.edge.insert = -1;
    options.costs = &costs;
    refuse_options(collection, &options, "");
    options = gph_ged_batch_options_default();
    context = gph_test_context();
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_search(collection, 1, 0, &options, &batch));
    options.pair.method = GPH_GED_HED;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_search(collection, 1, 3, &options, &batch));
    gph_collection_destroy(&collection);
    (void)gph_test_context();
}

/* --- faults --------------------------------------------------------------------------------- */

/* A batch and a search with files, from nothing. */
static gph_status_t run_all(gph_context_t *context, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_collection_t *collection = NULL;
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    options.tiles = 5;
    options.out_path = gph_test_tmp("fault.tsv");
    options.matrix_path = gph_test_tmp("fault.h5");
    GPH_TRY(gph_collection_load(context, path, NULL, &collection));
    GPH_TRY(gph_ged_pairs_all(collection, &pairs));
    GPH_TRY(gph_ged_batch(collection, pairs, &options, &batch));
    gph_ged_batch_destroy(&batch);
    options.matrix_path = NULL;
    GPH_TRY(gph_ged_search(collection, 1, 2, &options, &batch));

cleanup:
    gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
    gph_ged_batch_destroy(&batch);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
    return status;
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    char path[512] = ""; /* of its own: the runs name more files than there are shared buffers */
    snprintf(path, sizeof path, "%s", sample_graphs("faults.txt", 6, 0, 4, 40));
    const int victim = context->ranks - 1;
    int64_t calls = 0;
    int64_t failed = 0;
    gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
    /* gph_fault_plan() at the end of the run starts counting anew, so the plan is a far one. */
    gph_collection_t *collection = NULL;
    GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &collection));
    gph_collection_destroy(&collection);
    calls = gph_fault_calls(context->env, GPH_FAULT_ALLOC);
    MPI_Bcast(&calls, 1, MPI_INT64_T, victim, MPI_COMM_WORLD);
    gph_status_t status = GPH_ERR_MEMORY;
    for (int64_t nth = calls; nth < calls + TRIES * 3 && status != GPH_OK; nth += 3) {
        gph_context_clear_error(context);
        const int64_t used = gph_mem_used(context->env);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        status = run_all(context, path);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT(status == GPH_OK || status == GPH_ERR_MEMORY);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
        failed += status == GPH_ERR_MEMORY;
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT(failed > 10);
    (void)gph_test_context();
}

GPH_TEST_SUITE(ged_pairs_stops, {"stopped and resumed, to the same digest", test_resumes},
               {"checkpoints of another batch are refused", test_refuses_other_job},
               {"refuses what makes no sense", test_refuses},
               {"survives a failure of each allocation", test_faults});
