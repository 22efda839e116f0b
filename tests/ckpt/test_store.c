/* The store: rotation, damage, and what is left when writing fails. */
#include "ckpt/seal.h"
#include "ckpt/store.h"
#include "gph_test.h"
#include "par/comm.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** A fresh folder for one test. Collective. */
static const char *make_folder(const char *name)
{
    const char *path = gph_test_tmp(name);
    if (gph_test_rank() == 0)
        mkdir(path, 0777);
    MPI_Barrier(MPI_COMM_WORLD);
    return path;
}

static int files_in(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return count;
}

static gph_store_t *open_store(gph_context_t *context, const char *folder)
{
    gph_checkpoint_options_t options = gph_checkpoint_options_default();
    gph_store_t *store = NULL;
    options.directory = folder;
    GPH_EXPECT_OK(context, gph_store_open(context, &options, &store));
    return store;
}

/** Saves a snapshot of one number. Collective. */
static gph_status_t save(gph_context_t *context, gph_store_t *store, int64_t number)
{
    gph_snapshot_t *snapshot = NULL;
    gph_status_t status = gph_snapshot_create(context, &snapshot);
    if (status == GPH_OK)
        status = gph_snapshot_put_i64(snapshot, "number", number);
    status = gph_comm_agree(context, status);
    if (status != GPH_OK) {
        gph_snapshot_destroy(&snapshot);
        return status;
    }
    status = gph_store_save(store, snapshot);
    const gph_status_t joined = gph_store_join(store);
    return status != GPH_OK ? status : joined;
}

/** The number of the newest good snapshot; -1: none; -2: refused. Collective. */
static int64_t restore(gph_context_t *context, const char *folder)
{
    gph_store_t *store = open_store(context, folder);
    gph_snapshot_t *snapshot = NULL;
    int64_t number = -1;
    const gph_status_t status = gph_store_restore(store, &snapshot);
    if (status != GPH_OK)
        number = -2;
    else if (snapshot != NULL)
        GPH_EXPECT_OK(context, gph_snapshot_i64(snapshot, "number", &number));
    gph_snapshot_destroy(&snapshot);
    gph_store_close(&store);
    gph_context_clear_error(context);
    return number;
}

static void test_rotates(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t used = gph_mem_used(context->env);
    const char *folder = make_folder("rotates");
    CU_ASSERT_EQUAL(restore(context, folder), -1);
    gph_store_t *store = open_store(context, folder);
    CU_ASSERT_EQUAL(gph_store_found(store), 0);
    for (int64_t i = 1; i <= 5; ++i)
        GPH_EXPECT_OK(context, save(context, store, i));
    MPI_Barrier(MPI_COMM_WORLD);
    CU_ASSERT_EQUAL(files_in(folder), 2);
    gph_store_close(&store);
    CU_ASSERT_EQUAL(restore(context, folder), 5);
    store = open_store(context, folder);
    CU_ASSERT_EQUAL(gph_store_found(store), 2);
    GPH_EXPECT_OK(context, gph_store_clear(store));
    MPI_Barrier(MPI_COMM_WORLD);
    CU_ASSERT_EQUAL(files_in(folder), 0);
    gph_store_close(&store);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
}

/** Reads a whole file. Rank 0. */
static unsigned char *slurp(const char *path, long *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    if (file && fseek(file, 0, SEEK_END) == 0 && (*size = ftell(file)) >= 0) {
        rewind(file);
        bytes = malloc((size_t)*size + 1);
        if (fread(bytes, 1, (size_t)*size, file) != (size_t)*size)
            *size = -1;
    }
    if (file)
        fclose(file);
    return bytes;
}

static void spill(const char *path, const unsigned char *bytes, long size)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_TRUE(file != NULL && fwrite(bytes, 1, (size_t)size, file) == (size_t)size);
    if (file)
        fclose(file);
}

/** Every one of 100 single flipped bits, and every cut, is noticed by the seal. Rank 0 works. */
static void test_damage_is_noticed(void)
{
    gph_context_t *context = gph_test_context();
    const char *folder = make_folder("damage");
    gph_store_t *store = open_store(context, folder);
    GPH_EXPECT_OK(context, save(context, store, 11));
    gph_store_close(&store);
    if (gph_test_rank() == 0) {
        char good[512];
        snprintf(good, sizeof good, "%s/checkpoint-000001.h5", folder);
        const char *bad = gph_test_tmp("damaged.h5");
        long size = 0;
        unsigned char *bytes = slurp(good, &size);
        GPH_EXPECT_OK(context, gph_seal_check(context->env, good));
        unsigned int state = 12345;
        for (int i = 0; i < 100; ++i) {
            state = state * 1103515245U + 12345U;
            const long at = (long)(state >> 3) % size;
            bytes[at] ^= (unsigned char)(1U << (state & 7));
            spill(bad, bytes, size);
            GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_seal_check(context->env, bad));
            gph_env_error_clear(context->env);
            bytes[at] ^= (unsigned char)(1U << (state & 7));
        }
        for (long cut = 0; cut < size; cut += size / 50 + 1) {
            spill(bad, bytes, cut);
            GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_seal_check(context->env, bad));
            gph_env_error_clear(context->env);
        }
        free(bytes);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    CU_ASSERT_EQUAL(restore(context, folder), 11);
}

