/* Bounds of large graphs beside those of small ones on the same graphs, and between each other. */
#include "ged/problem.h"
#include "gph/dist.h"
#include "gph/ged_large.h"
#include "pairs_sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A small graph from a specification, by writing it as an edge list with all vertices in loops. */
static gph_collection_t *small_of(const char *const spec[2])
{
    static char text[1 << 16];
    static char line[256];
    gph_context_t *context = gph_test_context();
    gph_collection_t *set = NULL;
    size_t used = 0;
    for (int s = 0; s < 2; s++) {
        gph_graph_t *graph = NULL;
        gph_graph_info_t info = {0};
        char path[512] = "";
        int64_t u = 0;
        int64_t v = 0;
        snprintf(path, sizeof path, "%s", gph_test_tmp("large-edges.txt"));
        GPH_EXPECT_OK(context, gph_graph_load(context, spec[s], GPH_FORMAT_AUTO, &graph));
        GPH_EXPECT_OK(context, gph_graph_info(graph, &info));
        GPH_EXPECT_OK(context, gph_graph_save(graph, path, GPH_FORMAT_EDGES));
        gph_graph_destroy(&graph);
        used += (size_t)snprintf(text + used, sizeof text - used, "t # %d\n", s);
        for (int64_t i = 0; i < info.vertices; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "v %" PRId64 "\n", i);
        FILE *file = fopen(path, "r");
        while (file != NULL && fgets(line, sizeof line, file) != NULL)
            if (line[0] != '#' && sscanf(line, "%" SCNd64 " %" SCNd64, &u, &v) == 2)
                used += (size_t)snprintf(text + used, sizeof text - used,
                                         "e %" PRId64 " %" PRId64 "\n", u, v);
        if (file != NULL)
            fclose(file);
        (void)gph_test_all(true);
    }
    const char *path = sample_file("large-small.txt", text);
    GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &set));
    return set;
}

/* Two graphs, loaded once. */
typedef struct two {
    gph_graph_t *graph[2];
} two_t;

static two_t load_two(const char *const spec[2])
{
    gph_context_t *context = gph_test_context();
    two_t two = {{NULL, NULL}};
    for (int s = 0; s < 2; s++)
        GPH_EXPECT_OK(context, gph_graph_load(context, spec[s], GPH_FORMAT_AUTO, &two.graph[s]));
    return two;
}

static void free_two(two_t *two)
{
    gph_graph_destroy(&two->graph[0]);
    gph_graph_destroy(&two->graph[1]);
}

static double large(const two_t *two, const gph_ged_costs_t *costs, gph_ged_method_t method,
                    const char *key)
{
    gph_ged_large_result_t result = {.lower = NAN};
    GPH_EXPECT_OK(gph_test_context(),
                  gph_ged_large(two->graph[0], two->graph[1], costs, method, &result));
    CU_ASSERT(result.lower <= result.upper);
    gph_test_expect_same(key, result.digest);
    return result.lower;
}

static const char *const specs[][2] = {
    {"er:n=12,m=20,seed=1", "er:n=15,m=31,seed=2"},
    {"star:n=9", "complete:n=6"},
    {"path:n=14", "cycle:n=14"},
    {"complete:n=8", "er:n=20,m=6,seed=3"},
    {"er:n=30,m=80,seed=4", "star:n=11"},
    {"er:n=25,m=60,seed=5", "er:n=25,m=60,seed=6"},
};

static gph_ged_costs_t costs_of(int kind)
{
    gph_ged_costs_t costs = gph_ged_costs_default();
    if (kind == 1)
        costs = (gph_ged_costs_t){{.insert = 0.5, .remove = 3, .substitute = 1},
                                  {.insert = 2, .remove = 0.25, .substitute = 1}};
    if (kind == 2)
        costs = (gph_ged_costs_t){{.insert = 4, .remove = 0.125, .substitute = 9},
                                  {.insert = 0.5, .remove = 1.5, .substitute = 7}};
    return costs;
}

