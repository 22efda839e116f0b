/** Where the ranks of a job run: hosts, and the cores that each rank may use there. */
#ifndef GPH_APP_PLACEMENT_H
#define GPH_APP_PLACEMENT_H

#include <mpi.h>
#include <stdbool.h>

/** The placement of all ranks. Equal on all ranks. */
typedef struct app_placement {
    bool known;        /**< the system tells which cores a process may use */
    int hosts;         /**< hosts that the ranks run on */
    int host_ranks;    /**< most ranks on one host */
    int cores;         /**< cores that ranks may use, of all hosts */
    int host_cores;    /**< fewest of them on one host */
    int rank_cores;    /**< fewest cores that one rank may use */
    double load;       /**< most ranks of a host for each core that they may use there */
    double core_share; /**< least share of a rank in the cores of its host, in cores */
} app_placement_t;

/** Finds out where the ranks run. Collective over comm; false when MPI fails. */
bool app_placement_find(MPI_Comm comm, app_placement_t *placement);

#endif
