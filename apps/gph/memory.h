/** Memory that this host has for the job, and a rank's share of it. */
#ifndef GPH_APP_MEMORY_H
#define GPH_APP_MEMORY_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

/** Bytes that the processes of this job may still take on this host, as far as the system tells:
 *  what is available, or what the control group leaves. INT64_MAX when unknown. Local.
 *  @param by receives who says so */
int64_t app_memory_available(const char **by);

/**
 * The least share of any rank, when each host gives `bytes` to its ranks (0: no limit there).
 * Collective. @param share receives INT64_MAX when no host has a limit. False when MPI fails.
 */
bool app_memory_share(MPI_Comm comm, int64_t bytes, int64_t *share);

#endif
