/* Topological levels, cycles, the forward pass and the values of expressions. */
#include "base/random.h"
#include "dist/levels.h"
#include "gph/dist_forward.h"
#include "gph_test.h"
#include "graph/expression.h"
#include "graph/graph.h"
#include "par/comm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A random directed acyclic graph, known on every rank: edges go up in a shuffled order, so that
 * numbers of nodes say nothing. */
typedef struct dag {
    int64_t nodes;
    int64_t edges; /**< drawn */
    int64_t span;  /**< edges reach at most so far */
    bool weighted;
} dag_t;

static const dag_t dags[] = {{1, 0, 1, false},     {9, 4, 4, true},         {60, 200, 60, true},
                             {300, 700, 5, false}, {1500, 9000, 300, true}, {400, 399, 1, true}};

enum { DAGS = sizeof dags / sizeof *dags };

/* Number of the node at a place of the topological order. */
static int64_t node_at(const dag_t *dag, int64_t place)
{
    int64_t stride = 7 % dag->nodes == 0 ? 11 : 7; /* coprime to the sizes above */
    return dag->nodes == 1 ? 0 : (place * stride + 3) % dag->nodes;
}

static void edge_at(const dag_t *dag, int64_t i, int64_t *from, int64_t *to, double *weight)
{
    const gph_random2_t bits = gph_random2(5, (uint64_t)dag->nodes, (uint64_t)i);
    const int64_t low = dag->span == 1
                            ? i % (dag->nodes - 1)
                            : (int64_t)gph_random_below(bits.a, (uint64_t)dag->nodes - 1);
    const int64_t room = dag->nodes - 1 - low < dag->span ? dag->nodes - 1 - low : dag->span;
    *from = node_at(dag, low);
    *to = node_at(dag, low + 1 + (int64_t)gph_random_below(bits.b, (uint64_t)room));
    *weight = (double)((*from * 31 + *to * 17) % 41 - 20) / 16; /* the same for repeats */
}

static bool make(const dag_t *dag, gph_graph_t **graph)
{
    gph_context_t *context = gph_test_context();
    int64_t *from = calloc((size_t)dag->edges + 1, sizeof *from);
    int64_t *to = calloc((size_t)dag->edges + 1, sizeof *to);
    double *weight = calloc((size_t)dag->edges + 1, sizeof *weight);
    int64_t count = 0;
    for (int64_t i = context->rank; i < dag->edges; i += context->ranks, ++count)
        edge_at(dag, i, &from[count], &to[count], &weight[count]);
    const bool ok = GPH_EXPECT_OK(context, gph_graph_from_arcs(context, count, from, to,
                                                               dag->weighted ? weight : NULL,
                                                               dag->nodes, graph));
    free(from);
    free(to);
    free(weight);
    return ok;
}

/* All edges as a matrix: weight of u -> v, NaN where there is none. */
static float *matrix_of(const dag_t *dag)
{
    float *matrix = malloc((size_t)(dag->nodes * dag->nodes) * sizeof *matrix);
    for (int64_t i = 0; i < dag->nodes * dag->nodes; ++i)
        matrix[i] = NAN;
    for (int64_t i = 0; i < dag->edges; ++i) {
        int64_t u = 0;
        int64_t v = 0;
        double weight = 0;
        edge_at(dag, i, &u, &v, &weight);
        matrix[u * dag->nodes + v] = dag->weighted ? (float)weight : 1;
    }
    return matrix;
}

static float input_of(int64_t node, int64_t b)
{
    return (float)((node * 13 + b * 7) % 29 - 14) / 8;
}

static float bias_of(int64_t node)
{
    return (float)(node % 5 - 2) / 4;
}

static float activate(gph_activation_t activation, float x)
{
    switch (activation) {
    case GPH_ACTIVATION_RELU:
        return x > 0 ? x : 0;
    case GPH_ACTIVATION_SIGMOID:
        return 1.0F / (1.0F + expf(-x));
    case GPH_ACTIVATION_TANH:
        return tanhf(x);
    case GPH_ACTIVATION_GELU:
        return 0.5F * x * (1.0F + erff(x * 0.707106781F));
    case GPH_ACTIVATION_SILU:
        return x / (1.0F + expf(-x));
    case GPH_ACTIVATION_IDENTITY:
        break;
    }
    return x;
}

