/* Tables: what is read, and what is refused with file and line. */
#include "gph_test.h"
#include "nn/dataset.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Files of a good folder: five vertices, four features, three classes. */
typedef struct tables {
    const char *labels;
    const char *edges;
    const char *features;
    const char *train;
    const char *val;
    const char *test;
} tables_t;

static const tables_t good = {"0\n1\n2\n-1\n0\n",
                              "0 1\n1 2\n2 0\n3 4\n",
                              "0 0 1\n0 2 3\n1 1 2\n2 0 0.5\n2 2 0.25\n2 3 0.25\n4 3 1\n",
                              "0\n1\n",
                              "2\n",
                              "4\n"};

static void put(const char *folder, const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    remove(path);
    if (text == NULL)
        return;
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file == NULL)
        return;
    fputs(text, file);
    fclose(file);
}

/* Writes the tables on rank 0. Collective. */
static const char *write_tables(const tables_t *tables)
{
    const char *folder = gph_test_tmp("tables");
    if (gph_test_rank() == 0) {
        mkdir(folder, 0777);
        put(folder, "labels.txt", tables->labels);
        put(folder, "edges.txt", tables->edges);
        put(folder, "features.txt", tables->features);
        put(folder, "train.txt", tables->train);
        put(folder, "val.txt", tables->val);
        put(folder, "test.txt", tables->test);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    return folder;
}

/* Whether this rank's rows are those of the tables. */
static void check_rows(const gph_dataset_t *data)
{
    static const int32_t label[] = {0, 1, 2, -1, 0};
    static const uint8_t split[] = {GPH_SPLIT_TRAIN, GPH_SPLIT_TRAIN, GPH_SPLIT_VALID,
                                    GPH_SPLIT_NONE, GPH_SPLIT_TEST};
    static const float feature[5][4] = {
        {0.25F, 0, 0.75F, 0}, {0, 1, 0, 0}, {0.5F, 0, 0.25F, 0.25F}, {0, 0, 0, 0}, {0, 0, 0, 1}};
    for (int64_t i = 0; i < data->domain.rows; i++) {
        const int64_t v = data->domain.first + i;
        float row[4] = {0};
        for (gph_off_t e = data->sparse.offset[i]; e < data->sparse.offset[i + 1]; e++)
            row[data->sparse.column[e]] = data->sparse.value[e];
        CU_ASSERT_EQUAL(memcmp(row, feature[v], sizeof row), 0);
        CU_ASSERT_EQUAL(data->label[i], label[v]);
        CU_ASSERT_EQUAL(data->split[i], split[v]);
    }
}

static void test_good(void)
{
    gph_context_t *context = gph_test_context();
    gph_data_options_t options = gph_data_options_default();
    gph_dataset_t data;
    char digest[GPH_DIGEST_CHARS];
    options.path = write_tables(&good);
    options.tiles = 3;
    if (!GPH_EXPECT_OK(context, gph_dataset_load(context, &options, &data)))
        return;
    CU_ASSERT_EQUAL(data.features, 4);
    CU_ASSERT_EQUAL(data.classes, 3);
    CU_ASSERT_EQUAL(data.graph->vertices, 5);
    CU_ASSERT_EQUAL(data.graph->edges, 4);
    check_rows(&data);
    gph_test_expect_same("tables", gph_digest_format(data.digest, digest));
    gph_dataset_free(&data);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

/* These tables are refused, and the message holds the words. */
static void refuse(const tables_t *tables, gph_data_options_t options, const char *where,
                   const char *what)
{
    gph_context_t *context = gph_test_context();
    gph_dataset_t data;
    options.path = write_tables(tables);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_dataset_load(context, &options, &data));
    const char *error = gph_context_error(context);
    GPH_EXPECT(strstr(error, where) != NULL && strstr(error, what) != NULL,
               "'%s' does not say '%s' and '%s'", error, where, what);
    CU_ASSERT_TRUE(gph_test_same_text(error));
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
}

static void test_bad(void)
{
    const gph_data_options_t options = gph_data_options_default();
    gph_data_options_t narrow = options;
    tables_t bad = good;
    narrow.features = 3;
    narrow.classes = 3;
    bad.labels = "0\n1\n-2\n0\n0\n";
    refuse(&bad, options, "labels.txt:3:", "out of range");
    bad.labels = "0\n1\n2\n3\n0\n";
    refuse(&bad, narrow, "labels.txt:4:", "out of range");
    bad.labels = "0\nx\n";
    refuse(&bad, options, "labels.txt:2:", "'x'");
    bad = good;
    bad.val = "2\n0\n";
    refuse(&bad, options, "val.txt:2:", "train.txt already");
    bad.val = "3\n";
    refuse(&bad, options, "val.txt:1:", "no label");
    bad.val = "5\n";
    refuse(&bad, options, "val.txt:1:", "no vertex 5");
    bad = good;
    bad.features = "0 0 1\n1 3 1\n";
    refuse(&bad, narrow, "features.txt:2:", "wide");
    bad.features = "0 0 1\n1 3 nan\n";
    refuse(&bad, options, "features.txt:2:", "finite");
    bad.features = "0 0 1\n1 3 1e999\n";
    refuse(&bad, options, "features.txt:2:", "finite");
    bad.features = "0 0 1\n5 3 1\n";
    refuse(&bad, options, "features.txt:2:", "no vertex 5");
    bad.features = "0 0\n";
    refuse(&bad, options, "features.txt:1:", "");
    bad.features = "0 2 1\n0 2 1\n";
    refuse(&bad, options, "features.txt", "twice");
    bad = good;
    bad.labels = NULL;
    refuse(&bad, options, "labels.txt", "no such file");
    bad = good;
    bad.edges = "0 9\n";
    refuse(&bad, options, "", "9");
    bad.edges = NULL;
    refuse(&bad, options, "edges.txt", "");
}

static void test_sbm(void)
{
    gph_context_t *context = gph_test_context();
    gph_data_options_t options = gph_data_options_default();
    gph_dataset_t data;
    char digest[GPH_DIGEST_CHARS];
    int64_t inside = 0;
    int64_t outside = 0;
    options.path = "sbm:n=900,classes=3,features=5,p_in=0.05,p_out=0.01,seed=4";
    options.tiles = 8;
    if (!GPH_EXPECT_OK(context, gph_dataset_load(context, &options, &data)))
        return;
    for (int64_t i = 0; i < data.domain.rows; i++)
        for (gph_off_t e = data.domain.offset[i]; e < data.domain.offset[i + 1]; e++) {
            const gph_gid_t other = gph_graph_gid(data.graph, data.domain.adjacent[e]);
            if (other % 3 == (data.domain.first + i) % 3)
                inside++;
            else
                outside++;
        }
    MPI_Allreduce(MPI_IN_PLACE, &inside, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, &outside, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    /* 134,550 pairs inside with 0.05, 270,000 outside with 0.01, each seen twice; four deviations.
     */
    GPH_EXPECT(inside > 2 * 6400 && inside < 2 * 7050, "%lld inside", (long long)inside);
    GPH_EXPECT(outside > 2 * 2490 && outside < 2 * 2910, "%lld outside", (long long)outside);
    gph_test_expect_same("sbm", gph_digest_format(data.digest, digest));
    gph_dataset_free(&data);
    options.path = "sbm:n=900,colours=3";
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_dataset_load(context, &options, &data));
    gph_context_clear_error(context);
    options.path = "sbm:n=1,classes=1,p_in=1";
    if (GPH_EXPECT_OK(context, gph_dataset_load(context, &options, &data)))
        gph_dataset_free(&data);
}

/* The real tables, where they are there. */
static void test_cora(void)
{
    gph_context_t *context = gph_test_context();
    gph_data_options_t options = gph_data_options_default();
    gph_dataset_t data;
    options.path = gph_test_data("nodes/cora");
    if (options.path == NULL) {
        gph_test_skip("nodes/cora is not there");
        return;
    }
    if (!GPH_EXPECT_OK(context, gph_dataset_load(context, &options, &data)))
        return;
    CU_ASSERT_EQUAL(data.graph->vertices, 2708);
    CU_ASSERT_EQUAL(data.graph->edges, 5278);
    CU_ASSERT_EQUAL(data.features, 1433);
    CU_ASSERT_EQUAL(data.classes, 7);
    gph_dataset_free(&data);
}

GPH_TEST_SUITE(dataset, {"tables", test_good}, {"bad tables name file and line", test_bad},
               {"stochastic block model", test_sbm}, {"Cora", test_cora});
