/* Joining pairs of numbers to sets. */
#include "dist/sets.h"

#include "par/comm.h"
#include "par/tiles.h"

/** The forest, and the pairs that may join its trees. */
typedef struct forest {
    gph_context_t *context;
    int64_t numbers;
    int64_t known;   /* numbers of this rank's block that occur anywhere */
    int64_t *number; /* [known] ascending */
    int64_t *parent; /* [known] */
    int64_t count;
    gph_pair_t *pair; /* [count] the larger number first */
    int64_t *send;    /* [ranks] */
    int64_t *recv;    /* [ranks] */
} forest_t;

/* The distinct numbers of the pairs, ascending. */
static gph_status_t list_numbers(const forest_t *forest, int64_t *count, int64_t **number)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = forest->context->env;

    GPH_TRY(gph_alloc(env, 2 * forest->count, sizeof **number, number));
    for (int64_t i = 0; i < forest->count; ++i) {
        (*number)[2 * i] = forest->pair[i].a;
        (*number)[2 * i + 1] = forest->pair[i].b;
    }
    GPH_TRY(gph_sort_distinct_i64(env, 2 * forest->count, *number, count));

cleanup:
    return status;
}

/* Sends ascending numbers to the ranks that know them; *heard has those that came, by rank. */
static gph_status_t tell(forest_t *forest, int64_t count, const int64_t *number, int64_t **heard,
                         int64_t *total)
{
    gph_status_t status = GPH_OK;
    const int ranks = forest->context->ranks;

    for (int r = 0; r < ranks; ++r)
        forest->send[r] = 0;
    for (int64_t i = 0; i < count; ++i)
        forest->send[gph_block_owner(forest->numbers, ranks, number[i])] += 1;
    GPH_TRY(gph_comm_exchange(forest->context, sizeof *number, number, forest->send, heard,
                              forest->recv));
    *total = 0;
    for (int r = 0; r < ranks; ++r)
        *total += forest->recv[r];

cleanup:
    return status;
}

static int64_t place(const forest_t *forest, int64_t number)
{
    return gph_lower_bound_i64(forest->number, forest->known, number);
}

/* Finds the parents of ascending numbers. Collective. */
static gph_status_t ask_parents(forest_t *forest, int64_t count, const int64_t *number,
                                int64_t *parent)
{
    gph_status_t status = GPH_OK;
    int64_t *asked = NULL;
    int64_t total = 0;

    GPH_TRY(tell(forest, count, number, &asked, &total));
    for (int64_t i = 0; i < total; ++i)
        asked[i] = forest->parent[place(forest, asked[i])];
    GPH_TRY(gph_comm_exchange_known(forest->context, sizeof *parent, asked, forest->recv, parent,
                                    forest->send));

cleanup:
    gph_free(asked);
    return status;
}

/* Every number is a tree of its own. */
static gph_status_t plant(forest_t *forest, int64_t count, const int64_t *number)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = forest->context;

    GPH_TRY(tell(forest, count, number, &forest->number, &forest->known));
    GPH_TRY_ALL(context,
                gph_sort_distinct_i64(context->env, forest->known, forest->number, &forest->known));
    GPH_TRY_ALL(context,
                gph_alloc(context->env, forest->known, sizeof *forest->parent, &forest->parent));
    for (int64_t i = 0; i < forest->known; ++i)
        forest->parent[i] = forest->number[i];

cleanup:
    return status;
}

/* Drops pairs of the same number, and repeats; *left are those of all ranks. The larger number
 * comes first, and of pairs with the same one that with the smallest other. */
static gph_status_t tidy(forest_t *forest, int64_t *left)
{
    gph_status_t status = GPH_OK;
    gph_pair_t *pair = forest->pair;
    int64_t kept = 0;

    for (int64_t i = 0; i < forest->count; ++i)
        if (pair[i].a != pair[i].b)
            pair[kept++] = pair[i].a > pair[i].b ? pair[i] : (gph_pair_t){pair[i].b, pair[i].a};
    forest->count = kept;
    kept = 0;
    GPH_TRY_ALL(forest->context, gph_sort_pairs(forest->context->env, forest->count, pair, NULL));
    for (int64_t i = 0; i < forest->count; ++i)
        if (kept == 0 || pair[i].a != pair[kept - 1].a || pair[i].b != pair[kept - 1].b)
            pair[kept++] = pair[i];
    forest->count = kept;
    *left = kept;
    GPH_TRY(gph_comm_reduce_i64(forest->context, GPH_SUM, 1, left));

cleanup:
    return status;
}

