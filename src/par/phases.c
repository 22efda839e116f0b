/* Timers of the phases of the work: what each spent on this rank, and over all ranks. */
#include "par/phases.h"

#include "base/clock.h"
#include "par/comm.h"

#include <stdlib.h>
#include <string.h>

/** Most phases that are told apart; the last one holds the rest. */
#define GPH_PHASES_MAX 64

/** A phase on this rank. */
typedef struct gph_timer {
    char name[sizeof((gph_phase_t *)0)->name];
    gph_spent_t spent;
    double *busy; /**< [threads] seconds of work in parallel regions */
} gph_timer_t;

/** A phase as it travels between ranks. */
typedef struct gph_timed {
    char name[sizeof((gph_phase_t *)0)->name];
    gph_spent_t spent;
    double busy_min; /**< over threads */
    double busy_sum;
    double busy_max;
    int64_t threads;
} gph_timed_t;

struct gph_phases {
    int count;
    int running;      /**< index of the running timer, or -1 */
    int threads;      /**< of this rank */
    double since;     /**< when it was started */
    double since_cpu; /**< processor time then */
    gph_timer_t timer[GPH_PHASES_MAX];
    gph_timer_t outside; /**< what is spent while no timer runs, but for seconds */
};

/* --- timers --------------------------------------------------------------------------------- */

gph_phases_t *gph_phases_create(int threads)
{
    gph_phases_t *phases = calloc(1, sizeof *phases);
    double *busy = calloc((size_t)threads * (GPH_PHASES_MAX + 1), sizeof *busy);
    if (phases == NULL || busy == NULL) {
        free(phases);
        free(busy);
        return NULL;
    }
    phases->running = -1;
    phases->threads = threads;
    phases->outside.busy = busy;
    for (int i = 0; i < GPH_PHASES_MAX; i++)
        phases->timer[i].busy = busy + (size_t)threads * ((size_t)i + 1);
    return phases;
}

void gph_phases_destroy(gph_phases_t **phases)
{
    if (*phases != NULL)
        free((*phases)->outside.busy);
    free(*phases);
    *phases = NULL;
}

/** Index of the named timer, which is made unless it is there. */
static int find_timer(gph_phases_t *phases, const char *name)
{
    char wanted[sizeof phases->timer->name] = "";
    strncpy(wanted, name, sizeof wanted - 1);
    for (int i = 0; i < phases->count; i++)
        if (strcmp(phases->timer[i].name, wanted) == 0)
            return i;
    if (phases->count == GPH_PHASES_MAX)
        return GPH_PHASES_MAX - 1;
    if (phases->count == GPH_PHASES_MAX - 1)
        strcpy(wanted, "other");
    memcpy(phases->timer[phases->count].name, wanted, sizeof wanted);
    return phases->count++;
}

void gph_phase_begin(gph_context_t *context, const char *name)
{
    gph_phases_t *phases = context->phases;
    gph_phase_end(context);
    phases->running = find_timer(phases, name);
    phases->since = gph_clock_now();
    phases->since_cpu = gph_clock_cpu();
}

void gph_phase_end(gph_context_t *context)
{
    gph_phases_t *phases = context->phases;
    if (phases->running < 0)
        return;
    gph_spent_t *spent = &phases->timer[phases->running].spent;
    spent->seconds += gph_clock_now() - phases->since;
    spent->cpu += gph_clock_cpu() - phases->since_cpu;
    phases->running = -1;
}

void gph_phase_add(gph_context_t *context, const char *name, double seconds)
{
    context->phases->timer[find_timer(context->phases, name)].spent.seconds += seconds;
}

/* --- what the running phase spends ---------------------------------------------------------- */

static gph_timer_t *running(const gph_context_t *context)
{
    gph_phases_t *phases = context->phases;
    return phases->running < 0 ? &phases->outside : &phases->timer[phases->running];
}

void gph_phase_message(gph_context_t *context, int64_t bytes)
{
    gph_spent_t *spent = &running(context)->spent;
    spent->messages += 1;
    spent->message_bytes += bytes;
}

void gph_phase_collective(gph_context_t *context, double began, int64_t bytes)
{
    gph_spent_t *spent = &running(context)->spent;
    spent->collectives += 1;
    spent->collective_bytes += bytes;
    spent->wait += gph_clock_now() - began;
}

void gph_phase_wait(gph_context_t *context, double began)
{
    running(context)->spent.wait += gph_clock_now() - began;
}

void gph_phase_thread(const gph_context_t *context, int thread, double began)
{
    if (context->phases != NULL)
        running(context)->busy[thread] += gph_clock_now() - began;
}

void gph_phase_region(const gph_context_t *context, double began)
{
    if (context->phases != NULL)
        running(context)->spent.region += gph_clock_now() - began;
}

gph_spent_t gph_phases_total(const gph_phases_t *phases)
{
    gph_spent_t total = phases->outside.spent;
    for (int i = 0; i < phases->count; i++) {
        const gph_spent_t *spent = &phases->timer[i].spent;
        total.seconds += spent->seconds;
        total.wait += spent->wait;
        total.messages += spent->messages;
        total.message_bytes += spent->message_bytes;
        total.collectives += spent->collectives;
        total.collective_bytes += spent->collective_bytes;
    }
    return total;
}

