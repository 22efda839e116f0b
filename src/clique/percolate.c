/*
 * Cliques that share k - 1 vertices have a first one of these in common, and meet there: its owner
 * receives the trace of each clique, which is that vertex and the members after it. Positions of
 * the oriented graph order the members, so traces lie inside the short rows of their first
 * vertices. Equal traces travel once. Round by round some vertices of each rank are dealt with.
 */
#include "clique/percolate.h"

#include "clique/joins.h"
#include "clique/meet.h"
#include "clique/rounds.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Traces that are looked at before it is asked again what is joined. */
enum { SOON = 1 << 14 };

/* Bits of a member's place in its clique: more members than a bit matrix has room for. */
enum { AT_BITS = 20 };

/* A trace on its way. Its members travel beside it. */
typedef struct trace_head {
    int64_t clique; /* its number */
    int64_t length;
} trace_head_t;

typedef struct percolation {
    gph_clique_job_t *job;
    const gph_cover_t *cover;
    gph_joins_t joins;
    int64_t least; /* vertices that joined cliques share: k - 1 */
    gph_rounds_t rounds;
    /* Traces sent in this round. */
    gph_pair_t *pick; /* [picked] hash of a trace, the trace */
    int64_t picked;
    /* Traces received in this round. */
    int64_t arrived;
    trace_head_t *head;    /* [arrived] */
    gph_gid_t *member;     /* members of all of them */
    const gph_gid_t **set; /* [arrived] members behind the first, by first member */
    int64_t *length;       /* [arrived] of these */
    int64_t *place;        /* [arrived] in joins */
    int64_t *known;        /* [arrived] roots in joins */
    int64_t *meeting;      /* [meetings + 1] first trace of each vertex */
    int64_t meetings;
    int64_t from;         /* first meeting of the tasks that run */
    gph_meeter_t *meeter; /* [threads] */
    gph_array_t *joined;  /* [threads] gph_pair_t: places to be joined */
} percolation_t;

/* --- rounds --------------------------------------------------------------------------------- */

static gph_status_t plan_rounds(percolation_t *p)
{
    gph_status_t status = GPH_OK;
    const gph_cover_t *cover = p->cover;

    GPH_TRY_ALL(p->job->context, gph_rounds_open(&p->job->dag, &p->rounds));
    for (int64_t c = 0; c < cover->count; ++c) {
        const int64_t end = cover->offset[c + 1];
        for (int64_t i = cover->offset[c]; end - i >= p->least; ++i)
            p->rounds.bytes[gph_rounds_stretch(&p->rounds, cover->member[i])] +=
                (int64_t)sizeof(trace_head_t) + 8 * (end - i) + 64;
    }
    GPH_TRY(gph_rounds_plan(&p->rounds));

cleanup:
    return status;
}

/* --- sending -------------------------------------------------------------------------------- */

/* A trace: the number of its clique here, and which member comes first in it. */
static int64_t trace_of(int64_t clique, int64_t at)
{
    return clique << AT_BITS | at;
}

static int64_t clique_of(int64_t trace)
{
    return trace >> AT_BITS;
}

/* Place in the cover of its first member. */
static int64_t place_of(const gph_cover_t *cover, int64_t trace)
{
    return cover->offset[clique_of(trace)] + (trace & ((INT64_C(1) << AT_BITS) - 1));
}

static int64_t trace_length(const gph_cover_t *cover, int64_t trace)
{
    return cover->offset[clique_of(trace) + 1] - place_of(cover, trace);
}

