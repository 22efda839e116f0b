/** Results of a placed graph, back in the order of vertex numbers. */
#ifndef GPH_DIST_PLACE_H
#define GPH_DIST_PLACE_H

#include "graph/graph.h"

/**
 * Moves one value of each vertex to even blocks of vertex numbers (gph_graph_number(),
 * gph_block_start()), wherever the graph has its vertices. Collective.
 * @param size   bytes a value
 * @param values [owned]
 * @param moved  receives a gph_alloc() block of the values of this rank's block, by number
 */
gph_status_t gph_graph_to_origin(const gph_graph_t *graph, size_t size, const void *values,
                                 void *moved);

/**
 * The vertices of a graph without their edges, in even blocks of vertex numbers: ids and names in
 * the order in which results are written. Collective.
 * @param vertices receives a graph without rows
 */
gph_status_t gph_graph_vertices(const gph_graph_t *graph, gph_graph_t **vertices);

#endif
