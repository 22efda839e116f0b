/* gph convert: a graph from one file format to another. */
#include "commands.h"

static gph_status_t run(app_t *app)
{
    gph_graph_t *graph = NULL;
    gph_status_t status = app_load(app, &graph);
    if (status == GPH_OK)
        status = app_save(app, graph);
    if (status == GPH_OK)
        status = app_add_graph(app, graph);
    gph_graph_destroy(&graph);
    return status;
}

static const app_setting_t *const settings[] = {&app_format, &app_from, NULL};

const app_command_t app_convert = {
    .name = "convert",
    .arguments = "IN OUT",
    .summary = "writes a graph in another format, without self loops and repeated edges",
    .details = "IN is a GRAPH, OUT a file: " APP_FORMATS_HELP ".\n" APP_GRAPH_HELP,
    .settings = settings,
    .run = run,
};
