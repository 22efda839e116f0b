/** Which cliques of a cover belong to one community: those that share k - 1 vertices, directly or
 *  through others. */
#ifndef GPH_CLIQUE_PERCOLATE_H
#define GPH_CLIQUE_PERCOLATE_H

#include "clique/cover.h"

/**
 * Labels the cliques of a cover. Collective.
 * @param label receives a gph_alloc() block [cover->count]: the smallest number of a clique in the
 *              same community
 * @return GPH_ERR_MEMORY; GPH_ERR_STOPPED as gph_job_step()
 * Cost: a clique of s members goes to the ranks that own its first s - k + 2 members, in rounds
 * that fit the budget; then as gph_meet() at each vertex.
 */
gph_status_t gph_percolate(gph_clique_job_t *job, const gph_cover_t *cover, int64_t **label);

#endif
