/* The loops of sums, compiled for several instruction sets, and the choice among them. */
#include "base/sum_kernels.h"

#include <float.h>
#include <stddef.h>

#if FLT_EVAL_METHOD != 0
#error "reproducible sums need float and double arithmetic without excess precision"
#endif

// Without optimisation, `simd` loops stay scalar: slow, but right.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

#define NAME(x) x##_portable
#define TARGET
#include "base/sum_kernels_body.h"
#undef NAME
#undef TARGET

#if defined(__x86_64__)
#define NAME(x) x##_avx2
#define TARGET  __attribute__((target("avx2")))
#include "base/sum_kernels_body.h"
#undef NAME
#undef TARGET

#define NAME(x) x##_avx512
#define TARGET  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#include "base/sum_kernels_body.h"
#undef NAME
#undef TARGET
#endif

int gph_sum_kernels_list(const gph_sum_kernels_t *kernels[], int room)
{
    int count = 0;
#if defined(__x86_64__)
    if (count < room && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        kernels[count++] = &kernels_avx512;
    if (count < room && __builtin_cpu_supports("avx2"))
        kernels[count++] = &kernels_avx2;
#endif
    if (count < room)
        kernels[count++] = &kernels_portable;
    return count;
}

const gph_sum_kernels_t *gph_sum_kernels(void)
{
    const gph_sum_kernels_t *best = NULL;
    (void)gph_sum_kernels_list(&best, 1);
    return best;
}
