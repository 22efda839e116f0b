/* Digests and the map. */
#include "base/hash.h"
#include "base/random.h"
#include "gph_test.h"

#include <string.h>

static void expect_digest(const void *bytes, size_t size, const char *wanted)
{
    char text[GPH_DIGEST_CHARS] = "";
    CU_ASSERT_PTR_EQUAL(gph_digest_format(gph_digest_bytes(bytes, size), text), text);
    GPH_EXPECT(strcmp(text, wanted) == 0, "digest of %zu bytes: %s", size, text);
}

static void test_known_digests(void)
{
    unsigned char ramp[1000];
    for (size_t i = 0; i < sizeof ramp; i++)
        ramp[i] = (unsigned char)(i % 251);
    expect_digest("", 0, "99aa06d3014798d86001c324468d497f");
    expect_digest(NULL, 0, "99aa06d3014798d86001c324468d497f");
    expect_digest("a", 1, "a96faf705af16834e6c632b61e964e1f");
    expect_digest("abc", 3, "06b05ab6733a618578af5f94892f3950");
    expect_digest(ramp, sizeof ramp, "18bf41bc8229e27733ef703fb2b20ed1");
}

static void test_combine(void)
{
    const gph_digest_t two[2] = {gph_digest_bytes("a", 1), gph_digest_bytes("b", 1)};
    const gph_digest_t swapped[2] = {two[1], two[0]};
    const gph_digest_t d = gph_digest_combine(two, 2);
    const gph_digest_t e = gph_digest_combine(swapped, 2);
    CU_ASSERT_TRUE(d.high != e.high && d.low != e.low);
    const gph_digest_t again = gph_digest_combine(two, 2);
    CU_ASSERT_TRUE(d.high == again.high && d.low == again.low);
    const gph_digest_t none = gph_digest_combine(NULL, 0);
    const gph_digest_t empty = gph_digest_bytes(NULL, 0);
    CU_ASSERT_TRUE(none.high == empty.high && none.low == empty.low);
    const gph_digest_t small = {.high = 1, .low = 0xabc};
    char text[GPH_DIGEST_CHARS] = "";
    CU_ASSERT_STRING_EQUAL(gph_digest_format(small, text), "00000000000000010000000000000abc");
}

static void test_sums(void)
{
    enum { ITEMS = 40 };
    gph_digest_t forward = {0, 0};
    gph_digest_t backward = {0, 0};
    gph_digest_t moved = {0, 0};
    for (int i = 0; i < ITEMS; i++) {
        const int up = i;
        const int down = ITEMS - 1 - i;
        gph_digest_add(&forward, gph_digest_item((uint64_t)up, &up, sizeof up));
        gph_digest_add(&backward, gph_digest_item((uint64_t)down, &down, sizeof down));
        gph_digest_add(&moved, gph_digest_item((uint64_t)down, &up, sizeof up));
    }
    CU_ASSERT_TRUE(forward.high == backward.high && forward.low == backward.low);
    CU_ASSERT_TRUE(forward.high != moved.high && forward.low != moved.low);
    gph_digest_t carry = {.high = UINT64_MAX, .low = UINT64_MAX};
    gph_digest_add(&carry, (gph_digest_t){.high = 3, .low = 2});
    CU_ASSERT_TRUE(carry.high == 3 && carry.low == 1);
}

static void test_map_against_naive(void)
{
    enum { KEYS = 997, STEPS = 6000 };
    gph_env_t *env = gph_test_context()->env;
    const int64_t start = gph_mem_used(env);
    int64_t naive[KEYS];
    int64_t held = 0;
    int64_t wrong = 0;
    gph_map_t map = gph_map_init(env);
    for (int64_t i = 0; i < KEYS; i++)
        naive[i] = -1;
    for (int64_t step = 0; step < STEPS; step++) {
        const int64_t i = (int64_t)gph_random_below(gph_random_u64(3, 0, (uint64_t)step), KEYS);
        const int64_t key = i * i * i * 4096; // strided, to try the mixing of bits
        int64_t *slot = NULL;
        wrong += gph_map_get(&map, key) != naive[i];
        wrong += gph_map_insert(&map, key, step, &slot) != GPH_OK;
        if (naive[i] < 0) {
            naive[i] = step;
            held++;
        }
        wrong += slot == NULL || *slot != naive[i];
        wrong += map.count != held;
        if (slot != NULL && step % 3 == 0)
            *slot = naive[i] = step + 1;
    }
    for (int64_t i = 0; i < KEYS; i++)
        wrong += gph_map_get(&map, i * i * i * 4096) != naive[i];
    wrong += gph_map_get(&map, 1) != -1;
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(map.count * 3 <= map.capacity * 2);
    gph_map_free(&map);
    CU_ASSERT_EQUAL(map.count, 0);
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
}

