/** Numbering names that are spread over the ranks. */
#ifndef GPH_GRAPH_TEXT_NUMBER_H
#define GPH_GRAPH_TEXT_NUMBER_H

#include "graph/edges.h"

/**
 * Numbers the distinct names of all ranks 0, 1, 2, … by their byte order. Collective.
 * Sample sort (Shi & Schaeffer 1992, regular sampling): the order is total, so the result is the
 * same on any number of ranks.
 * @param mine   distinct names of this rank; other ranks may have the same
 * @param number [mine->count] receives their numbers
 * @param total  receives the number of distinct names
 * @param block  receives the names of this rank's even block of the numbers (gph_names_free)
 * Cost: a sort and two exchanges of the names.
 */
gph_status_t gph_text_number(gph_context_t *context, const gph_names_t *mine, int64_t *number,
                             int64_t *total, gph_names_t *block);

#endif
