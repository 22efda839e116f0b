/** Digests (XXH3, 128 bits) of results, and an open-addressing map from 64-bit keys. */
#ifndef GPH_BASE_HASH_H
#define GPH_BASE_HASH_H

#include "base/env.h"

/** 128-bit digest. Equal digests mean equal bytes. */
typedef struct gph_digest {
    uint64_t high;
    uint64_t low;
} gph_digest_t;

/** Characters of a digest in hexadecimal, with the final NUL. */
#define GPH_DIGEST_CHARS 33

/** Digest of bytes[size]. Local. The same on every machine (little-endian input assumed). */
gph_digest_t gph_digest_bytes(const void *bytes, size_t size);

/** Digest of digests[count] in order: how digests of tiles become the digest of a result. */
gph_digest_t gph_digest_combine(const gph_digest_t *digests, int64_t count);

/**
 * Digest of item `index` of a sequence. Digests of items add up with gph_digest_add() in any order
 * to the digest of the sequence, so parts of it can lie anywhere. Local.
 */
gph_digest_t gph_digest_item(uint64_t index, const void *bytes, size_t size);

/** *sum += digest, modulo 2^128. */
void gph_digest_add(gph_digest_t *sum, gph_digest_t digest);

/** Writes 32 hexadecimal digits, high half first. Returns text. */
char *gph_digest_format(gph_digest_t digest, char text[GPH_DIGEST_CHARS]);

/** Map from non-negative 64-bit keys to 64-bit values; grows; not thread-safe. */
typedef struct gph_map {
    gph_env_t *env;
    int64_t capacity; /**< slots, a power of two, or 0 */
    int64_t count;    /**< keys held */
    int64_t *key;     /**< [capacity], -1 where free */
    int64_t *value;   /**< [capacity] */
} gph_map_t;

/** Empty map. Allocates nothing. */
gph_map_t gph_map_init(gph_env_t *env);
/** Frees a map's arrays and empties it. */
void gph_map_free(gph_map_t *map);
/** Forgets all keys and keeps the room. */
void gph_map_clear(gph_map_t *map);
/** Makes room for `count` keys in all. */
gph_status_t gph_map_reserve(gph_map_t *map, int64_t count);
/** Inserts key with value unless it is there. *slot (may be NULL) receives the address of its
 * value. */
gph_status_t gph_map_insert(gph_map_t *map, int64_t key, int64_t value, int64_t **slot);
/** Value of key, or -1 when absent. */
int64_t gph_map_get(const gph_map_t *map, int64_t key);

#endif
