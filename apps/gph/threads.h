/** How many threads a rank takes when nobody says. */
#ifndef GPH_APP_THREADS_H
#define GPH_APP_THREADS_H

#include <mpi.h>

/**
 * Threads for each rank: OMP_NUM_THREADS where it is set, else this rank's share of the cores that
 * it may run on (a core that n ranks may use counts 1/n), at least 1; the least of all ranks, so
 * that it is equal on all. Collective.
 */
int app_threads_default(MPI_Comm comm);

#endif