static uint64_t mix(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* Calls for each trace of a round; counts them, and keeps hash and place where there is room. */
static int64_t walk_traces(const percolation_t *p, int64_t round, gph_pair_t *pick)
{
    const gph_cover_t *cover = p->cover;
    int64_t count = 0;
    for (int64_t c = 0; c < cover->count; ++c) {
        const int64_t end = cover->offset[c + 1];
        uint64_t hash = 1;
        for (int64_t i = end - 1; i >= cover->offset[c]; --i) {
            hash = mix(hash + (uint64_t)cover->member[i]);
            if (end - i < p->least || !gph_rounds_in(&p->rounds, round, cover->member[i]))
                continue;
            if (pick != NULL)
                pick[count] = (gph_pair_t){(int64_t)(hash >> 1), trace_of(c, i - cover->offset[c])};
            count += 1;
        }
    }
    return count;
}

static bool equal_traces(const gph_cover_t *cover, int64_t a, int64_t b)
{
    const int64_t length = trace_length(cover, a);
    return trace_length(cover, b) == length &&
           memcmp(cover->member + place_of(cover, a), cover->member + place_of(cover, b),
                  (size_t)length * sizeof *cover->member) == 0;
}

/* Picks the traces of a round. Of equal ones the first stays; their cliques are joined. */
static gph_status_t pick_traces(percolation_t *p, int64_t round)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = p->job->context->env;
    const gph_cover_t *cover = p->cover;
    const int64_t count = walk_traces(p, round, NULL);
    int64_t kept = 0;

    GPH_TRY(gph_alloc(env, count, sizeof *p->pick, &p->pick));
    (void)walk_traces(p, round, p->pick);
    GPH_TRY(gph_sort_pairs(env, count, p->pick, NULL));
    for (int64_t i = 0; i < count; ++i) {
        const int64_t trace = p->pick[i].b;
        const int64_t before = kept > 0 ? p->pick[kept - 1].b : 0;
        if (kept > 0 && p->pick[kept - 1].a == p->pick[i].a && equal_traces(cover, before, trace))
            gph_joins_unite(&p->joins, clique_of(before), clique_of(trace));
        else
            p->pick[kept++] = p->pick[i];
    }
    p->picked = kept;

cleanup:
    return status;
}

/* Traces packed by receiver. */
typedef struct packed {
    int64_t *heads;   /* [ranks] */
    int64_t *members; /* [ranks] */
    int64_t *cursor;  /* [2 × ranks] next head, next member */
    trace_head_t *head;
    gph_gid_t *member;
} packed_t;

static void packed_free(packed_t *packed)
{
    gph_free(packed->heads);
    gph_free(packed->members);
    gph_free(packed->cursor);
    gph_free(packed->head);
    gph_free(packed->member);
}

static int receiver(const percolation_t *p, int64_t trace)
{
    const int ranks = p->job->context->ranks;
    if (ranks == 1)
        return 0;
    return (int)gph_find_range(p->job->dag.start, ranks,
                               p->cover->member[place_of(p->cover, trace)]);
}

static gph_status_t size_packed(const percolation_t *p, packed_t *packed)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = p->job->context->env;
    const int ranks = p->job->context->ranks;
    int64_t total = 0;

    GPH_TRY(gph_calloc(env, ranks, sizeof *packed->heads, &packed->heads));
    GPH_TRY(gph_calloc(env, ranks, sizeof *packed->members, &packed->members));
    GPH_TRY(gph_calloc(env, 2 * (int64_t)ranks, sizeof *packed->cursor, &packed->cursor));
    for (int64_t i = 0; i < p->picked; ++i) {
        const int r = receiver(p, p->pick[i].b);
        packed->heads[r] += 1;
        packed->members[r] += trace_length(p->cover, p->pick[i].b);
    }
    for (int r = 0; r < ranks; ++r) {
        if (r > 0) {
            packed->cursor[r] = packed->cursor[r - 1] + packed->heads[r - 1];
            packed->cursor[ranks + r] = packed->cursor[ranks + r - 1] + packed->members[r - 1];
        }
        total += packed->members[r];
    }
    GPH_TRY(gph_alloc(env, p->picked, sizeof *packed->head, &packed->head));
    GPH_TRY(gph_alloc(env, total, sizeof *packed->member, &packed->member));

cleanup:
    return status;
}

