/* gph cliques: counts and lists the k-cliques of a graph. */
#include "limits.h"

#include <stdio.h>

static const app_setting_t clique_k = {
    .key = "clique.k",
    .type = APP_INTEGER,
    .value = "K",
    .low = INT32_MIN,
    .high = INT32_MAX,
    .required = true,
    .help = "vertices of a clique, from 1 to --max-k",
};

static const app_setting_t clique_max_k = {
    .key = "clique.max_k",
    .type = APP_INTEGER,
    .value = "K",
    .fallback = "64",
    .low = 1,
    .high = INT32_MAX,
    .help = "largest -k allowed",
};

static const app_setting_t clique_list = {
    .key = "clique.list",
    .type = APP_TEXT,
    .value = "OUT",
    .help = "write all cliques to OUT (.h5, .txt or .bin), in an order that the graph alone fixes",
};

static const app_setting_t clique_per_vertex = {
    .key = "clique.per_vertex",
    .type = APP_TEXT,
    .value = "OUT",
    .help = "write the number of cliques of every vertex to OUT (.h5 or .tsv)",
};

static const app_setting_t clique_communities = {
    .key = "clique.communities",
    .type = APP_TEXT,
    .value = "OUT",
    .help =
        "write the communities to OUT (.h5, .txt or .tsv): vertices of k-cliques that are joined "
        "by sharing k - 1 vertices with each other",
};

static const app_setting_t clique_order = {
    .key = "clique.order",
    .type = APP_CHOICE,
    .value = "ORDER",
    .fallback = "core",
    .choices = "core|degree", /* in the order of gph_clique_order_t */
    .help = "order of the vertices; changes speed, and the order of listed cliques",
};

static const app_setting_t clique_method = {
    .key = "clique.method",
    .type = APP_CHOICE,
    .value = "METHOD",
    .fallback = "auto",
    .choices = "auto|recursion|pivot", /* in the order of gph_clique_method_t */
    .help = "how cliques are counted; changes speed only",
};

static const app_setting_t clique_percolation = {
    .key = "clique.percolation",
    .type = APP_CHOICE,
    .value = "WAY",
    .fallback = "auto",
    .choices = "auto|cover|faces", /* in the order of gph_clique_percolation_t */
    .help = "how communities are found: by maximal cliques or by cliques of k - 1; changes speed "
            "and memory only",
};

static const app_setting_t clique_estimate = {
    .key = "clique.estimate",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "count a sample only, and predict number, time, memory and bytes of the whole",
};

static const app_setting_t *const settings[] = {
    &clique_k,        &clique_list,  &clique_per_vertex, &clique_communities,
    &clique_max_k,    &clique_order, &clique_method,     &clique_percolation,
    &clique_estimate, &app_from,     APP_LIMIT_SETTINGS, NULL,
};

static gph_clique_options_t options_of(const app_settings_t *values)
{
    gph_clique_options_t options = gph_clique_options_default();
    options.k = (int)app_settings_integer(values, &clique_k);
    options.max_k = (int)app_settings_integer(values, &clique_max_k);
    options.order = (gph_clique_order_t)app_settings_integer(values, &clique_order);
    options.method = (gph_clique_method_t)app_settings_integer(values, &clique_method);
    options.percolation =
        (gph_clique_percolation_t)app_settings_integer(values, &clique_percolation);
    options.list_path = app_settings_text(values, &clique_list);
    options.per_vertex_path = app_settings_text(values, &clique_per_vertex);
    options.communities_path = app_settings_text(values, &clique_communities);
    return options;
}

/* What a stopped search covers; it never looks like a whole result. */
static void add_partial(app_t *app, const gph_clique_result_t *result)
{
    int64_t tiles_done = 0;
    int64_t tiles = 0;
    int64_t rows = 0;
    (void)gph_clique_complete(result, &tiles_done, &tiles, &rows);
    app_add_count(app, "count_so_far", gph_clique_count(result));
    app_add_integer(app, "tiles_done", tiles_done);
    app_add_integer(app, "tiles", tiles);
    app_add_integer(app, "rows_listed", rows);
}

