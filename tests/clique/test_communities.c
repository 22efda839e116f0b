/* Communities: those of an oracle that compares all pairs of cliques, in the order promised, on any
 * number of ranks and threads, in all forms. */
#include "base/hash.h"
#include "base/random.h"
#include "communities_oracle.h"
#include "gph/ckpt.h"
#include "gph/dist.h"
#include "gph_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** All members of a result on every rank: number of the community and id by turns. Collective;
 * free() it. */
static int64_t *gather(gph_context_t *context, const gph_clique_communities_t *found)
{
    int64_t *all = calloc((size_t)(2 * found->members + 1), sizeof *all);
    int64_t before = 0;
    int64_t total = 0;
    if (all == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    MPI_Exscan(&found->held, &before, 1, MPI_INT64_T, MPI_SUM, context->comm);
    MPI_Allreduce(&found->held, &total, 1, MPI_INT64_T, MPI_SUM, context->comm);
    CU_ASSERT_EQUAL(total, found->members);
    CU_ASSERT_TRUE(found->held == 0 || found->first == (context->rank > 0 ? before : 0));
    for (int64_t i = 0; i < found->held && found->first + i < found->members; i++) {
        all[2 * (found->first + i)] = found->community[i];
        all[2 * (found->first + i) + 1] = found->member[i];
    }
    MPI_Allreduce(MPI_IN_PLACE, all, (int)(2 * found->members), MPI_INT64_T, MPI_SUM,
                  context->comm);
    return all;
}

/** True when the communities are those of the oracle. Collective. */
static bool same_as_oracle(gph_context_t *context, const gph_clique_communities_t *found,
                           const wanted_t *wanted)
{
    int64_t *all = gather(context, found);
    bool same = found->count == wanted->count && found->members == wanted->members &&
                found->covered == wanted->covered && found->largest == wanted->largest;
    for (int64_t i = 0; same && i < 2 * wanted->members; i++)
        same = all[i] == wanted->member[i];
    free(all);
    return same;
}

static void check_k(gph_context_t *context, const gph_graph_t *graph, const oracle_t *oracle, int k,
                    const char *name)
{
    static const int64_t tiles[] = {0, 3, 16384};
    wanted_t wanted = wanted_communities(oracle, k);
    for (int run = 0; run < 6; run++) {
        const int i = run / 2;
        gph_clique_options_t options = gph_clique_options_default();
        gph_clique_result_t *result = NULL;
        gph_clique_communities_t found;
        char key[96];
        options.k = k;
        options.communities = true;
        options.percolation =
            run % 2 == 0 ? GPH_CLIQUE_PERCOLATION_COVER : GPH_CLIQUE_PERCOLATION_FACES;
        options.tiles = tiles[i];
        options.order = i == 1 ? GPH_CLIQUE_ORDER_DEGREE : GPH_CLIQUE_ORDER_CORE;
        options.method = (gph_clique_method_t)i;
        if (!GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
            continue;
        gph_clique_communities(result, &found);
        GPH_EXPECT(same_as_oracle(context, &found, &wanted),
                   "%s, k %d, tiles %d, way %d: %d communities, %d members; wanted %d, %d", name, k,
                   (int)tiles[i], (int)options.percolation, (int)found.count, (int)found.members,
                   (int)wanted.count, (int)wanted.members);
        snprintf(key, sizeof key, "communities of %s, k %d", name, k);
        gph_test_expect_same(key, gph_clique_digest(result));
        gph_clique_result_destroy(&result);
    }
    free(wanted.member);
}

static void check_graph(const oracle_t *oracle, int most_k, const char *name)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, oracle_build(context, oracle, &graph)))
        return;
    for (int k = 2; k <= most_k; k++)
        check_k(context, graph, oracle, k, name);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_samples(void)
{
    static oracle_t oracle;
    for (int number = 0; number < ORACLE_SAMPLES; number++) {
        char name[32];
        oracle_sample(number, &oracle);
        snprintf(name, sizeof name, "sample %d", number);
        /* Comparing all pairs of cliques takes long where there are many. */
        if (oracle_count(&oracle, 4) < 3000)
            check_graph(&oracle, 6, name);
        else
            check_graph(&oracle, 3, name);
    }
}

