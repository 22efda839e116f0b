/*
 * Counting on bit sets of a fixed number of words. Included once per width by count_isa.c with
 *   WORDS   the number of words of a set, or 0: known at run time only
 *   NAME(x) the name of function x for this width
 *
 * A set is uint64_t[words]. `r` is how many members are still wanted.
 */

#if WORDS > 0
#define WIDTH(space) WORDS
#else
#define WIDTH(space) ((space)->words)
#endif

static inline int NAME(size)(const uint64_t *set, int words)
{
    int count = 0;
    for (int w = 0; w < words; ++w)
        count += __builtin_popcountll(set[w]);
    return count;
}

static inline int NAME(common)(const uint64_t *a, const uint64_t *b, int words)
{
    int count = 0;
    for (int w = 0; w < words; ++w)
        count += __builtin_popcountll(a[w] & b[w]);
    return count;
}

static inline void NAME(meet)(uint64_t *out, const uint64_t *a, const uint64_t *b, int words)
{
    for (int w = 0; w < words; ++w)
        out[w] = a[w] & b[w];
}

/* Edges inside a set: pairs (i, j), j after i. */
static inline uint64_t NAME(edges)(const uint64_t *later, const uint64_t *set, int words)
{
    uint64_t count = 0;
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            /* Nothing after i lies in a lower word. */
            count +=
                (uint64_t)NAME(common)(later + (size_t)i * (size_t)words + w, set + w, words - w);
        }
    return count;
}

/* Cliques of r >= 2 members inside a set, by plain recursion. */
static uint64_t NAME(plain)(const uint64_t *later, const uint64_t *set, int words, int r,
                            uint64_t *stack)
{
    uint64_t count = 0;
    if (r == 2)
        return NAME(edges)(later, set, words);
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            NAME(meet)(stack, later + (size_t)i * (size_t)words, set, words);
            if (NAME(size)(stack, words) >= r - 1)
                count += NAME(plain)(later, stack, words, r - 1, stack + words);
        }
    return count;
}

/* How the vertices of `of` are joined to those of a set. */
static inline gph_set_shape_t NAME(look)(const uint64_t *both, const uint64_t *of,
                                         const uint64_t *set, int words)
{
    gph_set_shape_t shape = {0, 0, -1, 0};
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = of[w]; bits != 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            const int degree = NAME(common)(both + (size_t)i * (size_t)words, set, words);
            shape.size += 1;
            shape.twice += degree;
            if (degree > shape.most) {
                shape.most = degree;
                shape.pivot = i;
            }
        }
    return shape;
}

/* Adds to the count of each vertex of a set. */
static inline void NAME(credit)(gph_clique_space_t *space, const uint64_t *set, int words,
                                gph_count_t value)
{
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1)
            space->vertex_count[64 * w + __builtin_ctzll(bits)] += value;
}

/* Each edge inside the set, and each pair of a vertex with one of p pivots, is a clique: credits
 * them. */
static inline void NAME(credit_pairs)(gph_clique_space_t *space, const uint64_t *set, int words,
                                      int p)
{
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            const int inside = NAME(common)(space->both + (size_t)i * (size_t)words, set, words);
            add(space, &space->vertex_count[i], (gph_count_t)p + (gph_count_t)inside, 1);
        }
}

/*
 * Cliques of r >= 1 members made of the vertices of a set and of p pivots, which are joined to each
 * other and to all of the set (Jain & Seshadhri 2020). The search ends where a formula takes over:
 * one or two members wanted, the set is a clique, or it has no edge. .through counts those that
 * contain a given pivot, the same for each.
 */
