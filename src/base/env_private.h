/** Inside of the environment, for env.c and alloc.c alone. */
#ifndef GPH_BASE_ENV_PRIVATE_H
#define GPH_BASE_ENV_PRIVATE_H

#include "base/env.h"

#include <pthread.h>
#include <stdatomic.h>

/** One kind of planned fault. */
typedef struct gph_fault_state {
    _Atomic int64_t calls; /**< since the last plan */
    _Atomic int64_t nth;   /**< call that fails; 0: none */
} gph_fault_state_t;

struct gph_env {
    int64_t limit;         /**< bytes; 0: none */
    _Atomic int64_t used;  /**< bytes charged */
    _Atomic int64_t peak;  /**< highest `used` so far */
    _Atomic int kept;      /**< gph_status_t of `message`, stored after it */
    _Atomic int log_level; /**< gph_log_level_t of the lines wanted */
    gph_log_fn *log;       /**< receiver, or NULL */
    void *log_data;        /**< handed to `log` */
    pthread_mutex_t lock;  /**< of `message` and of calls to `log` */
    gph_fault_state_t fault[GPH_FAULT_KINDS];
    char message[GPH_ERROR_CHARS];
};

#endif
