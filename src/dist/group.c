/* Multilevel grouping: cluster, contract, and again, until few enough groups are left. */
#include "dist/group.h"

#include "dist/cluster.h"
#include "dist/contract.h"
#include "dist/halo.h"
#include "par/comm.h"

enum {
    LEVELS = 20, /* at most */
    SHRINK = 20  /* a level that loses fewer than 1/SHRINK of its groups is the last */
};

/* The present level. */
typedef struct grouper {
    const gph_graph_t *graph; /* whose vertices are grouped */
    gph_graph_t *small;       /* graph of groups, or NULL at the first level: the graph itself */
    int64_t *work;            /* of each vertex of this level that this rank owns */
    gph_gid_t *group;         /* [graph->owned] vertex of this level that each vertex lies in */
    int64_t limit;            /* work of a group, at most */
} grouper_t;

static const gph_graph_t *level_of(const grouper_t *g)
{
    return g->small ? g->small : g->graph;
}

static void grouper_free(grouper_t *g)
{
    gph_graph_destroy(&g->small);
    gph_free(g->work);
    gph_free(g->group);
}

static gph_status_t grouper_init(grouper_t *g)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = g->graph->context->env;

    GPH_TRY(gph_alloc(env, g->graph->owned, sizeof *g->work, &g->work));
    GPH_TRY(gph_alloc(env, g->graph->owned, sizeof *g->group, &g->group));
    for (gph_lid_t v = 0; v < g->graph->owned; ++v) {
        g->work[v] = gph_partition_work(g->graph, v);
        g->group[v] = g->graph->first + v;
    }

cleanup:
    return status;
}

/* Adds the work of vertices up where their groups are held: an even block of 0..groups-1. */
static gph_status_t sum_work(const gph_graph_t *level, const int64_t *work, const gph_graph_t *next,
                             const int64_t *group, int64_t **sum)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = level->context;
    int64_t *counts = NULL; /* [2 × ranks] sent, received */
    int64_t *cursor = NULL;
    int64_t *sent = NULL; /* group, work */
    int64_t *got = NULL;
    int64_t arrived = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *counts, &counts));
    GPH_TRY_ALL(context, gph_calloc(context->env, context->ranks, sizeof *cursor, &cursor));
    GPH_TRY_ALL(context, gph_alloc(context->env, level->owned, 2 * sizeof *sent, &sent));
    GPH_TRY_ALL(context, gph_calloc(context->env, next->owned, sizeof **sum, sum));
    for (gph_lid_t v = 0; v < level->owned; ++v)
        counts[gph_tiles_owner(&next->tiles, context->ranks, group[v])] += 1;
    for (int r = 1; r < context->ranks; ++r)
        cursor[r] = cursor[r - 1] + counts[r - 1];
    for (gph_lid_t v = 0; v < level->owned; ++v) {
        const int64_t at = cursor[gph_tiles_owner(&next->tiles, context->ranks, group[v])]++;
        sent[2 * at] = group[v];
        sent[2 * at + 1] = work[v];
    }
    GPH_TRY(
        gph_comm_exchange(context, 2 * sizeof *sent, sent, counts, &got, counts + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += counts[context->ranks + r];
    for (int64_t i = 0; i < arrived; ++i)
        (*sum)[got[2 * i] - next->first] += got[2 * i + 1];

cleanup:
    gph_free(counts);
    gph_free(cursor);
    gph_free(sent);
    gph_free(got);
    return status;
}

/* Goes on to the next level: `group` [owned + ghosts] of the present one, numbered 0..groups-1. */
static gph_status_t descend(grouper_t *g, int64_t groups, const int64_t *group)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *level = level_of(g);
    gph_graph_t *next = NULL;
    int64_t *work = NULL;

    GPH_TRY(gph_graph_contract(level, groups, group, g->small == NULL, &next));
    GPH_TRY(sum_work(level, g->work, next, group, &work));
    GPH_TRY(gph_graph_ask(level, g->graph->owned, g->group, group, g->group));
    gph_free(g->work);
    g->work = work;
    work = NULL;
    gph_graph_destroy(&g->small);
    g->small = next;
    next = NULL;

cleanup:
    gph_free(work);
    gph_graph_destroy(&next);
    return status;
}

