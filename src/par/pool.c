/* The task pool: opening, closing, and working tiles off. */
#include "base/clock.h"
#include "par/comm.h"
#include "par/pool_private.h"

#include <omp.h>
#include <string.h>
#include <time.h>

/* Between two looks for messages by a thread without work. */
enum { LOOK_NANOSECONDS = 100000 };

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
    if (status != GPH_OK)
        gph_free(made); /* another rank had no memory */
    return status;
}

void gph_pool_close(gph_pool_t **pool)
{
    if (pool == NULL || *pool == NULL)
        return;
    /* A failure was reported by the last sync; here only the ranks must meet. */
    (void)gph_pool_sync(*pool, GPH_OK);
    gph_array_free(&(*pool)->sending);
    pthread_mutex_destroy(&(*pool)->share.lock);
    gph_free(*pool);
    *pool = NULL;
}

/* What the threads of one gph_pool_work() share. */
typedef struct work {
    gph_pool_t *pool;
    int64_t begin;
    gph_pool_tile_fn *tile;
    void *data;
    gph_status_t status; /* under the lock of the share */
    atomic_int finished; /* threads that found nothing more to do */
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

/* Thread 0 answers other ranks until the last thread of this one is done. */
static void look_after(work_t *work)
{
    const struct timespec between = {0, LOOK_NANOSECONDS};
    while (work->finished < omp_get_num_threads()) {
        gph_pool_poll(work->pool);
        nanosleep(&between, NULL);
    }
}

static void work_thread(work_t *work, int thread)
{
    const double began = gph_clock_now();
    int64_t entry = 0;
    while (gph_share_claim(work->pool, work->begin, &entry)) {
        finish_entry(work, entry, work->tile(work->data, work->pool->list->tile[entry], thread));
        if (thread == 0)
            gph_pool_poll(work->pool);
    }
    gph_phase_thread(work->pool->context, thread, began);
    work->finished += 1;
    if (thread == 0)
        look_after(work);
}

gph_status_t gph_pool_work(gph_pool_t *pool, int64_t begin, gph_pool_tile_fn *tile, void *data)
{
    work_t work = {pool, begin, tile, data, GPH_OK, 0};
    const int threads = pool->context->threads;
    const double began = gph_clock_now();
    if (threads == 1) {
        work_thread(&work, 0);
    } else {
#pragma omp parallel default(none) shared(work) num_threads(threads)
        work_thread(&work, omp_get_thread_num());
    }
    gph_phase_region(pool->context, began);
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
    const double began = gph_clock_now();
    int64_t task = 0;
    gph_status_t last = GPH_OK;
    while (next_task(team, last, &task)) {
        last = team->task(team->data, task, thread);
        if (thread == 0)
            gph_pool_poll(team->pool);
    }
    gph_phase_thread(team->pool->context, thread, began);
}

gph_status_t gph_pool_team(gph_pool_t *pool, int64_t count, gph_pool_task_fn *task, void *data)
{
    team_t team = {pool, count, task, data, 0, GPH_OK};
    const int threads = pool->context->threads;
    const double began = gph_clock_now();
    if (threads == 1) {
        team_thread(&team, 0);
    } else {
#pragma omp parallel default(none) shared(team) num_threads(threads)
        team_thread(&team, omp_get_thread_num());
    }
    gph_phase_region(pool->context, began);
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
        status = gph_pool_ask(pool, GPH_POOL_STEAL, start, (const unsigned char *)&nothing, reply);
        if (status == GPH_OK && reply[victim].count == (int64_t)sizeof given)
            memcpy(given, reply[victim].data, sizeof given);
        reply[victim].count = 0;
        *got = given[0] < given[1];
    }
    if (*got)
        gph_share_set(pool, given[0], given[1]);
    return status;
}

static gph_status_t run_own(gph_pool_t *pool, gph_pool_run_fn *run, void *data)
{
    gph_status_t status = GPH_OK;
    int64_t low = 0;
    int64_t high = 0;
    while (status == GPH_OK && gph_share_get(pool, &low, &high))
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
        gph_pool_halt(pool);
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
    gph_share_set(pool, 0, 0);
    pool->list = NULL;
    return status;
}
