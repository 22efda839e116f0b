/* What all ranks hold alike, in a snapshot. */
#include "nn/state.h"

#include <string.h>

/* Words that hold so many numbers. */
static int64_t words_of(int64_t count)
{
    const int64_t each = (int64_t)(sizeof(uint64_t) / sizeof(gph_real_t));
    return (count + each - 1) / each;
}

gph_status_t gph_state_put(const gph_context_t *context, gph_snapshot_t *snapshot, const char *name,
                           int64_t words, const void *data)
{
    const int64_t mine = context->rank == 0 ? words : 0;
    return gph_snapshot_put_array(snapshot, name, 1, words, words - mine, mine, data);
}

gph_status_t gph_state_put_reals(const gph_context_t *context, gph_snapshot_t *snapshot,
                                 const char *name, int64_t size, const gph_real_t *value)
{
    gph_status_t status = GPH_OK;
    uint64_t *word = NULL;

    GPH_TRY(gph_calloc(context->env, words_of(size), sizeof *word, &word));
    memcpy(word, value, (size_t)size * sizeof *value);
    GPH_TRY(gph_state_put(context, snapshot, name, words_of(size), word));

cleanup:
    gph_free(word);
    return status;
}

gph_status_t gph_state_read_reals(const gph_context_t *context, const gph_snapshot_t *snapshot,
                                  const char *name, int64_t size, gph_real_t *value)
{
    gph_status_t status = GPH_OK;
    const int64_t words = words_of(size);
    uint64_t *word = NULL;

    GPH_TRY(gph_alloc(context->env, words, sizeof *word, &word));
    GPH_TRY(gph_snapshot_read_array(snapshot, name, 1, words, 0, words, word));
    memcpy(value, word, (size_t)size * sizeof *value);

cleanup:
    gph_free(word);
    return status;
}

gph_status_t gph_state_put_weights(gph_snapshot_t *snapshot, const gph_params_t *params,
                                   const gph_optimizer_t *optimizer)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = params->context;

    GPH_TRY(gph_state_put_reals(context, snapshot, "weights", params->size, params->value));
    GPH_TRY(gph_state_put_reals(context, snapshot, "first", params->size, optimizer->first));
    if (optimizer->second != NULL)
        GPH_TRY(gph_state_put_reals(context, snapshot, "second", params->size, optimizer->second));

cleanup:
    return status;
}

gph_status_t gph_state_read_weights(const gph_snapshot_t *snapshot, gph_params_t *params,
                                    gph_optimizer_t *optimizer)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = params->context;

    GPH_TRY(gph_state_read_reals(context, snapshot, "weights", params->size, params->value));
    GPH_TRY(gph_state_read_reals(context, snapshot, "first", params->size, optimizer->first));
    if (optimizer->second != NULL)
        GPH_TRY(gph_state_read_reals(context, snapshot, "second", params->size, optimizer->second));

cleanup:
    return status;
}

gph_status_t gph_state_put_array(const gph_context_t *context, gph_snapshot_t *snapshot,
                                 const char *name, const gph_array_t *array)
{
    const int64_t words = array->count * (int64_t)(array->size / sizeof(uint64_t));
    return gph_state_put(context, snapshot, name, words, array->data);
}

gph_status_t gph_state_read_array(const gph_snapshot_t *snapshot, const char *name, int64_t count,
                                  gph_array_t *array)
{
    const int64_t words = count * (int64_t)(array->size / sizeof(uint64_t));
    gph_status_t status = gph_array_reserve(array, count);
    if (status == GPH_OK)
        status = gph_snapshot_read_array(snapshot, name, 1, words, 0, words, array->data);
    if (status == GPH_OK)
        array->count = count;
    return status;
}