/* Numbers the clusters of a level in order of the vertices that they are named after; group[owned +
 * ghosts] receives the number of each vertex's cluster. */
static gph_status_t number_clusters(const gph_graph_t *level, const gph_gid_t *cluster,
                                    int64_t *filled, int64_t *group, int64_t *groups)
{
    gph_status_t status = GPH_OK;
    int64_t here = 0;
    int64_t before = 0;

    for (gph_lid_t v = 0; v < level->owned; ++v)
        here += filled[v];
    GPH_TRY(gph_comm_scan_i64(level->context, 1, &here, &before, groups));
    for (gph_lid_t v = 0; v < level->owned; ++v) {
        const int64_t number = before;
        before += filled[v];
        filled[v] = number;
    }
    GPH_TRY(gph_graph_ask(level, level->owned, cluster, filled, group));
    GPH_TRY(gph_halo_update(level, sizeof *group, group));

cleanup:
    return status;
}

/* One level. *groups receives the groups that are left; the level stays when that are too many to
 * be worth it. */
static gph_status_t shrink(grouper_t *g, int64_t *groups)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *level = level_of(g);
    gph_context_t *context = level->context;
    gph_gid_t *cluster = NULL;
    int64_t *filled = NULL;
    int64_t *group = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, level->owned, sizeof *cluster, &cluster));
    GPH_TRY_ALL(context, gph_alloc(context->env, level->owned, sizeof *filled, &filled));
    GPH_TRY_ALL(context, gph_alloc(context->env, (int64_t)level->owned + level->ghosts,
                                   sizeof *group, &group));
    GPH_TRY(gph_cluster(level, g->work, g->limit, g->small == NULL, cluster, filled));
    GPH_TRY(number_clusters(level, cluster, filled, group, groups));
    if (level->vertices - *groups > level->vertices / SHRINK)
        GPH_TRY(descend(g, *groups, group));
    else
        *groups = level->vertices;

cleanup:
    gph_free(cluster);
    gph_free(filled);
    gph_free(group);
    return status;
}

/* Puts groups that follow each other into tiles of even work; also the end of few groups. */
static gph_status_t pack(grouper_t *g, int64_t tiles)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *level = level_of(g);
    gph_context_t *context = level->context;
    int32_t *range = NULL;
    int64_t *group = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, level->owned, sizeof *range, &range));
    GPH_TRY_ALL(context, gph_alloc(context->env, (int64_t)level->owned + level->ghosts,
                                   sizeof *group, &group));
    if (level->vertices > tiles)
        GPH_TRY(gph_partition_ranges(level, g->work, tiles, range));
    for (gph_lid_t v = 0; v < level->owned; ++v)
        group[v] = level->vertices > tiles ? range[v] : level->first + v;
    GPH_TRY(gph_halo_update(level, sizeof *group, group));
    GPH_TRY(descend(g, tiles, group));

cleanup:
    gph_free(range);
    gph_free(group);
    return status;
}

/* Work of a group, at most: twice the average of tiles. */
static gph_status_t set_limit(grouper_t *g, int64_t tiles)
{
    int64_t total = 0;
    for (gph_lid_t v = 0; v < g->graph->owned; ++v)
        total += g->work[v];
    const gph_status_t status = gph_comm_reduce_i64(g->graph->context, GPH_SUM, 1, &total);
    g->limit = 2 * (total / tiles + 1);
    return status;
}

gph_status_t gph_group(const gph_graph_t *graph, int64_t tiles, int32_t *tile,
                       gph_graph_t **quotient)
{
    gph_status_t status = GPH_OK;
    grouper_t g = {.graph = graph};
    int64_t groups = graph->vertices;
    int64_t before = groups + 1;

    GPH_TRY_ALL(graph->context, grouper_init(&g));
    GPH_TRY(set_limit(&g, tiles));
    for (int level = 0; level < LEVELS && groups > tiles && groups < before; ++level) {
        before = groups;
        GPH_TRY(shrink(&g, &groups));
    }
    GPH_TRY(pack(&g, tiles));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        tile[v] = (int32_t)g.group[v];
    *quotient = g.small;
    g.small = NULL;

cleanup:
    grouper_free(&g);
    return status;
}
