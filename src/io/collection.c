/* Sets of small labelled graphs in memory; see collection.h. */
#include "io/collection.h"
#include "io/file.h"

#include <inttypes.h>
#include <stdio.h>

gph_graph_set_t gph_graph_set_init(gph_env_t *env, bool directed)
{
    return (gph_graph_set_t){
        .env = env,
        .directed = directed,
        .node_values = -1,
        .edge_values = -1,
        .node_symbols = gph_symbols_init(env),
        .edge_symbols = gph_symbols_init(env),
        .names = gph_array_init(env, sizeof(char)),
        .name_start = gph_array_init(env, sizeof(int64_t)),
        .node_start = gph_array_init(env, sizeof(int64_t)),
        .edge_start = gph_array_init(env, sizeof(int64_t)),
        .node_label = gph_array_init(env, sizeof(int32_t)),
        .from = gph_array_init(env, sizeof(int32_t)),
        .to = gph_array_init(env, sizeof(int32_t)),
        .edge_label = gph_array_init(env, sizeof(int32_t)),
        .node_value = gph_array_init(env, sizeof(double)),
        .edge_value = gph_array_init(env, sizeof(double)),
        .class_of = gph_array_init(env, sizeof(int32_t)),
        .class_symbols = gph_symbols_init(env),
        .edge_seen = gph_map_init(env),
    };
}

void gph_graph_set_free(gph_graph_set_t *set)
{
    gph_symbols_free(&set->node_symbols);
    gph_symbols_free(&set->edge_symbols);
    gph_array_free(&set->names);
    gph_array_free(&set->name_start);
    gph_array_free(&set->node_start);
    gph_array_free(&set->edge_start);
    gph_array_free(&set->node_label);
    gph_array_free(&set->from);
    gph_array_free(&set->to);
    gph_array_free(&set->edge_label);
    gph_array_free(&set->node_value);
    gph_array_free(&set->edge_value);
    gph_array_free(&set->class_of);
    gph_symbols_free(&set->class_symbols);
    gph_map_free(&set->edge_seen);
    set->count = 0;
}

gph_status_t gph_graph_set_begin(gph_graph_set_t *set, const char *name, int64_t size)
{
    gph_status_t status = GPH_OK;
    const int64_t start = set->names.count;
    const int32_t no_class = -1;

    GPH_TRY(gph_symbols_append(&set->names, name, size));
    GPH_TRY(gph_array_push(&set->name_start, &start));
    GPH_TRY(gph_array_push(&set->node_start, &set->node_label.count));
    GPH_TRY(gph_array_push(&set->edge_start, &set->from.count));
    GPH_TRY(gph_array_push(&set->class_of, &no_class));
    set->count++;
    gph_map_free(&set->edge_seen);

cleanup:
    return status;
}

void gph_graph_set_class(gph_graph_set_t *set, int32_t symbol)
{
    int32_t *class_of = set->class_of.data;
    class_of[set->count - 1] = symbol;
}

/* Nodes that the graph begun last has so far. */
static int64_t last_nodes(const gph_graph_set_t *set)
{
    const int64_t *start = set->node_start.data;
    return set->node_label.count - start[set->count - 1];
}

static gph_status_t check_values(gph_graph_set_t *set, const char *what, int32_t values,
                                 int32_t *known)
{
    if (*known >= 0 && values != *known)
        return gph_fail(set->env, GPH_ERR_INPUT, "%s with %d numbers, where others have %d", what,
                        (int)values, (int)*known);
    *known = values;
    return GPH_OK;
}

gph_status_t gph_graph_set_node(gph_graph_set_t *set, int32_t label, int32_t values,
                                const double *value)
{
    gph_status_t status = GPH_OK;

    if (last_nodes(set) == INT32_MAX)
        GPH_TRY(gph_fail(set->env, GPH_ERR_INPUT, "more than 2^31-1 nodes in one graph"));
    GPH_TRY(check_values(set, "a node", values, &set->node_values));
    GPH_TRY(gph_array_append(&set->node_value, value, values));
    GPH_TRY(gph_array_push(&set->node_label, &label));

cleanup:
    return status;
}

