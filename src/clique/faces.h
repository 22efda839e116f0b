/**
 * Faces: the cliques of k - 1 members, numbered. Two k-cliques are adjacent where they have a face
 * in common, so communities can be found by joining the faces of each k-clique: where k is small,
 * these are far fewer than the maximal cliques of a dense neighbourhood (the method of Kumpula,
 * Kivelä, Kaski & Saramäki, Physical Review E 78, 026109, 2008, doi:10.1103/PhysRevE.78.026109).
 *
 * A face is held by the rank of its first member, the root; the others are out-neighbours of the
 * root. Faces of a rank are in lexicographic order, so they make a tree: an item of level j is a
 * root and j further members, its children add one member behind these, and faces are the items of
 * the last level. No member is stored: the n-th child adds the n-th common out-neighbour.
 */
#ifndef GPH_CLIQUE_FACES_H
#define GPH_CLIQUE_FACES_H

#include "clique/cover.h"

typedef struct gph_faces {
    int depth;       /**< level of the faces: k - 2 */
    int64_t **child; /**< [depth][items of the level + 1] first child of each item; level 0, the
                          rows of the oriented graph, is borrowed from there */
    int64_t parents; /**< items of level depth - 1 of this rank */
    int64_t count;   /**< faces of this rank */
    int64_t *start;  /**< [ranks + 1] number of the first face of each rank */
} gph_faces_t;

/**
 * Numbers the faces. Collective; k >= 3.
 * @param most faces there may be on this rank
 * @param fits receives whether there are not more on any rank; if not, faces is empty
 * Cost: cliques of k - 2 members are listed twice; 8 bytes an item of each level but the last.
 */
gph_status_t gph_faces_number(gph_clique_job_t *job, int64_t most, gph_faces_t *faces, bool *fits);

/**
 * Joins the faces of each k-clique. Collective.
 * @param label receives a gph_alloc() block [faces->count]: smallest number of a face that is in
 * the same community; a face that is in no k-clique has its own
 * @return GPH_ERR_MEMORY; GPH_ERR_STOPPED as gph_job_step()
 * Cost: k steps a face, and up to k a k-clique where its faces are not known to be joined; 8 bytes
 * a face, and rounds of messages of a word for each face and each triangle of the oriented graph.
 */
gph_status_t gph_faces_join(gph_clique_job_t *job, const gph_faces_t *faces, int64_t **label);

/**
 * Of the k-cliques of each community as many as show its members and its smallest clique.
 * Collective.
 * @param label of gph_faces_join()
 * @param cover receives cliques of k vertex numbers; `start` stays empty
 * @param cover_label receives a gph_alloc() block [cover->count]: the label of each
 * Cost: a look at each k-clique; up to a clique for each edge and community that it is in.
 */
gph_status_t gph_faces_cover(gph_clique_job_t *job, const gph_faces_t *faces, const int64_t *label,
                             gph_cover_t *cover, int64_t **cover_label);

/** Frees the arrays. Local. */
void gph_faces_free(gph_faces_t *faces);

#endif
