/* Set of pairs of units: a hash table with linear probing. */
#include "graph/text_pairs.h"

/** Slots of the first table. */
#define GPH_PAIR_SLOTS 1024

gph_pair_set_t gph_pair_set_init(gph_env_t *env)
{
    return (gph_pair_set_t){.env = env};
}

void gph_pair_set_free(gph_pair_set_t *set)
{
    gph_free(set->slot);
    *set = gph_pair_set_init(set->env);
}

/** Slot that holds the pair, or the free one where it belongs. */
static gph_pair_t *find_slot(const gph_pair_set_t *set, gph_pair_t pair)
{
    const uint64_t mask = (uint64_t)set->slots - 1;
    uint64_t at = (uint64_t)pair.a * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)pair.b;
    at *= UINT64_C(0xd1342543de82ef95);
    /* The high bits of a product depend on all bits of its factors, the low ones do not. */
    at = (at ^ at >> 32) & mask;
    while (set->slot[at].b != 0 && (set->slot[at].a != pair.a || set->slot[at].b != pair.b))
        at = (at + 1) & mask;
    return &set->slot[at];
}

/** Doubles the slots. */
static gph_status_t grow(gph_pair_set_t *set)
{
    gph_pair_set_t larger = *set;
    larger.slots = set->slots > 0 ? 2 * set->slots : GPH_PAIR_SLOTS;
    larger.slot = NULL;
    const gph_status_t status =
        gph_calloc(set->env, larger.slots, sizeof *larger.slot, &larger.slot);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < set->slots; i++) {
        if (set->slot[i].b != 0)
            *find_slot(&larger, set->slot[i]) = set->slot[i];
    }
    gph_free(set->slot);
    *set = larger;
    return GPH_OK;
}

gph_status_t gph_pair_set_add(gph_pair_set_t *set, int64_t u, int64_t v)
{
    const gph_pair_t pair = {.a = u < v ? u : v, .b = u < v ? v : u};
    if (u == v)
        return GPH_OK;
    if (2 * (set->count + 1) > set->slots) {
        const gph_status_t status = grow(set);
        if (status != GPH_OK)
            return status;
    }
    gph_pair_t *slot = find_slot(set, pair);
    set->count += slot->b == 0;
    *slot = pair;
    return GPH_OK;
}

gph_pair_t *gph_pair_set_take(gph_pair_set_t *set, int64_t *count)
{
    gph_pair_t *pairs = set->slot;
    int64_t kept = 0;
    for (int64_t i = 0; i < set->slots; i++) {
        if (pairs[i].b != 0)
            pairs[kept++] = pairs[i];
    }
    *count = kept;
    *set = gph_pair_set_init(set->env);
    return pairs;
}
