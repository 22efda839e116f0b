/* Life of the edge list and of vertex names. */
#include "graph/edges.h"

gph_edges_t gph_edges_init(void)
{
    return (gph_edges_t){.vertices = -1, .names_first = -1};
}

void gph_names_free(gph_names_t *names)
{
    gph_free(names->offset);
    gph_free(names->bytes);
    *names = (gph_names_t){0};
}

void gph_edges_free(gph_edges_t *edges)
{
    gph_free(edges->edge);
    gph_free(edges->weight);
    gph_names_free(&edges->names);
    gph_free(edges->type);
    *edges = gph_edges_init();
}
