/**
 * The task pool across ranks: tiles are handed to threads and balanced between ranks while they
 * run, and ranks ask each other for data that they do not hold.
 *
 * Every rank begins with its own tiles (gph_tiles_t) and works them off from the last to the first;
 * a rank that has none left takes the lower half of what another one has not begun. Which rank did
 * a tile must not change the result, so callers combine by tile or by exact sums. Between tiles the
 * main thread answers other ranks; MPI is called by the main thread only (MPI_THREAD_FUNNELED
 * suffices).
 */
#ifndef GPH_PAR_POOL_H
#define GPH_PAR_POOL_H

#include "base/array.h"
#include "par/tiles.h"

typedef struct gph_pool gph_pool_t;

/** Answers a request of another rank from data that do not change while the pool is open. Local.
 *  A failure fails all ranks at the next sync, but for GPH_ERR_MEMORY: it becomes the asker's, who
 * may ask for less. */
typedef gph_status_t gph_pool_serve_fn(void *data, const void *request, int64_t bytes,
                                       gph_array_t *reply);

/**
 * Opens a pool. Collective.
 * @param serve answers gph_pool_call(); replies are arrays of bytes
 */
gph_status_t gph_pool_open(gph_context_t *context, gph_pool_serve_fn *serve, void *data,
                           gph_pool_t **pool);

/** Waits for all ranks, frees the pool and nulls the pointer. NULL is fine. Collective. */
void gph_pool_close(gph_pool_t **pool);

/**
 * Asks other ranks and waits for the answers, answering their questions meanwhile. Local; main
 * thread only. Every rank is or comes into the pool.
 * @param count   [ranks + 1] requests: bytes request[start[r]] up to request[start[r + 1]] go to
 *                rank r; nothing is sent where that is empty or r is this rank
 * @param reply   [ranks] arrays of bytes, initialised; receive the answers
 * @return GPH_ERR_MEMORY also when another rank has no memory to answer: it may answer less
 */
gph_status_t gph_pool_call(gph_pool_t *pool, const int64_t *start, const void *request,
                           gph_array_t *reply);

/** Answers what other ranks ask. Local; main thread only; cheap when nobody asks. */
void gph_pool_poll(gph_pool_t *pool);

/** Answers questions until all ranks have come here, then agrees on a status. Collective. */
gph_status_t gph_pool_sync(gph_pool_t *pool, gph_status_t status);

/**
 * The tiles to be worked off, in order, and how they are shared at first. `run` and gph_pool_work()
 * count in entries of this list.
 */
typedef struct gph_worklist {
    int64_t count;
    int64_t *tile;       /**< [count] tile numbers, ascending */
    int64_t *cost;       /**< [count] estimated work */
    int64_t *rank_first; /**< [ranks + 1] first entry of each rank */
} gph_worklist_t;

/**
 * Works on some of the entries that this rank has: prepares what the entries from some begin >= low
 * up to `high` need, then hands them out with gph_pool_work(). Local; main thread.
 * @param low  first entry of this rank that is not begun
 * @param high end of those entries
 */
typedef gph_status_t gph_pool_run_fn(void *data, gph_pool_t *pool, const gph_worklist_t *list,
                                     int64_t low, int64_t high);

/** One tile. `thread` is 0..threads-1. Must not call MPI. */
typedef gph_status_t gph_pool_tile_fn(void *data, int64_t tile, int thread);

/**
 * Lists the tiles that are not done, shared evenly by cost. Local; the same on all ranks.
 * @param done [tiles->count] or NULL: none is
 */
gph_status_t gph_worklist_make(const gph_context_t *context, const gph_tiles_t *tiles,
                               const int64_t *done, gph_worklist_t *list);

/** Frees the arrays. Local. */
void gph_worklist_free(gph_worklist_t *list);

/**
 * Called by a tile that may take long, between its steps: looks after other ranks (thread 0, about
 * every millisecond), and tells whether a pause or an end is due. A tile that can be taken up again
 * where it is may return then. Local; any thread. Cost: a look at the clock.
 */
bool gph_pool_pausing(gph_pool_t *pool, int thread);

/**
 * Works off all entries on all ranks: calls `run` until no rank has any left. Collective.
 * @param what name on the progress line
 * @return the agreed status
 */
gph_status_t gph_pool_tiles(gph_pool_t *pool, const gph_worklist_t *list, const char *what,
                            gph_pool_run_fn *run, void *data);

/** Called by `run`: threads take the entries from `begin` on, the last first, until none is left.
 * Local. */
gph_status_t gph_pool_work(gph_pool_t *pool, int64_t begin, gph_pool_tile_fn *tile, void *data);

/** One task of gph_pool_team(). Must not call MPI. */
typedef gph_status_t gph_pool_task_fn(void *data, int64_t task, int thread);

/** Runs tasks 0..count-1 on this rank's threads, in order of hand-out, answering other ranks
 *  meanwhile. After a failure the rest is skipped. Local; main thread. */
gph_status_t gph_pool_team(gph_pool_t *pool, int64_t count, gph_pool_task_fn *task, void *data);

/** Asks, on one rank, whether the work shall pause. Called often; must be cheap. Local. */
typedef bool gph_pool_due_fn(void *data);

/**
 * Sets what is asked for a pause (NULL: nothing). When it says so on any rank, all ranks finish the
 * tiles they have begun, or leave them at gph_pool_pausing(), and gph_pool_tiles() returns GPH_OK
 * with tiles left over; the caller keeps book of which are done. Local; the same on all ranks.
 */
void gph_pool_set_due(gph_pool_t *pool, gph_pool_due_fn *due, void *data);

#endif
