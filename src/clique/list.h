/** The listing pass: rows in order, in rounds that fit the budget. */
#ifndef GPH_CLIQUE_LIST_H
#define GPH_CLIQUE_LIST_H

#include "clique/job.h"

/**
 * Receives this rank's rows of a round. Rows of a round follow each other in rank order, and rounds
 * follow each other, so the list appears in order. Collective: called on all ranks, with rows = 0
 * where a rank has none.
 */
typedef gph_status_t gph_clique_sink_fn(void *data, int64_t first_row, int64_t rows,
                                        const int64_t *members);

/** GPH_ERR_USAGE when a counted job has more cliques than rows can be numbered. Local; the same on
 * all ranks. */
gph_status_t gph_clique_list_check(const gph_clique_job_t *job);

/**
 * Lists the cliques of a counted job that passed gph_clique_list_check(), from row job->rows_done
 * on into a sink. Collective.
 * @param kept NULL, or receives this rank's rows as a gph_alloc() block: then there is one round,
 * so that each rank holds one stretch of the list
 * @return GPH_ERR_MEMORY; GPH_ERR_STOPPED as gph_job_step()
 */
gph_status_t gph_clique_list_rows(gph_clique_job_t *job, gph_clique_sink_fn *sink, void *data,
                                  int64_t **kept);

#endif
