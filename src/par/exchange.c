/* The sparse exchange: counts to everybody, then messages between those who have something. */
#include "base/checked.h"
#include "base/clock.h"
#include "par/comm.h"

#include <assert.h>
#include <string.h>

/** Tag of the messages of an exchange. */
#define GPH_EXCHANGE_TAG 17

/** One direction of an exchange as this rank sees it. */
typedef struct gph_side {
    char *data;           /**< [sum of count × size] */
    const int64_t *count; /**< [ranks] elements for, or from, each rank */
} gph_side_t;

/** Bytes of a message in the given round, in which each pair of ranks moves one chunk at most. */
static int bytes_in_round(const gph_context_t *context, int64_t bytes, int64_t round)
{
    // A message of fewer bytes than the chunks before hold has nothing left.
    const int64_t before = round <= bytes / context->chunk ? round * context->chunk : bytes;
    const int64_t left = bytes - before;
    return (int)(left < context->chunk ? left : context->chunk);
}

/** Starts this round's messages of one side; counts the requests. */
static gph_status_t start_side(gph_context_t *context, bool sends, size_t size, gph_side_t side,
                               int64_t round, int *requests)
{
    int64_t start = 0;
    for (int rank = 0; rank < context->ranks; rank++) {
        const int64_t bytes = side.count[rank] * (int64_t)size;
        const int now = bytes_in_round(context, bytes, round);
        if (now > 0 && rank != context->rank) {
            char *const at = side.data + start + round * context->chunk;
            MPI_Request *const request = &context->request[*requests];
            const int code =
                sends
                    ? MPI_Isend(at, now, MPI_BYTE, rank, GPH_EXCHANGE_TAG, context->comm, request)
                    : MPI_Irecv(at, now, MPI_BYTE, rank, GPH_EXCHANGE_TAG, context->comm, request);
            if (code != MPI_SUCCESS)
                return gph_comm_check(context, code, sends ? "MPI_Isend" : "MPI_Irecv");
            (*requests)++;
            if (sends)
                gph_phase_message(context, now);
        }
        start += bytes;
    }
    return GPH_OK;
}

/** Copies what this rank sends to itself. */
static void copy_own(const gph_context_t *context, size_t size, gph_side_t send, gph_side_t recv)
{
    int64_t from = 0;
    int64_t to = 0;
    for (int rank = 0; rank < context->rank; rank++) {
        from += send.count[rank];
        to += recv.count[rank];
    }
    assert(send.count[context->rank] == recv.count[context->rank]);
    if (send.count[context->rank] > 0)
        memcpy(recv.data + (size_t)to * size, send.data + (size_t)from * size,
               (size_t)send.count[context->rank] * size);
}

gph_status_t gph_comm_exchange_known(gph_context_t *context, size_t size, const void *send,
                                     const int64_t *send_count, void *recv,
                                     const int64_t *recv_count)
{
    gph_status_t status = GPH_OK;
    // MPI does not write through the address of what it sends; one struct serves both sides.
    const gph_side_t from = {(char *)(uintptr_t)send, send_count};
    const gph_side_t to = {recv, recv_count};
    int requests = 0;
    // Messages of a pair keep their order, so ranks need not be in the same round.
    int64_t round = 0;
    do {
        requests = 0;
        GPH_TRY(start_side(context, false, size, to, round, &requests));
        GPH_TRY(start_side(context, true, size, from, round, &requests));
        if (round == 0)
            copy_own(context, size, from, to);
        const double began = gph_clock_now();
        const int code = MPI_Waitall(requests, context->request, MPI_STATUSES_IGNORE);
        gph_phase_wait(context, began);
        GPH_TRY(gph_comm_check(context, code, "MPI_Waitall"));
        round++;
    } while (requests > 0);
cleanup:
    return status;
}

/** Allocates room for what arrives. */
static gph_status_t alloc_recv(const gph_context_t *context, size_t size, const int64_t *count,
                               void **recv)
{
    int64_t total = 0;
    for (int rank = 0; rank < context->ranks; rank++)
        if (!gph_add_i64(total, count[rank], &total))
            return gph_fail(context->env, GPH_ERR_INTERNAL, "an exchange of 2^63 elements");
    return gph_alloc(context->env, total, size, recv);
}

gph_status_t gph_comm_exchange(gph_context_t *context, size_t size, const void *send,
                               const int64_t *send_count, void *recv, int64_t *recv_count)
{
    assert(size > 0);
    gph_status_t status = GPH_OK;
    int64_t *count = NULL;
    void *received = NULL;
    GPH_TRY(gph_comm_same(context, "the size of an element", (int64_t)size));
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *count, &count));
    const double began = gph_clock_now();
    const int code = MPI_Alltoall(send_count, 1, MPI_INT64_T, count, 1, MPI_INT64_T, context->comm);
    gph_phase_collective(context, began, context->ranks * (int64_t)sizeof *count);
    GPH_TRY(gph_comm_check(context, code, "MPI_Alltoall"));
    GPH_TRY_ALL(context, alloc_recv(context, size, count, &received));
    GPH_TRY(gph_comm_exchange_known(context, size, send, send_count, received, count));
    memcpy(recv_count, count, (size_t)context->ranks * sizeof *count);
    memcpy(recv, &received, sizeof received);
    received = NULL;
cleanup:
    gph_free(received);
    gph_free(count);
    return status;
}
