/*
 * Checking a list against its graph, without the code that made it: members are looked up, rows are
 * compared by positions in the vertex order, every pair is looked for in the oriented rows, and the
 * number of rows is compared with a count.
 */
#include "base/sort.h"
#include "clique/digest.h"
#include "clique/job.h"
#include "clique/result_rows.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Members of the rows that a rank checks in a round. */
enum { ROUND_MEMBERS = 1 << 16 };

typedef struct verifier {
    const gph_graph_t *graph;
    gph_context_t *context;
    gph_order_t order;
    gph_dag_t dag;
    int k;
    int64_t *first_id;  /* [ranks + 1] lowest id of each rank's vertices, where ids are sparse */
    gph_gid_t *last;    /* [k] positions of the row before */
    gph_gid_t *opening; /* [k] positions of this rank's first row */
    bool has_last;
    gph_digest_t digest;
    gph_status_t found; /* first thing wrong on this rank */
} verifier_t;

/* One round: rows, and what was looked up about their members. */
typedef struct round {
    int64_t first; /* number of the first row */
    int64_t rows;
    int64_t *member;     /* [rows × k] */
    gph_gid_t *position; /* [rows × k] -1: in no clique of k */
    gph_gid_t *vertex;   /* [vertices] distinct positions, ascending */
    int64_t vertices;
    gph_off_t *offset; /* [vertices + 1] */
    gph_gid_t *next;   /* later neighbours of each */
} round_t;

static void round_free(round_t *round)
{
    gph_free(round->position);
    gph_free(round->vertex);
    gph_free(round->offset);
    gph_free(round->next);
    *round = (round_t){0};
}

/* --- looking things up ---------------------------------------------------------------------- */

/* Rank whose vertices may hold an id. */
static int owner_of_id(const verifier_t *v, int64_t id)
{
    const gph_graph_t *graph = v->graph;
    if (v->first_id != NULL)
        return (int)gph_find_range(v->first_id, v->context->ranks, id);
    const int64_t gid = id - graph->first_id;
    return gid < 0 || gid >= graph->vertices
               ? 0
               : gph_tiles_owner(&graph->tiles, v->context->ranks, gid);
}

/* Position of an id that this rank may own; -1 when it is unknown. */
static gph_gid_t position_of_id(const verifier_t *v, int64_t id)
{
    const gph_graph_t *graph = v->graph;
    int64_t local = id - graph->first_id - graph->first;
    if (v->first_id != NULL) {
        local = gph_lower_bound_i64(graph->id, graph->owned, id);
        if (local < graph->owned && graph->id[local] != id)
            return -1;
    }
    return local < 0 || local >= graph->owned ? -1 : v->order.position[local];
}

/* Sends items, ascending by owner, to the ranks that own them. Collective. */
static gph_status_t ask(const verifier_t *v, const int64_t *items, const int64_t *send_count,
                        int64_t *recv_count, int64_t **got, int64_t *got_count)
{
    const gph_status_t status =
        gph_comm_exchange(v->context, sizeof *items, items, send_count, got, recv_count);
    *got_count = 0;
    for (int r = 0; status == GPH_OK && r < v->context->ranks; ++r)
        *got_count += recv_count[r];
    return status;
}

/* The distinct values of all[count] that are >= 0, ascending. */
static gph_status_t distinct(gph_env_t *env, int64_t count, const int64_t *all, int64_t **kept,
                             int64_t *kept_count)
{
    gph_status_t status = GPH_OK;
    int64_t *made = NULL;
    int64_t held = 0;

    GPH_TRY(gph_alloc(env, count, sizeof *made, &made));
    for (int64_t i = 0; i < count; ++i)
        if (all[i] >= 0)
            made[held++] = all[i];
    GPH_TRY(gph_sort_distinct_i64(env, held, made, kept_count));
    *kept = made;
    made = NULL;

cleanup:
    gph_free(made);
    return status;
}

