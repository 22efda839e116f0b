/* Inputs and the oracle: everything by definition, nothing fast. */
#include "naive.h"

#include "base/random.h"
#include "dist/build.h"
#include "par/comm.h"

#include <string.h>

static int64_t draw(uint64_t seed, uint64_t stream, int64_t index, int64_t bound)
{
    return (int64_t)gph_random_below(gph_random_u64(seed, stream, (uint64_t)index),
                                     (uint64_t)bound);
}

static void add(input_t *input, int64_t u, int64_t v)
{
    input->edge[input->count] = (gph_edge_t){u, v};
    input->weight[input->count] = input->weighted ? (double)draw(5, 1, input->count, 100) - 50 : 0;
    input->count += 1;
}

/** Random edges between ids that `id` makes of 0..n-1. */
static void add_random(input_t *input, uint64_t seed, int64_t count, int64_t n,
                       int64_t (*id)(uint64_t seed, int64_t index))
{
    for (int64_t i = 0; i < count; i++)
        add(input, id(seed, draw(seed, 2, i, n)), id(seed, draw(seed, 3, i, n)));
}

static int64_t plain_id(uint64_t seed, int64_t index)
{
    (void)seed;
    return index;
}

static int64_t far_id(uint64_t seed, int64_t index)
{
    return index == 0 ? INT64_MAX : draw(seed, 4, index, INT64_MAX);
}

static int64_t end_id(uint64_t seed, int64_t index)
{
    (void)seed;
    return index % 2 == 0 ? index : INT64_MAX - index;
}

static void add_regular(input_t *input, kind_t kind)
{
    for (int64_t i = 0; kind == PATH && i + 1 < 40; i++)
        add(input, i + 1, i);
    for (int64_t i = 0; kind == STAR && i < 60; i++)
        add(input, INT64_MAX / 60 * i, INT64_MAX - 1);
    for (int64_t i = 0; kind == COMPLETE && i < 17; i++)
        for (int64_t j = 0; j < i; j++)
            add(input, 1 + i, 1 + j);
}

void input_make(kind_t kind, uint64_t seed, input_t *input)
{
    static const int64_t vertices[KINDS] = {
        [NO_EDGES] = 9, [PATH] = 40, [COMPLETE] = 17, [DENSE] = 50, [HUB] = 80, [FRAGMENTS] = 80};
    static const int64_t first_id[KINDS] = {[NO_EDGES] = 1, [COMPLETE] = 1, [DENSE] = 1000};
    memset(input, 0, sizeof *input);
    input->vertices = vertices[kind] > 0 ? vertices[kind] : -1;
    input->first_id = first_id[kind];
    input->weighted = kind == SPARSE || kind == THREE || kind == HUB;
    add_regular(input, kind);
    if (kind == ONE_LOOP)
        add(input, 5, 5);
    if (kind == FAR_PAIR)
        add(input, INT64_MAX, 0);
    if (kind == SPARSE)
        add_random(input, seed, 400, 60, far_id);
    if (kind == DENSE)
        add_random(input, seed, 90, 45, plain_id);
    for (int64_t i = 0; kind == DENSE && i < input->count; i++)
        input->edge[i] = (gph_edge_t){input->edge[i].u + 1003, input->edge[i].v + 1003};
    if (kind == THREE)
        add_random(input, seed, 50, 3, far_id);
    for (int64_t i = 0; kind == THREE && i < input->count; i++)
        input->weight[i] = i % 2 == 0 ? 0.0 : -0.0;
    for (int64_t i = 0; kind == HUB && i < 200; i++)
        add(input, draw(seed, 6, i, 80), i % 2 == 0 ? 41 : draw(seed, 7, i, 80));
    if (kind == FRAGMENTS)
        add_random(input, seed, 45, 80, plain_id);
    if (kind == TWO_ENDS)
        add_random(input, seed, 150, 40, end_id);
}

int input_rank(const input_t *input, spread_t spread, int ranks, int64_t i)
{
    switch (spread) {
    case ON_FIRST:
        return 0;
    case ON_LAST:
        return ranks - 1;
    case BACKWARDS:
        return (int)(ranks - 1 - i * ranks / input->count);
    case RANDOM_RANKS:
        return (int)draw(8, 1, i, ranks);
    default:
        return (int)(i % ranks);
    }
}

gph_status_t input_share(gph_context_t *context, const input_t *input, spread_t spread,
                         gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    int64_t held = 0;

    *edges = gph_edges_init();
    edges->vertices = input->vertices;
    edges->first_id = input->first_id;
    GPH_TRY(gph_alloc(context->env, input->count, sizeof *edges->edge, &edges->edge));
    if (input->weighted)
        GPH_TRY(gph_alloc(context->env, input->count, sizeof *edges->weight, &edges->weight));
    for (int64_t i = 0; i < input->count; i++) {
        if (input_rank(input, spread, context->ranks, i) != context->rank)
            continue;
        edges->edge[held] = input->edge[i];
        if (input->weighted)
            edges->weight[held] = input->weight[i];
        held += 1;
    }
    edges->count = held;

cleanup:
    return status;
}

gph_status_t input_build(gph_context_t *context, const input_t *input, spread_t spread,
                         gph_graph_t **graph)
{
    gph_edges_t edges;
    const gph_status_t status =
        gph_comm_agree(context, input_share(context, input, spread, &edges));
    if (status == GPH_OK)
        return gph_graph_build(context, &edges, graph);
    gph_edges_free(&edges);
    return status;
}

static int find(const naive_t *naive, int64_t id)
{
    for (int v = 0; v < naive->n; v++)
        if (naive->id[v] == id)
            return v;
    return -1;
}

/** Adds an id where it belongs, unless it is there. */
static void add_id(naive_t *naive, int64_t id)
{
    int at = naive->n;
    if (find(naive, id) >= 0)
        return;
    for (; at > 0 && naive->id[at - 1] > id; at--)
        naive->id[at] = naive->id[at - 1];
    naive->id[at] = id;
    naive->n += 1;
}

void naive_make(const input_t *input, naive_t *naive)
{
    memset(naive, 0, sizeof *naive);
    for (int64_t i = 0; i < input->vertices; i++)
        add_id(naive, input->first_id + i);
    for (int64_t i = 0; i < input->count; i++) {
        add_id(naive, input->edge[i].u);
        add_id(naive, input->edge[i].v);
    }
    for (int64_t i = 0; i < input->count; i++) {
        const int u = find(naive, input->edge[i].u);
        const int v = find(naive, input->edge[i].v);
        if (u == v) {
            naive->loops += 1;
            continue;
        }
        if (naive->joined[u][v])
            naive->repeats += 1;
        else
            naive->edges += 1;
        if (!naive->joined[u][v] || input->weight[i] < naive->weight[u][v])
            naive->weight[u][v] = naive->weight[v][u] = input->weight[i];
        naive->joined[u][v] = naive->joined[v][u] = true;
    }
}

int naive_degree(const naive_t *naive, int v)
{
    int degree = 0;
    for (int u = 0; u < naive->n; u++)
        degree += naive->joined[v][u];
    return degree;
}
