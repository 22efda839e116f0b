/**
 * Sets that share enough: which of the subsets of one small universe have so many elements in
 * common, directly or through others. For one thread.
 */
#ifndef GPH_CLIQUE_MEET_H
#define GPH_CLIQUE_MEET_H

#include "base/array.h"
#include "base/sort.h"
#include "clique/kernel.h"

/** Subsets of a universe. */
typedef struct gph_meet_sets {
    int64_t universe;          /**< elements of the universe */
    const int64_t *element;    /**< [universe] ascending */
    int64_t count;             /**< sets */
    const int64_t *const *set; /**< [count] elements of each, ascending */
    const int64_t *length;     /**< [count] */
    const int64_t *known;      /**< [count] sets with the same number are joined already */
} gph_meet_sets_t;

/** Sets that are joined: indices of two of them. */
typedef struct gph_meet {
    int32_t a;
    int32_t b;
} gph_meet_t;

/** Work space of a thread. */
typedef struct gph_meeter {
    _Alignas(64) gph_env_t *env;
    const gph_clique_isa_t *isa;
    gph_array_t tree;   /**< int32_t: a set of the same tree, or itself */
    gph_array_t pair;   /**< gph_pair_t: for sorting */
    gph_array_t bits;   /**< uint64_t: sets as bits */
    gph_array_t first;  /**< int32_t: first set that has an element */
    gph_array_t group;  /**< groups of joined sets */
    gph_array_t unions; /**< uint64_t: elements that a group has */
    gph_array_t chunk;  /**< lists of the sets of groups */
    gph_array_t active; /**< int32_t: groups that are not part of another */
    gph_array_t found;  /**< gph_meet_t: what gph_meet() joined in its last call */
    int64_t parts;      /**< trees that are left */
} gph_meeter_t;

/** Empties a work space. Local. */
void gph_meeter_init(gph_env_t *env, gph_meeter_t *meeter);

/** Frees it. Local. */
void gph_meeter_free(gph_meeter_t *meeter);

/**
 * Joins sets until any two that share `least` elements or more are joined, directly or through
 * others: meeter->found tells what had to be joined beside what is known. Local.
 * @return GPH_ERR_MEMORY
 * Cost: the sum of lengths for least < 2; else up to a comparison for each pair of sets that are
 * not joined, fewer where a group as a whole shares too little.
 */
gph_status_t gph_meet(gph_meeter_t *meeter, const gph_meet_sets_t *sets, int least);

#endif
