/* Training on expressions: batches, gradients of the whole network, results, stops, bad settings.
 */
#include "gph_test.h"
#include "nn/expression_network.h"
#include "nn_files.h"
#include "par/comm.h"

#include <stdio.h>
#include <string.h>

enum { GRAPHS = 40 };

static gph_expressions_options_t small_options(void)
{
    gph_expressions_options_t options = gph_expressions_options_default();
    options.most = 4;
    options.symbols = 2;
    options.integers = 2;
    options.graphs = 40;
    options.held_out = 30;
    options.model.layers = 2;
    options.model.hidden = 12;
    options.model.dropout = 0.1;
    options.epochs = 3;
    options.batch = 16;
    options.seeds = 2;
    return options;
}

/* --- batches -------------------------------------------------------------------------------- */

static void mix(int64_t *sum, int64_t value)
{
    *sum = (int64_t)(((uint64_t)*sum * 31 + (uint64_t)value) & INT32_MAX);
}

/* A number for what the rows of a graph say, and one for what is wanted. */
static void hash_graph(const gph_expression_batch_t *batch, int64_t labels, int64_t graph,
                       int64_t *sum)
{
    const int64_t first = batch->start[graph];
    const int64_t wanted = batch->wanted_start[graph];
    for (int64_t r = first; r < batch->start[graph + 1]; r++) {
        for (int64_t c = 0; c < labels; c++)
            if (batch->input.value[r * labels + c] > 0)
                mix(&sum[0], c);
        for (int64_t l = 0; l < GPH_LINKS; l++) {
            const int64_t other = batch->link[r * GPH_LINKS + l];
            mix(&sum[0], other >= 0 ? other - first : -1);
            if (other >= 0) {
                CU_ASSERT(other >= first && other < batch->start[graph + 1]);
                CU_ASSERT_EQUAL(batch->link[other * GPH_LINKS + (l + GPH_OPERANDS) % GPH_LINKS], r);
            }
        }
    }
    for (int64_t w = wanted; w < batch->wanted_start[graph + 1]; w++)
        mix(&sum[1], batch->wanted_label[w] * 64 + batch->wanted_operands[w]);
    for (int64_t w = wanted; w + 1 < batch->wanted_start[graph + 1]; w++) {
        const gph_wanted_edge_t edge = batch->wanted_edge[w - graph];
        mix(&sum[1], (edge.from * 64 + edge.to) * 64 + edge.kind);
    }
}

/* The graphs of a batch are the same on any number of ranks, and in any company. */
static void test_batch(void)
{
    gph_context_t *context = gph_test_context();
    const gph_expressions_options_t options = small_options();
    gph_expression_data_t data = {.context = context};
    gph_expression_batch_t batch = gph_expression_batch_init(context->env);
    int64_t list[GRAPHS];
    int64_t alone[GRAPHS][2] = {{0}};
    if (!gph_test_all(gph_expression_data_make(context, &options, &data) == GPH_OK))
        return;
    for (int64_t count = 1; count <= GRAPHS; count += GRAPHS - 1) {
        int64_t found[GRAPHS][2] = {{0}};
        for (int64_t i = 0; i < count; i++)
            list[i] = (i * 7 + 3) % GRAPHS;
        GPH_EXPECT_OK(context, gph_expression_batch_fill(&data, false, count, list, &batch));
        int64_t before = 0;
        int64_t total = 0;
        GPH_EXPECT_OK(context, gph_comm_scan_i64(context, 1, &batch.graphs, &before, &total));
        CU_ASSERT_EQUAL(total, count);
        for (int64_t g = 0; g < batch.graphs; g++)
            hash_graph(&batch, data.labels, g, found[before + g]);
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, 2 * GRAPHS, found[0]));
        if (count == 1)
            memcpy(alone[0], found[0], sizeof found[0]);
        CU_ASSERT_EQUAL(found[0][0], alone[0][0]);
        CU_ASSERT_EQUAL(found[0][1], alone[0][1]);
        char value[GPH_DIGEST_CHARS];
        gph_digest_format(gph_digest_bytes(found, sizeof found), value);
        gph_test_expect_same(count == 1 ? "one pair" : "pairs", value);
    }
    gph_expression_batch_free(&batch);
    gph_expression_data_free(&data);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

/* --- the rules ------------------------------------------------------------------------------ */

static int64_t find(const gph_expression_data_t *data, const char *text)
{
    gph_expression_t expression = gph_expression_init(data->context->env);
    int64_t label = -2;
    if (gph_expression_read(data->context->env, (gph_expression_source_t){"test", 1}, text,
                            (int64_t)strlen(text), &expression) == GPH_OK)
        label = gph_expression_label(data, gph_expression_node(&expression, 0));
    gph_expression_free(&expression);
    return label;
}

