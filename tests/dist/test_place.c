/* Placed graphs: the same rows, weights, ids and names wherever vertices lie, and results back in
 * order of numbers. */
#include "dist/halo.h"
#include "dist/partition.h"
#include "dist/place.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "naive.h"

#include <stdio.h>

static const int64_t tile_counts[] = {0, 1, 5, 1000};
enum { TILE_COUNTS = 4 };

/** Ranks own ranges, tiles lie inside them, and tiles carry their work. */
static int wrong_ownership(const gph_graph_t *graph)
{
    const gph_context_t *context = graph->context;
    const gph_tiles_t *tiles = &graph->tiles;
    int64_t cost = 0;
    int wrong = tiles->rank_start[0] != 0 || tiles->start[0] != 0 || tiles->count < 1;
    wrong += tiles->rank_start[context->ranks] != graph->vertices;
    wrong += tiles->start[tiles->count] != graph->vertices;
    wrong += tiles->rank_tile[context->ranks] != tiles->count;
    for (int r = 0; r < context->ranks; r++)
        wrong += tiles->rank_start[r] != tiles->start[tiles->rank_tile[r]];
    for (int64_t t = 0; t < tiles->count; t++)
        cost += tiles->cost[t];
    wrong += cost != graph->vertices + 2 * graph->edges;
    wrong += graph->first != tiles->rank_start[context->rank];
    wrong += graph->owned != tiles->rank_start[context->rank + 1] - graph->first;
    return wrong;
}

/** Rows by number: id, neighbours in order of their numbers, weights. */
static int wrong_rows(const gph_graph_t *graph, const naive_t *naive, const input_t *input)
{
    int wrong = graph->offset[0] != 0;
    for (gph_lid_t v = 0; v < graph->owned; v++) {
        const int number = (int)gph_graph_number(graph, v);
        gph_off_t at = graph->offset[v];
        wrong += gph_graph_id(graph, v) != naive->id[number];
        for (int u = 0; u < naive->n; u++) {
            if (!naive->joined[number][u])
                continue;
            if (at >= graph->offset[v + 1])
                return wrong + 1;
            wrong += gph_graph_number(graph, graph->adjacent[at]) != u;
            wrong += input->weighted && graph->weight[at] != naive->weight[number][u];
            at += 1;
        }
        wrong += at != graph->offset[v + 1];
    }
    return wrong;
}

/** Ghosts ascend, belong to others, and hear what their owners say. */
static int wrong_ghosts(const gph_graph_t *graph)
{
    gph_gid_t heard[2 * LARGEST];
    int wrong = 0;
    for (gph_lid_t v = 0; v < graph->owned; v++)
        heard[v] = graph->first + v;
    GPH_EXPECT_OK(graph->context, gph_halo_update(graph, sizeof *heard, heard));
    for (gph_lid_t g = 0; g < graph->ghosts; g++) {
        wrong += g > 0 && graph->ghost[g] <= graph->ghost[g - 1];
        wrong += graph->ghost[g] >= graph->first && graph->ghost[g] < graph->first + graph->owned;
        wrong += heard[graph->owned + g] != graph->ghost[g];
    }
    return wrong;
}

/** Values go out in order of numbers. */
static int wrong_order(const gph_graph_t *graph)
{
    gph_context_t *context = graph->context;
    gph_gid_t value[LARGEST];
    gph_gid_t *moved = NULL;
    int wrong = 0;
    for (gph_lid_t v = 0; v < graph->owned; v++)
        value[v] = 3 * gph_graph_number(graph, v) + 1;
    if (!GPH_EXPECT_OK(context, gph_graph_to_origin(graph, sizeof *value, value, &moved)))
        return 1;
    const int64_t begin = gph_block_start(graph->vertices, context->ranks, context->rank);
    const int64_t end = gph_block_start(graph->vertices, context->ranks, context->rank + 1);
    for (int64_t i = begin; i < end; i++)
        wrong += moved[i - begin] != 3 * i + 1;
    gph_free(moved);
    return wrong;
}

static void check_placed(const gph_graph_t *graph, const gph_graph_t *placed, const naive_t *naive,
                         const input_t *input, const char *what)
{
    int wrong = placed->vertices != graph->vertices || placed->edges != graph->edges;
    wrong += placed->dropped_loops != graph->dropped_loops;
    wrong += placed->dropped_repeats != graph->dropped_repeats;
    wrong += wrong_ownership(placed);
    wrong += wrong_rows(placed, naive, input);
    wrong += wrong_ghosts(placed);
    wrong += wrong_order(placed);
    GPH_EXPECT(wrong == 0, "%s: %d wrong", what, wrong);
}

static void check_strategy(const gph_graph_t *graph, const naive_t *naive, const input_t *input,
                           const gph_partition_options_t *options, const char *what)
{
    gph_context_t *context = graph->context;
    gph_partition_t *partition = NULL;
    gph_graph_t *placed = NULL;
    if (GPH_EXPECT_OK(context, gph_partition_create(graph, options, &partition)) &&
        GPH_EXPECT_OK(context, gph_graph_place(graph, partition, &placed)))
        check_placed(graph, placed, naive, input, what);
    gph_graph_destroy(&placed);
    gph_partition_destroy(&partition);
}

