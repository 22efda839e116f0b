/* MathGraphs: the expressions of a file, one behind the other. */
#include "graph/expression.h"
#include "graph/text_graph.h"
#include "graph/text_units.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>

/* The graph of a rank's lines, nodes numbered from 0. */
typedef struct forest {
    gph_expression_t nodes; /**< of all expressions, one behind the other */
    gph_array_t edge;       /**< gph_edge_t */
} forest_t;

/* True for a line that holds no expression. */
static bool is_empty(const char *line, int64_t size)
{
    int64_t at = 0;
    while (at < size && (line[at] == ' ' || line[at] == '\t' || line[at] == '\r'))
        ++at;
    return at == size || line[at] == '#';
}

static gph_status_t add_line(forest_t *forest, gph_expression_source_t source, const char *line,
                             int64_t size, gph_expression_t *expression)
{
    gph_status_t status = GPH_OK;
    const int64_t first = gph_expression_count(&forest->nodes);
    gph_small_dag_t dag = {0};

    gph_expression_clear(expression);
    GPH_TRY(gph_expression_read(expression->env, source, line, size, expression));
    GPH_TRY(gph_expression_dag(expression, &dag));
    for (int64_t i = 0; i < dag.edges; ++i) {
        dag.edge[i].u += first;
        dag.edge[i].v += first;
    }
    GPH_TRY(gph_array_append(&forest->edge, dag.edge, dag.edges));
    GPH_TRY(gph_expression_push_part(&forest->nodes, expression, 0, dag.nodes));

cleanup:
    gph_small_dag_free(&dag);
    return status;
}

/* @param lines line feeds of the text before this piece */
static gph_status_t read_lines(const gph_text_piece_t *piece, int64_t lines, forest_t *forest)
{
    gph_status_t status = GPH_OK;
    gph_expression_t expression = gph_expression_init(forest->nodes.env);
    gph_expression_source_t source = {.name = piece->path, .line = lines};
    int64_t end = 0;

    for (int64_t begin = 0; begin < piece->size; begin = end + 1) {
        const char *line = piece->bytes + begin;
        const char *feed = memchr(line, '\n', (size_t)(piece->size - begin));
        end = feed != NULL ? feed - piece->bytes : piece->size;
        source.line += 1;
        if (!is_empty(line, end - begin))
            GPH_TRY(add_line(forest, source, line, end - begin, &expression));
    }

cleanup:
    gph_expression_free(&expression);
    return status;
}

/* Line feeds on lower ranks. Collective. */
static gph_status_t count_lines(gph_context_t *context, const gph_text_piece_t *piece,
                                int64_t *before)
{
    int64_t lines = 0;
    for (int64_t i = 0; i < piece->size; ++i)
        lines += piece->bytes[i] == '\n';
    return gph_comm_scan_i64(context, 1, &lines, before, NULL);
}

/* Nodes become names and types, edges get the numbers of the whole graph. */
static gph_status_t take_forest(forest_t *forest, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_expression_t *nodes = &forest->nodes;
    gph_edge_t *edge = forest->edge.data;
    const int64_t zero = 0;

    for (int64_t i = 0; i < forest->edge.count; ++i) {
        edge[i].u += edges->names_first;
        edge[i].v += edges->names_first;
    }
    /* Not NULL on any rank. */
    if (nodes->offset.count == 0)
        GPH_TRY(gph_array_push(&nodes->offset, &zero));
    GPH_TRY(gph_array_reserve(&nodes->bytes, 1));
    GPH_TRY(gph_array_reserve(&nodes->type, 1));
    edges->count = forest->edge.count;
    edges->edge = gph_array_take(&forest->edge);
    edges->names.count = nodes->type.count;
    edges->names.offset = gph_array_take(&nodes->offset);
    edges->names.bytes = gph_array_take(&nodes->bytes);
    edges->type = gph_array_take(&nodes->type);
    edges->directed = true;

cleanup:
    return status;
}

gph_status_t gph_math_graph_edges(gph_context_t *context, const gph_text_piece_t *piece,
                                  gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    forest_t forest = {.nodes = gph_expression_init(env),
                       .edge = gph_array_init(env, sizeof(gph_edge_t))};
    gph_edges_t made = gph_edges_init();
    int64_t lines = 0;
    int64_t count = 0;

    GPH_TRY_ALL(context, piece->path != NULL && (piece->size == 0 || piece->bytes != NULL)
                             ? GPH_OK
                             : gph_fail(env, GPH_ERR_USAGE, "expressions: no path or no text"));
    GPH_TRY(count_lines(context, piece, &lines));
    GPH_TRY_ALL(context, read_lines(piece, lines, &forest));
    count = gph_expression_count(&forest.nodes);
    GPH_TRY(gph_comm_scan_i64(context, 1, &count, &made.names_first, &made.vertices));
    GPH_TRY_ALL(context, take_forest(&forest, &made));
    *edges = made;
    made = gph_edges_init();

cleanup:
    gph_expression_free(&forest.nodes);
    gph_array_free(&forest.edge);
    gph_edges_free(&made);
    return status;
}

