/* Known counts of real graphs, where their folder is present. */
#include "gph/gph.h"
#include "gph_test.h"

#include <stdio.h>
#include <string.h>

/** Graphs, and up to which k they are counted everywhere: what takes a moment only. The other rows
 * of the file are counted in one of the runs. */
static const struct {
    const char *name;
    int most;
} graphs[] = {{"dimacs-hamming6-4", 10}, {"dimacs-johnson8-4-4", 10}, {"dimacs-c-fat200-5", 8},
              {"dimacs-p_hat300-1", 8},  {"dimacs-keller4", 6},       {"dimacs-MANN_a9", 8},
              {"dimacs-brock200_2", 5},  {"dimacs-brock200_4", 4},    {"ca-AstroPh", 4},
              {"wiki-Vote", 4},          {"facebook_combined", 4},    {"email-Enron", 5}};

enum { GRAPHS = sizeof graphs / sizeof *graphs };

static void check_row(gph_context_t *context, const gph_graph_t *graph, int k, const char *wanted)
{
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    char text[GPH_COUNT_CHARS];
    options.k = k;
    if (!GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
        return;
    CU_ASSERT_STRING_EQUAL(gph_count_format(gph_clique_count(result), text), wanted);
    gph_clique_result_destroy(&result);
}

/** Goes through the rows of a graph in the file. Returns how many were checked. */
static int check_graph(gph_context_t *context, const char *rows, int g)
{
    gph_graph_t *graph = NULL;
    /* The long counts are made once, where several ranks and threads share them. */
    const bool all = gph_context_ranks(context) == 2 && gph_context_threads(context) == 3;
    int checked = 0;
    char path[64];
    char line[256];
    snprintf(path, sizeof path, "cliques/%s.txt.gz", graphs[g].name);
    const char *full = gph_test_data(path);
    FILE *file = fopen(rows, "r");
    if (full != NULL && file != NULL &&
        GPH_EXPECT_OK(context, gph_graph_load(context, full, GPH_FORMAT_AUTO, &graph)))
        while (fgets(line, sizeof line, file) != NULL) {
            char name[64] = "";
            char count[GPH_COUNT_CHARS] = "";
            int k = 0;
            if (sscanf(line, "%63s %d %39s", name, &k, count) != 3 ||
                strcmp(name, graphs[g].name) != 0 || (k > graphs[g].most && !all))
                continue;
            check_row(context, graph, k, count);
            checked += 1;
        }
    if (file != NULL)
        fclose(file);
    gph_graph_destroy(&graph);
    return checked;
}

static void test_known(void)
{
    gph_context_t *context = gph_test_context();
    const char *rows = gph_test_data("cliques/counts.tsv");
    if (!gph_test_all(rows != NULL)) {
        gph_test_skip("known counts: the folder of real graphs is absent");
        return;
    }
    for (int g = 0; g < GRAPHS; g++)
        CU_ASSERT_TRUE(check_graph(context, rows, g) > 0);
}

GPH_TEST_SUITE(known, {"counts of real graphs", test_known});
