/* Parallel iteration: questions to all nodes and edges of a graph, each a small function.
 *     mpirun -n 4 iterate [GRAPH] */
#include <gph/gph.h>

#include <stdio.h>

/* Degrees of a part of the nodes. */
typedef struct degrees {
    int64_t most;
    int64_t sum;
} degrees_t;

static void add_degree(void *data, const gph_graph_node_t *node, void *sum)
{
    degrees_t *degrees = sum;
    (void)data;
    degrees->most = node->degree > degrees->most ? node->degree : degrees->most;
    degrees->sum += node->degree;
}

static void join_degrees(void *data, void *sum, const void *next)
{
    degrees_t *degrees = sum;
    const degrees_t *other = next;
    (void)data;
    degrees->most = other->most > degrees->most ? other->most : degrees->most;
    degrees->sum += other->sum;
}

static bool has_degree(void *data, const gph_graph_node_t *node)
{
    return node->degree == *(const int64_t *)data;
}

static bool is_close(void *data, const gph_graph_edge_t *edge)
{
    (void)data;
    return edge->v - edge->u == 1;
}

int main(int argc, char **argv)
{
    const degrees_t none = {0, 0};
    degrees_t degrees = none;
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    gph_gid_t hub = -1;
    int64_t close = 0;

    if (gph_context_create(MPI_COMM_WORLD, NULL, &context) != GPH_OK)
        return 1;
    const bool root = gph_context_rank(context) == 0;
    gph_status_t status = gph_graph_load(context, argc > 1 ? argv[1] : "rmat:scale=10,seed=1",
                                         GPH_FORMAT_AUTO, &graph);
    if (status == GPH_OK)
        status = gph_graph_fold_nodes(graph, add_degree, join_degrees, NULL, sizeof degrees, &none,
                                      &degrees);
    if (status == GPH_OK)
        status = gph_graph_find_node(graph, has_degree, &degrees.most, &hub);
    if (status == GPH_OK)
        status = gph_graph_count_edges(graph, is_close, NULL, &close);
    if (status == GPH_OK && root)
        printf("%lld edges, %lld of them between numbers that follow each other; node %lld has "
               "most neighbours: %lld\n",
               (long long)degrees.sum / 2, (long long)close, (long long)hub,
               (long long)degrees.most);
    if (status != GPH_OK && root)
        fprintf(stderr, "%s\n", gph_context_error(context));
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
    return status == GPH_OK ? 0 : 1;
}
