/* Opening and reading HDF5 files without trusting them. */
#include "io/hdf5_file.h"

#include "io/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Characters of HDF5's reason, with the final NUL. */
enum { REASON_CHARS = 256 };

/* Called for the innermost error first; keeps that one. */
static herr_t keep_reason(unsigned index, const H5E_error2_t *error, void *data)
{
    if (index == 0 && error->desc != NULL)
        snprintf(data, REASON_CHARS, "%s", error->desc);
    return 0;
}

gph_status_t gph_h5_fail(const gph_h5_t *h5, gph_status_t status, const char *what)
{
    char reason[REASON_CHARS] = "no reason given";

    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_reason, reason);
    return gph_fail(h5->context->env, status, "%s: HDF5: %s: %s", gph_path_shown(h5->path), what,
                    reason);
}

hid_t gph_h5_access(void)
{
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 10, 7)
    if (access >= 0)
        H5Pset_file_locking(access, false, true);
#endif
    return access;
}

gph_status_t gph_h5_open(gph_context_t *context, const char *path, gph_h5_t *h5)
{
    gph_status_t status = GPH_OK;
    const hid_t access = gph_h5_access();
    gph_h5_t made = {.context = context, .path = path, .file = -1};

    made.file = H5Fopen(path, H5F_ACC_RDONLY, access);
    if (made.file < 0)
        GPH_TRY(gph_h5_fail(&made, GPH_ERR_INPUT, "the file cannot be opened"));
    *h5 = made;

cleanup:
    if (access >= 0)
        H5Pclose(access);
    return status;
}

void gph_h5_close(gph_h5_t *h5)
{
    if (h5->file >= 0)
        H5Fclose(h5->file);
    h5->file = -1;
}

/* Opens an attribute that holds one value of a class. */
static gph_status_t open_attribute(const gph_h5_t *h5, const char *name, H5T_class_t class,
                                   hid_t *attribute, hid_t *type)
{
    gph_status_t status = GPH_OK;
    hid_t space = -1;

    if (H5Aexists(h5->file, name) < 0)
        GPH_TRY(gph_h5_fail(h5, GPH_ERR_INPUT, "the file is damaged"));
    *attribute = H5Aopen(h5->file, name, H5P_DEFAULT);
    if (*attribute >= 0) {
        *type = H5Aget_type(*attribute);
        space = H5Aget_space(*attribute);
    }
    if (*type < 0 || space < 0 || H5Tget_class(*type) != class ||
        H5Sget_simple_extent_npoints(space) != 1)
        GPH_TRY(gph_fail(h5->context->env, GPH_ERR_INPUT,
                         "%s: attribute \"%s\" is missing or not a single %s; is this a graph "
                         "written by gph?",
                         gph_path_shown(h5->path), name,
                         class == H5T_STRING ? "string" : "integer"));

cleanup:
    if (space >= 0)
        H5Sclose(space);
    return status;
}

static void close_attribute(hid_t attribute, hid_t type)
{
    if (type >= 0)
        H5Tclose(type);
    if (attribute >= 0)
        H5Aclose(attribute);
}

gph_status_t gph_h5_get_i64(const gph_h5_t *h5, const char *name, int64_t fallback, int64_t *value)
{
    gph_status_t status = GPH_OK;
    hid_t attribute = -1;
    hid_t type = -1;
    int64_t read = 0;

    if (fallback != -1 && H5Aexists(h5->file, name) == 0) {
        *value = fallback;
        return GPH_OK;
    }
    GPH_TRY(open_attribute(h5, name, H5T_INTEGER, &attribute, &type));
    if (H5Aread(attribute, H5T_NATIVE_INT64, &read) < 0)
        GPH_TRY(gph_h5_fail(h5, GPH_ERR_INPUT, name));
    *value = read;

cleanup:
    close_attribute(attribute, type);
    return status;
}

/* A string of variable length, as other programs write them: HDF5 allocates what is read. */
static herr_t read_any_length(hid_t attribute, hid_t type, char text[GPH_H5_FORMAT_CHARS])
{
    char *string = NULL;
    const hid_t memory = H5Tcopy(type);
    const herr_t result = memory < 0 ? -1 : H5Aread(attribute, memory, &string);

    if (memory >= 0)
        H5Tclose(memory);
    if (result < 0 || string == NULL)
        return -1;
    snprintf(text, GPH_H5_FORMAT_CHARS, "%s", string);
    H5free_memory(string);
    return 0;
}

