/* Forward rows, of owned vertices and, batch by batch, of ghosts. */
#include "base/sort.h"
#include "dist/halo.h"
#include "mp/triangles.h"
#include "mp/vertex.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

enum { GRAIN = 1024 };

void gph_forward_free(gph_forward_t *forward)
{
    gph_free(forward->place);
    gph_free(forward->offset);
    gph_free(forward->pool);
    gph_free(forward->begin);
    gph_free(forward->length);
    gph_free(forward->ghost_length);
    gph_free(forward->bucket);
    *forward = (gph_forward_t){0};
}

static int64_t everything(const gph_forward_t *forward)
{
    return (int64_t)forward->graph->owned + forward->graph->ghosts;
}

/* --- places --------------------------------------------------------------------------------- */

/* Sorts vertices by degree, then number; both fall with rising place. */
static gph_status_t sort_places(gph_forward_t *forward, const int64_t *degree)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = forward->graph->context->env;
    const int64_t all = everything(forward);
    gph_pair_t *key = NULL;
    double *vertex = NULL; /* 32-bit numbers, which doubles hold exactly */

    GPH_TRY(gph_alloc(env, all, sizeof *key, &key));
    GPH_TRY(gph_alloc(env, all, sizeof *vertex, &vertex));
    for (gph_lid_t v = 0; v < all; ++v) {
        key[v] = (gph_pair_t){degree[v], gph_mp_number(forward->graph, v)};
        vertex[v] = v;
    }
    GPH_TRY(gph_sort_pairs(env, all, key, vertex));
    for (int64_t i = 0; i < all; ++i)
        forward->place[(gph_lid_t)vertex[i]] = (gph_lid_t)(all - 1 - i);

cleanup:
    gph_free(key);
    gph_free(vertex);
    return status;
}

static gph_status_t make_places(gph_forward_t *forward)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = forward->graph;
    gph_context_t *context = graph->context;
    int64_t *degree = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, everything(forward), sizeof *degree, &degree));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        degree[v] = gph_mp_degree(graph, v);
    GPH_TRY(gph_halo_update(graph, sizeof *degree, degree));
    GPH_TRY_ALL(context, gph_alloc(context->env, everything(forward), sizeof *forward->place,
                                   &forward->place));
    GPH_TRY_ALL(context, sort_places(forward, degree));

cleanup:
    gph_free(degree);
    return status;
}

/* --- rows of owned vertices ----------------------------------------------------------------- */

static gph_status_t count_range(void *data, int64_t begin, int64_t end, int thread)
{
    const gph_forward_t *forward = data;
    const gph_graph_t *graph = forward->graph;
    (void)thread;
    for (int64_t v = begin; v < end; ++v) {
        gph_off_t count = 0;
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            count += forward->place[graph->adjacent[i]] < forward->place[v];
        forward->offset[v + 1] = count;
    }
    return GPH_OK;
}

static gph_status_t fill_range(void *data, int64_t begin, int64_t end, int thread)
{
    const gph_forward_t *forward = data;
    const gph_graph_t *graph = forward->graph;
    (void)thread;
    for (int64_t v = begin; v < end; ++v) {
        const gph_lid_t own = forward->place[v];
        gph_off_t at = forward->offset[v];
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
            const gph_lid_t place = forward->place[graph->adjacent[i]];
            if (place < own)
                forward->pool[at++] = place;
        }
        forward->begin[own] = forward->offset[v];
        forward->length[own] = (gph_lid_t)(at - forward->offset[v]);
    }
    return GPH_OK;
}

/* Lengths of ghosts' rows are told by their owners. */
static gph_status_t fetch_lengths(gph_forward_t *forward)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = forward->graph;
    gph_context_t *context = graph->context;
    gph_lid_t *length = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, everything(forward), sizeof *length, &length));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        length[v] = (gph_lid_t)(forward->offset[v + 1] - forward->offset[v]);
    GPH_TRY(gph_halo_update(graph, sizeof *length, length));
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->ghosts, sizeof *forward->ghost_length,
                                   &forward->ghost_length));
    memcpy(forward->ghost_length, length + graph->owned, (size_t)graph->ghosts * sizeof *length);

cleanup:
    gph_free(length);
    return status;
}

/* Room for all rows of ghosts; for fewer where that takes more than a part of the memory left, but
 * for the longest one in any case. */
static int64_t choose_room(const gph_forward_t *forward, int64_t most)
{
    const gph_graph_t *graph = forward->graph;
    const int64_t entry = 2 * (int64_t)sizeof(gph_gid_t) + (int64_t)sizeof(gph_lid_t);
    const int64_t fits = gph_mem_left(graph->context->env) / 4 / entry;
    int64_t wanted = 0;
    int64_t longest = 0;
    for (gph_lid_t g = 0; g < graph->ghosts; ++g) {
        wanted += forward->ghost_length[g];
        longest = forward->ghost_length[g] > longest ? forward->ghost_length[g] : longest;
    }
    wanted = wanted < most ? wanted : most;
    wanted = wanted < fits ? wanted : fits;
    return wanted > longest ? wanted : longest;
}

