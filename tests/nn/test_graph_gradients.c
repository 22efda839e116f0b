/* Networks that classify graphs against central differences, in double precision. */
#include "gph_test.h"
#include "graph_sample.h"
#include "nn/graph_network.h"
#include "nn/loss.h"
#include "nn_sample.h"

#include "par/comm.h"

#include <string.h>

enum { GRAPHS = 23, TRIES = 25 };

typedef struct check {
    gph_context_t *context;
    gph_graph_data_t data;
    gph_graph_network_t network;
    gph_graph_batch_t batch;
    gph_tensor_t g;
} check_t;

static double loss_of(check_t *check, bool gradient)
{
    gph_tensor_t score = {0};
    gph_loss_t loss = {{0}, {0}, {0}};
    if (!GPH_EXPECT_OK(check->context, gph_graph_network_forward(&check->network, &check->batch,
                                                                 true, 5, 3, &score)))
        return NAN;
    if (gradient)
        CU_ASSERT_EQUAL(gph_tensor_shape(check->context->env, score.rows, score.columns, &check->g),
                        GPH_OK);
    GPH_EXPECT_OK(check->context,
                  gph_loss_softmax(check->context, &score, check->batch.class, check->batch.split,
                                   gradient ? &check->g : NULL, &loss));
    return loss.loss[GPH_SPLIT_TRAIN];
}

static double slope(check_t *check, gph_real_t *value)
{
    const double step = 1e-5;
    const double old = (double)*value;
    *value = (gph_real_t)(old + step);
    const double up = loss_of(check, false);
    *value = (gph_real_t)(old - step);
    const double down = loss_of(check, false);
    *value = (gph_real_t)old;
    return (up - down) / (2 * step);
}

static void compare(check_t *check)
{
    gph_params_t *params = &check->network.network.params;
    double most = 0;
    for (int64_t i = 0; i < params->size; i++)
        most = fmax(most, fabs((double)params->gradient[i]));
    CU_ASSERT(most > 0);
    for (int p = 0; p < params->count; p++) {
        const gph_param_t *item = &params->item[p];
        const int64_t count = item->rows * item->columns;
        const int64_t tries = count < TRIES ? count : TRIES;
        for (int64_t t = 0; t < tries; t++) {
            const int64_t i = item->first + t * count / tries;
            const double found = (double)params->gradient[i];
            const double wanted = slope(check, &params->value[i]);
            const double size = fmax(fmax(fabs(found), fabs(wanted)), 1e-3 * most);
            GPH_EXPECT(fabs(found - wanted) <= 1e-5 * size, "%s, number %lld: %.12g, not %.12g",
                       item->name, (long long)(i - item->first), found, wanted);
        }
    }
}

static void check_readout(gph_readout_t readout, gph_model_kind_t kind)
{
    static check_t check;
    gph_model_options_t options = gph_model_options_default();
    int64_t list[GRAPHS];
    memset(&check, 0, sizeof check);
    check.context = gph_test_context();
    check.batch = gph_graph_batch_init(check.context->env);
    options.kind = kind;
    options.layers = 3;
    options.hidden = 5;
    options.norm = kind == GPH_MODEL_GCN ? GPH_NORM_LAYER : GPH_NORM_NONE;
    options.dropout = 0.3;
    for (int64_t i = 0; i < GRAPHS; i++)
        list[i] = (i * 7 + 3) % GRAPHS;
    const bool ready = graph_sample_make(check.context, GRAPHS, &check.data) &&
                       gph_graph_batch_fill(&check.data, GRAPHS, list, &check.batch) == GPH_OK &&
                       gph_graph_network_build(check.context, &options, readout, SAMPLE_FEATURES,
                                               SAMPLE_CLASSES, &check.network) == GPH_OK;
    if (gph_test_all(ready)) {
        gph_params_t *params = &check.network.network.params;
        gph_params_reset(params, 11);
        for (int64_t i = 0; i < params->size; i++)
            params->value[i] += (gph_real_t)(0.3 * sample_number(4, (uint64_t)i));
        gph_gradient_begin(params);
        (void)loss_of(&check, true);
        if (GPH_EXPECT_OK(check.context, gph_graph_network_backward(&check.network, &check.batch, 5,
                                                                    3, &check.g)) &&
            GPH_EXPECT_OK(check.context, gph_gradient_finish(params)))
            compare(&check);
    }
    gph_graph_network_free(&check.network);
    gph_graph_batch_free(&check.batch);
    gph_tensor_free(&check.g);
    graph_sample_free(&check.data);
}

static void test_sum(void)
{
    check_readout(GPH_READOUT_SUM, GPH_MODEL_GIN);
    check_readout(GPH_READOUT_SUM, GPH_MODEL_SAGE);
}

static void test_mean(void)
{
    check_readout(GPH_READOUT_MEAN, GPH_MODEL_GIN);
    check_readout(GPH_READOUT_MEAN, GPH_MODEL_GCN);
}

static void test_max(void)
{
    check_readout(GPH_READOUT_MAX, GPH_MODEL_GIN);
}

GPH_TEST_SUITE(graph_gradients, {"readout by sum", test_sum}, {"readout by mean", test_mean},
               {"readout by maximum", test_max});
