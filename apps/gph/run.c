/* gph run: message-passing algorithms. */
#include "limits.h"
#include "partition.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Vertices that --top may show. */
enum { TOP_MOST = 100000 };

static const app_setting_t run_out = {
    .key = "run.out",
    .type = APP_TEXT,
    .value = "OUT",
    .help = "write a row for every vertex to OUT (.h5 or .tsv), in order of ids",
};

static const app_setting_t run_top = {
    .key = "run.top",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "0",
    .high = TOP_MOST,
    .help = "show the N vertices of the largest values, ties in order of ids",
};

static const app_setting_t run_source = {
    .key = "run.source",
    .type = APP_TEXT,
    .value = "VERTEX",
    .help =
        "of bfs and sssp: where they start, by id or name; else at the vertex of most neighbours",
};

static const app_setting_t run_damping = {
    .key = "run.damping",
    .type = APP_REAL,
    .value = "D",
    .fallback = "0.85",
    .help = "of pagerank: share of a rank that goes to neighbours, below 1",
};

static const app_setting_t run_tolerance = {
    .key = "run.tolerance",
    .type = APP_REAL,
    .value = "T",
    .fallback = "1e-10",
    .help = "of pagerank: end when ranks change by less than T in sum; 0: at --iterations only",
};

static const app_setting_t run_iterations = {
    .key = "run.iterations",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "-1",
    .low = -1,
    .high = INT64_MAX,
    .help = "of pagerank and labels: most iterations; -1: 1000 and 10",
};

static const app_setting_t *const settings[] = {
    &run_out,
    &run_top,
    &run_source,
    &run_damping,
    &run_tolerance,
    &run_iterations,
    &app_run_partition,
    &app_partition_tiles,
    &app_from,
    &app_max_time,
    NULL,
};

/* Finds the algorithm that the first argument names. */
static gph_status_t find_algorithm(app_t *app, gph_mp_algorithm_t *algorithm)
{
    const char *wanted = app->request->argument[0];
    const char *names[GPH_MP_ALGORITHMS];
    char suggestion[APP_SUGGESTION_CHARS] = "";
    for (int a = 0; a < GPH_MP_ALGORITHMS; a++) {
        names[a] = gph_mp_algorithm_name((gph_mp_algorithm_t)a);
        if (strcmp(names[a], wanted) == 0) {
            *algorithm = (gph_mp_algorithm_t)a;
            return GPH_OK;
        }
    }
    return app_fail(app, GPH_ERR_USAGE, "there is no algorithm '%.200s'%s", wanted,
                    app_suggest(wanted, GPH_MP_ALGORITHMS, names, suggestion));
}

/* The source by name where vertices have names, else by id. */
static gph_status_t set_source(app_t *app, const gph_graph_t *graph, gph_mp_options_t *options)
{
    gph_graph_info_t info;
    char *end = NULL;
    const char *text = app_settings_text(&app->request->settings, &run_source);
    gph_status_t status = GPH_OK;
    if (text == NULL)
        return GPH_OK;
    status = gph_graph_info(graph, &info);
    if (status != GPH_OK)
        return status;
    if (info.named) {
        options->source_name = text;
        return GPH_OK;
    }
    options->source = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || options->source == INT64_MAX)
        return app_fail(app, GPH_ERR_USAGE, "--source %.200s: not an id of a vertex", text);
    return GPH_OK;
}

static void add_facts(app_t *app, const gph_mp_result_t *result)
{
    int count = 0;
    const gph_mp_fact_t *fact = gph_mp_result_facts(result, &count);
    for (int f = 0; f < count; f++)
        if (fact[f].type == GPH_MP_I64)
            app_add_integer(app, fact[f].name, fact[f].value.i64);
        else
            app_add_real(app, fact[f].name, fact[f].value.f64);
}

