/* The pool's messages: requests and answers between ranks, halts, and meeting at the end. */
#include "base/clock.h"
#include "par/comm.h"
#include "par/pool_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Tags of the pool; collectives and exchanges use others. */
enum { TAG_REQUEST = 7001, TAG_REPLY = 7002, TAG_HALT = 7003 };

/* An answer begins with a gph_status_t in a word. This one says why there is no answer; it is
 * short, so that it leaves at once. */
typedef struct refusal {
    int64_t status;
    char why[248]; /* "" unless the asker may ask for less */
} refusal_t;

/* Between two looks for messages in the middle of a tile. */
static const double poll_seconds = 1e-3;

/* Idle polls before the thread sleeps between them, and for how long. */
enum { SPINS = 200, NAP_NANOSECONDS = 50000 };

static gph_status_t mpi_ok(gph_pool_t *pool, int code, const char *what)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    if (code == MPI_SUCCESS)
        return GPH_OK;
    MPI_Error_string(code, text, &length);
    return gph_fail(pool->context->env, GPH_ERR_SYSTEM, "MPI failed in %s: %s", what, text);
}

/* Keeps the first failure of work done on behalf of others. */
static void keep_failure(gph_pool_t *pool, gph_status_t status)
{
    if (pool->failure == GPH_OK)
        pool->failure = status;
}

/* Frees answers that have left. */
static void reap(gph_pool_t *pool)
{
    sending_t *sending = pool->sending.data;
    int64_t kept = 0;
    for (int64_t i = 0; i < pool->sending.count; ++i) {
        int done = 0;
        MPI_Test(&sending[i].request, &done, MPI_STATUS_IGNORE);
        if (done)
            gph_free(sending[i].bytes);
        else
            sending[kept++] = sending[i];
    }
    pool->sending.count = kept;
}

/* Sends a message and keeps its bytes until they have left. There is room to remember it. Takes the
 * array over. */
static gph_status_t send_bytes(gph_pool_t *pool, int rank, int tag, gph_array_t *bytes)
{
    sending_t item = {MPI_REQUEST_NULL, NULL};
    const int count = (int)bytes->count;
    item.bytes = gph_array_take(bytes);
    const int code =
        MPI_Isend(item.bytes, count, MPI_BYTE, rank, tag, pool->context->comm, &item.request);
    if (code != MPI_SUCCESS) {
        gph_free(item.bytes);
        return mpi_ok(pool, code, "MPI_Isend");
    }
    gph_phase_message(pool->context, count);
    return gph_array_push(&pool->sending, &item);
}

/* Tells the asker that it gets no answer. Lack of memory is no failure yet, as the asker may do
 * with less: it gets the message. `quiet` says that there was none before; one that was stays. */
static void refuse(gph_pool_t *pool, int rank, gph_status_t status, bool quiet)
{
    gph_env_t *env = pool->context->env;
    refusal_t refusal = {status, ""};
    if (status == GPH_ERR_MEMORY && gph_env_error_status(env) == GPH_ERR_MEMORY)
        snprintf(refusal.why, sizeof refusal.why, "%s", gph_env_error(env));
    else
        keep_failure(pool, status);
    if (refusal.why[0] != '\0' && quiet)
        gph_env_error_clear(env);
    MPI_Send(&refusal, (int)sizeof refusal, MPI_BYTE, rank, TAG_REPLY, pool->context->comm);
    gph_phase_message(pool->context, (int64_t)sizeof refusal);
}

static void answer(gph_pool_t *pool, int rank, const unsigned char *request, int64_t bytes)
{
    gph_env_t *env = pool->context->env;
    const bool quiet = gph_env_error_status(env) == GPH_OK;
    gph_array_t reply = gph_array_init(env, 1);
    const int64_t head = GPH_OK;
    int64_t kind = 0;
    gph_status_t status = GPH_OK;

    memcpy(&kind, request, sizeof kind);
    GPH_TRY(gph_array_reserve(&pool->sending, pool->sending.count + 1));
    GPH_TRY(gph_array_append(&reply, &head, sizeof head));
    if (kind == GPH_POOL_STEAL) {
        int64_t given[2];
        GPH_TRY(gph_array_reserve(&reply, (int64_t)(sizeof head + sizeof given)));
        gph_share_split(pool, given);
        GPH_TRY(gph_array_append(&reply, given, sizeof given));
    } else {
        GPH_TRY(
            pool->serve(pool->data, request + sizeof kind, bytes - (int64_t)sizeof kind, &reply));
    }
    if (reply.count > INT32_MAX)
        GPH_TRY(gph_fail(env, GPH_ERR_MEMORY,
                         "needs an answer of %" PRId64 " bytes, more than 2 GiB; use more ranks",
                         reply.count));
    GPH_TRY(send_bytes(pool, rank, TAG_REPLY, &reply));

cleanup:
    gph_array_free(&reply);
    if (status != GPH_OK)
        refuse(pool, rank, status, quiet);
}

