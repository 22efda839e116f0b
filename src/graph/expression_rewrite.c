/* Rewriting expressions: constants folded, operands that commute in one order. */
#include "graph/expression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- folding -------------------------------------------------------------------------------- */

/* value[v] of each node without symbols below it and with a finite value, NaN for all others. */
static gph_status_t find_constants(const gph_expression_t *expression, const int64_t *end,
                                   double *value, double *operand)
{
    gph_status_t status = GPH_OK;

    for (int64_t v = gph_expression_count(expression) - 1; v >= 0; --v) {
        const gph_expression_node_t node = gph_expression_node(expression, v);
        const gph_operation_t *operation = NULL;
        int64_t at = v + 1;
        bool constant = true;
        value[v] = (double)NAN;
        if (node.type == GPH_NODE_INTEGER || node.type == GPH_NODE_FLOAT)
            GPH_TRY(gph_number_value(expression->env, node.text, node.length, &value[v]));
        if (node.operands == 0)
            continue;
        for (int64_t i = 0; i < node.operands; ++i) {
            operand[i] = value[at];
            constant = constant && !isnan(value[at]);
            at = end[at];
        }
        operation = gph_operation_find(node.text, node.length);
        if (!constant || operation == NULL)
            continue;
        const double result = gph_operation_apply(operation, node.operands, operand);
        /* A zero with a sign has no digits that say so. */
        if (isfinite(result) && !(result == 0 && signbit(result)))
            value[v] = result;
    }

cleanup:
    return status;
}

gph_status_t gph_expression_fold(const gph_expression_t *expression, gph_expression_t *folded)
{
    gph_status_t status = GPH_OK;
    const int64_t count = gph_expression_count(expression);
    const int64_t *operands = expression->operands.data;
    int64_t *end = NULL;
    double *value = NULL;
    double *operand = NULL;

    GPH_TRY(gph_alloc(expression->env, count, sizeof *end, &end));
    GPH_TRY(gph_alloc(expression->env, count, sizeof *value, &value));
    GPH_TRY(gph_alloc(expression->env, count, sizeof *operand, &operand));
    GPH_TRY(gph_expression_ends(expression, end));
    GPH_TRY(find_constants(expression, end, value, operand));
    for (int64_t v = 0; v < count;) {
        if (operands[v] > 0 && !isnan(value[v])) {
            GPH_TRY(gph_expression_push_number(folded, value[v]));
            v = end[v];
        } else {
            GPH_TRY(gph_expression_push_part(folded, expression, v, v + 1));
            ++v;
        }
    }

cleanup:
    gph_free(end);
    gph_free(value);
    gph_free(operand);
    return status;
}

/* --- sorting -------------------------------------------------------------------------------- */

/* What the order of operands goes by. */
typedef struct order_key {
    int64_t node;
    int64_t size;        /**< nodes of its tree */
    gph_digest_t digest; /**< of its tree with sorted operands */
    gph_expression_node_t view;
} order_key_t;

static int by_key(const void *a, const void *b)
{
    const order_key_t *x = a;
    const order_key_t *y = b;
    if (x->view.type != y->view.type)
        return x->view.type < y->view.type ? -1 : 1;
    const int64_t shared = x->view.length < y->view.length ? x->view.length : y->view.length;
    const int order = memcmp(x->view.text, y->view.text, (size_t)shared);
    if (order != 0)
        return order;
    if (x->view.length != y->view.length)
        return x->view.length < y->view.length ? -1 : 1;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    if (x->digest.high != y->digest.high)
        return x->digest.high < y->digest.high ? -1 : 1;
    if (x->digest.low != y->digest.low)
        return x->digest.low < y->digest.low ? -1 : 1;
    return x->node < y->node ? -1 : x->node > y->node; /* equal trees: keeps qsort() to one order */
}

