/** Small labelled directed acyclic graphs in the memory of one rank: what one expression or one
 * piece of text is. Every edge goes from a lower node to a higher one. */
#ifndef GPH_GRAPH_SMALL_H
#define GPH_GRAPH_SMALL_H

#include "gph/graph.h"
#include "graph/edges.h"

typedef struct gph_small_dag {
    int64_t nodes;
    uint8_t *type;     /**< [nodes] gph_node_type_t, and GPH_NODE_GROUPED */
    gph_names_t names; /**< [nodes] their texts */
    int64_t edges;
    gph_edge_t *edge; /**< [edges] each once, u < v */
} gph_small_dag_t;

/** Frees the arrays and empties. Local. */
void gph_small_dag_free(gph_small_dag_t *dag);

#endif
