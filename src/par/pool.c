/* The task pool: shares of tiles under a lock, and a small request protocol between ranks. */
#include "par/pool.h"

#include "base/clock.h"
#include "par/comm.h"

#include <inttypes.h>
#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Tags of the pool; collectives and exchanges use others. */
enum { TAG_REQUEST = 7001, TAG_REPLY = 7002, TAG_HALT = 7003 };

/* First word of a request. */
enum { KIND_DATA = 1, KIND_STEAL = 2 };

/* An answer begins with a gph_status_t in a word. This one says why there is no answer; it is
 * short, so that it leaves at once. */
typedef struct refusal {
    int64_t status;
    char why[248]; /* "" unless the asker may ask for less */
} refusal_t;

/* Idle polls before the thread sleeps between them, and for how long. */
enum { SPINS = 200, NAP_NANOSECONDS = 50000 };

/* An answer on its way. */
typedef struct sending {
    MPI_Request request;
    void *bytes;
} sending_t;

/* Entries of the work list that this rank has and nobody began, [low, high). */
typedef struct share {
    pthread_mutex_t lock;
    int64_t low;
    int64_t high;
    int64_t done; /* cost of tiles finished here */
    bool halted;  /* a rank failed or wants a pause: hand out nothing more */
} share_t;

struct gph_pool {
    gph_context_t *context;
    gph_pool_serve_fn *serve;
    void *data;
    gph_array_t sending;  /* sending_t */
    gph_status_t failure; /* of serving; reported at the next sync */
    bool peer_failed;     /* an answer was refused: another rank has the message */
    int64_t halts_sent;   /* to every other rank, at most one between two syncs */
    int64_t halts_got;
    gph_pool_due_fn *due; /* is a pause wanted? */
    void *due_data;
    share_t share;
    const gph_worklist_t *list; /* during gph_pool_tiles() */
    gph_progress_line_t *progress;
    double idle;
};

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

gph_status_t gph_pool_open(gph_context_t *context, gph_pool_serve_fn *serve, void *data,
                           gph_pool_t **pool)
{
    gph_status_t status = GPH_OK;
    gph_pool_t *made = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    made->context = context;
    made->serve = serve;
    made->data = data;
    made->sending = gph_array_init(context->env, sizeof(sending_t));
    pthread_mutex_init(&made->share.lock, NULL);
    *pool = made;

cleanup:
    return status;
}

void gph_pool_close(gph_pool_t **pool)
{
    if (pool == NULL || *pool == NULL)
        return;
    /* A failure was reported by the last sync; here only the ranks must meet. */
    (void)gph_pool_sync(*pool, GPH_OK);
    gph_phase_add((*pool)->context, "waiting", (*pool)->idle);
    gph_array_free(&(*pool)->sending);
    pthread_mutex_destroy(&(*pool)->share.lock);
    gph_free(*pool);
    *pool = NULL;
}

double gph_pool_idle(const gph_pool_t *pool)
{
    return pool->idle;
}

/* --- shares --------------------------------------------------------------------------------- */

/* Takes the last entry that nobody began, if it is `floor` or above. */
static bool claim(gph_pool_t *pool, int64_t floor, int64_t *entry)
{
    share_t *share = &pool->share;
    bool got = false;
    pthread_mutex_lock(&share->lock);
    if (!share->halted && share->high > share->low && share->high > floor) {
        *entry = --share->high;
        got = true;
    }
    pthread_mutex_unlock(&share->lock);
    return got;
}

/* Gives away about the lower half, by cost, of what nobody began, but never all of it: a share that
 * can only be split does not wander between ranks that ask while it is being prepared. */
static void split_share(gph_pool_t *pool, int64_t given[2])
{
    share_t *share = &pool->share;
    given[0] = 0;
    given[1] = 0;
    pthread_mutex_lock(&share->lock);
    if (pool->list != NULL && !share->halted && share->high - share->low > 1) {
        const int64_t *cost = pool->list->cost;
        int64_t total = 0;
        int64_t part = 0;
        int64_t middle = share->low;
        for (int64_t t = share->low; t < share->high; ++t)
            total += cost[t];
        while (middle + 1 < share->high &&
               (part + cost[middle] <= total - total / 2 || middle == share->low))
            part += cost[middle++];
        given[0] = share->low;
        given[1] = middle;
        share->low = middle;
    }
    pthread_mutex_unlock(&share->lock);
}

static void set_share(gph_pool_t *pool, int64_t low, int64_t high)
{
    pthread_mutex_lock(&pool->share.lock);
    pool->share.low = low;
    pool->share.high = high;
    pthread_mutex_unlock(&pool->share.lock);
}

