/**
 * The environment that everything below the context works in: the last error, the memory
 * account with its budget, the log and the fault hook. One a context; safe to use from many
 * threads of one process. Knows nothing of MPI.
 */
#ifndef GPH_BASE_ENV_H
#define GPH_BASE_ENV_H

#include "gph/base.h"

#include <stdbool.h>
#include <stddef.h>

/** Bytes of an error message, with the final NUL. */
#define GPH_ERROR_CHARS 1024

/** Places where a planned fault can strike. */
typedef enum gph_fault {
    GPH_FAULT_ALLOC = 0,
    GPH_FAULT_WRITE = 1,
    GPH_FAULT_SYNC = 2,
    GPH_FAULT_RENAME = 3,
    GPH_FAULT_KINDS = 4
} gph_fault_t;

typedef struct gph_env gph_env_t;

/** Receives one finished log line (no newline at its end). Called under a lock. */
typedef void gph_log_fn(void *data, gph_log_level_t level, const char *line);

/**
 * Makes an environment. Local.
 * @param max_memory budget in bytes; 0 means no limit
 * @return GPH_OK, or GPH_ERR_MEMORY with *env unchanged
 */
gph_status_t gph_env_create(int64_t max_memory, gph_env_t **env);

/** Frees an environment and nulls the pointer. NULL is fine. Local. */
void gph_env_destroy(gph_env_t **env);

/* --- errors --------------------------------------------------------------------------------- */

/**
 * Records a failure and returns its status, so that `return gph_fail(env, GPH_ERR_INPUT, …)`
 * reads well. The first failure since gph_env_error_clear() is kept; later ones are dropped, as
 * they tend to be consequences. Thread-safe. Local.
 */
gph_status_t gph_fail(gph_env_t *env, gph_status_t status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* which does not see from here that the status comes back */
#define gph_fail(env, status, ...) ((void)(gph_fail)((env), (status), __VA_ARGS__), (status))
#endif

/** The kept message ("" when there is none). Local. */
const char *gph_env_error(const gph_env_t *env);

/** The status kept with the message (GPH_OK when there is none). Local. */
gph_status_t gph_env_error_status(const gph_env_t *env);

/** Forgets the kept failure. Local. */
void gph_env_error_clear(gph_env_t *env);

/** Runs `call`; on failure keeps its status in the local `status` and goes to `cleanup`. */
#define GPH_TRY(call)                                                                              \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != GPH_OK)                                                                      \
            goto cleanup;                                                                          \
    } while (0)

/* --- memory --------------------------------------------------------------------------------- */

/**
 * Allocates count × size bytes, 64-byte aligned, charged to the budget. Local, thread-safe.
 * Zero bytes give a valid pointer that may be freed. The pointed-to pointer is set on success only.
 * @param out address of the pointer to set: `gph_alloc(env, n, sizeof *a, &a)`
 * @return GPH_OK; GPH_ERR_MEMORY with a message that names the size needed and the budget;
 *         GPH_ERR_INTERNAL when count is negative or the product overflows
 */
gph_status_t gph_alloc(gph_env_t *env, int64_t count, size_t size, void *out);

/** Like gph_alloc(), with all bytes zero. */
gph_status_t gph_calloc(gph_env_t *env, int64_t count, size_t size, void *out);

/**
 * Resizes a block of gph_alloc(), keeping its content. *ptr may point to NULL.
 * On failure the old block stays valid.
 */
gph_status_t gph_realloc(gph_env_t *env, int64_t count, size_t size, void *ptr);

/** Frees a block of gph_alloc(). NULL is fine. Local, thread-safe. */
void gph_free(void *block);

/** Bytes charged now. Local. */
int64_t gph_mem_used(const gph_env_t *env);

/** Highest value that gph_mem_used() had. Local. */
int64_t gph_mem_peak(const gph_env_t *env);

/** Budget in bytes (0: no limit). Local. */
int64_t gph_mem_limit(const gph_env_t *env);

/** Bytes that may still be charged; INT64_MAX without a limit. Local. */
int64_t gph_mem_left(const gph_env_t *env);

/* --- faults, for tests ---------------------------------------------------------------------- */

/** Plans that the nth call (from 1, counted from now) of a kind fails; 0 takes the plan back. */
void gph_fault_plan(gph_env_t *env, gph_fault_t kind, int64_t nth);

/** Counts one call of a kind; true when it is the one that is to fail. Thread-safe. */
bool gph_fault_strikes(gph_env_t *env, gph_fault_t kind);

/** Calls of a kind counted since the last plan. */
int64_t gph_fault_calls(const gph_env_t *env, gph_fault_t kind);

/* --- log ------------------------------------------------------------------------------------ */

/** Sets level and receiver of log lines; without a receiver nothing is logged. Local. */
void gph_env_set_log(gph_env_t *env, gph_log_level_t level, gph_log_fn *fn, void *data);

/** True when lines of this level are wanted. Local. */
bool gph_log_wanted(const gph_env_t *env, gph_log_level_t level);

/** Logs one line on this process. Local, thread-safe. */
void gph_log(gph_env_t *env, gph_log_level_t level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
