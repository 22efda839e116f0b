/*
 * Putting communities together. Members go to the owners of their vertices, which know ids and drop
 * what is repeated; the owner of a community's first clique adds up how many members each rank has;
 * communities get numbers, and every member its place.
 */
#include "clique/communities.h"

#include "par/comm.h"

#include <string.h>

void gph_communities_free(gph_communities_t *communities)
{
    gph_free(communities->offset);
    gph_free(communities->member);
    *communities = (gph_communities_t){0};
}

/* --- what this rank's cliques say of communities ---------------------------------------------- */

/* Members found here, and the smallest clique found here of each community. */
typedef struct found {
    gph_array_t member; /* gph_pair_t: label, vertex; ascending, none twice */
    gph_array_t key;    /* int64_t [1 + k] each: label, smallest clique; ascending */
    gph_array_t some;   /* int64_t: vertices of the community that is worked on */
    int64_t distinct;   /* of them known to be distinct and ascending */
} found_t;

/* Vertices that may be held twice before they are put in order. */
enum { SLACK = 1 << 16 };

static gph_status_t make_distinct(gph_env_t *env, found_t *f)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_sort_distinct_i64(env, f->some.count, f->some.data, &f->some.count));
    f->distinct = f->some.count;

cleanup:
    return status;
}

/* Lowers the last key to the first k of a clique, whose vertices ascend. */
static void lower_key(found_t *f, int k, const gph_gid_t *clique)
{
    int64_t *key = (int64_t *)f->key.data + f->key.count - k;
    if (gph_compare_row(k, clique, key) < 0)
        memcpy(key, clique, (size_t)k * sizeof *key);
}

static gph_status_t add_clique(gph_env_t *env, const gph_cover_t *cover, int64_t c, int k,
                               bool first, int64_t label, found_t *f)
{
    gph_status_t status = GPH_OK;
    gph_gid_t *member = cover->member + cover->offset[c];
    const int64_t length = cover->offset[c + 1] - cover->offset[c];

    gph_sort_row(length, member, NULL);
    if (first) {
        GPH_TRY(gph_array_push(&f->key, &label));
        GPH_TRY(gph_array_append(&f->key, member, k));
    }
    lower_key(f, k, member);
    GPH_TRY(gph_array_append(&f->some, member, length));
    if (f->some.count > 2 * f->distinct + SLACK)
        GPH_TRY(make_distinct(env, f));

cleanup:
    return status;
}

/* Hands the community's vertices over. */
static gph_status_t end_community(gph_env_t *env, int64_t label, found_t *f)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(make_distinct(env, f));
    const int64_t *vertex = f->some.data;
    for (int64_t i = 0; i < f->some.count; ++i) {
        const gph_pair_t pair = {label, vertex[i]};
        GPH_TRY(gph_array_push(&f->member, &pair));
    }
    f->some.count = 0;
    f->distinct = 0;

cleanup:
    return status;
}

/* Community by community. */
static gph_status_t collect(gph_env_t *env, const gph_cover_t *cover, const int64_t *label, int k,
                            found_t *f)
{
    gph_status_t status = GPH_OK;
    gph_pair_t *order = NULL;

    GPH_TRY(gph_alloc(env, cover->count, sizeof *order, &order));
    for (int64_t c = 0; c < cover->count; ++c)
        order[c] = (gph_pair_t){label[c], c};
    GPH_TRY(gph_sort_pairs(env, cover->count, order, NULL));
    for (int64_t i = 0; i < cover->count; ++i) {
        const bool first = i == 0 || order[i].a != order[i - 1].a;
        const bool last = i + 1 == cover->count || order[i].a != order[i + 1].a;
        GPH_TRY(add_clique(env, cover, order[i].b, k, first, order[i].a, f));
        if (last)
            GPH_TRY(end_community(env, order[i].a, f));
    }

cleanup:
    gph_free(order);
    return status;
}

/* --- communities at the owners of their first cliques ----------------------------------------- */

/* Communities whose label is a number of this rank. */
typedef struct led {
    int64_t *label; /* [keys.count] ascending */
    gph_community_keys_t keys;
} led_t;

static int64_t find_led(const led_t *led, int64_t label)
{
    return gph_lower_bound_i64(led->label, led->keys.count, label);
}

