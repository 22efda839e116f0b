/**
 * Sums of floating-point numbers over ranks that do not depend on the ranks: MPI reductions of the
 * accumulators of base/sum.h, which merge exactly. All calls are Collective over the context's
 * communicator; arguments are equal on all ranks unless said otherwise.
 *
 * The promise is about values, not ranks: whoever adds the same values, in any order, on any number
 * of ranks and threads, gets the same bits. So ranks must contribute values that do not themselves
 * depend on the number of ranks, such as one sum or gradient for each tile.
 */
#ifndef GPH_PAR_REDUCE_H
#define GPH_PAR_REDUCE_H

#include "base/sum.h"
#include "par/context.h"

/**
 * sums[count] become their sums over ranks, exact.
 * Cost: an MPI_Allreduce of 280 bytes an element.
 */
gph_status_t gph_reduce_exact(gph_context_t *context, int64_t count, gph_sum_t *sums);

/**
 * Elements become their sums over ranks. kind and count are equal on all ranks.
 * @return GPH_ERR_USAGE, with nothing changed, when an element took more than GPH_BINS_TERMS values
 * Cost: a small reduction, and an MPI_Allreduce of 16 (floats) or 24 bytes (doubles) an element.
 */
gph_status_t gph_reduce_bins(gph_context_t *context, gph_bins_t *bins);

/**
 * Sum by element of all rows of all ranks: sums[i] = sum of values[r × count + i] over the rows r
 * of each rank, with the error bound of gph_bins_t. Uses the context's threads.
 * @param count  elements of a row
 * @param rows   rows of this rank, 0 allowed; may differ between ranks
 * @param values [rows × count] of this rank
 * @param sums   [count] receives the sums, on every rank
 * @return GPH_ERR_USAGE when there are more than GPH_BINS_TERMS rows in all; GPH_ERR_MEMORY
 * Cost: as gph_reduce_bins(); 16 MiB (doubles: 24 MiB) of memory at most.
 */
gph_status_t gph_reduce_sum_f32(gph_context_t *context, int64_t count, int64_t rows,
                                const float *values, float *sums);
/** As gph_reduce_sum_f32(), for doubles. */
gph_status_t gph_reduce_sum_f64(gph_context_t *context, int64_t count, int64_t rows,
                                const double *values, double *sums);

/**
 * The sum of all values of all ranks, rounded once. Uses the context's threads.
 * @param count  values of this rank, 0 allowed; may differ between ranks
 * @param values [count] of this rank
 * @param total  receives the sum, on every rank
 * @return GPH_ERR_MEMORY
 */
gph_status_t gph_reduce_total_f32(gph_context_t *context, int64_t count, const float *values,
                                  double *total);
/** As gph_reduce_total_f32(), for doubles. */
gph_status_t gph_reduce_total_f64(gph_context_t *context, int64_t count, const double *values,
                                  double *total);

#endif
