/**
 * The edge list as it comes from a reader or a generator: this rank's share, in input ids, with
 * self loops and repeats still in it. What the shares add up to does not depend on the ranks.
 */
#ifndef GPH_GRAPH_EDGES_H
#define GPH_GRAPH_EDGES_H

#include "base/array.h"
#include "par/context.h"

/** One edge between two input ids, each >= 0. */
typedef struct gph_edge {
    int64_t u;
    int64_t v;
} gph_edge_t;

/** In which directions the edges of a directed graph between a vertex and a neighbour go: either or
 * both. */
enum { GPH_ARC_OUT = 1, GPH_ARC_IN = 2 };

/** Added to the type of a node of an expression that is written in parentheses. */
#define GPH_NODE_GROUPED 0x80

/** Names of consecutive vertices: name i is bytes[offset[i]] up to bytes[offset[i + 1]]. */
typedef struct gph_names {
    int64_t count;   /**< names held */
    int64_t *offset; /**< [count + 1] */
    char *bytes;     /**< [offset[count]], UTF-8, no terminators */
} gph_names_t;

typedef struct gph_edges {
    int64_t count;     /**< edges of this rank */
    gph_edge_t *edge;  /**< [count] */
    double *weight;    /**< [count], or NULL on all ranks */
    int64_t vertices;  /**< >= 0: ids are first_id .. first_id + vertices - 1, all present;
                            -1: the vertices are the ids that occur */
    int64_t first_id;  /**< id of the first vertex when vertices >= 0 */
    bool directed;     /**< an edge goes from u to v; equal on all ranks */
    gph_names_t names; /**< of the vertices names_first, names_first + 1, … of a named graph; ranks
                            hold consecutive ranges; names.offset is NULL on all ranks when there
                            are none */
    int64_t names_first; /**< -1: the start of this rank's even block (gph_block_start) */
    uint8_t *type;       /**< [names.count] gph_node_type_t, or NULL on all ranks */
} gph_edges_t;

/** Edge list without edges and with vertices = -1. */
gph_edges_t gph_edges_init(void);

/** Frees the arrays and empties the names. Local. */
void gph_names_free(gph_names_t *names);

/** Frees the arrays and empties the list as gph_edges_init(). Local. */
void gph_edges_free(gph_edges_t *edges);

#endif