/* Positions of all members of a round. Collective. */
static gph_status_t find_positions(const verifier_t *v, round_t *round)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = v->context;
    gph_env_t *env = context->env;
    const int64_t members = round->rows * v->k;
    int64_t *id = NULL;
    int64_t *count = NULL; /* [2 × ranks] */
    int64_t *asked = NULL;
    gph_gid_t *answer = NULL;
    int64_t ids = 0;
    int64_t asked_count = 0;

    GPH_TRY_ALL(context, distinct(env, members, round->member, &id, &ids));
    GPH_TRY_ALL(context, gph_calloc(env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    for (int64_t i = 0; i < ids; ++i)
        count[owner_of_id(v, id[i])] += 1;
    GPH_TRY(ask(v, id, count, count + context->ranks, &asked, &asked_count));
    for (int64_t i = 0; i < asked_count; ++i)
        asked[i] = position_of_id(v, asked[i]);
    GPH_TRY(
        gph_comm_exchange(context, sizeof *asked, asked, count + context->ranks, &answer, count));
    GPH_TRY_ALL(context, gph_alloc(env, members, sizeof *round->position, &round->position));
    for (int64_t i = 0; i < members; ++i)
        round->position[i] =
            round->member[i] < 0 ? -1 : answer[gph_lower_bound_i64(id, ids, round->member[i])];

cleanup:
    gph_free(id);
    gph_free(count);
    gph_free(asked);
    gph_free(answer);
    return status;
}

/* Rows of the positions asked[count], packed: lengths, and entries. Local. */
static gph_status_t pack_rows(const gph_dag_t *dag, int64_t count, const gph_gid_t *asked,
                              int64_t **length, gph_array_t *entries)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_alloc(dag->context->env, count, sizeof **length, length));
    for (int64_t i = 0; i < count; ++i) {
        const int64_t row = asked[i] - dag->first;
        (*length)[i] = dag->offset[row + 1] - dag->offset[row];
        GPH_TRY(gph_array_append(entries, dag->next + dag->offset[row], (*length)[i]));
    }

cleanup:
    return status;
}

/* How many entries go to each rank, from how many rows do. */
static void entries_by_rank(int ranks, const int64_t *rows, const int64_t *length, int64_t *entries)
{
    int64_t at = 0;
    for (int r = 0; r < ranks; ++r) {
        entries[r] = 0;
        for (int64_t i = 0; i < rows[r]; ++i)
            entries[r] += length[at++];
    }
}

/* Oriented rows of all members of a round. Collective. */
static gph_status_t find_rows(const verifier_t *v, round_t *round)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = v->context;
    gph_env_t *env = context->env;
    const int ranks = context->ranks;
    gph_array_t entries = gph_array_init(env, sizeof(gph_gid_t));
    int64_t *count = NULL; /* [4 × ranks] rows sent, got; entries sent, got */
    int64_t *asked = NULL;
    int64_t *length = NULL;
    int64_t *answer = NULL;
    int64_t asked_count = 0;

    GPH_TRY_ALL(context, distinct(env, round->rows * v->k, round->position, &round->vertex,
                                  &round->vertices));
    GPH_TRY_ALL(context, gph_calloc(env, 4 * (int64_t)ranks, sizeof *count, &count));
    for (int64_t i = 0; i < round->vertices; ++i)
        count[gph_find_range(v->dag.start, ranks, round->vertex[i])] += 1;
    GPH_TRY(ask(v, round->vertex, count, count + ranks, &asked, &asked_count));
    GPH_TRY_ALL(context, pack_rows(&v->dag, asked_count, asked, &length, &entries));
    entries_by_rank(ranks, count + ranks, length, count + 2 * (int64_t)ranks);
    GPH_TRY(gph_comm_exchange(context, sizeof *length, length, count + ranks, &answer, count));
    GPH_TRY(gph_comm_exchange(context, sizeof *round->next, entries.data,
                              count + 2 * (int64_t)ranks, &round->next,
                              count + 3 * (int64_t)ranks));
    GPH_TRY_ALL(context,
                gph_calloc(env, round->vertices + 1, sizeof *round->offset, &round->offset));
    for (int64_t i = 0; i < round->vertices; ++i)
        round->offset[i + 1] = round->offset[i] + answer[i];

cleanup:
    gph_array_free(&entries);
    gph_free(count);
    gph_free(asked);
    gph_free(length);
    gph_free(answer);
    return status;
}

/* --- checking ------------------------------------------------------------------------------- */

static bool joined(const round_t *round, gph_gid_t a, gph_gid_t b)
{
    const int64_t i = gph_lower_bound_i64(round->vertex, round->vertices, a);
    const gph_gid_t *row = round->next + round->offset[i];
    const int64_t length = round->offset[i + 1] - round->offset[i];
    const int64_t at = gph_lower_bound_i64(row, length, b);
    return at < length && row[at] == b;
}

