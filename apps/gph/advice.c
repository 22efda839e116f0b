/* Advice: where core time went, by what phases measured. All shares are of the time that all
 * threads of all ranks had from the first moment to the last. */
#include "advice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double worth_a_line = 0.05;

/* The losses found so far, the largest first. */
typedef struct losses {
    int count;
    app_advice_t *advice; /* [APP_ADVICE_MAX] */
} losses_t;

static void add(losses_t *losses, const char *cause, double lost, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts a loss in its place; the smallest of too many falls out. */
static void add(losses_t *losses, const char *cause, double lost, const char *format, ...)
{
    app_advice_t made = {.cause = cause, .lost = lost < 1 ? lost : 1};
    int at = losses->count;
    va_list arguments;
    if (lost < worth_a_line)
        return;
    va_start(arguments, format);
    vsnprintf(made.text, sizeof made.text, format, arguments);
    va_end(arguments);
    while (at > 0 && losses->advice[at - 1].lost < lost)
        at--;
    if (at == APP_ADVICE_MAX)
        return;
    const int kept = losses->count < APP_ADVICE_MAX ? losses->count : APP_ADVICE_MAX - 1;
    memmove(&losses->advice[at + 1], &losses->advice[at],
            (size_t)(kept - at) * sizeof *losses->advice);
    losses->advice[at] = made;
    losses->count = kept + 1;
}

/* The phase with most of something. */
typedef struct worst {
    const gph_phase_t *phase;
    double seconds; /* there */
    double sum;     /* over all phases */
} worst_t;

static void note(worst_t *worst, const gph_phase_t *phase, double seconds)
{
    if (seconds <= 0)
        return;
    worst->sum += seconds;
    if (seconds > worst->seconds) {
        worst->seconds = seconds;
        worst->phase = phase;
    }
}

/* More threads than cores, or ranks held on too few of them. */
static void look_at_cores(losses_t *losses, const app_t *app, const app_outcome_t *outcome)
{
    const app_placement_t *placement = &outcome->placement;
    const int threads = gph_context_threads(app->context);
    const double load = placement->load * threads;
    if (!placement->known)
        return;
    if (placement->rank_cores < threads && placement->rank_cores < placement->host_cores)
        add(losses, "binding", 1 - (double)placement->rank_cores / threads,
            "a rank with %d threads is bound to %d of the host's cores: start it with mpirun "
            "--bind-to none, or --map-by slot:PE=%d",
            threads, placement->rank_cores, threads);
    else if (load > 1)
        add(losses, "oversubscribed", 1 - 1 / load,
            "%.3g threads share each core: %s%d ranks x threads a host at most", load,
            threads > 1 ? "use fewer --threads, " : "start fewer ranks, ", placement->host_cores);
}

/* Threads that had work, but less processor time than that. */
static void look_at_contention(losses_t *losses, const app_t *app, const app_outcome_t *outcome)
{
    const double ranks = gph_context_ranks(app->context);
    const double threads = gph_context_threads(app->context);
    worst_t held = {NULL, 0, 0};
    for (int i = 0; i < outcome->phases; i++) {
        const gph_phase_t *phase = &outcome->phase[i];
        const double busy =
            phase->work_seconds - phase->region_seconds + threads * phase->thread_avg_seconds;
        note(&held, phase, ranks * busy - phase->cpu_seconds);
    }
    if (held.phase != NULL && outcome->usage.wall_seconds > 0)
        add(losses, "contention", held.sum / (outcome->usage.wall_seconds * ranks * threads),
            "threads had work but got no core, most of all in phase %s: other programs run on "
            "these cores, or files are slow",
            held.phase->name);
}

/* Ranks that wait: for one that has more to do, or for messages. */
static void look_at_ranks(losses_t *losses, const app_t *app, const app_outcome_t *outcome)
{
    const int ranks = gph_context_ranks(app->context);
    const double wall = outcome->usage.wall_seconds;
    worst_t uneven = {NULL, 0, 0};
    if (ranks == 1 || wall <= 0)
        return;
    for (int i = 0; i < outcome->phases; i++) {
        const gph_phase_t *phase = &outcome->phase[i];
        const double uneven_here = phase->work_max_seconds - phase->work_seconds;
        /* Work that others wait for; a rank may also be late where nobody waits. */
        note(&uneven, phase, uneven_here < phase->wait_seconds ? uneven_here : phase->wait_seconds);
    }
    if (uneven.phase != NULL && uneven.phase->work_seconds > 0)
        add(losses, "imbalance", uneven.sum / wall,
            "ranks wait for the one with most work, most of all in phase %s, where it has %.2f "
            "times the mean: %s",
            uneven.phase->name, uneven.phase->work_max_seconds / uneven.phase->work_seconds,
            app_option_find(app->command, "--partition")
                ? "try another --partition, or fewer ranks with more threads"
                : "use fewer ranks with more threads");
    add(losses, "waiting", (outcome->usage.wait_seconds - uneven.sum) / wall,
        "ranks exchange messages and wait for them: %d ranks are too many for this input%s; try "
        "%d with %d threads each",
        ranks, outcome->placement.hosts > 1 ? ", or the network is slow" : "", (ranks + 1) / 2,
        2 * gph_context_threads(app->context));
}

/* Threads without work. */
static void look_at_threads(losses_t *losses, const app_t *app, const app_outcome_t *outcome)
{
    const int threads = gph_context_threads(app->context);
    const double wall = outcome->usage.wall_seconds;
    worst_t serial = {NULL, 0, 0};
    worst_t uneven = {NULL, 0, 0};
    if (threads == 1 || wall <= 0)
        return;
    for (int i = 0; i < outcome->phases; i++) {
        const gph_phase_t *phase = &outcome->phase[i];
        note(&serial, phase, phase->work_seconds - phase->region_seconds);
        note(&uneven, phase, phase->region_seconds - phase->thread_avg_seconds);
    }
    if (serial.phase != NULL)
        add(losses, "serial", serial.sum / wall * (threads - 1) / threads,
            "one thread of a rank works while the others have nothing to do, most of all in phase "
            "%s: use fewer threads and more ranks",
            serial.phase->name);
    if (uneven.phase != NULL)
        add(losses, "threads", uneven.sum / wall,
            "threads run out of work before the others, most of all in phase %s: use fewer "
            "threads for this input",
            uneven.phase->name);
}

int app_advice_find(const app_t *app, const app_outcome_t *outcome,
                    app_advice_t advice[APP_ADVICE_MAX])
{
    losses_t losses = {0, advice};
    look_at_cores(&losses, app, outcome);
    /* Without cores of their own, ranks and threads wait for the processor: the rest tells little.
     */
    if (losses.count == 0) {
        look_at_contention(&losses, app, outcome);
        look_at_ranks(&losses, app, outcome);
        look_at_threads(&losses, app, outcome);
    }
    if (outcome->usage.wall_seconds > 0)
        add(&losses, "checkpoints",
            outcome->usage.checkpoint_stall_seconds / outcome->usage.wall_seconds,
            "work stands still for checkpoints: write them less often (--checkpoint-every)");
    return losses.count;
}
