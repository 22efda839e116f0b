/* Top-down levels of breadth-first search. */
#include "mp/bfs.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Vertices that a thread takes at once, and that it lists before it asks for room. */
enum { FEW = 64, BUFFER = 512 };

/** Vertices reached by one task, on their way to the list. */
typedef struct buffer {
    gph_bfs_t *bfs;
    int count;
    gph_lid_t vertex[BUFFER];
} buffer_t;

static void flush(buffer_t *buffer)
{
    gph_bfs_t *bfs = buffer->bfs;
    const int64_t at = atomic_fetch_add_explicit(&bfs->reach, buffer->count, memory_order_relaxed);
    memcpy(bfs->next + at, buffer->vertex, (size_t)buffer->count * sizeof *buffer->vertex);
    buffer->count = 0;
}

/* u, of the frontier, offers itself to v. */
static void visit(buffer_t *buffer, gph_lid_t u, gph_lid_t v)
{
    const gph_bfs_t *bfs = buffer->bfs;
    const int32_t next = bfs->level + 1;
    int32_t seen = __atomic_load_n(&bfs->distance[v], __ATOMIC_RELAXED);
    if (seen < 0 && __atomic_compare_exchange_n(&bfs->distance[v], &seen, next, false,
                                                __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        if (buffer->count == BUFFER)
            flush(buffer);
        buffer->vertex[buffer->count++] = v;
        seen = next;
    }
    if (seen == next)
        gph_bfs_offer(bfs, v, u);
}

static gph_status_t visit_task(void *data, int64_t task, int thread)
{
    gph_bfs_t *bfs = data;
    const gph_graph_t *graph = bfs->graph;
    const int64_t end = (task + 1) * FEW < bfs->front_count ? (task + 1) * FEW : bfs->front_count;
    buffer_t buffer = {.bfs = bfs, .count = 0};
    (void)thread;
    for (int64_t i = task * FEW; i < end; ++i) {
        const gph_lid_t u = bfs->front[i];
        for (gph_off_t j = graph->offset[u]; j < graph->offset[u + 1]; ++j)
            visit(&buffer, u, graph->adjacent[j]);
    }
    flush(&buffer);
    return GPH_OK;
}

/* --- ghosts --------------------------------------------------------------------------------- */

/** What an owner is told of a ghost: places in the halo plan between the two ranks. */
typedef struct news {
    int32_t vertex; /* among what the owner sends */
    int32_t parent; /* among what the teller sends */
} news_t;

/* Rank whose part of a list of parts holds entry i: start[ranks + 1]. */
static int part_of(const int64_t *start, int ranks, int64_t i)
{
    int low = 0;
    int high = ranks;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        if (start[middle] <= i)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Place of an owned vertex in the part of the plan that is for one rank. */
static int32_t plan_place(const gph_lid_t *plan, int64_t count, gph_lid_t v)
{
    int64_t low = 0;
    int64_t high = count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (plan[middle] < v)
            low = middle + 1;
        else
            high = middle;
    }
    return (int32_t)low;
}

/** Parts of the halo plan, and what is told. */
typedef struct telling {
    int64_t *send_at;  /* [ranks + 1] */
    int64_t *recv_at;  /* [ranks + 1] */
    int64_t *count;    /* [ranks] */
    int64_t *heard_of; /* [ranks] */
    news_t *told;
    news_t *heard;
} telling_t;

static gph_status_t make_telling(const gph_graph_t *graph, int64_t ghosts, telling_t *telling)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = graph->context->env;
    const int ranks = graph->context->ranks;

    GPH_TRY(gph_calloc(env, ranks + 1, sizeof *telling->send_at, &telling->send_at));
    GPH_TRY(gph_calloc(env, ranks + 1, sizeof *telling->recv_at, &telling->recv_at));
    GPH_TRY(gph_calloc(env, ranks, sizeof *telling->count, &telling->count));
    GPH_TRY(gph_calloc(env, ranks, sizeof *telling->heard_of, &telling->heard_of));
    GPH_TRY(gph_alloc(env, ghosts, sizeof *telling->told, &telling->told));
    for (int r = 0; r < ranks; ++r) {
        telling->send_at[r + 1] = telling->send_at[r] + graph->halo_send_count[r];
        telling->recv_at[r + 1] = telling->recv_at[r] + graph->halo_recv_count[r];
    }

cleanup:
    return status;
}