/* Adds the vertices on top as a list of lists: id and value. */
static void add_list(app_t *app, gph_mp_type_t type, int64_t count, const gph_mp_top_t *top)
{
    cJSON *list = app->result ? cJSON_AddArrayToObject(app->result, "top") : NULL;
    if (!app->result)
        return;
    app->result_lost = app->result_lost || !list;
    for (int64_t i = 0; list && i < count; i++) {
        char id[32] = "";
        char number[32] = "";
        snprintf(id, sizeof id, "%" PRId64, top[i].id);
        snprintf(number, sizeof number, "%" PRId64, top[i].value.i64);
        cJSON *row = cJSON_CreateArray();
        if (!row || !cJSON_AddItemToArray(list, row)) {
            cJSON_Delete(row);
            app->result_lost = true;
            return;
        }
        cJSON *value =
            type == GPH_MP_F64 ? cJSON_CreateNumber(top[i].value.f64) : cJSON_CreateRaw(number);
        app->result_lost = app->result_lost || !cJSON_AddItemToArray(row, cJSON_CreateRaw(id)) ||
                           !cJSON_AddItemToArray(row, value);
    }
}

static gph_status_t add_top(app_t *app, const gph_mp_result_t *result)
{
    const int64_t wanted = app_settings_integer(&app->request->settings, &run_top);
    gph_mp_type_t type = GPH_MP_I64;
    int64_t count = 0;
    gph_status_t status = GPH_OK;
    if (wanted == 0)
        return GPH_OK;
    gph_mp_top_t *top = calloc((size_t)wanted, sizeof *top);
    status = gph_mp_result_top(result, 0, wanted, &count, top);
    gph_mp_result_column(result, 0, NULL, &type, NULL);
    if (status == GPH_OK && top)
        add_list(app, type, count, top);
    free(top);
    return status;
}

static gph_mp_options_t options_of(const app_settings_t *values)
{
    gph_mp_options_t options = gph_mp_options_default();
    options.damping = app_settings_real(values, &run_damping);
    options.tolerance = app_settings_real(values, &run_tolerance);
    options.limits.sweeps = app_settings_integer(values, &run_iterations);
    return options;
}

static gph_status_t report(app_t *app, const gph_mp_result_t *result)
{
    const char *out = app_settings_text(&app->request->settings, &run_out);
    app_add_text(app, "algorithm", app->request->argument[0]);
    gph_status_t status = gph_mp_result_digest(result, app->digest);
    add_facts(app, result);
    if (status == GPH_OK)
        status = add_top(app, result);
    if (status == GPH_OK && out) {
        status = gph_mp_result_write(result, out);
        app_add_text(app, "output", out);
    }
    return status;
}

static gph_status_t run(app_t *app)
{
    gph_mp_options_t options = options_of(&app->request->settings);
    gph_mp_algorithm_t algorithm = GPH_MP_PAGERANK;
    gph_checkpoint_options_t checkpoint;
    gph_graph_t *graph = NULL;
    gph_mp_result_t *result = NULL;
    gph_status_t status = GPH_OK;
    (void)app_limits_begin(app, &checkpoint, &status);
    if (status == GPH_OK)
        status = find_algorithm(app, &algorithm);
    if (status == GPH_OK)
        status = app_load(app, &graph);
    if (status == GPH_OK)
        status = app_add_graph(app, graph);
    if (status == GPH_OK)
        status = app_place(app, &graph);
    if (status == GPH_OK)
        status = set_source(app, graph, &options);
    if (status == GPH_OK)
        status = gph_mp_compute(graph, algorithm, &options, &result);
    if (status == GPH_OK)
        status = report(app, result);
    app_limits_end();
    gph_mp_result_destroy(&result);
    gph_graph_destroy(&graph);
    return status;
}

const app_command_t app_algorithms = {
    .name = "run",
    .arguments = "ALGORITHM GRAPH",
    .summary = "runs a message-passing algorithm on a graph",
    .details =
        "ALGORITHM is one of\n"
        "  pagerank    rank of every vertex\n"
        "  bfs         distance from a source, and the parent on the way\n"
        "  components  smallest vertex number of each vertex's connected component\n"
        "  sssp        least sum of weights on a path from a source\n"
        "  labels      communities by label propagation\n"
        "  cores       core number of every vertex\n"
        "  triangles   triangles at every vertex, and clustering coefficient\n"
        "Vertex numbers are 0, 1, … in order of ids.\n" APP_GRAPH_HELP
        "\nStops early, with exit status 5, at --max-time, at the end of a SLURM job's time, "
        "and on SIGUSR1, SIGTERM and SIGINT; a second signal ends it at once.",
    .settings = settings,
    .input = 1,
    .run = run,
};
