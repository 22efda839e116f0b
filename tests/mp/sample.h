/** Graphs of these tests, distributed and, for references, whole on every rank. */
#ifndef GPH_TEST_MP_SAMPLE_H
#define GPH_TEST_MP_SAMPLE_H

#include "graph/graph.h"

/** A whole graph, by vertex numbers. */
typedef struct sample {
    gph_graph_t *graph; /**< the distributed one */
    int64_t n;
    int64_t *start;     /**< [n + 1] */
    int64_t *neighbour; /**< [start[n]] ascending in each row */
    double *weight;     /**< [start[n]]; 1 where the graph has none */
} sample_t;

/** Specifications of samples: generators, and `weighted`, `zeros`, `far` (see sample.c). */
extern const char *const sample_specs[];
extern const int sample_count;

/** Makes a sample. Collective. False, on all ranks, when that fails. */
bool sample_make(gph_context_t *context, const char *spec, sample_t *sample);
/** Frees it. Collective. */
void sample_free(sample_t *sample);

/** True when u and v are neighbours. Local. */
bool sample_joined(const sample_t *sample, int64_t u, int64_t v);

#endif
