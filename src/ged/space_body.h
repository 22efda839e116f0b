/*
 * Part of search_isa.c: the numbers of a search and its memory. Costs are scaled to integers (held
 * by the type `num`) and doubled, so that half an edge cost is an integer too.
 */

/* A subproblem: some nodes of side 0 have images, the others stand for rows; nodes of side 1
 * without an origin are columns, with columns for deletions behind them where those may be wanted.
 * One more row, the last one, stands for all insertions: it takes `columns - rows` columns. Rows
 * and columns move when others leave. */
typedef struct NAME(frame) {
    int rows;
    int columns;
    int stride;  /**< numbers a row of `cost`: columns rounded up to LANES */
    int missing; /**< columns that the row of insertions still lacks */
    num fixed;   /**< cost of what the images decide */
    num dual;    /**< sum of the potentials: the least assignment when it is complete */
    num *cost;   /**< [(rows + 1) × stride], at least BIG where banned and beyond the columns */
    num *inner;  /**< likewise: part of `cost` that is half the cost of open edges; only unless
                    `counting` */
    num *x;      /**< [rows + 1] potentials */
    num *y;      /**< [stride] potentials, 0 beyond the columns */
    num *open0;  /**< [(1 + kinds) × (rows + 1)] edges of a row to other rows: all, then by kind */
    num *open1;  /**< [(1 + kinds) × stride] edges of a column to other columns */
    int32_t *row_of;    /**< [stride] row that takes a column, or -1 */
    int32_t *column_of; /**< [rows] */
    int32_t *node0;     /**< [rows] node of side 0 */
    int32_t *node1;     /**< [stride] node of side 1; >= nodes of side 1: deletion */
} NAME(frame_t);

typedef struct NAME(space) {
    const gph_ged_problem_t *problem;
    int n0;
    int n1;
    int across;    /**< kinds of side 1, with 0 */
    int kinds;     /**< of edges, counted one by one when `counting` */
    bool counting; /**< open edges are compared by counts; needs constant costs */
    double scale;  /**< units that a cost of 1 has, before doubling */
    num es;        /**< constant edge costs, not doubled */
    num ea;
    num eb;
    num *edge;             /**< [(kinds0 + 1) × across] edge costs, not doubled */
    num *gain;             /**< likewise doubled, less the insertion of what the edge replaces */
    num *node;             /**< [n0 × n1] doubled substitution less insertion */
    num *del;              /**< [n0] doubled */
    num base;              /**< doubled cost of inserting all of side 1 */
    NAME(frame_t) * frame; /**< [n0 + 2]; the last one keeps the root */
    num *key;              /**< [stride] distance of columns not reached for good */
    num *bar;              /**< [stride] potentials, lowered out of reach for the others */
    num *shown;            /**< [stride] distance of columns reached for good, in order */
    place *from;           /**< [stride] row before a column on its shortest path */
    int32_t *reached;      /**< [stride] columns reached for good, in order */
    num *swap;             /**< [stride × stride] see pick() */
    num *taken;            /**< [stride] cost of each column's cell */
    int32_t *near;         /**< [stride] columns next to the one that leaves */
    int32_t *image;        /**< [n0] of nodes that have left: node of side 1, or >= n1: deleted */
    bool *gone0;           /**< [n0] nodes that have left */
    bool *gone1;           /**< [n1] */
    num *small;            /**< work space of small assignments */
    int32_t *small_int;
    int32_t *small_node;
    bool *used;
    int32_t *proposal;   /**< [n0] */
    int32_t *best_map;   /**< [n0] */
    num best;            /**< doubled cost of best_map */
    num aim;             /**< mappings that cost more are of no interest */
    num limit;           /**< subproblems above it are of no use */
    int64_t grain;       /**< see gph_ged_tree_t */
    bool rounds;         /**< the limit rises round by round, and does not change in a round */
    NAME(frame_t) probe; /**< assignment of what the limit leaves */
    uint64_t every;      /**< all columns */
    uint64_t *may;       /**< [n0] columns that the limit leaves to a row */
    uint64_t *next_to;   /**< [(1 + kinds) × columns] columns joined to a column */
    int32_t *row_at;     /**< [n0] row of a node */
    int depth;           /**< of the frame that is searched */
    int32_t *path;       /**< [n0 + 1] bans made in each frame */
    gph_ged_walk_t *walk;
    int64_t next_give; /**< nodes of the walk from which it may give frames away */
} NAME(space_t);

static int NAME(round_up)(int count)
{
    return (count + LANES - 1) / LANES * LANES;
}

/* Columns of the whole problem. */
static int NAME(width)(const gph_ged_problem_t *problem)
{
    return problem->side[1].nodes + (problem->whole ? 0 : problem->side[0].nodes);
}

