/* Strings and their numbers; see collection.h. */
#include "io/collection.h"

#include <string.h>

gph_symbols_t gph_symbols_init(gph_env_t *env)
{
    return (gph_symbols_t){.map = gph_map_init(env),
                           .bytes = gph_array_init(env, sizeof(char)),
                           .offset = gph_array_init(env, sizeof(int64_t))};
}

void gph_symbols_free(gph_symbols_t *symbols)
{
    gph_map_free(&symbols->map);
    gph_array_free(&symbols->bytes);
    gph_array_free(&symbols->offset);
}

const char *gph_symbols_text(const gph_symbols_t *symbols, int32_t number)
{
    const int64_t *offset = symbols->offset.data;
    return (const char *)symbols->bytes.data + offset[number];
}

static bool symbol_is(const gph_symbols_t *symbols, int64_t number, const char *text, int64_t size)
{
    const char *known = gph_symbols_text(symbols, (int32_t)number);
    return strlen(known) == (size_t)size && memcmp(known, text, (size_t)size) == 0;
}

gph_status_t gph_symbols_append(gph_array_t *bytes, const char *text, int64_t size)
{
    gph_status_t status = gph_array_append(bytes, text, size);
    return status == GPH_OK ? gph_array_push(bytes, "") : status;
}

/* Where the search for a string begins. */
static int64_t first_key(const char *text, int64_t size)
{
    return (int64_t)(gph_digest_bytes(text, (size_t)size).low >> 2);
}

int64_t gph_symbols_find(const gph_symbols_t *symbols, const char *text, int64_t size)
{
    int64_t key = first_key(text, size);
    int64_t found = gph_map_get(&symbols->map, key);
    while (found >= 0 && !symbol_is(symbols, found, text, size))
        found = gph_map_get(&symbols->map, ++key);
    return found;
}

gph_status_t gph_symbols_intern(gph_symbols_t *symbols, const char *text, int64_t size,
                                int32_t *number)
{
    gph_status_t status = GPH_OK;
    int64_t key = first_key(text, size);
    int64_t found = gph_map_get(&symbols->map, key);

    if (memchr(text, '\0', (size_t)size) != NULL)
        return gph_fail(symbols->bytes.env, GPH_ERR_INPUT, "a label with a zero byte");
    // Two strings with one hash are next to impossible, yet cheap to tell apart.
    while (found >= 0 && !symbol_is(symbols, found, text, size))
        found = gph_map_get(&symbols->map, ++key);
    if (found < 0) {
        found = symbols->offset.count;
        if (found == INT32_MAX)
            return gph_fail(symbols->bytes.env, GPH_ERR_INPUT, "more than 2^31-1 labels");
        const int64_t start = symbols->bytes.count;
        GPH_TRY(gph_symbols_append(&symbols->bytes, text, size));
        GPH_TRY(gph_array_push(&symbols->offset, &start));
        GPH_TRY(gph_map_insert(&symbols->map, key, found, NULL));
    }
    *number = (int32_t)found;

cleanup:
    return status;
}
