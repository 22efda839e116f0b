/* Collective HDF5 output of rows. */
#include "io/hdf5_rows.h"

#include "graph/names.h"
#include "par/comm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Bytes of a chunk: large enough to compress well, small enough to read a part. */
enum { CHUNK_BYTES = 1 << 20, DEFLATE_LEVEL = 4 };

/* Space kept for closing a file on a full disk. */
enum { RESERVE_BYTES = 1 << 20 };

/* 64-bit words read back at a time. */
enum { SLAB_WORDS = 1 << 18 };

static herr_t deepest(unsigned n, const H5E_error2_t *error, void *text)
{
    (void)n;
    if (error->desc != NULL && error->desc[0] != '\0') {
        strncpy(text, error->desc, 199);
        return 1;
    }
    return 0;
}

gph_status_t gph_h5_ok(gph_env_t *env, int64_t result, const char *what)
{
    char text[200] = "";
    if (result >= 0)
        return GPH_OK;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, deepest, text);
    return gph_fail(env, GPH_ERR_SYSTEM, "HDF5 can't %s: %s; is there space left on the disk?",
                    what, text);
}

gph_status_t gph_h5_attribute(gph_env_t *env, hid_t file, const char *name, const char *text)
{
    gph_status_t status = GPH_OK;
    const hid_t type = H5Tcopy(H5T_C_S1);
    const hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5I_INVALID_HID;

    GPH_TRY(gph_h5_ok(env, H5Tset_size(type, strlen(text) + 1), "size a text"));
    attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    GPH_TRY(gph_h5_ok(env, attribute, "create an attribute"));
    GPH_TRY(gph_h5_ok(env, H5Awrite(attribute, type, text), "write an attribute"));

cleanup:
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    return status;
}

bool gph_h5_read_text(hid_t file, const char *name, size_t room, char *text)
{
    bool got = false;
    const hid_t attribute =
        H5Aexists(file, name) > 0 ? H5Aopen(file, name, H5P_DEFAULT) : H5I_INVALID_HID;
    const hid_t type = attribute >= 0 ? H5Aget_type(attribute) : H5I_INVALID_HID;

    if (type >= 0 && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
        H5Tget_size(type) <= room && H5Aread(attribute, type, text) >= 0) {
        text[H5Tget_size(type) - 1] = '\0';
        got = true;
    }
    if (type >= 0)
        H5Tclose(type);
    if (attribute >= 0)
        H5Aclose(attribute);
    return got;
}

/* Keeps some space on the disk by a file without a name, so that nothing is left of it. Rank 0. */
static gph_status_t open_reserve(gph_env_t *env, const char *path, int *reserve)
{
    char name[4200];
    if (snprintf(name, sizeof name, "%s.reserve", path) >= (int)sizeof name)
        return gph_fail(env, GPH_ERR_USAGE, "the name of the file is too long");
    *reserve = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const int code = *reserve >= 0 ? posix_fallocate(*reserve, 0, RESERVE_BYTES) : errno;
    unlink(name);
    if (code != 0)
        return gph_fail(env, GPH_ERR_SYSTEM, "%s: writing failed: %s", path, strerror(code));
    return GPH_OK;
}

static gph_status_t create(gph_context_t *context, const char *path, const char *format,
                           hid_t *file)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);

    GPH_TRY(gph_h5_ok(env, H5Pset_fapl_mpio(access, context->comm, MPI_INFO_NULL), "use MPI-IO"));
    *file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    GPH_TRY(gph_h5_ok(env, *file, "create a file"));
    GPH_TRY(gph_h5_attribute(env, *file, "format", format));

cleanup:
    H5Pclose(access);
    return status;
}

gph_status_t gph_h5_out_create(gph_context_t *context, const char *path, const char *format,
                               gph_h5_out_t *out)
{
    gph_status_t status = GPH_OK;
    gph_h5_out_t made = {context, H5I_INVALID_HID, -1};

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    GPH_TRY_ALL(context,
                context->rank == 0 ? open_reserve(context->env, path, &made.reserve) : GPH_OK);
    GPH_TRY_ALL(context, create(context, path, format, &made.file));
    *out = made;
    return GPH_OK;

cleanup:
    return gph_h5_out_close(&made, status);
}