static void NAME(carve_frame)(NAME(space_t) * space, gph_arena_t *arena, int rows, int columns,
                              NAME(frame_t) * f)
{
    const int stride = NAME(round_up)(columns);
    const int64_t cells = (int64_t)(rows + 1) * stride;
    f->cost = gph_arena_take(arena, cells, sizeof(num));
    f->inner = space->counting ? NULL : gph_arena_take(arena, cells, sizeof(num));
    f->x = gph_arena_take(arena, rows + 1, sizeof(num));
    f->y = gph_arena_take(arena, stride, sizeof(num));
    f->open0 = gph_arena_take(arena, (int64_t)(1 + space->kinds) * (rows + 1), sizeof(num));
    f->open1 = gph_arena_take(arena, (int64_t)(1 + space->kinds) * stride, sizeof(num));
    f->row_of = gph_arena_take(arena, stride, sizeof(int32_t));
    f->column_of = gph_arena_take(arena, rows + 1, sizeof(int32_t));
    f->node0 = gph_arena_take(arena, rows + 1, sizeof(int32_t));
    f->node1 = gph_arena_take(arena, stride, sizeof(int32_t));
}

static int64_t NAME(frame_bytes)(const NAME(space_t) * space, int rows, int columns)
{
    const int64_t stride = NAME(round_up)(columns);
    const int64_t cells = (rows + 1) * stride;
    return gph_arena_bytes(cells, sizeof(num)) * (space->counting ? 1 : 2) +
           gph_arena_bytes(rows + 1, sizeof(num)) + gph_arena_bytes(stride, sizeof(num)) +
           gph_arena_bytes((1 + (int64_t)space->kinds) * (rows + 1), sizeof(num)) +
           gph_arena_bytes((1 + space->kinds) * stride, sizeof(num)) +
           2 * gph_arena_bytes(stride, sizeof(int32_t)) +
           2 * gph_arena_bytes(rows + 1, sizeof(int32_t));
}

/* Frames of a search; of the root alone for one assignment. */
static int NAME(frames)(const NAME(space_t) * space, bool deep)
{
    return deep ? space->n0 + 2 : 1;
}

/* Bytes of the space itself, and of all its arrays. */
static int64_t NAME(space_bytes)(const NAME(space_t) * space, bool deep)
{
    const gph_ged_problem_t *problem = space->problem;
    const int width = NAME(width)(problem);
    const int64_t stride = NAME(round_up)(width);
    const int64_t across = (int64_t)(problem->kinds0 + 1) * space->across;
    const int64_t small = (int64_t)space->n0 + space->n1 + 2;
    int64_t bytes =
        gph_arena_bytes(1, sizeof *space) + 2 * gph_arena_bytes(across, sizeof(num)) +
        gph_arena_bytes((int64_t)space->n0 * space->n1, sizeof(num)) +
        gph_arena_bytes(space->n0, sizeof(num)) +
        gph_arena_bytes(space->n0 + 2, sizeof *space->frame) +
        4 * gph_arena_bytes(stride, sizeof(num)) + 2 * gph_arena_bytes(stride, sizeof(int32_t)) +
        gph_arena_bytes(stride, sizeof(place)) + gph_arena_bytes(stride * stride, sizeof(num)) +
        5 * gph_arena_bytes(small, sizeof(int32_t)) + gph_arena_bytes(2 * small, sizeof(int32_t)) +
        gph_arena_bytes(small, sizeof(int32_t)) + gph_arena_bytes(small, sizeof(bool)) +
        gph_arena_bytes(small * small / 4 + 4 * small, sizeof(num));
    if (deep)
        bytes += NAME(frame_bytes)(space, space->n0, width) +
                 gph_arena_bytes(space->n0, sizeof(uint64_t)) +
                 gph_arena_bytes((int64_t)(space->kinds + 1) * stride, sizeof(uint64_t)) +
                 gph_arena_bytes(space->n0, sizeof(int32_t)) +
                 gph_arena_bytes(space->n0 + 1, sizeof(int32_t));
    for (int d = 0; d < NAME(frames)(space, deep); d++)
        bytes += d == space->n0 + 1 ? NAME(frame_bytes)(space, space->n0, width)
                                    : NAME(frame_bytes)(space, space->n0 - d, width - d);
    return bytes;
}

