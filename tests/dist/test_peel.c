/* Core numbers and rounds of peeling against one that goes over all vertices again and again. */
#include "dist/peel.h"

#include "gph/dist.h"
#include "gph_test.h"
#include "naive.h"

#include <stdlib.h>

enum { MOST = 3000 };

/** Peeling of a whole graph on one rank. */
typedef struct naive_peel {
    int64_t degree[MOST]; /**< neighbours left */
    bool fallen[MOST];
    int64_t core[MOST];
    int64_t round[MOST];
    int64_t rounds;
} naive_peel_t;

/** Lets all vertices of at most `level` neighbours fall together. Returns how many did. */
static int64_t fall_together(const gph_graph_t *graph, int64_t level, int64_t round,
                             naive_peel_t *peel)
{
    static bool falls[MOST];
    int64_t count = 0;
    for (gph_lid_t v = 0; v < graph->owned; v++)
        falls[v] = !peel->fallen[v] && peel->degree[v] <= level;
    for (gph_lid_t v = 0; v < graph->owned; v++) {
        if (!falls[v])
            continue;
        count += 1;
        peel->fallen[v] = true;
        peel->core[v] = level;
        peel->round[v] = round;
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; i++)
            peel->degree[graph->adjacent[i]] -= 1;
    }
    return count;
}

/** Lowest number of neighbours left, or -1 when all have fallen. */
static int64_t lowest_degree(const gph_graph_t *graph, const naive_peel_t *peel)
{
    int64_t lowest = -1;
    for (gph_lid_t v = 0; v < graph->owned; v++)
        if (!peel->fallen[v] && (lowest < 0 || peel->degree[v] < lowest))
            lowest = peel->degree[v];
    return lowest;
}

static void naive_run(const gph_graph_t *graph, const gph_peel_options_t *options,
                      naive_peel_t *peel)
{
    const int64_t limit = options->rounds ? options->max_rounds : INT64_MAX;
    int64_t level = options->skip_below - 1;
    int64_t highest = -1;
    peel->rounds = 0;
    for (gph_lid_t v = 0; v < graph->owned; v++) {
        peel->degree[v] = graph->offset[v + 1] - graph->offset[v];
        peel->fallen[v] = false;
    }
    while (fall_together(graph, level, -1, peel) > 0)
        continue;
    while (peel->rounds < limit && lowest_degree(graph, peel) >= 0) {
        const int64_t lowest = lowest_degree(graph, peel);
        level = lowest > level ? lowest : level;
        peel->rounds += fall_together(graph, level, peel->rounds, peel) > 0;
    }
    for (gph_lid_t v = 0; v < graph->owned; v++) {
        if (peel->fallen[v])
            continue;
        peel->core[v] = peel->degree[v] > level ? peel->degree[v] : level;
        peel->round[v] = peel->rounds + peel->core[v];
        highest = peel->core[v] > highest ? peel->core[v] : highest;
    }
    peel->rounds += highest + 1;
}

/** Later neighbours in the order (round, id) are at most as many as the core number. */
static void check_order(const gph_graph_t *graph, const naive_peel_t *peel)
{
    int wrong = 0;
    for (gph_lid_t v = 0; v < graph->owned; v++) {
        int64_t later = 0;
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; i++) {
            const gph_lid_t u = graph->adjacent[i];
            later += peel->round[u] > peel->round[v] || (peel->round[u] == peel->round[v] && u > v);
        }
        wrong += peel->round[v] >= 0 && later > peel->core[v];
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_peel(const gph_graph_t *graph, const gph_peel_options_t *options,
                       const naive_peel_t *naive)
{
    gph_peel_t peel = {0};
    int wrong = 0;
    if (!GPH_EXPECT_OK(graph->context, gph_peel(graph, options, &peel)))
        return;
    CU_ASSERT_EQUAL(peel.round != NULL, options->rounds);
    for (gph_lid_t v = 0; v < graph->owned; v++) {
        const int64_t gid = graph->first + v;
        if (naive->round[gid] < 0)
            wrong += peel.core[v] < 0 || peel.core[v] >= options->skip_below;
        else
            wrong += peel.core[v] != naive->core[gid];
        wrong += options->rounds && peel.round[v] != naive->round[gid];
    }
    GPH_EXPECT(wrong == 0, "%d wrong with skip %d, rounds %d, limit %d", wrong,
               (int)options->skip_below, options->rounds, (int)options->max_rounds);
    if (options->rounds)
        CU_ASSERT_EQUAL(peel.rounds, naive->rounds);
    gph_peel_free(&peel);
}

/** Both graphs are the same: `graph` over the ranks, `whole` on each of them. */
static void check_graph(const gph_graph_t *graph, const gph_graph_t *whole)
{
    static naive_peel_t naive;
    static const gph_peel_options_t options[] = {
        {0, false, 0},   {3, false, 0}, {0, true, 8192}, {1, true, 8192},
        {3, true, 8192}, {0, true, 0},  {2, true, 0},    {0, true, 1},
        {0, true, 3},    {2, true, 2},  {0, true, 7},    {4, true, 5},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        naive_run(whole, &options[i], &naive);
        check_peel(graph, &options[i], &naive);
        if (options[i].rounds && options[i].max_rounds > 100)
            check_order(whole, &naive);
    }
}

/** A context of this rank alone, for graphs that the oracle wants whole. */
static gph_context_t *lone_context(void)
{
    gph_context_options_t options = gph_test_options();
    gph_context_t *lone = NULL;
    options.threads = 1;
    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_SELF, &options, &lone));
    return lone;
}

