/*
 * Rows from edges in two passes over the edge list, degrees first, so that neighbours are placed
 * where they belong and no third copy of the edges exists. With several ranks the edges travel in
 * batches of bounded size.
 */
#include "dist/rows.h"

#include "base/checked.h"
#include "base/sort.h"
#include "par/comm.h"
#include "par/team.h"
#include "par/tiles.h"

/* Edges that one rank sends in a batch. */
enum { BATCH_EDGES = 1 << 17 };

/* Bits that a directed edge adds below the number of a neighbour while rows are made. */
enum { DIRECTION_BITS = 2, DIRECTION_MASK = GPH_ARC_OUT | GPH_ARC_IN };

/* One end of an edge on its way to the rank that holds vertex `from`. */
typedef struct arc {
    gph_gid_t from;
    gph_gid_t to; /* as neighbour_key() */
    double weight;
} arc_t;

/* What is done with arcs that arrive: the two passes differ in this only. */
typedef struct placer {
    gph_rows_t *rows;
    gph_off_t *cursor; /* [count] next free place of each row; NULL while degrees are counted */
    bool weighted;
} placer_t;

void gph_rows_free(gph_rows_t *rows)
{
    gph_free(rows->offset);
    gph_free(rows->neighbour);
    gph_free(rows->weight);
    gph_free(rows->direction);
    *rows = (gph_rows_t){0};
}

/* What stands for a neighbour while rows are made: its number, and directions below it. */
static gph_gid_t neighbour_key(const gph_edges_t *edges, gph_gid_t neighbour, int direction)
{
    return edges->directed ? (neighbour << DIRECTION_BITS) | direction : neighbour;
}

static void place(const placer_t *placer, gph_gid_t from, gph_gid_t to, double weight)
{
    const int64_t row = from - placer->rows->begin;
    if (placer->cursor == NULL) {
        placer->rows->offset[row + 1] += 1;
        return;
    }
    const gph_off_t at = placer->cursor[row]++;
    placer->rows->neighbour[at] = to;
    /* -0 becomes 0: of equal weights it must not matter which one stays. */
    if (placer->weighted)
        placer->rows->weight[at] = weight + 0.0;
}

/* One rank: no exchange. */
static void pass_local(const gph_edges_t *edges, const placer_t *placer)
{
    for (int64_t i = 0; i < edges->count; ++i) {
        const gph_edge_t edge = edges->edge[i];
        const double weight = edges->weight ? edges->weight[i] : 0;
        if (edge.u == edge.v)
            continue;
        place(placer, edge.u, neighbour_key(edges, edge.v, GPH_ARC_OUT), weight);
        place(placer, edge.v, neighbour_key(edges, edge.u, GPH_ARC_IN), weight);
    }
}

/* Packs both directions of edges [first, last) by receiver: count, then fill. */
static gph_status_t pack_arcs(gph_context_t *context, gph_gid_t vertices, const gph_edges_t *edges,
                              int64_t first, int64_t last, int64_t *send_count, arc_t **arcs)
{
    gph_status_t status = GPH_OK;
    const int ranks = context->ranks;
    int64_t *cursor = NULL;
    arc_t *made = NULL;

    GPH_TRY(gph_calloc(context->env, ranks, sizeof *cursor, &cursor));
    GPH_TRY(gph_alloc(context->env, 2 * (last - first), sizeof *made, &made));
    for (int r = 0; r < ranks; ++r)
        send_count[r] = 0;
    for (int64_t i = first; i < last; ++i) {
        const gph_edge_t edge = edges->edge[i];
        if (edge.u == edge.v)
            continue;
        send_count[gph_block_owner(vertices, ranks, edge.u)] += 1;
        send_count[gph_block_owner(vertices, ranks, edge.v)] += 1;
    }
    for (int r = 1; r < ranks; ++r)
        cursor[r] = cursor[r - 1] + send_count[r - 1];
    for (int64_t i = first; i < last; ++i) {
        const gph_edge_t edge = edges->edge[i];
        const double weight = edges->weight ? edges->weight[i] : 0;
        if (edge.u == edge.v)
            continue;
        made[cursor[gph_block_owner(vertices, ranks, edge.u)]++] =
            (arc_t){edge.u, neighbour_key(edges, edge.v, GPH_ARC_OUT), weight};
        made[cursor[gph_block_owner(vertices, ranks, edge.v)]++] =
            (arc_t){edge.v, neighbour_key(edges, edge.u, GPH_ARC_IN), weight};
    }
    *arcs = made;
    made = NULL;

cleanup:
    gph_free(cursor);
    gph_free(made);
    return status;
}

