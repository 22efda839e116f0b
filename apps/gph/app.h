/** One run of a command, from a request to an exit status. */
#ifndef GPH_APP_APP_H
#define GPH_APP_APP_H

#include "commands.h"

/**
 * Runs what a request asks for, and prints what it comes to. Collective over comm.
 * @param request equal on all ranks
 * @return exit status of the process; that of rank 0 counts, as it alone writes the output
 */
int app_run(MPI_Comm comm, const app_request_t *request);

#endif
