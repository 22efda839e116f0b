/** Co-occurrence graphs of text. */
#ifndef GPH_GRAPH_TEXT_H
#define GPH_GRAPH_TEXT_H

#include "graph/edges.h"

typedef enum gph_text_unit { GPH_TEXT_GRAPHEME = 0, GPH_TEXT_WORD = 1 } gph_text_unit_t;

/**
 * Agrees that a text is well-formed UTF-8, or on its first malformed byte. Collective.
 * @return GPH_ERR_INPUT "path:line:column: …"; parameters as gph_text_edges()
 */
gph_status_t gph_text_check_all(gph_context_t *context, const char *path, int64_t offset,
                                int64_t size, const char *bytes);

/**
 * One vertex per distinct unit of a UTF-8 text, numbered by the byte order of the units; an edge
 * between units that occur less than `window` places apart. Collective.
 * @param path   for messages
 * @param offset byte offset of `bytes` in the text, for messages
 * @param size   bytes of this rank; ranks hold consecutive pieces, each beginning at a line start
 * @param bytes  [size]
 * @param unit   extended grapheme cluster (UAX #29), left out when nothing in it shows (white
 * space, controls, format characters); or word: a run of letters, marks and digits that begins with
 * a letter or digit, with apostrophes and hyphens between letters. What is left out takes no place.
 * @param window at least 2: 2 joins neighbours only
 * @param edges  receives this rank's share; vertices >= 0 and names set
 * @return GPH_ERR_INPUT "path:line:column: …" for the first malformed UTF-8 sequence of the text
 *         (columns count characters from 1)
 *
 * Units are compared and named in normalisation form C, so that the same text written with composed
 * or with combining characters is one vertex (more than 30 marks in a row are left as they are).
 * The shares hold each edge once over all ranks, and no loops: a unit is not joined to itself.
 * Cost: O(bytes/P × window) time; memory for the distinct units and pairs of this rank, and for
 * the first window - 1 units of every rank.
 */
gph_status_t gph_text_edges(gph_context_t *context, const char *path, int64_t offset, int64_t size,
                            const char *bytes, gph_text_unit_t unit, int window,
                            gph_edges_t *edges);

#endif
