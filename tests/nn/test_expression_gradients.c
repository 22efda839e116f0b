/* Networks that transform expressions against central differences, in double precision; and when a
 * prediction is exact. */
#include "gph_test.h"
#include "nn/expression_network.h"
#include "nn/links.h"
#include "nn_sample.h"

#include "par/comm.h"

#include <string.h>

enum { GRAPHS = 9, TRIES = 25 };

typedef struct check {
    gph_context_t *context;
    gph_expressions_options_t options;
    gph_expression_data_t data;
    gph_expression_network_t network;
    gph_expression_batch_t batch;
} check_t;

static check_t check;

static double loss_of(bool gradient)
{
    gph_expression_loss_t loss = {.graphs = 0};
    GPH_EXPECT_OK(check.context,
                  gph_expression_network_forward(&check.network, &check.batch, true, 5, 3));
    GPH_EXPECT_OK(check.context,
                  gph_expression_network_loss(&check.network, &check.batch, &check.options.loss,
                                              GRAPHS, gradient, &loss));
    return loss.loss;
}

static double slope(gph_real_t *value)
{
    const double step = 1e-5;
    const double old = (double)*value;
    *value = (gph_real_t)(old + step);
    const double up = loss_of(false);
    *value = (gph_real_t)(old - step);
    const double down = loss_of(false);
    *value = (gph_real_t)old;
    return (up - down) / (2 * step);
}

static void compare(void)
{
    gph_params_t *params = &check.network.network.params;
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
            const double wanted = slope(&params->value[i]);
            const double size = fmax(fmax(fabs(found), fabs(wanted)), 1e-3 * most);
            GPH_EXPECT(fabs(found - wanted) <= 1e-5 * size, "%s, number %lld: %.12g, not %.12g",
                       item->name, (long long)(i - item->first), found, wanted);
        }
    }
}

static bool begin(gph_rewrite_t rule)
{
    int64_t list[GRAPHS];
    memset(&check, 0, sizeof check);
    check.context = gph_test_context();
    check.batch = gph_expression_batch_init(check.context->env);
    check.options = gph_expressions_options_default();
    check.options.rule = rule;
    check.options.most = 4;
    check.options.held_out = 1;
    check.options.model.layers = 3;
    check.options.model.hidden = 5;
    check.options.model.dropout = 0.2;
    check.options.model.norm = rule == GPH_REWRITE_SORT ? GPH_NORM_LAYER : GPH_NORM_NONE;
    for (int64_t i = 0; i < GRAPHS; i++)
        list[i] = i;
    return gph_test_all(
               gph_expression_data_make(check.context, &check.options, &check.data) == GPH_OK &&
               gph_expression_network_build(check.context, &check.options.model, check.data.labels,
                                            &check.network) == GPH_OK) &&
           GPH_EXPECT_OK(check.context,
                         gph_expression_batch_fill(&check.data, false, GRAPHS, list, &check.batch));
}

static void end(void)
{
    gph_expression_network_free(&check.network);
    gph_expression_batch_free(&check.batch);
    gph_expression_data_free(&check.data);
    CU_ASSERT_EQUAL(gph_mem_used(check.context->env), 0);
}

static void check_rule(gph_rewrite_t rule)
{
    if (begin(rule)) {
        gph_params_t *params = &check.network.network.params;
        gph_params_reset(params, 11);
        for (int64_t i = 0; i < params->size; i++)
            params->value[i] += (gph_real_t)(0.3 * sample_number(4, (uint64_t)i));
        gph_gradient_begin(params);
        (void)loss_of(true);
        if (GPH_EXPECT_OK(check.context,
                          gph_expression_network_backward(&check.network, &check.batch, 5, 3)) &&
            GPH_EXPECT_OK(check.context, gph_gradient_finish(params)))
            compare();
    }
    end();
}

static void test_sort(void)
{
    check_rule(GPH_REWRITE_SORT);
}

static void test_fold(void)
{
    check_rule(GPH_REWRITE_FOLD);
}

/* --- exact predictions ---------------------------------------------------------------------- */

/* Makes the soft graph of a graph the wanted one, wanted node w being node n - 1 - w: as good as
 * any other. */
static void predict_wanted(int64_t graph)
{
    const int64_t columns = check.network.labels + 1;
    const int64_t first = check.batch.start[graph];
    const int64_t n = check.batch.start[graph + 1] - first;
    const int64_t wanted = check.batch.wanted_start[graph];
    const int64_t m = check.batch.wanted_start[graph + 1] - wanted;
    gph_real_t *label = check.network.label.value + first * columns;
    gph_real_t *edge = check.network.edges.edge.value + check.batch.edge_start[graph];
    memset(label, 0, (size_t)(n * columns) * sizeof *label);
    memset(edge, 0, (size_t)(GPH_OPERANDS * n * n) * sizeof *edge);
    for (int64_t i = 0; i < n; i++) {
        const int64_t w = n - 1 - i;
        label[i * columns + (w < m ? check.batch.wanted_label[wanted + w] : columns - 1)] = 1;
        check.network.edges.none.value[first + i] = (gph_real_t)0.5;
    }
    for (int64_t e = 0; e < m - 1; e++) {
        const gph_wanted_edge_t at = check.batch.wanted_edge[wanted - graph + e];
        edge[(at.kind * n + n - 1 - at.from) * n + n - 1 - at.to] = 1;
    }
}

/* Any label or edge that is wrong makes it wrong. */
static void test_exact(void)
{
    if (begin(GPH_REWRITE_FOLD)) {
        (void)loss_of(false);
        for (int64_t g = 0; g < check.batch.graphs; g++) {
            const int64_t columns = check.network.labels + 1;
            const int64_t first = check.batch.start[g];
            const int64_t n = check.batch.start[g + 1] - first;
            gph_real_t *edge = check.network.edges.edge.value + check.batch.edge_start[g];
            predict_wanted(g);
            CU_ASSERT_TRUE(gph_expression_exact(&check.network, &check.batch, g));
            for (int64_t i = 0; i < n; i++) {
                gph_real_t *label = check.network.label.value + (first + i) * columns;
                gph_real_t kept[64];
                memcpy(kept, label, (size_t)columns * sizeof *label);
                for (int64_t c = 0; c < columns; c++) {
                    if (kept[c] > 0)
                        continue;
                    memset(label, 0, (size_t)columns * sizeof *label);
                    label[c] = 1;
                    CU_ASSERT_FALSE(gph_expression_exact(&check.network, &check.batch, g));
                }
                memcpy(label, kept, (size_t)columns * sizeof *label);
            }
            for (int64_t e = 0; e < GPH_OPERANDS * n * n; e++)
                if (edge[e] > 0) {
                    edge[e] = 0;
                    CU_ASSERT_FALSE(gph_expression_exact(&check.network, &check.batch, g));
                    edge[(e + n * n) % (GPH_OPERANDS * n * n)] += 1; /* the other place */
                    CU_ASSERT_FALSE(gph_expression_exact(&check.network, &check.batch, g));
                    edge[(e + n * n) % (GPH_OPERANDS * n * n)] -= 1;
                    edge[e] = 1;
                }
            CU_ASSERT_TRUE(gph_expression_exact(&check.network, &check.batch, g));
        }
    }
    end();
}

GPH_TEST_SUITE(expression_gradients, {"sorting", test_sort}, {"folding", test_fold},
               {"exact predictions", test_exact});
