/**
 * @file graph.h
 * The graph, distributed over the ranks of a context (one rank: simply a graph).
 *
 * Vertices are numbered 0..n-1; a vertex keeps the id or the name that the input gave it. Graphs
 * are simple: self loops and repeated edges of the input are dropped and counted. They are
 * undirected, or directed; an operation that knows nothing of directions works on the undirected
 * graph of the same edges.
 */
#ifndef GPH_GRAPH_H
#define GPH_GRAPH_H

#include "gph/par.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gph_graph gph_graph_t;

/** What a node stands for. A graph of text or of expressions knows it of each of its nodes. */
typedef enum gph_node_type {
    GPH_NODE_PLAIN = 0,    /**< a vertex of any other graph */
    GPH_NODE_INTEGER = 1,  /**< 42 */
    GPH_NODE_FLOAT = 2,    /**< 2.5e-3 */
    GPH_NODE_SYMBOL = 3,   /**< x */
    GPH_NODE_OPERATOR = 4, /**< + */
    GPH_NODE_FUNCTION = 5, /**< sin */
    GPH_NODE_GRAPHEME = 6, /**< a character as a reader sees it */
    GPH_NODE_WORD = 7,     /**< a word of a text */
    GPH_NODE_GAP = 8       /**< what stands between the units of a text, such as white space */
} gph_node_type_t;

/** Size and content of a graph. */
typedef struct gph_graph_info {
    gph_gid_t vertices;        /**< n */
    gph_off_t edges;           /**< undirected edges m */
    gph_off_t dropped_loops;   /**< self loops of the input */
    gph_off_t dropped_repeats; /**< repeated edges of the input (either direction) */
    int64_t max_degree;
    int64_t min_degree;
    gph_gid_t isolated; /**< vertices without an edge */
    bool weighted;
    bool named;    /**< vertices have names instead of ids */
    bool directed; /**< edges have directions; degrees and edges are counted without them */
} gph_graph_info_t;

/** Frees a graph and nulls the pointer; NULL is fine. Collective. */
GPH_API void gph_graph_destroy(gph_graph_t **graph);

/** Input ids of this rank's vertices (vertex numbers of a named graph). Local.
 *  @param id [owned vertices: all of them on one rank] receives the ids */
GPH_API void gph_graph_ids(const gph_graph_t *graph, int64_t *id);

/** Size and content. Collective. */
GPH_API gph_status_t gph_graph_info(const gph_graph_t *graph, gph_graph_info_t *info);

#ifdef __cplusplus
}
#endif

#endif
