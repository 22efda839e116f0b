/*
 * Orienting the graph: rows travel to even blocks of positions, the work of each item is estimated,
 * items are cut into tiles, and rows move on to the ranks that own the tiles.
 */
#include "clique/dag.h"

#include "base/sort.h"
#include "dist/halo.h"
#include "dist/move.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Estimated work that is not worth a tile of its own, and the most tiles. A unit of work is about a
 * nanosecond. */
enum { TILE_WORK = 1 << 16, MAX_TILES = 8192 };

/* Most work that tiles can add up; beyond it, work is counted in larger units. */
#define MOST_WORK (INT64_C(1) << 61)

/* A row on its way: what is known of the vertex. Its neighbours travel beside it. */
typedef struct row_head {
    gph_gid_t position;
    int64_t degree;
    int64_t work;
    gph_gid_t vertex;
    int64_t id;
} row_head_t;

/* Rows packed by receiver. */
typedef struct packed {
    int64_t *rows;     /* [ranks] */
    int64_t *elements; /* [ranks] */
    row_head_t *head;
    gph_gid_t *next;
} packed_t;

static void packed_free(packed_t *packed)
{
    gph_free(packed->rows);
    gph_free(packed->elements);
    gph_free(packed->head);
    gph_free(packed->next);
}

void gph_dag_free(gph_dag_t *dag)
{
    gph_tiles_free(&dag->tiles);
    gph_free(dag->place);
    gph_free(dag->start);
    gph_free(dag->offset);
    gph_free(dag->next);
    gph_free(dag->vertex);
    gph_free(dag->id);
    *dag = (gph_dag_t){0};
}

/* Estimated work of the cliques that begin at a root: reading the rows of its `degree`
 * out-neighbours, `reach` entries in all, and recursion that grows with what they share. */
static int64_t root_work(int k, int64_t degree, int64_t reach)
{
    double work = (double)degree + (double)reach;
    for (int level = 4; level <= k && level <= 8; ++level)
        work *= 1.0 + (double)degree / 32.0;
    return work < 1e15 ? (int64_t)work : (int64_t)1e15;
}

/* Out-degree of owned vertices and ghosts (0 for those without a position). */
static gph_status_t out_degrees(const gph_graph_t *graph, const gph_order_t *order,
                                int32_t **degree)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const gph_gid_t *position = order->position;
    int32_t *made = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, (int64_t)graph->owned + graph->ghosts,
                                    sizeof *made, &made));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        if (position[v] >= 0)
            for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
                made[v] += position[graph->adjacent[i]] > position[v];
    GPH_TRY(gph_halo_update(graph, sizeof *made, made));
    *degree = made;
    made = NULL;

cleanup:
    gph_free(made);
    return status;
}

/* Counts rows and elements for each receiver and makes room. */
static gph_status_t size_packed(const gph_graph_t *graph, const gph_order_t *order,
                                const int32_t *degree, packed_t *packed)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = graph->context->env;
    const int ranks = graph->context->ranks;
    int64_t rows = 0;
    int64_t elements = 0;

    GPH_TRY(gph_calloc(env, ranks, sizeof *packed->rows, &packed->rows));
    GPH_TRY(gph_calloc(env, ranks, sizeof *packed->elements, &packed->elements));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        if (order->position[v] < 0)
            continue;
        const int r = gph_block_owner(order->vertices, ranks, order->position[v]);
        packed->rows[r] += 1;
        packed->elements[r] += degree[v];
        rows += 1;
        elements += degree[v];
    }
    GPH_TRY(gph_alloc(env, rows, sizeof *packed->head, &packed->head));
    GPH_TRY(gph_alloc(env, elements, sizeof *packed->next, &packed->next));

cleanup:
    return status;
}

/* Packs the oriented rows of this rank by receiver. */
static gph_status_t pack_rows(const gph_graph_t *graph, const gph_order_t *order,
                              const int32_t *degree, int k, packed_t *packed)
{
    gph_status_t status = GPH_OK;
    const int ranks = graph->context->ranks;
    const gph_gid_t *position = order->position;
    int64_t *cursor = NULL; /* [2 × ranks]: next row, next element */

    GPH_TRY(size_packed(graph, order, degree, packed));
    GPH_TRY(gph_calloc(graph->context->env, 2 * (int64_t)ranks, sizeof *cursor, &cursor));
    for (int r = 1; r < ranks; ++r) {
        cursor[r] = cursor[r - 1] + packed->rows[r - 1];
        cursor[ranks + r] = cursor[ranks + r - 1] + packed->elements[r - 1];
    }
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        if (position[v] < 0)
            continue;
        const int r = gph_block_owner(order->vertices, ranks, position[v]);
        gph_gid_t *row = packed->next + cursor[ranks + r];
        int64_t reach = 0;
        int64_t count = 0;
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
            const gph_lid_t u = graph->adjacent[i];
            if (position[u] > position[v]) {
                row[count++] = position[u];
                reach += degree[u];
            }
        }
        packed->head[cursor[r]++] = (row_head_t){position[v], count, root_work(k, count, reach),
                                                 graph->first + v, gph_graph_id(graph, v)};
        cursor[ranks + r] += count;
    }

