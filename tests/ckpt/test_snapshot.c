/* Snapshots: what is put in comes back, on every rank, in any part; other files are refused. */
#include "ckpt/snapshot.h"
#include "gph_test.h"
#include "io/hdf5_rows.h"
#include "par/tiles.h"

#include <string.h>
#include <unistd.h>

enum { ELEMENTS = 1000 };

/** Word w of element i of the array that the tests save. */
static uint64_t word_of(int64_t i, int64_t w)
{
    return (uint64_t)i * 2654435761U + (uint64_t)w;
}

/** A snapshot of two words an element, of which each rank has an even block. */
static gph_snapshot_t *make_snapshot(gph_context_t *context)
{
    uint64_t words[2 * ELEMENTS];
    const int64_t first = gph_block_start(ELEMENTS, context->ranks, context->rank);
    const int64_t count = gph_block_start(ELEMENTS, context->ranks, context->rank + 1) - first;
    gph_snapshot_t *snapshot = NULL;
    for (int64_t i = 0; i < count; ++i)
        for (int64_t w = 0; w < 2; ++w)
            words[2 * i + w] = word_of(first + i, w);
    GPH_EXPECT_OK(context, gph_snapshot_create(context, &snapshot));
    GPH_EXPECT_OK(context, gph_snapshot_put_text(snapshot, "identity", "k=4\ninput=a b\n"));
    GPH_EXPECT_OK(context, gph_snapshot_put_i64(snapshot, "rows", INT64_MIN + 1));
    GPH_EXPECT_OK(context,
                  gph_snapshot_put_array(snapshot, "words", 2, ELEMENTS, first, count, words));
    GPH_EXPECT_OK(context, gph_snapshot_put_array(snapshot, "none", 1, 0, 0, 0, NULL));
    return snapshot;
}

static void write_one(gph_context_t *context, const char *path)
{
    gph_snapshot_t *snapshot = make_snapshot(context);
    GPH_EXPECT_OK(context, gph_snapshot_write(snapshot, context->comm, path));
    gph_snapshot_destroy(&snapshot);
    CU_ASSERT_PTR_NULL(snapshot);
}

static void test_comes_back(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t used = gph_mem_used(context->env);
    const char *path = gph_test_tmp("snapshot.h5");
    gph_snapshot_t *read = NULL;
    uint64_t words[2 * ELEMENTS];
    int64_t rows = 0;

    write_one(context, path);
    GPH_EXPECT_OK(context, gph_snapshot_open(context, path, &read));
    CU_ASSERT_STRING_EQUAL(gph_snapshot_text(read, "identity"), "k=4\ninput=a b\n");
    CU_ASSERT_PTR_NULL(gph_snapshot_text(read, "absent"));
    GPH_EXPECT_OK(context, gph_snapshot_i64(read, "rows", &rows));
    CU_ASSERT_EQUAL(rows, INT64_MIN + 1);
    /* Another part than was written here: each rank reads from its rank-th element to the end. */
    const int64_t first = context->rank;
    GPH_EXPECT_OK(context, gph_snapshot_read_array(read, "words", 2, ELEMENTS, first,
                                                   ELEMENTS - first, words));
    bool same = true;
    for (int64_t i = first; i < ELEMENTS; ++i)
        for (int64_t w = 0; w < 2; ++w)
            same = same && words[2 * (i - first) + w] == word_of(i, w);
    CU_ASSERT_TRUE(same);
    GPH_EXPECT_OK(context, gph_snapshot_read_array(read, "none", 1, 0, 0, 0, words));
    gph_snapshot_destroy(&read);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
}

static void test_missing_parts(void)
{
    gph_context_t *context = gph_test_context();
    const char *path = gph_test_tmp("snapshot.h5");
    gph_snapshot_t *read = NULL;
    uint64_t words[2 * ELEMENTS];
    int64_t number = 7;

    write_one(context, path);
    GPH_EXPECT_OK(context, gph_snapshot_open(context, path, &read));
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_snapshot_i64(read, "absent", &number));
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_snapshot_i64(read, "identity", &number));
    CU_ASSERT_EQUAL(number, 7);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_snapshot_read_array(read, "absent", 2, ELEMENTS, 0, 1, words));
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_snapshot_read_array(read, "words", 2, ELEMENTS - 1, 0, 1, words));
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_snapshot_read_array(read, "words", 1, ELEMENTS, 0, 1, words));
    gph_snapshot_destroy(&read);
}

/** Writes a file of another format or version with the tests' own calls. Collective. */
static void write_other(gph_context_t *context, const char *path, const char *format,
                        const char *version)
{
    gph_h5_out_t out = {context, H5I_INVALID_HID, -1};
    GPH_EXPECT_OK(context, gph_h5_out_create(context, path, format, &out));
    GPH_EXPECT_OK(context, gph_h5_attribute(context->env, out.file, "version", version));
    GPH_EXPECT_OK(context, gph_h5_out_close(&out, GPH_OK));
}

static void test_others_refused(void)
{
    gph_context_t *context = gph_test_context();
    gph_snapshot_t *read = NULL;
    const char *path = gph_test_tmp("other.h5");

    write_other(context, path, "grapheme-cliques", "1");
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_snapshot_open(context, path, &read));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "not a checkpoint"));
    gph_context_clear_error(context);
    write_other(context, path, "grapheme-checkpoint", "2");
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_snapshot_open(context, path, &read));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "newer version"));
    gph_context_clear_error(context);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_snapshot_open(context, gph_test_tmp("nowhere.h5"), &read));
    CU_ASSERT_PTR_NULL(read);
    gph_context_clear_error(context);
}

GPH_TEST_SUITE(ckpt_snapshot, {"texts, numbers and arrays come back in any part", test_comes_back},
               {"missing and misshapen parts are refused", test_missing_parts},
               {"foreign files and newer versions are refused", test_others_refused});