/* Index of ghosts by their ids: about one bucket a ghost. */
static gph_status_t make_buckets(gph_forward_t *forward)
{
    const gph_graph_t *graph = forward->graph;
    while (graph->vertices >> forward->shift > 2 * (int64_t)graph->ghosts)
        forward->shift += 1;
    const int64_t buckets = (graph->vertices >> forward->shift) + 1;
    const gph_status_t status =
        gph_alloc(graph->context->env, buckets + 1, sizeof *forward->bucket, &forward->bucket);
    gph_lid_t g = 0;
    for (int64_t b = 0; status == GPH_OK && b <= buckets; ++b) {
        while (g < graph->ghosts && graph->ghost[g] >> forward->shift < b)
            g += 1;
        forward->bucket[b] = g;
    }
    return status;
}

static gph_status_t make_rows(gph_forward_t *forward)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = forward->graph;
    gph_env_t *env = graph->context->env;

    GPH_TRY(gph_alloc(env, forward->offset[graph->owned] + forward->room, sizeof *forward->pool,
                      &forward->pool));
    GPH_TRY(gph_calloc(env, everything(forward), sizeof *forward->begin, &forward->begin));
    GPH_TRY(gph_calloc(env, everything(forward), sizeof *forward->length, &forward->length));
    GPH_TRY(make_buckets(forward));
    GPH_TRY(gph_team_ranges(graph->context, graph->owned, GRAIN, fill_range, forward));

cleanup:
    return status;
}

gph_status_t gph_forward_init(const gph_graph_t *graph, int64_t room, gph_forward_t *forward)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;

    *forward = (gph_forward_t){.graph = graph};
    GPH_TRY(make_places(forward));
    GPH_TRY_ALL(context, gph_alloc(context->env, (int64_t)graph->owned + 1, sizeof *forward->offset,
                                   &forward->offset));
    forward->offset[0] = 0;
    GPH_TRY(gph_team_ranges(context, graph->owned, GRAIN, count_range, forward));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        forward->offset[v + 1] += forward->offset[v];
    GPH_TRY(fetch_lengths(forward));
    forward->room = choose_room(forward, room);
    GPH_TRY_ALL(context, make_rows(forward));

cleanup:
    if (status != GPH_OK)
        gph_forward_free(forward);
    return status;
}

/* --- rows of ghosts ------------------------------------------------------------------------- */

/** Places begin .. end - 1 of what an owner sends to the asking rank. */
typedef struct question {
    int64_t begin;
    int64_t end;
} question_t;

/** One batch. */
typedef struct batch {
    gph_forward_t *forward;
    int64_t first; /* ghosts first .. last - 1 */
    int64_t last;
    int64_t *count;    /* [4 × ranks] questions asked and heard, entries sent and received */
    question_t *asked; /* [ranks] */
    question_t *heard; /* [sum of questions heard] */
    gph_gid_t *sent;   /* rows as ids */
    gph_gid_t *received;
    gph_off_t *start; /* [last - first + 1] rows in `received` */
} batch_t;

/* Which ghosts come next, and what that means for each owner. */
static gph_status_t plan_batch(batch_t *batch)
{
    gph_status_t status = GPH_OK;
    const gph_forward_t *forward = batch->forward;
    const gph_graph_t *graph = forward->graph;
    gph_env_t *env = graph->context->env;
    const int ranks = graph->context->ranks;
    int64_t entries = 0;
    int64_t ghost = 0; /* first of rank r */
    int64_t asked = 0;

    batch->first = batch->last = forward->ghost;
    while (batch->last < graph->ghosts &&
           entries + forward->ghost_length[batch->last] <= forward->room)
        entries += forward->ghost_length[batch->last++];
    GPH_TRY(gph_calloc(env, 4 * (int64_t)ranks, sizeof *batch->count, &batch->count));
    GPH_TRY(gph_alloc(env, ranks, sizeof *batch->asked, &batch->asked));
    GPH_TRY(gph_alloc(env, batch->last - batch->first + 1, sizeof *batch->start, &batch->start));
    batch->start[0] = 0;
    for (int64_t g = batch->first; g < batch->last; ++g)
        batch->start[g - batch->first + 1] =
            batch->start[g - batch->first] + forward->ghost_length[g];
    for (int r = 0; r < ranks; ghost += graph->halo_recv_count[r], ++r) {
        const int64_t end = ghost + graph->halo_recv_count[r];
        const int64_t low = batch->first > ghost ? batch->first : ghost;
        const int64_t high = batch->last < end ? batch->last : end;
        if (low >= high)
            continue;
        batch->count[r] = 1;
        batch->asked[asked++] = (question_t){low - ghost, high - ghost};
        batch->count[3 * ranks + r] =
            batch->start[high - batch->first] - batch->start[low - batch->first];
    }
    GPH_TRY(gph_alloc(env, entries, sizeof *batch->received, &batch->received));

cleanup:
    return status;
}

