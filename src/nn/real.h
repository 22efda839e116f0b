/** The number type of networks: float in the library, double where gradients are checked. */
#ifndef GPH_NN_REAL_H
#define GPH_NN_REAL_H

#include "base/sum.h"
#include "par/reduce.h"

#ifdef GPH_NN_DOUBLE
typedef double gph_real_t;
#define GPH_REAL_BINS           GPH_BINS_F64
#define gph_bins_add_range_real gph_bins_add_range_f64
#define gph_bins_finish_real    gph_bins_finish_f64
#else
typedef float gph_real_t;
#define GPH_REAL_BINS           GPH_BINS_F32
#define gph_bins_add_range_real gph_bins_add_range_f32
#define gph_bins_finish_real    gph_bins_finish_f32
#endif

#endif
