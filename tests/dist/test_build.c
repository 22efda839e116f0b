/* Graphs from edge lists against the oracle: rows, weights, numbering, ownership, ghosts, halo
 * plan. */
#include "base/hash.h"
#include "dist/build.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "graph/names.h"
#include "naive.h"
#include "par/comm.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void check_size(const gph_graph_t *graph, const naive_t *naive, const input_t *input)
{
    CU_ASSERT_EQUAL(graph->vertices, naive->n);
    CU_ASSERT_EQUAL(graph->edges, naive->edges);
    CU_ASSERT_EQUAL(graph->dropped_loops, naive->loops);
    CU_ASSERT_EQUAL(graph->dropped_repeats, naive->repeats);
    CU_ASSERT_EQUAL(graph->weight != NULL, input->weighted);
    CU_ASSERT_EQUAL(graph->id == NULL, input->vertices >= 0);
}

/** Ranks own consecutive ranges that cover everything, and tiles lie inside them. */
static void check_ownership(const gph_graph_t *graph)
{
    const gph_context_t *context = graph->context;
    const gph_tiles_t *tiles = &graph->tiles;
    int wrong = tiles->rank_start[0] != 0 || tiles->start[0] != 0;
    wrong += tiles->rank_start[context->ranks] != graph->vertices;
    wrong += tiles->start[tiles->count] != graph->vertices;
    for (int r = 0; r < context->ranks; r++)
        wrong += tiles->rank_start[r] != tiles->start[tiles->rank_tile[r]];
    wrong += graph->first != tiles->rank_start[context->rank];
    wrong += graph->owned != tiles->rank_start[context->rank + 1] - graph->first;
    CU_ASSERT_EQUAL(wrong, 0);
}