/** Random graphs of densities at which communities break up. */
static void test_random(void)
{
    static oracle_t oracle;
    for (int seed = 0; seed < 12; seed++) {
        char name[32];
        oracle_random(12 + seed, 0.30 + 0.04 * (seed % 7), (uint64_t)seed + 100, &oracle);
        snprintf(name, sizeof name, "random graph %d", seed);
        check_graph(&oracle, 5, name);
    }
}

static void join(oracle_t *oracle, int u, int v)
{
    oracle->joined[u][v] = true;
    oracle->joined[v][u] = true;
}

/** Communities of one size that share their smallest vertices, so that the next ones decide which
 * comes first: four groups of six, numbered at random, all joined to the vertices 0 and 1. */
static void test_ties(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    for (uint64_t seed = 0; seed < 24; seed++) {
        gph_graph_t *graph = NULL;
        int number[24];
        char name[32];
        for (int i = 0; i < 24; i++) {
            const int at = (int)(gph_random_u64(seed, 7, (uint64_t)i) % (uint64_t)(i + 1));
            number[i] = number[at];
            number[at] = i + 2;
        }
        oracle_empty(26, &oracle);
        join(&oracle, 0, 1);
        for (int i = 0; i < 24; i++) {
            join(&oracle, 0, number[i]);
            join(&oracle, 1, number[i]);
            for (int j = i - i % 6; j < i; j++)
                if (j == i - 1 || gph_random_u64(seed, 8, (uint64_t)(24 * i + j)) % 2 == 0)
                    join(&oracle, number[j], number[i]);
        }
        snprintf(name, sizeof name, "ties %d", (int)seed);
        if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
            continue;
        check_k(context, graph, &oracle, 4, name);
        gph_graph_destroy(&graph);
    }
}

/** Cliques that share exactly k - 2 vertices stay apart, k - 1 join; vertices in two communities.
 */
static void test_overlap(void)
{
    static oracle_t oracle;
    oracle_empty(30, &oracle);
    for (int block = 0; block < 4; block++) /* vertices 6 b .. 6 b + 7: neighbours share two */
        for (int u = 0; u < 8; u++)
            for (int v = 0; v < u; v++)
                join(&oracle, 6 * block + u, 6 * block + v);
    check_graph(&oracle, 6, "chain of cliques");
    oracle_empty(9, &oracle); /* a grid of triangles: all share vertices, none an edge */
    for (int line = 0; line < 3; line++)
        for (int u = 0; u < 3; u++)
            for (int v = 0; v < u; v++) {
                join(&oracle, 3 * line + u, 3 * line + v);
                join(&oracle, line + 3 * u, line + 3 * v);
            }
    check_graph(&oracle, 4, "grid of triangles");
}

/** Neighbourhoods with more maximal cliques than triangles: the other kind of cover. */
static void test_many_maximal(void)
{
    static oracle_t oracle;
    oracle_turan(27, 9, &oracle);
    check_graph(&oracle, 3, "nine parts of three");
    oracle_turan(36, 12, &oracle); /* 3^11 maximal cliques at the first root */
    check_graph(&oracle, 2, "twelve parts of three");
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_clique_options_t options = gph_clique_options_default();
    options.communities = true;
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    for (options.k = 3; options.k <= 4; options.k++) {
        gph_clique_result_t *result = NULL;
        gph_clique_communities_t found;
        if (!GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
            continue;
        gph_clique_communities(result, &found);
        CU_ASSERT_TRUE(found.count == 1 && found.largest == 36 && found.covered == 36);
        gph_clique_result_destroy(&result);
    }
    gph_graph_destroy(&graph);
}

/** A graph of more than a few cliques: the way makes no difference, and is chosen by their number
 * where it is not given. */
static void test_ways(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "rmat:scale=11,edgefactor=10",
                                               GPH_FORMAT_AUTO, &graph)))
        return;
    for (int k = 2; k <= 5; k++) {
        char key[48];
        snprintf(key, sizeof key, "communities in any way, k %d", k);
        for (int way = GPH_CLIQUE_PERCOLATION_AUTO; way <= GPH_CLIQUE_PERCOLATION_FACES; way++) {
            gph_clique_options_t options = gph_clique_options_default();
            gph_clique_result_t *result = NULL;
            options.k = k;
            options.communities = true;
            options.percolation = (gph_clique_percolation_t)way;
            if (GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
                gph_test_expect_same(key, gph_clique_digest(result));
            gph_clique_result_destroy(&result);
        }
    }
    gph_graph_destroy(&graph);
}

