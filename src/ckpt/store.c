/* Checkpoint files: names, rotation, and the I/O thread. */
#include "ckpt/store.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/sort.h"
#include "ckpt/seal.h"
#include "par/comm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_CHARS = 4096 };

struct gph_store {
    gph_context_t *context;
    MPI_Comm comm; /* of the I/O threads: their messages never meet the others' */
    char folder[PATH_CHARS - 64];
    int keep;
    int64_t found;  /* files at the start */
    int64_t number; /* of the last file written */
    bool told;      /* that writing is synchronous */
    /* The write under way. */
    pthread_t thread;
    bool running; /* begun and not joined; the same on all ranks */
    bool started; /* in a thread of its own */
    atomic_bool finished;
    gph_snapshot_t *snapshot;
    gph_status_t status;
    double seconds; /* of the last write */
    double longest;
};

gph_checkpoint_options_t gph_checkpoint_options_default(void)
{
    return (gph_checkpoint_options_t){.every = 600, .keep = 2};
}

gph_checkpoint_cost_t gph_context_checkpoint_cost(const gph_context_t *context)
{
    return (gph_checkpoint_cost_t){context->ckpt_written, context->ckpt_stall, context->ckpt_write};
}

static void file_name(const gph_store_t *store, int64_t number, const char *suffix,
                      char path[PATH_CHARS])
{
    snprintf(path, PATH_CHARS, "%s/checkpoint-%06" PRId64 ".h5%s", store->folder, number, suffix);
}

/* Number of a checkpoint file's name, or -1. */
static int64_t number_of(const char *name)
{
    int64_t number = -1;
    int end = 0;
    if (sscanf(name, "checkpoint-%" SCNd64 ".h5%n", &number, &end) != 1 || end == 0 ||
        name[end] != '\0')
        return -1;
    return number;
}

/* Opens the folder, and creates it (not its parents) where it is missing. Rank 0. */
static gph_status_t open_folder(const gph_store_t *store, DIR **folder)
{
    gph_env_t *env = store->context->env;
    const char *path = store->folder;

    DIR *opened = opendir(path);
    if (opened == NULL && errno == ENOENT) {
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return gph_fail(env, GPH_ERR_USAGE,
                            "%s: no folder for checkpoints can be created: %s; check the folder "
                            "that it is to be in",
                            path, strerror(errno));
        opened = opendir(path);
    }
    if (opened == NULL)
        return gph_fail(env, GPH_ERR_USAGE, "%s: not a folder for checkpoints: %s", path,
                        strerror(errno));
    *folder = opened;
    return GPH_OK;
}

/* Numbers of the checkpoints in the folder, ascending. Rank 0. */
static gph_status_t list_numbers(const gph_store_t *store, gph_array_t *numbers)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = store->context->env;
    const struct dirent *entry = NULL;
    DIR *folder = NULL;

    GPH_TRY(open_folder(store, &folder));
    while ((entry = readdir(folder)) != NULL) {
        const int64_t number = number_of(entry->d_name);
        if (number >= 0)
            GPH_TRY(gph_array_push(numbers, &number));
    }
    GPH_TRY(gph_sort_i64(env, numbers->count, numbers->data));

cleanup:
    if (folder != NULL)
        closedir(folder);
    return status;
}

static gph_status_t look(gph_store_t *store)
{
    gph_array_t numbers = gph_array_init(store->context->env, sizeof(int64_t));
    gph_status_t status = list_numbers(store, &numbers);
    const int64_t *number = numbers.data;
    if (status == GPH_OK && access(store->folder, W_OK | X_OK) != 0)
        status = gph_fail(store->context->env, GPH_ERR_USAGE, "%s: can't be written to: %s",
                          store->folder, strerror(errno));
    if (status == GPH_OK) {
        store->found = numbers.count;
        store->number = numbers.count > 0 ? number[numbers.count - 1] : 0;
    }
    gph_array_free(&numbers);
    return status;
}

