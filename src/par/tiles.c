/* Cutting a numbering into tiles, and tiles into shares of ranks. */
#include "par/tiles.h"

#include "base/checked.h"
#include "base/sort.h"
#include "par/comm.h"

#include <assert.h>
#include <string.h>

/** End of a tile. */
typedef struct gph_tile_end {
    int64_t item; /**< first item after the tile */
    int64_t sum;  /**< running sum of (work + 1) up to there */
} gph_tile_end_t;

/** The items of one rank within the whole. */
typedef struct gph_span {
    int64_t begin;       /**< first item */
    int64_t count;       /**< items */
    const int64_t *work; /**< [count] */
    int64_t before;      /**< sum of (work + 1) over lower ranks */
    int64_t sum;         /**< sum of (work + 1) here */
    int64_t total;       /**< sum of (work + 1) over all ranks */
} gph_span_t;

/** Validates the arguments of this rank and adds up its work. */
static gph_status_t check_span(gph_env_t *env, int64_t max_tiles, gph_span_t *span)
{
    if (max_tiles < 1 || max_tiles > GPH_TILES_MAX)
        return gph_fail(env, GPH_ERR_USAGE, "the number of tiles is %lld, not in 1..%d",
                        (long long)max_tiles, GPH_TILES_MAX);
    if (span->count < 0)
        return gph_fail(env, GPH_ERR_INTERNAL, "a negative number of items");
    for (int64_t i = 0; i < span->count; i++) {
        int64_t cost = 0;
        if (span->work[i] < 0)
            return gph_fail(env, GPH_ERR_INTERNAL, "the work of item %lld is negative",
                            (long long)(span->begin + i));
        if (!gph_add_i64(span->work[i], 1, &cost) || !gph_add_i64(span->sum, cost, &span->sum))
            return gph_fail(env, GPH_ERR_USAGE, "the work of all items needs more than 63 bits");
    }
    return GPH_OK;
}

/** Finds the place of this rank's items within all. Collective. */
static gph_status_t place_span(gph_context_t *context, gph_span_t *span)
{
    gph_status_t status = GPH_OK;
    gph_count_t total = (gph_count_t)span->sum;
    const int64_t mine[2] = {span->count, span->sum};
    int64_t before[2] = {0};
    // In 128 bits, since nothing says that the sum over ranks fits in 63.
    GPH_TRY(gph_comm_sum_count(context, 1, &total));
    if (total > INT64_MAX)
        status =
            gph_fail(context->env, GPH_ERR_USAGE, "the work of all items needs more than 63 bits");
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_scan_i64(context, 2, mine, before, NULL));
    if (before[0] != span->begin)
        status = gph_fail(context->env, GPH_ERR_INTERNAL,
                          "the items of rank %d begin at %lld where %lld is due", context->rank,
                          (long long)span->begin, (long long)before[0]);
    GPH_TRY_ALL(context, status);
    span->before = before[1];
    span->total = (int64_t)total;
cleanup:
    return status;
}

/** Parts of 1/max_tiles of the total that are full when the running sum is `sum`. */
static int64_t parts_full(const gph_span_t *span, int64_t max_tiles, int64_t sum)
{
    assert(span->total > 0); /* each item counts */
    return (int64_t)((gph_count_t)sum * (gph_count_t)max_tiles / (gph_count_t)span->total);
}

/** Lists the tiles that end among this rank's items. */
static gph_status_t find_ends(gph_env_t *env, const gph_span_t *span, int64_t max_tiles,
                              gph_tile_end_t **ends, int64_t *count)
{
    int64_t found = 0;
    int64_t sum = span->before;
    if (span->count == 0)
        return GPH_OK;
    int64_t full = parts_full(span, max_tiles, sum);
    const int64_t room = parts_full(span, max_tiles, sum + span->sum) - full;
    const gph_status_t status = gph_alloc(env, room, sizeof **ends, ends);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < span->count; i++) {
        sum += span->work[i] + 1;
        // Multiplied out, as most items end no tile and a division takes long.
        if ((gph_count_t)sum * (gph_count_t)max_tiles <
            (gph_count_t)(full + 1) * (gph_count_t)span->total)
            continue;
        full = parts_full(span, max_tiles, sum);
        (*ends)[found++] = (gph_tile_end_t){.item = span->begin + i + 1, .sum = sum};
    }
    *count = found;
    return GPH_OK;
}

