/* HDF5 files made by others: sound ones of any layout are read, all others refused. */
#include "base/random.h"
#include "io_files.h"

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 16 };

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* What a file holds. The sound one is the path 0 - 1 - 2 with a pendant 3 at 1. */
typedef struct content {
    const char *format; /**< NULL: left out */
    int64_t version;
    int64_t vertices;
    int64_t edges;
    int64_t first_id;
    int64_t offsets[MOST];
    int64_t neighbors[MOST];
    double weights[MOST];
    int64_t ids[MOST];
    int64_t name_offsets[MOST];
    int offset_count; /**< elements; -1: no dataset */
    int neighbor_count;
    int weight_count;
    int id_count;
    int name_offset_count;
    int name_byte_count;
    hid_t integer; /**< type of integers in the file */
    bool chunked;  /**< chunked and compressed */
    bool late;     /**< neighbours are promised and never written */
    bool matrix;   /**< neighbours are a matrix */
    bool real;     /**< neighbours are floating-point numbers */
    bool group;    /**< neighbours are a group */
    bool variable; /**< the format is a string of variable length */
    bool old;      /**< file format without checksums */
} content_t;

static content_t sound(void)
{
    return (content_t){.format = "grapheme-csr",
                       .version = 1,
                       .vertices = 4,
                       .edges = 3,
                       .offsets = {0, 1, 4, 5, 6},
                       .neighbors = {1, 0, 2, 3, 1, 1},
                       .weights = {0.5, 0.5, 2, 3, 2, 3},
                       .ids = {3, 10, 11, 900},
                       .name_offsets = {0, 1, 2, 4, 5},
                       .offset_count = 5,
                       .neighbor_count = 6,
                       .weight_count = -1,
                       .id_count = -1,
                       .name_offset_count = -1,
                       .name_byte_count = -1,
                       .integer = H5T_NATIVE_INT64};
}

static bool put_attribute(hid_t file, const char *name, hid_t type, const void *value)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t id = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const bool ok = H5Awrite(id, type, value) >= 0;
    H5Aclose(id);
    H5Sclose(space);
    return ok;
}

static bool put_format(hid_t file, const char *format, bool variable)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    bool ok = H5Tset_size(type, variable ? H5T_VARIABLE : strlen(format) + 1) >= 0;
    ok = put_attribute(file, "format", type, variable ? (const void *)&format : format) && ok;
    H5Tclose(type);
    return ok;
}

