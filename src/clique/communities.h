/**
 * Communities put together: cliques of a cover that carry the same label become one list of
 * members. The lists stand one behind the other, the largest community first, of equal ones that
 * with the lexicographically smallest k-clique; in each list ids ascend. So every member has a
 * place in the whole that the graph and k alone decide.
 */
#ifndef GPH_CLIQUE_COMMUNITIES_H
#define GPH_CLIQUE_COMMUNITIES_H

#include "base/sort.h"
#include "clique/cover.h"

typedef struct gph_communities {
    int64_t count;   /**< communities, over all ranks */
    int64_t members; /**< sum of their sizes */
    int64_t largest; /**< size of the largest */
    int64_t covered; /**< vertices in one or more of them */
    /* Communities whose number this rank gave: consecutive ones, in rank order. */
    int64_t first;    /**< number of the first of them */
    int64_t numbered; /**< how many */
    int64_t *offset;  /**< [numbered] place of the first member of each */
    /* Members of which this rank owns the vertex. */
    int64_t held;
    gph_pair_t *member; /**< [held] ascending: 2 × place, plus 1 for the last of a community; id */
} gph_communities_t;

/**
 * Puts the communities together. Collective.
 * @param cover cliques of vertex numbers: those with the same label hold all members of a community
 *              and its smallest k-clique, or one that begins with that
 * @param label [cover->count]
 * @param start [ranks + 1] smallest label that each rank leads
 * Cost: memory for this rank's share of the cover, and of the members, a few times.
 */
gph_status_t gph_communities_make(const gph_clique_job_t *job, const gph_cover_t *cover,
                                  const int64_t *label, const int64_t *start,
                                  gph_communities_t *communities);

/**
 * Finds the communities of a counted job, by its faces or by a cover, whichever are fewer.
 * Collective.
 * @return GPH_ERR_MEMORY; GPH_ERR_STOPPED as gph_job_tiles()
 */
gph_status_t gph_communities_find(gph_clique_job_t *job, gph_communities_t *communities);

/** Frees the arrays. Local. */
void gph_communities_free(gph_communities_t *communities);

/** Communities of a rank before they have numbers. */
typedef struct gph_community_keys {
    int k;
    int64_t count;
    int64_t *size; /**< [count] members */
    int64_t *key;  /**< [count × k] smallest k-clique, vertex numbers ascending */
} gph_community_keys_t;

/**
 * Numbers communities over all ranks. Collective.
 * @param number receives a gph_alloc() block [keys->count]: number of each
 * @param place  receives a gph_alloc() block [keys->count]: place of its first member
 * @param communities receives count, members, largest, first, numbered and offset
 * Cost: sorted by samples (Frazer & McKellar 1970), k + 3 words a community.
 */
gph_status_t gph_communities_number(gph_context_t *context, const gph_community_keys_t *keys,
                                    int64_t **number, int64_t **place,
                                    gph_communities_t *communities);

#endif