/** Cuts the end off a checkpoint of a folder. Collective. */
static void damage(const char *folder, int number)
{
    if (gph_test_rank() == 0) {
        char path[512];
        snprintf(path, sizeof path, "%s/checkpoint-%06d.h5", folder, number);
        CU_ASSERT_EQUAL(truncate(path, 100), 0);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

static void test_falls_back(void)
{
    gph_context_t *context = gph_test_context();
    const char *folder = make_folder("fallback");
    gph_store_t *store = open_store(context, folder);
    GPH_EXPECT_OK(context, save(context, store, 1));
    GPH_EXPECT_OK(context, save(context, store, 2));
    gph_store_close(&store);
    damage(folder, 2);
    CU_ASSERT_EQUAL(restore(context, folder), 1);
    if (gph_test_rank() == 0)
        CU_ASSERT_TRUE(gph_test_logged("not a whole checkpoint"));
    damage(folder, 1);
    CU_ASSERT_EQUAL(restore(context, folder), -2);
}

/** Without MPI_THREAD_MULTIPLE a checkpoint is written when gph_store_save() returns, and the log
 * says so once. */
static void test_one_thread(void)
{
    gph_context_t *context = gph_test_context();
    const bool multiple = context->thread_multiple;
    const char *folder = make_folder("onethread");
    gph_snapshot_t *snapshot = NULL;
    context->thread_multiple = false;
    gph_store_t *store = open_store(context, folder);
    GPH_EXPECT_OK(context, gph_snapshot_create(context, &snapshot));
    GPH_EXPECT_OK(context, gph_snapshot_put_i64(snapshot, "number", 7));
    GPH_EXPECT_OK(context, gph_store_save(store, snapshot));
    CU_ASSERT_FALSE(gph_store_busy(store));
    MPI_Barrier(MPI_COMM_WORLD);
    CU_ASSERT_EQUAL(files_in(folder), 1);
    CU_ASSERT_EQUAL(gph_test_logged("work waits while checkpoints are written"),
                    context->rank == 0);
    gph_context_t *again = gph_test_context(); // forgets the log
    CU_ASSERT_PTR_EQUAL(again, context);
    GPH_EXPECT_OK(context, save(context, store, 8));
    CU_ASSERT_FALSE(gph_test_logged("work waits"));
    gph_store_close(&store);
    CU_ASSERT_EQUAL(restore(context, folder), 8);
    context->thread_multiple = multiple;
}

static void test_new_folder(void)
{
    gph_context_t *context = gph_test_context();
    const char *folder = gph_test_tmp("new");
    CU_ASSERT_NOT_EQUAL(access(folder, F_OK), 0);
    MPI_Barrier(MPI_COMM_WORLD);
    gph_store_t *store = open_store(context, folder);
    GPH_EXPECT_OK(context, save(context, store, 5));
    gph_store_close(&store);
    CU_ASSERT_EQUAL(restore(context, folder), 5);
}

static void test_no_folder(void)
{
    gph_context_t *context = gph_test_context();
    gph_checkpoint_options_t options = gph_checkpoint_options_default();
    gph_store_t *store = NULL;
    options.directory = gph_test_tmp("nowhere/deeper");
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_store_open(context, &options, &store));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "nowhere/deeper: no folder"));
    gph_context_clear_error(context);
    options.directory = gph_test_source("CMakeLists.txt");
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_store_open(context, &options, &store));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "not a folder"));
    gph_context_clear_error(context);
    options.directory = gph_test_tmpdir();
    options.keep = 0;
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE, gph_store_open(context, &options, &store));
    CU_ASSERT_PTR_NULL(store);
    gph_context_clear_error(context);
}

/** The nth call of a kind fails on one rank: all ranks say so, and what was there stays good. */
static void break_save(gph_context_t *context, gph_fault_t kind, int victim)
{
    char name[64];
    snprintf(name, sizeof name, "broken-%d-%d", (int)kind, victim);
    const char *folder = make_folder(name);
    const int64_t used = gph_mem_used(context->env);
    bool failed = true;
    for (int64_t nth = 1; failed && nth < 200; ++nth) {
        gph_store_t *store = open_store(context, folder);
        GPH_EXPECT_OK(context, save(context, store, 100));
        gph_fault_plan(context->env, kind, context->rank == victim ? nth : 0);
        const gph_status_t status = save(context, store, 101);
        gph_fault_plan(context->env, kind, 0);
        failed = status != GPH_OK;
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        if (failed)
            CU_ASSERT_TRUE(status == GPH_ERR_SYSTEM || status == GPH_ERR_MEMORY);
        gph_context_clear_error(context);
        CU_ASSERT_EQUAL(restore(context, folder), failed ? 100 : 101);
        GPH_EXPECT_OK(context, gph_store_clear(store));
        gph_store_close(&store);
        MPI_Barrier(MPI_COMM_WORLD);
        CU_ASSERT_EQUAL(files_in(folder), 0);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    CU_ASSERT_FALSE(failed);
}

static void test_failing_calls(void)
{
    gph_context_t *context = gph_test_context();
    for (int kind = 0; kind < GPH_FAULT_KINDS; ++kind) {
        break_save(context, (gph_fault_t)kind, 0);
        if (context->ranks > 1)
            break_save(context, (gph_fault_t)kind, context->ranks - 1);
    }
}

GPH_TEST_SUITE(ckpt_store, {"the last two are kept, the newest is restored", test_rotates},
               {"flipped bits and cuts are noticed", test_damage_is_noticed},
               {"a damaged newest one is reported and passed over", test_falls_back},
               {"without threads in MPI it writes at once and says so once", test_one_thread},
               {"a missing folder is created", test_new_folder},
               {"what can be no folder is refused", test_no_folder},
               {"a failing call on one rank leaves the last checkpoint good", test_failing_calls});
