/* Choosing kernels. */
#include "nn/kernel.h"

#include <stddef.h>

extern const gph_kernels_t gph_kernels_portable;
#ifdef GPH_X86_KERNELS
extern const gph_kernels_t gph_kernels_avx2;
extern const gph_kernels_t gph_kernels_avx512;
#endif

const gph_kernels_t *gph_kernels(void)
{
#ifdef GPH_X86_KERNELS
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
                   ? &gph_kernels_avx512
                   : &gph_kernels_avx2;
#endif
    return &gph_kernels_portable;
}
