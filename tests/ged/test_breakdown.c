/* The breakdown of batches: clique mismatches, edit paths, and checking them in a file. */
#include "base/random.h"
#include "ged/cliques.h"
#include "pairs_sample.h"

#include <hdf5.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRAPHS = 9, MOST = 7, SUBSETS = 1 << MOST };

/* --- cliques, by looking at all subsets ------------------------------------------------------ */

/* Labels of a clique, sorted, as one number; -1 for a subset that is none. */
static int64_t clique_key(const gph_small_graph_t *graph, int subset, int size)
{
    int32_t label[MOST];
    int count = 0;
    for (int u = 0; u < graph->nodes; u++) {
        if (!(subset >> u & 1))
            continue;
        for (int v = u + 1; v < graph->nodes; v++) {
            bool joined = !(subset >> v & 1);
            for (int32_t e = 0; e < graph->edges && !joined; e++)
                joined = (graph->from[e] == u && graph->to[e] == v) ||
                         (graph->from[e] == v && graph->to[e] == u);
            if (!joined)
                return -1;
        }
        int at = count++;
        for (; at > 0 && label[at - 1] > graph->node_label[u]; at--)
            label[at] = label[at - 1];
        label[at] = graph->node_label[u];
    }
    int64_t key = 0;
    for (int i = 0; i < count; i++)
        key = key * 64 + label[i];
    return count == size ? key : -1;
}

static int64_t naive_mismatch(const gph_small_graph_t *a, const gph_small_graph_t *b, int size)
{
    int64_t key[2][SUBSETS];
    int count[2] = {0, 0};
    const gph_small_graph_t *const graph[2] = {a, b};
    for (int side = 0; side < 2; side++)
        for (int subset = 0; subset < 1 << graph[side]->nodes; subset++) {
            const int64_t found = __builtin_popcount((unsigned)subset) == size
                                      ? clique_key(graph[side], subset, size)
                                      : -1;
            if (found >= 0)
                key[side][count[side]++] = found;
        }
    /* Cross out what both have; what is left is the mismatch. */
    int64_t left = count[0] + count[1];
    for (int i = 0; i < count[0]; i++)
        for (int j = 0; j < count[1]; j++)
            if (key[0][i] == key[1][j]) {
                key[1][j] = -1;
                left -= 2;
                break;
            }
    return left;
}

static void test_cliques(void)
{
    gph_context_t *context = gph_test_context();
    const char *path = sample_graphs("dense.txt", GRAPHS, 0, MOST, 80);
    gph_collection_t *set = NULL;
    int64_t found = 0;
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &set)))
        return;
    for (int64_t i = 0; i < GRAPHS; i++)
        for (int64_t j = 0; j < GRAPHS; j++) {
            const gph_small_graph_t *a = gph_collection_graph(set, i);
            const gph_small_graph_t *b = gph_collection_graph(set, j);
            int64_t mismatch[GPH_GED_CLIQUES];
            GPH_EXPECT_OK(context, gph_ged_clique_mismatch(context, a, b, mismatch));
            for (int k = 0; k < GPH_GED_CLIQUES; k++) {
                CU_ASSERT_EQUAL(mismatch[k], naive_mismatch(a, b, k + 3));
                found += mismatch[k];
            }
        }
    CU_ASSERT(found > 100);
    gph_collection_destroy(&set);
}

/* --- paths ---------------------------------------------------------------------------------- */

/* A batch with everything, into a file. */
static void run(const gph_collection_t *set, const gph_ged_batch_options_t *options,
                gph_ged_batch_t **batch)
{
    gph_context_t *context = gph_test_context();
    gph_ged_pairs_t *pairs = NULL;
    GPH_EXPECT_OK(context, gph_ged_pairs_all(set, &pairs));
    GPH_EXPECT_OK(context, gph_ged_batch(set, pairs, options, batch));
    gph_ged_pairs_destroy(&pairs);
}

/* Every path costs its upper bound, and the sums are those of the rows. */
static void check_batch(const gph_collection_t *set, const gph_ged_batch_t *batch)
{
    gph_context_t *context = gph_test_context();
    const gph_ged_summary_t *summary = gph_ged_batch_summary(batch);
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_t *ged = NULL;
    const gph_ged_row_t *row = NULL;
    int64_t first = 0;
    int64_t rows = 0;
    int64_t wanted[GPH_GED_CLIQUES] = {0};
    GPH_EXPECT_OK(context, gph_ged_create(context, NULL, &ged));
    GPH_EXPECT_OK(context, gph_ged_pairs_all(set, &pairs));
    gph_ged_batch_rows(batch, &first, &rows, &row);
    for (int64_t p = 0; p < gph_ged_pairs_count(pairs); p++) {
        int64_t i = 0;
        int64_t j = 0;
        gph_ged_pairs_get(pairs, p, &i, &j);
        const gph_small_graph_t *a = gph_collection_graph(set, i);
        const gph_small_graph_t *b = gph_collection_graph(set, j);
        for (int k = 0; k < GPH_GED_CLIQUES; k++)
            wanted[k] += naive_mismatch(a, b, k + 3);
        if (p < first || p >= first + rows)
            continue;
        const int64_t *map = gph_ged_batch_map(batch, p - first);
        int32_t narrow[MOST];
        gph_ged_path_t replayed;
        for (int32_t u = 0; u < a->nodes; u++)
            narrow[u] = (int32_t)map[u];
        GPH_EXPECT_OK(context, gph_ged_replay(ged, a, b, narrow, &replayed));
        CU_ASSERT_EQUAL(replayed.total, row[p - first].upper);
    }
    for (int k = 0; k < GPH_GED_CLIQUES; k++)
        CU_ASSERT_EQUAL(summary->cliques[k], wanted[k]);
    gph_ged_destroy(&ged);
    gph_ged_pairs_destroy(&pairs);
}

