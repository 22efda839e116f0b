/* Shares: what each rank has of the work list, under a lock. */
#include "par/pool_private.h"

/* Takes the last entry that nobody began, if it is `floor` or above. */
bool gph_share_claim(gph_pool_t *pool, int64_t floor, int64_t *entry)
{
    share_t *share = &pool->share;
    bool got = false;
    pthread_mutex_lock(&share->lock);
    if (!share->halted && share->high > share->low && share->high > floor) {
        *entry = --share->high;
        got = true;
    }
    pthread_mutex_unlock(&share->lock);
    return got;
}

/* Gives away about the lower half, by cost, of what nobody began, but never all of it: a share that
 * can only be split does not wander between ranks that ask while it is being prepared. */
void gph_share_split(gph_pool_t *pool, int64_t given[2])
{
    share_t *share = &pool->share;
    given[0] = 0;
    given[1] = 0;
    pthread_mutex_lock(&share->lock);
    if (pool->list != NULL && !share->halted && share->high - share->low > 1) {
        const int64_t *cost = pool->list->cost;
        int64_t total = 0;
        int64_t part = 0;
        int64_t middle = share->low;
        for (int64_t t = share->low; t < share->high; ++t)
            total += cost[t];
        while (middle + 1 < share->high &&
               (part + cost[middle] <= total - total / 2 || middle == share->low))
            part += cost[middle++];
        given[0] = share->low;
        given[1] = middle;
        share->low = middle;
    }
    pthread_mutex_unlock(&share->lock);
}

void gph_share_set(gph_pool_t *pool, int64_t low, int64_t high)
{
    pthread_mutex_lock(&pool->share.lock);
    pool->share.low = low;
    pool->share.high = high;
    pthread_mutex_unlock(&pool->share.lock);
}

bool gph_share_get(gph_pool_t *pool, int64_t *low, int64_t *high)
{
    pthread_mutex_lock(&pool->share.lock);
    *low = pool->share.low;
    *high = pool->share.high;
    const bool some = !pool->share.halted && *low < *high;
    pthread_mutex_unlock(&pool->share.lock);
    return some;
}

void gph_share_halt(gph_pool_t *pool)
{
    pthread_mutex_lock(&pool->share.lock);
    pool->share.halted = true;
    pthread_mutex_unlock(&pool->share.lock);
}