/* Receives and answers one request, if there is one. */
static bool answer_one(gph_pool_t *pool)
{
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status info;
    int there = 0;
    int bytes = 0;
    unsigned char *request = NULL;

    MPI_Improbe(MPI_ANY_SOURCE, TAG_REQUEST, pool->context->comm, &there, &message, &info);
    if (!there)
        return false;
    MPI_Get_count(&info, MPI_BYTE, &bytes);
    const bool quiet = gph_env_error_status(pool->context->env) == GPH_OK;
    const gph_status_t status = gph_alloc(pool->context->env, bytes, 1, &request);
    if (status != GPH_OK) {
        /* Take the message off the queue without its content. */
        unsigned char nothing = 0;
        MPI_Mrecv(&nothing, 0, MPI_BYTE, &message, &info);
        refuse(pool, info.MPI_SOURCE, status, quiet);
        return true;
    }
    MPI_Mrecv(request, bytes, MPI_BYTE, &message, &info);
    answer(pool, info.MPI_SOURCE, request, bytes);
    gph_free(request);
    return true;
}

static void take_halts(gph_pool_t *pool)
{
    int there = 1;
    while (there) {
        MPI_Status info;
        MPI_Iprobe(MPI_ANY_SOURCE, TAG_HALT, pool->context->comm, &there, &info);
        if (there) {
            MPI_Recv(NULL, 0, MPI_BYTE, info.MPI_SOURCE, TAG_HALT, pool->context->comm,
                     MPI_STATUS_IGNORE);
            pool->halts_got += 1;
            gph_share_halt(pool);
        }
    }
}

/* Tells all ranks to hand out no more tiles: this one failed, or a pause is due. */
void gph_pool_halt(gph_pool_t *pool)
{
    gph_context_t *context = pool->context;
    gph_share_halt(pool);
    if (pool->halts_sent > 0)
        return;
    pool->halts_sent = 1;
    for (int r = 0; r < context->ranks; ++r)
        if (r != context->rank) {
            MPI_Send(NULL, 0, MPI_BYTE, r, TAG_HALT, context->comm);
            gph_phase_message(context, 0);
        }
}

void gph_pool_set_due(gph_pool_t *pool, gph_pool_due_fn *due, void *data)
{
    pool->due = due;
    pool->due_data = data;
}

void gph_pool_poll(gph_pool_t *pool)
{
    pool->polled = gph_clock_now();
    if (pool->list != NULL && pool->due != NULL && pool->halts_sent == 0 &&
        pool->due(pool->due_data))
        gph_pool_halt(pool);
    if (pool->context->ranks == 1)
        return;
    while (answer_one(pool))
        ;
    take_halts(pool);
    reap(pool);
}

bool gph_pool_pausing(gph_pool_t *pool, int thread)
{
    if (thread == 0 && gph_clock_now() - pool->polled >= poll_seconds)
        gph_pool_poll(pool);
    return atomic_load_explicit(&pool->share.halted, memory_order_relaxed);
}

/* Lets others work after a while without news. */
static void nap(int *spins)
{
    const struct timespec time = {0, NAP_NANOSECONDS};
    if (++*spins > SPINS)
        nanosleep(&time, NULL);
}

/* What a refused answer comes to here. */
static gph_status_t refused(gph_pool_t *pool, int rank, const void *bytes)
{
    refusal_t refusal;
    memcpy(&refusal, bytes, sizeof refusal);
    if (refusal.why[0] != '\0')
        return gph_fail(pool->context->env, (gph_status_t)refusal.status, "%s (on rank %d)",
                        refusal.why, rank);
    /* The rank that failed has the message; sync makes it the one that is kept. */
    pool->peer_failed = true;
    return GPH_ERR_INTERNAL;
}

