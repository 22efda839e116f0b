/* Arrays of binned sums: their states one by one where the loops do not take them, and the calls.
 */
#include "base/sum.h"

#include "base/sum_kernels.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/** Levels above GPH_BIN_LEVEL_MAX are stored times 2^-HUGE_BITS, with the first bin negated. */
enum { HUGE_BITS = 256 };

/** First bin of a state that holds an infinity or NaN; no other state has its exponent and sign. */
#define SPECIAL (-1.0)

enum { BINS_MAX = GPH_BINS_F64 };

/* --- states --------------------------------------------------------------------------------- */

/** A state taken apart. */
typedef struct state {
    int level;            /**< gph_bin_level() of the first bin */
    double sum[BINS_MAX]; /**< of slices, from the first bin down; of huge levels times 2^-256 */
} state_t;

static double scale_of(int level)
{
    return level > GPH_BIN_LEVEL_MAX ? 0x1p-256 : 1.0;
}

/** The 1.5 × 2^52 units of a level, scaled. */
static double magic_of(int level)
{
    const int huge = level > GPH_BIN_LEVEL_MAX ? HUGE_BITS : 0;
    return gph_from_bits_f64((uint64_t)(GPH_BIN_BITS * level + GPH_BIN_FIELD - huge) << 52 |
                             GPH_F64_HALF);
}

static state_t take_apart(const double *bin, int bins)
{
    const double first = fabs(bin[0]);
    const int huge = signbit(bin[0]) != 0 ? HUGE_BITS : 0;
    const int field = (int)(gph_bits_f64(first) >> 52) + huge;
    state_t state = {.level = (field - GPH_BIN_FIELD) / GPH_BIN_BITS};
    state.sum[0] = first - gph_bin_magic(first);
    for (int b = 1; b < bins; b++)
        state.sum[b] = bin[b];
    return state;
}

static void put_together(const state_t *state, double *bin, int bins)
{
    const double first = magic_of(state->level) + state->sum[0];
    bin[0] = state->level > GPH_BIN_LEVEL_MAX ? -first : first;
    for (int b = 1; b < bins; b++)
        bin[b] = state->sum[b];
}

/** Drops lower bins in favour of higher ones where a state is below `level`. */
static void rise(state_t *state, int level, int bins)
{
    if (level <= state->level)
        return;
    const int up = level - state->level;
    // What is kept of states that become huge is far from subnormal, so that scaling is exact.
    const double scale = scale_of(level) / scale_of(state->level);
    for (int b = bins - 1; b >= 0; b--)
        state->sum[b] = b >= up ? state->sum[b - up] * scale : 0;
    state->level = level;
}

/** Level of the states that can take a finite value. */
static int level_for(double value)
{
    return (int)gph_bin_level(gph_bits_f64(value) >> 52 & 0x7ff);
}

/** Puts an infinity or NaN into a state. */
static void mark_special(double value, double *bin, int bins)
{
    bin[0] = SPECIAL;
    bin[1] = isnan(value) ? (double)NAN : value;
    for (int b = 2; b < bins; b++)
        bin[b] = 0;
}

/** Adds any value to any state. */
static void add_one(double value, double *bin, int bins)
{
    const bool special = bin[0] == SPECIAL;
    if (special || !isfinite(value)) {
        mark_special(special && !isfinite(value) ? bin[1] + value
                     : special                   ? bin[1]
                                                 : value,
                     bin, bins);
        return;
    }
    state_t state = take_apart(bin, bins);
    rise(&state, level_for(value), bins);
    double rest = value * scale_of(state.level);
    double magic = magic_of(state.level);
    for (int b = 0; b < bins; b++) {
        const double slice = (rest + magic) - magic;
        state.sum[b] += slice;
        rest -= slice;
        magic *= 0x1p-28;
    }
    put_together(&state, bin, bins);
}

/** Adds any state to any state. */
static void merge_one(const double *term, double *bin, int bins)
{
    if (term[0] == SPECIAL) {
        add_one(term[1], bin, bins);
        return;
    }
    if (bin[0] == SPECIAL)
        return;
    state_t x = take_apart(term, bins);
    state_t y = take_apart(bin, bins);
    rise(&x, y.level, bins);
    rise(&y, x.level, bins);
    for (int b = 0; b < bins; b++)
        y.sum[b] += x.sum[b];
    put_together(&y, bin, bins);
}

/* --- making and freeing --------------------------------------------------------------------- */

