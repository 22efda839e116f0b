/* Snapshots: items in memory, and their HDF5 file. */
#include "ckpt/snapshot.h"

#include "base/array.h"
#include "base/hash.h"
#include "io/file.h"
#include "io/hdf5_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORMAT "grapheme-checkpoint"

/* One named text or array. */
typedef struct item {
    char name[32];
    char *text;      /* text, or NULL */
    int64_t width;   /* array: words an element */
    int64_t total;   /* array: elements over all ranks */
    int64_t first;   /* array: of this rank */
    int64_t count;   /* array: of this rank */
    uint64_t *words; /* array: [count × width] */
} item_t;

struct gph_snapshot {
    gph_context_t *context;
    gph_array_t items; /* item_t */
    int sync_first;    /* descriptor, or -1 */
    hid_t file;        /* open file, or invalid */
};

gph_status_t gph_snapshot_create(gph_context_t *context, gph_snapshot_t **snapshot)
{
    gph_snapshot_t *made = NULL;
    const gph_status_t status = gph_calloc(context->env, 1, sizeof *made, &made);
    if (status != GPH_OK)
        return status;
    made->context = context;
    made->items = gph_array_init(context->env, sizeof(item_t));
    made->sync_first = -1;
    made->file = H5I_INVALID_HID;
    *snapshot = made;
    return GPH_OK;
}

void gph_snapshot_destroy(gph_snapshot_t **snapshot)
{
    if (snapshot == NULL || *snapshot == NULL)
        return;
    gph_snapshot_t *old = *snapshot;
    item_t *item = old->items.data;
    for (int64_t i = 0; i < old->items.count; ++i) {
        gph_free(item[i].text);
        gph_free(item[i].words);
    }
    gph_array_free(&old->items);
    if (old->sync_first >= 0)
        close(old->sync_first);
    if (old->file >= 0)
        H5Fclose(old->file);
    gph_free(old);
    *snapshot = NULL;
}

void gph_snapshot_sync_first(gph_snapshot_t *snapshot, int descriptor)
{
    snapshot->sync_first = descriptor;
}

gph_status_t gph_snapshot_put_text(gph_snapshot_t *snapshot, const char *name, const char *text)
{
    gph_status_t status = GPH_OK;
    item_t item = {.width = 0};
    const int64_t length = (int64_t)strlen(text) + 1;

    snprintf(item.name, sizeof item.name, "%s", name);
    GPH_TRY(gph_alloc(snapshot->context->env, length, 1, &item.text));
    memcpy(item.text, text, (size_t)length);
    GPH_TRY(gph_array_push(&snapshot->items, &item));
    return GPH_OK;

cleanup:
    gph_free(item.text);
    return status;
}

gph_status_t gph_snapshot_put_i64(gph_snapshot_t *snapshot, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    return gph_snapshot_put_text(snapshot, name, text);
}

gph_status_t gph_snapshot_put_array(gph_snapshot_t *snapshot, const char *name, int64_t width,
                                    int64_t total, int64_t first, int64_t count, const void *words)
{
    gph_status_t status = GPH_OK;
    item_t item = {.width = width, .total = total, .first = first, .count = count};
    const size_t size = (size_t)width * sizeof(uint64_t);

    snprintf(item.name, sizeof item.name, "%s", name);
    GPH_TRY(gph_alloc(snapshot->context->env, count, size, &item.words));
    if (count > 0)
        memcpy(item.words, words, (size_t)count * size);
    GPH_TRY(gph_array_push(&snapshot->items, &item));
    return GPH_OK;

cleanup:
    gph_free(item.words);
    return status;
}

const char *gph_snapshot_text(const gph_snapshot_t *snapshot, const char *name)
{
    const item_t *item = snapshot->items.data;
    for (int64_t i = 0; i < snapshot->items.count; ++i)
        if (item[i].text != NULL && strcmp(item[i].name, name) == 0)
            return item[i].text;
    return NULL;
}

gph_status_t gph_snapshot_i64(const gph_snapshot_t *snapshot, const char *name, int64_t *value)
{
    const char *text = gph_snapshot_text(snapshot, name);
    char *end = NULL;
    if (text == NULL)
        return gph_fail(snapshot->context->env, GPH_ERR_INPUT, "the checkpoint has no '%s'", name);
    const long long number = strtoll(text, &end, 10);
    if (end == text || *end != '\0')
        return gph_fail(snapshot->context->env, GPH_ERR_INPUT,
                        "'%s' of the checkpoint is '%s', not a number", name, text);
    *value = number;
    return GPH_OK;
}

