/** Tiles of vertices that hang together, and the graph of these tiles. */
#ifndef GPH_DIST_GROUP_H
#define GPH_DIST_GROUP_H

#include "dist/partition.h"

/**
 * Groups the vertices of a graph into tiles: clusters under a size limit, found level by level, and
 * where more are left than tiles are wanted, neighbours in order of numbers together. Collective.
 * Depends on the graph and the number of tiles alone.
 * @param tiles    most tiles; work of a tile is at most about twice the average
 * @param tile     [owned] receives the tile of each vertex
 * @param quotient receives the graph of all `tiles` tiles, weights: edges between them
 * Cost: a few times that of building the graph.
 */
gph_status_t gph_group(const gph_graph_t *graph, int64_t tiles, int32_t *tile,
                       gph_graph_t **quotient);

#endif
