/** The graph of a text the naive way, and texts cut into pieces for ranks. */
#ifndef GPH_TESTS_GRAPH_TEXT_ORACLE_H
#define GPH_TESTS_GRAPH_TEXT_ORACLE_H

#include "gather.h"
#include "graph/text.h"

/** Which ranks hold the lines of a text. */
typedef enum text_cut {
    CUT_EVEN,  /**< each rank as many lines as the others */
    CUT_FIRST, /**< all on rank 0 */
    CUT_LAST,  /**< all on the last rank */
    CUT_ODD,   /**< on every second rank, from rank 1 on */
    CUTS
} text_cut_t;

/** Makes the graph of a text of which this rank holds its piece. Collective. */
gph_status_t cut_text_edges(gph_context_t *context, const char *text, int64_t size, text_cut_t cut,
                            gph_text_unit_t unit, int window, gph_edges_t *edges);

/**
 * Expects the graph of a text to be that of its units, however it is cut. Collective.
 * @param units the units of the text, in normalisation form C, each followed by a NUL
 * @param count how many there are
 */
void expect_text(const char *text, int64_t size, gph_text_unit_t unit, int window,
                 const char *units, int64_t count);

#endif
