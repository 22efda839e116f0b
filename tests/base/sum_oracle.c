/* What tests of sums share: an oracle that counts bits one by one, and values to add. */
#include "sum_oracle.h"

#include "base/random.h"

#include <math.h>
#include <string.h>

static uint64_t draw(uint64_t stream, int64_t index)
{
    return gph_random_u64(17, stream, (uint64_t)index);
}

int64_t draw_below(uint64_t stream, int64_t index, int64_t bound)
{
    return (int64_t)gph_random_below(draw(stream, index), (uint64_t)bound);
}

/* --- the oracle: how often each power of two occurs ------------------------------------------ */

void oracle_add(oracle_t *oracle, double value, int exponent)
{
    int e = 0;
    int64_t digits = (int64_t)(frexp(fabs(value), &e) * 0x1p53);
    for (int place = e - 53 + exponent + SHIFT; digits != 0; digits >>= 1, place++)
        if ((digits & 1) != 0)
            oracle->times[place] += value < 0 ? -1 : 1;
}

/** Makes every number 0 or 1. @return the sign of the whole: -1, 0 or 1 */
static int oracle_settle(oracle_t *oracle)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        int64_t carry = 0;
        int ones = 0;
        for (int i = 0; i < PLACES; i++) {
            const int64_t here = oracle->times[i] + carry;
            oracle->times[i] = here & 1;
            carry = (here - (here & 1)) / 2;
            ones += (int)oracle->times[i];
        }
        if (carry == 0)
            return ones == 0 ? 0 : attempt == 0 ? 1 : -1;
        // Negative: the places hold 2^PLACES more than it; its opposite has the places flipped,
        // plus 1.
        for (int i = 0; i < PLACES; i++)
            oracle->times[i] = i == 0 ? 2 - oracle->times[i] : 1 - oracle->times[i];
    }
    return 0;
}

/** The sum to `digits` bits and to multiples of 2^lowest, to nearest, ties to even. */
static double oracle_round(const oracle_t *oracle, int digits, int lowest)
{
    oracle_t copy = *oracle;
    const int sign = oracle_settle(&copy);
    int top = PLACES - 1;
    while (top > 0 && copy.times[top] == 0)
        top--;
    int last = top - digits + 1;
    if (last < lowest + SHIFT)
        last = lowest + SHIFT;
    int64_t kept = 0;
    for (int i = top; i >= last; i--)
        kept = 2 * kept + copy.times[i];
    int64_t rest = 0; // compared with a half: 0 less, 1 equal, 2 more
    if (copy.times[last - 1] != 0) {
        rest = 1;
        for (int i = 0; i < last - 1; i++)
            if (copy.times[i] != 0)
                rest = 2;
    }
    if (rest == 2 || (rest == 1 && kept % 2 != 0))
        kept++;
    return kept == 0 ? 0 : sign * ldexp((double)kept, last - SHIFT);
}

double oracle_f64(const oracle_t *oracle)
{
    return oracle_round(oracle, 53, -1074);
}

float oracle_f32(const oracle_t *oracle)
{
    return (float)oracle_round(oracle, 24, -149);
}

/* --- families of values --------------------------------------------------------------------- */

static double from_bits_f64(uint64_t bits)
{
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float from_bits_f32(uint32_t bits)
{
    float value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double any_f64(uint64_t stream, int64_t i)
{
    uint64_t bits = draw(stream, i);
    if ((bits >> 52 & 0x7ff) == 0x7ff)
        bits ^= UINT64_C(1) << 62;
    return from_bits_f64(bits);
}

static float any_f32(uint64_t stream, int64_t i)
{
    uint32_t bits = (uint32_t)draw(stream, i);
    if ((bits >> 23 & 0xff) == 0xff)
        bits ^= UINT32_C(1) << 30;
    return from_bits_f32(bits);
}

/** Value i of a family, in the range and to the digits of doubles or of floats. */
static double value_of(int family, bool wide, int64_t i)
{
    const uint64_t stream = (uint64_t)family + 100;
    const double unit = 2 * gph_random_unit(draw(stream, i)) - 1;
    const int low = wide ? -1022 : -126;
    const int high = wide ? 1024 : 128;
    switch (family) {
    case GRADIENT:
        return i % 3 == 0 ? (i % 2 == 0 ? 0.0 : -0.0)
                          : ldexp(unit, -(int)draw_below(stream + 50, i, 31));
    case ANY:
        return wide ? any_f64(stream, i) : (double)any_f32(stream, i);
    case SUBNORMAL:
        return ldexp(unit, low + 2 - (int)draw_below(stream + 50, i, 20));
    case LARGE:
        return ldexp(unit, high - (int)draw_below(stream + 50, i, 4));
    case CANCEL:
        if (i % 2 != 0)
            return -value_of(CANCEL, wide, i - 1);
        return i % 64 == 0 ? ldexp(unit, low)
                           : (wide ? any_f64(stream, i) : (double)any_f32(stream, i));
    case TIES:
        return i % 5 == 0 ? floor(unit * 8) * (wide ? 0x1p53 : 0x1p24)
                          : floor(unit * 8) / (double)(1 << draw_below(stream + 50, i, 3));
    case EDGES: {
        const double power =
            ldexp(unit < 0 ? -1 : 1, (int)draw_below(stream + 50, i, high - low) + low);
        return power * (1 + (double)(i % 3 - 1) * (wide ? 0x1p-52 : 0x1p-23));
    }
    default:
        return unit;
    }
}

void fill(int family, int count, float *x, double *y)
{
    for (int i = 0; i < count; i++) {
        x[i] = (float)value_of(family, false, i);
        if (!isfinite(x[i]))
            x[i] = 0x1.fffffep127F;
        y[i] = value_of(family, true, i);
    }
}

void shuffle(uint64_t seed, int count, size_t size, void *values)
{
    char *bytes = values;
    char spare[8];
    for (int i = count - 1; i > 0; i--) {
        char *one = bytes + (size_t)i * size;
        char *other = bytes + (size_t)draw_below(seed, i, i + 1) * size;
        memcpy(spare, one, size);
        memcpy(one, other, size);
        memcpy(other, spare, size);
    }
}

bool same_f64(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

bool same_f32(float a, float b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

void cut(uint64_t seed, int count, int parts, int *start)
{
    start[0] = 0;
    start[parts] = count;
    for (int p = 1; p < parts; p++)
        start[p] = (int)draw_below(seed, p, count + 1);
    for (int p = 1; p < parts; p++) // insertion sort
        for (int q = p; q > 1 && start[q] < start[q - 1]; q--) {
            const int spare = start[q];
            start[q] = start[q - 1];
            start[q - 1] = spare;
        }
}

const special_case_t special_cases[SPECIAL_CASES] = {
    {{1, (double)INFINITY, -2, 3}, (double)INFINITY},
    {{1, -(double)INFINITY, -2, 3}, -(double)INFINITY},
    {{(double)INFINITY, (double)INFINITY, 1, 2}, (double)INFINITY},
    {{(double)INFINITY, 1, -(double)INFINITY, 2}, (double)NAN},
    {{1, (double)NAN, 2, 3}, (double)NAN},
    {{-(double)NAN, (double)INFINITY, 2, 3}, (double)NAN},
    {{(double)NAN, (double)INFINITY, -(double)INFINITY, 0}, (double)NAN},
    {{-0.0, -0.0, -0.0, -0.0}, 0},
    {{1, -1, -0.0, 0}, 0},
};
