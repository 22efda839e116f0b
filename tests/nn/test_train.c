/* Training as a whole: results, files, stops and what goes wrong. */
#include "base/clock.h"
#include "gph/nn_predict.h"
#include "gph_test.h"
#include "nn_files.h"
#include "par/comm.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char small[] = "sbm:n=600,classes=3,features=12,p_in=0.04,p_out=0.004,seed=2";

static gph_train_options_t small_options(void)
{
    gph_train_options_t options = gph_train_options_default();
    options.data.path = small;
    options.data.tiles = 8;
    options.epochs = 6;
    options.seeds = 2;
    options.optimizer.rate = 0.05;
    return options;
}

static void test_same(void)
{
    gph_context_t *context = gph_test_context();
    gph_train_options_t options = small_options();
    gph_train_summary_t summary;
    for (int kind = 0; kind < 4; kind++) {
        char key[32];
        char value[96];
        options.model.kind = (gph_model_kind_t)kind;
        if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &summary)))
            continue;
        CU_ASSERT_EQUAL(summary.seeds, 2);
        CU_ASSERT_EQUAL(summary.epochs, 12);
        snprintf(key, sizeof key, "training of kind %d", kind);
        snprintf(value, sizeof value, "%s %.17g %.17g", summary.digest, summary.accuracy,
                 summary.loss);
        gph_test_expect_same(key, value);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

/* The graph helps: with it the groups are found, by features alone they are not. */
static void test_learns(void)
{
    gph_context_t *context = gph_test_context();
    gph_train_options_t options = small_options();
    gph_train_summary_t with;
    gph_train_summary_t without;
    options.epochs = 60;
    options.seeds = 1;
    if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &with)))
        return;
    options.model.kind = GPH_MODEL_LINEAR;
    if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &without)))
        return;
    GPH_EXPECT(with.accuracy > 0.85 && without.accuracy < 0.7, "accuracy %g with, %g without",
               with.accuracy, without.accuracy);
}

static void test_early_stop(void)
{
    gph_context_t *context = gph_test_context();
    gph_train_options_t options = small_options();
    gph_train_summary_t summary;
    options.epochs = 400;
    options.seeds = 1;
    options.patience = 5;
    options.every = 2;
    options.select = GPH_SELECT_BEST;
    if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &summary)))
        return;
    GPH_EXPECT(summary.epochs < 400 && summary.epochs % 2 == 0, "%lld epochs",
               (long long)summary.epochs);
    gph_test_expect_same("early stop", summary.digest);
}

/* --- stops ---------------------------------------------------------------------------------- */

/* Trains in parts: each stops after one epoch and is saved. Returns how many there were. */
static int train_in_parts(gph_context_t *context, const gph_train_options_t *options, int most,
                          gph_status_t *status, gph_train_summary_t *summary)
{
    int parts = 0;
    do {
        gph_context_clear_error(context);
        gph_context_set_time_limit(context, 1e-6);
        *status = gph_train_nodes(context, options, summary);
        parts++;
    } while (*status == GPH_ERR_STOPPED && parts < most);
    gph_context_set_time_limit(context, 0);
    return parts;
}

static void test_resume(void)
{
    gph_context_t *context = gph_test_context();
    gph_context_t *fewer = NULL;
    gph_context_options_t settings = gph_test_options();
    gph_train_options_t options = small_options();
    gph_checkpoint_options_t checkpoint = gph_checkpoint_options_default();
    gph_train_summary_t whole;
    gph_train_summary_t parts = {.seeds = 0};
    gph_status_t status = GPH_OK;
    MPI_Comm comm = MPI_COMM_NULL;
    const int ranks = gph_test_ranks();
    options.select = GPH_SELECT_BEST;
    if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &whole)))
        return;
    checkpoint.directory = gph_test_tmp("parts");
    checkpoint.resume = true;
    options.checkpoint = &checkpoint;
    CU_ASSERT_EQUAL(train_in_parts(context, &options, 4, &status, &parts), 4);
    CU_ASSERT_EQUAL(status, GPH_ERR_STOPPED);
    CU_ASSERT_EQUAL(parts.epochs, 4);
    /* The rest on fewer ranks. */
    MPI_Comm_split(MPI_COMM_WORLD, gph_test_rank() < (ranks + 1) / 2 ? 0 : MPI_UNDEFINED, 0, &comm);
    if (comm != MPI_COMM_NULL) {
        if (GPH_EXPECT_OK(NULL, gph_context_create(comm, &settings, &fewer))) {
            train_in_parts(fewer, &options, 30, &status, &parts);
            GPH_EXPECT_STATUS(fewer, GPH_OK, status);
            CU_ASSERT_STRING_EQUAL(parts.digest, whole.digest);
            CU_ASSERT(parts.accuracy == whole.accuracy && parts.epochs == whole.epochs);
        }
        gph_context_destroy(&fewer);
        MPI_Comm_free(&comm);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

/* Checkpoints of another training are refused, with what differs. */
static void test_identity(void)
{
    gph_context_t *context = gph_test_context();
    gph_train_options_t options = small_options();
    gph_checkpoint_options_t checkpoint = gph_checkpoint_options_default();
    gph_train_summary_t summary;
    gph_status_t status = GPH_OK;
    checkpoint.directory = gph_test_tmp("identity");
    checkpoint.resume = true;
    options.checkpoint = &checkpoint;
    CU_ASSERT_EQUAL(train_in_parts(context, &options, 1, &status, &summary), 1);
    options.optimizer.rate = 0.5;
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_train_nodes(context, &options, &summary));
    CU_ASSERT(strstr(gph_context_error(context), "rate=") != NULL);
}

