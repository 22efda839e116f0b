/* Shortest paths by weights, as a program: a distance falls until none does any more. Each is the
 * least sum of weights along a path from the source, added up in that order, so it is unique also
 * where additions round (Bellman 1958, on vertices with news only). */
#include "mp/algorithms.h"
#include "mp/vertex.h"
#include "par/comm.h"

#include <math.h>

typedef struct sssp {
    gph_gid_t source;
} sssp_t;

static bool start(void *data, const gph_mp_vertex_t *vertex, void *state)
{
    const sssp_t *sssp = data;
    const bool source = vertex->number == sssp->source;
    *(double *)state = source ? 0 : INFINITY;
    return source;
}

static double nearest(const double *state, const gph_mp_block_t *block, gph_lid_t v)
{
    double best = state[v];
    for (gph_off_t i = block->offset[v]; i < block->offset[v + 1]; ++i) {
        const double by = state[block->adjacent[i]] + (block->weight ? block->weight[i] : 1);
        best = by < best ? by : best;
    }
    return best;
}

static void block(void *data, const gph_mp_block_t *block)
{
    const double *state = block->state;
    double *next = block->next;
    (void)data;
    for (int64_t i = 0; i < block->count; ++i) {
        const gph_lid_t v = gph_mp_block_vertex(block, i);
        next[v] = nearest(state, block, v);
        block->changed[v] = next[v] < state[v];
    }
}

/* Paths through negative edges would get shorter for ever. */
static gph_status_t check_weights(const gph_graph_t *graph)
{
    for (gph_lid_t v = 0; graph->weight != NULL && v < graph->owned; ++v)
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            if (!(graph->weight[i] >= 0))
                return gph_fail(graph->context->env, GPH_ERR_INPUT,
                                "sssp: vertex %lld has an edge of weight %g; weights must not be "
                                "negative",
                                (long long)gph_graph_id(graph, v), graph->weight[i]);
    return GPH_OK;
}

/* Unreached vertices get -1; facts about the others. */
static gph_status_t finish(const gph_graph_t *graph, double *distance, gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    int64_t reached = 0;
    double farthest = 0;

    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        if (isinf(distance[v])) {
            distance[v] = -1;
            continue;
        }
        reached += 1;
        farthest = distance[v] > farthest ? distance[v] : farthest;
    }
    GPH_TRY(gph_comm_reduce_i64(graph->context, GPH_SUM, 1, &reached));
    GPH_TRY(gph_comm_reduce_f64(graph->context, GPH_MAX, 1, &farthest));
    gph_mp_result_fact_i64(result, "reached", reached);
    gph_mp_result_fact_f64(result, "farthest", farthest);

cleanup:
    return status;
}

gph_status_t gph_mp_sssp(const gph_graph_t *graph, const gph_mp_options_t *options,
                         gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    sssp_t sssp = {-1};
    const gph_mp_program_t program = {
        .state_size = sizeof(double), .start = start, .block = block, .data = &sssp};
    double *distance = NULL;

    GPH_TRY_ALL(context, check_weights(graph));
    GPH_TRY(gph_mp_source(graph, options, &sssp.source));
    gph_phase_begin(context, "sssp");
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *distance, &distance));
    gph_mp_result_fact_i64(result, "source", sssp.source);
    GPH_TRY(gph_mp_run_whole(graph, &program, NULL, "sssp", distance, result));
    GPH_TRY(finish(graph, distance, result));
    GPH_TRY(gph_mp_result_take(result, "distance", GPH_MP_F64, &distance));

cleanup:
    gph_free(distance);
    return status;
}