cleanup:
    gph_free(cursor);
    return status;
}

/* Rows that arrived, put in order: the even block of positions of this rank. */
static gph_status_t place_rows(gph_context_t *context, gph_gid_t begin, int64_t count,
                               const row_head_t *head, const gph_gid_t *next, gph_dag_t *dag,
                               int64_t *work)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    int64_t at = 0;

    dag->first = begin;
    dag->count = count;
    GPH_TRY(gph_calloc(env, count + 1, sizeof *dag->offset, &dag->offset));
    GPH_TRY(gph_alloc(env, count, sizeof *dag->vertex, &dag->vertex));
    GPH_TRY(gph_alloc(env, count, sizeof *dag->id, &dag->id));
    for (int64_t i = 0; i < count; ++i) {
        const int64_t row = head[i].position - begin;
        dag->offset[row + 1] = head[i].degree;
        dag->vertex[row] = head[i].vertex;
        dag->id[row] = head[i].id;
        work[row] = head[i].work;
    }
    for (int64_t i = 0; i < count; ++i)
        dag->offset[i + 1] += dag->offset[i];
    GPH_TRY(gph_alloc(env, dag->offset[count], sizeof *dag->next, &dag->next));
    for (int64_t i = 0; i < count; ++i) {
        memcpy(dag->next + dag->offset[head[i].position - begin], next + at,
               (size_t)head[i].degree * sizeof *next);
        at += head[i].degree;
    }

cleanup:
    return status;
}

static gph_status_t sort_range(void *data, int64_t begin, int64_t end, int thread)
{
    const gph_dag_t *dag = data;
    (void)thread;
    for (int64_t i = begin; i < end; ++i)
        gph_sort_row(dag->offset[i + 1] - dag->offset[i], dag->next + dag->offset[i], NULL);
    return GPH_OK;
}

/* Sends rows to the even blocks of positions. *work receives the estimated work of each row. */
static gph_status_t send_rows(const gph_graph_t *graph, const gph_order_t *order, int k,
                              gph_dag_t *dag, int64_t **work)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const gph_gid_t begin = gph_block_start(order->vertices, context->ranks, context->rank);
    const int64_t count =
        gph_block_start(order->vertices, context->ranks, context->rank + 1) - begin;
    packed_t packed = {0};
    int32_t *degree = NULL;
    int64_t *received = NULL;
    row_head_t *head = NULL;
    gph_gid_t *next = NULL;

    GPH_TRY(out_degrees(graph, order, &degree));
    GPH_TRY_ALL(context, pack_rows(graph, order, degree, k, &packed));
    gph_free(degree);
    degree = NULL;
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *received, &received));
    GPH_TRY(gph_comm_exchange(context, sizeof *head, packed.head, packed.rows, &head, received));
    GPH_TRY(
        gph_comm_exchange(context, sizeof *next, packed.next, packed.elements, &next, received));
    packed_free(&packed);
    packed = (packed_t){0};
    GPH_TRY_ALL(context, gph_alloc(context->env, count, sizeof **work, work));
    GPH_TRY_ALL(context, place_rows(context, begin, count, head, next, dag, *work));
    GPH_TRY_ALL(context, gph_team_ranges(context, count, 64, sort_range, dag));

cleanup:
    packed_free(&packed);
    gph_free(degree);
    gph_free(received);
    gph_free(head);
    gph_free(next);
    return status;
}

/* Sums and maxima over ranks: edges, largest out-degree, and the work of all rows, which is turned
 * into units large enough that the sum stays below MOST_WORK. */
static gph_status_t totals(gph_dag_t *dag, int64_t *work, int64_t *total_work)
{
    gph_status_t status = GPH_OK;
    /* Work is summed in two halves, as the whole may need more than 63 bits. */
    int64_t sums[3] = {dag->offset[dag->count], 0, 0};
    int64_t max_out = 0;

    for (int64_t i = 0; i < dag->count; ++i) {
        const int64_t degree = dag->offset[i + 1] - dag->offset[i];
        sums[1] += work[i] >> 20;
        sums[2] += work[i] & 0xfffff;
        max_out = degree > max_out ? degree : max_out;
    }
    GPH_TRY(gph_comm_reduce_i64(dag->context, GPH_SUM, 3, sums));
    GPH_TRY(gph_comm_reduce_i64(dag->context, GPH_MAX, 1, &max_out));
    dag->edges = sums[0];
    dag->max_out = max_out;
    const gph_count_t total = ((gph_count_t)sums[1] << 20) + (gph_count_t)sums[2];
    const int64_t unit = 1 + (int64_t)(total / MOST_WORK);
    for (int64_t i = 0; unit > 1 && i < dag->count; ++i)
        work[i] /= unit;
    *total_work = (int64_t)(total / (uint64_t)unit);

cleanup:
    return status;
}

/* Work of each item. A light root's work stands at its last item, so that its row stays whole; a
 * root as heavy as a tile has it spread over its slots. */
