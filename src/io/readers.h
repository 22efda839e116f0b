/** The readers behind gph_read_edges(), one a format. All Collective; `edges` comes empty and is
 * the caller's to free, also on failure. */
#ifndef GPH_IO_READERS_H
#define GPH_IO_READERS_H

#include "graph/edges.h"
#include "graph/spec.h"

/** Edge list. @param gzip the name says that it is compressed */
gph_status_t gph_read_edge_list(gph_context_t *context, const char *path, bool gzip,
                                gph_edges_t *edges);

/** Matrix Market, coordinate format; see docs/file-formats.md. */
gph_status_t gph_read_matrix_market(gph_context_t *context, const char *path, bool gzip,
                                    gph_edges_t *edges);

/** METIS. */
gph_status_t gph_read_metis(gph_context_t *context, const char *path, bool gzip,
                            gph_edges_t *edges);

/** HDF5 CSR file. */
gph_status_t gph_read_hdf5(gph_context_t *context, const char *path, gph_edges_t *edges);

/** True when the specification names a generator that reads a text. Local. */
bool gph_text_input_knows(const gph_spec_t *spec);

/** Graph of a text file: of its distinct units `text:path=…,unit=grapheme|word,window=2`, of its
 * places `textgraph:path=…,unit=grapheme|word,window=1`, or of its expressions `math:path=…`. */
gph_status_t gph_read_text(gph_context_t *context, gph_spec_t *spec, gph_edges_t *edges);

/**
 * Refuses a number of vertices that no machine of this job could hold, as only a broken or hostile
 * file promises it. Local.
 * @param host_ranks ranks that share this machine
 * @param where "PATH:LINE" or such, for the message
 */
gph_status_t gph_check_promise(gph_context_t *context, int64_t host_ranks, const char *where,
                               int64_t vertices);

#endif
