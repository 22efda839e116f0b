/* How many threads a rank takes when nobody says. Under mpirun several ranks often share all cores
 * of a node; each of them taking all cores would slow everything down many times over. */
#include "threads.h"

#include "placement.h"

#include <omp.h>
#include <stdlib.h>

int app_threads_default(MPI_Comm comm)
{
    const char *wanted = getenv("OMP_NUM_THREADS");
    app_placement_t placement = {.known = false};
    int threads = 1;
    if (!app_placement_find(comm, &placement))
        return 1;
    if (wanted && *wanted)
        threads = omp_get_max_threads();
    else if (placement.known && placement.core_share >= 1.0)
        /* The small addend makes up for rounding: a third of 12 cores is 4. */
        threads = (int)(placement.core_share + 1e-6);
    if (MPI_Allreduce(MPI_IN_PLACE, &threads, 1, MPI_INT, MPI_MIN, comm) != MPI_SUCCESS)
        return 1;
    return threads;
}
