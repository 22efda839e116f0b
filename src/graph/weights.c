/* Changing a graph: new weights, and the turns of readers and writers. */
#include "gph/graph_iterate.h"
#include "graph/graph.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>
#include <math.h>

void gph_graph_read_begin(const gph_graph_t *graph)
{
    gph_lock_read(graph->lock);
}

void gph_graph_read_end(const gph_graph_t *graph)
{
    gph_unlock_read(graph->lock);
}

typedef struct weigh_job {
    const gph_graph_t *graph;
    gph_edge_value *value;
    void *data;
    double *weight; /**< [offset[owned]] */
} weigh_job_t;

/* The edge of a place in a row, seen from its lower end whichever row it is. */
static gph_graph_edge_t edge_of(const gph_graph_t *graph, gph_lid_t local, gph_off_t i)
{
    const gph_gid_t own = gph_graph_number(graph, local);
    const gph_gid_t other = gph_graph_number(graph, graph->adjacent[i]);
    const int direction = graph->direction ? graph->direction[i] : GPH_ARC_OUT | GPH_ARC_IN;
    const bool lower = own < other;
    return (gph_graph_edge_t){
        .u = lower ? own : other,
        .v = lower ? other : own,
        .local = -1,
        .forward = (direction & (lower ? GPH_ARC_OUT : GPH_ARC_IN)) != 0,
        .backward = (direction & (lower ? GPH_ARC_IN : GPH_ARC_OUT)) != 0,
        .weight = graph->weight ? graph->weight[i] : 1,
    };
}

static gph_status_t weigh(void *data, int64_t begin, int64_t end, int thread)
{
    const weigh_job_t *job = data;
    const gph_graph_t *graph = job->graph;

    (void)thread;
    for (int64_t v = begin; v < end; ++v) {
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
            const gph_graph_edge_t edge = edge_of(graph, (gph_lid_t)v, i);
            job->weight[i] = job->value(job->data, &edge) + 0.0; /* -0 becomes 0 */
            if (!isfinite(job->weight[i]))
                return gph_fail(graph->context->env, GPH_ERR_INPUT,
                                "the new weight of edge %" PRId64 " - %" PRId64 " is not finite",
                                edge.u, edge.v);
        }
    }
    return GPH_OK;
}

gph_status_t gph_graph_set_weights(gph_graph_t *graph, gph_edge_value *value, void *data)
{
    gph_status_t status = GPH_OK;
    weigh_job_t job = {.graph = graph, .value = value, .data = data};

    if (graph == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    GPH_TRY_ALL(context, value != NULL ? GPH_OK
                                       : gph_fail(context->env, GPH_ERR_USAGE,
                                                  "gph_graph_set_weights: no function"));
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->offset[graph->owned], sizeof *job.weight,
                                   &job.weight));
    GPH_TRY_ALL(context, gph_team_ranges(context, graph->owned, 1024, weigh, &job));
    gph_lock_write(graph->lock);
    double *old = graph->weight;
    graph->weight = job.weight;
    job.weight = old;
    gph_unlock_write(graph->lock);

cleanup:
    gph_free(job.weight);
    return status;
}
