/*
 * Two ways to the labels of cliques: a cover of maximal cliques, each of which may meet many
 * others, or the faces of all k-cliques. Sparse graphs have few maximal cliques, dense
 * neighbourhoods have far more of them than faces of a small k.
 */
#include "clique/communities.h"
#include "clique/faces.h"
#include "clique/percolate.h"
#include "par/comm.h"

#include <inttypes.h>

/* Faces whose joining takes as long as finding where one member of a cover meets others: measured.
 */
enum { FACES_A_MEMBER = 2 };

/* Bytes of memory that a face takes, or an item above it. */
enum { FACE_BYTES = 32 };

/* Members that a cover may always have. */
enum { SMALL_COVER = 1 << 16 };

/* k-cliques that are too many to look at each. */
static const gph_count_t many_cliques = (gph_count_t)1 << 33;

/* Numbers the faces where they fit, and unless they are asked for, where they are not more than the
 * k-cliques, which is what a cover is bounded by. */
static gph_status_t try_faces(gph_clique_job_t *job, gph_faces_t *faces, bool *have)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;
    const gph_clique_percolation_t way = job->options->percolation;
    const int64_t room = gph_mem_left(env) / FACE_BYTES;
    int64_t most = room;

    *have = false;
    if (job->options->k < 3 || way == GPH_CLIQUE_PERCOLATION_COVER)
        return GPH_OK;
    if (way == GPH_CLIQUE_PERCOLATION_AUTO) {
        if (job->total > many_cliques)
            return GPH_OK;
        most = job->total < (gph_count_t)room ? (int64_t)job->total : room;
    }
    GPH_TRY(gph_faces_number(job, most, faces, have));
    if (way == GPH_CLIQUE_PERCOLATION_FACES && !*have)
        status =
            gph_fail(env, GPH_ERR_MEMORY,
                     "percolation by faces needs %d bytes for each clique of k - 1 members, and "
                     "a rank has more than the %" PRId64 " there is room for: use more ranks or "
                     "memory, or percolation by a cover",
                     FACE_BYTES, room);

cleanup:
    return status;
}

/* Members a rank of a cover that is no slower than the faces. */
static int64_t cover_room(const gph_clique_job_t *job, const gph_faces_t *faces)
{
    const int ranks = job->context->ranks;
    const int64_t most = faces->start[ranks] / ranks / FACES_A_MEMBER;
    return most > SMALL_COVER ? most : SMALL_COVER;
}

static gph_status_t by_faces(gph_clique_job_t *job, const gph_faces_t *faces,
                             gph_communities_t *communities)
{
    gph_status_t status = GPH_OK;
    gph_cover_t cover = {0};
    int64_t *label = NULL;
    int64_t *cover_label = NULL;

    gph_phase_begin(job->context, "percolate");
    GPH_TRY(gph_faces_join(job, faces, &label));
    gph_phase_begin(job->context, "communities");
    GPH_TRY(gph_faces_cover(job, faces, label, &cover, &cover_label));
    gph_free(label);
    label = NULL;
    GPH_TRY(gph_communities_make(job, &cover, cover_label, faces->start, communities));

cleanup:
    gph_cover_free(&cover);
    gph_free(label);
    gph_free(cover_label);
    return status;
}

static gph_status_t by_cover(gph_clique_job_t *job, gph_cover_t *cover,
                             gph_communities_t *communities)
{
    gph_status_t status = GPH_OK;
    int64_t *label = NULL;

    gph_phase_begin(job->context, "percolate");
    GPH_TRY(gph_percolate(job, cover, &label));
    gph_phase_begin(job->context, "communities");
    GPH_TRY(gph_cover_translate(&job->dag, cover));
    GPH_TRY(gph_communities_make(job, cover, label, cover->start, communities));

cleanup:
    gph_free(label);
    return status;
}

gph_status_t gph_communities_find(gph_clique_job_t *job, gph_communities_t *communities)
{
    gph_status_t status = GPH_OK;
    gph_faces_t faces = {0};
    gph_cover_t cover = {0};
    bool have_faces = false;
    bool have_cover = false;

    gph_phase_begin(job->context, "cover");
    GPH_TRY(try_faces(job, &faces, &have_faces));
    if (!have_faces || job->options->percolation == GPH_CLIQUE_PERCOLATION_AUTO)
        status = gph_cover_make(job, have_faces ? cover_room(job, &faces) : INT64_MAX, &cover,
                                &have_cover);
    if (status == GPH_ERR_MEMORY && have_faces) { /* agreed: the same on all ranks */
        gph_env_error_clear(job->context->env);
        status = GPH_OK;
    }
    if (status != GPH_OK)
        goto cleanup;
    if (have_cover) {
        gph_faces_free(&faces);
        GPH_TRY(by_cover(job, &cover, communities));
    } else {
        GPH_TRY(by_faces(job, &faces, communities));
    }

cleanup:
    gph_phase_end(job->context);
    gph_faces_free(&faces);
    gph_cover_free(&cover);
    return status;
}