static gph_status_t tiles_alloc(const gph_context_t *context, int64_t count, gph_tiles_t *tiles)
{
    gph_status_t status = GPH_OK;
    const int64_t ranks = context->ranks;
    GPH_TRY(gph_calloc(context->env, count + 1, sizeof *tiles->start, &tiles->start));
    GPH_TRY(gph_calloc(context->env, count, sizeof *tiles->cost, &tiles->cost));
    GPH_TRY(gph_calloc(context->env, ranks + 1, sizeof *tiles->rank_tile, &tiles->rank_tile));
    GPH_TRY(gph_calloc(context->env, ranks + 1, sizeof *tiles->rank_start, &tiles->rank_start));
    tiles->count = count;
cleanup:
    return status;
}

/** Gives each rank the tiles up to the boundary nearest to its even share of the total. */
static void share_tiles(int ranks, int64_t total, gph_tiles_t *tiles)
{
    int64_t tile = 0;
    int64_t sum = 0;
    for (int rank = 1; rank < ranks; rank++) {
        const int64_t target =
            (int64_t)((gph_count_t)total * (gph_count_t)rank / (gph_count_t)ranks);
        // A tile belongs below the boundary when that brings the boundary nearer to the target.
        while (tile < tiles->count && target - sum > sum + tiles->cost[tile] - target)
            sum += tiles->cost[tile++];
        tiles->rank_tile[rank] = tile;
    }
    tiles->rank_tile[ranks] = tiles->count;
    for (int rank = 0; rank <= ranks; rank++)
        tiles->rank_start[rank] = tiles->start[tiles->rank_tile[rank]];
}

gph_status_t gph_tiles_cut(gph_context_t *context, int64_t begin, int64_t count,
                           const int64_t *work, int64_t max_tiles, gph_tiles_t *tiles)
{
    gph_status_t status = GPH_OK;
    gph_span_t span = {.begin = begin, .count = count, .work = work};
    gph_tiles_t cut = {0};
    gph_tile_end_t *here = NULL;
    gph_tile_end_t *ends = NULL;
    int64_t found = 0;
    int64_t total = 0;
    GPH_TRY(gph_comm_same(context, "the number of tiles", max_tiles));
    GPH_TRY_ALL(context, check_span(context->env, max_tiles, &span));
    GPH_TRY(place_span(context, &span));
    GPH_TRY_ALL(context, find_ends(context->env, &span, max_tiles, &here, &found));
    GPH_TRY(gph_comm_concat_all(context, found, sizeof *here, here, &ends, &total));
    // Without items no tile ends anywhere; one empty tile stands for them.
    GPH_TRY_ALL(context, tiles_alloc(context, total > 0 ? total : 1, &cut));
    for (int64_t tile = 0; tile < total; tile++) {
        cut.start[tile + 1] = ends[tile].item;
        cut.cost[tile] = ends[tile].sum - (tile > 0 ? ends[tile - 1].sum : 0);
    }
    share_tiles(context->ranks, span.total, &cut);
    *tiles = cut;
    cut = (gph_tiles_t){0};
cleanup:
    gph_tiles_free(&cut);
    gph_free(ends);
    gph_free(here);
    return status;
}

void gph_tiles_free(gph_tiles_t *tiles)
{
    gph_free(tiles->start);
    gph_free(tiles->cost);
    gph_free(tiles->rank_tile);
    gph_free(tiles->rank_start);
    *tiles = (gph_tiles_t){0};
}

int gph_tiles_owner(const gph_tiles_t *tiles, int ranks, int64_t item)
{
    return (int)gph_find_range(tiles->rank_start, ranks, item);
}

int gph_block_owner(int64_t n, int ranks, int64_t item)
{
    const int64_t quotient = n / ranks;
    const int64_t remainder = n % ranks;
    // The first `remainder` blocks are one item longer.
    const int64_t longer = remainder * (quotient + 1);
    if (item < longer)
        return (int)(item / (quotient + 1));
    return (int)(remainder + (item - longer) / quotient);
}