static gph_status_t pack(percolation_t *p, packed_t *packed)
{
    const int ranks = p->job->context->ranks;
    const gph_cover_t *cover = p->cover;
    const gph_status_t status = size_packed(p, packed);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < p->picked; ++i) {
        const int64_t trace = p->pick[i].b;
        const int r = receiver(p, trace);
        const int64_t length = trace_length(cover, trace);
        packed->head[packed->cursor[r]++] =
            (trace_head_t){cover->start[p->job->context->rank] + clique_of(trace), length};
        memcpy(packed->member + packed->cursor[ranks + r], cover->member + place_of(cover, trace),
               (size_t)length * sizeof *cover->member);
        packed->cursor[ranks + r] += length;
    }
    gph_free(p->pick);
    p->pick = NULL;
    return GPH_OK;
}

static gph_status_t send_traces(percolation_t *p, int64_t round)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = p->job->context;
    packed_t packed = {0};
    int64_t *count = NULL;

    GPH_TRY_ALL(context, pick_traces(p, round));
    GPH_TRY_ALL(context, pack(p, &packed));
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *count, &count));
    GPH_TRY(gph_comm_exchange(context, sizeof *packed.member, packed.member, packed.members,
                              &p->member, count));
    gph_free(packed.member);
    packed.member = NULL;
    GPH_TRY(gph_comm_exchange(context, sizeof *packed.head, packed.head, packed.heads, &p->head,
                              count));
    p->arrived = 0;
    for (int r = 0; r < context->ranks; ++r)
        p->arrived += count[r];

cleanup:
    gph_free(count);
    packed_free(&packed);
    return status;
}

/* --- meeting -------------------------------------------------------------------------------- */

static void round_free(percolation_t *p)
{
    gph_free(p->pick);
    gph_free(p->head);
    gph_free(p->member);
    gph_free(p->set);
    gph_free(p->length);
    gph_free(p->place);
    gph_free(p->known);
    gph_free(p->meeting);
    p->pick = NULL;
    p->head = NULL;
    p->member = NULL;
    p->set = NULL;
    p->length = NULL;
    p->place = NULL;
    p->known = NULL;
    p->meeting = NULL;
}

/* Orders what arrived by the first member of traces, the last positions first. *order receives
 * pairs of that and the number of the trace. */
static gph_status_t order_traces(percolation_t *p, gph_pair_t **order, int64_t **begin)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = p->job->context->env;
    const gph_gid_t last = p->job->dag.vertices;
    int64_t at = 0;

    GPH_TRY(gph_alloc(env, p->arrived, sizeof **order, order));
    GPH_TRY(gph_alloc(env, p->arrived, sizeof **begin, begin));
    for (int64_t i = 0; i < p->arrived; ++i) {
        (*order)[i] = (gph_pair_t){last - p->member[at], i};
        (*begin)[i] = at;
        at += p->head[i].length;
    }
    GPH_TRY(gph_sort_pairs(env, p->arrived, *order, NULL));

cleanup:
    return status;
}

/* What arrived, vertex by vertex. */
static gph_status_t arrange(percolation_t *p)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = p->job->context->env;
    gph_pair_t *order = NULL;
    int64_t *begin = NULL;

    GPH_TRY(order_traces(p, &order, &begin));
    GPH_TRY(gph_alloc(env, p->arrived, sizeof *p->set, &p->set));
    GPH_TRY(gph_alloc(env, p->arrived, sizeof *p->length, &p->length));
    GPH_TRY(gph_alloc(env, p->arrived, sizeof *p->place, &p->place));
    GPH_TRY(gph_alloc(env, p->arrived, sizeof *p->known, &p->known));
    GPH_TRY(gph_alloc(env, p->arrived + 1, sizeof *p->meeting, &p->meeting));
    p->meetings = 0;
    for (int64_t i = 0; i < p->arrived; ++i) {
        const trace_head_t *head = &p->head[order[i].b];
        p->set[i] = p->member + begin[order[i].b] + 1;
        p->length[i] = head->length - 1;
        GPH_TRY(gph_joins_place(&p->joins, head->clique, &p->place[i]));
        if (i == 0 || order[i].a != order[i - 1].a)
            p->meeting[p->meetings++] = i;
    }
    p->meeting[p->meetings] = p->arrived;

