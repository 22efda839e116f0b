/*
 * Triangles of every vertex, and clustering coefficients (Watts & Strogatz 1998). A vertex marks
 * its forward row as bits; rows of the vertices in it are then looked up there.
 */
#include "mp/triangles.h"

#include "mp/algorithms.h"
#include "mp/vertex.h"
#include "par/comm.h"
#include "par/reduce.h"
#include "par/team.h"

#include <string.h>

/* Vertices that a thread takes at once; places whose triangles each thread counts for itself, which
 * are nearly all that a triangle ends at. */
enum { FEW = 32, HUBS = 1 << 15 };
/* Entries of rows of ghosts that are held at once, where memory allows. */
enum { ROOM = 1 << 27 };

/** Work space of one thread. */
typedef struct space {
    _Alignas(64) uint64_t *mark; /* [words for all places] bits, all 0 between vertices */
    gph_lid_t *found;            /* [longest row] */
    int64_t *hub;                /* [HUBS] triangles at the first places */
} space_t;

typedef struct triangles {
    gph_forward_t forward;
    int64_t *count; /* [owned + ghosts] by place */
    space_t *space; /* [threads] */
} triangles_t;

/* --- counting ------------------------------------------------------------------------------- */

static void credit(const triangles_t *t, const space_t *space, gph_lid_t place, int64_t count)
{
    if (place < HUBS)
        space->hub[place] += count;
    else if (count > 0)
        __atomic_fetch_add(&t->count[place], count, __ATOMIC_RELAXED);
}

/* Entries of a row that are marked go to found; returns how many. Without a branch, since which
 * ones are can't be foreseen. */
static int64_t find_marked(const uint64_t *mark, int64_t length, const gph_lid_t *row,
                           gph_lid_t *found)
{
    int64_t count = 0;
    for (int64_t i = 0; i < length; ++i) {
        const gph_lid_t place = row[i];
        found[count] = place;
        count += (int64_t)(mark[place >> 6] >> (place & 63) & 1);
    }
    return count;
}

static void count_vertex(const triangles_t *t, const space_t *space, gph_lid_t v)
{
    const gph_forward_t *forward = &t->forward;
    const gph_lid_t *row = forward->pool + forward->offset[v];
    const int64_t length = forward->offset[v + 1] - forward->offset[v];
    int64_t own = 0;
    if (length < 2)
        return;
    for (int64_t i = 0; i < length; ++i)
        space->mark[row[i] >> 6] |= UINT64_C(1) << (row[i] & 63);
    for (int64_t i = 0; i < length; ++i) {
        const gph_lid_t u = row[i];
        const int64_t count = find_marked(space->mark, forward->length[u],
                                          forward->pool + forward->begin[u], space->found);
        for (int64_t j = 0; j < count; ++j)
            credit(t, space, space->found[j], 1);
        credit(t, space, u, count);
        own += count;
    }
    credit(t, space, forward->place[v], own);
    for (int64_t i = 0; i < length; ++i)
        space->mark[row[i] >> 6] = 0;
}

static gph_status_t count_task(void *data, int64_t task, int thread)
{
    const triangles_t *t = data;
    const int64_t owned = t->forward.graph->owned;
    const int64_t end = (task + 1) * FEW < owned ? (task + 1) * FEW : owned;
    for (int64_t v = task * FEW; v < end; ++v)
        count_vertex(t, &t->space[thread], (gph_lid_t)v);
    return GPH_OK;
}

static int64_t longest_row(const gph_forward_t *forward)
{
    int64_t longest = 0;
    for (gph_lid_t v = 0; v < forward->graph->owned; ++v) {
        const int64_t length = forward->offset[v + 1] - forward->offset[v];
        longest = length > longest ? length : longest;
    }
    for (gph_lid_t g = 0; g < forward->graph->ghosts; ++g)
        longest = forward->ghost_length[g] > longest ? forward->ghost_length[g] : longest;
    return longest;
}

static gph_status_t make_room(triangles_t *t)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = t->forward.graph;
    const gph_context_t *context = graph->context;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;

    GPH_TRY(gph_calloc(context->env, all, sizeof *t->count, &t->count));
    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *t->space, &t->space));
    for (int i = 0; i < context->threads; ++i) {
        space_t *space = &t->space[i];
        GPH_TRY(gph_calloc(context->env, all / 64 + 1, sizeof *space->mark, &space->mark));
        GPH_TRY(gph_alloc(context->env, longest_row(&t->forward) + 1, sizeof *space->found,
                          &space->found));
        GPH_TRY(gph_calloc(context->env, HUBS, sizeof *space->hub, &space->hub));
    }

cleanup:
    return status;
}

