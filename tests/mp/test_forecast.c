/* The memory that a forecast tells is what a job like PageRank holds. */
#include "gph/dist.h"
#include "gph/dist_forecast.h"
#include "gph/mp.h"
#include "gph_test.h"

#include <math.h>
#include <string.h>

/** What threads need for their sums, and what alignment adds. */
enum { SMALL = 48 << 10 };

static bool start(void *data, const gph_mp_vertex_t *vertex, void *state)
{
    const double value = (double)vertex->number;
    (void)data;
    memcpy(state, &value, sizeof value);
    return true;
}

static void block(void *data, const gph_mp_block_t *block)
{
    const double *state = block->state;
    double *next = block->next;
    (void)data;
    for (int64_t i = 0; i < block->count; i++) {
        const gph_lid_t v = gph_mp_block_vertex(block, i);
        next[v] = state[v] + 1;
        block->changed[v] = 1;
    }
}

/** The context, and the memory it has in use during a sweep. */
typedef struct watch {
    gph_context_t *context;
    int64_t used;
} watch_t;

static bool after(void *data, int64_t sweep, const double *sum)
{
    watch_t *watch = data;
    (void)sum;
    watch->used = gph_mem_used(watch->context->env);
    return sweep == 2;
}

/** Bytes in use while a program of PageRank's shape runs, with the arrays that it keeps. */
static int64_t run_and_watch(gph_graph_t *graph)
{
    watch_t watch = {.context = gph_test_context()};
    const gph_mp_program_t program = {.state_size = 8,
                                      .start = start,
                                      .block = block,
                                      .after = after,
                                      .sums = 2,
                                      .always = true,
                                      .data = &watch};
    double *states = NULL;
    const gph_lid_t owned = gph_mp_owned(graph);
    CU_ASSERT_EQUAL(gph_alloc(watch.context->env, owned, sizeof *states, &states), GPH_OK);
    GPH_EXPECT_OK(watch.context, gph_mp_run(graph, &program, NULL, states, NULL));
    gph_free(states);
    return watch.used;
}

static void check_memory(gph_context_t *context, int64_t start_used,
                         gph_partition_strategy_t strategy)
{
    const gph_partition_options_t options = {.strategy = strategy};
    const gph_machine_t machine = gph_machine_default();
    gph_graph_t *graph = NULL;
    gph_graph_t *placed = NULL;
    gph_partition_t *partition = NULL;
    gph_forecast_t all = {0};
    int64_t told = 0;
    if (GPH_EXPECT_OK(context,
                      gph_graph_load(context, "rmat:scale=13,seed=5", GPH_FORMAT_AUTO, &graph)) &&
        GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)) &&
        GPH_EXPECT_OK(context, gph_forecast_pagerank(partition, &machine, &all)) &&
        GPH_EXPECT_OK(context, gph_graph_place(graph, partition, &placed)))
        told = gph_forecast_rank(partition, &machine, context->rank).memory;
    gph_partition_destroy(&partition);
    gph_graph_destroy(&graph);
    if (placed != NULL) {
        const double used = (double)(run_and_watch(placed) - start_used);
        GPH_EXPECT(fabs((double)told - used) < 0.05 * used + SMALL * context->threads,
                   "%s: %.0f bytes in use, %lld told", gph_partition_strategy_name(strategy), used,
                   (long long)told);
    }
    gph_graph_destroy(&placed);
}

static void test_memory(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start_used = gph_mem_used(context->env);
    for (int s = 0; s < GPH_PARTITION_STRATEGIES; s++)
        if (gph_partition_available((gph_partition_strategy_t)s))
            check_memory(context, start_used, (gph_partition_strategy_t)s);
}

GPH_TEST_SUITE(forecast, {"memory of a job", test_memory});
