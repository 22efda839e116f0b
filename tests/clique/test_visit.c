/* The callback: rows come in order, and its failure on one rank ends the search on all. */
#include "gph/dist.h"
#include "gph_test.h"
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

/** What a callback saw. */
typedef struct visits {
    int k;
    int64_t calls;
    int64_t rows;
    int64_t next;  /**< lowest row that may come now */
    int64_t wrong; /**< calls out of order or with a wrong k */
    int64_t room;
    int64_t *members; /**< [room × k] by row number */
    int64_t fail_at;  /**< call that fails, 0: none */
    gph_status_t failure;
} visits_t;

static gph_status_t visit(void *data, int64_t first_row, int64_t rows, int k,
                          const int64_t *members)
{
    visits_t *visits = data;
    visits->calls += 1;
    visits->wrong += k != visits->k || first_row < visits->next || rows < 1;
    visits->next = first_row + rows;
    visits->rows += rows;
    if (visits->members != NULL && first_row + rows <= visits->room)
        memcpy(visits->members + first_row * k, members, (size_t)(rows * k) * sizeof *members);
    return visits->calls == visits->fail_at ? visits->failure : GPH_OK;
}

/** All rows reach exactly one rank each; together they are the list that is kept. */
static void check_visits(gph_context_t *context, const gph_graph_t *graph, const oracle_t *oracle,
                         int k)
{
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    visits_t visits = {.k = k, .room = oracle_count(oracle, k)};
    visits.members = calloc((size_t)(visits.room * k) + 1, sizeof *visits.members);
    if (visits.members == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    options.k = k;
    options.visit = visit;
    options.visit_data = &visits;
    options.tiles = 7;
    if (GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result))) {
        CU_ASSERT_EQUAL(visits.wrong, 0);
        /* Rows nobody saw are zero on all ranks, rows that two saw add up to nonsense. */
        MPI_Allreduce(MPI_IN_PLACE, visits.members, (int)(visits.room * k), MPI_INT64_T, MPI_SUM,
                      context->comm);
        MPI_Allreduce(MPI_IN_PLACE, &visits.rows, 1, MPI_INT64_T, MPI_SUM, context->comm);
        CU_ASSERT_EQUAL(visits.rows, visits.room);
        CU_ASSERT_TRUE(oracle_accepts(oracle, k, visits.members, visits.room));
    }
    gph_clique_result_destroy(&result);
    free(visits.members);
}

static void test_order(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int number = 0; number < ORACLE_SAMPLES; number += 2) {
        gph_graph_t *graph = NULL;
        oracle_sample(number, &oracle);
        if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
            continue;
        for (int k = 1; k <= 5; k++)
            check_visits(context, graph, &oracle, k);
        gph_graph_destroy(&graph);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** A small budget makes many rounds; the rows are the same, in the same order. */
static void test_rounds(void)
{
    static oracle_t oracle;
    gph_context_options_t settings = gph_test_options();
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    settings.max_memory = 3 << 20;
    oracle_random(170, 0.55, 4, &oracle);
    if (!GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &settings, &context)))
        return;
    if (GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph))) {
        visits_t visits = {.k = 3};
        gph_clique_options_t options = gph_clique_options_default();
        gph_clique_result_t *result = NULL;
        options.visit = visit;
        options.visit_data = &visits;
        GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result));
        CU_ASSERT_EQUAL(visits.wrong, 0);
        if (context->ranks == 1)
            CU_ASSERT_TRUE(visits.calls > 2);
        gph_clique_result_destroy(&result);
        check_visits(context, graph, &oracle, 3);
    }
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
}

static void test_failure(void)
{
    static oracle_t oracle;
    static const gph_status_t failures[] = {GPH_ERR_VERIFY, GPH_ERR_STOPPED, GPH_ERR_SYSTEM};
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    oracle_sample(8, &oracle);
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    const int64_t start = gph_mem_used(context->env);
    for (int i = 0; i < 3; i++)
        for (int victim = 0; victim < context->ranks; victim++) {
            gph_clique_options_t options = gph_clique_options_default();
            gph_clique_result_t *result = NULL;
            visits_t visits = {.k = 3, .failure = failures[i]};
            visits.fail_at = victim == context->rank;
            options.visit = visit;
            options.visit_data = &visits;
            gph_context_clear_error(context);
            GPH_EXPECT_STATUS(context, failures[i], gph_clique_find(graph, &options, &result));
            CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
            CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "callback"));
            gph_clique_result_destroy(&result);
            CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
        }
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(visit, {"sees every row once and in order", test_order},
               {"sees them in many rounds", test_rounds},
               {"ends the search on all ranks", test_failure});
