/* Walking backwards along nodes that wait for each other until one comes twice. */
#include "dist/cycle.h"

#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Nodes of a cycle that a message shows, and characters of each. */
enum { SHOWN_NODES = 10, SHOWN_CHARS = 32 };

typedef struct walker {
    const gph_graph_t *graph;
    gph_gid_t
        *before; /**< [owned] lowest node that is not done and that a node comes after, or -1 */
    bool *seen;  /**< [owned] */
} walker_t;

/* Where a walk is; known to all ranks between the stretches of it. */
typedef struct walk {
    gph_gid_t at;
    gph_gid_t start;
    gph_gid_t lowest; /**< of the cycle */
    int64_t length;   /**< of the cycle */
    int64_t ended;
} walk_t;

static int owner_of(const gph_graph_t *graph, gph_gid_t node)
{
    return gph_tiles_owner(&graph->tiles, graph->context->ranks, node);
}

static bool is_owned(const gph_graph_t *graph, gph_gid_t node)
{
    return node >= graph->first && node < graph->first + graph->owned;
}

static gph_status_t find_before(const gph_graph_t *graph, int arrives, const bool *done,
                                walker_t *walker)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = graph->context->env;

    GPH_TRY(gph_alloc(env, graph->owned, sizeof *walker->before, &walker->before));
    GPH_TRY(gph_calloc(env, graph->owned, sizeof *walker->seen, &walker->seen));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        walker->before[v] = -1;
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
            const gph_gid_t other = gph_graph_gid(graph, graph->adjacent[i]);
            if (!done[v] && (graph->direction[i] & arrives) != 0 && !done[graph->adjacent[i]] &&
                (walker->before[v] < 0 || other < walker->before[v]))
                walker->before[v] = other;
        }
    }

cleanup:
    return status;
}

/* Goes on to nodes of this rank until one comes twice: that is on a cycle. */
static void enter_cycle(const walker_t *walker, walk_t *walk)
{
    while (is_owned(walker->graph, walk->at)) {
        const int64_t v = walk->at - walker->graph->first;
        if (walker->seen[v]) {
            walk->ended = 1;
            return;
        }
        walker->seen[v] = true;
        walk->at = walker->before[v];
    }
}

/* Goes once around the cycle. */
static void go_round(const walker_t *walker, walk_t *walk)
{
    while (is_owned(walker->graph, walk->at)) {
        if (walk->at == walk->start && walk->length > 0) {
            walk->ended = 1;
            return;
        }
        walk->lowest = walk->at < walk->lowest ? walk->at : walk->lowest;
        walk->length += 1;
        walk->at = walker->before[walk->at - walker->graph->first];
    }
}

/* Walks to the end, stretch by stretch on the rank that owns the nodes. Collective. */
static gph_status_t follow(const walker_t *walker,
                           void (*stretch)(const walker_t *walker, walk_t *walk), walk_t *walk)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = walker->graph;

    walk->ended = 0;
    while (walk->ended == 0) {
        const int owner = owner_of(graph, walk->at);
        if (owner == graph->context->rank)
            stretch(walker, walk);
        GPH_TRY(gph_comm_bcast(graph->context, owner, sizeof *walk, walk));
    }

cleanup:
    return status;
}

/* The cycle as text, from its lowest node back to it. Collective. */
static gph_status_t describe(const walker_t *walker, const walk_t *walk, char *text, size_t room)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = walker->graph;
    const int64_t shown = walk->length < SHOWN_NODES ? walk->length : SHOWN_NODES;
    int64_t id[SHOWN_NODES + 1];
    gph_gid_t at[2] = {walk->lowest, 0}; /* node, and its input id */
    size_t used = 0;

    for (int64_t i = 0; i <= shown; ++i) {
        const int owner = owner_of(graph, at[0]);
        if (owner == graph->context->rank) {
            at[1] = gph_graph_id(graph, (gph_lid_t)(at[0] - graph->first));
            at[0] = walker->before[at[0] - graph->first];
        }
        GPH_TRY(gph_comm_bcast(graph->context, owner, sizeof at, at));
        id[i] = at[1];
    }
    text[0] = '\0';
    for (int64_t i = shown; i >= 0 && used < room; --i) {
        const char *lead = i < shown ? " -> " : shown < walk->length ? "... -> " : "";
        used += (size_t)snprintf(text + used, room - used, "%s%" PRId64, lead, id[i]);
    }

cleanup:
    return status;
}

gph_status_t gph_cycle_fail(const gph_graph_t *graph, int arrives, const bool *done)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    walker_t walker = {.graph = graph};
    walk_t walk = {.at = INT64_MAX};
    char text[(SHOWN_NODES + 2) * SHOWN_CHARS] = "";

    GPH_TRY_ALL(context, find_before(graph, arrives, done, &walker));
    for (gph_lid_t v = graph->owned - 1; v >= 0; --v)
        walk.at = done[v] ? walk.at : graph->first + v;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &walk.at));
    GPH_TRY(follow(&walker, enter_cycle, &walk));
    walk.start = walk.at;
    walk.lowest = walk.at;
    walk.length = 0;
    GPH_TRY(follow(&walker, go_round, &walk));
    GPH_TRY(describe(&walker, &walk, text, sizeof text));
    GPH_TRY_ALL(context, gph_fail(context->env, GPH_ERR_INPUT,
                                  "the graph has a cycle of %" PRId64
                                  " nodes, so that none of them can come first: %s",
                                  walk.length, text));

cleanup:
    gph_free(walker.before);
    gph_free(walker.seen);
    return status;
}
