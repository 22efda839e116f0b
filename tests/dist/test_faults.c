/* An allocation that fails at each successive call, on one rank after the other: the same status
 * and message on all ranks, nobody hangs, nothing leaks, results stay as they were. */
#include "dist/halo.h"
#include "dist/move.h"
#include "dist/peel.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "naive.h"

#include <string.h>

/** Runs a call on `graph` where it needs one; *untouched tells whether its results stayed as they
 * were. Frees them. */
typedef gph_status_t operation_fn(gph_context_t *context, gph_graph_t *graph, bool *untouched);

enum { MOST_FAULTS = 400 };

/** Fails each allocation of `victim` until none is left. Returns how many there were. */
static int break_rank(gph_context_t *context, gph_graph_t *graph, int victim,
                      operation_fn *operation)
{
    const int64_t start = gph_mem_used(context->env);
    for (int nth = 1; nth < MOST_FAULTS; nth++) {
        bool untouched = false;
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        const gph_status_t status = operation(context, graph, &untouched);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
        CU_ASSERT_EQUAL(untouched, status != GPH_OK);
        if (status == GPH_OK)
            return nth - 1;
        CU_ASSERT_EQUAL(status, GPH_ERR_MEMORY);
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "failed"));
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    }
    return MOST_FAULTS;
}

/** Breaks the first and the last rank, with a graph at hand. */
static void break_ranks(kind_t kind, operation_fn *operation)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    input_make(kind, 1, &input);
    if (!GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)))
        return;
    for (int victim = 0; victim < context->ranks;
         victim += 1 + (context->ranks > 2) * (context->ranks - 2)) {
        const int faults = break_rank(context, graph, victim, operation);
        GPH_EXPECT(faults > 0 && faults < MOST_FAULTS, "%d faults on rank %d", faults, victim);
    }
    gph_graph_destroy(&graph);
}

static gph_status_t build_kind(gph_context_t *context, kind_t kind, bool *untouched)
{
    static input_t input;
    gph_graph_t *graph = NULL;
    input_make(kind, 2, &input);
    const gph_status_t status = input_build(context, &input, DEALT, &graph);
    *untouched = graph == NULL;
    gph_graph_destroy(&graph);
    return status;
}

static gph_status_t build_sparse(gph_context_t *context, gph_graph_t *graph, bool *untouched)
{
    (void)graph;
    return build_kind(context, SPARSE, untouched);
}

static gph_status_t build_dense(gph_context_t *context, gph_graph_t *graph, bool *untouched)
{
    (void)graph;
    return build_kind(context, HUB, untouched);
}

static gph_status_t from_edges(gph_context_t *context, gph_graph_t *graph, bool *untouched)
{
    const int64_t id[4] = {7, 9, context->rank, 4};
    gph_graph_t *made = NULL;
    (void)graph;
    const gph_status_t status = gph_graph_from_edges(context, 3, id, id + 1, &made);
    *untouched = made == NULL;
    gph_graph_destroy(&made);
    return status;
}

static gph_status_t peel(gph_context_t *context, gph_graph_t *graph, bool *untouched)
{
    const gph_peel_options_t options = {1, true, 3};
    gph_peel_t made = {.rounds = -7};
    (void)context;
    const gph_status_t status = gph_peel(graph, &options, &made);
    *untouched = made.rounds == -7 && made.core == NULL && made.round == NULL;
    gph_peel_free(&made);
    return status;
}

static gph_status_t components(gph_context_t *context, gph_graph_t *graph, bool *untouched)
{
    int64_t found = -7;
    (void)context;
    const gph_status_t status = gph_graph_components(graph, &found);
    *untouched = found == -7;
    return status;
}

static gph_status_t rows(gph_context_t *context, gph_graph_t *graph, bool *untouched)
{
    int64_t *offset = NULL;
    gph_lid_t *moved = NULL;
    const gph_status_t status =
        gph_move_rows(context, graph->first, graph->owned, graph->offset, sizeof *moved,
                      graph->adjacent, graph->tiles.rank_start, &offset, &moved);
    *untouched = offset == NULL && moved == NULL;
    gph_free(offset);
    gph_free(moved);
    return status;
}

static void test_build_sparse(void)
{
    break_ranks(NOTHING, build_sparse);
}

static void test_build_dense(void)
{
    break_ranks(NOTHING, build_dense);
}

static void test_from_edges(void)
{
    break_ranks(NOTHING, from_edges);
}

static void test_peel(void)
{
    break_ranks(HUB, peel);
}

static void test_components(void)
{
    break_ranks(FRAGMENTS, components);
}

static void test_rows(void)
{
    break_ranks(SPARSE, rows);
}

GPH_TEST_SUITE(faults, {"a graph of sparse ids", test_build_sparse},
               {"a graph of dense ids", test_build_dense}, {"edges in memory", test_from_edges},
               {"peeling", test_peel}, {"components", test_components}, {"moving rows", test_rows});