static void test_not_finite(void)
{
    gph_context_t *context = gph_test_context();
    gph_train_options_t options = small_options();
    gph_checkpoint_options_t checkpoint = gph_checkpoint_options_default();
    gph_train_summary_t summary;
    struct stat about;
    char file[4096];
    checkpoint.directory = gph_test_tmp("infinite");
    checkpoint.every = 0;
    options.optimizer.kind = GPH_OPTIMIZER_SGD;
    options.optimizer.rate = 1e18;
    options.epochs = 50;
    options.checkpoint = &checkpoint;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_train_nodes(context, &options, &summary));
    GPH_EXPECT(strstr(gph_context_error(context), "not finite") != NULL &&
                   strstr(gph_context_error(context), "epoch") != NULL &&
                   strstr(gph_context_error(context), "checkpoint before is kept") != NULL,
               "%s", gph_context_error(context));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    snprintf(file, sizeof file, "%s/checkpoint-000001.h5", checkpoint.directory);
    GPH_EXPECT(stat(file, &about) == 0, "no checkpoint is kept");
}

/* --- files ---------------------------------------------------------------------------------- */

static void test_files(void)
{
    gph_context_t *context = gph_test_context();
    gph_train_options_t options = small_options();
    gph_train_summary_t summary;
    gph_predict_summary_t predicted;
    options.model_path = gph_test_tmp("model.h5");
    options.csv_path = gph_test_tmp("metrics.csv");
    options.hdf5_path = gph_test_tmp("metrics.h5");
    options.svg_path = gph_test_tmp("curves.svg");
    options.seeds = 1;
    const char *out = gph_test_tmp("classes.tsv");
    if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &summary)))
        return;
    CU_ASSERT_EQUAL(nn_files_lines(options.csv_path, "seed,epoch,rate,train_loss"), 1 + 6);
    CU_ASSERT(nn_files_lines(options.svg_path, "<svg") > 20);
    CU_ASSERT_EQUAL(nn_files_rows(options.hdf5_path, "test_accuracy"), 6);
    CU_ASSERT_EQUAL(nn_files_rows(options.model_path, "weights"), summary.weights);
    gph_prediction_t *prediction = NULL;
    if (!GPH_EXPECT_OK(context, gph_predict(context, options.model_path, small, &prediction)))
        return;
    predicted = gph_prediction_summary(prediction);
    CU_ASSERT(!predicted.graphs);
    CU_ASSERT_EQUAL(predicted.count, 600);
    CU_ASSERT(predicted.test_accuracy == summary.accuracy);
    CU_ASSERT_EQUAL(predicted.labelled, 600);
    GPH_EXPECT_OK(context, gph_prediction_write(prediction, out));
    CU_ASSERT_EQUAL(nn_files_lines(out, "vertex\tclass\tprobability"), 1 + 600);
    GPH_EXPECT_OK(context, gph_prediction_write(prediction, gph_test_tmp("classes.h5")));
    CU_ASSERT_EQUAL(nn_files_rows(gph_test_tmp("classes.h5"), "scores"), 3 * 600);
    gph_test_expect_same("scores", predicted.digest);
    gph_prediction_destroy(&prediction);
    /* Not a model, and data that do not fit. */
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_predict(context, options.hdf5_path, small, &prediction));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_predict(context, options.model_path, "sbm:n=50,features=3", &prediction));
    CU_ASSERT(strstr(gph_context_error(context), "features") != NULL);
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(
        context, GPH_ERR_INPUT,
        gph_predict(context, options.model_path, gph_test_tmp("absent"), &prediction));
    CU_ASSERT(strstr(gph_context_error(context), "classifies the vertices") != NULL);
    CU_ASSERT_PTR_NULL(prediction);
}

