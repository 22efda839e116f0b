/* Tiles against a naive sequential cut, and the same on any number of ranks. */
#include "base/hash.h"
#include "base/random.h"
#include "gph_test.h"
#include "par/tiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1000 };

/** How work lies over the items. */
typedef enum load { NONE, EVEN, RANDOM, SKEWED, ONE_HEAVY, HUGE_SUM, LOADS } load_t;

static int64_t work_of(load_t load, int64_t item, int64_t n)
{
    const uint64_t bits = gph_random_u64(21, load, (uint64_t)item);
    switch (load) {
    case EVEN:
        return 1;
    case RANDOM:
        return (int64_t)gph_random_below(bits, 100);
    case SKEWED:
        return 1000000 / (item + 1);
    case ONE_HEAVY:
        return item == n / 2 ? 1000000 : 1;
    case HUGE_SUM:
        return INT64_MAX / n - 1; // the total just fits
    default:
        return 0;
    }
}

/** Items lie evenly on ranks, or all of them on the last one. */
static int64_t first_item(const gph_context_t *context, bool even, int64_t n, int rank)
{
    if (even)
        return gph_block_start(n, context->ranks, rank);
    return rank < context->ranks ? 0 : n;
}

static gph_status_t cut(gph_context_t *context, bool even, load_t load, int64_t n, int64_t wanted,
                        gph_tiles_t *tiles)
{
    int64_t work[LARGEST] = {0};
    const bool last = context->rank == context->ranks - 1;
    const int64_t begin = first_item(context, even, n, context->rank);
    const int64_t end = even || last ? first_item(context, even, n, context->rank + 1) : begin;
    for (int64_t i = begin; i < end; i++)
        work[i - begin] = work_of(load, i, n);
    return gph_tiles_cut(context, begin, end - begin, work, wanted, tiles);
}

/** The cut by its definition: item after item, in wide numbers. Returns the number of tiles. */
static int64_t naive_cut(load_t load, int64_t n, int64_t wanted, int64_t *start, int64_t *cost)
{
    gph_count_t total = 0;
    gph_count_t sum = 0;
    int64_t tile = 0;
    for (int64_t i = 0; i < n; i++)
        total += (uint64_t)work_of(load, i, n) + 1;
    start[0] = 0;
    cost[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        const gph_count_t before = sum * (uint64_t)wanted / total;
        sum += (uint64_t)work_of(load, i, n) + 1;
        cost[tile] += work_of(load, i, n) + 1;
        if (sum * (uint64_t)wanted / total > before) {
            start[++tile] = i + 1;
            cost[tile] = 0;
        }
    }
    if (n == 0)
        start[++tile] = 0;
    return tile;
}

