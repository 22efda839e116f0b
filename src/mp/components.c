/*
 * Connected components: each rank hooks trees over its vertices and ghosts (Shiloach & Vishkin
 * 1982), first along two edges of each vertex, which is nearly enough for most graphs; then only
 * vertices outside the largest tree go on (Sutton, Ben-Nun & Barak, IPDPS 2018). Ranks join their
 * trees by exchanging labels of shared vertices until none falls. A label is the smallest vertex
 * number that is known of a tree.
 */
#include "base/random.h"
#include "base/sort.h"
#include "mp/algorithms.h"
#include "mp/groups.h"
#include "mp/halo.h"
#include "mp/vertex.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Edges of each vertex in the first pass; vertices sampled to guess the largest tree; what a thread
 * takes at once. */
enum { FIRST_EDGES = 2, SAMPLES = 1024, GRAIN = 2048 };

typedef struct components {
    const gph_graph_t *graph;
    gph_lid_t *tree;        /* [owned + ghosts] a smaller vertex of the same tree, or itself */
    int64_t *low;           /* [owned + ghosts] label of each root */
    int64_t *label;         /* [owned + ghosts] as told between ranks */
    unsigned char *changed; /* [owned + ghosts] */
    int64_t largest;        /* label of the largest tree, as guessed; -1: none */
    gph_mp_halo_t halo;
} components_t;

/* --- trees ---------------------------------------------------------------------------------- */

static gph_lid_t load(const gph_lid_t *at)
{
    return __atomic_load_n(at, __ATOMIC_RELAXED);
}

/* Joins the trees of two vertices: the larger root hangs on the smaller vertex. */
static void join(gph_lid_t *tree, gph_lid_t u, gph_lid_t v)
{
    gph_lid_t a = load(&tree[u]);
    gph_lid_t b = load(&tree[v]);
    while (a != b) {
        const gph_lid_t high = a > b ? a : b;
        const gph_lid_t low = a > b ? b : a;
        gph_lid_t up = load(&tree[high]);
        if (up == low)
            return;
        if (up == high && __atomic_compare_exchange_n(&tree[high], &up, low, false,
                                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return;
        a = load(&tree[load(&tree[high])]);
        b = load(&tree[low]);
    }
}

/* One pass over ranges of vertices, for all of them one after the other. */
static gph_status_t for_tasks(const components_t *c, int64_t count, gph_task_fn *task)
{
    components_t *data = (components_t *)(uintptr_t)c;
    return gph_team_run(c->graph->context, (count + GRAIN - 1) / GRAIN, task, data);
}

static int64_t task_end(int64_t task, int64_t count)
{
    return (task + 1) * GRAIN < count ? (task + 1) * GRAIN : count;
}

static int64_t everything(const components_t *c)
{
    return (int64_t)c->graph->owned + c->graph->ghosts;
}

static gph_status_t begin_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, everything(c)); ++v) {
        c->tree[v] = (gph_lid_t)v;
        c->low[v] = gph_mp_number(c->graph, (gph_lid_t)v);
        c->label[v] = -1;
    }
    return GPH_OK;
}

static gph_status_t sample_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const gph_graph_t *graph = c->graph;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, graph->owned); ++v) {
        const gph_off_t begin = graph->offset[v];
        const gph_off_t end = graph->offset[v + 1];
        for (gph_off_t i = begin; i < end && i < begin + FIRST_EDGES; ++i)
            join(c->tree, (gph_lid_t)v, graph->adjacent[i]);
    }
    return GPH_OK;
}

/* Hangs each vertex on the root of its tree. */
static gph_status_t compress_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    gph_lid_t *tree = c->tree;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, everything(c)); ++v) {
        gph_lid_t root = load(&tree[v]);
        while (load(&tree[root]) != root)
            root = load(&tree[root]);
        __atomic_store_n(&tree[v], root, __ATOMIC_RELAXED);
    }
    return GPH_OK;
}

/* The other edges of what is not in the largest tree. An edge between two vertices of it joins
 * nothing; any other is seen from an end that lies outside, by the rank that owns that end. */
static gph_status_t finish_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const gph_graph_t *graph = c->graph;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, graph->owned); ++v) {
        if (c->low[load(&c->tree[v])] == c->largest)
            continue;
        for (gph_off_t i = graph->offset[v] + FIRST_EDGES; i < graph->offset[v + 1]; ++i)
            join(c->tree, (gph_lid_t)v, graph->adjacent[i]);
    }
    return GPH_OK;
}

/* --- labels --------------------------------------------------------------------------------- */