static bool put_data(hid_t file, const content_t *content, const char *name, hid_t type, int count,
                     bool write, hid_t memory, const void *values)
{
    if (count < 0)
        return true;
    const bool neighbors = strcmp(name, "neighbors") == 0;
    const hsize_t size[2] = {(hsize_t)count, 1};
    const hsize_t chunk = 2;
    const hid_t space = H5Screate_simple(neighbors && content->matrix ? 2 : 1, size, NULL);
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (content->chunked && count > 0) {
        H5Pset_chunk(list, 1, &chunk);
        H5Pset_shuffle(list);
        H5Pset_deflate(list, 6);
    }
    const hid_t id = H5Dcreate2(file, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    const bool ok =
        id >= 0 && (!write || H5Dwrite(id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(id);
    H5Pclose(list);
    H5Sclose(space);
    return ok;
}

static bool put_all(hid_t file, const content_t *c)
{
    const hid_t whole = H5T_NATIVE_INT64;
    bool ok = c->format == NULL || put_format(file, c->format, c->variable);

    ok = ok && put_attribute(file, "version", whole, &c->version);
    ok = ok && put_attribute(file, "vertices", whole, &c->vertices);
    ok = ok && put_attribute(file, "edges", whole, &c->edges);
    if (c->first_id != 0)
        ok = ok && put_attribute(file, "first_id", whole, &c->first_id);
    ok = ok && put_data(file, c, "offsets", c->integer, c->offset_count, true, whole, c->offsets);
    if (c->group)
        H5Gclose(H5Gcreate2(file, "neighbors", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    else
        ok = ok && put_data(file, c, "neighbors", c->real ? H5T_NATIVE_FLOAT : c->integer,
                            c->neighbor_count, !c->late, whole, c->neighbors);
    ok = ok && put_data(file, c, "weights", H5T_NATIVE_DOUBLE, c->weight_count, true,
                        H5T_NATIVE_DOUBLE, c->weights);
    ok = ok && put_data(file, c, "ids", c->integer, c->id_count, true, whole, c->ids);
    ok = ok && put_data(file, c, "name_offsets", c->integer, c->name_offset_count, true, whole,
                        c->name_offsets);
    return ok && put_data(file, c, "name_bytes", H5T_NATIVE_UINT8, c->name_byte_count, true,
                          H5T_NATIVE_UINT8, "abcde");
}

/* Writes a file by rank 0. Collective. */
static const char *put_file(const content_t *content)
{
    const char *path = gph_test_tmp("graph.h5");
    bool ok = true;

    if (gph_test_rank() == 0) {
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        if (!content->old)
            H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
        const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
        ok = file >= 0 && put_all(file, content);
        if (file >= 0 && H5Fclose(file) < 0)
            ok = false;
        H5Pclose(access);
    }
    GPH_EXPECT(gph_test_all(ok), "%s could not be written", path);
    return path;
}

static void test_sound(void)
{
    static const io_edge_t dense[] = {{0, 1, 0}, {1, 2, 0}, {1, 3, 0}};
    static const io_edge_t shifted[] = {{5, 6, 0.5}, {6, 7, 2}, {6, 8, 3}};
    static const io_edge_t sparse[] = {{3, 10, 0}, {10, 11, 0}, {10, 900, 0}};
    content_t content = sound();

    io_expect_edges(put_file(&content), GPH_FORMAT_AUTO, 4, 0, 3, dense);
    content.chunked = true;
    content.variable = true;
    content.integer = H5T_STD_I32BE;
    io_expect_edges(put_file(&content), GPH_FORMAT_AUTO, 4, 0, 3, dense);
    content.weight_count = 6;
    content.first_id = 5;
    content.integer = H5T_STD_U16LE;
    io_expect_edges(put_file(&content), GPH_FORMAT_HDF5, 4, 5, 3, shifted);
    content = sound();
    content.id_count = 4;
    io_expect_edges(put_file(&content), GPH_FORMAT_AUTO, -1, 0, 3, sparse);
}

static void test_no_vertices(void)
{
    content_t content = sound();

    content.vertices = 0;
    content.edges = 0;
    content.offset_count = 1;
    content.neighbor_count = 0;
    io_expect_edges(put_file(&content), GPH_FORMAT_AUTO, 0, 0, 0, NULL);
}

#define DAMAGED         "; the file is damaged"
#define OFFSETS_WRONG   "its offsets are not ascending within the file's" DAMAGED
#define NEIGHBORS_WRONG "its neighbours are not ascending numbers of other vertices" DAMAGED

static void refuse(const content_t *content, const char *message)
{
    io_expect_refused(put_file(content), GPH_FORMAT_AUTO, message);
}

static void test_attributes(void)
{
    content_t content = sound();

    content.format = NULL;
    refuse(&content, ": attribute \"format\" is missing or not a single string; is this a graph "
                     "written by gph?");
    content.format = "grapheme-tree";
    refuse(&content, ": attribute \"format\" is not \"grapheme-csr\"; is this a graph written by "
                     "gph?");
    content.format = "grapheme-csr and much more than that";
    refuse(&content, ": attribute \"format\" is not \"grapheme-csr\"; is this a graph written by "
                     "gph?");
    content = sound();
    content.version = 2;
    refuse(&content, ": is of version 2; this program reads version 1");
    content = sound();
    content.vertices = -4;
    refuse(&content, ": attribute vertices, edges or first_id is negative or too large");
    content = sound();
    content.edges = INT64_MAX;
    refuse(&content, ": attribute vertices, edges or first_id is negative or too large");
    content = sound();
    content.first_id = INT64_MAX - 2;
    refuse(&content, ": attribute vertices, edges or first_id is negative or too large");
}

static void test_datasets(void)
{
    content_t content = sound();

    content.offset_count = -1;
    refuse(&content, ": dataset \"offsets\" is missing; is this a graph written by gph?");
    content.offset_count = 4;
    refuse(&content, ": dataset \"offsets\" has 4 elements, but the attributes promise 5");
    content = sound();
    content.neighbor_count = 7;
    refuse(&content, ": dataset \"neighbors\" has 7 elements, but the attributes promise 6");
    content = sound();
    content.weight_count = 5;
    refuse(&content, ": dataset \"weights\" has 5 elements, but the attributes promise 6");
    content = sound();
    content.late = true;
    refuse(&content, ": dataset \"neighbors\" promises more numbers than the file holds");
    content = sound();
    content.matrix = true;
    refuse(&content, ": dataset \"neighbors\" is not one-dimensional");
    content = sound();
    content.real = true;
    refuse(&content, ": dataset \"neighbors\" does not hold integers");
    content = sound();
    content.id_count = 4;
    content.name_offset_count = 5;
    content.name_byte_count = 5;
    refuse(&content, ": has both ids and names; a graph has one or the other");
    content.id_count = -1;
    content.name_byte_count = -1;
    refuse(&content, ": dataset \"name_bytes\" is missing; is this a graph written by gph?");
}

static void test_numbers(void)
{
    content_t content = sound();

    content.offsets[0] = 1;
    refuse(&content, ": vertex 0: the first offset is not 0" DAMAGED);
    content = sound();
    content.offsets[2] = 0;
    refuse(&content, ": vertex 1: " OFFSETS_WRONG);
    content.offsets[2] = 7;
    refuse(&content, ": vertex 1: " OFFSETS_WRONG);
    content.offsets[2] = -1;
    refuse(&content, ": vertex 1: " OFFSETS_WRONG);
    content = sound();
    content.offsets[4] = 5;
    refuse(&content, ": vertex 4: the last offset is not the number of elements" DAMAGED);
    content = sound();
    content.neighbors[2] = 4;
    refuse(&content, ": vertex 1: " NEIGHBORS_WRONG);
    content.neighbors[2] = 1;
    refuse(&content, ": vertex 1: " NEIGHBORS_WRONG);
    content.neighbors[2] = 0;
    refuse(&content, ": vertex 1: " NEIGHBORS_WRONG);
    content = sound();
    content.neighbors[5] = -1;
    refuse(&content, ": vertex 3: " NEIGHBORS_WRONG);
    content.neighbors[5] = 0;
    refuse(&content,
           ": some edge is in the row of only one of its ends, or with two weights" DAMAGED);
    content = sound();
    content.weight_count = 6;
    content.weights[4] = 2.5;
    refuse(&content,
           ": some edge is in the row of only one of its ends, or with two weights" DAMAGED);
    content.weights[4] = NAN;
    refuse(&content, ": vertex 2: an edge has a weight that is not finite");
}

static void test_labels(void)
{
    content_t content = sound();

    content.id_count = 4;
    content.ids[0] = -1;
    refuse(&content, ": vertex 0: its id is negative or not above the one before" DAMAGED);
    content = sound();
    content.id_count = 4;
    content.ids[2] = 10;
    refuse(&content, ": vertex 2: its id is negative or not above the one before" DAMAGED);
    content = sound();
    content.name_offset_count = 5;
    content.name_byte_count = 5;
    content.name_offsets[3] = 6;
    refuse(&content, ": vertex 2: " OFFSETS_WRONG);
    content.name_offsets[3] = 4;
    content.name_offsets[4] = 4;
    refuse(&content, ": vertex 4: the last offset is not the number of elements" DAMAGED);
}

/* Neither HDF5, nor a file that HDF5 can open, nor one that is whole. */
static void test_other_files(void)
{
    gph_context_t *context = gph_test_context();
    content_t content = sound();
    int64_t size = 0;

    content.old = true;
    io_expect_refused(put_file(&content), GPH_FORMAT_AUTO,
                      ": is in a format of HDF5 that has no checksums; rewrite it with h5repack "
                      "--latest");
    content.old = false;
    io_expect_refused(io_put_text("x.h5", "0 1\n"), GPH_FORMAT_AUTO,
                      ": does not begin like an HDF5 file; give the format that it has");
    char *bytes = io_slurp(context, put_file(&content), &size);
    if (!gph_test_all(bytes != NULL))
        return;
    for (int64_t cut = 8; cut < size; cut += size / 23 + 1) {
        gph_edges_t edges = gph_edges_init();
        const char *path = io_put("cut.h5", bytes, cut);
        context = gph_test_context();
        GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                          gph_read_edges(context, path, GPH_FORMAT_AUTO, &edges));
        GPH_EXPECT(gph_test_same_text(gph_context_error(context)), "messages differ");
    }
    gph_free(bytes);
}

/* Files with random bytes changed are read or refused, the same on all ranks, without harm. HDF5
 * forgets to free what it failed to read, and says so at exit unless its messages are off. */
static void test_changed_bytes(void)
{
    enum { ROUNDS = 60 };
    if (SANITIZED) {
        gph_test_skip("HDF5 leaks memory on damaged files");
        return;
    }
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    gph_context_t *context = gph_test_context();
    content_t content = sound();
    int64_t size = 0;

    content.id_count = 4;
    content.chunked = true;
    char *bytes = io_slurp(context, put_file(&content), &size);
    if (!gph_test_all(bytes != NULL))
        return;
    for (uint64_t round = 0; round < ROUNDS; ++round) {
        gph_edges_t edges = gph_edges_init();
        char kept[4];
        int64_t place[4];
        for (uint64_t i = 0; i < 4; ++i) {
            const uint64_t bits = gph_random_u64(3, round, i);
            place[i] = (int64_t)(bits % (uint64_t)(size < 4000 || i % 2 ? size : 2400));
            kept[i] = bytes[place[i]];
            bytes[place[i]] = (char)(bits >> 50);
        }
        const char *path = io_put("changed.h5", bytes, size);
        context = gph_test_context();
        const gph_status_t status = gph_read_edges(context, path, GPH_FORMAT_HDF5, &edges);
        GPH_EXPECT(gph_test_same_i64(status), "round %d: statuses differ", (int)round);
        GPH_EXPECT(status == GPH_OK || status == GPH_ERR_INPUT, "round %d: %s", (int)round,
                   gph_context_error(context));
        gph_edges_free(&edges);
        for (int i = 3; i >= 0; --i)
            bytes[place[i]] = kept[i];
    }
    gph_free(bytes);
}

static int handler_calls;

static herr_t count_call(hid_t stack, void *data)
{
    (void)stack;
    *(int *)data += 1;
    return 0;
}

/* HDF5 prints nothing of our failures, and the program's own handler is there as before. */
static void test_handler(void)
{
    content_t content = sound();
    H5E_auto2_t handler = NULL;
    H5E_auto2_t before = NULL;
    void *data = NULL;
    void *data_before = NULL;

    H5Eget_auto2(H5E_DEFAULT, &before, &data_before);
    H5Eset_auto2(H5E_DEFAULT, count_call, &handler_calls);
    content.group = true;
    gph_context_t *context = gph_test_context();
    gph_edges_t edges = gph_edges_init();
    const char *path = put_file(&content);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_read_edges(context, path, GPH_FORMAT_AUTO, &edges));
    CU_ASSERT_EQUAL(handler_calls, 0);
    H5Eget_auto2(H5E_DEFAULT, &handler, &data);
    CU_ASSERT_PTR_EQUAL((void *)(uintptr_t)handler, (void *)(uintptr_t)count_call);
    CU_ASSERT_PTR_EQUAL(data, &handler_calls);
    H5Eset_auto2(H5E_DEFAULT, before, data_before);
}

GPH_TEST_SUITE(io_hdf5, {"sound files of any layout", test_sound},
               {"a graph without vertices", test_no_vertices}, {"attributes", test_attributes},
               {"datasets of wrong shape", test_datasets},
               {"numbers that make no graph", test_numbers}, {"ids and names", test_labels},
               {"other and truncated files", test_other_files},
               {"changed bytes", test_changed_bytes}, {"HDF5's error handler", test_handler});
