/* Work spaces, and one pair from graphs to result by any of the methods. */
#include "ged/methods.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

/* Nodes of the smaller graph from which an exact search begins with a refined mapping: below, the
 * search is over sooner. */
enum { REFINE_FROM = 12 };

static const char *const method_names[GPH_GED_METHODS] = {"label",     "hed",    "branch",
                                                          "bipartite", "refine", "exact"};

gph_ged_costs_t gph_ged_costs_default(void)
{
    const gph_ged_cost_t one = {
        .kind = GPH_GED_COST_CONSTANT, .insert = 1, .remove = 1, .substitute = 1};
    return (gph_ged_costs_t){one, one};
}

gph_ged_options_t gph_ged_options_default(void)
{
    return (gph_ged_options_t){.method = GPH_GED_EXACT, .threshold = -1};
}

const char *gph_ged_method_name(gph_ged_method_t method)
{
    return (int)method >= 0 && method < GPH_GED_METHODS ? method_names[method] : "unknown";
}

bool gph_ged_method_parse(const char *name, gph_ged_method_t *method)
{
    for (int i = 0; i < GPH_GED_METHODS; i++)
        if (strcmp(name, method_names[i]) == 0) {
            *method = (gph_ged_method_t)i;
            return true;
        }
    return false;
}

/* --- work spaces ---------------------------------------------------------------------------- */

static gph_status_t copy_cost(gph_env_t *env, const gph_ged_cost_t *cost, gph_ged_cost_t *copy)
{
    gph_status_t status = GPH_OK;
    double *table = NULL;

    if (cost->kind == GPH_GED_COST_TABLE) {
        const int64_t size = (int64_t)(cost->labels + 1) * (cost->labels + 1);
        GPH_TRY(gph_alloc(env, size, sizeof *table, &table));
        memcpy(table, cost->table, sizeof *table * (size_t)size);
    }
    *copy = *cost;
    copy->table = table;

cleanup:
    return status;
}

static void warn_triangle(gph_env_t *env, const gph_ged_cost_t *cost, const char *what)
{
    if (!gph_ged_costs_triangle(cost))
        gph_log(
            env, GPH_LOG_WARN,
            "%s costs break the triangle inequality: a detour is cheaper than some substitution, "
            "insertion or deletion; distances are those of direct operations",
            what);
}

static void free_space(gph_ged_t *ged)
{
    if (ged == NULL)
        return;
    gph_free((void *)(uintptr_t)ged->costs.node.table);
    gph_free((void *)(uintptr_t)ged->costs.edge.table);
    gph_free(ged->pair.data);
    gph_free(ged->search.data);
    gph_free(ged->maps.data);
    gph_free(ged);
}

gph_status_t gph_ged_clone(const gph_ged_t *ged, gph_ged_t **clone)
{
    gph_status_t status = GPH_OK;
    gph_ged_t *made = NULL;

    GPH_TRY(gph_calloc(ged->env, 1, sizeof *made, &made));
    made->env = ged->env;
    made->pair.env = made->search.env = made->maps.env = ged->env;
    GPH_TRY(copy_cost(ged->env, &ged->costs.node, &made->costs.node));
    GPH_TRY(copy_cost(ged->env, &ged->costs.edge, &made->costs.edge));
    made->integral = ged->integral;
    *clone = made;
    made = NULL;

cleanup:
    free_space(made);
    return status;
}

gph_status_t gph_ged_create(gph_context_t *context, const gph_ged_costs_t *costs, gph_ged_t **ged)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    const gph_ged_costs_t standard = gph_ged_costs_default();
    gph_ged_t *made = NULL;

    costs = costs ? costs : &standard;
    GPH_TRY(gph_ged_costs_check(env, costs));
    const gph_ged_t model = {
        .env = env, .costs = *costs, .integral = gph_ged_costs_integral(costs)};
    GPH_TRY(gph_ged_clone(&model, &made));
    warn_triangle(env, &costs->node, "node");
    warn_triangle(env, &costs->edge, "edge");
    *ged = made;
    made = NULL;

cleanup:
    free_space(made);
    return status;
}

void gph_ged_destroy(gph_ged_t **ged)
{
    if (ged == NULL)
        return;
    free_space(*ged);
    *ged = NULL;
}

/* --- one pair ------------------------------------------------------------------------------- */

