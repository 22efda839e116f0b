/*
 * Connected components: each rank joins its own rows by union-find, labels of ghosts are exchanged,
 * and joining goes on until no label falls any more. A label is the smallest vertex number known.
 */
#include "dist/halo.h"
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

/* Local sets take the lowest label among their vertices; returns how many vertices changed. */
static int64_t lower_labels(const gph_graph_t *graph, gph_lid_t *parent, gph_gid_t *best,
                            gph_gid_t *label)
{
    const gph_lid_t all = graph->owned + graph->ghosts;
    int64_t changed = 0;
    for (gph_lid_t v = 0; v < all; ++v)
        best[v] = label[v];
    for (gph_lid_t v = 0; v < all; ++v) {
        const gph_lid_t root = find(parent, v);
        best[root] = label[v] < best[root] ? label[v] : best[root];
    }
    for (gph_lid_t v = 0; v < all; ++v) {
        const gph_gid_t low = best[find(parent, v)];
        changed += low < label[v];
        label[v] = low;
    }
    return changed;
}

gph_status_t gph_graph_components(const gph_graph_t *graph, int64_t *components)
{
    gph_status_t status = GPH_OK;
    gph_lid_t *parent = NULL;
    gph_gid_t *label = NULL;
    gph_gid_t *best = NULL;
    int64_t changed = 0;
    int64_t found = 0;

    if (graph == NULL || components == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;
    gph_phase_begin(context, "components");
    GPH_TRY_ALL(context, gph_alloc(context->env, all, sizeof *parent, &parent));
    GPH_TRY_ALL(context, gph_alloc(context->env, all, sizeof *label, &label));
    GPH_TRY_ALL(context, gph_alloc(context->env, all, sizeof *best, &best));
    for (gph_lid_t v = 0; v < all; ++v) {
        parent[v] = v;
        label[v] = gph_graph_gid(graph, v);
    }
    join_rows(graph, parent);
    do {
        changed = lower_labels(graph, parent, best, label);
        /* A ghost may hear of a lower label from its owner, and an owner from its ghosts through
         * the rows that both share, so one direction is enough. */
        GPH_TRY(gph_halo_update(graph, sizeof *label, label));
        GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &changed));
    } while (changed > 0);
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        found += label[v] == graph->first + v;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &found));
    *components = found;

cleanup:
    gph_phase_end(context);
    gph_free(parent);
    gph_free(label);
    gph_free(best);
    return status;
}
