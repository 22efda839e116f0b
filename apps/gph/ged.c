/* gph ged: edit distances of one pair of graphs, of many pairs, and similarity search. */
#include "ged_settings.h"

#include "values.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Matches that are listed in the result itself; more of them need a file. */
enum { MATCHES_SHOWN = 1000 };

/* Names of operations in results, in the order of gph_ged_operation_t. */
static const char *const operation_names[GPH_GED_OPERATIONS] = {
    "node_insert", "node_delete", "node_substitute",
    "edge_insert", "edge_delete", "edge_substitute",
};

/* A file of graphs, or one graph of it: FILE or FILE#i. */
typedef struct place {
    char path[APP_TEXT_CHARS];
    int64_t index; /* -1: not told */
} place_t;

static place_t place_of(const char *text)
{
    place_t place = {.index = -1};
    const char *mark = strrchr(text, '#');
    snprintf(place.path, sizeof place.path, "%s", text);
    if (mark && mark > text && mark[1] >= '0' && mark[1] <= '9' &&
        app_parse_integer(mark + 1, &place.index))
        place.path[mark - text] = '\0';
    return place;
}

/* --- results -------------------------------------------------------------------------------- */

/* Counts and costs by operation, the latter where they cost something. */
static void add_breakdown(app_t *app, const gph_ged_path_t *path)
{
    char name[APP_NAME_CHARS] = "";
    for (int o = 0; o < GPH_GED_OPERATIONS; o++) {
        snprintf(name, sizeof name, "%s_count", operation_names[o]);
        app_add_integer(app, name, path->count[o]);
        snprintf(name, sizeof name, "%s_cost", operation_names[o]);
        app_add_real(app, name, path->cost[o]);
    }
}

static void add_cliques(app_t *app, const int64_t mismatch[GPH_GED_CLIQUES])
{
    char name[APP_NAME_CHARS] = "";
    for (int k = 0; k < GPH_GED_CLIQUES; k++) {
        snprintf(name, sizeof name, "clique_mismatch_%d", k + 3);
        app_add_integer(app, name, mismatch[k]);
    }
}

/* Adds a list of integers. */
static void add_map(app_t *app, const char *name, int64_t count, const int32_t *map)
{
    if (!app->result)
        return;
    cJSON *list = cJSON_CreateIntArray(map, (int)count);
    if (!list || !cJSON_AddItemToObject(app->result, name, list)) {
        cJSON_Delete(list);
        app->result_lost = true;
    }
}

/* Adds matches as a list of lists: query, graph, lower, upper. */
static void add_matches(app_t *app, int64_t count, const gph_ged_match_t *match)
{
    cJSON *list = app->result ? cJSON_AddArrayToObject(app->result, "found") : NULL;
    if (!app->result)
        return;
    for (int64_t m = 0; list && m < count; m++) {
        const double row[4] = {(double)match[m].query, (double)match[m].graph, match[m].lower,
                               match[m].upper};
        cJSON *item = cJSON_CreateDoubleArray(row, 4);
        if (!item || !cJSON_AddItemToArray(list, item)) {
            cJSON_Delete(item);
            app->result_lost = true;
            return;
        }
    }
    if (!list)
        app->result_lost = true;
}

static void add_summary(app_t *app, const gph_ged_summary_t *summary)
{
    char name[APP_NAME_CHARS] = "";
    app_add_integer(app, "pairs", summary->pairs);
    app_add_integer(app, "exact", summary->exact);
    app_add_integer(app, "over", summary->over);
    app_add_integer(app, "stopped", summary->stopped);
    app_add_real(app, "lower_sum", summary->lower);
    app_add_real(app, "upper_sum", summary->upper);
    for (int m = 0; m < GPH_GED_METHODS; m++) {
        if (summary->settled[m] == 0)
            continue;
        snprintf(name, sizeof name, "settled_by_%s", gph_ged_method_name((gph_ged_method_t)m));
        app_add_integer(app, name, summary->settled[m]);
    }
}

