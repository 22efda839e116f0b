/**
 * Peeling: vertices fall level by level when fewer than `level + 1` neighbours are left, in
 * synchronous rounds within a level (Kabir & Madduri 2017). The level at which a vertex falls is
 * its core number. Rounds depend on the graph alone, so (round, id) is a unique degeneracy order: a
 * vertex has at most `core` neighbours that fall in its own round or later.
 */
#ifndef GPH_DIST_PEEL_H
#define GPH_DIST_PEEL_H

#include "graph/graph.h"

typedef struct gph_peel_options {
    int64_t skip_below; /**< vertices of a smaller core number fall first, without rounds */
    bool rounds;        /**< keep rounds; otherwise a rank follows chains as far as it can alone */
    int64_t max_rounds; /**< with rounds: after so many, what is left is ordered by its degree
                             among what is left (0: all of it) */
} gph_peel_options_t;

typedef struct gph_peel {
    int64_t *core;      /**< [owned] core number; exact unless max_rounds was reached; for vertices
                             below skip_below some number below it */
    int64_t *round;     /**< [owned] round of its fall, -1 below skip_below; NULL without rounds */
    int64_t rounds;     /**< one more than the highest round over all ranks */
    int64_t degeneracy; /**< largest core number over all ranks */
} gph_peel_t;

/** Peels a graph. Collective. Cost: O((n + m)/P) work and one exchange a round. */
gph_status_t gph_peel(const gph_graph_t *graph, const gph_peel_options_t *options,
                      gph_peel_t *peel);

/** Frees the arrays. Local. */
void gph_peel_free(gph_peel_t *peel);

#endif
