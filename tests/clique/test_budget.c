/* Memory budgets: smaller batches give the same result, and what is too small says what is needed. */
#include "gph/dist.h"
#include "gph_test.h"
#include "oracle.h"

#include <stdio.h>
#include <string.h>

/** The message of a budget names a size. */
static bool names_a_size(const char *message)
{
    return strstr(message, "needs") != NULL &&
           (strstr(message, " bytes") != NULL || strstr(message, "iB") != NULL);
}

static gph_clique_options_t some_options(void)
{
    gph_clique_options_t options = gph_clique_options_default();
    options.k = 4;
    options.per_vertex = true;
    options.tiles = 300;
    return options;
}

/** Peak over ranks of a whole run within a budget (0: none). */
typedef struct run {
    gph_status_t status;
    int64_t before; /**< bytes in use when the graph was there */
    int64_t peak;
    char digest[64];
} run_t;

static run_t run_within(const char *spec, int64_t budget)
{
    const gph_clique_options_t options = some_options();
    gph_context_options_t settings = gph_test_options();
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    run_t run = {.status = GPH_OK};
    settings.max_memory = budget;
    run.status = gph_context_create(MPI_COMM_WORLD, &settings, &context);
    if (run.status != GPH_OK)
        return run;
    run.status = gph_graph_load(context, spec, GPH_FORMAT_AUTO, &graph);
    run.before = gph_mem_used(context->env);
    if (run.status == GPH_OK)
        run.status = gph_clique_find(graph, &options, &result);
    if (run.status == GPH_OK) {
        snprintf(run.digest, sizeof run.digest, "%s", gph_clique_digest(result));
        CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
    } else {
        GPH_EXPECT(names_a_size(gph_context_error(context)), "%lld: %s", (long long)budget,
                   gph_context_error(context));
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    }
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
    run.peak = gph_mem_peak(context->env);
    MPI_Allreduce(MPI_IN_PLACE, &run.peak, 1, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, &run.before, 1, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    gph_context_destroy(&context);
    return run;
}

static void test_shrinking(void)
{
    static const char spec[] = "er:n=1500,m=60000,seed=4";
    const run_t free_run = run_within(spec, 0);
    int fitted = 0;
    int refused = 0;
    CU_ASSERT_EQUAL(free_run.status, GPH_OK);
    for (int64_t budget = free_run.peak; budget > free_run.before / 2; budget -= budget / 8) {
        const run_t run = run_within(spec, budget);
        CU_ASSERT_TRUE(gph_test_same_i64(run.status));
        CU_ASSERT_TRUE(run.peak <= budget);
        if (run.status == GPH_OK) {
            CU_ASSERT_STRING_EQUAL(run.digest, free_run.digest);
            fitted += budget < free_run.peak;
        } else {
            CU_ASSERT_EQUAL(run.status, GPH_ERR_MEMORY);
            refused += 1;
        }
    }
    CU_ASSERT_TRUE(refused > 0);
    /* One rank has its graph in one piece; several fetch less at a time. */
    if (gph_test_ranks() > 1)
        GPH_EXPECT(fitted > 0, "nothing fitted below a peak of %lld", (long long)free_run.peak);
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
        settings.max_memory = i == 0 ? 4 * whole : whole + whole / 2;
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
