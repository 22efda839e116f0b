/*
 * Placing a graph after a partition. Vertices are numbered anew by part, tile and number, so that
 * each rank again owns a range and a tile is one; rows keep the order of their old numbers.
 */
#include "dist/place.h"

#include "dist/ghosts.h"
#include "dist/halo.h"
#include "dist/move.h"
#include "dist/partition.h"
#include "dist/rows.h"
#include "dist/shuffle.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>

/* Local. The tiles that hold vertices in order of their parts: tiles of the placed graph.
 * begin[partition tiles] receives the first new number of each tile of the partition. */
static gph_status_t order_tiles(const gph_partition_t *partition, gph_tiles_t *tiles,
                                int64_t *begin)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = partition->graph->context->env;
    const int ranks = partition->graph->context->ranks;
    const int64_t filled = gph_partition_tiles(partition);
    const int64_t count = filled > 0 ? filled : 1; /* one empty tile stands for none */
    int64_t *cursor = NULL;

    GPH_TRY(gph_calloc(env, count + 1, sizeof *tiles->start, &tiles->start));
    GPH_TRY(gph_calloc(env, count, sizeof *tiles->cost, &tiles->cost));
    GPH_TRY(gph_calloc(env, ranks + 1, sizeof *tiles->rank_tile, &tiles->rank_tile));
    GPH_TRY(gph_calloc(env, ranks + 1, sizeof *tiles->rank_start, &tiles->rank_start));
    GPH_TRY(gph_calloc(env, ranks, sizeof *cursor, &cursor));
    tiles->count = count;
    for (int64_t t = 0; t < partition->tiles; ++t)
        if (partition->vertices[t] > 0) {
            tiles->rank_tile[partition->part[t] + 1] += 1;
            tiles->rank_start[partition->part[t] + 1] += partition->vertices[t];
        }
    for (int r = 0; r < ranks; ++r) {
        tiles->rank_tile[r + 1] += tiles->rank_tile[r];
        tiles->rank_start[r + 1] += tiles->rank_start[r];
        cursor[r] = tiles->rank_tile[r];
    }
    if (filled == 0)
        tiles->rank_tile[ranks] = 1;
    for (int64_t t = 0; t < partition->tiles; ++t)
        if (partition->vertices[t] > 0) {
            const int64_t at = cursor[partition->part[t]]++;
            tiles->start[at + 1] = partition->vertices[t];
            tiles->cost[at] = partition->cost[t];
            begin[t] = at;
        }
    for (int64_t at = 0; at < count; ++at)
        tiles->start[at + 1] += tiles->start[at];
    for (int64_t t = 0; t < partition->tiles; ++t)
        if (partition->vertices[t] > 0)
            begin[t] = tiles->start[begin[t]];

cleanup:
    gph_free(cursor);
    return status;
}

/*
 * New number of every owned vertex and ghost. Collective.
 * @param begin [partition tiles] first new number of each tile; destroyed
 */
static gph_status_t number_anew(const gph_partition_t *partition, int64_t *begin, int64_t *number)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = partition->graph;
    gph_context_t *context = graph->context;
    int64_t *held = NULL;
    int64_t *before = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, partition->tiles, sizeof *held, &held));
    GPH_TRY_ALL(context, gph_calloc(context->env, partition->tiles, sizeof *before, &before));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        held[partition->tile[v]] += 1;
    GPH_TRY(gph_comm_scan_i64(context, partition->tiles, held, before, NULL));
    for (int64_t t = 0; t < partition->tiles; ++t)
        begin[t] += before[t];
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        number[v] = begin[partition->tile[v]]++;
    GPH_TRY(gph_halo_update(graph, sizeof *number, number));

cleanup:
    gph_free(held);
    gph_free(before);
    return status;
}

/* Moves the rows in new numbers. The result's rows are in the order of old numbers. */
static gph_status_t move_rows(const gph_graph_t *graph, const gph_shuffle_t *shuffle,
                              const int64_t *number, gph_rows_t *rows)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const gph_off_t arcs = graph->offset[graph->owned];
    gph_gid_t *neighbour = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, arcs, sizeof *neighbour, &neighbour));
    for (gph_off_t i = 0; i < arcs; ++i)
        neighbour[i] = number[graph->adjacent[i]];
    GPH_TRY(gph_shuffle_rows(context, shuffle, graph->offset, sizeof *neighbour, neighbour,
                             &rows->offset, &rows->neighbour));
    if (graph->weight != NULL)
        GPH_TRY(gph_shuffle_rows(context, shuffle, graph->offset, sizeof *graph->weight,
                                 graph->weight, NULL, &rows->weight));
    if (graph->direction != NULL)
        GPH_TRY(gph_shuffle_rows(context, shuffle, graph->offset, sizeof *graph->direction,
                                 graph->direction, NULL, &rows->direction));