static void add_communities(app_t *app, const gph_clique_result_t *result, const char *path)
{
    gph_clique_communities_t communities;
    gph_clique_communities(result, &communities);
    app_add_integer(app, "communities", communities.count);
    app_add_integer(app, "largest_community", communities.largest);
    app_add_integer(app, "vertices_covered", communities.covered);
    app_add_text(app, "communities_file", path);
}

/* Predicts the search. Times and memory differ between runs, and there is no digest. */
static gph_status_t predict(app_t *app, const gph_graph_t *graph,
                            const gph_clique_options_t *options)
{
    gph_clique_estimate_t estimate;
    gph_usage_t usage;
    gph_status_t status = gph_context_usage(app->context, &usage);
    if (status == GPH_OK)
        status = gph_clique_predict(graph, options, 0, &estimate);
    if (status != GPH_OK)
        return status;
    app_add_real(app, "estimated_count", estimate.count);
    app_add_real(app, "count_error", estimate.count_error);
    app_add_real(app, "estimated_seconds", usage.wall_seconds + estimate.seconds);
    app_add_real(app, "seconds_error", estimate.seconds_error);
    app_add_real(app, "counting_core_seconds", estimate.work_seconds);
    app_add_integer(app, "memory_of_a_rank", estimate.memory);
    app_add_real(app, "fetch_bytes", estimate.fetch_bytes);
    app_add_real(app, "list_bytes", estimate.list_bytes);
    app_add_real(app, "per_vertex_bytes", estimate.vertex_bytes);
    app_add_integer(app, "tiles", estimate.tiles);
    app_add_integer(app, "tiles_sampled", estimate.sampled);
    return GPH_OK;
}

static gph_status_t run(app_t *app)
{
    gph_clique_options_t options = options_of(&app->request->settings);
    gph_checkpoint_options_t checkpoint;
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    gph_status_t status = GPH_OK;
    options.checkpoint = app_limits_begin(app, &checkpoint, &status);
    if (status == GPH_OK)
        status = app_load(app, &graph);
    if (status == GPH_OK)
        status = app_add_graph(app, graph);
    if (status != GPH_OK)
        goto cleanup;

    app_add_integer(app, "k", options.k);
    if (app_settings_integer(&app->request->settings, &clique_estimate)) {
        status = predict(app, graph, &options);
        goto cleanup;
    }
    status = gph_clique_find(graph, &options, &result);
    if (status == GPH_ERR_STOPPED)
        add_partial(app, result);
    if (status != GPH_OK)
        goto cleanup;
    app_add_count(app, "count", gph_clique_count(result));
    if (options.list_path)
        app_add_text(app, "list", options.list_path);
    if (options.per_vertex_path)
        app_add_text(app, "per_vertex", options.per_vertex_path);
    if (options.communities_path)
        add_communities(app, result, options.communities_path);
    snprintf(app->digest, sizeof app->digest, "%s", gph_clique_digest(result));

cleanup:
    app_limits_end();
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    return status;
}

const app_command_t app_cliques = {
    .name = "cliques",
    .arguments = "GRAPH",
    .summary = "counts the k-cliques of a graph, lists them, counts them per vertex, joins them",
    .details = APP_GRAPH_HELP
    "\n" APP_LIMIT_HELP "\n--communities: two k-cliques that share k - 1 vertices are adjacent; a "
    "community is the union "
    "of all that can be reached from one. A vertex may be in several. The largest comes first; k = "
    "2 "
    "gives the connected components. Checkpoints don't hold communities: they are found anew."
    "\n--estimate counts two of each group of neighbouring pieces of the work; the errors are two "
    "standard errors. Times are for as many ranks and threads as it has itself, with a core for "
    "each thread, and without writing files.",
    .settings = settings,
    .run = run,
};
