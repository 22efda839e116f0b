/* Decisions: whether a distance is within a threshold, against all mappings tried one by one; the
 * same bytes on all ranks and threads. */
#include "pairs_sample.h"

#include "ged/methods.h"
#include "ged_oracle.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS = 30, MOST_NODES = 5, GRAPHS = 24, QUERIES = 3, HARD = 5, HARD_NODES = 10, ROOM = 16 };

/* The bounds prove the answer, the mapping costs the upper one, and the answer is that of a search
 * for the distance. */
static void check_answer(gph_ged_t *ged, const gph_small_graph_t pair[2],
                         const gph_ged_options_t *options, double wanted)
{
    gph_ged_options_t plain = *options;
    gph_ged_result_t distance;
    gph_ged_result_t result;
    gph_ged_path_t path;
    const double slack = 1e-9 * (1 + wanted); // of sums in another order
    plain.decide = false;
    if (!GPH_EXPECT_OK(NULL, gph_ged_compute(ged, &pair[0], &pair[1], &plain, &distance)))
        return;
    const bool over = distance.over;
    GPH_EXPECT_OK(NULL, gph_ged_compute(ged, &pair[0], &pair[1], options, &result));
    GPH_EXPECT(result.over == over && !result.stopped, "threshold %.17g of %.17g: %d, wanted %d",
               options->threshold, wanted, result.over, over);
    GPH_EXPECT(over ? result.lower > options->threshold
                    : result.upper <= options->threshold + slack,
               "threshold %g, distance %g: %g..%g proves nothing", options->threshold, wanted,
               result.lower, result.upper);
    CU_ASSERT(over == (wanted > options->threshold) || fabs(wanted - options->threshold) < slack);
    CU_ASSERT(result.lower <= wanted + slack && result.upper >= wanted - slack);
    CU_ASSERT(!result.exact || fabs(result.upper - wanted) < slack);
    CU_ASSERT(!result.exact || result.lower == result.upper);
    const double upper = result.upper;
    int32_t map[ROOM];
    memcpy(map, result.map, sizeof *map * (size_t)pair[0].nodes);
    GPH_EXPECT_OK(NULL, gph_ged_replay(ged, &pair[0], &pair[1], map, &path));
    CU_ASSERT(path.total == upper);
}

/* Thresholds far below, just below, at, just above and far above the distance; limits on steps. */
static void check_pair(gph_ged_t *ged, const gph_small_graph_t pair[2], double wanted)
{
    const double threshold[] = {0,          wanted / 2,   wanted * 0.99,
                                wanted - 1, wanted,       wanted + 1e-7,
                                wanted + 1, 1.5 * wanted, 1e6};
    gph_ged_options_t options = gph_ged_options_default();
    options.decide = true;
    for (size_t i = 0; i < sizeof threshold / sizeof *threshold; i++) {
        options.threshold = fmax(threshold[i], 0);
        check_answer(ged, pair, &options, wanted);
    }
    options.threshold = wanted;
    for (options.max_steps = 1; options.max_steps < 5; options.max_steps++) {
        gph_ged_result_t result = {.lower = -1};
        GPH_EXPECT_OK(NULL, gph_ged_compute(ged, &pair[0], &pair[1], &options, &result));
        CU_ASSERT(result.lower <= wanted + 1e-9 && result.upper >= wanted - 1e-9);
        CU_ASSERT(!(result.stopped && (result.exact || result.over)));
    }
}

static void test_oracle(void)
{
    gph_context_t *context = gph_test_context();
    for (uint64_t i = 0; i < (uint64_t)PAIRS * 2 * ORACLE_KINDS; i++) {
        const oracle_costs_t kind = (oracle_costs_t)(i % ORACLE_KINDS);
        const uint64_t stream = 9000000 + i;
        gph_graph_set_t set = gph_graph_set_init(context->env, i / ORACLE_KINDS % 2 == 1);
        gph_ged_t *ged = NULL;
        oracle_model_t model;
        oracle_model(kind, stream, &model);
        for (uint64_t side = 0; side < 2; side++)
            GPH_EXPECT_OK(context, oracle_graph(&set, 2 * stream + side,
                                                oracle_draw(stream, side, MOST_NODES + 1),
                                                20 + oracle_draw(stream, 2, 70)));
        if (gph_graph_set_view(&set, 0).nodes >= 0 &&
            GPH_EXPECT_OK(context, gph_ged_create(context, &model.costs, &ged))) {
            const gph_small_graph_t pair[2] = {gph_graph_set_view(&set, 0),
                                               gph_graph_set_view(&set, 1)};
            check_pair(ged, pair, oracle_distance(&model.costs, &pair[0], &pair[1]));
        }
        gph_ged_destroy(&ged);
        gph_graph_set_free(&set);
    }
}