/* Hangs each root that is the larger one of a pair on the smallest of the others. */
static gph_status_t hang(forest_t *forest)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = forest->context;
    const gph_pair_t *pair = forest->pair;
    gph_pair_t *wish = NULL;
    gph_pair_t *heard = NULL;
    int64_t wishes = 0;
    int64_t total = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, forest->count, sizeof *wish, &wish));
    for (int r = 0; r < context->ranks; ++r)
        forest->send[r] = 0;
    for (int64_t i = 0; i < forest->count; ++i)
        if (i == 0 || pair[i].a != pair[i - 1].a) {
            wish[wishes++] = pair[i];
            forest->send[gph_block_owner(forest->numbers, context->ranks, pair[i].a)] += 1;
        }
    GPH_TRY(gph_comm_exchange(context, sizeof *wish, wish, forest->send, &heard, forest->recv));
    for (int r = 0; r < context->ranks; ++r)
        total += forest->recv[r];
    for (int64_t i = 0; i < total; ++i) {
        int64_t *parent = &forest->parent[place(forest, heard[i].a)];
        *parent = heard[i].b < *parent ? heard[i].b : *parent;
    }

cleanup:
    gph_free(wish);
    gph_free(heard);
    return status;
}

/* What belongs to a number in a list of ascending ones. */
static int64_t value_of(int64_t count, const int64_t *number, const int64_t *value, int64_t of)
{
    return value[gph_lower_bound_i64(number, count, of)];
}

/* One step of making trees flat: numbers hang on the parents of their parents. */
static gph_status_t jump(forest_t *forest, int64_t *jumps)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = forest->context;
    int64_t *parent = NULL; /* the distinct ones, then theirs */
    int64_t count = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, 2 * forest->known, sizeof *parent, &parent));
    for (int64_t i = 0; i < forest->known; ++i)
        if (forest->parent[i] != forest->number[i])
            parent[count++] = forest->parent[i];
    GPH_TRY_ALL(context, gph_sort_distinct_i64(context->env, count, parent, &count));
    GPH_TRY(ask_parents(forest, count, parent, parent + count));
    *jumps = 0;
    for (int64_t i = 0; i < forest->known; ++i) {
        if (forest->parent[i] == forest->number[i])
            continue;
        const int64_t above = value_of(count, parent, parent + count, forest->parent[i]);
        *jumps += above != forest->parent[i];
        forest->parent[i] = above;
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, jumps));

cleanup:
    gph_free(parent);
    return status;
}

/* Pairs of numbers become pairs of their roots, in trees that are flat. */
static gph_status_t climb(forest_t *forest)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = forest->context;
    int64_t *number = NULL;
    int64_t *root = NULL;
    int64_t count = 0;

    GPH_TRY_ALL(context, list_numbers(forest, &count, &number));
    GPH_TRY_ALL(context, gph_alloc(context->env, count, sizeof *root, &root));
    GPH_TRY(ask_parents(forest, count, number, root));
    for (int64_t i = 0; i < forest->count; ++i)
        forest->pair[i] = (gph_pair_t){value_of(count, number, root, forest->pair[i].a),
                                       value_of(count, number, root, forest->pair[i].b)};

cleanup:
    gph_free(number);
    gph_free(root);
    return status;
}

/* Joins trees until no pair is left, and keeps them flat. */
static gph_status_t join_trees(forest_t *forest, int64_t left)
{
    gph_status_t status = GPH_OK;

    while (left > 0) {
        int64_t jumps = 1;
        GPH_TRY(hang(forest));
        while (jumps > 0)
            GPH_TRY(jump(forest, &jumps));
        GPH_TRY(climb(forest));
        GPH_TRY(tidy(forest, &left));
    }

cleanup:
    return status;
}

gph_status_t gph_sets_join(gph_context_t *context, int64_t numbers, int64_t count, gph_pair_t *pair,
                           gph_sets_t *sets)
{
    gph_status_t status = GPH_OK;
    forest_t forest = {.context = context, .numbers = numbers, .count = count, .pair = pair};
    int64_t left = 0;

    *sets = (gph_sets_t){0};
    GPH_TRY_ALL(context, list_numbers(&forest, &sets->count, &sets->number));
    GPH_TRY_ALL(context, gph_alloc(context->env, 2 * (int64_t)context->ranks, sizeof *forest.send,
                                   &forest.send));
    forest.recv = forest.send + context->ranks;
    GPH_TRY_ALL(context, gph_alloc(context->env, sets->count, sizeof *sets->least, &sets->least));
    GPH_TRY(plant(&forest, sets->count, sets->number));
    GPH_TRY(tidy(&forest, &left));
    GPH_TRY(join_trees(&forest, left));
    GPH_TRY(ask_parents(&forest, sets->count, sets->number, sets->least));

cleanup:
    gph_free(forest.send);
    gph_free(forest.number);
    gph_free(forest.parent);
    if (status != GPH_OK)
        gph_sets_free(sets);
    return status;
}

void gph_sets_free(gph_sets_t *sets)
{
    gph_free(sets->number);
    gph_free(sets->least);
    *sets = (gph_sets_t){0};
}
