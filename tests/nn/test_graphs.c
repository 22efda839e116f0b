/* Classification of graphs as a whole: batches, folds, results, stops, bad input. */
#include "gph/nn_predict.h"
#include "gph_test.h"
#include "graph_sample.h"
#include "nn/graph_batch.h"
#include "nn_files.h"
#include "par/comm.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GRAPHS = 60 };

static const char *folder(const char *name)
{
    const char *path = gph_test_tmp(name);
    if (gph_test_rank() == 0)
        mkdir(path, 0777);
    MPI_Barrier(MPI_COMM_WORLD);
    return path;
}

/* --- batches -------------------------------------------------------------------------------- */

/* What the rows of a batch are, over all ranks: one number for each graph, at its place. */
static void test_batch(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_data_t data;
    gph_graph_batch_t batch = gph_graph_batch_init(context->env);
    int64_t list[GRAPHS];
    if (!gph_test_all(graph_sample_make(context, GRAPHS, &data)))
        return;
    for (int64_t count = 1; count <= GRAPHS; count += 13) {
        int64_t found[GRAPHS] = {0};
        int64_t labels[GRAPHS] = {0};
        for (int64_t i = 0; i < count; i++)
            list[i] = (i * 31 + 7) % GRAPHS;
        CU_ASSERT_EQUAL(gph_graph_batch_fill(&data, count, list, &batch), GPH_OK);
        CU_ASSERT_EQUAL(batch.graphs.total, count);
        for (int64_t i = 0; i < batch.graphs.rows; i++) {
            const int64_t at = batch.graphs.first + i;
            const int64_t degree =
                batch.nodes.offset[batch.start[i + 1]] - batch.nodes.offset[batch.start[i]];
            found[at] = 1000 * (batch.start[i + 1] - batch.start[i]) + degree;
            CU_ASSERT_EQUAL(batch.class[i], data.class[list[at]]);
            for (int64_t r = batch.start[i]; r < batch.start[i + 1]; r++)
                for (int64_t f = 0; f < SAMPLE_FEATURES; f++)
                    labels[at] += batch.input.value[r * SAMPLE_FEATURES + f] > 0 ? f + 1 : 0;
            for (gph_off_t e = batch.nodes.offset[batch.start[i]];
                 e < batch.nodes.offset[batch.start[i + 1]]; e++)
                CU_ASSERT(batch.nodes.adjacent[e] >= batch.start[i] &&
                          batch.nodes.adjacent[e] < batch.start[i + 1]);
        }
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, count, found));
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, count, labels));
        for (int64_t i = 0; i < count; i++) {
            const int64_t low = data.node[list[i]];
            const int64_t high = data.node[list[i] + 1];
            int64_t sum = 0;
            for (int64_t v = low; v < high; v++)
                sum += data.label[v] + 1;
            CU_ASSERT_EQUAL(found[i], 1000 * (high - low) + data.offset[high] - data.offset[low]);
            CU_ASSERT_EQUAL(labels[i], sum);
        }
    }
    gph_graph_batch_free(&batch);
    graph_sample_free(&data);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

/* --- a collection on disk ------------------------------------------------------------------- */

static FILE *open_table(const char *base, const char *suffix)
{
    char path[700];
    snprintf(path, sizeof path, "%s/S_%s.txt", base, suffix);
    return fopen(path, "w");
}

