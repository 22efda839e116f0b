/* What partitions cost, against counting by definition; groups of vertices; the file of parts. */
#include "dist/group.h"
#include "dist/partition.h"
#include "gph/dist.h"
#include "gph/dist_forecast.h"
#include "gph_test.h"
#include "naive.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const int64_t part_counts[] = {0, 1, 2, 5, 60};
enum { PART_COUNTS = 5, MOST_PARTS = 64 };

/** part[n] of every vertex, on all ranks. */
static void gather_parts(const gph_partition_t *partition, int64_t part[LARGEST])
{
    const gph_graph_t *graph = partition->graph;
    memset(part, 0, LARGEST * sizeof *part);
    for (gph_lid_t v = 0; v < graph->owned; v++)
        part[graph->first + v] = gph_partition_part(partition, v);
    GPH_EXPECT_OK(graph->context, gph_comm_reduce_i64(graph->context, GPH_SUM, LARGEST, part));
}

/** What part p holds and says, by definition. */
static gph_part_load_t naive_load(const naive_t *naive, const int64_t *part, int64_t p)
{
    gph_part_load_t load = {0};
    bool partner[MOST_PARTS] = {false};
    for (int v = 0; v < naive->n; v++) {
        bool wants[MOST_PARTS] = {false};
        bool near = false;
        for (int u = 0; u < naive->n; u++) {
            if (!naive->joined[v][u])
                continue;
            load.arcs += part[v] == p;
            load.cut += part[v] == p && part[u] != p;
            wants[part[u]] = true;
            near = near || part[u] == p;
        }
        load.vertices += part[v] == p;
        load.ghosts += part[v] != p && near;
        for (int q = 0; q < MOST_PARTS; q++)
            if (part[v] == p && q != p && wants[q]) {
                load.sent += 1;
                partner[q] = true;
            }
    }
    for (int q = 0; q < MOST_PARTS; q++)
        load.partners += partner[q];
    return load;
}

static void check_quality(const gph_partition_t *partition, const naive_t *naive,
                          const gph_part_load_t *loads)
{
    const gph_partition_quality_t q = gph_partition_quality(partition->parts, loads);
    int64_t part[LARGEST];
    int64_t cut = 0;
    int64_t arcs = 0;
    int64_t most = 0;
    gather_parts(partition, part);
    for (int v = 0; v < naive->n; v++)
        for (int u = 0; u < v; u++)
            cut += naive->joined[v][u] && part[v] != part[u];
    for (int64_t p = 0; p < partition->parts; p++) {
        arcs += loads[p].arcs;
        most = loads[p].arcs > most ? loads[p].arcs : most;
    }
    CU_ASSERT_EQUAL(q.cut, cut);
    CU_ASSERT_EQUAL(arcs, 2 * naive->edges);
    if (arcs > 0)
        CU_ASSERT_DOUBLE_EQUAL(q.edge_balance, (double)(most * partition->parts) / (double)arcs,
                               1e-12);
}

static void check_loads(const gph_graph_t *graph, const naive_t *naive,
                        const gph_partition_options_t *options)
{
    gph_context_t *context = graph->context;
    const gph_part_load_t *loads = NULL;
    gph_partition_t *partition = NULL;
    int64_t part[LARGEST];
    int wrong = 0;
    if (!GPH_EXPECT_OK(context, gph_partition_create(graph, options, &partition)))
        return;
    if (GPH_EXPECT_OK(context, gph_partition_loads(partition, &loads))) {
        gather_parts(partition, part);
        for (int64_t p = 0; p < partition->parts; p++) {
            const gph_part_load_t wanted = naive_load(naive, part, p);
            wrong += memcmp(&wanted, &loads[p], sizeof wanted) != 0;
        }
        check_quality(partition, naive, loads);
    }
    GPH_EXPECT(wrong == 0, "%s, %d parts: %d wrong", gph_partition_strategy_name(options->strategy),
               (int)options->parts, wrong);
    gph_partition_destroy(&partition);
}

