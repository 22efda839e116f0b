/* Breadth-first search: levels, and their direction. */
#include "mp/bfs.h"

#include "mp/algorithms.h"
#include "par/comm.h"
#include "par/team.h"

/* Bottom-up begins when the frontier has more than 1/ALPHA of the edges that are not yet looked at,
 * and ends when it shrinks to fewer than 1/BETA of the vertices. */
enum { ALPHA = 15, BETA = 18 };

/** What the search came to, over all ranks. */
typedef struct reached {
    int64_t vertices;
    int64_t depth; /* largest distance */
} reached_t;

static int64_t total(const gph_context_t *context, const int64_t *count)
{
    int64_t sum = 0;
    for (int r = 0; r < context->ranks; ++r)
        sum += count[r];
    return sum;
}

static gph_status_t make_words(gph_bfs_t *bfs)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = bfs->graph;
    const gph_context_t *context = graph->context;
    gph_env_t *env = context->env;

    bfs->words = ((int64_t)graph->owned + graph->ghosts + 63) / 64 + 1;
    GPH_TRY(gph_calloc(env, bfs->words, sizeof *bfs->bits, &bfs->bits));
    GPH_TRY(gph_calloc(env, bfs->words, sizeof *bfs->next_bits, &bfs->next_bits));
    GPH_TRY(gph_calloc(env, bfs->words, sizeof *bfs->done, &bfs->done));
    GPH_TRY(gph_alloc(env, context->ranks, sizeof *bfs->send_words, &bfs->send_words));
    GPH_TRY(gph_alloc(env, context->ranks, sizeof *bfs->recv_words, &bfs->recv_words));
    for (int r = 0; r < context->ranks; ++r) {
        bfs->send_words[r] = (graph->halo_send_count[r] + 63) / 64;
        bfs->recv_words[r] = (graph->halo_recv_count[r] + 63) / 64;
    }
    GPH_TRY(gph_alloc(env, total(context, bfs->send_words), sizeof *bfs->send, &bfs->send));
    GPH_TRY(gph_alloc(env, total(context, bfs->recv_words), sizeof *bfs->recv, &bfs->recv));

cleanup:
    return status;
}

static gph_status_t make_room(gph_bfs_t *bfs)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = bfs->graph->context->env;
    const int64_t all = (int64_t)bfs->graph->owned + bfs->graph->ghosts;

    GPH_TRY(gph_alloc(env, all, sizeof *bfs->parent, &bfs->parent));
    GPH_TRY(gph_alloc(env, all, sizeof *bfs->distance, &bfs->distance));
    GPH_TRY(gph_alloc(env, all, sizeof *bfs->front, &bfs->front));
    GPH_TRY(gph_alloc(env, all, sizeof *bfs->next, &bfs->next));
    GPH_TRY(make_words(bfs));

cleanup:
    return status;
}

static void free_room(gph_bfs_t *bfs)
{
    gph_free(bfs->parent);
    gph_free(bfs->distance);
    gph_free(bfs->front);
    gph_free(bfs->next);
    gph_free(bfs->bits);
    gph_free(bfs->next_bits);
    gph_free(bfs->done);
    gph_free(bfs->send_words);
    gph_free(bfs->recv_words);
    gph_free(bfs->send);
    gph_free(bfs->recv);
}

static gph_status_t clear_range(void *data, int64_t begin, int64_t end, int thread)
{
    const gph_bfs_t *bfs = data;
    (void)thread;
    for (int64_t v = begin; v < end; ++v)
        bfs->parent[v] = bfs->distance[v] = -1;
    return GPH_OK;
}

/* The source is its own parent, and the first frontier. */
static void begin(gph_bfs_t *bfs, gph_gid_t source)
{
    const gph_lid_t v = source < 0 ? -1 : gph_mp_owned_of(bfs->graph, source);
    bfs->degree = 0;
    if (v < 0)
        return;
    bfs->parent[v] = v;
    bfs->distance[v] = 0;
    bfs->front[0] = v;
    bfs->front_count = 1;
    bfs->degree = gph_mp_degree(bfs->graph, v);
}

/* Levels until the frontier is empty on all ranks. */
static gph_status_t search(gph_bfs_t *bfs, reached_t *reached)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = bfs->graph;
    gph_context_t *context = graph->context;
    int64_t edges = 2 * graph->edges; /* not yet looked at */
    int64_t before = 0;
    bool up = false;

    while (true) {
        int64_t front[2] = {bfs->front_count, bfs->degree};
        GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 2, front));
        if (front[0] == 0)
            break;
        GPH_TRY(gph_mp_go_on(context, "bfs"));
        reached->vertices += front[0];
        reached->depth = bfs->level;
        if (!up && front[1] > edges / ALPHA) {
            GPH_TRY(gph_bfs_to_bits(bfs));
            up = true;
        } else if (up && front[0] < before && front[0] <= graph->vertices / BETA) {
            GPH_TRY(gph_bfs_to_list(bfs));
            up = false;
        }
        before = front[0];
        edges -= front[1];
        GPH_TRY(up ? gph_bfs_up(bfs) : gph_bfs_down(bfs));
        bfs->level += 1;
    }

cleanup:
    return status;
}

/** Columns being filled. */
typedef struct columns {
    const gph_bfs_t *bfs;
    int64_t *distance; /* [owned] */
    int64_t *parent;   /* [owned] */
} columns_t;

static gph_status_t fill_range(void *data, int64_t begin, int64_t end, int thread)
{
    const columns_t *columns = data;
    const gph_bfs_t *bfs = columns->bfs;
    (void)thread;
    for (int64_t v = begin; v < end; ++v) {
        columns->distance[v] = bfs->distance[v];
        columns->parent[v] = bfs->parent[v] < 0 ? -1 : gph_mp_number(bfs->graph, bfs->parent[v]);
    }
    return GPH_OK;
}

static gph_status_t add_columns(const gph_bfs_t *bfs, gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = bfs->graph;
    gph_context_t *context = graph->context;
    columns_t columns = {bfs, NULL, NULL};

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof(int64_t), &columns.distance));
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof(int64_t), &columns.parent));
    GPH_TRY(gph_team_ranges(context, graph->owned, 4096, fill_range, &columns));
    GPH_TRY(gph_mp_result_take(result, "distance", GPH_MP_I64, &columns.distance));
    GPH_TRY(gph_mp_result_take(result, "parent", GPH_MP_I64, &columns.parent));

cleanup:
    gph_free(columns.distance);
    gph_free(columns.parent);
    return status;
}

gph_status_t gph_mp_bfs(const gph_graph_t *graph, const gph_mp_options_t *options,
                        gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_bfs_t bfs = {.graph = graph};
    gph_gid_t source = -1;
    reached_t reached = {0, 0};

    GPH_TRY(gph_mp_source(graph, options, &source));
    gph_phase_begin(context, "bfs");
    GPH_TRY_ALL(context, make_room(&bfs));
    GPH_TRY(
        gph_team_ranges(context, (int64_t)graph->owned + graph->ghosts, 4096, clear_range, &bfs));
    begin(&bfs, source);
    GPH_TRY(search(&bfs, &reached));
    gph_phase_begin(context, "result");
    GPH_TRY(add_columns(&bfs, result));
    gph_mp_result_fact_i64(result, "source", source);
    gph_mp_result_fact_i64(result, "reached", reached.vertices);
    gph_mp_result_fact_i64(result, "depth", reached.depth);

cleanup:
    free_room(&bfs);
    return status;
}
