/* Many readers or one writer, by a mutex and a condition. */
#include "graph/lock.h"

#include <pthread.h>

struct gph_lock {
    pthread_mutex_t mutex; /**< of all that follows */
    pthread_cond_t turn;   /**< something ended */
    int64_t readers;       /**< that read */
    int64_t waiting;       /**< writers that wait */
    bool writing;
};

gph_status_t gph_lock_create(gph_env_t *env, gph_lock_t **lock)
{
    gph_status_t status = GPH_OK;
    gph_lock_t *made = NULL;
    bool mutex = false;

    GPH_TRY(gph_calloc(env, 1, sizeof *made, &made));
    mutex = pthread_mutex_init(&made->mutex, NULL) == 0;
    if (!mutex || pthread_cond_init(&made->turn, NULL) != 0)
        GPH_TRY(gph_fail(env, GPH_ERR_SYSTEM, "a lock could not be made"));
    *lock = made;
    return GPH_OK;

cleanup:
    if (mutex)
        pthread_mutex_destroy(&made->mutex);
    gph_free(made);
    return status;
}

void gph_lock_destroy(gph_lock_t **lock)
{
    if (*lock == NULL)
        return;
    pthread_cond_destroy(&(*lock)->turn);
    pthread_mutex_destroy(&(*lock)->mutex);
    gph_free(*lock);
    *lock = NULL;
}

void gph_lock_read(gph_lock_t *lock)
{
    if (lock == NULL)
        return;
    pthread_mutex_lock(&lock->mutex);
    while (lock->writing || lock->waiting > 0)
        pthread_cond_wait(&lock->turn, &lock->mutex);
    lock->readers += 1;
    pthread_mutex_unlock(&lock->mutex);
}

void gph_unlock_read(gph_lock_t *lock)
{
    if (lock == NULL)
        return;
    pthread_mutex_lock(&lock->mutex);
    lock->readers -= 1;
    if (lock->readers == 0)
        pthread_cond_broadcast(&lock->turn);
    pthread_mutex_unlock(&lock->mutex);
}

void gph_lock_write(gph_lock_t *lock)
{
    if (lock == NULL)
        return;
    pthread_mutex_lock(&lock->mutex);
    lock->waiting += 1;
    while (lock->writing || lock->readers > 0)
        pthread_cond_wait(&lock->turn, &lock->mutex);
    lock->waiting -= 1;
    lock->writing = true;
    pthread_mutex_unlock(&lock->mutex);
}

void gph_unlock_write(gph_lock_t *lock)
{
    if (lock == NULL)
        return;
    pthread_mutex_lock(&lock->mutex);
    lock->writing = false;
    pthread_cond_broadcast(&lock->turn);
    pthread_mutex_unlock(&lock->mutex);
}
