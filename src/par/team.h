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

/** One contiguous range [begin, end) of items. Must not call MPI. */
typedef gph_status_t gph_range_fn(void *data, int64_t begin, int64_t end, int thread);

/**
 * Cuts 0..count-1 into one contiguous range a thread (fewer below `grain` items a range) and runs
 * them. For even work without order. Local.
 */
gph_status_t gph_team_ranges(const gph_context_t *context, int64_t count, int64_t grain,
                             gph_range_fn *range, void *data);

#endif
