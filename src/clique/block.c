/*
 * Building blocks. Rows of remote positions are asked for by ascending position, so that each
 * rank's answer fills one stretch.
 */
#include "clique/block.h"

#include "base/sort.h"

#include <string.h>

/* Rows by position as they are put together: own ones and fetched ones. */
typedef struct rows {
    int64_t count;
    gph_gid_t *position; /* [count] ascending */
    gph_off_t *offset;   /* [count + 1] */
    gph_gid_t *next;     /* [offset[count]] */
    int64_t *id;         /* [count] or NULL */
    gph_gid_t *vertex;   /* [count] or NULL */
} rows_t;

/* Membership of positions, with the number of members before each word: numbers members 0, 1, … */
typedef struct ranking {
    gph_gid_t base; /* position of bit 0 */
    int64_t words;
    uint64_t *bits;  /* [words] */
    int32_t *before; /* [words] */
} ranking_t;

static void rows_free(rows_t *rows)
{
    gph_free(rows->position);
    gph_free(rows->offset);
    gph_free(rows->next);
    gph_free(rows->id);
    gph_free(rows->vertex);
    *rows = (rows_t){0};
}

void gph_block_free(gph_block_t *block)
{
    gph_free(block->offset);
    gph_free(block->next);
    gph_free(block->id);
    gph_free(block->vertex);
    gph_free(block->position);
    *block = (gph_block_t){0};
}

/* --- fetching rows -------------------------------------------------------------------------- */

gph_status_t gph_block_serve(void *data, const void *request, int64_t bytes, gph_array_t *reply)
{
    const gph_dag_t *dag = data;
    const int64_t *word = request; /* flags, positions */
    const int64_t count = bytes / (int64_t)sizeof *word - 1;
    gph_status_t status = GPH_OK;
    int64_t entries = 0;

    for (int64_t i = 0; i < count; ++i) {
        const int64_t row = word[1 + i] - dag->first;
        entries += dag->offset[row + 1] - dag->offset[row];
    }
    GPH_TRY(gph_array_reserve(reply, reply->count + (3 * count + entries) * (int64_t)sizeof *word));
    for (int64_t i = 0; i < count; ++i) {
        const int64_t row = word[1 + i] - dag->first;
        const int64_t degree = dag->offset[row + 1] - dag->offset[row];
        GPH_TRY(gph_array_append(reply, &degree, sizeof degree));
    }
    for (int64_t i = 0; i < count; ++i) {
        const int64_t row = word[1 + i] - dag->first;
        GPH_TRY(gph_array_append(reply, dag->next + dag->offset[row],
                                 (dag->offset[row + 1] - dag->offset[row]) *
                                     (int64_t)sizeof *dag->next));
    }
    for (int64_t i = 0; (word[0] & GPH_BLOCK_IDS) && i < count; ++i)
        GPH_TRY(gph_array_append(reply, &dag->id[word[1 + i] - dag->first], sizeof *dag->id));
    for (int64_t i = 0; (word[0] & GPH_BLOCK_VERTICES) && i < count; ++i)
        GPH_TRY(
            gph_array_append(reply, &dag->vertex[word[1 + i] - dag->first], sizeof *dag->vertex));

cleanup:
    return status;
}

/* One request per rank that owns wanted rows: a flags word and the positions. */
static gph_status_t make_request(const gph_dag_t *dag, const rows_t *rows, int flags,
                                 int64_t *start, gph_array_t *request)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = dag->context;
    const int64_t head = flags;
    int64_t at = 0;

    for (int r = 0; r < context->ranks; ++r) {
        const int64_t end = gph_lower_bound_i64(rows->position, rows->count, dag->start[r + 1]);
        start[r] = request->count;
        if (r != context->rank && end > at) {
            GPH_TRY(gph_array_append(request, &head, sizeof head));
            GPH_TRY(gph_array_append(request, rows->position + at,
                                     (end - at) * (int64_t)sizeof *rows->position));
        }
        at = end;
    }
    start[context->ranks] = request->count;

