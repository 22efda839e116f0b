/* The structural loss against a plain reference, all edit paths, and central differences. */
#include "gph_test.h"
#include "graph/expression.h"
#include "nn/structural.h"
#include "nn_sample.h"

#include "base/random.h"

#include <math.h>
#include <string.h>

enum { MOST = 9, KINDS = 2, LABELS = 4, CELLS = (MOST + 1) * (MOST + 1), TREE = 40 };

/* A predicted graph and a wanted one, with room for results. */
typedef struct sample_pair {
    gph_structural_pair_t pair;
    gph_real_t label[TREE * 32];
    gph_real_t edge[KINDS * TREE * TREE];
    gph_real_t g_label[TREE * 32];
    gph_real_t g_edge[KINDS * TREE * TREE];
    int32_t wanted_label[TREE];
    gph_wanted_edge_t wanted_edge[KINDS * TREE * TREE];
    double assignment[(TREE + 1) * (TREE + 1)];
} sample_pair_t;

static sample_pair_t sample;

static int64_t draw(uint64_t stream, uint64_t index, int64_t below)
{
    return (int64_t)gph_random_below(gph_random_u64(91, stream, index), (uint64_t)below);
}

static void point(sample_pair_t *s, int64_t nodes, int64_t wanted, int64_t labels)
{
    s->pair = (gph_structural_pair_t){.nodes = nodes,
                                      .labels = labels,
                                      .kinds = KINDS,
                                      .label = s->label,
                                      .edge = s->edge,
                                      .wanted_nodes = wanted,
                                      .wanted_label = s->wanted_label,
                                      .wanted_edge = s->wanted_edge,
                                      .assignment = s->assignment,
                                      .g_label = s->g_label,
                                      .g_edge = s->g_edge};
}

static void draw_wanted(sample_pair_t *s, uint64_t stream, int64_t sparse)
{
    gph_structural_pair_t *pair = &s->pair;
    for (int64_t j = 0; j < pair->wanted_nodes; j++)
        s->wanted_label[j] = (int32_t)draw(stream, 1000 + (uint64_t)j, LABELS);
    for (int32_t k = 0; k < KINDS; k++)
        for (int32_t a = 0; a < pair->wanted_nodes; a++)
            for (int32_t b = 0; b < pair->wanted_nodes; b++)
                if (a != b &&
                    draw(stream, 2000 + (uint64_t)((k * MOST + a) * MOST + b), sparse) == 0)
                    s->wanted_edge[pair->wanted_edges++] = (gph_wanted_edge_t){a, b, k};
}

/* Probabilities anywhere between 0 and 1. */
static void draw_soft(sample_pair_t *s, uint64_t stream)
{
    const int64_t n = s->pair.nodes;
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        double value[LABELS + 1];
        for (int64_t c = 0; c <= LABELS; c++)
            sum += value[c] = exp(3 * sample_number(stream, (uint64_t)(i * 16 + c)));
        for (int64_t c = 0; c <= LABELS; c++)
            s->label[i * (LABELS + 1) + c] = (gph_real_t)(value[c] / sum);
    }
    for (int64_t e = 0; e < KINDS * n * n; e++)
        s->edge[e] = (gph_real_t)(0.5 + 0.45 * sample_number(stream + 1, (uint64_t)e));
}

/* Probabilities 0 and 1; some nodes are none. */
static void draw_hard(sample_pair_t *s, uint64_t stream, int64_t sparse)
{
    const int64_t n = s->pair.nodes;
    memset(s->label, 0, sizeof s->label);
    memset(s->edge, 0, sizeof s->edge);
    for (int64_t i = 0; i < n; i++)
        s->label[i * (LABELS + 1) + draw(stream, (uint64_t)i, LABELS + 1)] = 1;
    for (int64_t k = 0; k < KINDS; k++)
        for (int64_t i = 0; i < n; i++)
            for (int64_t h = 0; h < n; h++)
                s->edge[(k * n + i) * n + h] =
                    i != h &&
                    draw(stream, 100 + (uint64_t)((k * MOST + i) * MOST + h), sparse) == 0;
}

static double loss_of(sample_pair_t *s, const gph_structural_options_t *options)
{
    gph_context_t *context = gph_test_context();
    gph_structural_space_t space = {0};
    CU_ASSERT_EQUAL(gph_structural_loss(context, options, 1, 1, &s->pair, &space), GPH_OK);
    gph_structural_free(&space);
    return s->pair.loss;
}