/* --- one pair on all ranks and threads -------------------------------------------------------- */

/* Cut into pieces, beside one search; and the same everywhere. */
static void check_split(const gph_collection_t *collection, int64_t i, oracle_costs_t kind,
                        const gph_ged_options_t *options)
{
    gph_context_t *context = gph_test_context();
    const gph_small_graph_t *const graph[2] = {gph_collection_graph(collection, i),
                                               gph_collection_graph(collection, i + 1)};
    gph_ged_t *ged = NULL;
    gph_ged_result_t whole = {.upper = -1};
    gph_ged_result_t parts = {.upper = -2};
    oracle_model_t model;
    int32_t map[ROOM];
    char key[128];
    char value[128];
    oracle_model(kind, 700 + (uint64_t)i, &model);
    if (!GPH_EXPECT_OK(context, gph_ged_create(context, &model.costs, &ged)))
        return;
    const size_t size = sizeof *map * (size_t)graph[0]->nodes;
    GPH_EXPECT_OK(context, gph_ged_compute(ged, graph[0], graph[1], options, &whole));
    memcpy(map, whole.map, size);
    GPH_EXPECT_OK(context, gph_ged_split(context, ged, graph[0], graph[1], options, 5, &parts));
    GPH_EXPECT(whole.lower == parts.lower && whole.upper == parts.upper &&
                   whole.over == parts.over && whole.exact == parts.exact &&
                   whole.steps == parts.steps && whole.stopped == parts.stopped,
               "costs %d, pair %d: %g..%g in %d steps, not %g..%g in %d", (int)kind, (int)i,
               parts.lower, parts.upper, (int)parts.steps, whole.lower, whole.upper,
               (int)whole.steps);
    CU_ASSERT(memcmp(map, parts.map, size) == 0);
    snprintf(key, sizeof key, "decide %d %" PRId64 " %.17g %" PRId64, (int)kind, i,
             options->threshold, options->max_steps);
    snprintf(value, sizeof value, "%a %a %" PRId64 " %d %d", parts.lower, parts.upper, parts.steps,
             parts.over, parts.exact);
    (void)gph_test_expect_same(key, value);
    gph_ged_destroy(&ged);
}

static void test_split(void)
{
    gph_context_t *context = gph_test_context();
    const char *path = sample_graphs("decide.txt", HARD, HARD_NODES - 1, HARD_NODES, 50);
    gph_ged_options_t options = gph_ged_options_default();
    gph_collection_t *collection = NULL;
    if (!GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &collection)))
        return;
    options.decide = true;
    for (int kind = 0; kind < ORACLE_EUCLIDEAN; kind++)
        for (int64_t i = 0; i + 1 < HARD; i++)
            for (int t = 0; t < 8; t++) {
                options.threshold = 4 + 3 * t;
                options.max_steps = t % 2 == 1 ? 40 : 0;
                check_split(collection, i, (oracle_costs_t)kind, &options);
            }
    gph_collection_destroy(&collection);
}

/* --- batches and searches --------------------------------------------------------------------- */