/* Several ranks: all edges travel once, batch by batch; arrivals are handed to the placer. */
static gph_status_t pass_exchange(gph_context_t *context, gph_gid_t vertices,
                                  const gph_edges_t *edges, const placer_t *placer)
{
    gph_status_t status = GPH_OK;
    int64_t batches = (edges->count + BATCH_EDGES - 1) / BATCH_EDGES;
    int64_t *count = NULL; /* [2 × ranks] sent, received */
    arc_t *sent = NULL;
    arc_t *received = NULL;

    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &batches));
    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    for (int64_t b = 0; b < batches; ++b) {
        int64_t arrived = 0;
        int64_t first = b * BATCH_EDGES;
        int64_t last = first + BATCH_EDGES;
        first = first > edges->count ? edges->count : first;
        last = last > edges->count ? edges->count : last;
        GPH_TRY_ALL(context, pack_arcs(context, vertices, edges, first, last, count, &sent));
        GPH_TRY(gph_comm_exchange(context, sizeof *sent, sent, count, &received,
                                  count + context->ranks));
        for (int r = 0; r < context->ranks; ++r)
            arrived += count[context->ranks + r];
        for (int64_t i = 0; i < arrived; ++i)
            place(placer, received[i].from, received[i].to, received[i].weight);
        gph_free(sent);
        gph_free(received);
        sent = NULL;
        received = NULL;
    }

cleanup:
    gph_free(count);
    gph_free(sent);
    gph_free(received);
    return status;
}

static gph_status_t pass(gph_context_t *context, gph_gid_t vertices, const gph_edges_t *edges,
                         const placer_t *placer)
{
    if (context->ranks > 1)
        return pass_exchange(context, vertices, edges, placer);
    pass_local(edges, placer);
    return GPH_OK;
}

/* Sorts the rows of one task and drops repeats inside them; degree[row] becomes what is left. */
typedef struct sort_job {
    gph_rows_t *rows;
    bool directed;
    int64_t *degree; /* [count] */
    int64_t *merged; /* [count] entries that became one although they are no repeats */
} sort_job_t;

enum { ROWS_PER_TASK = 512 };

/* Drops repeats in a sorted row [begin, end) of plain neighbours; returns what is kept. */
static int64_t drop_repeats(gph_rows_t *rows, gph_off_t begin, gph_off_t end)
{
    gph_gid_t *key = rows->neighbour;
    gph_off_t kept = begin;
    for (gph_off_t i = begin; i < end; ++i) {
        if (i > begin && key[i] == key[i - 1])
            continue;
        if (rows->weight)
            rows->weight[kept] = rows->weight[i];
        key[kept++] = key[i];
    }
    return kept - begin;
}

/* The same for a row of keys with directions; *merged receives the opposite directions joined. */
static int64_t merge_directions(gph_rows_t *rows, gph_off_t begin, gph_off_t end, int64_t *merged)
{
    gph_gid_t *key = rows->neighbour;
    double *weight = rows->weight;
    gph_off_t kept = begin;
    *merged = 0;
    for (gph_off_t i = begin; i < end; ++i) {
        if (kept == begin || key[i] >> DIRECTION_BITS != key[kept - 1] >> DIRECTION_BITS) {
            if (weight)
                weight[kept] = weight[i];
            key[kept++] = key[i];
            continue;
        }
        /* Keys ascend: a direction that was not there yet comes once. */
        *merged += (key[kept - 1] & key[i] & DIRECTION_MASK) == 0;
        key[kept - 1] |= key[i] & DIRECTION_MASK;
        if (weight && weight[i] < weight[kept - 1])
            weight[kept - 1] = weight[i];
    }
    return kept - begin;
}

static gph_status_t sort_rows(void *data, int64_t task, int thread)
{
    const sort_job_t *job = data;
    gph_rows_t *rows = job->rows;
    const int64_t first = task * ROWS_PER_TASK;
    const int64_t last = first + ROWS_PER_TASK < rows->count ? first + ROWS_PER_TASK : rows->count;
    (void)thread;
    for (int64_t row = first; row < last; ++row) {
        const gph_off_t begin = rows->offset[row];
        const gph_off_t end = rows->offset[row + 1];
        gph_sort_row(end - begin, rows->neighbour + begin,
                     rows->weight ? rows->weight + begin : NULL);
        job->degree[row] = job->directed ? merge_directions(rows, begin, end, &job->merged[row])
                                         : drop_repeats(rows, begin, end);
    }
    return GPH_OK;
}