/** A checker that accepts everything would not notice: plants wrong answers. */
static void test_oracle_can_fail(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    oracle_random(14, 0.5, 3, &oracle);
    wanted_t wanted = wanted_communities(&oracle, 3);
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    gph_clique_communities_t found;
    gph_clique_options_t options = gph_clique_options_default();
    options.communities = true;
    if (GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)) &&
        GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result))) {
        gph_clique_communities(result, &found);
        CU_ASSERT_TRUE(same_as_oracle(context, &found, &wanted));
        wanted.member[2 * wanted.members - 1] += 1;
        CU_ASSERT_FALSE(same_as_oracle(context, &found, &wanted));
        wanted.member[2 * wanted.members - 1] -= 1;
        wanted.covered += 1;
        CU_ASSERT_FALSE(same_as_oracle(context, &found, &wanted));
    }
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    free(wanted.member);
}

/** Less and less memory: more rounds and the same bytes, until it is too little, with the size. */
static void check_budget(gph_clique_percolation_t way)
{
    gph_context_options_t settings = gph_test_options();
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    gph_clique_options_t options = gph_clique_options_default();
    char first[64] = "";
    int refused = 0;
    options.communities = true;
    options.percolation = way;
    settings.max_memory = 64 << 20;
    if (!GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &settings, &context)))
        return;
    if (GPH_EXPECT_OK(context,
                      gph_graph_load(context, "er:n=600,m=9000,seed=4", GPH_FORMAT_AUTO, &graph)))
        for (int64_t left = 32 << 20; left > 200000; left -= left / 4) {
            gph_clique_result_t *result = NULL;
            char *ballast = NULL;
            gph_context_clear_error(context);
            CU_ASSERT_EQUAL(gph_alloc(context->env, gph_mem_left(context->env) - left, 1, &ballast),
                            GPH_OK);
            const gph_status_t status = gph_clique_find(graph, &options, &result);
            CU_ASSERT_TRUE(gph_test_same_i64(status));
            if (status == GPH_OK && first[0] == '\0')
                snprintf(first, sizeof first, "%s", gph_clique_digest(result));
            if (status == GPH_OK) {
                CU_ASSERT_STRING_EQUAL(first, gph_clique_digest(result));
            } else {
                refused += 1;
                CU_ASSERT_EQUAL(status, GPH_ERR_MEMORY);
                GPH_EXPECT(strstr(gph_context_error(context), "needs") != NULL, "%s",
                           gph_context_error(context));
            }
            gph_clique_result_destroy(&result);
            gph_free(ballast);
        }
    CU_ASSERT_TRUE(refused > 0 && first[0] != '\0');
    gph_test_expect_same("communities with a small budget", first);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
    gph_context_destroy(&context);
}

static void test_budget(void)
{
    check_budget(GPH_CLIQUE_PERCOLATION_COVER);
    check_budget(GPH_CLIQUE_PERCOLATION_FACES);
    check_budget(GPH_CLIQUE_PERCOLATION_AUTO);
}

/** When a search is stopped: on request before it, as soon as time is looked at, never. */
typedef enum stop { STOP_BEFORE, STOP_AT_ONCE, STOP_NEVER } stop_t;

/** Searches with checkpoints in a context of its own. Collective. */
static gph_status_t search(stop_t stop, const gph_checkpoint_options_t *checkpoint, char digest[64])
{
    const gph_context_options_t settings = gph_test_options();
    gph_clique_options_t options = gph_clique_options_default();
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    if (!GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &settings, &context)))
        return GPH_ERR_INTERNAL;
    GPH_EXPECT_OK(context, gph_graph_load(context, "rmat:scale=9", GPH_FORMAT_AUTO, &graph));
    options.k = 4;
    options.communities = true;
    options.tiles = 2;
    options.checkpoint = checkpoint;
    options.percolation = GPH_CLIQUE_PERCOLATION_FACES;
    if (stop == STOP_AT_ONCE)
        gph_context_set_time_limit(context, 1e-6);
    if (stop == STOP_BEFORE && context->rank == context->ranks - 1)
        gph_context_request_stop(context);
    const gph_status_t status = gph_clique_find(graph, &options, &result);
    if (status == GPH_OK) {
        gph_clique_communities_t found;
        gph_clique_communities(result, &found);
        CU_ASSERT_TRUE(found.count > 0);
        snprintf(digest, 64, "%s", gph_clique_digest(result));
    }
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
    return status;
}