/* --- over all ranks ------------------------------------------------------------------------- */

static double lower(double a, double b)
{
    return a < b ? a : b;
}

static double higher(double a, double b)
{
    return a > b ? a : b;
}

/** The timers of this rank, ready to travel. */
static void pack_timers(const gph_phases_t *phases, gph_timed_t *timed)
{
    for (int i = 0; i < phases->count; i++) {
        const gph_timer_t *timer = &phases->timer[i];
        timed[i] = (gph_timed_t){.spent = timer->spent,
                                 .busy_min = timer->busy[0],
                                 .busy_max = timer->busy[0],
                                 .threads = phases->threads};
        memcpy(timed[i].name, timer->name, sizeof timed[i].name);
        for (int t = 0; t < phases->threads; t++) {
            timed[i].busy_min = lower(timed[i].busy_min, timer->busy[t]);
            timed[i].busy_max = higher(timed[i].busy_max, timer->busy[t]);
            timed[i].busy_sum += timer->busy[t];
        }
    }
}

/** A phase with the number of ranks, and of their threads, that know it. */
typedef struct gph_merged {
    gph_phase_t phase; /**< averages hold sums */
    int ranks;
    int64_t threads;
} gph_merged_t;

static void merge_one(gph_merged_t *merged, const gph_timed_t *timed)
{
    gph_phase_t *phase = &merged->phase;
    const gph_spent_t *spent = &timed->spent;
    const double work = spent->seconds - spent->wait;
    const bool first = merged->ranks == 0;
    merged->ranks++;
    merged->threads += timed->threads;
    phase->min_seconds = first ? spent->seconds : lower(phase->min_seconds, spent->seconds);
    phase->max_seconds = higher(phase->max_seconds, spent->seconds);
    phase->avg_seconds += spent->seconds;
    phase->wait_seconds += spent->wait;
    phase->work_seconds += work;
    phase->work_max_seconds = higher(phase->work_max_seconds, work);
    phase->cpu_seconds += spent->cpu;
    phase->region_seconds += spent->region;
    phase->thread_min_seconds =
        first ? timed->busy_min : lower(phase->thread_min_seconds, timed->busy_min);
    phase->thread_max_seconds = higher(phase->thread_max_seconds, timed->busy_max);
    phase->thread_avg_seconds += timed->busy_sum;
    phase->messages += spent->messages;
    phase->message_bytes += spent->message_bytes;
    phase->collectives += spent->collectives;
    phase->collective_bytes += spent->collective_bytes;
}

/** Merges timed[count] of all ranks by name, in order of first appearance. */
static int merge_timers(int64_t count, const gph_timed_t *timed, gph_merged_t *merged)
{
    int found = 0;
    for (int64_t i = 0; i < count; i++) {
        int at = 0;
        while (at < found && strcmp(merged[at].phase.name, timed[i].name) != 0)
            at++;
        if (at == found) {
            merged[found++] = (gph_merged_t){.ranks = 0};
            memcpy(merged[at].phase.name, timed[i].name, sizeof merged[at].phase.name);
        }
        merge_one(&merged[at], &timed[i]);
    }
    return found;
}

/** Turns sums into averages over all ranks. */
static gph_phase_t finish(const gph_merged_t *merged, int ranks)
{
    gph_phase_t phase = merged->phase;
    phase.avg_seconds /= ranks;
    phase.wait_seconds /= ranks;
    phase.work_seconds /= ranks;
    phase.region_seconds /= ranks;
    phase.thread_avg_seconds /= (double)merged->threads;
    // A rank that does not know a phase spent no time in it.
    if (merged->ranks < ranks)
        phase.min_seconds = lower(phase.min_seconds, 0);
    return phase;
}

gph_status_t gph_context_phases(gph_context_t *context, gph_phase_t *phases, int room, int *count)
{
    gph_status_t status = GPH_OK;
    gph_timed_t *mine = NULL;
    gph_timed_t *timed = NULL;
    gph_merged_t *merged = NULL;
    int64_t total = 0;
    if (count == NULL || room < 0 || (room > 0 && phases == NULL))
        status = gph_fail(context->env, GPH_ERR_USAGE, "no place for the times of phases");
    if (status == GPH_OK)
        status = gph_alloc(context->env, context->phases->count, sizeof *mine, &mine);
    GPH_TRY_ALL(context, status);
    pack_timers(context->phases, mine);
    GPH_TRY(
        gph_comm_concat_all(context, context->phases->count, sizeof *timed, mine, &timed, &total));
    GPH_TRY_ALL(context, gph_alloc(context->env, total, sizeof *merged, &merged));
    const int found = merge_timers(total, timed, merged);
    for (int i = 0; i < found && i < room; i++)
        phases[i] = finish(&merged[i], context->ranks);
    *count = found;
cleanup:
    gph_free(merged);
    gph_free(timed);
    gph_free(mine);
    return status;
}
