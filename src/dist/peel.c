/* Peeling of the distributed graph. */
#include "dist/peel.h"

#include "base/clock.h"
#include "par/comm.h"

#include <omp.h>

/* Vertices fallen in a round below which one thread does the work. */
enum { PARALLEL_FROM = 512 };

/* Everything a rank keeps while it peels. */
typedef struct peeler {
    const gph_graph_t *graph;
    int32_t *degree;    /* [owned] neighbours not fallen yet */
    int32_t *ghost_cut; /* [ghosts] decrements this round, to be sent to the owners */
    gph_lid_t *touched; /* [ghosts] ghosts with decrements this round */
    int64_t touched_count;
    gph_lid_t *queue; /* [owned] vertices in the order of their fall */
    int64_t head;     /* first one not worked off */
    int64_t tail;     /* end of the queue */
    gph_lid_t *alive; /* [alive_count] vertices not fallen when the level began */
    int64_t alive_count;
    int32_t level;
} peeler_t;

/* A decrement on its way to the owner of a ghost. */
typedef struct cut {
    gph_gid_t vertex;
    int64_t count;
} cut_t;

static void peeler_free(peeler_t *peeler)
{
    gph_free(peeler->degree);
    gph_free(peeler->ghost_cut);
    gph_free(peeler->touched);
    gph_free(peeler->queue);
    gph_free(peeler->alive);
}

static gph_status_t peeler_init(const gph_graph_t *graph, peeler_t *peeler)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = graph->context->env;

    *peeler = (peeler_t){.graph = graph, .alive_count = graph->owned};
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *peeler->degree, &peeler->degree));
    GPH_TRY(gph_calloc(env, graph->ghosts, sizeof *peeler->ghost_cut, &peeler->ghost_cut));
    GPH_TRY(gph_alloc(env, graph->ghosts, sizeof *peeler->touched, &peeler->touched));
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *peeler->queue, &peeler->queue));
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *peeler->alive, &peeler->alive));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        /* A degree fits: neighbours are distinct local indices. */
        peeler->degree[v] = (int32_t)(graph->offset[v + 1] - graph->offset[v]);
        peeler->alive[v] = v;
    }

cleanup:
    return status;
}

/* Neighbours of v lose one; whoever reaches the level falls next. One thread. */
static void fall(peeler_t *p, gph_lid_t v)
{
    const gph_graph_t *graph = p->graph;
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
        const gph_lid_t u = graph->adjacent[i];
        if (u < graph->owned) {
            if (--p->degree[u] == p->level)
                p->queue[p->tail++] = u;
        } else if (p->ghost_cut[u - graph->owned]++ == 0) {
            p->touched[p->touched_count++] = u - graph->owned;
        }
    }
}

/* The same while other threads do it too. The thread that takes a degree to the level queues it. */
static void fall_shared(peeler_t *p, gph_lid_t v)
{
    const gph_graph_t *graph = p->graph;
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
        const gph_lid_t u = graph->adjacent[i];
        int64_t place = 0;
        int32_t now = 0;
        if (u < graph->owned) {
#pragma omp atomic capture
            now = --p->degree[u];
            if (now != p->level)
                continue;
#pragma omp atomic capture
            place = p->tail++;
            p->queue[place] = u;
        } else {
#pragma omp atomic capture
            now = p->ghost_cut[u - graph->owned]++;
            if (now != 0)
                continue;
#pragma omp atomic capture
            place = p->touched_count++;
            p->touched[place] = u - graph->owned;
        }
    }
}

