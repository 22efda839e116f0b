/** Rounds of messages to positions of the oriented graph, so that what a rank receives in each fits
 *  its memory: positions are cut into stretches, and stretches are gathered to rounds. */
#ifndef GPH_CLIQUE_ROUNDS_H
#define GPH_CLIQUE_ROUNDS_H

#include "clique/dag.h"

typedef struct gph_rounds {
    const gph_dag_t *dag;
    int64_t stretches; /**< over all ranks */
    int64_t *bytes;    /**< [stretches] what will be sent to each, added up here by the caller */
    int64_t *round;    /**< [stretches] */
    int64_t count;     /**< rounds */
} gph_rounds_t;

/** Cuts the positions of all ranks into stretches. Local. */
gph_status_t gph_rounds_open(const gph_dag_t *dag, gph_rounds_t *rounds);

/** Stretch that a position lies in. Local. */
int64_t gph_rounds_stretch(const gph_rounds_t *rounds, gph_gid_t position);

/** Plans the rounds, from the bytes of all ranks. Each begins with the last positions, where
 * cliques meet most. Collective. */
gph_status_t gph_rounds_plan(gph_rounds_t *rounds);

/** Whether messages to a position belong to a round. Local. */
static inline bool gph_rounds_in(const gph_rounds_t *rounds, int64_t round, gph_gid_t position)
{
    return rounds->count == 1 || rounds->round[gph_rounds_stretch(rounds, position)] == round;
}

/** Frees the arrays. Local. */
void gph_rounds_free(gph_rounds_t *rounds);

#endif
