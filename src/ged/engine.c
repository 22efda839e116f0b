/* Chooses the engine for a problem: number type and instruction set. */
#include "ged/search.h"
#include "ged/search_isa.h"

/* Sum of all costs, and nodes, up to which 32-bit integers do: a cell, banned ones too, and the
 * place of its column share them. */
static const double integers_most = 1 << 14;
enum { INTEGER_NODES = 512 };

static const gph_ged_isa_t *choose_isa(void)
{
#ifdef GPH_X86_KERNELS
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") &&
        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
        return &gph_ged_isa_avx2;
#endif
    return &gph_ged_isa_portable;
}

const gph_ged_engine_t *gph_ged_engine_choose(const gph_ged_problem_t *problem)
{
    const gph_ged_isa_t *isa = choose_isa();
    const bool small = problem->total < integers_most && problem->side[1].nodes <= INTEGER_NODES;
    return problem->integral && small ? &isa->integers : &isa->doubles;
}