gph_status_t gph_bins_init(gph_env_t *env, gph_bins_kind_t kind, int64_t count, gph_bins_t *bins)
{
    gph_bins_t made = {.env = env, .kind = kind, .count = count};
    const gph_status_t status = gph_alloc(env, count, (size_t)kind * sizeof *made.bin, &made.bin);
    if (status != GPH_OK)
        return status;
    gph_bins_clear(&made);
    *bins = made;
    return GPH_OK;
}

void gph_bins_free(gph_bins_t *bins)
{
    gph_free(bins->bin);
    *bins = (gph_bins_t){0};
}

void gph_bins_clear(gph_bins_t *bins)
{
    // The lowest level a value can have: states must not depend on how they began.
    const float smallest = 0x1p-149F;
    const double value = bins->kind == GPH_BINS_F32 ? (double)smallest : 0x1p-1074;
    const double first = magic_of(level_for(value));
    double *bin = bins->bin;
    for (int64_t i = 0; i < bins->count; i++)
        for (int b = 0; b < (int)bins->kind; b++)
            *bin++ = b == 0 ? first : 0;
    bins->terms = 0;
}

/* --- adding --------------------------------------------------------------------------------- */

gph_status_t gph_bins_expect(gph_bins_t *bins, int64_t rows)
{
    assert(rows >= 0);
    if (rows > GPH_BINS_TERMS - bins->terms)
        return gph_fail(bins->env, GPH_ERR_USAGE,
                        "a binned sum takes at most %" PRId64 " values, but %" PRId64
                        " are to follow %" PRId64,
                        GPH_BINS_TERMS, rows, bins->terms);
    bins->terms += rows;
    return GPH_OK;
}

/** Adds what a block's loop left: raises its states, tries again, and takes the rest one by one. */
static void add_rest_f32(const gph_sum_kernels_t *kernels, int count, const float *values,
                         double *bin)
{
    float rest[GPH_SUM_BLOCK];
    kernels->raise_f32(count, values, bin, rest);
    if (kernels->add_f32(count, rest, bin) == 0)
        return;
    for (int i = 0; i < count; i++) {
        double *state = bin + (ptrdiff_t)GPH_BINS_F32 * i;
        if (!(gph_bin_taken(state[0], (double)rest[i]) == (double)rest[i]))
            add_one((double)rest[i], state, GPH_BINS_F32);
    }
}

static void add_rest_f64(const gph_sum_kernels_t *kernels, int count, const double *values,
                         double *bin)
{
    double rest[GPH_SUM_BLOCK];
    kernels->raise_f64(count, values, bin, rest);
    if (kernels->add_f64(count, rest, bin) == 0)
        return;
    for (int i = 0; i < count; i++) {
        double *state = bin + (ptrdiff_t)GPH_BINS_F64 * i;
        if (!(gph_bin_taken(state[0], rest[i]) == rest[i]))
            add_one(rest[i], state, GPH_BINS_F64);
    }
}

/** Raises a block's states at once for all rows, where there are several: so few or none of them
 * are left by the loop. Special values raise nothing. */
static void raise_for_rows_f32(const gph_sum_kernels_t *kernels, int count, int64_t rows,
                               int64_t stride, const float *values, double *bin)
{
    uint32_t top[GPH_SUM_BLOCK] = {0}; // bits of the largest magnitude, which rise with it
    float largest[GPH_SUM_BLOCK];
    float rest[GPH_SUM_BLOCK];
    if (rows < 2)
        return;
    for (int64_t row = 0; row < rows; row++) {
        uint32_t bits[GPH_SUM_BLOCK];
        memcpy(bits, values + row * stride, (size_t)count * sizeof *bits);
        for (int i = 0; i < count; i++) {
            const uint32_t magnitude = bits[i] & 0x7fffffffU;
            top[i] = magnitude > top[i] ? magnitude : top[i];
        }
    }
    memcpy(largest, top, (size_t)count * sizeof *top);
    kernels->raise_f32(count, largest, bin, rest);
}

/** Elements of the next block when `left` are left. */
static int next_block(int64_t left)
{
    return (int)(left < GPH_SUM_BLOCK ? left : GPH_SUM_BLOCK);
}

