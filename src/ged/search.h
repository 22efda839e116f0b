/**
 * Exact search for one pair, and the assignment of branches that bounds it. One implementation
 * (search_body.h), compiled for two number types and several instruction sets.
 */
#ifndef GPH_GED_SEARCH_H
#define GPH_GED_SEARCH_H

#include "ged/problem.h"

/** What to search for, and what came out. Costs are those of the problem. */
typedef struct gph_ged_search {
    const gph_ged_problem_t *problem;
    gph_arena_t *arena; /**< memory of the search */
    double limit;       /**< distances above it do not matter */
    double until;       /**< time of gph_clock_now() to stop at; 0: none */
    int64_t max_steps;  /**< search tree nodes; 0: no limit */
    bool proportional;  /**< assign only: node costs count half, as Riesen & Bunke */
    double lower;       /**< out: no mapping costs less */
    double upper;       /**< in and out: cost of `map` */
    int32_t *map;       /**< [nodes of side 0] in and out: node of side 1, or -1 */
    bool stopped;       /**< out: a limit ended the search */
    int64_t steps;      /**< out: search tree nodes */
} gph_ged_search_t;

/** One compiled implementation. */
typedef struct gph_ged_engine {
    /** Branch and bound, from `upper` and `map` down. */
    gph_status_t (*search)(gph_ged_search_t *search);
    /** One assignment of branches: sets `lower` (BRANCH) and `map` (its mapping), not `upper`. */
    gph_status_t (*assign)(gph_ged_search_t *search);
} gph_ged_engine_t;

/** The engine for a problem: integers where they do, and the best instruction set at hand. */
const gph_ged_engine_t *gph_ged_engine_choose(const gph_ged_problem_t *problem);

#endif
