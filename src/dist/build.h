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

/** How a graph is cut into tiles. */
typedef struct gph_build_options {
    int64_t tiles;       /**< most tiles, 1 .. GPH_TILES_MAX */
    int64_t vertex_work; /**< work of a vertex beside its degree */
} gph_build_options_t;

/** Many tiles, work = degree. Local. */
gph_build_options_t gph_build_options_default(void);

/** gph_graph_build() with tiles of one's own. Collective. */
gph_status_t gph_graph_build_by(gph_context_t *context, gph_edges_t *edges,
                                const gph_build_options_t *options, gph_graph_t **graph);

#endif