void gph_bins_add_range_f32(gph_bins_t *bins, int64_t first, int64_t count, int64_t rows,
                            int64_t stride, const float *values)
{
    assert(bins->kind == GPH_BINS_F32 && first >= 0 && count <= bins->count - first);
    const gph_sum_kernels_t *kernels = gph_sum_kernels();
    // All rows of a block in turn, so that its states stay in the nearest cache.
    for (int64_t done = 0; done < count;) {
        const int now = next_block(count - done);
        double *bin = bins->bin + GPH_BINS_F32 * (first + done);
        raise_for_rows_f32(kernels, now, rows, stride, values + done, bin);
        for (int64_t row = 0; row < rows; row++) {
            const float *const from = values + row * stride + done;
            if (kernels->add_f32(now, from, bin) != 0)
                add_rest_f32(kernels, now, from, bin);
        }
        done += now;
    }
}

void gph_bins_add_range_f64(gph_bins_t *bins, int64_t first, int64_t count, int64_t rows,
                            int64_t stride, const double *values)
{
    assert(bins->kind == GPH_BINS_F64 && first >= 0 && count <= bins->count - first);
    const gph_sum_kernels_t *kernels = gph_sum_kernels();
    for (int64_t done = 0; done < count;) {
        const int now = next_block(count - done);
        double *bin = bins->bin + GPH_BINS_F64 * (first + done);
        for (int64_t row = 0; row < rows; row++) {
            const double *const from = values + row * stride + done;
            if (kernels->add_f64(now, from, bin) != 0)
                add_rest_f64(kernels, now, from, bin);
        }
        done += now;
    }
}

gph_status_t gph_bins_add_f32(gph_bins_t *bins, int64_t rows, const float *values)
{
    const gph_status_t status = gph_bins_expect(bins, rows);
    if (status == GPH_OK)
        gph_bins_add_range_f32(bins, 0, bins->count, rows, bins->count, values);
    return status;
}

gph_status_t gph_bins_add_f64(gph_bins_t *bins, int64_t rows, const double *values)
{
    const gph_status_t status = gph_bins_expect(bins, rows);
    if (status == GPH_OK)
        gph_bins_add_range_f64(bins, 0, bins->count, rows, bins->count, values);
    return status;
}

/* --- merging and finishing ------------------------------------------------------------------ */

void gph_bins_merge_raw(gph_bins_kind_t kind, int64_t count, const double *term, double *bin)
{
    const gph_sum_kernels_t *kernels = gph_sum_kernels();
    const int bins = (int)kind;
    for (int64_t done = 0; done < count;) {
        const int now = next_block(count - done);
        const double *const from = term + done * bins;
        double *const to = bin + done * bins;
        const uint64_t left = kind == GPH_BINS_F32 ? kernels->merge_f32(now, from, to)
                                                   : kernels->merge_f64(now, from, to);
        for (int i = 0; left != 0 && i < now; i++)
            if (signbit(from[(ptrdiff_t)bins * i]) || signbit(to[(ptrdiff_t)bins * i]))
                merge_one(from + (ptrdiff_t)bins * i, to + (ptrdiff_t)bins * i, bins);
        done += now;
    }
}

gph_status_t gph_bins_merge(gph_bins_t *bins, const gph_bins_t *term)
{
    assert(bins->kind == term->kind && bins->count == term->count);
    const gph_status_t status = gph_bins_expect(bins, term->terms);
    if (status == GPH_OK)
        gph_bins_merge_raw(bins->kind, bins->count, term->bin, bins->bin);
    return status;
}

void gph_bins_finish_f32(const gph_bins_t *bins, float *sums)
{
    assert(bins->kind == GPH_BINS_F32);
    for (int64_t i = 0; i < bins->count; i++) {
        const double *bin = bins->bin + GPH_BINS_F32 * i;
        // No sum of floats is huge.
        sums[i] = (float)(bin[0] == SPECIAL ? bin[1] : (bin[0] - gph_bin_magic(bin[0])) + bin[1]);
    }
}

/** Sum of the three bins. Where the first two do not add exactly, the third is far below both. */
static double finish_f64(const double *sum)
{
    const double total = sum[0] + sum[1];
    const double back = total - sum[0];
    const double error = (sum[0] - (total - back)) + (sum[1] - back);
    return total + (error + sum[2]);
}

void gph_bins_finish_f64(const gph_bins_t *bins, double *sums)
{
    assert(bins->kind == GPH_BINS_F64);
    for (int64_t i = 0; i < bins->count; i++) {
        const double *bin = bins->bin + GPH_BINS_F64 * i;
        const state_t state = take_apart(bin, GPH_BINS_F64);
        sums[i] = bin[0] == SPECIAL ? bin[1] : finish_f64(state.sum) / scale_of(state.level);
    }
}
