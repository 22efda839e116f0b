/*
 * Root by root: of each community that the root is in, cliques that show its members among the
 * out-neighbours, and the smallest clique. The latter is found by order of vertex numbers: of all
 * that differ in the last member only that with the smallest one is looked at.
 */
#include "clique/faces.h"

#include "base/hash.h"
#include "base/sort.h"
#include "clique/bits.h"
#include "clique/roots.h"
#include "par/comm.h"

/* A thread. What it knows of the present root's communities is in `shown` and `best`, by turns. */
typedef struct shower {
    _Alignas(64) const gph_clique_space_t *space;
    uint64_t *sets;      /* [depth + 1][words] out-neighbours that may be added */
    int64_t *sorted;     /* [depth + 2][k] vertex numbers chosen so far, ascending; of a clique */
    uint64_t *chosen;    /* [words] */
    int64_t *clique;     /* [k] */
    gph_map_t known;     /* number of each label */
    gph_array_t label;   /* int64_t: labels */
    gph_array_t shown;   /* uint64_t [words] each: out-neighbours that were shown */
    gph_array_t best;    /* int64_t [k] each: vertex numbers of the smallest clique */
    gph_array_t cliques; /* int64_t [1 + k] each: label, vertex numbers of a clique */
} shower_t;

typedef struct showing {
    gph_clique_job_t *job;
    const gph_faces_t *faces;
    const int64_t *label;
    shower_t *shower; /* [threads] */
} showing_t;

/* Vertex number of an out-neighbour. */
static gph_gid_t vertex_of(const shower_t *t, int slot)
{
    return t->space->block->vertex[t->space->row[slot]];
}

/* to[count + 1] = from[count] with another number at its place. */
static void insert(const int64_t *from, int count, int64_t number, int64_t *to)
{
    int at = count;
    while (at > 0 && from[at - 1] > number) {
        to[at] = from[at - 1];
        --at;
    }
    to[at] = number;
    memcpy(to, from, (size_t)at * sizeof *to);
}

/* Number of a label at this root, new ones with nothing shown. */
static gph_status_t find_label(shower_t *t, int k, int64_t label, int64_t *number)
{
    gph_status_t status = GPH_OK;
    const uint64_t none = 0;
    const int64_t last = INT64_MAX;
    int64_t *slot = NULL;

    if (t->label.count > 0 && ((const int64_t *)t->label.data)[*number] == label)
        return GPH_OK;
    GPH_TRY(gph_map_insert(&t->known, label, t->label.count, &slot));
    *number = *slot;
    if (*number < t->label.count)
        return GPH_OK;
    GPH_TRY(gph_array_push(&t->label, &label));
    for (int w = 0; w < t->space->words; ++w)
        GPH_TRY(gph_array_push(&t->shown, &none));
    for (int i = 0; i < k; ++i)
        GPH_TRY(gph_array_push(&t->best, &last));

cleanup:
    return status;
}

static gph_status_t show(shower_t *t, int k, int64_t label, const int64_t *clique)
{
    gph_status_t status = gph_array_push(&t->cliques, &label);
    if (status == GPH_OK)
        status = gph_array_append(&t->cliques, clique, k);
    return status;
}

/* The cliques of a face with each of `set`: those that show a member are kept, the smallest is
 * remembered. */
static gph_status_t show_face(shower_t *t, int k, int64_t label, const uint64_t *set,
                              const int64_t *sorted, int64_t *number)
{
    gph_status_t status = GPH_OK;
    const int words = t->space->words;
    int64_t smallest = INT64_MAX;
    bool missing = false; /* a member of the face was not shown */

    GPH_TRY(find_label(t, k, label, number));
    uint64_t *shown = (uint64_t *)t->shown.data + *number * words;
    for (int w = 0; w < words; ++w)
        missing = missing || (t->chosen[w] & ~shown[w]) != 0;
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1) {
            const int64_t vertex = vertex_of(t, 64 * w + __builtin_ctzll(bits));
            smallest = vertex < smallest ? vertex : smallest;
            if (!missing && (bits & -bits & ~shown[w]) == 0)
                continue;
            insert(sorted, k - 1, vertex, t->clique);
            GPH_TRY(show(t, k, label, t->clique));
            missing = false;
        }
    for (int w = 0; w < words; ++w)
        shown[w] |= t->chosen[w] | set[w];

    int64_t *best = (int64_t *)t->best.data + *number * k;
    if ((smallest < sorted[0] ? smallest : sorted[0]) > best[0])
        return GPH_OK;
    insert(sorted, k - 1, smallest, t->clique);
    if (gph_compare_row(k, t->clique, best) < 0)
        memcpy(best, t->clique, (size_t)k * sizeof *best);

cleanup:
    return status;
}

/* All faces below an item. */
static gph_status_t show_below(const showing_t *s, shower_t *t, int level, int64_t item,
                               int64_t *number)
{
    gph_status_t status = GPH_OK;
    const int k = s->job->options->k;
    const int words = t->space->words;
    const uint64_t *set = t->sets + (size_t)level * (size_t)words;
    uint64_t *next = t->sets + (size_t)(level + 1) * (size_t)words;
    const int64_t *sorted = t->sorted + (ptrdiff_t)level * k;
    int64_t child = s->faces->child[level][item];

    if (gph_set_size(set, words) < s->faces->depth + 1 - level)
        return GPH_OK;
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1, ++child) {
            const int slot = 64 * w + __builtin_ctzll(bits);
            gph_set_meet(next, set, t->space->later + (size_t)slot * (size_t)words, words);
            if (gph_set_empty(next, words))
                continue;
            insert(sorted, level + 1, vertex_of(t, slot), t->sorted + (ptrdiff_t)(level + 1) * k);
            t->chosen[w] |= bits & -bits;
            if (level + 1 < s->faces->depth)
                GPH_TRY(show_below(s, t, level + 1, child, number));
            else
                GPH_TRY(show_face(t, k, s->label[child], next, sorted + k, number));
            t->chosen[w] &= ~(bits & -bits);
        }