/* --- a plain reference ---------------------------------------------------------------------- */

static double wanted_at(const gph_structural_pair_t *pair, int64_t k, int64_t a, int64_t b)
{
    for (int64_t e = 0; e < pair->wanted_edges; e++)
        if (pair->wanted_edge[e].kind == k && pair->wanted_edge[e].from == a &&
            pair->wanted_edge[e].to == b)
            return 1;
    return 0;
}

static double price(const gph_structural_options_t *options, double p)
{
    const double e = options->epsilon;
    return e == 1 ? 1 - p : log(p + e * (1 - p)) / log(e);
}

static double node_cost(const gph_structural_pair_t *pair, const gph_structural_options_t *options,
                        int64_t i, int64_t j)
{
    const int64_t n = pair->nodes;
    const int64_t m = pair->wanted_nodes;
    if (i == n)
        return j < m ? options->alpha : 0;
    const gph_real_t *label = pair->label + i * (pair->labels + 1);
    return options->alpha *
           price(options, (double)label[j < m ? pair->wanted_label[j] : pair->labels]);
}

/* Half of what it saves to lay an edge upon a wanted one: it is neither deleted nor inserted, but
 * costs what it lacks. */
static double saved(const gph_structural_pair_t *pair, const gph_structural_options_t *options,
                    int64_t k, int64_t from, int64_t to)
{
    const double a = (double)pair->edge[(k * pair->nodes + from) * pair->nodes + to];
    return 0.5 * (price(options, 1 - a) + 1 - price(options, a));
}

/* Σ over kinds, h, l of x[h][l] (A[i][h] B[j][l] + A[h][i] B[l][j]), A being saved(). */
static double follow(const gph_structural_pair_t *pair, const gph_structural_options_t *options,
                     const double *x, int64_t i, int64_t j)
{
    const int64_t n = pair->nodes;
    const int64_t m = pair->wanted_nodes;
    double sum = 0;
    for (int64_t k = 0; k < pair->kinds; k++)
        for (int64_t h = 0; h < n; h++)
            for (int64_t l = 0; l < m; l++)
                sum +=
                    x[h * (m + 1) + l] * (saved(pair, options, k, i, h) * wanted_at(pair, k, j, l) +
                                          saved(pair, options, k, h, i) * wanted_at(pair, k, l, j));
    return sum;
}

static double soft_triangles(int64_t n, const double *p)
{
    double sum = 0;
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < a; b++)
            for (int64_t c = 0; c < b; c++)
                sum += p[a * n + b] * p[b * n + c] * p[a * n + c];
    return sum;
}

static double triangle_mismatch(const gph_structural_pair_t *pair)
{
    static double p[TREE * TREE];
    static double q[TREE * TREE];
    const int64_t n = pair->nodes;
    const int64_t m = pair->wanted_nodes;
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < n; b++) {
            double none = 1;
            for (int64_t k = 0; k < pair->kinds; k++)
                none *= (1 - (double)pair->edge[(k * n + a) * n + b]) *
                        (1 - (double)pair->edge[(k * n + b) * n + a]);
            p[a * n + b] = 1 - none;
        }
    for (int64_t a = 0; a < m; a++)
        for (int64_t b = 0; b < m; b++) {
            q[a * m + b] = 0;
            for (int64_t k = 0; k < pair->kinds; k++)
                q[a * m + b] =
                    fmax(q[a * m + b], fmax(wanted_at(pair, k, a, b), wanted_at(pair, k, b, a)));
        }
    return fabs(soft_triangles(n, p) - soft_triangles(m, q));
}

/* What an assignment costs, by the definition. */
static double cost_of(const gph_structural_pair_t *pair, const gph_structural_options_t *options,
                      const double *s)
{
    const int64_t n = pair->nodes;
    const int64_t m = pair->wanted_nodes;
    double cost = options->beta * (double)pair->wanted_edges;
    for (int64_t e = 0; e < pair->kinds * n * n; e++)
        cost += options->beta * price(options, 1 - (double)pair->edge[e]);
    for (int64_t i = 0; i <= n; i++)
        for (int64_t j = 0; j <= m; j++) {
            cost += s[i * (m + 1) + j] * node_cost(pair, options, i, j);
            if (i < n && j < m)
                cost -= options->beta * s[i * (m + 1) + j] * follow(pair, options, s, i, j);
        }
    return cost + options->gamma * triangle_mismatch(pair);
}

