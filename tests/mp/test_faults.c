/* An allocation that fails at each call in turn, on one rank after the other: the same status and
 * message on all ranks, nobody hangs, nothing leaks. */
#include "gph/mp.h"
#include "gph_test.h"
#include "sample.h"

/* Every so many calls on larger numbers of ranks, where each takes long. */
enum { MOST_FAULTS = 400, STEP = 5 };

static gph_status_t work(const gph_graph_t *graph, gph_mp_algorithm_t algorithm, bool write)
{
    gph_mp_result_t *result = NULL;
    gph_mp_top_t top[5];
    int64_t count = 0;
    char digest[33];
    gph_status_t status = gph_mp_compute(graph, algorithm, NULL, &result);
    CU_ASSERT_EQUAL(result == NULL, status != GPH_OK);
    if (status == GPH_OK)
        status = gph_mp_result_top(result, 0, 5, &count, top);
    if (status == GPH_OK)
        status = gph_mp_result_digest(result, digest);
    if (status == GPH_OK && write)
        status = gph_mp_result_write(result, gph_test_tmp("faults.tsv"));
    gph_mp_result_destroy(&result);
    return status;
}

static void break_rank(gph_context_t *context, const gph_graph_t *graph, int victim,
                       gph_mp_algorithm_t algorithm)
{
    const int64_t start = gph_mem_used(context->env);
    const int step = context->ranks > 2 ? STEP : 1;
    int nth = 1 + victim % step;
    for (; nth < MOST_FAULTS; nth += step) {
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        const gph_status_t status = work(graph, algorithm, algorithm == GPH_MP_BFS);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
        if (status == GPH_OK)
            break;
        CU_ASSERT_EQUAL(status, GPH_ERR_MEMORY);
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    }
    GPH_EXPECT(nth > 5 && nth < MOST_FAULTS, "%s on rank %d: %d faults",
               gph_mp_algorithm_name(algorithm), victim, nth);
}

static void test_allocations(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    const int last = context->ranks - 1;
    if (!sample_make(context, "weighted", &sample))
        return;
    for (int a = 0; a < GPH_MP_ALGORITHMS; ++a)
        for (int victim = 0; victim <= last; victim += last > 0 ? last : 1)
            break_rank(context, sample.graph, victim, (gph_mp_algorithm_t)a);
    sample_free(&sample);
}

/* A stop that one rank asks for ends the work on all. */
static void test_stops(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    if (!sample_make(context, "er:n=300,m=900", &sample))
        return;
    for (int a = 0; a < GPH_MP_ALGORITHMS; ++a) {
        gph_mp_result_t *result = NULL;
        gph_context_clear_error(context);
        if (context->rank == context->ranks - 1)
            gph_context_request_stop(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_STOPPED,
                          gph_mp_compute(sample.graph, (gph_mp_algorithm_t)a, NULL, &result));
        CU_ASSERT_PTR_NULL(result);
        atomic_store(&context->stop, false);
    }
    sample_free(&sample);
}

GPH_TEST_SUITE(faults, {"in allocations", test_allocations}, {"stop when asked to", test_stops});
