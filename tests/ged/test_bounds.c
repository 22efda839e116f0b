/* Values of bounds worked out by hand, the order of the ladder, and the similarity. */
#include "ged_oracle.h"

#include <math.h>
#include <string.h>

/* A graph of the given labels, joined in a row; with `ring`, also the last node to the first. */
static void add_row(gph_graph_set_t *set, const char *labels, bool ring)
{
    const int nodes = (int)strlen(labels);
    CU_ASSERT_EQUAL(gph_graph_set_begin(set, "row", 3), GPH_OK);
    for (int u = 0; u < nodes; u++)
        CU_ASSERT_EQUAL(gph_graph_set_node(set, labels[u] - 'A', 0, NULL), GPH_OK);
    for (int u = 0; u + 1 < nodes; u++)
        CU_ASSERT_EQUAL(gph_graph_set_edge(set, u, u + 1, 0, 0, NULL), GPH_OK);
    if (ring)
        CU_ASSERT_EQUAL(gph_graph_set_edge(set, nodes - 1, 0, 0, 0, NULL), GPH_OK);
}

typedef struct example {
    const char *labels[2];
    bool ring[2];
    double distance;
    double lower[GPH_GED_METHODS]; /**< of each method, worked out by hand; -1: not looked at */
} example_t;

/* BRANCH of AAA against the ring: two ends lack half an edge each. HED halves what is matched. */
static const example_t examples[] = {
    {{"", ""}, {false, false}, 0, {0, 0, 0, 0, 0, 0}},
    {{"", "AAA"}, {false, false}, 5, {5, 5, 5, 5, 5, 5}},
    {{"AAA", ""}, {false, false}, 5, {5, 5, 5, 5, 5, 5}},
    {{"A", "B"}, {false, false}, 1, {1, 1, 1, 1, 1, 1}},
    {{"AAA", "AAA"}, {false, true}, 1, {1, -1, 1, 1, 1, 1}},
    {{"AABB", "ABAB"}, {false, false}, 2, {0, 0, 0, 0, 0, 2}},
    {{"AB", "ABBBB"}, {false, false}, 6, {6, -1, -1, -1, -1, 6}},
};

static void test_examples(void)
{
    gph_context_t *context = gph_test_context();
    gph_ged_t *ged = NULL;
    if (!GPH_EXPECT_OK(context, gph_ged_create(context, NULL, &ged)))
        return;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const example_t *e = &examples[i];
        gph_graph_set_t set = gph_graph_set_init(context->env, false);
        for (int s = 0; s < 2; s++)
            add_row(&set, e->labels[s], e->ring[s]);
        const gph_small_graph_t a = gph_graph_set_view(&set, 0);
        const gph_small_graph_t b = gph_graph_set_view(&set, 1);
        for (int m = 0; m < GPH_GED_METHODS; m++) {
            gph_ged_options_t options = gph_ged_options_default();
            gph_ged_result_t result = {.lower = -1};
            options.method = (gph_ged_method_t)m;
            GPH_EXPECT_OK(context, gph_ged_compute(ged, &a, &b, &options, &result));
            GPH_EXPECT(result.lower <= e->distance && result.upper >= e->distance &&
                           (e->lower[m] < 0 || fabs(result.lower - e->lower[m]) < 1e-9),
                       "%s to %s by %s: %g..%g", e->labels[0], e->labels[1],
                       gph_ged_method_name(options.method), result.lower, result.upper);
        }
        gph_graph_set_free(&set);
    }
    gph_ged_destroy(&ged);
}

/* Refining never makes a mapping worse. */
static void test_ladder(void)
{
    gph_context_t *context = gph_test_context();
    gph_ged_t *ged = NULL;
    double sum[GPH_GED_METHODS] = {0};
    if (!GPH_EXPECT_OK(context, gph_ged_create(context, NULL, &ged)))
        return;
    for (uint64_t i = 0; i < 30; i++) {
        gph_graph_set_t set = gph_graph_set_init(context->env, false);
        GPH_EXPECT_OK(context, oracle_graph(&set, 2 * i + 5000, 9, 30));
        GPH_EXPECT_OK(context, oracle_graph(&set, 2 * i + 5001, 9, 30));
        const gph_small_graph_t a = gph_graph_set_view(&set, 0);
        const gph_small_graph_t b = gph_graph_set_view(&set, 1);
        double upper[GPH_GED_METHODS] = {0};
        for (int m = GPH_GED_BRANCH; m < GPH_GED_METHODS; m++) {
            gph_ged_options_t options = gph_ged_options_default();
            gph_ged_result_t result = {.lower = -1};
            options.method = (gph_ged_method_t)m;
            options.max_steps = 20;
            GPH_EXPECT_OK(context, gph_ged_compute(ged, &a, &b, &options, &result));
            upper[m] = result.upper;
            sum[m] += result.upper;
        }
        CU_ASSERT(upper[GPH_GED_REFINE] <= upper[GPH_GED_BIPARTITE]);
        CU_ASSERT(upper[GPH_GED_REFINE] <= upper[GPH_GED_BRANCH]);
        gph_graph_set_free(&set);
    }
    CU_ASSERT(sum[GPH_GED_REFINE] < sum[GPH_GED_BIPARTITE]);
    gph_ged_destroy(&ged);
}

static void test_similarity(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_set_t set = gph_graph_set_init(context->env, false);
    gph_ged_t *ged = NULL;
    double value = -1;
    const char *labels[] = {"AAAA", "AABA", "BBBB", ""};
    for (int i = 0; i < 4; i++)
        add_row(&set, labels[i], false);
    if (!GPH_EXPECT_OK(context, gph_ged_create(context, NULL, &ged)))
        return;
    gph_small_graph_t graph[4];
    for (int i = 0; i < 4; i++)
        graph[i] = gph_graph_set_view(&set, i);
    GPH_EXPECT_OK(context, gph_ged_similarity(ged, &graph[1], &graph[1], 3, &value));
    CU_ASSERT_DOUBLE_EQUAL(value, 1, 1e-12);
    GPH_EXPECT_OK(context, gph_ged_similarity(ged, &graph[0], &graph[1], 0, &value));
    CU_ASSERT_DOUBLE_EQUAL(value, 12 / sqrt(16 * 10), 1e-12);
    GPH_EXPECT_OK(context, gph_ged_similarity(ged, &graph[0], &graph[2], 3, &value));
    CU_ASSERT_DOUBLE_EQUAL(value, 0, 1e-12);
    GPH_EXPECT_OK(context, gph_ged_similarity(ged, &graph[0], &graph[3], 3, &value));
    CU_ASSERT_DOUBLE_EQUAL(value, 0, 1e-12);
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE,
                      gph_ged_similarity(ged, &graph[0], &graph[1], 17, &value));
    gph_context_clear_error(context);
    gph_ged_destroy(&ged);
    gph_graph_set_free(&set);
}

static void test_names(void)
{
    for (int m = 0; m < GPH_GED_METHODS; m++) {
        gph_ged_method_t method = GPH_GED_METHODS;
        CU_ASSERT(gph_ged_method_parse(gph_ged_method_name((gph_ged_method_t)m), &method));
        CU_ASSERT_EQUAL((int)method, m);
    }
    gph_ged_method_t method = GPH_GED_HED;
    CU_ASSERT(!gph_ged_method_parse("exactly", &method));
    CU_ASSERT_EQUAL(method, GPH_GED_HED);
}

GPH_TEST_SUITE(ged_bounds, {"gives the bounds worked out by hand", test_examples},
               {"refines mappings for the better", test_ladder},
               {"measures similarity", test_similarity}, {"knows its methods by name", test_names});
