/* Real graphs with known distances, where the folder of real graphs is there. */
#include "ged_oracle.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PAIRS_SHOWN = 300 };

static void check_file(const char *name, int pairs, const char *key)
{
    gph_context_t *context = gph_test_context();
    gph_graph_set_t set = gph_graph_set_init(context->env, false);
    gph_ged_t *ged = NULL;
    char path[64];
    int i = 0;
    int j = 0;
    double distance = 0;
    double steps = 0;

    snprintf(path, sizeof path, "ged/%s.txt.gz", name);
    const char *graphs = gph_test_data(path);
    snprintf(path, sizeof path, "ged/%s.truth", name);
    const char *truth = gph_test_data(path);
    if (graphs == NULL || truth == NULL) {
        gph_test_skip("real graphs with known edit distances");
        return;
    }
    FILE *file = fopen(truth, "r");
    const bool ready = file != NULL && gph_graph_set_read(context, graphs, NULL, &set) == GPH_OK &&
                       gph_ged_create(context, NULL, &ged) == GPH_OK;
    GPH_EXPECT(ready, "%s: %s", name, gph_context_error(context));
    for (int k = 0; ready && k < pairs && fscanf(file, "%d %d %lf", &i, &j, &distance) == 3; k++) {
        const gph_small_graph_t a = gph_graph_set_view(&set, i);
        const gph_small_graph_t b = gph_graph_set_view(&set, j);
        gph_ged_result_t result = {.upper = -1};
        gph_ged_path_t replayed = {.total = -1};
        GPH_EXPECT_OK(context, gph_ged_compute(ged, &a, &b, NULL, &result));
        GPH_EXPECT(result.exact && fabs(result.upper - distance) < 1e-9, "%s %d %d: %g, wanted %g",
                   name, i, j, result.upper, distance);
        steps += (double)result.steps;
        if (result.map != NULL)
            GPH_EXPECT_OK(context, gph_ged_replay(ged, &a, &b, result.map, &replayed));
        CU_ASSERT(fabs(replayed.total - distance) < 1e-9);
        for (int m = 0; m < GPH_GED_EXACT; m++) {
            gph_ged_options_t options = gph_ged_options_default();
            options.method = (gph_ged_method_t)m;
            GPH_EXPECT_OK(context, gph_ged_compute(ged, &a, &b, &options, &result));
            GPH_EXPECT(result.lower <= distance && result.upper >= distance,
                       "%s %d %d %s: %g..%g, %g", name, i, j, gph_ged_method_name(options.method),
                       result.lower, result.upper, distance);
        }
    }
    if (file != NULL)
        fclose(file);
    gph_test_expect_same_i64(key, (int64_t)steps);
    gph_ged_destroy(&ged);
    gph_graph_set_free(&set);
}

static void test_small(void)
{
    check_file("aids700nef", PAIRS_SHOWN, "steps on aids700nef");
    check_file("linux", PAIRS_SHOWN, "steps on linux");
}

static void test_molecules(void)
{
    check_file("aids100", 30, "steps on aids100");
}

GPH_TEST_SUITE(ged_truth, {"knows the distances of small real graphs", test_small},
               {"knows the distances of molecules", test_molecules});
