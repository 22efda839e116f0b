/* Output files: written under a temporary name beside the final one, synced, then renamed. */
#include "base/checked.h"
#include "io/file.h"
#include "par/comm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Characters that a temporary name adds to the path, with the final NUL. */
enum { NAME_EXTRA = 48 };

/* Names tried before giving up; only left-overs of killed runs are in the way. */
enum { NAME_TRIES = 100 };

#define WRITE_MOST (INT64_C(1) << 30)

struct gph_outfile {
    gph_context_t *context;
    char *path;     /**< final name */
    char *name;     /**< temporary name, the same on all ranks */
    int descriptor; /**< -1 when closed */
    bool created;   /**< on rank 0: the temporary file exists */
    bool part;      /**< stays when the file is not committed */
};

static gph_status_t fail_system(const gph_outfile_t *file, const char *what, int number)
{
    char text[GPH_SYSTEM_CHARS];
    return gph_fail(file->context->env, GPH_ERR_SYSTEM, "%s: %s failed: %s",
                    gph_path_shown(file->path), what, gph_system_text(number, text));
}

static gph_status_t allocate(gph_context_t *context, const char *path, gph_outfile_t **file)
{
    gph_status_t status = GPH_OK;
    const int64_t length = (int64_t)strlen(path) + 1;

    GPH_TRY(gph_calloc(context->env, 1, sizeof **file, file));
    (*file)->context = context;
    (*file)->descriptor = -1;
    GPH_TRY(gph_alloc(context->env, length, 1, &(*file)->path));
    memcpy((*file)->path, path, (size_t)length);
    GPH_TRY(gph_calloc(context->env, length + NAME_EXTRA, 1, &(*file)->name));

cleanup:
    return status;
}

/* Rank 0: creates the file under a name that nobody has. */
static gph_status_t create_new(gph_outfile_t *file)
{
    const size_t room = strlen(file->path) + 1 + NAME_EXTRA;
    struct stat info;

    if (stat(file->path, &info) == 0 && S_ISDIR(info.st_mode))
        return gph_fail(file->context->env, GPH_ERR_SYSTEM,
                        "%s: is a directory; name a file to write", gph_path_shown(file->path));
    for (int i = 0; i < NAME_TRIES && file->descriptor < 0; ++i) {
        snprintf(file->name, room, "%s.tmp-%ld-%d", file->path, (long)getpid(), i);
        file->descriptor = open(file->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file->descriptor < 0 && errno != EEXIST)
            return fail_system(file, "creating a file beside it", errno);
    }
    if (file->descriptor < 0)
        return fail_system(file, "creating a file beside it", EEXIST);
    file->created = true;
    return GPH_OK;
}

static gph_status_t open_created(gph_outfile_t *file)
{
    file->descriptor = open(file->name, O_RDWR | O_CLOEXEC);
    if (file->descriptor < 0)
        return fail_system(file, "opening the file that rank 0 created (is the folder shared?)",
                           errno);
    return GPH_OK;
}

/* Closes, removes the temporary file if it is still there, frees. */
static void destroy(gph_outfile_t **file)
{
    if (*file == NULL)
        return;
    if ((*file)->descriptor >= 0)
        close((*file)->descriptor);
    if ((*file)->created && !(*file)->part)
        unlink((*file)->name);
    gph_free((*file)->path);
    gph_free((*file)->name);
    gph_free(*file);
    *file = NULL;
}

gph_status_t gph_outfile_create(gph_context_t *context, const char *path, gph_outfile_t **file)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *made = NULL;

    GPH_TRY_ALL(context, allocate(context, path, &made));
    GPH_TRY_ALL(context, context->rank == 0 ? create_new(made) : GPH_OK);
    GPH_TRY(gph_comm_bcast(context, 0, (int64_t)strlen(path) + 1 + NAME_EXTRA, made->name));
    GPH_TRY_ALL(context, context->rank == 0 ? GPH_OK : open_created(made));
    *file = made;
    made = NULL;

cleanup:
    destroy(&made);
    // No rank returns before rank 0 has removed the file of a failure.
    return status == GPH_OK ? GPH_OK : gph_comm_agree(context, status);
}

/* Rank 0: opens or makes the part file, and cuts it to what is wanted. */
static gph_status_t open_part(gph_outfile_t *file, int64_t keep, int64_t *kept)
{
    struct stat info;

    snprintf(file->name, strlen(file->path) + 1 + NAME_EXTRA, "%s.part", file->path);
    file->descriptor = open(file->name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file->descriptor < 0)
        return fail_system(file, "creating a file beside it", errno);
    file->created = true;
    if (fstat(file->descriptor, &info) != 0)
        return fail_system(file, "looking at the file beside it", errno);
    *kept = info.st_size >= keep ? keep : 0;
    if (ftruncate(file->descriptor, (off_t)*kept) != 0)
        return fail_system(file, "cutting the file beside it", errno);
    return GPH_OK;
}

