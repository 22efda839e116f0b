/** Numbering the vertices of an edge list: input ids become 0..n-1 in ascending order of id. */
#ifndef GPH_DIST_NUMBER_H
#define GPH_DIST_NUMBER_H

#include "graph/edges.h"

/** The ids of a numbering, held in consecutive ranges in rank order. */
typedef struct gph_numbering {
    gph_gid_t vertices; /**< n over all ranks */
    gph_gid_t begin;    /**< first number held here */
    int64_t count;      /**< numbers held here */
    int64_t *id;        /**< [count] ascending, or NULL on all ranks when ids are dense */
} gph_numbering_t;

/**
 * Replaces the end points of this rank's edges by vertex numbers. Collective.
 * Dense ids (edges->vertices >= 0) are shifted; others are sorted over the ranks by sampling
 * (Frazer & McKellar 1970), made unique and looked up. Cost: O(m/P) memory.
 * @return GPH_ERR_INPUT when an id lies outside the declared range
 */
gph_status_t gph_number_vertices(gph_context_t *context, gph_edges_t *edges,
                                 gph_numbering_t *numbering);

#endif