/** The rows of owned vertices: ids, neighbours in order, weights. */
static void check_rows(const gph_graph_t *graph, const naive_t *naive, const input_t *input)
{
    int wrong = graph->offset[0] != 0;
    for (gph_lid_t v = 0; v < graph->owned; v++) {
        const int gid = (int)graph->first + v;
        gph_off_t at = graph->offset[v];
        wrong += gph_graph_id(graph, v) != naive->id[gid];
        for (int u = 0; u < naive->n; u++) {
            if (!naive->joined[gid][u])
                continue;
            if (at >= graph->offset[v + 1]) {
                wrong += 1;
                break;
            }
            wrong += gph_graph_gid(graph, graph->adjacent[at]) != u;
            if (input->weighted)
                wrong += graph->weight[at] != naive->weight[gid][u] ||
                         (graph->weight[at] == 0 && signbit(graph->weight[at]));
            at += 1;
        }
        wrong += at != graph->offset[v + 1];
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static bool owns(const gph_graph_t *graph, int rank, gph_gid_t gid)
{
    return gid >= graph->tiles.rank_start[rank] && gid < graph->tiles.rank_start[rank + 1];
}

/** True when some vertex of the rank is a neighbour of gid. */
static bool touches(const gph_graph_t *graph, const naive_t *naive, int rank, int gid)
{
    for (int u = 0; u < naive->n; u++)
        if (naive->joined[gid][u] && owns(graph, rank, u))
            return true;
    return false;
}

/** Ghosts are exactly the neighbours that others own; the plan names exactly who wants whom. */
static void check_ghosts(const gph_graph_t *graph, const naive_t *naive)
{
    const gph_context_t *context = graph->context;
    int wrong = 0;
    int64_t ghosts = 0;
    int64_t sent = 0;
    for (int r = 0; r < context->ranks; r++) {
        int64_t wanted = 0;
        int64_t offered = 0;
        for (int v = 0; v < naive->n; v++) {
            const bool other = r != context->rank;
            if (other && owns(graph, r, v) && touches(graph, naive, context->rank, v)) {
                wrong += ghosts >= graph->ghosts || graph->ghost[ghosts] != v;
                ghosts += 1;
                wanted += 1;
            }
            if (other && owns(graph, context->rank, v) && touches(graph, naive, r, v)) {
                wrong += offered >= graph->halo_send_count[r] ||
                         graph->halo_send[sent + offered] != v - graph->first;
                offered += 1;
            }
        }
        wrong += graph->halo_recv_count[r] != wanted;
        wrong += graph->halo_send_count[r] != offered;
        sent += graph->halo_send_count[r];
    }
    wrong += graph->ghosts != ghosts;
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_graph(gph_context_t *context, kind_t kind, uint64_t seed, spread_t spread)
{
    static input_t input;
    static naive_t naive;
    gph_graph_t *graph = NULL;
    input_make(kind, seed, &input);
    naive_make(&input, &naive);
    if (!GPH_EXPECT_OK(context, input_build(context, &input, spread, &graph)))
        return;
    const unsigned failed = CU_get_number_of_failures();
    check_size(graph, &naive, &input);
    check_ownership(graph);
    check_rows(graph, &naive, &input);
    check_ghosts(graph, &naive);
    GPH_EXPECT(CU_get_number_of_failures() == failed, "kind %d, seed %d, spread %d", kind,
               (int)seed, spread);
    gph_graph_destroy(&graph);
    CU_ASSERT_PTR_NULL(graph);
}

static void test_kinds(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int kind = NOTHING; kind < KINDS; kind++)
        for (int spread = DEALT; spread < SPREADS; spread++)
            check_graph(context, (kind_t)kind, 1, (spread_t)spread);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_random(void)
{
    gph_context_t *context = gph_test_context();
    for (uint64_t seed = 2; seed < 8; seed++) {
        check_graph(context, SPARSE, seed, RANDOM_RANKS);
        check_graph(context, DENSE, seed, RANDOM_RANKS);
        check_graph(context, HUB, seed, BACKWARDS);
        check_graph(context, TWO_ENDS, seed, DEALT);
    }
}

static void test_sub_communicator(void)
{
    const gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    MPI_Comm comm = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, gph_test_rank() % 2, -gph_test_rank(), &comm);
    if (GPH_EXPECT_OK(NULL, gph_context_create(comm, &options, &context))) {
        /* Each half builds graphs of its own, and not even as many. */
        for (uint64_t seed = 1; seed < 4 + 2 * (uint64_t)(gph_test_rank() % 2); seed++) {
            check_graph(context, SPARSE, seed, DEALT);
            check_graph(context, FRAGMENTS, seed, ON_LAST);
        }
        gph_context_destroy(&context);
    }
    MPI_Comm_free(&comm);
}

/** Digest of all rows by global ids, whoever holds them. */
static void digest_graph(const gph_graph_t *graph, char text[GPH_DIGEST_CHARS])
{
    uint64_t halves[2] = {0, 0};
    gph_digest_t sum = {0, 0};
    gph_digest_t total = {0, 0};
    uint64_t all[2 * 64] = {0};
    for (gph_lid_t v = 0; v < graph->owned; v++)
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; i++) {
            const int64_t item[3] = {graph->first + v, gph_graph_id(graph, v),
                                     gph_graph_gid(graph, graph->adjacent[i])};
            gph_digest_add(&sum, gph_digest_item((uint64_t)item[0], item, sizeof item));
        }
    halves[0] = sum.high;
    halves[1] = sum.low;
    MPI_Allgather(halves, 2, MPI_UINT64_T, all, 2, MPI_UINT64_T, graph->context->comm);
    for (int r = 0; r < graph->context->ranks; r++)
        gph_digest_add(&total, (gph_digest_t){all[2 * r], all[2 * r + 1]});
    gph_digest_format(total, text);
}

static void test_same_on_any_ranks(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    for (int kind = NOTHING; kind < KINDS; kind++) {
        gph_graph_t *graph = NULL;
        char key[32];
        char text[GPH_DIGEST_CHARS] = "";
        input_make((kind_t)kind, 9, &input);
        if (!GPH_EXPECT_OK(context, input_build(context, &input, RANDOM_RANKS, &graph)))
            continue;
        digest_graph(graph, text);
        snprintf(key, sizeof key, "rows of kind %d", kind);
        gph_test_expect_same(key, text);
        snprintf(key, sizeof key, "tiles of kind %d", kind);
        gph_test_expect_same(key,
                             gph_digest_format(gph_digest_bytes(graph->tiles.start,
                                                                (size_t)(graph->tiles.count + 1) *
                                                                    sizeof(gph_gid_t)),
                                               text));
        gph_graph_destroy(&graph);
    }
}

/** More edges than one batch of the exchange takes, all on one rank. */
static void test_batches(void)
{
    enum { RING = 1000, TIMES = 1100 };
    gph_context_t *context = gph_test_context();
    const bool holder = context->rank == context->ranks - 1;
    gph_graph_t *graph = NULL;
    gph_graph_info_t info = {0};
    gph_edges_t edges = gph_edges_init();
    edges.vertices = RING;
    edges.count = holder ? RING * TIMES : 0;
    if (!gph_test_all(gph_alloc(context->env, edges.count, sizeof *edges.edge, &edges.edge) ==
                      GPH_OK)) {
        gph_edges_free(&edges);
        return;
    }
    for (int64_t i = 0; i < edges.count; i++)
        edges.edge[i] = (gph_edge_t){i % RING, (i + 1) % RING};
    if (GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph)))
        GPH_EXPECT_OK(context, gph_graph_info(graph, &info));
    CU_ASSERT_EQUAL(info.edges, RING);
    CU_ASSERT_EQUAL(info.dropped_repeats, RING * (TIMES - 1));
    CU_ASSERT_EQUAL(info.max_degree, 2);
    CU_ASSERT_EQUAL(info.min_degree, 2);
    CU_ASSERT_EQUAL(info.isolated, 0);
    gph_graph_destroy(&graph);
}