static void test_labels(void)
{
    gph_context_t *context = gph_test_context();
    gph_expressions_options_t options = small_options();
    gph_expression_data_t data = {.context = context};
    options.rule = GPH_REWRITE_FOLD;
    options.integers = 3;
    if (!GPH_EXPECT_OK(context, gph_expression_data_make(context, &options, &data)))
        return;
    CU_ASSERT_EQUAL(data.labels, 6 + 2 + 19);
    CU_ASSERT_EQUAL(find(&data, "+ x y"), 0);
    CU_ASSERT_EQUAL(find(&data, "% x y"), 5);
    CU_ASSERT_EQUAL(find(&data, "x"), 6);
    CU_ASSERT_EQUAL(find(&data, "y"), 7);
    CU_ASSERT_EQUAL(find(&data, "-9"), 8);
    CU_ASSERT_EQUAL(find(&data, "9"), 26);
    CU_ASSERT_EQUAL(find(&data, "10"), -1);
    CU_ASSERT_EQUAL(find(&data, "0.5"), -1);
    gph_expression_data_free(&data);
}

/* What is trained on is never held out, and pairs are what the rule says. */
static void check_pairs(gph_rewrite_t rule)
{
    gph_context_t *context = gph_test_context();
    gph_expressions_options_t options = small_options();
    gph_expression_data_t data = {.context = context};
    gph_expression_t from = gph_expression_init(context->env);
    gph_expression_t to = gph_expression_init(context->env);
    gph_expression_t wanted = gph_expression_init(context->env);
    options.rule = rule;
    options.most = 2; /* so few that without care some would be both */
    options.held_out = 300;
    if (GPH_EXPECT_OK(context, gph_expression_data_make(context, &options, &data)))
        for (int64_t i = 0; i < 600; i++) {
            CU_ASSERT_EQUAL(gph_expression_pair(&data, false, i, &from, &to), GPH_OK);
            const gph_digest_t digest = gph_expression_digest(&from);
            for (int64_t h = 0; h < options.held_out; h++)
                CU_ASSERT(data.held[h].high != digest.high || data.held[h].low != digest.low);
            gph_expression_clear(&wanted);
            CU_ASSERT_EQUAL(rule == GPH_REWRITE_FOLD ? gph_expression_fold(&from, &wanted)
                                                     : gph_expression_sort(&from, &wanted),
                            GPH_OK);
            CU_ASSERT_TRUE(gph_expression_equal(&to, &wanted));
        }
    CU_ASSERT(data.changed > 30 && data.changed < 270);
    gph_expression_free(&from);
    gph_expression_free(&to);
    gph_expression_free(&wanted);
    gph_expression_data_free(&data);
}

static void test_pairs(void)
{
    check_pairs(GPH_REWRITE_SORT);
    check_pairs(GPH_REWRITE_FOLD);
}

/* --- results -------------------------------------------------------------------------------- */

