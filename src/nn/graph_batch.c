/* Mini-batches of graphs. */
#include "nn/graph_batch.h"

#include "nn/loss.h"

#include <string.h>

/* How a batch is cut. Tile t holds the graphs first[t] .. first[t + 1] - 1 of the list. */
typedef struct cut {
    int64_t tiles;
    int64_t first[GPH_BATCH_TILES + 1];
    int64_t rows[GPH_BATCH_TILES + 1]; /* nodes before each tile */
    int64_t low;                       /* tiles low .. high - 1 are wanted */
    int64_t high;
} cut_t;

gph_graph_batch_t gph_graph_batch_init(gph_env_t *env)
{
    return (gph_graph_batch_t){
        .starts = gph_array_init(env, sizeof(int64_t)),
        .offsets = gph_array_init(env, sizeof(gph_off_t)),
        .adjacents = gph_array_init(env, sizeof(gph_lid_t)),
        .zeros = gph_array_init(env, sizeof(gph_off_t)),
        .classes = gph_array_init(env, sizeof(int32_t)),
        .splits = gph_array_init(env, sizeof(uint8_t)),
    };
}

void gph_graph_batch_free(gph_graph_batch_t *batch)
{
    gph_domain_free(&batch->nodes);
    gph_domain_free(&batch->graphs);
    gph_tensor_free(&batch->input);
    gph_array_free(&batch->starts);
    gph_array_free(&batch->offsets);
    gph_array_free(&batch->adjacents);
    gph_array_free(&batch->zeros);
    gph_array_free(&batch->classes);
    gph_array_free(&batch->splits);
}

/* --- cutting -------------------------------------------------------------------------------- */

static int64_t cost_of(const gph_graph_data_t *data, int64_t graph)
{
    const int64_t low = data->node[graph];
    const int64_t high = data->node[graph + 1];
    return high - low + data->offset[high] - data->offset[low] + 1;
}

/* A tile begins with the first graph behind each 1/GPH_BATCH_TILES of the cost. */
static void cut_tiles(const gph_graph_data_t *data, int64_t count, const int64_t *list, cut_t *cut)
{
    int64_t total = 0;
    int64_t before = 0;
    int64_t last = -1;
    int64_t rows = 0;

    for (int64_t i = 0; i < count; i++)
        total += cost_of(data, list[i]);
    for (int64_t i = 0; i < count; i++) {
        const int64_t part = before * GPH_BATCH_TILES / total;
        if (part > last) {
            cut->first[cut->tiles] = i;
            cut->rows[cut->tiles++] = rows;
            last = part;
        }
        before += cost_of(data, list[i]);
        rows += data->node[list[i] + 1] - data->node[list[i]];
    }
    cut->first[cut->tiles] = count;
    cut->rows[cut->tiles] = rows;
}

/* Of the tiles wanted only those of one part of so many: even shares of the rows. */
static void take_share(int part, int parts, cut_t *cut)
{
    const int64_t begin = cut->low;
    const int64_t before = cut->rows[begin];
    const int64_t rows = cut->rows[cut->high] - before;
    cut->low = cut->high;
    for (int64_t t = cut->high - 1; t >= begin; t--) {
        const int64_t owner = (cut->rows[t] - before) * parts / (rows > 0 ? rows : 1);
        if (owner > part)
            cut->high = t;
        if (owner >= part)
            cut->low = t;
    }
    if (cut->low > cut->high)
        cut->low = cut->high;
}

/* --- filling -------------------------------------------------------------------------------- */

static gph_status_t make_room(int64_t graphs, int64_t nodes, int64_t arcs, gph_graph_batch_t *batch)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_array_reserve(&batch->starts, graphs + 1));
    GPH_TRY(gph_array_reserve(&batch->offsets, nodes + 1));
    GPH_TRY(gph_array_reserve(&batch->adjacents, arcs + 1));
    GPH_TRY(gph_array_reserve(&batch->zeros, graphs + 1));
    GPH_TRY(gph_array_reserve(&batch->classes, graphs + 1));
    GPH_TRY(gph_array_reserve(&batch->splits, graphs + 1));
    batch->start = batch->starts.data;
    batch->class = batch->classes.data;
    batch->split = batch->splits.data;
    memset(batch->zeros.data, 0, (size_t)(graphs + 1) * sizeof(gph_off_t));
    memset(batch->splits.data, GPH_SPLIT_TRAIN, (size_t)(graphs + 1));

