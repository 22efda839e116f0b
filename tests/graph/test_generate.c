/* Generators against naive oracles, and the same graph on any number of ranks and threads. */
#include "gather.h"
#include "gph_test.h"
#include "graph/generate.h"
#include "graph/generators.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Written down when they were first made: graphs must stay the same from version to version. */
#define ER_DIGEST   "eb082cfd5ccfacf0ff59d5024b8004b3"
#define RMAT_DIGEST "0ec712a3c90f724075e64c1c7edf387f"

static gph_status_t generate(gph_context_t *context, const char *text, gph_edges_t *edges)
{
    gph_spec_t spec = {0};
    const gph_status_t status = gph_comm_agree(context, gph_spec_parse(context->env, text, &spec));
    return status == GPH_OK ? gph_generate(context, &spec, edges) : status;
}

/* Generates on all ranks, checks what every generator promises, and gathers. */
static whole_edges_t generate_whole(gph_context_t *context, const char *text, int64_t vertices)
{
    gph_edges_t edges = gph_edges_init();
    GPH_EXPECT_OK(context, generate(context, text, &edges));
    GPH_EXPECT(edges.vertices == vertices && edges.first_id == 0 && edges.weight == NULL &&
                   edges.names.offset == NULL,
               "%s: vertices 0..%lld expected", text, (long long)vertices - 1);
    whole_edges_t whole = gather_edges(context, &edges);
    const int64_t share = gph_block_start(whole.count, context->ranks, context->rank + 1) -
                          gph_block_start(whole.count, context->ranks, context->rank);
    GPH_EXPECT(edges.count == share, "%s: an even share expected", text);
    for (int64_t i = 0; i < whole.count; i++)
        CU_ASSERT_TRUE(whole.edge[i].u >= 0 && whole.edge[i].v < vertices);
    gph_edges_free(&edges);
    return whole;
}

/* --- regular families ----------------------------------------------------------------------- */

/* Whether a family joins u < v. */
typedef bool joins_fn(int64_t n, int64_t r, int64_t u, int64_t v);

static bool joins_complete(int64_t n, int64_t r, int64_t u, int64_t v)
{
    (void)n, (void)r, (void)u, (void)v;
    return true;
}

static bool joins_path(int64_t n, int64_t r, int64_t u, int64_t v)
{
    (void)n, (void)r;
    return v == u + 1;
}

static bool joins_cycle(int64_t n, int64_t r, int64_t u, int64_t v)
{
    (void)r;
    return v == u + 1 || (u == 0 && v == n - 1);
}

static bool joins_star(int64_t n, int64_t r, int64_t u, int64_t v)
{
    (void)n, (void)r, (void)v;
    return u == 0;
}

/* Part of a vertex when n vertices are dealt into r runs, the longer ones first. */
static int64_t part_of(int64_t n, int64_t r, int64_t vertex)
{
    int64_t part = 0;
    int64_t end = n / r + (n % r > 0);
    while (vertex >= end) {
        part++;
        end += n / r + (part < n % r);
    }
    return part;
}

static bool joins_turan(int64_t n, int64_t r, int64_t u, int64_t v)
{
    return part_of(n, r, u) != part_of(n, r, v);
}

static void expect_family(const char *text, int64_t n, int64_t r, joins_fn *joins)
{
    gph_context_t *context = gph_test_context();
    gph_edge_t *pairs = malloc((size_t)(n * n + 1) * sizeof *pairs);
    whole_edges_t oracle = {.edge = pairs};
    for (int64_t u = 0; u < n; u++) {
        for (int64_t v = u + 1; v < n; v++) {
            if (joins(n, r, u, v))
                pairs[oracle.count++] = (gph_edge_t){.u = u, .v = v};
        }
    }
    whole_edges_t whole = generate_whole(context, text, n);
    GPH_EXPECT(same_edges(whole, oracle), "%s is not what the definition says", text);
    gph_free(whole.edge);
    free(pairs);
}

