/* One pair on all ranks and threads: the same as one search on one thread. */
#include "pairs_sample.h"

#include "ged/methods.h"
#include "ged_oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { GRAPHS = 5, NODES = 10, MIDDLE = 13, LONG = 16 };

/* Steps of a search with rounds are those of one thread; of one without, they depend on its pieces.
 */
static bool has_rounds(oracle_costs_t kind)
{
    return kind == ORACLE_UNIFORM || kind == ORACLE_CONSTANT || kind == ORACLE_TABLE;
}

/* A collection of hard pairs. */
static gph_collection_t *load_hard(gph_context_t *context, int nodes)
{
    gph_collection_t *collection = NULL;
    const char *path = sample_graphs("split.txt", GRAPHS, nodes - 1, nodes, 50);
    GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &collection));
    return collection;
}

/* Nodes of a piece: so few that small searches have many pieces. */
static const int64_t piece_steps[] = {2, 17};
enum { PIECE_STEPS = 2 };

typedef struct outcome {
    gph_ged_result_t result;
    int32_t map[LONG];
    char digest[GPH_GED_DIGEST_CHARS];
} outcome_t;

static void run_pair(const gph_collection_t *collection, int64_t i, const gph_ged_costs_t *costs,
                     const gph_ged_options_t *options, outcome_t *out)
{
    memset(out, 0, sizeof *out);
    GPH_EXPECT_OK(gph_test_context(), gph_ged_pair(collection, i, i + 1, costs, options, out->map,
                                                   out->digest, &out->result));
}

/* Bounds and steps of a run, as text that must be the same on any number of ranks and threads. */
static void expect_same(int64_t steps, int kind, int32_t nodes, int64_t i, const outcome_t *out)
{
    char key[96];
    char value[160];
    snprintf(key, sizeof key, "%" PRId64 " steps costs %d, %d nodes, pair %" PRId64, steps, kind,
             (int)nodes, i);
    snprintf(value, sizeof value, "%s %" PRId64 " steps %d %a %a", out->digest, out->result.steps,
             out->result.stopped, out->result.lower, out->result.upper);
    gph_test_expect_same(key, value);
}

/* A pair in pieces of so many nodes, beside one search. */
static void check_pieces(const gph_small_graph_t *const graph[2], gph_ged_t *ged,
                         const gph_ged_options_t *options, oracle_costs_t kind, int64_t steps)
{
    gph_context_t *context = gph_test_context();
    gph_ged_result_t whole = {.upper = -1};
    gph_ged_result_t parts = {.upper = -2};
    int32_t map[LONG];
    const size_t size = sizeof *map * (size_t)graph[0]->nodes;
    const bool rounds = has_rounds(kind);
    GPH_EXPECT_OK(context, gph_ged_compute(ged, graph[0], graph[1], options, &whole));
    memcpy(map, whole.map, size);
    GPH_EXPECT_OK(context, gph_ged_split(context, ged, graph[0], graph[1], options, steps, &parts));
    if (options->max_steps > 0)
        CU_ASSERT(parts.steps <= options->max_steps && parts.lower <= parts.upper);
    if (options->max_steps > 0 && !rounds)
        return;
    GPH_EXPECT(whole.lower == parts.lower && whole.upper == parts.upper &&
                   whole.exact == parts.exact && whole.stopped == parts.stopped,
               "costs %d, pieces of %d: %g..%g, not %g..%g", (int)kind, (int)steps, parts.lower,
               parts.upper, whole.lower, whole.upper);
    CU_ASSERT(memcmp(map, parts.map, size) == 0);
    GPH_EXPECT(!rounds || whole.steps == parts.steps, "costs %d, pieces of %d: %d steps, not %d",
               (int)kind, (int)steps, (int)parts.steps, (int)whole.steps);
}

static void check_pair(const gph_collection_t *collection, int64_t i, oracle_costs_t kind,
                       int64_t max_steps)
{
    gph_context_t *context = gph_test_context();
    gph_ged_options_t options = gph_ged_options_default();
    gph_ged_t *ged = NULL;
    oracle_model_t model;
    outcome_t out;
    oracle_model(kind, 700 + (uint64_t)i, &model);
    options.max_steps = max_steps;
    run_pair(collection, i, &model.costs, &options, &out);
    expect_same(max_steps, (int)kind, gph_collection_graph(collection, i)->nodes, i, &out);
    if (!GPH_EXPECT_OK(context, gph_ged_create(context, &model.costs, &ged)))
        return;
    const gph_small_graph_t *const graph[2] = {gph_collection_graph(collection, i),
                                               gph_collection_graph(collection, i + 1)};
    const int first = graph[0]->nodes > NODES ? 1 : 0; // long searches in long pieces alone
    for (int p = first; p < PIECE_STEPS; p++)
        check_pieces(graph, ged, &options, kind, piece_steps[p]);
    gph_ged_destroy(&ged);
}

static void test_same(void)
{
    gph_collection_t *collection = load_hard(gph_test_context(), NODES);
    for (int kind = 0; collection != NULL && kind < ORACLE_EUCLIDEAN; kind++)
        for (int64_t i = 0; i + 1 < GRAPHS; i++)
            check_pair(collection, i, (oracle_costs_t)kind, 0);
    gph_collection_destroy(&collection);
}

/* Long enough for threads to share the tree many times over. */
static void test_long(void)
{
    gph_collection_t *collection = load_hard(gph_test_context(), MIDDLE);
    for (int64_t i = 0; collection != NULL && i + 1 < GRAPHS; i++)
        check_pair(collection, i, ORACLE_UNIFORM, 0);
    gph_collection_destroy(&collection);
}

