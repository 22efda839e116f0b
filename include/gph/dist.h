/**
 * @file dist.h
 * From input to a distributed graph.
 */
#ifndef GPH_DIST_H
#define GPH_DIST_H

#include "gph/io.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Loads a graph from a file or a generator specification and distributes it. Collective.
 * @param context of the calling ranks; must outlive the graph
 * @param input   path, or specification such as `rmat:scale=18,edgefactor=16,seed=1`
 * @param format  GPH_FORMAT_AUTO to decide by suffix
 * @param graph   receives the graph
 * @return GPH_ERR_INPUT naming file and line; GPH_ERR_USAGE for a bad specification; GPH_ERR_MEMORY
 * Cost: O(m/P) memory a rank, a sort and two exchanges of the edges.
 */
GPH_API gph_status_t gph_graph_load(gph_context_t *context, const char *input, gph_format_t format,
                                    gph_graph_t **graph);

/**
 * Makes a graph from edges in memory: each rank passes its share. Collective.
 * @param count edges of this rank (may differ between ranks)
 * @param u,v   [count] input ids of the end points, >= 0
 * @param graph receives the graph; its vertices are the ids that occur
 */
GPH_API gph_status_t gph_graph_from_edges(gph_context_t *context, int64_t count, const int64_t *u,
                                          const int64_t *v, gph_graph_t **graph);

/** Files that tell the colours of vertices in a picture; NULL: none. At most one is set. */
typedef struct gph_coloring {
    const char *labels; /**< a vertex and its label a line, such as communities */
    const char *groups; /**< a group of vertices a line, such as cliques; the first one counts */
} gph_coloring_t;

/**
 * Writes a graph for Graphviz, a colour for each label or group. Collective.
 * @return GPH_ERR_INPUT when the file of colours names no vertex; GPH_ERR_USAGE for two of them
 */
GPH_API gph_status_t gph_graph_save_colored(const gph_graph_t *graph, const char *path,
                                            const gph_coloring_t *coloring);

/** Writes a graph to a file. Collective. See gph_format_t. */
GPH_API gph_status_t gph_graph_save(const gph_graph_t *graph, const char *path,
                                    gph_format_t format);

/**
 * Core number of each owned vertex: the largest c such that the vertex lies in a subgraph of
 * minimum degree c (Batagelj & Zaversnik 2003; peeled level by level as in Kabir & Madduri 2017).
 * Collective.
 * @param core       [owned vertices] or NULL
 * @param degeneracy receives the largest core number over the graph
 */
GPH_API gph_status_t gph_graph_cores(const gph_graph_t *graph, int64_t *core, int64_t *degeneracy);

/** Number of connected components. Collective. */
GPH_API gph_status_t gph_graph_components(const gph_graph_t *graph, int64_t *components);

#ifdef __cplusplus
}
#endif

#endif