cleanup:
    return status;
}

static gph_status_t show_root(void *data, gph_clique_space_t *space, int64_t row, int thread)
{
    gph_status_t status = GPH_OK;
    const showing_t *s = data;
    const int k = s->job->options->k;
    shower_t *t = &s->shower[thread];
    int64_t number = 0;

    if (space->degree < k - 1)
        return GPH_OK;
    gph_clique_space_matrix(space, false);
    t->space = space;
    memset(t->chosen, 0, (size_t)space->words * sizeof *t->chosen);
    gph_set_fill(t->sets, space->degree);
    t->sorted[0] = space->block->vertex[space->root];
    GPH_TRY(show_below(s, t, 0, row, &number));
    for (int64_t i = 0; i < t->label.count; ++i)
        GPH_TRY(
            show(t, k, ((const int64_t *)t->label.data)[i], (const int64_t *)t->best.data + i * k));
    gph_map_clear(&t->known);
    t->label.count = 0;
    t->shown.count = 0;
    t->best.count = 0;

cleanup:
    return status;
}

static gph_status_t open_showers(showing_t *s)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = s->job->context;
    gph_env_t *env = context->env;
    const int64_t words = (s->job->dag.max_out + 63) / 64;
    const int k = s->job->options->k;

    GPH_TRY(gph_calloc(env, context->threads, sizeof *s->shower, &s->shower));
    for (int i = 0; i < context->threads; ++i) {
        shower_t *t = &s->shower[i];
        t->known = gph_map_init(env);
        t->label = gph_array_init(env, sizeof(int64_t));
        t->shown = gph_array_init(env, sizeof(uint64_t));
        t->best = gph_array_init(env, sizeof(int64_t));
        t->cliques = gph_array_init(env, sizeof(int64_t));
        GPH_TRY(gph_alloc(env, k * words, sizeof *t->sets, &t->sets));
        GPH_TRY(gph_alloc(env, k * (int64_t)k, sizeof *t->sorted, &t->sorted));
        GPH_TRY(gph_alloc(env, words, sizeof *t->chosen, &t->chosen));
        GPH_TRY(gph_alloc(env, k, sizeof *t->clique, &t->clique));
    }

cleanup:
    return status;
}

static void close_showers(showing_t *s)
{
    for (int i = 0; s->shower != NULL && i < s->job->context->threads; ++i) {
        shower_t *t = &s->shower[i];
        gph_free(t->sets);
        gph_free(t->sorted);
        gph_free(t->chosen);
        gph_free(t->clique);
        gph_map_free(&t->known);
        gph_array_free(&t->label);
        gph_array_free(&t->shown);
        gph_array_free(&t->best);
        gph_array_free(&t->cliques);
    }
    gph_free(s->shower);
}

/* Cliques of all threads, one behind the other. */
static gph_status_t gather(const showing_t *s, gph_cover_t *cover, int64_t **label)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = s->job->context;
    const int k = s->job->options->k;
    int64_t at = 0;

    for (int i = 0; i < context->threads; ++i)
        cover->count += s->shower[i].cliques.count / (k + 1);
    GPH_TRY(gph_alloc(context->env, cover->count + 1, sizeof *cover->offset, &cover->offset));
    GPH_TRY(gph_alloc(context->env, cover->count * k, sizeof *cover->member, &cover->member));
    GPH_TRY(gph_alloc(context->env, cover->count, sizeof **label, label));
    for (int i = 0; i < context->threads; ++i) {
        const int64_t *clique = s->shower[i].cliques.data;
        const int64_t *end = clique + s->shower[i].cliques.count;
        for (; clique < end; clique += k + 1, ++at) {
            (*label)[at] = clique[0];
            cover->offset[at] = at * k;
            memcpy(cover->member + at * k, clique + 1, (size_t)k * sizeof *clique);
        }
        gph_array_free(&s->shower[i].cliques);
    }
    cover->offset[at] = at * k;

cleanup:
    return status;
}

gph_status_t gph_faces_cover(gph_clique_job_t *job, const gph_faces_t *faces, const int64_t *label,
                             gph_cover_t *cover, int64_t **cover_label)
{
    gph_status_t status = GPH_OK;
    gph_cover_t made = {0};
    int64_t *made_label = NULL;
    showing_t s = {.job = job, .faces = faces, .label = label};

    GPH_TRY_ALL(job->context, open_showers(&s));
    GPH_TRY(gph_clique_roots(job, GPH_BLOCK_VERTICES, show_root, &s));
    GPH_TRY_ALL(job->context, gather(&s, &made, &made_label));
    *cover = made;
    *cover_label = made_label;
    made = (gph_cover_t){0};
    made_label = NULL;

cleanup:
    close_showers(&s);
    gph_cover_free(&made);
    gph_free(made_label);
    return status;
}
