/* gph info: what a graph looks like. */
#include "commands.h"

static gph_status_t run(app_t *app)
{
    gph_graph_t *graph = NULL;
    gph_graph_info_t info = {0};
    int64_t degeneracy = 0;
    int64_t components = 0;
    gph_status_t status = app_load(app, &graph);
    if (status == GPH_OK)
        status = app_add_graph(app, graph);
    if (status == GPH_OK)
        status = gph_graph_info(graph, &info);
    if (status == GPH_OK)
        status = gph_graph_cores(graph, NULL, &degeneracy);
    if (status == GPH_OK)
        status = gph_graph_components(graph, &components);
    if (status != GPH_OK)
        goto cleanup;

    app_add_integer(app, "min_degree", info.min_degree);
    app_add_real(app, "mean_degree",
                 info.vertices > 0 ? 2.0 * (double)info.edges / (double)info.vertices : 0.0);
    app_add_integer(app, "max_degree", info.max_degree);
    app_add_integer(app, "isolated", info.isolated);
    app_add_integer(app, "degeneracy", degeneracy);
    app_add_integer(app, "components", components);
    app_add_text(app, "weights", info.weighted ? "yes" : "no");
    app_add_text(app, "names", info.named ? "yes" : "no");

cleanup:
    gph_graph_destroy(&graph);
    return status;
}

static const app_setting_t *const settings[] = {&app_from, NULL};

const app_command_t app_info = {
    .name = "info",
    .arguments = "GRAPH",
    .summary = "size, degrees, degeneracy, components of a graph, and the memory it takes",
    .details = APP_GRAPH_HELP,
    .settings = settings,
    .shows_memory = true,
    .run = run,
};