typedef struct sorter {
    const gph_expression_t *from;
    int64_t *end;         /**< [nodes] */
    gph_digest_t *digest; /**< [nodes] */
    int64_t *operand;     /**< [nodes - 1] operands of node 0 in order, of node 1, … */
    int64_t *first;       /**< [nodes] where those of a node begin */
    order_key_t *key;     /**< [nodes] of one node's operands */
} sorter_t;

/* Orders the operands of a node and makes its digest, those of its operands being there. */
static void order_operands(sorter_t *sorter, int64_t v)
{
    const gph_expression_node_t node = gph_expression_node(sorter->from, v);
    const gph_operation_t *operation = gph_operation_find(node.text, node.length);
    gph_digest_t own = gph_digest_bytes(node.text, (size_t)node.length);
    const uint64_t shape[2] = {(uint64_t)node.type, (uint64_t)node.operands};
    int64_t at = v + 1;

    for (int64_t i = 0; i < node.operands; ++i) {
        sorter->key[i] = (order_key_t){.node = at,
                                       .size = sorter->end[at] - at,
                                       .digest = sorter->digest[at],
                                       .view = gph_expression_node(sorter->from, at)};
        at = sorter->end[at];
    }
    if (operation != NULL && operation->commutes)
        qsort(sorter->key, (size_t)node.operands, sizeof *sorter->key, by_key);
    gph_digest_add(&own, gph_digest_item(0, shape, sizeof shape));
    for (int64_t i = 0; i < node.operands; ++i) {
        sorter->operand[sorter->first[v] + i] = sorter->key[i].node;
        gph_digest_add(&own, gph_digest_item((uint64_t)i + 1, &sorter->key[i].digest,
                                             sizeof sorter->key[i].digest));
    }
    sorter->digest[v] = own;
}

/* Writes the trees in their new order: a stack holds what is still to come. */
static gph_status_t emit(const sorter_t *sorter, int64_t *stack, gph_expression_t *sorted)
{
    gph_status_t status = GPH_OK;
    const int64_t *operands = sorter->from->operands.data;
    int64_t height = 0;

    if (gph_expression_count(sorter->from) > 0)
        stack[height++] = 0;
    while (height > 0) {
        const int64_t v = stack[--height];
        GPH_TRY(gph_expression_push_part(sorted, sorter->from, v, v + 1));
        for (int64_t i = operands[v] - 1; i >= 0; --i)
            stack[height++] = sorter->operand[sorter->first[v] + i];
    }

cleanup:
    return status;
}

gph_status_t gph_expression_sort(const gph_expression_t *expression, gph_expression_t *sorted)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = expression->env;
    const int64_t count = gph_expression_count(expression);
    const int64_t *operands = expression->operands.data;
    sorter_t sorter = {.from = expression};
    int64_t *stack = NULL;
    int64_t first = 0;

    GPH_TRY(gph_alloc(env, count, sizeof *sorter.end, &sorter.end));
    GPH_TRY(gph_alloc(env, count, sizeof *sorter.digest, &sorter.digest));
    GPH_TRY(gph_alloc(env, count, sizeof *sorter.operand, &sorter.operand));
    GPH_TRY(gph_alloc(env, count, sizeof *sorter.first, &sorter.first));
    GPH_TRY(gph_alloc(env, count, sizeof *sorter.key, &sorter.key));
    GPH_TRY(gph_alloc(env, count, sizeof *stack, &stack));
    GPH_TRY(gph_expression_ends(expression, sorter.end));
    for (int64_t v = 0; v < count; ++v) {
        sorter.first[v] = first;
        first += operands[v];
    }
    for (int64_t v = count - 1; v >= 0; --v)
        order_operands(&sorter, v);
    GPH_TRY(emit(&sorter, stack, sorted));

cleanup:
    gph_free(sorter.end);
    gph_free(sorter.digest);
    gph_free(sorter.operand);
    gph_free(sorter.first);
    gph_free(sorter.key);
    gph_free(stack);
    return status;
}
