/* Networks on the threads of a rank, each with a part of a batch, against the network as a whole.
 */
#include "gph_test.h"
#include "graph_sample.h"
#include "nn/graph_team.h"

#include <string.h>

enum { GRAPHS = 60, SEED = 5, STEP = 3 };

typedef struct pair {
    gph_context_t *context;
    gph_graph_data_t data;
    gph_graph_network_t network; /* as a whole */
    gph_graph_batch_t batch;
    gph_tensor_t g;
    gph_graph_team_t team;
} pair_t;

static bool make(pair_t *pair, gph_model_kind_t kind)
{
    gph_model_options_t options = gph_model_options_default();
    memset(pair, 0, sizeof *pair);
    pair->context = gph_test_context();
    pair->batch = gph_graph_batch_init(pair->context->env);
    options.kind = kind;
    options.layers = 2;
    options.hidden = 6;
    options.norm = GPH_NORM_LAYER;
    options.dropout = 0.3;
    const bool ready =
        graph_sample_make(pair->context, GRAPHS, &pair->data) &&
        gph_graph_network_build(pair->context, &options, GPH_READOUT_SUM, SAMPLE_FEATURES,
                                SAMPLE_CLASSES, &pair->network) == GPH_OK &&
        gph_graph_team_build(pair->context, &options, GPH_READOUT_SUM, SAMPLE_FEATURES,
                             SAMPLE_CLASSES, &pair->team) == GPH_OK;
    if (ready) {
        gph_params_reset(&pair->network.network.params, 11);
        gph_params_reset(gph_graph_team_params(&pair->team), 11);
    }
    return gph_test_all(ready);
}

static void unmake(pair_t *pair)
{
    gph_graph_network_free(&pair->network);
    gph_graph_batch_free(&pair->batch);
    gph_tensor_free(&pair->g);
    gph_graph_team_free(&pair->team);
    graph_sample_free(&pair->data);
    CU_ASSERT_EQUAL(gph_mem_used(pair->context->env), 0);
}

/* Loss and gradient of the network as a whole. */
static void step_whole(pair_t *pair, int64_t count, const int64_t *list, gph_loss_t *loss)
{
    gph_context_t *context = pair->context;
    gph_params_t *params = &pair->network.network.params;
    gph_tensor_t score = {0};
    GPH_EXPECT_OK(context, gph_graph_batch_fill(&pair->data, count, list, &pair->batch));
    GPH_EXPECT_OK(
        context, gph_graph_network_forward(&pair->network, &pair->batch, true, SEED, STEP, &score));
    GPH_EXPECT_OK(context, gph_tensor_shape(context->env, score.rows, score.columns, &pair->g));
    GPH_EXPECT_OK(context, gph_loss_softmax(context, &score, pair->batch.class, pair->batch.split,
                                            &pair->g, loss));
    gph_gradient_begin(params);
    GPH_EXPECT_OK(context,
                  gph_graph_network_backward(&pair->network, &pair->batch, SEED, STEP, &pair->g));
    GPH_EXPECT_OK(context, gph_gradient_finish(params));
}

static void step_team(pair_t *pair, int64_t count, const int64_t *list, gph_loss_t *loss)
{
    gph_context_t *context = pair->context;
    gph_params_t *params = gph_graph_team_params(&pair->team);
    GPH_EXPECT_OK(context, gph_graph_team_take(&pair->team, &pair->data, count, list));
    GPH_EXPECT_OK(context, gph_graph_team_forward(&pair->team, true, SEED, STEP, loss));
    gph_gradient_begin(params);
    GPH_EXPECT_OK(context, gph_graph_team_backward(&pair->team, SEED, STEP));
    GPH_EXPECT_OK(context, gph_gradient_finish(params));
}

static void compare(pair_t *pair, int64_t count, const int64_t *list)
{
    const gph_params_t *whole = &pair->network.network.params;
    const gph_params_t *parts = gph_graph_team_params(&pair->team);
    gph_loss_t loss[2] = {{.rows = {0}}, {.rows = {0}}};
    step_whole(pair, count, list, &loss[0]);
    step_team(pair, count, list, &loss[1]);
    CU_ASSERT_EQUAL(memcmp(&loss[0], &loss[1], sizeof loss[0]), 0);
    CU_ASSERT_EQUAL(loss[1].rows[GPH_SPLIT_TRAIN], count);
    CU_ASSERT_EQUAL(
        memcmp(whole->gradient, parts->gradient, (size_t)whole->size * sizeof *whole->gradient), 0);
}

static void check_kind(gph_model_kind_t kind)
{
    static pair_t pair;
    int64_t list[GRAPHS];
    if (make(&pair, kind)) {
        for (int64_t i = 0; i < GRAPHS; i++)
            list[i] = (i * 7 + 3) % GRAPHS;
        for (int64_t count = GRAPHS; count > 0; count /= 3) {
            compare(&pair, count, list);
            /* All threads have a part of many graphs; a single one is not cut. */
            if (count == GRAPHS)
                CU_ASSERT_EQUAL(pair.team.parts.count, pair.context->threads);
            if (count < 3)
                CU_ASSERT_EQUAL(pair.team.parts.count, 1);
        }
    }
    unmake(&pair);
}

static void test_gin(void)
{
    check_kind(GPH_MODEL_GIN);
}

static void test_sage(void)
{
    check_kind(GPH_MODEL_SAGE);
}

/* Work that is not worth a second thread is one part. */
static void test_small(void)
{
    static pair_t pair;
    const int64_t list[] = {4, 9, 14, 19};
    if (make(&pair, GPH_MODEL_GIN)) {
        const double before = pair.context->worth;
        pair.context->worth = 1e9;
        compare(&pair, 4, list);
        CU_ASSERT_EQUAL(pair.team.parts.count, 1);
        pair.context->worth = before;
    }
    unmake(&pair);
}

/* A fault on one rank, in whatever thread, fails a step on all ranks, and the next one is well. */
static void test_faults(void)
{
    static pair_t pair;
    int64_t list[GRAPHS];
    gph_loss_t loss;
    for (int64_t i = 0; i < GRAPHS; i++)
        list[i] = i;
    for (int64_t nth = 1; nth < 30; nth += 4) {
        if (make(&pair, GPH_MODEL_GIN)) {
            gph_context_t *context = pair.context;
            gph_status_t status = gph_graph_team_take(&pair.team, &pair.data, GRAPHS, list);
            CU_ASSERT_EQUAL(status, GPH_OK);
            if (context->rank == context->ranks - 1)
                gph_fault_plan(context->env, GPH_FAULT_ALLOC, nth);
            status = gph_graph_team_forward(&pair.team, true, SEED, STEP, &loss);
            if (status == GPH_OK) {
                gph_gradient_begin(gph_graph_team_params(&pair.team));
                status = gph_graph_team_backward(&pair.team, SEED, STEP);
            }
            CU_ASSERT_EQUAL(status, GPH_ERR_MEMORY);
            gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
            gph_context_clear_error(context);
            compare(&pair, GRAPHS, list);
        }
        unmake(&pair);
    }
}

GPH_TEST_SUITE(graph_team, {"gradients of parts, sums", test_gin},
               {"gradients of parts, means", test_sage}, {"small batches are whole", test_small},
               {"faults in threads", test_faults});
