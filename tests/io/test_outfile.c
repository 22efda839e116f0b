/* Output files: written by all ranks, seen whole or not at all. */
#include "io/file.h"
#include "io_files.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every rank writes its letter at its place. */
static gph_status_t write_letters(gph_context_t *context, gph_outfile_t *file)
{
    const char letter = (char)('a' + context->rank);
    return gph_outfile_write(file, context->rank, &letter, 1);
}

static void expect_content(const char *path, int ranks)
{
    gph_context_t *context = gph_test_context();
    int64_t size = 0;
    char *text = io_slurp(context, path, &size);
    bool ok = text != NULL && size == ranks;

    for (int i = 0; ok && i < ranks; ++i)
        ok = text[i] == 'a' + i;
    GPH_EXPECT(ok, "%s holds %s", path, text != NULL ? text : "nothing");
    gph_free(text);
}

static void test_commit(void)
{
    gph_context_t *context = gph_test_context();
    const char *path = gph_test_tmp("out");
    gph_outfile_t *file = NULL;

    if (!GPH_EXPECT_OK(context, gph_outfile_create(context, path, &file)))
        return;
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_outfile_name(file), "/out.tmp-"));
    CU_ASSERT(gph_test_same_text(gph_outfile_name(file)));
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    GPH_EXPECT_OK(context, gph_outfile_commit(&file, write_letters(context, file)));
    CU_ASSERT_PTR_NULL(file);
    expect_content(path, gph_test_ranks());
    CU_ASSERT_EQUAL(io_count_files(".tmp-"), 0);
}

/* A status that one rank passes takes the whole file back. */
static void test_take_back(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t before = gph_mem_used(context->env);
    const char *path = io_put_text("kept", "old");
    gph_outfile_t *file = NULL;
    gph_status_t status = GPH_OK;
    int64_t size = 0;

    if (!GPH_EXPECT_OK(context, gph_outfile_create(context, path, &file)))
        return;
    status = write_letters(context, file);
    if (context->rank == context->ranks - 1)
        status = gph_fail(context->env, GPH_ERR_VERIFY, "changed its mind");
    GPH_EXPECT_STATUS(context, GPH_ERR_VERIFY, gph_outfile_commit(&file, status));
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "changed its mind");
    CU_ASSERT_PTR_NULL(file);
    char *text = io_slurp(context, path, &size);
    CU_ASSERT(text != NULL && strcmp(text, "old") == 0);
    gph_free(text);
    CU_ASSERT_EQUAL(io_count_files(".tmp-"), 0);
    io_expect_no_leak(context, before);
}

/* A file that was left by a killed run of the same process number is not in the way. */
static void test_left_over(void)
{
    gph_context_t *context = gph_test_context();
    const char *path = gph_test_tmp("again");
    gph_outfile_t *first = NULL;
    gph_outfile_t *second = NULL;

    GPH_EXPECT_OK(context, gph_outfile_create(context, path, &first));
    GPH_EXPECT_OK(context, gph_outfile_create(context, path, &second));
    if (first != NULL && second != NULL) {
        CU_ASSERT_STRING_NOT_EQUAL(gph_outfile_name(first), gph_outfile_name(second));
        GPH_EXPECT_OK(context, gph_outfile_commit(&first, write_letters(context, first)));
        GPH_EXPECT_OK(context, gph_outfile_commit(&second, write_letters(context, second)));
    }
    expect_content(path, gph_test_ranks());
}

/* The mode is what the user's mask allows, as for any new file. */
static void test_mode(void)
{
    gph_context_t *context = gph_test_context();
    const char *path = gph_test_tmp("mode");
    gph_outfile_t *file = NULL;
    struct stat info = {0};
    const mode_t mask = umask(027);

    if (GPH_EXPECT_OK(context, gph_outfile_create(context, path, &file)))
        GPH_EXPECT_OK(context, gph_outfile_commit(&file, write_letters(context, file)));
    umask(mask);
    CU_ASSERT_EQUAL(stat(path, &info), 0);
    CU_ASSERT_EQUAL(info.st_mode & 0777, 0640);
}

GPH_TEST_SUITE(io_outfile, {"commit makes the file appear", test_commit},
               {"a failure takes it back", test_take_back},
               {"left-over names are passed over", test_left_over},
               {"mode of the file", test_mode});
