/** Inside of a work space, and the methods that are no search. All of them work on a problem's side
 * 0 and 1. */
#ifndef GPH_GED_METHODS_H
#define GPH_GED_METHODS_H

#include "ged/problem.h"
#include "ged/search.h"
#include "par/context.h"

struct gph_ged {
    gph_env_t *env;
    gph_ged_costs_t costs; /**< tables owned */
    bool integral;         /**< all costs that the model can give are integers */
    gph_arena_t pair;      /**< arrays of the problem */
    gph_arena_t search;    /**< arrays of searches and assignments */
    gph_arena_t maps;      /**< mappings below, and the arrays of a replay */
    int32_t *map;          /**< first graph -> second graph */
    int32_t *best;         /**< side 0 -> side 1 */
    int32_t *trial;        /**< side 0 -> side 1 */
    double *low_of;        /**< [nodes of side 1] work space of bounds */
    uint64_t *kinds;       /**< likewise */
    int32_t *origin;       /**< side 1 -> side 0, or -1 */
    gph_ged_walk_t walk;   /**< its arrays */
};

/** One pair that is being worked out. */
typedef struct gph_ged_one {
    gph_ged_t *ged;
    const gph_small_graph_t *first;
    const gph_small_graph_t *second;
    const gph_ged_options_t *options;
    gph_ged_problem_t problem;
    gph_ged_search_t search;
} gph_ged_one_t;

/** Makes another work space with the same costs. */
gph_status_t gph_ged_clone(const gph_ged_t *ged, gph_ged_t **clone);

/** Checks a pair and its options, and sets it up in place. */
gph_status_t gph_ged_one_begin(gph_ged_t *ged, const gph_small_graph_t *first,
                               const gph_small_graph_t *second, const gph_ged_options_t *options,
                               gph_ged_one_t *one);

/** Sets one->search up for an exact search: limits, and the starting mapping. */
gph_status_t gph_ged_one_start(gph_ged_one_t *one);

/** Turns what a method found into a result. */
gph_status_t gph_ged_one_end(gph_ged_one_t *one, double lower, gph_ged_result_t *result);

/**
 * An exact distance by all threads of all ranks; the same result on any number of them, unless a
 * limit on time ended the search. Collective.
 * @param steps nodes that a piece of the search tree may have; 0: a good number
 */
gph_status_t gph_ged_split(gph_context_t *context, gph_ged_t *ged, const gph_small_graph_t *first,
                           const gph_small_graph_t *second, const gph_ged_options_t *options,
                           int64_t steps, gph_ged_result_t *result);

/** Lower bound from the labels alone: edges and nodes are assigned apart from each other. */
double gph_ged_label_bound(const gph_ged_problem_t *problem, bool constant_nodes);

/** Lower bound: Hausdorff edit distance, with the guards of Fischer et al. (2015).
 *  @param low_of work space [nodes of side 1]
 *  @param kinds  likewise */
double gph_ged_hausdorff_bound(const gph_ged_problem_t *problem, double *low_of, uint64_t *kinds);

/** Cost of a mapping [nodes of side 0] of the problem. */
double gph_ged_map_cost(const gph_ged_problem_t *problem, const int32_t *map);

/**
 * Improves a mapping by exchanging the images of two nodes, or moving one to a free node, as long
 * as that pays; each change that pays is made.
 * @param origin work space [nodes of side 1]
 */
void gph_ged_refine(const gph_ged_problem_t *problem, int32_t *map, int32_t *origin);

/**
 * Iterated local search: disturbs the best mapping at random (always the same way for a pair) and
 * refines it again, a number of times.
 * @param best  the mapping, and what it becomes
 * @param trial work space [nodes of side 0]
 */
void gph_ged_refine_again(const gph_ged_problem_t *problem, int32_t *best, int32_t *trial,
                          int32_t *origin);

/** Cost of the edges between u and k of side 0 against those between v and l of side 1; below 0: no
 * node. */
static inline double gph_ged_between(const gph_ged_problem_t *problem, int32_t u, int32_t k,
                                     int32_t v, int32_t l)
{
    const gph_ged_side_t *a = &problem->side[0];
    const gph_ged_side_t *b = &problem->side[1];
    const int32_t across = problem->kinds1 + 1;
    const bool left = u >= 0 && k >= 0;
    const bool right = v >= 0 && l >= 0;
    double sum = problem->edge[(left ? a->matrix[u * a->nodes + k] : 0) * across +
                               (right ? b->matrix[v * b->nodes + l] : 0)];
    if (problem->directed)
        sum += problem->edge[(left ? a->matrix[k * a->nodes + u] : 0) * across +
                             (right ? b->matrix[l * b->nodes + v] : 0)];
    return sum;
}

/** Replay with the arena for its arrays; see gph_ged_replay(). */
gph_status_t gph_ged_replay_in(gph_arena_t *arena, const gph_ged_costs_t *costs,
                               const gph_small_graph_t *first, const gph_small_graph_t *second,
                               const int32_t *map, gph_ged_path_t *path);

#endif
