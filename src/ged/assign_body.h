/*
 * Part of search_isa.c: the linear assignment of a frame by shortest augmenting paths (Jonker &
 * Volgenant 1987), kept optimal while cells rise and rows and columns leave. The row of insertions
 * takes several columns and has one potential for all of them.
 */

/* Place of the least of key[stride]; on a tie, the first one. */
static inline int NAME(nearest)(const num *key, int stride)
{
    const LANE *at = (const LANE *)key;
    LANE low = PACK(at[0], 0);
    for (int b = 1; b < stride / LANES; b++) {
        const LANE packed = PACK(at[b], b * LANES);
        low = LEAST(packed, low);
    }
    return UNPACK(low, key);
}

/* Takes the row `source` into the paths: the first one. Returns the nearest column. */
static inline int NAME(begin_paths)(NAME(space_t) * space, const NAME(frame_t) * f, int source)
{
    const LANE *cost = (const LANE *)(f->cost + (int64_t)source * f->stride);
    const LANE *y = (const LANE *)f->y;
    LANE *key = (LANE *)space->key;
    LANE *bar = (LANE *)space->bar;
    MASK *from = (MASK *)space->from;
    LANE low = {0};
    for (int b = 0; b < f->stride / LANES; b++) {
        const LANE way = cost[b] - f->x[source] - y[b];
        const LANE packed = PACK(way, b * LANES);
        low = b == 0 ? packed : LEAST(packed, low);
        key[b] = way;
        bar[b] = y[b];
        from[b] = (MASK){0} + source;
    }
    return UNPACK(low, space->key);
}

/* Goes on from a row at distance `base` (its potential taken off) to all columns. Returns the
 * nearest. */
static inline int NAME(relax)(NAME(space_t) * space, const NAME(frame_t) * f, int row, num base)
{
    const LANE *cost = (const LANE *)(f->cost + (int64_t)row * f->stride);
    LANE *key = (LANE *)space->key;
    const LANE *bar = (const LANE *)space->bar;
    MASK *from = (MASK *)space->from;
    LANE low = {0};
    for (int b = 0; b < f->stride / LANES; b++) {
        const LANE way = cost[b] + base - bar[b];
        const MASK closer = way < key[b];
        from[b] = (closer & row) | (from[b] & ~closer);
        key[b] = SELECT(closer, way, key[b]);
        const LANE packed = PACK(key[b], b * LANES);
        low = b == 0 ? packed : LEAST(packed, low);
    }
    return UNPACK(low, space->key);
}

/* Raises potentials so that the path to distance `end` is tight. `via`: column over which the row
 * of insertions was reached, or -1. */
static void NAME(shift)(NAME(space_t) * space, NAME(frame_t) * f, int source, int count, int via,
                        num end)
{
    const int dummy = f->rows;
    for (int t = 0; t < count; t++) {
        const int j = space->reached[t];
        const num rise = end - space->shown[t];
        f->y[j] -= rise;
        if (f->row_of[j] != dummy)
            f->x[f->row_of[j]] += rise;
        else if (j == via) {
            f->x[dummy] += rise;
            f->dual += rise * (num)f->missing;
        }
    }
    f->x[source] += end;
    f->dual += source == dummy ? end * (num)f->missing : end;
}

/* Hands columns on along the path that ends in `column`. */
static void NAME(flip)(const NAME(space_t) * space, NAME(frame_t) * f, int source, int via,
                       int column)
{
    for (int row = -1; row != source;) {
        row = (int)space->from[column];
        f->row_of[column] = row;
        if (row == f->rows) {
            column = via;
        } else {
            const int before = f->column_of[row];
            f->column_of[row] = column;
            column = before;
        }
    }
}

/*
 * Gives `source`, a row without a column or the row of insertions, one (more) column. False when
 * the assignment then costs more than the limit allows; the frame is then of no more use.
 */
static bool NAME(augment)(NAME(space_t) * space, NAME(frame_t) * f, int source)
{
    const int dummy = f->rows;
    const num room = space->limit - f->fixed - f->dual;
    bool seen = source == dummy;
    int via = -1;
    int count = 0;
    int column = NAME(begin_paths)(space, f, source);
    num end = 0;

    for (;;) {
        end = space->key[column];
        if (end > room)
            return false;
        const int row = f->row_of[column];
        if (row < 0)
            break;
        space->reached[count] = column;
        space->shown[count++] = end;
        space->key[column] = BIG;
        space->bar[column] -= 2 * BIG;
        if (row == dummy && seen) {
            column = NAME(nearest)(space->key, f->stride);
            continue;
        }
        if (row == dummy) {
            seen = true;
            via = column;
        }
        column = NAME(relax)(space, f, row, end - f->x[row]);
    }
    NAME(shift)(space, f, source, count, via, end);
    NAME(flip)(space, f, source, via, column);
    f->missing -= source == dummy;
    return true;
}

/* Completes the assignment; false as augment(). */
static bool NAME(complete)(NAME(space_t) * space, NAME(frame_t) * f)
{
    if (f->fixed + f->dual > space->limit)
        return false;
    for (int i = 0; i < f->rows; i++)
        if (f->column_of[i] < 0 && !NAME(augment)(space, f, i))
            return false;
    while (f->missing > 0)
        if (!NAME(augment)(space, f, f->rows))
            return false;
    return true;
}

/* First assignment: potentials from least cells, then tight cells as they come. */
static bool NAME(assign)(NAME(space_t) * space, NAME(frame_t) * f)
{
    const int dummy = f->rows;
    const int lacking = f->columns - f->rows;
    f->dual = 0;
    f->missing = lacking;
    for (int j = 0; j < f->stride; j++) {
        f->row_of[j] = -1;
        f->y[j] = 0;
    }
    for (int i = 0; i <= f->rows; i++) {
        const num *cost = f->cost + (int64_t)i * f->stride;
        const num least = lacking > 0 || i < dummy ? cost[NAME(nearest)(cost, f->stride)] : 0;
        f->x[i] = least;
        f->dual += i < dummy ? least : least * (num)lacking;
        if (i < dummy)
            f->column_of[i] = -1;
        for (int j = 0; j < f->columns; j++) {
            if (cost[j] != least || f->row_of[j] >= 0)
                continue;
            if (i < dummy && f->column_of[i] >= 0)
                break;
            if (i == dummy && f->missing == 0)
                break;
            f->row_of[j] = i;
            if (i < dummy)
                f->column_of[i] = j;
            else
                f->missing--;
        }
    }
    return NAME(complete)(space, f);
}

/* Gives up cells that are no longer tight. A column that becomes free may rise at once. */
static void NAME(loosen)(NAME(frame_t) * f)
{
    const int dummy = f->rows;
    for (int j = 0; j < f->columns; j++) {
        const int i = f->row_of[j];
        if (f->cost[(int64_t)i * f->stride + j] == f->x[i] + f->y[j])
            continue;
        f->row_of[j] = -1;
        if (i == dummy)
            f->missing++;
        else
            f->column_of[i] = -1;
        num least = f->cost[j] - f->x[0];
        for (int k = 1; k < f->rows + (f->columns > f->rows); k++) {
            const num other = f->cost[(int64_t)k * f->stride + j] - f->x[k];
            least = other < least ? other : least;
        }
        f->dual += least - f->y[j];
        f->y[j] = least;
    }
}
