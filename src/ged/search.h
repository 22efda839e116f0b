/**
 * Exact search for one pair, and the assignment of branches that bounds it. One implementation
 * (search_body.h), compiled for two number types and several instruction sets.
 *
 * The search tree: a node is a subproblem, some pairs of nodes matched and some banned. It has an
 * optimal assignment, which proposes a mapping. Its children come from one pair of the assignment
 * after the other: the pair is matched (a child, in the next frame), then banned (the same frame
 * goes on). So a place in the tree is named by the number of bans made in each frame on the way,
 * and depth-first order is the lexicographic order of these names, the shorter one first.
 */
#ifndef GPH_GED_SEARCH_H
#define GPH_GED_SEARCH_H

#include "ged/problem.h"

#include <stdatomic.h>

/** What to search for, and what came out. Costs are those of the problem. */
typedef struct gph_ged_search {
    const gph_ged_problem_t *problem;
    gph_arena_t *arena; /**< memory of the search */
    double limit;       /**< distances above it do not matter */
    double until;       /**< time of gph_clock_now() to stop at; 0: none */
    int64_t max_steps;  /**< search tree nodes; 0: no limit */
    bool decide;        /**< any mapping within the limit will do */
    bool proportional;  /**< assign only: node costs count half, as Riesen & Bunke */
    double lower;       /**< out: no mapping costs less */
    double upper;       /**< in and out: cost of `map` */
    int32_t *map;       /**< [nodes of side 0] in and out: node of side 1, or -1 */
    bool stopped;       /**< out: a limit ended the search */
    int64_t steps;      /**< out: search tree nodes */
} gph_ged_search_t;

/** A search tree that is set up. Costs are whole numbers of units. */
typedef struct gph_ged_tree {
    void *space;   /**< of the engine, in the arena of the search */
    double units;  /**< that a cost of 1 has */
    int64_t bound; /**< no mapping costs less */
    int64_t best;  /**< cost of search->map: the starting mapping, or the root's proposal */
    int64_t grain; /**< exact: all costs of mappings are multiples of it; otherwise costs count as
                        equal with the same quotient by it */
    bool exact;    /**< units are no rounding */
    bool rounds;   /**< to be searched with a limit that rises grain by grain, or with one that
                        decides, instead of once with one that falls */
    int64_t most;  /**< highest limit that units can hold */
} gph_ged_tree_t;

/** What is left in a frame on the way to where a walk stopped. */
typedef enum gph_ged_rest {
    GPH_GED_REST_UNKNOWN = 0,
    GPH_GED_REST_NONE = 1,
    GPH_GED_REST_NODE = 2, /**< one node */
    GPH_GED_REST_TREE = 3  /**< more */
} gph_ged_rest_t;

/** What is wanted of a walk meanwhile. */
typedef enum gph_ged_hurry {
    GPH_GED_HURRY_NOT = 0,
    GPH_GED_HURRY_GIVE = 1, /**< with rounds: give upper frames away, and go on */
    GPH_GED_HURRY_STOP = 2  /**< stop, once `least_steps` are done */
} gph_ged_hurry_t;

typedef struct gph_ged_walk gph_ged_walk_t;

/** Takes over what is left in the frames depth … walk->floor: it begins at walk->left, and no
 *  mapping in it costs less than bound. False when that failed: the walk then stops. */
typedef bool gph_ged_give_fn(void *data, const gph_ged_walk_t *walk, int32_t depth, int64_t bound);

/** A part of the tree to be searched: from a place on, whatever follows in its frame and then in
 * the frames above, up to one of them. */