/* --- back to expressions -------------------------------------------------------------------- */

gph_status_t gph_text_kind(const gph_graph_t *graph, gph_text_kind_t *kind)
{
    gph_status_t status = GPH_OK;
    int64_t found[3] = {graph->type == NULL || graph->names.offset == NULL, 0, 0};

    for (gph_lid_t v = 0; graph->type != NULL && v < graph->owned; ++v) {
        const int type = graph->type[v] & ~GPH_NODE_GROUPED;
        found[0] |= type < GPH_NODE_INTEGER || type > GPH_NODE_GAP;
        found[1] |= type >= GPH_NODE_GRAPHEME && type <= GPH_NODE_GAP;
        found[2] |= type >= GPH_NODE_INTEGER && type <= GPH_NODE_FUNCTION;
    }
    GPH_TRY(gph_comm_reduce_i64(graph->context, GPH_MAX, 3, found));
    *kind = found[0] != 0 || (found[1] != 0 && found[2] != 0) || graph->direction == NULL
                ? GPH_TEXT_KIND_NONE
            : found[2] != 0 ? GPH_TEXT_KIND_MATH
                            : GPH_TEXT_KIND_TEXT;

cleanup:
    return status;
}

/* A node of the path from the root to where the walk is. */
typedef struct open_node {
    gph_gid_t node;
    int64_t left; /**< operands that are still to come */
    int64_t grouped;
} open_node_t;

/* Enters a node: it must be the next operand of the innermost node that waits for one. */
static gph_status_t enter(const gph_graph_t *graph, gph_lid_t v, gph_array_t *path)
{
    open_node_t entered = {.node = graph->first + v,
                           .grouped = (graph->type[v] & GPH_NODE_GROUPED) != 0};
    const open_node_t *top = path->count > 0 ? (open_node_t *)path->data + path->count - 1 : NULL;
    gph_gid_t parent = -1;
    int64_t parents = 0;

    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
        entered.left += (graph->direction[i] & GPH_ARC_OUT) != 0;
        if ((graph->direction[i] & GPH_ARC_IN) != 0) {
            parent = gph_graph_gid(graph, graph->adjacent[i]);
            parents += 1;
        }
    }
    if (parents > 1 || parent != (top != NULL ? top->node : -1))
        return gph_fail(graph->context->env, GPH_ERR_INPUT,
                        "node %" PRId64 " is not the next operand in prefix order: the graph does "
                        "not consist of expressions",
                        entered.node);
    return gph_array_push(path, &entered);
}

/* Leaves the nodes that have all their operands; returns how many parentheses that closes. */
static int64_t leave(gph_array_t *path)
{
    open_node_t *node = path->data;
    int64_t closed = 0;

    while (path->count > 0 && node[path->count - 1].left == 0) {
        closed += node[path->count - 1].grouped;
        path->count -= 1;
        if (path->count > 0)
            node[path->count - 1].left -= 1;
    }
    return closed;
}

static gph_status_t walk(const gph_graph_t *graph, gph_array_t *path, int64_t *closed)
{
    gph_status_t status = GPH_OK;

    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        GPH_TRY(enter(graph, v, path));
        closed[v] = leave(path);
    }

cleanup:
    return status;
}

gph_status_t gph_math_closed(const gph_graph_t *graph, int64_t *closed)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_array_t path = gph_array_init(context->env, sizeof(open_node_t));

    for (int r = 0; r < context->ranks; ++r) {
        GPH_TRY_ALL(context, context->rank == r ? walk(graph, &path, closed) : GPH_OK);
        int64_t count = path.count;
        GPH_TRY(gph_comm_bcast(context, r, sizeof count, &count));
        GPH_TRY_ALL(context, gph_array_reserve(&path, count));
        path.count = count;
        GPH_TRY(gph_comm_bcast(context, r, count * (int64_t)sizeof(open_node_t), path.data));
    }
    GPH_TRY_ALL(context, path.count == 0
                             ? GPH_OK
                             : gph_fail(context->env, GPH_ERR_INPUT,
                                        "the last expression lacks operands: the graph does not "
                                        "consist of expressions"));

cleanup:
    gph_array_free(&path);
    return status;
}
