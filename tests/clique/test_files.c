/* Result files: the rows and counts of the result, the same bytes on any ranks and threads. */
#include "base/hash.h"
#include "dist/build.h"
#include "gph/gph.h"
#include "gph_test.h"
#include "graph/graph.h"
#include "oracle.h"

#include <dirent.h>
#include <hdf5.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES = 1 << 22 };

/** Reads a whole file on rank 0; -1 when that fails. The other ranks get 0. */
static int64_t read_file(const char *path, char *text)
{
    FILE *file = gph_test_rank() == 0 ? fopen(path, "r") : NULL;
    if (file == NULL)
        return gph_test_rank() == 0 ? -1 : 0;
    const size_t got = fread(text, 1, FILE_BYTES - 1, file);
    text[got] = '\0';
    return fclose(file) == 0 ? (int64_t)got : -1;
}

/** The bytes of a file are the same in all runs of this program. */
static void expect_same_bytes(const char *key, const char *text, int64_t bytes)
{
    uint64_t half[2] = {0, 0};
    char digest[GPH_DIGEST_CHARS];
    if (gph_test_rank() == 0 && bytes >= 0) {
        const gph_digest_t sum = gph_digest_bytes(text, (size_t)bytes);
        half[0] = sum.high;
        half[1] = sum.low;
    }
    MPI_Bcast(half, 2, MPI_UINT64_T, 0, MPI_COMM_WORLD);
    gph_test_expect_same(key, gph_digest_format((gph_digest_t){half[0], half[1]}, digest));
}

static int64_t entries_in(const char *folder)
{
    int64_t count = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return -1;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/** On rank 0: the text file holds the rows, in order. */
static void check_text(const char *path, int k, const int64_t *rows, int64_t count, char *text)
{
    const int64_t bytes = read_file(path, text);
    char *at = text;
    int64_t wrong = bytes < 0;
    for (int64_t i = 0; gph_test_rank() == 0 && bytes >= 0 && i < count * k; i++) {
        char *end = NULL;
        wrong += strtoll(at, &end, 10) != rows[i] || *end != ((i + 1) % k == 0 ? '\n' : ' ');
        at = end + (*end != '\0');
    }
    if (gph_test_rank() == 0)
        wrong += at != text + bytes;
    CU_ASSERT_EQUAL(wrong, 0);
    expect_same_bytes(strrchr(path, '/'), text, bytes);
}

static void check_binary(const char *path, int k, const int64_t *rows, int64_t count, char *text)
{
    const int64_t bytes = read_file(path, text);
    if (gph_test_rank() == 0) {
        CU_ASSERT_EQUAL(bytes, count * k * 8);
        CU_ASSERT_EQUAL(memcmp(text, rows, (size_t)(count * k) * sizeof *rows), 0);
    }
    expect_same_bytes(strrchr(path, '/'), text, bytes);
}

/** Reads a dataset of 64-bit words [rows × columns] on rank 0; false when it is not like that. */
static bool read_dataset(hid_t file, const char *name, hid_t type, int64_t rows, int64_t columns,
                         void *words)
{
    hsize_t size[2] = {0, 1};
    const hid_t data = H5Dopen2(file, name, H5P_DEFAULT);
    if (data < 0)
        return false;
    const hid_t space = H5Dget_space(data);
    bool ok = H5Sget_simple_extent_dims(space, size, NULL) == (columns > 0 ? 2 : 1);
    ok = ok && size[0] == (hsize_t)rows && (columns == 0 || size[1] == (hsize_t)columns);
    ok = ok && H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, words) >= 0;
    H5Sclose(space);
    H5Dclose(data);
    return ok;
}

static void check_hdf5(const char *path, int k, const int64_t *rows, int64_t count, char *text)
{
    if (gph_test_rank() != 0)
        return;
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT_TRUE(file >= 0);
    if (file < 0)
        return;
    CU_ASSERT_TRUE(read_dataset(file, "cliques", H5T_NATIVE_INT64, count, k, text));
    CU_ASSERT_EQUAL(memcmp(text, rows, (size_t)(count * k) * sizeof *rows), 0);
    H5Fclose(file);
}

