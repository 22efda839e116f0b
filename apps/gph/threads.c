/* How many threads a rank takes when nobody says. Under mpirun several ranks often share all cores
 * of a node; each of them taking all cores would slow everything down many times over. */
#include "threads.h"

#include <omp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CORES = 4096 };

/* Notes 1 for each core that this process may run on; false when the system does not say. */
static int note_cores(int core[MOST_CORES])
{
    cpu_set_t set[MOST_CORES / CPU_SETSIZE];
    memset(set, 0, sizeof set);
    if (sched_getaffinity(0, sizeof set, set) != 0)
        return 0;
    for (int i = 0; i < MOST_CORES; i++)
        core[i] = CPU_ISSET_S((size_t)i, sizeof set, set) != 0;
    return 1;
}

/* This rank's share of the cores of its node. */
static int share_of_cores(MPI_Comm comm)
{
    int core[MOST_CORES] = {0};  /* whether this rank may use it */
    int users[MOST_CORES] = {0}; /* ranks that may use it */
    double share = 0.0;
    MPI_Comm node = MPI_COMM_NULL;
    const int known = note_cores(core);
    if (MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node) != MPI_SUCCESS)
        return 1;
    if (MPI_Allreduce(core, users, MOST_CORES, MPI_INT, MPI_SUM, node) == MPI_SUCCESS)
        for (int i = 0; i < MOST_CORES; i++)
            if (core[i])
                share += 1.0 / users[i];
    MPI_Comm_free(&node);
    /* The small addend makes up for rounding: a third of 12 cores is 4. */
    return known && share >= 1.0 ? (int)(share + 1e-6) : 1;
}

int app_threads_default(MPI_Comm comm)
{
    const char *wanted = getenv("OMP_NUM_THREADS");
    const int share = share_of_cores(comm);
    int threads = wanted && *wanted ? omp_get_max_threads() : share;
    if (MPI_Allreduce(MPI_IN_PLACE, &threads, 1, MPI_INT, MPI_MIN, comm) != MPI_SUCCESS)
        return 1;
    return threads;
}
