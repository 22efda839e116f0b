/* Memory budgets: smaller batches give the same result; what is too small says what is needed. */
#include "gph/clique.h"
#include "gph/dist.h"
#include "gph_test.h"

#include <stdio.h>
#include <string.h>

enum { MOST_MEMORY = 64 << 20 };

/** The message of a budget names a size. */
static bool names_a_size(const char *message)
{
    return strstr(message, "needs") != NULL &&
           (strstr(message, " bytes") != NULL || strstr(message, "iB") != NULL);
}

/** What a search came to. */
typedef struct run {
    gph_status_t status;
    int64_t allocations; /**< on this rank */
    char digest[64];
} run_t;

/** Searches with `left` bytes of the budget left: a block that is not used takes the rest. */
static run_t find_with(gph_context_t *context, const gph_graph_t *graph, int64_t left)
{
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    run_t run = {.status = GPH_OK};
    char *ballast = NULL;
    options.k = 4;
    options.per_vertex = true;
    options.tiles = 300;
    gph_context_clear_error(context);
    const int64_t start = gph_mem_used(context->env);
    CU_ASSERT_EQUAL(gph_alloc(context->env, gph_mem_left(context->env) - left, 1, &ballast),
                    GPH_OK);
    gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
    run.status = gph_clique_find(graph, &options, &result);
    run.allocations = gph_fault_calls(context->env, GPH_FAULT_ALLOC);
    CU_ASSERT_TRUE(gph_test_same_i64(run.status));
    if (run.status == GPH_OK) {
        snprintf(run.digest, sizeof run.digest, "%s", gph_clique_digest(result));
        CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
    } else {
        CU_ASSERT_EQUAL(run.status, GPH_ERR_MEMORY);
        GPH_EXPECT(names_a_size(gph_context_error(context)), "%lld left: %s", (long long)left,
                   gph_context_error(context));
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    }
    gph_clique_result_destroy(&result);
    gph_free(ballast);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    return run;
}

/** Searches with memory to spare. A rank that helps another one makes batches of what it takes, so
 * the fewest allocations of some runs count: those without. */
static run_t find_freely(gph_context_t *context, const gph_graph_t *graph)
{
    run_t best = find_with(context, graph, MOST_MEMORY / 2);
    for (int i = 0; i < 4; i++) {
        const run_t run = find_with(context, graph, MOST_MEMORY / 2);
        CU_ASSERT_STRING_EQUAL(run.digest, best.digest);
        best.allocations = run.allocations < best.allocations ? run.allocations : best.allocations;
    }
    return best;
}

/** Less and less memory: the same digest, by more batches, until it is too little. */
static void check_shrinking(gph_context_t *context, const gph_graph_t *graph)
{
    const run_t free_run = find_freely(context, graph);
    int more = 0;
    int refused = 0;
    CU_ASSERT_EQUAL(free_run.status, GPH_OK);
    for (int64_t left = 4 << 20; left > 100000; left -= left / 6) {
        const run_t run = find_with(context, graph, left);
        refused += run.status != GPH_OK;
        if (run.status != GPH_OK)
            continue;
        CU_ASSERT_STRING_EQUAL(run.digest, free_run.digest);
        more += !gph_test_all(run.allocations <= free_run.allocations);
    }
    CU_ASSERT_TRUE(refused > 0);
    /* One rank has its graph in one piece; several fetch less at a time. */
    CU_ASSERT_EQUAL(more > 0, context->ranks > 1);
    gph_test_expect_same("digest with a small budget", free_run.digest);
}

static void test_shrinking(void)
{
    gph_context_options_t settings = gph_test_options();
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    settings.max_memory = MOST_MEMORY;
    if (!GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &settings, &context)))
        return;
    if (GPH_EXPECT_OK(context,
                      gph_graph_load(context, "er:n=1500,m=60000,seed=4", GPH_FORMAT_AUTO, &graph)))
        check_shrinking(context, graph);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
    gph_context_destroy(&context);
}

/** A list that each rank holds its share of, but not the whole. */
static void test_combine(void)
{
    gph_context_options_t settings = gph_test_options();
    gph_clique_options_t options = gph_clique_options_default();
    const int64_t whole = 40920 * 4 * 8;
    options.k = 4;
    options.keep_list = true;
    for (int i = 0; i < 2; i++) {
        gph_context_t *context = NULL;
        gph_graph_t *graph = NULL;
        gph_clique_result_t *result = NULL;
        int64_t *all = NULL;
        settings.max_memory = i == 0 ? 4 * whole : whole + whole / 4 * 3;
        if (!GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &settings, &context)))
            return;
        if (GPH_EXPECT_OK(context,
                          gph_graph_load(context, "complete:n=33", GPH_FORMAT_AUTO, &graph)) &&
            GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result))) {
            CU_ASSERT_TRUE(gph_clique_count(result) == 40920);
            gph_status_t wanted = GPH_OK;
            /* Beside its share, a rank has no room for more than half of the list. */
            if (i == 1 && context->ranks == 1)
                wanted = GPH_ERR_MEMORY;
            GPH_EXPECT_STATUS(context, wanted, gph_clique_rows_combine(result, &all));
            CU_ASSERT_EQUAL(all == NULL, wanted != GPH_OK);
            if (wanted != GPH_OK) {
                CU_ASSERT_TRUE(names_a_size(gph_context_error(context)));
                CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
            }
        }
        gph_clique_rows_free(all);
        gph_clique_result_destroy(&result);
        gph_graph_destroy(&graph);
        gph_context_destroy(&context);
    }
}

GPH_TEST_SUITE(budget, {"makes batches smaller, not results different", test_shrinking},
               {"refuses a list over it", test_combine});