/* A TUDataset folder: chains of class 0, cycles of class 1, with two labels at random. */
static const char *write_collection(const char *name)
{
    const char *base = folder(name);
    if (gph_test_rank() == 0) {
        FILE *arc = open_table(base, "A");
        FILE *indicator = open_table(base, "graph_indicator");
        FILE *class = open_table(base, "graph_labels");
        FILE *label = open_table(base, "node_labels");
        int node = 1;
        for (int g = 0; g < GRAPHS; g++) {
            const int nodes = 4 + g % 5;
            fprintf(class, "%d\n", g % 2 == 0 ? -1 : 1);
            for (int i = 0; i < nodes; i++) {
                const int next = i + 1 < nodes ? node + i + 1 : node;
                fprintf(indicator, "%d\n", g + 1);
                fprintf(label, "%d\n", (g * 3 + i * i) % 2);
                if (i + 1 < nodes || g % 2 == 1)
                    fprintf(arc, "%d, %d\n%d, %d\n", node + i, next, next, node + i);
            }
            node += nodes;
        }
        fclose(arc);
        fclose(indicator);
        fclose(class);
        fclose(label);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    return base;
}

static gph_graphs_options_t small_options(const char *path)
{
    gph_graphs_options_t options = gph_graphs_options_default();
    options.path = path;
    options.fold_count = 3;
    options.epochs = 4;
    options.batch = 16;
    options.model.layers = 2;
    options.model.hidden = 8;
    options.model.norm = GPH_NORM_NONE;
    return options;
}

static void test_same(void)
{
    gph_context_t *context = gph_test_context();
    gph_graphs_options_t options = small_options(write_collection("tu-same"));
    gph_graphs_summary_t summary;
    for (int readout = 0; readout < 3; readout++) {
        char key[32];
        char value[128];
        options.readout = (gph_readout_t)readout;
        if (!GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &summary)))
            continue;
        CU_ASSERT_EQUAL(summary.folds, 3);
        CU_ASSERT_EQUAL(summary.epochs, 12);
        snprintf(key, sizeof key, "graphs, readout %d", readout);
        snprintf(value, sizeof value, "%s %.17g %.17g %.17g", summary.digest, summary.accuracy,
                 summary.loss, summary.train_loss);
        gph_test_expect_same(key, value);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

/* Chains and cycles differ by their structure alone. */
static void test_learns(void)
{
    gph_context_t *context = gph_test_context();
    gph_graphs_options_t options = small_options(write_collection("tu-learns"));
    gph_graphs_summary_t summary;
    if (gph_test_ranks() > 1)
        return; /* the same bits, as test_same() tells, at more cost */
    options.epochs = 60;
    options.model.dropout = 0;
    if (!GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &summary)))
        return;
    GPH_EXPECT(summary.accuracy > 0.95, "accuracy %g", summary.accuracy);
    options.model.kind = GPH_MODEL_LINEAR; /* without the graph, sizes tell nothing */
    options.readout = GPH_READOUT_MEAN;
    if (GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &summary)))
        GPH_EXPECT(summary.last_accuracy < 0.8, "accuracy %g without edges", summary.last_accuracy);
}

/* --- files ---------------------------------------------------------------------------------- */

static void test_files(void)
{
    gph_context_t *context = gph_test_context();
    gph_graphs_options_t options = small_options(write_collection("tu-files"));
    gph_graphs_summary_t summary;
    options.csv_path = gph_test_tmp("graphs.csv");
    options.hdf5_path = gph_test_tmp("graphs.h5");
    options.svg_path = gph_test_tmp("graphs.svg");
    if (!GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &summary)))
        return;
    CU_ASSERT_EQUAL(nn_files_lines(options.csv_path, "fold,epoch,rate,train_loss,"), 1 + 12);
    CU_ASSERT_EQUAL(nn_files_rows(options.hdf5_path, "test_accuracy"), 12);
    CU_ASSERT(nn_files_lines(options.svg_path, "<svg") > 20);
}

/* --- predictions ---------------------------------------------------------------------------- */

/* Accuracy of a file of predictions against the classes that write_collection() gives. */
static double accuracy_of(const char *path)
{
    char name[64];
    char class[64];
    double probability = 0;
    int graph = 0;
    int right = 0;
    int lines = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "graph name class probability") != 0)
        return -1;
    while (fscanf(file, "%d %63s %63s %lf", &graph, name, class, &probability) == 4) {
        CU_ASSERT_EQUAL(graph, lines);
        CU_ASSERT(probability >= 0.5 && probability <= 1);
        right += strcmp(class, graph % 2 == 0 ? "-1" : "1") == 0;
        lines++;
    }
    fclose(file);
    return lines == GRAPHS ? (double)right / lines : -1;
}

