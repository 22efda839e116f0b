/* Counter-based random numbers by Philox4x32-10. */
#include "base/random.h"

#include <Random123/philox.h>
#include <assert.h>

gph_random2_t gph_random2(uint64_t seed, uint64_t stream, uint64_t index)
{
    const philox4x32_ctr_t counter = {
        {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)}};
    const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    const philox4x32_ctr_t word = philox4x32(counter, key);
    return (gph_random2_t){
        .a = (uint64_t)word.v[1] << 32 | word.v[0],
        .b = (uint64_t)word.v[3] << 32 | word.v[2],
    };
}

uint64_t gph_random_u64(uint64_t seed, uint64_t stream, uint64_t index)
{
    return gph_random2(seed, stream, index).a;
}

double gph_random_unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

uint64_t gph_random_below(uint64_t bits, uint64_t bound)
{
    assert(bound > 0);
    return (uint64_t)((gph_count_t)bits * bound >> 64);
}
