/* GraphemeGraphs: a node for each place of a text. */
#include "graph/text_graph.h"

#include "graph/text_units.h"
#include "par/comm.h"

#include <string.h>

/* What is joined by a window while a text is read, from its first node to its last. */
typedef struct linker {
    int64_t window;
    int64_t *recent;  /**< [window] numbers of the last units, a ring */
    int64_t units;    /**< units so far */
    int64_t last;     /**< number of the last node, or -1 */
    gph_array_t edge; /**< gph_edge_t */
} linker_t;

/* The nodes of a piece. */
typedef struct nodes {
    gph_array_t end;  /**< int64_t: byte behind each */
    gph_array_t type; /**< uint8_t */
} nodes_t;

/* --- nodes ---------------------------------------------------------------------------------- */

static gph_status_t add_node(nodes_t *nodes, int64_t end, gph_node_type_t type)
{
    gph_status_t status = GPH_OK;
    const uint8_t byte = (uint8_t)type;

    GPH_TRY(gph_array_push(&nodes->end, &end));
    GPH_TRY(gph_array_push(&nodes->type, &byte));

cleanup:
    return status;
}

/* What stands between units: a node for each line of it, so that nodes do not depend on how lines
 * are shared by ranks. */
static gph_status_t add_gaps(nodes_t *nodes, const char *bytes, int64_t begin, int64_t end)
{
    gph_status_t status = GPH_OK;

    while (begin < end) {
        const char *feed = memchr(bytes + begin, '\n', (size_t)(end - begin));
        begin = feed != NULL ? feed + 1 - bytes : end;
        GPH_TRY(add_node(nodes, begin, GPH_NODE_GAP));
    }

cleanup:
    return status;
}

static gph_status_t find_nodes(const char *bytes, int64_t size, gph_text_unit_t unit,
                               nodes_t *nodes)
{
    gph_status_t status = GPH_OK;
    gph_text_cursor_t cursor = {.bytes = bytes, .size = size, .unit = unit};
    int64_t begin = 0;
    int64_t length = 0;
    int64_t done = 0;

    while (gph_text_next(&cursor, &begin, &length)) {
        GPH_TRY(add_gaps(nodes, bytes, done, begin));
        done = begin + length;
        GPH_TRY(add_node(nodes, done, unit == GPH_TEXT_WORD ? GPH_NODE_WORD : GPH_NODE_GRAPHEME));
    }
    GPH_TRY(add_gaps(nodes, bytes, done, size));

cleanup:
    return status;
}

/* --- edges ---------------------------------------------------------------------------------- */

/* Edges that end in a node: from the node before it, and from units that the window reaches.
 * Ascending by their first end. */
static gph_status_t link_node(linker_t *linker, int64_t node, bool unit)
{
    gph_status_t status = GPH_OK;
    const int64_t reach = linker->window - 1;
    const int64_t back = linker->units < reach ? linker->units : reach;
    gph_edge_t edge = {.v = node};

    for (int64_t i = unit ? back : 0; i > 0; --i) {
        edge.u = linker->recent[(linker->units - i) % linker->window];
        if (edge.u != linker->last)
            GPH_TRY(gph_array_push(&linker->edge, &edge));
    }
    edge.u = linker->last;
    if (linker->last >= 0)
        GPH_TRY(gph_array_push(&linker->edge, &edge));
    linker->last = node;
    if (unit)
        linker->recent[linker->units++ % linker->window] = node;

cleanup:
    return status;
}

static gph_status_t link_nodes(linker_t *linker, const nodes_t *nodes, int64_t first)
{
    gph_status_t status = GPH_OK;
    const uint8_t *type = nodes->type.data;

    for (int64_t i = 0; i < nodes->type.count; ++i)
        GPH_TRY(link_node(linker, first + i, type[i] != GPH_NODE_GAP));

cleanup:
    return status;
}

/* --- a piece -------------------------------------------------------------------------------- */

static nodes_t nodes_init(gph_env_t *env)
{
    return (nodes_t){.end = gph_array_init(env, sizeof(int64_t)),
                     .type = gph_array_init(env, sizeof(uint8_t))};
}

static void nodes_free(nodes_t *nodes)
{
    gph_array_free(&nodes->end);
    gph_array_free(&nodes->type);
}

/* The nodes as names, types; the arrays of `nodes` are used up. */
static gph_status_t take_nodes(gph_env_t *env, nodes_t *nodes, const char *bytes, int64_t size,
                               gph_names_t *names, uint8_t **type)
{
    gph_status_t status = GPH_OK;
    gph_names_t made = {.count = nodes->type.count};

    GPH_TRY(gph_alloc(env, made.count + 1, sizeof *made.offset, &made.offset));
    GPH_TRY(gph_alloc(env, size, 1, &made.bytes));
    made.offset[0] = 0;
    if (made.count > 0)
        memcpy(made.offset + 1, nodes->end.data, (size_t)made.count * sizeof *made.offset);
    if (size > 0)
        memcpy(made.bytes, bytes, (size_t)size);
    GPH_TRY(gph_array_reserve(&nodes->type, 1)); /* not NULL on any rank */
    *type = gph_array_take(&nodes->type);
    *names = made;
    made = (gph_names_t){0};

cleanup:
    gph_names_free(&made);
    return status;
}

static gph_status_t linker_make(gph_env_t *env, int window, linker_t *linker)
{
    *linker =
        (linker_t){.window = window, .last = -1, .edge = gph_array_init(env, sizeof(gph_edge_t))};
    return gph_alloc(env, window, sizeof *linker->recent, &linker->recent);
}