static void write_text(const char *path, const char *text)
{
    if (gph_test_rank() == 0) {
        FILE *file = fopen(path, "w");
        fputs(text, file);
        fclose(file);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

static void expect_unfit(const char *model, const char *data, const char *text)
{
    gph_context_t *context = gph_test_context();
    gph_prediction_t *prediction = NULL;
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_predict(context, model, data, &prediction));
    GPH_EXPECT(strstr(gph_context_error(context), text) != NULL, "'%s' lacks '%s'",
               gph_context_error(context), text);
    CU_ASSERT_PTR_NULL(prediction);
    gph_context_clear_error(context);
}

static void test_predicts(void)
{
    gph_context_t *context = gph_test_context();
    char data[600];
    char model[700];
    char out[700];
    char text[700];
    snprintf(data, sizeof data, "%s", write_collection("tu-predicts"));
    snprintf(model, sizeof model, "%s", gph_test_tmp("graphs-model.h5"));
    snprintf(out, sizeof out, "%s", gph_test_tmp("graphs.tsv"));
    snprintf(text, sizeof text, "%s", gph_test_tmp("graphs-text"));
    gph_graphs_options_t options = small_options(data);
    gph_graphs_summary_t trained;
    gph_prediction_t *prediction = NULL;
    options.all = true;
    options.epochs = 12;
    options.model.dropout = 0;
    options.model_path = model;
    if (!GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &trained)))
        return;
    CU_ASSERT_EQUAL(trained.folds, 1);
    CU_ASSERT_EQUAL(trained.tested, 0);
    if (!GPH_EXPECT_OK(context, gph_predict(context, model, data, &prediction)))
        return;
    gph_predict_summary_t found = gph_prediction_summary(prediction);
    CU_ASSERT(found.graphs);
    CU_ASSERT_EQUAL(found.count, GRAPHS);
    CU_ASSERT_EQUAL(found.labelled, GRAPHS);
    CU_ASSERT_EQUAL(found.classes, 2);
    CU_ASSERT_STRING_EQUAL(gph_prediction_class_name(prediction, 0), "-1");
    GPH_EXPECT(found.accuracy > 0.6, "accuracy %g", found.accuracy);
    gph_test_expect_same("scores of graphs", found.digest);
    GPH_EXPECT_OK(context, gph_prediction_write(prediction, out));
    CU_ASSERT_DOUBLE_EQUAL(accuracy_of(out), found.accuracy, 1e-12);
    GPH_EXPECT_OK(context, gph_prediction_write(prediction, gph_test_tmp("graphs-out.h5")));
    CU_ASSERT_EQUAL(nn_files_rows(gph_test_tmp("graphs-out.h5"), "scores"), 2 * GRAPHS);
    CU_ASSERT_EQUAL(nn_files_rows(gph_test_tmp("graphs-out.h5"), "class"), GRAPHS);
    gph_prediction_destroy(&prediction);

    /* Labels in another order of first use, and no classes: the same scores of the same graph. */
    write_text(text, "t # b\nv 0 1\nv 1 0\ne 0 1\nt # a\nv 0 0\nv 1 1\ne 0 1\n");
    if (GPH_EXPECT_OK(context, gph_predict(context, model, text, &prediction))) {
        const double *p = NULL;
        const float *s = NULL;
        int64_t rows = 0;
        gph_prediction_rows(prediction, &rows, NULL, NULL, &p, &s);
        CU_ASSERT_EQUAL(rows, 2);
        CU_ASSERT_EQUAL(gph_prediction_summary(prediction).labelled, 0);
        CU_ASSERT(s[0] == s[2] && s[1] == s[3] && p[0] == p[1] && p[0] >= 0.5);
        gph_prediction_destroy(&prediction);
    }
    write_text(text, "t # b\nv 0 1\nv 1 0\ne 0 1\nt # odd\nv 0 0\nv 1 Xy\ne 0 1\n");
    expect_unfit(model, text, "graph 1 (odd), node 1: the model does not know the label 'Xy'");
    write_text(text, "t # bare\nv 0\nv 1\ne 0 1\n");
    expect_unfit(model, text, "nodes without a label");
    write_text(text, "t # empty\n");
    expect_unfit(model, text, "no nodes");
    expect_unfit(model, "sbm:n=20", "classifies the graphs of a collection");
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

