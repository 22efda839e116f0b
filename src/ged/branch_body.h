/*
 * Part of search_isa.c: cells of the assignment, each a branch of side 0 against one of side 1 (a
 * node with its edges, each of them half), and how they rise when two nodes are matched: edges to a
 * matched node are decided and count whole.
 */

/* Cost of turning the edges between u and k into those between v and l; -1: no node. */
static num NAME(between)(const NAME(space_t) * space, int u, int k, int v, int l)
{
    const gph_ged_side_t *a = &space->problem->side[0];
    const gph_ged_side_t *b = &space->problem->side[1];
    const bool left = u >= 0 && k >= 0;
    const bool right = v >= 0 && l >= 0;
    const int out0 = left ? a->matrix[u * space->n0 + k] : 0;
    const int out1 = right ? b->matrix[v * space->n1 + l] : 0;
    num sum = space->edge[out0 * space->across + out1];
    if (space->problem->directed) {
        const int in0 = left ? a->matrix[k * space->n0 + u] : 0;
        const int in1 = right ? b->matrix[l * space->n1 + v] : 0;
        sum += space->edge[in0 * space->across + in1];
    }
    return sum;
}

/* Least assignment of rows to columns, rows <= columns, of cost[rows × columns]. */
static num NAME(assign_small)(NAME(space_t) * space, int rows, int columns, const num *cost,
                              num *spare)
{
    int32_t *row_of = space->small_int; // [columns + 1], 0: none; rows and columns from 1
    int32_t *before = row_of + columns + 1;
    num *x = spare;             // [rows + 1]
    num *y = x + rows + 1;      // [columns + 1]
    num *key = y + columns + 1; // [columns + 1], below 0: reached for good
    memset(x, 0, sizeof(num) * (size_t)(rows + columns + 2));
    memset(row_of, 0, sizeof(int32_t) * (size_t)(columns + 1));
    for (int i = 1; i <= rows; i++) {
        int j = 0;
        row_of[0] = i;
        bool *used = space->used; // [columns + 1]
        for (int k = 0; k <= columns; k++) {
            key[k] = BIG;
            used[k] = false;
        }
        do {
            used[j] = true;
            const int row = row_of[j];
            num least = BIG;
            int next = 0;
            for (int k = 1; k <= columns; k++) {
                if (used[k])
                    continue;
                const num way = cost[(row - 1) * columns + k - 1] - x[row] - y[k];
                if (way < key[k]) {
                    key[k] = way;
                    before[k] = j;
                }
                if (key[k] < least) {
                    least = key[k];
                    next = k;
                }
            }
            for (int k = 0; k <= columns; k++)
                if (used[k]) {
                    x[row_of[k]] += least;
                    y[k] -= least;
                } else {
                    key[k] -= least;
                }
            j = next;
        } while (row_of[j] != 0);
        for (; j != 0; j = before[j])
            row_of[j] = row_of[before[j]];
    }
    return -y[0];
}

/* Half cost of the open edges of u against those of v, each taken once; -1: no node. */
static num NAME(open_cost)(NAME(space_t) * space, int u, int v)
{
    const gph_ged_side_t *a = &space->problem->side[0];
    const gph_ged_side_t *b = &space->problem->side[1];
    int32_t *left = space->small_node;
    int32_t *right = left + space->n0;
    int p = 0;
    int q = 0;
    num sum = 0;
    for (int t = u < 0 ? 0 : a->start[u]; u >= 0 && t < a->start[u + 1]; t++)
        if (!space->gone0[a->neighbor[t]])
            left[p++] = a->neighbor[t];
    for (int t = v < 0 ? 0 : b->start[v]; v >= 0 && t < b->start[v + 1]; t++)
        if (!space->gone1[b->neighbor[t]])
            right[q++] = b->neighbor[t];
    const bool turned =
        p > q; // the fewer are rows; what is left of the others is deleted or inserted
    const int rows = turned ? q : p;
    const int columns = turned ? p : q;
    num *cost = space->small;
    for (int j = 0; j < columns; j++) {
        const num alone = turned ? NAME(between)(space, u, left[j], -1, -1)
                                 : NAME(between)(space, -1, -1, v, right[j]);
        sum += alone;
        for (int i = 0; i < rows; i++)
            cost[i * columns + j] = (turned ? NAME(between)(space, u, left[j], v, right[i])
                                            : NAME(between)(space, u, left[i], v, right[j])) -
                                    alone;
    }
    return rows == 0 ? sum
                     : sum + NAME(assign_small)(space, rows, columns, cost,
                                                cost + (ptrdiff_t)rows * columns);
}

