/* Label propagation under a size limit. */
#include "dist/cluster.h"

#include "base/random.h"
#include "base/sort.h"
#include "dist/contract.h"
#include "dist/halo.h"
#include "dist/tally.h"
#include "par/comm.h"
#include "par/team.h"

#include <stdlib.h>

enum {
    ROUNDS = 5,       /* at most */
    TURNS = 4,        /* parts of a round: vertices of one move together */
    SETTLED = 100,    /* a round that moves fewer than 1/SETTLED of the vertices is the last */
    TASK_ROWS = 1024, /* rows that a thread takes at a time */
    TURN_STREAM = 0x7063
};

/* Where a vertex is, as its neighbours see it. */
typedef struct seat {
    gph_gid_t cluster;
    int64_t load; /* work in that cluster when the turn began */
} seat_t;

/* A vertex asks to change clusters. */
typedef struct request {
    gph_gid_t vertex;
    gph_gid_t cluster; /* wanted */
    int64_t work;
    double gain; /* weight of the edges that lead there */
} request_t;

typedef struct clusterer {
    const gph_graph_t *graph;
    const int64_t *work; /* [owned] */
    int64_t limit;
    bool unit;
    seat_t *seat;       /* [owned + ghosts] */
    int64_t *load;      /* [owned] work in the cluster named after each vertex */
    gph_gid_t *wanted;  /* [owned] cluster that a vertex asks for, -1: none */
    double *gain;       /* [owned] */
    int64_t *counts;    /* [2 × ranks] */
    gph_tally_t *tally; /* [threads] */
    int round;
    int turn;
} clusterer_t;

static void clusterer_free(clusterer_t *c)
{
    gph_free(c->seat);
    gph_free(c->load);
    gph_free(c->wanted);
    gph_free(c->gain);
    gph_free(c->counts);
    for (int t = 0; c->tally && t < c->graph->context->threads; ++t)
        gph_tally_free(&c->tally[t]);
    gph_free(c->tally);
}

static gph_status_t clusterer_init(clusterer_t *c)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = c->graph->context;
    gph_env_t *env = context->env;
    const int64_t owned = c->graph->owned;

    GPH_TRY(gph_alloc(env, owned + c->graph->ghosts, sizeof *c->seat, &c->seat));
    GPH_TRY(gph_alloc(env, owned, sizeof *c->load, &c->load));
    GPH_TRY(gph_alloc(env, owned, sizeof *c->wanted, &c->wanted));
    GPH_TRY(gph_alloc(env, owned, sizeof *c->gain, &c->gain));
    GPH_TRY(gph_alloc(env, 2 * (int64_t)context->ranks, sizeof *c->counts, &c->counts));
    GPH_TRY(gph_calloc(env, context->threads, sizeof *c->tally, &c->tally));
    for (int t = 0; t < context->threads; ++t)
        c->tally[t].env = env;
    for (int64_t v = 0; v < owned; ++v) {
        c->seat[v] = (seat_t){c->graph->first + v, c->work[v]};
        c->load[v] = c->work[v];
    }

cleanup:
    return status;
}

/* Random order of clusters that are equally good, different in each round. */
static uint64_t lot(const clusterer_t *c, gph_gid_t cluster)
{
    return ((uint64_t)cluster + (uint64_t)c->round) * UINT64_C(0x9e3779b97f4a7c15);
}

static bool has_turn(const clusterer_t *c, gph_lid_t v)
{
    const uint64_t vertex = (uint64_t)(c->graph->first + v);
    return gph_random_u64((uint64_t)c->round, TURN_STREAM, vertex) % TURNS == (uint64_t)c->turn;
}

/* The cluster that vertex v asks for, if any is better than its own. */
static void choose(const clusterer_t *c, gph_lid_t v, gph_tally_t *tally)
{
    const gph_graph_t *graph = c->graph;
    const gph_gid_t own = c->seat[v].cluster;
    double stay = 0;
    double best = 0;
    gph_gid_t wanted = -1;
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
        const seat_t *seat = &c->seat[graph->adjacent[i]];
        const double weight = c->unit ? 1 : graph->weight[i];
        if (seat->cluster == own)
            stay += weight;
        else if (seat->load + c->work[v] <= c->limit)
            gph_tally_add(tally, seat->cluster, weight);
    }
    for (int64_t i = 0; i < tally->count; ++i) {
        const int64_t slot = tally->used[i];
        const gph_gid_t cluster = tally->key[slot];
        const double weight = tally->weight[slot];
        if (weight > best || (weight == best && lot(c, cluster) < lot(c, wanted))) {
            best = weight;
            wanted = cluster;
        }
    }
    gph_tally_clear(tally);
    c->wanted[v] = best > stay ? wanted : -1;
    c->gain[v] = best;
}

