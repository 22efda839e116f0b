/* Contraction: sums of weights per group and neighbouring group, first on each rank, then at the
 * rank that holds the group. */
#include "dist/contract.h"

#include "base/array.h"
#include "base/sort.h"
#include "dist/ghosts.h"
#include "dist/tally.h"
#include "par/comm.h"

#include <assert.h>

/* An edge of the small graph on its way to the rank that holds `from`. */
typedef struct joint {
    int64_t from;
    int64_t to;
    double weight;
} joint_t;

gph_status_t gph_tally_reserve(gph_tally_t *tally, int64_t keys)
{
    gph_status_t status = GPH_OK;
    int64_t capacity = tally->capacity > 0 ? tally->capacity : 16;
    while (capacity / 2 < keys)
        capacity *= 2;
    if (capacity == tally->capacity)
        return GPH_OK;
    gph_tally_t made = {.env = tally->env, .capacity = capacity};
    GPH_TRY(gph_alloc(made.env, capacity, sizeof *made.key, &made.key));
    GPH_TRY(gph_alloc(made.env, capacity, sizeof *made.weight, &made.weight));
    GPH_TRY(gph_alloc(made.env, capacity / 2, sizeof *made.used, &made.used));
    for (int64_t i = 0; i < capacity; ++i)
        made.key[i] = -1;
    gph_tally_free(tally);
    *tally = made;
    made = (gph_tally_t){0};

cleanup:
    gph_tally_free(&made);
    return status;
}

void gph_tally_free(gph_tally_t *tally)
{
    gph_env_t *env = tally->env;
    gph_free(tally->key);
    gph_free(tally->weight);
    gph_free(tally->used);
    *tally = (gph_tally_t){.env = env};
}

/* Local. Questions in order of the ranks asked: order[count] and count for each rank. */
static gph_status_t order_questions(const gph_graph_t *graph, int64_t count, const gph_gid_t *asked,
                                    int64_t *send_count, int64_t **order, gph_gid_t **sent)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t *cursor = NULL;

    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof *cursor, &cursor));
    GPH_TRY(gph_alloc(context->env, count, sizeof **order, order));
    GPH_TRY(gph_alloc(context->env, count, sizeof **sent, sent));
    for (int64_t i = 0; i < count; ++i)
        send_count[gph_tiles_owner(&graph->tiles, context->ranks, asked[i])] += 1;
    for (int r = 1; r < context->ranks; ++r)
        cursor[r] = cursor[r - 1] + send_count[r - 1];
    for (int64_t i = 0; i < count; ++i) {
        const int64_t at = cursor[gph_tiles_owner(&graph->tiles, context->ranks, asked[i])]++;
        (*order)[at] = i;
        (*sent)[at] = asked[i];
    }

cleanup:
    gph_free(cursor);
    return status;
}

