/* Parallel iteration over nodes and edges, against loops over a matrix; readers and a writer. */
#include "base/random.h"
#include "base/sum.h"
#include "dist/build.h"
#include "gph/dist.h"
#include "gph/graph_iterate.h"
#include "gph_test.h"
#include "par/comm.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One graph, known as a whole on every rank. */
typedef struct sample {
    const char *name;
    int64_t vertices;
    int64_t edges; /**< drawn, with loops and repeats */
    bool directed;
} sample_t;

static const sample_t samples[] = {
    {"one", 1, 0, false},          {"empty rows", 9, 3, false},
    {"small", 30, 100, false},     {"directed", 50, 400, true},
    {"large", 3000, 20000, false}, {"large directed", 2000, 9000, true},
};

enum { SAMPLES = sizeof samples / sizeof *samples };

static gph_edge_t edge_of(const sample_t *sample, int64_t i)
{
    const gph_random2_t bits = gph_random2(3, (uint64_t)sample->vertices, (uint64_t)i);
    return (gph_edge_t){(int64_t)gph_random_below(bits.a, (uint64_t)sample->vertices),
                        (int64_t)gph_random_below(bits.b, (uint64_t)sample->vertices)};
}

static bool make(const sample_t *sample, gph_graph_t **graph)
{
    gph_context_t *context = gph_test_context();
    gph_status_t status = GPH_OK;
    gph_edges_t edges = gph_edges_init();
    edges.vertices = sample->vertices;
    edges.directed = sample->directed;
    GPH_TRY_ALL(context, gph_alloc(context->env, sample->edges, sizeof *edges.edge, &edges.edge));
    for (int64_t i = context->rank; i < sample->edges; i += context->ranks)
        edges.edge[edges.count++] = edge_of(sample, i);
    GPH_TRY(gph_graph_build(context, &edges, graph));
cleanup:
    gph_edges_free(&edges);
    return GPH_EXPECT_OK(context, status);
}

/* All edges u < v, sorted, with what directions they have; on every rank. */
typedef struct whole {
    int64_t count;
    gph_graph_edge_t *edge;
    int64_t *degree; /* [vertices] */
} whole_t;

static int by_ends(const void *a, const void *b)
{
    const gph_graph_edge_t *x = a;
    const gph_graph_edge_t *y = b;
    if (x->u != y->u)
        return x->u < y->u ? -1 : 1;
    return x->v < y->v ? -1 : x->v > y->v;
}

static whole_t whole_make(const sample_t *sample)
{
    whole_t whole = {0, calloc((size_t)sample->edges + 1, sizeof(gph_graph_edge_t)),
                     calloc((size_t)sample->vertices, sizeof(int64_t))};
    for (int64_t i = 0; i < sample->edges; ++i) {
        const gph_edge_t edge = edge_of(sample, i);
        const bool swap = edge.u > edge.v;
        if (edge.u != edge.v)
            whole.edge[whole.count++] = (gph_graph_edge_t){.u = swap ? edge.v : edge.u,
                                                           .v = swap ? edge.u : edge.v,
                                                           .forward = !sample->directed || !swap,
                                                           .backward = !sample->directed || swap};
    }
    qsort(whole.edge, (size_t)whole.count, sizeof *whole.edge, by_ends);
    int64_t kept = 0;
    for (int64_t i = 0; i < whole.count; ++i) {
        if (kept > 0 && by_ends(&whole.edge[kept - 1], &whole.edge[i]) == 0) {
            whole.edge[kept - 1].forward |= whole.edge[i].forward;
            whole.edge[kept - 1].backward |= whole.edge[i].backward;
        } else {
            whole.edge[kept++] = whole.edge[i];
        }
    }
    whole.count = kept;
    for (int64_t i = 0; i < kept; ++i) {
        whole.degree[whole.edge[i].u] += 1;
        whole.degree[whole.edge[i].v] += 1;
    }
    return whole;
}

static void whole_free(whole_t *whole)
{
    free(whole->edge);
    free(whole->degree);
}

/* --- bodies --------------------------------------------------------------------------------- */

/* Nodes and edges that a test says yes to. */
static bool node_yes(void *data, const gph_graph_node_t *node)
{
    (void)data;
    return (node->number * 7 + node->degree) % 3 == 0;
}

static bool edge_yes(void *data, const gph_graph_edge_t *edge)
{
    (void)data;
    return (edge->u * 5 + edge->v) % 3 == 0 && edge->forward;
}

typedef struct seen {
    _Atomic int64_t sum;
    atomic_int *times; /* [owned] */
    const gph_graph_t *graph;
    atomic_bool wrong;
} seen_t;