/* The same assignment without logarithms and without potentials: rows and columns are scaled. */
static void reference(const gph_structural_pair_t *pair, const gph_structural_options_t *options,
                      double *s)
{
    const int64_t n = pair->nodes;
    const int64_t m = pair->wanted_nodes;
    static double next[CELLS];
    static double scale[MOST];
    for (int64_t j = 0; j < m; j++)
        scale[j] = 1;
    for (int r = 0; r < options->rounds; r++) {
        for (int64_t i = 0; i <= n; i++)
            for (int64_t j = 0; j <= m; j++) {
                double cost = node_cost(pair, options, i, j);
                if (r > 0 && i < n && j < m)
                    cost -= 2 * options->beta * follow(pair, options, s, i, j);
                next[i * (m + 1) + j] = exp(-cost / options->temperature) * (j < m ? scale[j] : 1);
            }
        for (int t = 0; t < options->iterations; t++) {
            for (int64_t i = 0; i < n; i++) {
                double sum = 0;
                for (int64_t j = 0; j <= m; j++)
                    sum += next[i * (m + 1) + j];
                for (int64_t j = 0; j <= m; j++)
                    next[i * (m + 1) + j] /= sum;
            }
            for (int64_t j = 0; j < m; j++) {
                double sum = 0;
                for (int64_t i = 0; i <= n; i++)
                    sum += next[i * (m + 1) + j];
                scale[j] /= sum;
                for (int64_t i = 0; i <= n; i++)
                    next[i * (m + 1) + j] /= sum;
            }
        }
        memcpy(s, next, (size_t)((n + 1) * (m + 1)) * sizeof *s);
        s[n * (m + 1) + m] = 0;
    }
}

static void test_reference(void)
{
    gph_structural_options_t options = gph_structural_options_default();
    options.alpha = 1.3;
    options.beta = 0.7;
    options.gamma = 0.4;
    options.temperature = 0.5;
    for (uint64_t trial = 0; trial < 60; trial++) {
        static double wanted[CELLS];
        const uint64_t stream = 100 * trial;
        point(&sample, draw(stream, 0, MOST) + 1, draw(stream, 1, MOST), LABELS);
        draw_wanted(&sample, stream + 1, 3);
        draw_soft(&sample, stream + 2);
        options.rounds = 1 + (int)(trial % 4);
        options.iterations = 1 + (int)(trial % 7);
        options.epsilon = trial % 3 == 0 ? 1 : 0.01;
        const double loss = loss_of(&sample, &options);
        reference(&sample.pair, &options, wanted);
        const int64_t cells = (sample.pair.nodes + 1) * (sample.pair.wanted_nodes + 1);
        for (int64_t c = 0; c < cells; c++)
            GPH_EXPECT(fabs(sample.assignment[c] - wanted[c]) < 1e-9, "cell %lld: %.12g, not %.12g",
                       (long long)c, sample.assignment[c], wanted[c]);
        const double cost = cost_of(&sample.pair, &options, wanted);
        GPH_EXPECT(fabs(loss - cost) < 1e-9 * (1 + fabs(cost)), "%.12g, not %.12g", loss, cost);
    }
}

/* --- gradients ------------------------------------------------------------------------------ */

static void check_slopes(const char *what, gph_real_t *value, const gph_real_t *gradient,
                         int64_t count, const gph_structural_options_t *options)
{
    const double step = 1e-5;
    double most = 0;
    for (int64_t i = 0; i < count; i++)
        most = fmax(most, fabs((double)gradient[i]));
    for (int64_t i = 0; i < count; i++) {
        const gph_real_t old = value[i];
        sample.pair.g_label = NULL;
        value[i] = old + (gph_real_t)step;
        const double up = loss_of(&sample, options);
        value[i] = old - (gph_real_t)step;
        const double down = loss_of(&sample, options);
        value[i] = old;
        const double slope = (up - down) / (2 * step);
        const double size = fmax(fmax(fabs(slope), fabs((double)gradient[i])), 1e-3 * most);
        GPH_EXPECT(fabs(slope - (double)gradient[i]) <= 1e-5 * size,
                   "%s, number %lld: %.12g, differences %.12g", what, (long long)i,
                   (double)gradient[i], slope);
    }
}