static gph_status_t check_options(gph_env_t *env, const gph_ged_options_t *options)
{
    if ((int)options->method < 0 || options->method >= GPH_GED_METHODS)
        return gph_fail(env, GPH_ERR_USAGE, "unknown method %d", (int)options->method);
    if (isnan(options->threshold) || isnan(options->max_seconds) || options->max_seconds < 0 ||
        options->max_steps < 0)
        return gph_fail(
            env, GPH_ERR_USAGE,
            "threshold %g, %g seconds, %lld steps: limits must be numbers, and those of "
            "time and steps not negative",
            options->threshold, options->max_seconds, (long long)options->max_steps);
    if (options->decide && options->threshold < 0)
        return gph_fail(env, GPH_ERR_USAGE, "nothing to decide without a threshold");
    return GPH_OK;
}

static gph_status_t make_room(gph_ged_t *ged, const gph_ged_problem_t *problem)
{
    const int64_t n = problem->side[1].nodes;
    const int32_t n0 = problem->side[0].nodes;
    const gph_status_t status = gph_arena_reset(
        &ged->maps, 4 * gph_arena_bytes(n, sizeof(int32_t)) + gph_arena_bytes(n, sizeof(double)) +
                        gph_arena_bytes(n, sizeof(uint64_t)) + gph_ged_walk_bytes(n0));
    if (status != GPH_OK)
        return status;
    ged->low_of = gph_arena_take(&ged->maps, n, sizeof(double));
    ged->kinds = gph_arena_take(&ged->maps, n, sizeof(uint64_t));
    int32_t **const maps[] = {&ged->map, &ged->best, &ged->trial, &ged->origin};
    for (int i = 0; i < 4; i++)
        *maps[i] = gph_arena_take(&ged->maps, n, sizeof(int32_t));
    gph_ged_walk_carve(&ged->maps, n0, &ged->walk);
    return GPH_OK;
}

/* One assignment into ged->trial; kept in ged->best when it is the best mapping so far. */
static gph_status_t try_assignment(gph_ged_one_t *one, bool proportional, bool refine)
{
    gph_ged_t *ged = one->ged;
    one->search.proportional = proportional;
    one->search.map = ged->trial;
    const gph_status_t status = gph_ged_engine_choose(&one->problem)->assign(&one->search);
    if (status != GPH_OK)
        return status;
    if (refine)
        gph_ged_refine(&one->problem, ged->trial, ged->origin);
    const double cost = gph_ged_map_cost(&one->problem, ged->trial);
    if (cost < one->search.upper) {
        one->search.upper = cost;
        memcpy(ged->best, ged->trial, sizeof(int32_t) * (size_t)one->problem.side[0].nodes);
    }
    return GPH_OK;
}

/* BRANCH and bipartite, as the method asks. */
static gph_status_t approximate(gph_ged_one_t *one, gph_ged_method_t method)
{
    gph_status_t status = GPH_OK;
    const bool refine = method >= GPH_GED_REFINE;

    if (method >= GPH_GED_BIPARTITE)
        GPH_TRY(try_assignment(one, true, refine));
    if (method == GPH_GED_BIPARTITE) { // its mapping alone is reported, the bound is that of BRANCH
        one->search.upper = -1;
        GPH_TRY(try_assignment(one, false, false));
    } else {
        GPH_TRY(try_assignment(one, false, refine));
    }

cleanup:
    return status;
}

gph_status_t gph_ged_one_start(gph_ged_one_t *one)
{
    gph_status_t status = GPH_OK;
    const gph_ged_options_t *options = one->options;
    const int32_t n0 = one->problem.side[0].nodes;

    if (options->max_seconds > 0)
        one->search.until = gph_clock_now() + options->max_seconds;
    for (int32_t u = 0; u < n0; u++)
        one->ged->best[u] = -1;
    if (n0 >= REFINE_FROM)
        GPH_TRY(approximate(one, GPH_GED_REFINE));
    one->search.map = one->ged->best;
    one->search.max_steps = options->max_steps;
    one->search.limit = options->threshold >= 0 ? options->threshold : INFINITY;
    one->search.decide = options->decide;

cleanup:
    return status;
}

/* Turns the mapping of side 0 into one of the first graph. */
static void orient_map(gph_ged_one_t *one)
{
    gph_ged_t *ged = one->ged;
    const int32_t n0 = one->problem.side[0].nodes;
    for (int32_t u = 0; u < one->first->nodes; u++)
        ged->map[u] = -1;
    for (int32_t u = 0; u < n0; u++)
        if (!one->problem.swapped)
            ged->map[u] = ged->best[u];
        else if (ged->best[u] >= 0)
            ged->map[ged->best[u]] = u;
}

