/**
 * Joining numbered things over ranks: every rank owns a range of numbers and joins any of them;
 * in the end each set knows its smallest number.
 */
#ifndef GPH_CLIQUE_JOINS_H
#define GPH_CLIQUE_JOINS_H

#include "base/array.h"
#include "base/hash.h"
#include "par/context.h"

typedef struct gph_joins {
    gph_context_t *context;
    const int64_t *start; /**< [ranks + 1] first number of each rank; the caller's */
    gph_array_t parent;   /**< int64_t: a smaller place of the same tree, or its own: places are own
                             numbers from 0 on, and behind them those of others that were met */
    gph_array_t foreign;  /**< int64_t: numbers of others that were met */
    gph_map_t place;      /**< of each of these, from 0 on */
} gph_joins_t;

/** Begins with each number by itself. Local. */
gph_status_t gph_joins_open(gph_context_t *context, const int64_t *start, gph_joins_t *joins);

/** Frees the arrays. Local. */
void gph_joins_close(gph_joins_t *joins);

/** Place of a number, made when it is met the first time. Local. */
gph_status_t gph_joins_place(gph_joins_t *joins, int64_t number, int64_t *place);

/** Number of a place. Local. */
int64_t gph_joins_number(const gph_joins_t *joins, int64_t place);

/** Root of a place's tree. Local; any thread, also while others unite. */
int64_t gph_joins_root(gph_joins_t *joins, int64_t place);

/** Joins the sets of two places, without locks (Anderson & Woll 1991). Local; any thread. */
void gph_joins_unite(gph_joins_t *joins, int64_t a, int64_t b);

/**
 * Smallest number in the set of each own number, over all ranks' joins. Collective.
 * @param label receives a gph_alloc() block [start[rank + 1] - start[rank]]
 * Cost: that of gph_sets_join() (dist/sets.h) for the numbers of other ranks that were met.
 */
gph_status_t gph_joins_labels(gph_joins_t *joins, int64_t **label);

#endif
