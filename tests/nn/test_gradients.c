/* Every layer and loss against central differences, in double precision. */
#include "gph_test.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "nn_sample.h"

#include "par/comm.h"

#include <string.h>

enum { VERTICES = 41, EDGES = 90, TILES = 6, IN = 5, CLASSES = 4, TRIES = 40 };

/* A network on a sample, with a loss. */
typedef struct check {
    gph_context_t *context;
    sample_t sample;
    gph_network_t network;
    gph_sparse_t sparse;
    gph_tensor_t dense;
    gph_tensor_t target;
    gph_input_t input;
    bool squares;
    int32_t label[VERTICES];
    uint8_t split[VERTICES];
} check_t;

/* Forward with dropout on; g (may be NULL) receives the gradient of the output. */
static double loss_of(check_t *check, gph_tensor_t *g)
{
    const gph_pass_t pass = gph_network_pass(&check->network, &check->sample.domain, true, 5, 3);
    gph_tensor_t *output = NULL;
    gph_loss_t loss = {{0}, {0}, {0}};
    if (!GPH_EXPECT_OK(check->context,
                       gph_network_forward(&check->network, &pass, &check->input, &output)))
        return NAN;
    const gph_tensor_t rows = gph_tensor_rows(output, 0, check->sample.domain.rows);
    const gph_tensor_t target = gph_tensor_rows(&check->target, 0, check->sample.domain.rows);
    gph_tensor_t g_rows = {0};
    if (g != NULL) {
        CU_ASSERT_EQUAL(gph_tensor_shape(check->context->env, output->rows, output->columns, g),
                        GPH_OK);
        g_rows = gph_tensor_rows(g, 0, rows.rows);
    }
    const gph_status_t status =
        check->squares ? gph_loss_squares(check->context, &rows, &target, check->split,
                                          g != NULL ? &g_rows : NULL, &loss)
                       : gph_loss_softmax(check->context, &rows, check->label, check->split,
                                          g != NULL ? &g_rows : NULL, &loss);
    GPH_EXPECT_OK(check->context, status);
    return loss.loss[GPH_SPLIT_TRAIN];
}

/* Central difference of the loss along *value, which may be NULL on ranks that do not hold it. */
static double slope(check_t *check, gph_real_t *value)
{
    const double step = 1e-5;
    const double old = value != NULL ? (double)*value : 0;
    if (value != NULL)
        *value = (gph_real_t)(old + step);
    const double up = loss_of(check, NULL);
    if (value != NULL)
        *value = (gph_real_t)(old - step);
    const double down = loss_of(check, NULL);
    if (value != NULL)
        *value = (gph_real_t)old;
    return (up - down) / (2 * step);
}

static void expect_near(const char *what, int64_t index, double found, double wanted, double most)
{
    /* Slopes far below the largest one are lost in the rounding of the loss. */
    const double size = fmax(fmax(fabs(found), fabs(wanted)), 1e-3 * most);
    GPH_EXPECT(fabs(found - wanted) <= 1e-5 * size, "%s, number %lld: %.12g, differences %.12g",
               what, (long long)index, found, wanted);
}

static double largest(int64_t count, const gph_real_t *value)
{
    double most = 0;
    for (int64_t i = 0; i < count; i++)
        most = fmax(most, fabs((double)value[i]));
    return most;
}

static void check_weights(check_t *check)
{
    gph_params_t *params = &check->network.params;
    const double most = largest(params->size, params->gradient);
    CU_ASSERT(most > 0);
    for (int p = 0; p < params->count; p++) {
        const gph_param_t *item = &params->item[p];
        const int64_t count = item->rows * item->columns;
        const int64_t tries = count < TRIES ? count : TRIES;
        for (int64_t t = 0; t < tries; t++) {
            const int64_t i = item->first + t * count / tries;
            expect_near(item->name, i - item->first, (double)params->gradient[i],
                        slope(check, &params->value[i]), most);
        }
    }
}

static void check_input(check_t *check, const gph_tensor_t *g_input)
{
    const gph_domain_t *domain = &check->sample.domain;
    double most = largest(domain->rows * IN, g_input->value);
    GPH_EXPECT_OK(check->context, gph_comm_reduce_f64(check->context, GPH_MAX, 1, &most));
    for (int64_t i = 0; i < VERTICES * IN; i += 7) {
        const int64_t at = i - domain->first * IN;
        const bool mine = at >= 0 && at < domain->rows * IN;
        const double wanted = slope(check, mine ? &check->dense.value[at] : NULL);
        if (mine)
            expect_near("input", i, (double)g_input->value[at], wanted, most);
    }
}