static void test_bad_models(void)
{
    gph_context_t *context = gph_test_context();
    char data[600];
    char model[700];
    struct stat about;
    snprintf(data, sizeof data, "%s", write_collection("tu-models"));
    snprintf(model, sizeof model, "%s", gph_test_tmp("cut-model.h5"));
    gph_graphs_options_t options = small_options(data);
    gph_graphs_summary_t trained;
    options.model_path = model;
    options.epochs = 1;
    if (!GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &trained)))
        return;
    expect_unfit(data, data, "");
    expect_unfit(gph_test_tmp("absent.h5"), data, "absent.h5");
    for (int part = 1; part < 4; part++) {
        if (gph_test_rank() == 0 && stat(model, &about) == 0)
            CU_ASSERT_EQUAL(truncate(model, about.st_size * (4 - part) / (5 - part)), 0);
        MPI_Barrier(MPI_COMM_WORLD);
        expect_unfit(model, data, "cut-model.h5");
    }
    (void)gph_test_context();
}

/* --- stops ---------------------------------------------------------------------------------- */

static void test_resumes(void)
{
    gph_context_t *context = gph_test_context();
    gph_graphs_options_t options = small_options(write_collection("tu-resumes"));
    options.fold_count = 2;
    options.epochs = 3;
    gph_checkpoint_options_t checkpoint = gph_checkpoint_options_default();
    gph_graphs_summary_t whole;
    gph_graphs_summary_t part;
    gph_status_t status = GPH_ERR_STOPPED;
    int stops = 0;
    checkpoint.directory = gph_test_tmp("checkpoints");
    checkpoint.resume = true;
    if (!GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &whole)))
        return;
    options.checkpoint = &checkpoint;
    for (; status == GPH_ERR_STOPPED && stops < 100; stops++) {
        gph_context_clear_error(context);
        gph_context_set_time_limit(context, 1e-9); /* one epoch at a time */
        status = gph_train_graphs(context, &options, &part);
    }
    gph_context_set_time_limit(context, 0);
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT(stops > 3);
    CU_ASSERT_STRING_EQUAL(part.digest, whole.digest);
    CU_ASSERT_EQUAL(part.accuracy, whole.accuracy);
    CU_ASSERT_EQUAL(part.train_loss, whole.train_loss);
    (void)gph_test_context();
}

static void test_estimate(void)
{
    gph_context_t *context = gph_test_context();
    gph_graphs_options_t options = small_options(write_collection("tu-estimate"));
    gph_graphs_summary_t summary;
    gph_train_estimate_t estimate;
    options.estimate = &estimate;
    if (!GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &summary)))
        return;
    CU_ASSERT_EQUAL(summary.graphs, GRAPHS);
    CU_ASSERT_EQUAL(estimate.epochs, 12);
    CU_ASSERT(estimate.epoch_seconds > 0 && estimate.seconds > 0 && estimate.epoch_flops > 0);
    CU_ASSERT((estimate.epoch_bytes > 0) == (context->ranks > 1));
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

/* --- refusals ------------------------------------------------------------------------------- */