/* Sorts the reached ghosts by owner into telling->told; `next` keeps the owned vertices. */
static void fill_telling(gph_bfs_t *bfs, telling_t *telling)
{
    const gph_graph_t *graph = bfs->graph;
    const int ranks = graph->context->ranks;
    const int64_t reach = bfs->reach;
    int64_t kept = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < reach; ++i)
        if (bfs->next[i] >= graph->owned)
            telling->count[part_of(telling->recv_at, ranks, bfs->next[i] - graph->owned)] += 1;
    for (int r = 0; r < ranks; ++r) { /* heard_of holds where each part begins, for now */
        telling->heard_of[r] = at;
        at += telling->count[r];
    }
    for (int64_t i = 0; i < reach; ++i) {
        const gph_lid_t v = bfs->next[i];
        if (v < graph->owned) {
            bfs->next[kept++] = v;
            continue;
        }
        const int64_t ghost = v - graph->owned;
        const int r = part_of(telling->recv_at, ranks, ghost);
        telling->told[telling->heard_of[r]++] =
            (news_t){(int32_t)(ghost - telling->recv_at[r]),
                     plan_place(graph->halo_send + telling->send_at[r], graph->halo_send_count[r],
                                bfs->parent[v])};
    }
    bfs->reach = kept;
}

static void hear(gph_bfs_t *bfs, const telling_t *telling)
{
    const gph_graph_t *graph = bfs->graph;
    const news_t *heard = telling->heard;
    for (int r = 0; r < graph->context->ranks; ++r)
        for (int64_t i = 0; i < telling->heard_of[r]; ++i, ++heard) {
            const gph_lid_t v = graph->halo_send[telling->send_at[r] + heard->vertex];
            if (bfs->distance[v] < 0) {
                bfs->distance[v] = bfs->level + 1;
                bfs->next[bfs->reach++] = v;
            }
            if (bfs->distance[v] == bfs->level + 1)
                gph_bfs_offer(bfs, v,
                              (gph_lid_t)(graph->owned + telling->recv_at[r] + heard->parent));
        }
}

static gph_status_t tell_owners(gph_bfs_t *bfs)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = bfs->graph;
    gph_context_t *context = graph->context;
    telling_t telling = {NULL, NULL, NULL, NULL, NULL, NULL};
    int64_t ghosts = 0;

    for (int64_t i = 0; i < bfs->reach; ++i)
        ghosts += bfs->next[i] >= graph->owned;
    GPH_TRY_ALL(context, make_telling(graph, ghosts, &telling));
    fill_telling(bfs, &telling);
    GPH_TRY(gph_comm_exchange(context, sizeof *telling.told, telling.told, telling.count,
                              &telling.heard, telling.heard_of));
    hear(bfs, &telling);

cleanup:
    gph_free(telling.send_at);
    gph_free(telling.recv_at);
    gph_free(telling.count);
    gph_free(telling.heard_of);
    gph_free(telling.told);
    gph_free(telling.heard);
    return status;
}

static gph_status_t degree_range(void *data, int64_t begin, int64_t end, int thread)
{
    gph_bfs_t *bfs = data;
    int64_t degree = 0;
    (void)thread;
    for (int64_t i = begin; i < end; ++i)
        degree += gph_mp_degree(bfs->graph, bfs->next[i]);
    atomic_fetch_add_explicit(&bfs->degree, degree, memory_order_relaxed);
    return GPH_OK;
}

gph_status_t gph_bfs_down(gph_bfs_t *bfs)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = bfs->graph->context;

    bfs->reach = 0;
    GPH_TRY(gph_team_run(context, (bfs->front_count + FEW - 1) / FEW, visit_task, bfs));
    if (context->ranks > 1)
        GPH_TRY(tell_owners(bfs));
    bfs->degree = 0;
    GPH_TRY(gph_team_ranges(context, bfs->reach, 4096, degree_range, bfs));
    gph_lid_t *old = bfs->front;
    bfs->front = bfs->next;
    bfs->next = old;
    bfs->front_count = bfs->reach;

cleanup:
    return status;
}