static gph_status_t make(gph_context_t *context, const gph_checkpoint_options_t *options,
                         gph_store_t **store)
{
    if (options->keep < 1 || !(options->every >= 0))
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "checkpoints: at least 1 must be kept, and the time between them is not "
                        "negative");
    if (strlen(options->directory) >= sizeof(*store)->folder)
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "the name of the checkpoint folder is too long");
    return gph_calloc(context->env, 1, sizeof **store, store);
}

gph_status_t gph_store_open(gph_context_t *context, const gph_checkpoint_options_t *options,
                            gph_store_t **store)
{
    gph_status_t status = GPH_OK;
    gph_store_t *made = NULL;

    GPH_TRY_ALL(context, make(context, options, &made));
    made->context = context;
    made->comm = MPI_COMM_NULL;
    made->keep = options->keep;
    snprintf(made->folder, sizeof made->folder, "%s", options->directory);
    GPH_TRY_ALL(context, context->rank == 0 ? look(made) : GPH_OK);
    GPH_TRY(gph_comm_bcast(context, 0, sizeof made->found, &made->found));
    GPH_TRY(gph_comm_bcast(context, 0, sizeof made->number, &made->number));
    MPI_Comm_dup(context->comm, &made->comm);
    *store = made;
    made = NULL;

cleanup:
    gph_free(made);
    return status;
}

int64_t gph_store_found(const gph_store_t *store)
{
    return store->found;
}

double gph_store_seconds(const gph_store_t *store)
{
    return store->longest;
}

/* --- writing -------------------------------------------------------------------------------- */

/* Syncs the folder, so that new names outlive a crash. */
static gph_status_t sync_folder(const gph_store_t *store)
{
    const int descriptor = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return GPH_OK; /* some file systems have no such thing */
    const int code = fsync(descriptor);
    close(descriptor);
    if (code != 0 && errno != EINVAL && errno != ENOTSUP)
        return gph_fail(store->context->env, GPH_ERR_SYSTEM, "%s: syncing failed: %s",
                        store->folder, strerror(errno));
    return GPH_OK;
}

/* Removes all but the newest files. A file that can't be removed does no harm. */
static void prune(const gph_store_t *store, int64_t keep)
{
    gph_array_t numbers = gph_array_init(store->context->env, sizeof(int64_t));
    char path[PATH_CHARS];
    if (list_numbers(store, &numbers) == GPH_OK) {
        const int64_t *number = numbers.data;
        for (int64_t i = 0; i < numbers.count - keep; ++i) {
            file_name(store, number[i], "", path);
            unlink(path);
        }
    }
    gph_array_free(&numbers);
}

/* Rank 0: the closed file becomes a checkpoint. */
static gph_status_t publish(const gph_store_t *store, const char *temporary, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = store->context->env;

    GPH_TRY(gph_seal_append(env, temporary));
    if (gph_fault_strikes(env, GPH_FAULT_RENAME) || rename(temporary, path) != 0)
        GPH_TRY(gph_fail(env, GPH_ERR_SYSTEM, "%s: renaming to its final name failed", temporary));
    GPH_TRY(sync_folder(store));
    prune(store, store->keep);

cleanup:
    return status;
}

/* The whole write, on every rank's I/O thread. */
static void *write_snapshot(void *data)
{
    gph_store_t *store = data;
    char path[PATH_CHARS];
    char temporary[PATH_CHARS];
    const double began = gph_clock_now();
    int worst = 0;

    file_name(store, store->number, "", path);
    file_name(store, store->number, ".tmp", temporary);
    gph_status_t status = gph_snapshot_write(store->snapshot, store->comm, temporary);
    worst = (int)status;
    MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_INT, MPI_MAX, store->comm);
    if (worst == GPH_OK && store->context->rank == 0)
        status = publish(store, temporary, path);
    if (store->context->rank == 0 && (status != GPH_OK || worst != GPH_OK))
        unlink(temporary);
    gph_snapshot_destroy(&store->snapshot);
    store->status = status;
    store->seconds = gph_clock_now() - began;
    atomic_store(&store->finished, true);
    return NULL;
}

bool gph_store_busy(const gph_store_t *store)
{
    return store->running && !atomic_load(&store->finished);
}