static void test_public_call(void)
{
    static input_t input;
    static naive_t naive;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    int64_t u[MOST_EDGES];
    int64_t v[MOST_EDGES];
    int64_t held = 0;
    input_make(SPARSE, 3, &input);
    naive_make(&input, &naive);
    for (int64_t i = context->rank; i < input.count; i += context->ranks) {
        u[held] = input.edge[i].u;
        v[held++] = input.edge[i].v;
    }
    input.weighted = false;
    if (GPH_EXPECT_OK(context, gph_graph_from_edges(context, held, u, v, &graph))) {
        check_size(graph, &naive, &input);
        check_rows(graph, &naive, &input);
    }
    gph_graph_destroy(&graph);
    if (GPH_EXPECT_OK(context, gph_graph_from_edges(context, 0, NULL, NULL, &graph)))
        CU_ASSERT_EQUAL(graph->vertices, 0);
    gph_graph_destroy(&graph);
}

static void expect_refused(gph_context_t *context, gph_status_t wanted, int64_t count,
                           const int64_t *u, const int64_t *v)
{
    gph_graph_t *graph = NULL;
    const int64_t start = gph_mem_used(context->env);
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, wanted, gph_graph_from_edges(context, count, u, v, &graph));
    CU_ASSERT_PTR_NULL(graph);
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_refused(void)
{
    gph_context_t *context = gph_test_context();
    const bool last = context->rank == context->ranks - 1;
    const int64_t good[2] = {1, 2};
    const int64_t bad[2] = {3, last ? -1 : 4};
    gph_graph_t *graph = NULL;
    expect_refused(context, GPH_ERR_INPUT, 2, good, bad);
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "negative"));
    expect_refused(context, GPH_ERR_INPUT, 2, bad, good);
    expect_refused(context, GPH_ERR_USAGE, last ? -1 : 2, good, good);
    expect_refused(context, GPH_ERR_USAGE, 2, last ? NULL : good, good);
    expect_refused(context, GPH_ERR_USAGE, 2, good, last ? NULL : good);
    CU_ASSERT_EQUAL(gph_graph_from_edges(NULL, 0, NULL, NULL, &graph), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_graph_from_edges(context, 0, NULL, NULL, NULL), GPH_ERR_USAGE);
}

/** Ids outside the declared range, below or above, on one rank. */
static void test_outside(void)
{
    static const int64_t id[] = {4, 15, INT64_MAX};
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int i = 0; i < 6; i++) {
        gph_graph_t *graph = NULL;
        gph_edges_t edges = gph_edges_init();
        edges.vertices = 10;
        edges.first_id = 5;
        edges.count = 1;
        CU_ASSERT_EQUAL(gph_alloc(context->env, 1, sizeof *edges.edge, &edges.edge), GPH_OK);
        edges.edge[0] = (gph_edge_t){7, 8};
        if (context->rank == context->ranks - 1)
            edges.edge[0] = i < 3 ? (gph_edge_t){id[i], 8} : (gph_edge_t){8, id[i - 3]};
        gph_context_clear_error(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_graph_build(context, &edges, &graph));
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "outside 5..14"));
        CU_ASSERT_PTR_NULL(graph);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    }
}