static gph_status_t see_node(void *data, const gph_graph_node_t *node, int thread)
{
    seen_t *seen = data;
    atomic_fetch_add(&seen->times[node->local], 1);
    atomic_fetch_add(&seen->sum, node->number + node->degree);
    if (node->id != node->number || thread < 0 || thread >= gph_test_threads())
        atomic_store(&seen->wrong, true);
    return GPH_OK;
}

static gph_status_t see_edge(void *data, const gph_graph_edge_t *edge, int thread)
{
    seen_t *seen = data;
    (void)thread;
    atomic_fetch_add(&seen->sum, edge->u * 3 + edge->v * 5 + edge->forward * 7 + edge->backward);
    return GPH_OK;
}

static void check_for_each(const sample_t *sample, const whole_t *whole, const gph_graph_t *graph)
{
    gph_context_t *context = graph->context;
    seen_t seen = {.times = calloc((size_t)graph->owned + 1, sizeof(atomic_int)), .graph = graph};
    int64_t sums[2] = {0, 0};
    int64_t wanted[2] = {0, 0};
    GPH_EXPECT_OK(context, gph_graph_for_each_node(graph, see_node, &seen));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        CU_ASSERT_EQUAL(seen.times[v], 1);
    sums[0] = atomic_exchange(&seen.sum, 0);
    GPH_EXPECT_OK(context, gph_graph_for_each_edge(graph, see_edge, &seen));
    sums[1] = seen.sum;
    CU_ASSERT_FALSE(seen.wrong);
    CU_ASSERT_EQUAL(gph_comm_reduce_i64(context, GPH_SUM, 2, sums), GPH_OK);
    for (int64_t v = 0; v < sample->vertices; ++v)
        wanted[0] += v + whole->degree[v];
    for (int64_t i = 0; i < whole->count; ++i)
        wanted[1] += whole->edge[i].u * 3 + whole->edge[i].v * 5 + whole->edge[i].forward * 7 +
                     whole->edge[i].backward;
    CU_ASSERT_EQUAL(sums[0], wanted[0]);
    CU_ASSERT_EQUAL(sums[1], wanted[1]);
    free(seen.times);
}

static gph_status_t map_node(void *data, const gph_graph_node_t *node, void *value)
{
    *(double *)value = (double)node->number + *(const double *)data;
    return GPH_OK;
}

static gph_status_t map_edge(void *data, const gph_graph_edge_t *edge, void *value)
{
    int64_t *pair = value;
    (void)data;
    pair[0] = edge->u;
    pair[1] = edge->v;
    return GPH_OK;
}

static void check_map(const whole_t *whole, const gph_graph_t *graph)
{
    gph_context_t *context = graph->context;
    const int64_t edges = gph_graph_owned_edges(graph);
    double *values = calloc((size_t)graph->owned + 1, sizeof *values);
    int64_t *pairs = calloc((size_t)edges + 1, 2 * sizeof *pairs);
    double shift = 0.5;
    int64_t before = 0;
    int64_t all = 0;
    GPH_EXPECT_OK(context, gph_graph_map_nodes(graph, map_node, &shift, sizeof *values, values));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        CU_ASSERT_EQUAL(values[v], (double)(graph->first + v) + 0.5);
    GPH_EXPECT_OK(context, gph_graph_map_edges(graph, map_edge, NULL, 2 * sizeof *pairs, pairs));
    CU_ASSERT_EQUAL(gph_comm_scan_i64(context, 1, &edges, &before, &all), GPH_OK);
    CU_ASSERT_EQUAL(all, whole->count);
    for (int64_t i = 0; i < edges; ++i)
        CU_ASSERT_TRUE(pairs[2 * i] == whole->edge[before + i].u &&
                       pairs[2 * i + 1] == whole->edge[before + i].v);
    free(values);
    free(pairs);
}