static tally_t NAME(pivot)(gph_clique_space_t *space, const uint64_t *set, int words, int r, int p,
                           uint64_t *stack)
{
    const bool credit = space->vertex_count != NULL;
    tally_t tally = {0, 0};
    if (r == 1) {
        if (credit)
            NAME(credit)(space, set, words, 1);
        return (tally_t){(gph_count_t)(p + NAME(size)(set, words)), 1};
    }
    const gph_set_shape_t shape = NAME(look)(space->both, set, set, words);
    const int n = shape.size;
    if (n + p < r)
        return tally;
    if (r == 2) {
        if (credit)
            NAME(credit_pairs)(space, set, words, p);
        return (tally_t){(gph_count_t)((int64_t)p * (p - 1) / 2 + (int64_t)p * n + shape.twice / 2),
                         (gph_count_t)(p - 1 + n)};
    }
    if (shape.twice == (int64_t)n * (n - 1)) {
        tally = (tally_t){choose(space, n + p, r), choose(space, n + p - 1, r - 1)};
        if (credit)
            NAME(credit)(space, set, words, tally.through);
        return tally;
    }
    if (shape.twice == 0) {
        const gph_count_t with = choose(space, p, r - 1);
        if (credit)
            NAME(credit)(space, set, words, with);
        add(space, &tally.all, choose(space, p, r), 1);
        add(space, &tally.all, with, n);
        add(space, &tally.through, choose(space, p - 1, r - 1), 1);
        add(space, &tally.through, choose(space, p - 1, r - 2), n);
        return tally;
    }

    uint64_t *left = stack; /* vertices not branched on yet */
    uint64_t *next = stack + words;
    uint64_t *deeper = stack + 2 * (ptrdiff_t)words;
    const uint64_t *near = space->both + (size_t)shape.pivot * (size_t)words;
    NAME(meet)(next, near, set, words);
    tally = NAME(pivot)(space, next, words, r, p + 1, deeper);
    if (credit)
        add(space, &space->vertex_count[shape.pivot], tally.through, 1);
    for (int w = 0; w < words; ++w)
        left[w] = set[w];
    left[shape.pivot / 64] &= ~(UINT64_C(1) << (shape.pivot % 64));
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = left[w] & ~near[w]; bits != 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            left[w] &= ~(bits & -bits);
            NAME(meet)(next, space->both + (size_t)i * (size_t)words, left, words);
            const tally_t branch = NAME(pivot)(space, next, words, r - 1, p, deeper);
            add(space, &tally.all, branch.all, 1);
            add(space, &tally.through, branch.through, 1);
            if (credit)
                add(space, &space->vertex_count[i], branch.all, 1);
        }
    return tally;
}

/* Cliques of r members inside a set. */
static gph_count_t NAME(inside)(gph_clique_space_t *space, const uint64_t *set, int words, int r,
                                bool pivot)
{
    if (r == 1 && space->vertex_count == NULL)
        return (gph_count_t)NAME(size)(set, words);
    if (pivot)
        return NAME(pivot)(space, set, words, r, 0, space->stack + words).all;
    return NAME(plain)(space->later, set, words, r, space->stack + words);
}

static gph_count_t NAME(count)(gph_clique_space_t *space, int begin, int end)
{
    const int words = WIDTH(space);
    const bool pivot = space->has_both;
    gph_count_t total = 0;

    if (pivot && begin == 0 && end == space->degree) {
        for (int w = 0; w < words; ++w)
            space->stack[w] = ~UINT64_C(0);
        if (end % 64 != 0)
            space->stack[words - 1] = (UINT64_C(1) << (end % 64)) - 1;
        return NAME(inside)(space, space->stack, words, space->k - 1, pivot);
    }
    for (int i = begin; i < end; ++i) {
        const uint64_t *set = space->later + (size_t)i * (size_t)words;
        if (NAME(size)(set, words) < space->k - 2)
            continue;
        const gph_count_t found = NAME(inside)(space, set, words, space->k - 2, pivot);
        add(space, &total, found, 1);
        if (space->vertex_count != NULL)
            add(space, &space->vertex_count[i], found, 1);
    }
    return total;
}

static int64_t NAME(match)(const uint64_t *set, const uint64_t *sets, const int32_t *row,
                           int64_t count, int words, int least)
{
    int64_t i = 0;
    while (i < count && NAME(common)(set, sets + (size_t)row[i] * (size_t)words, words) < least)
        ++i;
    return i;
}

#undef WIDTH
