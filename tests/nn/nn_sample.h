/** Small graphs and random numbers for the tests of this folder. */
#ifndef GPH_NN_SAMPLE_H
#define GPH_NN_SAMPLE_H

#include "nn/domain.h"
#include "nn/sparse.h"

#include <math.h>

/** A graph, a domain of it, and rows of numbers, the same on any number of ranks. */
typedef struct sample {
    gph_graph_t *graph;
    gph_domain_t domain;
} sample_t;

/** Number `index` of a stream, uniform in [-1, 1). Local. */
double sample_number(uint64_t stream, uint64_t index);

/** A random graph of n vertices and about m edges, in so many tiles. Collective. True when made. */
bool sample_make(gph_context_t *context, int64_t n, int64_t m, int64_t tiles, sample_t *sample);

/** Frees it. Collective. */
void sample_free(sample_t *sample);

/** Rows of a domain: element j of row i is number i × columns + j of the stream. Local. */
bool sample_rows(const sample_t *sample, uint64_t stream, int64_t columns, bool ghosts,
                 gph_tensor_t *tensor);

/** Sparse features: about a third of the numbers of sample_rows(). Collective. */
bool sample_sparse(const sample_t *sample, uint64_t stream, int64_t columns, gph_sparse_t *sparse);

#endif