struct gph_ged_walk {
    const int32_t *path; /**< [depth + 1] bans in each frame on the way to where it begins */
    int32_t depth;       /**< of the frame where it begins; -1: the whole tree */
    int32_t floor;     /**< the last frame to go on in, 0..depth; rises as frames are given away */
    int64_t limit;     /**< subproblems that cost more are left out; with rounds the same for all
                            walks of a round, and a mapping within it ends the walk */
    int64_t aim;       /**< a mapping that costs more is of no interest */
    int64_t max_steps; /**< nodes; 0: no limit */
    double until;      /**< time to stop at; 0: none */
    const atomic_int *hurry; /**< gph_ged_hurry_t, or NULL */
    int64_t least_steps;     /**< nodes */
    gph_ged_give_fn *give;   /**< takes what is given away */
    void *give_data;
    bool probe;         /**< find out what is left in each frame */
    int64_t steps;      /**< out: nodes */
    bool found;         /**< out: `best` and `map` are set: the first of those that cost least */
    bool stopped;       /**< out: a limit ended it; the arrays below say where */
    int64_t best;       /**< out: cost of `map` */
    int32_t left_depth; /**< out: frame where it stopped */
    int32_t *map;       /**< [nodes of side 0] out */
    int32_t *left;      /**< [nodes of side 0 + 1] out: bans on the way to where it stopped */
    int64_t *bound;     /**< [nodes of side 0 + 1] out: lower bound of what is left in each frame */
    gph_ged_rest_t *rest; /**< [nodes of side 0 + 1] out: what that is, from `floor` on */
};

/** One compiled implementation. */
typedef struct gph_ged_engine {
    /** Sets up the tree of a search, from its starting mapping; it stays until the arena is used
     * again. */
    gph_status_t (*begin)(gph_ged_search_t *search, gph_ged_tree_t *tree);
    /** Searches a part of the tree, or begins to. */
    void (*walk)(void *space, gph_ged_walk_t *walk);
    /** One assignment of branches: sets `lower` (BRANCH) and `map` (its mapping), not `upper`. */
    gph_status_t (*assign)(gph_ged_search_t *search);
} gph_ged_engine_t;

/** The engine for a problem: integers where they do, and the best instruction set at hand. */
const gph_ged_engine_t *gph_ged_engine_choose(const gph_ged_problem_t *problem);

/** Least multiple of the grain that is no less than bound. */
static inline int64_t gph_ged_whole(int64_t bound, int64_t grain)
{
    return (bound + grain - 1) / grain * grain;
}

/** Highest limit that only leaves mappings which count as cheaper than `cost`. */
static inline int64_t gph_ged_below(int64_t cost, int64_t grain, bool exact)
{
    return exact ? cost - grain : cost / grain * grain - 1;
}

/** Highest cost that counts as equal to `cost`. */
static inline int64_t gph_ged_equal(int64_t cost, int64_t grain, bool exact)
{
    return exact ? cost : cost / grain * grain + grain - 1;
}

/* --- the whole search (search.c) ------------------------------------------------------------- */

/** Where a search stands. */
typedef struct gph_ged_stand {
    gph_ged_search_t *search;
    const gph_ged_engine_t *engine;
    gph_ged_tree_t tree;
    int64_t most;  /**< distances above it do not matter */
    int64_t limit; /**< of this round */
    int64_t best;  /**< cost of search->map */
    int64_t lower; /**< of what a stop left open; set with search->stopped */
} gph_ged_stand_t;

/**
 * Searches the whole tree within stand->limit: takes better mappings over (gph_ged_stand_take), in
 * depth-first order, until one is within the limit (with rounds) or the end; counts search->steps;
 * sets search->stopped, and then stand->lower, when a limit ended it.
 */
typedef gph_status_t gph_ged_cover_fn(void *data, gph_ged_stand_t *stand);

/** Sets up a search whose starting mapping is given. */
gph_status_t gph_ged_stand_begin(gph_ged_search_t *search, gph_ged_stand_t *stand);

/** Searches round by round, or once, and sets the results of the search. */
gph_status_t gph_ged_stand_run(gph_ged_stand_t *stand, gph_ged_cover_fn *cover, void *data);

/** Takes a mapping over when it counts as better. */
void gph_ged_stand_take(gph_ged_stand_t *stand, int64_t cost, const int32_t *map);

/** Bytes of the arrays of a walk. */
int64_t gph_ged_walk_bytes(int32_t nodes);

/** Carves the arrays of a walk. */
void gph_ged_walk_carve(gph_arena_t *arena, int32_t nodes, gph_ged_walk_t *walk);

/** A search in one piece, on this thread. @param walk with its arrays */
gph_status_t gph_ged_search_whole(gph_ged_search_t *search, gph_ged_walk_t *walk);

#endif
