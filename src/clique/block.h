/**
 * A block: the oriented subgraph that a range of roots needs, complete on this rank. Its vertices
 * are the roots and their out-neighbours, numbered in position order; a row keeps only neighbours
 * inside the block, which is all that matters for cliques that begin at the roots.
 */
#ifndef GPH_CLIQUE_BLOCK_H
#define GPH_CLIQUE_BLOCK_H

#include "clique/dag.h"
#include "par/pool.h"

typedef struct gph_block {
    gph_lid_t vertices;  /**< vertices of the block */
    gph_gid_t first;     /**< position of the first root */
    gph_gid_t last;      /**< end of the positions of roots */
    gph_off_t *offset;   /**< [vertices + 1] */
    gph_lid_t *next;     /**< [offset[vertices]] later neighbours, ascending */
    int64_t *id;         /**< [vertices] input ids, or NULL unless asked for */
    gph_gid_t *vertex;   /**< [vertices] global ids, or NULL unless asked for */
    gph_gid_t *position; /**< [vertices] ascending, or NULL unless asked for */
    int64_t fetched;     /**< entries that came from other ranks */
} gph_block_t;

/** What else a block carries. */
enum { GPH_BLOCK_IDS = 1, GPH_BLOCK_VERTICES = 2, GPH_BLOCK_POSITIONS = 4 };

/**
 * Builds the block of the roots first..last-1, fetching remote rows through the pool. Local.
 * On one rank the block of all roots is a copy with narrower indices.
 * Cost: O(entries fetched) memory, and 1.5 bits a position for the numbering.
 */
gph_status_t gph_block_build(const gph_dag_t *dag, gph_pool_t *pool, gph_gid_t first,
                             gph_gid_t last, int flags, gph_block_t *block);

/** Frees the arrays. Local. */
void gph_block_free(gph_block_t *block);

/** Answers the requests that gph_block_build() sends: gph_pool_serve_fn with a gph_dag_t. Local. */
gph_status_t gph_block_serve(void *dag, const void *request, int64_t bytes, gph_array_t *reply);

#endif
