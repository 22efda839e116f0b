/** Rows of a tile in order: cliques by ascending positions of their members, lexicographically. */
#ifndef GPH_CLIQUE_ENUMERATE_H
#define GPH_CLIQUE_ENUMERATE_H

#include "clique/job.h"

/**
 * Writes rows skip .. skip + want - 1 of a tile. Local; pure computation.
 * @param space work space of this thread, on a block with ids
 * @param rows  [want × k] receives the members' input ids, ascending in each row
 * @return how many were written: fewer only when the tile has no more
 */
int64_t gph_clique_enumerate(const gph_dag_t *dag, gph_clique_space_t *space, int64_t tile,
                             int64_t skip, int64_t want, int64_t *rows);

#endif