cleanup:
    return status;
}

/* Appends one graph's rows, which begin at `row`. Returns the row behind them. */
static int64_t append(const gph_graph_data_t *data, int64_t graph, int64_t row,
                      gph_graph_batch_t *batch)
{
    const int64_t low = data->node[graph];
    const int64_t high = data->node[graph + 1];
    gph_off_t *offset = batch->offsets.data;
    gph_lid_t *adjacent = batch->adjacents.data;
    for (int64_t v = low; v < high; v++) {
        const int64_t at = row + v - low;
        gph_off_t end = offset[at];
        for (gph_off_t e = data->offset[v]; e < data->offset[v + 1]; e++)
            adjacent[end++] = (gph_lid_t)(row + data->adjacent[e]);
        offset[at + 1] = end;
        batch->input.value[at * data->features + data->label[v]] = 1;
    }
    return row + high - low;
}

static gph_status_t fill_rows(const gph_graph_data_t *data, const int64_t *list, const cut_t *cut,
                              gph_graph_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = data->context->env;
    const int64_t begin = cut->first[cut->low];
    const int64_t graphs = cut->first[cut->high] - begin;
    const int64_t nodes = cut->rows[cut->high] - cut->rows[cut->low];
    int64_t arcs = 0;
    int64_t row = 0;

    for (int64_t i = 0; i < graphs; i++)
        arcs += data->offset[data->node[list[begin + i] + 1]] -
                data->offset[data->node[list[begin + i]]];
    GPH_TRY(make_room(graphs, nodes, arcs, batch));
    GPH_TRY(gph_tensor_shape(env, nodes, data->features, &batch->input));
    memset(batch->input.value, 0, (size_t)(nodes * data->features) * sizeof(gph_real_t));
    ((gph_off_t *)batch->offsets.data)[0] = 0;
    for (int64_t i = 0; i < graphs; i++) {
        batch->start[i] = row;
        batch->class[i] = data->class[list[begin + i]];
        row = append(data, list[begin + i], row, batch);
    }
    batch->start[graphs] = row;

cleanup:
    return status;
}

gph_status_t gph_graph_batch_part(gph_context_t *context, const gph_graph_data_t *data,
                                  int64_t count, const int64_t *list, int part, int parts,
                                  gph_graph_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    cut_t cut = {.tiles = 0};
    int64_t row[GPH_BATCH_TILES + 1];   /* first row of each tile of this rank */
    int64_t graph[GPH_BATCH_TILES + 1]; /* first graph of each */

    cut_tiles(data, count, list, &cut);
    cut.high = cut.tiles;
    take_share(data->context->rank, data->context->ranks, &cut);
    take_share(part, parts, &cut);
    gph_domain_free(&batch->nodes);
    gph_domain_free(&batch->graphs);
    GPH_TRY(fill_rows(data, list, &cut, batch));
    for (int64_t t = cut.low; t <= cut.high; t++) {
        row[t - cut.low] = cut.rows[t] - cut.rows[cut.low];
        graph[t - cut.low] = cut.first[t] - cut.first[cut.low];
    }
    GPH_TRY(gph_domain_local(context, cut.rows[cut.tiles], cut.rows[cut.low], cut.high - cut.low,
                             row, batch->offsets.data, batch->adjacents.data, &batch->nodes));
    GPH_TRY(gph_domain_local(context, count, cut.first[cut.low], cut.high - cut.low, graph,
                             batch->zeros.data, batch->adjacents.data, &batch->graphs));
    batch->count = count;

cleanup:
    return status;
}

gph_status_t gph_graph_batch_fill(const gph_graph_data_t *data, int64_t count, const int64_t *list,
                                  gph_graph_batch_t *batch)
{
    return gph_graph_batch_part(data->context, data, count, list, 0, 1, batch);
}