gph_status_t gph_graph_ask(const gph_graph_t *graph, int64_t count, const gph_gid_t *asked,
                           const int64_t *value, int64_t *answer)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t *counts = NULL; /* [2 × ranks] questions sent, received */
    int64_t *order = NULL;
    gph_gid_t *sent = NULL;
    gph_gid_t *got = NULL;
    int64_t arrived = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *counts, &counts));
    GPH_TRY_ALL(context, order_questions(graph, count, asked, counts, &order, &sent));
    GPH_TRY(gph_comm_exchange(context, sizeof *sent, sent, counts, &got, counts + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += counts[context->ranks + r];
    for (int64_t i = 0; i < arrived; ++i)
        got[i] = value[got[i] - graph->first];
    /* Answers return along the way the questions came. */
    GPH_TRY(
        gph_comm_exchange_known(context, sizeof *got, got, counts + context->ranks, sent, counts));
    assert(order != NULL && sent != NULL);
    for (int64_t i = 0; i < count; ++i)
        answer[order[i]] = sent[i];

cleanup:
    gph_free(counts);
    gph_free(order);
    gph_free(sent);
    gph_free(got);
    return status;
}

/* Local. Owned vertices sorted by group. */
static gph_status_t sort_by_group(const gph_graph_t *graph, const int64_t *group,
                                  gph_pair_t **members)
{
    gph_status_t status = gph_alloc(graph->context->env, graph->owned, sizeof **members, members);
    if (status != GPH_OK)
        return status;
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        (*members)[v] = (gph_pair_t){group[v], v};
    return gph_sort_pairs(graph->context->env, graph->owned, *members, NULL);
}

/* Adds up the edges of the members of one group and appends them to `joints`. */
static gph_status_t join_group(const gph_graph_t *graph, const int64_t *group, bool unit,
                               int64_t count, const gph_pair_t *member, gph_tally_t *tally,
                               gph_array_t *joints)
{
    gph_status_t status = GPH_OK;
    int64_t arcs = 0;

    for (int64_t i = 0; i < count; ++i)
        arcs += graph->offset[member[i].b + 1] - graph->offset[member[i].b];
    GPH_TRY(gph_tally_reserve(tally, arcs));
    for (int64_t i = 0; i < count; ++i)
        for (gph_off_t j = graph->offset[member[i].b]; j < graph->offset[member[i].b + 1]; ++j) {
            const int64_t other = group[graph->adjacent[j]];
            if (other != member[i].a)
                gph_tally_add(tally, other, unit ? 1 : graph->weight[j]);
        }
    for (int64_t i = 0; i < tally->count; ++i) {
        const int64_t slot = tally->used[i];
        const joint_t joint = {member[0].a, tally->key[slot], tally->weight[slot]};
        GPH_TRY(gph_array_push(joints, &joint));
    }

cleanup:
    gph_tally_clear(tally);
    return status;
}

/* Local. All joints of this rank's vertices, in order of groups. */
static gph_status_t join_all(const gph_graph_t *graph, const int64_t *group, bool unit,
                             gph_array_t *joints)
{
    gph_status_t status = GPH_OK;
    gph_tally_t tally = {.env = graph->context->env};
    gph_pair_t *members = NULL;

    GPH_TRY(sort_by_group(graph, group, &members));
    for (int64_t begin = 0; begin < graph->owned;) {
        int64_t end = begin;
        while (end < graph->owned && members[end].a == members[begin].a)
            ++end;
        GPH_TRY(join_group(graph, group, unit, end - begin, members + begin, &tally, joints));
        begin = end;
    }

cleanup:
    gph_tally_free(&tally);
    gph_free(members);
    return status;
}

/* Local. Sorts joints and adds up equal ones; their pairs and weights come apart. */
static gph_status_t merge_joints(gph_env_t *env, const joint_t *joint, int64_t *count,
                                 gph_pair_t **pairs, double **weight)
{
    gph_status_t status = GPH_OK;
    int64_t kept = 0;

    GPH_TRY(gph_alloc(env, *count, sizeof **pairs, pairs));
    GPH_TRY(gph_alloc(env, *count, sizeof **weight, weight));
    for (int64_t i = 0; i < *count; ++i) {
        (*pairs)[i] = (gph_pair_t){joint[i].from, joint[i].to};
        (*weight)[i] = joint[i].weight;
    }
    GPH_TRY(gph_sort_pairs(env, *count, *pairs, *weight));
    for (int64_t i = 0; i < *count; ++i) {
        const gph_pair_t *last = *pairs + kept - 1;
        if (kept > 0 && last->a == (*pairs)[i].a && last->b == (*pairs)[i].b) {
            (*weight)[kept - 1] += (*weight)[i];
            continue;
        }
        (*pairs)[kept] = (*pairs)[i];
        (*weight)[kept++] = (*weight)[i];
    }
    *count = kept;

cleanup:
    return status;
}

/* Local. Rows of the small graph from sorted pairs; takes the weights over. */
static gph_status_t make_rows(gph_graph_t *small, int64_t begin, int64_t rows, int64_t count,
                              const gph_pair_t *pairs, double **weight)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = small->context->env;
    gph_gid_t *neighbour = NULL;
    gph_ghosts_t ghosts = {0};

    GPH_TRY(gph_calloc(env, rows + 1, sizeof *small->offset, &small->offset));
    GPH_TRY(gph_alloc(env, count, sizeof *neighbour, &neighbour));
    for (int64_t i = 0; i < count; ++i) {
        small->offset[pairs[i].a - begin + 1] += 1;
        neighbour[i] = pairs[i].b;
    }
    for (int64_t i = 0; i < rows; ++i)
        small->offset[i + 1] += small->offset[i];
    GPH_TRY(gph_ghosts_find(small->context, begin, rows, count, neighbour, &ghosts));
    small->first = begin;
    small->owned = (gph_lid_t)rows;
    small->ghosts = (gph_lid_t)ghosts.count;
    small->ghost = ghosts.gid;
    small->adjacent = ghosts.local;
    small->weight = *weight;
    *weight = NULL;

cleanup:
    gph_free(neighbour);
    return status;
}