static void test_map_edges(void)
{
    gph_env_t *env = gph_test_context()->env;
    const int64_t start = gph_mem_used(env);
    gph_map_t map = gph_map_init(env);
    CU_ASSERT_EQUAL(gph_map_get(&map, 0), -1);
    CU_ASSERT_EQUAL(gph_map_reserve(&map, 0), GPH_OK);
    CU_ASSERT_EQUAL(gph_map_insert(&map, INT64_MAX, 4, NULL), GPH_OK);
    CU_ASSERT_EQUAL(gph_map_insert(&map, 0, 5, NULL), GPH_OK);
    CU_ASSERT_EQUAL(gph_map_insert(&map, -1, 6, NULL), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_map_get(&map, INT64_MAX), 4);
    CU_ASSERT_EQUAL(gph_map_get(&map, 0), 5);
    CU_ASSERT_EQUAL(gph_map_get(&map, -1), -1);
    CU_ASSERT_EQUAL(gph_map_reserve(&map, INT64_MAX), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_map_reserve(&map, INT64_MAX / 2), GPH_ERR_INTERNAL);
    CU_ASSERT_EQUAL(gph_map_reserve(&map, 1000), GPH_OK);
    const int64_t *const keys = map.key;
    for (int64_t key = 1; key < 999; key++)
        CU_ASSERT_EQUAL(gph_map_insert(&map, key, key, NULL), GPH_OK);
    CU_ASSERT_PTR_EQUAL(map.key, keys); // the reserved room was enough
    CU_ASSERT_EQUAL(map.count, 1000);
    gph_map_clear(&map);
    CU_ASSERT_EQUAL(map.count, 0);
    CU_ASSERT_EQUAL(gph_map_get(&map, 0), -1);
    CU_ASSERT_EQUAL(gph_map_insert(&map, 0, 7, NULL), GPH_OK);
    CU_ASSERT_EQUAL(gph_map_get(&map, 0), 7);
    CU_ASSERT_EQUAL(gph_map_get(&map, 1), -1);
    CU_ASSERT_PTR_EQUAL(map.key, keys); // and is kept
    gph_map_free(&map);
    CU_ASSERT_EQUAL(gph_mem_used(env), start);
}

static void test_map_faults(void)
{
    gph_env_t *env = gph_test_context()->env;
    const int64_t start = gph_mem_used(env);
    for (int nth = 1; nth <= 2; nth++) {
        gph_map_t map = gph_map_init(env);
        int64_t key = 0;
        for (; key < 21; key++) // as many as 32 slots take
            CU_ASSERT_EQUAL(gph_map_insert(&map, key, 10 * key, NULL), GPH_OK);
        CU_ASSERT_EQUAL(map.capacity, 32);
        gph_fault_plan(env, GPH_FAULT_ALLOC, nth);
        CU_ASSERT_EQUAL(gph_map_insert(&map, key, 5, NULL), GPH_ERR_MEMORY);
        CU_ASSERT_EQUAL(map.count, 21);
        for (int64_t i = 0; i < 21; i++)
            CU_ASSERT_EQUAL(gph_map_get(&map, i), 10 * i);
        CU_ASSERT_EQUAL(gph_map_get(&map, key), -1);
        CU_ASSERT_EQUAL(gph_map_insert(&map, key, 5, NULL), GPH_OK);
        CU_ASSERT_EQUAL(gph_map_get(&map, key), 5);
        gph_map_free(&map);
        CU_ASSERT_EQUAL(gph_mem_used(env), start);
    }
    gph_fault_plan(env, GPH_FAULT_ALLOC, 0);
}

GPH_TEST_SUITE(hash, {"gives the digests of XXH3", test_known_digests},
               {"combines digests in order", test_combine},
               {"adds digests of items in any order", test_sums},
               {"maps as a plain array does", test_map_against_naive},
               {"takes the limits of keys and room", test_map_edges},
               {"keeps its keys when growth fails", test_map_faults});
