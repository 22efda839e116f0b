/** The kernels that were compiled in, by instruction set. */
#ifndef GPH_CLIQUE_KERNEL_ISA_H
#define GPH_CLIQUE_KERNEL_ISA_H

#include "clique/kernel.h"

extern const gph_clique_isa_t gph_clique_isa_portable;
#ifdef GPH_X86_KERNELS
extern const gph_clique_isa_t gph_clique_isa_avx2;   /**< popcnt, bmi, bmi2, avx2 */
extern const gph_clique_isa_t gph_clique_isa_avx512; /**< also avx512f, bw, vl, vpopcntdq */
#endif

#endif
