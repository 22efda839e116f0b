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

#ifdef GPH_NN_DOUBLE
typedef uint64_t bits_word_t;
#else
typedef uint32_t bits_word_t;
#endif
typedef bits_word_t bits_t __attribute__((vector_size(VECTOR_BYTES)));

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

#define PHILOX_M0 0xD2511F53U
#define PHILOX_M1 0xCD9E8D57U
#define PHILOX_W0 0x9E3779B9U
#define PHILOX_W1 0xBB67AE85U

/* Philox4x32-10 (Salmon et al., SC 2011). */
#if defined(__AVX2__)

/* Bits of the four lanes whose lower halves are at least the threshold. */
static inline uint32_t at_least(__m256i x, __m256i threshold)
{
    const __m256i reached = _mm256_cmpeq_epi32(_mm256_max_epu32(x, threshold), x);
    return (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_slli_epi64(reached, 32)));
}

/* One word; four counters side by side, each in the lower half of a lane of 64 bits. */
static inline uint32_t mask_word(uint64_t seed, uint64_t stream, uint64_t counter,
                                 uint32_t threshold)
{
    const __m256i m0 = _mm256_set1_epi64x(PHILOX_M0);
    const __m256i m1 = _mm256_set1_epi64x(PHILOX_M1);
    const __m256i limit = _mm256_set1_epi64x(threshold);
    __m256i x[4][2];
    uint32_t bits = 0;
    for (int h = 0; h < 2; h++) {
        x[0][h] = _mm256_add_epi64(_mm256_set1_epi64x((int64_t)counter + (h == 0 ? 0 : 4)),
                                   _mm256_set_epi64x(3, 2, 1, 0));
        x[1][h] = _mm256_srli_epi64(x[0][h], 32);
        x[2][h] = _mm256_set1_epi64x((int64_t)stream);
        x[3][h] = _mm256_srli_epi64(x[2][h], 32);
    }
    for (uint32_t round = 0; round < 10; round++) {
        const __m256i k0 = _mm256_set1_epi64x((uint32_t)seed + round * PHILOX_W0);
        const __m256i k1 = _mm256_set1_epi64x((uint32_t)(seed >> 32) + round * PHILOX_W1);
        for (int h = 0; h < 2; h++) {
            const __m256i p = _mm256_mul_epu32(x[0][h], m0);
            const __m256i q = _mm256_mul_epu32(x[2][h], m1);
            x[0][h] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(q, 32), x[1][h]), k0);
            x[1][h] = q;
            x[2][h] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p, 32), x[3][h]), k1);
            x[3][h] = p;
        }
    }
    for (int lane = 0; lane < 4; lane++)
        for (int h = 0; h < 2; h++)
            bits |= at_least(x[lane][h], limit) << (lane * BLOCKS + 4 * h);
    return bits;
}

#else

static inline uint32_t mask_word(uint64_t seed, uint64_t stream, uint64_t counter,
                                 uint32_t threshold)
{
    uint32_t bits = 0;
    for (int b = 0; b < BLOCKS; b++) {
        uint32_t x[4] = {(uint32_t)counter + (uint32_t)b, (uint32_t)(counter >> 32),
                         (uint32_t)stream, (uint32_t)(stream >> 32)};
        for (uint32_t round = 0; round < 10; round++) {
            const uint64_t p = (uint64_t)x[0] * PHILOX_M0;
            const uint64_t q = (uint64_t)x[2] * PHILOX_M1;
            x[0] = (uint32_t)(q >> 32) ^ x[1] ^ ((uint32_t)seed + round * PHILOX_W0);
            x[1] = (uint32_t)q;
            x[2] = (uint32_t)(p >> 32) ^ x[3] ^ ((uint32_t)(seed >> 32) + round * PHILOX_W1);
            x[3] = (uint32_t)p;
        }
        for (int lane = 0; lane < 4; lane++)
            bits |= (uint32_t)(x[lane] >= threshold) << (lane * BLOCKS + b);
    }
    return bits;
}

#endif

static void mask(uint64_t seed, uint64_t stream, uint64_t word, int64_t words, uint32_t threshold,
                 uint32_t *bits)
{
    for (int64_t w = 0; w < words; w++) /* counters are multiples of 8: adding 7 carries nowhere */
        bits[w] = mask_word(seed, stream, (word + (uint64_t)w) * BLOCKS, threshold);
}

/* A whole word of a mask: each vector takes its bits, of which each lane looks at one. */
static inline void keep_word(uint32_t bits, gph_real_t scale, const gph_real_t *x, gph_real_t *out)
{
    bits_t lane;
    for (int l = 0; l < LANES; l++)
        lane[l] = (bits_word_t)1 << l;
    for (int v = 0; v < GPH_MASK_BITS; v += LANES) {
        const bits_t all_bits = (bits_word_t)(bits >> v) - (bits_t){0};
        const bits_t kept = (bits_t)((all_bits & lane) == lane);
        store(out + v, (vector_t)((bits_t)(load(x + v) * all(scale)) & kept));
    }
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
