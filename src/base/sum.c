/* One exact sum: a long fixed-point number, and blocks of values added up before they reach it. */
#include "base/sum.h"

#include "base/sum_kernels.h"

#include <math.h>

/** Bits of gph_sum_t.special. */
enum { SEEN_PLUS_INF = 1, SEEN_MINUS_INF = 2, SEEN_NAN = 4 };

/** Weight of the lowest bit of a sum: 2^-BIAS. */
enum { BIAS = 1074 };

/* --- the long number ------------------------------------------------------------------------ */

void gph_sum_add(gph_sum_t *sum, double value)
{
    const uint64_t bits = gph_bits_f64(value);
    const uint64_t field = bits >> 52 & 0x7ff;
    uint64_t digits = bits & ((UINT64_C(1) << 52) - 1);
    if (field == 0x7ff) {
        const uint64_t infinity = bits >> 63 != 0 ? SEEN_MINUS_INF : SEEN_PLUS_INF;
        sum->special |= digits != 0 ? (uint64_t)SEEN_NAN : infinity;
        return;
    }
    if (field != 0)
        digits |= UINT64_C(1) << 52;
    const uint64_t place = field != 0 ? field - 1 : 0;
    const int at = (int)(place / 64);
    const uint64_t minus = bits >> 63 & (digits != 0);
    // Two's complement without a branch, as signs are unpredictable.
    const gph_count_t wide =
        (((gph_count_t)digits << place % 64) ^ ((gph_count_t)0 - minus)) + minus;
    bool carry = __builtin_add_overflow(sum->word[at], (uint64_t)wide, &sum->word[at]);
    const gph_count_t next = (gph_count_t)sum->word[at + 1] + (uint64_t)(wide >> 64) + carry;
    sum->word[at + 1] = (uint64_t)next;
    carry = next >> 64 != 0;
    // Further up, a negative number goes on with ones, which change nothing where a carry comes in.
    for (int i = at + 2; carry != minus && i < GPH_SUM_WORDS; i++)
        carry = minus != 0 ? sum->word[i]-- != 0 : ++sum->word[i] == 0;
}

void gph_sum_merge(gph_sum_t *sum, const gph_sum_t *term)
{
    bool carry = false;
    for (int i = 0; i < GPH_SUM_WORDS; i++) {
        uint64_t word = 0;
        const bool first = __builtin_add_overflow(term->word[i], (uint64_t)carry, &word);
        carry = __builtin_add_overflow(sum->word[i], word, &sum->word[i]) || first;
    }
    sum->special |= term->special;
}

/* --- rounding ------------------------------------------------------------------------------- */

/** Bits [low, low + 64) of a number. */
static uint64_t bits_at(const uint64_t word[GPH_SUM_WORDS], int low)
{
    const int at = low / 64;
    const int shift = low % 64;
    const uint64_t above = at + 1 < GPH_SUM_WORDS ? word[at + 1] : 0;
    return shift == 0 ? word[at] : word[at] >> shift | above << (64 - shift);
}

/** True when a number has a bit below `end`. */
static bool any_below(const uint64_t word[GPH_SUM_WORDS], int end)
{
    for (int i = 0; i < end / 64; i++)
        if (word[i] != 0)
            return true;
    return end % 64 != 0 && word[end / 64] << (64 - end % 64) != 0;
}

/** word[] = magnitude of a sum. @return its highest bit, or -1 for zero */
static int magnitude(const gph_sum_t *sum, uint64_t word[GPH_SUM_WORDS])
{
    const bool negative = sum->word[GPH_SUM_WORDS - 1] >> 63 != 0;
    bool carry = negative;
    int top = -1;
    for (int i = 0; i < GPH_SUM_WORDS; i++) {
        word[i] = (negative ? ~sum->word[i] : sum->word[i]) + carry;
        carry = carry && word[i] == 0;
        if (word[i] != 0)
            top = 64 * i + 63 - __builtin_clzll(word[i]);
    }
    return top;
}

/** The sum to `digits` bits or, where that is coarser, to a multiple of 2^(lowest - BIAS). */
static double rounded(const gph_sum_t *sum, int digits, int lowest)
{
    if ((sum->special & SEEN_NAN) != 0 || sum->special == (SEEN_PLUS_INF | SEEN_MINUS_INF))
        return (double)NAN;
    if (sum->special != 0)
        return sum->special == SEEN_PLUS_INF ? (double)INFINITY : -(double)INFINITY;
    uint64_t word[GPH_SUM_WORDS];
    const int top = magnitude(sum, word);
    int low = top - digits + 1;
    if (low < lowest)
        low = lowest;
    if (top < low - 1)
        return 0; // less than half of the smallest number
    uint64_t kept = bits_at(word, low);
    if (low > 0 && (bits_at(word, low - 1) & 1) != 0 &&
        ((kept & 1) != 0 || any_below(word, low - 1)))
        kept++;
    const double size = ldexp((double)kept, low - BIAS);
    return sum->word[GPH_SUM_WORDS - 1] >> 63 != 0 && kept != 0 ? -size : size;
}

double gph_sum_f64(const gph_sum_t *sum)
{
    return rounded(sum, 53, 0);
}

float gph_sum_f32(const gph_sum_t *sum)
{
    return (float)rounded(sum, 24, BIAS - 149);
}

/* --- arrays --------------------------------------------------------------------------------- */