/* --- one pair ------------------------------------------------------------------------------- */

/* Loads A and B with labels in common. */
static gph_status_t load_pair(app_t *app, gph_collection_t **collection, int64_t index[2])
{
    static place_t place[2]; /* too large for every stack */
    const app_request_t *request = app->request;
    const gph_collection_form_t form = app_ged_form(&request->settings);
    int64_t begin = 0;
    gph_status_t status = GPH_OK;
    for (int side = 0; side < 2 && status == GPH_OK; side++) {
        place[side] = place_of(request->argument[side]);
        if (side == 0) {
            status = gph_collection_load(app->context, place[0].path, &form, collection);
        } else if (strcmp(place[0].path, place[1].path) != 0) {
            begin = gph_collection_count(*collection);
            status = gph_collection_append(*collection, place[1].path);
        }
        if (status != GPH_OK)
            break;
        const int64_t count = gph_collection_count(*collection) - begin;
        index[side] = begin + (place[side].index < 0 ? 0 : place[side].index);
        if (place[side].index >= count)
            status = app_fail(app, GPH_ERR_INPUT,
                              "%.400s: there is no graph %" PRId64 "; it has %" PRId64
                              ", counted from 0",
                              place[side].path, place[side].index, count);
    }
    return status;
}

/* Clique mismatch of one pair, worked out by every rank. */
static gph_status_t add_pair_cliques(app_t *app, const gph_collection_t *collection,
                                     const int64_t index[2])
{
    int64_t mismatch[GPH_GED_CLIQUES] = {0};
    const gph_status_t status =
        gph_ged_clique_mismatch(app->context, gph_collection_graph(collection, index[0]),
                                gph_collection_graph(collection, index[1]), mismatch);
    if (status == GPH_OK)
        add_cliques(app, mismatch);
    return status;
}

static void free_tables(gph_ged_costs_t *costs)
{
    gph_ged_cost_free(&costs->node);
    gph_ged_cost_free(&costs->edge);
}

static gph_status_t run_pair(app_t *app)
{
    const app_settings_t *settings = &app->request->settings;
    gph_ged_costs_t costs = app_ged_costs(settings);
    const gph_ged_options_t options = app_ged_options(settings);
    gph_collection_t *collection = NULL;
    gph_ged_result_t result;
    int32_t *map = NULL;
    int64_t index[2] = {0, 0};
    int64_t nodes[2] = {0, 0};
    int64_t edges[2] = {0, 0};
    gph_status_t status = load_pair(app, &collection, index);
    if (status == GPH_OK)
        status = app_ged_tables(settings, collection, &costs);
    if (status != GPH_OK)
        goto cleanup;
    for (int side = 0; side < 2; side++)
        gph_collection_size(collection, index[side], &nodes[side], &edges[side]);
    map = calloc((size_t)nodes[0] + 1, sizeof *map);
    if (!map)
        app->result_lost = true; /* the others go on without; the output says what happened */
    status =
        gph_ged_pair(collection, index[0], index[1], &costs, &options, map, app->digest, &result);
    if (status != GPH_OK)
        goto cleanup;
    app_add_real(app, "lower", result.lower);
    app_add_real(app, "upper", result.upper);
    app_add_integer(app, "exact", result.exact || result.lower == result.upper);
    app_add_integer(app, "over", result.over);
    app_add_integer(app, "steps", result.steps);
    if (options.method >= GPH_GED_BRANCH)
        add_breakdown(app, &result.path);
    if (map && app_settings_integer(settings, &app_ged_path))
        add_map(app, "path", nodes[0], map);
    if (app_settings_integer(settings, &app_ged_cliques))
        status = add_pair_cliques(app, collection, index);

cleanup:
    free(map);
    free_tables(&costs);
    gph_collection_destroy(&collection);
    return status;
}

/* --- two large graphs ------------------------------------------------------------------------ */

