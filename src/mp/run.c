/* Running a program: sweeps until nothing changes or a limit is reached. */
#include "base/clock.h"
#include "mp/sweep.h"
#include "mp/vertex.h"
#include "par/comm.h"

enum { STATE_MOST = 65536 };

gph_lid_t gph_mp_owned(const gph_graph_t *graph)
{
    return graph->owned;
}

gph_mp_vertex_t gph_mp_vertex(const gph_graph_t *graph, gph_lid_t local)
{
    return (gph_mp_vertex_t){.local = local,
                             .number = gph_mp_number(graph, local),
                             .id = gph_graph_id(graph, local),
                             .degree = gph_mp_degree(graph, local)};
}

gph_mp_limits_t gph_mp_limits_default(void)
{
    return (gph_mp_limits_t){.sweeps = -1};
}

static gph_status_t check(gph_context_t *context, const gph_mp_program_t *program,
                          const gph_mp_limits_t *limits, const void *states)
{
    if (program == NULL || program->start == NULL ||
        (program->vertex == NULL && program->block == NULL))
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "a program needs `start`, and `vertex` or `block`");
    if (states == NULL)
        return gph_fail(context->env, GPH_ERR_USAGE, "gph_mp_run: no place for the states");
    if (program->state_size < 1 || program->state_size > STATE_MOST)
        return gph_fail(context->env, GPH_ERR_USAGE, "a state of %zu bytes; it has 1 to %d",
                        program->state_size, STATE_MOST);
    if (program->sums < 0 || program->sums > GPH_MP_SUMS)
        return gph_fail(context->env, GPH_ERR_USAGE, "a program has %d sums; 0 to %d are allowed",
                        program->sums, GPH_MP_SUMS);
    if (limits->sweeps < -1 || !(limits->seconds >= 0))
        return gph_fail(context->env, GPH_ERR_USAGE, "limits of sweeps: a number is negative");
    return GPH_OK;
}

/** A running program. */
typedef struct run {
    gph_mp_sweeper_t sweeper;
    gph_mp_news_t news;
    const gph_mp_work_t *work; /* of the next sweep */
    gph_mp_limits_t limits;
    double until; /* gph_clock_now() when time is up; 0: never */
    gph_mp_outcome_t outcome;
} run_t;

static bool time_is_up(const run_t *run)
{
    const gph_context_t *context = run->sweeper.graph->context;
    const double now = gph_clock_now();
    return (run->until > 0 && now >= run->until) ||
           (context->deadline > 0 && now >= context->deadline) || atomic_load(&context->stop);
}

static void plan(run_t *run, bool first)
{
    if (run->sweeper.program->always)
        return;
    run->work =
        gph_mp_news_list(&run->news, run->sweeper.changed, first ? &run->news.all : run->work);
}

/* Sweeps until something ends it. */
static gph_status_t sweep_on(run_t *run)
{
    gph_status_t status = GPH_OK;
    gph_mp_sweeper_t *sweeper = &run->sweeper;
    const gph_mp_program_t *program = sweeper->program;
    gph_context_t *context = sweeper->graph->context;
    double sum[GPH_MP_SUMS] = {0};
    int64_t seen[2] = {1, time_is_up(run)}; /* changes, ranks that want to stop */

    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 2, seen));
    while (true) {
        run->outcome.end = GPH_MP_TIME;
        if (seen[1] > 0)
            break;
        run->outcome.end = GPH_MP_SWEEPS;
        if (run->limits.sweeps >= 0 && run->outcome.sweeps >= run->limits.sweeps)
            break;
        GPH_TRY(gph_mp_sweep(sweeper, run->work));
        run->outcome.sweeps += 1;
        seen[0] = gph_mp_sweep_changes(sweeper);
        seen[1] = time_is_up(run);
        GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 2, seen));
        GPH_TRY(gph_mp_sweep_sums(sweeper, sum));
        run->outcome.end = GPH_MP_CONVERGED;
        if (program->after != NULL && program->after(program->data, run->outcome.sweeps, sum))
            break;
        if (seen[0] == 0)
            break;
        plan(run, false);
    }
    run->outcome.ghosts_changed = sweeper->halo.changed;
    run->outcome.bytes_sent = sweeper->halo.bytes;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &run->outcome.ghosts_changed));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &run->outcome.bytes_sent));

cleanup:
    return status;
}

gph_status_t gph_mp_run(const gph_graph_t *graph, const gph_mp_program_t *program,
                        const gph_mp_limits_t *limits, void *states, gph_mp_outcome_t *outcome)
{
    gph_status_t status = GPH_OK;
    run_t run = {.limits = limits ? *limits : gph_mp_limits_default()};

    if (graph == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    GPH_TRY_ALL(context, check(context, program, &run.limits, states));
    run.until = run.limits.seconds > 0 ? gph_clock_now() + run.limits.seconds : 0;
    GPH_TRY(gph_mp_sweeper_init(graph, program, &run.sweeper));
    GPH_TRY(gph_mp_news_init(graph, &run.sweeper.layout, &run.news));
    run.work = &run.news.all;
    if (!program->always)
        GPH_TRY(gph_mp_news_prepare(&run.news));
    plan(&run, true);
    GPH_TRY(sweep_on(&run));
    gph_mp_sweeper_states(&run.sweeper, states);
    if (outcome != NULL)
        *outcome = run.outcome;

cleanup:
    gph_mp_sweeper_free(&run.sweeper);
    gph_mp_news_free(&run.news);
    return status;
}