/*
 * A block of at most 2^10 values is added up in plain doubles without rounding, as far as its
 * values lie in a window of binades below the largest one, 2^e <= x < 2^(e + 1). A sum of 2^10
 * multiples of a unit is exact when none exceeds 2^43 units.
 *
 * Floats have 24 bits: with unit 2^(e + 1 - 43), those from 2^(e - 19) on are multiples.
 * Doubles are split at 2^(e - 41), twice the least that works, so that it would also with other
 * rounding modes. The lower parts are up to that large; with unit 2^(e - 84), values from 2^(e -
 * 32) on are multiples.
 *
 * The window of a block is tried on the next one, as values mostly stay alike.
 */
enum { BLOCK_BITS = 10, FLOAT_WINDOW = 19, DOUBLE_WINDOW = 32, SPLIT = 41 };
_Static_assert(GPH_SUM_BLOCK == 1 << BLOCK_BITS, "windows are made for this block");

/** Larger doubles go one by one, as splitting them would overflow. */
#define WINDOW_LIMIT 0x1p1000

/** Fewer values go one by one. */
enum { FEW = 16 };

/** Windows that are tried on one block before the rest of it goes one by one. */
enum { WINDOWS = 4 };

typedef struct window_f64 {
    double tiny; /**< magnitudes in [tiny, top) */
    double top;
    double magic; /**< (x + magic) - magic rounds x to a multiple of the split */
} window_f64_t;

/** Magnitudes in [tiny, top), as bits of floats. */
typedef struct window_f32 {
    int32_t tiny;
    int32_t top;
} window_f32_t;

/** Exponent e of 2^e <= size < 2^(e + 1). size > 0, finite. */
static int exponent_of(double size)
{
    int exponent = 0;
    (void)frexp(size, &exponent);
    return exponent - 1;
}

static window_f64_t window_f64_below(double largest)
{
    const int e = exponent_of(largest);
    // Where the window reaches subnormal numbers, its unit is so small that all are multiples.
    return (window_f64_t){.tiny =
                              e - DOUBLE_WINDOW <= -1022 ? 0x1p-1074 : ldexp(1, e - DOUBLE_WINDOW),
                          .top = ldexp(1, e + 1),
                          .magic = ldexp(1.5, 52 + e - SPLIT)};
}

static window_f32_t window_f32_below(double largest)
{
    const int e = exponent_of(largest);
    const int32_t tiny = e - FLOAT_WINDOW + 127;
    // As above. A top of 2^128 has the bits of infinity.
    return (window_f32_t){.tiny = tiny <= 0 ? 1 : tiny << 23,
                          .top = (e < -127 ? 1 : e + 128) << 23};
}

/** Adds the values of a block whose magnitude is in [0, limit), or is not. */
static void add_singly(gph_sum_t *sum, int count, const double *values, double limit, bool below)
{
    for (int i = 0; i < count; i++)
        if ((fabs(values[i]) < limit) == below)
            gph_sum_add(sum, values[i]);
}

/** Adds a block window by window, from the largest value down. *window receives the first. */
static void add_by_windows(const gph_sum_kernels_t *kernels, gph_sum_t *sum, int count,
                           const double *values, window_f64_t *window)
{
    double limit = WINDOW_LIMIT;
    add_singly(sum, count, values, limit, false);
    for (int round = 0; round < WINDOWS; round++) {
        const double largest = kernels->below_f64(count, values, limit);
        if (largest == 0)
            return;
        const window_f64_t here = window_f64_below(largest);
        double part[2] = {0};
        (void)kernels->window_f64(count, values, here.tiny, here.top, here.magic, part);
        gph_sum_add(sum, part[0]);
        gph_sum_add(sum, part[1]);
        if (round == 0)
            *window = here;
        limit = here.tiny;
    }
    add_singly(sum, count, values, limit, true);
}

static void add_block_f64(const gph_sum_kernels_t *kernels, gph_sum_t *sum, int count,
                          const double *values, window_f64_t *window)
{
    double part[2] = {0};
    if (kernels->window_f64(count, values, window->tiny, window->top, window->magic, part) != 0) {
        add_by_windows(kernels, sum, count, values, window);
    } else {
        gph_sum_add(sum, part[0]);
        gph_sum_add(sum, part[1]);
    }
}

/** Values of the next block when `left` are left. */
static int next_block(int64_t left)
{
    return (int)(left < GPH_SUM_BLOCK ? left : GPH_SUM_BLOCK);
}

void gph_sum_add_f64(gph_sum_t *sum, int64_t count, const double *values)
{
    const gph_sum_kernels_t *kernels = gph_sum_kernels();
    window_f64_t window = {0};
    int64_t done = 0;
    while (count - done >= FEW) {
        const int now = next_block(count - done);
        add_block_f64(kernels, sum, now, values + done, &window);
        done += now;
    }
    for (; done < count; done++)
        gph_sum_add(sum, values[done]);
}

void gph_sum_add_f32(gph_sum_t *sum, int64_t count, const float *values)
{
    const gph_sum_kernels_t *kernels = gph_sum_kernels();
    window_f32_t window = {0};
    window_f64_t wide_window = {0};
    int64_t done = 0;
    while (count - done >= FEW) {
        const int now = next_block(count - done);
        double part = 0;
        if (kernels->window_f32(now, values + done, window.tiny, window.top, &part) == 0) {
            gph_sum_add(sum, part);
        } else {
            double wide[GPH_SUM_BLOCK];
            for (int i = 0; i < now; i++)
                wide[i] = (double)values[done + i];
            const double largest = kernels->below_f64(now, wide, (double)INFINITY);
            if (largest > 0)
                window = window_f32_below(largest);
            add_block_f64(kernels, sum, now, wide, &wide_window);
        }
        done += now;
    }
    for (; done < count; done++)
        gph_sum_add(sum, (double)values[done]);
}
