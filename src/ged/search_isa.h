/** The engines that were compiled in, by instruction set. */
#ifndef GPH_GED_SEARCH_ISA_H
#define GPH_GED_SEARCH_ISA_H

#include "ged/search.h"

typedef struct gph_ged_isa {
    gph_ged_engine_t integers; /**< for small integer costs */
    gph_ged_engine_t doubles;  /**< for all others */
} gph_ged_isa_t;

extern const gph_ged_isa_t gph_ged_isa_portable;
#ifdef GPH_X86_KERNELS
extern const gph_ged_isa_t gph_ged_isa_avx2;
#endif

#endif
