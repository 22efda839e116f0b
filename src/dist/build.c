/* The distributed graph: number, place, cut into tiles, move to owners, find ghosts. */
#include "dist/build.h"

#include "dist/ghosts.h"
#include "dist/move.h"
#include "dist/number.h"
#include "dist/rows.h"
#include "par/comm.h"

#include <inttypes.h>

/* Tiles a graph is cut into: many more than ranks, few enough to be known everywhere. */
enum { GRAPH_TILES = 4096 };

static gph_status_t cut_tiles(gph_context_t *context, const gph_rows_t *rows,
                              const gph_build_options_t *options, gph_tiles_t *tiles)
{
    gph_status_t status = GPH_OK;
    int64_t *degree = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, rows->count, sizeof *degree, &degree));
    for (int64_t i = 0; i < rows->count; ++i)
        degree[i] = rows->offset[i + 1] - rows->offset[i] + options->vertex_work;
    GPH_TRY(gph_tiles_cut(context, rows->begin, rows->count, degree, options->tiles, tiles));

cleanup:
    gph_free(degree);
    return status;
}

/* Moves rows from the even block to the owners of tiles and replaces *rows. */
static gph_status_t move_to_owners(gph_context_t *context, const int64_t *new_start,
                                   gph_rows_t *rows)
{
    gph_status_t status = GPH_OK;
    gph_rows_t moved = {0};

    moved.begin = new_start[context->rank];
    moved.count = new_start[context->rank + 1] - moved.begin;
    if (rows->weight != NULL)
        GPH_TRY(gph_move_rows(context, rows->begin, rows->count, rows->offset, sizeof *rows->weight,
                              rows->weight, new_start, NULL, &moved.weight));
    if (rows->direction != NULL)
        GPH_TRY(gph_move_rows(context, rows->begin, rows->count, rows->offset,
                              sizeof *rows->direction, rows->direction, new_start, NULL,
                              &moved.direction));
    GPH_TRY(gph_move_rows(context, rows->begin, rows->count, rows->offset, sizeof *rows->neighbour,
                          rows->neighbour, new_start, &moved.offset, &moved.neighbour));
    gph_rows_free(rows);
    *rows = moved;
    moved = (gph_rows_t){0};

cleanup:
    gph_rows_free(&moved);
    return status;
}

/* Moves names, and the types that go with them, to the owners of the vertices. */
static gph_status_t move_names(gph_graph_t *graph, const gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const gph_names_t *names = &edges->names;
    const int64_t begin = edges->names_first >= 0
                              ? edges->names_first
                              : gph_block_start(graph->vertices, context->ranks, context->rank);

    GPH_TRY(gph_move_rows(context, begin, names->count, names->offset, 1, names->bytes,
                          graph->tiles.rank_start, &graph->names.offset, &graph->names.bytes));
    graph->names.count = graph->owned;
    if (edges->type != NULL)
        GPH_TRY(gph_move_items(context, begin, names->count, sizeof *edges->type, edges->type,
                               graph->tiles.rank_start, &graph->type));

cleanup:
    return status;
}

/* Takes the rows over into the graph: global neighbours become local ones. */
static gph_status_t adopt_rows(gph_graph_t *graph, gph_rows_t *rows)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_ghosts_t ghosts = {0};

    graph->first = rows->begin;
    GPH_TRY_ALL(context, gph_ghosts_find(context, rows->begin, rows->count,
                                         rows->offset[rows->count], rows->neighbour, &ghosts));
    graph->owned = (gph_lid_t)rows->count;
    graph->ghosts = (gph_lid_t)ghosts.count;
    graph->ghost = ghosts.gid;
    graph->adjacent = ghosts.local;
    ghosts = (gph_ghosts_t){0};
    graph->offset = rows->offset;
    graph->weight = rows->weight;
    graph->direction = rows->direction;
    rows->offset = NULL;
    rows->weight = NULL;
    rows->direction = NULL;

cleanup:
    gph_free(ghosts.gid);
    gph_free(ghosts.local);
    return status;
}

static gph_status_t build(gph_graph_t *graph, gph_edges_t *edges,
                          const gph_build_options_t *options, gph_numbering_t *numbering,
                          gph_rows_t *rows)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t arcs = 0;

    GPH_TRY(gph_number_vertices(context, edges, numbering));
    graph->vertices = numbering->vertices;
    graph->first_id = edges->vertices >= 0 ? edges->first_id : 0;
    GPH_TRY(gph_rows_from_edges(context, graph->vertices, edges, rows, &graph->dropped_loops,
                                &graph->dropped_repeats));
    gph_free(edges->edge);
    gph_free(edges->weight);
    edges->edge = NULL;
    edges->weight = NULL;
    GPH_TRY(cut_tiles(context, rows, options, &graph->tiles));
    GPH_TRY(move_to_owners(context, graph->tiles.rank_start, rows));
    GPH_TRY(adopt_rows(graph, rows));
    if (numbering->id != NULL)
        GPH_TRY(gph_move_items(context, numbering->begin, numbering->count, sizeof *numbering->id,
                               numbering->id, graph->tiles.rank_start, &graph->id));
    if (edges->names.offset != NULL)
        GPH_TRY(move_names(graph, edges));
    arcs = graph->offset[graph->owned];
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &arcs));
    graph->edges = arcs / 2;
    GPH_TRY(gph_ghosts_plan(graph));

cleanup:
    return status;
}

gph_build_options_t gph_build_options_default(void)
{
    return (gph_build_options_t){.tiles = GRAPH_TILES};
}

gph_status_t gph_graph_build(gph_context_t *context, gph_edges_t *edges, gph_graph_t **graph)
{
    const gph_build_options_t options = gph_build_options_default();
    return gph_graph_build_by(context, edges, &options, graph);
}

gph_status_t gph_graph_build_by(gph_context_t *context, gph_edges_t *edges,
                                const gph_build_options_t *options, gph_graph_t **graph)
{
    gph_status_t status = GPH_OK;
    gph_numbering_t numbering = {0};
    gph_rows_t rows = {0};
    gph_graph_t *made = NULL;

    GPH_TRY_ALL(context, gph_graph_create(context, &made));
    GPH_TRY(build(made, edges, options, &numbering, &rows));
    if (made->dropped_loops > 0 || made->dropped_repeats > 0)
        gph_log_root(context, GPH_LOG_INFO,
                     "dropped %" PRId64 " self loops and %" PRId64 " repeated edges",
                     made->dropped_loops, made->dropped_repeats);
    *graph = made;
    made = NULL;

cleanup:
    gph_edges_free(edges);
    gph_rows_free(&rows);
    gph_free(numbering.id);
    gph_graph_destroy(&made);
    return status;
}