static void test_same(void)
{
    gph_context_t *context = gph_test_context();
    gph_expressions_options_t options = small_options();
    gph_expressions_summary_t summary;
    for (int rule = 0; rule < 2; rule++) {
        char key[32];
        char value[160];
        options.rule = (gph_rewrite_t)rule;
        options.tiles = rule * 5;
        if (!GPH_EXPECT_OK(context, gph_train_expressions(context, &options, &summary)))
            continue;
        CU_ASSERT_EQUAL(summary.seeds, 2);
        CU_ASSERT_EQUAL(summary.epochs, 6);
        CU_ASSERT(summary.loss < summary.first_loss);
        snprintf(key, sizeof key, "expressions, rule %d", rule);
        snprintf(value, sizeof value, "%s %.17g %.17g %.17g %.17g", summary.digest,
                 summary.first_loss, summary.loss, summary.accuracy, summary.train_loss);
        gph_test_expect_same(key, value);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

static void test_files(void)
{
    gph_context_t *context = gph_test_context();
    gph_expressions_options_t options = small_options();
    gph_expressions_summary_t summary;
    char csv[600];
    char hdf5[600];
    char svg[600];
    snprintf(csv, sizeof csv, "%s", gph_test_tmp("expressions.csv"));
    snprintf(hdf5, sizeof hdf5, "%s", gph_test_tmp("expressions.h5"));
    snprintf(svg, sizeof svg, "%s", gph_test_tmp("expressions.svg"));
    options.csv_path = csv;
    options.hdf5_path = hdf5;
    options.svg_path = svg;
    options.epochs = 5;
    options.every = 2; /* and the last one */
    if (!GPH_EXPECT_OK(context, gph_train_expressions(context, &options, &summary)))
        return;
    if (gph_test_rank() == 0) {
        CU_ASSERT_EQUAL(nn_files_lines(csv, "seed,epoch,rate,train_loss"), 7);
        CU_ASSERT_EQUAL(nn_files_rows(hdf5, "test_loss"), 6);
        CU_ASSERT(nn_files_lines(svg, "<svg ") > 4);
    }
}

static void check_learns(gph_rewrite_t rule, double accuracy)
{
    gph_context_t *context = gph_test_context();
    gph_expressions_options_t options = small_options();
    gph_expressions_summary_t summary;
    options.rule = rule;
    options.most = 3;
    options.graphs = 2000;
    options.held_out = 300;
    options.model.hidden = 32;
    options.model.dropout = 0;
    options.epochs = 12;
    options.seeds = 1;
    options.optimizer.rate = 0.005;
    if (!GPH_EXPECT_OK(context, gph_train_expressions(context, &options, &summary)))
        return;
    GPH_EXPECT(summary.loss < summary.first_loss / 10, "loss %g, before training %g", summary.loss,
               summary.first_loss);
    GPH_EXPECT(summary.accuracy > accuracy && summary.accuracy > 1 - summary.changed, "accuracy %g",
               summary.accuracy);
}

static void test_learns(void)
{
    if (gph_test_ranks() > 1)
        return; /* the same bits, as test_same() tells, at more cost */
    check_learns(GPH_REWRITE_SORT, 0.9);
    check_learns(GPH_REWRITE_FOLD, 0.8);
}

/* --- stops ---------------------------------------------------------------------------------- */

static void test_resumes(void)
{
    gph_context_t *context = gph_test_context();
    gph_expressions_options_t options = small_options();
    gph_checkpoint_options_t checkpoint = gph_checkpoint_options_default();
    gph_expressions_summary_t whole;
    gph_expressions_summary_t part;
    gph_status_t status = GPH_ERR_STOPPED;
    int stops = 0;
    checkpoint.directory = gph_test_tmp("checkpoints");
    checkpoint.resume = true;
    if (!GPH_EXPECT_OK(context, gph_train_expressions(context, &options, &whole)))
        return;
    options.checkpoint = &checkpoint;
    for (; status == GPH_ERR_STOPPED && stops < 100; stops++) {
        gph_context_clear_error(context);
        gph_context_set_time_limit(context, 1e-9); /* one epoch at a time */
        status = gph_train_expressions(context, &options, &part);
    }
    gph_context_set_time_limit(context, 0);
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT(stops > 3);
    CU_ASSERT_STRING_EQUAL(part.digest, whole.digest);
    CU_ASSERT_EQUAL(part.first_loss, whole.first_loss);
    CU_ASSERT_EQUAL(part.loss, whole.loss);
    CU_ASSERT_EQUAL(part.train_loss, whole.train_loss);
    (void)gph_test_context();
}

/* --- refusals ------------------------------------------------------------------------------- */

static void expect_refused(const gph_expressions_options_t *options, const char *text)
{
    gph_context_t *context = gph_test_context();
    gph_expressions_summary_t summary;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_train_expressions(context, options, &summary));
    GPH_EXPECT(strstr(gph_context_error(context), text) != NULL, "'%s' lacks '%s'",
               gph_context_error(context), text);
    gph_context_clear_error(context);
}

static void test_bad_options(void)
{
    gph_expressions_options_t options = small_options();
    options.least = 5;
    expect_refused(&options, "data.operations");
    options = small_options();
    options.symbols = 27;
    expect_refused(&options, "data.symbols");
    options = small_options();
    options.batch = 0;
    expect_refused(&options, "at least 1");
    options = small_options();
    options.tiles = 257;
    expect_refused(&options, "data.tiles");
    options = small_options();
    options.model.layers = 33;
    expect_refused(&options, "model.layers");
    options = small_options();
    options.loss.epsilon = 2;
    expect_refused(&options, "loss.epsilon");
    options = small_options();
    options.optimizer.rate = 1e30;
    expect_refused(&options, "not finite");
    options = small_options(); /* all expressions of one operation are held out */
    options.most = 1;
    options.symbols = 1;
    options.integers = 0;
    options.held_out = 1000;
    expect_refused(&options, "data.held_out");
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    gph_expressions_options_t options = small_options();
    gph_expressions_summary_t summary;
    const int victim = context->ranks - 1;
    gph_status_t status = GPH_ERR_MEMORY;
    int64_t failed = 0;
    options.epochs = 1;
    options.seeds = 1;
    for (int64_t nth = 1; nth < 40000 && status != GPH_OK; nth += 1 + nth / 4) {
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        status = gph_train_expressions(context, &options, &summary);
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

GPH_TEST_SUITE(nn_expressions, {"batches", test_batch}, {"labels", test_labels},
               {"pairs", test_pairs}, {"the same bits everywhere", test_same},
               {"files", test_files}, {"learns both rules", test_learns},
               {"stopped and resumed", test_resumes}, {"bad options", test_bad_options},
               {"failing allocations", test_faults});