static void lower(int64_t *at, int64_t value)
{
    int64_t seen = __atomic_load_n(at, __ATOMIC_RELAXED);
    while (value < seen && !__atomic_compare_exchange_n(at, &seen, value, false, __ATOMIC_RELAXED,
                                                        __ATOMIC_RELAXED))
        continue;
}

/* Roots take the lowest label among their vertices. */
static gph_status_t lowest_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, everything(c)); ++v)
        if (c->tree[v] != v)
            lower(&c->low[c->tree[v]], __atomic_load_n(&c->low[v], __ATOMIC_RELAXED));
    return GPH_OK;
}

/* Roots take lower labels that other ranks told. */
static gph_status_t hear_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const gph_lid_t owned = c->graph->owned;
    (void)thread;
    for (int64_t g = owned + task * GRAIN; g < owned + task_end(task, c->graph->ghosts); ++g)
        if (c->changed[g] != 0)
            lower(&c->low[c->tree[g]], c->label[g]);
    return GPH_OK;
}

/* Vertices take the labels of their roots. */
static gph_status_t label_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, c->graph->owned); ++v) {
        const int64_t label = c->low[c->tree[v]];
        c->changed[v] = c->label[v] != label;
        c->label[v] = label;
    }
    return GPH_OK;
}

/* Tells other ranks which labels fell, and hears of theirs. */
static gph_status_t exchange(components_t *c)
{
    gph_status_t status = GPH_OK;
    if (c->graph->context->ranks == 1)
        return GPH_OK;
    unsigned char *label = (unsigned char *)c->label;
    GPH_TRY(gph_mp_halo_start(&c->halo, label, label, c->changed));
    GPH_TRY(gph_mp_halo_finish(&c->halo, label, label, c->changed));
    GPH_TRY(for_tasks(c, c->graph->ghosts, hear_task));

cleanup:
    return status;
}

/** A lower label that a rank knows of a vertex of another one. */
typedef struct hint {
    int64_t place; /* in what the owner sends to the teller */
    int64_t label;
} hint_t;

/* Lists ghosts that have lower labels here than their owners told: an edge into the largest tree is
 * seen from its other end only. */
static gph_status_t find_hints(const components_t *c, int64_t *count, gph_array_t *hints)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->graph;
    int64_t g = graph->owned;

    for (int r = 0; r < graph->context->ranks; ++r) {
        const int64_t first = g;
        count[r] = 0;
        for (; g < first + graph->halo_recv_count[r]; ++g) {
            const hint_t hint = {g - first, c->low[c->tree[g]]};
            if (hint.label >= c->label[g])
                continue;
            GPH_TRY(gph_array_push(hints, &hint));
            count[r] += 1;
        }
    }

cleanup:
    return status;
}

/* Tells hints to owners, and takes those that others tell. */
static gph_status_t tell_hints(const components_t *c, int64_t *count, const gph_array_t *hints)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->graph;
    const int ranks = graph->context->ranks;
    const gph_lid_t *plan = graph->halo_send;
    hint_t *heard = NULL;

    GPH_TRY(gph_comm_exchange(graph->context, sizeof(hint_t), hints->data, count, &heard,
                              count + ranks));
    const hint_t *hint = heard;
    for (int r = 0; r < ranks; plan += graph->halo_send_count[r], ++r)
        for (int64_t i = 0; i < count[ranks + r]; ++i, ++hint)
            lower(&c->low[c->tree[plan[hint->place]]], hint->label);

cleanup:
    gph_free(heard);
    return status;
}

/* Labels until none falls on any rank. */
static gph_status_t settle(components_t *c)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->graph;
    gph_context_t *context = graph->context;
    gph_array_t hints = gph_array_init(context->env, sizeof(hint_t));
    int64_t *count = NULL;
    int64_t fell = context->ranks > 1;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY(for_tasks(c, graph->owned, label_task));
    while (fell != 0) {
        GPH_TRY(gph_mp_go_on(context, "components"));
        hints.count = 0;
        GPH_TRY_ALL(context, find_hints(c, count, &hints));
        fell = hints.count > 0 || memchr(c->changed, 1, (size_t)graph->owned) != NULL;
        GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &fell));
        if (fell == 0)
            break;
        GPH_TRY(exchange(c));
        GPH_TRY(tell_hints(c, count, &hints));
        GPH_TRY(for_tasks(c, graph->owned, label_task));
    }

cleanup:
    gph_array_free(&hints);
    gph_free(count);
    return status;
}