static void check_kind(gph_context_t *context, kind_t kind)
{
    static input_t input;
    static naive_t naive;
    gph_graph_t *graph = NULL;
    char what[80];
    input_make(kind, 1, &input);
    naive_make(&input, &naive);
    if (!GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)))
        return;
    CU_ASSERT_EQUAL(wrong_order(graph), 0);
    for (int s = 0; s < GPH_PARTITION_STRATEGIES; s++)
        for (int t = 0; t < TILE_COUNTS; t++) {
            const gph_partition_options_t options = {.strategy = (gph_partition_strategy_t)s,
                                                     .tiles = tile_counts[t]};
            /* Groups are made in many steps, so of these graphs fewer times. */
            if (!gph_partition_available(options.strategy) ||
                (s == GPH_PARTITION_SCOTCH && t % 2 == 1))
                continue;
            snprintf(what, sizeof what, "kind %d, %s, %d tiles", (int)kind,
                     gph_partition_strategy_name(options.strategy), (int)options.tiles);
            check_strategy(graph, &naive, &input, &options, what);
        }
    gph_graph_destroy(&graph);
}

static void test_kinds(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int kind = NOTHING; kind < KINDS; kind++)
        check_kind(context, (kind_t)kind);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** Ranges placed after their own numbers need no second numbering. */
static void test_identity(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    input_make(SPARSE, 1, &input);
    if (!GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)))
        return;
    for (int s = GPH_PARTITION_BLOCK; s <= GPH_PARTITION_HASH; s++) {
        const gph_partition_options_t options = {.strategy = (gph_partition_strategy_t)s};
        gph_partition_t *partition = NULL;
        gph_graph_t *placed = NULL;
        if (GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)) &&
            GPH_EXPECT_OK(context, gph_graph_place(graph, partition, &placed)))
            CU_ASSERT_EQUAL(placed->origin != NULL, s == GPH_PARTITION_HASH);
        gph_graph_destroy(&placed);
        gph_partition_destroy(&partition);
    }
    gph_graph_destroy(&graph);
}

/** A placed graph goes on to no second placing, and parts must be ranks. */
static void test_refused(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    gph_partition_options_t options = {.strategy = GPH_PARTITION_HASH};
    gph_graph_t *graph = NULL;
    gph_graph_t *placed = NULL;
    gph_partition_t *partition = NULL;
    input_make(SPARSE, 1, &input);
    if (!GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)))
        return;
    if (GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)) &&
        GPH_EXPECT_OK(context, gph_graph_place(graph, partition, &placed))) {
        gph_partition_t *second = NULL;
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_partition_create(placed, &options, &second));
        CU_ASSERT_PTR_NULL(second);
        gph_context_clear_error(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                          gph_graph_save(placed, gph_test_tmp("placed.h5"), GPH_FORMAT_AUTO));
        gph_graph_destroy(&placed);
    }
    gph_partition_destroy(&partition);
    options.parts = context->ranks + 1;
    gph_context_clear_error(context);
    if (GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)))
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_graph_place(graph, partition, &placed));
    CU_ASSERT_PTR_NULL(placed);
    gph_partition_destroy(&partition);
    const gph_partition_options_t bad[] = {
        {.strategy = GPH_PARTITION_STRATEGIES}, {.parts = -1},
        {.parts = GPH_PARTS_MAX + 1},           {.tiles = -1},
        {.tiles = GPH_PARTITION_TILES_MAX + 1},
    };
    for (int i = 0; i < 5; i++) {
        gph_context_clear_error(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_partition_create(graph, &bad[i], &partition));
        CU_ASSERT_PTR_NULL(partition);
    }
    gph_graph_destroy(&graph);
}

/** Places a graph; *untouched tells whether a failure left the results alone. */
static gph_status_t place_once(const gph_graph_t *graph, gph_partition_strategy_t strategy,
                               bool *untouched)
{
    const gph_partition_options_t options = {.strategy = strategy, .tiles = 9};
    gph_partition_t *partition = NULL;
    gph_graph_t *placed = NULL;
    gph_gid_t *moved = NULL;
    gph_status_t status = gph_partition_create(graph, &options, &partition);
    if (status == GPH_OK)
        status = gph_graph_place(graph, partition, &placed);
    if (status == GPH_OK)
        status = gph_graph_to_origin(placed, sizeof *moved, placed->id, &moved);
    *untouched = moved == NULL;
    gph_free(moved);
    gph_graph_destroy(&placed);
    gph_partition_destroy(&partition);
    return status;
}

/** Fails each allocation of the last rank: the same status everywhere, nothing leaks. */
static void break_strategy(const gph_graph_t *graph, gph_partition_strategy_t strategy)
{
    gph_context_t *context = graph->context;
    const int64_t start = gph_mem_used(context->env);
    for (int nth = 1; nth < 2000; nth += 1 + (nth > 40) * 12) {
        bool untouched = false;
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC,
                       context->rank == context->ranks - 1 ? nth : 0);
        const gph_status_t status = place_once(graph, strategy, &untouched);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
        CU_ASSERT_EQUAL(untouched, status != GPH_OK);
        if (status == GPH_OK)
            return;
        CU_ASSERT_EQUAL(status, GPH_ERR_MEMORY);
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    }
    GPH_EXPECT(false, "strategy %d never succeeds", (int)strategy);
}

static void test_faults(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    input_make(SPARSE, 1, &input);
    if (!GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)))
        return;
    for (int s = 0; s < GPH_PARTITION_STRATEGIES; s++)
        if (gph_partition_available((gph_partition_strategy_t)s))
            break_strategy(graph, (gph_partition_strategy_t)s);
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(place, {"keeps everything about every kind of graph", test_kinds},
               {"knows when numbers stay", test_identity},
               {"refuses what it can't place", test_refused},
               {"survives allocations that fail", test_faults});
