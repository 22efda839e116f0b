/** Ghosts: the neighbours that other ranks own, and who must tell whom about them. */
#ifndef GPH_DIST_GHOSTS_H
#define GPH_DIST_GHOSTS_H

#include "graph/graph.h"

typedef struct gph_ghosts {
    int64_t count;    /**< ghosts */
    gph_gid_t *gid;   /**< [count] ascending */
    gph_lid_t *local; /**< [arcs] each neighbour as owned index, or owned + ghost index */
} gph_ghosts_t;

/**
 * Finds the ghosts among neighbour[arcs] of the owned vertices begin .. begin + owned - 1. Local.
 * Cost: O(arcs + g log g), g the remote entries.
 */
gph_status_t gph_ghosts_find(gph_context_t *context, gph_gid_t begin, int64_t owned, gph_off_t arcs,
                             const gph_gid_t *neighbour, gph_ghosts_t *ghosts);

/** Fills the halo plan of a graph whose ghosts are set. Collective. */
gph_status_t gph_ghosts_plan(gph_graph_t *graph);

#endif
