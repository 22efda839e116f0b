/* The environment: creation, the kept error, planned faults and the log. Memory is in alloc.c. */
#include "base/env_private.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/** Bytes of a log line, with the final NUL; a longer one is cut. */
#define GPH_LOG_CHARS 2048

gph_status_t gph_env_create(int64_t max_memory, gph_env_t **env)
{
    assert(max_memory >= 0);
    gph_env_t *made = calloc(1, sizeof *made);
    if (made == NULL)
        return GPH_ERR_MEMORY;
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made);
        return GPH_ERR_MEMORY;
    }
    made->limit = max_memory;
    atomic_init(&made->used, 0);
    atomic_init(&made->peak, 0);
    atomic_init(&made->kept, GPH_OK);
    atomic_init(&made->log_level, GPH_LOG_QUIET);
    for (int kind = 0; kind < GPH_FAULT_KINDS; kind++) {
        atomic_init(&made->fault[kind].calls, 0);
        atomic_init(&made->fault[kind].nth, 0);
    }
    *env = made;
    return GPH_OK;
}

void gph_env_destroy(gph_env_t **env)
{
    if (*env == NULL)
        return;
    pthread_mutex_destroy(&(*env)->lock);
    free(*env);
    *env = NULL;
}

gph_status_t(gph_fail)(gph_env_t *env, gph_status_t status, const char *format, ...)
{
    assert(status != GPH_OK);
    pthread_mutex_lock(&env->lock);
    if (atomic_load_explicit(&env->kept, memory_order_relaxed) == GPH_OK) {
        va_list arguments;
        va_start(arguments, format);
        if (vsnprintf(env->message, sizeof env->message, format, arguments) < 0)
            env->message[0] = '\0';
        va_end(arguments);
        // Readers take no lock: the status, stored last, tells them that the message is complete.
        atomic_store_explicit(&env->kept, (int)status, memory_order_release);
    }
    pthread_mutex_unlock(&env->lock);
    return status;
}

const char *gph_env_error(const gph_env_t *env)
{
    return gph_env_error_status(env) == GPH_OK ? "" : env->message;
}

gph_status_t gph_env_error_status(const gph_env_t *env)
{
    return (gph_status_t)atomic_load_explicit(&env->kept, memory_order_acquire);
}

void gph_env_error_clear(gph_env_t *env)
{
    pthread_mutex_lock(&env->lock);
    atomic_store_explicit(&env->kept, GPH_OK, memory_order_release);
    pthread_mutex_unlock(&env->lock);
}

void gph_fault_plan(gph_env_t *env, gph_fault_t kind, int64_t nth)
{
    assert(kind < GPH_FAULT_KINDS && nth >= 0);
    atomic_store(&env->fault[kind].nth, nth);
    atomic_store(&env->fault[kind].calls, 0);
}

bool gph_fault_strikes(gph_env_t *env, gph_fault_t kind)
{
    gph_fault_state_t *fault = &env->fault[kind];
    const int64_t call = atomic_fetch_add_explicit(&fault->calls, 1, memory_order_relaxed) + 1;
    return call == atomic_load_explicit(&fault->nth, memory_order_relaxed);
}

int64_t gph_fault_calls(const gph_env_t *env, gph_fault_t kind)
{
    return atomic_load(&env->fault[kind].calls);
}

void gph_env_set_log(gph_env_t *env, gph_log_level_t level, gph_log_fn *fn, void *data)
{
    pthread_mutex_lock(&env->lock);
    env->log = fn;
    env->log_data = data;
    // One number answers gph_log_wanted(): without a receiver nothing is wanted.
    atomic_store(&env->log_level, (int)(fn == NULL ? GPH_LOG_QUIET : level));
    pthread_mutex_unlock(&env->lock);
}

bool gph_log_wanted(const gph_env_t *env, gph_log_level_t level)
{
    return level != GPH_LOG_QUIET &&
           (int)level <= atomic_load_explicit(&env->log_level, memory_order_relaxed);
}

void gph_log(gph_env_t *env, gph_log_level_t level, const char *format, ...)
{
    if (!gph_log_wanted(env, level))
        return;
    char line[GPH_LOG_CHARS] = "";
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    pthread_mutex_lock(&env->lock);
    if (env->log != NULL)
        env->log(env->log_data, level, line);
    pthread_mutex_unlock(&env->lock);
}