static void spread_work(const gph_dag_t *dag, const int64_t *work, int64_t tile_work,
                        int64_t *item_work)
{
    int64_t item = 0;
    for (int64_t i = 0; i < dag->count; ++i) {
        const int64_t degree = dag->offset[i + 1] - dag->offset[i];
        const bool heavy = work[i] >= tile_work && degree > 1;
        for (int64_t slot = 0; slot <= degree; ++slot)
            item_work[item + slot] = heavy && slot > 0 ? work[i] / degree : 0;
        if (!heavy)
            item_work[item + degree] = work[i];
        item += degree + 1;
    }
}

/* Place of each tile boundary and first row of each rank, from the ranks that hold the rows. */
static gph_status_t find_places(gph_dag_t *dag, int64_t first_item)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = dag->context;
    const int64_t tiles = dag->tiles.count;
    const int64_t end_item = first_item + dag->count + dag->offset[dag->count];
    int64_t row = 0;
    int rank = 1;

    GPH_TRY_ALL(context, gph_calloc(context->env, tiles + 1, sizeof *dag->place, &dag->place));
    GPH_TRY_ALL(context,
                gph_calloc(context->env, context->ranks + 1, sizeof *dag->start, &dag->start));
    for (int64_t t = 0; t < tiles; ++t) {
        const int64_t item = dag->tiles.start[t];
        if (item < first_item || item >= end_item)
            continue;
        while (row + 1 < dag->count && first_item + dag->offset[row + 1] + row + 1 <= item)
            ++row;
        dag->place[t] =
            (gph_dag_place_t){dag->first + row, item - first_item - dag->offset[row] - row};
    }
    /* A row that begins before a rank's first item stays with the rank before. */
    for (row = 0; rank < context->ranks; ++rank) {
        const int64_t item = dag->tiles.rank_start[rank];
        while (row < dag->count && first_item + dag->offset[row] + row < item)
            ++row;
        dag->start[rank] = row;
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 2 * (tiles + 1), &dag->place[0].position));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, context->ranks + 1, dag->start));
    dag->place[tiles] = (gph_dag_place_t){dag->vertices, 0};
    dag->start[context->ranks] = dag->vertices;

cleanup:
    return status;
}

static gph_status_t cut_tiles(gph_dag_t *dag, int64_t *work, int64_t tiles)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = dag->context;
    const int64_t items = dag->count + dag->offset[dag->count];
    int64_t *item_work = NULL;
    int64_t total_work = 0;
    int64_t first_item = 0;

    GPH_TRY(totals(dag, work, &total_work));
    if (tiles == 0) {
        tiles = 1 + total_work / TILE_WORK;
        tiles = tiles > MAX_TILES ? MAX_TILES : tiles;
    }
    GPH_TRY_ALL(context, gph_alloc(context->env, items, sizeof *item_work, &item_work));
    spread_work(dag, work, total_work / tiles + 1, item_work);
    GPH_TRY(gph_comm_scan_i64(context, 1, &items, &first_item, NULL));
    GPH_TRY(gph_tiles_cut(context, first_item, items, item_work, tiles, &dag->tiles));
    GPH_TRY(find_places(dag, first_item));

cleanup:
    gph_free(item_work);
    return status;
}

/* Moves rows from the even blocks to the ranks that own the tiles. */
static gph_status_t move_to_owners(gph_dag_t *dag)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = dag->context;
    gph_off_t *offset = NULL;
    gph_gid_t *next = NULL;
    gph_gid_t *vertex = NULL;
    int64_t *id = NULL;

    if (context->ranks == 1)
        return GPH_OK;
    GPH_TRY(gph_move_items(context, dag->first, dag->count, sizeof *vertex, dag->vertex, dag->start,
                           &vertex));
    gph_free(dag->vertex);
    dag->vertex = vertex;
    GPH_TRY(gph_move_items(context, dag->first, dag->count, sizeof *id, dag->id, dag->start, &id));
    gph_free(dag->id);
    dag->id = id;
    GPH_TRY(gph_move_rows(context, dag->first, dag->count, dag->offset, sizeof *next, dag->next,
                          dag->start, &offset, &next));
    gph_free(dag->offset);
    gph_free(dag->next);
    dag->offset = offset;
    dag->next = next;
    dag->first = dag->start[context->rank];
    dag->count = dag->start[context->rank + 1] - dag->first;

cleanup:
    return status;
}

gph_status_t gph_dag_make(const gph_graph_t *graph, const gph_order_t *order, int k, int64_t tiles,
                          gph_dag_t *dag)
{
    gph_status_t status = GPH_OK;
    gph_dag_t made = {.context = graph->context, .vertices = order->vertices};
    int64_t *work = NULL;

    GPH_TRY(send_rows(graph, order, k, &made, &work));
    GPH_TRY(cut_tiles(&made, work, tiles));
    GPH_TRY(move_to_owners(&made));
    *dag = made;
    made = (gph_dag_t){0};

cleanup:
    gph_free(work);
    gph_dag_free(&made);
    return status;
}
