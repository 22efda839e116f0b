/* Networks on the threads of a rank, each with a part of a batch, against the network as a whole.
 */
#include "gph_test.h"
#include "nn/expression_team.h"

#include <string.h>

enum { GRAPHS = 24, SEED = 5, STEP = 3 };

typedef struct pair {
    gph_context_t *context;
    gph_expressions_options_t options;
    gph_expression_data_t data;
    gph_expression_network_t network; /* as a whole */
    gph_expression_batch_t batch;
    gph_expression_team_t team;
} pair_t;

static bool make(pair_t *pair, int64_t tiles)
{
    memset(pair, 0, sizeof *pair);
    pair->context = gph_test_context();
    pair->batch = gph_expression_batch_init(pair->context->env);
    pair->data.context = pair->context;
    pair->options = gph_expressions_options_default();
    pair->options.held_out = 30;
    pair->options.tiles = tiles;
    pair->options.model.layers = 2;
    pair->options.model.hidden = 6;
    pair->options.model.dropout = 0.3;
    bool ready = gph_expression_data_make(pair->context, &pair->options, &pair->data) == GPH_OK &&
                 gph_expression_network_build(pair->context, &pair->options.model,
                                              pair->data.labels, &pair->network) == GPH_OK &&
                 gph_expression_team_build(pair->context, &pair->options.model, pair->data.labels,
                                           &pair->team) == GPH_OK;
    if (ready) {
        gph_params_reset(&pair->network.network.params, 11);
        gph_params_reset(gph_expression_team_params(&pair->team), 11);
    }
    return gph_test_all(ready);
}

static void unmake(pair_t *pair)
{
    gph_expression_network_free(&pair->network);
    gph_expression_batch_free(&pair->batch);
    gph_expression_team_free(&pair->team);
    gph_expression_data_free(&pair->data);
    CU_ASSERT_EQUAL(gph_mem_used(pair->context->env), 0);
}

static void step_whole(pair_t *pair, int64_t count, const int64_t *list,
                       gph_expression_loss_t *loss)
{
    gph_context_t *context = pair->context;
    gph_params_t *params = &pair->network.network.params;
    GPH_EXPECT_OK(context,
                  gph_expression_batch_fill(&pair->data, false, count, list, &pair->batch));
    GPH_EXPECT_OK(context,
                  gph_expression_network_forward(&pair->network, &pair->batch, true, SEED, STEP));
    GPH_EXPECT_OK(context, gph_expression_network_loss(&pair->network, &pair->batch,
                                                       &pair->options.loss, count, true, loss));
    gph_gradient_begin(params);
    GPH_EXPECT_OK(context,
                  gph_expression_network_backward(&pair->network, &pair->batch, SEED, STEP));
    GPH_EXPECT_OK(context, gph_gradient_finish(params));
}

static void step_team(pair_t *pair, int64_t count, const int64_t *list, gph_expression_loss_t *loss)
{
    gph_context_t *context = pair->context;
    gph_params_t *params = gph_expression_team_params(&pair->team);
    GPH_EXPECT_OK(context, gph_expression_team_take(&pair->team, &pair->data, false, count, list));
    GPH_EXPECT_OK(context, gph_expression_team_forward(&pair->team, &pair->options.loss, true, SEED,
                                                       STEP, loss));
    gph_gradient_begin(params);
    GPH_EXPECT_OK(context, gph_expression_team_backward(&pair->team, SEED, STEP));
    GPH_EXPECT_OK(context, gph_gradient_finish(params));
}

static void compare(pair_t *pair, int64_t count)
{
    const gph_params_t *whole = &pair->network.network.params;
    const gph_params_t *parts = gph_expression_team_params(&pair->team);
    gph_expression_loss_t loss[2] = {{.graphs = 0}, {.graphs = 0}};
    int64_t list[GRAPHS];
    for (int64_t i = 0; i < count; i++)
        list[i] = 7 * i + 3;
    step_whole(pair, count, list, &loss[0]);
    step_team(pair, count, list, &loss[1]);
    CU_ASSERT_EQUAL(loss[1].graphs, count);
    CU_ASSERT_EQUAL(loss[0].exact, loss[1].exact);
    CU_ASSERT_EQUAL(memcmp(&loss[0].loss, &loss[1].loss, sizeof loss[0].loss), 0);
    CU_ASSERT_EQUAL(
        memcmp(whole->gradient, parts->gradient, (size_t)whole->size * sizeof *whole->gradient), 0);
}

/* Of many tiles each thread has some; of few the batch is one part. */
static void test_parts(void)
{
    static pair_t pair;
    if (make(&pair, GRAPHS)) {
        const int64_t mine = gph_expression_batch_tiles(&pair.data, GRAPHS);
        compare(&pair, GRAPHS);
        CU_ASSERT_EQUAL(pair.team.parts.count,
                        mine >= pair.context->threads ? pair.context->threads : 1);
        compare(&pair, 5);
        compare(&pair, 1);
        CU_ASSERT_EQUAL(pair.team.parts.count, 1);
        compare(&pair, GRAPHS);
    }
    unmake(&pair);
}

static void test_small(void)
{
    static pair_t pair;
    if (make(&pair, 0)) {
        const double before = pair.context->worth;
        pair.context->worth = 1e12;
        compare(&pair, 4);
        CU_ASSERT_EQUAL(pair.team.parts.count, 1);
        pair.context->worth = before;
    }
    unmake(&pair);
}

GPH_TEST_SUITE(expression_team, {"gradients of parts", test_parts},
               {"small batches are whole", test_small});
