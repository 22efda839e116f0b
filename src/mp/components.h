/** Connected components: the trees of a rank, and how they go on elsewhere. */
#ifndef GPH_MP_COMPONENTS_H
#define GPH_MP_COMPONENTS_H

#include "base/array.h"
#include "dist/sets.h"
#include "mp/vertex.h"

/** Marks of a tree: it has vertices that other ranks have, too; one of them is in the largest. */
enum { GPH_TREE_OPEN = 1, GPH_TREE_IN_LARGEST = 2 };

/**
 * A forest over the vertices and ghosts of a rank. Roots have the smallest local index of their
 * trees, so they are owned vertices where a tree has any. A tree is named after the smallest number
 * among its owned vertices.
 */
typedef struct gph_trees {
    const gph_graph_t *graph;
    gph_lid_t *tree;     /**< [owned + ghosts] a smaller vertex of the same tree, or itself */
    int64_t *low;        /**< [owned] names of roots; NULL: their numbers, as local indices are in
                              order of numbers */
    gph_lid_t root;      /**< of the largest tree, as guessed; -1: none here */
    int64_t largest;     /**< a number in it, equal on all ranks */
    unsigned char *open; /**< [owned] marks of roots */
    gph_array_t pair;    /**< gph_pair_t: numbers that belong together */
    gph_sets_t sets;     /**< what they come to */
} gph_trees_t;

/** Name of the tree of a root, which this rank owns. */
static inline int64_t gph_tree_name(const gph_trees_t *trees, gph_lid_t root)
{
    return trees->low ? trees->low[root] : gph_mp_number(trees->graph, root);
}

/**
 * Takes the same tree for the largest on all ranks, of which every rank has guessed its own
 * (`root`, -1: none); where it is not known to be the same, root becomes -1. Changes speed only.
 * Collective.
 */
gph_status_t gph_trees_agree(gph_trees_t *trees);

/** Joins trees across ranks: sets `open` and `sets`. Vertices must hang on roots. Collective. */
gph_status_t gph_trees_join(gph_trees_t *trees);

#endif