/* The same from counts of open edges by kind: row i against column j, -1: the row of insertions. */
static num NAME(counted_cost)(const NAME(space_t) * space, const NAME(frame_t) * f, int i, int j)
{
    const int high = f->rows + 1;
    const num all0 = i < 0 ? 0 : f->open0[i];
    const num all1 = f->open1[j];
    const num most = all0 < all1 ? all0 : all1;
    num common = 0;
    for (int k = 1; i >= 0 && k <= space->kinds; k++) {
        const num c0 = f->open0[k * high + i];
        const num c1 = f->open1[k * f->stride + j];
        common += c0 < c1 ? c0 : c1;
    }
    return space->es * (most - common) + space->ea * (all0 - most) + space->eb * (all1 - most);
}

/* Counts of open edges, all of them. */
static void NAME(count_open)(const NAME(space_t) * space, NAME(frame_t) * f)
{
    const gph_ged_side_t *a = &space->problem->side[0];
    const gph_ged_side_t *b = &space->problem->side[1];
    const int high = f->rows + 1;
    memset(f->open0, 0, sizeof(num) * (size_t)((1 + space->kinds) * high));
    memset(f->open1, 0, sizeof(num) * (size_t)((1 + space->kinds) * f->stride));
    for (int e = 0; space->counting && e < a->edges; e++)
        for (int k = 0; k <= a->kind[e]; k += a->kind[e]) {
            f->open0[k * high + a->from[e]]++;
            f->open0[k * high + a->to[e]]++;
        }
    for (int e = 0; space->counting && e < b->edges; e++)
        for (int k = 0; k <= b->kind[e]; k += b->kind[e]) {
            f->open1[k * f->stride + b->from[e]]++;
            f->open1[k * f->stride + b->to[e]]++;
        }
}

/* All nodes open. @param whole count nodes twice, as a lower bound needs, or once */
static void NAME(set_root)(NAME(space_t) * space, bool twice, NAME(frame_t) * f)
{
    const gph_ged_problem_t *problem = space->problem;
    f->rows = space->n0;
    f->columns = NAME(width)(problem);
    f->stride = NAME(round_up)(f->columns);
    f->fixed = 0;
    memset(space->gone0, 0, sizeof(bool) * (size_t)space->n0);
    memset(space->gone1, 0, sizeof(bool) * (size_t)space->n1);
    for (int j = 0; j < f->stride; j++)
        f->node1[j] = j;
    NAME(count_open)(space, f);
    for (int i = 0; i <= f->rows; i++) {
        const int u = i < f->rows ? i : -1;
        num *cost = f->cost + (int64_t)i * f->stride;
        if (u >= 0)
            f->node0[i] = i;
        for (int j = 0; j < f->columns; j++) {
            const int v = j < space->n1 ? j : -1;
            const double node = u < 0   ? v < 0 ? 0 : problem->ins[v]
                                  : v < 0 ? problem->del[u]
                                        : problem->sub[u * space->n1 + v];
            const num open =
                space->counting ? NAME(counted_cost)(space, f, u, j) : NAME(open_cost)(space, u, v);
            if (!space->counting)
                f->inner[(int64_t)i * f->stride + j] = open;
            cost[j] = NAME(scaled)(space, node) * (twice ? 2 : 1) + open;
        }
        for (int j = f->columns; j < f->stride; j++)
            cost[j] = BIG;
    }
}

/* --- matching ------------------------------------------------------------------------------- */

/* Copies one array of columns without column j, whose place the last one takes. */
#define DROP(to, from, columns, j)                                                                 \
    do {                                                                                           \
        memcpy((to), (from), sizeof *(to) * (size_t)((columns)-1));                                \
        if ((j) < (columns)-1)                                                                     \
            (to)[j] = (from)[(columns)-1];                                                         \
    } while (0)

