/** Inside of a partition: tiles of vertices, and the part of each tile. */
#ifndef GPH_DIST_PARTITION_PRIVATE_H
#define GPH_DIST_PARTITION_PRIVATE_H

#include "gph/dist_partition.h"
#include "graph/graph.h"

/** Tiles unless options say otherwise. */
#define GPH_PARTITION_TILES 4096

struct gph_partition {
    const gph_graph_t *graph;
    gph_partition_strategy_t strategy;
    int64_t parts;
    int64_t tiles;         /**< tiles, empty ones too */
    int32_t *tile;         /**< [owned + ghosts] tile of each vertex */
    int64_t *vertices;     /**< [tiles] vertices of each tile, over all ranks */
    int64_t *cost;         /**< [tiles] sum of (degree + 1) of its vertices */
    int32_t *part;         /**< [tiles] part that holds each tile */
    gph_part_load_t *load; /**< [parts] or NULL until it is asked for */
};

/** Part of an owned vertex or ghost. Local. */
static inline int32_t gph_partition_part(const gph_partition_t *partition, gph_lid_t local)
{
    return partition->part[partition->tile[local]];
}

/** Work of an owned vertex: its degree, and one. Local. */
static inline int64_t gph_partition_work(const gph_graph_t *graph, gph_lid_t owned)
{
    return graph->offset[owned + 1] - graph->offset[owned] + 1;
}

/**
 * Tiles by ranges of vertex numbers: a vertex lies in the tile that its share of the total begins
 * in. Collective. Cost: O(n/P).
 * @param work  [owned] of each vertex, > 0
 * @param tile  [owned] receives tiles 0..tiles-1, ascending
 */
gph_status_t gph_partition_ranges(const gph_graph_t *graph, const int64_t *work, int64_t tiles,
                                  int32_t *tile);

#endif
