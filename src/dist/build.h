/** Building the distributed graph from an edge list. */
#ifndef GPH_DIST_BUILD_H
#define GPH_DIST_BUILD_H

#include "graph/graph.h"

/**
 * Numbers the vertices by ascending input id, drops loops and repeats (the smallest weight of
 * repeats stays), makes both directions, cuts tiles by work = degree, distributes rows and sets up
 * ghosts. Collective. Takes the arrays of `edges` over and empties it, also on failure.
 */
gph_status_t gph_graph_build(gph_context_t *context, gph_edges_t *edges, gph_graph_t **graph);

#endif
