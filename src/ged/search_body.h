/*
 * Part of search_isa.c: branch and bound. A subproblem has an optimal assignment. One of its pairs
 * is chosen; first it is matched, and then, in the same frame, banned, so that a node of the tree
 * has any number of children: the pairs chosen one after the other.
 */

/* The mapping that costs least of what could cost no more than this and still be better. */
static num NAME(below)(const NAME(space_t) * space, num cost)
{
    return (num)gph_ged_below((int64_t)cost, space->grain, INTEGERS);
}

/* The least that a mapping in the frame costs, as an integer. */
static int64_t NAME(least)(const NAME(frame_t) * f)
{
    const num sum = f->fixed + f->dual;
    return (int64_t)sum;
}

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
    if (cost > space->aim)
        return;
    space->best = cost;
    space->aim = NAME(below)(space, cost);
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
    for (int j = 0; j < f->columns; j++) {
        taken[j] = f->cost[space->near[j] + j];
        assert(taken[j] < BIG);
    }
    for (int i = 0; i < f->rows; i++) {
        const num *cost = f->cost + f->column_of[i];
        num *back = swap + (ptrdiff_t)f->column_of[i] * stride;
        for (int j = 0; j < f->columns; j++)
            back[j] = cost[space->near[j]];
        back[f->column_of[i]] = BIG;
        for (int j = f->columns; j < stride; j++)
            back[j] = BIG;
    }
    for (int i = 0; i < f->rows; i++) {
        const int c = f->column_of[i];
        const num *cost = f->cost + (int64_t)i * stride;
        const num *back = swap + (ptrdiff_t)c * stride;
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

/* Bans the pair of a frame that was matched, and what follows from that searched. False when
 * nothing is left in the frame. */
static bool NAME(ban_matched)(NAME(space_t) * space, int depth)
{
    NAME(frame_t) *f = &space->frame[depth];
    const int i = NAME(pick)(space, f);
    const int v = f->node1[f->column_of[i]];
    space->depth = depth;
    space->gone0[f->node0[i]] = false;
    if (v < space->n1)
        space->gone1[v] = false;
    space->path[depth]++;
    return NAME(ban)(space, f, i);
}

/* Opens the nodes of a frame, or closes those that have images in the frame that is searched. */
static void NAME(set_gone)(NAME(space_t) * space, const NAME(frame_t) * f, bool gone)
{
    for (int i = 0; i < f->rows; i++)
        space->gone0[f->node0[i]] = gone;
    for (int j = 0; j < f->columns; j++)
        if (f->node1[j] < space->n1)
            space->gone1[f->node1[j]] = gone;
}

/* What is left in a frame whose pair was matched. That uses the frame up. */
static gph_ged_rest_t NAME(rest_of)(NAME(space_t) * space, int depth)
{
    if (!NAME(ban_matched)(space, depth))
        return GPH_GED_REST_NONE;
    return NAME(propagate)(space, &space->frame[depth]) ? GPH_GED_REST_TREE : GPH_GED_REST_NODE;
}

/* Gives the upper frames of a walk away, down to the first one where more than a node is left. */
static void NAME(give)(NAME(space_t) * space)
{
    gph_ged_walk_t *walk = space->walk;
    const int now = space->depth;
    gph_ged_rest_t rest = GPH_GED_REST_NONE;
    int last = -1; // frame where something is left
    int64_t bound = INT64_MAX;
    int d = walk->floor;
    for (; d < now && rest != GPH_GED_REST_TREE; d++) {
        const int64_t here = NAME(least)(&space->frame[d]);
        bound = here < bound ? here : bound;
        NAME(set_gone)(space, &space->frame[d], false);
        rest = NAME(rest_of)(space, d);
        space->path[d]--; // that of the walk has not come to it
        NAME(set_gone)(space, &space->frame[d], true);
        NAME(set_gone)(space, &space->frame[now], false);
        last = rest != GPH_GED_REST_NONE ? d : last;
    }
    space->depth = now;
    if (last >= 0) {
        memcpy(walk->left, space->path, sizeof(int32_t) * (size_t)(last + 1));
        walk->left[last]++;
        walk->stopped = !walk->give(walk->give_data, walk, last, bound);
    }
    walk->floor = d; // nothing is left in those that were not given
    space->next_give = walk->steps + GIVE_STEPS;
}

/* True when a limit ends the walk before the next node. */
static bool NAME(exhausted)(NAME(space_t) * space)
{
    gph_ged_walk_t *walk = space->walk;
    const int hurry = walk->hurry != NULL ? atomic_load_explicit(walk->hurry, memory_order_relaxed)
                                          : GPH_GED_HURRY_NOT;
    if (hurry == GPH_GED_HURRY_GIVE && walk->steps >= space->next_give)
        NAME(give)(space);
    if ((walk->max_steps > 0 && walk->steps >= walk->max_steps) ||
        (hurry == GPH_GED_HURRY_STOP && walk->steps >= walk->least_steps) ||
        (walk->until > 0 && walk->steps % 256 == 255 && gph_clock_now() > walk->until))
        walk->stopped = true;
    walk->steps += !walk->stopped;
    return walk->stopped;
}

/* Searches the subproblem in frame `depth`, and what is left of it after bans; false when that
 * ended the walk. */
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
        if (!space->rounds && space->aim < space->limit)
            space->limit = space->aim;
        if (f->rows == 0 || f->fixed + f->dual > space->limit)
            return true;
        if (!NAME(propagate)(space, f))
            return true;
        const int i = NAME(pick)(space, f);
        const int u = f->node0[i];
        const int v = f->node1[f->column_of[i]];
        if (f->rows > 1) {
            NAME(match)(space, f, i, f->column_of[i], f + 1);
            space->path[depth + 1] = 0;
            if (NAME(complete)(space, f + 1) && !NAME(explore)(space, depth + 1))
                return false;
            if (depth < space->walk->floor)
                return true; // the rest was given away
            space->depth = depth;
            space->gone0[u] = false;
            if (v < space->n1)
                space->gone1[v] = false;
        }
        if (f->rows == 1)
            return true; // the only other choice is another column: the assignment is optimal
        space->path[depth]++;
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

/*
 * Goes from the root to where a walk begins: the same choices and bans, so that the frames come out
 * the same. Only a round's bans change frames, so without rounds nothing is propagated.
 * @param depth receives the frame where it ends
 * @return false when nothing within the limit is left in that frame
 */
static bool NAME(descend)(NAME(space_t) * space, const gph_ged_walk_t *walk, int *depth)
{
    for (int d = 0;; d++) {
        NAME(frame_t) *f = &space->frame[d];
        *depth = space->depth = d;
        space->path[d] = walk->depth < 0 ? 0 : walk->path[d];
        for (int bans = space->path[d]; bans > 0; bans--) {
            if ((space->rounds && !NAME(propagate)(space, f)) ||
                !NAME(ban)(space, f, NAME(pick)(space, f)))
                return false;
        }
        if (d >= walk->depth)
            return true;
        if (space->rounds && !NAME(propagate)(space, f))
            return false;
        const int i = NAME(pick)(space, f);
        NAME(match)(space, f, i, f->column_of[i], f + 1);
        if (!NAME(complete)(space, f + 1)) {
            *depth = d + 1;
            return false;
        }
    }
}

/* Says where a walk stopped and what it left. That uses the frames up. */
static void NAME(report_left)(NAME(space_t) * space, gph_ged_walk_t *walk)
{
    walk->left_depth = space->depth;
    for (int d = 0; d <= walk->left_depth; d++) {
        walk->left[d] = space->path[d];
        walk->bound[d] = NAME(least)(&space->frame[d]);
        walk->rest[d] = GPH_GED_REST_UNKNOWN;
    }
    for (int d = walk->left_depth - 1; d >= walk->floor && walk->probe; d--)
        walk->rest[d] = NAME(rest_of)(space, d);
}

/* gph_ged_engine_t.walk */
static void NAME(walk)(void *data, gph_ged_walk_t *walk)
{
    NAME(space_t) *space = data;
    space->walk = walk;
    space->limit = (num)walk->limit;
    space->aim = (num)walk->aim;
    space->best = BIG;
    space->next_give = GIVE_STEPS;
    walk->steps = 0;
    walk->stopped = false;
    memset(space->gone0, 0, sizeof(bool) * (size_t)space->n0);
    memset(space->gone1, 0, sizeof(bool) * (size_t)space->n1);
    NAME(copy_root)(space, &space->frame[space->n0 + 1], &space->frame[0]);
    int depth = 0;
    bool going = !NAME(descend)(space, walk, &depth) || NAME(explore)(space, depth);
    while (going && depth > walk->floor)
        going = !NAME(ban_matched)(space, --depth) || NAME(explore)(space, depth);
    walk->found = space->best < BIG;
    walk->best = walk->found ? (int64_t)space->best : INT64_MAX;
    if (walk->found)
        memcpy(walk->map, space->best_map, sizeof(int32_t) * (size_t)space->n0);
    if (walk->stopped)
        NAME(report_left)(space, walk);
}

/* Units within which costs count as equal: each of those that make up a distance was rounded by
 * less than one. A power of two, so that few equal costs lie on two sides of a multiple of it. */
static int64_t NAME(tolerance)(const NAME(space_t) * space)
{
    const gph_ged_problem_t *problem = space->problem;
    const int64_t costs =
        (int64_t)space->n0 + space->n1 + problem->side[0].edges + problem->side[1].edges + 1;
    int64_t grain = 64;
    while (grain < 64 * costs)
        grain *= 2;
    return grain;
}

static bool NAME(first_bound)(NAME(space_t) * space, bool twice, NAME(frame_t) * root)
{
    space->limit = BIG / 2;
    NAME(set_root)(space, twice, root);
    return NAME(assign)(space, root);
}

/* gph_ged_engine_t.begin */
static gph_status_t NAME(begin)(gph_ged_search_t *search, gph_ged_tree_t *tree)
{
    NAME(space_t) *space = NULL;
    const gph_status_t status = NAME(open)(search, true, &space);
    if (status != GPH_OK)
        return status;
    NAME(frame_t) *root = &space->frame[space->n0 + 1];
    memcpy(space->best_map, search->map, sizeof(int32_t) * (size_t)space->n0);
    space->best = NAME(evaluate)(space, space->best_map);
    if (!NAME(first_bound)(space, true, root))
        return GPH_ERR_INTERNAL;
    space->grain = INTEGERS ? 2 * (int64_t)NAME(common_unit)(space) : NAME(tolerance)(space);
    space->aim = NAME(below)(space, space->best);
    NAME(propose)(space, root);
    memcpy(search->map, space->best_map, sizeof(int32_t) * (size_t)space->n0);
    const int64_t bound = NAME(least)(root);
    space->rounds =
        search->decide || (INTEGERS && (int64_t)space->best - bound <= ROUNDS_MOST * space->grain);
    *tree = (gph_ged_tree_t){.space = space,
                             .units = 2 * space->scale,
                             .bound = bound,
                             .best = (int64_t)space->best,
                             .grain = space->grain,
                             .exact = INTEGERS,
                             .rounds = space->rounds,
                             .most = (int64_t)(BIG / 4)};
    return GPH_OK;
}

static gph_status_t NAME(assign_root)(gph_ged_search_t *search)
{
    NAME(space_t) *space = NULL;
    const gph_status_t status = NAME(open)(search, false, &space);
    if (status != GPH_OK)
        return status;
    NAME(frame_t) *root = &space->frame[0];
    if (!NAME(first_bound)(space, !search->proportional, root))
        return GPH_ERR_INTERNAL;
    for (int i = 0; i < root->rows; i++) {
        const int v = root->node1[root->column_of[i]];
        search->map[root->node0[i]] = v < space->n1 ? v : -1;
    }
    int64_t bound = NAME(least)(root);
    if (INTEGERS)
        bound = gph_ged_whole(bound, 2 * (int64_t)NAME(common_unit)(space));
    search->lower = (double)bound / (2 * space->scale);
    return GPH_OK;
}