cleanup:
    gph_free(order);
    gph_free(begin);
    return status;
}

/* Joins the traces of one vertex. */
static gph_status_t meet_task(void *data, int64_t task, int thread)
{
    gph_status_t status = GPH_OK;
    const percolation_t *p = data;
    const gph_dag_t *dag = &p->job->dag;
    gph_meeter_t *meeter = &p->meeter[thread];
    const int64_t begin = p->meeting[p->from + task];
    const int64_t row = p->set[begin][-1] - dag->first;
    const gph_meet_sets_t sets = {dag->offset[row + 1] - dag->offset[row],
                                  dag->next + dag->offset[row],
                                  p->meeting[p->from + task + 1] - begin,
                                  p->set + begin,
                                  p->length + begin,
                                  p->known + begin};

    GPH_TRY(gph_meet(meeter, &sets, (int)p->least - 1));
    const gph_meet_t *found = meeter->found.data;
    for (int64_t i = 0; i < meeter->found.count; ++i) {
        const gph_pair_t pair = {p->place[begin + found[i].a], p->place[begin + found[i].b]};
        GPH_TRY(gph_array_push(&p->joined[thread], &pair));
    }

cleanup:
    return status;
}

/* All meetings of a round, some at a time: what is joined by one needs no look in the next. */
static gph_status_t meet(percolation_t *p)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = p->job->context;

    GPH_TRY(arrange(p));
    for (p->from = 0; p->from < p->meetings;) {
        const int64_t begin = p->meeting[p->from];
        int64_t to = p->from + 1;
        while (to < p->meetings && p->meeting[to + 1] - begin <= SOON)
            ++to;
        for (int64_t i = begin; i < p->meeting[to]; ++i)
            p->known[i] = gph_joins_root(&p->joins, p->place[i]);
        GPH_TRY(gph_team_run(context, to - p->from, meet_task, p));
        for (int t = 0; t < context->threads; ++t) {
            const gph_pair_t *pair = p->joined[t].data;
            for (int64_t i = 0; i < p->joined[t].count; ++i)
                gph_joins_unite(&p->joins, pair[i].a, pair[i].b);
            p->joined[t].count = 0;
        }
        p->from = to;
    }

cleanup:
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t open_meeters(percolation_t *p)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = p->job->context;

    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *p->meeter, &p->meeter));
    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *p->joined, &p->joined));
    for (int t = 0; t < context->threads; ++t) {
        gph_meeter_init(context->env, &p->meeter[t]);
        p->joined[t] = gph_array_init(context->env, sizeof(gph_pair_t));
    }
    GPH_TRY(gph_joins_open(context, p->cover->start, &p->joins));

cleanup:
    return status;
}

static void close_all(percolation_t *p)
{
    for (int t = 0; t < p->job->context->threads; ++t) {
        if (p->joined != NULL)
            gph_meeter_free(&p->meeter[t]);
        if (p->joined != NULL)
            gph_array_free(&p->joined[t]);
    }
    gph_free(p->meeter);
    gph_free(p->joined);
    gph_joins_close(&p->joins);
    gph_rounds_free(&p->rounds);
    round_free(p);
}

gph_status_t gph_percolate(gph_clique_job_t *job, const gph_cover_t *cover, int64_t **label)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    percolation_t p = {.job = job, .cover = cover, .least = job->options->k - 1};
    const gph_job_ops_t ops = {NULL, NULL, gph_clique_state_save, job};

    GPH_TRY_ALL(context, open_meeters(&p));
    GPH_TRY(plan_rounds(&p));
    for (int64_t round = 0; round < p.rounds.count; ++round) {
        GPH_TRY(send_traces(&p, round));
        GPH_TRY_ALL(context, meet(&p));
        round_free(&p);
        GPH_TRY(gph_job_step(job->engine, &ops));
    }
    GPH_TRY(gph_joins_labels(&p.joins, label));

cleanup:
    close_all(&p);
    return status;
}