/* Opens those that some rank has a key of: `key` holds [count] of [1 + k]. */
static gph_status_t open_led(gph_env_t *env, int64_t count, const int64_t *key, int k, led_t *led)
{
    gph_status_t status = GPH_OK;

    led->keys.k = k;
    GPH_TRY(gph_alloc(env, count, sizeof *led->label, &led->label));
    for (int64_t i = 0; i < count; ++i)
        led->label[i] = key[i * (k + 1)];
    GPH_TRY(gph_sort_distinct_i64(env, count, led->label, &led->keys.count));
    GPH_TRY(gph_calloc(env, led->keys.count, sizeof *led->keys.size, &led->keys.size));
    GPH_TRY(gph_alloc(env, led->keys.count, (size_t)k * sizeof *led->keys.key, &led->keys.key));
    for (int64_t i = 0; i < led->keys.count * k; ++i)
        led->keys.key[i] = INT64_MAX;

cleanup:
    return status;
}

static void led_free(led_t *led)
{
    gph_free(led->label);
    gph_free(led->keys.size);
    gph_free(led->keys.key);
}

/* The smallest clique of each community, over all ranks. */
static gph_status_t combine_keys(gph_context_t *context, const int64_t *start, int k,
                                 const found_t *f, led_t *led)
{
    gph_status_t status = GPH_OK;
    const int64_t width = k + 1;
    const int64_t *mine = f->key.data;
    int64_t *count = NULL; /* [2 × ranks] sent, received */
    int64_t *got = NULL;
    int64_t arrived = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    for (int64_t i = 0; i < f->key.count; i += width)
        count[gph_find_range(start, context->ranks, mine[i])] += 1;
    GPH_TRY(gph_comm_exchange(context, (size_t)width * sizeof *got, mine, count, &got,
                              count + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += count[context->ranks + r];
    GPH_TRY_ALL(context, open_led(context->env, arrived, got, k, led));
    for (int64_t i = 0; i < arrived; ++i) {
        const int64_t *key = got + i * width + 1;
        int64_t *best = led->keys.key + find_led(led, key[-1]) * k;
        if (gph_compare_row(k, key, best) < 0)
            memcpy(best, key, (size_t)k * sizeof *best);
    }

cleanup:
    gph_free(count);
    gph_free(got);
    return status;
}

/* --- members at the owners of their vertices ---------------------------------------------------
 */

/* Members by the rank that owns the vertex. */
static gph_status_t pack_members(const gph_graph_t *graph, found_t *f, int64_t *count,
                                 gph_pair_t **packed)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = graph->context;
    const gph_pair_t *member = f->member.data;
    int64_t *cursor = NULL;

    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof *cursor, &cursor));
    GPH_TRY(gph_alloc(context->env, f->member.count, sizeof **packed, packed));
    for (int64_t i = 0; i < f->member.count; ++i)
        count[gph_tiles_owner(&graph->tiles, context->ranks, member[i].b)] += 1;
    for (int r = 1; r < context->ranks; ++r)
        cursor[r] = cursor[r - 1] + count[r - 1];
    for (int64_t i = 0; i < f->member.count; ++i)
        (*packed)[cursor[gph_tiles_owner(&graph->tiles, context->ranks, member[i].b)]++] =
            member[i];
    gph_array_free(&f->member);

cleanup:
    gph_free(cursor);
    return status;
}

/* Members go to the owners of the vertices: there *member receives [*held] pairs (label, vertex),
 * ascending, none twice. */
