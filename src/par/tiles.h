/**
 * Tiles: numbered pieces of work, ranges of a numbering 0..n-1. Boundaries depend on the input
 * and on settings alone; which rank owns which tiles depends on the number of ranks.
 */
#ifndef GPH_PAR_TILES_H
#define GPH_PAR_TILES_H

#include "par/context.h"

typedef struct gph_tiles {
    int64_t count;       /**< tiles, at least 1 */
    int64_t *start;      /**< [count + 1] first item of each tile; start[count] = n */
    int64_t *cost;       /**< [count] sum of (work + 1) over each tile */
    int64_t *rank_tile;  /**< [ranks + 1] first tile of each rank */
    int64_t *rank_start; /**< [ranks + 1] first item of each rank */
} gph_tiles_t;

/** Most tiles a numbering is cut into. */
#define GPH_TILES_MAX 16384

/**
 * Cuts items 0..n-1 into tiles of about even work and gives each rank consecutive tiles of about
 * even work. Collective.
 * @param begin     first item of this rank; ranks hold consecutive ranges in rank order
 * @param count     items of this rank
 * @param work      [count] estimated work of each item, >= 0
 * @param max_tiles wanted number of tiles (1..GPH_TILES_MAX); fewer when there are fewer items
 * @param tiles     receives the cut, the same on all ranks
 * A tile ends where the running sum of (work + 1) passes a multiple of its 1/max_tiles part, so an
 * item heavier than that is a tile of its own or ends one. Cost: O(n/P + tiles) a rank.
 */
gph_status_t gph_tiles_cut(gph_context_t *context, int64_t begin, int64_t count,
                           const int64_t *work, int64_t max_tiles, gph_tiles_t *tiles);

/** Frees the arrays. Local. */
void gph_tiles_free(gph_tiles_t *tiles);

/** Rank that owns item. Local, O(log ranks). */
int gph_tiles_owner(const gph_tiles_t *tiles, int ranks, int64_t item);

/** First item of an even block of n items for a rank: the cut used before work is known. Local. */
static inline int64_t gph_block_start(int64_t n, int ranks, int64_t rank)
{
    const int64_t quotient = n / ranks;
    const int64_t remainder = n % ranks;
    return rank * quotient + (rank < remainder ? rank : remainder);
}

/** Rank whose even block holds item. Local. */
int gph_block_owner(int64_t n, int ranks, int64_t item);

#endif
