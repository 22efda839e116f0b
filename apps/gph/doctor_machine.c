/* Cores, memory and SLURM, for gph doctor. */
#include "doctor.h"

#include "memory.h"
#include "placement.h"
#include "slurm.h"
#include "values.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* --- cores ---------------------------------------------------------------------------------- */

static void check_cores(doctor_t *doctor)
{
    app_placement_t place = {.known = false};
    const int threads = gph_context_threads(doctor->app->context);
    char fix[160] = "";
    if (!app_placement_find(doctor->comm, &place) || !place.known) {
        doctor_find(doctor, "cores", DOCTOR_NOTE, NULL,
                    "the system does not tell which cores ranks may use");
        return;
    }
    const double load = place.load * threads;
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(fix, sizeof fix, "mpirun --bind-to none, or --map-by slot:PE=%d", threads);
    if (place.rank_cores < threads && place.rank_cores < place.host_cores)
        doctor_find(doctor, "cores", DOCTOR_PROBLEM, fix,
                    "a rank with %d threads is bound to %d of %d cores", threads, place.rank_cores,
                    place.host_cores);
    else if (load > 1 && doctor_any(doctor, place.host_cores < online))
        doctor_find(doctor, "cores", DOCTOR_PROBLEM, fix,
                    "%d ranks with %d threads each share %d of the host's %ld cores",
                    place.host_ranks, threads, place.host_cores, online);
    else if (load > 1)
        doctor_find(doctor, "cores", DOCTOR_PROBLEM,
                    "fewer ranks on each host, or fewer --threads: their product is to be at most "
                    "the number of cores",
                    "%d ranks with %d threads each share the %d cores of a host", place.host_ranks,
                    threads, place.host_cores);
    else
        doctor_find(doctor, "cores", DOCTOR_OK, NULL,
                    "%d %s, ranks on one at most %d, with %d threads each on %d cores", place.hosts,
                    place.hosts == 1 ? "host" : "hosts", place.host_ranks, threads,
                    place.host_cores);
}

/* --- memory --------------------------------------------------------------------------------- */

/* The lower of what SLURM gives and what the system has, in bytes; names the one that limits. */
static int64_t limit_here(const char **by)
{
    const int64_t slurm = app_slurm_memory();
    const int64_t system = app_memory_available(by);
    if (slurm <= 0 || slurm >= system)
        return system;
    *by = "SLURM";
    return slurm;
}

static void check_memory(doctor_t *doctor)
{
    const char *by = "";
    int64_t share = 0;
    char sizes[2][32];
    const int64_t limit = limit_here(&by);
    gph_memory_t memory = {0};
    if (!app_memory_share(doctor->comm, limit, &share) || share == INT64_MAX ||
        gph_context_memory(doctor->app->context, &memory) != GPH_OK) {
        doctor_find(doctor, "memory", DOCTOR_NOTE, NULL, "the system does not tell its memory");
        return;
    }
    app_format_size(share, sizes[0]);
    if (doctor->need_memory > share)
        doctor_find(doctor, "memory", DOCTOR_PROBLEM,
                    "fewer ranks on each host, more hosts, or more memory (sbatch --mem)",
                    "a rank needs %s, but its share of what %s gives is %s",
                    app_format_size(doctor->need_memory, sizes[1]), by, sizes[0]);
    else if (memory.budget > share)
        doctor_find(doctor, "memory", DOCTOR_PROBLEM,
                    "a lower --max-memory, or fewer ranks on each host",
                    "max_memory allows a rank %s, but its share of what %s gives is %s",
                    app_format_size(memory.budget, sizes[1]), by, sizes[0]);
    else if (memory.budget == 0)
        doctor_find(doctor, "memory", DOCTOR_NOTE,
                    "give a limit: then a job that needs more ends with a message and not by a "
                    "kill; nine tenths of the share leave room for MPI",
                    "%s for each rank, as %s has it, but max_memory sets no limit", sizes[0], by);
    else
        doctor_find(doctor, "memory", DOCTOR_OK, NULL,
                    "%s for each rank by %s, of which it may "
                    "allocate %s",
                    sizes[0], by, app_format_size(memory.budget, sizes[1]));
}

/* --- SLURM ---------------------------------------------------------------------------------- */

static void check_slurm(doctor_t *doctor)
{
    const char *job = app_slurm_job();
    const int64_t memory = app_slurm_memory();
    char size[32] = "no limit";
    double left = doctor->rank == 0 && job ? app_slurm_left() : 0;
    MPI_Bcast(&left, 1, MPI_DOUBLE, 0, doctor->comm);
    if (memory > 0)
        app_format_size(memory, size);
    if (!doctor_any(doctor, job != NULL))
        doctor_find(doctor, "slurm", DOCTOR_OK, NULL, "no job of SLURM");
    else if (left > 0 && left < 120)
        doctor_find(doctor, "slurm", DOCTOR_NOTE,
                    "give the job more time (sbatch --time), or requeue it: slurm/preemptible.sh",
                    "job %s has %.0f s left, memory on a host: %s", job ? job : "?", left, size);
    else if (left > 0)
        doctor_find(doctor, "slurm", DOCTOR_OK, NULL,
                    "job %s has %.0f minutes left, memory on a host: %s", job ? job : "?",
                    left / 60, size);
    else
        doctor_find(doctor, "slurm", DOCTOR_OK, NULL,
                    "job %s without a time limit, memory on a host: %s", job ? job : "?", size);
}

void doctor_check_machine(doctor_t *doctor)
{
    check_cores(doctor);
    check_memory(doctor);
    check_slurm(doctor);
}
