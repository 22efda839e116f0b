/*
 * The cover. Most neighbourhoods have far fewer maximal cliques than k-cliques: then these are it.
 * Others (dense ones without structure) have more: then it is the leaves of the pivot tree (Jain &
 * Seshadhri 2020), of which there are no more than k-cliques. Each k-clique belongs to one leaf: it
 * holds all vertices that were branched on and some of the pivots (at most k are branched on, as a
 * branch ends with that). All of them together are a clique.
 */
#include "clique/cover.h"

#include "clique/bits.h"
#include "par/comm.h"

#include <string.h>

/* Maximal cliques of a piece that are found before it is asked whether they are too many. */
enum { FEW = 1024 };

/* One thread: the leaf it stands at, and the cliques it found. */
typedef struct finder {
    _Alignas(64) gph_clique_space_t *space;
    const gph_clique_isa_t *isa;
    int count;          /* members of the leaf, the root among them */
    int64_t room;       /* maximal cliques that may still be found; below 0: too many */
    uint64_t *chosen;   /* [words of the largest root] members beside the root */
    gph_array_t length; /* int64_t: members of each clique */
    gph_array_t member; /* gph_gid_t: positions */
} finder_t;

typedef struct cover_job {
    gph_clique_job_t *job;
    finder_t *finder; /* [threads] */
    int64_t most;     /* members there may be on a rank */
    int64_t members;  /* of all threads, counted tile by tile */
    int64_t *done;    /* [tiles] 1: searched; between merges true on the rank that did it */
} cover_job_t;

/* Keeps the leaf, and all of a set that forms a clique with it. */
static gph_status_t keep(finder_t *f, const uint64_t *set, int size)
{
    gph_status_t status = GPH_OK;
    const gph_clique_space_t *space = f->space;
    const gph_gid_t *position = space->block->position;
    const int64_t length = f->count + size;

    GPH_TRY(gph_array_push(&f->length, &length));
    GPH_TRY(gph_array_push(&f->member, &position[space->root]));
    for (int w = 0; w < space->words; ++w)
        for (uint64_t bits = f->chosen[w] | (size > 0 ? set[w] : 0); bits != 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            GPH_TRY(gph_array_push(&f->member, &position[space->row[i]]));
        }

cleanup:
    return status;
}

static void choose(finder_t *f, int i)
{
    f->chosen[i / 64] |= UINT64_C(1) << (i % 64);
    f->count += 1;
}

static void unchoose(finder_t *f, int i)
{
    f->chosen[i / 64] &= ~(UINT64_C(1) << (i % 64));
    f->count -= 1;
}

/* Leaves below the present place, whose members may be chosen from a set; `held` of the members
 * chosen are not pivots. */
static gph_status_t descend(finder_t *f, const uint64_t *set, int held, uint64_t *stack)
{
    gph_status_t status = GPH_OK;
    const gph_clique_space_t *space = f->space;
    const int words = space->words;
    const gph_set_shape_t shape = f->isa->shape(space->both, set, words);

    if (f->count + shape.size < space->k)
        return GPH_OK;
    if (held == space->k || shape.twice == (int64_t)shape.size * (shape.size - 1))
        return keep(f, set, held == space->k ? 0 : shape.size);

    uint64_t *left = stack; /* vertices not branched on yet */
    uint64_t *next = stack + words;
    uint64_t *deeper = stack + 2 * (ptrdiff_t)words;
    const uint64_t *near = space->both + (size_t)shape.pivot * (size_t)words;
    gph_set_meet(next, near, set, words);
    choose(f, shape.pivot);
    GPH_TRY(descend(f, next, held, deeper));
    unchoose(f, shape.pivot);
    memcpy(left, set, (size_t)words * sizeof *left);
    left[shape.pivot / 64] &= ~(UINT64_C(1) << (shape.pivot % 64));
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = left[w] & ~near[w]; bits != 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            left[w] &= ~(bits & -bits);
            gph_set_meet(next, space->both + (size_t)i * (size_t)words, left, words);
            choose(f, i);
            GPH_TRY(descend(f, next, held + 1, deeper));
            unchoose(f, i);
        }

cleanup:
    return status;
}

/*
 * Maximal cliques below the present place, by the search of Bron & Kerbosch 1973 with the pivots of
 * Tomita, Tanaka & Takahashi 2006: members may be chosen from `set`; what could be chosen from
 * `out` was found before. Both are spent. Ends early when more than f->room are found.
 */