gph_status_t gph_store_join(gph_store_t *store)
{
    gph_context_t *context = store->context;
    const double began = gph_clock_now();
    if (!store->running)
        return GPH_OK; /* on all ranks: writes begin together */
    if (store->started)
        pthread_join(store->thread, NULL);
    store->running = false;
    const gph_status_t status = gph_comm_agree(context, store->status);
    context->ckpt_write += store->seconds;
    context->ckpt_stall += gph_clock_now() - began;
    context->ckpt_written += status == GPH_OK;
    store->longest = store->seconds > store->longest ? store->seconds : store->longest;
    return status;
}

/* Begins a thread; where there can be none, writes at once. */
static void begin_write(gph_store_t *store)
{
    atomic_store(&store->finished, false);
    store->status = GPH_OK;
    const bool alone = !store->context->thread_multiple;
    if (alone && !store->told) {
        store->told = true;
        gph_log_root(store->context, GPH_LOG_WARN,
                     "MPI gives no MPI_THREAD_MULTIPLE: work waits while checkpoints are written");
    }
    store->running = true;
    store->started = !alone && pthread_create(&store->thread, NULL, write_snapshot, store) == 0;
    if (!store->started)
        (void)write_snapshot(store);
}

gph_status_t gph_store_save(gph_store_t *store, gph_snapshot_t *snapshot)
{
    gph_context_t *context = store->context;
    gph_status_t status = gph_store_join(store);
    if (status != GPH_OK) {
        gph_snapshot_destroy(&snapshot);
        return status;
    }
    const double began = gph_clock_now();
    store->number += 1;
    store->snapshot = snapshot;
    begin_write(store);
    context->ckpt_stall += gph_clock_now() - began;
    return status;
}

void gph_store_close(gph_store_t **store)
{
    if (store == NULL || *store == NULL)
        return;
    (void)gph_store_join(*store);
    if ((*store)->comm != MPI_COMM_NULL)
        MPI_Comm_free(&(*store)->comm);
    gph_free(*store);
    *store = NULL;
}

/* --- reading -------------------------------------------------------------------------------- */

/* Rank 0: number of the newest good checkpoint, -1 when there is none at all. */
static gph_status_t find_good(gph_store_t *store, int64_t *good)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = store->context->env;
    gph_array_t numbers = gph_array_init(env, sizeof(int64_t));
    gph_snapshot_t *snapshot = NULL;
    char path[PATH_CHARS];

    *good = -1;
    GPH_TRY(list_numbers(store, &numbers));
    const int64_t *number = numbers.data;
    for (int64_t i = numbers.count - 1; i >= 0; --i) {
        file_name(store, number[i], "", path);
        status = gph_seal_check(env, path);
        if (status == GPH_OK)
            status = gph_snapshot_open(store->context, path, &snapshot);
        gph_snapshot_destroy(&snapshot);
        if (status == GPH_OK) {
            *good = number[i];
            break;
        }
        gph_log(env, GPH_LOG_WARN, "%s; %s", gph_env_error(env),
                i > 0 ? "using the one before" : "there is none before");
        if (i > 0)
            gph_env_error_clear(env);
    }

cleanup:
    gph_array_free(&numbers);
    return status;
}

gph_status_t gph_store_restore(gph_store_t *store, gph_snapshot_t **snapshot)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = store->context;
    gph_snapshot_t *made = NULL;
    int64_t good = -1;
    char path[PATH_CHARS];

    GPH_TRY_ALL(context, context->rank == 0 ? find_good(store, &good) : GPH_OK);
    GPH_TRY(gph_comm_bcast(context, 0, sizeof good, &good));
    if (good >= 0) {
        file_name(store, good, "", path);
        GPH_TRY_ALL(context, gph_snapshot_open(context, path, &made));
        gph_log_root(context, GPH_LOG_INFO, "going on from %s", path);
    }
    *snapshot = made;
    made = NULL;

cleanup:
    gph_snapshot_destroy(&made);
    return status;
}

gph_status_t gph_store_clear(gph_store_t *store)
{
    const gph_status_t status = gph_store_join(store);
    if (status == GPH_OK && store->context->rank == 0)
        prune(store, 0);
    return status;
}
