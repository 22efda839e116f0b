/** Many readers or one writer. A writer that waits keeps new readers out, so it comes to its turn.
 */
#ifndef GPH_GRAPH_LOCK_H
#define GPH_GRAPH_LOCK_H

#include "base/env.h"

typedef struct gph_lock gph_lock_t;

/** Makes a lock. Local. */
gph_status_t gph_lock_create(gph_env_t *env, gph_lock_t **lock);
/** Frees it and nulls the pointer; NULL is fine. Local. */
void gph_lock_destroy(gph_lock_t **lock);

/** Waits for its turn. Local. NULL: there are no writers. */
void gph_lock_read(gph_lock_t *lock);
void gph_unlock_read(gph_lock_t *lock);
void gph_lock_write(gph_lock_t *lock);
void gph_unlock_write(gph_lock_t *lock);

#endif