cleanup:
    gph_free(neighbour);
    return status;
}

/* Takes the rows over; new numbers of neighbours become local indices. */
static gph_status_t adopt_rows(gph_graph_t *placed, gph_rows_t *rows)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = placed->context;
    gph_ghosts_t ghosts = {0};

    GPH_TRY_ALL(context, gph_ghosts_find(context, rows->begin, rows->count,
                                         rows->offset[rows->count], rows->neighbour, &ghosts));
    placed->first = rows->begin;
    placed->owned = (gph_lid_t)rows->count;
    placed->ghosts = (gph_lid_t)ghosts.count;
    placed->ghost = ghosts.gid;
    placed->adjacent = ghosts.local;
    ghosts = (gph_ghosts_t){0};
    placed->offset = rows->offset;
    placed->weight = rows->weight;
    placed->direction = rows->direction;
    rows->offset = NULL;
    rows->weight = NULL;
    rows->direction = NULL;
    GPH_TRY(gph_ghosts_plan(placed));

cleanup:
    gph_free(ghosts.gid);
    gph_free(ghosts.local);
    return status;
}

/* Old numbers of all vertices held, or nothing where they are the new ones everywhere. */
static gph_status_t keep_origin(const gph_graph_t *graph, const gph_shuffle_t *shuffle,
                                gph_graph_t *placed)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_gid_t *old = NULL;
    gph_gid_t *moved = NULL;
    int64_t changed = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *old, &old));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        old[v] = graph->first + v;
    GPH_TRY(gph_shuffle_items(context, shuffle, sizeof *old, old, &moved));
    for (gph_lid_t v = 0; v < placed->owned; ++v)
        changed += moved[v] != placed->first + v;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &changed));
    if (changed == 0)
        goto cleanup;
    GPH_TRY_ALL(context, gph_realloc(context->env, (int64_t)placed->owned + placed->ghosts,
                                     sizeof *moved, &moved));
    GPH_TRY(gph_halo_update(placed, sizeof *moved, moved));
    placed->origin = moved;
    moved = NULL;

cleanup:
    gph_free(old);
    gph_free(moved);
    return status;
}

/* What vertices carry along: ids, names and types. */
static gph_status_t move_labels(const gph_graph_t *graph, const gph_shuffle_t *shuffle,
                                gph_graph_t *placed)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;

    if (graph->id != NULL)
        GPH_TRY(gph_shuffle_items(context, shuffle, sizeof *graph->id, graph->id, &placed->id));
    if (graph->names.offset != NULL) {
        GPH_TRY(gph_shuffle_rows(context, shuffle, graph->names.offset, 1, graph->names.bytes,
                                 &placed->names.offset, &placed->names.bytes));
        placed->names.count = placed->owned;
    }
    if (graph->type != NULL)
        GPH_TRY(
            gph_shuffle_items(context, shuffle, sizeof *graph->type, graph->type, &placed->type));

cleanup:
    return status;
}

/* What stays the same wherever vertices lie. */
static gph_status_t copy_head(const gph_graph_t *graph, gph_graph_t *placed)
{
    placed->vertices = graph->vertices;
    placed->edges = graph->edges;
    placed->dropped_loops = graph->dropped_loops;
    placed->dropped_repeats = graph->dropped_repeats;
    placed->first_id = graph->first_id;
    if (graph->source == NULL)
        return GPH_OK;
    const size_t length = strlen(graph->source) + 1;
    const gph_status_t status = gph_alloc(graph->context->env, (int64_t)length, 1, &placed->source);
    if (status == GPH_OK)
        memcpy(placed->source, graph->source, length);
    return status;
}

static gph_status_t place(const gph_graph_t *graph, const gph_partition_t *partition,
                          gph_graph_t *placed)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_shuffle_t shuffle = {0};
    gph_rows_t rows = {0};
    int64_t *begin = NULL;
    int64_t *number = NULL;

    GPH_TRY_ALL(context, copy_head(graph, placed));
    GPH_TRY_ALL(context, gph_calloc(context->env, partition->tiles, sizeof *begin, &begin));
    GPH_TRY_ALL(context, gph_alloc(context->env, (int64_t)graph->owned + graph->ghosts,
                                   sizeof *number, &number));
    GPH_TRY_ALL(context, order_tiles(partition, &placed->tiles, begin));
    GPH_TRY(number_anew(partition, begin, number));
    GPH_TRY(gph_shuffle_plan(context, graph->owned, number, placed->tiles.rank_start, &shuffle));
    rows.begin = placed->tiles.rank_start[context->rank];
    rows.count = shuffle.arrived;
    GPH_TRY(move_rows(graph, &shuffle, number, &rows));
    GPH_TRY(adopt_rows(placed, &rows));
    GPH_TRY(keep_origin(graph, &shuffle, placed));
    GPH_TRY(move_labels(graph, &shuffle, placed));