/* Works off what is queued now; with `chase` also what that makes fall. */
static void work_off(peeler_t *p, bool chase)
{
    const int threads = p->graph->context->threads;
    do {
        const int64_t begin = p->head;
        const int64_t end = p->tail;
        p->head = end;
        if (threads == 1 || end - begin < PARALLEL_FROM) {
            for (int64_t i = begin; i < end; ++i)
                fall(p, p->queue[i]);
        } else {
            const double began = gph_clock_now();
#pragma omp parallel default(none) shared(p, begin, end, began) num_threads(threads)
            {
                /* Dynamic: degrees differ widely. */
#pragma omp for schedule(dynamic, 32) nowait
                for (int64_t i = begin; i < end; ++i)
                    fall_shared(p, p->queue[i]);
                gph_phase_thread(p->graph->context, omp_get_thread_num(), began);
            }
            gph_phase_region(p->graph->context, began);
        }
    } while (chase && p->head < p->tail);
}

static gph_status_t pack_cuts(peeler_t *p, int64_t *send_count, cut_t **cuts)
{
    const gph_graph_t *graph = p->graph;
    gph_context_t *context = graph->context;
    gph_status_t status = GPH_OK;
    int64_t *cursor = NULL;
    cut_t *made = NULL;

    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof *cursor, &cursor));
    GPH_TRY(gph_alloc(context->env, p->touched_count, sizeof *made, &made));
    for (int r = 0; r < context->ranks; ++r)
        send_count[r] = 0;
    for (int64_t i = 0; i < p->touched_count; ++i)
        send_count[gph_tiles_owner(&graph->tiles, context->ranks, graph->ghost[p->touched[i]])] +=
            1;
    for (int r = 1; r < context->ranks; ++r)
        cursor[r] = cursor[r - 1] + send_count[r - 1];
    for (int64_t i = 0; i < p->touched_count; ++i) {
        const gph_lid_t g = p->touched[i];
        const int r = gph_tiles_owner(&graph->tiles, context->ranks, graph->ghost[g]);
        made[cursor[r]++] = (cut_t){graph->ghost[g], p->ghost_cut[g]};
        p->ghost_cut[g] = 0;
    }
    p->touched_count = 0;
    *cuts = made;
    made = NULL;

cleanup:
    gph_free(cursor);
    gph_free(made);
    return status;
}

/* Sends decrements of ghosts to their owners; owned vertices that reach the level are queued. */
static gph_status_t tell_owners(peeler_t *p, int64_t *count /* [2 × ranks] work space */)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = p->graph->context;
    cut_t *sent = NULL;
    cut_t *got = NULL;
    int64_t arrived = 0;

    GPH_TRY_ALL(context, pack_cuts(p, count, &sent));
    GPH_TRY(gph_comm_exchange(context, sizeof *sent, sent, count, &got, count + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += count[context->ranks + r];
    for (int64_t i = 0; i < arrived; ++i) {
        const gph_lid_t v = (gph_lid_t)(got[i].vertex - p->graph->first);
        const int32_t before = p->degree[v];
        p->degree[v] -= (int32_t)got[i].count;
        if (before > p->level && p->degree[v] <= p->level)
            p->queue[p->tail++] = v;
    }

cleanup:
    gph_free(sent);
    gph_free(got);
    return status;
}

/* Forgets the fallen. *lowest receives the lowest degree left and *left the vertices left, over all
 * ranks. */
static gph_status_t survey(peeler_t *p, int64_t *lowest, int64_t *left)
{
    gph_status_t status = GPH_OK;
    int64_t kept = 0;

    *lowest = INT32_MAX;
    for (int64_t i = 0; i < p->alive_count; ++i) {
        const gph_lid_t v = p->alive[i];
        if (p->degree[v] <= p->level)
            continue;
        p->alive[kept++] = v;
        *lowest = p->degree[v] < *lowest ? p->degree[v] : *lowest;
    }
    p->alive_count = kept;
    *left = kept;
    GPH_TRY(gph_comm_reduce_i64(p->graph->context, GPH_MIN, 1, lowest));
    GPH_TRY(gph_comm_reduce_i64(p->graph->context, GPH_SUM, 1, left));

cleanup:
    return status;
}

/* Raises the level and queues who falls at it. */
static void raise_level(peeler_t *p, int64_t level)
{
    p->level = (int32_t)level;
    for (int64_t i = 0; i < p->alive_count; ++i)
        if (p->degree[p->alive[i]] <= p->level)
            p->queue[p->tail++] = p->alive[i];
}

/* All rounds of the present level. Fallen vertices are stamped with level and round. */
static gph_status_t peel_level(peeler_t *p, const gph_peel_options_t *options, gph_peel_t *peel,
                               int64_t *count)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = p->graph->context;
    const bool below = p->level < options->skip_below;
    const bool keep = options->rounds && !below;
    int64_t waiting = 0;

    do {
        const int64_t begin = p->head;
        work_off(p, !keep);
        for (int64_t i = begin; i < p->head; ++i) {
            peel->core[p->queue[i]] = p->level;
            if (peel->round)
                peel->round[p->queue[i]] = below ? -1 : peel->rounds;
        }
        if (context->ranks > 1)
            GPH_TRY(tell_owners(p, count));
        waiting = p->tail - p->head;
        GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &waiting));
        peel->rounds += keep;
    } while (waiting > 0 && !(keep && peel->rounds >= options->max_rounds));

