/* Batches and searches against a plain loop over pairs. */
#include "pairs_sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRAPHS = 14, QUERIES = 3 };

/* Compares the rows of this rank with the loop. */
static void compare_rows(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                         const gph_ged_batch_t *batch, const gph_ged_result_t *wanted)
{
    const int64_t n = gph_collection_count(collection);
    const gph_ged_row_t *row = NULL;
    int64_t first = 0;
    int64_t rows = 0;
    gph_ged_batch_rows(batch, &first, &rows, &row);
    for (int64_t r = 0; r < rows; r++) {
        int64_t i = -1;
        int64_t j = -1;
        gph_ged_pairs_get(pairs, first + r, &i, &j);
        const gph_ged_result_t *want = &wanted[i * n + j];
        GPH_EXPECT(row[r].lower == want->lower && row[r].upper == want->upper,
                   "%lld %lld: %g..%g, wanted %g..%g", (long long)i, (long long)j, row[r].lower,
                   row[r].upper, want->lower, want->upper);
        CU_ASSERT_EQUAL(row[r].flags & GPH_GED_ROW_EXACT, want->lower == want->upper);
    }
}

/* Sums over all pairs by the loop. */
static void compare_sums(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                         const gph_ged_batch_t *batch, const gph_ged_result_t *wanted)
{
    const gph_ged_summary_t *summary = gph_ged_batch_summary(batch);
    const int64_t n = gph_collection_count(collection);
    double lower = 0;
    double upper = 0;
    double path = 0;
    int64_t steps = 0;
    for (int64_t p = 0; p < gph_ged_pairs_count(pairs); p++) {
        int64_t i = -1;
        int64_t j = -1;
        gph_ged_pairs_get(pairs, p, &i, &j);
        lower += wanted[i * n + j].lower;
        upper += wanted[i * n + j].upper;
        path += wanted[i * n + j].path.total;
        steps += wanted[i * n + j].steps;
    }
    CU_ASSERT_EQUAL(summary->pairs, gph_ged_pairs_count(pairs));
    CU_ASSERT_EQUAL(summary->done, summary->pairs);
    CU_ASSERT_DOUBLE_EQUAL(summary->lower, lower, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(summary->upper, upper, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(summary->path.total, path, 1e-9);
    CU_ASSERT_EQUAL(summary->steps, steps);
}

static void check_batch(gph_context_t *context, const gph_collection_t *collection,
                        const gph_ged_pairs_t *pairs, gph_ged_method_t method, const char *key)
{
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_batch_t *batch = NULL;
    options.pair.method = method;
    gph_ged_result_t *wanted = sample_results(context, collection, &options.pair);
    for (int tiles = 0; tiles < 8 && wanted != NULL; tiles += 7) { /* any cut gives the same rows */
        options.tiles = tiles;
        if (!GPH_EXPECT_OK(context, gph_ged_batch(collection, pairs, &options, &batch)))
            break;
        compare_rows(collection, pairs, batch, wanted);
        compare_sums(collection, pairs, batch, wanted);
        (void)gph_test_expect_same(key, gph_ged_batch_digest(batch));
        gph_ged_batch_destroy(&batch);
    }
    free(wanted);
}

static void test_all_pairs(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, GRAPHS, 0, 6);
    gph_ged_pairs_t *pairs = NULL;
    if (!gph_test_all(collection != NULL))
        return;
    GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
    CU_ASSERT_EQUAL(gph_ged_pairs_count(pairs), GRAPHS * (GRAPHS - 1) / 2);
    for (int m = 0; m < GPH_GED_METHODS; m++) {
        char key[32];
        snprintf(key, sizeof key, "all pairs by method %d", m);
        check_batch(context, collection, pairs, (gph_ged_method_t)m, key);
    }
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
}

/* The formula that numbers all pairs, against counting. */
static void test_numbering(void)
{
    gph_context_t *context = gph_test_context();
    for (int n = 1; n <= GRAPHS; n++) {
        gph_collection_t *collection = sample_load(context, n, 1, 2);
        gph_ged_pairs_t *pairs = NULL;
        int64_t index = 0;
        if (!gph_test_all(collection != NULL))
            return;
        GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = i + 1; j < n; j++, index++) {
                int64_t a = -1;
                int64_t b = -1;
                gph_ged_pairs_get(pairs, index, &a, &b);
                CU_ASSERT(a == i && b == j);
            }
        CU_ASSERT_EQUAL(index, gph_ged_pairs_count(pairs));
        gph_ged_pairs_destroy(&pairs);
        gph_collection_destroy(&collection);
    }
}

