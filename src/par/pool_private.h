/** Inside of the task pool: its parts, and what they call of each other. */
#ifndef GPH_PAR_POOL_PRIVATE_H
#define GPH_PAR_POOL_PRIVATE_H

#include "par/pool.h"

#include <pthread.h>
#include <stdatomic.h>

/** A message on its way. */
typedef struct sending {
    MPI_Request request;
    void *bytes;
} sending_t;

/** First word of a request. */
enum { GPH_POOL_DATA = 1, GPH_POOL_STEAL = 2 };

/** Entries of the work list that this rank has and nobody began, [low, high). */
typedef struct share {
    pthread_mutex_t lock;
    int64_t low;
    int64_t high;
    int64_t done;       /* cost of tiles finished here */
    atomic_bool halted; /* a rank failed or wants a pause: hand out nothing more */
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
    double polled; /* when other ranks were last looked after */
    share_t share;
    const gph_worklist_t *list; /* during gph_pool_tiles() */
    gph_progress_line_t *progress;
};

/* --- shares (pool_share.c) ------------------------------------------------------------------- */

/** Takes the last entry that nobody began, if it is `floor` or above. Local, thread-safe. */
bool gph_share_claim(gph_pool_t *pool, int64_t floor, int64_t *entry);
/** Gives away about the lower half, by cost, of what nobody began. Local, thread-safe. */
void gph_share_split(gph_pool_t *pool, int64_t given[2]);
/** Sets what this rank has. Local, thread-safe. */
void gph_share_set(gph_pool_t *pool, int64_t low, int64_t high);
/** What this rank has; false when that is nothing, or nothing may be begun. Local, thread-safe. */
bool gph_share_get(gph_pool_t *pool, int64_t *low, int64_t *high);
/** Hands out nothing more. Local, thread-safe. */
void gph_share_halt(gph_pool_t *pool);

/* --- messages (pool_messages.c) -------------------------------------------------------------- */

/** gph_pool_call() for a kind of request. Local; main thread. */
gph_status_t gph_pool_ask(gph_pool_t *pool, int64_t kind, const int64_t *start,
                          const unsigned char *request, gph_array_t *reply);
/** Tells all ranks to hand out no more tiles: this one failed, or a pause is due. Local. */
void gph_pool_halt(gph_pool_t *pool);

#endif
