/* Union-find on each rank over its own numbers and those that it met, and then over the trees. */
#include "clique/joins.h"

#include "dist/sets.h"
#include "par/comm.h"

static int64_t own_count(const gph_joins_t *joins)
{
    const int rank = joins->context->rank;
    return joins->start[rank + 1] - joins->start[rank];
}

gph_status_t gph_joins_open(gph_context_t *context, const int64_t *start, gph_joins_t *joins)
{
    gph_status_t status = GPH_OK;
    gph_joins_t made = {.context = context, .start = start};

    made.parent = gph_array_init(context->env, sizeof(int64_t));
    made.foreign = gph_array_init(context->env, sizeof(int64_t));
    made.place = gph_map_init(context->env);
    GPH_TRY(gph_array_reserve(&made.parent, own_count(&made)));
    for (int64_t i = 0; i < own_count(&made); ++i)
        GPH_TRY(gph_array_push(&made.parent, &i));
    *joins = made;
    return GPH_OK;

cleanup:
    gph_joins_close(&made);
    return status;
}

void gph_joins_close(gph_joins_t *joins)
{
    if (joins->context == NULL)
        return;
    gph_array_free(&joins->parent);
    gph_array_free(&joins->foreign);
    gph_map_free(&joins->place);
}

gph_status_t gph_joins_place(gph_joins_t *joins, int64_t number, int64_t *place)
{
    gph_status_t status = GPH_OK;
    const int64_t own = own_count(joins);
    const int64_t at = number - joins->start[joins->context->rank];
    const int64_t next = joins->parent.count;
    int64_t *slot = NULL;

    if (at >= 0 && at < own) {
        *place = at;
        return GPH_OK;
    }
    GPH_TRY(gph_map_insert(&joins->place, number, next - own, &slot));
    *place = own + *slot;
    if (*place == next) {
        GPH_TRY(gph_array_push(&joins->parent, &next));
        GPH_TRY(gph_array_push(&joins->foreign, &number));
    }

cleanup:
    return status;
}

int64_t gph_joins_root(gph_joins_t *joins, int64_t place)
{
    int64_t *parent = joins->parent.data;
    for (;;) {
        const int64_t up = __atomic_load_n(&parent[place], __ATOMIC_RELAXED);
        const int64_t above = __atomic_load_n(&parent[up], __ATOMIC_RELAXED);
        if (up == above)
            return up;
        /* A place that has a parent keeps having one: any ancestor may stand here. */
        __atomic_store_n(&parent[place], above, __ATOMIC_RELAXED);
        place = above;
    }
}

void gph_joins_unite(gph_joins_t *joins, int64_t a, int64_t b)
{
    int64_t *parent = joins->parent.data;
    for (;;) {
        const int64_t x = gph_joins_root(joins, a);
        const int64_t y = gph_joins_root(joins, b);
        int64_t high = x < y ? y : x;
        if (x == y || __atomic_compare_exchange_n(&parent[high], &high, x < y ? x : y, false,
                                                  __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return;
    }
}

int64_t gph_joins_number(const gph_joins_t *joins, int64_t place)
{
    const int64_t own = own_count(joins);
    return place < own ? joins->start[joins->context->rank] + place
                       : ((const int64_t *)joins->foreign.data)[place - own];
}

/* --- labels --------------------------------------------------------------------------------- */

/* Every place takes the lowest number of its tree. */
static gph_status_t local_labels(gph_joins_t *joins, int64_t **label)
{
    gph_status_t status = GPH_OK;
    int64_t *made = NULL;

    GPH_TRY(gph_alloc(joins->context->env, joins->parent.count, sizeof *made, &made));
    for (int64_t i = 0; i < joins->parent.count; ++i)
        made[i] = gph_joins_number(joins, i);
    for (int64_t i = 0; i < joins->parent.count; ++i) {
        const int64_t root = gph_joins_root(joins, i);
        made[root] = made[i] < made[root] ? made[i] : made[root];
    }
    for (int64_t i = 0; i < joins->parent.count; ++i)
        made[i] = made[gph_joins_root(joins, i)];
    *label = made;

cleanup:
    return status;
}

/* Numbers of other ranks that were met, to their owners: *asked receives those met there. */
static gph_status_t ask_owners(const gph_joins_t *joins, int64_t *asked_count, int64_t **asked)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = joins->context;
    const int64_t met = joins->foreign.count;
    int64_t *number = NULL;
    int64_t *count = NULL; /* [2 × ranks] sent, received */

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, gph_alloc(context->env, met, sizeof *number, &number));
    for (int64_t i = 0; i < met; ++i)
        number[i] = ((const int64_t *)joins->foreign.data)[i];
    GPH_TRY_ALL(context, gph_sort_i64(context->env, met, number));
    for (int64_t i = 0; i < met; ++i)
        count[gph_find_range(joins->start, context->ranks, number[i])] += 1;
    GPH_TRY(
        gph_comm_exchange(context, sizeof *number, number, count, asked, count + context->ranks));
    *asked_count = 0;
    for (int r = 0; r < context->ranks; ++r)
        *asked_count += count[context->ranks + r];

cleanup:
    gph_free(number);
    gph_free(count);
    return status;
}

/* Joins the trees of ranks: a number met here is in the tree of that number at its owner. */
static gph_status_t join_trees(gph_joins_t *joins, const int64_t *label, gph_sets_t *sets)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = joins->context;
    const int64_t own = own_count(joins);
    const int64_t met = joins->foreign.count;
    const int64_t *foreign = joins->foreign.data;
    int64_t *asked = NULL;
    gph_pair_t *pair = NULL;
    int64_t count = 0;

    GPH_TRY(ask_owners(joins, &count, &asked));
    GPH_TRY_ALL(context, gph_alloc(context->env, met + count, sizeof *pair, &pair));
    for (int64_t i = 0; i < met; ++i)
        pair[i] = (gph_pair_t){foreign[i], label[own + i]};
    for (int64_t i = 0; i < count; ++i)
        pair[met + i] = (gph_pair_t){asked[i], label[asked[i] - joins->start[context->rank]]};
    GPH_TRY(gph_sets_join(context, joins->start[context->ranks], met + count, pair, sets));

cleanup:
    gph_free(asked);
    gph_free(pair);
    return status;
}

gph_status_t gph_joins_labels(gph_joins_t *joins, int64_t **label)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = joins->context;
    gph_sets_t sets = {0};
    int64_t *made = NULL;

    GPH_TRY_ALL(context, local_labels(joins, &made));
    if (context->ranks > 1)
        GPH_TRY(join_trees(joins, made, &sets));
    for (int64_t i = 0; sets.count > 0 && i < own_count(joins); ++i)
        made[i] = gph_sets_least(&sets, made[i]);
    *label = made;
    made = NULL;

cleanup:
    gph_sets_free(&sets);
    gph_free(made);
    return status;
}