static void test_given_pairs(void)
{
    static const int64_t given[] = {3, 1, 1, 3, 5, 5, 3, 1, 0, 13, 13, 0};
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, GRAPHS, 0, 6);
    gph_ged_pairs_t *pairs[2] = {NULL, NULL};
    const char *path =
        sample_file("pairs.txt", "# six pairs\n3 1 9\n1\t3\n\n5 5\r\n3 1 x y\n 0 13\n13 0");
    if (!gph_test_all(collection != NULL))
        return;
    GPH_EXPECT_OK(context, gph_ged_pairs_list(collection, 6, given, &pairs[0]));
    GPH_EXPECT_OK(context, gph_ged_pairs_read(collection, path, &pairs[1]));
    for (int p = 0; p < 2; p++) {
        CU_ASSERT_EQUAL(gph_ged_pairs_count(pairs[p]), 6);
        check_batch(context, collection, pairs[p], GPH_GED_EXACT, "given pairs");
        gph_ged_pairs_destroy(&pairs[p]);
    }
    gph_collection_destroy(&collection);
}

static void test_none(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, 1, 3, 3);
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    if (!gph_test_all(collection != NULL))
        return;
    options.matrix_path = gph_test_tmp("none.h5");
    options.out_path = gph_test_tmp("none.tsv");
    GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
    if (GPH_EXPECT_OK(context, gph_ged_batch(collection, pairs, &options, &batch)))
        CU_ASSERT_EQUAL(gph_ged_batch_summary(batch)->pairs, 0);
    gph_ged_batch_destroy(&batch);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
}

/* The ladder settles pairs early, at the same distances. */
static void test_filter(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, GRAPHS, 0, 6);
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    int64_t settled = 0;
    if (!gph_test_all(collection != NULL))
        return;
    gph_ged_result_t *wanted = sample_results(context, collection, NULL);
    GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
    options.filter = true;
    if (GPH_EXPECT_OK(context, gph_ged_batch(collection, pairs, &options, &batch))) {
        const gph_ged_summary_t *summary = gph_ged_batch_summary(batch);
        compare_rows(collection, pairs, batch, wanted);
        for (int m = 0; m < GPH_GED_METHODS; m++)
            settled += summary->settled[m];
        CU_ASSERT_EQUAL(settled, summary->pairs);
        CU_ASSERT(summary->settled[GPH_GED_EXACT] < summary->pairs);
        CU_ASSERT_EQUAL(summary->exact, summary->pairs);
    }
    gph_ged_batch_destroy(&batch);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
    free(wanted);
}

/* --- searches ------------------------------------------------------------------------------- */

static int by_distance(const void *left, const void *right)
{
    const gph_ged_match_t *a = left;
    const gph_ged_match_t *b = right;
    if (a->upper != b->upper)
        return a->upper < b->upper ? -1 : 1;
    return (a->graph > b->graph) - (a->graph < b->graph);
}

/* What a search must find, from the distances of the loop. */
static int64_t search_plainly(const gph_ged_result_t *wanted, double threshold, int64_t nearest,
                              gph_ged_match_t *match)
{
    int64_t count = 0;
    for (int64_t q = 0; q < QUERIES; q++) {
        int64_t begin = count;
        for (int64_t g = QUERIES; g < GRAPHS; g++) {
            const double distance = wanted[q * GRAPHS + g].upper;
            if (threshold < 0 || distance <= threshold)
                match[count++] = (gph_ged_match_t){q, g - QUERIES, distance, distance};
        }
        if (nearest > 0) {
            qsort(match + begin, (size_t)(count - begin), sizeof *match, by_distance);
            count = count - begin > nearest ? begin + nearest : count;
        }
    }
    return count;
}

static void check_search(gph_context_t *context, const gph_collection_t *collection,
                         const gph_ged_result_t *wanted, double threshold, int64_t nearest)
{
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_match_t plain[GRAPHS * QUERIES];
    gph_ged_batch_t *batch = NULL;
    char key[64];
    int64_t count = -1;
    options.pair.threshold = threshold;
    const int64_t right = search_plainly(wanted, threshold, nearest, plain);
    if (!GPH_EXPECT_OK(context, gph_ged_search(collection, QUERIES, nearest, &options, &batch)))
        return;
    const gph_ged_match_t *match = gph_ged_batch_matches(batch, &count);
    GPH_EXPECT(count == right, "threshold %g, %lld nearest: %lld matches, wanted %lld", threshold,
               (long long)nearest, (long long)count, (long long)right);
    for (int64_t m = 0; m < count && m < right; m++)
        GPH_EXPECT(match[m].query == plain[m].query && match[m].graph == plain[m].graph &&
                       match[m].lower == plain[m].lower && match[m].upper == plain[m].upper,
                   "match %lld: %lld %lld %g, wanted %lld %lld %g", (long long)m,
                   (long long)match[m].query, (long long)match[m].graph, match[m].upper,
                   (long long)plain[m].query, (long long)plain[m].graph, plain[m].upper);
    snprintf(key, sizeof key, "search %g %lld", threshold, (long long)nearest);
    (void)gph_test_expect_same(key, gph_ged_batch_digest(batch));
    snprintf(key, sizeof key, "settled %g %lld", threshold, (long long)nearest);
    (void)gph_test_expect_same_i64(key, gph_ged_batch_summary(batch)->settled[GPH_GED_EXACT]);
    gph_ged_batch_destroy(&batch);
}

