/*
 * Part of search_isa.c: branch and bound. A subproblem has an optimal assignment. One of its pairs
 * is chosen; first it is matched, and then, in the same frame, banned, so that a node of the tree
 * has any number of children: the pairs chosen one after the other.
 */

/* Cost of the frame's assignment as a mapping; kept when it is the best so far. */
static void NAME(propose)(NAME(space_t) * space, const NAME(frame_t) * f)
{
    int32_t *map = space->proposal;
    for (int u = 0; u < space->n0; u++)
        map[u] = space->image[u];
    for (int i = 0; i < f->rows; i++) {
        const int v = f->node1[f->column_of[i]];
        map[f->node0[i]] = v < space->n1 ? v : -1;
    }
    const num cost = NAME(evaluate)(space, map);
    if (cost >= space->best)
        return;
    space->best = cost;
    space->proposal = space->best_map;
    space->best_map = map;
}

/*
 * Chooses the row whose pair is dearest to give up: the cheapest exchange of columns with another
 * row costs most; on a tie, the pair with more edges. Returns the row.
 */
static int NAME(pick)(NAME(space_t) * space, const NAME(frame_t) * f)
{
    const gph_ged_problem_t *problem = space->problem;
    const int stride = f->stride;
    num *swap = space->swap; // [columns × stride] cost of column c for the row that takes column j
    num *taken = space->taken;
    int best = -1;
    num most = -BIG;
    int32_t degree = -1;
    for (int j = 0; j < f->columns; j++)
        space->near[j] = f->row_of[j] * stride;
    for (int j = 0; j < f->columns; j++)
        taken[j] = f->cost[space->near[j] + j];
    for (int i = 0; i < f->rows; i++) {
        const num *cost = f->cost + f->column_of[i];
        num *back = swap + f->column_of[i] * stride;
        for (int j = 0; j < f->columns; j++)
            back[j] = cost[space->near[j]];
        back[f->column_of[i]] = BIG;
        for (int j = f->columns; j < stride; j++)
            back[j] = BIG;
    }
    for (int i = 0; i < f->rows; i++) {
        const int c = f->column_of[i];
        const num *cost = f->cost + (int64_t)i * stride;
        const num *back = swap + c * stride;
        LANE low = (LANE){0} + BIG;
        for (int b = 0; b < stride; b += LANES) {
            const LANE other =
                *(const LANE *)(cost + b) + *(const LANE *)(back + b) - *(const LANE *)(taken + b);
            low = LEAST(other, low);
        }
        const num least = LOWEST(low) - cost[c];
        const int v = f->node1[c];
        const int u = f->node0[i];
        const int32_t d0 = problem->side[0].start[u + 1] - problem->side[0].start[u];
        const int32_t d1 =
            v < space->n1 ? problem->side[1].start[v + 1] - problem->side[1].start[v] : 0;
        const int32_t d = d0 < d1 ? d0 : d1;
        if (least > most || (least == most && d > degree)) {
            most = least;
            degree = d;
            best = i;
        }
    }
    return best;
}

/* Bans the pair of row i, or its deletion by any column, and completes the assignment again. */
static bool NAME(ban)(NAME(space_t) * space, NAME(frame_t) * f, int i)
{
    num *cost = f->cost + (int64_t)i * f->stride;
    const int column = f->column_of[i];
    cost[column] = BIG;
    if (f->node1[column] >= space->n1)
        for (int j = 0; j < f->columns; j++)
            if (f->node1[j] >= space->n1)
                cost[j] = BIG;
    f->row_of[column] = -1;
    f->column_of[i] = -1;
    return NAME(augment)(space, f, i);
}

/* True when a limit ends the search. */
static bool NAME(exhausted)(NAME(space_t) * space)
{
    gph_ged_search_t *search = space->search;
    search->steps++;
    if ((search->max_steps > 0 && search->steps > search->max_steps) ||
        (search->until > 0 && search->steps % 256 == 0 && gph_clock_now() > search->until))
        search->stopped = true;
    return search->stopped;
}

/* Searches the subproblem in frame `depth`; false when that ended the search. */
static bool NAME(explore)(NAME(space_t) * space, int depth)
{
    NAME(frame_t) *f = &space->frame[depth];
    space->depth = depth;
    do {
        if (NAME(exhausted)(space))
            return false;
        NAME(propose)(space, f);
        if (space->rounds && space->best <= space->limit)
            return false;
        if (!space->rounds && space->best - TOLERANCE(space) < space->limit)
            space->limit = space->best - TOLERANCE(space);
        if (f->rows == 0 || f->fixed + f->dual > space->limit)
            return true;
        if (!NAME(propagate)(space, f))
            return true;
        const int i = NAME(pick)(space, f);
        const int u = f->node0[i];
        const int v = f->node1[f->column_of[i]];
        if (f->rows > 1) {
            NAME(match)(space, f, i, f->column_of[i], f + 1);
            if (NAME(complete)(space, f + 1) && !NAME(explore)(space, depth + 1))
                return false;
            space->depth = depth;
            space->gone0[u] = false;
            if (v < space->n1)
                space->gone1[v] = false;
        }
        if (f->rows == 1)
            return true; // the only other choice is another column: the assignment is optimal
        if (!NAME(ban)(space, f, i))
            return true;
    } while (true);
}

