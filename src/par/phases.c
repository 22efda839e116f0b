/* Timers of the phases of the work, and their times over all ranks. */
#include "base/clock.h"
#include "par/comm.h"

#include <stdlib.h>
#include <string.h>

/** Most phases that are told apart; the last one holds the rest. */
#define GPH_PHASES_MAX 64

/** Time of one phase on one rank. */
typedef struct gph_timer {
    char name[sizeof((gph_phase_t *)0)->name];
    double seconds;
} gph_timer_t;

struct gph_phases {
    int count;
    int running;  /**< index of the running timer, or -1 */
    double since; /**< when it was started */
    gph_timer_t timer[GPH_PHASES_MAX];
};

gph_phases_t *gph_phases_create(void)
{
    gph_phases_t *phases = calloc(1, sizeof *phases);
    if (phases != NULL)
        phases->running = -1;
    return phases;
}

void gph_phases_destroy(gph_phases_t **phases)
{
    free(*phases);
    *phases = NULL;
}

/** Index of the named timer, which is made unless it is there. */
static int find_timer(gph_phases_t *phases, const char *name)
{
    gph_timer_t wanted = {.seconds = 0};
    strncpy(wanted.name, name, sizeof wanted.name - 1);
    for (int i = 0; i < phases->count; i++)
        if (strcmp(phases->timer[i].name, wanted.name) == 0)
            return i;
    if (phases->count == GPH_PHASES_MAX)
        return GPH_PHASES_MAX - 1;
    if (phases->count == GPH_PHASES_MAX - 1)
        strcpy(wanted.name, "other");
    phases->timer[phases->count] = wanted;
    return phases->count++;
}

void gph_phase_begin(gph_context_t *context, const char *name)
{
    gph_phase_end(context);
    context->phases->running = find_timer(context->phases, name);
    context->phases->since = gph_clock_now();
}

void gph_phase_end(gph_context_t *context)
{
    gph_phases_t *phases = context->phases;
    if (phases->running < 0)
        return;
    phases->timer[phases->running].seconds += gph_clock_now() - phases->since;
    phases->running = -1;
}

void gph_phase_add(gph_context_t *context, const char *name, double seconds)
{
    context->phases->timer[find_timer(context->phases, name)].seconds += seconds;
}

/** A phase with the number of ranks that know it. */
typedef struct gph_merged {
    gph_phase_t phase; /**< avg_seconds holds the sum */
    int ranks;
} gph_merged_t;

/** Merges timers[count] of all ranks by name, in order of first appearance. */
static int merge_timers(int64_t count, const gph_timer_t *timers, gph_merged_t *merged)
{
    int found = 0;
    for (int64_t i = 0; i < count; i++) {
        const double seconds = timers[i].seconds;
        int at = 0;
        while (at < found && strcmp(merged[at].phase.name, timers[i].name) != 0)
            at++;
        gph_phase_t *phase = &merged[at].phase;
        if (at == found) {
            merged[found++] = (gph_merged_t){.phase = {.min_seconds = seconds}};
            memcpy(phase->name, timers[i].name, sizeof phase->name);
        }
        merged[at].ranks++;
        phase->avg_seconds += seconds;
        phase->min_seconds = seconds < phase->min_seconds ? seconds : phase->min_seconds;
        phase->max_seconds = seconds > phase->max_seconds ? seconds : phase->max_seconds;
    }
    return found;
}

gph_status_t gph_context_phases(gph_context_t *context, gph_phase_t *phases, int room, int *count)
{
    gph_status_t status = GPH_OK;
    gph_timer_t *timers = NULL;
    gph_merged_t *merged = NULL;
    int64_t total = 0;
    if (count == NULL || room < 0 || (room > 0 && phases == NULL))
        status = gph_fail(context->env, GPH_ERR_USAGE, "no place for the times of phases");
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_concat_all(context, context->phases->count, sizeof *timers,
                                context->phases->timer, &timers, &total));
    GPH_TRY_ALL(context, gph_alloc(context->env, total, sizeof *merged, &merged));
    const int found = merge_timers(total, timers, merged);
    for (int i = 0; i < found && i < room; i++) {
        phases[i] = merged[i].phase;
        phases[i].avg_seconds /= context->ranks;
        // A rank that does not know a phase spent no time in it.
        if (merged[i].ranks < context->ranks && phases[i].min_seconds > 0)
            phases[i].min_seconds = 0;
    }
    *count = found;
cleanup:
    gph_free(merged);
    gph_free(timers);
    return status;
}
