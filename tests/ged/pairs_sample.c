/* See pairs_sample.h. */
#include "pairs_sample.h"

#include "ged_oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

const char *sample_file(const char *name, const char *text)
{
    const char *path = gph_test_tmp(name);
    if (gph_test_rank() == 0) {
        FILE *file = fopen(path, "w");
        CU_ASSERT(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    }
    (void)gph_test_all(true);
    return path;
}

const char *sample_graphs(const char *name, int graphs, int least, int most, int density)
{
    static char text[1 << 16];
    int used = 0;
    for (int g = 0; g < graphs; g++) {
        const uint64_t stream = 900 + (uint64_t)g;
        const int nodes = least + oracle_draw(stream, 0, most - least + 1);
        uint64_t index = 1;
        used += snprintf(text + used, sizeof text - (size_t)used, "t # g%d\n", g);
        for (int u = 0; u < nodes; u++)
            used += snprintf(text + used, sizeof text - (size_t)used, "v %d %c\n", u,
                             'a' + oracle_draw(stream, index++, ORACLE_LABELS));
        for (int u = 0; u < nodes; u++)
            for (int v = u + 1; v < nodes; v++, index += 2)
                if (oracle_draw(stream, index, 100) < density)
                    used += snprintf(text + used, sizeof text - (size_t)used, "e %d %d %d\n", u, v,
                                     oracle_draw(stream, index + 1, 2));
    }
    return sample_file(name, text);
}

gph_collection_t *sample_load(gph_context_t *context, int graphs, int least, int most)
{
    gph_collection_t *collection = NULL;
    const char *path = sample_graphs("sample.txt", graphs, least, most, 40);
    if (GPH_EXPECT_OK(context, gph_collection_load(context, path, NULL, &collection)))
        CU_ASSERT_EQUAL(gph_collection_count(collection), graphs);
    return collection;
}

gph_ged_result_t *sample_results(gph_context_t *context, const gph_collection_t *collection,
                                 const gph_ged_options_t *options)
{
    const int64_t n = gph_collection_count(collection);
    gph_ged_result_t *result = calloc((size_t)(n * n), sizeof *result);
    gph_ged_t *ged = NULL;
    if (GPH_EXPECT_OK(context, gph_ged_create(context, NULL, &ged)) && result != NULL)
        for (int64_t p = 0; p < n * n; p++)
            GPH_EXPECT_OK(context, gph_ged_compute(ged, gph_collection_graph(collection, p / n),
                                                   gph_collection_graph(collection, p % n), options,
                                                   &result[p]));
    gph_ged_destroy(&ged);
    return result;
}

const char *sample_folder(const char *name)
{
    const char *path = gph_test_tmp(name);
    if (gph_test_rank() == 0)
        (void)mkdir(path, 0777);
    (void)gph_test_all(true);
    return path;
}