/* Keeps the root, or brings it back: the arrays of a frame lie in one piece. */
static void NAME(copy_root)(const NAME(space_t) * space, const NAME(frame_t) * f, NAME(frame_t) * g)
{
    memcpy(g->cost, f->cost, (size_t)NAME(frame_bytes)(space, f->rows, f->columns));
    g->rows = f->rows;
    g->columns = f->columns;
    g->stride = f->stride;
    g->missing = f->missing;
    g->fixed = f->fixed;
    g->dual = f->dual;
}

/* Least doubled cost that is possible at or above `bound`: costs are multiples of the unit. */
static num NAME(whole_units)(const NAME(space_t) * space, num bound)
{
    const int64_t step = 2 * (int64_t)space->unit;
    return (num)(((int64_t)bound + step - 1) / step * step);
}

/* Greatest common divisor of all costs. */
static num NAME(common_unit)(const NAME(space_t) * space)
{
    const gph_ged_problem_t *problem = space->problem;
    int64_t unit = 0;
    for (int i = 0; i < (problem->kinds0 + 1) * space->across; i++)
        unit = greatest_divisor(unit, (int64_t)space->edge[i]);
    for (int v = 0; v < space->n1; v++)
        unit = greatest_divisor(unit, (int64_t)NAME(scaled)(space, problem->ins[v]));
    for (int u = 0; u < space->n0; u++)
        unit = greatest_divisor(unit, (int64_t)space->del[u] / 2);
    for (int i = 0; i < space->n0 * space->n1 && unit != 1; i++)
        unit = greatest_divisor(unit, (int64_t)space->node[i] / 2);
    return unit > 0 ? (num)unit : 1;
}

/* Searches with a rising limit, so that hardly anything above the distance is looked at. `most`:
 * doubled units. */
static num NAME(search_rounds)(NAME(space_t) * space, NAME(frame_t) * root, num most)
{
    num limit = NAME(whole_units)(space, root->fixed + root->dual);
    while (space->best > limit && limit <= most && limit < BIG / 2) {
        space->limit = limit;
        NAME(copy_root)(space, root, &space->frame[0]);
        (void)NAME(explore)(space, 0);
        if (space->search->stopped || space->best <= limit)
            break;
        limit += 2 * space->unit;
    }
    return limit;
}

/* Searches once, with a limit that falls as better mappings are found. */
static num NAME(search_once)(NAME(space_t) * space, NAME(frame_t) * root, num most)
{
    const num start = space->best - TOLERANCE(space);
    space->limit = start < most ? start : most;
    if (root->fixed + root->dual > space->limit)
        return root->fixed + root->dual;
    NAME(copy_root)(space, root, &space->frame[0]);
    (void)NAME(explore)(space, 0);
    if (!space->search->stopped)
        return space->best <= most ? space->best : most + 1;
    num lower =
        space->best; // all that is open lies in the frames on the way to where the search ended
    for (int d = 0; d <= space->depth; d++)
        if (space->frame[d].fixed + space->frame[d].dual < lower)
            lower = space->frame[d].fixed + space->frame[d].dual;
    return lower;
}

static bool NAME(first_bound)(NAME(space_t) * space, bool twice, NAME(frame_t) * root)
{
    space->limit = BIG / 2;
    NAME(set_root)(space, twice, root);
    return NAME(assign)(space, root);
}

static gph_status_t NAME(search)(gph_ged_search_t *search)
{
    NAME(space_t) space = {0};
    const gph_status_t status = NAME(open)(search, true, &space);
    if (status != GPH_OK)
        return status;
    const double units = 2 * space.scale;
    const double wanted = search->limit * units;
    const num most = (num)(wanted < (double)(BIG / 4) ? floor(wanted) : BIG / 4);
    NAME(frame_t) *root = &space.frame[space.n0 + 1];
    search->steps = 0;
    search->stopped = false;
    memcpy(space.best_map, search->map, sizeof(int32_t) * (size_t)space.n0);
    space.best = NAME(evaluate)(&space, space.best_map);
    if (!NAME(first_bound)(&space, true, root))
        return GPH_ERR_INTERNAL;
    space.unit = INTEGERS ? NAME(common_unit)(&space) : 1;
    NAME(propose)(&space, root);
    const num gap = space.best - root->fixed - root->dual;
    space.rounds = INTEGERS && gap <= 2 * ROUNDS_MOST * space.unit;
    const num lower = space.rounds ? NAME(search_rounds)(&space, root, most)
                                   : NAME(search_once)(&space, root, most);
    memcpy(search->map, space.best_map, sizeof(int32_t) * (size_t)space.n0);
    search->lower = (double)(lower < space.best ? lower : space.best) / units;
    search->upper = (double)space.best / units;
    return GPH_OK;
}

static gph_status_t NAME(assign_root)(gph_ged_search_t *search)
{
    NAME(space_t) space = {0};
    const gph_status_t status = NAME(open)(search, false, &space);
    if (status != GPH_OK)
        return status;
    NAME(frame_t) *root = &space.frame[0];
    if (!NAME(first_bound)(&space, !search->proportional, root))
        return GPH_ERR_INTERNAL;
    for (int i = 0; i < root->rows; i++) {
        const int v = root->node1[root->column_of[i]];
        search->map[root->node0[i]] = v < space.n1 ? v : -1;
    }
    space.unit = INTEGERS ? NAME(common_unit)(&space) : 1;
    search->lower = (double)NAME(whole_units)(&space, root->fixed + root->dual) / (2 * space.scale);
    return GPH_OK;
}