static bool get_share(gph_pool_t *pool, int64_t *low, int64_t *high)
{
    pthread_mutex_lock(&pool->share.lock);
    *low = pool->share.low;
    *high = pool->share.high;
    const bool some = !pool->share.halted && *low < *high;
    pthread_mutex_unlock(&pool->share.lock);
    return some;
}

static void halt_share(gph_pool_t *pool)
{
    pthread_mutex_lock(&pool->share.lock);
    pool->share.halted = true;
    pthread_mutex_unlock(&pool->share.lock);
}

/* --- the protocol --------------------------------------------------------------------------- */

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
    if (kind == KIND_STEAL) {
        int64_t given[2];
        GPH_TRY(gph_array_reserve(&reply, (int64_t)(sizeof head + sizeof given)));
        split_share(pool, given);
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
            halt_share(pool);
        }
    }
}

/* Tells all ranks to hand out no more tiles: this one failed, or a pause is due. */
static void tell_halt(gph_pool_t *pool)
{
    gph_context_t *context = pool->context;
    halt_share(pool);
    if (pool->halts_sent > 0)
        return;
    pool->halts_sent = 1;
    for (int r = 0; r < context->ranks; ++r)
        if (r != context->rank)
            MPI_Send(NULL, 0, MPI_BYTE, r, TAG_HALT, context->comm);
}

void gph_pool_set_due(gph_pool_t *pool, gph_pool_due_fn *due, void *data)
{
    pool->due = due;
    pool->due_data = data;
}

void gph_pool_poll(gph_pool_t *pool)
{
    if (pool->list != NULL && pool->due != NULL && pool->halts_sent == 0 &&
        pool->due(pool->due_data))
        tell_halt(pool);
    if (pool->context->ranks == 1)
        return;
    while (answer_one(pool))
        ;
    take_halts(pool);
    reap(pool);
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

static gph_status_t call_ranks(gph_pool_t *pool, int64_t kind, const int64_t *start,
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
    pool->idle += gph_clock_now() - began;
    return status;
}

gph_status_t gph_pool_call(gph_pool_t *pool, const int64_t *start, const void *request,
                           gph_array_t *reply)
{
    return call_ranks(pool, KIND_DATA, start, request, reply);
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
    /* Nobody asks any more. Halts that are still on their way are taken in. */
    halts = pool->halts_sent;
    gph_status_t agreed = gph_comm_reduce_i64(context, GPH_SUM, 1, &halts);
    while (agreed == GPH_OK && pool->halts_got < halts - pool->halts_sent)
        take_halts(pool);
    pool->halts_got = 0;
    pool->halts_sent = 0;
    while (pool->sending.count > 0)
        reap(pool);
    pool->idle += gph_clock_now() - began;
    /* A rank that ended because another one failed has no message of its own to keep. */
    if (pool->peer_failed && gph_env_error_status(context->env) == GPH_OK)
        status = GPH_OK;
    pool->peer_failed = false;
    status = status != GPH_OK ? status : pool->failure;
    pool->failure = GPH_OK;
    return gph_comm_agree(context, status);
}

/* --- working tiles off ---------------------------------------------------------------------- */

/* What the threads of one gph_pool_work() share. */
typedef struct work {
    gph_pool_t *pool;
    int64_t begin;
    gph_pool_tile_fn *tile;
    void *data;
    gph_status_t status; /* under the lock of the share */
} work_t;

static void finish_entry(work_t *work, int64_t entry, gph_status_t status)
{
    share_t *share = &work->pool->share;
    pthread_mutex_lock(&share->lock);
    share->done += work->pool->list->cost[entry];
    const int64_t done = share->done;
    if (status != GPH_OK) {
        share->halted = true;
        work->status = work->status == GPH_OK ? status : work->status;
    }
    pthread_mutex_unlock(&share->lock);
    /* The others are at about the same point, as tiles are balanced. */
    gph_progress_set(work->pool->progress, done * work->pool->context->ranks);
}

static void work_thread(work_t *work, int thread)
{
    int64_t entry = 0;
    while (claim(work->pool, work->begin, &entry)) {
        finish_entry(work, entry, work->tile(work->data, work->pool->list->tile[entry], thread));
        if (thread == 0)
            gph_pool_poll(work->pool);
    }
}

gph_status_t gph_pool_work(gph_pool_t *pool, int64_t begin, gph_pool_tile_fn *tile, void *data)
{
    work_t work = {pool, begin, tile, data, GPH_OK};
    const int threads = pool->context->threads;
    if (threads == 1) {
        work_thread(&work, 0);
    } else {
#pragma omp parallel default(none) shared(work) num_threads(threads)
        work_thread(&work, omp_get_thread_num());
    }
    return work.status;
}

/* What the threads of one gph_pool_team() share. */
typedef struct team {
    gph_pool_t *pool;
    int64_t count;
    gph_pool_task_fn *task;
    void *data;
    int64_t next;        /* under the lock of the share */
    gph_status_t status; /* under the lock of the share */
} team_t;

/* Takes the next task, after reporting how the last one went. */
static bool next_task(team_t *team, gph_status_t last, int64_t *task)
{
    pthread_mutex_t *lock = &team->pool->share.lock;
    pthread_mutex_lock(lock);
    team->status = team->status == GPH_OK ? last : team->status;
    const bool got = team->status == GPH_OK && team->next < team->count;
    if (got)
        *task = team->next++;
    pthread_mutex_unlock(lock);
    return got;
}

static void team_thread(team_t *team, int thread)
{
    int64_t task = 0;
    gph_status_t last = GPH_OK;
    while (next_task(team, last, &task)) {
        last = team->task(team->data, task, thread);
        if (thread == 0)
            gph_pool_poll(team->pool);
    }
}

gph_status_t gph_pool_team(gph_pool_t *pool, int64_t count, gph_pool_task_fn *task, void *data)
{
    team_t team = {pool, count, task, data, 0, GPH_OK};
    const int threads = pool->context->threads;
    if (threads == 1) {
        team_thread(&team, 0);
    } else {
#pragma omp parallel default(none) shared(team) num_threads(threads)
        team_thread(&team, omp_get_thread_num());
    }
    return team.status;
}

/* Asks the other ranks in turn for tiles; false when none has any. */
static gph_status_t steal(gph_pool_t *pool, int64_t *start, gph_array_t *reply, bool *got)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = pool->context;
    const int64_t nothing = 0;
    int64_t given[2] = {0, 0};

    *got = false;
    for (int i = 1; i < context->ranks && !*got && status == GPH_OK; ++i) {
        const int victim = (context->rank + i) % context->ranks;
        for (int r = 0; r <= context->ranks; ++r)
            start[r] = r <= victim ? 0 : (int64_t)sizeof nothing;
        status = call_ranks(pool, KIND_STEAL, start, (const unsigned char *)&nothing, reply);
        if (status == GPH_OK && reply[victim].count == (int64_t)sizeof given)
            memcpy(given, reply[victim].data, sizeof given);
        reply[victim].count = 0;
        *got = given[0] < given[1];
    }
    if (*got)
        set_share(pool, given[0], given[1]);
    return status;
}

