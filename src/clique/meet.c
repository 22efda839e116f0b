/*
 * Sets come in by falling size. Each is compared with the groups of sets that it is not joined to:
 * first with all that a group has, then with its sets one after the other until one shares enough.
 * A set that lies in another one of its group needs no comparison later.
 */
#include "clique/meet.h"

#include <string.h>

/* Sets in one piece of a list. */
enum { CHUNK = 30 };

typedef struct chunk {
    int32_t next; /* -1: none */
    int32_t used;
    int32_t row[CHUNK];
} chunk_t;

typedef struct group {
    int32_t head; /* first chunk, -1: none */
    int32_t tail;
} group_t;

void gph_meeter_init(gph_env_t *env, gph_meeter_t *meeter)
{
    *meeter = (gph_meeter_t){.env = env, .isa = gph_clique_isa()};
    meeter->tree = gph_array_init(env, sizeof(int32_t));
    meeter->pair = gph_array_init(env, sizeof(gph_pair_t));
    meeter->bits = gph_array_init(env, sizeof(uint64_t));
    meeter->first = gph_array_init(env, sizeof(int32_t));
    meeter->group = gph_array_init(env, sizeof(group_t));
    meeter->unions = gph_array_init(env, sizeof(uint64_t));
    meeter->chunk = gph_array_init(env, sizeof(chunk_t));
    meeter->active = gph_array_init(env, sizeof(int32_t));
    meeter->found = gph_array_init(env, sizeof(gph_meet_t));
}

void gph_meeter_free(gph_meeter_t *meeter)
{
    gph_array_free(&meeter->tree);
    gph_array_free(&meeter->pair);
    gph_array_free(&meeter->bits);
    gph_array_free(&meeter->first);
    gph_array_free(&meeter->group);
    gph_array_free(&meeter->unions);
    gph_array_free(&meeter->chunk);
    gph_array_free(&meeter->active);
    gph_array_free(&meeter->found);
}

static int32_t root_of(gph_meeter_t *meeter, int32_t set)
{
    int32_t *tree = meeter->tree.data;
    while (tree[set] != set) {
        tree[set] = tree[tree[set]];
        set = tree[set];
    }
    return set;
}

/* Joins two trees; false when they are one. */
static bool unite(gph_meeter_t *meeter, int32_t a, int32_t b)
{
    int32_t *tree = meeter->tree.data;
    const int32_t x = root_of(meeter, a);
    const int32_t y = root_of(meeter, b);
    if (x == y)
        return false;
    tree[x < y ? y : x] = x < y ? x : y;
    meeter->parts -= 1;
    return true;
}

static gph_status_t join(gph_meeter_t *meeter, int32_t a, int32_t b)
{
    const gph_meet_t meet = {a, b};
    return unite(meeter, a, b) ? gph_array_push(&meeter->found, &meet) : GPH_OK;
}

/* Trees of what is known to be joined. */
static gph_status_t plant(gph_meeter_t *meeter, const gph_meet_sets_t *sets)
{
    gph_status_t status = GPH_OK;

    meeter->tree.count = 0;
    meeter->pair.count = 0;
    meeter->found.count = 0;
    meeter->parts = sets->count;
    GPH_TRY(gph_array_reserve(&meeter->tree, sets->count));
    GPH_TRY(gph_array_reserve(&meeter->pair, sets->count));
    for (int32_t i = 0; i < sets->count; ++i) {
        const gph_pair_t pair = {sets->known[i], i};
        GPH_TRY(gph_array_push(&meeter->tree, &i));
        GPH_TRY(gph_array_push(&meeter->pair, &pair));
    }
    const gph_pair_t *pair = meeter->pair.data;
    GPH_TRY(gph_sort_pairs(meeter->env, sets->count, meeter->pair.data, NULL));
    for (int64_t i = 1; i < sets->count; ++i)
        if (pair[i].a == pair[i - 1].a)
            (void)unite(meeter, (int32_t)pair[i - 1].b, (int32_t)pair[i].b);

cleanup:
    return status;
}

