/* A forward pass: two inputs, two hidden nodes, one output, which is their exclusive or. */
#include <gph/gph.h>

#include <stdio.h>
#include <string.h>

enum { NODES = 5, EDGES = 6, BATCH = 4 };

int main(void)
{
    /* Nodes 0 and 1 are inputs, 2 and 3 hidden, 4 the output. */
    static const int64_t from[EDGES] = {0, 1, 0, 1, 2, 3};
    static const int64_t to[EDGES] = {2, 2, 3, 3, 4, 4};
    static const double weight[EDGES] = {1, 1, 1, 1, 1, -2};
    static const float bias[NODES] = {0, 0, 0, -1, 0};
    static const float input[2][BATCH] = {{0, 0, 1, 1}, {0, 1, 0, 1}};
    float value[NODES][BATCH] = {{0}};
    float own_bias[NODES] = {0};
    gph_forward_options_t options = gph_forward_options_default();
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;

    if (gph_context_create(MPI_COMM_WORLD, NULL, &context) != GPH_OK)
        return 1;
    const int64_t mine = gph_context_rank(context) == 0 ? EDGES : 0; /* rank 0 knows the edges */
    gph_status_t status = gph_graph_from_arcs(context, mine, from, to, weight, NODES, &graph);
    for (gph_lid_t v = 0; status == GPH_OK && v < gph_graph_owned(graph); ++v) {
        const gph_gid_t number = gph_graph_node(graph, v).number;
        own_bias[v] = bias[number];
        if (number < 2)
            memcpy(value[v], input[number], sizeof value[v]);
    }
    options.batch = BATCH;
    options.activation = GPH_ACTIVATION_RELU;
    options.bias = own_bias;
    if (status == GPH_OK)
        status = gph_forward_pass(graph, &options, value[0], value[0]);
    for (gph_lid_t v = 0; status == GPH_OK && v < gph_graph_owned(graph); ++v)
        if (gph_graph_node(graph, v).number == NODES - 1)
            printf("%g %g %g %g\n", value[v][0], value[v][1], value[v][2], value[v][3]);
    if (status != GPH_OK && gph_context_rank(context) == 0)
        fprintf(stderr, "%s\n", gph_context_error(context));
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
    return status == GPH_OK ? 0 : 1;
}
