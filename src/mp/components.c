/*
 * Connected components: each rank hooks trees over its vertices and ghosts (Shiloach & Vishkin
 * 1982), first along two edges of each vertex, which is nearly enough for most graphs; then only
 * vertices outside the largest tree go on (Sutton, Ben-Nun & Barak, IPDPS 2018).
 */
#include "mp/components.h"
#include "base/random.h"
#include "mp/algorithms.h"
#include "mp/groups.h"
#include "par/comm.h"
#include "par/team.h"

/* Edges of each vertex in the first pass; vertices sampled to guess the largest tree; what a thread
 * takes at once; how many vertices before it memory is asked for. */
enum { FIRST_EDGES = 2, SAMPLES = 1024, GRAIN = 2048, SOON = 16 };

/** The trees, and what comes of them. */
typedef struct components {
    gph_trees_t trees;
    bool single;     /* one thread, which need not look out for others */
    int64_t *label;  /* [owned] smallest number of each vertex's component */
    int64_t largest; /* of those in the largest tree */
} components_t;

/* --- trees ---------------------------------------------------------------------------------- */

static gph_lid_t load(const gph_lid_t *at)
{
    return __atomic_load_n(at, __ATOMIC_RELAXED);
}

/* Sets what was `seen`, unless another thread was faster. */
static inline bool set(gph_lid_t *at, gph_lid_t seen, gph_lid_t value, bool single)
{
    if (!single)
        return __atomic_compare_exchange_n(at, &seen, value, false, __ATOMIC_RELAXED,
                                           __ATOMIC_RELAXED);
    *at = value;
    return true;
}

/* Joins the trees of two vertices: the larger root hangs on the smaller vertex. */
static inline void join(gph_lid_t *tree, gph_lid_t u, gph_lid_t v, bool single)
{
    gph_lid_t a = load(&tree[u]);
    gph_lid_t b = load(&tree[v]);
    while (a != b) {
        const gph_lid_t high = a > b ? a : b;
        const gph_lid_t low = a > b ? b : a;
        const gph_lid_t up = load(&tree[high]);
        if (up == low || (up == high && set(&tree[high], up, low, single)))
            return;
        a = load(&tree[load(&tree[high])]);
        b = load(&tree[low]);
    }
}

/* One pass over ranges of vertices. */
static gph_status_t for_tasks(components_t *c, int64_t count, gph_task_fn *task)
{
    return gph_team_run(c->trees.graph->context, (count + GRAIN - 1) / GRAIN, task, c);
}

static int64_t task_end(int64_t task, int64_t count)
{
    return (task + 1) * GRAIN < count ? (task + 1) * GRAIN : count;
}

static int64_t everything(const components_t *c)
{
    return (int64_t)c->trees.graph->owned + c->trees.graph->ghosts;
}

static gph_status_t begin_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    const int64_t end = task_end(task, everything(c));
    for (int64_t v = task * GRAIN; v < end; ++v)
        c->trees.tree[v] = (gph_lid_t)v;
    return GPH_OK;
}

static gph_status_t sample_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const gph_graph_t *graph = c->trees.graph;
    const gph_off_t arcs = graph->offset[graph->owned];
    const bool single = c->single;
    (void)thread;
    const int64_t end = task_end(task, graph->owned);
    for (int64_t v = task * GRAIN; v < end; ++v) {
        const gph_off_t begin = graph->offset[v];
        const gph_off_t row_end = graph->offset[v + 1];
        if (v + SOON < graph->owned && graph->offset[v + SOON] < arcs) {
            __builtin_prefetch(&graph->adjacent[graph->offset[v + SOON]]);
            __builtin_prefetch(&c->trees.tree[graph->adjacent[graph->offset[v + SOON / 2]]]);
        }
        for (gph_off_t i = begin; i < row_end && i < begin + FIRST_EDGES; ++i)
            join(c->trees.tree, (gph_lid_t)v, graph->adjacent[i], single);
    }
    return GPH_OK;
}

/* Hangs each vertex on the root of its tree. */
static gph_status_t compress_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    gph_lid_t *tree = c->trees.tree;
    (void)thread;
    const int64_t end = task_end(task, everything(c));
    for (int64_t v = task * GRAIN; v < end; ++v) {
        const gph_lid_t up = load(&tree[v]);
        gph_lid_t root = up;
        if (v + SOON < end)
            __builtin_prefetch(&tree[load(&tree[v + SOON])]);
        while (load(&tree[root]) != root)
            root = load(&tree[root]);
        if (root != up)
            __atomic_store_n(&tree[v], root, __ATOMIC_RELAXED);
    }
    return GPH_OK;
}