/** Stopped before, while and after cliques were counted: the same communities. */
static void test_resumed(void)
{
    gph_test_context();
    gph_checkpoint_options_t options = gph_checkpoint_options_default();
    char plain[64] = "";
    char digest[64] = "";
    options.directory = gph_test_tmp("communities-stops");
    options.resume = true;
    CU_ASSERT_EQUAL(search(STOP_NEVER, NULL, plain), GPH_OK);
    CU_ASSERT_EQUAL(search(STOP_BEFORE, &options, digest), GPH_ERR_STOPPED);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(search(STOP_AT_ONCE, &options, digest), GPH_ERR_STOPPED);
    CU_ASSERT_EQUAL(search(STOP_NEVER, &options, digest), GPH_OK);
    CU_ASSERT_STRING_EQUAL(digest, plain);
    gph_test_expect_same("communities after stops", digest);
}

/** Text of a file; rank 0 reads, all get the digest of it. Collective. */
static void expect_file(const char *path, const char *wanted)
{
    static char text[1 << 16];
    size_t size = 0;
    if (gph_test_rank() == 0) {
        FILE *file = fopen(path, "r");
        CU_ASSERT_PTR_NOT_NULL(file);
        if (file != NULL) {
            size = fread(text, 1, sizeof text - 1, file);
            fclose(file);
        }
        text[size] = '\0';
        GPH_EXPECT(strcmp(text, wanted) == 0, "%s is:\n%s", path, text);
    }
}

/** Text forms, of numbered and of named vertices, and of no community at all. */
static void test_text(void)
{
    gph_context_t *context = gph_test_context();
    const char *edges = gph_test_tmp("bow.txt");
    gph_clique_options_t options = gph_clique_options_default();
    if (gph_test_rank() == 0) {
        FILE *file = fopen(edges, "w");
        if (file == NULL)
            MPI_Abort(MPI_COMM_WORLD, 1);
        fputs("50 7\n7 9\n9 50\n9 1000\n1000 3\n3 9\n2 1\n1 4\n2 4\n4 6\n6 2\n", file);
        fclose(file);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    static const struct {
        int k;
        const char *suffix;
        const char *wanted;
    } forms[] = {
        {3, "txt", "1 2 4 6\n3 9 1000\n7 9 50\n"},
        {3, "tsv", "0\t1\n0\t2\n0\t4\n0\t6\n1\t3\n1\t9\n1\t1000\n2\t7\n2\t9\n2\t50\n"},
        {2, "txt", "3 7 9 50 1000\n1 2 4 6\n"},
        {4, "txt", ""},
        {4, "tsv", ""},
    };
    gph_graph_t *graph = NULL;
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, edges, GPH_FORMAT_AUTO, &graph)))
        return;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        gph_clique_result_t *result = NULL;
        char name[32];
        snprintf(name, sizeof name, "communities%d.%s", (int)i, forms[i].suffix);
        options.k = forms[i].k;
        options.communities_path = gph_test_tmp(name);
        GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result));
        gph_clique_result_destroy(&result);
        expect_file(options.communities_path, forms[i].wanted);
    }
    gph_graph_destroy(&graph);
}

/** What makes no sense is refused before work is spent. */
static void test_refused(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    gph_clique_options_t options = gph_clique_options_default();
    if (!GPH_EXPECT_OK(context, gph_graph_load(context, "complete:n=5", GPH_FORMAT_AUTO, &graph)))
        return;
    options.k = 1;
    options.communities = true;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_clique_find(graph, &options, &result));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "at least 2"));
    static const char *const paths[] = {"out.bin", "out", "out.csv"};
    options.k = 3;
    options.percolation = (gph_clique_percolation_t)3;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_clique_find(graph, &options, &result));
    options.percolation = GPH_CLIQUE_PERCOLATION_AUTO;
    options.communities = false;
    for (int i = 0; i < 3; i++) {
        gph_context_clear_error(context);
        options.communities_path = paths[i];
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_clique_find(graph, &options, &result));
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), ".tsv"));
    }
    CU_ASSERT_PTR_NULL(result);
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(communities, {"are those of the oracle", test_samples},
               {"of random graphs", test_random}, {"of one size", test_ties},
               {"overlap", test_overlap}, {"where maximal cliques are many", test_many_maximal},
               {"by any way", test_ways}, {"are told from wrong ones", test_oracle_can_fail},
               {"within a budget", test_budget}, {"after stops", test_resumed},
               {"as text", test_text}, {"that make no sense", test_refused});