cleanup:
    return status;
}

/* No more rounds: whoever is left is stamped by remaining degree. Long chains end here. */
static gph_status_t stamp_rest(peeler_t *p, gph_peel_t *peel)
{
    int64_t highest = -1;
    for (int64_t i = p->head; i < p->tail; ++i)
        p->degree[p->queue[i]] = p->level;
    for (gph_lid_t v = 0; v < p->graph->owned; ++v)
        highest = peel->core[v] < 0 && p->degree[v] > highest ? p->degree[v] : highest;
    for (gph_lid_t v = 0; v < p->graph->owned; ++v) {
        if (peel->core[v] >= 0)
            continue;
        peel->core[v] = p->degree[v];
        peel->round[v] = peel->rounds + p->degree[v];
    }
    gph_status_t status = gph_comm_reduce_i64(p->graph->context, GPH_MAX, 1, &highest);
    peel->rounds += highest + 1;
    return status;
}

static gph_status_t peel_all(peeler_t *p, const gph_peel_options_t *options, gph_peel_t *peel,
                             int64_t *count)
{
    gph_status_t status = GPH_OK;
    int64_t lowest = 0;
    int64_t left = 1;

    p->level = -1;
    if (options->skip_below > 0) {
        raise_level(p, options->skip_below - 1);
        GPH_TRY(peel_level(p, options, peel, count));
    }
    while (!(options->rounds && peel->rounds >= options->max_rounds)) {
        GPH_TRY(survey(p, &lowest, &left));
        if (left == 0)
            break;
        raise_level(p, lowest);
        GPH_TRY(peel_level(p, options, peel, count));
    }
    if (left > 0)
        GPH_TRY(stamp_rest(p, peel));
    for (gph_lid_t v = 0; v < p->graph->owned; ++v)
        peel->degeneracy = peel->core[v] > peel->degeneracy ? peel->core[v] : peel->degeneracy;
    GPH_TRY(gph_comm_reduce_i64(p->graph->context, GPH_MAX, 1, &peel->degeneracy));

cleanup:
    return status;
}

void gph_peel_free(gph_peel_t *peel)
{
    gph_free(peel->core);
    gph_free(peel->round);
    *peel = (gph_peel_t){0};
}

gph_status_t gph_peel(const gph_graph_t *graph, const gph_peel_options_t *options, gph_peel_t *peel)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    peeler_t peeler = {0};
    gph_peel_t made = {0};
    int64_t *count = NULL;

    GPH_TRY_ALL(context, peeler_init(graph, &peeler));
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *made.core, &made.core));
    if (options->rounds)
        GPH_TRY_ALL(context,
                    gph_alloc(context->env, graph->owned, sizeof *made.round, &made.round));
    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        made.core[v] = -1;
    GPH_TRY(peel_all(&peeler, options, &made, count));
    *peel = made;
    made = (gph_peel_t){0};

cleanup:
    peeler_free(&peeler);
    gph_peel_free(&made);
    gph_free(count);
    return status;
}
