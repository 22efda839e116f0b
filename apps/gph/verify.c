/* gph verify: checks a result file against its graph or graphs. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

static const app_setting_t verify_k = {
    .key = "verify.k",
    .type = APP_INTEGER,
    .value = "K",
    .low = 1,
    .high = 4096,
    .help = "members of a clique, where the file does not tell (.txt, .bin)",
};

static const app_setting_t verify_order = {
    .key = "verify.order",
    .type = APP_CHOICE,
    .value = "ORDER",
    .fallback = "core",
    .choices = "core|degree", /* in the order of gph_clique_order_t */
    .help = "order of vertices that the list follows, where the file does not tell",
};

static const app_setting_t verify_digest = {
    .key = "verify.digest",
    .type = APP_TEXT,
    .value = "HEX",
    .help = "expected digest, where the file does not tell",
};

static const app_setting_t *const settings[] = {
    &verify_k, &verify_order, &verify_digest, &app_from, NULL,
};

/* Puts together what the file tells and what the command line adds; the command line wins. */
static gph_status_t options_of(app_t *app, const gph_clique_list_info_t *info,
                               gph_clique_options_t *options)
{
    const app_settings_t *values = &app->request->settings;
    const app_value_t *k = app_settings_value(values, &verify_k);
    const app_value_t *order = app_settings_value(values, &verify_order);
    *options = gph_clique_options_default();
    options->max_k = 4096;
    options->k = k->source == APP_UNSET ? info->k : (int)k->integer;
    options->order = info->k < 0 || order->source > APP_DEFAULT ? (gph_clique_order_t)order->integer
                                                                : info->order;
    if (options->k < 1)
        return app_fail(app, GPH_ERR_USAGE, "%s does not tell how many members a row has: give -k",
                        app->request->argument[0]);
    return GPH_OK;
}

/* A result of gph ged --path. */
static gph_status_t run_ged(app_t *app)
{
    const app_request_t *request = app->request;
    gph_ged_verified_t verified;
    const gph_status_t status =
        gph_ged_verify(app->context, request->argument[0],
                       request->arguments > 1 ? request->argument[1] : NULL, &verified);
    if (status != GPH_OK)
        return status;
    app_add_integer(app, "pairs", verified.rows);
    app_add_integer(app, "paths", verified.paths);
    app_add_text(app, "verified", "edit paths, costs, bounds and digest");
    snprintf(app->digest, sizeof app->digest, "%s", verified.digest);
    return GPH_OK;
}

static gph_status_t run_cliques(app_t *app)
{
    const app_request_t *request = app->request;
    const char *path = request->argument[0];
    const char *input = request->arguments > 1 ? request->argument[1] : NULL;
    const char *digest = app_settings_text(&request->settings, &verify_digest);
    gph_clique_list_info_t info;
    gph_clique_options_t options;
    gph_graph_t *graph = NULL;
    gph_status_t status = gph_clique_list_info(app->context, path, &info);
    if (status == GPH_OK)
        status = options_of(app, &info, &options);
    if (status == GPH_OK && !input && !*info.input)
        status = app_fail(app, GPH_ERR_USAGE,
                          "%s does not tell its graph: name it as second "
                          "argument",
                          path);
    if (status == GPH_OK)
        status = gph_graph_load(app->context, input ? input : info.input,
                                (gph_format_t)app_settings_integer(&request->settings, &app_from),
                                &graph);
    if (!digest && *info.digest)
        digest = info.digest;
    if (status == GPH_OK)
        status = gph_clique_verify(graph, path, &options, digest);
    if (status != GPH_OK)
        goto cleanup;
    app_add_text(app, "graph", input ? input : info.input);
    app_add_integer(app, "k", options.k);
    app_add_text(app, "verified",
                 digest ? "cliques, order, number and digest" : "cliques, order and number");
    if (digest)
        snprintf(app->digest, sizeof app->digest, "%s", digest);

cleanup:
    gph_graph_destroy(&graph);
    return status;
}

static gph_status_t run(app_t *app)
{
    bool is_ged = false;
    const gph_status_t status = gph_ged_is_result(app->context, app->request->argument[0], &is_ged);
    if (status != GPH_OK)
        return status;
    return is_ged ? run_ged(app) : run_cliques(app);
}

const app_command_t app_verify = {
    .name = "verify",
    .arguments = "RESULT [GRAPH]",
    .summary = "checks a list of cliques, or edit paths, against the graphs",
    .details =
        "RESULT is a list of gph cliques --list. Every row must be a clique, ascending, in order "
        "and not repeated; there must be as many as the graph has; the digest must be right. "
        "An .h5 list tells its graph. Or RESULT is an .h5 file of gph ged --path, and GRAPH the "
        "collection, which the file tells too: every edit path is replayed, must be one and cost "
        "what the file says. Exit status 6 when a check fails.",
    .settings = settings,
    .run = run,
};
