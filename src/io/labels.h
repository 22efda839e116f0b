/** What the vertices of a graph are called in the input: ids or names, also of ghosts. */
#ifndef GPH_IO_LABELS_H
#define GPH_IO_LABELS_H

#include "graph/graph.h"

typedef struct gph_labels {
    const gph_graph_t *graph;
    int64_t *ghost_id;      /**< [ghosts], or NULL when ids are dense */
    gph_names_t ghost_name; /**< [ghosts], or offset NULL when there are no names */
    int64_t *closed;        /**< [owned] of gph_math_closed(), or NULL where nobody asks */
    const int64_t *color;   /**< [owned] colour of each vertex, -1: none; or NULL; not owned */
} gph_labels_t;

/** Fetches the labels of ghosts from their owners. Collective. Cost: one message for each pair of
 * neighbouring ranks (two for names). */
gph_status_t gph_labels_fetch(const gph_graph_t *graph, gph_labels_t *labels);

/** Frees the arrays. Local. */
void gph_labels_free(gph_labels_t *labels);

/** Input id of an owned vertex or ghost. Local. */
static inline int64_t gph_label_id(const gph_labels_t *labels, gph_lid_t local)
{
    const gph_graph_t *graph = labels->graph;
    if (labels->ghost_id == NULL)
        return graph->first_id + gph_graph_number(graph, local);
    return local < graph->owned ? graph->id[local] : labels->ghost_id[local - graph->owned];
}

/** Name of an owned vertex or ghost, of a named graph: *size bytes. Local. */
static inline const char *gph_label_name(const gph_labels_t *labels, gph_lid_t local, int64_t *size)
{
    const bool owned = local < labels->graph->owned;
    const gph_names_t *names = owned ? &labels->graph->names : &labels->ghost_name;
    const int64_t i = owned ? local : local - labels->graph->owned;
    *size = names->offset[i + 1] - names->offset[i];
    return names->bytes + names->offset[i];
}

#endif
