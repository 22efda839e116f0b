/** References: each algorithm by definition, on one whole graph, nothing fast. */
#ifndef GPH_TEST_MP_REFERENCE_H
#define GPH_TEST_MP_REFERENCE_H

#include "sample.h"

/** rank[n] after so many iterations. */
void reference_pagerank(const sample_t *sample, double damping, int64_t sweeps, double *rank);
/** distance[n] and parent[n], -1 where there is none. */
void reference_bfs(const sample_t *sample, int64_t source, int64_t *distance, int64_t *parent);
/** component[n]; returns how many there are. */
int64_t reference_components(const sample_t *sample, int64_t *component);
/** distance[n], -1 where there is none. */
void reference_sssp(const sample_t *sample, int64_t source, double *distance);
/** label[n] after so many sweeps. */
void reference_labels(const sample_t *sample, int64_t sweeps, int64_t *label);
/** core[n]; returns the largest. */
int64_t reference_cores(const sample_t *sample, int64_t *core);
/** triangles[n]; returns how many there are. */
int64_t reference_triangles(const sample_t *sample, int64_t *triangles);
/** First vertex of most neighbours, -1 without vertices. */
int64_t reference_hub(const sample_t *sample);

#endif