static void check_batch(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                        const gph_ged_result_t *wanted, const gph_ged_batch_options_t *options)
{
    gph_context_t *context = gph_test_context();
    const double threshold = options->pair.threshold;
    gph_ged_batch_t *batch = NULL;
    char key[64];
    int64_t first = 0;
    int64_t rows = 0;
    int64_t over = 0;
    const gph_ged_row_t *row = NULL;
    if (!GPH_EXPECT_OK(context, gph_ged_batch(collection, pairs, options, &batch)))
        return;
    gph_ged_batch_rows(batch, &first, &rows, &row);
    for (int64_t r = 0; r < rows; r++) {
        int64_t i = 0;
        int64_t j = 0;
        gph_ged_pairs_get(pairs, first + r, &i, &j);
        const double distance = wanted[i * GRAPHS + j].upper;
        CU_ASSERT(row[r].lower <= distance && distance <= row[r].upper);
        CU_ASSERT(distance <= threshold ? row[r].upper <= threshold : row[r].lower > threshold);
        CU_ASSERT(((row[r].flags & GPH_GED_ROW_OVER) != 0) == (distance > threshold));
    }
    for (int64_t p = 0; p < gph_ged_pairs_count(pairs); p++) {
        int64_t i = 0;
        int64_t j = 0;
        gph_ged_pairs_get(pairs, p, &i, &j);
        over += wanted[i * GRAPHS + j].upper > threshold;
    }
    CU_ASSERT_EQUAL(gph_ged_batch_summary(batch)->over, over);
    snprintf(key, sizeof key, "batch %g %d %d", threshold, options->filter, options->paths);
    (void)gph_test_expect_same(key, gph_ged_batch_digest(batch));
    gph_ged_batch_destroy(&batch);
}

/* The graphs found are those of a loop. */
static void check_search(const gph_collection_t *collection, const gph_ged_result_t *wanted,
                         const gph_ged_batch_options_t *options)
{
    gph_context_t *context = gph_test_context();
    gph_ged_batch_t *batch = NULL;
    int64_t count = 0;
    int64_t m = 0;
    if (!GPH_EXPECT_OK(context, gph_ged_search(collection, QUERIES, 0, options, &batch)))
        return;
    const gph_ged_match_t *match = gph_ged_batch_matches(batch, &count);
    for (int64_t q = 0; q < QUERIES; q++)
        for (int64_t g = QUERIES; g < GRAPHS; g++) {
            if (wanted[q * GRAPHS + g].upper > options->pair.threshold)
                continue;
            GPH_EXPECT(m < count && match[m].query == q && match[m].graph == g - QUERIES &&
                           match[m].upper <= options->pair.threshold,
                       "query %d lacks graph %d", (int)q, (int)(g - QUERIES));
            m++;
        }
    CU_ASSERT_EQUAL(m, count);
    gph_ged_batch_destroy(&batch);
}

static void test_batches(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, GRAPHS, 1, 6);
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_pairs_t *pairs = NULL;
    if (!gph_test_all(collection != NULL))
        return;
    gph_ged_result_t *wanted = sample_results(context, collection, NULL);
    GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
    options.pair.decide = true;
    for (int threshold = 0; threshold < 15 && wanted != NULL && pairs != NULL; threshold += 2) {
        options.pair.threshold = threshold;
        for (int way = 0; way < 4; way++) {
            options.filter = way % 2 == 1;
            options.paths = way >= 2;
            check_batch(collection, pairs, wanted, &options);
        }
        options.paths = false;
        check_search(collection, wanted, &options);
    }
    free(wanted);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
}

static void test_refusals(void)
{
    gph_context_t *context = gph_test_context();
    gph_collection_t *collection = sample_load(context, GRAPHS, 1, 6);
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    gph_ged_result_t result;
    if (!gph_test_all(collection != NULL))
        return;
    GPH_EXPECT_OK(context, gph_ged_pairs_all(collection, &pairs));
    options.pair.decide = true;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_ged_batch(collection, pairs, &options, &batch));
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_ged_pair(collection, 0, 1, NULL, &options.pair, NULL, NULL, &result));
    options.pair.threshold = 3;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_ged_search(collection, QUERIES, 2, &options, &batch));
    CU_ASSERT_PTR_NULL(batch);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
}

GPH_TEST_SUITE(ged_decide, {"is right by brute force, with bounds that prove it", test_oracle},
               {"one pair in pieces is as in one search", test_split},
               {"batches and searches decide as a loop of distances", test_batches},
               {"refuses decisions without a threshold, and of the nearest", test_refusals});
