/** Colours of vertices, from a file of labels or of groups. */
#ifndef GPH_IO_COLORS_H
#define GPH_IO_COLORS_H

#include "graph/graph.h"

/**
 * Reads colours. Every rank reads the whole file, as pictures are made of small graphs. Collective.
 *
 * Lines hold words between tabs or, where there are none, between blanks or commas; empty ones and
 * those that begin with # are skipped. A vertex goes by its id, or its name in a graph that has
 * names (several nodes of one name are coloured alike), written as gph writes it.
 * @param groups false: a line is a vertex and its label, further words are left out; labels are
 *               numbered as they first occur. true: a line is a group, such as a clique, and they
 *               are numbered by lines; a vertex of several groups belongs to the first.
 * @param color  [owned] receives the number, or -1
 * @return GPH_ERR_INPUT when the file cannot be read or names no vertex of the graph
 */
gph_status_t gph_colors_read(const gph_graph_t *graph, const char *path, bool groups,
                             int64_t *color);

#endif