/* One node after the other, one input after the other. */
static float *sequential(const dag_t *dag, int64_t batch, gph_activation_t activation, bool mixed)
{
    float *matrix = matrix_of(dag);
    float *value = malloc((size_t)(dag->nodes * batch) * sizeof *value);
    for (int64_t place = 0; place < dag->nodes; ++place) {
        const int64_t v = node_at(dag, place);
        for (int64_t b = 0; b < batch; ++b) {
            float x = bias_of(v);
            bool source = true;
            for (int64_t u = 0; u < dag->nodes; ++u) {
                const float weight = matrix[u * dag->nodes + v];
                if (isnan(weight))
                    continue;
                source = false;
                x += weight * value[u * batch + b];
            }
            const gph_activation_t own =
                mixed ? (gph_activation_t)(v % (GPH_ACTIVATION_SILU + 1)) : activation;
            value[v * batch + b] = source ? input_of(v, b) : activate(own, x);
        }
    }
    free(matrix);
    return value;
}

static void check_pass(const dag_t *dag, const gph_graph_t *graph, int64_t batch,
                       gph_activation_t activation, bool mixed, gph_digest_t *digest)
{
    gph_context_t *context = graph->context;
    const size_t room = (size_t)graph->owned + 1;
    float *value = malloc(room * (size_t)batch * sizeof *value);
    float *bias = malloc(room * sizeof *bias);
    gph_activation_t *own = malloc(room * sizeof *own);
    float *wanted = sequential(dag, batch, activation, mixed);
    gph_forward_options_t options = gph_forward_options_default();

    options.batch = batch;
    options.activation = activation;
    options.bias = bias;
    options.of_node = mixed ? own : NULL;
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        bias[v] = bias_of(graph->first + v);
        own[v] = (gph_activation_t)((graph->first + v) % (GPH_ACTIVATION_SILU + 1));
        for (int64_t b = 0; b < batch; ++b)
            value[v * batch + b] = input_of(graph->first + v, b);
    }
    GPH_EXPECT_OK(context, gph_forward_pass(graph, &options, value, value));
    const size_t row = (size_t)batch * sizeof *value;
    GPH_EXPECT(memcmp(value, wanted + graph->first * batch, (size_t)graph->owned * row) == 0,
               "%d nodes, batch %d, %s: not the bits of the sequential pass", (int)dag->nodes,
               (int)batch, gph_activation_name(activation));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        gph_digest_add(digest,
                       gph_digest_item((uint64_t)(graph->first + v), value + v * batch, row));
    free(value);
    free(bias);
    free(own);
    free(wanted);
}

static void test_pass(void)
{
    gph_context_t *context = gph_test_context();
    gph_digest_t digest = {0};
    char text[GPH_DIGEST_CHARS] = "";
    for (int i = 0; i < DAGS; ++i) {
        gph_graph_t *graph = NULL;
        if (!make(&dags[i], &graph))
            continue;
        for (int a = 0; a <= GPH_ACTIVATION_SILU; ++a)
            check_pass(&dags[i], graph, i % 3 + 1, (gph_activation_t)a, false, &digest);
        check_pass(&dags[i], graph, dags[i].nodes < 400 ? 700 : 5, GPH_ACTIVATION_TANH, true,
                   &digest);
        gph_graph_destroy(&graph);
    }
    CU_ASSERT_EQUAL(gph_comm_sum_digest(context, &digest), GPH_OK);
    gph_test_expect_same("forward passes", gph_digest_format(digest, text));
}

/* --- levels --------------------------------------------------------------------------------- */

