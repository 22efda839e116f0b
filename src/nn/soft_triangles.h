/** Triangles of soft graphs: their expected number where edges are independent. Local. */
#ifndef GPH_NN_SOFT_TRIANGLES_H
#define GPH_NN_SOFT_TRIANGLES_H

#include "nn/structural.h"

/** Triangles among edges, whatever their kind and direction. Cost: O(edges³). */
int64_t gph_soft_triangles_count(int64_t nodes, int64_t edges, const gph_wanted_edge_t *edge);

/**
 * Expected triangles: over triples of nodes, the product of the probabilities that some edge joins
 * two of them.
 * @param edge   [kinds × nodes × nodes] probabilities
 * @param either [2 × nodes × nodes] work space; keeps those probabilities for the gradient
 * Cost: O(nodes³)
 */
double gph_soft_triangles_expected(int64_t nodes, int64_t kinds, const gph_real_t *edge,
                                   double *either);

/**
 * g_edge[kinds × nodes × nodes] += gradient of gamma · |expected − wanted|, which at 0 is taken as
 * 0, after gph_soft_triangles_expected() with the same arguments.
 */
void gph_soft_triangles_gradient(int64_t nodes, int64_t kinds, const gph_real_t *edge,
                                 double wanted, double gamma, double *either, double *g_edge);

#endif
