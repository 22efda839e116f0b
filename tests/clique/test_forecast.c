/* Forecasts of a search against counting by definition, on the whole oriented graph. */
#include "clique/dag.h"
#include "gph/clique_forecast.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "par/comm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_RANKS = 40, MOST_VERTICES = 1100 };

/** The oriented graph, whole, on every rank. */
typedef struct whole {
    int64_t n;
    int64_t *length; /* [n] */
    gph_gid_t *next; /* all rows */
} whole_t;

static bool gather(const gph_dag_t *dag, whole_t *whole)
{
    gph_context_t *context = dag->context;
    int64_t *length = calloc((size_t)dag->count + 1, sizeof *length);
    int64_t total = 0;
    for (int64_t i = 0; i < dag->count; i++)
        length[i] = dag->offset[i + 1] - dag->offset[i];
    const bool ok = GPH_EXPECT_OK(context, gph_comm_concat_all(context, dag->count, sizeof *length,
                                                               length, &whole->length, &whole->n));
    free(length);
    return ok && GPH_EXPECT_OK(context, gph_comm_concat_all(context, dag->offset[dag->count],
                                                            sizeof *dag->next, dag->next,
                                                            &whole->next, &total));
}

/** Bytes that a rank with roots [root, end) and rows [row, row_end) receives. */
static int64_t naive_received(const whole_t *whole, gph_gid_t root, gph_gid_t end, gph_gid_t row,
                              gph_gid_t row_end)
{
    static bool needed[MOST_VERTICES];
    int64_t bytes = 0;
    int64_t at = 0;
    for (int64_t p = 0; p < whole->n; p++)
        needed[p] = p >= root && p < end;
    for (int64_t p = 0; p < whole->n; p++)
        for (int64_t i = 0; i < whole->length[p]; i++, at++)
            if (p >= root && p < end)
                needed[whole->next[at]] = true;
    for (int64_t p = 0; p < whole->n; p++)
        if (needed[p] && (p < row || p >= row_end))
            bytes += 8 + 8 * whole->length[p];
    return bytes;
}

/** Tiles are dealt here once more: rank r takes tiles up to the boundary nearest to its share. */
static int64_t naive_tiles(const gph_tiles_t *tiles, int64_t ranks, int64_t r)
{
    double total = 0;
    double sum = 0;
    int64_t best = 0;
    for (int64_t t = 0; t < tiles->count; t++)
        total += (double)tiles->cost[t];
    const double target = total * (double)r / (double)ranks;
    double distance = target;
    for (int64_t t = 0; t < tiles->count; t++) {
        sum += (double)tiles->cost[t];
        if (fabs(sum - target) < distance) {
            distance = fabs(sum - target);
            best = t + 1;
        }
    }
    return r == ranks ? tiles->count : best;
}

static void check_rank(const gph_dag_t *dag, const whole_t *whole, int64_t ranks, int64_t r,
                       const gph_forecast_rank_t *forecast)
{
    const int64_t begin = naive_tiles(&dag->tiles, ranks, r);
    const int64_t end = naive_tiles(&dag->tiles, ranks, r + 1);
    const gph_dag_place_t a = dag->place[begin];
    const gph_dag_place_t b = dag->place[end];
    int64_t work = 0;
    for (int64_t t = begin; t < end; t++)
        work += dag->tiles.cost[t];
    const int64_t received =
        naive_received(whole, a.position, end > begin ? b.position + (b.slot > 0) : a.position,
                       a.position + (a.slot > 0), b.position + (b.slot > 0));
    GPH_EXPECT(forecast->work == work && forecast->received == received,
               "rank %d of %d: work %lld and %lld, received %lld and %lld", (int)r, (int)ranks,
               (long long)forecast->work, (long long)work, (long long)forecast->received,
               (long long)received);
}

static void check_graph(gph_context_t *context, const char *spec, int64_t tiles)
{
    static const int64_t sizes[] = {1, 2, 5, MOST_RANKS};
    const gph_machine_t machine = gph_machine_default();
    gph_clique_options_t options = gph_clique_options_default();
    gph_graph_t *graph = NULL;
    gph_order_t order = {0};
    gph_dag_t dag = {0};
    whole_t whole = {0};
    options.tiles = tiles;
    if (GPH_EXPECT_OK(context, gph_graph_load(context, spec, GPH_FORMAT_AUTO, &graph)) &&
        GPH_EXPECT_OK(context, gph_order_make(graph, 3, options.order, &order)) &&
        GPH_EXPECT_OK(context, gph_dag_make(graph, &order, 3, tiles, &dag)) && gather(&dag, &whole))
        for (int i = 0; i < 4; i++) {
            gph_forecast_rank_t rank[MOST_RANKS];
            gph_forecast_t all = {0};
            if (!GPH_EXPECT_OK(
                    context, gph_clique_forecast(graph, &options, sizes[i], &machine, &all, rank)))
                continue;
            for (int64_t r = 0; r < sizes[i]; r++)
                check_rank(&dag, &whole, sizes[i], r, &rank[r]);
            CU_ASSERT_TRUE(sizes[i] > 1 || all.bytes == 0);
        }
    gph_free(whole.length);
    gph_free(whole.next);
    gph_dag_free(&dag);
    gph_order_free(&order);
    gph_graph_destroy(&graph);
}

static void test_graphs(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    check_graph(context, "complete:n=30", 7);
    check_graph(context, "star:n=50", 5);
    check_graph(context, "er:n=40,m=0", 3);
    check_graph(context, "rmat:scale=10,edgefactor=8,seed=3", 0);
    check_graph(context, "rmat:scale=10,edgefactor=8,seed=3", 300);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_refused(void)
{
    gph_context_t *context = gph_test_context();
    const gph_machine_t machine = gph_machine_default();
    const gph_machine_t still = {.latency = 1, .bandwidth = 1, .rate = 0};
    gph_clique_options_t options = gph_clique_options_default();
    gph_graph_t *graph = NULL;
    gph_forecast_t f = {.ranks = -7};
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "complete:n=9", GPH_FORMAT_AUTO, &graph)))
        return;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_clique_forecast(graph, &options, 0, &machine, &f, NULL));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_clique_forecast(graph, &options, 3, &still, &f, NULL));
    gph_context_clear_error(context);
    options.k = 0;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_clique_forecast(graph, &options, 3, &machine, &f, NULL));
    CU_ASSERT_EQUAL(f.ranks, -7);
    gph_graph_destroy(&graph);
}

/** Allocations that fail on the last rank. */
static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    const gph_machine_t machine = gph_machine_default();
    const gph_clique_options_t options = gph_clique_options_default();
    const int64_t start = gph_mem_used(context->env);
    gph_graph_t *graph = NULL;
    gph_status_t status = GPH_ERR_MEMORY;
    if (!GPH_EXPECT_OK(
            context, gph_graph_load(context, "rmat:scale=6,edgefactor=4", GPH_FORMAT_AUTO, &graph)))
        return;
    const int64_t loaded = gph_mem_used(context->env);
    for (int nth = 1; status != GPH_OK && nth < 2000; nth += 1 + nth / 10) {
        gph_forecast_t f = {.ranks = -7};
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC,
                       context->rank == context->ranks - 1 ? nth : 0);
        status = gph_clique_forecast(graph, &options, 9, &machine, &f, NULL);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_EQUAL(f.ranks == -7, status != GPH_OK);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), loaded);
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

GPH_TEST_SUITE(forecast, {"equal what counting gives", test_graphs},
               {"refuse what makes no sense", test_refused},
               {"survive allocations that fail", test_faults});