static void test_levels(void)
{
    gph_context_t *context = gph_test_context();
    for (int i = 0; i < DAGS; ++i) {
        const dag_t *dag = &dags[i];
        gph_graph_t *graph = NULL;
        float *matrix = matrix_of(dag);
        int64_t *level = calloc((size_t)dag->nodes, sizeof *level);
        int64_t highest = 0;
        int64_t found = 0;
        for (int64_t place = 0; place < dag->nodes; ++place) {
            const int64_t v = node_at(dag, place);
            for (int64_t u = 0; u < dag->nodes; ++u)
                if (!isnan(matrix[u * dag->nodes + v]) && level[u] >= level[v])
                    level[v] = level[u] + 1;
            highest = level[v] > highest ? level[v] : highest;
        }
        if (make(dag, &graph)) {
            GPH_EXPECT_OK(context, gph_graph_levels(graph, &found));
            CU_ASSERT_EQUAL(found, highest + 1);
        }
        gph_graph_destroy(&graph);
        free(matrix);
        free(level);
    }
}

static void expect_cycle(int64_t count, const int64_t *from, const int64_t *to, const char *wanted)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    int64_t levels = 0;
    const int64_t mine = context->rank == context->ranks - 1 ? count : 0;
    if (!GPH_EXPECT_OK(context, gph_graph_from_arcs(context, mine, from, to, NULL, -1, &graph)))
        return;
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_graph_levels(graph, &levels));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    GPH_EXPECT(strstr(gph_context_error(context), wanted) != NULL, "'%s' lacks '%s'",
               gph_context_error(context), wanted);
    gph_graph_destroy(&graph);
}

static void test_cycles(void)
{
    enum { LONG = 500 };
    static const int64_t triangle[2][5] = {{10, 20, 30, 5, 30}, {20, 30, 10, 10, 40}};
    static const int64_t two[2][3] = {{1, 2, 0}, {2, 1, 1}};
    static const int64_t loop[2][2] = {{1, 3}, {2, 3}};
    int64_t ring[2][LONG];
    for (int64_t i = 0; i < LONG; ++i) {
        ring[0][i] = i;
        ring[1][i] = (i + 1) % LONG;
    }
    expect_cycle(5, triangle[0], triangle[1],
                 "a cycle of 3 nodes, so that none of them can come "
                 "first: 10 -> 20 -> 30 -> 10");
    expect_cycle(3, two[0], two[1], "1 -> 2 -> 1");
    expect_cycle(2, loop[0], loop[1], "1 edges from a node to itself");
    expect_cycle(LONG, ring[0], ring[1], "a cycle of 500 nodes");
    expect_cycle(LONG, ring[0], ring[1], "... -> 490 -> 491");
    expect_cycle(LONG, ring[0], ring[1], "499 -> 0");
}

static void test_refused(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    float value = 0;
    gph_forward_options_t options = gph_forward_options_default();
    static const int64_t ids[] = {0, -1};
    static const int64_t good[] = {0, 1};
    static const double weights[] = {INFINITY, 1};

    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_graph_from_arcs(context, 2, ids, ids, NULL, -1, &graph));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_graph_from_arcs(context, 2, good, good, weights, -1, &graph));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_graph_from_arcs(context, 2, good, good, NULL, 1, &graph));
    gph_context_clear_error(context);
    CU_ASSERT_PTR_NULL(graph);
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "path:n=1", GPH_FORMAT_AUTO, &graph)))
        return;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_forward_pass(graph, NULL, &value, &value));
    gph_context_clear_error(context);
    options.batch = 0;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_forward_pass(graph, &options, &value, &value));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_graph_evaluate(graph, 0, NULL, NULL));
    gph_graph_destroy(&graph);
    CU_ASSERT_PTR_NULL(gph_activation_name((gph_activation_t)17));
    CU_ASSERT_EQUAL(gph_forward_pass(NULL, NULL, NULL, NULL), GPH_ERR_USAGE);
}

/* --- expressions ---------------------------------------------------------------------------- */

enum { EXPRESSIONS = 20000 };

static const gph_binding_t bindings[] = {{"x", 1.25}, {"y", -0.75}, {"z", 3.5}};

/* A file of expressions, one of them with many operands, and the values that they have one by one.
 */
