/* gph convert: a graph, or a collection of small ones, from one file format to another. */
#include "commands.h"
#include "ged_settings.h"

#include <string.h>

static const app_setting_t convert_collection = {
    .key = "convert.collection",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "IN is a collection of small graphs, as gph ged has them; OUT is HDF5 (.h5) or text",
};

static const app_setting_t convert_labels = {
    .key = "convert.labels",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "colours in a .dot file: lines of a vertex and its label, such as communities",
};

static const app_setting_t convert_groups = {
    .key = "convert.groups",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "colours in a .dot file: lines of vertices that belong together, such as cliques",
};

static gph_status_t save(app_t *app, const gph_graph_t *graph)
{
    const app_settings_t *values = &app->request->settings;
    const char *path = app->request->argument[1];
    const gph_coloring_t coloring = {.labels = app_settings_text(values, &convert_labels),
                                     .groups = app_settings_text(values, &convert_groups)};
    if (!coloring.labels && !coloring.groups)
        return app_save(app, graph);
    const size_t length = strlen(path);
    if (app_settings_integer(values, &app_format) != GPH_FORMAT_DOT &&
        (length < 5 || strcmp(path + length - 4, ".dot") != 0))
        return app_fail(app, GPH_ERR_USAGE,
                        "colours are for Graphviz: '%.200s' does not end in "
                        ".dot, and --format is not dot",
                        path);
    const gph_status_t status = gph_graph_save_colored(graph, path, &coloring);
    if (status == GPH_OK)
        app_add_text(app, "output", path);
    return status;
}

static gph_status_t convert_graph(app_t *app)
{
    gph_graph_t *graph = NULL;
    gph_status_t status = app_load(app, &graph);
    if (status == GPH_OK)
        status = save(app, graph);
    if (status == GPH_OK)
        status = app_add_graph(app, graph);
    gph_graph_destroy(&graph);
    return status;
}

static gph_status_t convert_graphs(app_t *app)
{
    const app_request_t *request = app->request;
    const gph_collection_form_t form = app_ged_form(&request->settings);
    gph_collection_t *collection = NULL;
    gph_status_t status =
        gph_collection_load(app->context, request->argument[0], &form, &collection);
    if (status == GPH_OK)
        status = gph_collection_save(collection, request->argument[1]);
    if (status != GPH_OK)
        goto cleanup;
    app_add_integer(app, "graphs", gph_collection_count(collection));
    app_add_integer(app, "classes", gph_collection_classes(collection));
    app_add_integer(app, "node_labels", gph_collection_node_labels(collection));
    app_add_integer(app, "edge_labels", gph_collection_edge_labels(collection));
    (void)gph_collection_digest(collection, app->digest);

cleanup:
    gph_collection_destroy(&collection);
    return status;
}

static gph_status_t run(app_t *app)
{
    return app_settings_integer(&app->request->settings, &convert_collection) ? convert_graphs(app)
                                                                              : convert_graph(app);
}

static const app_setting_t *const settings[] = {
    &app_format,
    &app_from,
    &convert_labels,
    &convert_groups,
    &convert_collection,
    &app_ged_directed,
    &app_ged_node_cost,
    &app_ged_edge_cost,
    &app_ged_node_attributes,
    &app_ged_edge_attributes,
    NULL,
};

const app_command_t app_convert = {
    .name = "convert",
    .arguments = "IN OUT",
    .summary = "writes a graph in another format, without self loops and repeated edges",
    .details =
        "IN is a GRAPH, OUT a file: " APP_FORMATS_HELP
        "; also .dot for Graphviz, and with --format "
        "text the text of textgraph: or the expressions of math:.\n" APP_GRAPH_HELP
        "\nWith --collection IN is a TUDataset folder, .gxl, .cxl, .h5, text:FILE, math:FILE "
        "or a text collection.",
    .settings = settings,
    .run = run,
};
