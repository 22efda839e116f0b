/* The growable array. */
#include "base/array.h"

#include "base/checked.h"

#include <assert.h>
#include <string.h>

/** Elements that the first append makes room for. */
#define GPH_ARRAY_FIRST 16

gph_array_t gph_array_init(gph_env_t *env, size_t size)
{
    assert(size > 0);
    return (gph_array_t){.env = env, .size = size};
}

void gph_array_free(gph_array_t *array)
{
    gph_free(array->data);
    *array = gph_array_init(array->env, array->size);
}

gph_status_t gph_array_reserve(gph_array_t *array, int64_t count)
{
    if (count <= array->capacity)
        return GPH_OK;
    const gph_status_t status = gph_realloc(array->env, count, array->size, &array->data);
    if (status == GPH_OK)
        array->capacity = count;
    return status;
}

/** Makes room for `more` elements, at least doubling, so that appends cost O(1) each. */
static gph_status_t grow(gph_array_t *array, int64_t more)
{
    int64_t need = 0;
    if (!gph_add_i64(array->count, more, &need))
        return gph_fail(array->env, GPH_ERR_INTERNAL, "an array of 2^63 elements or more");
    if (need <= array->capacity)
        return GPH_OK;
    int64_t doubled = 0;
    if (!gph_mul_i64(array->capacity, 2, &doubled))
        doubled = need;
    if (doubled < GPH_ARRAY_FIRST)
        doubled = GPH_ARRAY_FIRST;
    return gph_array_reserve(array, doubled > need ? doubled : need);
}

gph_status_t gph_array_append(gph_array_t *array, const void *items, int64_t count)
{
    assert(count >= 0);
    if (count == 0)
        return GPH_OK;
    const gph_status_t status = grow(array, count);
    if (status != GPH_OK)
        return status;
    memcpy((char *)array->data + (size_t)array->count * array->size, items,
           (size_t)count * array->size);
    array->count += count;
    return GPH_OK;
}

gph_status_t gph_array_push(gph_array_t *array, const void *item)
{
    return gph_array_append(array, item, 1);
}

void *gph_array_take(gph_array_t *array)
{
    void *data = array->data;
    *array = gph_array_init(array->env, array->size);
    return data;
}
