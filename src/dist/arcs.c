/* Directed graphs from edges in memory. */
#include "dist/build.h"
#include "gph/dist_forward.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>

static gph_status_t copy_arcs(gph_context_t *context, int64_t count, const int64_t *from,
                              const int64_t *to, const double *weight, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;

    if (count < 0 || (count > 0 && (from == NULL || to == NULL)) || edges->vertices < -1)
        return gph_fail(env, GPH_ERR_USAGE, "edges: a number is negative or an array NULL");
    GPH_TRY(gph_alloc(env, count, sizeof *edges->edge, &edges->edge));
    if (weight != NULL)
        GPH_TRY(gph_alloc(env, count, sizeof *edges->weight, &edges->weight));
    for (int64_t i = 0; i < count; ++i) {
        if (from[i] < 0 || to[i] < 0)
            GPH_TRY(gph_fail(env, GPH_ERR_INPUT,
                             "edge %" PRId64 " (%" PRId64 " -> %" PRId64 ") has a negative id", i,
                             from[i], to[i]));
        if (weight != NULL && !isfinite(weight[i]))
            GPH_TRY(gph_fail(env, GPH_ERR_INPUT,
                             "edge %" PRId64 " (%" PRId64 " -> %" PRId64
                             ") has a weight that is not finite",
                             i, from[i], to[i]));
        edges->edge[i] = (gph_edge_t){from[i], to[i]};
        if (weight != NULL)
            edges->weight[i] = weight[i];
    }
    edges->count = count;

cleanup:
    return status;
}

gph_status_t gph_graph_from_arcs(gph_context_t *context, int64_t count, const int64_t *from,
                                 const int64_t *to, const double *weight, int64_t vertices,
                                 gph_graph_t **graph)
{
    gph_status_t status = GPH_OK;
    gph_edges_t edges = gph_edges_init();
    int64_t weighted[2] = {weight != NULL, weight == NULL}; /* some rank has weights, has none */

    if (context == NULL || graph == NULL)
        return GPH_ERR_USAGE;
    edges.directed = true;
    edges.vertices = vertices;
    GPH_TRY(gph_comm_same(context, "vertices of a graph from edges", vertices));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 2, weighted));
    GPH_TRY_ALL(context,
                weighted[0] + weighted[1] == 1
                    ? copy_arcs(context, count, from, to, weight, &edges)
                    : gph_fail(context->env, GPH_ERR_USAGE, "edges: only some ranks pass weights"));
    gph_phase_begin(context, "build");
    status = gph_graph_build(context, &edges, graph);
    gph_phase_end(context);

cleanup:
    gph_edges_free(&edges);
    return status;
}
