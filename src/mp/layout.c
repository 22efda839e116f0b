/* Renumbering by falling number of neighbours. */
#include "mp/layout.h"

#include "dist/halo.h"
#include "mp/vertex.h"
#include "par/comm.h"
#include "par/team.h"

/* Classes of degrees: one for each below EXACT, so that loops over short rows run equally often,
 * then one for each length of the degree in bits: more would tear apart neighbours in memory, less
 * would leave the few that matter scattered. GRAIN: vertices of a task,
 * PIECE: entries of one; SOON: how early memory is asked for. */
enum { EXACT = 64, CLASSES = 64 + EXACT, GRAIN = 1 << 16, PIECE = 1 << 14, SOON = 32 };

/** A layout being made. */
typedef struct making {
    const gph_graph_t *graph;
    unsigned char *class;  /* [owned + ghosts] of degrees, rising as they fall */
    unsigned char *needed; /* [owned] 1 where another rank needs the vertex */
    gph_lid_t *place;      /* the arrays of the layout */
    gph_lid_t *vertex;
    gph_lid_t *send;
    gph_off_t *offset;
    gph_lid_t *adjacent;
    double *weight;
} making_t;

void gph_mp_layout_free(gph_mp_layout_t *layout)
{
    for (size_t i = 0; i < sizeof layout->own / sizeof *layout->own; ++i)
        gph_free(layout->own[i]);
    *layout = (gph_mp_layout_t){0};
}

/* --- order ---------------------------------------------------------------------------------- */

static unsigned char class_of(int64_t degree)
{
    if (degree < EXACT)
        return (unsigned char)(CLASSES - 1 - degree);
    return (unsigned char)__builtin_clzll((unsigned long long)degree);
}

static gph_status_t classify_range(void *data, int64_t begin, int64_t end, int thread)
{
    const making_t *making = data;
    (void)thread;
    for (int64_t v = begin; v < end; ++v)
        making->class[v] = class_of(gph_mp_degree(making->graph, (gph_lid_t)v));
    return GPH_OK;
}

/* Rows of owned vertices: those that others need, then the rest; each by class. */
static gph_lid_t order_rows(const making_t *making)
{
    const gph_lid_t owned = making->graph->owned;
    gph_lid_t start[2 * CLASSES + 1] = {0};
    for (gph_lid_t v = 0; v < owned; ++v)
        start[making->class[v] + (making->needed[v] != 0 ? 0 : CLASSES) + 1] += 1;
    for (int c = 0; c < 2 * CLASSES; ++c)
        start[c + 1] += start[c];
    const gph_lid_t boundary = start[CLASSES];
    for (gph_lid_t v = 0; v < owned; ++v) {
        const gph_lid_t row = start[making->class[v] + (making->needed[v] != 0 ? 0 : CLASSES)]++;
        making->place[v] = row;
        making->vertex[row] = v;
    }
    return boundary;
}

/* Places of the ghosts of one rank: by class, behind those of the ranks before. */
static void order_ghosts(const making_t *making, int64_t first, int64_t count)
{
    gph_lid_t start[CLASSES + 1] = {0};
    for (int64_t g = first; g < first + count; ++g)
        start[making->class[g] + 1] += 1;
    for (int c = 0; c < CLASSES; ++c)
        start[c + 1] += start[c];
    for (int64_t g = first; g < first + count; ++g)
        making->place[g] = (gph_lid_t)first + start[making->class[g]]++;
}

/* What one rank is told, in the order that it gives to these ghosts. */
static void order_plan(const making_t *making, int64_t first, int64_t count)
{
    const gph_lid_t *plan = making->graph->halo_send + first;
    gph_lid_t start[CLASSES + 1] = {0};
    for (int64_t i = 0; i < count; ++i)
        start[making->class[plan[i]] + 1] += 1;
    for (int c = 0; c < CLASSES; ++c)
        start[c + 1] += start[c];
    for (int64_t i = 0; i < count; ++i)
        making->send[first + start[making->class[plan[i]]]++] = making->place[plan[i]];
}

static void order_halo(const making_t *making)
{
    const gph_graph_t *graph = making->graph;
    int64_t sent = 0;
    int64_t ghost = graph->owned;
    for (int r = 0; r < graph->context->ranks; ++r) {
        order_plan(making, sent, graph->halo_send_count[r]);
        order_ghosts(making, ghost, graph->halo_recv_count[r]);
        sent += graph->halo_send_count[r];
        ghost += graph->halo_recv_count[r];
    }
}

/* --- rows ----------------------------------------------------------------------------------- */

static gph_status_t measure_range(void *data, int64_t begin, int64_t end, int thread)
{
    const making_t *making = data;
    (void)thread;
    for (int64_t r = begin; r < end; ++r)
        making->offset[r + 1] = gph_mp_degree(making->graph, making->vertex[r]);
    return GPH_OK;
}