static void test_loads(void)
{
    static input_t input;
    static naive_t naive;
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int kind = NOTHING; kind < KINDS; kind++) {
        gph_graph_t *graph = NULL;
        input_make((kind_t)kind, 1, &input);
        naive_make(&input, &naive);
        if (!GPH_EXPECT_OK(context, input_build(context, &input, DEALT, &graph)))
            continue;
        for (int i = 0; i < (GPH_PARTITION_STRATEGIES - 1) * PART_COUNTS; i++) {
            const gph_partition_options_t options = {
                .strategy = (gph_partition_strategy_t)(i / PART_COUNTS),
                .parts = part_counts[i % PART_COUNTS]};
            check_loads(graph, &naive, &options);
        }
        if (gph_partition_available(GPH_PARTITION_SCOTCH))
            check_loads(graph, &naive,
                        &(gph_partition_options_t){
                            .strategy = GPH_PARTITION_SCOTCH, .parts = 5, .tiles = 20});
        gph_graph_destroy(&graph);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** Parts and loads of a graph are the same on any number of ranks. */
static void test_same_on_any_ranks(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    char digest[GPH_PARTITION_DIGEST_CHARS] = "";
    char key[64] = "";
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "rmat:scale=10,edgefactor=8,seed=3",
                                               GPH_FORMAT_AUTO, &graph)))
        return;
    for (int s = 0; s < GPH_PARTITION_STRATEGIES; s++) {
        const gph_partition_options_t options = {
            .strategy = (gph_partition_strategy_t)s, .parts = 6, .tiles = 100};
        gph_partition_t *partition = NULL;
        const gph_part_load_t *loads = NULL;
        if (!gph_partition_available(options.strategy))
            continue;
        if (!GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)))
            continue;
        snprintf(key, sizeof key, "parts by %s", gph_partition_strategy_name(options.strategy));
        if (GPH_EXPECT_OK(context, gph_partition_digest(partition, digest)))
            gph_test_expect_same(key, digest);
        strcat(key, ": halo");
        if (GPH_EXPECT_OK(context, gph_partition_loads(partition, &loads)))
            gph_test_expect_same_i64(key, gph_partition_quality(6, loads).halo);
        gph_partition_destroy(&partition);
    }
    gph_graph_destroy(&graph);
}

enum { CLIQUES = 16, MEMBERS = 12 };

/** A ring of cliques whose vertices are numbered in turn, so that ranges cut all of them. */
static gph_status_t ring_of_cliques(gph_context_t *context, gph_graph_t **graph)
{
    static int64_t u[CLIQUES * MEMBERS * MEMBERS];
    static int64_t v[CLIQUES * MEMBERS * MEMBERS];
    int64_t count = 0;
    for (int c = 0; context->rank == 0 && c < CLIQUES; c++) {
        for (int i = 0; i < MEMBERS; i++)
            for (int j = 0; j < i; j++) {
                u[count] = i * CLIQUES + c;
                v[count++] = j * CLIQUES + c;
            }
        u[count] = c;
        v[count++] = CLIQUES + (c + 1) % CLIQUES;
    }
    return gph_graph_from_edges(context, count, u, v, graph);
}

/** What hangs together stays together. */
static void test_groups(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_graph_t *quotient = NULL;
    int32_t tile[CLIQUES * MEMBERS];
    int64_t split = 0;
    int64_t arcs = 0;
    if (!GPH_EXPECT_OK(context, ring_of_cliques(context, &graph)))
        return;
    int64_t lowest[CLIQUES];
    int64_t highest[CLIQUES];
    for (int c = 0; c < CLIQUES; c++) {
        lowest[c] = INT64_MAX;
        highest[c] = -1;
    }
    if (GPH_EXPECT_OK(context, gph_group(graph, CLIQUES, tile, &quotient))) {
        for (gph_lid_t v = 0; v < graph->owned; v++) {
            const int c = (int)((graph->first + v) % CLIQUES);
            lowest[c] = tile[v] < lowest[c] ? tile[v] : lowest[c];
            highest[c] = tile[v] > highest[c] ? tile[v] : highest[c];
        }
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_MIN, CLIQUES, lowest));
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_MAX, CLIQUES, highest));
        for (int c = 0; c < CLIQUES; c++)
            split += lowest[c] != highest[c];
        for (gph_off_t i = 0; i < quotient->offset[quotient->owned]; i++)
            arcs += (int64_t)quotient->weight[i];
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, 1, &arcs));
        GPH_EXPECT(split == 0, "%d cliques are split", (int)split);
        CU_ASSERT_TRUE(arcs <= 2 * CLIQUES);
        CU_ASSERT_EQUAL(quotient->vertices, CLIQUES);
    }
    gph_graph_destroy(&quotient);
    gph_graph_destroy(&graph);
}