/* Likewise whole lanes, for a frame g with one column less; beyond its columns comes `rest`. */
static void NAME(drop)(num *to, const num *from, const NAME(frame_t) * g, int j, num rest)
{
    for (int b = 0; b < g->stride; b += LANES)
        *(LANE *)(to + b) = *(const LANE *)(from + b);
    if (j < g->columns)
        to[j] = from[g->columns];
    if (g->columns < g->stride)
        to[g->columns] = rest;
}

/* Copies a frame without row i and column j. */
static void NAME(shrink)(const NAME(space_t) * space, const NAME(frame_t) * f, int i, int j,
                         NAME(frame_t) * g)
{
    const int last = f->rows - 1;
    g->rows = f->rows - 1;
    g->columns = f->columns - 1;
    g->stride = NAME(round_up)(g->columns);
    g->missing = f->missing;
    for (int k = 0; k <= g->rows; k++) {
        const int64_t source = k == g->rows ? f->rows : k == i ? last : k;
        NAME(drop)(g->cost + (int64_t)k * g->stride, f->cost + source * f->stride, g, j, BIG);
        if (!space->counting)
            DROP(g->inner + (int64_t)k * g->stride, f->inner + source * f->stride, f->columns, j);
        g->x[k] = f->x[source];
    }
    NAME(drop)(g->y, f->y, g, j, 0);
    DROP(g->row_of, f->row_of, f->columns, j);
    DROP(g->node1, f->node1, f->columns, j);
    for (int t = g->columns; t < g->stride; t++) {
        g->row_of[t] = -1;
        g->node1[t] = 0;
    }
    for (int t = 0; t < g->columns; t++) // the last row has moved, and so has that of insertions
        g->row_of[t] = g->row_of[t] == f->rows ? g->rows : g->row_of[t] == last ? i : g->row_of[t];
    for (int k = 0; k < g->rows; k++) {
        const int column = f->column_of[k == i ? last : k];
        g->column_of[k] = column == f->columns - 1 ? j : column;
        g->node0[k] = f->node0[k == i ? last : k];
    }
    for (int k = 0; k <= space->kinds; k++) {
        num *open = g->open0 + (ptrdiff_t)k * (g->rows + 1);
        memcpy(open, f->open0 + (ptrdiff_t)k * (f->rows + 1), sizeof(num) * (size_t)f->rows);
        if (i < last)
            open[i] = f->open0[k * (f->rows + 1) + last];
        NAME(drop)
        (g->open1 + (ptrdiff_t)k * g->stride, f->open1 + (ptrdiff_t)k * f->stride, g, j, 0);
    }
}

/* Cells of row k, whose edge of kind a to the matched node is decided: deleted, but for `near`
 * columns. */
static void NAME(raise_row)(NAME(space_t) * space, NAME(frame_t) * g, int k, int a, int count,
                            const uint16_t *other)
{
    const int high = g->rows + 1;
    const num es = space->es;
    const num all = g->open0[k];
    const num mine = g->open0[a * high + k];
    const num *same = g->open1 + (ptrdiff_t)a * g->stride;
    const num few = 2 * space->ea + space->eb - es;
    const num many = space->ea;
    num *cost = g->cost + (int64_t)k * g->stride;
    num *kept = space->taken;
    for (int t = 0; t < count; t++)
        kept[t] = cost[space->near[t]];
    for (int b = 0; b < g->stride; b += LANES) {
        const MASK fewer = *(const LANE *)(g->open1 + b) >= all;
        const MASK kept_kind = *(const LANE *)(same + b) >= mine;
        const LANE rise = SELECT(fewer, (LANE){0} + few, (LANE){0} + many);
        *(LANE *)(cost + b) += rise + SELECT(kept_kind, (LANE){0} + es, (LANE){0});
    }
    for (int t = 0; t < count; t++) {
        const int j = space->near[t];
        const int b = other[g->node1[j]];
        const num ours = g->open0[b * high + k];
        const num theirs = g->open1[b * g->stride + j];
        const num rise = b == a ? 0 : es + (mine <= same[j] ? es : 0) + (theirs <= ours ? es : 0);
        cost[j] = kept[t] + rise;
    }
}