static void test_as_small(void)
{
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        gph_collection_t *set = small_of(specs[i]);
        two_t two = load_two(specs[i]);
        for (int kind = 0; kind < 3; kind++) {
            const gph_ged_costs_t costs = costs_of(kind);
            for (int m = GPH_GED_LABEL; m <= GPH_GED_BRANCH; m++) {
                gph_ged_options_t options = gph_ged_options_default();
                gph_ged_result_t result = {.lower = NAN};
                char key[64] = "";
                options.method = (gph_ged_method_t)m;
                snprintf(key, sizeof key, "large %d %d %d", (int)i, kind, m);
                gph_context_t *context = gph_test_context();
                GPH_EXPECT_OK(context,
                              gph_ged_pair(set, 0, 1, &costs, &options, NULL, NULL, &result));
                const double bound = large(&two, &costs, options.method, key);
                GPH_EXPECT(fabs(bound - result.lower) <= 1e-9 * fmax(1, result.lower),
                           "%s and %s, costs %d, %s: %.17g, small %.17g", specs[i][0], specs[i][1],
                           kind, gph_ged_method_name(options.method), bound, result.lower);
            }
        }
        free_two(&two);
        gph_collection_destroy(&set);
    }
}

/* Labels: below the bounds for small graphs, and the same graph is at distance 0. */
static void test_labels(void)
{
    static char spec[2][600];
    const char *const both[2] = {spec[0], spec[1]};
    snprintf(spec[0], sizeof spec[0], "text:%s",
             sample_file("large-a.txt", "the cat sat on the mat\n"));
    snprintf(spec[1], sizeof spec[1], "text:%s",
             sample_file("large-b.txt", "a dog sat in the fog quietly\n"));
    const char *const same[2] = {spec[0], spec[0]};
    two_t different = load_two(both);
    two_t equal = load_two(same);
    for (int m = GPH_GED_LABEL; m <= GPH_GED_BRANCH; m++) {
        char key[64] = "";
        snprintf(key, sizeof key, "labels %d", m);
        CU_ASSERT(large(&different, NULL, (gph_ged_method_t)m, key) > 5);
        snprintf(key, sizeof key, "labels same %d", m);
        CU_ASSERT_EQUAL(large(&equal, NULL, (gph_ged_method_t)m, key), 0);
    }
    free_two(&different);
    free_two(&equal);
}

static void test_large(void)
{
    static const char *const both[2] = {"rmat:scale=16,edgefactor=8,seed=1",
                                        "er:n=100000,m=400000,seed=2"};
    two_t two = load_two(both);
    const double label = large(&two, NULL, GPH_GED_LABEL, "rmat label");
    const double branch = large(&two, NULL, GPH_GED_BRANCH, "rmat branch");
    CU_ASSERT(label > 0 && branch >= label);
    CU_ASSERT(large(&two, NULL, GPH_GED_HED, "rmat hed") > 0);
    free_two(&two);
}

static void test_refuses(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_ged_large_result_t result;
    gph_ged_costs_t costs = gph_ged_costs_default();
    GPH_EXPECT_OK(context, gph_graph_load(context, "path:n=5", GPH_FORMAT_AUTO, &graph));
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE,
                      gph_ged_large(graph, graph, NULL, GPH_GED_EXACT, &result));
    costs.node.kind = GPH_GED_COST_EUCLIDEAN;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE,
                      gph_ged_large(graph, graph, &costs, GPH_GED_HED, &result));
    costs = gph_ged_costs_default();
    costs.edge.remove = -1;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE,
                      gph_ged_large(graph, graph, &costs, GPH_GED_HED, &result));
    gph_graph_destroy(&graph);
    (void)gph_test_context();
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_ged_large_result_t result;
    gph_status_t status = GPH_ERR_MEMORY;
    int nth = 1;
    GPH_EXPECT_OK(context, gph_graph_load(context, "er:n=50,m=100", GPH_FORMAT_AUTO, &graph));
    for (; status == GPH_ERR_MEMORY && nth < 100; nth++) {
        context = gph_test_context();
        const int64_t used = gph_mem_used(context->env);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC,
                       context->rank == context->ranks - 1 ? nth : 0);
        status = gph_ged_large(graph, graph, NULL, GPH_GED_HED, &result);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
    }
    CU_ASSERT(status == GPH_OK && nth > 8);
    (void)gph_test_context();
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(ged_large, {"the same bounds as for small graphs", test_as_small},
               {"names are labels", test_labels}, {"a hundred thousand vertices", test_large},
               {"refuses what it can't do", test_refuses},
               {"survives a failure of each allocation", test_faults});
