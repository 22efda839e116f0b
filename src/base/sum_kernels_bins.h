/*
 * The loops of bins for one instruction set and one kind: included by sum_kernels_body.h with REAL
 * (type of the values), BINS (of a state) and KIND(x) for the names.
 */

TARGET static uint64_t KIND(add)(int count, const REAL *restrict values, double *restrict bin)
{
    uint64_t left = 0;
    for (int i = 0; i < count; i++) {
        double *state = bin + (ptrdiff_t)BINS * i;
        const double value = (double)values[i];
        double rest = gph_bin_taken(state[0], value);
        double magic = gph_bin_magic(state[0]);
        left |= gph_bits_f64(rest) ^ gph_bits_f64(value);
        for (int b = 0; b < BINS; b++) {
            const double slice = (rest + magic) - magic;
            state[b] += slice;
            rest -= slice;
            magic *= 0x1p-28;
        }
    }
    return left << 1; // -0 differs from 0 in the sign alone
}

TARGET static void KIND(raise)(int count, const REAL *restrict values, double *restrict bin,
                               REAL *restrict rest)
{
    for (int i = 0; i < count; i++) {
        double *state = bin + (ptrdiff_t)BINS * i;
        const double value = (double)values[i];
        const double first = state[0];
        const double sum = first - gph_bin_magic(first);
        const bool taken = gph_bits_f64(gph_bin_taken(first, value)) == gph_bits_f64(value);
        const uint64_t level = gph_bin_level(gph_bits_f64(value) >> 52 & 0x7ff);
        const uint64_t wanted = level * GPH_BIN_BITS + GPH_BIN_FIELD;
        // With its sign, the field of a negative first bin is above all that are wanted.
        const uint64_t field = gph_bits_f64(first) >> 52;
        const uint64_t up =
            (wanted - field) & gph_mask((level <= GPH_BIN_LEVEL_MAX) & (wanted > field));
        const double magic = gph_from_bits_f64(wanted << 52 | GPH_F64_HALF);
        rest[i] = taken ? (REAL)0 : values[i];
        if (BINS > 2)
            state[BINS - 1] = NAME(risen)(up, state[BINS - 1], state[1], sum);
        state[1] = NAME(risen)(up, state[1], sum, 0);
        state[0] = gph_pick(up == 0, first) + gph_pick(up != 0, magic);
    }
}

TARGET static uint64_t KIND(merge)(int count, const double *restrict term, double *restrict bin)
{
    uint64_t left = 0;
    for (int i = 0; i < count; i++) {
        const double *other = term + (ptrdiff_t)BINS * i;
        double *state = bin + (ptrdiff_t)BINS * i;
        const double first_x = other[0];
        const double first_y = state[0];
        const uint64_t negative = 0 - ((gph_bits_f64(first_x) | gph_bits_f64(first_y)) >> 63);
        const uint64_t field_x = gph_bits_f64(first_x) >> 52;
        const uint64_t field_y = gph_bits_f64(first_y) >> 52;
        const uint64_t up_y = (field_x - field_y) & gph_mask(field_x > field_y) & ~negative;
        // A state that is not to change receives what has risen out of sight.
        const uint64_t up_x = ((field_y - field_x) & gph_mask(field_y > field_x)) | negative;
        const double magic_x = gph_bin_magic(first_x);
        const double magic_y = gph_bin_magic(first_y);
        const double sum_x = first_x - magic_x;
        const double sum_y = first_y - magic_y;
        left |= negative;
        if (BINS > 2)
            state[BINS - 1] = NAME(risen)(up_y, state[BINS - 1], state[1], sum_y) +
                              NAME(risen)(up_x, other[BINS - 1], other[1], sum_x);
        state[1] = NAME(risen)(up_y, state[1], sum_y, 0) + NAME(risen)(up_x, other[1], sum_x, 0);
        state[0] = gph_pick(up_y == 0, first_y) + gph_pick(up_y != 0, magic_x) +
                   gph_pick(up_x == 0, sum_x);
    }
    return left;
}