cleanup:
    return status;
}

/* The answers, and this rank's own rows, become offsets and entries. */
static gph_status_t unpack(const gph_dag_t *dag, const gph_array_t *reply, int flags, rows_t *rows)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = dag->context->env;
    const int64_t *degree = NULL;
    int64_t at = 0;

    GPH_TRY(gph_alloc(env, rows->count + 1, sizeof *rows->offset, &rows->offset));
    if (flags & GPH_BLOCK_IDS)
        GPH_TRY(gph_alloc(env, rows->count, sizeof *rows->id, &rows->id));
    if (flags & GPH_BLOCK_VERTICES)
        GPH_TRY(gph_alloc(env, rows->count, sizeof *rows->vertex, &rows->vertex));
    rows->offset[0] = 0;
    for (int r = 0; r < dag->context->ranks; ++r) {
        const int64_t end = gph_lower_bound_i64(rows->position, rows->count, dag->start[r + 1]);
        degree = reply[r].data;
        for (int64_t i = at; i < end; ++i) {
            const int64_t own = rows->position[i] - dag->first;
            rows->offset[i + 1] =
                rows->offset[i] + (r == dag->context->rank ? dag->offset[own + 1] - dag->offset[own]
                                                           : degree[i - at]);
        }
        at = end;
    }
    GPH_TRY(gph_alloc(env, rows->offset[rows->count], sizeof *rows->next, &rows->next));
    at = 0;
    for (int r = 0; r < dag->context->ranks; ++r) {
        const int64_t end = gph_lower_bound_i64(rows->position, rows->count, dag->start[r + 1]);
        const int64_t count = end - at;
        const int64_t entries = rows->offset[end] - rows->offset[at];
        const int64_t *word = reply[r].data;
        for (int64_t i = at; r == dag->context->rank && i < end; ++i) {
            const int64_t own = rows->position[i] - dag->first;
            memcpy(rows->next + rows->offset[i], dag->next + dag->offset[own],
                   (size_t)(rows->offset[i + 1] - rows->offset[i]) * sizeof *rows->next);
            if (rows->id != NULL)
                rows->id[i] = dag->id[own];
            if (rows->vertex != NULL)
                rows->vertex[i] = dag->vertex[own];
        }
        if (r != dag->context->rank && count > 0) {
            memcpy(rows->next + rows->offset[at], word + count, (size_t)entries * sizeof *word);
            word += count + entries;
            if (rows->id != NULL) {
                memcpy(rows->id + at, word, (size_t)count * sizeof *word);
                word += count;
            }
            if (rows->vertex != NULL)
                memcpy(rows->vertex + at, word, (size_t)count * sizeof *word);
        }
        at = end;
    }

cleanup:
    return status;
}

/* Fills offset, next, and what else the flags ask for, of rows whose positions are set. */
static gph_status_t fetch_rows(const gph_dag_t *dag, gph_pool_t *pool, int flags, rows_t *rows)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = dag->context;
    gph_array_t request = gph_array_init(context->env, 1);
    gph_array_t *reply = NULL;
    int64_t *start = NULL;

    GPH_TRY(gph_alloc(context->env, context->ranks + 1, sizeof *start, &start));
    GPH_TRY(gph_alloc(context->env, context->ranks, sizeof *reply, &reply));
    for (int r = 0; r < context->ranks; ++r)
        reply[r] = gph_array_init(context->env, 1);
    GPH_TRY(make_request(dag, rows, flags, start, &request));
    GPH_TRY(gph_pool_call(pool, start, request.data, reply));
    GPH_TRY(unpack(dag, reply, flags, rows));

cleanup:
    for (int r = 0; reply != NULL && r < context->ranks; ++r)
        gph_array_free(&reply[r]);
    gph_free(reply);
    gph_free(start);
    gph_array_free(&request);
    return status;
}

/* --- numbering ------------------------------------------------------------------------------ */

