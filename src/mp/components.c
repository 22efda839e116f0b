/*
 * Connected components: each rank hooks trees over its vertices and ghosts (Shiloach & Vishkin
 * 1982), first along two edges of each vertex, which is nearly enough for most graphs; then only
 * vertices outside the largest tree go on (Sutton, Ben-Nun & Barak, IPDPS 2018). Ranks join their
 * trees by exchanging labels of shared vertices until none falls; that a vertex is in the largest
 * tree is presumed and need not be told. A label is the smallest vertex number that is known of a
 * tree.
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
 * takes at once; how many vertices before it memory is asked for. */
enum { FIRST_EDGES = 2, SAMPLES = 1024, GRAIN = 2048, SOON = 16 };

typedef struct components {
    const gph_graph_t *graph;
    gph_lid_t *tree;        /* [owned + ghosts] a smaller vertex of the same tree, or itself */
    bool alone;             /* one rank: of each tree the root has the smallest number */
    bool sorted;            /* numbers of owned vertices rise with local indices */
    int64_t *low;           /* [owned + ghosts] label of each root; NULL when alone */
    int64_t *label;         /* [owned + ghosts] as told between ranks */
    unsigned char *changed; /* [owned + ghosts]; NULL when alone */
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

/* Label of a root. */
static int64_t low_of(const components_t *c, gph_lid_t root)
{
    return c->low ? c->low[root] : gph_mp_number(c->graph, root);
}

static gph_status_t begin_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, everything(c)); ++v)
        c->tree[v] = (gph_lid_t)v;
    for (int64_t v = task * GRAIN; !c->alone && v < task_end(task, everything(c)); ++v)
        c->low[v] = gph_mp_number(c->graph, (gph_lid_t)v);
    return GPH_OK;
}

static gph_status_t sample_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const gph_graph_t *graph = c->graph;
    const gph_off_t arcs = graph->offset[graph->owned];
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, graph->owned); ++v) {
        const gph_off_t begin = graph->offset[v];
        const gph_off_t end = graph->offset[v + 1];
        if (v + SOON < graph->owned && graph->offset[v + SOON] < arcs) {
            __builtin_prefetch(&graph->adjacent[graph->offset[v + SOON]]);
            __builtin_prefetch(&c->tree[graph->adjacent[graph->offset[v + SOON / 2]]]);
        }
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
        if (low_of(c, load(&c->tree[v])) == c->largest)
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

/* Roots take the lowest label among their vertices: ghosts, and others where order tells nothing.
 */
static gph_status_t lowest_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const int64_t first = c->sorted ? c->graph->owned : 0;
    (void)thread;
    for (int64_t v = first + task * GRAIN; v < first + task_end(task, everything(c) - first); ++v)
        if (c->tree[v] != v)
            lower(&c->low[c->tree[v]], __atomic_load_n(&c->low[v], __ATOMIC_RELAXED));
    return GPH_OK;
}

/* Roots take the labels that other ranks told of ghosts. */
static gph_status_t hear_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const gph_lid_t owned = c->graph->owned;
    (void)thread;
    for (int64_t g = owned + task * GRAIN; g < owned + task_end(task, c->graph->ghosts); ++g)
        lower(&c->low[c->tree[g]], c->label[g]);
    return GPH_OK;
}

/* Everybody is taken to know of every vertex that it is in the largest tree: what is true of most
 * need not be told. */
static gph_status_t presume_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, everything(c)); ++v)
        c->label[v] = c->largest;
    return GPH_OK;
}

/* Vertices take the labels of their roots. */
static gph_status_t label_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    for (int64_t v = task * GRAIN; v < task_end(task, c->graph->owned); ++v) {
        const int64_t label = low_of(c, c->tree[v]);
        if (!c->alone)
            c->changed[v] = c->label[v] != label;
        c->label[v] = label;
    }
    return GPH_OK;
}

/* Tells other ranks which labels are not those that they know, and hears of theirs. */
static gph_status_t exchange(components_t *c)
{
    gph_status_t status = GPH_OK;
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
    int64_t fell = 1;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY(for_tasks(c, everything(c), presume_task));
    GPH_TRY(for_tasks(c, graph->owned, label_task));
    GPH_TRY(exchange(c));
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

/* --- the largest tree ----------------------------------------------------------------------- */

/* The root that most of some vertices of this rank hang on; -1 without vertices. */
static gph_status_t guess_root(const components_t *c, gph_lid_t *guess)
{
    gph_status_t status = GPH_OK;
    const gph_lid_t owned = c->graph->owned;
    int64_t sample[SAMPLES];
    const int64_t count = owned < SAMPLES ? owned : SAMPLES;
    int64_t longest = 0;
    int64_t run = 0;

    for (int64_t i = 0; i < count; ++i)
        sample[i] = c->tree[gph_random_below(gph_random_u64(1, 0, (uint64_t)i), (uint64_t)owned)];
    GPH_TRY(gph_sort_i64(c->graph->context->env, count, sample));
    *guess = -1;
    for (int64_t i = 0; i < count; ++i) {
        run = i > 0 && sample[i] == sample[i - 1] ? run + 1 : 1;
        if (run > longest) {
            longest = run;
            *guess = (gph_lid_t)sample[i];
        }
    }

cleanup:
    return status;
}

/* For each rank one of its vertices that hangs on a root here, with the label of that. */
static gph_status_t name_root(const components_t *c, gph_lid_t root, int64_t *count,
                              gph_array_t *hints)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->graph;
    int64_t g = graph->owned;

    for (int r = 0; r < graph->context->ranks; ++r) {
        const int64_t first = g;
        g += graph->halo_recv_count[r];
        count[r] = 0;
        for (int64_t i = first; i < g && count[r] == 0; ++i) {
            const hint_t hint = {i - first, c->low[root]};
            if (c->tree[i] != root)
                continue;
            GPH_TRY(gph_array_push(hints, &hint));
            count[r] = 1;
        }
    }

cleanup:
    return status;
}

