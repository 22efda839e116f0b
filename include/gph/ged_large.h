/**
 * @file ged_large.h
 * Bounds of the edit distance of two large graphs, distributed over the ranks (gph_graph_t).
 *
 * Vertices are compared by their signatures, label and degree. Names of vertices are the labels
 * where both graphs have names; otherwise there are none. Edges have no labels: weights are not
 * looked at.
 */
#ifndef GPH_GED_LARGE_H
#define GPH_GED_LARGE_H

#include "gph/ged.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What came out. */
typedef struct gph_ged_large_result {
    double lower; /**< the distance is at least this */
    double upper; /**< and at most this: the cost of deleting one and inserting the other */
    int64_t signatures[2]; /**< different signatures of each graph */
    char digest[33];       /**< of bounds and signatures, in hexadecimal */
} gph_ged_large_result_t;

/**
 * Bounds the edit distance of two graphs. Collective; results are the same on any number of ranks
 * and threads.
 *
 * | method           | lower bound                                                               |
 * |------------------|---------------------------------------------------------------------------|
 * | GPH_GED_LABEL    | label multisets of vertices, numbers of edges                             |
 * | GPH_GED_HED      | Hausdorff edit distance (Fischer et al., Pattern Recognition 2015): each  |
 * |                  | vertex against the nearest signature of the other graph                   |
 * | GPH_GED_BRANCH   | as branches (Zheng et al., TKDE 2015): label multisets, and the degrees,  |
 * |                  | with half the cost of an edge at each end, assigned in sorted order; the  |
 * |                  | least assignment of branches itself where there are no labels             |
 *
 * On graphs without labels these are the bounds of gph_ged_compute(), but for rounding.
 * @param costs constant costs; NULL for 1 each
 * @return GPH_ERR_USAGE for other methods and costs; GPH_ERR_MEMORY
 * Cost: O((n log n)/P) to count signatures, whose lists every rank then holds (24 bytes each: as
 * many as there are different degrees, or different names and degrees); for HED O(log n) a
 * signature, shared by all threads of all ranks.
 */
GPH_API gph_status_t gph_ged_large(const gph_graph_t *first, const gph_graph_t *second,
                                   const gph_ged_costs_t *costs, gph_ged_method_t method,
                                   gph_ged_large_result_t *result);

#ifdef __cplusplus
}
#endif

#endif
