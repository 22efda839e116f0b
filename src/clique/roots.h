/** Roots one after the other, each with its subgraph: a pass whose tasks stay on the rank that has
 *  the root's row, for what is kept by root. */
#ifndef GPH_CLIQUE_ROOTS_H
#define GPH_CLIQUE_ROOTS_H

#include "clique/job.h"

/** Called for a root of this rank. Must not call MPI.
 *  @param space turned to the root, with room for its matrix `later`
 *  @param row   of the root in job->dag, from 0 on */
typedef gph_status_t gph_root_fn(void *data, gph_clique_space_t *space, int64_t row, int thread);

/**
 * Calls a function for all roots of this rank, on its threads, in batches that fit memory.
 * Collective.
 * @param flags what the blocks carry (block.h)
 * Cost: the rows of out-neighbours are fetched once a batch.
 */
gph_status_t gph_clique_roots(gph_clique_job_t *job, int flags, gph_root_fn *root, void *data);

#endif