static gph_status_t choose_rows(void *data, int64_t task, int thread)
{
    gph_status_t status = GPH_OK;
    clusterer_t *c = data;
    const gph_graph_t *graph = c->graph;
    const int64_t end =
        (task + 1) * TASK_ROWS < graph->owned ? (task + 1) * TASK_ROWS : (int64_t)graph->owned;
    for (gph_lid_t v = (gph_lid_t)(task * TASK_ROWS); v < end; ++v) {
        c->wanted[v] = -1;
        /* A vertex as heavy as a cluster stays alone; so no row here is long. */
        if (2 * c->work[v] > c->limit || !has_turn(c, v))
            continue;
        GPH_TRY(gph_tally_reserve(&c->tally[thread], graph->offset[v + 1] - graph->offset[v]));
        choose(c, v, &c->tally[thread]);
    }

cleanup:
    return status;
}

/* Tells all ranks where vertices are, and how full their clusters. */
static gph_status_t refresh_seats(clusterer_t *c)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = c->graph->context;
    gph_gid_t *asked = NULL;
    int64_t *load = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, c->graph->owned, sizeof *asked, &asked));
    GPH_TRY_ALL(context, gph_alloc(context->env, c->graph->owned, sizeof *load, &load));
    for (gph_lid_t v = 0; v < c->graph->owned; ++v)
        asked[v] = c->seat[v].cluster;
    GPH_TRY(gph_graph_ask(c->graph, c->graph->owned, asked, c->load, load));
    for (gph_lid_t v = 0; v < c->graph->owned; ++v)
        c->seat[v].load = load[v];
    GPH_TRY(gph_halo_update(c->graph, sizeof *c->seat, c->seat));

cleanup:
    gph_free(asked);
    gph_free(load);
    return status;
}

/* Local. The requests of this rank by the ranks that hold the wanted clusters. */
static gph_status_t pack_requests(clusterer_t *c, request_t **requests)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->graph;
    gph_context_t *context = graph->context;
    int64_t *cursor = NULL;
    int64_t count = 0;

    for (int r = 0; r < context->ranks; ++r)
        c->counts[r] = 0;
    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof *cursor, &cursor));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        if (c->wanted[v] >= 0) {
            c->counts[gph_tiles_owner(&graph->tiles, context->ranks, c->wanted[v])] += 1;
            ++count;
        }
    for (int r = 1; r < context->ranks; ++r)
        cursor[r] = cursor[r - 1] + c->counts[r - 1];
    GPH_TRY(gph_alloc(context->env, count, sizeof **requests, requests));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        if (c->wanted[v] >= 0) {
            const int r = gph_tiles_owner(&graph->tiles, context->ranks, c->wanted[v]);
            (*requests)[cursor[r]++] =
                (request_t){graph->first + v, c->wanted[v], c->work[v], c->gain[v]};
        }

cleanup:
    gph_free(cursor);
    return status;
}

/* By cluster, then gain, the best first, then vertex. */
static int compare_requests(const void *a, const void *b)
{
    const request_t *const *x = a;
    const request_t *const *y = b;
    if ((*x)->cluster != (*y)->cluster)
        return (*x)->cluster < (*y)->cluster ? -1 : 1;
    if ((*x)->gain != (*y)->gain)
        return (*x)->gain > (*y)->gain ? -1 : 1;
    return (*x)->vertex < (*y)->vertex ? -1 : 1;
}

/* Local. Clusters of this rank take askers while they have room; taken[count] is 1 or 0. */
static gph_status_t admit(clusterer_t *c, int64_t count, const request_t *requests, int64_t *taken)
{
    gph_status_t status = GPH_OK;
    const request_t **order = NULL;

    GPH_TRY(gph_alloc(c->graph->context->env, count, sizeof *order, &order));
    for (int64_t i = 0; i < count; ++i)
        order[i] = &requests[i];
    qsort(order, (size_t)count, sizeof *order, compare_requests);
    for (int64_t i = 0; i < count; ++i) {
        int64_t *load = &c->load[order[i]->cluster - c->graph->first];
        const bool fits = *load > 0 && *load + order[i]->work <= c->limit;
        *load += fits ? order[i]->work : 0;
        taken[order[i] - requests] = fits;
    }

cleanup:
    gph_free(order);
    return status;
}

/* A vertex has left a cluster. */
typedef struct leave {
    gph_gid_t cluster;
    int64_t work;
} leave_t;

