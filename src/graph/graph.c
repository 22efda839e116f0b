/* The distributed graph as a handle: its size and content, and its end. */
#include "graph/graph.h"

#include "par/comm.h"

/** Degrees of owned vertices; the values of no vertex at all where this rank owns none. */
typedef struct gph_degrees {
    int64_t max;
    int64_t min;
    int64_t isolated;
} gph_degrees_t;

gph_status_t gph_graph_create(gph_context_t *context, gph_graph_t **graph)
{
    gph_status_t status = GPH_OK;
    gph_graph_t *made = NULL;

    GPH_TRY(gph_calloc(context->env, 1, sizeof *made, &made));
    made->context = context;
    GPH_TRY(gph_lock_create(context->env, &made->lock));
    *graph = made;
    made = NULL;

cleanup:
    gph_free(made);
    return status;
}

void gph_graph_destroy(gph_graph_t **graph)
{
    if (graph == NULL || *graph == NULL)
        return;
    gph_graph_t *old = *graph;
    gph_tiles_free(&old->tiles);
    gph_names_free(&old->names);
    gph_free(old->source);
    gph_free(old->offset);
    gph_free(old->adjacent);
    gph_free(old->weight);
    gph_free(old->direction);
    gph_free(old->type);
    gph_free(old->ghost);
    gph_free(old->origin);
    gph_free(old->id);
    gph_free(old->halo_send_count);
    gph_free(old->halo_recv_count);
    gph_free(old->halo_send);
    gph_lock_destroy(&old->lock);
    gph_free(old);
    *graph = NULL;
}

static gph_degrees_t count_degrees(const gph_graph_t *graph)
{
    const gph_off_t *offset = graph->offset;
    const gph_lid_t owned = graph->owned;
    int64_t max = 0;
    int64_t min = INT64_MAX;
    int64_t isolated = 0;
    /* Every vertex costs the same, so equal ranges keep the threads even. */
#pragma omp parallel for num_threads(graph->context->threads) schedule(static) default(none)                       \
    shared(offset, owned) reduction(max : max) reduction(min : min) reduction(+ : isolated)
    for (gph_lid_t v = 0; v < owned; v++) {
        const int64_t degree = offset[v + 1] - offset[v];
        max = degree > max ? degree : max;
        min = degree < min ? degree : min;
        isolated += degree == 0;
    }
    return (gph_degrees_t){.max = max, .min = min, .isolated = isolated};
}

void gph_graph_ids(const gph_graph_t *graph, int64_t *id)
{
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        id[v] = gph_graph_id(graph, v);
}

gph_status_t gph_graph_info(const gph_graph_t *graph, gph_graph_info_t *info)
{
    gph_status_t status = GPH_OK;
    if (graph == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    GPH_TRY_ALL(context, info ? GPH_OK
                              : gph_fail(context->env, GPH_ERR_USAGE,
                                         "gph_graph_info: no place for the result"));

    gph_degrees_t degrees = count_degrees(graph);
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &degrees.max));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &degrees.min));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &degrees.isolated));
    *info = (gph_graph_info_t){
        .vertices = graph->vertices,
        .edges = graph->edges,
        .dropped_loops = graph->dropped_loops,
        .dropped_repeats = graph->dropped_repeats,
        .max_degree = degrees.max,
        .min_degree = graph->vertices > 0 ? degrees.min : 0,
        .isolated = degrees.isolated,
        .weighted = graph->weight != NULL,
        .named = graph->names.offset != NULL,
        .directed = graph->direction != NULL,
    };
cleanup:
    return status;
}