static gph_status_t find_maximal(finder_t *f, uint64_t *set, uint64_t *out, uint64_t *stack)
{
    gph_status_t status = GPH_OK;
    const gph_clique_space_t *space = f->space;
    const int words = space->words;
    const gph_set_shape_t inside = f->isa->shape(space->both, set, words);
    const gph_set_shape_t outside = f->isa->outside(space->both, out, set, words);

    if (f->count + inside.size < space->k || outside.most == inside.size || f->room < 0)
        return GPH_OK;
    if (inside.twice == (int64_t)inside.size * (inside.size - 1)) {
        f->room -= 1;
        return keep(f, set, inside.size);
    }
    const int pivot = inside.most >= outside.most ? inside.pivot : outside.pivot;
    const uint64_t *near = space->both + (size_t)pivot * (size_t)words;
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = set[w] & ~near[w]; bits != 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            const uint64_t *row = space->both + (size_t)i * (size_t)words;
            gph_set_meet(stack, set, row, words);
            gph_set_meet(stack + words, out, row, words);
            choose(f, i);
            GPH_TRY(find_maximal(f, stack, stack + words, stack + 2 * (ptrdiff_t)words));
            unchoose(f, i);
            set[w] &= ~(bits & -bits);
            out[w] |= bits & -bits;
        }

cleanup:
    return status;
}

/* Calls for the slots begin..end-1 of the present root, one after the other. */
static gph_status_t for_slots(finder_t *f, int begin, int end, bool maximal)
{
    gph_status_t status = GPH_OK;
    const gph_clique_space_t *space = f->space;
    const int words = space->words;
    uint64_t *set = space->stack;
    uint64_t *out = space->stack + words;
    uint64_t *deeper = space->stack + 2 * (ptrdiff_t)words;
    const size_t bytes = (size_t)words * sizeof *set;

    memset(f->chosen, 0, bytes);
    f->count = 1;
    for (int i = begin; i < end; ++i) {
        const uint64_t *near = space->both + (size_t)i * (size_t)words;
        memcpy(set, space->later + (size_t)i * (size_t)words, bytes);
        for (int w = 0; w < words; ++w)
            out[w] = near[w] & ~set[w];
        for (int j = 0; j < begin; ++j) /* what other pieces find is not found here */
            out[j / 64] &= ~(UINT64_C(1) << (j % 64));
        choose(f, i);
        GPH_TRY(maximal ? find_maximal(f, set, out, deeper) : descend(f, set, 2, out));
        unchoose(f, i);
    }

cleanup:
    return status;
}

/* All of the present root at once. */
static gph_status_t for_root(finder_t *f, bool maximal)
{
    const gph_clique_space_t *space = f->space;
    const int words = space->words;
    uint64_t *set = space->stack;
    uint64_t *out = space->stack + words;

    memset(f->chosen, 0, (size_t)words * sizeof *f->chosen);
    memset(out, 0, (size_t)words * sizeof *out);
    f->count = 1;
    gph_set_fill(set, space->degree);
    return maximal ? find_maximal(f, set, out, out + words) : descend(f, set, 1, out);
}

static gph_status_t for_piece(finder_t *f, int begin, int end, bool maximal)
{
    return begin == 0 && end == f->space->degree ? for_root(f, maximal)
                                                 : for_slots(f, begin, end, maximal);
}

/* Cliques that begin at a root and whose second member is among the slots of a piece: the maximal
 * ones, unless there are more of them than of k members. */
static gph_status_t search_piece(finder_t *f, const gph_clique_piece_t *piece)
{
    gph_status_t status = GPH_OK;
    gph_clique_space_t *space = f->space;
    const int begin = piece->begin == 0 ? 0 : (int)piece->begin - 1;
    const int64_t lengths = f->length.count;
    const int64_t members = f->member.count;

    gph_clique_space_root(space, (gph_lid_t)(piece->position - space->block->first));
    const int end = piece->end == INT64_MAX ? space->degree : (int)piece->end - 1;
    if (space->degree < space->k - 1 || begin >= end)
        return GPH_OK;
    gph_clique_space_matrix(space, true);
    f->room = FEW;
    GPH_TRY(for_piece(f, begin, end, true));
    if (f->room >= 0)
        goto cleanup;
    const gph_count_t count = gph_clique_count_root(space, begin, end);
    f->length.count = lengths;
    f->member.count = members;
    f->room = count < (gph_count_t)INT64_MAX ? (int64_t)count : INT64_MAX;
    GPH_TRY(for_piece(f, begin, end, true));
    if (f->room >= 0)
        goto cleanup;
    f->length.count = lengths;
    f->member.count = members;
    GPH_TRY(for_piece(f, begin, end, false));

cleanup:
    return status;
}

static gph_status_t search_tile(void *data, int64_t tile, int thread)
{
    gph_status_t status = GPH_OK;
    cover_job_t *c = data;
    finder_t *f = &c->finder[thread];
    gph_clique_piece_t piece = gph_clique_piece_first(&c->job->dag, tile);
    const int64_t before = f->member.count;
    bool more = piece.position >= 0 && __atomic_load_n(&c->members, __ATOMIC_RELAXED) <= c->most;

    f->space = &c->job->space[thread];
    while (more) {
        GPH_TRY(search_piece(f, &piece));
        more = gph_clique_piece_next(&c->job->dag, tile, &piece);
        (void)gph_pool_pausing(c->job->pool, thread); /* looks after other ranks */
    }
    __atomic_fetch_add(&c->members, f->member.count - before, __ATOMIC_RELAXED);
    c->done[tile] = 1;

cleanup:
    return status;
}

