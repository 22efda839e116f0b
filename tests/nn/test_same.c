/* A step of training gives the same bits on any number of ranks and threads. */
#include "gph_test.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "nn/optimizer.h"
#include "nn_sample.h"

#include <stdio.h>
#include <string.h>

enum { VERTICES = 500, EDGES = 1800, TILES = 8, IN = 12, CLASSES = 5, STEPS = 3 };

typedef struct run {
    gph_context_t *context;
    sample_t sample;
    gph_network_t network;
    gph_optimizer_t optimizer;
    gph_sparse_t sparse;
    gph_tensor_t dense;
    gph_tensor_t g;
    int32_t label[VERTICES];
    uint8_t split[VERTICES];
} run_t;

static bool step(run_t *run, const gph_input_t *input, int64_t number, gph_loss_t *loss)
{
    gph_domain_t *domain = &run->sample.domain;
    const gph_pass_t pass = gph_network_pass(&run->network, domain, true, 5, number);
    gph_tensor_t *output = NULL;
    if (!GPH_EXPECT_OK(run->context, gph_network_forward(&run->network, &pass, input, &output)) ||
        !gph_test_all(gph_tensor_shape(run->context->env, output->rows, CLASSES, &run->g) ==
                      GPH_OK))
        return false;
    const gph_tensor_t rows = gph_tensor_rows(output, 0, domain->rows);
    gph_tensor_t g_rows = gph_tensor_rows(&run->g, 0, domain->rows);
    gph_gradient_begin(&run->network.params);
    return GPH_EXPECT_OK(run->context, gph_loss_softmax(run->context, &rows, run->label, run->split,
                                                        &g_rows, loss)) &&
           GPH_EXPECT_OK(run->context, gph_network_backward(&run->network, &pass, &run->g, NULL)) &&
           GPH_EXPECT_OK(run->context, gph_gradient_finish(&run->network.params)) &&
           gph_optimizer_step(&run->network.params, &run->optimizer, STEPS);
}

/* Trains a few steps; the loss falls, and the weights are the same everywhere. */
static void check(gph_model_kind_t kind, gph_norm_kind_t norm, int form)
{
    static run_t run;
    const gph_optimizer_options_t optimizer = gph_optimizer_options_default();
    gph_model_options_t model = gph_model_options_default();
    gph_loss_t loss[STEPS];
    char key[64];
    char text[GPH_DIGEST_CHARS + 64];
    memset(&run, 0, sizeof run);
    run.context = gph_test_context();
    model.kind = kind;
    model.norm = norm;
    model.hidden = form == 2 ? 7 : 20;
    model.dropout = 0.25;
    gph_network_init(run.context, &run.network);
    bool ok = sample_make(run.context, VERTICES, EDGES, TILES, &run.sample) &&
              sample_rows(&run.sample, 1, IN, form == 1, &run.dense) &&
              sample_sparse(&run.sample, 2, IN, &run.sparse);
    const gph_input_t input = form == 0
                                  ? (gph_input_t){.sparse = &run.sparse}
                                  : (gph_input_t){.dense = &run.dense, .has_ghosts = form == 1};
    ok = ok && gph_network_build(&run.network, &model, IN, CLASSES) == GPH_OK &&
         gph_optimizer_init(&run.network.params, &optimizer, &run.optimizer) == GPH_OK;
    if (gph_test_all(ok)) {
        for (int64_t i = 0; i < run.sample.domain.rows; i++) {
            run.label[i] = (int32_t)((run.sample.domain.first + i) * 7 % CLASSES);
            run.split[i] = (uint8_t)((run.sample.domain.first + i) % GPH_SPLITS);
        }
        gph_params_reset(&run.network.params, 8);
        for (int s = 0; s < STEPS && ok; s++)
            ok = gph_test_all(step(&run, &input, s, &loss[s]));
        snprintf(key, sizeof key, "weights of kind %d, norm %d, form %d", (int)kind, (int)norm,
                 form);
        gph_digest_format(gph_params_digest(&run.network.params), text);
        snprintf(text + strlen(text), 64, " %.17g", loss[STEPS - 1].loss[GPH_SPLIT_VALID]);
        gph_test_expect_same(key, text);
    }
    gph_network_free(&run.network);
    gph_optimizer_free(&run.optimizer);
    gph_sparse_free(&run.sparse);
    gph_tensor_free(&run.dense);
    gph_tensor_free(&run.g);
    sample_free(&run.sample);
    CU_ASSERT_EQUAL(gph_mem_used(run.context->env), 0);
}

static void test_models(void)
{
    for (int kind = 0; kind < 4; kind++)
        for (int form = 0; form < 3; form++)
            check((gph_model_kind_t)kind, form == 1 ? GPH_NORM_LAYER : GPH_NORM_NONE, form);
}

GPH_TEST_SUITE(same, {"weights do not depend on ranks and threads", test_models});
