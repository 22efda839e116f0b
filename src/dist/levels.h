/**
 * Topological levels of a directed graph, and running over them: a node comes after all nodes that
 * lead to it. What a node makes of the values of those is a function; ranks exchange each value
 * that another one needs once.
 *
 * The level of a node is the number of edges on the longest path that ends in it. Ranks do not wait
 * for each other after each level, but go on as far as they can with what they have: a node's step
 * is the number of exchanges that it has to wait for. Steps depend on the ranks, levels don't; a
 * value depends on neither.
 */
#ifndef GPH_DIST_LEVELS_H
#define GPH_DIST_LEVELS_H

#include "graph/graph.h"

/** One value to be sent or received. */
typedef struct gph_levels_entry {
    int64_t step; /**< after which it is */
    int rank;     /**< receiver or sender */
    gph_lid_t local;
} gph_levels_entry_t;

typedef struct gph_levels {
    const gph_graph_t *graph;
    int arrives;    /**< GPH_ARC_IN or GPH_ARC_OUT: bit of the neighbours that a node comes after */
    int64_t levels; /**< over all ranks: highest level + 1 */
    int64_t steps;  /**< over all ranks: highest step + 1 */
    gph_lid_t *order; /**< [owned] by step, level, number */
    int64_t groups;   /**< runs of `order` of one step and level: any order inside gives the same */
    int64_t *group;   /**< [groups + 1] first node of each in `order` */
    int64_t *step_of; /**< [groups] step of each */
    int64_t sends;
    gph_levels_entry_t *send; /**< [sends] owned nodes, by step, rank, number */
    int64_t receives;
    gph_levels_entry_t *receive; /**< [receives] ghosts, likewise */
} gph_levels_t;

/**
 * Finds the levels. Collective.
 * @param reverse nodes come after those that they lead to, as operators do after their operands
 * @return GPH_ERR_INPUT naming a cycle; GPH_ERR_USAGE for an undirected graph
 * Cost: O((n + m)/P) and one sparse exchange a step (Kahn 1962, each rank by itself between them).
 */
gph_status_t gph_levels_make(const gph_graph_t *graph, bool reverse, gph_levels_t *levels);

/** Frees the arrays. Local. */
void gph_levels_free(gph_levels_t *levels);

/** Makes the value of an owned node from those of its neighbours. Must not call MPI. */
typedef gph_status_t gph_levels_body(void *data, gph_lid_t owned, int64_t part);

/**
 * Runs over all nodes. Collective.
 * @param size   bytes a value
 * @param values [owned + ghosts] written by `body` for owned nodes, received for ghosts
 * @param parts  into which the value of a node falls: `body` is called for each, in any order
 * @param work   cost of a part, in additions or so: few of them are not worth several threads
 */
gph_status_t gph_levels_run(const gph_levels_t *levels, size_t size, void *values, int64_t parts,
                            int64_t work, gph_levels_body *body, void *data);

#endif
