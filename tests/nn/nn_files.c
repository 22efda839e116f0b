/* What training wrote. */
#include "nn_files.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

int nn_files_lines(const char *path, const char *begins)
{
    char line[4096];
    int count = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return -1;
    while (fgets(line, sizeof line, file) != NULL) {
        if (count == 0 && strncmp(line, begins, strlen(begins)) != 0)
            count = -1000;
        count++;
    }
    fclose(file);
    return count;
}

int64_t nn_files_rows(const char *path, const char *name)
{
    int64_t rows = -1;
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t dataset = file >= 0 ? H5Dopen2(file, name, H5P_DEFAULT) : H5I_INVALID_HID;
    if (dataset >= 0) {
        const hid_t space = H5Dget_space(dataset);
        rows = H5Sget_simple_extent_npoints(space);
        H5Sclose(space);
        H5Dclose(dataset);
    }
    if (file >= 0)
        H5Fclose(file);
    return rows;
}
