/*
 * A search tree shared among the threads of one rank, with rounds: the tree of a round is fixed,
 * and so is what comes before its first hit, whoever walks where and for how long. So a thread
 * takes the first piece that nobody walks, at any time. One that finds none asks another thread,
 * which gives the upper frames of its walk away as a piece of their own, and goes on.
 */
#include "base/clock.h"
#include "ged/split.h"
#include "par/context.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

/* Seconds for which a thread looks for a piece before it sleeps: most come sooner than it takes to
 * wake up. */
static const double patience = 2e-4;

/* What the threads share; all of it and the list under the lock. */
typedef struct team {
    gph_ged_split_t *split;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* the list, or ended */
    atomic_llong changes;   /* how often that was told */
    struct member *member;  /* [threads] */
    char *held;             /* [threads] pieces that are walked: the list moves meanwhile */
    bool ended;             /* the round, or a thread failed */
    gph_status_t status;    /* of giving */
} team_t;

typedef struct member {
    team_t *team;
    int thread;
    atomic_int hurry; /* gph_ged_hurry_t: what others want of it */
} member_t;

static gph_ged_piece_t *held_by(const team_t *team, int thread)
{
    return (gph_ged_piece_t *)(team->held + (size_t)thread * team->split->list.size);
}

/* Place in the list of the piece that a thread walks. */
static int64_t place_of(const team_t *team, int thread)
{
    int64_t i = 0;
    while (gph_ged_piece_at(&team->split->list, i)->walker != thread + 1)
        i++;
    return i;
}

/* Makes room for more pieces from place i on; what was there comes behind them. */
static gph_status_t open_gap(gph_array_t *list, int64_t i, int64_t more)
{
    const int64_t count = list->count + more;
    gph_status_t status = GPH_OK;

    if (count > list->capacity)
        GPH_TRY(gph_array_reserve(list, 2 * count));
    memmove(gph_ged_piece_at(list, i + more), gph_ged_piece_at(list, i),
            list->size * (size_t)(list->count - i));
    list->count = count;

cleanup:
    return status;
}

/* Tells those who wait that the list, or `ended`, is another. */
static void tell(team_t *team)
{
    (void)atomic_fetch_add(&team->changes, 1);
    pthread_cond_broadcast(&team->changed);
}

/* Waits until others tell. Called and left with the lock. */
static void await(team_t *team)
{
    const long long seen = atomic_load(&team->changes);
    const double until = gph_clock_now() + patience;
    pthread_mutex_unlock(&team->lock);
    while (atomic_load(&team->changes) == seen && gph_clock_now() < until)
        (void)sched_yield();
    pthread_mutex_lock(&team->lock);
    while (atomic_load(&team->changes) == seen)
        pthread_cond_wait(&team->changed, &team->lock);
}

/* gph_ged_give_fn. data: who gives. The rest of its piece comes before what it gives. */
static bool give(void *data, const gph_ged_walk_t *walk, int32_t depth, int64_t bound)
{
    const member_t *member = data;
    team_t *team = member->team;
    gph_array_t *list = &team->split->list;
    int giving = GPH_GED_HURRY_GIVE;

    pthread_mutex_lock(&team->lock);
    const int64_t i = place_of(team, member->thread);
    const gph_status_t status = open_gap(list, i + 1, 1);
    if (status == GPH_OK) {
        gph_ged_piece_t *piece = gph_ged_piece_at(list, i + 1);
        memset(piece, 0, list->size);
        *piece =
            (gph_ged_piece_t){.bound = bound, .open = true, .depth = depth, .floor = walk->floor};
        memcpy(piece->data, walk->left, sizeof *walk->left * (size_t)(depth + 1));
        gph_ged_piece_at(list, i)->floor = depth + 1;
        tell(team);
    } else {
        team->status = status;
    }
    (void)atomic_compare_exchange_strong(&team->member[member->thread].hurry, &giving,
                                         GPH_GED_HURRY_NOT);
    pthread_mutex_unlock(&team->lock);
    return status == GPH_OK;
}

/* Takes the first piece that nobody walks, unless a hit comes before it. */
static bool claim(team_t *team, int thread, gph_ged_order_t *order)
{
    const gph_ged_split_t *split = team->split;
    const gph_ged_stand_t *stand = split->stand;
    member_t *member = &team->member[thread];
    int64_t before = stand->best;
    for (int64_t i = 0; i < split->list.count; i++) {
        gph_ged_piece_t *piece = gph_ged_piece_at(&split->list, i);
        if (!piece->open && gph_ged_piece_hits(split, piece->best))
            return false;
        if (!piece->open)
            before = gph_ged_lesser(before, piece->best);
        if (!piece->open || piece->walker > 0)
            continue;
        piece->walker = thread + 1;
        atomic_store(&member->hurry, GPH_GED_HURRY_NOT);
        memcpy(held_by(team, thread), piece, split->list.size);
        *order =
            (gph_ged_order_t){.piece = i,
                              .limit = stand->limit,
                              .aim = gph_ged_below(before, stand->tree.grain, stand->tree.exact),
                              .max_steps = split->team_steps,
                              .hurry = &member->hurry,
                              .give = give,
                              .give_data = member};
        return true;
    }
    return false;
}

