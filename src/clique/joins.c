/*
 * Union-find on each rank over its own numbers and those that it met; labels of the latter go to
 * their owners and back until none falls any more.
 */
#include "clique/joins.h"

#include "base/sort.h"
#include "par/comm.h"

#include <string.h>

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
    while (parent[place] != place) {
        parent[place] = parent[parent[place]];
        place = parent[place];
    }
    return place;
}

void gph_joins_unite(gph_joins_t *joins, int64_t a, int64_t b)
{
    int64_t *parent = joins->parent.data;
    const int64_t x = gph_joins_root(joins, a);
    const int64_t y = gph_joins_root(joins, b);
    if (x != y)
        parent[x < y ? y : x] = x < y ? x : y;
}

/* --- labels --------------------------------------------------------------------------------- */

/* What is exchanged in each round. */
typedef struct links {
    int64_t *send_count; /* [ranks] numbers of other ranks that were met here */
    int64_t *recv_count; /* [ranks] own numbers that were met there */
    int64_t met;         /* numbers met here */
    int64_t asked;       /* own numbers met elsewhere */
    gph_pair_t *mine;    /* [met] number and place, in rank order */
    int64_t *theirs;     /* [asked] number, then its place here */
    int64_t *out;        /* [met] */
    int64_t *in;         /* [asked] */
} links_t;

static void links_free(links_t *links)
{
    gph_free(links->send_count);
    gph_free(links->recv_count);
    gph_free(links->mine);
    gph_free(links->theirs);
    gph_free(links->out);
    gph_free(links->in);
}

/* Numbers met here, by rank. */
static gph_status_t sort_met(const gph_joins_t *joins, links_t *links)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = joins->context;
    const int64_t *number = joins->foreign.data;

    links->met = joins->foreign.count;
    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof(int64_t), &links->send_count));
    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof(int64_t), &links->recv_count));
    GPH_TRY(gph_alloc(context->env, links->met, sizeof *links->mine, &links->mine));
    GPH_TRY(gph_alloc(context->env, links->met, sizeof *links->out, &links->out));
    for (int64_t i = 0; i < links->met; ++i)
        links->mine[i] = (gph_pair_t){number[i], own_count(joins) + i};
    GPH_TRY(gph_sort_pairs(context->env, links->met, links->mine, NULL));
    for (int64_t i = 0; i < links->met; ++i) {
        links->out[i] = links->mine[i].a;
        links->send_count[gph_find_range(joins->start, context->ranks, links->mine[i].a)] += 1;
    }

cleanup:
    return status;
}

static gph_status_t open_links(const gph_joins_t *joins, links_t *links)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = joins->context;

    GPH_TRY_ALL(context, sort_met(joins, links));
    GPH_TRY(gph_comm_exchange(context, sizeof(int64_t), links->out, links->send_count,
                              &links->theirs, links->recv_count));
    for (int r = 0; r < context->ranks; ++r)
        links->asked += links->recv_count[r];
    for (int64_t i = 0; i < links->asked; ++i)
        links->theirs[i] -= joins->start[context->rank];
    GPH_TRY_ALL(context, gph_alloc(context->env, links->asked, sizeof *links->in, &links->in));

cleanup:
    return status;
}

/* Every place takes the lowest label of its tree; returns how many fell. */
static int64_t lower(gph_joins_t *joins, int64_t *label)
{
    int64_t fallen = 0;
    for (int64_t i = 0; i < joins->parent.count; ++i) {
        const int64_t root = gph_joins_root(joins, i);
        label[root] = label[i] < label[root] ? label[i] : label[root];
    }
    for (int64_t i = 0; i < joins->parent.count; ++i) {
        const int64_t low = label[gph_joins_root(joins, i)];
        fallen += low < label[i];
        label[i] = low;
    }
    return fallen;
}

/* One round: labels go to the owners, are lowered there, and come back. */
static gph_status_t tell(gph_joins_t *joins, links_t *links, int64_t *label)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = joins->context;

    for (int64_t i = 0; i < links->met; ++i)
        links->out[i] = label[links->mine[i].b];
    GPH_TRY(gph_comm_exchange_known(context, sizeof *label, links->out, links->send_count,
                                    links->in, links->recv_count));
    for (int64_t i = 0; i < links->asked; ++i) {
        int64_t *own = &label[links->theirs[i]];
        *own = links->in[i] < *own ? links->in[i] : *own;
    }
    (void)lower(joins, label);
    for (int64_t i = 0; i < links->asked; ++i)
        links->in[i] = label[links->theirs[i]];
    GPH_TRY(gph_comm_exchange_known(context, sizeof *label, links->in, links->recv_count,
                                    links->out, links->send_count));
    for (int64_t i = 0; i < links->met; ++i)
        label[links->mine[i].b] = links->out[i];

cleanup:
    return status;
}

gph_status_t gph_joins_labels(gph_joins_t *joins, int64_t **label)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = joins->context;
    const int64_t own = own_count(joins);
    links_t links = {0};
    int64_t *made = NULL;
    int64_t fallen = 0;

    GPH_TRY(open_links(joins, &links));
    GPH_TRY_ALL(context, gph_alloc(context->env, joins->parent.count, sizeof *made, &made));
    for (int64_t i = 0; i < joins->parent.count; ++i)
        made[i] = i < own ? joins->start[context->rank] + i
                          : ((const int64_t *)joins->foreign.data)[i - own];
    (void)lower(joins, made);
    do {
        GPH_TRY(tell(joins, &links, made));
        fallen = lower(joins, made);
        GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &fallen));
    } while (fallen > 0);
    *label = made;
    made = NULL;

cleanup:
    links_free(&links);
    gph_free(made);
    return status;
}
