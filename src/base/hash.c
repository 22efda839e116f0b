/* Digests by XXH3 and the map from 64-bit keys. */
#include "base/hash.h"

#include "base/checked.h"

#include <assert.h>
#include <stdio.h>
#include <xxhash.h>

/** Slots of the smallest map; a power of two. */
#define GPH_MAP_FIRST 16

gph_digest_t gph_digest_bytes(const void *bytes, size_t size)
{
    const XXH128_hash_t hash = XXH3_128bits(bytes, size);
    return (gph_digest_t){.high = hash.high64, .low = hash.low64};
}

gph_digest_t gph_digest_combine(const gph_digest_t *digests, int64_t count)
{
    assert(count >= 0);
    return gph_digest_bytes(digests, (size_t)count * sizeof *digests);
}

gph_digest_t gph_digest_item(uint64_t index, const void *bytes, size_t size)
{
    const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, size, index);
    return (gph_digest_t){hash.high64, hash.low64};
}

void gph_digest_add(gph_digest_t *sum, gph_digest_t digest)
{
    const uint64_t low = sum->low + digest.low;
    sum->high += digest.high + (low < digest.low);
    sum->low = low;
}

char *gph_digest_format(gph_digest_t digest, char text[GPH_DIGEST_CHARS])
{
    snprintf(text, GPH_DIGEST_CHARS, "%016llx%016llx", (unsigned long long)digest.high,
             (unsigned long long)digest.low);
    return text;
}

/** Slot of key in [capacity], or the free slot where it belongs. */
static int64_t find_slot(const int64_t *keys, int64_t capacity, int64_t key)
{
    // The finaliser of MurmurHash3: runs of consecutive keys spread over all slots.
    uint64_t hash = (uint64_t)key;
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    hash ^= hash >> 33;
    const uint64_t mask = (uint64_t)capacity - 1;
    uint64_t slot = hash & mask;
    while (keys[slot] != key && keys[slot] != -1)
        slot = (slot + 1) & mask;
    return (int64_t)slot;
}

gph_map_t gph_map_init(gph_env_t *env)
{
    return (gph_map_t){.env = env};
}

void gph_map_free(gph_map_t *map)
{
    gph_free(map->key);
    gph_free(map->value);
    *map = gph_map_init(map->env);
}

void gph_map_clear(gph_map_t *map)
{
    for (int64_t i = 0; i < map->capacity; i++)
        map->key[i] = -1;
    map->count = 0;
}

/** Moves all keys into arrays of `capacity` slots. */
static gph_status_t rehash(gph_map_t *map, int64_t capacity)
{
    gph_status_t status = GPH_OK;
    int64_t *key = NULL;
    int64_t *value = NULL;
    GPH_TRY(gph_alloc(map->env, capacity, sizeof *key, &key));
    GPH_TRY(gph_alloc(map->env, capacity, sizeof *value, &value));
    for (int64_t i = 0; i < capacity; i++)
        key[i] = -1;
    for (int64_t i = 0; i < map->capacity; i++) {
        if (map->key[i] == -1)
            continue;
        const int64_t slot = find_slot(key, capacity, map->key[i]);
        key[slot] = map->key[i];
        value[slot] = map->value[i];
    }
    gph_free(map->key);
    gph_free(map->value);
    map->key = key;
    map->value = value;
    map->capacity = capacity;
    key = NULL;
    value = NULL;
cleanup:
    gph_free(key);
    gph_free(value);
    return status;
}

gph_status_t gph_map_reserve(gph_map_t *map, int64_t count)
{
    // At most two thirds of the slots are in use, which keeps chains of probes short.
    int64_t need = 0;
    if (!gph_add_i64(count, count / 2 + 1, &need))
        return gph_fail(map->env, GPH_ERR_INTERNAL, "a map of %lld keys", (long long)count);
    if (need <= map->capacity)
        return GPH_OK;
    int64_t capacity = map->capacity > GPH_MAP_FIRST ? map->capacity : GPH_MAP_FIRST;
    while (capacity < need)
        if (!gph_mul_i64(capacity, 2, &capacity))
            return gph_fail(map->env, GPH_ERR_INTERNAL, "a map of %lld keys", (long long)count);
    return rehash(map, capacity);
}

gph_status_t gph_map_insert(gph_map_t *map, int64_t key, int64_t value, int64_t **slot)
{
    if (key < 0)
        return gph_fail(map->env, GPH_ERR_INTERNAL, "a map key is negative: %lld", (long long)key);
    int64_t at = map->capacity > 0 ? find_slot(map->key, map->capacity, key) : -1;
    if (at < 0 || map->key[at] == -1) {
        const gph_status_t status = gph_map_reserve(map, map->count + 1);
        if (status != GPH_OK)
            return status;
        // The map may have grown, and the slot with it.
        at = find_slot(map->key, map->capacity, key);
        map->key[at] = key;
        map->value[at] = value;
        map->count++;
    }
    if (slot != NULL)
        *slot = &map->value[at];
    return GPH_OK;
}

int64_t gph_map_get(const gph_map_t *map, int64_t key)
{
    if (map->count == 0 || key < 0)
        return -1;
    const int64_t at = find_slot(map->key, map->capacity, key);
    return map->key[at] == -1 ? -1 : map->value[at];
}