static gph_status_t run_tiles(void *data, gph_pool_t *pool, const gph_worklist_t *list, int64_t low,
                              int64_t high)
{
    gph_status_t status = GPH_OK;
    cover_job_t *c = data;
    int64_t begin = 0;

    GPH_TRY(gph_clique_window_open(c->job, list->tile, low, high, GPH_BLOCK_POSITIONS, &begin));
    GPH_TRY(gph_pool_work(pool, begin, search_tile, c));

cleanup:
    gph_clique_window_close(c->job);
    return status;
}

/* Nothing has to be combined: cliques stay where they were found. gph_job_ops_t.merge */
static gph_status_t merge(void *data)
{
    (void)data;
    return GPH_OK;
}

/* A checkpoint holds what was counted; a cover is made anew. gph_job_ops_t.save */
static gph_status_t save(void *data, gph_snapshot_t *snapshot)
{
    const cover_job_t *c = data;
    return gph_clique_state_save(c->job, snapshot);
}

static gph_status_t open_finders(cover_job_t *c)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = c->job->context->env;
    const int64_t words = (c->job->dag.max_out + 63) / 64;

    GPH_TRY(gph_calloc(env, c->job->dag.tiles.count, sizeof *c->done, &c->done));
    GPH_TRY(gph_calloc(env, c->job->context->threads, sizeof *c->finder, &c->finder));
    for (int t = 0; t < c->job->context->threads; ++t) {
        finder_t *f = &c->finder[t];
        f->isa = gph_clique_isa();
        f->length = gph_array_init(env, sizeof(int64_t));
        f->member = gph_array_init(env, sizeof(gph_gid_t));
    }
    for (int t = 0; t < c->job->context->threads; ++t)
        GPH_TRY(gph_alloc(env, words, sizeof(uint64_t), &c->finder[t].chosen));

cleanup:
    return status;
}

static void close_finders(cover_job_t *c)
{
    for (int t = 0; c->finder != NULL && t < c->job->context->threads; ++t) {
        gph_free(c->finder[t].chosen);
        gph_array_free(&c->finder[t].length);
        gph_array_free(&c->finder[t].member);
    }
    gph_free(c->finder);
    gph_free(c->done);
}

/* Puts the cliques of all threads behind those of the first. */
static gph_status_t gather(cover_job_t *c, gph_cover_t *cover)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = c->job->context->env;
    finder_t *first = &c->finder[0];
    int64_t at = 0;

    for (int t = 1; t < c->job->context->threads; ++t) {
        finder_t *f = &c->finder[t];
        GPH_TRY(gph_array_append(&first->length, f->length.data, f->length.count));
        GPH_TRY(gph_array_append(&first->member, f->member.data, f->member.count));
        gph_array_free(&f->length);
        gph_array_free(&f->member);
    }
    cover->count = first->length.count;
    GPH_TRY(gph_alloc(env, cover->count + 1, sizeof *cover->offset, &cover->offset));
    for (int64_t i = 0; i < cover->count; ++i) {
        cover->offset[i] = at;
        at += ((const int64_t *)first->length.data)[i];
    }
    cover->offset[cover->count] = at;
    GPH_TRY(gph_array_reserve(&first->member, 1));
    cover->member = gph_array_take(&first->member);

cleanup:
    return status;
}

gph_status_t gph_cover_make(gph_clique_job_t *job, int64_t most, gph_cover_t *cover, bool *fits)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    cover_job_t c = {.job = job, .most = most};
    gph_cover_t made = {0};
    const gph_job_ops_t ops = {run_tiles, merge, save, &c};

    GPH_TRY_ALL(context, open_finders(&c));
    GPH_TRY(
        gph_job_tiles(job->engine, job->pool, &job->dag.tiles, "covering cliques", c.done, &ops));
    int64_t over = c.members > most;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &over));
    *fits = over == 0;
    if (!*fits)
        goto cleanup;
    GPH_TRY_ALL(context, gather(&c, &made));
    GPH_TRY(gph_comm_starts(context, made.count, &made.start));
    *cover = made;
    made = (gph_cover_t){0};

cleanup:
    close_finders(&c);
    gph_cover_free(&made);
    return status;
}

void gph_cover_free(gph_cover_t *cover)
{
    gph_free(cover->offset);
    gph_free(cover->member);
    gph_free(cover->start);
    *cover = (gph_cover_t){0};
}