/** Name of a vertex: of different lengths, one of them empty, one with characters to be escaped. */
static int name_of(int64_t gid, char text[32])
{
    if (gid == 3)
        return 0;
    return snprintf(text, 32, gid == 4 ? "tab\there" : "v%lld", (long long)gid * gid * gid);
}

static gph_status_t give_names(gph_context_t *context, int64_t n, gph_names_t *names)
{
    const int64_t begin = gph_block_start(n, context->ranks, context->rank);
    gph_status_t status = GPH_OK;
    char text[32];
    names->count = gph_block_start(n, context->ranks, context->rank + 1) - begin;
    GPH_TRY(gph_alloc(context->env, names->count + 1, sizeof *names->offset, &names->offset));
    GPH_TRY(gph_alloc(context->env, 32 * names->count, 1, &names->bytes));
    names->offset[0] = 0;
    for (int64_t i = 0; i < names->count; i++) {
        const int length = name_of(begin + i, text);
        memcpy(names->bytes + names->offset[i], text, (size_t)length);
        names->offset[i + 1] = names->offset[i] + length;
    }

cleanup:
    return status;
}

/** Counts wrong names among names[count] of the vertices from `first` on. */
static int wrong_names(const gph_names_t *names, int64_t first)
{
    int wrong = 0;
    char text[32];
    for (int64_t i = 0; i < names->count; i++) {
        const int length = name_of(first + i, text);
        wrong += names->offset[i + 1] - names->offset[i] != length ||
                 memcmp(names->bytes + names->offset[i], text, (size_t)length) != 0;
    }
    return wrong;
}

static void check_escape(gph_context_t *context, const gph_names_t *all)
{
    gph_array_t text = gph_array_init(context->env, 1);
    CU_ASSERT_EQUAL(gph_names_escape(all, 4, &text), GPH_OK);
    CU_ASSERT_EQUAL(gph_names_escape(all, 3, &text), GPH_OK);
    CU_ASSERT_EQUAL(gph_names_escape(all, 2, &text), GPH_OK);
    CU_ASSERT_EQUAL(text.count, 11);
    CU_ASSERT_EQUAL(memcmp(text.data, "tab\\therev8", 11), 0);
    gph_array_free(&text);
}

static void test_names(void)
{
    static input_t input;
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    gph_graph_t *graph = NULL;
    gph_edges_t edges = gph_edges_init();
    gph_names_t all = {0};
    input_make(HUB, 1, &input);
    gph_status_t status = input_share(context, &input, DEALT, &edges);
    if (status == GPH_OK)
        status = give_names(context, input.vertices, &edges.names);
    if (!gph_test_all(status == GPH_OK)) {
        gph_edges_free(&edges);
        return;
    }
    if (GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph))) {
        CU_ASSERT_EQUAL(graph->names.count, graph->owned);
        CU_ASSERT_EQUAL(wrong_names(&graph->names, graph->first), 0);
        if (GPH_EXPECT_OK(context, gph_names_gather(context, &graph->names, &all))) {
            CU_ASSERT_EQUAL(all.count, graph->vertices);
            CU_ASSERT_EQUAL(wrong_names(&all, 0), 0);
            check_escape(context, &all);
        }
    }
    gph_names_free(&all);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

GPH_TEST_SUITE(build, {"makes the graph of every kind of input", test_kinds},
               {"makes random graphs", test_random},
               {"works on a sub-communicator", test_sub_communicator},
               {"does not depend on ranks", test_same_on_any_ranks},
               {"moves edges in batches", test_batches},
               {"takes edges in memory", test_public_call},
               {"refuses bad edges on all ranks", test_refused},
               {"refuses ids outside the declared range", test_outside},
               {"brings names to the owners", test_names});
