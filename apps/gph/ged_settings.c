/* Settings of gph ged. */
#include "ged_settings.h"

const app_setting_t app_ged_collection = {
    .key = "ged.collection",
    .type = APP_TEXT,
    .value = "C",
    .help = "graphs, as A and B; without --pairs and --query: all pairs of it",
};

const app_setting_t app_ged_pairs = {
    .key = "ged.pairs",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "pairs of graphs of the collection, `i j` a line, counted from 0",
};

const app_setting_t app_ged_query = {
    .key = "ged.query",
    .type = APP_TEXT,
    .value = "Q",
    .help = "search the collection for graphs near to those of the file Q",
};

const app_setting_t app_ged_nearest = {
    .key = "ged.nearest",
    .type = APP_INTEGER,
    .value = "K",
    .fallback = "0",
    .low = 0,
    .high = INT32_MAX,
    .help = "with --query: so many nearest graphs of each; 0: all within --threshold",
};

const app_setting_t app_ged_threshold = {
    .key = "ged.threshold",
    .type = APP_REAL,
    .value = "T",
    .help = "distances above T need not be known",
};

const app_setting_t app_ged_decide = {
    .key = "ged.decide",
    .type = APP_FLAG,
    .fallback = "false",
    .help =
        "only decide whether a distance is within --threshold: upper <= T then, but it need not "
        "be the distance",
};

const app_setting_t app_ged_out = {
    .key = "ged.out",
    .type = APP_TEXT,
    .value = "OUT",
    .help = "write `i j lower upper exact` of each pair, or `query graph lower upper` of what is "
            "found, to OUT (.tsv or .h5)",
};

const app_setting_t app_ged_matrix = {
    .key = "ged.matrix",
    .type = APP_TEXT,
    .value = "OUT",
    .help = "write the matrix of all pairs i < j of the collection, row by row, to OUT (.h5)",
};

const app_setting_t app_ged_path = {
    .key = "ged.path",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "also edit paths: the node of B for each node of A, -1: deleted; of one pair in the "
            "result, of many with the costs of all operations in --out, for gph verify to replay",
};

const app_setting_t app_ged_large = {
    .key = "ged.large",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "A and B are large graphs as of the other commands, distributed; --method label, hed, "
            "branch (the default here) bounds their distance",
};

const app_setting_t app_ged_cliques = {
    .key = "ged.cliques",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "also how many cliques of 3 to 6 nodes with the same labels one graph has more than "
            "the other",
};

const app_setting_t app_ged_method = {
    .key = "ged.method",
    .type = APP_CHOICE,
    .value = "METHOD",
    .fallback = "exact",
    .choices = "label|hed|branch|bipartite|refine|exact", /* in the order of gph_ged_method_t */
    .help = "from cheap bounds to the distance; label and hed give lower bounds only",
};

static const app_setting_t ged_max_steps = {
    .key = "ged.max_steps",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "0",
    .low = 0,
    .high = INT64_MAX,
    .help = "search tree nodes a pair, then bounds instead of the distance; 0: no limit",
};

static const app_setting_t ged_max_pair_time = {
    .key = "ged.max_pair_time",
    .type = APP_DURATION,
    .value = "DURATION",
    .fallback = "0",
    .help = "time a pair, 0: no limit; what comes out then depends on the machine",
};

const app_setting_t app_ged_directed = {
    .key = "ged.directed",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "edges of the files have a direction",
};

const app_setting_t app_ged_node_attributes = {
    .key = "ged.node_attributes",
    .type = APP_TEXT,
    .value = "NAMES",
    .help = "of GXL files: the attributes of nodes to read, with commas between; all by default",
};

const app_setting_t app_ged_edge_attributes = {
    .key = "ged.edge_attributes",
    .type = APP_TEXT,
    .value = "NAMES",
    .help = "likewise of edges",
};

const app_setting_t app_ged_node_costs = {
    .key = "ged.node_costs",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "table of node costs: `label label cost` a line, `-` for none; the constants hold for "
            "what it leaves out",
};

const app_setting_t app_ged_edge_costs = {
    .key = "ged.edge_costs",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "likewise for edges",
};

const app_setting_t app_ged_node_cost = {
    .key = "ged.node_cost",
    .type = APP_CHOICE,
    .value = "KIND",
    .fallback = "constant",
    .choices = "constant|euclidean",
    .help = "constant: words, unequal ones cost --node-substitute; euclidean: vectors of numbers, "
            "--node-substitute times their distance",
};

const app_setting_t app_ged_edge_cost = {
    .key = "ged.edge_cost",
    .type = APP_CHOICE,
    .value = "KIND",
    .fallback = "constant",
    .choices = "constant|euclidean",
    .help = "likewise for edges",
};