static gph_status_t run_large(app_t *app, const gph_ged_costs_t *costs)
{
    const app_request_t *request = app->request;
    const app_value_t *given = app_settings_value(&request->settings, &app_ged_method);
    const gph_ged_method_t method =
        given->source > APP_DEFAULT ? (gph_ged_method_t)given->integer : GPH_GED_BRANCH;
    const gph_format_t format = (gph_format_t)app_settings_integer(&request->settings, &app_from);
    gph_ged_large_result_t result;
    gph_graph_t *graph[2] = {NULL, NULL};
    gph_status_t status = GPH_OK;
    for (int side = 0; side < 2 && status == GPH_OK; side++)
        status = gph_graph_load(app->context, request->argument[side], format, &graph[side]);
    if (status == GPH_OK)
        status = gph_ged_large(graph[0], graph[1], costs, method, &result);
    if (status != GPH_OK)
        goto cleanup;
    app_add_text(app, "method", gph_ged_method_name(method));
    app_add_real(app, "lower", result.lower);
    app_add_real(app, "upper", result.upper);
    app_add_integer(app, "exact", result.lower == result.upper);
    app_add_integer(app, "signatures_a", result.signatures[0]);
    app_add_integer(app, "signatures_b", result.signatures[1]);
    snprintf(app->digest, sizeof app->digest, "%s", result.digest);

cleanup:
    gph_graph_destroy(&graph[0]);
    gph_graph_destroy(&graph[1]);
    return status;
}

/* --- many pairs ----------------------------------------------------------------------------- */

static gph_status_t make_pairs(const app_t *app, const gph_collection_t *collection,
                               gph_ged_pairs_t **pairs)
{
    const char *path = app_settings_text(&app->request->settings, &app_ged_pairs);
    return path ? gph_ged_pairs_read(collection, path, pairs)
                : gph_ged_pairs_all(collection, pairs);
}

/* What a batch or a search came to, or has come to so far. */
static void add_batch(app_t *app, gph_status_t status, const gph_ged_batch_t *batch)
{
    const gph_ged_summary_t *summary = gph_ged_batch_summary(batch);
    int64_t matches = 0;
    const gph_ged_match_t *match = gph_ged_batch_matches(batch, &matches);
    add_summary(app, summary);
    if (status == GPH_ERR_STOPPED) {
        app_add_integer(app, "pairs_done", summary->done);
        return;
    }
    if (app_settings_text(&app->request->settings, &app_ged_query)) {
        app_add_integer(app, "matches", matches);
        if (!app_settings_text(&app->request->settings, &app_ged_out) && matches <= MATCHES_SHOWN)
            add_matches(app, matches, match);
    } else {
        add_breakdown(app, &summary->path);
        if (app_settings_integer(&app->request->settings, &app_ged_cliques))
            add_cliques(app, summary->cliques);
    }
    snprintf(app->digest, sizeof app->digest, "%s", gph_ged_batch_digest(batch));
}

static gph_ged_batch_options_t batch_options(const app_t *app, const gph_ged_costs_t *costs,
                                             const gph_checkpoint_options_t *checkpoint)
{
    const app_settings_t *settings = &app->request->settings;
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    options.pair = app_ged_options(settings);
    options.costs = costs;
    options.filter = options.pair.threshold >= 0; /* bounds are of little use without one */
    options.out_path = app_settings_text(settings, &app_ged_out);
    options.matrix_path = app_settings_text(settings, &app_ged_matrix);
    options.checkpoint = checkpoint;
    options.paths = app_settings_integer(settings, &app_ged_path) != 0;
    options.cliques = app_settings_integer(settings, &app_ged_cliques) != 0;
    return options;
}