/* Fails for an end that is no node, and for an edge that is there already. */
static gph_status_t check_edge(gph_graph_set_t *set, int64_t from, int64_t to)
{
    const int64_t nodes = last_nodes(set);
    const int64_t wrong = from < 0 || from >= nodes ? from : to;
    int64_t *times = NULL;

    if (wrong < 0 || wrong >= nodes)
        return gph_fail(set->env, GPH_ERR_INPUT,
                        "an edge to node %" PRId64 ", but the graph has %" PRId64
                        " nodes, counted from 0, so far",
                        wrong, nodes);
    const int64_t low = set->directed || from < to ? from : to;
    const int64_t key = low * (INT64_C(1) << 31) + (from + to - low);
    gph_status_t status = gph_map_insert(&set->edge_seen, key, 0, &times);
    if (status == GPH_OK && ++*times > 1)
        status = gph_fail(set->env, GPH_ERR_INPUT,
                          "the edge %" PRId64 " %" PRId64 " is there twice", from, to);
    return status;
}

gph_status_t gph_graph_set_edge(gph_graph_set_t *set, int64_t from, int64_t to, int32_t label,
                                int32_t values, const double *value)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(check_edge(set, from, to));
    GPH_TRY(check_values(set, "an edge", values, &set->edge_values));
    const int32_t end[2] = {(int32_t)from, (int32_t)to};
    GPH_TRY(gph_array_append(&set->edge_value, value, values));
    GPH_TRY(gph_array_push(&set->from, &end[0]));
    GPH_TRY(gph_array_push(&set->to, &end[1]));
    GPH_TRY(gph_array_push(&set->edge_label, &label));

cleanup:
    return status;
}

gph_small_graph_t gph_graph_set_view(const gph_graph_set_t *set, int64_t index)
{
    const int64_t *name = set->name_start.data;
    const int64_t *node = set->node_start.data;
    const int64_t *edge = set->edge_start.data;
    const bool last = index + 1 == set->count;
    const int64_t node_end = last ? set->node_label.count : node[index + 1];
    const int64_t edge_end = last ? set->from.count : edge[index + 1];
    const int32_t node_values = set->node_values > 0 ? set->node_values : 0;
    const int32_t edge_values = set->edge_values > 0 ? set->edge_values : 0;
    const int32_t *from = set->from.data;
    const int32_t *to = set->to.data;
    const int32_t *edge_label = set->edge_label.data;
    const int32_t *node_label = set->node_label.data;
    const double *node_value = set->node_value.data;
    const double *edge_value = set->edge_value.data;

    gph_small_graph_t view = {
        .name = (const char *)set->names.data + name[index],
        .nodes = (int32_t)(node_end - node[index]),
        .edges = (int32_t)(edge_end - edge[index]),
        .directed = set->directed,
        .node_values = node_values,
        .edge_values = edge_values,
    };
    // An array without elements may be NULL, and NULL + 0 is not for every compiler.
    if (view.nodes > 0)
        view.node_label = node_label + node[index];
    if (view.nodes > 0 && node_values > 0)
        view.node_value = node_value + node[index] * node_values;
    if (view.edges > 0) {
        view.from = from + edge[index];
        view.to = to + edge[index];
        view.edge_label = edge_label + edge[index];
    }
    if (view.edges > 0 && edge_values > 0)
        view.edge_value = edge_value + edge[index] * edge_values;
    return view;
}

gph_status_t gph_graph_set_prefix(gph_graph_set_t *set, const char *place, gph_status_t status)
{
    char text[GPH_ERROR_CHARS / 2];

    if (status != GPH_ERR_INPUT)
        return status;
    snprintf(text, sizeof text, "%s", gph_env_error(set->env));
    gph_env_error_clear(set->env);
    return gph_fail(set->env, GPH_ERR_INPUT, "%s: %s", place, text);
}

gph_status_t gph_graph_set_place(gph_graph_set_t *set, const char *path, int64_t line,
                                 gph_status_t status)
{
    char place[GPH_ERROR_CHARS / 2];

    if (status != GPH_ERR_INPUT)
        return status;
    snprintf(place, sizeof place, "%s:%" PRId64, gph_path_shown(path), line);
    return gph_graph_set_prefix(set, place, status);
}