/* Compares two rows of positions: < 0, 0, > 0. */
static int compare_rows(int k, const gph_gid_t *a, const gph_gid_t *b)
{
    for (int i = 0; i < k; ++i)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static gph_status_t check_order(verifier_t *v, int64_t row, const gph_gid_t *position)
{
    const int order = v->has_last ? compare_rows(v->k, v->last, position) : -1;
    memcpy(v->last, position, (size_t)v->k * sizeof *position);
    v->has_last = true;
    if (order < 0)
        return GPH_OK;
    return gph_fail(v->context->env, GPH_ERR_VERIFY, "row %" PRId64 " %s the one before it", row,
                    order == 0 ? "repeats" : "comes behind its place: it should stand before");
}

/* One row: members ascending, in the graph, joined pair by pair, behind the row before. */
static gph_status_t check_row(verifier_t *v, const round_t *round, int64_t i, gph_gid_t *position)
{
    gph_env_t *env = v->context->env;
    const int k = v->k;
    const int64_t row = round->first + i;
    const int64_t *member = round->member + i * k;

    for (int m = 1; m < k; ++m)
        if (member[m] <= member[m - 1])
            return gph_fail(env, GPH_ERR_VERIFY,
                            "row %" PRId64 ": members do not ascend at %" PRId64, row, member[m]);
    memcpy(position, round->position + i * k, (size_t)k * sizeof *position);
    for (int m = 0; m < k; ++m)
        if (position[m] < 0)
            return gph_fail(env, GPH_ERR_VERIFY,
                            "row %" PRId64 ": %" PRId64
                            " is no vertex of the graph, or in no clique of %d",
                            row, member[m], k);
    gph_sort_row(k, position, NULL);
    for (int a = 0; a < k; ++a)
        for (int b = a + 1; b < k; ++b)
            if (!joined(round, position[a], position[b]))
                return gph_fail(env, GPH_ERR_VERIFY,
                                "row %" PRId64 ": two of its members are not joined by an edge",
                                row);
    return check_order(v, row, position);
}

/* All rows of a round; the first thing wrong is kept, and the rest is not looked at. */
static void check_round(verifier_t *v, const round_t *round, bool first_round, gph_gid_t *position)
{
    for (int64_t i = 0; i < round->rows && v->found == GPH_OK; ++i) {
        v->found = check_row(v, round, i, position);
        gph_digest_add(&v->digest,
                       gph_clique_row_digest(round->first + i, v->k, round->member + i * v->k));
        if (first_round && i == 0)
            memcpy(v->opening, position, (size_t)v->k * sizeof *position);
    }
}

/* This rank's rows, in rounds; all ranks go through as many. Collective. */
static gph_status_t check_rows(verifier_t *v, gph_result_rows_t *rows, int64_t first, int64_t count)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = v->context;
    const int64_t room = ROUND_MEMBERS / v->k + 1;
    int64_t rounds = (count + room - 1) / room;
    int64_t *member = NULL;
    gph_gid_t *position = NULL; /* [k] work space */
    round_t round = {0};

    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &rounds));
    GPH_TRY_ALL(context, gph_alloc(context->env, room * v->k, sizeof *member, &member));
    GPH_TRY_ALL(context, gph_alloc(context->env, v->k, sizeof *position, &position));
    for (int64_t r = 0; r < rounds; ++r) {
        int64_t done = r * room;
        done = done > count ? count : done;
        round.first = first + done;
        round.rows = count - done < room ? count - done : room;
        round.member = member;
        GPH_TRY_ALL(context, gph_result_rows_read(rows, round.rows, member));
        GPH_TRY(find_positions(v, &round));
        GPH_TRY(find_rows(v, &round));
        check_round(v, &round, r == 0, position);
        round_free(&round);
    }

cleanup:
    round_free(&round);
    gph_free(member);
    gph_free(position);
    return status;
}

/* The last row of a rank stands before the first row of the next one that has any. Collective. */
static gph_status_t check_seams(verifier_t *v, int64_t first, int64_t count)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = v->context;
    const int64_t width = v->k + 1; /* has rows, positions of the last one */
    int64_t *mine = NULL;
    int64_t *all = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, width, sizeof *mine, &mine));
    GPH_TRY_ALL(context, gph_alloc(context->env, width * context->ranks, sizeof *all, &all));
    mine[0] = count > 0;
    memcpy(mine + 1, v->last, (size_t)v->k * sizeof *mine);
    GPH_TRY(gph_comm_gather_all(context, width * (int64_t)sizeof *mine, mine, all));
    for (int r = context->rank - 1; r >= 0 && count > 0 && v->found == GPH_OK; --r) {
        if (!all[r * width])
            continue;
        memcpy(v->last, all + r * width + 1, (size_t)v->k * sizeof *mine);
        v->has_last = true;
        v->found = check_order(v, first, v->opening);
        break;
    }

cleanup:
    gph_free(mine);
    gph_free(all);
    return status;
}

