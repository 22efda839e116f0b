/* gph partition: what each strategy of placing vertices would cost. */
#include "json.h"

/* Choice that stands for every strategy; the others follow in the order of the library. */
enum { ALL = 0 };

static const app_setting_t partition_strategy = {
    .key = "partition.strategy",
    .type = APP_CHOICE,
    .value = "STRATEGY",
    .fallback = "all",
    .choices = "all|block|edge|hash|scotch", /* all, then gph_partition_strategy_t */
    .help = "how vertices get their parts; all: compare all that are built in",
};

static const app_setting_t partition_parts = {
    .key = "partition.parts",
    .type = APP_INTEGER,
    .value = "P",
    .fallback = "0",
    .high = GPH_PARTS_MAX,
    .help = "parts, such as ranks of a later run; 0: as many as there are ranks",
};

static const app_setting_t partition_tiles = {
    .key = "partition.tiles",
    .type = APP_INTEGER,
    .value = "T",
    .fallback = "0",
    .high = GPH_PARTITION_TILES_MAX,
    .help = "most tiles, of which parts get whole ones; 0: 4096",
};

static const app_setting_t partition_out = {
    .key = "partition.out",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "write `vertex part` of each vertex to FILE; needs one --strategy",
};

static const app_setting_t *const settings[] = {
    &partition_strategy, &partition_parts, &partition_tiles, &partition_out, &app_from, NULL,
};

/* Adds one row of the table. */
static void add_row(app_t *app, cJSON *list, const char *strategy, const gph_graph_info_t *info,
                    const gph_partition_t *partition, const gph_part_load_t *loads)
{
    const gph_partition_quality_t q = gph_partition_quality(gph_partition_parts(partition), loads);
    cJSON *row = cJSON_CreateObject();
    const bool ok =
        list && row && cJSON_AddStringToObject(row, "strategy", strategy) &&
        app_json_integer(row, "tiles", gph_partition_tiles(partition)) &&
        app_json_integer(row, "empty_parts", q.empty) && app_json_integer(row, "cut", q.cut) &&
        cJSON_AddNumberToObject(row, "cut_share",
                                info->edges > 0 ? (double)q.cut / (double)info->edges : 0.0) &&
        app_json_integer(row, "halo", q.halo) && app_json_integer(row, "messages", q.messages) &&
        app_json_integer(row, "max_ghosts", q.max_ghosts) &&
        cJSON_AddNumberToObject(row, "vertex_balance", q.vertex_balance) &&
        cJSON_AddNumberToObject(row, "edge_balance", q.edge_balance) &&
        cJSON_AddNumberToObject(row, "ghost_balance", q.ghost_balance);
    if (!ok || !cJSON_AddItemToArray(list, row)) {
        cJSON_Delete(row);
        app->result_lost = true;
    }
}

/* One strategy: its row, its digest and its file. */
static gph_status_t report(app_t *app, const gph_graph_t *graph, const gph_graph_info_t *info,
                           const gph_partition_options_t *options, cJSON *list)
{
    const app_settings_t *values = &app->request->settings;
    const char *out = app_settings_text(values, &partition_out);
    gph_partition_t *partition = NULL;
    const gph_part_load_t *loads = NULL;
    gph_status_t status = gph_partition_create(graph, options, &partition);
    if (status == GPH_OK)
        status = gph_partition_loads(partition, &loads);
    if (status == GPH_OK && app->result)
        add_row(app, list, gph_partition_strategy_name(options->strategy), info, partition, loads);
    if (status == GPH_OK && app_settings_integer(values, &partition_strategy) != ALL)
        status = gph_partition_digest(partition, app->digest);
    if (status == GPH_OK && out)
        status = gph_partition_save(partition, out);
    gph_partition_destroy(&partition);
    return status;
}

/* The strategies asked for, one after the other. */
static gph_status_t report_all(app_t *app, const gph_graph_t *graph)
{
    const app_settings_t *values = &app->request->settings;
    const int64_t wanted = app_settings_integer(values, &partition_strategy);
    gph_partition_options_t options = gph_partition_options_default();
    gph_graph_info_t info = {0};
    gph_status_t status = gph_graph_info(graph, &info);
    options.parts = app_settings_integer(values, &partition_parts);
    options.tiles = app_settings_integer(values, &partition_tiles);
    app_add_integer(app, "parts",
                    options.parts > 0 ? options.parts : gph_context_ranks(app->context));
    cJSON *list = app->result ? cJSON_AddArrayToObject(app->result, "strategies") : NULL;
    for (int s = 0; status == GPH_OK && s < GPH_PARTITION_STRATEGIES; s++) {
        options.strategy = (gph_partition_strategy_t)s;
        if (wanted == ALL ? gph_partition_available(options.strategy) : wanted == s + 1)
            status = report(app, graph, &info, &options, list);
    }
    return status;
}

static gph_status_t run(app_t *app)
{
    const app_settings_t *values = &app->request->settings;
    const char *out = app_settings_text(values, &partition_out);
    gph_graph_t *graph = NULL;
    gph_status_t status = GPH_OK;
    if (out && app_settings_integer(values, &partition_strategy) == ALL)
        return app_fail(app, GPH_ERR_USAGE, "--out needs one --strategy");
    status = app_load(app, &graph);
    if (status == GPH_OK)
        status = app_add_graph(app, graph);
    if (status == GPH_OK)
        status = report_all(app, graph);
    if (status == GPH_OK && out)
        app_add_text(app, "output", out);
    gph_graph_destroy(&graph);
    return status;
}

const app_command_t app_partition = {
    .name = "partition",
    .arguments = "GRAPH",
    .summary = "compares ways to place the vertices of a graph on ranks",
    .details = "Strategies:\n"
               "  block   ranges of about as many vertices each\n"
               "  edge    ranges of about as many edges each, as graphs are loaded\n"
               "  hash    tiles by a hash of the vertex\n"
               "  scotch  tiles of vertices that hang together, placed by Scotch\n"
               "Of each: edges cut, values that travel when every vertex tells its neighbours "
               "something (halo),\nmessages that takes, and balances: the largest part over the "
               "average.\n" APP_GRAPH_HELP,
    .settings = settings,
    .run = run,
};
