/*
 * The kernels of one instruction set. Compiled once per set, with
 *   GPH_ISA       its name as an identifier
 * and the compiler options that allow it; kernel.c chooses at run time.
 */
#include "nn/kernel.h"

#include <math.h>
#include <string.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

enum {
    LANES = VECTOR_BYTES / (int)sizeof(gph_real_t),
    PANEL = 2 * LANES, /* columns of a packed panel */
    ROWS = 6,          /* of a product computed at a time: 12 sums in registers */
    DEPTH = 256        /* of a panel that stays in the first cache */
};

typedef gph_real_t vector_t __attribute__((vector_size(VECTOR_BYTES)));
typedef gph_real_t loose_t
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(gph_real_t)), may_alias));

static inline vector_t load(const gph_real_t *at)
{
    return *(const loose_t *)at;
}

static inline void store(gph_real_t *at, vector_t x)
{
    *(loose_t *)at = x;
}

static inline vector_t all(gph_real_t x)
{
    return x - (vector_t){0};
}

/* a × b + c, rounded once where the machine can. */
static inline vector_t fuse(vector_t a, vector_t b, vector_t c)
{
#if defined(__AVX512F__) && defined(GPH_NN_DOUBLE)
    return (vector_t)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__AVX512F__)
    return (vector_t)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__) && defined(GPH_NN_DOUBLE)
    return (vector_t)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__AVX2__)
    return (vector_t)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return a * b + c;
#endif
}

/* Stores the first `count` lanes. */
static inline void store_part(gph_real_t *at, vector_t x, int64_t count)
{
    gph_real_t lane[LANES];
    store(lane, x);
    memcpy(at, lane, (size_t)count * sizeof *at);
}

/* The first `count` lanes (all, where there are more), zero behind them. */
static inline vector_t load_part(const gph_real_t *at, int64_t count)
{
    gph_real_t lane[LANES] = {0};
    if (count >= LANES)
        return load(at);
    if (count > 0)
        memcpy(lane, at, (size_t)count * sizeof *at);
    return load(lane);
}

#include "nn/kernel_gather.h"
#include "nn/kernel_product.h"

/* --- dropout -------------------------------------------------------------------------------- */

enum { BLOCKS = 8 }; /* counters of a word */

/* Philox4x32-10 (Salmon et al., SC 2011) on eight counters side by side. */
static inline void philox(uint64_t seed, uint64_t stream, uint64_t counter, uint32_t x[4][BLOCKS])
{
    uint32_t key0 = (uint32_t)seed;
    uint32_t key1 = (uint32_t)(seed >> 32);
    for (int b = 0; b < BLOCKS; b++) {
        x[0][b] = (uint32_t)counter + (uint32_t)b; /* counters are multiples of 8 */
        x[1][b] = (uint32_t)(counter >> 32);
        x[2][b] = (uint32_t)stream;
        x[3][b] = (uint32_t)(stream >> 32);
    }
    for (int round = 0; round < 10; round++) {
        for (int b = 0; b < BLOCKS; b++) {
            const uint64_t p = (uint64_t)x[0][b] * 0xD2511F53U;
            const uint64_t q = (uint64_t)x[2][b] * 0xCD9E8D57U;
            x[0][b] = (uint32_t)(q >> 32) ^ x[1][b] ^ key0;
            x[1][b] = (uint32_t)q;
            x[2][b] = (uint32_t)(p >> 32) ^ x[3][b] ^ key1;
            x[3][b] = (uint32_t)p;
        }
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
}

static void mask(uint64_t seed, uint64_t stream, uint64_t word, int64_t words, uint32_t threshold,
                 uint32_t *bits)
{
    for (int64_t w = 0; w < words; w++) {
        uint32_t x[4][BLOCKS];
        uint32_t made = 0;
        philox(seed, stream, (word + (uint64_t)w) * BLOCKS, x);
        for (int lane = 0; lane < 4; lane++)
            for (int b = 0; b < BLOCKS; b++)
                made |= (uint32_t)(x[lane][b] >= threshold) << (lane * BLOCKS + b);
        bits[w] = made;
    }
}

/* Whole words of a mask that begin at x. */
static inline void keep_word(uint32_t bits, gph_real_t scale, const gph_real_t *x, gph_real_t *out)
{
    for (int i = 0; i < GPH_MASK_BITS; i++)
        out[i] = (bits >> i & 1) != 0 ? x[i] * scale : 0;
}

static void keep(int64_t count, const uint32_t *bits, int64_t shift, gph_real_t scale,
                 const gph_real_t *x, gph_real_t *out)
{
    int64_t i = 0;
    while (i < count) {
        const int64_t bit = shift + i;
        if (bit % GPH_MASK_BITS == 0 && count - i >= GPH_MASK_BITS) {
            keep_word(bits[bit / GPH_MASK_BITS], scale, x + i, out + i);
            i += GPH_MASK_BITS;
        } else {
            out[i] =
                (bits[bit / GPH_MASK_BITS] >> (bit % GPH_MASK_BITS) & 1) != 0 ? x[i] * scale : 0;
            i++;
        }
    }
}

/* --- optimisers ----------------------------------------------------------------------------- */

static inline gph_real_t root(gph_real_t x)
{
#ifdef GPH_NN_DOUBLE
    return __builtin_sqrt(x);
#else
    return __builtin_sqrtf(x);
#endif
}

static void adam(const gph_step_t *step)
{
    const gph_step_t s = *step;
    gph_real_t *restrict value = s.value;
    gph_real_t *restrict first = s.first;
    gph_real_t *restrict second = s.second;
    const gph_real_t *restrict gradient = s.gradient;
    for (int64_t i = 0; i < s.count; i++) {
        const gph_real_t g = gradient[i] * s.scale + s.decay * value[i];
        first[i] = s.beta1 * first[i] + (1 - s.beta1) * g;
        second[i] = s.beta2 * second[i] + (1 - s.beta2) * g * g;
        value[i] =
            value[i] * s.shrink - s.rate * first[i] / (root(second[i]) * s.correction + s.epsilon);
    }
}

static void sgd(const gph_step_t *step)
{
    const gph_step_t s = *step;
    gph_real_t *restrict value = s.value;
    gph_real_t *restrict first = s.first;
    const gph_real_t *restrict gradient = s.gradient;
    for (int64_t i = 0; i < s.count; i++) {
        const gph_real_t g = gradient[i] * s.scale + s.decay * value[i];
        first[i] = s.beta1 * first[i] + g;
        value[i] = value[i] - s.rate * first[i];
    }
}

#define TEXT(x)      #x
#define NAME_OF(x)   TEXT(x)
#define GLUE(a, b)   a##b
#define SYMBOL(a, b) GLUE(a, b)

extern const gph_kernels_t SYMBOL(gph_kernels_, GPH_ISA);
const gph_kernels_t SYMBOL(gph_kernels_, GPH_ISA) = {
    NAME_OF(GPH_ISA), PANEL, pack, product, gather, mask, keep, adam, sgd,
};