static void check_tests(const sample_t *sample, const whole_t *whole, const gph_graph_t *graph)
{
    gph_context_t *context = graph->context;
    gph_gid_t *kept =
        calloc(2 * (size_t)gph_graph_owned_edges(graph) + (size_t)graph->owned + 1, sizeof *kept);
    int64_t count = 0;
    int64_t first = 0;
    int64_t total = 0;
    int64_t at = 0;
    int64_t i = 0;
    gph_gid_t found[2] = {0, 0};
    gph_gid_t wanted[2] = {-1, -1};

    GPH_EXPECT_OK(context,
                  gph_graph_filter_nodes(graph, node_yes, NULL, kept, &count, &first, &total));
    for (int64_t v = 0; v < sample->vertices; ++v) {
        const gph_graph_node_t node = {.number = v, .degree = whole->degree[v]};
        if (!node_yes(NULL, &node))
            continue;
        if (wanted[0] < 0)
            wanted[0] = v;
        if (at >= first && i < count)
            CU_ASSERT_EQUAL(kept[i++], v);
        ++at;
    }
    CU_ASSERT_TRUE(i == count && at == total);
    GPH_EXPECT_OK(context, gph_graph_count_nodes(graph, node_yes, NULL, &total));
    CU_ASSERT_EQUAL(total, at);
    GPH_EXPECT_OK(context, gph_graph_find_node(graph, node_yes, NULL, found));
    CU_ASSERT_EQUAL(found[0], wanted[0]);

    wanted[0] = -1;
    at = 0;
    i = 0;
    GPH_EXPECT_OK(context,
                  gph_graph_filter_edges(graph, edge_yes, NULL, kept, &count, &first, &total));
    for (int64_t e = 0; e < whole->count; ++e) {
        if (!edge_yes(NULL, &whole->edge[e]))
            continue;
        if (wanted[0] < 0) {
            wanted[0] = whole->edge[e].u;
            wanted[1] = whole->edge[e].v;
        }
        if (at >= first && i < count) {
            CU_ASSERT_TRUE(kept[2 * i] == whole->edge[e].u && kept[2 * i + 1] == whole->edge[e].v);
            ++i;
        }
        ++at;
    }
    CU_ASSERT_TRUE(i == count && at == total);
    GPH_EXPECT_OK(context, gph_graph_count_edges(graph, edge_yes, NULL, &total));
    CU_ASSERT_EQUAL(total, at);
    GPH_EXPECT_OK(context, gph_graph_find_edge(graph, edge_yes, NULL, &found[0], &found[1]));
    CU_ASSERT_TRUE(found[0] == wanted[0] && found[1] == wanted[1]);
    free(kept);
}

static bool is_number(void *data, const gph_graph_node_t *node)
{
    return node->number == *(const int64_t *)data;
}

static bool is_not_number(void *data, const gph_graph_node_t *node)
{
    return !is_number(data, node);
}

static bool touches(void *data, const gph_graph_edge_t *edge)
{
    return edge->u == *(const int64_t *)data || edge->v == *(const int64_t *)data;
}

static void check_any_all(const sample_t *sample, const whole_t *whole, const gph_graph_t *graph)
{
    gph_context_t *context = graph->context;
    for (int64_t v = sample->vertices - 2; v <= sample->vertices; ++v) {
        bool yes = false;
        const bool there = v >= 0 && v < sample->vertices;
        GPH_EXPECT_OK(context, gph_graph_any_node(graph, is_number, &v, &yes));
        CU_ASSERT_EQUAL(yes, there);
        GPH_EXPECT_OK(context, gph_graph_all_nodes(graph, is_not_number, &v, &yes));
        CU_ASSERT_EQUAL(yes, !there);
        GPH_EXPECT_OK(context, gph_graph_any_edge(graph, touches, &v, &yes));
        CU_ASSERT_EQUAL(yes, there && whole->degree[v] > 0);
        GPH_EXPECT_OK(context, gph_graph_all_edges(graph, touches, &v, &yes));
        CU_ASSERT_EQUAL(yes, whole->count == (there ? whole->degree[v] : 0));
    }
}

/* A polynomial hash: depends on order, and joins whatever the pieces are. */
typedef struct hash {
    uint64_t value;
    uint64_t power;
} hash_t;

static void hash_add(hash_t *hash, uint64_t item)
{
    hash->value = hash->value * 1000003 + item;
    hash->power *= 1000003;
}

static void hash_node(void *data, const gph_graph_node_t *node, void *sum)
{
    (void)data;
    hash_add(sum, (uint64_t)node->number * 31 + (uint64_t)node->degree);
}

static void hash_edge(void *data, const gph_graph_edge_t *edge, void *sum)
{
    (void)data;
    hash_add(sum, (uint64_t)edge->u * 77 + (uint64_t)edge->v);
}

static void hash_join(void *data, void *sum, const void *next)
{
    hash_t *into = sum;
    const hash_t *from = next;
    (void)data;
    into->value = into->value * from->power + from->value;
    into->power *= from->power;
}

static void float_step(void *data, const gph_graph_node_t *node, void *sum)
{
    (void)data;
    *(float *)sum += 1.0F / (1.0F + (float)node->number);
}