static void free_room(triangles_t *t)
{
    for (int i = 0; t->space != NULL && i < t->forward.graph->context->threads; ++i) {
        gph_free(t->space[i].mark);
        gph_free(t->space[i].found);
        gph_free(t->space[i].hub);
    }
    gph_free(t->space);
    gph_free(t->count);
    gph_forward_free(&t->forward);
}

/* --- counts at their owners ----------------------------------------------------------------- */

/* Adds up what threads counted, and what other ranks counted: count[owned] by vertex. */
static gph_status_t gather(const triangles_t *t, int64_t *count)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = t->forward.graph;
    gph_context_t *context = graph->context;
    const gph_lid_t *place = t->forward.place;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;
    int64_t *told = NULL;
    int64_t *heard = NULL;
    int64_t total = 0;

    for (int i = 0; i < context->threads; ++i)
        for (int64_t p = 0; p < HUBS && p < all; ++p)
            t->count[p] += t->space[i].hub[p];
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        count[v] = t->count[place[v]];
    for (int r = 0; r < context->ranks; ++r)
        total += graph->halo_send_count[r];
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->ghosts, sizeof *told, &told));
    GPH_TRY_ALL(context, gph_alloc(context->env, total, sizeof *heard, &heard));
    for (gph_lid_t g = 0; g < graph->ghosts; ++g)
        told[g] = t->count[place[graph->owned + g]];
    GPH_TRY(gph_comm_exchange_known(context, sizeof *told, told, graph->halo_recv_count, heard,
                                    graph->halo_send_count));
    for (int64_t i = 0; i < total; ++i)
        count[graph->halo_send[i]] += heard[i];

cleanup:
    gph_free(told);
    gph_free(heard);
    return status;
}

/* --- results -------------------------------------------------------------------------------- */

/* Pairs of neighbours of a vertex. */
static gph_count_t pairs_of(const gph_graph_t *graph, gph_lid_t v)
{
    const gph_count_t degree = (gph_count_t)gph_mp_degree(graph, v);
    return degree > 1 ? degree * (degree - 1) / 2 : 0;
}

static gph_status_t add_facts(const gph_graph_t *graph, const int64_t *count,
                              const double *clustering, gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_count_t total[2] = {0, 0}; /* corners of triangles, pairs of neighbours */
    double mean = 0;

    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        total[0] += (uint64_t)count[v];
        total[1] += pairs_of(graph, v);
    }
    GPH_TRY(gph_comm_sum_count(graph->context, 2, total));
    GPH_TRY(gph_reduce_total_f64(graph->context, graph->owned, clustering, &mean));
    gph_mp_result_fact_i64(result, "triangles", (int64_t)(total[0] / 3));
    gph_mp_result_fact_f64(result, "transitivity",
                           total[1] > 0 ? (double)total[0] / (double)total[1] : 0);
    gph_mp_result_fact_f64(result, "mean_clustering",
                           graph->vertices > 0 ? mean / (double)graph->vertices : 0);

cleanup:
    return status;
}

static gph_status_t count_all(triangles_t *t, int64_t *count)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = t->forward.graph->context;
    const int64_t owned = t->forward.graph->owned;
    bool more = true;

    while (more) {
        GPH_TRY(gph_mp_go_on(context, "triangles"));
        GPH_TRY(gph_forward_next(&t->forward, &more));
        GPH_TRY(gph_team_run(context, (owned + FEW - 1) / FEW, count_task, t));
    }
    GPH_TRY(gather(t, count));

cleanup:
    return status;
}

gph_status_t gph_triangles_count(const gph_graph_t *graph, int64_t room, int64_t *count)
{
    gph_status_t status = GPH_OK;
    triangles_t t = {.count = NULL, .space = NULL};

    GPH_TRY(gph_forward_init(graph, room, &t.forward));
    GPH_TRY_ALL(graph->context, make_room(&t));
    GPH_TRY(count_all(&t, count));

cleanup:
    free_room(&t);
    return status;
}

gph_status_t gph_mp_triangles(const gph_graph_t *graph, const gph_mp_options_t *options,
                              gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t *count = NULL;
    double *clustering = NULL;

    (void)options;
    gph_phase_begin(context, "triangles");
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *count, &count));
    GPH_TRY(gph_triangles_count(graph, ROOM, count));
    gph_phase_begin(context, "result");
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *clustering, &clustering));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        clustering[v] = pairs_of(graph, v) > 0 ? (double)count[v] / (double)pairs_of(graph, v) : 0;
    GPH_TRY(add_facts(graph, count, clustering, result));
    GPH_TRY(gph_mp_result_take(result, "triangles", GPH_MP_I64, &count));
    GPH_TRY(gph_mp_result_take(result, "clustering", GPH_MP_F64, &clustering));

cleanup:
    gph_free(count);
    gph_free(clustering);
    return status;
}