static void test_gradients(void)
{
    gph_structural_options_t options = gph_structural_options_default();
    options.alpha = 1.1;
    options.beta = 0.6;
    for (uint64_t trial = 0; trial < 16; trial++) {
        const uint64_t stream = 100 * trial + 50;
        point(&sample, draw(stream, 0, 5) + 2, draw(stream, 1, 6), LABELS);
        draw_wanted(&sample, stream + 1, 3);
        draw_soft(&sample, stream + 2);
        const int64_t n = sample.pair.nodes;
        options.temperature = trial % 2 == 0 ? 1 : 0.4;
        options.gamma = trial % 3 == 0 ? 0 : 0.3;
        options.rounds = 1 + (int)(trial % 4);
        options.iterations = 1 + (int)(trial % 6);
        options.epsilon = trial % 5 == 0 ? 1 : 0.02;
        (void)loss_of(&sample, &options);
        check_slopes("label", sample.label, sample.g_label, n * (LABELS + 1), &options);
        check_slopes("edge", sample.edge, sample.g_edge, KINDS * n * n, &options);
    }
}

/* --- all edit paths ------------------------------------------------------------------------- */

/* Least cost over all assignments of nodes i … to columns not taken. */
static double least(const gph_structural_pair_t *pair, const gph_structural_options_t *options,
                    int64_t i, unsigned taken, double *s) // NOLINT(misc-no-recursion)
{
    const int64_t n = pair->nodes;
    const int64_t m = pair->wanted_nodes;
    double best = INFINITY;
    if (i == n) {
        for (int64_t j = 0; j < m; j++)
            s[n * (m + 1) + j] = (taken >> j & 1) == 0;
        return cost_of(pair, options, s);
    }
    for (int64_t j = 0; j <= m; j++) {
        if (j < m && (taken >> j & 1) != 0)
            continue;
        s[i * (m + 1) + j] = 1;
        best = fmin(best, least(pair, options, i + 1, j < m ? taken | 1U << j : taken, s));
        s[i * (m + 1) + j] = 0;
    }
    return best;
}

static gph_structural_options_t cold(void)
{
    gph_structural_options_t options = gph_structural_options_default();
    options.temperature = 0.02;
    options.iterations = 300;
    options.rounds = 10;
    return options;
}

/* Graphs without probabilities, cold: never below the distance, and nearly always the distance. A
 * node that is none may as well be inserted, so that assignments are not all of 0 and 1. */
static void test_paths(void)
{
    const gph_structural_options_t options = cold();
    int tight = 0;
    enum { TRIALS = 120 };
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        static double s[CELLS];
        const uint64_t stream = 100 * trial + 7;
        memset(s, 0, sizeof s);
        point(&sample, draw(stream, 0, 5), draw(stream, 1, 5), LABELS);
        draw_wanted(&sample, stream + 1, 4);
        draw_hard(&sample, stream + 2, 4);
        const double loss = loss_of(&sample, &options);
        const double distance = least(&sample.pair, &options, 0, 0, s);
        tight += loss < distance + 0.01;
        GPH_EXPECT(loss > distance - 1e-6, "loss %.9g is below the distance %.9g", loss, distance);
        GPH_EXPECT(fabs(loss - cost_of(&sample.pair, &options, sample.assignment)) < 1e-9,
                   "loss %.9g is not that of its path", loss);
    }
    GPH_EXPECT(tight > TRIALS * 9 / 10, "%d losses of %d are distances", tight, TRIALS);
}

/* --- expressions ---------------------------------------------------------------------------- */

enum { NAMES = 31 };

static int32_t name_of(gph_expression_node_t node)
{
    uint32_t hash = 7;
    for (int64_t c = 0; c < node.length; c++)
        hash = hash * 33 + (unsigned char)node.text[c];
    return (int32_t)(hash % NAMES);
}

/* An expression as the wanted graph, and as the prediction with its nodes elsewhere. */
static bool take_expression(const gph_expression_t *expression, uint64_t stream)
{
    gph_small_dag_t dag = {0};
    int64_t place[TREE];
    int64_t operand[TREE] = {0};
    if (gph_expression_count(expression) > TREE || gph_expression_dag(expression, &dag) != GPH_OK)
        return false;
    point(&sample, dag.nodes, dag.nodes, NAMES);
    memset(sample.label, 0, sizeof sample.label);
    memset(sample.edge, 0, sizeof sample.edge);
    for (int64_t i = 0; i < dag.nodes; i++) {
        const int64_t other = draw(stream, (uint64_t)i, i + 1);
        place[i] = i;
        place[i] = place[other];
        place[other] = i;
    }
    for (int64_t i = 0; i < dag.nodes; i++) {
        sample.wanted_label[i] = name_of(gph_expression_node(expression, i));
        sample.label[place[i] * (NAMES + 1) + sample.wanted_label[i]] = 1;
    }
    for (int64_t e = 0; e < dag.edges; e++) {
        const gph_edge_t edge = dag.edge[e];
        const int32_t kind = (int32_t)operand[edge.u]++;
        sample.wanted_edge[sample.pair.wanted_edges++] =
            (gph_wanted_edge_t){(int32_t)edge.u, (int32_t)edge.v, kind};
        sample.edge[(kind * dag.nodes + place[edge.u]) * dag.nodes + place[edge.v]] = 1;
    }
    gph_small_dag_free(&dag);
    return true;
}

