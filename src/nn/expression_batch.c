/* Mini-batches of pairs of expressions. */
#include "nn/expression_batch.h"

#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"
#include "par/tiles.h"

#include <string.h>

gph_expression_batch_t gph_expression_batch_init(gph_env_t *env)
{
    return (gph_expression_batch_t){
        .env = env,
        .starts = gph_array_init(env, sizeof(int64_t)),
        .links = gph_array_init(env, sizeof(int32_t)),
        .labels = gph_array_init(env, sizeof(int32_t)),
        .edges = gph_array_init(env, sizeof(gph_wanted_edge_t)),
        .zeros = gph_array_init(env, sizeof(gph_off_t)),
    };
}

void gph_expression_batch_free(gph_expression_batch_t *batch)
{
    for (int64_t i = 0; i < batch->drawn; i++) {
        gph_expression_free(&batch->from[i]);
        gph_expression_free(&batch->to[i]);
    }
    gph_free(batch->from);
    gph_free(batch->to);
    gph_domain_free(&batch->nodes);
    gph_tensor_free(&batch->input);
    gph_array_free(&batch->starts);
    gph_array_free(&batch->links);
    gph_array_free(&batch->labels);
    gph_array_free(&batch->edges);
    gph_array_free(&batch->zeros);
    *batch = (gph_expression_batch_t){.env = batch->env};
}

/* --- drawing -------------------------------------------------------------------------------- */

static gph_status_t make_room(gph_expression_batch_t *batch, int64_t graphs)
{
    gph_status_t status = GPH_OK;

    if (graphs <= batch->drawn)
        return GPH_OK;
    GPH_TRY(gph_realloc(batch->env, graphs, sizeof *batch->from, &batch->from));
    GPH_TRY(gph_realloc(batch->env, graphs, sizeof *batch->to, &batch->to));
    for (; batch->drawn < graphs; batch->drawn++) {
        batch->from[batch->drawn] = gph_expression_init(batch->env);
        batch->to[batch->drawn] = gph_expression_init(batch->env);
    }

cleanup:
    return status;
}

typedef struct draw_job {
    const gph_expression_data_t *data;
    const int64_t *list; /* [graphs] */
    gph_expression_batch_t *batch;
    bool held_out;
} draw_job_t;

static gph_status_t draw_graph(void *data, int64_t graph, int thread)
{
    const draw_job_t *job = data;
    (void)thread;
    return gph_expression_pair(job->data, job->held_out, job->list[graph], &job->batch->from[graph],
                               &job->batch->to[graph]);
}

/* --- rows ----------------------------------------------------------------------------------- */

static gph_status_t set_starts(gph_expression_batch_t *batch, int64_t tiles)
{
    gph_status_t status = GPH_OK;
    const int64_t graphs = batch->graphs;

    GPH_TRY(gph_array_reserve(&batch->starts, 3 * (graphs + 1) + tiles + 1));
    batch->start = batch->starts.data;
    batch->edge_start = batch->start + graphs + 1;
    batch->wanted_start = batch->edge_start + graphs + 1;
    batch->tile_graph = batch->wanted_start + graphs + 1;
    batch->start[0] = 0;
    batch->edge_start[0] = 0;
    batch->wanted_start[0] = 0;
    for (int64_t g = 0; g < graphs; g++) {
        const int64_t nodes = gph_expression_count(&batch->from[g]);
        batch->start[g + 1] = batch->start[g] + nodes;
        batch->edge_start[g + 1] = batch->edge_start[g] + GPH_OPERANDS * nodes * nodes;
        batch->wanted_start[g + 1] = batch->wanted_start[g] + gph_expression_count(&batch->to[g]);
    }

cleanup:
    return status;
}

static gph_status_t reserve_rows(const gph_expression_data_t *data, gph_expression_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    const int64_t rows = batch->start[batch->graphs];
    const int64_t wanted = batch->wanted_start[batch->graphs];

    GPH_TRY(gph_array_reserve(&batch->links, rows * GPH_LINKS + 1));
    GPH_TRY(gph_array_reserve(&batch->labels, 2 * wanted + 1));
    GPH_TRY(gph_array_reserve(&batch->edges, wanted + 1));
    GPH_TRY(gph_array_reserve(&batch->zeros, rows + 1));
    GPH_TRY(gph_tensor_shape(batch->env, rows, data->labels, &batch->input));
    batch->link = batch->links.data;
    batch->wanted_label = batch->labels.data;
    batch->wanted_operands = batch->wanted_label + wanted;
    batch->wanted_edge = batch->edges.data;
    memset(batch->zeros.data, 0, (size_t)(rows + 1) * sizeof(gph_off_t));
    memset(batch->input.value, 0, (size_t)(rows * data->labels) * sizeof(gph_real_t));
    for (int64_t i = 0; i < rows * GPH_LINKS; i++)
        batch->link[i] = -1;

cleanup:
    return status;
}

/* Which operand of which node is node v of a tree in prefix order? Of the last one before it that
 * lacks some. seen[u] counts the operands of node u that have come. Returns -1 for the root. */
static int64_t find_parent(const gph_expression_t *tree, int64_t v, int32_t *seen, int32_t *place)
{
    for (int64_t u = v - 1; u >= 0; u--)
        if (seen[u] < gph_expression_node(tree, u).operands) {
            *place = seen[u]++;
            return u;
        }
    return -1;
}