static void test_families(void)
{
    static const int64_t n[] = {0, 1, 2, 3, 4, 9, 30};
    char text[64];
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
        snprintf(text, sizeof text, "complete:n=%" PRId64, n[i]);
        expect_family(text, n[i], 0, joins_complete);
        snprintf(text, sizeof text, "cycle:n=%" PRId64, n[i]);
        expect_family(text, n[i], 0, joins_cycle);
        snprintf(text, sizeof text, "star:n=%" PRId64, n[i]);
        expect_family(text, n[i], 0, joins_star);
        snprintf(text, sizeof text, "path:n=%" PRId64, n[i]);
        expect_family(text, n[i], 0, joins_path);
    }
}

static void test_turan(void)
{
    static const int64_t n[] = {0, 1, 2, 7, 12};
    static const int64_t r[] = {1, 2, 3, 5, 7, 12, 100};
    char text[64];
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
        for (size_t j = 0; j < sizeof r / sizeof *r; j++) {
            snprintf(text, sizeof text, "turan:n=%" PRId64 ",r=%" PRId64, n[i], r[j]);
            expect_family(text, n[i], r[j], joins_turan);
        }
    }
}

/* Edges of the largest graphs by their number, without making the graphs. */
static void test_largest(void)
{
    gph_context_t *context = gph_test_context();
    static const char *const spec_text[] = {"turan:n=4294967296,r=1", "turan:n=4294967296,r=3",
                                            "turan:n=4294967296,r=65537",
                                            "turan:n=4294967296,r=4294967296"};
    for (size_t i = 0; i < sizeof spec_text / sizeof *spec_text; i++) {
        gph_spec_t spec = {0};
        gph_plan_t plan = {0};
        GPH_EXPECT_OK(context, gph_spec_parse(context->env, spec_text[i], &spec));
        GPH_EXPECT_OK(context, gph_plan_turan(context, &spec, &plan));
        if (i == 0)
            CU_ASSERT_EQUAL(plan.edges, 0);
        if (plan.edges == 0)
            continue;
        const int64_t n = plan.vertices;
        const gph_edge_t first = gph_edge_turan(&plan, 0);
        const gph_edge_t last = gph_edge_turan(&plan, plan.edges - 1);
        CU_ASSERT_EQUAL(first.u, 0);
        CU_ASSERT_EQUAL(first.v, n / plan.parts + (n % plan.parts > 0));
        CU_ASSERT_EQUAL(last.u, n - n / plan.parts - 1);
        CU_ASSERT_EQUAL(last.v, n - 1);
        const gph_edge_t middle = gph_edge_turan(&plan, plan.edges / 2);
        CU_ASSERT_TRUE(middle.u >= 0 && middle.u < middle.v && middle.v < n);
    }
}

/* --- er ------------------------------------------------------------------------------------- */

static void test_er_distinct(void)
{
    static const int64_t sizes[][2] = {{0, 0},  {1, 0},    {2, 1},   {5, 10},
                                       {30, 1}, {30, 200}, {30, 435}};
    gph_context_t *context = gph_test_context();
    char text[64];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(text, sizeof text, "er:n=%" PRId64 ",m=%" PRId64 ",seed=5", sizes[i][0],
                 sizes[i][1]);
        whole_edges_t whole = generate_whole(context, text, sizes[i][0]);
        CU_ASSERT_EQUAL(whole.count, sizes[i][1]);
        for (int64_t e = 0; e < whole.count; e++) {
            CU_ASSERT_TRUE(whole.edge[e].u < whole.edge[e].v);
            CU_ASSERT_TRUE(e == 0 || whole.edge[e].u != whole.edge[e - 1].u ||
                           whole.edge[e].v != whole.edge[e - 1].v);
        }
        gph_test_expect_same(text, edges_digest(whole));
        gph_free(whole.edge);
    }
}