static void write_fold(const char *base, int fold, const char *text)
{
    char path[700];
    snprintf(path, sizeof path, "%s/test_idx-%d.txt", base, fold);
    if (gph_test_rank() == 0) {
        FILE *file = fopen(path, "w");
        fputs(text, file);
        fclose(file);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

static void expect_refused(const gph_graphs_options_t *options, gph_status_t wanted,
                           const char *text)
{
    gph_context_t *context = gph_test_context();
    gph_graphs_summary_t summary;
    GPH_EXPECT_STATUS(context, wanted, gph_train_graphs(context, options, &summary));
    GPH_EXPECT(strstr(gph_context_error(context), text) != NULL, "'%s' lacks '%s'",
               gph_context_error(context), text);
    gph_context_clear_error(context);
}

static void test_bad_folds(void)
{
    char data[600];
    char folds[600];
    snprintf(data, sizeof data, "%s", write_collection("tu-folds"));
    snprintf(folds, sizeof folds, "%s", folder("folds"));
    gph_graphs_options_t options = small_options(data);
    options.folds = folds;
    expect_refused(&options, GPH_ERR_INPUT, "0 folds");
    write_fold(folds, 1, "0\n1\n");
    expect_refused(&options, GPH_ERR_INPUT, "1 folds");
    write_fold(folds, 2, "2\n\n60\n");
    expect_refused(&options, GPH_ERR_INPUT, "test_idx-2.txt:3: graph 60 of 60");
    write_fold(folds, 2, "2\n1\n");
    expect_refused(&options, GPH_ERR_INPUT, "test_idx-2.txt:2: graph 1 is in fold 1 already");
    write_fold(folds, 2, "2 3\n");
    expect_refused(&options, GPH_ERR_INPUT, "test_idx-2.txt:1: '2' is not the number");
    write_fold(folds, 2, "2\n");
    gph_context_t *context = gph_test_context();
    gph_graphs_summary_t summary;
    if (GPH_EXPECT_OK(context, gph_train_graphs(context, &options, &summary)))
        CU_ASSERT_EQUAL(summary.folds, 2);
}

static void test_bad_options(void)
{
    char data[600];
    snprintf(data, sizeof data, "%s", write_collection("tu-options"));
    gph_graphs_options_t options = small_options(data);
    options.fold_count = 1;
    expect_refused(&options, GPH_ERR_USAGE, "1 folds of 60 graphs");
    options = small_options(data);
    options.batch = 0;
    expect_refused(&options, GPH_ERR_USAGE, "1 graph a step");
    options = small_options(data);
    options.optimizer.rate = 1e30;
    expect_refused(&options, GPH_ERR_USAGE, "not finite; lower train.rate, or set train.clip");
    options = small_options(gph_test_tmp("absent"));
    expect_refused(&options, GPH_ERR_INPUT, "absent");
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    char data[600];
    snprintf(data, sizeof data, "%s", write_collection("tu-faults"));
    gph_graphs_options_t options = small_options(data);
    gph_graphs_summary_t summary;
    const int victim = context->ranks - 1;
    gph_status_t status = GPH_ERR_MEMORY;
    int64_t failed = 0;
    options.epochs = 1;
    options.fold_count = 2;
    for (int64_t nth = 1; nth < 4000 && status != GPH_OK; nth += 1 + nth / 4) {
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        status = gph_train_graphs(context, &options, &summary);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT(status == GPH_OK || status == GPH_ERR_MEMORY);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
        failed += status == GPH_ERR_MEMORY;
    }
    gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT(failed > 8);
    (void)gph_test_context();
}

GPH_TEST_SUITE(nn_graphs, {"batches hold their graphs", test_batch},
               {"the same bits everywhere", test_same}, {"learns structure", test_learns},
               {"files of metrics", test_files}, {"predicts", test_predicts},
               {"bad models", test_bad_models}, {"stopped and resumed", test_resumes},
               {"estimates", test_estimate}, {"bad folds", test_bad_folds},
               {"bad options", test_bad_options}, {"failing allocations", test_faults});
