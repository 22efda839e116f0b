/** The thread team: tasks of one rank, handed to its OpenMP threads. */
#ifndef GPH_PAR_TEAM_H
#define GPH_PAR_TEAM_H

#include "par/context.h"

/** One task. `thread` is 0..threads-1, for work spaces. Must not call MPI. */
typedef gph_status_t gph_task_fn(void *data, int64_t task, int thread);

/**
 * Runs tasks 0..count-1, handed out in order, one at a time, to whichever thread is free. Local.
 * After a failure the remaining tasks are skipped; the status of the lowest failed task is
 * returned.
 */
gph_status_t gph_team_run(const gph_context_t *context, int64_t count, gph_task_fn *task,
                          void *data);

/**
 * Measures once what it costs to hand work to all threads and to wait for them: under a microsecond
 * where they spin meanwhile, up to 100 where they sleep (OMP_WAIT_POLICY=passive, or more threads
 * than cores). Twice that, and at least 60 microseconds, is the work that is worth a thread. Local.
 * Cost: some 2 milliseconds.
 */
void gph_team_measure(gph_context_t *context);

/** Threads that so much work is worth: 1..threads. Local. @param work estimated nanoseconds */
int gph_team_threads(const gph_context_t *context, double work);

/**
 * Items (or tasks) of so much work each that are worth a thread. Whoever knows what an item costs
 * passes this as the grain, so that small work stays on the thread that has it. Local.
 * @param work estimated nanoseconds of an item; its order of magnitude is what matters
 */
int64_t gph_team_grain(const gph_context_t *context, double work);

/**
 * Like gph_team_run(), on fewer threads below `grain` tasks each: with less than 2 × grain tasks
 * on the calling thread alone. Local.
 */
gph_status_t gph_team_tasks(const gph_context_t *context, int64_t count, int64_t grain,
                            gph_task_fn *task, void *data);

/** One contiguous range [begin, end) of items. Must not call MPI. */
typedef gph_status_t gph_range_fn(void *data, int64_t begin, int64_t end, int thread);

/**
 * Cuts 0..count-1 into one contiguous range a thread (fewer below `grain` items a range) and runs
 * them. For even work without order. Local.
 */
gph_status_t gph_team_ranges(const gph_context_t *context, int64_t count, int64_t grain,
                             gph_range_fn *range, void *data);

#endif