static void test_er_degrees(void)
{
    enum { N = 500, M = 10000 };
    gph_context_t *context = gph_test_context();
    int64_t degree[N] = {0};
    int64_t low_half = 0;
    whole_edges_t whole = generate_whole(context, "er:n=500,m=10000,seed=3", N);
    CU_ASSERT_EQUAL(whole.count, M);
    for (int64_t e = 0; e < whole.count; e++) {
        degree[whole.edge[e].u]++;
        degree[whole.edge[e].v]++;
        low_half += (whole.edge[e].u < N / 2) + (whole.edge[e].v < N / 2);
    }
    /* Mean 40, deviation 6. */
    for (int v = 0; v < N; v++)
        GPH_EXPECT(degree[v] > 5 && degree[v] < 75, "vertex %d has degree %d", v, (int)degree[v]);
    CU_ASSERT_TRUE(low_half > M - 500 && low_half < M + 500);
    gph_free(whole.edge);
}

static void test_er_large(void)
{
    gph_context_t *context = gph_test_context();
    whole_edges_t whole = generate_whole(context, "er:n=4294967296,m=500", GPH_GENERATE_MAX_DENSE);
    for (int64_t e = 0; e < whole.count; e++)
        CU_ASSERT_TRUE(whole.edge[e].u < whole.edge[e].v);
    gph_test_expect_same("er-large", edges_digest(whole));
    GPH_EXPECT(strcmp(edges_digest(whole), ER_DIGEST) == 0, "now %s", edges_digest(whole));
    gph_free(whole.edge);
}

/* --- rmat ----------------------------------------------------------------------------------- */

/* With one certain quadrant every edge joins the same two vertices, which tells quadrants apart. */
static void test_rmat_quadrants(void)
{
    static const char *const corner[] = {"a=1,b=0,c=0", "a=0,b=1,c=0", "a=0,b=0,c=1",
                                         "a=0,b=0,c=0"};
    gph_context_t *context = gph_test_context();
    gph_edge_t found[4] = {{0}};
    char text[64];
    for (int i = 0; i < 4; i++) {
        gph_edges_t edges = gph_edges_init();
        snprintf(text, sizeof text, "rmat:scale=5,edgefactor=1,seed=2,%s", corner[i]);
        GPH_EXPECT_OK(context, generate(context, text, &edges));
        /* Not gathered, as gathering turns edges. Seven ranks have four edges each at least. */
        found[i] = edges.edge[0];
        for (int64_t e = 1; e < edges.count; e++)
            CU_ASSERT_TRUE(edges.edge[e].u == found[i].u && edges.edge[e].v == found[i].v);
        gph_edges_free(&edges);
    }
    const int64_t zeros = found[0].u;
    const int64_t ones = found[3].u;
    CU_ASSERT_NOT_EQUAL(zeros, ones);
    CU_ASSERT_TRUE(found[0].v == zeros && found[3].v == ones);
    CU_ASSERT_TRUE(found[1].u == zeros && found[1].v == ones);
    CU_ASSERT_TRUE(found[2].u == ones && found[2].v == zeros);
}

/* One level: the four kinds of edges come as often as a, b, c and d say. */
static void test_rmat_frequencies(void)
{
    gph_context_t *context = gph_test_context();
    int64_t count[2][2] = {{0}};
    gph_edges_t edges = gph_edges_init();
    GPH_EXPECT_OK(context, generate(context, "rmat:scale=1,edgefactor=20000", &edges));
    for (int64_t e = 0; e < edges.count; e++)
        count[edges.edge[e].u][edges.edge[e].v]++;
    GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, 4, &count[0][0]));
    /* The shuffle may have swapped the two vertices. */
    const int zero = count[0][0] > count[1][1] ? 0 : 1;
    /* 40000 draws: deviations are 100 at most. */
    CU_ASSERT_TRUE(labs(count[zero][zero] - 22800) < 600);
    CU_ASSERT_TRUE(labs(count[zero][1 - zero] - 7600) < 600);
    CU_ASSERT_TRUE(labs(count[1 - zero][zero] - 7600) < 600);
    CU_ASSERT_TRUE(labs(count[1 - zero][1 - zero] - 2000) < 400);
    gph_edges_free(&edges);
}