static void ranking_free(ranking_t *ranking)
{
    gph_free(ranking->bits);
    gph_free(ranking->before);
}

static bool ranking_has(const ranking_t *ranking, gph_gid_t position)
{
    const int64_t bit = position - ranking->base;
    return (ranking->bits[bit >> 6] >> (bit & 63)) & 1;
}

static gph_lid_t ranking_index(const ranking_t *ranking, gph_gid_t position)
{
    const int64_t bit = position - ranking->base;
    const uint64_t below = ranking->bits[bit >> 6] & ((UINT64_C(1) << (bit & 63)) - 1);
    return ranking->before[bit >> 6] + __builtin_popcountll(below);
}

/* Members: the roots first..last-1 and all entries of their rows. *count receives how many. */
static gph_status_t rank_members(gph_env_t *env, const gph_dag_t *dag, const rows_t *roots,
                                 gph_gid_t first, gph_gid_t last, ranking_t *ranking,
                                 int64_t *count)
{
    gph_status_t status = GPH_OK;
    int64_t members = 0;

    ranking->base = first;
    ranking->words = (dag->vertices - first + 63) / 64;
    GPH_TRY(gph_calloc(env, ranking->words, sizeof *ranking->bits, &ranking->bits));
    GPH_TRY(gph_alloc(env, ranking->words, sizeof *ranking->before, &ranking->before));
    for (gph_gid_t p = 0; p < last - first; ++p)
        ranking->bits[p >> 6] |= UINT64_C(1) << (p & 63);
    for (gph_off_t i = 0; i < roots->offset[roots->count]; ++i) {
        const int64_t bit = roots->next[i] - first;
        ranking->bits[bit >> 6] |= UINT64_C(1) << (bit & 63);
    }
    for (int64_t w = 0; w < ranking->words; ++w) {
        ranking->before[w] = (int32_t)members;
        members += __builtin_popcountll(ranking->bits[w]);
        if (members > INT32_MAX)
            GPH_TRY(gph_fail(env, GPH_ERR_MEMORY, "a batch of more than 2^31 vertices"));
    }
    *count = members;

cleanup:
    return status;
}

/* The members that are not roots, ascending: all lie behind the roots. */
static gph_status_t list_others(gph_env_t *env, const ranking_t *ranking, gph_gid_t last,
                                int64_t count, rows_t *others)
{
    int64_t at = 0;
    const gph_status_t status = gph_alloc(env, count, sizeof *others->position, &others->position);
    if (status != GPH_OK)
        return status;
    for (int64_t w = 0; w < ranking->words; ++w)
        for (uint64_t bits = ranking->bits[w]; bits != 0; bits &= bits - 1) {
            const gph_gid_t position = ranking->base + 64 * w + __builtin_ctzll(bits);
            if (position >= last)
                others->position[at++] = position;
        }
    others->count = at;
    return GPH_OK;
}

/* Appends the rows to the block, keeping entries that are members. */
static void append_rows(const ranking_t *ranking, const rows_t *rows, gph_lid_t at,
                        gph_block_t *block)
{
    for (int64_t i = 0; i < rows->count; ++i) {
        gph_off_t kept = block->offset[at + i];
        for (gph_off_t j = rows->offset[i]; j < rows->offset[i + 1]; ++j)
            if (ranking_has(ranking, rows->next[j]))
                block->next[kept++] = ranking_index(ranking, rows->next[j]);
        block->offset[at + i + 1] = kept;
        if (block->id != NULL)
            block->id[at + i] = rows->id[i];
        if (block->vertex != NULL)
            block->vertex[at + i] = rows->vertex[i];
        if (block->position != NULL)
            block->position[at + i] = rows->position[i];
    }
}

static gph_off_t count_members(const ranking_t *ranking, const rows_t *rows)
{
    gph_off_t kept = 0;
    for (gph_off_t j = 0; j < rows->offset[rows->count]; ++j)
        kept += ranking_has(ranking, rows->next[j]);
    return kept;
}