static void test_permuted(void)
{
    gph_context_t *context = gph_test_context();
    const gph_structural_options_t options = cold();
    gph_expression_random_t random = gph_expression_random_default();
    gph_expression_t expression = gph_expression_init(context->env);
    int zero = 0;
    int count = 0;
    random.grouped = false;
    random.most = 8;
    for (uint64_t trial = 0; trial < 100; trial++) {
        if (gph_expression_draw(&random, 5, trial, &expression) != GPH_OK ||
            !take_expression(&expression, trial))
            continue;
        const double loss = loss_of(&sample, &options);
        count++;
        zero += fabs(loss) < 1e-6;
        GPH_EXPECT(loss > -1e-6, "loss %.9g of equal graphs", loss);
        /* One edit more is one more to pay. */
        const int64_t last = sample.pair.wanted_nodes - 1;
        sample.wanted_label[last] = (sample.wanted_label[last] + 1) % NAMES;
        const double other = loss_of(&sample, &options);
        GPH_EXPECT(other > 1 - 1e-6, "loss %.9g of graphs that differ", other);
    }
    GPH_EXPECT(count == 100 && zero >= 95, "%d of %d permuted graphs have loss 0", zero, count);
    gph_expression_free(&expression);
}

/* --- terms ---------------------------------------------------------------------------------- */

/* Three nodes in a row against a triangle: an edge and a clique. */
static void test_terms(void)
{
    gph_structural_options_t options = cold();
    options.alpha = 5;
    options.beta = 0.5;
    options.gamma = 0.25;
    point(&sample, 3, 3, LABELS);
    memset(sample.label, 0, sizeof sample.label);
    memset(sample.edge, 0, sizeof sample.edge);
    for (int32_t i = 0; i < 3; i++) {
        sample.label[i * (LABELS + 1) + i] = 1;
        sample.wanted_label[i] = i;
        sample.edge[i * 3 + (i + 1) % 3] = 1;
        if (i < 2)
            sample.wanted_edge[sample.pair.wanted_edges++] = (gph_wanted_edge_t){i, i + 1, 0};
    }
    CU_ASSERT_DOUBLE_EQUAL(loss_of(&sample, &options), 0.75, 1e-6);
    sample.edge[2 * 3] = 0; /* and of another kind: one edge in place of another */
    sample.wanted_edge[1].kind = 1;
    CU_ASSERT_DOUBLE_EQUAL(loss_of(&sample, &options), 1, 1e-6);
    sample.wanted_edge[1].kind = 0;
    sample.label[2 * (LABELS + 1) + 2] = 0; /* and a node that is none, its edge left behind */
    sample.label[2 * (LABELS + 1) + LABELS] = 1;
    CU_ASSERT_DOUBLE_EQUAL(loss_of(&sample, &options), 5, 1e-3);
}

static void test_bad_options(void)
{
    gph_context_t *context = gph_test_context();
    gph_structural_options_t options = gph_structural_options_default();
    CU_ASSERT_EQUAL(gph_structural_check(context->env, &options), GPH_OK);
    options.temperature = 0;
    CU_ASSERT_EQUAL(gph_structural_check(context->env, &options), GPH_ERR_USAGE);
    options = gph_structural_options_default();
    options.rounds = 65;
    CU_ASSERT_EQUAL(gph_structural_check(context->env, &options), GPH_ERR_USAGE);
    options = gph_structural_options_default();
    options.beta = (double)NAN;
    CU_ASSERT_EQUAL(gph_structural_check(context->env, &options), GPH_ERR_USAGE);
    gph_context_clear_error(context);
}

GPH_TEST_SUITE(structural, {"a plain reference", test_reference},
               {"central differences", test_gradients}, {"all edit paths", test_paths},
               {"permuted expressions", test_permuted}, {"terms", test_terms},
               {"bad options", test_bad_options});