static int compare_down(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a < b) - (a > b);
}

/* Ends of edges at the tenth of the vertices that has most of them, in percent. */
static int64_t percent_at_top(whole_edges_t whole, int64_t vertices)
{
    int64_t *degree = calloc((size_t)vertices, sizeof *degree);
    int64_t top = 0;
    for (int64_t e = 0; e < whole.count; e++) {
        degree[whole.edge[e].u]++;
        degree[whole.edge[e].v]++;
    }
    qsort(degree, (size_t)vertices, sizeof *degree, compare_down);
    for (int64_t v = 0; v < vertices / 10; v++)
        top += degree[v];
    free(degree);
    return top * 100 / (2 * whole.count);
}

static void test_rmat_skew(void)
{
    gph_context_t *context = gph_test_context();
    whole_edges_t skewed = generate_whole(context, "rmat:scale=10,edgefactor=16,seed=1", 1024);
    whole_edges_t even =
        generate_whole(context, "rmat:scale=10,edgefactor=16,seed=1,a=0.25,b=0.25,c=0.25", 1024);
    CU_ASSERT_EQUAL(skewed.count, 16384);
    CU_ASSERT_EQUAL(even.count, 16384);
    CU_ASSERT_TRUE(percent_at_top(skewed, 1024) > 45);
    CU_ASSERT_TRUE(percent_at_top(even, 1024) < 20);
    gph_test_expect_same("rmat", edges_digest(skewed));
    GPH_EXPECT(strcmp(edges_digest(skewed), RMAT_DIGEST) == 0, "now %s", edges_digest(skewed));
    gph_free(skewed.edge);
    gph_free(even.edge);
}

static void test_rmat_small(void)
{
    gph_context_t *context = gph_test_context();
    whole_edges_t one = generate_whole(context, "rmat:scale=0,edgefactor=3", 1);
    whole_edges_t none = generate_whole(context, "rmat:scale=4,edgefactor=0", 16);
    CU_ASSERT_EQUAL(one.count, 3);
    CU_ASSERT_EQUAL(none.count, 0);
    gph_free(one.edge);
    gph_free(none.edge);
}

/* --- seeds, refusals, memory ---------------------------------------------------------------- */

static void test_seed(void)
{
    gph_context_t *context = gph_test_context();
    gph_context_options_t options = gph_test_options();
    gph_context_t *other = NULL;
    options.seed = 99;
    if (!GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &other)))
        return;
    whole_edges_t by_key = generate_whole(context, "er:n=50,m=100,seed=99", 50);
    whole_edges_t by_context = generate_whole(other, "er:n=50,m=100", 50);
    whole_edges_t by_key_again = generate_whole(other, "er:n=50,m=100,seed=99", 50);
    whole_edges_t different = generate_whole(other, "er:n=50,m=100,seed=98", 50);
    CU_ASSERT_TRUE(same_edges(by_key, by_context));
    CU_ASSERT_TRUE(same_edges(by_key, by_key_again));
    CU_ASSERT_FALSE(same_edges(by_key, different));
    gph_free(by_key.edge);
    gph_free(by_context.edge);
    gph_free(by_key_again.edge);
    gph_free(different.edge);
    gph_context_destroy(&other);
}

