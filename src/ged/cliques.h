/**
 * Clique mismatch: how many k-cliques of a class of labels one graph has more than the other. The
 * class of a clique is the multiset of the labels of its nodes.
 */
#ifndef GPH_GED_CLIQUES_PRIVATE_H
#define GPH_GED_CLIQUES_PRIVATE_H

#include "base/array.h"
#include "base/sort.h"
#include "io/collection.h"

/** Smallest clique that counts, and how many sizes. */
enum { GPH_GED_CLIQUE_LEAST = 3, GPH_GED_CLIQUE_SIZES = 4 };

/** Counts of cliques: a = class (a hash; the top bits tell the size), b = how many, ascending by a.
 */
typedef struct gph_clique_counts {
    int64_t count;
    const gph_pair_t *item; /**< [count] */
} gph_clique_counts_t;

/**
 * Appends the counts of a graph to an array of gph_pair_t. Directions and loops don't matter.
 * Local. Cost: one step a clique of up to 6 nodes.
 */
gph_status_t gph_clique_counts_add(gph_env_t *env, const gph_small_graph_t *graph,
                                   gph_array_t *items);

/** Sums of the differences by size, 3 to 6. Local. */
void gph_clique_counts_compare(gph_clique_counts_t a, gph_clique_counts_t b,
                               int64_t mismatch[GPH_GED_CLIQUE_SIZES]);

/** The counts of all graphs of a collection. */
typedef struct gph_clique_table {
    gph_pair_t *item;
    int64_t *start; /**< [graphs + 1] */
} gph_clique_table_t;

/** Counts the cliques of all graphs; each rank does a part. Collective. */
gph_status_t gph_clique_table_make(const gph_collection_t *collection, gph_clique_table_t *table);

/** Frees a table. Local. */
void gph_clique_table_free(gph_clique_table_t *table);

/** Counts of one graph. Local. */
static inline gph_clique_counts_t gph_clique_table_at(const gph_clique_table_t *table,
                                                      int64_t graph)
{
    return (gph_clique_counts_t){table->start[graph + 1] - table->start[graph],
                                 table->item + table->start[graph]};
}

#endif
