/* Values of the expressions of a graph: operands come before what is made of them. */
#include "dist/levels.h"
#include "gph/dist_forward.h"
#include "graph/expression.h"
#include "graph/text_graph.h"
#include "par/comm.h"

/* Operands of most nodes; more of them need memory. */
enum { FEW_OPERANDS = 16 };

typedef struct evaluation {
    const gph_graph_t *graph;
    gph_symbol_values_t symbols;
    double *value; /**< [owned + ghosts] */
} evaluation_t;

static gph_expression_node_t node_of(const gph_graph_t *graph, gph_lid_t v)
{
    const int64_t *offset = graph->names.offset;
    gph_expression_node_t node = {
        .type = (gph_node_type_t)(graph->type[v] & ~GPH_NODE_GROUPED),
        .text = graph->names.bytes + offset[v],
        .length = offset[v + 1] - offset[v],
    };
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
        node.operands += (graph->direction[i] & GPH_ARC_OUT) != 0;
    return node;
}

/* Value of a node; its operands ascend by number, which is their order. */
static gph_status_t compute(void *data, gph_lid_t v, int64_t part)
{
    gph_status_t status = GPH_OK;
    const evaluation_t *evaluation = data;
    const gph_graph_t *graph = evaluation->graph;
    gph_env_t *env = graph->context->env;
    const gph_expression_node_t node = node_of(graph, v);
    const gph_operation_t *operation = NULL;
    double few[FEW_OPERANDS];
    double *many = NULL;
    double *operand = few;
    int64_t count = 0;

    (void)part;
    if (node.operands == 0)
        return gph_leaf_value(env, &node, &evaluation->symbols, &evaluation->value[v]);
    GPH_TRY(gph_find_operation(env, &node, &operation));
    if (node.operands > FEW_OPERANDS) {
        GPH_TRY(gph_alloc(env, node.operands, sizeof *many, &many));
        operand = many;
    }
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
        if ((graph->direction[i] & GPH_ARC_OUT) != 0)
            operand[count++] = evaluation->value[graph->adjacent[i]];
    evaluation->value[v] = gph_operation_apply(operation, count, operand);

cleanup:
    gph_free(many);
    return status;
}

static gph_status_t check(const gph_graph_t *graph)
{
    gph_status_t status = GPH_OK;
    gph_text_kind_t kind = GPH_TEXT_KIND_NONE;

    GPH_TRY(gph_text_kind(graph, &kind));
    if (kind != GPH_TEXT_KIND_MATH && graph->vertices > 0)
        GPH_TRY(gph_fail(graph->context->env, GPH_ERR_USAGE,
                         "only a graph of expressions has values; math:path=FILE makes one"));

cleanup:
    return status;
}

static gph_status_t run(evaluation_t *evaluation, double *values)
{
    /* Additions that a look-up and a function call are worth. */
    enum { NODE_WORK = 64 };
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = evaluation->graph;
    gph_context_t *context = graph->context;
    gph_levels_t levels = {0};

    GPH_TRY(check(graph));
    GPH_TRY(gph_levels_make(graph, true, &levels));
    GPH_TRY_ALL(context, gph_alloc(context->env, (int64_t)graph->owned + graph->ghosts,
                                   sizeof *evaluation->value, &evaluation->value));
    GPH_TRY(gph_levels_run(&levels, sizeof *evaluation->value, evaluation->value, 1, NODE_WORK,
                           compute, evaluation));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        values[v] = evaluation->value[v];

cleanup:
    gph_free(evaluation->value);
    gph_levels_free(&levels);
    return status;
}

gph_status_t gph_graph_evaluate(const gph_graph_t *graph, int64_t count,
                                const gph_binding_t *bindings, double *values)
{
    gph_status_t status = GPH_OK;
    evaluation_t evaluation = {.graph = graph};

    if (graph == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    GPH_TRY_ALL(
        context,
        values != NULL || graph->owned == 0
            ? gph_symbol_values_make(context->env, count, bindings, &evaluation.symbols)
            : gph_fail(context->env, GPH_ERR_USAGE, "gph_graph_evaluate: no place for the values"));
    gph_phase_begin(context, "evaluate");
    status = run(&evaluation, values);
    gph_phase_end(context);

cleanup:
    gph_free(evaluation.symbols.binding);
    return status;
}
