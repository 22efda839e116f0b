/** Sets of numbers that belong together, over all ranks. */
#ifndef GPH_DIST_SETS_H
#define GPH_DIST_SETS_H

#include "base/sort.h"
#include "par/context.h"

/** Numbers that occur in a rank's pairs. {0} holds none. */
typedef struct gph_sets {
    int64_t count;
    int64_t *number; /**< [count] ascending */
    int64_t *least;  /**< [count] the smallest number of its set */
} gph_sets_t;

/**
 * Joins numbers that belong together and finds the smallest of each set. Collective.
 *
 * A number hangs on a smaller one of its set, known by the rank whose even block
 * (gph_block_start()) holds it; roots hang on the smallest root that shares a pair with theirs,
 * trees are made flat, and pairs of numbers become pairs of roots, until no pair joins two trees:
 * O(log² n) rounds at worst, whatever the distances (algorithm RA of Liu & Tarjan, SOSA 2019,
 * arXiv:1812.06177). The result does not depend on which rank hands in which pair.
 * @param numbers n; numbers are 0..n-1
 * @param count   pairs of this rank
 * @param pair    [count] numbers that belong together; are used up. A number in no other pair of
 *                this rank gets an answer by a pair of it with itself
 * @param sets    receives what this rank's numbers come to; to be freed by gph_sets_free()
 * Cost: O(count log n) and messages of 8 to 16 bytes for each number of the pairs, a round.
 */
gph_status_t gph_sets_join(gph_context_t *context, int64_t numbers, int64_t count, gph_pair_t *pair,
                           gph_sets_t *sets);

/** Smallest number of a number's set; of one that occurs in no pair of this rank, itself. Local. */
static inline int64_t gph_sets_least(const gph_sets_t *sets, int64_t number)
{
    const int64_t at = gph_lower_bound_i64(sets->number, sets->count, number);
    return at < sets->count && sets->number[at] == number ? sets->least[at] : number;
}

/** Frees the arrays. Local. */
void gph_sets_free(gph_sets_t *sets);

#endif