/* Predicts a batch. Times and memory differ between runs, and there is no digest. */
static gph_status_t predict(app_t *app, const gph_collection_t *collection,
                            const gph_ged_pairs_t *pairs, const gph_ged_batch_options_t *options)
{
    gph_ged_estimate_t estimate;
    gph_usage_t usage;
    gph_status_t status = gph_context_usage(app->context, &usage);
    if (status == GPH_OK)
        status = gph_ged_batch_predict(collection, pairs, options, &estimate);
    if (status != GPH_OK)
        return status;
    app_add_integer(app, "pairs", estimate.pairs);
    app_add_integer(app, "pairs_sampled", estimate.sampled);
    app_add_real(app, "estimated_upper_sum", estimate.upper);
    app_add_real(app, "upper_sum_error", estimate.upper_error);
    app_add_real(app, "estimated_steps", estimate.steps);
    app_add_real(app, "estimated_seconds", usage.wall_seconds + estimate.seconds);
    app_add_real(app, "seconds_error", estimate.seconds_error);
    app_add_real(app, "core_seconds", estimate.work_seconds);
    app_add_integer(app, "memory_of_a_rank", estimate.memory);
    return GPH_OK;
}

static gph_status_t run_batch(app_t *app, gph_ged_costs_t *costs,
                              const gph_ged_batch_options_t *options)
{
    const char *path = app_settings_text(&app->request->settings, &app_ged_collection);
    const gph_collection_form_t form = app_ged_form(&app->request->settings);
    gph_collection_t *collection = NULL;
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    gph_status_t status = gph_collection_load(app->context, path, &form, &collection);
    if (status == GPH_OK)
        status = make_pairs(app, collection, &pairs);
    if (status == GPH_OK)
        status = app_ged_tables(&app->request->settings, collection, costs);
    if (status != GPH_OK)
        goto cleanup;
    app_add_integer(app, "graphs", gph_collection_count(collection));
    if (app_settings_integer(&app->request->settings, &app_ged_estimate)) {
        status = predict(app, collection, pairs, options);
        goto cleanup;
    }
    status = gph_ged_batch(collection, pairs, options, &batch);
    if (batch)
        add_batch(app, status, batch);

cleanup:
    gph_ged_batch_destroy(&batch);
    gph_ged_pairs_destroy(&pairs);
    gph_collection_destroy(&collection);
    return status;
}

/* Loads queries, then what is searched. */
static gph_status_t load_search(app_t *app, gph_collection_t **collection, int64_t *queries)
{
    const app_settings_t *settings = &app->request->settings;
    const gph_collection_form_t form = app_ged_form(settings);
    const char *path = app_settings_text(settings, &app_ged_query);
    gph_status_t status = gph_collection_load(app->context, path, &form, collection);
    if (status != GPH_OK)
        return status;
    *queries = gph_collection_count(*collection);
    return gph_collection_append(*collection, app_settings_text(settings, &app_ged_collection));
}

static gph_status_t run_search(app_t *app, gph_ged_costs_t *costs,
                               const gph_ged_batch_options_t *options)
{
    const int64_t nearest = app_settings_integer(&app->request->settings, &app_ged_nearest);
    gph_collection_t *collection = NULL;
    gph_ged_batch_t *batch = NULL;
    int64_t queries = 0;
    gph_status_t status = load_search(app, &collection, &queries);
    if (status == GPH_OK)
        status = app_ged_tables(&app->request->settings, collection, costs);
    if (status != GPH_OK)
        goto cleanup;
    app_add_integer(app, "queries", queries);
    app_add_integer(app, "graphs", gph_collection_count(collection) - queries);
    status = gph_ged_search(collection, queries, nearest, options, &batch);
    if (batch)
        add_batch(app, status, batch);

cleanup:
    gph_ged_batch_destroy(&batch);
    gph_collection_destroy(&collection);
    return status;
}

/* --- the command ---------------------------------------------------------------------------- */