/* Local. Seats whoever was taken; leaves[*] receives what their old clusters lose, by rank. */
static gph_status_t move_taken(clusterer_t *c, const request_t *sent, const int64_t *taken,
                               int64_t count, leave_t **leaves, int64_t *moved)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->graph;
    gph_context_t *context = graph->context;
    int64_t *cursor = NULL;

    for (int r = 0; r < context->ranks; ++r)
        c->counts[r] = 0;
    *moved = 0;
    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof *cursor, &cursor));
    for (int64_t i = 0; i < count; ++i) {
        const gph_gid_t old = c->seat[sent[i].vertex - graph->first].cluster;
        c->counts[gph_tiles_owner(&graph->tiles, context->ranks, old)] += taken[i];
        *moved += taken[i];
    }
    for (int r = 1; r < context->ranks; ++r)
        cursor[r] = cursor[r - 1] + c->counts[r - 1];
    GPH_TRY(gph_alloc(context->env, *moved, sizeof **leaves, leaves));
    for (int64_t i = 0; i < count; ++i) {
        seat_t *seat = &c->seat[sent[i].vertex - graph->first];
        if (!taken[i])
            continue;
        const int r = gph_tiles_owner(&graph->tiles, context->ranks, seat->cluster);
        (*leaves)[cursor[r]++] = (leave_t){seat->cluster, sent[i].work};
        seat->cluster = sent[i].cluster;
    }

cleanup:
    gph_free(cursor);
    return status;
}

/* Takes what has left off the loads of clusters. */
static gph_status_t tell_left(clusterer_t *c, const leave_t *leaves)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = c->graph->context;
    leave_t *got = NULL;
    int64_t arrived = 0;

    GPH_TRY(gph_comm_exchange(context, sizeof *leaves, leaves, c->counts, &got,
                              c->counts + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += c->counts[context->ranks + r];
    for (int64_t i = 0; i < arrived; ++i)
        c->load[got[i].cluster - c->graph->first] -= got[i].work;

cleanup:
    gph_free(got);
    return status;
}

/* One turn. *moved receives the vertices of this rank that moved. */
static gph_status_t take_turn(clusterer_t *c, int64_t *moved)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = c->graph->context;
    int64_t *counts = c->counts;
    request_t *sent = NULL;
    request_t *got = NULL;
    int64_t *taken = NULL;
    int64_t *reply = NULL;
    leave_t *leaves = NULL;
    int64_t asked = 0;
    int64_t arrived = 0;

    GPH_TRY(refresh_seats(c));
    GPH_TRY_ALL(context, gph_team_run(context, (c->graph->owned + TASK_ROWS - 1) / TASK_ROWS,
                                      choose_rows, c));
    GPH_TRY_ALL(context, pack_requests(c, &sent));
    GPH_TRY(gph_comm_exchange(context, sizeof *sent, sent, counts, &got, counts + context->ranks));
    for (int r = 0; r < context->ranks; ++r) {
        asked += counts[r];
        arrived += counts[context->ranks + r];
    }
    GPH_TRY_ALL(context, gph_alloc(context->env, arrived, sizeof *taken, &taken));
    GPH_TRY_ALL(context, gph_alloc(context->env, asked, sizeof *reply, &reply));
    GPH_TRY_ALL(context, admit(c, arrived, got, taken));
    GPH_TRY(gph_comm_exchange_known(context, sizeof *taken, taken, counts + context->ranks, reply,
                                    counts));
    GPH_TRY_ALL(context, move_taken(c, sent, reply, asked, &leaves, moved));
    GPH_TRY(tell_left(c, leaves));

cleanup:
    gph_free(sent);
    gph_free(got);
    gph_free(taken);
    gph_free(reply);
    gph_free(leaves);
    return status;
}

gph_status_t gph_cluster(const gph_graph_t *graph, const int64_t *work, int64_t limit, bool unit,
                         gph_gid_t *cluster, int64_t *filled)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    clusterer_t c = {.graph = graph, .work = work, .limit = limit, .unit = unit};

    GPH_TRY_ALL(context, clusterer_init(&c));
    for (c.round = 0; c.round < ROUNDS; ++c.round) {
        int64_t moved = 0;
        for (c.turn = 0; c.turn < TURNS; ++c.turn) {
            int64_t now = 0;
            GPH_TRY(take_turn(&c, &now));
            moved += now;
        }
        GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &moved));
        if (moved <= graph->vertices / SETTLED)
            break;
    }
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        cluster[v] = c.seat[v].cluster;
        filled[v] = c.load[v] > 0;
    }

cleanup:
    clusterer_free(&c);
    return status;
}