static gph_status_t run_own(gph_pool_t *pool, gph_pool_run_fn *run, void *data)
{
    gph_status_t status = GPH_OK;
    int64_t low = 0;
    int64_t high = 0;
    while (status == GPH_OK && get_share(pool, &low, &high))
        status = run(data, pool, pool->list, low, high);
    return status;
}

static gph_status_t run_all(gph_pool_t *pool, gph_pool_run_fn *run, void *data)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = pool->context;
    int64_t *start = NULL;
    gph_array_t *reply = NULL;
    bool more = true;

    GPH_TRY(gph_alloc(context->env, context->ranks + 1, sizeof *start, &start));
    GPH_TRY(gph_alloc(context->env, context->ranks, sizeof *reply, &reply));
    for (int r = 0; r < context->ranks; ++r)
        reply[r] = gph_array_init(context->env, 1);
    while (more) {
        GPH_TRY(run_own(pool, run, data));
        GPH_TRY(steal(pool, start, reply, &more));
    }

cleanup:
    for (int r = 0; reply != NULL && r < context->ranks; ++r)
        gph_array_free(&reply[r]);
    gph_free(reply);
    gph_free(start);
    if (status != GPH_OK)
        tell_halt(pool);
    return status;
}

gph_status_t gph_pool_tiles(gph_pool_t *pool, const gph_worklist_t *list, const char *what,
                            gph_pool_run_fn *run, void *data)
{
    gph_context_t *context = pool->context;
    int64_t total = 0;
    for (int64_t e = 0; e < list->count; ++e)
        total += list->cost[e];
    /* Nobody may ask for tiles before all have theirs. */
    pthread_mutex_lock(&pool->share.lock);
    pool->list = list;
    pool->share.halted = false;
    pool->share.done = 0;
    pool->share.low = list->rank_first[context->rank];
    pool->share.high = list->rank_first[context->rank + 1];
    pthread_mutex_unlock(&pool->share.lock);
    pool->progress = gph_progress_begin(context, what, "work", total);
    const gph_status_t status = gph_pool_sync(pool, run_all(pool, run, data));
    gph_progress_end(&pool->progress);
    set_share(pool, 0, 0);
    pool->list = NULL;
    return status;
}