/* Closes the gaps that dropped repeats left. */
static void close_gaps(gph_rows_t *rows, const int64_t *degree)
{
    gph_off_t kept = 0;
    for (int64_t row = 0; row < rows->count; ++row) {
        const gph_off_t begin = rows->offset[row];
        rows->offset[row] = kept;
        for (gph_off_t i = 0; i < degree[row]; ++i) {
            rows->neighbour[kept + i] = rows->neighbour[begin + i];
            if (rows->weight)
                rows->weight[kept + i] = rows->weight[begin + i];
        }
        kept += degree[row];
    }
    rows->offset[rows->count] = kept;
}

/* Local. Keys become neighbours and directions. */
static gph_status_t split_keys(gph_context_t *context, gph_rows_t *rows)
{
    gph_status_t status = GPH_OK;
    const gph_off_t arcs = rows->offset[rows->count];

    GPH_TRY(gph_alloc(context->env, arcs, sizeof *rows->direction, &rows->direction));
    for (gph_off_t i = 0; i < arcs; ++i) {
        rows->direction[i] = (uint8_t)(rows->neighbour[i] & DIRECTION_MASK);
        rows->neighbour[i] >>= DIRECTION_BITS;
    }

cleanup:
    return status;
}

/* Local. Sorts all rows and drops repeats; *dropped receives the arcs that went. */
static gph_status_t tidy_rows(gph_context_t *context, bool directed, gph_rows_t *rows,
                              int64_t *dropped)
{
    gph_status_t status = GPH_OK;
    sort_job_t job = {.rows = rows, .directed = directed};
    const gph_off_t arcs = rows->offset[rows->count];
    int64_t merged = 0;

    GPH_TRY(gph_alloc(context->env, rows->count, sizeof *job.degree, &job.degree));
    if (directed)
        GPH_TRY(gph_alloc(context->env, rows->count, sizeof *job.merged, &job.merged));
    GPH_TRY(
        gph_team_run(context, (rows->count + ROWS_PER_TASK - 1) / ROWS_PER_TASK, sort_rows, &job));
    close_gaps(rows, job.degree);
    for (int64_t row = 0; directed && row < rows->count; ++row)
        merged += job.merged[row];
    if (directed)
        GPH_TRY(split_keys(context, rows));
    *dropped = arcs - rows->offset[rows->count] - merged;

cleanup:
    gph_free(job.degree);
    gph_free(job.merged);
    return status;
}

/* Local. Degrees, counted into offset[row + 1], become offsets; arrays and cursors are made. */
static gph_status_t make_room(gph_context_t *context, gph_rows_t *rows, bool weighted,
                              gph_off_t **cursor)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;

    for (int64_t row = 0; row < rows->count; ++row)
        rows->offset[row + 1] += rows->offset[row];
    GPH_TRY(gph_alloc(env, rows->count, sizeof **cursor, cursor));
    for (int64_t row = 0; row < rows->count; ++row)
        (*cursor)[row] = rows->offset[row];
    GPH_TRY(gph_alloc(env, rows->offset[rows->count], sizeof *rows->neighbour, &rows->neighbour));
    if (weighted)
        GPH_TRY(gph_alloc(env, rows->offset[rows->count], sizeof *rows->weight, &rows->weight));

cleanup:
    return status;
}

gph_status_t gph_rows_from_edges(gph_context_t *context, gph_gid_t vertices,
                                 const gph_edges_t *edges, gph_rows_t *rows, int64_t *loops,
                                 int64_t *repeats)
{
    gph_status_t status = GPH_OK;
    const bool weighted = edges->weight != NULL;
    gph_rows_t made = {0};
    placer_t placer = {&made, NULL, weighted};
    gph_off_t *cursor = NULL;
    int64_t dropped[2] = {0, 0}; /* loops; arcs of repeats */

    made.begin = gph_block_start(vertices, context->ranks, context->rank);
    made.count = gph_block_start(vertices, context->ranks, context->rank + 1) - made.begin;
    GPH_TRY_ALL(context,
                gph_calloc(context->env, made.count + 1, sizeof *made.offset, &made.offset));
    for (int64_t i = 0; i < edges->count; ++i)
        dropped[0] += edges->edge[i].u == edges->edge[i].v;
    GPH_TRY(pass(context, vertices, edges, &placer));
    GPH_TRY_ALL(context, make_room(context, &made, weighted, &cursor));
    placer.cursor = cursor;
    GPH_TRY(pass(context, vertices, edges, &placer));
    GPH_TRY_ALL(context, tidy_rows(context, edges->directed, &made, &dropped[1]));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 2, dropped));
    *rows = made;
    made = (gph_rows_t){0};
    *loops = dropped[0];
    *repeats = dropped[1] / 2;

cleanup:
    gph_free(cursor);
    gph_rows_free(&made);
    return status;
}