/* The label that most of some vertices have, over all ranks: a guess, which changes speed only. */
static gph_status_t guess_largest(components_t *c)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = c->graph->context;
    const gph_lid_t owned = c->graph->owned;
    int64_t sample[SAMPLES];
    int64_t *all = NULL;
    int64_t total = 0;
    int64_t longest = 0;
    int64_t run = 0;
    const int64_t count = owned < SAMPLES ? owned : SAMPLES;

    for (int64_t i = 0; i < count; ++i)
        sample[i] =
            c->low[c->tree[gph_random_below(gph_random_u64(1, 0, (uint64_t)i), (uint64_t)owned)]];
    GPH_TRY(gph_comm_concat_all(context, count, sizeof *all, sample, &all, &total));
    GPH_TRY_ALL(context, gph_sort_i64(context->env, total, all));
    c->largest = -1;
    for (int64_t i = 0; i < total; ++i) {
        run = i > 0 && all[i] == all[i - 1] ? run + 1 : 1;
        if (run > longest) {
            longest = run;
            c->largest = all[i];
        }
    }

cleanup:
    gph_free(all);
    return status;
}

/* --- results -------------------------------------------------------------------------------- */

/* Counts components: by roots first, which are vertices of this rank or ghosts, then by labels. */
static gph_status_t count_labels(const components_t *c, int64_t *components, int64_t *largest)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->graph;
    gph_context_t *context = graph->context;
    int64_t *size = NULL;
    gph_pair_t *part = NULL;
    int64_t roots = 0;

    GPH_TRY_ALL(context, gph_calloc(context->env, everything(c), sizeof *size, &size));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        roots += size[c->tree[v]]++ == 0;
    GPH_TRY_ALL(context, gph_alloc(context->env, roots, sizeof *part, &part));
    roots = 0;
    for (int64_t v = 0; v < everything(c); ++v)
        if (size[v] > 0)
            part[roots++] = (gph_pair_t){c->low[v], size[v]};
    GPH_TRY(gph_mp_count_groups(graph, roots, part, components, largest));

cleanup:
    gph_free(size);
    gph_free(part);
    return status;
}

static gph_status_t make_room(components_t *c)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = c->graph->context->env;

    GPH_TRY(gph_alloc(env, everything(c), sizeof *c->tree, &c->tree));
    GPH_TRY(gph_alloc(env, everything(c), sizeof *c->low, &c->low));
    GPH_TRY(gph_alloc(env, everything(c), sizeof *c->label, &c->label));
    GPH_TRY(gph_alloc(env, everything(c), sizeof *c->changed, &c->changed));

cleanup:
    return status;
}

/* Joins trees along first edges, or along all others, and lets roots know their labels. */
static gph_status_t grow(components_t *c, gph_task_fn *edges)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(for_tasks(c, c->graph->owned, edges));
    GPH_TRY(for_tasks(c, everything(c), compress_task));
    GPH_TRY(for_tasks(c, everything(c), lowest_task));

cleanup:
    return status;
}

static gph_status_t find_components(components_t *c)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_mp_go_on(c->graph->context, "components"));
    GPH_TRY(for_tasks(c, everything(c), begin_task));
    GPH_TRY(grow(c, sample_task));
    if (c->graph->context->ranks > 1) {
        /* One round is enough to agree on the label of a large component. */
        GPH_TRY(for_tasks(c, c->graph->owned, label_task));
        GPH_TRY(exchange(c));
    }
    GPH_TRY(guess_largest(c));
    GPH_TRY(grow(c, finish_task));
    GPH_TRY(settle(c));

cleanup:
    return status;
}

gph_status_t gph_mp_components(const gph_graph_t *graph, const gph_mp_options_t *options,
                               gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    components_t c = {.graph = graph, .largest = -1};
    int64_t components = 0;
    int64_t largest = 0;

    (void)options;
    gph_phase_begin(context, "components");
    GPH_TRY_ALL(context, make_room(&c));
    GPH_TRY(gph_mp_halo_init(graph, sizeof *c.label, graph->halo_send, &c.halo));
    GPH_TRY(find_components(&c));
    gph_phase_begin(context, "result");
    GPH_TRY(count_labels(&c, &components, &largest));
    GPH_TRY(gph_mp_result_take(result, "component", GPH_MP_I64, &c.label));
    gph_mp_result_fact_i64(result, "components", components);
    gph_mp_result_fact_i64(result, "largest", largest);

cleanup:
    gph_mp_halo_free(&c.halo);
    gph_free(c.tree);
    gph_free(c.low);
    gph_free(c.label);
    gph_free(c.changed);
    return status;
}
