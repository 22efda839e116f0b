/**
 * GraphemeGraphs and MathGraphs: labelled directed acyclic graphs of a text, from which the text
 * comes back. Unlike the co-occurrence graph of graph/text.h they have one node for each place, not
 * for each distinct unit.
 */
#ifndef GPH_GRAPH_TEXT_GRAPH_H
#define GPH_GRAPH_TEXT_GRAPH_H

#include "graph/graph.h"
#include "graph/small.h"
#include "graph/text.h"

/** A rank's piece of a text file. */
typedef struct gph_text_piece {
    const char *path;  /**< for messages */
    int64_t offset;    /**< byte of the text where the piece begins, at the start of a line */
    int64_t size;      /**< bytes; ranks hold consecutive pieces */
    const char *bytes; /**< [size] */
} gph_text_piece_t;

/**
 * Nodes of a text: its units (gph_text_next()), and what stands between them, cut after each line
 * feed. Their names, one after another, are the text. Edges go from each node to the next one, and
 * from each unit to the units less than `window` units further on, once each. Local.
 * @param bytes [size] well-formed UTF-8
 * @param window at least 1, which joins no units beyond the sequence
 * @param dag   receives nodes and edges; gph_small_dag_free(). Types are GPH_NODE_GRAPHEME or
 *              GPH_NODE_WORD, and GPH_NODE_GAP.
 * Cost: O(size × window).
 */
gph_status_t gph_text_dag(gph_env_t *env, const char *bytes, int64_t size, gph_text_unit_t unit,
                          int window, gph_small_dag_t *dag);

/**
 * The same graph of a whole text, distributed: each rank the nodes of its piece. Collective.
 * @param edges receives this rank's share: directed, with names and types, ids 0..n-1 in the order
 *              of the text
 * @return GPH_ERR_INPUT "path:line:column: …" for the first malformed UTF-8 sequence
 */
gph_status_t gph_text_graph_edges(gph_context_t *context, const gph_text_piece_t *piece,
                                  gph_text_unit_t unit, int window, gph_edges_t *edges);

/**
 * The graph of a file of expressions, one a line, blank lines and those that begin with # left out:
 * gph_expression_dag() of each, one behind the other. Collective.
 * @param edges as gph_text_graph_edges()
 * @return GPH_ERR_INPUT "path:line:column: …" for the first expression that is none
 */
gph_status_t gph_math_graph_edges(gph_context_t *context, const gph_text_piece_t *piece,
                                  gph_edges_t *edges);

/** What the nodes of a graph with types stand for. */
typedef enum gph_text_kind {
    GPH_TEXT_KIND_NONE, /**< no text: no types, or a mixture */
    GPH_TEXT_KIND_TEXT, /**< all are parts of a text */
    GPH_TEXT_KIND_MATH  /**< all are nodes of expressions */
} gph_text_kind_t;

/** Tells what a graph was made of. Collective. */
gph_status_t gph_text_kind(const gph_graph_t *graph, gph_text_kind_t *kind);

/**
 * Checks that a graph consists of expressions as gph_math_graph_edges() makes them: trees whose
 * nodes are numbered in prefix order. Collective.
 * @param closed [owned] receives the parentheses that close behind each node
 * @return GPH_ERR_INPUT naming the first node that is out of place
 * Cost: the ranks work one after another, each O(n/P), and pass on the path from the root.
 */
gph_status_t gph_math_closed(const gph_graph_t *graph, int64_t *closed);

#endif