static herr_t read_fixed_length(hid_t attribute, hid_t type, char text[GPH_H5_FORMAT_CHARS])
{
    const hid_t memory = H5Tcopy(type);
    herr_t result = memory < 0 ? -1 : H5Tset_size(memory, GPH_H5_FORMAT_CHARS);

    if (result >= 0)
        result = H5Aread(attribute, memory, text);
    if (memory >= 0)
        H5Tclose(memory);
    text[GPH_H5_FORMAT_CHARS - 1] = '\0';
    return result;
}

gph_status_t gph_h5_get_format(const gph_h5_t *h5, char text[GPH_H5_FORMAT_CHARS])
{
    gph_status_t status = GPH_OK;
    hid_t attribute = -1;
    hid_t type = -1;
    herr_t result = -1;

    GPH_TRY(open_attribute(h5, "format", H5T_STRING, &attribute, &type));
    const htri_t variable = H5Tis_variable_str(type);
    if (variable > 0)
        result = read_any_length(attribute, type, text);
    else if (variable == 0)
        result = read_fixed_length(attribute, type, text);
    if (result < 0)
        GPH_TRY(gph_h5_fail(h5, GPH_ERR_INPUT, "attribute \"format\" cannot be read"));

cleanup:
    close_attribute(attribute, type);
    return status;
}

static gph_status_t fail_data(const gph_h5_t *h5, const char *name, const char *what)
{
    return gph_fail(h5->context->env, GPH_ERR_INPUT, "%s: dataset \"%s\" %s",
                    gph_path_shown(h5->path), name, what);
}

static gph_status_t check_data(const gph_h5_t *h5, const gph_h5_data_t *data, hid_t space,
                               hid_t type, H5T_class_t class, int64_t *count)
{
    hsize_t size = 0;

    if (space < 0 || type < 0 || H5Sget_simple_extent_ndims(space) != 1 ||
        H5Sget_simple_extent_dims(space, &size, NULL) != 1)
        return fail_data(h5, data->name, "is not one-dimensional");
    if (H5Tget_class(type) != class)
        return fail_data(h5, data->name,
                         class == H5T_INTEGER ? "does not hold integers"
                                              : "does not hold floating-point numbers");
    // HDF5 makes up what a file does not store; a promise of numbers that are not there is refused.
    if (size > INT64_MAX || (size > 0 && H5Dget_storage_size(data->id) == 0))
        return fail_data(h5, data->name, "promises more numbers than the file holds");
    *count = (int64_t)size;
    return GPH_OK;
}

gph_status_t gph_h5_data_open(const gph_h5_t *h5, const char *name, H5T_class_t class,
                              bool optional, gph_h5_data_t *data)
{
    gph_status_t status = GPH_OK;
    gph_h5_data_t made = {.name = name, .id = -1};
    hid_t space = -1;
    hid_t type = -1;

    const htri_t exists = H5Lexists(h5->file, name, H5P_DEFAULT);
    if (exists < 0) {
        GPH_TRY(gph_h5_fail(h5, GPH_ERR_INPUT, "the file is damaged"));
    } else if (exists > 0) {
        made.id = H5Dopen2(h5->file, name, H5P_DEFAULT);
        if (made.id < 0)
            GPH_TRY(gph_h5_fail(h5, GPH_ERR_INPUT, name));
        space = H5Dget_space(made.id);
        type = H5Dget_type(made.id);
        GPH_TRY(check_data(h5, &made, space, type, class, &made.count));
    } else if (!optional) {
        GPH_TRY(fail_data(h5, name, "is missing; is this a graph written by gph?"));
    }
    *data = made;
    made.id = -1;

cleanup:
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    gph_h5_data_close(&made);
    return status;
}

void gph_h5_data_close(gph_h5_data_t *data)
{
    if (data->id >= 0)
        H5Dclose(data->id);
    data->id = -1;
}

gph_status_t gph_h5_read(const gph_h5_t *h5, const gph_h5_data_t *data, hid_t type, int64_t begin,
                         int64_t count, void *values)
{
    gph_status_t status = GPH_OK;
    const hsize_t start = (hsize_t)begin;
    const hsize_t size = (hsize_t)count;
    hid_t memory = -1;
    hid_t file = -1;

    if (count == 0)
        return GPH_OK;
    memory = H5Screate_simple(1, &size, NULL);
    file = H5Dget_space(data->id);
    if (memory < 0 || file < 0 ||
        H5Sselect_hyperslab(file, H5S_SELECT_SET, &start, NULL, &size, NULL) < 0 ||
        H5Dread(data->id, type, memory, file, H5P_DEFAULT, values) < 0)
        GPH_TRY(gph_h5_fail(h5, GPH_ERR_INPUT, data->name));

cleanup:
    if (file >= 0)
        H5Sclose(file);
    if (memory >= 0)
        H5Sclose(memory);
    return status;
}