/* Exchanges the joints and makes rows of them. */
static gph_status_t fill(gph_graph_t *small, const gph_array_t *joints)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = small->context;
    const int64_t *start = small->tiles.rank_start;
    const joint_t *joint = joints->data;
    int64_t *counts = NULL; /* [2 × ranks] sent, received */
    joint_t *got = NULL;
    gph_pair_t *pairs = NULL;
    double *weight = NULL;
    int64_t arrived = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *counts, &counts));
    for (int64_t i = 0; i < joints->count; ++i)
        counts[gph_find_range(start, context->ranks, joint[i].from)] += 1;
    /* Joints ascend by group, so those of a rank are one stretch. */
    GPH_TRY(
        gph_comm_exchange(context, sizeof *joint, joint, counts, &got, counts + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += counts[context->ranks + r];
    GPH_TRY_ALL(context, merge_joints(context->env, got, &arrived, &pairs, &weight));
    gph_free(got);
    got = NULL;
    GPH_TRY_ALL(context, make_rows(small, start[context->rank],
                                   start[context->rank + 1] - start[context->rank], arrived, pairs,
                                   &weight));
    GPH_TRY(gph_ghosts_plan(small));

cleanup:
    gph_free(counts);
    gph_free(got);
    gph_free(pairs);
    gph_free(weight);
    return status;
}

/* Local. A graph without rows whose vertices lie in even blocks. */
static gph_status_t begin_small(gph_context_t *context, int64_t vertices, gph_graph_t **small)
{
    gph_status_t status = GPH_OK;
    gph_graph_t *made = NULL;

    GPH_TRY(gph_graph_create(context, &made));
    made->vertices = vertices;
    GPH_TRY(gph_alloc(context->env, (int64_t)context->ranks + 1, sizeof *made->tiles.rank_start,
                      &made->tiles.rank_start));
    for (int r = 0; r <= context->ranks; ++r)
        made->tiles.rank_start[r] = gph_block_start(vertices, context->ranks, r);
    *small = made;
    made = NULL;

cleanup:
    gph_graph_destroy(&made);
    return status;
}

gph_status_t gph_graph_contract(const gph_graph_t *graph, int64_t groups, const int64_t *group,
                                bool unit, gph_graph_t **small)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_array_t joints = gph_array_init(context->env, sizeof(joint_t));
    gph_graph_t *made = NULL;

    GPH_TRY_ALL(context, begin_small(context, groups, &made));
    GPH_TRY_ALL(context, join_all(graph, group, unit, &joints));
    GPH_TRY(fill(made, &joints));
    *small = made;
    made = NULL;

cleanup:
    gph_array_free(&joints);
    gph_graph_destroy(&made);
    return status;
}