static void check_lists(gph_context_t *context, const gph_graph_t *graph, int number, int k)
{
    static const char *const suffixes[] = {"txt", "bin", "h5"};
    typedef void check_fn(const char *, int, const int64_t *, int64_t, char *);
    static check_fn *const checks[] = {check_text, check_binary, check_hdf5};
    static char text[FILE_BYTES];
    for (int i = 0; i < 3; i++) {
        gph_clique_options_t options = gph_clique_options_default();
        gph_clique_result_t *result = NULL;
        int64_t *rows = NULL;
        char name[32];
        snprintf(name, sizeof name, "lists/s%dk%d.%s", number, k, suffixes[i]);
        options.k = k;
        options.keep_list = true;
        options.list_path = gph_test_tmp(name);
        options.tiles = i == 1 ? 33 : 0;
        if (GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)) &&
            GPH_EXPECT_OK(context, gph_clique_rows_combine(result, &rows)))
            checks[i](options.list_path, k, rows, (int64_t)gph_clique_count(result), text);
        gph_clique_rows_free(rows);
        gph_clique_result_destroy(&result);
    }
}

static void test_lists(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    if (gph_test_rank() == 0)
        CU_ASSERT_EQUAL(mkdir(gph_test_tmp("lists"), 0777), 0);
    MPI_Barrier(MPI_COMM_WORLD);
    for (int number = 1; number < ORACLE_SAMPLES; number += 3) {
        gph_graph_t *graph = NULL;
        oracle_sample(number, &oracle);
        if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
            continue;
        for (int k = 1; k <= 5; k += 2)
            check_lists(context, graph, number, k);
        gph_graph_destroy(&graph);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    MPI_Barrier(MPI_COMM_WORLD);
    /* Three graphs, three k, three formats, and nothing else. */
    CU_ASSERT_EQUAL(entries_in(gph_test_tmp("lists")), 27);
}

/** On rank 0: `id<tab>count` a line, by id. */
static void check_tsv(const char *path, const oracle_t *oracle, const int64_t *wanted, char *text)
{
    const int64_t bytes = read_file(path, text);
    char *at = text;
    int wrong = bytes < 0;
    for (int v = 0; gph_test_rank() == 0 && bytes >= 0 && v < oracle->n; v++) {
        char line[64];
        const int length =
            snprintf(line, sizeof line, "%" PRId64 "\t%" PRId64 "\n", oracle->id[v], wanted[v]);
        wrong += strncmp(at, line, (size_t)length) != 0;
        at += length;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    if (gph_test_rank() == 0)
        CU_ASSERT_PTR_EQUAL(at, text + bytes);
    expect_same_bytes(strrchr(path, '/'), text, bytes);
}

static void check_columns(const char *path, const oracle_t *oracle, const int64_t *wanted)
{
    int64_t words[ORACLE_MOST];
    const size_t bytes = (size_t)oracle->n * sizeof *words;
    if (gph_test_rank() != 0)
        return;
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT_TRUE(file >= 0);
    if (file < 0)
        return;
    CU_ASSERT_TRUE(read_dataset(file, "id", H5T_NATIVE_INT64, oracle->n, 0, words));
    CU_ASSERT_EQUAL(memcmp(words, oracle->id, bytes), 0);
    CU_ASSERT_TRUE(read_dataset(file, "count", H5T_NATIVE_UINT64, oracle->n, 0, words));
    CU_ASSERT_EQUAL(memcmp(words, wanted, bytes), 0);
    CU_ASSERT_TRUE(H5Lexists(file, "count_high", H5P_DEFAULT) == 0);
    H5Fclose(file);
}

static void test_vertex_counts(void)
{
    static oracle_t oracle;
    static char text[FILE_BYTES];
    int64_t wanted[ORACLE_MOST];
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    oracle_sample(9, &oracle);
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    for (int k = 1; k <= 4; k++)
        for (int hdf5 = 0; hdf5 < 2; hdf5++) {
            gph_clique_options_t options = gph_clique_options_default();
            gph_clique_result_t *result = NULL;
            char name[32];
            snprintf(name, sizeof name, "vertices%d.%s", k, hdf5 ? "h5" : "tsv");
            options.k = k;
            options.per_vertex_path = gph_test_tmp(name);
            oracle_vertex_counts(&oracle, k, wanted);
            if (!GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)))
                continue;
            if (hdf5)
                check_columns(options.per_vertex_path, &oracle, wanted);
            else
                check_tsv(options.per_vertex_path, &oracle, wanted, text);
            gph_clique_result_destroy(&result);
        }
    gph_graph_destroy(&graph);
}

