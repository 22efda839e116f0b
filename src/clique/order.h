/** The vertex order that makes the graph a directed acyclic one with small out-degrees. */
#ifndef GPH_CLIQUE_ORDER_H
#define GPH_CLIQUE_ORDER_H

#include "gph/clique.h"
#include "graph/graph.h"

typedef struct gph_order {
    gph_gid_t vertices;  /**< vertices that have a position, over all ranks */
    gph_gid_t *position; /**< [owned + ghosts] 0..vertices-1; -1: in no clique of the wanted size */
} gph_order_t;

/**
 * Orders the vertices that can be in a clique of k members: those of the (k-1)-core. Collective.
 * Core order: round of peeling, then id. Degree order: degree within the (k-1)-core, then id.
 */
gph_status_t gph_order_make(const gph_graph_t *graph, int k, gph_clique_order_t kind,
                            gph_order_t *order);

/** "core" or "degree". Local. */
const char *gph_clique_order_name(gph_clique_order_t kind);

/** Frees the positions. Local. */
void gph_order_free(gph_order_t *order);

#endif
