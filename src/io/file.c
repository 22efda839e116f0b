/* Input files: opening, reading by offset, and the messages for what cannot be read. */
#include "io/file.h"

#include "par/comm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a path that a message shows. */
enum { PATH_SHOWN = 400 };

/* Most bytes asked of one system call: some systems refuse 2^31 and more. */
#define READ_MOST (INT64_C(1) << 30)

const char *gph_path_shown(const char *path)
{
    const size_t length = strlen(path);
    return length > PATH_SHOWN ? path + (length - PATH_SHOWN) : path;
}

bool gph_path_ends(const char *path, const char *end)
{
    const size_t length = strlen(path);
    const size_t tail = strlen(end);
    return length > tail && strcmp(path + length - tail, end) == 0;
}

const char *gph_system_text(int number, char text[GPH_SYSTEM_CHARS])
{
    if (strerror_r(number, text, GPH_SYSTEM_CHARS) != 0)
        snprintf(text, GPH_SYSTEM_CHARS, "system error %d", number);
    return text;
}

static gph_status_t fail_open(gph_context_t *context, const char *path, int number)
{
    char text[GPH_SYSTEM_CHARS];

    if (number == ENOENT || number == ENOTDIR)
        return gph_fail(context->env, GPH_ERR_INPUT, "%s: no such file; check the path",
                        gph_path_shown(path));
    if (number == EACCES || number == EPERM)
        return gph_fail(context->env, GPH_ERR_INPUT, "%s: may not be read; check its permissions",
                        gph_path_shown(path));
    return gph_fail(context->env, GPH_ERR_INPUT, "%s: cannot be opened: %s", gph_path_shown(path),
                    gph_system_text(number, text));
}

static gph_status_t check_kind(gph_context_t *context, const char *path, const struct stat *info)
{
    const char *shown = gph_path_shown(path);

    if (S_ISDIR(info->st_mode))
        return gph_fail(context->env, GPH_ERR_INPUT, "%s: is a directory; name a file in it",
                        shown);
    if (!S_ISREG(info->st_mode))
        return gph_fail(context->env, GPH_ERR_INPUT,
                        "%s: is not a regular file; store a pipe or device in a file first", shown);
    if (info->st_size == 0)
        return gph_fail(context->env, GPH_ERR_INPUT, "%s: the file is empty (0 bytes)", shown);
    return GPH_OK;
}

gph_status_t gph_file_open(gph_context_t *context, const char *path, int *descriptor, int64_t *size)
{
    gph_status_t status = GPH_OK;
    struct stat info = {0};

    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0 || fstat(opened, &info) != 0)
        GPH_TRY(fail_open(context, path, errno));
    GPH_TRY(check_kind(context, path, &info));
    *descriptor = opened;
    *size = info.st_size;
    opened = -1;

cleanup:
    gph_file_close(opened);
    return status;
}

gph_status_t gph_file_open_all(gph_context_t *context, const char *path, int *descriptor,
                               int64_t *size)
{
    gph_status_t status = GPH_OK;
    int opened = -1;
    int64_t bytes = 0;
    int64_t extreme[2] = {0, 0};

    GPH_TRY_ALL(context, gph_file_open(context, path, &opened, &bytes));
    extreme[0] = bytes;
    extreme[1] = -bytes;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 2, extreme));
    if (extreme[0] != -extreme[1])
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "%s: has %" PRId64 " bytes on one rank and %" PRId64
                         " on another; use a folder that all nodes share",
                         gph_path_shown(path), extreme[0], -extreme[1]));
    *descriptor = opened;
    *size = bytes;
    opened = -1;

cleanup:
    gph_file_close(opened);
    return status;
}

void gph_file_close(int descriptor)
{
    // Nothing was written, so there is nothing that a failing close could lose.
    if (descriptor >= 0)
        close(descriptor);
}

gph_status_t gph_file_read(gph_context_t *context, int descriptor, const char *path, int64_t offset,
                           int64_t size, void *bytes, int64_t *got)
{
    int64_t done = 0;

    while (done < size) {
        const int64_t left = size - done;
        const ssize_t part =
            pread(descriptor, (char *)bytes + done, (size_t)(left < READ_MOST ? left : READ_MOST),
                  (off_t)(offset + done));
        if (part < 0 && errno != EINTR) {
            char text[GPH_SYSTEM_CHARS];
            return gph_fail(context->env, GPH_ERR_SYSTEM,
                            "%s: reading failed at byte %" PRId64 ": %s", gph_path_shown(path),
                            offset + done, gph_system_text(errno, text));
        }
        if (part == 0)
            break;
        if (part > 0)
            done += part;
    }
    /* The system fetches what will be asked for next while these bytes are worked on. */
    (void)posix_fadvise(descriptor, (off_t)(offset + done), (off_t)size, POSIX_FADV_WILLNEED);
    *got = done;
    return GPH_OK;
}
