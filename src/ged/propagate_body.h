/*
 * Part of search_isa.c: what a limit rules out. A cell whose reduced cost is above what the limit
 * leaves is in no mapping within the limit. Then edges can't go along with it either, branches next
 * to it cost more, the bound rises, and more cells are ruled out (reduced cost fixing, with the
 * branches evaluated again).
 */

/* Columns of a row, as bits. */
static uint64_t NAME(allowed)(const NAME(frame_t) * f, int row, num slack)
{
    const num *cost = f->cost + (int64_t)row * f->stride;
    uint64_t bits = 0;
    for (int b = 0; b < f->stride; b += LANES) {
        const LANE reduced = *(const LANE *)(cost + b) - *(const LANE *)(f->y + b);
        const MASK fits = reduced <= slack + f->x[row];
        bits |= (uint64_t)BITS(fits) << b;
    }
    return bits;
}

/* Open edges of side 1 between columns, as bits by kind; row 0 has all kinds. */
static void NAME(set_neighbors)(NAME(space_t) * space, const NAME(frame_t) * f)
{
    const gph_ged_side_t *b = &space->problem->side[1];
    int32_t *position = space->small_node;
    memset(space->next_to, 0, sizeof(uint64_t) * (size_t)((space->kinds + 1) * f->columns));
    for (int j = 0; j < f->columns; j++)
        if (f->node1[j] < space->n1)
            position[f->node1[j]] = j;
    for (int j = 0; j < f->columns; j++) {
        const int v = f->node1[j];
        for (int t = v < space->n1 ? b->start[v] : 0; v < space->n1 && t < b->start[v + 1]; t++) {
            const int l = b->neighbor[t];
            if (space->gone1[l])
                continue;
            const uint64_t bit = UINT64_C(1) << position[l];
            space->next_to[j] |= bit;
            space->next_to[b->matrix[v * space->n1 + l] * f->columns + j] |= bit;
        }
    }
}

/* Open edges of row i, by kind: rows at their other ends. Returns how many. */
static int NAME(open_row)(NAME(space_t) * space, const NAME(frame_t) * f, int i, int32_t *row,
                          int32_t *kind)
{
    const gph_ged_side_t *a = &space->problem->side[0];
    const int u = f->node0[i];
    int count = 0;
    for (int t = a->start[u]; t < a->start[u + 1]; t++) {
        const int k = a->neighbor[t];
        if (space->gone0[k])
            continue;
        const int32_t mine = a->matrix[u * space->n0 + k];
        int at = count++;
        for (; at > 0 && kind[at - 1] > mine; at--) {
            kind[at] = kind[at - 1];
            row[at] = row[at - 1];
        }
        kind[at] = mine;
        row[at] = space->row_at[k];
    }
    return count;
}

/* Edges of the same kind that a row and column j can match, as space->may allows. */
static inline int NAME(alike)(const NAME(space_t) * space, int columns, int count,
                              const int32_t *row, const int32_t *kind, int j)
{
    int same = 0;
    for (int t = 0; t < count;) {
        const int32_t group = kind[t];
        const uint64_t there = space->next_to[group * columns + j];
        uint64_t hit = 0;
        int hits = 0;
        for (; t < count && kind[t] == group; t++) {
            const uint64_t met = space->may[row[t]] & there;
            hit |= met;
            hits += met != 0;
        }
        const int fits = __builtin_popcountll(hit);
        same += hits < fits ? hits : fits;
    }
    return same;
}

/* Half the cost of the open edges of a row against those of column j, where ends may only be
 * matched as space->may allows: at least that. */
static inline num NAME(allowed_cost)(const NAME(space_t) * space, int columns, int count,
                                     const int32_t *row, const int32_t *kind, int j)
{
    const uint64_t all = space->next_to[j];
    uint64_t reach = 0;
    int ends = 0;
    for (int t = 0; t < count; t++) {
        const uint64_t there = space->may[row[t]] & all;
        reach |= there;
        ends += there != 0;
    }
    const int reached = __builtin_popcountll(reach);
    const int most = ends < reached ? ends : reached;
    const int same = space->kinds == 1 ? most : NAME(alike)(space, columns, count, row, kind, j);
    return space->es * (num)(most - (same < most ? same : most)) + space->ea * (num)(count - most) +
           space->eb * (num)(__builtin_popcountll(all) - most);
}

/* Row i of f without the costs of its open edges. */
static void NAME(closed_row)(const NAME(space_t) * space, const NAME(frame_t) * f, int i,
                             num *closed)
{
    const int high = f->rows + 1;
    const num all = f->open0[i];
    const num *cost = f->cost + (int64_t)i * f->stride;
    for (int b = 0; b < f->stride; b += LANES) {
        const LANE other = *(const LANE *)(f->open1 + b);
        const LANE mine = (LANE){0} + all;
        const LANE most = LEAST(mine, other);
        LANE common = {0};
        for (int k = 1; k <= space->kinds; k++) {
            const LANE ours = (LANE){0} + f->open0[k * high + i];
            const LANE theirs = *(const LANE *)(f->open1 + (ptrdiff_t)k * f->stride + b);
            common += LEAST(ours, theirs);
        }
        *(LANE *)(closed + b) = *(const LANE *)(cost + b) - space->es * (most - common) -
                                space->ea * (mine - most) - space->eb * (other - most);
    }
}