static gph_status_t block_alloc(gph_env_t *env, int64_t vertices, gph_off_t entries, int flags,
                                gph_block_t *block)
{
    gph_status_t status = GPH_OK;
    block->vertices = (gph_lid_t)vertices;
    GPH_TRY(gph_calloc(env, vertices + 1, sizeof *block->offset, &block->offset));
    GPH_TRY(gph_alloc(env, entries, sizeof *block->next, &block->next));
    if (flags & GPH_BLOCK_IDS)
        GPH_TRY(gph_alloc(env, vertices, sizeof *block->id, &block->id));
    if (flags & GPH_BLOCK_VERTICES)
        GPH_TRY(gph_alloc(env, vertices, sizeof *block->vertex, &block->vertex));
    if (flags & GPH_BLOCK_POSITIONS)
        GPH_TRY(gph_alloc(env, vertices, sizeof *block->position, &block->position));

cleanup:
    return status;
}

/* Several ranks: the roots' rows, then the rows of their neighbours. */
static gph_status_t build_part(const gph_dag_t *dag, gph_pool_t *pool, gph_gid_t first,
                               gph_gid_t last, int flags, gph_block_t *block)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = dag->context->env;
    rows_t roots = {.count = last - first};
    rows_t others = {0};
    ranking_t ranking = {0};
    int64_t members = 0;

    GPH_TRY(gph_alloc(env, roots.count, sizeof *roots.position, &roots.position));
    for (int64_t i = 0; i < roots.count; ++i)
        roots.position[i] = first + i;
    GPH_TRY(fetch_rows(dag, pool, flags, &roots));
    GPH_TRY(rank_members(env, dag, &roots, first, last, &ranking, &members));
    GPH_TRY(list_others(env, &ranking, last, members - roots.count, &others));
    GPH_TRY(fetch_rows(dag, pool, flags, &others));
    GPH_TRY(block_alloc(env, members, roots.offset[roots.count] + count_members(&ranking, &others),
                        flags, block));
    append_rows(&ranking, &roots, 0, block);
    append_rows(&ranking, &others, (gph_lid_t)roots.count, block);
    block->fetched = others.offset[others.count];

cleanup:
    rows_free(&roots);
    rows_free(&others);
    ranking_free(&ranking);
    return status;
}

/* One rank: indices are positions. */
static gph_status_t build_whole(const gph_dag_t *dag, int flags, gph_block_t *block)
{
    gph_status_t status = GPH_OK;
    const gph_off_t entries = dag->offset[dag->count];

    if (dag->count > INT32_MAX)
        GPH_TRY(gph_fail(dag->context->env, GPH_ERR_MEMORY,
                         "more than 2^31 vertices on one rank; use more ranks"));
    GPH_TRY(block_alloc(dag->context->env, dag->count, entries, flags, block));
    memcpy(block->offset, dag->offset, (size_t)(dag->count + 1) * sizeof *block->offset);
    for (gph_off_t i = 0; i < entries; ++i)
        block->next[i] = (gph_lid_t)dag->next[i];
    if (block->id != NULL)
        memcpy(block->id, dag->id, (size_t)dag->count * sizeof *block->id);
    if (block->vertex != NULL)
        memcpy(block->vertex, dag->vertex, (size_t)dag->count * sizeof *block->vertex);
    for (gph_off_t i = 0; block->position != NULL && i < dag->count; ++i)
        block->position[i] = i;

cleanup:
    return status;
}

gph_status_t gph_block_build(const gph_dag_t *dag, gph_pool_t *pool, gph_gid_t first,
                             gph_gid_t last, int flags, gph_block_t *block)
{
    gph_block_t made = {.first = first, .last = last};
    const bool whole = dag->context->ranks == 1 && first == 0 && last == dag->vertices;
    const gph_status_t status =
        whole ? build_whole(dag, flags, &made) : build_part(dag, pool, first, last, flags, &made);
    if (status != GPH_OK) {
        gph_block_free(&made);
        return status;
    }
    *block = made;
    return GPH_OK;
}