/* --- writing -------------------------------------------------------------------------------- */

/*
 * Rank 0 lays the file out by HDF5, with room for the arrays; then each rank writes its words there
 * by itself. Parallel HDF5 would be simpler, but after a failed write (a full disk) it can neither
 * close the file nor let MPI end.
 */

/* Room for what HDF5 writes beside the arrays. */
enum { METADATA_BYTES = 1 << 18 };

/* Whether any rank has failed. Collective over comm. */
static bool any_failed(MPI_Comm comm, gph_status_t status)
{
    int failed = status != GPH_OK;
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, comm);
    return failed != 0;
}

/* Digest of an array over all ranks: its elements', by number. Collective over comm. */
static void digest_array(const item_t *item, MPI_Comm comm, gph_digest_t *all, char *text)
{
    gph_digest_t sum = {0, 0};
    int ranks = 0;
    MPI_Comm_size(comm, &ranks);
    for (int64_t i = 0; i < item->count; ++i)
        gph_digest_add(&sum,
                       gph_digest_item((uint64_t)(item->first + i), item->words + i * item->width,
                                       (size_t)item->width * sizeof *item->words));
    MPI_Allgather(&sum, (int)sizeof sum, MPI_BYTE, all, (int)sizeof sum, MPI_BYTE, comm);
    sum = (gph_digest_t){0, 0};
    for (int r = 0; r < ranks; ++r)
        gph_digest_add(&sum, all[r]);
    gph_digest_format(sum, text);
}

/* Makes the dataset of an array; *offset receives where its words belong in the file. */
static gph_status_t lay_array(gph_env_t *env, hid_t file, const item_t *item, const char *digest,
                              int64_t *offset)
{
    gph_status_t status = GPH_OK;
    const hsize_t size[2] = {(hsize_t)item->total, (hsize_t)item->width};
    const hid_t space = H5Screate_simple(2, size, NULL);
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    hid_t dataset = H5I_INVALID_HID;

    GPH_TRY(gph_h5_ok(env, H5Pset_alloc_time(layout, H5D_ALLOC_TIME_EARLY), "set allocation"));
    GPH_TRY(gph_h5_ok(env, H5Pset_fill_time(layout, H5D_FILL_TIME_NEVER), "set fill time"));
    dataset =
        H5Dcreate2(file, item->name, H5T_NATIVE_UINT64, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    GPH_TRY(gph_h5_ok(env, dataset, "create a dataset"));
    GPH_TRY(gph_h5_attribute(env, dataset, "digest", digest));
    *offset = item->total > 0 ? (int64_t)H5Dget_offset(dataset) : 0;
    if (*offset < 0)
        GPH_TRY(gph_fail(env, GPH_ERR_SYSTEM, "HDF5 tells no place of array '%s'", item->name));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    H5Pclose(layout);
    H5Sclose(space);
    return status;
}

/* Makes sure that there is room for the whole file. */
static gph_status_t reserve(const gph_snapshot_t *snapshot, const char *path)
{
    const item_t *item = snapshot->items.data;
    int64_t bytes = METADATA_BYTES;
    for (int64_t i = 0; i < snapshot->items.count; ++i)
        bytes += item[i].text != NULL ? (int64_t)strlen(item[i].text)
                                      : item[i].total * item[i].width * (int64_t)sizeof(uint64_t);
    const int descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    const int code = descriptor >= 0 ? posix_fallocate(descriptor, 0, (off_t)bytes) : errno;
    if (descriptor >= 0)
        close(descriptor);
    if (code != 0)
        return gph_fail(snapshot->context->env, GPH_ERR_SYSTEM,
                        "%s: no room for a checkpoint of %" PRId64 " bytes: %s", path, bytes,
                        strerror(code));
    return GPH_OK;
}

/* Rank 0: the file with all texts and empty arrays. */
static gph_status_t lay_out(const gph_snapshot_t *snapshot, const char *path,
                            const char (*digest)[GPH_DIGEST_CHARS], int64_t *offset)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = snapshot->context->env;
    const item_t *item = snapshot->items.data;
    char version[16];
    hid_t file = H5I_INVALID_HID;

    snprintf(version, sizeof version, "%d", GPH_SNAPSHOT_VERSION);
    GPH_TRY(reserve(snapshot, path));
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    GPH_TRY(gph_h5_ok(env, file, "create the checkpoint"));
    GPH_TRY(gph_h5_attribute(env, file, "format", FORMAT));
    GPH_TRY(gph_h5_attribute(env, file, "version", version));
    for (int64_t i = 0; i < snapshot->items.count; ++i)
        GPH_TRY(item[i].text != NULL ? gph_h5_attribute(env, file, item[i].name, item[i].text)
                                     : lay_array(env, file, &item[i], digest[i], &offset[i]));

cleanup:
    if (file >= 0 && H5Fclose(file) < 0 && status == GPH_OK)
        status = gph_h5_ok(env, -1, "close the checkpoint");
    return status;
}