cleanup:
    gph_shuffle_free(&shuffle);
    gph_rows_free(&rows);
    gph_free(begin);
    gph_free(number);
    return status;
}

gph_status_t gph_graph_place(const gph_graph_t *graph, const gph_partition_t *partition,
                             gph_graph_t **placed)
{
    gph_status_t status = GPH_OK;
    gph_graph_t *made = NULL;

    if (graph == NULL || partition == NULL || placed == NULL || partition->graph != graph)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    gph_phase_begin(context, "place");
    if (partition->parts != context->ranks)
        status = gph_fail(context->env, GPH_ERR_USAGE,
                          "a partition of %" PRId64 " parts does not place a graph on %d ranks",
                          partition->parts, context->ranks);
    GPH_TRY_ALL(context, status);
    GPH_TRY_ALL(context, gph_graph_create(context, &made));
    GPH_TRY(place(graph, partition, made));
    *placed = made;
    made = NULL;

cleanup:
    gph_phase_end(context);
    gph_graph_destroy(&made);
    return status;
}

/* Plans the way of a placed graph's vertices to even blocks of numbers, or tells the block starts
 * alone where they lie in ranges of numbers already. */
static gph_status_t plan_origin(const gph_graph_t *graph, int64_t **start, gph_shuffle_t *shuffle)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;

    GPH_TRY_ALL(context,
                gph_alloc(context->env, (int64_t)context->ranks + 1, sizeof **start, start));
    for (int r = 0; r <= context->ranks; ++r)
        (*start)[r] = gph_block_start(graph->vertices, context->ranks, r);
    if (graph->origin != NULL)
        GPH_TRY(gph_shuffle_plan(context, graph->owned, graph->origin, *start, shuffle));

cleanup:
    return status;
}

gph_status_t gph_graph_to_origin(const gph_graph_t *graph, size_t size, const void *values,
                                 void *moved)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_shuffle_t shuffle = {0};
    int64_t *start = NULL;

    GPH_TRY(plan_origin(graph, &start, &shuffle));
    if (graph->origin == NULL)
        GPH_TRY(gph_move_items(context, graph->first, graph->owned, size, values, start, moved));
    else
        GPH_TRY(gph_shuffle_items(context, &shuffle, size, values, moved));

cleanup:
    gph_shuffle_free(&shuffle);
    gph_free(start);
    return status;
}

/* Moves names to even blocks of numbers. */
static gph_status_t order_names(const gph_graph_t *graph, gph_graph_t *vertices)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const gph_names_t *names = &graph->names;
    gph_shuffle_t shuffle = {0};
    int64_t *start = NULL;

    GPH_TRY(plan_origin(graph, &start, &shuffle));
    if (graph->origin == NULL)
        GPH_TRY(gph_move_rows(context, graph->first, graph->owned, names->offset, 1, names->bytes,
                              start, &vertices->names.offset, &vertices->names.bytes));
    else
        GPH_TRY(gph_shuffle_rows(context, &shuffle, names->offset, 1, names->bytes,
                                 &vertices->names.offset, &vertices->names.bytes));
    vertices->names.count = vertices->owned;

cleanup:
    gph_shuffle_free(&shuffle);
    gph_free(start);
    return status;
}

gph_status_t gph_graph_vertices(const gph_graph_t *graph, gph_graph_t **vertices)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_graph_t *made = NULL;
    const int64_t first = gph_block_start(graph->vertices, context->ranks, context->rank);
    const int64_t end = gph_block_start(graph->vertices, context->ranks, context->rank + 1);

    GPH_TRY_ALL(context, gph_graph_create(context, &made));
    GPH_TRY_ALL(context, copy_head(graph, made));
    made->context = context;
    made->first = first;
    made->owned = (gph_lid_t)(end - first);
    if (graph->id != NULL)
        GPH_TRY(gph_graph_to_origin(graph, sizeof *graph->id, graph->id, &made->id));
    if (graph->names.offset != NULL)
        GPH_TRY(order_names(graph, made));
    *vertices = made;
    made = NULL;

cleanup:
    gph_graph_destroy(&made);
    return status;
}
