/** Small random graphs in rows, for the tests of this folder. */
#ifndef GPH_NN_GRAPH_SAMPLE_H
#define GPH_NN_GRAPH_SAMPLE_H

#include "nn/graph_data.h"

enum { SAMPLE_CLASSES = 3, SAMPLE_FEATURES = 4 };

/** Graphs of 1 to 9 nodes in a chain with a few more edges; class i % SAMPLE_CLASSES; fold i % 5
 * - 1. Local. True when made; free with graph_sample_free(). */
bool graph_sample_make(gph_context_t *context, int64_t graphs, gph_graph_data_t *data);

void graph_sample_free(gph_graph_data_t *data);

#endif
