/* The table of algorithms, and what several of them share. */
#include "mp/algorithms.h"

#include "base/clock.h"
#include "mp/vertex.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>

/** In the order of gph_mp_algorithm_t. */
static const struct {
    const char *name;
    gph_mp_algorithm_fn *run;
} table[GPH_MP_ALGORITHMS] = {
    {"pagerank", gph_mp_pagerank},   {"bfs", gph_mp_bfs},       {"components", gph_mp_components},
    {"sssp", gph_mp_sssp},           {"labels", gph_mp_labels}, {"cores", gph_mp_cores},
    {"triangles", gph_mp_triangles},
};

const char *gph_mp_algorithm_name(gph_mp_algorithm_t algorithm)
{
    return algorithm >= 0 && (int)algorithm < GPH_MP_ALGORITHMS ? table[algorithm].name : "";
}

gph_mp_options_t gph_mp_options_default(void)
{
    return (gph_mp_options_t){
        .source = -1, .damping = 0.85, .tolerance = 1e-10, .limits = {.sweeps = -1}};
}

static gph_status_t check(gph_context_t *context, gph_mp_algorithm_t algorithm,
                          const gph_mp_options_t *options)
{
    if (algorithm < 0 || (int)algorithm >= GPH_MP_ALGORITHMS)
        return gph_fail(context->env, GPH_ERR_USAGE, "there is no algorithm %d", (int)algorithm);
    if (!(options->damping >= 0 && options->damping < 1))
        return gph_fail(context->env, GPH_ERR_USAGE,
                        "a damping of %g; it is at least 0 and below 1", options->damping);
    if (!(options->tolerance >= 0))
        return gph_fail(context->env, GPH_ERR_USAGE, "a tolerance of %g; it is at least 0",
                        options->tolerance);
    if (options->limits.sweeps < -1 || !(options->limits.seconds >= 0))
        return gph_fail(context->env, GPH_ERR_USAGE, "limits of sweeps: a number is negative");
    if (options->source < -1)
        return gph_fail(context->env, GPH_ERR_USAGE, "a source of %" PRId64 "; ids are at least 0",
                        options->source);
    return GPH_OK;
}

gph_status_t gph_mp_compute(const gph_graph_t *graph, gph_mp_algorithm_t algorithm,
                            const gph_mp_options_t *options, gph_mp_result_t **result)
{
    gph_status_t status = GPH_OK;
    const gph_mp_options_t fallback = gph_mp_options_default();
    gph_mp_result_t *made = NULL;

    if (graph == NULL || result == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    options = options ? options : &fallback;
    GPH_TRY_ALL(context, check(context, algorithm, options));
    GPH_TRY(gph_mp_result_create(graph, &made));
    GPH_TRY(table[algorithm].run(graph, options, made));
    *result = made;
    made = NULL;

cleanup:
    gph_phase_end(context);
    gph_mp_result_destroy(&made);
    return status;
}

/* --- sources -------------------------------------------------------------------------------- */

static bool has_name(const gph_graph_t *graph, gph_lid_t v, const char *name)
{
    const int64_t begin = graph->names.offset[v];
    const int64_t length = graph->names.offset[v + 1] - begin;
    return (int64_t)strlen(name) == length &&
           memcmp(graph->names.bytes + begin, name, (size_t)length) == 0;
}

/* Smallest number among the owned vertices that are meant, INT64_MAX without one. */
static gph_gid_t find_source(const gph_graph_t *graph, const gph_mp_options_t *options)
{
    const bool named = graph->names.offset != NULL;
    gph_gid_t found = INT64_MAX;
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        const gph_gid_t number = gph_mp_number(graph, v);
        const bool meant = options->source_name ? named && has_name(graph, v, options->source_name)
                           : named              ? number == options->source
                                                : gph_graph_id(graph, v) == options->source;
        if (meant && number < found)
            found = number;
    }
    return found;
}

/* Smallest number among the vertices of most neighbours. */
static gph_status_t find_hub(const gph_graph_t *graph, gph_gid_t *number)
{
    gph_status_t status = GPH_OK;
    int64_t most = -1;
    gph_gid_t found = INT64_MAX;

    for (gph_lid_t v = 0; v < graph->owned; ++v)
        most = gph_mp_degree(graph, v) > most ? gph_mp_degree(graph, v) : most;
    GPH_TRY(gph_comm_reduce_i64(graph->context, GPH_MAX, 1, &most));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        if (gph_mp_degree(graph, v) == most && gph_mp_number(graph, v) < found)
            found = gph_mp_number(graph, v);
    GPH_TRY(gph_comm_reduce_i64(graph->context, GPH_MIN, 1, &found));
    *number = graph->vertices > 0 ? found : -1;

cleanup:
    return status;
}

gph_status_t gph_mp_source(const gph_graph_t *graph, const gph_mp_options_t *options,
                           gph_gid_t *number)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;

    if (options->source < 0 && options->source_name == NULL)
        return find_hub(graph, number);
    gph_gid_t found = find_source(graph, options);
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &found));
    if (found == INT64_MAX && options->source_name != NULL)
        status = gph_fail(context->env, GPH_ERR_USAGE, "no vertex is named %.200s",
                          options->source_name);
    else if (found == INT64_MAX)
        status = gph_fail(context->env, GPH_ERR_USAGE, "no vertex has the %s %" PRId64,
                          graph->names.offset ? "number" : "id", options->source);
    GPH_TRY_ALL(context, status);
    *number = found;

cleanup:
    return status;
}

gph_status_t gph_mp_go_on(gph_context_t *context, const char *what)
{
    int64_t stop = atomic_load(&context->stop) ||
                   (context->deadline > 0 && gph_clock_now() >= context->deadline);
    gph_status_t status = gph_comm_reduce_i64(context, GPH_MAX, 1, &stop);
    if (status == GPH_OK && stop != 0)
        status = gph_comm_agree(
            context, gph_fail(context->env, GPH_ERR_STOPPED, "%s: stopped before its end", what));
    return status;
}

gph_status_t gph_mp_run_whole(const gph_graph_t *graph, const gph_mp_program_t *program,
                              const gph_mp_limits_t *limits, const char *what, void *states,
                              gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_mp_outcome_t outcome = {0};

    GPH_TRY(gph_mp_run(graph, program, limits, states, &outcome));
    if (outcome.end == GPH_MP_TIME)
        status = gph_fail(context->env, GPH_ERR_STOPPED, "%s: stopped after %" PRId64 " sweeps",
                          what, outcome.sweeps);
    GPH_TRY_ALL(context, status);
    gph_mp_result_fact_i64(result, "sweeps", outcome.sweeps);
    gph_mp_result_fact_i64(result, "converged", outcome.end == GPH_MP_CONVERGED);
    gph_log_root(context, GPH_LOG_INFO,
                 "%s: %" PRId64 " sweeps, %" PRId64 " ghosts changed, %" PRId64 " bytes sent", what,
                 outcome.sweeps, outcome.ghosts_changed, outcome.bytes_sent);

cleanup:
    return status;
}