/* Receives the answer of a rank into `reply` once it is there; *done tells. */
static gph_status_t take_reply(gph_pool_t *pool, int rank, gph_array_t *reply, bool *done)
{
    gph_status_t status = GPH_OK;
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status info;
    int there = 0;
    int bytes = 0;
    int64_t head = 0;

    MPI_Improbe(rank, TAG_REPLY, pool->context->comm, &there, &message, &info);
    if (!there)
        return GPH_OK;
    *done = true;
    MPI_Get_count(&info, MPI_BYTE, &bytes);
    status = gph_array_reserve(reply, bytes);
    if (status != GPH_OK) {
        /* Take the message off the queue without its content. */
        unsigned char nothing = 0;
        MPI_Mrecv(&nothing, 0, MPI_BYTE, &message, &info);
        return status;
    }
    MPI_Mrecv(reply->data, bytes, MPI_BYTE, &message, &info);
    memcpy(&head, reply->data, sizeof head);
    if (head != GPH_OK)
        return refused(pool, rank, reply->data);
    reply->count = bytes - (int64_t)sizeof head;
    memmove(reply->data, (unsigned char *)reply->data + sizeof head, (size_t)reply->count);
    return GPH_OK;
}

/* Sends [kind, bytes] to a rank. The buffer is kept in `sending` until it has left. */
static gph_status_t send_request(gph_pool_t *pool, int rank, int64_t kind, const void *bytes,
                                 int64_t size)
{
    gph_status_t status = GPH_OK;
    gph_array_t request = gph_array_init(pool->context->env, 1);

    if (size > INT32_MAX - (int64_t)sizeof kind)
        GPH_TRY(gph_fail(pool->context->env, GPH_ERR_MEMORY,
                         "needs a request of %" PRId64 " bytes, more than 2 GiB; use more ranks",
                         size));
    GPH_TRY(gph_array_reserve(&request, (int64_t)sizeof kind + size));
    GPH_TRY(gph_array_reserve(&pool->sending, pool->sending.count + 1));
    GPH_TRY(gph_array_append(&request, &kind, sizeof kind));
    GPH_TRY(gph_array_append(&request, bytes, size));
    GPH_TRY(send_bytes(pool, rank, TAG_REQUEST, &request));

cleanup:
    gph_array_free(&request);
    return status;
}

gph_status_t gph_pool_ask(gph_pool_t *pool, int64_t kind, const int64_t *start,
                          const unsigned char *request, gph_array_t *reply)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = pool->context;
    bool *waiting = NULL;
    int left = 0;
    int spins = 0;
    const double began = gph_clock_now();

    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof *waiting, &waiting));
    for (int r = 0; r < context->ranks && status == GPH_OK; ++r) {
        if (r == context->rank || start[r] == start[r + 1])
            continue;
        status = send_request(pool, r, kind, request + start[r], start[r + 1] - start[r]);
        waiting[r] = status == GPH_OK;
        left += status == GPH_OK;
    }
    /* Also after a failure all answers are awaited, so that none is left in the queue. */
    while (left > 0) {
        for (int r = 0; r < context->ranks; ++r) {
            bool done = false;
            if (!waiting[r])
                continue;
            const gph_status_t got = take_reply(pool, r, &reply[r], &done);
            status = status == GPH_OK ? got : status;
            waiting[r] = !done;
            left -= done;
        }
        gph_pool_poll(pool);
        nap(&spins);
    }

cleanup:
    gph_free(waiting);
    gph_phase_wait(context, began);
    return status;
}

gph_status_t gph_pool_call(gph_pool_t *pool, const int64_t *start, const void *request,
                           gph_array_t *reply)
{
    return gph_pool_ask(pool, GPH_POOL_DATA, start, request, reply);
}

gph_status_t gph_pool_sync(gph_pool_t *pool, gph_status_t status)
{
    gph_context_t *context = pool->context;
    MPI_Request barrier = MPI_REQUEST_NULL;
    int64_t halts = 0;
    int met = 0;
    int spins = 0;
    const double began = gph_clock_now();

    if (context->ranks == 1) {
        pool->halts_sent = 0;
        return status;
    }
    MPI_Ibarrier(context->comm, &barrier);
    while (!met) {
        MPI_Test(&barrier, &met, MPI_STATUS_IGNORE);
        gph_pool_poll(pool);
        if (!met)
            nap(&spins);
    }
    gph_phase_collective(context, began, 0);
    /* Nobody asks any more. Halts that are still on their way are taken in. */
    halts = pool->halts_sent;
    gph_status_t agreed = gph_comm_reduce_i64(context, GPH_SUM, 1, &halts);
    while (agreed == GPH_OK && pool->halts_got < halts - pool->halts_sent)
        take_halts(pool);
    pool->halts_got = 0;
    pool->halts_sent = 0;
    while (pool->sending.count > 0)
        reap(pool);
    /* A rank that ended because another one failed has no message of its own to keep. */
    if (pool->peer_failed && gph_env_error_status(context->env) == GPH_OK)
        status = GPH_OK;
    pool->peer_failed = false;
    status = status != GPH_OK ? status : pool->failure;
    pool->failure = GPH_OK;
    return gph_comm_agree(context, status);
}