static void test_kinds(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    gph_context_t *lone = lone_context();
    const int64_t start = gph_mem_used(context->env);
    for (int kind = NOTHING; kind < KINDS; kind++) {
        gph_graph_t *graph = NULL;
        gph_graph_t *whole = NULL;
        input_make((kind_t)kind, 1, &input);
        if (GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)) &&
            GPH_EXPECT_OK(lone, input_build(lone, &input, DEALT, &whole)))
            check_graph(graph, whole);
        gph_graph_destroy(&graph);
        gph_graph_destroy(&whole);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    gph_context_destroy(&lone);
}

/** Enough vertices fall at once that all threads take part. */
static void test_larger(void)
{
    static const char *const specs[] = {"er:n=3000,m=7000,seed=3", "rmat:scale=11,seed=1",
                                        "star:n=3000", "path:n=150", "turan:n=90,r=4"};
    gph_context_t *context = gph_test_context();
    gph_context_t *lone = lone_context();
    for (int s = 0; s < 5; s++) {
        gph_graph_t *graph = NULL;
        gph_graph_t *whole = NULL;
        if (GPH_EXPECT_OK(context, gph_graph_load(context, specs[s], GPH_FORMAT_AUTO, &graph)) &&
            GPH_EXPECT_OK(lone, gph_graph_load(lone, specs[s], GPH_FORMAT_AUTO, &whole)))
            check_graph(graph, whole);
        gph_graph_destroy(&graph);
        gph_graph_destroy(&whole);
    }
    gph_context_destroy(&lone);
}

static void test_public_call(void)
{
    static naive_peel_t naive;
    static int64_t core[MOST];
    const gph_peel_options_t options = {0};
    gph_context_t *context = gph_test_context();
    gph_context_t *lone = lone_context();
    gph_graph_t *graph = NULL;
    gph_graph_t *whole = NULL;
    int64_t degeneracy = -7;
    int64_t highest = 0;
    int wrong = 0;
    const char *spec = "rmat:scale=10,edgefactor=8,seed=5";
    if (GPH_EXPECT_OK(context, gph_graph_load(context, spec, GPH_FORMAT_AUTO, &graph)) &&
        GPH_EXPECT_OK(lone, gph_graph_load(lone, spec, GPH_FORMAT_AUTO, &whole))) {
        naive_run(whole, &options, &naive);
        GPH_EXPECT_OK(context, gph_graph_cores(graph, core, &degeneracy));
        for (gph_lid_t v = 0; v < graph->owned; v++)
            wrong += core[v] != naive.core[graph->first + v];
        for (gph_lid_t v = 0; v < whole->owned; v++)
            highest = naive.core[v] > highest ? naive.core[v] : highest;
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(degeneracy, highest);
        degeneracy = -7;
        GPH_EXPECT_OK(context, gph_graph_cores(graph, NULL, &degeneracy));
        gph_test_expect_same_i64("degeneracy of rmat", degeneracy);
        CU_ASSERT_EQUAL(gph_graph_cores(graph, NULL, NULL), GPH_ERR_USAGE);
        CU_ASSERT_EQUAL(gph_graph_cores(NULL, NULL, &degeneracy), GPH_ERR_USAGE);
    }
    gph_graph_destroy(&graph);
    gph_graph_destroy(&whole);
    gph_context_destroy(&lone);
}

GPH_TEST_SUITE(peel, {"peels every kind of graph in the same rounds", test_kinds},
               {"peels with all threads", test_larger},
               {"gives core numbers and degeneracy", test_public_call});
