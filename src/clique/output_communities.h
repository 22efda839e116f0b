/** What becomes of communities: a file, a part of the result, a digest. */
#ifndef GPH_CLIQUE_OUTPUT_COMMUNITIES_H
#define GPH_CLIQUE_OUTPUT_COMMUNITIES_H

#include "base/hash.h"
#include "clique/communities.h"

/** Digest of the members held here: those of all ranks add up. Local. */
gph_digest_t gph_communities_digest(const gph_communities_t *communities);

/** Writes the communities (.h5, .txt or .tsv), whole or not at all. Collective. */
gph_status_t gph_communities_write(gph_clique_job_t *job, const gph_communities_t *communities,
                                   const char *path);

/** An even part of all members, in order. */
typedef struct gph_kept_communities {
    int64_t first;      /**< place of the first */
    int64_t count;      /**< members here */
    int64_t *community; /**< [count] number of the community */
    int64_t *member;    /**< [count] id */
} gph_kept_communities_t;

/** Collects this rank's part. Collective. */
gph_status_t gph_communities_keep(gph_context_t *context, const gph_communities_t *communities,
                                  gph_kept_communities_t *kept);

/** Frees the arrays. Local. */
void gph_kept_communities_free(gph_kept_communities_t *kept);

#endif