static bool begin(check_t *check, bool sparse, bool ghosts)
{
    const gph_domain_t *domain = &check->sample.domain;
    if (!sample_make(check->context, VERTICES, EDGES, TILES, &check->sample) ||
        !sample_rows(&check->sample, 1, IN, ghosts, &check->dense) ||
        !sample_rows(&check->sample, 9, CLASSES, false, &check->target) ||
        !sample_sparse(&check->sample, 2, IN, &check->sparse))
        return false;
    for (int64_t i = 0; i < domain->rows; i++) {
        const int64_t v = domain->first + i;
        check->label[i] = (int32_t)(v * 7 % CLASSES);
        check->split[i] = (uint8_t)(v % 3 == 0 ? GPH_SPLIT_NONE : GPH_SPLIT_TRAIN);
    }
    check->input = sparse ? (gph_input_t){.sparse = &check->sparse}
                          : (gph_input_t){.dense = &check->dense, .has_ghosts = ghosts};
    return true;
}

static void end(check_t *check)
{
    gph_network_free(&check->network);
    gph_sparse_free(&check->sparse);
    gph_tensor_free(&check->dense);
    gph_tensor_free(&check->target);
    sample_free(&check->sample);
}

/* Weights away from zero and one, so that biases and norms count. */
static void scatter_weights(gph_params_t *params)
{
    gph_params_reset(params, 11);
    for (int64_t i = 0; i < params->size; i++)
        params->value[i] += (gph_real_t)(0.3 * sample_number(4, (uint64_t)i));
}

/* Compares all gradients of the network with differences. */
static void compare(check_t *check, bool input)
{
    const gph_pass_t pass = gph_network_pass(&check->network, &check->sample.domain, true, 5, 3);
    gph_tensor_t g = {0};
    gph_tensor_t g_input = {0};
    scatter_weights(&check->network.params);
    gph_gradient_begin(&check->network.params);
    (void)loss_of(check, &g);
    if (GPH_EXPECT_OK(check->context,
                      gph_network_backward(&check->network, &pass, &g, input ? &g_input : NULL)) &&
        GPH_EXPECT_OK(check->context, gph_gradient_finish(&check->network.params))) {
        check_weights(check);
        if (input)
            check_input(check, &g_input);
    }
    gph_tensor_free(&g);
    gph_tensor_free(&g_input);
}

/* A whole model of one kind. */
static void check_model(gph_model_options_t options, bool sparse, bool ghosts, bool squares)
{
    static check_t check;
    memset(&check, 0, sizeof check);
    check.context = gph_test_context();
    check.squares = squares;
    gph_network_init(check.context, &check.network);
    if (begin(&check, sparse, ghosts) &&
        GPH_EXPECT_OK(check.context, gph_network_build(&check.network, &options, IN, CLASSES)))
        compare(&check, !sparse && !ghosts);
    end(&check);
}

static void check_kind(gph_model_kind_t kind)
{
    gph_model_options_t options = gph_model_options_default();
    options.kind = kind;
    options.hidden = 3; /* narrower than the input: products before sums */
    check_model(options, true, false, false);
    check_model(options, false, false, false);
    options.hidden = 9; /* wider: sums before products */
    options.dropout = 0.2;
    options.layers = 3;
    check_model(options, false, false, false);
    check_model(options, false, true, false);
}

static void test_gcn(void)
{
    check_kind(GPH_MODEL_GCN);
}

static void test_sage(void)
{
    check_kind(GPH_MODEL_SAGE);
}

static void test_gin(void)
{
    check_kind(GPH_MODEL_GIN);
}

static void test_linear(void)
{
    check_kind(GPH_MODEL_LINEAR);
}

static void test_norm(void)
{
    gph_model_options_t options = gph_model_options_default();
    options.norm = GPH_NORM_LAYER;
    options.hidden = 6;
    options.layers = 3;
    check_model(options, false, false, false);
    options.kind = GPH_MODEL_GIN;
    check_model(options, true, false, false);
}

static void test_squares(void)
{
    gph_model_options_t options = gph_model_options_default();
    check_model(options, false, false, true);
    options.bias = false;
    options.dropout = 0;
    check_model(options, true, false, true);
}

GPH_TEST_SUITE(gradients, {"GCN", test_gcn}, {"GraphSAGE", test_sage}, {"GIN", test_gin},
               {"linear, dropout, relu, softmax", test_linear}, {"layer norm", test_norm},
               {"squared error", test_squares});