static void test_refused(void)
{
    static const char *const bad[][2] = {
        {"er:n=5,m=11", "m must be an integer from 0 to 10"},
        {"er:n=5", "key m is missing"},
        {"er:m=5", "key n is missing"},
        {"er:n=4294967297,m=5", "n must be"},
        {"er:n=5,m=5,seed=-1", "seed must be"},
        {"er:n=5,m=5,x=1", "unknown key x; er knows n, m, seed"},
        {"rmat:edgefactor=3", "key scale is missing"},
        {"rmat:scale=49", "scale must be"},
        {"rmat:scale=48,edgefactor=100000", "overflows"},
        {"rmat:scale=48,edgefactor=10000", "more than memory can address"},
        {"rmat:scale=4,a=0.6,b=0.3,c=0.2", "a + b + c is 1.1"},
        {"rmat:scale=4,a=nan", "a must be a number"},
        {"turan:n=4,r=0", "r must be"},
        {"turan:n=4", "key r is missing"},
        {"complete:n=4294967296", "more than memory can address"},
        {"path:n=-1", "n must be"},
        {"wheel:n=4", "no generator wheel"},
    };
    gph_context_t *context = gph_test_context();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gph_edges_t edges = {.count = 12};
        gph_context_clear_error(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, generate(context, bad[i][0], &edges));
        GPH_EXPECT(strstr(gph_context_error(context), bad[i][1]) != NULL, "%s: %s", bad[i][0],
                   gph_context_error(context));
        CU_ASSERT_EQUAL(edges.count, 12);
    }
    gph_context_clear_error(context);
}

static void test_knows(void)
{
    gph_context_t *context = gph_test_context();
    static const char *const known[] = {
        "rmat:", "er:", "complete:", "cycle:", "star:", "path:", "turan:"};
    gph_spec_t spec = {0};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        CU_ASSERT_EQUAL(gph_spec_parse(context->env, known[i], &spec), GPH_OK);
        CU_ASSERT_TRUE(gph_generate_knows(&spec));
    }
    CU_ASSERT_EQUAL(gph_spec_parse(context->env, "text:a", &spec), GPH_OK);
    CU_ASSERT_FALSE(gph_generate_knows(&spec));
}

static void test_budget(void)
{
    gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    gph_edges_t edges = {.count = 12};
    options.max_memory = 1 << 20;
    if (!GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &context)))
        return;
    GPH_EXPECT_STATUS(context, GPH_ERR_MEMORY, generate(context, "path:n=1000000000", &edges));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "1.00 MiB budget"));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    CU_ASSERT_EQUAL(edges.count, 12);
    gph_context_destroy(&context);
}

/* The n-th allocation fails on one rank: all ranks say so, and nothing stays behind. */
static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    gph_env_t *env = context->env;
    const int64_t used = gph_mem_used(env);
    gph_status_t status = GPH_ERR_MEMORY;
    int64_t nth = 0;
    while (status == GPH_ERR_MEMORY && nth < 100) {
        gph_edges_t edges = gph_edges_init();
        nth++;
        gph_context_clear_error(context);
        gph_fault_plan(env, GPH_FAULT_ALLOC, context->rank == context->ranks - 1 ? nth : 0);
        status = generate(context, "rmat:scale=6", &edges);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        gph_edges_free(&edges);
        CU_ASSERT_EQUAL(gph_mem_used(env), used);
    }
    gph_fault_plan(env, GPH_FAULT_ALLOC, 0);
    gph_context_clear_error(context);
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT_TRUE(nth > 1);
}

GPH_TEST_SUITE(generate, {"families are what their definitions say", test_families},
               {"Turan graphs join different parts", test_turan},
               {"the largest graphs have the right ends", test_largest},
               {"er has m different pairs", test_er_distinct},
               {"er treats all vertices alike", test_er_degrees},
               {"er has room for 2^32 vertices", test_er_large},
               {"rmat quadrants are in their places", test_rmat_quadrants},
               {"rmat quadrants have their probabilities", test_rmat_frequencies},
               {"rmat is skewed, and stays as it is", test_rmat_skew},
               {"rmat may be tiny", test_rmat_small},
               {"the seed comes from the key or the context", test_seed},
               {"nonsense is refused with a reason", test_refused},
               {"generators are known by name", test_knows},
               {"a graph over the budget is refused on all ranks", test_budget},
               {"a failed allocation fails on all ranks", test_faults});
