/* The thread team. */
#include "par/team.h"

#include "base/clock.h"
#include "par/tiles.h"

#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>

/** What the threads of one run share. */
typedef struct gph_run {
    const gph_context_t *context;
    int64_t count;
    gph_task_fn *task;
    void *data;
    _Atomic int64_t next; /**< task to be handed out */
    atomic_bool stop;     /**< a task failed */
    pthread_mutex_t lock; /**< of the two below */
    int64_t failed_task;  /**< lowest so far */
    gph_status_t failed_status;
} gph_run_t;

static void note_failure(gph_run_t *run, int64_t task, gph_status_t status)
{
    pthread_mutex_lock(&run->lock);
    if (run->failed_status == GPH_OK || task < run->failed_task) {
        run->failed_task = task;
        run->failed_status = status;
    }
    pthread_mutex_unlock(&run->lock);
    atomic_store_explicit(&run->stop, true, memory_order_relaxed);
}

/**
 * Takes tasks until none is left or one failed. A task once taken is run: all tasks below a failed
 * one have run, then, and the lowest failed task is the same on any number of threads.
 * The atomics order nothing else, so that a race between two tasks is not hidden from a race
 * detector by the order in which they were handed out.
 */
static void work(gph_run_t *run, int thread)
{
    const double began = gph_clock_now();
    while (!atomic_load_explicit(&run->stop, memory_order_relaxed)) {
        const int64_t task = atomic_fetch_add_explicit(&run->next, 1, memory_order_relaxed);
        if (task >= run->count)
            break;
        const gph_status_t status = run->task(run->data, task, thread);
        if (status != GPH_OK)
            note_failure(run, task, status);
    }
    gph_phase_thread(run->context, thread, began);
}

/** Runs the tasks on the calling thread alone. */
static gph_status_t run_alone(const gph_context_t *context, int64_t count, gph_task_fn *task,
                              void *data)
{
    gph_status_t status = GPH_OK;
    const double began = gph_clock_now();
    for (int64_t t = 0; t < count && status == GPH_OK; t++)
        status = task(data, t, 0);
    gph_phase_thread(context, 0, began);
    gph_phase_region(context, began);
    return status;
}

static gph_status_t run_on(const gph_context_t *context, int threads, int64_t count,
                           gph_task_fn *task, void *data)
{
    gph_run_t run = {.context = context, .count = count, .task = task, .data = data};
    const double began = gph_clock_now();
    if (threads <= 1)
        return run_alone(context, count, task, data);
    atomic_init(&run.next, 0);
    atomic_init(&run.stop, false);
    if (pthread_mutex_init(&run.lock, NULL) != 0)
        return gph_fail(context->env, GPH_ERR_SYSTEM, "pthread_mutex_init failed");
#pragma omp parallel num_threads(threads) default(none) shared(run)
    work(&run, omp_get_thread_num());
    pthread_mutex_destroy(&run.lock);
    gph_phase_region(context, began);
    return run.failed_status;
}

/** Threads for `count` items, at least `grain` of them each. */
static int threads_for(const gph_context_t *context, int64_t count, int64_t grain)
{
    const int64_t full = grain > 1 ? count / grain : count;
    const int threads = full < context->threads ? (int)full : context->threads;
    return threads > 1 ? threads : 1;
}

gph_status_t gph_team_run(const gph_context_t *context, int64_t count, gph_task_fn *task,
                          void *data)
{
    return run_on(context, threads_for(context, count, 1), count, task, data);
}

gph_status_t gph_team_tasks(const gph_context_t *context, int64_t count, int64_t grain,
                            gph_task_fn *task, void *data)
{
    return run_on(context, threads_for(context, count, grain), count, task, data);
}

/* --- what is worth a thread ----------------------------------------------------------------- */

/** Seconds from the beginning of an empty region to its end, when its threads have waited a while.
 */
static double time_region(int threads)
{
    const double pause = 200e-6;
    const double before = gph_clock_now();
    while (gph_clock_now() - before < pause)
        continue;
    const double began = gph_clock_now();
    atomic_int here;
    atomic_init(&here, 0);
#pragma omp parallel num_threads(threads) default(none) shared(here)
    atomic_fetch_add_explicit(&here, 1, memory_order_relaxed);
    return gph_clock_now() - began;
}

/* Nanoseconds: the least, below which it costs more to move rows between caches, most of all where
 * two cores are threads of one; and what is taken unmeasured. */
static const double worth_least = 60e3;
static const double worth_usual = 150e3;

void gph_team_measure(gph_context_t *context)
{
    enum { TIMES = 5 };
    double seconds[TIMES];
    if (context->worth > 0)
        return;
    context->worth = worth_least;
    if (context->threads == 1)
        return;
    (void)time_region(context->threads); /* makes the threads */
    for (int i = 0; i < TIMES; i++) {
        const double now = time_region(context->threads);
        int at = i;
        for (; at > 0 && seconds[at - 1] > now; at--)
            seconds[at] = seconds[at - 1];
        seconds[at] = now;
    }
    context->worth = fmax(worth_least, 2e9 * seconds[TIMES / 2]);
}

static double worth_of(const gph_context_t *context)
{
    return context->worth > 0 ? context->worth : worth_usual;
}

int gph_team_threads(const gph_context_t *context, double work)
{
    const double threads = work / worth_of(context);
    return threads < 1 ? 1 : threads < context->threads ? (int)threads : context->threads;
}

int64_t gph_team_grain(const gph_context_t *context, double work)
{
    const double items = work > 0 ? ceil(worth_of(context) / work) : 0x1p62;
    return items < 1 ? 1 : items < 0x1p62 ? (int64_t)items : INT64_C(1) << 62;
}

/** Ranges as tasks. */
typedef struct gph_ranges {
    int64_t count; /**< items */
    int pieces;    /**< ranges */
    gph_range_fn *range;
    void *data;
} gph_ranges_t;

static gph_status_t run_range(void *data, int64_t task, int thread)
{
    const gph_ranges_t *ranges = data;
    const int64_t begin = gph_block_start(ranges->count, ranges->pieces, task);
    const int64_t end = gph_block_start(ranges->count, ranges->pieces, task + 1);
    return ranges->range(ranges->data, begin, end, thread);
}

gph_status_t gph_team_ranges(const gph_context_t *context, int64_t count, int64_t grain,
                             gph_range_fn *range, void *data)
{
    if (count <= 0)
        return GPH_OK;
    gph_ranges_t ranges = {count, threads_for(context, count, grain), range, data};
    return run_on(context, ranges.pieces, ranges.pieces, run_range, &ranges);
}
