/*
 * Connected components: each rank joins its own rows by union-find, and hears to which trees its
 * ghosts belong on their own ranks; these pairs of trees are joined in turn. A tree is named after
 * its smallest vertex of this rank.
 */
#include "dist/halo.h"
#include "dist/sets.h"
#include "gph/dist.h"
#include "par/comm.h"

/* Root of v, with path halving. */
static gph_lid_t find(gph_lid_t *parent, gph_lid_t v)
{
    while (parent[v] != v) {
        parent[v] = parent[parent[v]];
        v = parent[v];
    }
    return v;
}

static void join_rows(const gph_graph_t *graph, gph_lid_t *parent)
{
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
            const gph_lid_t a = find(parent, v);
            const gph_lid_t b = find(parent, graph->adjacent[i]);
            if (a != b)
                parent[a < b ? b : a] = a < b ? a : b;
        }
}

/* Pairs each tree of this rank with the trees that its ghosts belong to elsewhere. */
static void pair_trees(const gph_graph_t *graph, gph_lid_t *parent, const gph_gid_t *label,
                       gph_pair_t *pair)
{
    for (int64_t g = 0; g < graph->ghosts; ++g) {
        const gph_lid_t ghost = graph->owned + (gph_lid_t)g;
        pair[g] = (gph_pair_t){gph_graph_gid(graph, find(parent, ghost)), label[ghost]};
    }
}

gph_status_t gph_graph_components(const gph_graph_t *graph, int64_t *components)
{
    gph_status_t status = GPH_OK;
    gph_lid_t *parent = NULL;
    gph_gid_t *label = NULL;
    gph_pair_t *pair = NULL;
    gph_sets_t sets = {0};
    int64_t found = 0;

    if (graph == NULL || components == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;
    gph_phase_begin(context, "components");
    GPH_TRY_ALL(context, gph_alloc(context->env, all, sizeof *parent, &parent));
    GPH_TRY_ALL(context, gph_alloc(context->env, all, sizeof *label, &label));
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->ghosts, sizeof *pair, &pair));
    for (gph_lid_t v = 0; v < all; ++v)
        parent[v] = v;
    join_rows(graph, parent);
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        label[v] = gph_graph_gid(graph, find(parent, v));
        found += label[v] == graph->first + v;
    }
    GPH_TRY(gph_halo_update(graph, sizeof *label, label));
    pair_trees(graph, parent, label, pair);
    GPH_TRY(gph_sets_join(context, graph->vertices, graph->ghosts, pair, &sets));
    for (int64_t i = 0; i < sets.count; ++i) /* joined to a smaller one */
        found -= sets.number[i] >= graph->first && sets.number[i] < graph->first + graph->owned &&
                 sets.least[i] != sets.number[i];
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &found));
    *components = found;

cleanup:
    gph_phase_end(context);
    gph_free(parent);
    gph_free(label);
    gph_free(pair);
    gph_sets_free(&sets);
    return status;
}