/* Asks for what is left where that is most, as far as can be told: in the piece that ends furthest
 * up. Behind a hit nothing is wanted. */
static void ask(team_t *team)
{
    const gph_ged_split_t *split = team->split;
    const gph_ged_piece_t *most = NULL;
    for (int64_t i = 0; i < split->list.count; i++) {
        const gph_ged_piece_t *piece = gph_ged_piece_at(&split->list, i);
        if (!piece->open && gph_ged_piece_hits(split, piece->best))
            break;
        if (piece->walker > 0 && (most == NULL || piece->floor < most->floor) &&
            atomic_load(&team->member[piece->walker - 1].hurry) == GPH_GED_HURRY_NOT)
            most = piece;
    }
    if (most != NULL)
        atomic_store(&team->member[most->walker - 1].hurry, GPH_GED_HURRY_GIVE);
}

/* Stops the walks behind a hit, or all of them. */
static void call_off(team_t *team, bool all)
{
    const gph_ged_split_t *split = team->split;
    bool off = all;
    for (int64_t i = 0; i < split->list.count; i++) {
        const gph_ged_piece_t *piece = gph_ged_piece_at(&split->list, i);
        off |= !piece->open && gph_ged_piece_hits(split, piece->best);
        if (off && piece->walker > 0)
            atomic_store(&team->member[piece->walker - 1].hurry, GPH_GED_HURRY_STOP);
    }
}

/* Puts what a thread made in the place of the piece that it walked. */
static gph_status_t replace(team_t *team, int thread)
{
    gph_array_t *list = &team->split->list;
    const gph_array_t *made = &team->split->made[thread];
    const int64_t i = place_of(team, thread);
    const gph_status_t status = open_gap(list, i + 1, made->count - 1);
    if (status == GPH_OK)
        memcpy(gph_ged_piece_at(list, i), made->data, list->size * (size_t)made->count);
    return status;
}

/* Stops when it is time to; something is left then. */
static bool late(team_t *team)
{
    gph_ged_split_t *split = team->split;
    const bool stop = gph_context_stop_requested(split->context) ||
                      (split->until > 0 && gph_clock_now() > split->until);
    if (stop) {
        split->stand->search->stopped = true;
        split->stand->lower = gph_ged_pieces_bound(split);
    }
    return stop;
}

/* Takes a walk in, and ends the round when nothing is left of it. */
static gph_status_t take_in(team_t *team, int thread)
{
    gph_ged_split_t *split = team->split;
    const gph_status_t status = team->status == GPH_OK ? replace(team, thread) : team->status;
    if (status != GPH_OK)
        return status;
    team->ended |= gph_ged_pieces_take(split, thread) || late(team);
    call_off(team, team->ended);
    tell(team);
    return GPH_OK;
}

/* Walks pieces until the round ends. Called and left with the lock. */
static gph_status_t work(team_t *team, int thread)
{
    gph_status_t status = GPH_OK;
    gph_ged_split_t *split = team->split;
    gph_ged_order_t order;
    int64_t best = 0;
    while (status == GPH_OK && !team->ended) {
        if (!claim(team, thread, &order)) {
            ask(team);
            await(team);
            continue;
        }
        pthread_mutex_unlock(&team->lock);
        split->made[thread].count = 0;
        status = gph_ged_piece_walk(split, held_by(team, thread), &order, 0, thread, &best);
        pthread_mutex_lock(&team->lock);
        if (status == GPH_OK && !team->ended)
            status = take_in(team, thread);
        if (thread == 0)
            gph_progress_set(split->progress, split->stand->search->steps);
    }
    return status;
}

/* gph_pool_task_fn: a thread joins in. */
static gph_status_t join(void *data, int64_t task, int thread)
{
    team_t *team = data;
    (void)task;
    pthread_mutex_lock(&team->lock);
    const gph_status_t status = work(team, thread);
    if (status != GPH_OK) {
        team->ended = true;
        call_off(team, true);
    }
    tell(team);
    pthread_mutex_unlock(&team->lock);
    return status;
}

gph_status_t gph_ged_split_team(gph_ged_split_t *split)
{
    gph_status_t status = GPH_OK;
    const int threads = split->context->threads;
    gph_env_t *env = split->context->env;
    team_t team = {.split = split};

    pthread_mutex_init(&team.lock, NULL);
    pthread_cond_init(&team.changed, NULL);
    GPH_TRY(gph_alloc(env, threads, sizeof *team.member, &team.member));
    GPH_TRY(gph_alloc(env, threads, split->list.size, &team.held));
    for (int t = 0; t < threads; t++) {
        team.member[t].team = &team;
        team.member[t].thread = t;
        atomic_init(&team.member[t].hurry, GPH_GED_HURRY_NOT);
    }
    GPH_TRY(gph_pool_team(split->pool, threads, join, &team));
    status = team.status;

cleanup:
    gph_free(team.member);
    gph_free(team.held);
    pthread_cond_destroy(&team.changed);
    pthread_mutex_destroy(&team.lock);
    return status;
}
