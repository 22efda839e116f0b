/* gph doctor: what is wrong with this set-up, and how to mend it. */
#include "doctor.h"

#include <hdf5.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const app_setting_t doctor_need_memory = {
    .key = "doctor.need_memory",
    .type = APP_SIZE,
    .value = "SIZE",
    .fallback = "0",
    .help = "memory that a rank will need, as --estimate tells; 0: not checked",
};

static const app_setting_t doctor_need_space = {
    .key = "doctor.need_space",
    .type = APP_SIZE,
    .value = "SIZE",
    .fallback = "0",
    .help = "space that files will need in DIR; 0: not checked",
};

static const app_setting_t *const settings[] = {&doctor_need_memory, &doctor_need_space, NULL};

/* --- findings ------------------------------------------------------------------------------- */

void doctor_find(doctor_t *doctor, const char *check, doctor_state_t state, const char *fix,
                 const char *format, ...)
{
    static const char *const names[] = {"ok", "note", "problem"};
    char text[512] = "";
    va_list arguments;
    doctor->problems += state == DOCTOR_PROBLEM;
    if (!doctor->app->result)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cJSON *finding = cJSON_AddObjectToObject(doctor->app->result, check);
    if (!finding || !cJSON_AddStringToObject(finding, "state", names[state]) ||
        !cJSON_AddStringToObject(finding, "finding", text) ||
        (fix && !cJSON_AddStringToObject(finding, "fix", fix)))
        doctor->app->result_lost = true;
}

bool doctor_any(const doctor_t *doctor, bool here)
{
    int any = here;
    MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, doctor->comm);
    return any != 0;
}

/* --- libraries and launcher ------------------------------------------------------------------ */