/** Scotch cuts no clique of the ring, where ranges and hashes cut all. */
static void test_scotch(void)
{
    gph_context_t *context = gph_test_context();
    gph_partition_options_t options = {
        .strategy = GPH_PARTITION_SCOTCH, .parts = 4, .tiles = CLIQUES};
    gph_graph_t *graph = NULL;
    gph_partition_t *partition = NULL;
    const gph_part_load_t *loads = NULL;
    if (!GPH_EXPECT_OK(context, ring_of_cliques(context, &graph)))
        return;
    if (!gph_partition_available(GPH_PARTITION_SCOTCH)) {
        gph_test_skip("Scotch is not built in");
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                          gph_partition_create(graph, &options, &partition));
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "not built in"));
    } else if (GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)) &&
               GPH_EXPECT_OK(context, gph_partition_loads(partition, &loads))) {
        const gph_partition_quality_t q = gph_partition_quality(4, loads);
        GPH_EXPECT(q.cut <= CLIQUES, "%d edges cut", (int)q.cut);
        CU_ASSERT_TRUE(q.edge_balance < 1.3);
        CU_ASSERT_EQUAL(q.empty, 0);
    }
    gph_partition_destroy(&partition);
    gph_graph_destroy(&graph);
}

static void test_save(void)
{
    gph_context_t *context = gph_test_context();
    const gph_partition_options_t options = {.strategy = GPH_PARTITION_HASH, .parts = 3};
    const char *path = gph_test_tmp("parts.tsv");
    gph_graph_t *graph = NULL;
    gph_partition_t *partition = NULL;
    if (!GPH_EXPECT_OK(context, ring_of_cliques(context, &graph)))
        return;
    if (GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)) &&
        GPH_EXPECT_OK(context, gph_partition_save(partition, path))) {
        FILE *file = fopen(path, "r");
        int wrong = file == NULL;
        int64_t id = 0;
        int part = 0;
        for (int64_t v = 0; file && v < graph->vertices; v++) {
            wrong += fscanf(file, "%" SCNd64 " %d", &id, &part) != 2 || id != v;
            if (v >= graph->first && v < graph->first + graph->owned)
                wrong += part != gph_partition_part(partition, (gph_lid_t)(v - graph->first));
        }
        if (file) {
            wrong += fgetc(file) != '\n' || fgetc(file) != EOF;
            fclose(file);
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
    gph_context_clear_error(context);
    if (partition)
        GPH_EXPECT_STATUS(context, GPH_ERR_SYSTEM,
                          gph_partition_save(partition, gph_test_tmp("no/such/folder")));
    gph_partition_destroy(&partition);
    gph_graph_destroy(&graph);
}

/** Forecasts follow from loads, and files tell them rank by rank. */
static void check_forecast(gph_partition_t *partition)
{
    gph_context_t *context = partition->graph->context;
    const gph_machine_t machine = {.latency = 1e-3, .bandwidth = 1e6, .rate = 1e5};
    const char *path = gph_test_tmp("ranks.tsv");
    const gph_part_load_t *loads = NULL;
    gph_forecast_t f = {0};
    double slowest = 0;
    if (!GPH_EXPECT_OK(context, gph_forecast_pagerank(partition, &machine, &f)) ||
        !GPH_EXPECT_OK(context, gph_partition_loads(partition, &loads)) ||
        !GPH_EXPECT_OK(context, gph_forecast_save(partition, &machine, path)))
        return;
    const gph_partition_quality_t q = gph_partition_quality(partition->parts, loads);
    CU_ASSERT_EQUAL(f.bytes, 8 * q.halo + 8 * q.messages);
    CU_ASSERT_EQUAL(f.messages, q.messages);
    CU_ASSERT_EQUAL(f.max_messages, q.max_partners);
    for (int64_t p = 0; p < partition->parts; p++) {
        const double work = (double)(loads[p].vertices + loads[p].arcs) / 1e5;
        const int64_t most = loads[p].sent > loads[p].ghosts ? loads[p].sent : loads[p].ghosts;
        const double talk =
            1e-3 * (double)loads[p].partners + 8e-6 * (double)(most + loads[p].partners);
        slowest = work + talk > slowest ? work + talk : slowest;
    }
    CU_ASSERT_DOUBLE_EQUAL(f.seconds, slowest + f.reduce, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(f.reduce, 3 * (2e-3 + 296e-6),
                           1e-12); /* 5 ranks: 3 steps of an exact sum and two counts */
    FILE *file = fopen(path, "r");
    int lines = 0;
    for (int c = 0; file && c != EOF; lines += c == '\n')
        c = fgetc(file);
    if (file)
        fclose(file);
    CU_ASSERT_EQUAL(lines, 6);
}

static void test_forecast(void)
{
    gph_context_t *context = gph_test_context();
    const gph_partition_options_t options = {.strategy = GPH_PARTITION_HASH, .parts = 5};
    const gph_machine_t bad[] = {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {-1, 1, 1}, {1, NAN, 1}};
    gph_graph_t *graph = NULL;
    gph_partition_t *partition = NULL;
    gph_forecast_t f = {.ranks = -7};
    gph_machine_t measured = gph_machine_default();
    if (!GPH_EXPECT_OK(context, ring_of_cliques(context, &graph)))
        return;
    if (GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition))) {
        check_forecast(partition);
        for (int i = 0; i < 5; i++) {
            gph_context_clear_error(context);
            GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                              gph_forecast_pagerank(partition, &bad[i], &f));
            CU_ASSERT_EQUAL(f.ranks, -7);
        }
    }
    gph_context_clear_error(context);
    if (GPH_EXPECT_OK(context, gph_machine_measure(graph, &measured))) {
        CU_ASSERT_TRUE(measured.rate > 1e4 && measured.rate < 1e13);
        CU_ASSERT_TRUE(measured.latency > 1e-9 && measured.latency < 10);
        CU_ASSERT_TRUE(measured.bandwidth > 1e3 && measured.bandwidth < 1e13);
    }
    gph_partition_destroy(&partition);
    gph_graph_destroy(&graph);
}

