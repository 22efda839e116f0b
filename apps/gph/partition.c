/* gph partition: what each strategy of placing vertices would cost. */
#include "partition.h"

#include "json.h"

/* Choice that stands for every strategy; the others follow in the order of the library. */
enum { ALL = 0 };

/* Choice of a job. */
enum { CLIQUES = 1 };

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

const app_setting_t app_partition_tiles = {
    .key = "partition.tiles",
    .type = APP_INTEGER,
    .value = "T",
    .fallback = "0",
    .high = GPH_PARTITION_TILES_MAX,
    .help = "most tiles, of which parts get whole ones; 0: 4096",
};

const app_setting_t app_run_partition = {
    .key = "run.partition",
    .type = APP_CHOICE,
    .value = "STRATEGY",
    .fallback = "edge",
    .choices = "block|edge|hash|scotch", /* in the order of gph_partition_strategy_t */
    .help = "how ranks get their vertices (gph partition); changes speed only",
};

static const app_setting_t partition_out = {
    .key = "partition.out",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "write `vertex part` of each vertex to FILE; needs one --strategy",
};

static const app_setting_t partition_simulate = {
    .key = "partition.simulate",
    .type = APP_INTEGER,
    .value = "P",
    .fallback = "0",
    .high = GPH_PARTS_MAX,
    .help = "forecast a job on P ranks; 0: no forecast",
};

static const app_setting_t partition_job = {
    .key = "partition.job",
    .type = APP_CHOICE,
    .value = "JOB",
    .fallback = "pagerank",
    .choices = "pagerank|cliques",
    .help = "of --simulate: a sweep of PageRank by each strategy, or a search for cliques, which "
            "places vertices itself",
};

static const app_setting_t partition_k = {
    .key = "partition.k",
    .type = APP_INTEGER,
    .value = "K",
    .fallback = "4",
    .low = 1,
    .high = 64,
    .help = "of --job cliques: vertices of a clique",
};

static const app_setting_t partition_latency = {
    .key = "partition.latency",
    .type = APP_REAL,
    .value = "SECONDS",
    .fallback = "2e-6",
    .help = "of --simulate: time of a short message",
};

static const app_setting_t partition_bandwidth = {
    .key = "partition.bandwidth",
    .type = APP_REAL,
    .value = "BYTES",
    .fallback = "1e10",
    .help = "of --simulate: bytes a second that a rank sends or receives",
};

static const app_setting_t partition_rate = {
    .key = "partition.rate",
    .type = APP_REAL,
    .value = "R",
    .fallback = "5e8",
    .help =
        "of --simulate: vertices and neighbours a second that a rank computes; of cliques, units "
        "of estimated work",
};

static const app_setting_t partition_calibrate = {
    .key = "partition.calibrate",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "of --simulate: measure rate and, on two ranks or more, latency and bandwidth here",
};

static const app_setting_t partition_per_rank = {
    .key = "partition.per_rank",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "of --simulate: write a line for each rank to FILE; needs one --strategy",
};