/* Writes this rank's words of all arrays to their places, and syncs them. */
static gph_status_t write_words(const gph_snapshot_t *snapshot, const char *path,
                                const int64_t *offset)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = snapshot->context->env;
    const item_t *item = snapshot->items.data;
    const int descriptor = open(path, O_WRONLY | O_CLOEXEC);

    if (descriptor < 0)
        return gph_fail(env, GPH_ERR_SYSTEM, "%s: opening failed: %s", path, strerror(errno));
    for (int64_t i = 0; i < snapshot->items.count; ++i) {
        const int64_t element = item[i].width * (int64_t)sizeof(uint64_t);
        if (item[i].text == NULL)
            GPH_TRY(gph_file_write(env, descriptor, path, offset[i] + item[i].first * element,
                                   item[i].words, item[i].count * element));
    }
    if (gph_fault_strikes(env, GPH_FAULT_SYNC) || fsync(descriptor) != 0)
        GPH_TRY(gph_fail(env, GPH_ERR_SYSTEM, "%s: syncing failed", path));

cleanup:
    close(descriptor);
    return status;
}

gph_status_t gph_snapshot_write(gph_snapshot_t *snapshot, MPI_Comm comm, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = snapshot->context->env;
    const item_t *item = snapshot->items.data;
    const int64_t items = snapshot->items.count;
    char(*digest)[GPH_DIGEST_CHARS] = NULL; /* [items] */
    int64_t *offset = NULL;                 /* [items] */
    gph_digest_t *all = NULL;               /* [ranks] work space */

    if (snapshot->sync_first >= 0 && fsync(snapshot->sync_first) != 0)
        status = gph_fail(env, GPH_ERR_SYSTEM, "syncing the result file failed");
    if (status == GPH_OK)
        status = gph_calloc(env, items, sizeof *digest, &digest);
    if (status == GPH_OK)
        status = gph_calloc(env, items, sizeof *offset, &offset);
    if (status == GPH_OK)
        status = gph_calloc(env, snapshot->context->ranks, sizeof *all, &all);
    if (any_failed(comm, status))
        goto cleanup;
    for (int64_t i = 0; i < items; ++i)
        if (item[i].text == NULL)
            digest_array(&item[i], comm, all, digest[i]);
    if (snapshot->context->rank == 0)
        status = lay_out(snapshot, path, (const char(*)[GPH_DIGEST_CHARS])digest, offset);
    if (any_failed(comm, status))
        goto cleanup;
    MPI_Bcast(offset, (int)items, MPI_INT64_T, 0, comm);
    status = write_words(snapshot, path, offset);
    (void)any_failed(comm, status); /* no rank goes on before the file is whole */

cleanup:
    gph_free(digest);
    gph_free(offset);
    gph_free(all);
    return status;
}

/* --- reading -------------------------------------------------------------------------------- */

/* Text attribute of an object, allocated; NULL when it is missing or no text. */
static gph_status_t read_text(gph_env_t *env, hid_t object, const char *name, char **text)
{
    gph_status_t status = GPH_OK;
    hid_t type = H5I_INVALID_HID;
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);

    *text = NULL;
    if (attribute < 0)
        return GPH_OK;
    type = H5Aget_type(attribute);
    const size_t size = H5Tget_size(type);
    if (H5Tget_class(type) == H5T_STRING && !H5Tis_variable_str(type) && size > 0) {
        GPH_TRY(gph_calloc(env, (int64_t)size + 1, 1, text));
        if (H5Aread(attribute, type, *text) < 0) {
            gph_free(*text);
            *text = NULL;
        }
    }