/* The number of rows is the number of cliques, and the digest is the one told. Collective. */
static gph_status_t check_totals(verifier_t *v, const gph_clique_options_t *options, int64_t total,
                                 const char *told)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = v->context->env;
    gph_clique_options_t count_only = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    char text[GPH_COUNT_CHARS];
    char hex[GPH_DIGEST_CHARS];

    count_only.k = options->k;
    count_only.max_k = options->max_k;
    GPH_TRY(gph_clique_find(v->graph, &count_only, &result));
    const gph_count_t count = gph_clique_count(result);
    if (count != (gph_count_t)total)
        GPH_TRY(gph_fail(env, GPH_ERR_VERIFY, "%" PRId64 " rows, but the graph has %s %d-cliques",
                         total, gph_count_format(count, text), v->k));
    GPH_TRY(gph_comm_sum_digest(v->context, &v->digest));
    gph_digest_add(&v->digest, gph_clique_count_digest(v->k, count));
    gph_digest_format(v->digest, hex);
    if (told != NULL && strcmp(told, hex) != 0)
        GPH_TRY(gph_fail(env, GPH_ERR_VERIFY, "the digest is %s, not %s as was told", hex, told));

cleanup:
    gph_clique_result_destroy(&result);
    return status;
}

/* Lowest ids of ranks, to find the owner of an id: ranks without vertices take the next one's. */
static gph_status_t gather_first_ids(verifier_t *v)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = v->context;
    const gph_graph_t *graph = v->graph;
    int64_t sparse = graph->id != NULL;
    const int64_t mine = graph->id != NULL && graph->owned > 0 ? graph->id[0] : INT64_MAX;

    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &sparse));
    if (!sparse)
        return GPH_OK;
    GPH_TRY_ALL(context,
                gph_alloc(context->env, context->ranks + 1, sizeof *v->first_id, &v->first_id));
    GPH_TRY(gph_comm_gather_all(context, sizeof mine, &mine, v->first_id));
    v->first_id[context->ranks] = INT64_MAX;
    for (int r = context->ranks - 1; r > 0; --r)
        if (v->first_id[r] > v->first_id[r + 1])
            v->first_id[r] = v->first_id[r + 1];
    v->first_id[0] = 0;

cleanup:
    return status;
}

static gph_status_t verify(verifier_t *v, const char *path, const gph_clique_options_t *options,
                           const char *digest)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = v->context;
    gph_result_rows_t *rows = NULL;
    int64_t total = 0;
    int64_t first = 0;
    int64_t count = 0;

    GPH_TRY(gather_first_ids(v));
    GPH_TRY(gph_order_make(v->graph, v->k, options->order, &v->order));
    GPH_TRY(gph_dag_make(v->graph, &v->order, v->k, 0, &v->dag));
    GPH_TRY_ALL(context, gph_calloc(context->env, v->k, sizeof *v->last, &v->last));
    GPH_TRY_ALL(context, gph_calloc(context->env, v->k, sizeof *v->opening, &v->opening));
    GPH_TRY(gph_result_rows_open(v->graph, path, v->k, &rows, &total, &first, &count));
    GPH_TRY(check_rows(v, rows, first, count));
    GPH_TRY(check_seams(v, first, count));
    GPH_TRY_ALL(context, v->found);
    GPH_TRY(check_totals(v, options, total, digest));

cleanup:
    gph_result_rows_close(&rows);
    return status;
}

gph_status_t gph_clique_list_info(gph_context_t *context, const char *path,
                                  gph_clique_list_info_t *info)
{
    gph_result_head_t head;
    if (context == NULL || path == NULL || info == NULL)
        return GPH_ERR_USAGE;
    const gph_status_t status = gph_result_head(context, path, &head);
    if (status != GPH_OK)
        return status;
    info->k = head.k;
    info->count = head.count;
    info->order = strcmp(head.order, gph_clique_order_name(GPH_CLIQUE_ORDER_DEGREE)) == 0
                      ? GPH_CLIQUE_ORDER_DEGREE
                      : GPH_CLIQUE_ORDER_CORE;
    snprintf(info->input, sizeof info->input, "%s", head.input);
    snprintf(info->digest, sizeof info->digest, "%s", head.digest);
    return GPH_OK;
}

gph_status_t gph_clique_verify(const gph_graph_t *graph, const char *path,
                               const gph_clique_options_t *options, const char *digest)
{
    if (graph == NULL || path == NULL || options == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    verifier_t v = {.graph = graph, .context = context, .k = options->k};
    if (graph->origin != NULL)
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "verify: pass the graph as loaded, not a placed one");
    if (options->k < 1 || options->k > options->max_k)
        return gph_fail(context->env, GPH_ERR_USAGE, "k is %d, not in 1..%d", options->k,
                        options->max_k);
    gph_phase_begin(context, "verify");
    const gph_status_t status = verify(&v, path, options, digest);
    gph_phase_end(context);
    gph_order_free(&v.order);
    gph_dag_free(&v.dag);
    gph_free(v.first_id);
    gph_free(v.last);
    gph_free(v.opening);
    return status;
}