/* A cost constant. */
#define COST(name, word, text)                                                                     \
    static const app_setting_t name = {                                                            \
        .key = "ged." word, .type = APP_REAL, .value = "X", .fallback = "1", .help = (text)}

COST(ged_node_insert, "node_insert", "cost of inserting a node");
COST(ged_node_delete, "node_delete", "cost of deleting a node");
COST(ged_node_substitute, "node_substitute", "cost of changing the label of a node");
COST(ged_edge_insert, "edge_insert", "cost of inserting an edge");
COST(ged_edge_delete, "edge_delete", "cost of deleting an edge");
COST(ged_edge_substitute, "edge_substitute", "cost of changing the label of an edge");

const app_setting_t app_ged_estimate = {
    .key = "ged.estimate",
    .type = APP_FLAG,
    .fallback = "false",
    .help =
        "with --collection, do a sample of the pairs only, and predict sums, time and memory of "
        "all",
};

const app_setting_t *const app_ged_settings[] = {
    &app_ged_collection,
    &app_ged_pairs,
    &app_ged_query,
    &app_ged_nearest,
    &app_ged_threshold,
    &app_ged_decide,
    &app_ged_out,
    &app_ged_matrix,
    &app_ged_path,
    &app_ged_cliques,
    &app_ged_large,
    &app_from,
    &app_ged_method,
    &ged_max_steps,
    &ged_max_pair_time,
    &app_ged_directed,
    &app_ged_node_attributes,
    &app_ged_edge_attributes,
    &app_ged_node_costs,
    &app_ged_edge_costs,
    &app_ged_node_cost,
    &ged_node_insert,
    &ged_node_delete,
    &ged_node_substitute,
    &app_ged_edge_cost,
    &ged_edge_insert,
    &ged_edge_delete,
    &ged_edge_substitute,
    &app_ged_estimate,
    APP_LIMIT_SETTINGS,
    NULL,
};

/* Whether a setting of kinds of costs says euclidean. */
static bool is_euclidean(const app_settings_t *settings, const app_setting_t *kind)
{
    return app_settings_integer(settings, kind) != 0;
}

gph_ged_costs_t app_ged_costs(const app_settings_t *settings)
{
    return (gph_ged_costs_t){
        .node = {.kind = is_euclidean(settings, &app_ged_node_cost) ? GPH_GED_COST_EUCLIDEAN
                                                                    : GPH_GED_COST_CONSTANT,
                 .insert = app_settings_real(settings, &ged_node_insert),
                 .remove = app_settings_real(settings, &ged_node_delete),
                 .substitute = app_settings_real(settings, &ged_node_substitute)},
        .edge = {.kind = is_euclidean(settings, &app_ged_edge_cost) ? GPH_GED_COST_EUCLIDEAN
                                                                    : GPH_GED_COST_CONSTANT,
                 .insert = app_settings_real(settings, &ged_edge_insert),
                 .remove = app_settings_real(settings, &ged_edge_delete),
                 .substitute = app_settings_real(settings, &ged_edge_substitute)}};
}

gph_status_t app_ged_tables(const app_settings_t *settings, const gph_collection_t *collection,
                            gph_ged_costs_t *costs)
{
    const char *nodes = app_settings_text(settings, &app_ged_node_costs);
    const char *edges = app_settings_text(settings, &app_ged_edge_costs);
    gph_status_t status = GPH_OK;
    if (nodes)
        status = gph_ged_cost_table(collection, GPH_GED_NODES, nodes, &costs->node);
    if (status == GPH_OK && edges)
        status = gph_ged_cost_table(collection, GPH_GED_EDGES, edges, &costs->edge);
    return status;
}

gph_ged_options_t app_ged_options(const app_settings_t *settings)
{
    gph_ged_options_t options = gph_ged_options_default();
    options.method = (gph_ged_method_t)app_settings_integer(settings, &app_ged_method);
    if (app_settings_text(settings, &app_ged_threshold))
        options.threshold = app_settings_real(settings, &app_ged_threshold);
    options.decide = app_settings_integer(settings, &app_ged_decide) != 0;
    options.max_steps = app_settings_integer(settings, &ged_max_steps);
    options.max_seconds = (double)app_settings_integer(settings, &ged_max_pair_time) / 1000;
    return options;
}

gph_collection_form_t app_ged_form(const app_settings_t *settings)
{
    return (gph_collection_form_t){
        .directed = app_settings_integer(settings, &app_ged_directed) != 0,
        .numeric_nodes = is_euclidean(settings, &app_ged_node_cost),
        .numeric_edges = is_euclidean(settings, &app_ged_edge_cost),
        .node_attributes = app_settings_text(settings, &app_ged_node_attributes),
        .edge_attributes = app_settings_text(settings, &app_ged_edge_attributes)};
}