gph_status_t gph_h5_out_close(gph_h5_out_t *out, gph_status_t status)
{
    gph_context_t *context = out->context;
    status = gph_comm_agree(context, status);
    /* All ranks are done with writing: now the space may go, and must before the file is closed. */
    if (out->reserve >= 0)
        close(out->reserve);
    out->reserve = -1;
    MPI_Barrier(context->comm);
    const bool failed = out->file >= 0 && H5Fclose(out->file) < 0;
    out->file = H5I_INVALID_HID;
    if (failed && status == GPH_OK)
        status = gph_h5_ok(context->env, -1, "close a file");
    return gph_comm_agree(context, status);
}

/* Reads rows of an open dataset, slab by slab, into a sum of digests. */
static gph_status_t digest_slabs(gph_env_t *env, hid_t dataset, hid_t memory_type, uint64_t salt,
                                 int64_t first, int64_t rows, int64_t columns, int64_t *slab,
                                 int64_t room, gph_digest_t *sum)
{
    gph_status_t status = GPH_OK;
    const int rank = columns > 0 ? 2 : 1;
    const int64_t width = columns > 0 ? columns : 1;
    const hid_t space = H5Dget_space(dataset);

    for (int64_t done = 0; done < rows && status == GPH_OK; done += room) {
        const int64_t part = rows - done < room ? rows - done : room;
        const hsize_t start[2] = {(hsize_t)(first + done), 0};
        const hsize_t count[2] = {(hsize_t)part, (hsize_t)width};
        const hid_t memory = H5Screate_simple(rank, count, NULL);
        if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
            H5Dread(dataset, memory_type, memory, space, H5P_DEFAULT, slab) < 0)
            status = gph_h5_ok(env, -1, "read back what was written");
        for (int64_t i = 0; i < part && status == GPH_OK; ++i)
            gph_digest_add(sum, gph_digest_item(salt ^ (uint64_t)(first + done + i),
                                                slab + i * width, (size_t)width * sizeof *slab));
        H5Sclose(memory);
    }
    H5Sclose(space);
    return status;
}

gph_status_t gph_h5_digest_rows(gph_env_t *env, const char *path, const char *name,
                                hid_t memory_type, uint64_t salt, int64_t first, int64_t rows,
                                int64_t columns, gph_digest_t *sum)
{
    gph_status_t status = GPH_OK;
    const int64_t width = columns > 0 ? columns : 1;
    const int64_t room = SLAB_WORDS / width + 1;
    int64_t *slab = NULL;
    hid_t dataset = H5I_INVALID_HID;
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);

    *sum = (gph_digest_t){0, 0};
    GPH_TRY(gph_h5_ok(env, file, "read back what was written"));
    dataset = H5Dopen2(file, name, H5P_DEFAULT);
    GPH_TRY(gph_h5_ok(env, dataset, "read back what was written"));
    GPH_TRY(gph_alloc(env, room * width, sizeof *slab, &slab));
    GPH_TRY(digest_slabs(env, dataset, memory_type, salt, first, rows, columns, slab, room, sum));

cleanup:
    gph_free(slab);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (file >= 0)
        H5Fclose(file);
    return status;
}

