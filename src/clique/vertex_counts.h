/** Counts of vertices: credits that tiles gave reach the owners of the vertices. */
#ifndef GPH_CLIQUE_VERTEX_COUNTS_H
#define GPH_CLIQUE_VERTEX_COUNTS_H

#include "clique/job.h"
#include "graph/graph.h"

/**
 * Adds up credits at the owners of the vertices. Collective.
 * @param credits gph_credit_t, in any order
 * @param counts  receives a gph_alloc() block [owned]
 */
gph_status_t gph_vertex_counts(const gph_graph_t *graph, const gph_array_t *credits,
                               gph_count_t **counts);

#endif