/* Place of an element behind place `from` of the universe. */
static int64_t place_of(const gph_meet_sets_t *sets, int64_t from, int64_t element)
{
    return from + gph_lower_bound_i64(sets->element + from, sets->universe - from, element);
}

/* Sets that share one element. */
static gph_status_t meet_in_one(gph_meeter_t *meeter, const gph_meet_sets_t *sets)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_array_reserve(&meeter->first, sets->universe));
    int32_t *first = meeter->first.data;
    for (int64_t x = 0; x < sets->universe; ++x)
        first[x] = -1;
    for (int32_t i = 0; i < sets->count && meeter->parts > 1; ++i) {
        int64_t x = 0;
        for (int64_t j = 0; j < sets->length[i]; ++j) {
            x = place_of(sets, x, sets->set[i][j]);
            if (first[x] < 0)
                first[x] = i;
            else
                GPH_TRY(join(meeter, first[x], i));
        }
    }

cleanup:
    return status;
}

/* --- sets as bits --------------------------------------------------------------------------- */

/* Bits of all sets; `pair` receives them by falling size. */
static gph_status_t make_bits(gph_meeter_t *meeter, const gph_meet_sets_t *sets, int words)
{
    gph_status_t status = GPH_OK;
    gph_pair_t *pair = meeter->pair.data;

    GPH_TRY(gph_array_reserve(&meeter->bits, sets->count * words));
    uint64_t *bits = meeter->bits.data;
    memset(bits, 0, (size_t)sets->count * (size_t)words * sizeof *bits);
    for (int64_t i = 0; i < sets->count; ++i) {
        int64_t x = 0;
        for (int64_t j = 0; j < sets->length[i]; ++j) {
            x = place_of(sets, x, sets->set[i][j]);
            bits[i * words + (x >> 6)] |= UINT64_C(1) << (x & 63);
        }
        pair[i] = (gph_pair_t){sets->universe - sets->length[i], i};
    }
    GPH_TRY(gph_sort_pairs(meeter->env, sets->count, pair, NULL));

cleanup:
    return status;
}

/* Adds a set to the list of a group. */
static gph_status_t list_set(gph_meeter_t *meeter, int32_t number, int32_t set)
{
    gph_status_t status = GPH_OK;
    group_t *group = (group_t *)meeter->group.data + number;
    chunk_t *chunk = meeter->chunk.data;

    if (group->tail < 0 || chunk[group->tail].used == CHUNK) {
        const chunk_t fresh = {.next = -1};
        const int32_t at = (int32_t)meeter->chunk.count;
        GPH_TRY(gph_array_push(&meeter->chunk, &fresh));
        chunk = meeter->chunk.data;
        if (group->tail < 0)
            group->head = at;
        else
            chunk[group->tail].next = at;
        group->tail = at;
    }
    chunk[group->tail].row[chunk[group->tail].used++] = set;

cleanup:
    return status;
}

/* A set of the group that shares `least` with the given one, or -1. */
static int32_t match_group(const gph_meeter_t *meeter, const uint64_t *set, int32_t number,
                           int words, int least)
{
    const chunk_t *chunk = meeter->chunk.data;
    const int32_t all = number;
    int32_t at = ((const group_t *)meeter->group.data)[number].head;

    if (meeter->isa->match(set, meeter->unions.data, &all, 1, words, least) == 1)
        return -1;
    for (; at >= 0; at = chunk[at].next) {
        const int64_t i =
            meeter->isa->match(set, meeter->bits.data, chunk[at].row, chunk[at].used, words, least);
        if (i < chunk[at].used)
            return chunk[at].row[i];
    }
    return -1;
}

/* All of group `from` becomes part of `into`. */
static void absorb(gph_meeter_t *meeter, int32_t into, int32_t from, int words)
{
    group_t *group = meeter->group.data;
    chunk_t *chunk = meeter->chunk.data;
    uint64_t *unions = meeter->unions.data;

    for (int w = 0; w < words; ++w)
        unions[(size_t)into * (size_t)words + (size_t)w] |=
            unions[(size_t)from * (size_t)words + (size_t)w];
    if (group[from].head < 0)
        return;
    if (group[into].head < 0)
        group[into].head = group[from].head;
    else
        chunk[group[into].tail].next = group[from].head;
    group[into].tail = group[from].tail;
}