/* The other edges of what is not in the largest tree. An edge between two vertices of it joins
 * nothing; any other is seen from an end that lies outside, by the rank that owns that end. */
static gph_status_t finish_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const gph_graph_t *graph = c->trees.graph;
    const bool single = c->single;
    (void)thread;
    const int64_t end = task_end(task, graph->owned);
    for (int64_t v = task * GRAIN; v < end; ++v) {
        const gph_off_t first = graph->offset[v] + FIRST_EDGES;
        if ((first >= graph->offset[v + 1]) | (load(&c->trees.tree[v]) == c->trees.root))
            continue; /* nearly always, so this is one branch */
        for (gph_off_t i = first; i < graph->offset[v + 1]; ++i)
            join(c->trees.tree, (gph_lid_t)v, graph->adjacent[i], single);
    }
    return GPH_OK;
}

/* Joins trees along first edges, or along all others. */
static gph_status_t grow(components_t *c, gph_task_fn *edges)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(for_tasks(c, c->trees.graph->owned, edges));
    GPH_TRY(for_tasks(c, everything(c), compress_task));

cleanup:
    return status;
}

/* --- names ---------------------------------------------------------------------------------- */

static void lower(int64_t *at, int64_t value)
{
    int64_t seen = __atomic_load_n(at, __ATOMIC_RELAXED);
    while (value < seen && !__atomic_compare_exchange_n(at, &seen, value, false, __ATOMIC_RELAXED,
                                                        __ATOMIC_RELAXED))
        continue;
}

static gph_status_t own_name_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    const int64_t end = task_end(task, c->trees.graph->owned);
    for (int64_t v = task * GRAIN; v < end; ++v)
        c->trees.low[v] = gph_mp_number(c->trees.graph, (gph_lid_t)v);
    return GPH_OK;
}

static gph_status_t lowest_name_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    (void)thread;
    const int64_t end = task_end(task, c->trees.graph->owned);
    for (int64_t v = task * GRAIN; v < end; ++v)
        if (c->trees.tree[v] != v)
            lower(&c->trees.low[c->trees.tree[v]], gph_mp_number(c->trees.graph, (gph_lid_t)v));
    return GPH_OK;
}

/* Names trees where local indices are not in order of numbers. */
static gph_status_t name_trees(components_t *c)
{
    gph_status_t status = GPH_OK;

    if (c->trees.low != NULL) {
        GPH_TRY(for_tasks(c, c->trees.graph->owned, own_name_task));
        GPH_TRY(for_tasks(c, c->trees.graph->owned, lowest_name_task));
    }

cleanup:
    return status;
}

/* Vertices take the smallest numbers of their components. */
static gph_status_t label_task(void *data, int64_t task, int thread)
{
    const components_t *c = data;
    const gph_trees_t *trees = &c->trees;
    (void)thread;
    const int64_t end = task_end(task, trees->graph->owned);
    for (int64_t v = task * GRAIN; v < end; ++v) {
        const gph_lid_t root = trees->tree[v];
        const unsigned char mark = trees->open[root];
        const int64_t name = gph_tree_name(trees, root);
        const int64_t in_largest = -(int64_t)(mark == GPH_TREE_IN_LARGEST);
        c->label[v] = name ^ ((name ^ c->largest) & in_largest); /* unpredictable: no branch */
        if (mark == GPH_TREE_OPEN)
            c->label[v] = gph_sets_least(&trees->sets, name);
    }
    return GPH_OK;
}

/* --- all ------------------------------------------------------------------------------------ */