static void linker_free(linker_t *linker)
{
    gph_free(linker->recent);
    gph_array_free(&linker->edge);
}

gph_status_t gph_text_dag(gph_env_t *env, const char *bytes, int64_t size, gph_text_unit_t unit,
                          int window, gph_small_dag_t *dag)
{
    gph_status_t status = GPH_OK;
    nodes_t nodes = nodes_init(env);
    linker_t linker = {.edge = gph_array_init(env, sizeof(gph_edge_t))};
    gph_small_dag_t made = {0};

    GPH_TRY(linker_make(env, window, &linker));
    GPH_TRY(find_nodes(bytes, size, unit, &nodes));
    GPH_TRY(link_nodes(&linker, &nodes, 0));
    GPH_TRY(take_nodes(env, &nodes, bytes, size, &made.names, &made.type));
    made.nodes = made.names.count;
    made.edges = linker.edge.count;
    made.edge = gph_array_take(&linker.edge);
    *dag = made;
    made = (gph_small_dag_t){0};

cleanup:
    nodes_free(&nodes);
    linker_free(&linker);
    gph_small_dag_free(&made);
    return status;
}

/* --- a whole text --------------------------------------------------------------------------- */

/* What a rank shows to those after it: its last units, in order. `tail` holds window - 1. */
static int64_t find_tail(const nodes_t *nodes, int64_t first, int64_t reach, int64_t *tail)
{
    const uint8_t *type = nodes->type.data;
    int64_t found = 0;

    for (int64_t i = nodes->type.count - 1; i >= 0 && found < reach; --i)
        if (type[i] != GPH_NODE_GAP)
            tail[found++] = first + i;
    for (int64_t i = 0; i < found / 2; ++i) {
        const int64_t swapped = tail[i];
        tail[i] = tail[found - 1 - i];
        tail[found - 1 - i] = swapped;
    }
    return found;
}

/*
 * Shows the linker the units of lower ranks that its window reaches. Collective. Either a tail is
 * as long as the window reaches, or it is all units of its rank: so the tails one behind the other
 * end with what comes before this rank.
 */
static gph_status_t prepare(gph_context_t *context, const nodes_t *nodes, int64_t first,
                            linker_t *linker)
{
    gph_status_t status = GPH_OK;
    int64_t *tail = NULL;
    int64_t *all = NULL;
    int64_t total = 0;
    int64_t before = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, linker->window, sizeof *tail, &tail));
    const int64_t count = find_tail(nodes, first, linker->window - 1, tail);
    GPH_TRY(gph_comm_scan_i64(context, 1, &count, &before, NULL));
    GPH_TRY(gph_comm_concat_all(context, count, sizeof *tail, tail, &all, &total));
    for (int64_t i = before < linker->window ? 0 : before - linker->window; i < before; ++i)
        linker->recent[linker->units++ % linker->window] = all[i];
    linker->last = first - 1;

cleanup:
    gph_free(tail);
    gph_free(all);
    return status;
}

static gph_status_t check_arguments(gph_env_t *env, const gph_text_piece_t *piece,
                                    gph_text_unit_t unit, int window)
{
    if (piece->path == NULL || piece->size < 0 || (piece->size > 0 && piece->bytes == NULL))
        return gph_fail(env, GPH_ERR_USAGE, "text graph: no path or no text");
    if (unit != GPH_TEXT_GRAPHEME && unit != GPH_TEXT_WORD)
        return gph_fail(env, GPH_ERR_USAGE, "%s: no unit of text has number %d", piece->path,
                        (int)unit);
    if (window < 1)
        return gph_fail(env, GPH_ERR_USAGE, "%s: the window is %d; it must be at least 1",
                        piece->path, window);
    return GPH_OK;
}

gph_status_t gph_text_graph_edges(gph_context_t *context, const gph_text_piece_t *piece,
                                  gph_text_unit_t unit, int window, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    nodes_t nodes = nodes_init(env);
    linker_t linker = {.edge = gph_array_init(env, sizeof(gph_edge_t))};
    gph_edges_t made = gph_edges_init();

    GPH_TRY(gph_comm_same(context, "unit of a text graph", unit));
    GPH_TRY(gph_comm_same(context, "window of a text graph", window));
    GPH_TRY_ALL(context, check_arguments(env, piece, unit, window));
    GPH_TRY(gph_text_check_all(context, piece->path, piece->offset, piece->size, piece->bytes));
    GPH_TRY_ALL(context, find_nodes(piece->bytes, piece->size, unit, &nodes));
    GPH_TRY(gph_comm_scan_i64(context, 1, &nodes.type.count, &made.names_first, &made.vertices));
    GPH_TRY_ALL(context, linker_make(env, window, &linker));
    GPH_TRY(prepare(context, &nodes, made.names_first, &linker));
    GPH_TRY_ALL(context, link_nodes(&linker, &nodes, made.names_first));
    GPH_TRY_ALL(context,
                take_nodes(env, &nodes, piece->bytes, piece->size, &made.names, &made.type));
    made.directed = true;
    made.count = linker.edge.count;
    made.edge = gph_array_take(&linker.edge);
    *edges = made;
    made = gph_edges_init();

cleanup:
    nodes_free(&nodes);
    linker_free(&linker);
    gph_edges_free(&made);
    return status;
}