/* The row in which entry `at` lies: the last that begins there or before, and is not empty. */
static gph_lid_t row_of(const making_t *making, gph_off_t at)
{
    gph_lid_t low = 0;
    gph_lid_t high = making->graph->owned; /* offset[low] <= at < offset[high] */
    while (high - low > 1) {
        const gph_lid_t middle = low + (high - low) / 2;
        if (making->offset[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Copies what rows have at begin..end-1, row after row. */
static void copy_entries(const making_t *making, gph_off_t begin, gph_off_t end)
{
    const gph_graph_t *graph = making->graph;
    const gph_lid_t owned = graph->owned;
    gph_off_t at = begin;
    for (gph_lid_t row = row_of(making, at); at < end; ++row) {
        const gph_off_t stop = making->offset[row + 1] < end ? making->offset[row + 1] : end;
        const gph_off_t from = graph->offset[making->vertex[row]] + at - making->offset[row];
        if (row + SOON < owned) { /* rows lie anywhere */
            const gph_lid_t later = making->vertex[row + SOON];
            __builtin_prefetch(&graph->offset[later]);
            __builtin_prefetch(&graph->adjacent[graph->offset[making->vertex[row + SOON / 2]]]);
        }
        for (gph_off_t i = 0; i < stop - at; ++i)
            making->adjacent[at + i] = graph->adjacent[from + i];
        for (gph_off_t i = 0; making->weight != NULL && i < stop - at; ++i)
            making->weight[at + i] = graph->weight[from + i];
        at = stop;
    }
}

static gph_status_t copy_task(void *data, int64_t task, int thread)
{
    const making_t *making = data;
    const gph_graph_t *graph = making->graph;
    const gph_off_t arcs = graph->offset[graph->owned];
    const gph_off_t begin = task * PIECE;
    const gph_off_t end = begin + PIECE < arcs ? begin + PIECE : arcs;
    gph_lid_t *adjacent = making->adjacent;
    (void)thread;
    copy_entries(making, begin, end);
    gph_off_t at = begin;
    for (; at + SOON < end; ++at) {
        __builtin_prefetch(&making->place[adjacent[at + SOON]]);
        adjacent[at] = making->place[adjacent[at]];
    }
    for (; at < end; ++at)
        adjacent[at] = making->place[adjacent[at]];
    return GPH_OK;
}

static gph_status_t copy_rows(making_t *making)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = making->graph;
    const gph_off_t arcs = graph->offset[graph->owned];

    making->offset[0] = 0;
    GPH_TRY(gph_team_ranges(graph->context, graph->owned, GRAIN, measure_range, making));
    for (gph_lid_t r = 0; r < graph->owned; ++r)
        making->offset[r + 1] += making->offset[r];
    GPH_TRY(gph_team_run(graph->context, (arcs + PIECE - 1) / PIECE, copy_task, making));

cleanup:
    return status;
}

/* --- all ------------------------------------------------------------------------------------ */

static gph_status_t make_room(making_t *making, int64_t sends)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = making->graph;
    gph_env_t *env = graph->context->env;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;
    const gph_off_t arcs = graph->offset[graph->owned];

    GPH_TRY(gph_alloc(env, all, sizeof *making->class, &making->class));
    GPH_TRY(gph_calloc(env, graph->owned, sizeof *making->needed, &making->needed));
    GPH_TRY(gph_alloc(env, all, sizeof *making->place, &making->place));
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *making->vertex, &making->vertex));
    GPH_TRY(gph_alloc(env, sends, sizeof *making->send, &making->send));
    GPH_TRY(gph_alloc(env, (int64_t)graph->owned + 1, sizeof *making->offset, &making->offset));
    GPH_TRY(gph_alloc(env, arcs, sizeof *making->adjacent, &making->adjacent));
    if (graph->weight != NULL)
        GPH_TRY(gph_alloc(env, arcs, sizeof *making->weight, &making->weight));

cleanup:
    return status;
}

static gph_status_t renumber(const gph_graph_t *graph, gph_mp_layout_t *layout)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    making_t making = {.graph = graph};
    int64_t sends = 0;

    for (int r = 0; r < context->ranks; ++r)
        sends += graph->halo_send_count[r];
    GPH_TRY_ALL(context, make_room(&making, sends));
    GPH_TRY(gph_team_ranges(context, graph->owned, GRAIN, classify_range, &making));
    GPH_TRY(gph_halo_update(graph, sizeof *making.class, making.class));
    for (int64_t i = 0; i < sends; ++i)
        making.needed[graph->halo_send[i]] = 1;
    const gph_lid_t boundary = order_rows(&making);
    order_halo(&making);
    GPH_TRY_ALL(context, copy_rows(&making));
    *layout = (gph_mp_layout_t){
        making.vertex,
        making.place,
        making.offset,
        making.adjacent,
        making.weight,
        making.send,
        boundary,
        {making.vertex, making.place, making.offset, making.adjacent, making.weight, making.send}};
    making = (making_t){.class = making.class, .needed = making.needed};

cleanup:
    gph_free(making.class);
    gph_free(making.needed);
    gph_free(making.place);
    gph_free(making.vertex);
    gph_free(making.send);
    gph_free(making.offset);
    gph_free(making.adjacent);
    gph_free(making.weight);
    return status;
}

gph_status_t gph_mp_layout_init(const gph_graph_t *graph, bool dense, gph_mp_layout_t *layout)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;
    const int64_t arcs = graph->offset[graph->owned];
    const int64_t bytes = 16 * all + arcs * (graph->weight != NULL ? 12 : 4);
    int64_t fits = gph_mem_left(context->env) / 4 > bytes;

    *layout = (gph_mp_layout_t){.offset = graph->offset,
                                .adjacent = graph->adjacent,
                                .weight = graph->weight,
                                .send = graph->halo_send};
    if (!dense)
        return GPH_OK;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &fits));
    if (fits != 0)
        GPH_TRY(renumber(graph, layout));

cleanup:
    return status;
}