static void check_mpi(doctor_t *doctor)
{
    char library[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    char built[64] = "MPI headers";
    bool same = true;
    int length = 0;
    int version = 0;
    int subversion = 0;
    MPI_Get_library_version(library, &length);
    MPI_Get_version(&version, &subversion);
    library[strcspn(library, ",\n")] = '\0';
#ifdef OMPI_MAJOR_VERSION
    char wanted[32] = "";
    snprintf(wanted, sizeof wanted, "v%d.%d.", OMPI_MAJOR_VERSION, OMPI_MINOR_VERSION);
    snprintf(built, sizeof built, "Open MPI %d.%d.%d", OMPI_MAJOR_VERSION, OMPI_MINOR_VERSION,
             OMPI_RELEASE_VERSION);
    same = strstr(library, wanted) != NULL;
#endif
    same = same && version == MPI_VERSION && subversion == MPI_SUBVERSION;
    doctor_find(doctor, "mpi", doctor_any(doctor, !same) ? DOCTOR_PROBLEM : DOCTOR_OK,
                same ? NULL
                     : "build gph with the MPI that it runs with, or set LD_LIBRARY_PATH (load the "
                       "module) of the one that it was built with",
                "runs with %s (MPI %d.%d), built with %s (MPI %d.%d)", library, version, subversion,
                built, MPI_VERSION, MPI_SUBVERSION);
}

static void check_hdf5(doctor_t *doctor)
{
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    const bool known = H5get_libversion(&major, &minor, &release) >= 0;
    const bool same =
        known && major == H5_VERS_MAJOR && minor == H5_VERS_MINOR && release == H5_VERS_RELEASE;
    doctor_find(doctor, "hdf5", doctor_any(doctor, !same) ? DOCTOR_PROBLEM : DOCTOR_OK,
                same ? NULL
                     : "HDF5 stops programs whose headers are of another release: build gph with "
                       "this one, or set LD_LIBRARY_PATH (load the module) of the right one",
                "runs with %u.%u.%u, built with %d.%d.%d", major, minor, release, H5_VERS_MAJOR,
                H5_VERS_MINOR, H5_VERS_RELEASE);
}

/* Number that a variable holds, 0 when it holds none. */
static long number_of(const char *variable)
{
    const char *text = getenv(variable);
    return text ? strtol(text, NULL, 10) : 0;
}

/* Processes that the launcher started together with this one, as it tells them; 0 without one. */
static long started(const char **launcher)
{
    static const char *const names[][2] = {
        {"OMPI_COMM_WORLD_SIZE", "mpirun of Open MPI"},
        {"MPI_LOCALNRANKS", "mpiexec of MPICH"},
        {"PMI_SIZE", "mpiexec of MPICH, or srun"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        *launcher = names[i][1];
        if (number_of(names[i][0]) > 0)
            return number_of(names[i][0]);
    }
    *launcher = "srun";
    /* A batch script has no step of its own: there the number of tasks says nothing. */
    return getenv("SLURM_STEP_ID") ? number_of("SLURM_STEP_NUM_TASKS") : 0;
}

static void check_launcher(doctor_t *doctor)
{
    const char *launcher = "";
    const long together = started(&launcher);
    const long tasks = number_of("SLURM_NTASKS");
    if (doctor_any(doctor, together > doctor->ranks && doctor->ranks == 1))
        doctor_find(
            doctor, "ranks", DOCTOR_PROBLEM,
            "start gph with the mpirun of the MPI above, or with srun --mpi=pmix where SLURM "
            "has it (srun --mpi=list)",
            "%s started %ld processes, but each is rank 0 of 1: it does not belong to the "
            "MPI that gph runs with",
            launcher, together);
    else if (doctor_any(doctor, together == 0 && tasks > 1 && doctor->ranks == 1))
        doctor_find(doctor, "ranks", DOCTOR_NOTE, "start gph with mpirun or srun --mpi=pmix",
                    "1 rank, in a SLURM job of %ld tasks", tasks);
    else
        doctor_find(doctor, "ranks", DOCTOR_OK, NULL, "%d, all of one job", doctor->ranks);
}

static void check_threads(doctor_t *doctor)
{
    int level = MPI_THREAD_SINGLE;
    MPI_Query_thread(&level);
    if (doctor_any(doctor, level != MPI_THREAD_MULTIPLE))
        doctor_find(doctor, "mpi_threads", DOCTOR_NOTE,
                    "use an MPI built with MPI_THREAD_MULTIPLE for long jobs with --checkpoint",
                    "MPI does not allow calls of several threads: work stands still while "
                    "checkpoints are written");
    else
        doctor_find(doctor, "mpi_threads", DOCTOR_OK, NULL, "MPI_THREAD_MULTIPLE");
}

static gph_status_t run(app_t *app)
{
    const app_settings_t *values = &app->request->settings;
    doctor_t doctor = {
        .app = app,
        .comm = app->comm,
        .rank = gph_context_rank(app->context),
        .ranks = gph_context_ranks(app->context),
        .need_memory = app_settings_integer(values, &doctor_need_memory),
        .need_space = app_settings_integer(values, &doctor_need_space),
    };
    check_mpi(&doctor);
    check_hdf5(&doctor);
    check_launcher(&doctor);
    check_threads(&doctor);
    doctor_check_machine(&doctor);
    doctor_check_folder(&doctor, app->request->arguments > 0 ? app->request->argument[0] : ".");
    if (doctor.problems == 0)
        return GPH_OK;
    app->stands = true;
    return app_fail(app, GPH_ERR_VERIFY, "%d %s in this set-up", doctor.problems,
                    doctor.problems == 1 ? "problem" : "problems");
}

const app_command_t app_doctor = {
    .name = "doctor",
    .arguments = "[DIR]",
    .summary = "checks this set-up, and says how to mend it",
    .details =
        "Run it as a job is to run: with the same mpirun, numbers of ranks and threads, and in the "
        "same folder. Checked are MPI and HDF5 (headers against libraries), the launcher, cores "
        "and "
        "binding, memory, the SLURM job, and of DIR (default: the current folder) that all ranks "
        "see it, file locking, parallel HDF5 and free space. Exit status 0 when all is well or "
        "worth a note only; 6 with a problem.",
    .settings = settings,
    .run = run,
};