/* The root that most of some vertices of this rank hang on; -1 without vertices. */
static gph_status_t guess_root(const components_t *c, gph_lid_t *guess)
{
    gph_status_t status = GPH_OK;
    const gph_lid_t owned = c->trees.graph->owned;
    int64_t sample[SAMPLES];
    const int64_t count = owned < SAMPLES ? owned : SAMPLES;
    int64_t longest = 0;
    int64_t run = 0;

    for (int64_t i = 0; i < count; ++i)
        sample[i] =
            c->trees.tree[gph_random_below(gph_random_u64(1, 0, (uint64_t)i), (uint64_t)owned)];
    GPH_TRY(gph_sort_i64(c->trees.graph->context->env, count, sample));
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

static gph_status_t make_room(components_t *c)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = c->trees.graph;
    gph_env_t *env = graph->context->env;

    GPH_TRY(gph_alloc(env, everything(c), sizeof *c->trees.tree, &c->trees.tree));
    GPH_TRY(gph_calloc(env, graph->owned, sizeof *c->trees.open, &c->trees.open));
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *c->label, &c->label));
    if (graph->origin != NULL)
        GPH_TRY(gph_alloc(env, graph->owned, sizeof *c->trees.low, &c->trees.low));

cleanup:
    return status;
}

static gph_status_t find_components(components_t *c)
{
    gph_status_t status = GPH_OK;
    gph_trees_t *trees = &c->trees;
    gph_context_t *context = trees->graph->context;

    GPH_TRY(gph_mp_go_on(context, "components"));
    GPH_TRY(for_tasks(c, everything(c), begin_task));
    GPH_TRY(grow(c, sample_task));
    GPH_TRY_ALL(context, guess_root(c, &trees->root));
    GPH_TRY(gph_trees_agree(trees));
    GPH_TRY(grow(c, finish_task));
    GPH_TRY(name_trees(c));
    if (trees->root >= 0)
        trees->root = trees->tree[trees->root];
    GPH_TRY(gph_trees_join(trees));
    c->largest = gph_sets_least(&trees->sets, trees->largest);
    GPH_TRY(for_tasks(c, trees->graph->owned, label_task));

cleanup:
    return status;
}

/* Counts components. A tree that does not go on elsewhere is one; others meet those of the same
 * label. */
static gph_status_t count_labels(const components_t *c, int64_t *components, int64_t *largest)
{
    gph_status_t status = GPH_OK;
    const gph_trees_t *trees = &c->trees;
    const gph_graph_t *graph = trees->graph;
    gph_context_t *context = graph->context;
    gph_lid_t *size = NULL; /* vertices of this rank by root */
    gph_pair_t *part = NULL;
    int64_t parts = 0;
    int64_t closed = 0;
    int64_t most = 0;

    GPH_TRY_ALL(context, gph_calloc(context->env, graph->owned, sizeof *size, &size));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        size[trees->tree[v]] += 1;
        parts += trees->tree[v] == v && trees->open[v] != 0;
    }
    GPH_TRY_ALL(context, gph_alloc(context->env, parts, sizeof *part, &part));
    parts = 0;
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        if (size[v] > 0 && trees->open[v] != 0)
            part[parts++] = (gph_pair_t){c->label[v], size[v]};
        closed += size[v] > 0 && trees->open[v] == 0;
        most = trees->open[v] == 0 && size[v] > most ? size[v] : most;
    }
    GPH_TRY(gph_mp_count_groups(graph, parts, part, components, largest));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &closed));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &most));
    *components += closed;
    *largest = most > *largest ? most : *largest;

cleanup:
    gph_free(size);
    gph_free(part);
    return status;
}

gph_status_t gph_mp_components(const gph_graph_t *graph, const gph_mp_options_t *options,
                               gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    components_t c = {
        .trees = {.graph = graph,
                  .root = -1,
                  .pair = gph_array_init(context->env, sizeof(gph_pair_t))},
        .single = context->threads == 1,
    };
    int64_t components = 0;
    int64_t largest = 0;

    (void)options;
    gph_phase_begin(context, "components");
    GPH_TRY_ALL(context, make_room(&c));
    GPH_TRY(find_components(&c));
    gph_phase_begin(context, "result");
    GPH_TRY(count_labels(&c, &components, &largest));
    GPH_TRY(gph_mp_result_take(result, "component", GPH_MP_I64, &c.label));
    gph_mp_result_fact_i64(result, "components", components);
    gph_mp_result_fact_i64(result, "largest", largest);

cleanup:
    gph_free(c.trees.tree);
    gph_free(c.trees.low);
    gph_free(c.trees.open);
    gph_array_free(&c.trees.pair);
    gph_sets_free(&c.trees.sets);
    gph_free(c.label);
    return status;
}