static void test_steps(void)
{
    gph_collection_t *collection = load_hard(gph_test_context(), NODES);
    for (int kind = 0; collection != NULL && kind < ORACLE_EUCLIDEAN; kind++)
        for (int64_t i = 0; i + 1 < GRAPHS; i++)
            for (int64_t steps = 1; steps < 300; steps = 7 * steps + 3)
                check_pair(collection, i, (oracle_costs_t)kind, steps);
    gph_collection_destroy(&collection);
}

/* What a search that was stopped says. */
static void expect_stopped(const outcome_t *out, double lower)
{
    CU_ASSERT(out->result.stopped && !out->result.exact && !out->result.over);
    GPH_EXPECT(lower <= out->result.lower && out->result.lower < out->result.upper,
               "%g..%g, and %g at first", out->result.lower, out->result.upper, lower);
    CU_ASSERT(out->result.path.total == out->result.upper);
}

/* Limits on time and requests to stop leave bounds. */
static void test_stops(void)
{
    gph_context_t *context = gph_test_context();
    gph_context_options_t settings = gph_test_options();
    gph_ged_options_t options = gph_ged_options_default();
    gph_collection_t *collection = load_hard(context, LONG);
    gph_context_t *stopped = NULL;
    outcome_t branch;
    outcome_t out;
    if (!gph_test_all(collection != NULL))
        return;
    options.method = GPH_GED_BRANCH;
    run_pair(collection, 0, NULL, &options, &branch);
    options.method = GPH_GED_EXACT;
    options.max_seconds = 1e-6;
    run_pair(collection, 0, NULL, &options, &out);
    expect_stopped(&out, branch.result.lower);
    gph_collection_destroy(&collection);

    CU_ASSERT_EQUAL(gph_context_create(MPI_COMM_WORLD, &settings, &stopped), GPH_OK);
    collection = load_hard(stopped, LONG);
    if (context->rank == context->ranks - 1)
        gph_context_request_stop(stopped);
    options.max_seconds = 0;
    run_pair(collection, 0, NULL, &options, &out);
    expect_stopped(&out, branch.result.lower);
    gph_collection_destroy(&collection);
    gph_context_destroy(&stopped);
}

/* Below, at and above the distance. */
static void test_threshold(void)
{
    gph_context_t *context = gph_test_context();
    gph_ged_options_t options = gph_ged_options_default();
    gph_collection_t *collection = load_hard(context, NODES);
    outcome_t exact;
    outcome_t out;
    for (int64_t i = 0; collection != NULL && i + 1 < GRAPHS; i++) {
        run_pair(collection, i, NULL, NULL, &exact);
        for (int more = -2; more <= 1; more++) {
            options.threshold = exact.result.upper + more;
            run_pair(collection, i, NULL, &options, &out);
            CU_ASSERT_EQUAL(out.result.over, more < 0);
            CU_ASSERT_EQUAL(out.result.exact, more >= 0);
            CU_ASSERT(more < 0 ? out.result.lower > options.threshold
                               : out.result.upper == exact.result.upper);
        }
    }
    gph_collection_destroy(&collection);
}

/* Methods that give bounds alone, graphs without nodes, and refusals. */
static void test_others(void)
{
    gph_context_t *context = gph_test_context();
    gph_ged_options_t options = gph_ged_options_default();
    gph_collection_t *collection = NULL;
    outcome_t out;
    const char *path = sample_file("tiny.txt", "t # a\nt # b\nv 0 x\nt # c\n");
    GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &collection));
    if (!gph_test_all(collection != NULL))
        return;
    for (int64_t i = 0; i < 2; i++) {
        run_pair(collection, i, NULL, NULL, &out);
        CU_ASSERT(out.result.exact && out.result.upper == 1);
    }
    options.method = GPH_GED_HED;
    run_pair(collection, 0, NULL, &options, &out);
    CU_ASSERT(out.result.lower == 1);
    options.max_steps = -1;
    options.method = GPH_GED_EXACT;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE,
                      gph_ged_pair(collection, 0, 1, NULL, &options, NULL, NULL, &out.result));
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE,
                      gph_ged_pair(collection, 0, 3, NULL, NULL, NULL, NULL, &out.result));
    (void)gph_test_context();
    gph_collection_destroy(&collection);
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = load_hard(context, NODES);
    const int victim = context->ranks - 1;
    gph_status_t status = GPH_ERR_MEMORY;
    outcome_t out;
    int64_t failed = 0;
    for (int64_t nth = 1; collection != NULL && nth < 1000 && status != GPH_OK; nth += 2) {
        gph_context_clear_error(context);
        const int64_t used = gph_mem_used(context->env);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        status = gph_ged_pair(collection, 1, 2, NULL, NULL, out.map, out.digest, &out.result);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT(status == GPH_OK || status == GPH_ERR_MEMORY);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
        failed += status == GPH_ERR_MEMORY;
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT(failed > 10);
    (void)gph_test_context();
    gph_collection_destroy(&collection);
}

GPH_TEST_SUITE(ged_split, {"is the same as one search on one thread", test_same},
               {"so is a longer search", test_long},
               {"a limit on nodes cuts at the same place", test_steps},
               {"a limit on time leaves bounds", test_stops}, {"thresholds", test_threshold},
               {"small cases and refusals", test_others},
               {"survives a failure of each allocation", test_faults});
