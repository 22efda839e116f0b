/* gph generate: a graph from a generator to a file. */
#include "commands.h"

#include <string.h>

/* A file given for a generator would be converted silently. */
static gph_status_t check_generator(app_t *app)
{
    const char *spec = app->request->argument[0];
    const size_t name = strspn(spec, "abcdefghijklmnopqrstuvwxyz");
    if (name > 0 && spec[name] == ':')
        return GPH_OK;
    return app_fail(app, GPH_ERR_USAGE,
                    "'%.200s' is no generator such as er:n=1000,m=5000; for files there is "
                    "gph convert",
                    spec);
}

static gph_status_t run(app_t *app)
{
    gph_graph_t *graph = NULL;
    gph_status_t status = check_generator(app);
    if (status == GPH_OK)
        status = app_load(app, &graph);
    if (status == GPH_OK)
        status = app_save(app, graph);
    if (status == GPH_OK)
        status = app_add_graph(app, graph);
    gph_graph_destroy(&graph);
    return status;
}

static const app_setting_t *const settings[] = {&app_format, NULL};

const app_command_t app_generate = {
    .name = "generate",
    .arguments = "SPEC OUT",
    .summary = "makes a graph by a rule and writes it to a file",
    .details = "SPEC is a generator, OUT a file: " APP_FORMATS_HELP ".\n" APP_GENERATORS_HELP,
    .settings = settings,
    .run = run,
};