/* --- estimates ------------------------------------------------------------------------------ */

/* Says what it would take, writes nothing, and leaves training as it is. */
static void test_estimate(void)
{
    gph_context_t *context = gph_test_context();
    gph_train_options_t options = small_options();
    gph_train_summary_t trained;
    gph_train_summary_t sizes;
    gph_train_estimate_t estimate;
    gph_checkpoint_options_t checkpoint = gph_checkpoint_options_default();
    struct stat about;
    char first[64];
    options.every = 4;
    if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &trained)))
        return;
    snprintf(first, sizeof first, "%s", trained.digest);
    options.estimate = &estimate;
    options.model_path = gph_test_tmp("unwanted.h5");
    options.csv_path = gph_test_tmp("unwanted.csv");
    checkpoint.directory = gph_test_tmp("absent-folder");
    options.checkpoint = &checkpoint;
    if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &sizes)))
        return;
    CU_ASSERT_EQUAL(sizes.vertices, 600);
    CU_ASSERT_EQUAL(sizes.weights, trained.weights);
    CU_ASSERT_EQUAL(estimate.epochs, 12);
    CU_ASSERT(estimate.sampled >= 1 && estimate.sampled <= 12);
    CU_ASSERT(estimate.epoch_seconds > 0 && estimate.probe_seconds > 0);
    CU_ASSERT_DOUBLE_EQUAL(estimate.seconds, 12 * estimate.epoch_seconds, 1e-9);
    CU_ASSERT(estimate.seconds_error >= 0.05 * estimate.seconds * (1 - 1e-9));
    /* Dense products forward, of weights backward, and of the second layer's input; a quarter of a
     * pass forward for evaluation; sums over neighbours and themselves there and back. */
    const double rows = 600;
    const double arcs = 2 * (double)trained.edges + rows;
    const double out = (double)options.model.hidden;
    const double dense = 2 * rows * (12 * out * 2.25 + out * 3 * 3.25);
    const double gather = 2 * arcs * (12 * 1.25 + 3 * 2.25);
    GPH_EXPECT(fabs(estimate.epoch_flops - dense - gather) <= context->ranks,
               "%.0f operations, not %.0f", estimate.epoch_flops, dense + gather);
    CU_ASSERT((estimate.epoch_bytes > 0) == (context->ranks > 1));
    CU_ASSERT(estimate.memory > trained.weights * 4 && estimate.memory < INT64_C(1) << 30);
    CU_ASSERT(stat(options.model_path, &about) != 0 && stat(options.csv_path, &about) != 0);
    options.estimate = NULL;
    options.model_path = NULL;
    options.csv_path = NULL;
    options.checkpoint = NULL;
    if (GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &trained)))
        CU_ASSERT_STRING_EQUAL(trained.digest, first);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

/* --- memory --------------------------------------------------------------------------------- */

/* The n-th allocation of the last rank fails: the same status on all, no leak, no hang. */
static void test_memory(void)
{
    gph_context_t *context = gph_test_context();
    gph_train_options_t options = small_options();
    gph_train_summary_t summary;
    int64_t calls = 0;
    options.data.path = "sbm:n=40,classes=2,features=3,p_in=0.2";
    options.data.tiles = 4;
    options.epochs = 1;
    options.seeds = 1;
    for (int kind = 0; kind < 2; kind++) {
        options.model.kind = kind == 0 ? GPH_MODEL_GCN : GPH_MODEL_SAGE;
        options.model.norm = GPH_NORM_LAYER;
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        if (!GPH_EXPECT_OK(context, gph_train_nodes(context, &options, &summary)))
            return;
        calls = gph_fault_calls(context->env, GPH_FAULT_ALLOC);
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_MAX, 1, &calls));
        for (int64_t n = 1; n <= calls; n += 1 + n / 12) {
            gph_context_clear_error(context);
            if (context->rank == context->ranks - 1)
                gph_fault_plan(context->env, GPH_FAULT_ALLOC, n);
            const gph_status_t status = gph_train_nodes(context, &options, &summary);
            gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
            CU_ASSERT_TRUE(gph_test_same_i64(status));
            CU_ASSERT(status == GPH_ERR_MEMORY || status == GPH_OK);
            CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
        }
    }
}

GPH_TEST_SUITE(train, {"the same weights on any number of ranks and threads", test_same},
               {"learns from the graph", test_learns}, {"stops early", test_early_stop},
               {"goes on after stops, on fewer ranks", test_resume},
               {"refuses checkpoints of another training", test_identity},
               {"stops when numbers are not finite", test_not_finite},
               {"writes files and predicts from them", test_files}, {"estimates", test_estimate},
               {"survives failed allocations", test_memory});
