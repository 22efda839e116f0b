/* Hosts, and the cores that ranks may use. */
#include "placement.h"

#include <sched.h>
#include <string.h>

enum { MOST_CORES = 4096 };

/* Notes 1 for each core that this process may run on; returns how many, 0 when the system does not
 * say. */
static int note_cores(int core[MOST_CORES])
{
    cpu_set_t set[MOST_CORES / CPU_SETSIZE];
    int cores = 0;
    memset(set, 0, sizeof set);
    if (sched_getaffinity(0, sizeof set, set) != 0)
        return 0;
    for (int i = 0; i < MOST_CORES; i++) {
        core[i] = CPU_ISSET_S((size_t)i, sizeof set, set) != 0;
        cores += core[i];
    }
    return cores;
}

/* What one host has; the same on all of its ranks but for `share`. */
typedef struct host {
    int ranks;
    int cores;    /* that one of them may use */
    bool first;   /* this is its first rank */
    double share; /* of this rank in its cores: those that two ranks may use count half for each */
} host_t;

static bool look_at_host(MPI_Comm comm, const int core[MOST_CORES], host_t *host)
{
    int users[MOST_CORES] = {0}; /* ranks that may use it */
    int rank = 0;
    MPI_Comm node = MPI_COMM_NULL;
    if (MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node) != MPI_SUCCESS)
        return false;
    const bool ok = MPI_Comm_rank(node, &rank) == MPI_SUCCESS &&
                    MPI_Comm_size(node, &host->ranks) == MPI_SUCCESS &&
                    MPI_Allreduce(core, users, MOST_CORES, MPI_INT, MPI_SUM, node) == MPI_SUCCESS;
    MPI_Comm_free(&node);
    host->first = rank == 0;
    for (int i = 0; i < MOST_CORES; i++) {
        host->cores += users[i] > 0;
        if (core[i] && users[i] > 0)
            host->share += 1.0 / users[i];
    }
    return ok;
}

bool app_placement_find(MPI_Comm comm, app_placement_t *placement)
{
    int core[MOST_CORES] = {0};
    host_t host = {0};
    const int rank_cores = note_cores(core);
    if (!look_at_host(comm, core, &host))
        return false;
    const int cores = host.cores > 0 ? host.cores : 1;
    int sum[2] = {host.first, host.first ? host.cores : 0};
    int most[3] = {host.ranks, -host.cores, -rank_cores};
    double high[2] = {(double)host.ranks / cores, -host.share};
    if (MPI_Allreduce(MPI_IN_PLACE, sum, 2, MPI_INT, MPI_SUM, comm) != MPI_SUCCESS ||
        MPI_Allreduce(MPI_IN_PLACE, most, 3, MPI_INT, MPI_MAX, comm) != MPI_SUCCESS ||
        MPI_Allreduce(MPI_IN_PLACE, high, 2, MPI_DOUBLE, MPI_MAX, comm) != MPI_SUCCESS)
        return false;
    *placement = (app_placement_t){
        .known = most[2] < 0,
        .hosts = sum[0],
        .host_ranks = most[0],
        .cores = sum[1],
        .host_cores = -most[1],
        .rank_cores = -most[2],
        .load = high[0],
        .core_share = -high[1],
    };
    return true;
}