static void test_search(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, GRAPHS, 1, 6);
    if (!gph_test_all(collection != NULL))
        return;
    gph_ged_result_t *wanted = sample_results(context, collection, NULL);
    if (wanted != NULL) {
        for (int threshold = 0; threshold < 12; threshold += 4)
            check_search(context, collection, wanted, threshold, 0);
        for (int nearest = 1; nearest < 20; nearest += 5)
            check_search(context, collection, wanted, -1, nearest);
        check_search(context, collection, wanted, 6, 3);
    }
    free(wanted);
    gph_collection_destroy(&collection);
}

/* --- one pair and files --------------------------------------------------------------------- */

static void test_one_pair(void)
{
    gph_context_t *context = gph_test_context();
    const char *path = sample_file("two.txt", "t # a\nv 0 x\nv 1 y\ne 0 1\nt # b\nv 0 y\n");
    gph_collection_t *collection = NULL;
    gph_ged_result_t result;
    int32_t map[2] = {7, 7};
    char digest[GPH_GED_DIGEST_CHARS] = "";
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &collection)))
        return;
    GPH_EXPECT_OK(context, gph_ged_pair(collection, 0, 1, NULL, NULL, map, digest, &result));
    CU_ASSERT(result.exact && result.upper == 2 && result.lower == 2);
    CU_ASSERT(map[0] == -1 && map[1] == 0);
    (void)gph_test_expect_same("one pair", digest);
    CU_ASSERT(result.path.count[GPH_GED_NODE_REMOVE] == 1 &&
              result.path.count[GPH_GED_EDGE_REMOVE] == 1);
    CU_ASSERT_STRING_EQUAL(gph_collection_name(collection, 1), "b");
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_ged_pair(collection, 0, 2, NULL, NULL, map, digest, &result));
    gph_collection_destroy(&collection);
}

/* Content of a file of the shared folder, in a static buffer. */
static const char *content(const char *name)
{
    static char text[4096];
    FILE *file = fopen(gph_test_tmp(name), "r");
    text[0] = '\0';
    if (file == NULL)
        return text;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    return fclose(file) == 0 ? text : "";
}

static void test_files(void)
{
    gph_context_t *context = gph_test_context();
    const char *path =
        sample_file("three.txt", "t # a\nv 0 x\nv 1 y\ne 0 1\nt # b\nv 0 y\nt # c\nv 0 x\n");
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_costs_t costs = gph_ged_costs_default();
    gph_collection_t *collection = NULL;
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &collection)))
        return;
    GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
    costs.node.substitute = 0.1;
    options.costs = &costs;
    options.out_path = gph_test_tmp("three.tsv");
    GPH_EXPECT_OK(context, gph_ged_batch(collection, pairs, &options, &batch));
    gph_ged_batch_destroy(&batch);
    CU_ASSERT_STRING_EQUAL(content("three.tsv"),
                           "0\t1\t2\t2\t1\n0\t2\t2\t2\t1\n1\t2\t0.1\t0.1\t1\n");
    options.pair.threshold = 2;
    options.out_path = gph_test_tmp("matches.tsv");
    GPH_EXPECT_OK(context, gph_ged_search(collection, 1, 0, &options, &batch));
    gph_ged_batch_destroy(&batch);
    CU_ASSERT_STRING_EQUAL(content("matches.tsv"), "0\t0\t2\t2\n0\t1\t2\t2\n");
    options.out_path = gph_test_tmp("three.h5");
    GPH_EXPECT_OK(context, gph_ged_batch(collection, pairs, &options, &batch));
    gph_ged_batch_destroy(&batch);
    CU_ASSERT_EQUAL(strncmp(content("three.h5"), "\x89HDF", 4), 0);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
}

GPH_TEST_SUITE(ged_pairs, {"numbers all pairs", test_numbering},
               {"all pairs, by each method, as by a loop", test_all_pairs},
               {"pairs given, also twice and of a graph with itself", test_given_pairs},
               {"no pairs", test_none}, {"filters settle pairs at the same distances", test_filter},
               {"searches find what a loop finds", test_search}, {"one pair", test_one_pair},
               {"files", test_files});