/* Vertex of each place, for the rows of this rank as ids. */
static gph_status_t make_ids(const gph_forward_t *forward, gph_gid_t **id)
{
    const gph_status_t status =
        gph_alloc(forward->graph->context->env, everything(forward), sizeof **id, id);
    for (gph_lid_t v = 0; status == GPH_OK && v < everything(forward); ++v)
        (*id)[forward->place[v]] = gph_graph_gid(forward->graph, v);
    return status;
}

/* Packs the rows that were asked for. */
static gph_status_t answer(batch_t *batch)
{
    gph_status_t status = GPH_OK;
    const gph_forward_t *forward = batch->forward;
    const gph_graph_t *graph = forward->graph;
    const int ranks = graph->context->ranks;
    const gph_lid_t *plan = graph->halo_send;
    const question_t *question = batch->heard;
    gph_gid_t *id = NULL;
    int64_t total = 0;

    for (int r = 0; r < ranks; plan += graph->halo_send_count[r], ++r) {
        if (batch->count[ranks + r] == 0)
            continue;
        for (int64_t i = question->begin; i < question->end; ++i)
            batch->count[2 * ranks + r] += forward->offset[plan[i] + 1] - forward->offset[plan[i]];
        total += batch->count[2 * ranks + r];
        question += 1;
    }
    GPH_TRY(make_ids(forward, &id));
    GPH_TRY(gph_alloc(graph->context->env, total, sizeof *batch->sent, &batch->sent));
    plan = graph->halo_send;
    question = batch->heard;
    total = 0;
    for (int r = 0; r < ranks; plan += graph->halo_send_count[r], ++r) {
        if (batch->count[ranks + r] == 0)
            continue;
        for (int64_t i = question->begin; i < question->end; ++i)
            for (gph_off_t j = forward->offset[plan[i]]; j < forward->offset[plan[i] + 1]; ++j)
                batch->sent[total++] = id[forward->pool[j]];
        question += 1;
    }

cleanup:
    gph_free(id);
    return status;
}

/* Place of a vertex by its id, or -1 when this rank does not hold it. */
static gph_lid_t find_place(const gph_forward_t *forward, gph_gid_t id)
{
    const gph_graph_t *graph = forward->graph;
    const gph_gid_t owned = id - graph->first;
    if (owned >= 0 && owned < graph->owned)
        return forward->place[owned];
    const int64_t b = id >> forward->shift;
    for (gph_lid_t g = forward->bucket[b]; g < forward->bucket[b + 1]; ++g)
        if (graph->ghost[g] == id)
            return forward->place[graph->owned + g];
    return -1;
}

static gph_status_t keep_range(void *data, int64_t begin, int64_t end, int thread)
{
    const batch_t *batch = data;
    const gph_forward_t *forward = batch->forward;
    const gph_off_t behind = forward->offset[forward->graph->owned];
    (void)thread;
    for (int64_t i = begin; i < end; ++i) {
        const gph_lid_t own = forward->place[forward->graph->owned + batch->first + i];
        gph_off_t at = behind + batch->start[i];
        forward->begin[own] = at;
        for (gph_off_t j = batch->start[i]; j < batch->start[i + 1]; ++j) {
            const gph_lid_t place = find_place(forward, batch->received[j]);
            if (place >= 0)
                forward->pool[at++] = place;
        }
        forward->length[own] = (gph_lid_t)(at - forward->begin[own]);
    }
    return GPH_OK;
}

static gph_status_t fetch(batch_t *batch)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = batch->forward->graph->context;
    const int ranks = context->ranks;

    GPH_TRY_ALL(context, plan_batch(batch));
    GPH_TRY(gph_comm_exchange(context, sizeof *batch->asked, batch->asked, batch->count,
                              &batch->heard, batch->count + ranks));
    GPH_TRY_ALL(context, answer(batch));
    GPH_TRY(gph_comm_exchange_known(context, sizeof *batch->sent, batch->sent,
                                    batch->count + 2 * (ptrdiff_t)ranks, batch->received,
                                    batch->count + 3 * (ptrdiff_t)ranks));
    GPH_TRY(gph_team_ranges(context, batch->last - batch->first, 64, keep_range, batch));

cleanup:
    return status;
}

gph_status_t gph_forward_next(gph_forward_t *forward, bool *more)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = forward->graph;
    batch_t batch = {.forward = forward};

    if (forward->begun) /* what was at hand is no more */
        memset(forward->length, 0, (size_t)everything(forward) * sizeof *forward->length);
    if (graph->context->ranks > 1)
        GPH_TRY(fetch(&batch));
    forward->begun = true;
    forward->ghost = batch.last;
    int64_t left = batch.last < graph->ghosts;
    GPH_TRY(gph_comm_reduce_i64(graph->context, GPH_MAX, 1, &left));
    *more = left != 0;

cleanup:
    gph_free(batch.count);
    gph_free(batch.asked);
    gph_free(batch.heard);
    gph_free(batch.sent);
    gph_free(batch.received);
    gph_free(batch.start);
    return status;
}
