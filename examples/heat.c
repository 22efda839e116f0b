/* A vertex program: heat flows until no vertex changes by more than 1e-6. Usage: heat [GRAPH] */
#include <gph/gph.h>

#include <stdio.h>
#include <stdlib.h>

static bool start(void *data, const gph_mp_vertex_t *vertex, void *state)
{
    (void)data;
    *(double *)state = (double)vertex->degree;
    return true;
}

/* Half of the heat comes from the vertex itself, and half from the mean of its neighbours. */
static bool flow(void *data, const gph_mp_vertex_t *vertex, const void *neighbour,
                 const double *weight, void *state, double *term)
{
    (void)data, (void)weight, (void)term;
    const double *heat = neighbour;
    const double before = *(double *)state;
    double sum = 0;
    for (int64_t i = 0; i < vertex->degree; i++)
        sum += heat[i];
    const double after = vertex->degree ? before / 2 + sum / (double)vertex->degree / 2 : before;
    if (after - before <= 1e-6 && before - after <= 1e-6)
        return false; /* no news for the neighbours */
    *(double *)state = after;
    return true;
}

int main(int argc, char **argv)
{
    const gph_mp_program_t program = {.state_size = sizeof(double), .start = start, .vertex = flow};
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    gph_mp_result_t *result = NULL;
    gph_mp_outcome_t outcome = {0};
    gph_mp_top_t top = {0};
    int64_t found = 0;
    double *heat = NULL;
    gph_status_t status = gph_context_create(MPI_COMM_WORLD, NULL, &context);
    if (status != GPH_OK)
        return (int)status;
    status = gph_graph_load(context, argc > 1 ? argv[1] : "rmat:scale=10", GPH_FORMAT_AUTO, &graph);
    if (status == GPH_OK)
        heat = calloc((size_t)gph_mp_owned(graph) + 1, sizeof *heat);
    if (status == GPH_OK &&
        (status = gph_mp_run(graph, &program, NULL, heat, &outcome)) == GPH_OK &&
        (status = gph_mp_result_create(graph, &result)) == GPH_OK &&
        (status = gph_mp_result_add(result, "heat", GPH_MP_F64, heat)) == GPH_OK)
        status = gph_mp_result_top(result, 0, 1, &found, &top);
    if (gph_context_rank(context) == 0)
        printf("%lld sweeps, vertex %lld is hottest: %.3f. %s\n", (long long)outcome.sweeps,
               (long long)top.id, top.value.f64, gph_context_error(context));
    gph_mp_result_destroy(&result);
    free(heat);
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
    return (int)status;
}
