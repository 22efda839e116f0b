/* The thread team. */
#include "par/team.h"

#include "base/clock.h"
#include "par/tiles.h"

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

gph_status_t gph_team_run(const gph_context_t *context, int64_t count, gph_task_fn *task,
                          void *data)
{
    gph_run_t run = {.context = context, .count = count, .task = task, .data = data};
    const double began = gph_clock_now();
    atomic_init(&run.next, 0);
    atomic_init(&run.stop, false);
    if (pthread_mutex_init(&run.lock, NULL) != 0)
        return gph_fail(context->env, GPH_ERR_SYSTEM, "pthread_mutex_init failed");
    const int threads = count < context->threads ? (int)count : context->threads;
    if (threads > 1) {
#pragma omp parallel num_threads(threads) default(none) shared(run)
        work(&run, omp_get_thread_num());
    } else {
        work(&run, 0);
    }
    pthread_mutex_destroy(&run.lock);
    gph_phase_region(context, began);
    return run.failed_status;
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
    const int64_t full = grain > 1 ? count / grain : count;
    const int pieces = full < context->threads ? (int)full : context->threads;
    gph_ranges_t ranges = {count, pieces > 1 ? pieces : 1, range, data};
    return gph_team_run(context, ranges.pieces, run_range, &ranges);
}