gph_status_t gph_outfile_open_part(gph_context_t *context, const char *path, int64_t keep,
                                   int64_t *kept, gph_outfile_t **file)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *made = NULL;
    int64_t there = 0;

    GPH_TRY_ALL(context, allocate(context, path, &made));
    made->part = true;
    GPH_TRY_ALL(context, context->rank == 0 ? open_part(made, keep, &there) : GPH_OK);
    GPH_TRY(gph_comm_bcast(context, 0, sizeof there, &there));
    GPH_TRY(gph_comm_bcast(context, 0, (int64_t)strlen(path) + 1 + NAME_EXTRA, made->name));
    GPH_TRY_ALL(context, context->rank == 0 ? GPH_OK : open_created(made));
    *kept = there;
    *file = made;
    made = NULL;

cleanup:
    destroy(&made);
    // No rank returns before rank 0 has removed the file of a failure.
    return status == GPH_OK ? GPH_OK : gph_comm_agree(context, status);
}

int gph_outfile_descriptor(const gph_outfile_t *file)
{
    return file->descriptor;
}

void gph_outfile_discard(gph_outfile_t **file)
{
    if (*file != NULL)
        (*file)->part = false;
    destroy(file);
}

const char *gph_outfile_name(const gph_outfile_t *file)
{
    return file->name;
}

static gph_status_t fail_write(gph_env_t *env, const char *path, int number)
{
    char text[GPH_SYSTEM_CHARS];
    return gph_fail(env, GPH_ERR_SYSTEM, "%s: writing failed: %s", gph_path_shown(path),
                    gph_system_text(number, text));
}

gph_status_t gph_file_write(gph_env_t *env, int descriptor, const char *path, int64_t offset,
                            const void *bytes, int64_t size)
{
    int64_t done = 0;

    if (gph_fault_strikes(env, GPH_FAULT_WRITE))
        return fail_write(env, path, ENOSPC);
    while (done < size) {
        const int64_t left = size - done;
        const ssize_t part =
            pwrite(descriptor, (const char *)bytes + done,
                   (size_t)(left < WRITE_MOST ? left : WRITE_MOST), (off_t)(offset + done));
        if (part < 0 && errno != EINTR)
            return fail_write(env, path, errno);
        if (part == 0)
            return fail_write(env, path, EIO);
        if (part > 0)
            done += part;
    }
    return GPH_OK;
}

gph_status_t gph_outfile_write(gph_outfile_t *file, int64_t offset, const void *bytes, int64_t size)
{
    return gph_file_write(file->context->env, file->descriptor, file->path, offset, bytes, size);
}

/* Every rank makes its own writes durable. Some systems report a failed write only here. */
static gph_status_t sync_and_close(gph_outfile_t *file)
{
    if (gph_fault_strikes(file->context->env, GPH_FAULT_SYNC))
        return fail_system(file, "syncing", EIO);
    if (fsync(file->descriptor) != 0)
        return fail_system(file, "syncing", errno);
    const int descriptor = file->descriptor;
    file->descriptor = -1;
    if (close(descriptor) != 0)
        return fail_system(file, "closing", errno);
    return GPH_OK;
}

/* Makes the new name durable. Systems that cannot sync a folder keep names without it. */
static gph_status_t sync_folder(gph_outfile_t *file)
{
    gph_status_t status = GPH_OK;
    char *slash = strrchr(file->name, '/');
    const char *folder = slash == NULL ? "." : slash == file->name ? "/" : file->name;

    // The temporary name is spent after the rename, so it may be cut into the folder's.
    if (slash != NULL && slash != file->name)
        *slash = '\0';
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return GPH_OK; // a folder may be writable and not readable
    if (fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP)
        status = fail_system(file, "syncing the folder", errno);
    close(descriptor);
    return status;
}

static gph_status_t publish(gph_outfile_t *file)
{
    if (gph_fault_strikes(file->context->env, GPH_FAULT_RENAME))
        return fail_system(file, "renaming", EIO);
    if (rename(file->name, file->path) != 0)
        return fail_system(file, "renaming", errno);
    file->created = false;
    return sync_folder(file);
}

gph_status_t gph_outfile_commit(gph_outfile_t **file, gph_status_t status)
{
    if (*file == NULL)
        return status;
    gph_context_t *context = (*file)->context;
    GPH_TRY_ALL(context, status);
    GPH_TRY_ALL(context, sync_and_close(*file));
    GPH_TRY_ALL(context, context->rank == 0 ? publish(*file) : GPH_OK);

cleanup:
    destroy(file);
    return status == GPH_OK ? GPH_OK : gph_comm_agree(context, status);
}
