/* A program of somebody else: counts the triangles of a complete graph through the public headers.
 */
#include <gph/gph.h>

#include <stdio.h>

static gph_status_t count_triangles(gph_context_t *context, gph_count_t *count)
{
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    const gph_clique_options_t options = gph_clique_options_default();
    gph_status_t status = gph_graph_load(context, "complete:n=10", GPH_FORMAT_AUTO, &graph);
    if (status == GPH_OK)
        status = gph_clique_find(graph, &options, &result);
    if (status == GPH_OK)
        *count = gph_clique_count(result);
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    return status;
}

int main(void)
{
    gph_context_t *context = NULL;
    gph_count_t count = 0;
    char text[GPH_COUNT_CHARS] = "";
    gph_status_t status = gph_context_create(MPI_COMM_WORLD, NULL, &context);
    if (status != GPH_OK)
        return 1;
    status = count_triangles(context, &count);
    if (gph_context_rank(context) == 0)
        printf("%s %s %s\n", gph_version(), gph_status_name(status), gph_count_format(count, text));
    gph_context_destroy(&context);
    return status == GPH_OK && count == 120 ? 0 : 1;
}