/* Refuses settings that do not go together. */
static gph_status_t check(app_t *app)
{
    const app_settings_t *settings = &app->request->settings;
    const bool collection = app_settings_text(settings, &app_ged_collection) != NULL;
    const bool query = app_settings_text(settings, &app_ged_query) != NULL;
    const bool pairs = app_settings_text(settings, &app_ged_pairs) != NULL;
    const bool matrix = app_settings_text(settings, &app_ged_matrix) != NULL;
    const bool out = app_settings_text(settings, &app_ged_out) != NULL;
    const bool nearest = app_settings_integer(settings, &app_ged_nearest) > 0;
    const bool path = app_settings_integer(settings, &app_ged_path) != 0;
    if (collection ? app->request->arguments != 0 : app->request->arguments != 2)
        return app_fail(app, GPH_ERR_USAGE, "gph ged needs two graphs A B, or --collection C");
    const bool large = app_settings_integer(settings, &app_ged_large) != 0;
    if (large && (collection || path || app_settings_text(settings, &app_ged_threshold) ||
                  app_settings_integer(settings, &app_ged_cliques) ||
                  app_settings_text(settings, &app_ged_node_costs) ||
                  app_settings_text(settings, &app_ged_edge_costs)))
        return app_fail(
            app, GPH_ERR_USAGE,
            "--large bounds the distance of two graphs A B at constant costs: leave out "
            "--collection, --path, --cliques, --threshold and tables of costs");
    if (!collection && (query || pairs || matrix || out || nearest))
        return app_fail(app, GPH_ERR_USAGE,
                        "--pairs, --query, --nearest, --out and --matrix go with --collection");
    if (app_settings_integer(settings, &app_ged_estimate) && (!collection || query))
        return app_fail(app, GPH_ERR_USAGE,
                        "--estimate predicts the pairs of a --collection, not a pair or a --query");
    if (collection && path && !out)
        return app_fail(app, GPH_ERR_USAGE, "--path of many pairs needs --out");
    if (query && (path || app_settings_integer(settings, &app_ged_cliques)))
        return app_fail(app, GPH_ERR_USAGE, "--path and --cliques don't go with --query");
    if (query ? pairs || matrix : nearest)
        return app_fail(app, GPH_ERR_USAGE,
                        "--query goes with --threshold or --nearest, not with --pairs or --matrix; "
                        "--nearest only with --query");
    if (app_settings_integer(settings, &app_ged_decide) &&
        (nearest || !app_settings_text(settings, &app_ged_threshold)))
        return app_fail(app, GPH_ERR_USAGE,
                        "--decide needs --threshold, and does not go with --nearest");
    if (pairs && matrix)
        return app_fail(app, GPH_ERR_USAGE, "--matrix is of all pairs: leave --pairs out");
    return GPH_OK;
}

static gph_status_t run(app_t *app)
{
    const app_settings_t *settings = &app->request->settings;
    gph_ged_costs_t costs = app_ged_costs(settings);
    gph_checkpoint_options_t checkpoint;
    gph_status_t status = GPH_OK;
    const gph_checkpoint_options_t *given = app_limits_begin(app, &checkpoint, &status);
    const gph_ged_batch_options_t options = batch_options(app, &costs, given);
    if (status == GPH_OK)
        status = check(app);
    if (status != GPH_OK)
        goto cleanup;
    if (app_settings_integer(settings, &app_ged_large))
        status = run_large(app, &costs);
    else if (app->request->arguments == 2)
        status = run_pair(app);
    else if (app_settings_text(settings, &app_ged_query))
        status = run_search(app, &costs, &options);
    else
        status = run_batch(app, &costs, &options);

cleanup:
    free_tables(&costs);
    app_limits_end();
    return status;
}

const app_command_t app_ged = {
    .name = "ged",
    .arguments = "[A] [B]",
    .summary = "edit distances of two graphs, of many pairs, of a search for similar ones",
    .details =
        "A and B are collections of graphs, of which the first one is taken, or NAME#i: text files "
        "(`t # name`, `v i label`, `e u v label` a line, also .gz), TUDataset folders, .gxl, .cxl, "
        ".h5 of gph convert --collection, text:FILE, math:FILE. With --collection: all "
        "pairs, those of "
        "--pairs, or a search by --query. Each pair gets lower and upper bounds, and exact = 1 "
        "where they are its distance.\n" APP_LIMIT_HELP,
    .settings = app_ged_settings,
    .run = run,
};
