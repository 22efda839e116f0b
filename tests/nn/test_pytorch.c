/* One step of training beside PyTorch's, stored by tests/tools/pytorch_step.py. */
#include "dist/build.h"
#include "gph_test.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "nn/optimizer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TABLES = 16, MOST = 1000, HIDDEN = 5 };

/* The matrices of the file. */
typedef struct table {
    char name[32];
    int rows;
    int columns;
    double value[MOST];
} table_t;

static table_t table[TABLES];
static int tables;

static const table_t *find(const char *name, const char *end)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "%s%s", name, end);
    for (int t = 0; t < tables; t++)
        if (strcmp(table[t].name, wanted) == 0)
            return &table[t];
    CU_FAIL("a table is missing");
    return &table[0];
}

static bool read_tables(void)
{
    FILE *file = fopen(gph_test_source("tests/nn/data/pytorch_step.txt"), "r");
    bool ok = file != NULL;
    for (tables = 0; ok && tables < TABLES; tables++) {
        table_t *t = &table[tables];
        if (fscanf(file, "%31s %d %d", t->name, &t->rows, &t->columns) != 3)
            break;
        ok = t->rows > 0 && t->columns > 0 && t->rows * t->columns <= MOST;
        for (int i = 0; ok && i < t->rows * t->columns; i++)
            ok = fscanf(file, "%lf", &t->value[i]) == 1;
    }
    if (file != NULL)
        fclose(file);
    return gph_test_all(ok && tables == 16);
}

/* What a step needs. */
typedef struct step {
    gph_context_t *context;
    gph_graph_t *graph;
    gph_domain_t domain;
    gph_tensor_t x;
    gph_tensor_t g;
    gph_network_t network;
    gph_optimizer_t optimizer;
    int32_t label[MOST];
    uint8_t split[MOST];
} step_t;

static bool make_graph(step_t *step)
{
    const table_t *pairs = find("edges", "");
    const table_t *features = find("features", "");
    gph_edges_t edges = gph_edges_init();
    const gph_build_options_t options = {.tiles = 5};
    edges.vertices = features->rows;
    edges.count = step->context->rank == 0 ? pairs->rows : 0;
    bool ok = gph_alloc(step->context->env, edges.count, sizeof *edges.edge, &edges.edge) == GPH_OK;
    for (int e = 0; ok && e < edges.count; e++)
        edges.edge[e] =
            (gph_edge_t){(int64_t)pairs->value[2 * e], (int64_t)pairs->value[2 * e + 1]};
    return gph_test_all(ok) &&
           GPH_EXPECT_OK(step->context,
                         gph_graph_build_by(step->context, &edges, &options, &step->graph)) &&
           GPH_EXPECT_OK(step->context, gph_domain_graph(step->graph, &step->domain));
}

static bool make_rows(step_t *step)
{
    const table_t *features = find("features", "");
    const int64_t columns = features->columns;
    const int64_t rows = step->domain.rows + step->domain.ghosts;
    if (!gph_test_all(gph_tensor_shape(step->context->env, rows, columns, &step->x) == GPH_OK))
        return false;
    for (int64_t i = 0; i < rows; i++) {
        const int64_t v = gph_graph_gid(step->graph, (gph_lid_t)i);
        for (int64_t j = 0; j < columns; j++)
            step->x.value[i * columns + j] = (float)features->value[v * columns + j];
        step->label[i] = (int32_t)find("labels", "")->value[v];
        step->split[i] = find("train", "")->value[v] != 0 ? GPH_SPLIT_TRAIN : GPH_SPLIT_NONE;
    }
    return true;
}

static void expect_near(const char *kind, const table_t *wanted, const float *found)
{
    for (int i = 0; i < wanted->columns; i++)
        GPH_EXPECT(fabs((double)found[i] - wanted->value[i]) <=
                       1e-5 * fmax(1, fabs(wanted->value[i])),
                   "%s of %s, number %d: %.9g, not %.9g", wanted->name, kind, i, (double)found[i],
                   wanted->value[i]);
}

/* Forward, loss, backward, step. */
static void run_step(step_t *step, const char *kind)
{
    gph_params_t *params = &step->network.params;
    const gph_input_t input = {.dense = &step->x, .has_ghosts = true};
    const gph_pass_t pass = gph_network_pass(&step->network, &step->domain, true, 1, 0);
    gph_tensor_t *output = NULL;
    gph_loss_t loss;
    if (!GPH_EXPECT_OK(step->context,
                       gph_network_forward(&step->network, &pass, &input, &output)) ||
        !gph_test_all(gph_tensor_shape(step->context->env, output->rows, output->columns,
                                       &step->g) == GPH_OK))
        return;
    const gph_tensor_t rows = gph_tensor_rows(output, 0, step->domain.rows);
    gph_tensor_t g_rows = gph_tensor_rows(&step->g, 0, step->domain.rows);
    gph_gradient_begin(params);
    if (!GPH_EXPECT_OK(step->context, gph_loss_softmax(step->context, &rows, step->label,
                                                       step->split, &g_rows, &loss)) ||
        !GPH_EXPECT_OK(step->context,
                       gph_network_backward(&step->network, &pass, &step->g, NULL)) ||
        !GPH_EXPECT_OK(step->context, gph_gradient_finish(params)))
        return;
    CU_ASSERT_TRUE(gph_optimizer_step(params, &step->optimizer, 1));
    const float told = (float)loss.loss[GPH_SPLIT_TRAIN];
    expect_near(kind, find(kind, "_loss"), &told);
    expect_near(kind, find(kind, "_gradient"), params->gradient);
    expect_near(kind, find(kind, "_after"), params->value);
}

static void check(gph_model_kind_t kind, const char *name)
{
    static step_t step;
    gph_model_options_t model = gph_model_options_default();
    const gph_optimizer_options_t optimizer = gph_optimizer_options_default();
    memset(&step, 0, sizeof step);
    step.context = gph_test_context();
    model.kind = kind;
    model.hidden = HIDDEN;
    model.dropout = 0;
    model.decay_all = true;
    gph_network_init(step.context, &step.network);
    if (read_tables() && make_graph(&step) && make_rows(&step)) {
        const table_t *before = find(name, "_before");
        const bool ok =
            gph_network_build(&step.network, &model, step.x.columns, 4) == GPH_OK &&
            gph_optimizer_init(&step.network.params, &optimizer, &step.optimizer) == GPH_OK;
        CU_ASSERT_EQUAL(step.network.params.size, before->columns);
        if (gph_test_all(ok && step.network.params.size == before->columns)) {
            for (int i = 0; i < before->columns; i++)
                step.network.params.value[i] = (float)before->value[i];
            run_step(&step, name);
        }
    }
    gph_network_free(&step.network);
    gph_optimizer_free(&step.optimizer);
    gph_tensor_free(&step.x);
    gph_tensor_free(&step.g);
    gph_domain_free(&step.domain);
    gph_graph_destroy(&step.graph);
}

static void test_gcn(void)
{
    check(GPH_MODEL_GCN, "gcn");
}

static void test_sage(void)
{
    check(GPH_MODEL_SAGE, "sage");
}

static void test_gin(void)
{
    check(GPH_MODEL_GIN, "gin");
}

GPH_TEST_SUITE(pytorch, {"a step of GCN", test_gcn}, {"a step of GraphSAGE", test_sage},
               {"a step of GIN", test_gin});