static void float_join(void *data, void *sum, const void *next)
{
    (void)data;
    *(float *)sum += *(const float *)next;
}

static double node_value(void *data, const gph_graph_node_t *node)
{
    (void)data;
    return 1.0 / (double)(node->number + 1) - 1e10 * (double)(node->number % 2);
}

static double edge_value(void *data, const gph_graph_edge_t *edge)
{
    (void)data;
    return 1.0 / (double)(edge->u + edge->v);
}

static void check_folds(const sample_t *sample, const whole_t *whole, const gph_graph_t *graph)
{
    gph_context_t *context = graph->context;
    const hash_t none = {0, 1};
    hash_t wanted[2] = {none, none};
    hash_t got = none;
    gph_sum_t sums[2] = {{{0}, 0}, {{0}, 0}};
    const float zero = 0;
    float sum = 0;
    double exact = 0;
    char key[60] = "";
    int32_t bits = 0;

    for (int64_t v = 0; v < sample->vertices; ++v) {
        const gph_graph_node_t node = {.number = v, .degree = whole->degree[v]};
        hash_node(NULL, &node, &wanted[0]);
        gph_sum_add(&sums[0], node_value(NULL, &node));
    }
    for (int64_t i = 0; i < whole->count; ++i) {
        hash_edge(NULL, &whole->edge[i], &wanted[1]);
        gph_sum_add(&sums[1], edge_value(NULL, &whole->edge[i]));
    }
    GPH_EXPECT_OK(context,
                  gph_graph_fold_nodes(graph, hash_node, hash_join, NULL, sizeof got, &none, &got));
    CU_ASSERT_EQUAL(got.value, wanted[0].value);
    GPH_EXPECT_OK(context,
                  gph_graph_fold_edges(graph, hash_edge, hash_join, NULL, sizeof got, &none, &got));
    CU_ASSERT_EQUAL(got.value, wanted[1].value);
    GPH_EXPECT_OK(context, gph_graph_sum_nodes(graph, node_value, NULL, &exact));
    CU_ASSERT_EQUAL(exact, gph_sum_f64(&sums[0]));
    GPH_EXPECT_OK(context, gph_graph_sum_edges(graph, edge_value, NULL, &exact));
    CU_ASSERT_EQUAL(exact, gph_sum_f64(&sums[1]));
    GPH_EXPECT_OK(context, gph_graph_fold_nodes(graph, float_step, float_join, NULL, sizeof sum,
                                                &zero, &sum));
    memcpy(&bits, &sum, sizeof bits);
    snprintf(key, sizeof key, "fold of %s", sample->name);
    gph_test_expect_same_i64(key, bits);
}

static void test_samples(void)
{
    for (int i = 0; i < SAMPLES; ++i) {
        gph_graph_t *graph = NULL;
        whole_t whole = whole_make(&samples[i]);
        if (make(&samples[i], &graph)) {
            check_for_each(&samples[i], &whole, graph);
            check_map(&whole, graph);
            check_tests(&samples[i], &whole, graph);
            check_any_all(&samples[i], &whole, graph);
            check_folds(&samples[i], &whole, graph);
        }
        gph_graph_destroy(&graph);
        whole_free(&whole);
    }
}

/* --- failures ------------------------------------------------------------------------------- */

static gph_status_t fail_at(void *data, const gph_graph_node_t *node, int thread)
{
    (void)thread;
    return node->number == *(const int64_t *)data ? GPH_ERR_VERIFY : GPH_OK;
}

static void test_failures(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    int64_t number = 1777;
    int64_t count = 5;
    if (!make(&samples[4], &graph))
        return;
    GPH_EXPECT_STATUS(context, GPH_ERR_VERIFY, gph_graph_for_each_node(graph, fail_at, &number));
    CU_ASSERT_STRING_NOT_EQUAL(gph_context_error(context), "");
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_graph_for_each_node(graph, NULL, NULL));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_graph_count_edges(graph, NULL, NULL, &count));
    CU_ASSERT_EQUAL(count, 5);
    CU_ASSERT_EQUAL(gph_graph_for_each_node(NULL, fail_at, NULL), GPH_ERR_USAGE);
    gph_graph_destroy(&graph);
}