static gph_status_t send_members(const gph_graph_t *graph, found_t *f, int64_t *held,
                                 gph_pair_t **member)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t *count = NULL; /* [2 × ranks] sent, received */
    gph_pair_t *packed = NULL;
    gph_pair_t *got = NULL;
    int64_t arrived = 0;
    int64_t kept = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, pack_members(graph, f, count, &packed));
    GPH_TRY(
        gph_comm_exchange(context, sizeof *packed, packed, count, &got, count + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += count[context->ranks + r];
    GPH_TRY_ALL(context, gph_sort_pairs(context->env, arrived, got, NULL));
    for (int64_t i = 0; i < arrived; ++i)
        if (i == 0 || got[i].a != got[i - 1].a || got[i].b != got[i - 1].b)
            got[kept++] = got[i];
    *held = kept;
    *member = got;
    got = NULL;

cleanup:
    gph_free(count);
    gph_free(packed);
    gph_free(got);
    return status;
}

/* --- places ---------------------------------------------------------------------------------- */

/* Members of one community on one rank, told to who leads it and answered. */
typedef struct share {
    int64_t label; /* answered: place of the first of them */
    int64_t count; /* answered: place behind the community's last member */
} share_t;

static gph_status_t list_shares(gph_env_t *env, int64_t held, const gph_pair_t *member,
                                gph_array_t *shares)
{
    gph_status_t status = GPH_OK;
    *shares = gph_array_init(env, sizeof(share_t));
    for (int64_t i = 0; i < held; ++i) {
        const share_t share = {member[i].a, 0};
        if (i == 0 || member[i].a != member[i - 1].a)
            GPH_TRY(gph_array_push(shares, &share));
        ((share_t *)shares->data)[shares->count - 1].count += 1;
    }

cleanup:
    return status;
}

/* At who leads the communities: sizes, numbers, and the answer to every share. */
static gph_status_t answer_shares(gph_context_t *context, led_t *led, int64_t arrived,
                                  share_t *share, gph_communities_t *made)
{
    gph_status_t status = GPH_OK;
    int64_t *number = NULL;
    int64_t *place = NULL;

    /* Ranks hold ascending vertices, so a share begins where those of lower ranks end. */
    for (int64_t i = 0; i < arrived; ++i) {
        const int64_t c = find_led(led, share[i].label);
        const int64_t before = led->keys.size[c];
        led->keys.size[c] += share[i].count;
        share[i] = (share_t){c, before};
    }
    GPH_TRY(gph_communities_number(context, &led->keys, &number, &place, made));
    for (int64_t i = 0; i < arrived; ++i) {
        const int64_t c = share[i].label;
        share[i] = (share_t){place[c] + share[i].count, place[c] + led->keys.size[c]};
    }

cleanup:
    gph_free(number);
    gph_free(place);
    return status;
}

/* Place and id of every member held here. */
static gph_status_t place_members(const gph_graph_t *graph, const share_t *share, int64_t held,
                                  gph_pair_t *member)
{
    int64_t label = held > 0 ? member[0].a : 0;
    int64_t at = 0;
    int64_t from = 0;

    for (int64_t i = 0; i < held; ++i) {
        if (member[i].a != label) {
            label = member[i].a;
            at += 1;
            from = i;
        }
        const int64_t place = share[at].label + (i - from);
        member[i] = (gph_pair_t){2 * place + (place + 1 == share[at].count),
                                 gph_graph_id(graph, (gph_lid_t)(member[i].b - graph->first))};
    }
    return gph_sort_pairs(graph->context->env, held, member, NULL);
}

/* Gives members their places. */
static gph_status_t place_all(const gph_graph_t *graph, const int64_t *start, led_t *led,
                              gph_communities_t *made)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_array_t shares = gph_array_init(context->env, sizeof(share_t));
    int64_t *count = NULL; /* [2 × ranks] sent, received */
    share_t *got = NULL;
    int64_t arrived = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, list_shares(context->env, made->held, made->member, &shares));
    for (int64_t i = 0; i < shares.count; ++i)
        count[gph_find_range(start, context->ranks, ((share_t *)shares.data)[i].label)] += 1;
    GPH_TRY(
        gph_comm_exchange(context, sizeof *got, shares.data, count, &got, count + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += count[context->ranks + r];
    GPH_TRY(answer_shares(context, led, arrived, got, made));
    GPH_TRY(gph_comm_exchange_known(context, sizeof *got, got, count + context->ranks, shares.data,
                                    count));
    GPH_TRY_ALL(context, place_members(graph, shares.data, made->held, made->member));

cleanup:
    gph_array_free(&shares);
    gph_free(count);
    gph_free(got);
    return status;
}

/* Vertices that are in a community. */
static gph_status_t count_covered(const gph_graph_t *graph, gph_communities_t *made)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    unsigned char *in = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, graph->owned, 1, &in));
    made->covered = 0;
    for (int64_t i = 0; i < made->held; ++i) {
        const int64_t v = made->member[i].b - graph->first;
        made->covered += !in[v];
        in[v] = 1;
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &made->covered));

cleanup:
    gph_free(in);
    return status;
}

gph_status_t gph_communities_make(const gph_clique_job_t *job, const gph_cover_t *cover,
                                  const int64_t *label, const int64_t *start,
                                  gph_communities_t *communities)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    gph_env_t *env = context->env;
    const int k = job->options->k;
    found_t found = {.member = gph_array_init(env, sizeof(gph_pair_t)),
                     .key = gph_array_init(env, sizeof(int64_t)),
                     .some = gph_array_init(env, sizeof(int64_t))};
    led_t led = {0};
    gph_communities_t made = {0};

    GPH_TRY_ALL(context, collect(env, cover, label, k, &found));
    gph_array_free(&found.some);
    GPH_TRY(combine_keys(context, start, k, &found, &led));
    gph_array_free(&found.key);
    GPH_TRY(send_members(job->graph, &found, &made.held, &made.member));
    GPH_TRY(count_covered(job->graph, &made));
    GPH_TRY(place_all(job->graph, start, &led, &made));
    *communities = made;
    made = (gph_communities_t){0};

cleanup:
    gph_array_free(&found.member);
    gph_array_free(&found.key);
    gph_array_free(&found.some);
    led_free(&led);
    gph_communities_free(&made);
    return status;
}
