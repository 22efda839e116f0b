/** Readers: a file or a generator specification becomes an edge list, each rank its share. */
#ifndef GPH_IO_READ_H
#define GPH_IO_READ_H

#include "gph/io.h"
#include "graph/edges.h"

/**
 * Reads a graph file, or makes a generated graph (`rmat:…`, `text:…`), as this rank's share of
 * edges. Each rank parses its own byte range of the file; a gzip stream is inflated by every rank
 * and parsed in turns. Collective. HDF5 CSR files give each edge once.
 * @param input  path, or generator specification
 * @param format GPH_FORMAT_AUTO to decide by suffix
 * @param edges  receives this rank's share
 * @return GPH_ERR_INPUT with "FILE:LINE: what is wrong; how to mend it", the first such line of
 *         the file on any number of ranks; GPH_ERR_USAGE for a bad specification; GPH_ERR_MEMORY
 */
gph_status_t gph_read_edges(gph_context_t *context, const char *input, gph_format_t format,
                            gph_edges_t *edges);

#endif