/* Guesses the largest tree, which changes speed only: ranks tell each other of their own, and take
 * the label that most of them come to. */
static gph_status_t guess_largest(components_t *c)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = c->graph->context;
    gph_array_t hints = gph_array_init(context->env, sizeof(hint_t));
    int64_t *count = NULL;
    gph_lid_t root = -1;

    GPH_TRY_ALL(context, guess_root(c, &root));
    if (c->alone) {
        c->largest = root < 0 ? -1 : low_of(c, root);
        goto cleanup;
    }
    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, root < 0 ? GPH_OK : name_root(c, root, count, &hints));
    GPH_TRY(tell_hints(c, count, &hints));
    c->largest = root < 0 ? INT64_MAX : c->low[root];
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &c->largest));

cleanup:
    gph_array_free(&hints);
    gph_free(count);
    return status;
}

/* --- results -------------------------------------------------------------------------------- */

/* Counts components. A tree without ghosts, and without vertices that others need, is one; others
 * may go on elsewhere, and meet there those of the same label. */
static gph_status_t count_labels(const components_t *c, int64_t *components, int64_t *largest)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->graph;
    gph_context_t *context = graph->context;
    const int64_t all = everything(c);
    gph_lid_t *size = NULL;     /* vertices of this rank by root */
    unsigned char *open = NULL; /* roots of trees that may go on elsewhere */
    gph_pair_t *part = NULL;
    int64_t parts = 0;
    int64_t closed = 0;
    int64_t most = 0;

    GPH_TRY_ALL(context, gph_calloc(context->env, all, sizeof *size, &size));
    GPH_TRY_ALL(context, gph_calloc(context->env, all, sizeof *open, &open));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        size[c->tree[v]] += 1;
    for (int64_t g = graph->owned; g < all; ++g)
        open[c->tree[g]] = 1;
    for (int64_t i = 0; i < c->halo.send_at[context->ranks]; ++i)
        open[c->tree[c->halo.plan[i]]] = 1;
    for (int64_t v = 0; v < all; ++v) {
        parts += size[v] > 0 && open[v] != 0;
        closed += size[v] > 0 && open[v] == 0;
        most = open[v] == 0 && size[v] > most ? size[v] : most;
    }
    GPH_TRY_ALL(context, gph_alloc(context->env, parts, sizeof *part, &part));
    parts = 0;
    for (int64_t v = 0; v < all; ++v)
        if (size[v] > 0 && open[v] != 0)
            part[parts++] = (gph_pair_t){low_of(c, (gph_lid_t)v), size[v]};
    GPH_TRY(gph_mp_count_groups(graph, parts, part, components, largest));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &closed));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &most));
    *components += closed;
    *largest = most > *largest ? most : *largest;

cleanup:
    gph_free(size);
    gph_free(open);
    gph_free(part);
    return status;
}

static gph_status_t make_room(components_t *c)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = c->graph->context->env;

    GPH_TRY(gph_alloc(env, everything(c), sizeof *c->tree, &c->tree));
    GPH_TRY(gph_alloc(env, everything(c), sizeof *c->label, &c->label));
    if (!c->alone) {
        GPH_TRY(gph_alloc(env, everything(c), sizeof *c->low, &c->low));
        GPH_TRY(gph_alloc(env, everything(c), sizeof *c->changed, &c->changed));
    }

cleanup:
    return status;
}

/* Joins trees along first edges, or along all others, and lets roots know their labels. */
static gph_status_t grow(components_t *c, gph_task_fn *edges)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(for_tasks(c, c->graph->owned, edges));
    GPH_TRY(for_tasks(c, everything(c), compress_task));
    if (!c->alone)
        GPH_TRY(for_tasks(c, everything(c) - (c->sorted ? c->graph->owned : 0), lowest_task));

cleanup:
    return status;
}

static gph_status_t find_components(components_t *c)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_mp_go_on(c->graph->context, "components"));
    GPH_TRY(for_tasks(c, everything(c), begin_task));
    GPH_TRY(grow(c, sample_task));
    GPH_TRY(guess_largest(c));
    GPH_TRY(grow(c, finish_task));
    if (c->alone)
        GPH_TRY(for_tasks(c, c->graph->owned, label_task));
    else
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
    c.sorted = graph->origin == NULL;
    c.alone = context->ranks == 1 && c.sorted;
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
