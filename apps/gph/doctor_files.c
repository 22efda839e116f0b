/* The folder that a job is to work in, for gph doctor: tried for real. */
#include "doctor.h"

#include "values.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Name of a file for trials, the same on all ranks. */
static void name_trial(const doctor_t *doctor, const char *folder, char path[APP_TEXT_CHARS + 64])
{
    long number = (long)getpid();
    MPI_Bcast(&number, 1, MPI_LONG, 0, doctor->comm);
    snprintf(path, APP_TEXT_CHARS + 64, "%s/.gph-doctor-%ld", folder, number);
}

/* Makes the file on rank 0 and looks for it on all; false, with a finding, when that fails. */
static bool check_shared(doctor_t *doctor, const char *folder, const char *path)
{
    int failure = 0;
    if (doctor->rank == 0) {
        const int file = open(path, O_CREAT | O_EXCL | O_RDWR, 0600);
        failure = file < 0 ? errno : 0;
        if (file >= 0)
            close(file);
    }
    MPI_Bcast(&failure, 1, MPI_INT, 0, doctor->comm);
    if (failure != 0) {
        doctor_find(doctor, "folder", DOCTOR_PROBLEM,
                    "name a folder that exists and may be written to",
                    "%s: no file can be made there: %s", folder, strerror(failure));
        return false;
    }
    int lost = access(path, F_OK) != 0 ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &lost, 1, MPI_INT, MPI_SUM, doctor->comm);
    if (lost > 0)
        doctor_find(doctor, "folder", DOCTOR_PROBLEM,
                    "name a folder on a file system that all hosts share",
                    "%s: %d of %d ranks do not see a file that rank 0 made there", folder, lost,
                    doctor->ranks);
    else
        doctor_find(doctor, "folder", DOCTOR_OK, NULL, "%s: all ranks see it", folder);
    return lost == 0;
}

/* Tries to lock the file as HDF5 does. Returns 0 or errno. */
static int try_lock(const char *path)
{
    const int file = open(path, O_RDWR);
    int failure = file < 0 ? errno : 0;
    if (file >= 0 && flock(file, LOCK_SH | LOCK_NB) != 0 && errno != EWOULDBLOCK)
        failure = errno;
    if (file >= 0)
        close(file);
    return failure;
}

static void check_locking(doctor_t *doctor, const char *path)
{
    const char *variable = getenv("HDF5_USE_FILE_LOCKING");
    const bool off = variable && (strcmp(variable, "FALSE") == 0 || strcmp(variable, "0") == 0);
    const int failure = try_lock(path);
    const bool fails = doctor_any(doctor, failure != 0);
    if (fails && doctor_any(doctor, !off))
        doctor_find(doctor, "locking", DOCTOR_PROBLEM,
                    "export HDF5_USE_FILE_LOCKING=FALSE, and hand it to all ranks (mpirun -x "
                    "HDF5_USE_FILE_LOCKING)",
                    "files there can't be locked (%s), and HDF5 would refuse them",
                    failure ? strerror(failure) : "on another rank");
    else
        doctor_find(doctor, "locking", DOCTOR_OK, NULL, "%s; HDF5_USE_FILE_LOCKING is %s",
                    fails ? "files can't be locked" : "files can be locked",
                    variable ? variable : "not set");
}

/* Writes one number for each rank into an HDF5 file, all together. */
static bool write_together(const doctor_t *doctor, const char *path)
{
    const hsize_t ranks = (hsize_t)doctor->ranks;
    const hsize_t place = (hsize_t)doctor->rank;
    const hsize_t one = 1;
    const int value = doctor->rank;
    bool ok = false;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_mpio(access, doctor->comm, MPI_INFO_NULL);
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    if (file < 0)
        return false;
    const hid_t whole = H5Screate_simple(1, &ranks, NULL);
    const hid_t part = H5Screate_simple(1, &one, NULL);
    const hid_t set =
        H5Dcreate2(file, "ranks", H5T_NATIVE_INT, whole, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
    if (set >= 0) {
        H5Sselect_hyperslab(whole, H5S_SELECT_SET, &place, NULL, &one, NULL);
        ok = H5Dwrite(set, H5T_NATIVE_INT, part, whole, transfer, &value) >= 0;
        H5Dclose(set);
    }
    H5Pclose(transfer);
    H5Sclose(part);
    H5Sclose(whole);
    return H5Fclose(file) >= 0 && ok;
}

/* Whether this rank reads what all ranks wrote. */
static bool read_back(const doctor_t *doctor, const char *path)
{
    bool ok = false;
    int *value = calloc((size_t)doctor->ranks, sizeof *value);
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t set = file >= 0 ? H5Dopen2(file, "ranks", H5P_DEFAULT) : -1;
    if (value && set >= 0)
        ok = H5Dread(set, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0;
    for (int r = 0; ok && r < doctor->ranks; r++)
        ok = value[r] == r;
    if (set >= 0)
        H5Dclose(set);
    if (file >= 0)
        H5Fclose(file);
    free(value);
    return ok;
}

static void check_parallel_hdf5(doctor_t *doctor, const char *path)
{
    H5E_auto2_t print = NULL;
    void *data = NULL;
    H5Eget_auto2(H5E_DEFAULT, &print, &data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const bool written = !doctor_any(doctor, !write_together(doctor, path));
    const bool right = written && !doctor_any(doctor, !read_back(doctor, path));
    H5Eset_auto2(H5E_DEFAULT, print, data);
    doctor_find(doctor, "parallel_hdf5", right ? DOCTOR_OK : DOCTOR_PROBLEM,
                right ? NULL
                      : "another file system, HDF5_USE_FILE_LOCKING=FALSE, or ask those who run "
                        "this one for MPI-IO",
                right     ? "all ranks wrote one file and read it back"
                : written ? "ranks read something else than was written"
                          : "ranks can't write one HDF5 file together");
}

static void check_space(doctor_t *doctor, const char *folder)
{
    struct statvfs about;
    char sizes[2][32];
    double space = -1; /* bytes; a double holds any file system */
    if (doctor->rank == 0 && statvfs(folder, &about) == 0)
        space = (double)about.f_bavail * (double)about.f_frsize;
    MPI_Bcast(&space, 1, MPI_DOUBLE, 0, doctor->comm);
    if (space < 0) {
        doctor_find(doctor, "space", DOCTOR_NOTE, NULL, "%s: the system does not tell", folder);
        return;
    }
    app_format_size(space < 9e18 ? (int64_t)space : INT64_MAX, sizes[0]);
    if (space < (double)doctor->need_space)
        doctor_find(doctor, "space", DOCTOR_PROBLEM, "make room, or name another folder",
                    "%s: %s free, %s needed", folder, sizes[0],
                    app_format_size(doctor->need_space, sizes[1]));
    else if (space < 1e9)
        doctor_find(doctor, "space", DOCTOR_NOTE,
                    "make room before a job writes lists or checkpoints", "%s: only %s free",
                    folder, sizes[0]);
    else
        doctor_find(doctor, "space", DOCTOR_OK, NULL, "%s: %s free", folder, sizes[0]);
}

void doctor_check_folder(doctor_t *doctor, const char *folder)
{
    char path[APP_TEXT_CHARS + 64] = "";
    name_trial(doctor, folder, path);
    if (check_shared(doctor, folder, path)) {
        check_locking(doctor, path);
        MPI_Barrier(doctor->comm);
        check_parallel_hdf5(doctor, path);
    }
    MPI_Barrier(doctor->comm);
    if (doctor->rank == 0)
        remove(path); /* it may not be there */
    check_space(doctor, folder);
}
