/* Results are the same bytes wherever a partition puts the vertices. */
#include "dist/place.h"
#include "gph/dist_partition.h"
#include "gph/mp.h"
#include "gph_test.h"
#include "sample.h"

#include <stdio.h>
#include <string.h>

/* Digest of an algorithm on a graph; writes its rows to a file, too. */
static bool compute(gph_graph_t *graph, gph_mp_algorithm_t algorithm, const char *path,
                    char digest[33])
{
    const gph_mp_options_t options = gph_mp_options_default();
    gph_context_t *context = graph->context;
    gph_mp_result_t *result = NULL;
    bool ok = GPH_EXPECT_OK(context, gph_mp_compute(graph, algorithm, &options, &result)) &&
              GPH_EXPECT_OK(context, gph_mp_result_digest(result, digest)) &&
              GPH_EXPECT_OK(context, gph_mp_result_write(result, path));
    gph_mp_result_destroy(&result);
    return ok;
}

/* True when two files hold the same bytes. */
static bool same_files(const char *a, const char *b)
{
    FILE *x = fopen(a, "rb");
    FILE *y = fopen(b, "rb");
    int c = 0;
    int d = 0;
    while (x && y && c == d && c != EOF) {
        c = fgetc(x);
        d = fgetc(y);
    }
    const bool same = x && y && c == d;
    if (x)
        fclose(x);
    if (y)
        fclose(y);
    return same;
}

static void check_placed(gph_graph_t *graph, gph_graph_t *placed, const char *what)
{
    const char *wanted_file = gph_test_tmp("as-loaded.tsv");
    const char *got_file = gph_test_tmp("placed.tsv");
    for (int a = 0; a < GPH_MP_ALGORITHMS; a++) {
        const gph_mp_algorithm_t algorithm = (gph_mp_algorithm_t)a;
        char wanted[33] = "";
        char got[33] = "";
        if (!compute(graph, algorithm, wanted_file, wanted) ||
            !compute(placed, algorithm, got_file, got))
            continue;
        GPH_EXPECT(strcmp(wanted, got) == 0, "%s on %s: digest %s, not %s",
                   gph_mp_algorithm_name(algorithm), what, got, wanted);
        GPH_EXPECT(gph_test_rank() != 0 || same_files(wanted_file, got_file),
                   "%s on %s: another file", gph_mp_algorithm_name(algorithm), what);
    }
}

static void check_strategy(gph_graph_t *graph, gph_partition_strategy_t strategy, const char *spec)
{
    gph_context_t *context = graph->context;
    const gph_partition_options_t options = {.strategy = strategy, .tiles = 40};
    gph_partition_t *partition = NULL;
    gph_graph_t *placed = NULL;
    char what[160] = "";
    snprintf(what, sizeof what, "%s by %s", spec, gph_partition_strategy_name(strategy));
    if (GPH_EXPECT_OK(context, gph_partition_create(graph, &options, &partition)) &&
        GPH_EXPECT_OK(context, gph_graph_place(graph, partition, &placed)))
        check_placed(graph, placed, what);
    gph_graph_destroy(&placed);
    gph_partition_destroy(&partition);
}

static void test_samples(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int i = 0; i < sample_count; i++) {
        sample_t sample;
        if (!sample_make(context, sample_specs[i], &sample))
            continue;
        for (int s = 0; s < GPH_PARTITION_STRATEGIES; s++)
            if (gph_partition_available((gph_partition_strategy_t)s))
                check_strategy(sample.graph, (gph_partition_strategy_t)s, sample_specs[i]);
        sample_free(&sample);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

GPH_TEST_SUITE(partitions, {"do not change results", test_samples});
