/**
 * A cover: cliques of k members or more such that each clique of exactly k lies in one of them.
 * Two k-cliques in one member of a cover are in the same community, so communities can be found by
 * joining members of a cover that share k - 1 vertices or more.
 */
#ifndef GPH_CLIQUE_COVER_H
#define GPH_CLIQUE_COVER_H

#include "clique/job.h"

/** The part of a cover that lies on this rank. Cliques are numbered over ranks in rank order; which
 *  clique lies where depends on ranks and threads. */
typedef struct gph_cover {
    int64_t count;     /**< cliques of this rank */
    int64_t *offset;   /**< [count + 1] */
    gph_gid_t *member; /**< [offset[count]] positions, ascending in each clique */
    int64_t *start;    /**< [ranks + 1] number of the first clique of each rank */
} gph_cover_t;

/**
 * Finds a cover: of each neighbourhood the maximal cliques, or where these are more than the
 * k-cliques, the leaves of the pivot tree (Jain & Seshadhri 2020). So it has no more cliques than
 * there are k-cliques, and mostly far fewer. Collective; k >= 2.
 * @param most members that the cliques of a rank may have in all
 * @param fits receives whether they have not more on any rank; if not, the search ends early and
 *             the cover is empty
 * @return GPH_ERR_MEMORY; GPH_ERR_STOPPED as gph_job_tiles()
 * Cost: as a count by pivoting; memory 8 bytes a member.
 */
gph_status_t gph_cover_make(gph_clique_job_t *job, int64_t most, gph_cover_t *cover, bool *fits);

/**
 * Replaces the positions of all members by vertex numbers. Collective.
 * Cost: 3 bits a position of the graph, 16 bytes for each that occurs here, an exchange.
 */
gph_status_t gph_cover_translate(const gph_dag_t *dag, gph_cover_t *cover);

/** Frees the arrays. Local. */
void gph_cover_free(gph_cover_t *cover);

#endif