/* Columns whose open edges some of the rows can't all follow: those next to a column ruled out. */
static uint64_t NAME(hindered)(const NAME(space_t) * space, int count, const int32_t *row)
{
    uint64_t open = space->every;
    for (int t = 0; t < count; t++)
        open &= space->may[row[t]];
    uint64_t near = 0;
    for (uint64_t left = space->every & ~open; left != 0; left &= left - 1)
        near |= space->next_to[__builtin_ctzll(left)];
    return near;
}

/* Raises cells of row i to what space->may leaves of their open edges. True when the cell that the
 * row takes rises. */
static bool NAME(raise_allowed)(NAME(space_t) * space, const NAME(frame_t) * f, NAME(frame_t) * g,
                                int i)
{
    int32_t *row = space->small_int;
    int32_t *kind = row + space->n0;
    const int count = NAME(open_row)(space, f, i, row, kind);
    uint64_t left = space->may[i] & NAME(hindered)(space, count, row);
    num *cost = g->cost + (int64_t)i * f->stride;
    num *closed = space->taken;
    if (left == 0)
        return false;
    NAME(closed_row)(space, f, i, closed);
    for (; left != 0; left &= left - 1) {
        const int j = __builtin_ctzll(left);
        cost[j] = closed[j] + NAME(allowed_cost)(space, f->columns, count, row, kind, j);
    }
    return cost[g->column_of[i]] > g->x[i] + g->y[g->column_of[i]];
}

/* Takes cells that have become too dear from space->may; true when there are any. Rows next to such
 * a row become stale. */
static bool NAME(narrow)(NAME(space_t) * space, const NAME(frame_t) * g, bool *stale)
{
    const gph_ged_side_t *a = &space->problem->side[0];
    const num slack = space->limit - g->fixed - g->dual;
    bool any = false;
    for (int i = 0; i < g->rows; i++) {
        const uint64_t before = space->may[i];
        space->may[i] &= NAME(allowed)(g, i, slack);
        if (space->may[i] == before)
            continue;
        const int u = space->frame[space->depth].node0[i];
        any = true;
        for (int t = a->start[u]; t < a->start[u + 1]; t++)
            if (!space->gone0[a->neighbor[t]])
                stale[space->row_at[a->neighbor[t]]] = true;
    }
    return any;
}

/* Copies the cells, the assignment and its potentials. */
static void NAME(copy_assignment)(const NAME(frame_t) * f, NAME(frame_t) * g)
{
    g->rows = f->rows;
    g->columns = f->columns;
    g->stride = f->stride;
    g->missing = f->missing;
    g->fixed = f->fixed;
    g->dual = f->dual;
    memcpy(g->x, f->x, sizeof(num) * (size_t)(f->rows + 1));
    memcpy(g->y, f->y, sizeof(num) * (size_t)f->stride);
    memcpy(g->row_of, f->row_of, sizeof(int32_t) * (size_t)f->stride);
    memcpy(g->column_of, f->column_of, sizeof(int32_t) * (size_t)f->rows);
    memcpy(g->cost, f->cost, sizeof(num) * (size_t)((f->rows + 1) * f->stride));
}

/* Bans in f what is ruled out: the same on any way to it, as the limit of a round is fixed. Rows
 * that lose their column that way get another one. */
static bool NAME(keep_bans)(NAME(space_t) * space, NAME(frame_t) * f)
{
    for (int i = 0; i < f->rows; i++) {
        const int column = f->column_of[i];
        if ((space->may[i] >> column & 1) == 0) {
            f->row_of[column] = -1;
            f->column_of[i] = -1;
        }
        for (uint64_t left = space->every & ~space->may[i]; left != 0; left &= left - 1)
            f->cost[(int64_t)i * f->stride + __builtin_ctzll(left)] = BIG;
    }
    return NAME(complete)(space, f);
}

/* False when nothing within the limit is left of a frame. */
static bool NAME(propagate)(NAME(space_t) * space, NAME(frame_t) * f)
{
    NAME(frame_t) *g = &space->probe;
    bool *stale = space->used;
    bool fits = true;

    uint64_t all = UINT64_MAX;
    if (!space->counting || f->stride > 64 || f->rows < PROPAGATE_FROM)
        return true;
    space->every = UINT64_MAX >> (64 - f->columns);
    for (int i = 0; i < f->rows; i++) {
        space->row_at[f->node0[i]] = i;
        space->may[i] = NAME(allowed)(f, i, space->limit - f->fixed - f->dual);
        all &= space->may[i];
    }
    if ((all & space->every) == space->every)
        return true;
    NAME(set_neighbors)(space, f);
    NAME(copy_assignment)(f, g);
    memset(stale, true, sizeof(bool) * (size_t)f->rows);
    for (int turn = 0; fits && turn < TURNS; turn++) {
        bool suffers = false;
        for (int i = 0; i < f->rows; i++)
            if (stale[i]) {
                stale[i] = false;
                suffers |= NAME(raise_allowed)(space, f, g, i);
            }
        if (suffers) {
            NAME(loosen)(g);
            fits = NAME(complete)(space, g);
        }
        if (fits && !NAME(narrow)(space, g, stale))
            break;
    }
    return fits && (!space->rounds || NAME(keep_bans)(space, f));
}