/** Allocations that fail while loads are counted. */
static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    const gph_partition_options_t options = {.parts = 5, .tiles = 50};
    gph_graph_t *graph = NULL;
    gph_partition_t *partition = NULL;
    gph_status_t status = GPH_ERR_MEMORY;
    if (!GPH_EXPECT_OK(context, ring_of_cliques(context, &graph)))
        return;
    if (GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition))) {
        const int64_t start = gph_mem_used(context->env);
        for (int nth = 1; status != GPH_OK && nth < 200; nth++) {
            const gph_part_load_t *loads = NULL;
            gph_context_clear_error(context);
            gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == 0 ? nth : 0);
            status = gph_partition_loads(partition, &loads);
            gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
            CU_ASSERT_TRUE(gph_test_same_i64(status));
            CU_ASSERT_EQUAL(loads == NULL, status != GPH_OK);
            if (status != GPH_OK)
                CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
        }
        CU_ASSERT_EQUAL(status, GPH_OK);
    }
    gph_partition_destroy(&partition);
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(partition, {"counts what parts hold and say", test_loads},
               {"does not depend on ranks", test_same_on_any_ranks},
               {"keeps groups together", test_groups}, {"cuts little by Scotch", test_scotch},
               {"writes parts", test_save}, {"forecasts what loads say", test_forecast},
               {"survives allocations that fail", test_faults});