/** Ranks have consecutive tiles, cut at the boundary nearest to the even share. */
static void check_shares(const gph_context_t *context, const gph_tiles_t *tiles)
{
    gph_count_t total = 0;
    int64_t wrong = 0;
    for (int64_t t = 0; t < tiles->count; t++)
        total += (uint64_t)tiles->cost[t];
    wrong += tiles->rank_tile[0] != 0 || tiles->rank_tile[context->ranks] != tiles->count;
    for (int rank = 1; rank < context->ranks; rank++) {
        const __int128 target = (__int128)(total * (unsigned)rank / (unsigned)context->ranks);
        __int128 sum = 0;
        __int128 nearest = target;
        int64_t best = 0;
        for (int64_t t = 0; t < tiles->count; t++) {
            sum += tiles->cost[t];
            const __int128 distance = sum > target ? sum - target : target - sum;
            if (distance < nearest) {
                nearest = distance;
                best = t + 1;
            }
        }
        wrong += tiles->rank_tile[rank] != best;
        wrong += tiles->rank_tile[rank] < tiles->rank_tile[rank - 1];
    }
    for (int rank = 0; rank <= context->ranks; rank++)
        wrong += tiles->rank_start[rank] != tiles->start[tiles->rank_tile[rank]];
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_owners(const gph_context_t *context, const gph_tiles_t *tiles, int64_t n)
{
    int64_t wrong = 0;
    for (int64_t item = 0; item < n; item++) {
        const int owner = gph_tiles_owner(tiles, context->ranks, item);
        wrong += owner < 0 || owner >= context->ranks || tiles->rank_start[owner] > item ||
                 tiles->rank_start[owner + 1] <= item;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_cut(gph_context_t *context, bool even, load_t load, int64_t n, int64_t wanted)
{
    static int64_t start[LARGEST + 2];
    static int64_t cost[LARGEST + 2];
    gph_tiles_t tiles = {0};
    const int64_t count = naive_cut(load, n, wanted, start, cost);
    if (!GPH_EXPECT_OK(context, cut(context, even, load, n, wanted, &tiles)))
        return;
    if (GPH_EXPECT(tiles.count == count, "load %d: %lld items, %lld wanted: %lld tiles, not %lld",
                   load, (long long)n, (long long)wanted, (long long)tiles.count,
                   (long long)count)) {
        CU_ASSERT_EQUAL(memcmp(tiles.start, start, (size_t)(count + 1) * sizeof *start), 0);
        CU_ASSERT_EQUAL(memcmp(tiles.cost, cost, (size_t)count * sizeof *cost), 0);
    }
    CU_ASSERT_TRUE(tiles.count <= wanted && tiles.count <= (n > 0 ? n : 1));
    check_shares(context, &tiles);
    check_owners(context, &tiles, n);
    gph_tiles_free(&tiles);
    CU_ASSERT_PTR_NULL(tiles.start);
}

static void test_naive(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    const int64_t sizes[] = {0, 1, 2, 5, 64, LARGEST};
    const int64_t wanted[] = {1, 2, 7, 64, GPH_TILES_MAX};
    for (int load = NONE; load < LOADS; load++)
        for (int s = 0; s < 6; s++)
            for (int w = 0; w < 5; w++) {
                check_cut(context, true, (load_t)load, sizes[s], wanted[w]);
                check_cut(context, false, (load_t)load, sizes[s], wanted[w]);
            }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_same_on_any_ranks(void)
{
    gph_context_t *context = gph_test_context();
    for (int load = NONE; load < LOADS; load++) {
        gph_tiles_t tiles = {0};
        char key[32];
        char text[GPH_DIGEST_CHARS] = "";
        GPH_EXPECT_OK(context, cut(context, true, (load_t)load, LARGEST, 37, &tiles));
        gph_digest_t digest[2] = {
            gph_digest_bytes(tiles.start, (size_t)(tiles.count + 1) * sizeof *tiles.start),
            gph_digest_bytes(tiles.cost, (size_t)tiles.count * sizeof *tiles.cost),
        };
        snprintf(key, sizeof key, "tiles of load %d", load);
        gph_test_expect_same(key, gph_digest_format(gph_digest_combine(digest, 2), text));
        gph_tiles_free(&tiles);
    }
}

static void test_heavy_item(void)
{
    // With ten parts of a tenth, the heavy item takes most of them and ends its tile.
    gph_context_t *context = gph_test_context();
    gph_tiles_t tiles = {0};
    GPH_EXPECT_OK(context, cut(context, true, ONE_HEAVY, 100, 10, &tiles));
    bool ends = false;
    for (int64_t t = 1; t <= tiles.count; t++)
        ends = ends || tiles.start[t] == 51;
    CU_ASSERT_TRUE(ends);
    gph_tiles_free(&tiles);
}

static void expect_refused(gph_context_t *context, gph_status_t wanted, int64_t begin,
                           int64_t count, int64_t item_work, int64_t max_tiles)
{
    const int64_t work[4] = {item_work, 0, 0, 0};
    gph_tiles_t tiles = {.count = -7};
    gph_context_clear_error(context);
    const int64_t start = gph_mem_used(context->env);
    GPH_EXPECT_STATUS(context, wanted,
                      gph_tiles_cut(context, begin, count, work, max_tiles, &tiles));
    CU_ASSERT_EQUAL(tiles.count, -7);
    CU_ASSERT_PTR_NULL(tiles.start);
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_refused(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t begin = 4 * context->rank;
    const bool last = context->rank == context->ranks - 1;
    expect_refused(context, GPH_ERR_USAGE, begin, 4, 0, 0);
    expect_refused(context, GPH_ERR_USAGE, begin, 4, 0, GPH_TILES_MAX + 1);
    expect_refused(context, GPH_ERR_INTERNAL, begin, 4, last ? -1 : 0, 8);
    expect_refused(context, GPH_ERR_INTERNAL, begin, last ? -1 : 4, 0, 8);
    expect_refused(context, GPH_ERR_INTERNAL, begin + last, 4, 0, 8);
    expect_refused(context, GPH_ERR_USAGE, begin, 4, last ? INT64_MAX : 0, 8);
    expect_refused(context, GPH_ERR_USAGE, begin, 4, INT64_MAX - 3, 8);
    if (context->ranks > 1) // each rank's work fits, the sum does not
        expect_refused(context, GPH_ERR_USAGE, begin, 4, INT64_MAX / 2, 8);
}

static void test_blocks(void)
{
    for (int ranks = 1; ranks <= 8; ranks++)
        for (int64_t n = 0; n < 40; n++) {
            int64_t wrong = gph_block_start(n, ranks, 0) != 0;
            wrong += gph_block_start(n, ranks, ranks) != n;
            for (int rank = 0; rank < ranks; rank++) {
                const int64_t begin = gph_block_start(n, ranks, rank);
                const int64_t end = gph_block_start(n, ranks, rank + 1);
                wrong += end - begin != n / ranks && end - begin != n / ranks + 1;
                for (int64_t item = begin; item < end; item++)
                    wrong += gph_block_owner(n, ranks, item) != rank;
            }
            CU_ASSERT_EQUAL(wrong, 0);
        }
    CU_ASSERT_EQUAL(gph_block_owner(INT64_MAX, 7, INT64_MAX - 1), 6);
}

GPH_TEST_SUITE(tiles, {"are cut as defined", test_naive},
               {"do not depend on ranks", test_same_on_any_ranks},
               {"end after a heavy item", test_heavy_item},
               {"refuse bad arguments together", test_refused},
               {"have even blocks beside them", test_blocks});
