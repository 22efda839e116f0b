/** Names of vertices: gathering and printing. */
#ifndef GPH_GRAPH_NAMES_H
#define GPH_GRAPH_NAMES_H

#include "graph/edges.h"

/** Joins the names that ranks hold, in rank order, on every rank. Collective. Memory: all names. */
gph_status_t gph_names_gather(gph_context_t *context, const gph_names_t *mine, gph_names_t *all);

/** Appends name i to text (an array of bytes), tab, newline and backslash as \t, \n, \\. Local. */
gph_status_t gph_names_escape(const gph_names_t *names, int64_t i, gph_array_t *text);

#endif
