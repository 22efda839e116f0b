/* Seals: magic, length of the content and its XXH3 digest, in the last bytes of a file. */
#include "ckpt/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

typedef struct seal {
    char magic[8];
    uint64_t size;
    XXH128_canonical_t digest;
} seal_t;

_Static_assert(sizeof(seal_t) == GPH_SEAL_BYTES, "a seal has no padding");

static const char magic[8] = {'g', 'p', 'h', 's', 'e', 'a', 'l', '1'};

enum { PIECE = 1 << 20 };

static gph_status_t fail_system(gph_env_t *env, const char *path, const char *what)
{
    return gph_fail(env, GPH_ERR_SYSTEM, "%s: %s failed: %s", path, what, strerror(errno));
}

/* Digest of the first `size` bytes. */
static gph_status_t digest_file(gph_env_t *env, int descriptor, const char *path, int64_t size,
                                XXH128_canonical_t *digest)
{
    gph_status_t status = GPH_OK;
    unsigned char *piece = NULL;
    XXH3_state_t *state = XXH3_createState();
    int64_t at = 0;

    if (state == NULL)
        return gph_fail(env, GPH_ERR_MEMORY, "no memory for a digest");
    XXH3_128bits_reset(state);
    GPH_TRY(gph_alloc(env, PIECE, 1, &piece));
    while (at < size) {
        const int64_t want = size - at < PIECE ? size - at : PIECE;
        const ssize_t got = pread(descriptor, piece, (size_t)want, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            GPH_TRY(fail_system(env, path, "reading"));
        XXH3_128bits_update(state, piece, (size_t)got);
        at += got;
    }
    XXH128_canonicalFromHash(digest, XXH3_128bits_digest(state));

cleanup:
    gph_free(piece);
    XXH3_freeState(state);
    return status;
}

static gph_status_t write_seal(gph_env_t *env, int descriptor, const char *path, int64_t size,
                               const seal_t *seal)
{
    if (gph_fault_strikes(env, GPH_FAULT_WRITE)) {
        errno = ENOSPC;
        return fail_system(env, path, "writing");
    }
    const ssize_t wrote = pwrite(descriptor, seal, sizeof *seal, (off_t)size);
    if (wrote != (ssize_t)sizeof *seal) {
        errno = wrote < 0 ? errno : ENOSPC;
        return fail_system(env, path, "writing");
    }
    if (gph_fault_strikes(env, GPH_FAULT_SYNC)) {
        errno = EIO;
        return fail_system(env, path, "syncing");
    }
    return fsync(descriptor) == 0 ? GPH_OK : fail_system(env, path, "syncing");
}

gph_status_t gph_seal_append(gph_env_t *env, const char *path)
{
    gph_status_t status = GPH_OK;
    seal_t seal = {.size = 0};
    struct stat info;
    const int descriptor = open(path, O_RDWR | O_CLOEXEC);

    if (descriptor < 0)
        return fail_system(env, path, "opening");
    if (fstat(descriptor, &info) != 0)
        GPH_TRY(fail_system(env, path, "looking at"));
    memcpy(seal.magic, magic, sizeof magic);
    seal.size = (uint64_t)info.st_size;
    GPH_TRY(digest_file(env, descriptor, path, info.st_size, &seal.digest));
    GPH_TRY(write_seal(env, descriptor, path, info.st_size, &seal));

cleanup:
    if (close(descriptor) != 0 && status == GPH_OK)
        status = fail_system(env, path, "closing");
    return status;
}

gph_status_t gph_seal_check(gph_env_t *env, const char *path)
{
    gph_status_t status = GPH_OK;
    seal_t seal;
    XXH128_canonical_t digest;
    struct stat info;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0)
        return fail_system(env, path, "opening");
    if (fstat(descriptor, &info) != 0)
        GPH_TRY(fail_system(env, path, "looking at"));
    const int64_t size = (int64_t)info.st_size - (int64_t)sizeof seal;
    if (size < 0 || pread(descriptor, &seal, sizeof seal, (off_t)size) != (ssize_t)sizeof seal ||
        memcmp(seal.magic, magic, sizeof magic) != 0 || seal.size != (uint64_t)size)
        GPH_TRY(gph_fail(env, GPH_ERR_INPUT,
                         "%s: not a whole checkpoint: its end is missing or damaged", path));
    GPH_TRY(digest_file(env, descriptor, path, size, &digest));
    if (memcmp(&digest, &seal.digest, sizeof digest) != 0)
        GPH_TRY(
            gph_fail(env, GPH_ERR_INPUT, "%s: damaged: the digest of its content differs", path));

cleanup:
    close(descriptor);
    return status;
}
