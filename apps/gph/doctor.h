/** Checks of gph doctor. Each adds findings; all calls are collective over the ranks. */
#ifndef GPH_APP_DOCTOR_H
#define GPH_APP_DOCTOR_H

#include "commands.h"

/** How bad a finding is. */
typedef enum doctor_state {
    DOCTOR_OK = 0,
    DOCTOR_NOTE = 1,   /**< may matter */
    DOCTOR_PROBLEM = 2 /**< gph will fail, or be far slower than need be */
} doctor_state_t;

/** A visit of the doctor. */
typedef struct doctor {
    app_t *app;
    MPI_Comm comm;
    int rank;
    int ranks;
    int problems;        /**< found so far; equal on all ranks */
    int64_t need_memory; /**< bytes that a rank will need; 0: not told */
    int64_t need_space;  /**< bytes that files will need; 0: not told */
} doctor_t;

/**
 * Adds a finding to the result. State equal on all ranks; the text of rank 0 counts.
 * @param fix what to do, or NULL
 */
void doctor_find(doctor_t *doctor, const char *check, doctor_state_t state, const char *fix,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/** True on all ranks when it is on any. */
bool doctor_any(const doctor_t *doctor, bool here);

/** Libraries, launcher, threads of MPI (doctor.c); cores, memory, SLURM (doctor_machine.c). */
void doctor_check_machine(doctor_t *doctor);

/** The folder: seen by all, locking, parallel HDF5, space (doctor_files.c). */
void doctor_check_folder(doctor_t *doctor, const char *folder);

#endif