cleanup:
    if (type >= 0)
        H5Tclose(type);
    H5Aclose(attribute);
    return status;
}

static gph_status_t read_all_texts(gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = snapshot->context->env;
    char name[64];
    const hid_t root = H5Gopen2(snapshot->file, "/", H5P_DEFAULT);
    const int count = root >= 0 ? H5Aget_num_attrs(root) : 0;

    for (int i = 0; i < count; ++i) {
        char *text = NULL;
        if (H5Aget_name_by_idx(snapshot->file, ".", H5_INDEX_NAME, H5_ITER_INC, (hsize_t)i, name,
                               sizeof name, H5P_DEFAULT) < 0)
            continue;
        GPH_TRY(read_text(env, snapshot->file, name, &text));
        if (text != NULL)
            status = gph_snapshot_put_text(snapshot, name, text);
        gph_free(text);
        if (status != GPH_OK)
            break;
    }

cleanup:
    if (root >= 0)
        H5Gclose(root);
    return status;
}

gph_status_t gph_snapshot_open(gph_context_t *context, const char *path, gph_snapshot_t **snapshot)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    gph_snapshot_t *made = NULL;
    const char *format = NULL;
    int64_t version = 0;

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    GPH_TRY(gph_snapshot_create(context, &made));
    made->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (made->file < 0)
        GPH_TRY(gph_fail(env, GPH_ERR_INPUT, "%s: not an HDF5 file", path));
    GPH_TRY(read_all_texts(made));
    format = gph_snapshot_text(made, "format");
    if (format == NULL || strcmp(format, FORMAT) != 0)
        GPH_TRY(gph_fail(env, GPH_ERR_INPUT, "%s: an HDF5 file, but not a checkpoint", path));
    GPH_TRY(gph_snapshot_i64(made, "version", &version));
    if (version > GPH_SNAPSHOT_VERSION)
        GPH_TRY(gph_fail(env, GPH_ERR_INPUT,
                         "%s: written by a newer version of the format (%" PRId64
                         ", this one reads up to %d)",
                         path, version, GPH_SNAPSHOT_VERSION));
    *snapshot = made;
    made = NULL;

cleanup:
    gph_snapshot_destroy(&made);
    return status;
}

gph_status_t gph_snapshot_read_array(const gph_snapshot_t *snapshot, const char *name,
                                     int64_t width, int64_t total, int64_t first, int64_t count,
                                     void *words)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = snapshot->context->env;
    hsize_t size[2] = {0, 0};
    const hsize_t start[2] = {(hsize_t)first, 0};
    const hsize_t wanted[2] = {(hsize_t)count, (hsize_t)width};
    hid_t space = H5I_INVALID_HID;
    hid_t memory = H5I_INVALID_HID;
    const hid_t dataset = H5Dopen2(snapshot->file, name, H5P_DEFAULT);

    if (dataset < 0)
        return gph_fail(env, GPH_ERR_INPUT, "the checkpoint has no array '%s'", name);
    space = H5Dget_space(dataset);
    if (H5Sget_simple_extent_ndims(space) != 2 ||
        H5Sget_simple_extent_dims(space, size, NULL) != 2 || size[0] != (hsize_t)total ||
        size[1] != (hsize_t)width)
        GPH_TRY(gph_fail(env, GPH_ERR_INPUT,
                         "array '%s' of the checkpoint has %llu elements, not %" PRId64, name,
                         (unsigned long long)size[0], total));
    if (count == 0)
        goto cleanup;
    memory = H5Screate_simple(2, wanted, NULL);
    GPH_TRY(gph_h5_ok(env, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, wanted, NULL),
                      "select rows"));
    if (H5Dread(dataset, H5T_NATIVE_UINT64, memory, space, H5P_DEFAULT, words) < 0)
        GPH_TRY(gph_fail(env, GPH_ERR_INPUT, "array '%s' of the checkpoint can't be read", name));

cleanup:
    if (memory >= 0)
        H5Sclose(memory);
    if (space >= 0)
        H5Sclose(space);
    H5Dclose(dataset);
    return status;
}