static void test_paths(void)
{
    gph_context_t *context = gph_test_context();
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_batch_t *batch = NULL;
    gph_collection_t *set = sample_load(context, GRAPHS, 0, MOST);
    char out[512] = "";
    if (!gph_test_all(set != NULL))
        return;
    options.paths = options.cliques = true;
    options.tiles = 7;
    snprintf(out, sizeof out, "%s", gph_test_tmp("paths.tsv"));
    options.out_path = out;
    run(set, &options, &batch);
    if (gph_test_all(batch != NULL)) {
        check_batch(set, batch);
        gph_test_expect_same("paths", gph_ged_batch_digest(batch));
    }
    gph_ged_batch_destroy(&batch);
    options.pair.method = GPH_GED_HED;
    gph_ged_pairs_t *pairs = NULL;
    context = gph_test_context();
    GPH_EXPECT_OK(context, gph_ged_pairs_all(set, &pairs));
    GPH_EXPECT_STATUS(NULL, GPH_ERR_USAGE, gph_ged_batch(set, pairs, &options, &batch));
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&set);
    (void)gph_test_context();
}

/* --- files ---------------------------------------------------------------------------------- */

/* Overwrites the first element of a dataset. */
static void spoil(const char *path, const char *name, double value)
{
    if (gph_test_rank() == 0) {
        const hsize_t one[2] = {1, 1};
        const hsize_t first[2] = {0, 0};
        const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        const hid_t data = H5Dopen2(file, name, H5P_DEFAULT);
        const hid_t space = H5Dget_space(data);
        const hid_t memory = H5Screate_simple(1, one, NULL);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, first, NULL, one, NULL);
        CU_ASSERT(H5Dwrite(data, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &value) >= 0);
        H5Sclose(memory);
        H5Sclose(space);
        H5Dclose(data);
        H5Fclose(file);
    }
    (void)gph_test_all(true);
}

static void write_result(const gph_collection_t *set, const char *path)
{
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_costs_t costs = gph_ged_costs_default();
    gph_ged_batch_t *batch = NULL;
    (void)gph_ged_cost_table(set, GPH_GED_NODES, "symmetric;0 1 0.25;0 - 2", &costs.node);
    options.costs = &costs;
    options.paths = true;
    options.out_path = path;
    run(set, &options, &batch);
    gph_ged_batch_destroy(&batch);
    gph_ged_cost_free(&costs.node);
}

static void test_verify(void)
{
    static const struct {
        const char *name;
        double value;
        const char *says;
    } bad[] = {
        {"upper", 99, "it is called exact"},
        {"counts", 77, "operations are not"},
        {"costs", 0.125, "operations are not"},
        {"map", 6, "a node goes where there is none"},
        {"map_start", 1, "not where it should be"},
        {"pairs", 99, "there is no such graph"},
        {"exact", 0, "its digest is"},
        {"node_table", -1, "costs must be finite"},
    };
    gph_context_t *context = gph_test_context();
    gph_collection_t *set = NULL;
    gph_ged_verified_t verified = {.rows = 0};
    bool is_result = false;
    char path[512] = "";
    char input[512] = "";
    snprintf(path, sizeof path, "%s", gph_test_tmp("verify.h5"));
    snprintf(input, sizeof input, "%s", sample_graphs("verified.txt", GRAPHS, 1, 5, 60));
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, input, NULL, &set)))
        return;
    write_result(set, path);
    GPH_EXPECT_OK(context, gph_ged_is_result(context, path, &is_result));
    CU_ASSERT_TRUE(is_result);
    GPH_EXPECT_OK(context, gph_ged_is_result(context, input, &is_result));
    CU_ASSERT_FALSE(is_result);
    GPH_EXPECT_OK(context, gph_ged_verify(context, path, NULL, &verified));
    CU_ASSERT(verified.rows == GRAPHS * (GRAPHS - 1) / 2 && verified.paths == verified.rows);
    gph_test_expect_same("verified", verified.digest);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        context = gph_test_context();
        spoil(path, bad[i].name, bad[i].value);
        const gph_status_t status = gph_ged_verify(context, path, NULL, &verified);
        GPH_EXPECT(status == GPH_ERR_VERIFY || status == GPH_ERR_USAGE, "%s: %s", bad[i].name,
                   gph_status_name(status));
        GPH_EXPECT(strstr(gph_context_error(context), bad[i].says) != NULL, "%s says '%s'",
                   bad[i].name, gph_context_error(context));
        write_result(set, path);
    }
    context = gph_test_context();
    const char *other = sample_graphs("others.txt", GRAPHS, 1, 4, 60);
    GPH_EXPECT_STATUS(NULL, GPH_ERR_VERIFY, gph_ged_verify(context, path, other, &verified));
    gph_collection_destroy(&set);
    (void)gph_test_context();
}

GPH_TEST_SUITE(ged_breakdown, {"clique mismatches, as by subsets", test_cliques},
               {"edit paths cost what they should", test_paths},
               {"verify finds what is wrong", test_verify});