static void NAME(carve)(NAME(space_t) * space, gph_arena_t *arena, bool deep)
{
    const gph_ged_problem_t *problem = space->problem;
    const int width = NAME(width)(problem);
    const int64_t stride = NAME(round_up)(width);
    const int64_t cells = (int64_t)(problem->kinds0 + 1) * space->across;
    const int64_t small = (int64_t)space->n0 + space->n1 + 2;
    space->edge = gph_arena_take(arena, cells, sizeof(num));
    space->gain = gph_arena_take(arena, cells, sizeof(num));
    space->node = gph_arena_take(arena, (int64_t)space->n0 * space->n1, sizeof(num));
    space->del = gph_arena_take(arena, space->n0, sizeof(num));
    space->frame = gph_arena_take(arena, space->n0 + 2, sizeof *space->frame);
    num **const lanes[] = {&space->key, &space->bar, &space->shown, &space->taken};
    for (int i = 0; i < 4; i++)
        *lanes[i] = gph_arena_take(arena, stride, sizeof(num));
    space->from = gph_arena_take(arena, stride, sizeof(place));
    space->reached = gph_arena_take(arena, stride, sizeof(int32_t));
    space->near = gph_arena_take(arena, stride, sizeof(int32_t));
    memset(space->taken, 0, sizeof(num) * (size_t)stride);
    space->swap = gph_arena_take(arena, stride * stride, sizeof(num));
    space->image = gph_arena_take(arena, small, sizeof(int32_t));
    space->proposal = gph_arena_take(arena, small, sizeof(int32_t));
    space->best_map = gph_arena_take(arena, small, sizeof(int32_t));
    space->gone0 = gph_arena_take(arena, small, sizeof(bool));
    space->gone1 = gph_arena_take(arena, small, sizeof(bool));
    space->small_int = gph_arena_take(arena, 2 * small, sizeof(int32_t));
    space->small_node = gph_arena_take(arena, small, sizeof(int32_t));
    space->used = gph_arena_take(arena, small, sizeof(bool));
    space->small = gph_arena_take(arena, small * small / 4 + 4 * small, sizeof(num));
    if (deep) {
        NAME(carve_frame)(space, arena, space->n0, width, &space->probe);
        space->may = gph_arena_take(arena, space->n0, sizeof(uint64_t));
        space->next_to =
            gph_arena_take(arena, (int64_t)(space->kinds + 1) * stride, sizeof(uint64_t));
        space->row_at = gph_arena_take(arena, space->n0, sizeof(int32_t));
        space->path = gph_arena_take(arena, space->n0 + 1, sizeof(int32_t));
    }
    for (int d = 0; d < NAME(frames)(space, deep); d++)
        if (d == space->n0 + 1)
            NAME(carve_frame)(space, arena, space->n0, width, &space->frame[d]);
        else
            NAME(carve_frame)(space, arena, space->n0 - d, width - d, &space->frame[d]);
}

static num NAME(scaled)(const NAME(space_t) * space, double cost)
{
    const double most = space->problem->total * space->scale + 1; // dearer than that is never used
    const double units = floor(cost * space->scale);
    return (num)(units < most ? units : most);
}

/* Tables of costs in units. */
static void NAME(set_costs)(NAME(space_t) * space)
{
    const gph_ged_problem_t *problem = space->problem;
    const int across = space->across;
    space->es = NAME(scaled)(space, problem->es);
    space->ea = NAME(scaled)(space, problem->ea);
    space->eb = NAME(scaled)(space, problem->eb);
    for (int i = 0; i < (problem->kinds0 + 1) * across; i++)
        space->edge[i] = NAME(scaled)(space, problem->edge[i]);
    for (int a = 0; a <= problem->kinds0; a++)
        for (int b = 0; b < across; b++)
            space->gain[a * across + b] = 2 * (space->edge[a * across + b] - space->edge[b]);
    space->base = 0;
    for (int v = 0; v < space->n1; v++)
        space->base += 2 * NAME(scaled)(space, problem->ins[v]);
    for (int e = 0; e < problem->side[1].edges; e++)
        space->base += 2 * space->edge[problem->side[1].kind[e]];
    for (int u = 0; u < space->n0; u++) {
        space->del[u] = 2 * NAME(scaled)(space, problem->del[u]);
        for (int v = 0; v < space->n1; v++)
            space->node[u * space->n1 + v] =
                2 * (NAME(scaled)(space, problem->sub[u * space->n1 + v]) -
                     NAME(scaled)(space, problem->ins[v]));
    }
}

/* Makes a space in the arena of the search; it stays until the arena is used again. */
static gph_status_t NAME(open)(gph_ged_search_t *search, bool deep, NAME(space_t) * *space)
{
    const gph_ged_problem_t *problem = search->problem;
    NAME(space_t) made = {.problem = problem};
    made.n0 = problem->side[0].nodes;
    made.n1 = problem->side[1].nodes;
    made.across = problem->kinds1 + 1;
    made.counting = problem->constant && problem->kinds1 <= COUNTED_KINDS;
    made.kinds = made.counting ? problem->kinds1 : 0;
    made.scale = SCALE(problem);
    const gph_status_t status = gph_arena_reset(search->arena, NAME(space_bytes)(&made, deep));
    if (status != GPH_OK)
        return status;
    *space = gph_arena_take(search->arena, 1, sizeof made);
    **space = made;
    NAME(carve)(*space, search->arena, deep);
    NAME(set_costs)(*space);
    return GPH_OK;
}

/* Doubled cost of a complete mapping: [n0] node of side 1, or -1. */
static num NAME(evaluate)(const NAME(space_t) * space, const int32_t *map)
{
    const gph_ged_side_t *a = &space->problem->side[0];
    const gph_ged_side_t *b = &space->problem->side[1];
    const int n1 = space->n1;
    num sum = space->base;
    for (int u = 0; u < space->n0; u++)
        sum += map[u] < 0 ? space->del[u] : space->node[u * n1 + map[u]];
    for (int e = 0; e < a->edges; e++) {
        const int32_t v = map[a->from[e]];
        const int32_t w = map[a->to[e]];
        const int other = v < 0 || w < 0 ? 0 : b->matrix[v * n1 + w];
        sum += space->gain[a->kind[e] * space->across + other];
    }
    return sum;
}
