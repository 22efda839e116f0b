/* Numbering: items of each level are counted root by root, then every root writes its own. */
#include "clique/faces.h"

#include "clique/bits.h"
#include "clique/roots.h"
#include "par/comm.h"

/* A thread. */
typedef struct walker {
    _Alignas(64) const gph_clique_space_t *space;
    int64_t *next;  /* [depth + 1] items of each level so far */
    uint64_t *sets; /* [depth × words] */
} walker_t;

typedef struct numbering {
    const gph_clique_job_t *job;
    gph_faces_t *faces;
    bool write;     /* items are written; else counted */
    int64_t most;   /* faces there may be */
    int64_t seen;   /* faces counted by all threads */
    int64_t *first; /* [depth][roots + 1] items of each level from 1 on that a root has; in front of
                       it */
    walker_t *walker; /* [threads] */
} numbering_t;

static int64_t *first_of(const numbering_t *n, int level)
{
    return n->first + (level - 1) * (n->job->dag.count + 1);
}

/* The item that comes next on a level, and all below it: `set` may be added to it. */
static void walk(const numbering_t *n, walker_t *w, int level, const uint64_t *set)
{
    const int depth = n->faces->depth;
    const int words = w->space->words;
    uint64_t *met = w->sets + (size_t)level * (size_t)words;

    if (n->write)
        n->faces->child[level][w->next[level]] = w->next[level + 1];
    w->next[level] += 1;
    if (level + 1 == depth) {
        w->next[depth] += gph_set_size(set, words);
        return;
    }
    for (int x = 0; x < words && w->next[depth] <= n->most; ++x)
        for (uint64_t bits = set[x]; bits != 0; bits &= bits - 1) {
            const int i = 64 * x + __builtin_ctzll(bits);
            gph_set_meet(met, set, w->space->later + (size_t)i * (size_t)words, words);
            walk(n, w, level + 1, met);
        }
}

static gph_status_t number_root(void *data, gph_clique_space_t *space, int64_t row, int thread)
{
    numbering_t *n = data;
    walker_t *w = &n->walker[thread];
    const int depth = n->faces->depth;

    if (!n->write && __atomic_load_n(&n->seen, __ATOMIC_RELAXED) > n->most)
        return GPH_OK;
    gph_clique_space_matrix(space, false);
    w->space = space;
    for (int level = 1; level <= depth; ++level)
        w->next[level] = n->write ? first_of(n, level)[row] : 0;
    for (int i = 0; i < space->degree; ++i)
        walk(n, w, 1, space->later + (size_t)i * (size_t)space->words);
    if (n->write)
        return GPH_OK;
    for (int level = 1; level <= depth; ++level)
        first_of(n, level)[row] = w->next[level];
    __atomic_fetch_add(&n->seen, w->next[depth], __ATOMIC_RELAXED);
    return GPH_OK;
}

static gph_status_t open_numbering(numbering_t *n)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = n->job->context;
    gph_env_t *env = context->env;
    const int64_t words = (n->job->dag.max_out + 63) / 64;
    const int depth = n->faces->depth;

    GPH_TRY(gph_calloc(env, depth * (n->job->dag.count + 1), sizeof *n->first, &n->first));
    GPH_TRY(gph_calloc(env, context->threads, sizeof *n->walker, &n->walker));
    for (int t = 0; t < context->threads; ++t) {
        GPH_TRY(gph_alloc(env, depth + 1, sizeof(int64_t), &n->walker[t].next));
        GPH_TRY(gph_alloc(env, depth * words, sizeof(uint64_t), &n->walker[t].sets));
    }

cleanup:
    return status;
}

static void close_numbering(numbering_t *n)
{
    for (int t = 0; n->walker != NULL && t < n->job->context->threads; ++t) {
        gph_free(n->walker[t].next);
        gph_free(n->walker[t].sets);
    }
    gph_free(n->walker);
    gph_free(n->first);
}

/* Makes room for the items, now that they are counted. */
static gph_status_t open_levels(numbering_t *n)
{
    gph_status_t status = GPH_OK;
    const int64_t roots = n->job->dag.count;
    const int depth = n->faces->depth;

    for (int level = 1; level <= depth; ++level) {
        int64_t *first = first_of(n, level);
        int64_t sum = 0;
        for (int64_t row = 0; row <= roots; ++row) {
            const int64_t items = first[row];
            first[row] = sum;
            sum += items;
        }
    }
    for (int level = 1; level < depth; ++level) {
        const int64_t items = first_of(n, level)[roots];
        GPH_TRY(
            gph_alloc(n->job->context->env, items + 1, sizeof(int64_t), &n->faces->child[level]));
        n->faces->child[level][items] = first_of(n, level + 1)[roots];
    }
    n->faces->parents = first_of(n, depth - 1)[roots];
    n->faces->count = first_of(n, depth)[roots];

cleanup:
    return status;
}

static gph_status_t number_levels(gph_clique_job_t *job, int64_t most, gph_faces_t *faces,
                                  bool *fits)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    numbering_t n = {.job = job, .faces = faces, .most = most};
    int64_t over = 0;

    GPH_TRY_ALL(context, open_numbering(&n));
    GPH_TRY(gph_clique_roots(job, 0, number_root, &n));
    over = n.seen > most;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &over));
    *fits = over == 0;
    if (!*fits)
        goto cleanup;
    GPH_TRY_ALL(context, open_levels(&n));
    n.write = true;
    GPH_TRY(gph_clique_roots(job, 0, number_root, &n));

cleanup:
    close_numbering(&n);
    return status;
}

gph_status_t gph_faces_number(gph_clique_job_t *job, int64_t most, gph_faces_t *faces, bool *fits)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    gph_faces_t made = {.depth = job->options->k - 2};

    *fits = true;
    GPH_TRY_ALL(context, gph_calloc(context->env, made.depth, sizeof *made.child, &made.child));
    made.child[0] = job->dag.offset;
    made.parents = job->dag.count;
    made.count = job->dag.offset[job->dag.count];
    if (made.depth > 1)
        GPH_TRY(number_levels(job, most, &made, fits));
    if (!*fits)
        goto cleanup;
    GPH_TRY(gph_comm_starts(context, made.count, &made.start));
    *faces = made;
    made = (gph_faces_t){0};

cleanup:
    gph_faces_free(&made);
    return status;
}

void gph_faces_free(gph_faces_t *faces)
{
    for (int level = 1; faces->child != NULL && level < faces->depth; ++level)
        gph_free(faces->child[level]);
    gph_free(faces->child);
    gph_free(faces->start);
    *faces = (gph_faces_t){0};
}