/** Counts beyond 64 bits stand in two columns. */
static void test_high(void)
{
    gph_context_t *context = gph_test_context();
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    gph_graph_t *graph = NULL;
    uint64_t low[100];
    uint64_t high[100];
    int wrong = 0;
    options.k = 50;
    options.per_vertex = true;
    options.per_vertex_path = gph_test_tmp("high.h5");
    if (GPH_EXPECT_OK(context,
                      gph_graph_load(context, "complete:n=100", GPH_FORMAT_AUTO, &graph)) &&
        GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result)) && gph_test_rank() == 0) {
        /* Each vertex is in k/n of the cliques. */
        const gph_count_t wanted = gph_clique_count(result) / 2;
        const hid_t file = H5Fopen(options.per_vertex_path, H5F_ACC_RDONLY, H5P_DEFAULT);
        const bool there = file >= 0 &&
                           read_dataset(file, "count", H5T_NATIVE_UINT64, 100, 0, low) &&
                           read_dataset(file, "count_high", H5T_NATIVE_UINT64, 100, 0, high);
        CU_ASSERT_TRUE(there);
        for (int v = 0; there && v < 100; v++)
            wrong += low[v] != (uint64_t)wanted || high[v] != (uint64_t)(wanted >> 64);
        CU_ASSERT_EQUAL(wrong, 0);
        if (file >= 0)
            H5Fclose(file);
    }
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
}

/** Edges of the complete graph of five vertices with names, one of them with a tab. */
static gph_status_t name_edges(gph_context_t *context, gph_edges_t *edges)
{
    static const char *const names[] = {"a", "tab\there", "c", "", "e"};
    gph_status_t status = GPH_OK;
    const int64_t begin = gph_block_start(5, context->ranks, context->rank);
    edges->vertices = 5;
    edges->names.count = gph_block_start(5, context->ranks, context->rank + 1) - begin;
    GPH_TRY(gph_alloc(context->env, 10, sizeof *edges->edge, &edges->edge));
    GPH_TRY(gph_calloc(context->env, 6, sizeof(int64_t), &edges->names.offset));
    GPH_TRY(gph_alloc(context->env, 64, 1, &edges->names.bytes));
    for (int64_t v = 0; context->rank == 0 && v < 5; v++)
        for (int64_t u = 0; u < v; u++)
            edges->edge[edges->count++] = (gph_edge_t){u, v};
    for (int64_t i = 0; i < edges->names.count; i++) {
        const size_t length = strlen(names[begin + i]);
        memcpy(edges->names.bytes + edges->names.offset[i], names[begin + i], length);
        edges->names.offset[i + 1] = edges->names.offset[i] + (int64_t)length;
    }

cleanup:
    return status;
}

/** Vertices with names are listed by name in text, separated by tabs. */
static void test_names(void)
{
    static char text[FILE_BYTES];
    gph_context_t *context = gph_test_context();
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    gph_graph_t *graph = NULL;
    gph_edges_t edges = gph_edges_init();
    const int64_t start = gph_mem_used(context->env);
    options.k = 4;
    options.list_path = gph_test_tmp("names.txt");
    options.per_vertex_path = gph_test_tmp("names.tsv");
    if (!gph_test_all(name_edges(context, &edges) == GPH_OK)) {
        gph_edges_free(&edges);
        return;
    }
    if (GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph)) &&
        GPH_EXPECT_OK(context, gph_clique_find(graph, &options, &result))) {
        (void)read_file(options.list_path, text);
        if (gph_test_rank() == 0)
            CU_ASSERT_STRING_EQUAL(text, "a\ttab\\there\tc\t\n"
                                         "a\ttab\\there\tc\te\n"
                                         "a\ttab\\there\t\te\n"
                                         "a\tc\t\te\n"
                                         "tab\\there\tc\t\te\n");
        (void)read_file(options.per_vertex_path, text);
        if (gph_test_rank() == 0)
            CU_ASSERT_STRING_EQUAL(text, "a\t4\ntab\\there\t4\nc\t4\n\t4\ne\t4\n");
    }
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** Files that can't be made: no folder, or a folder of that name. */
static void test_unwritable(void)
{
    static oracle_t oracle;
    static const char *const names[] = {"none/list.h5", "none/list.txt", "none/list.bin",
                                        "folder.h5",    "folder.txt",    "folder.bin"};
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    oracle_sample(6, &oracle);
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    const int64_t start = gph_mem_used(context->env);
    for (int i = 0; i < 6; i++) {
        gph_clique_options_t options = gph_clique_options_default();
        gph_clique_result_t *result = NULL;
        options.list_path = gph_test_tmp(names[i]);
        if (i >= 3 && gph_test_rank() == 0)
            CU_ASSERT_EQUAL(mkdir(options.list_path, 0777), 0);
        gph_context_clear_error(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_SYSTEM, gph_clique_find(graph, &options, &result));
        CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), names[i]));
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
        CU_ASSERT_PTR_NULL(result);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    }
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(files, {"lists in every format hold the rows", test_lists},
               {"counts of vertices in both formats", test_vertex_counts},
               {"counts of more than 64 bits", test_high},
               {"names in the place of ids", test_names},
               {"that can't be made are an error on all ranks", test_unwritable});
