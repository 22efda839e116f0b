/* Tables of costs: what they mean, and where they are wrong. */
#include "pairs_sample.h"

#include <stdio.h>
#include <string.h>

static gph_collection_t *load(gph_context_t *context)
{
    gph_collection_t *set = NULL;
    const char *path =
        sample_file("costs-graphs.txt", "t # a\nv 0 C\nv 1 N\nv 2 -\ne 0 1 s\nt # b\n"
                                        "v 0 N\nv 1 C\n");
    GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &set));
    return set;
}

/* Labels: C 0, N 1, - 2, none 3. */
static void expect(const char *source, const double wanted[16])
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *set = load(context);
    gph_ged_cost_t cost = {.insert = 5, .remove = 6, .substitute = 7};
    if (GPH_EXPECT_OK(context, gph_ged_cost_table(set, GPH_GED_NODES, source, &cost)) &&
        GPH_EXPECT(cost.kind == GPH_GED_COST_TABLE && cost.labels == 3, "a table of three")) {
        for (int i = 0; i < 16; i++)
            GPH_EXPECT(cost.table[i] == wanted[i], "'%s', cell %d: %g", source, i, cost.table[i]);
    }
    gph_ged_cost_free(&cost);
    CU_ASSERT(cost.kind == GPH_GED_COST_CONSTANT && cost.table == NULL);
    gph_collection_destroy(&set);
}

static void test_reads(void)
{
    const double told[16] = {0, 0.5, 7, 6, 7, 0, 7, 1e3, 7, 7, 0, 6, 5, 5, 2, 0};
    const double both[16] = {0, 0.5, 7, 9, 0.5, 0.25, 7, 6, 7, 7, 0, 6, 9, 5, 5, 0};
    char path[512] = "";
    expect("C N 0.5;N - 1e3; - \\- 2 ;# C C 9", told);
    snprintf(path, sizeof path, "%s",
             sample_file("costs.txt", "# costs\r\n\r\nC\tN\t0.5\r\nN - 1e3\r\n-  \\-  2\n"));
    expect(path, told);
    expect("symmetric\nC N 0.5\nC - 9\nN N 0.25", both);
}

static void test_refuses(void)
{
    static const char *const bad[][2] = {
        {"C N -1;", "table of costs:1: a cost of -1; costs must not be negative"},
        {"C N 1;C - nan", "table of costs:2: 'nan' where a cost"},
        {"C N inf;", "'inf' where a cost"},
        {"C N x;", "'x' where a cost"},
        {"C N;", "a line is `label label cost`"},
        {"C N 1 2;", "a line is `label label cost`"},
        {"C N 1;C N 2", "table of costs:2: a cost of this pair of labels is told already"},
        {"symmetric;C N 1;N C 2", "told already; the table is symmetric"},
        {"- - 1;", "nothing into nothing"},
    };
    gph_collection_t *set = load(gph_test_context());
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gph_context_t *context = gph_test_context();
        gph_ged_cost_t cost = gph_ged_costs_default().node;
        GPH_EXPECT_STATUS(NULL, GPH_ERR_INPUT,
                          gph_ged_cost_table(set, GPH_GED_NODES, bad[i][0], &cost));
        GPH_EXPECT(strstr(gph_context_error(context), bad[i][1]) != NULL, "wanted '%s', got '%s'",
                   bad[i][1], gph_context_error(context));
        CU_ASSERT(cost.kind == GPH_GED_COST_CONSTANT);
    }
    gph_context_t *context = gph_test_context();
    gph_ged_cost_t cost = {.kind = GPH_GED_COST_EUCLIDEAN};
    char path[512] = "";
    snprintf(path, sizeof path, "%s", sample_file("bad-costs.txt", "C N 1\nC N 1\n"));
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_cost_table(set, GPH_GED_NODES, "C N 1;", &cost));
    context = gph_test_context();
    cost = gph_ged_costs_default().node;
    GPH_EXPECT_STATUS(NULL, GPH_ERR_INPUT, gph_ged_cost_table(set, GPH_GED_NODES, path, &cost));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "bad-costs.txt:2: a cost"));
    context = gph_test_context();
    GPH_EXPECT_OK(context, gph_ged_cost_table(set, GPH_GED_EDGES, "q s 1; s s 1", &cost));
    CU_ASSERT_TRUE(gph_test_rank() != 0 || gph_test_logged("labels that the graphs have not"));
    gph_ged_cost_free(&cost);
    gph_collection_destroy(&set);
}

/* The distance is what the table says, and a detour is warned of. */
static void test_distances(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *set = load(context);
    gph_ged_costs_t costs = gph_ged_costs_default();
    gph_ged_result_t result;
    if (!gph_test_all(set != NULL))
        return;
    GPH_EXPECT_OK(context, gph_ged_cost_table(set, GPH_GED_NODES, "\\- - 0.25;", &costs.node));
    GPH_EXPECT_OK(context, gph_ged_cost_table(set, GPH_GED_EDGES, "s - 4;", &costs.edge));
    GPH_EXPECT_OK(context, gph_ged_pair(set, 0, 1, &costs, NULL, NULL, NULL, &result));
    CU_ASSERT(result.exact && result.upper == 4.25);
    gph_ged_cost_free(&costs.node);
    gph_ged_cost_free(&costs.edge);
    GPH_EXPECT_OK(context, gph_ged_cost_table(set, GPH_GED_NODES, "C N 9;", &costs.node));
    GPH_EXPECT_OK(context, gph_ged_pair(set, 0, 1, &costs, NULL, NULL, NULL, &result));
    CU_ASSERT_TRUE(gph_test_rank() != 0 || gph_test_logged("triangle inequality"));
    gph_ged_cost_free(&costs.node);
    gph_collection_destroy(&set);
}

GPH_TEST_SUITE(ged_cost_table, {"reads tables", test_reads},
               {"says where they are wrong", test_refuses}, {"decides distances", test_distances});