/* Makes a group without sets. */
static gph_status_t open_group(gph_meeter_t *meeter, int words, int32_t *number)
{
    gph_status_t status = GPH_OK;
    const group_t empty = {-1, -1};
    const uint64_t none = 0;

    *number = (int32_t)meeter->group.count;
    GPH_TRY(gph_array_push(&meeter->group, &empty));
    GPH_TRY(gph_array_push(&meeter->active, number));
    for (int w = 0; w < words; ++w)
        GPH_TRY(gph_array_push(&meeter->unions, &none));

cleanup:
    return status;
}

/* Lets a set in: joins it to the groups that share enough with it. `first` holds the group of each
 * root, or -1. */
static gph_status_t let_in(gph_meeter_t *meeter, int32_t set, int64_t length, int words, int least)
{
    gph_status_t status = GPH_OK;
    const uint64_t *bits = (const uint64_t *)meeter->bits.data + (size_t)set * (size_t)words;
    int32_t *group_of = meeter->first.data;
    int32_t own = group_of[root_of(meeter, set)];
    bool inside = false; /* of another set of its group */

    for (int64_t i = meeter->active.count - 1; i >= 0; --i) {
        int32_t *active = meeter->active.data;
        const int32_t other = active[i];
        if (other == own)
            continue;
        const int32_t hit = match_group(meeter, bits, other, words, least);
        if (hit < 0)
            continue;
        inside =
            inside || meeter->isa->match(bits, meeter->bits.data, &hit, 1, words, (int)length) == 0;
        GPH_TRY(join(meeter, hit, set));
        if (own < 0) {
            own = other;
            continue;
        }
        absorb(meeter, own, other, words);
        active[i] = active[--meeter->active.count];
    }
    if (own < 0)
        GPH_TRY(open_group(meeter, words, &own));
    group_of[root_of(meeter, set)] = own;
    if (inside)
        return GPH_OK;
    for (int w = 0; w < words; ++w)
        ((uint64_t *)meeter->unions.data)[(size_t)own * (size_t)words + (size_t)w] |= bits[w];
    GPH_TRY(list_set(meeter, own, set));

cleanup:
    return status;
}

static gph_status_t meet_in_many(gph_meeter_t *meeter, const gph_meet_sets_t *sets, int least)
{
    gph_status_t status = GPH_OK;
    const int words = (int)((sets->universe + 63) / 64);

    GPH_TRY(make_bits(meeter, sets, words));
    GPH_TRY(gph_array_reserve(&meeter->first, sets->count));
    for (int64_t i = 0; i < sets->count; ++i)
        ((int32_t *)meeter->first.data)[i] = -1;
    meeter->group.count = 0;
    meeter->unions.count = 0;
    meeter->chunk.count = 0;
    meeter->active.count = 0;
    for (int64_t i = 0; i < sets->count && meeter->parts > 1; ++i) {
        const int32_t set = (int32_t)((const gph_pair_t *)meeter->pair.data)[i].b;
        GPH_TRY(let_in(meeter, set, sets->length[set], words, least));
    }

cleanup:
    return status;
}

gph_status_t gph_meet(gph_meeter_t *meeter, const gph_meet_sets_t *sets, int least)
{
    gph_status_t status = GPH_OK;

    if (sets->count > INT32_MAX)
        return gph_fail(meeter->env, GPH_ERR_MEMORY, "more than 2^31 cliques meet in one vertex");
    GPH_TRY(plant(meeter, sets));
    if (meeter->parts <= 1)
        return GPH_OK;
    if (least >= 2)
        return meet_in_many(meeter, sets, least);
    if (least == 1)
        return meet_in_one(meeter, sets);
    for (int32_t i = 1; i < sets->count; ++i)
        GPH_TRY(join(meeter, 0, i));

cleanup:
    return status;
}