gph_status_t gph_h5_dataset(gph_env_t *env, hid_t file, const char *name, hid_t type, int64_t rows,
                            int64_t columns, hid_t *dataset)
{
    gph_status_t status = GPH_OK;
    const int rank = columns > 0 ? 2 : 1;
    const hsize_t width = columns > 0 ? (hsize_t)columns : 1;
    const hsize_t size[2] = {(hsize_t)rows, width};
    const hsize_t limit[2] = {H5S_UNLIMITED, width};
    hsize_t chunk[2] = {CHUNK_BYTES / (width * H5Tget_size(type)), width};
    const hid_t space = H5Screate_simple(rank, size, limit);
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    hid_t made = H5I_INVALID_HID;

    chunk[0] = chunk[0] > size[0] ? size[0] : chunk[0];
    chunk[0] = chunk[0] == 0 ? 1 : chunk[0];
    GPH_TRY(gph_h5_ok(env, H5Pset_chunk(layout, rank, chunk), "set chunks"));
    GPH_TRY(gph_h5_ok(env, H5Pset_shuffle(layout), "set shuffle"));
    GPH_TRY(gph_h5_ok(env, H5Pset_deflate(layout, DEFLATE_LEVEL), "set deflate"));
    GPH_TRY(gph_h5_ok(env, H5Pset_fletcher32(layout), "set checksums"));
    /* Every row is written, so nothing need be filled in before. */
    GPH_TRY(gph_h5_ok(env, H5Pset_fill_time(layout, H5D_FILL_TIME_NEVER), "set fill time"));
    /* The same bytes whenever it is written. */
    GPH_TRY(gph_h5_ok(env, H5Pset_obj_track_times(layout, false), "leave times out"));
    made = H5Dcreate2(file, name, type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    GPH_TRY(gph_h5_ok(env, made, "create a dataset"));
    *dataset = made;

cleanup:
    H5Pclose(layout);
    H5Sclose(space);
    return status;
}

gph_status_t gph_h5_write_rows(gph_env_t *env, hid_t dataset, hid_t memory_type, int64_t first,
                               int64_t rows, int64_t columns, const void *data)
{
    gph_status_t status = GPH_OK;
    const int rank = columns > 0 ? 2 : 1;
    const hsize_t start[2] = {(hsize_t)first, 0};
    const hsize_t count[2] = {(hsize_t)rows, columns > 0 ? (hsize_t)columns : 1};
    const hid_t space = H5Dget_space(dataset);
    const hid_t memory = H5Screate_simple(rank, count, NULL);
    const hid_t transfer = H5Pcreate(H5P_DATASET_XFER);

    GPH_TRY(gph_h5_ok(env, H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE), "write together"));
    if (rows > 0)
        GPH_TRY(gph_h5_ok(env, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL),
                          "select rows"));
    else
        GPH_TRY(gph_h5_ok(env, H5Sselect_none(space) < 0 ? -1 : H5Sselect_none(memory),
                          "select nothing"));
    GPH_TRY(gph_h5_ok(env, H5Dwrite(dataset, memory_type, memory, space, transfer, data),
                      "write rows"));

cleanup:
    H5Pclose(transfer);
    H5Sclose(memory);
    H5Sclose(space);
    return status;
}

gph_status_t gph_h5_write_names(gph_context_t *context, const gph_names_t *names, hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    gph_names_t all = {0};
    hid_t offsets = H5I_INVALID_HID;
    hid_t bytes = H5I_INVALID_HID;

    GPH_TRY(gph_names_gather(context, names, &all));
    const bool writer = context->rank == 0;
    const int64_t size = all.offset[all.count];
    GPH_TRY_ALL(context, gph_h5_dataset(env, file, "name_offsets", H5T_STD_I64LE, all.count + 1, 0,
                                        &offsets));
    GPH_TRY_ALL(context, gph_h5_write_rows(env, offsets, H5T_NATIVE_INT64, 0,
                                           writer ? all.count + 1 : 0, 0, all.offset));
    GPH_TRY_ALL(context, gph_h5_dataset(env, file, "name_bytes", H5T_STD_U8LE, size, 0, &bytes));
    GPH_TRY_ALL(context, gph_h5_write_rows(env, bytes, H5T_NATIVE_UINT8, 0, writer ? size : 0, 0,
                                           all.bytes));

cleanup:
    if (offsets >= 0)
        H5Dclose(offsets);
    if (bytes >= 0)
        H5Dclose(bytes);
    gph_names_free(&all);
    return status;
}

gph_status_t gph_h5_compare(gph_context_t *context, const char *path, gph_digest_t written,
                            gph_digest_t read)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_comm_sum_digest(context, &written));
    GPH_TRY(gph_comm_sum_digest(context, &read));
    if (written.high != read.high || written.low != read.low)
        status = gph_fail(context->env, GPH_ERR_SYSTEM,
                          "%s: not all of it could be written: no space left on the disk?", path);

cleanup:
    return status;
}
