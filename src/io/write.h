/** Writers: the distributed graph to a file in any format, by byte offset, nothing gathered on one
 * rank. */
#ifndef GPH_IO_WRITE_H
#define GPH_IO_WRITE_H

#include "gph/io.h"
#include "graph/graph.h"

/**
 * Writes a graph: to a temporary name beside `path`, synced, then renamed. Collective. The same
 * bytes on any number of ranks (HDF5: the same datasets).
 * Edge list: each edge once as `u v [w]`, input ids (names: tab-separated, with \t \n \\ escaped),
 * ordered by (u, v) in the vertex numbering. A suffix .gz compresses: each rank its part as a gzip
 * member cut at fixed sizes of the text, so that bytes do not depend on ranks.
 * @param format GPH_FORMAT_AUTO to decide by suffix
 */
gph_status_t gph_write_graph(const gph_graph_t *graph, const char *path, gph_format_t format);

/** The same with a colour for each vertex, for Graphviz. Collective.
 * @param color [owned] numbers >= 0, -1: none; or NULL */
gph_status_t gph_write_colored(const gph_graph_t *graph, const char *path, gph_format_t format,
                               const int64_t *color);

#endif