static bool make_file(gph_context_t *context, const char *path, double *value)
{
    const gph_expression_random_t options = gph_expression_random_default();
    gph_expression_t drawn = gph_expression_init(context->env);
    gph_array_t text = gph_array_init(context->env, 1);
    gph_symbol_values_t symbols = {0};
    bool ok = gph_symbol_values_make(context->env, 3, bindings, &symbols) == GPH_OK;
    for (int64_t i = 0; i < EXPRESSIONS - 1 && ok; ++i)
        ok = gph_expression_draw(&options, 12, (uint64_t)i, &drawn) == GPH_OK &&
             gph_expression_value(context->env, &drawn, &symbols, &value[i]) == GPH_OK &&
             gph_expression_write(&drawn, &text) == GPH_OK && gph_array_push(&text, "\n") == GPH_OK;
    ok = ok && gph_array_append(&text, "(+ 1", 4) == GPH_OK;
    for (int i = 0; i < 100 && ok; ++i)
        ok = gph_array_append(&text, " x", 2) == GPH_OK;
    ok = ok && gph_array_append(&text, ")", 1) == GPH_OK;
    value[EXPRESSIONS - 1] = 1 + 100 * 1.25;
    if (ok && context->rank == 0) {
        FILE *file = fopen(path, "wb");
        ok = file != NULL && fwrite(text.data, 1, (size_t)text.count, file) == (size_t)text.count;
        if (file != NULL)
            fclose(file);
    }
    gph_free(symbols.binding);
    gph_array_free(&text);
    gph_expression_free(&drawn);
    return gph_test_all(ok);
}

static bool is_operand(const gph_graph_t *graph, gph_lid_t v)
{
    bool operand = false;
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
        operand = operand || (graph->direction[i] & GPH_ARC_IN) != 0;
    return operand;
}

static void test_values(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    double *wanted = calloc(EXPRESSIONS, sizeof *wanted);
    char spec[800] = "";
    snprintf(spec, sizeof spec, "math:path=%s", gph_test_tmp("values.txt"));
    if (make_file(context, gph_test_tmp("values.txt"), wanted) &&
        GPH_EXPECT_OK(context, gph_graph_load(context, spec, GPH_FORMAT_AUTO, &graph))) {
        double *value = calloc((size_t)graph->owned + 1, sizeof *value);
        int64_t roots = 0;
        int64_t at = 0;
        GPH_EXPECT_OK(context, gph_graph_evaluate(graph, 3, bindings, value));
        for (gph_lid_t v = 0; v < graph->owned; ++v)
            roots += !is_operand(graph, v);
        CU_ASSERT_EQUAL(gph_comm_scan_i64(context, 1, &roots, &at, NULL), GPH_OK);
        for (gph_lid_t v = 0; v < graph->owned; ++v) {
            if (is_operand(graph, v))
                continue;
            CU_ASSERT_TRUE((isnan(value[v]) && isnan(wanted[at])) || value[v] == wanted[at]);
            ++at;
        }
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_graph_evaluate(graph, 2, bindings, value));
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "symbol 'z' has no value"));
        free(value);
    }
    gph_graph_destroy(&graph);
    free(wanted);
}

/* --- faults --------------------------------------------------------------------------------- */

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_status_t status = GPH_ERR_MEMORY;
    const int victim = context->ranks / 2;
    int64_t failed = 0;
    if (!make(&dags[2], &graph))
        return;
    float *value = calloc((size_t)graph->owned + 1, sizeof *value);
    for (int64_t nth = 1; status != GPH_OK && nth < 1000; ++nth) {
        const int64_t before = gph_mem_used(context->env);
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        status = gph_forward_pass(graph, NULL, value, value);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), before);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        failed += status != GPH_OK;
    }
    CU_ASSERT_TRUE(status == GPH_OK && failed > 10);
    free(value);
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(forward, {"equals the sequential pass bit for bit", test_pass},
               {"levels", test_levels}, {"shows a cycle", test_cycles}, {"refused", test_refused},
               {"values of expressions", test_values},
               {"survives failing allocations", test_faults});
