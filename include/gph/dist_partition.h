/**
 * @file dist_partition.h
 * Partitions: which rank owns which vertices of a graph. They change speed, memory and messages,
 * never a byte of a result.
 *
 * A strategy first cuts the vertices into tiles, by a rule that the graph alone decides, and then
 * gives each part whole tiles:
 *
 * - block: ranges of about as many vertices each, in order of vertex numbers;
 * - edge: ranges of about as many edges each, in the same order; what gph_graph_load() makes;
 * - hash: tiles by a hash of the vertex number: even, but almost every edge is cut;
 * - scotch: tiles are groups of vertices that hang together, found by label propagation under a
 *   size limit (Meyerhenke, Sanders & Schulz, SEA 2014) level by level; Scotch (Pellegrini & Roman,
 *   HPCN 1996) then places the weighted graph of tiles.
 */
#ifndef GPH_DIST_PARTITION_H
#define GPH_DIST_PARTITION_H

#include "gph/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gph_partition_strategy {
    GPH_PARTITION_BLOCK = 0,
    GPH_PARTITION_EDGE = 1,
    GPH_PARTITION_HASH = 2,
    GPH_PARTITION_SCOTCH = 3,
    GPH_PARTITION_STRATEGIES = 4
} gph_partition_strategy_t;

/** Most parts. */
#define GPH_PARTS_MAX 65536
/** Most tiles of a partition. */
#define GPH_PARTITION_TILES_MAX 262144

/** What is wanted. Start from gph_partition_options_default(). Equal on all ranks. */
typedef struct gph_partition_options {
    gph_partition_strategy_t strategy; /**< default edge */
    int64_t parts;                     /**< 1..GPH_PARTS_MAX; 0: one for each rank */
    int64_t tiles; /**< at most so many, 1..GPH_PARTITION_TILES_MAX; 0: 4096. A part without a tile
                      stays empty */
} gph_partition_options_t;

/** Which part owns which vertices. Opaque; gph_partition_destroy() frees it. */
typedef struct gph_partition gph_partition_t;

/** Defaults: edge, one part a rank, 4096 tiles. Local. */
GPH_API gph_partition_options_t gph_partition_options_default(void);

/** Name of a strategy, such as "scotch". Local. */
GPH_API const char *gph_partition_strategy_name(gph_partition_strategy_t strategy);

/** False for a strategy that this build of the library has not: scotch without Scotch. Local. */
GPH_API bool gph_partition_available(gph_partition_strategy_t strategy);

/**
 * Partitions a graph. Collective.
 * @param graph     as loaded, not a placed one; must outlive the partition
 * @param partition receives the partition
 * @return GPH_ERR_USAGE for options out of range, a placed graph, or a strategy that is not built
 *         in; GPH_ERR_MEMORY
 * Cost: block, edge, hash O(n/P) a rank; scotch about that of building the graph, and on rank 0
 * that of Scotch on at most `tiles` vertices.
 */
GPH_API gph_status_t gph_partition_create(const gph_graph_t *graph,
                                          const gph_partition_options_t *options,
                                          gph_partition_t **partition);

/** Frees a partition and nulls the pointer; NULL is fine. Local. */
GPH_API void gph_partition_destroy(gph_partition_t **partition);

/** Parts of a partition. Local. */
GPH_API int64_t gph_partition_parts(const gph_partition_t *partition);

/** Tiles of a partition that hold vertices. Local. */
GPH_API int64_t gph_partition_tiles(const gph_partition_t *partition);

/** What one part holds and says. */
typedef struct gph_part_load {
    int64_t vertices; /**< owned */
    int64_t arcs;     /**< entries of the rows of its vertices */
    int64_t cut;      /**< of these, entries whose vertex another part owns */
    int64_t ghosts;   /**< distinct vertices of other parts among them: values received when every
                           vertex tells its neighbours something */
    int64_t sent;     /**< values sent then: for each vertex, the other parts that have a neighbour
                           of it */
    int64_t
        partners; /**< parts that it then sends to, and, as edges have no direction, hears from */
} gph_part_load_t;

/**
 * What each part holds and says. Collective.
 * @param loads receives a view [parts], the same on all ranks, valid until the partition is
 *              destroyed; it is made at the first call
 * Cost: one pass over the arcs, O(n/P + parts) memory a rank and 32 MiB.
 */
GPH_API gph_status_t gph_partition_loads(gph_partition_t *partition, const gph_part_load_t **loads);

/** A partition in a few numbers. A balance is the largest value of a part over the average. */
typedef struct gph_partition_quality {
    int64_t parts;
    int64_t empty;    /**< parts without a vertex */
    int64_t cut;      /**< edges between parts */
    int64_t halo;     /**< ghosts of all parts: values that travel when every vertex tells its
                           neighbours something */
    int64_t messages; /**< pairs of parts that then talk, each direction for itself */
    int64_t max_ghosts;
    int64_t max_partners;
    double vertex_balance;
    double edge_balance; /**< of arcs */
    double ghost_balance;
} gph_partition_quality_t;

/** Sums loads[parts] up. Local. */
GPH_API gph_partition_quality_t gph_partition_quality(int64_t parts, const gph_part_load_t *loads);

/** Characters of a digest, with the final NUL. */
#define GPH_PARTITION_DIGEST_CHARS 33

/** Hexadecimal digest of the part of each vertex. Collective. */
GPH_API gph_status_t gph_partition_digest(const gph_partition_t *partition,
                                          char digest[GPH_PARTITION_DIGEST_CHARS]);

/**
 * Writes the part of each vertex to a text file, in order of vertex numbers: `id part` a line
 * (`name part` where vertices have names). Collective.
 * @param path created whole or not at all
 */
GPH_API gph_status_t gph_partition_save(const gph_partition_t *partition, const char *path);

/**
 * The graph with its vertices where a partition has them. Collective. Whatever is computed on it is
 * the same, and comes out in the same order, as on the graph it was made from.
 * @param partition of `graph`, with one part for each rank
 * @param placed    receives the graph; `graph` stays
 * @return GPH_ERR_USAGE for another number of parts; GPH_ERR_MEMORY
 * Cost: every row travels once; memory of about three times the rows meanwhile.
 */
GPH_API gph_status_t gph_graph_place(const gph_graph_t *graph, const gph_partition_t *partition,
                                     gph_graph_t **placed);

#ifdef __cplusplus
}
#endif

#endif
