/* Values of expressions. */
#include "graph/expression.h"

#include "par/context.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.141592653589793238

/* --- symbols -------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const gph_binding_t *)a)->name, ((const gph_binding_t *)b)->name);
}

gph_status_t gph_symbol_values_make(gph_env_t *env, int64_t count, const gph_binding_t *bindings,
                                    gph_symbol_values_t *values)
{
    gph_status_t status = GPH_OK;
    gph_binding_t *sorted = NULL;

    if (count < 0 || (count > 0 && bindings == NULL))
        return gph_fail(env, GPH_ERR_USAGE, "bindings: count is negative or the array NULL");
    GPH_TRY(gph_alloc(env, count, sizeof *sorted, &sorted));
    for (int64_t i = 0; i < count; ++i) {
        if (bindings[i].name == NULL || bindings[i].name[0] == '\0')
            GPH_TRY(gph_fail(env, GPH_ERR_USAGE, "binding %lld has no name", (long long)i));
        sorted[i] = bindings[i];
    }
    qsort(sorted, (size_t)count, sizeof *sorted, by_name);
    for (int64_t i = 1; i < count; ++i)
        if (strcmp(sorted[i - 1].name, sorted[i].name) == 0)
            GPH_TRY(gph_fail(env, GPH_ERR_USAGE, "symbol '%.100s' has two values", sorted[i].name));
    *values = (gph_symbol_values_t){.count = count, .binding = sorted};
    sorted = NULL;

cleanup:
    gph_free(sorted);
    return status;
}

bool gph_symbol_value(const gph_symbol_values_t *values, const char *text, int64_t length,
                      double *value)
{
    int64_t low = 0;
    int64_t high = values->count;

    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const char *name = values->binding[middle].name;
        int order = strncmp(text, name, (size_t)length);
        if (order == 0 && name[length] != '\0')
            order = -1;
        if (order == 0) {
            *value = values->binding[middle].value;
            return true;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    if (length != 2 || memcmp(text, "pi", 2) != 0)
        return false;
    *value = PI;
    return true;
}

/* --- values --------------------------------------------------------------------------------- */

gph_status_t gph_leaf_value(gph_env_t *env, const gph_expression_node_t *leaf,
                            const gph_symbol_values_t *values, double *value)
{
    if (leaf->type == GPH_NODE_INTEGER || leaf->type == GPH_NODE_FLOAT)
        return gph_number_value(env, leaf->text, leaf->length, value);
    if (leaf->type != GPH_NODE_SYMBOL)
        return gph_fail(env, GPH_ERR_USAGE, "'%.*s' is no number and no symbol, so it has no value",
                        (int)(leaf->length < 100 ? leaf->length : 100), leaf->text);
    if (!gph_symbol_value(values, leaf->text, leaf->length, value))
        return gph_fail(env, GPH_ERR_USAGE, "symbol '%.*s' has no value; bind one to it",
                        (int)(leaf->length < 100 ? leaf->length : 100), leaf->text);
    return GPH_OK;
}

gph_status_t gph_find_operation(gph_env_t *env, const gph_expression_node_t *node,
                                const gph_operation_t **operation)
{
    const gph_operation_t *found = gph_operation_find(node->text, node->length);
    if (found == NULL || node->operands < found->least ||
        (found->most > 0 && node->operands > found->most))
        return gph_fail(env, GPH_ERR_USAGE, "function '%.*s' of %lld operands has no value",
                        (int)(node->length < 100 ? node->length : 100), node->text,
                        (long long)node->operands);
    *operation = found;
    return GPH_OK;
}

/* From the last node to the first: a node finds its operands on top of a stack that grows down. */
static gph_status_t evaluate(const gph_expression_t *expression, const gph_symbol_values_t *values,
                             double *stack)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = expression->env;
    int64_t top = gph_expression_count(expression);

    for (int64_t v = gph_expression_count(expression) - 1; v >= 0; --v) {
        const gph_expression_node_t node = gph_expression_node(expression, v);
        const gph_operation_t *operation = NULL;
        double value = 0;
        if (node.operands == 0) {
            GPH_TRY(gph_leaf_value(env, &node, values, &value));
        } else {
            GPH_TRY(gph_find_operation(env, &node, &operation));
            value = gph_operation_apply(operation, node.operands, stack + top);
        }
        top += node.operands - 1;
        stack[top] = value;
    }

cleanup:
    return status;
}

gph_status_t gph_expression_value(gph_env_t *env, const gph_expression_t *expression,
                                  const gph_symbol_values_t *values, double *value)
{
    gph_status_t status = GPH_OK;
    const int64_t count = gph_expression_count(expression);
    double *stack = NULL;

    if (count == 0)
        return gph_fail(env, GPH_ERR_USAGE, "an expression without nodes has no value");
    GPH_TRY(gph_alloc(env, count, sizeof *stack, &stack));
    GPH_TRY(evaluate(expression, values, stack));
    *value = stack[count - 1];

cleanup:
    gph_free(stack);
    return status;
}

gph_status_t gph_expression_evaluate(gph_context_t *context, const gph_expression_t *expression,
                                     int64_t count, const gph_binding_t *bindings, double *value)
{
    gph_status_t status = GPH_OK;
    gph_symbol_values_t values = {0};

    if (context == NULL || expression == NULL || value == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY(gph_symbol_values_make(context->env, count, bindings, &values));
    GPH_TRY(gph_expression_value(context->env, expression, &values, value));

cleanup:
    gph_free(values.binding);
    return status;
}