static const app_setting_t *const settings[] = {
    &partition_strategy,
    &partition_parts,
    &app_partition_tiles,
    &partition_out,
    &partition_simulate,
    &partition_job,
    &partition_k,
    &partition_latency,
    &partition_bandwidth,
    &partition_rate,
    &partition_calibrate,
    &partition_per_rank,
    &app_from,
    NULL,
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

/* Adds one row of the table of forecasts. */
static void add_forecast(app_t *app, cJSON *list, const char *strategy, const gph_forecast_t *f)
{
    cJSON *row = cJSON_CreateObject();
    const bool ok = list && row && cJSON_AddStringToObject(row, "strategy", strategy) &&
                    app_json_integer(row, "idle_ranks", f->idle) &&
                    app_json_integer(row, "max_work", f->max_work) &&
                    app_json_integer(row, "messages", f->messages) &&
                    app_json_integer(row, "max_messages", f->max_messages) &&
                    app_json_integer(row, "bytes", f->bytes) &&
                    app_json_integer(row, "max_bytes", f->max_bytes) &&
                    app_json_integer(row, "max_memory", f->max_memory) &&
                    cJSON_AddNumberToObject(row, "compute", f->compute) &&
                    cJSON_AddNumberToObject(row, "talk", f->talk) &&
                    cJSON_AddNumberToObject(row, "reduce", f->reduce) &&
                    cJSON_AddNumberToObject(row, "seconds", f->seconds) &&
                    cJSON_AddNumberToObject(row, "speedup", f->speedup);
    if (!ok || !cJSON_AddItemToArray(list, row)) {
        cJSON_Delete(row);
        app->result_lost = true;
    }
}

/* What strategies are compared by. */
typedef struct comparison {
    const gph_graph_t *graph;
    gph_graph_info_t info;
    gph_partition_options_t options;
    gph_machine_t machine;
    bool simulate;
    cJSON *strategies; /* of rank 0 */
    cJSON *forecasts;  /* of rank 0, or NULL */
} comparison_t;

static gph_status_t forecast(app_t *app, const comparison_t *c, gph_partition_t *partition)
{
    const char *per_rank = app_settings_text(&app->request->settings, &partition_per_rank);
    gph_forecast_t made = {0};
    gph_status_t status = gph_forecast_pagerank(partition, &c->machine, &made);
    if (status == GPH_OK && app->result)
        add_forecast(app, c->forecasts, gph_partition_strategy_name(c->options.strategy), &made);
    if (status == GPH_OK && per_rank)
        status = gph_forecast_save(partition, &c->machine, per_rank);
    return status;
}

/* One strategy: its rows, its digest and its files. */
static gph_status_t compare(app_t *app, const comparison_t *c)
{
    const app_settings_t *values = &app->request->settings;
    const char *out = app_settings_text(values, &partition_out);
    gph_partition_t *partition = NULL;
    const gph_part_load_t *loads = NULL;
    gph_status_t status = gph_partition_create(c->graph, &c->options, &partition);
    if (status == GPH_OK)
        status = gph_partition_loads(partition, &loads);
    if (status == GPH_OK && app->result)
        add_row(app, c->strategies, gph_partition_strategy_name(c->options.strategy), &c->info,
                partition, loads);
    if (status == GPH_OK && app_settings_integer(values, &partition_strategy) != ALL)
        status = gph_partition_digest(partition, app->digest);
    if (status == GPH_OK && out)
        status = gph_partition_save(partition, out);
    if (status == GPH_OK && c->simulate)
        status = forecast(app, c, partition);
    gph_partition_destroy(&partition);
    return status;
}

/* The machine of the forecast, as told or as measured. */
static gph_status_t set_machine(app_t *app, comparison_t *c)
{
    const app_settings_t *values = &app->request->settings;
    gph_status_t status = GPH_OK;
    c->machine = (gph_machine_t){.latency = app_settings_real(values, &partition_latency),
                                 .bandwidth = app_settings_real(values, &partition_bandwidth),
                                 .rate = app_settings_real(values, &partition_rate)};
    if (app_settings_integer(values, &partition_calibrate))
        status = gph_machine_measure(c->graph, &c->machine);
    app_add_real(app, "latency", c->machine.latency);
    app_add_real(app, "bandwidth", c->machine.bandwidth);
    app_add_real(app, "rate", c->machine.rate);
    return status;
}

/* A search for cliques has one row: it has its own order, and no strategy. */
static gph_status_t forecast_cliques(app_t *app, comparison_t *c)
{
    const app_settings_t *values = &app->request->settings;
    gph_clique_options_t options = gph_clique_options_default();
    gph_forecast_t made = {0};
    options.k = (int)app_settings_integer(values, &partition_k);
    app_add_text(app, "job", "cliques");
    app_add_integer(app, "k", options.k);
    gph_status_t status = set_machine(app, c);
    if (status == GPH_OK)
        status =
            gph_clique_forecast(c->graph, &options, c->options.parts, &c->machine, &made, NULL);
    if (app->result)
        c->forecasts = cJSON_AddArrayToObject(app->result, "forecasts");
    if (status == GPH_OK && app->result)
        add_forecast(app, c->forecasts, "cliques", &made);
    return status;
}

/* The strategies asked for, one after the other. */
static gph_status_t compare_all(app_t *app, const gph_graph_t *graph)
{
    const app_settings_t *values = &app->request->settings;
    const int64_t wanted = app_settings_integer(values, &partition_strategy);
    const int64_t ranks = app_settings_integer(values, &partition_simulate);
    comparison_t c = {.graph = graph, .options = gph_partition_options_default()};
    gph_status_t status = gph_graph_info(graph, &c.info);
    c.simulate = ranks > 0;
    c.options.parts = ranks > 0 ? ranks : app_settings_integer(values, &partition_parts);
    c.options.tiles = app_settings_integer(values, &app_partition_tiles);
    app_add_integer(app, "parts",
                    c.options.parts > 0 ? c.options.parts : gph_context_ranks(app->context));
    if (status == GPH_OK && c.simulate && app_settings_integer(values, &partition_job) == CLIQUES)
        return forecast_cliques(app, &c);
    if (status == GPH_OK && c.simulate)
        status = set_machine(app, &c);
    if (app->result)
        c.strategies = cJSON_AddArrayToObject(app->result, "strategies");
    if (app->result && c.simulate)
        c.forecasts = cJSON_AddArrayToObject(app->result, "forecasts");
    for (int s = 0; status == GPH_OK && s < GPH_PARTITION_STRATEGIES; s++) {
        c.options.strategy = (gph_partition_strategy_t)s;
        if (wanted == ALL ? gph_partition_available(c.options.strategy) : wanted == s + 1)
            status = compare(app, &c);
    }
    return status;
}

/* Settings that do not go together. */
static gph_status_t check(app_t *app)
{
    const app_settings_t *values = &app->request->settings;
    const bool all = app_settings_integer(values, &partition_strategy) == ALL;
    const bool simulate = app_settings_integer(values, &partition_simulate) > 0;
    if (all && app_settings_text(values, &partition_out))
        return app_fail(app, GPH_ERR_USAGE, "--out needs one --strategy");
    if (app_settings_text(values, &partition_per_rank) && (all || !simulate))
        return app_fail(app, GPH_ERR_USAGE, "--per-rank needs --simulate and one --strategy");
    if (app_settings_integer(values, &partition_job) == CLIQUES &&
        (!simulate || !all || app_settings_text(values, &partition_per_rank)))
        return app_fail(app, GPH_ERR_USAGE,
                        "--job cliques needs --simulate, and no --strategy or --per-rank");
    if (simulate && app_settings_integer(values, &partition_parts) > 0)
        return app_fail(app, GPH_ERR_USAGE, "--parts and --simulate both say how many");
    return GPH_OK;
}

gph_status_t app_place(app_t *app, gph_graph_t **graph)
{
    const app_settings_t *values = &app->request->settings;
    gph_partition_options_t options = gph_partition_options_default();
    gph_partition_t *partition = NULL;
    gph_graph_t *placed = NULL;
    options.strategy = (gph_partition_strategy_t)app_settings_integer(values, &app_run_partition);
    options.tiles = app_settings_integer(values, &app_partition_tiles);
    if (options.strategy == GPH_PARTITION_EDGE && options.tiles == 0)
        return GPH_OK;
    gph_status_t status = gph_partition_create(*graph, &options, &partition);
    if (status == GPH_OK)
        status = gph_graph_place(*graph, partition, &placed);
    gph_partition_destroy(&partition);
    if (status != GPH_OK)
        return status;
    gph_graph_destroy(graph);
    *graph = placed;
    return GPH_OK;
}

static gph_status_t run(app_t *app)
{
    const app_settings_t *values = &app->request->settings;
    gph_graph_t *graph = NULL;
    gph_status_t status = check(app);
    if (status == GPH_OK)
        status = app_load(app, &graph);
    if (status == GPH_OK)
        status = app_add_graph(app, graph);
    if (status == GPH_OK)
        status = compare_all(app, graph);
    if (status == GPH_OK && app_settings_text(values, &partition_out))
        app_add_text(app, "output", app_settings_text(values, &partition_out));
    gph_graph_destroy(&graph);
    return status;
}

const app_command_t app_partition = {
    .name = "partition",
    .arguments = "GRAPH",
    .summary = "compares ways to place the vertices of a graph on ranks",
    .details =
        "Strategies:\n"
        "  block   ranges of about as many vertices each\n"
        "  edge    ranges of about as many edges each, as graphs are loaded\n"
        "  hash    tiles by a hash of the vertex\n"
        "  scotch  tiles of vertices that hang together, placed by Scotch\n"
        "Of each: edges cut, values that travel when every vertex tells its neighbours "
        "something (halo),\nmessages that takes, and balances: the largest part over the "
        "average.\n"
        "--simulate counts, for each of P ranks, work, messages, bytes and memory of a sweep "
        "of PageRank,\nand derives times: work / rate, and latency x messages + bytes / "
        "bandwidth.\n" APP_GRAPH_HELP,
    .settings = settings,
    .run = run,
};