static gph_status_t use_all(gph_graph_t *graph)
{
    gph_status_t status = GPH_OK;
    const hash_t none = {0, 1};
    hash_t hash = none;
    double sum = 0;
    int64_t count = 0;
    gph_gid_t kept[200];
    gph_gid_t found[2];
    GPH_TRY(gph_graph_filter_edges(graph, edge_yes, NULL, kept, &count, NULL, NULL));
    GPH_TRY(gph_graph_count_nodes(graph, node_yes, NULL, &count));
    GPH_TRY(gph_graph_find_edge(graph, edge_yes, NULL, &found[0], &found[1]));
    GPH_TRY(gph_graph_fold_edges(graph, hash_edge, hash_join, NULL, sizeof hash, &none, &hash));
    GPH_TRY(gph_graph_sum_edges(graph, edge_value, NULL, &sum));
    GPH_TRY(gph_graph_set_weights(graph, edge_value, NULL));
cleanup:
    return status;
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_status_t status = GPH_ERR_MEMORY;
    const int victim = context->ranks - 1;
    int64_t failed = 0;
    if (!make(&samples[2], &graph) || !GPH_EXPECT_OK(context, use_all(graph)))
        return;
    const int64_t before = gph_mem_used(context->env);
    for (int64_t nth = 1; status != GPH_OK && nth < 1000; ++nth) {
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        status = use_all(graph);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), before);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        failed += status != GPH_OK;
    }
    CU_ASSERT_TRUE(status == GPH_OK && failed > 5);
    gph_graph_destroy(&graph);
}

/* --- readers and a writer ------------------------------------------------------------------- */

typedef struct reading {
    const gph_graph_t *graph;
    atomic_bool stop;
    atomic_bool torn; /* weights of two generations were seen at once */
    _Atomic int64_t rounds;
} reading_t;

static void *read_weights(void *data)
{
    reading_t *reading = data;
    while (!atomic_load(&reading->stop)) {
        double first = -1;
        gph_graph_read_begin(reading->graph);
        for (gph_lid_t v = 0; v < gph_graph_owned(reading->graph); ++v) {
            const int64_t degree = gph_graph_node(reading->graph, v).degree;
            for (int64_t i = 0; i < degree; ++i) {
                const double weight = gph_graph_neighbour(reading->graph, v, i).weight;
                first = first < 0 ? weight : first;
                if (weight != first)
                    atomic_store(&reading->torn, true);
            }
        }
        gph_graph_read_end(reading->graph);
        atomic_fetch_add(&reading->rounds, 1);
    }
    return NULL;
}

static double generation(void *data, const gph_graph_edge_t *edge)
{
    (void)edge;
    return (double)*(const int64_t *)data;
}

static void test_readers(void)
{
    enum { READERS = 3, GENERATIONS = 60 };
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    pthread_t thread[READERS];
    int started = 0;
    if (!make(&samples[3], &graph))
        return;
    reading_t reading = {.graph = graph};
    while (started < READERS && pthread_create(&thread[started], NULL, read_weights, &reading) == 0)
        started += 1;
    CU_ASSERT_EQUAL(started, READERS);
    for (int64_t i = 1; i <= GENERATIONS; ++i)
        GPH_EXPECT_OK(context, gph_graph_set_weights(graph, generation, &i));
    while (atomic_load(&reading.rounds) < READERS && started > 0)
        ;
    atomic_store(&reading.stop, true);
    for (int i = 0; i < started; ++i)
        pthread_join(thread[i], NULL);
    CU_ASSERT_FALSE(reading.torn);
    for (gph_off_t i = 0; i < graph->offset[graph->owned]; ++i)
        CU_ASSERT_EQUAL(graph->weight[i], GENERATIONS);
    gph_graph_destroy(&graph);
}

static double not_finite(void *data, const gph_graph_edge_t *edge)
{
    (void)data;
    return 1.0 / (double)(edge->u - 1);
}

static double heavier(void *data, const gph_graph_edge_t *edge)
{
    (void)data;
    return edge->weight * 2 + (double)(edge->u * 1000 + edge->v) + edge->forward * 0.5;
}

static void test_weights(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    if (!make(&samples[3], &graph))
        return;
    GPH_EXPECT_OK(context, gph_graph_set_weights(graph, heavier, NULL));
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_graph_set_weights(graph, not_finite, NULL));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
            const int64_t a = graph->first + v;
            const int64_t b = gph_graph_gid(graph, graph->adjacent[i]);
            const bool forward = (graph->direction[i] & (a < b ? GPH_ARC_OUT : GPH_ARC_IN)) != 0;
            CU_ASSERT_EQUAL(graph->weight[i],
                            2 + (double)((a < b ? a : b) * 1000 + (a < b ? b : a)) + forward * 0.5);
        }
    }
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(iterate, {"all operations equal loops", test_samples},
               {"failures are the same on all ranks", test_failures},
               {"survives failing allocations", test_faults},
               {"readers never see half of a change", test_readers}, {"new weights", test_weights});
