/* Ranks of a host: those that MPI can give shared memory. */
#include "par/host.h"

#include "par/comm.h"

static gph_status_t count(gph_context_t *context, int64_t *ranks, int64_t *first)
{
    gph_status_t status = GPH_OK;
    MPI_Comm host = MPI_COMM_NULL;
    int size = 0;
    int rank = 0;
    GPH_TRY(gph_comm_check(
        context, MPI_Comm_split_type(context->comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host),
        "MPI_Comm_split_type"));
    GPH_TRY(gph_comm_check(context, MPI_Comm_size(host, &size), "MPI_Comm_size"));
    GPH_TRY(gph_comm_check(context, MPI_Comm_rank(host, &rank), "MPI_Comm_rank"));
    *ranks = size;
    *first = rank == 0;
cleanup:
    if (host != MPI_COMM_NULL)
        MPI_Comm_free(&host);
    return status;
}

gph_status_t gph_host_count(gph_context_t *context, int64_t *ranks, int64_t *first)
{
    return gph_comm_agree(context, count(context, ranks, first));
}