static gph_status_t run_method(gph_ged_one_t *one, double *lower)
{
    gph_status_t status = GPH_OK;
    const gph_ged_cost_kind_t nodes = one->ged->costs.node.kind;

    switch (one->options->method) {
    case GPH_GED_LABEL:
        *lower = gph_ged_label_bound(&one->problem, nodes == GPH_GED_COST_CONSTANT);
        break;
    case GPH_GED_HED:
        *lower = gph_ged_hausdorff_bound(&one->problem, one->ged->low_of, one->ged->kinds);
        break;
    case GPH_GED_EXACT:
        GPH_TRY(gph_ged_one_start(one));
        GPH_TRY(gph_ged_search_whole(&one->search, &one->ged->walk));
        *lower = one->search.lower;
        break;
    default:
        GPH_TRY(approximate(one, one->options->method));
        *lower = one->search.lower;
        if (one->options->method == GPH_GED_REFINE && one->search.upper > *lower)
            gph_ged_refine_again(&one->problem, one->ged->best, one->ged->trial, one->ged->origin);
    }

cleanup:
    return status;
}

/* Bounds from what the method found. */
static void conclude(const gph_ged_one_t *one, double lower, gph_ged_result_t *result)
{
    const gph_ged_options_t *options = one->options;
    const bool searched = options->method == GPH_GED_EXACT;
    const bool bounded = searched && options->threshold >= 0;
    result->lower = lower;
    result->stopped = one->search.stopped;
    result->steps = one->search.steps;
    result->over = bounded && !result->stopped && result->upper > options->threshold &&
                   lower > options->threshold;
    result->exact = searched && !result->stopped && !result->over &&
                    (!one->search.decide || one->search.lower >= one->search.upper);
    if (result->exact || result->lower > result->upper)
        result->lower = result->upper; // but for the rounding of sums the same
}

gph_status_t gph_ged_one_begin(gph_ged_t *ged, const gph_small_graph_t *first,
                               const gph_small_graph_t *second, const gph_ged_options_t *options,
                               gph_ged_one_t *one)
{
    gph_status_t status = GPH_OK;

    *one = (gph_ged_one_t){.ged = ged, .first = first, .second = second, .options = options};
    GPH_TRY(check_options(ged->env, options));
    GPH_TRY(
        gph_ged_problem_set(&ged->pair, &ged->costs, ged->integral, first, second, &one->problem));
    GPH_TRY(make_room(ged, &one->problem));
    one->search = (gph_ged_search_t){
        .problem = &one->problem, .arena = &ged->search, .upper = INFINITY, .limit = INFINITY};

cleanup:
    return status;
}

gph_status_t gph_ged_one_end(gph_ged_one_t *one, double lower, gph_ged_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_ged_t *ged = one->ged;
    gph_ged_result_t made = {.upper = one->problem.total};

    if (one->options->method >= GPH_GED_BRANCH) {
        orient_map(one);
        GPH_TRY(gph_ged_replay_in(&ged->search, &ged->costs, one->first, one->second, ged->map,
                                  &made.path));
        made.map = ged->map;
        made.upper = made.path.total;
    }
    conclude(one, lower, &made);
    *result = made;

cleanup:
    return status;
}

gph_status_t gph_ged_compute(gph_ged_t *ged, const gph_small_graph_t *first,
                             const gph_small_graph_t *second, const gph_ged_options_t *options,
                             gph_ged_result_t *result)
{
    gph_status_t status = GPH_OK;
    const gph_ged_options_t standard = gph_ged_options_default();
    gph_ged_one_t one;
    double lower = 0;

    GPH_TRY(gph_ged_one_begin(ged, first, second, options ? options : &standard, &one));
    GPH_TRY(run_method(&one, &lower));
    GPH_TRY(gph_ged_one_end(&one, lower, result));

cleanup:
    return status;
}

gph_status_t gph_ged_replay(gph_ged_t *ged, const gph_small_graph_t *first,
                            const gph_small_graph_t *second, const int32_t *map,
                            gph_ged_path_t *path)
{
    gph_ged_problem_t problem = {.whole = false};
    const gph_status_t status = gph_ged_problem_set(&ged->pair, &ged->costs, ged->integral, first,
                                                    second, &problem); // checks the graphs
    if (status != GPH_OK)
        return status;
    return gph_ged_replay_in(&ged->search, &ged->costs, first, second, map, path);
}