static void fill_input(const gph_expression_data_t *data, int64_t graph, int32_t *seen,
                       gph_expression_batch_t *batch)
{
    const gph_expression_t *tree = &batch->from[graph];
    const int64_t first = batch->start[graph];
    const int64_t nodes = batch->start[graph + 1] - first;

    memset(seen, 0, (size_t)nodes * sizeof *seen);
    for (int64_t v = 0; v < nodes; v++) {
        int32_t place = 0;
        const int64_t parent = find_parent(tree, v, seen, &place);
        const int32_t label = gph_expression_label(data, gph_expression_node(tree, v));
        batch->input.value[(first + v) * data->labels + label] = 1;
        if (parent < 0)
            continue;
        batch->link[(first + parent) * GPH_LINKS + place] = (int32_t)(first + v);
        batch->link[(first + v) * GPH_LINKS + GPH_OPERANDS + place] = (int32_t)(first + parent);
    }
}

static void fill_wanted(const gph_expression_data_t *data, int64_t graph,
                        gph_expression_batch_t *batch)
{
    const gph_expression_t *tree = &batch->to[graph];
    const int64_t first = batch->wanted_start[graph];
    const int64_t nodes = batch->wanted_start[graph + 1] - first;
    gph_wanted_edge_t *edge = batch->wanted_edge + first - graph;
    int32_t *seen = batch->wanted_operands + first;

    memset(seen, 0, (size_t)nodes * sizeof *seen);
    for (int64_t v = 0; v < nodes; v++) {
        int32_t place = 0;
        const int64_t parent = find_parent(tree, v, seen, &place);
        batch->wanted_label[first + v] = gph_expression_label(data, gph_expression_node(tree, v));
        if (parent >= 0)
            *edge++ = (gph_wanted_edge_t){(int32_t)parent, (int32_t)v, place};
    }
}

static gph_status_t lay_out(const gph_expression_data_t *data, int64_t tiles,
                            gph_expression_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    int32_t *seen = NULL;

    GPH_TRY(set_starts(batch, tiles));
    GPH_TRY(reserve_rows(data, batch));
    GPH_TRY(gph_alloc(batch->env, batch->start[batch->graphs], sizeof *seen, &seen));
    for (int64_t g = 0; g < batch->graphs; g++) {
        fill_input(data, g, seen, batch);
        fill_wanted(data, g, batch);
    }

cleanup:
    gph_free(seen);
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

/* Tiles of the whole batch. */
static int64_t all_tiles(const gph_expression_data_t *data, int64_t count)
{
    const int64_t wanted =
        data->options->tiles > 0 ? data->options->tiles : (int64_t)GPH_EXPRESSION_TILES;
    return wanted < count ? wanted : count;
}

int64_t gph_expression_batch_tiles(const gph_expression_data_t *data, int64_t count)
{
    const gph_context_t *context = data->context;
    const int64_t tiles = all_tiles(data, count);
    return gph_block_start(tiles, context->ranks, context->rank + 1) -
           gph_block_start(tiles, context->ranks, context->rank);
}

/* Tile t of a batch holds the graphs from gph_block_start(count, tiles, t) on; a rank has the tiles
 * from gph_block_start(tiles, ranks, rank) on, and a part of its share again even shares of them.
 */
gph_status_t gph_expression_batch_draw(gph_context_t *context, const gph_expression_data_t *data,
                                       bool held_out, int64_t count, const int64_t *list, int part,
                                       int parts, gph_expression_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    const int64_t tiles = all_tiles(data, count);
    const int64_t mine = gph_expression_batch_tiles(data, count);
    const int64_t before = gph_block_start(tiles, data->context->ranks, data->context->rank);
    const int64_t low = before + gph_block_start(mine, parts, part);
    const int64_t high = before + gph_block_start(mine, parts, part + 1);
    const int64_t first = gph_block_start(count, (int)tiles, low);
    draw_job_t job = {data, list + first, batch, held_out};

    batch->tiles = high - low;
    batch->graphs = gph_block_start(count, (int)tiles, high) - first;
    GPH_TRY(make_room(batch, batch->graphs));
    GPH_TRY(gph_team_tasks(context, batch->graphs, gph_team_grain(context, GPH_WORK_DRAW),
                           draw_graph, &job));
    GPH_TRY(lay_out(data, batch->tiles, batch));
    for (int64_t t = low; t <= high; t++)
        batch->tile_graph[t - low] = gph_block_start(count, (int)tiles, t) - first;

cleanup:
    return status;
}

gph_status_t gph_expression_batch_place(gph_context_t *context, int64_t total, int64_t first,
                                        gph_expression_batch_t *batch)
{
    int64_t row[GPH_EXPRESSION_TILES_MOST + 1]; /* first row of each tile */

    for (int64_t t = 0; t <= batch->tiles; t++)
        row[t] = batch->start[batch->tile_graph[t]];
    gph_domain_free(&batch->nodes);
    return gph_domain_local(context, total, first, batch->tiles, row, batch->zeros.data, NULL,
                            &batch->nodes);
}

gph_status_t gph_expression_batch_fill(const gph_expression_data_t *data, bool held_out,
                                       int64_t count, const int64_t *list,
                                       gph_expression_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->context;
    int64_t before = 0;
    int64_t total = 0;

    GPH_TRY_ALL(context,
                gph_expression_batch_draw(context, data, held_out, count, list, 0, 1, batch));
    GPH_TRY(gph_comm_scan_i64(context, 1, &batch->start[batch->graphs], &before, &total));
    GPH_TRY_ALL(context, gph_expression_batch_place(context, total, before, batch));

cleanup:
    return status;
}
