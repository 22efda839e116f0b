/* Lists: every clique once, ascending, in an order that only the input decides. */
#include "base/hash.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "oracle.h"

#include <stdio.h>
#include <string.h>

/** The rows of this rank follow those of lower ranks, and are that part of the combined list. */
static void check_view(gph_context_t *context, const gph_clique_result_t *result, int k,
                       const int64_t *all)
{
    int64_t first = -1;
    int64_t rows = -1;
    int64_t before = 0;
    int64_t total = 0;
    const int64_t *members = NULL;
    gph_clique_rows(result, &first, &rows, &members);
    MPI_Exscan(&rows, &before, 1, MPI_INT64_T, MPI_SUM, context->comm);
    MPI_Allreduce(&rows, &total, 1, MPI_INT64_T, MPI_SUM, context->comm);
    if (context->rank == 0)
        before = 0;
    CU_ASSERT_TRUE((gph_count_t)total == gph_clique_count(result));
    CU_ASSERT_PTR_NOT_NULL(members);
    if (rows > 0 && members != NULL) {
        CU_ASSERT_EQUAL(first, before);
        CU_ASSERT_EQUAL(memcmp(members, all + first * k, (size_t)(rows * k) * sizeof *members), 0);
    }
}

/** Checks one list; text receives a digest of its rows. */
static void check_list(gph_context_t *context, const gph_graph_t *graph, const oracle_t *oracle,
                       const gph_clique_options_t *options, char text[GPH_DIGEST_CHARS])
{
    gph_clique_result_t *result = NULL;
    int64_t *all = NULL;
    text[0] = '\0';
    if (!GPH_EXPECT_OK(context, gph_clique_find(graph, options, &result)))
        return;
    if (GPH_EXPECT_OK(context, gph_clique_rows_combine(result, &all))) {
        const int64_t count = (int64_t)gph_clique_count(result);
        GPH_EXPECT(oracle_accepts(oracle, options->k, all, count),
                   "list of k %d, order %d, method %d, tiles %d", options->k, options->order,
                   options->method, (int)options->tiles);
        check_view(context, result, options->k, all);
        gph_digest_format(gph_digest_bytes(all, (size_t)(count * options->k) * sizeof *all), text);
    }
    gph_clique_rows_free(all);
    gph_clique_result_destroy(&result);
}

/** Lists of one order are equal whatever method and tiles. */
static void check_k(gph_context_t *context, const gph_graph_t *graph, const oracle_t *oracle, int k,
                    int number)
{
    static const int64_t tiles[] = {0, 2, 61, 16384};
    for (int order = 0; order < 2; order++) {
        char first[GPH_DIGEST_CHARS] = "";
        char key[64];
        for (int i = 0; i < 3; i++) {
            gph_clique_options_t options = gph_clique_options_default();
            char text[GPH_DIGEST_CHARS];
            options.k = k;
            options.keep_list = true;
            options.order = (gph_clique_order_t)order;
            options.method = (gph_clique_method_t)((i + k) % 3);
            options.tiles = tiles[(i + number + k) % 4];
            check_list(context, graph, oracle, &options, text);
            if (i == 0)
                memcpy(first, text, sizeof first);
            CU_ASSERT_STRING_EQUAL(first, text);
        }
        snprintf(key, sizeof key, "rows of sample %d, k %d, order %d", number, k, order);
        gph_test_expect_same(key, first);
    }
}

static void test_samples(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int number = 0; number < ORACLE_SAMPLES; number++) {
        gph_graph_t *graph = NULL;
        oracle_sample(number, &oracle);
        if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
            continue;
        for (int k = 1; k <= 6; k++)
            check_k(context, graph, &oracle, k, number);
        gph_graph_destroy(&graph);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** Several words a set, and more rows than one task of a thread writes. */
static void test_wide(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    oracle_random(140, 0.72, 8, &oracle);
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    for (int i = 0; i < 2; i++) {
        gph_clique_options_t options = gph_clique_options_default();
        char text[GPH_DIGEST_CHARS];
        options.k = 3;
        options.keep_list = true;
        options.tiles = i == 0 ? 1 : 500;
        check_list(context, graph, &oracle, &options, text);
        gph_test_expect_same("rows of a wide graph", text);
    }
    gph_graph_destroy(&graph);
}

/** Digests of whole results: of the count, the counts of vertices and the list together. */
static void test_digest(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    char list_digest[64] = "";
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "rmat:scale=9,edgefactor=8,seed=2",
                                               GPH_FORMAT_AUTO, &graph)))
        return;
    for (int what = 0; what < 4; what++)
        for (int k = 3; k <= 5; k += 2) {
            gph_clique_options_t options = gph_clique_options_default();
            gph_clique_result_t *result = NULL;
            char key[64];
            options.k = k;
            options.per_vertex = (what & 1) != 0;
            options.keep_list = (what & 2) != 0;
            if (!GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
                continue;
            snprintf(key, sizeof key, "digest of rmat, k %d, what %d", k, what);
            gph_test_expect_same(key, gph_clique_digest(result));
            CU_ASSERT_EQUAL(strlen(gph_clique_digest(result)), 32);
            CU_ASSERT_STRING_NOT_EQUAL(gph_clique_digest(result), list_digest);
            snprintf(list_digest, sizeof list_digest, "%s", gph_clique_digest(result));
            gph_clique_result_destroy(&result);
        }
    gph_graph_destroy(&graph);
}

static void test_not_kept(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    gph_graph_t *graph = NULL;
    int64_t *all = NULL;
    int64_t first = -1;
    int64_t rows = -1;
    const int64_t *members = &first;
    oracle_sample(7, &oracle);
    if (GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)) &&
        GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result))) {
        gph_clique_rows(result, &first, &rows, &members);
        CU_ASSERT_EQUAL(rows, 0);
        CU_ASSERT_PTR_NULL(members);
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_clique_rows_combine(result, &all));
        CU_ASSERT_PTR_NULL(all);
        CU_ASSERT_EQUAL(gph_clique_rows_combine(NULL, &all), GPH_ERR_USAGE);
    }
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    gph_clique_result_destroy(&result);
    gph_clique_result_destroy(NULL);
    gph_clique_rows_free(NULL);
}

GPH_TEST_SUITE(list, {"holds every clique once, in one order", test_samples},
               {"holds those of a wide graph", test_wide},
               {"has one digest on any ranks and threads", test_digest},
               {"is absent unless kept", test_not_kept});
