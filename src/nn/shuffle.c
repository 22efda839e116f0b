/* Orders that a seed draws. */
#include "nn/shuffle.h"

#include "base/random.h"

#include <stdlib.h>

typedef struct drawn {
    uint64_t key;
    int64_t number;
} drawn_t;

static int by_key(const void *a, const void *b)
{
    const drawn_t *x = a;
    const drawn_t *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

gph_status_t gph_shuffle(gph_env_t *env, uint64_t seed, uint64_t stream, int64_t count,
                         int64_t *list)
{
    gph_status_t status = GPH_OK;
    drawn_t *drawn = NULL;

    GPH_TRY(gph_alloc(env, count, sizeof *drawn, &drawn));
    for (int64_t i = 0; i < count; i++)
        drawn[i] = (drawn_t){gph_random_u64(seed, stream, (uint64_t)list[i]), list[i]};
    qsort(drawn, (size_t)count, sizeof *drawn, by_key);
    for (int64_t i = 0; i < count; i++)
        list[i] = drawn[i].number;

cleanup:
    gph_free(drawn);
    return status;
}
