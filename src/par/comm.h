/**
 * Collectives with 64-bit counts (chunked where an int would overflow), agreement on failure,
 * and the sparse exchange. All calls are Collective over the context's communicator unless said
 * otherwise. An MPI error becomes GPH_ERR_SYSTEM.
 */
#ifndef GPH_PAR_COMM_H
#define GPH_PAR_COMM_H

#include "base/hash.h"
#include "par/context.h"

/** Turns the result of the named MPI call into a status, with MPI's own message. Local. */
gph_status_t gph_comm_check(gph_context_t *context, int code, const char *call);

/**
 * Agrees on a status: GPH_OK when all ranks pass it; otherwise every rank returns the status of
 * the lowest failing rank and keeps that rank's message. Cost: one small reduction when all is
 * well.
 */
gph_status_t gph_comm_agree(gph_context_t *context, gph_status_t status);

/** Runs `call` on each rank, agrees on its status, and goes to `cleanup` unless all succeeded. */
#define GPH_TRY_ALL(context, call)                                                                 \
    do {                                                                                           \
        const gph_status_t own_ = (call);                                                          \
        status = gph_comm_agree((context), own_);                                                  \
        if (status != GPH_OK || own_ != GPH_OK) /* the second for static analysis */               \
            goto cleanup;                                                                          \
    } while (0)

/** Debug builds: fails with GPH_ERR_USAGE on all ranks when `value` differs between them. */
gph_status_t gph_comm_same(gph_context_t *context, const char *what, int64_t value);

typedef enum gph_reduce { GPH_SUM = 0, GPH_MIN = 1, GPH_MAX = 2 } gph_reduce_t;

/** values[count] become their sum, minimum or maximum over ranks. Sums must not overflow. */
gph_status_t gph_comm_reduce_i64(gph_context_t *context, gph_reduce_t op, int64_t count,
                                 int64_t *values);
/** As gph_comm_reduce_i64() for doubles; GPH_SUM is not reproducible: for times only. */
gph_status_t gph_comm_reduce_f64(gph_context_t *context, gph_reduce_t op, int64_t count,
                                 double *values);
/** 128-bit sums over ranks; GPH_ERR_USAGE with a message when 128 bits do not hold one. */
gph_status_t gph_comm_sum_count(gph_context_t *context, int64_t count, gph_count_t *values);

/** *digest becomes the sum of the digests of all ranks (gph_digest_add). */
gph_status_t gph_comm_sum_digest(gph_context_t *context, gph_digest_t *digest);

/** before[i] = sum of values[i] over lower ranks; total[i] = over all (each may be NULL). [count]
 */
gph_status_t gph_comm_scan_i64(gph_context_t *context, int64_t count, const int64_t *values,
                               int64_t *before, int64_t *total);

/** data[bytes] of rank `root` reaches all ranks. */
gph_status_t gph_comm_bcast(gph_context_t *context, int root, int64_t bytes, void *data);

/** all[rank × bytes …] receives `bytes` bytes of every rank, in rank order. */
gph_status_t gph_comm_gather_all(gph_context_t *context, int64_t bytes, const void *mine,
                                 void *all);

/**
 * Numbers the items of all ranks in rank order.
 * @param count items of this rank
 * @param start receives a gph_alloc() block [ranks + 1]: number of the first item of each
 */
gph_status_t gph_comm_starts(gph_context_t *context, int64_t count, int64_t **start);

/**
 * Concatenates blocks of different length on every rank, in rank order.
 * @param count elements of this rank
 * @param size  bytes an element
 * @param mine  [count]
 * @param all   receives a gph_alloc() block [*total]
 * @param total receives the elements in all
 */
gph_status_t gph_comm_concat_all(gph_context_t *context, int64_t count, size_t size,
                                 const void *mine, void *all, int64_t *total);

/**
 * Personal messages to any ranks. Sends send_count[r] elements to rank r, taken in rank order
 * from `send`; receives in rank order.
 * @param size       bytes an element
 * @param send       [sum of send_count]
 * @param send_count [ranks]
 * @param recv       address of a pointer; receives a gph_alloc() block [sum of recv_count]
 * @param recv_count [ranks], receives the elements from each rank
 * Cost: one all-to-all of counts, then messages between ranks that have something to say.
 */
gph_status_t gph_comm_exchange(gph_context_t *context, size_t size, const void *send,
                               const int64_t *send_count, void *recv, int64_t *recv_count);

/**
 * The second half of gph_comm_exchange(), for patterns used many times: counts known, no
 * allocation.
 * @param recv_count [ranks], as known beforehand
 * @param recv       [sum of recv_count]
 */
gph_status_t gph_comm_exchange_known(gph_context_t *context, size_t size, const void *send,
                                     const int64_t *send_count, void *recv,
                                     const int64_t *recv_count);

#endif