/* Cells of row k, not next to the matched node: edges are inserted in the `near` columns. */
static void NAME(raise_near)(NAME(space_t) * space, NAME(frame_t) * g, int k, int count,
                             const uint16_t *other)
{
    const int high = g->rows + 1;
    num *cost = g->cost + (int64_t)k * g->stride;
    for (int t = 0; t < count; t++) {
        const int j = space->near[t];
        const int b = other[g->node1[j]];
        const num ours = g->open0[b * high + k];
        const num theirs = g->open1[b * g->stride + j];
        const num many = g->open1[j] <= g->open0[k] ? space->ea - space->es : -space->eb;
        cost[j] += 2 * space->eb + many + (theirs <= ours ? space->es : 0);
    }
}

/* Raises cells after u and v were matched, with constant edge costs. v < 0: u was deleted. */
static void NAME(raise_counted)(NAME(space_t) * space, NAME(frame_t) * g, int u, int v)
{
    static const uint16_t none[1] = {0};
    const uint16_t *mine = space->problem->side[0].matrix + (ptrdiff_t)u * space->n0;
    const uint16_t *other = v < 0 ? none : space->problem->side[1].matrix + (int64_t)v * space->n1;
    const int high = g->rows + 1;
    int count = 0;
    for (int j = 0; v >= 0 && j < g->columns; j++) {
        space->near[count] = j;
        count += g->node1[j] < space->n1 && other[g->node1[j]] != 0;
    }
    for (int k = 0; k < g->rows; k++) {
        const int a = mine[g->node0[k]];
        if (a != 0)
            NAME(raise_row)(space, g, k, a, count, other);
        else
            NAME(raise_near)(space, g, k, count, other);
    }
    for (int t = 0; t < count; t++) {
        const int j = space->near[t];
        g->cost[(int64_t)g->rows * g->stride + j] += space->eb;
        g->open1[j]--;
        g->open1[other[g->node1[j]] * g->stride + j]--;
    }
    for (int k = 0; k < g->rows; k++) {
        const int a = mine[g->node0[k]];
        g->open0[k] -= a != 0;
        g->open0[a * high + k] -= a != 0;
    }
}

static bool NAME(adjacent)(const gph_ged_side_t *side, int u, int k)
{
    return u >= 0 && k >= 0 &&
           (side->matrix[u * side->nodes + k] != 0 || side->matrix[k * side->nodes + u] != 0);
}

/* Likewise with any edge costs. u and v are gone already. */
static void NAME(raise_general)(NAME(space_t) * space, NAME(frame_t) * g, int u, int v)
{
    for (int k = 0; k <= g->rows; k++) {
        const int node0 = k < g->rows ? g->node0[k] : -1;
        for (int j = 0; j < g->columns; j++) {
            const int node1 = g->node1[j] < space->n1 ? g->node1[j] : -1;
            if (!NAME(adjacent)(&space->problem->side[0], u, node0) &&
                !NAME(adjacent)(&space->problem->side[1], v, node1))
                continue;
            const num decided = NAME(between)(space, u, node0, v, node1);
            const num open = NAME(open_cost)(space, node0, node1);
            const int64_t cell = (int64_t)k * g->stride + j;
            g->cost[cell] += 2 * decided + open - g->inner[cell];
            g->inner[cell] = open;
        }
    }
}

/* Makes of f the frame g in which row i has been matched with column j, which it takes in f. */
static void NAME(match)(NAME(space_t) * space, const NAME(frame_t) * f, int i, int j,
                        NAME(frame_t) * g)
{
    const int64_t cell = (int64_t)i * f->stride + j;
    const int u = f->node0[i];
    const int v = f->node1[j] < space->n1 ? f->node1[j] : -1;
    const num open = space->counting ? NAME(counted_cost)(space, f, i, j) : f->inner[cell];
    space->image[u] = v;
    space->gone0[u] = true;
    if (v >= 0)
        space->gone1[v] = true;
    NAME(shrink)(space, f, i, j, g);
    g->fixed = f->fixed + f->cost[cell] - open;
    g->dual = f->dual - f->x[i] - f->y[j];
    if (space->counting)
        NAME(raise_counted)(space, g, u, v);
    else
        NAME(raise_general)(space, g, u, v);
    NAME(loosen)(g);
}
