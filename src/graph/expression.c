/* Expressions: their nodes, their texts, and the graphs that they are. */
#include "graph/expression.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers up to this are doubles without gaps. */
#define WHOLE_MOST 9007199254740992.0

enum { NUMBER_CHARS = 40 };

/* --- life ----------------------------------------------------------------------------------- */

gph_expression_t gph_expression_init(gph_env_t *env)
{
    return (gph_expression_t){
        .env = env,
        .type = gph_array_init(env, sizeof(uint8_t)),
        .operands = gph_array_init(env, sizeof(int64_t)),
        .offset = gph_array_init(env, sizeof(int64_t)),
        .bytes = gph_array_init(env, sizeof(char)),
    };
}

void gph_expression_free(gph_expression_t *expression)
{
    gph_array_free(&expression->type);
    gph_array_free(&expression->operands);
    gph_array_free(&expression->offset);
    gph_array_free(&expression->bytes);
}

void gph_expression_clear(gph_expression_t *expression)
{
    expression->type.count = 0;
    expression->operands.count = 0;
    expression->offset.count = 0;
    expression->bytes.count = 0;
}

void gph_expression_destroy(gph_expression_t **expression)
{
    if (expression == NULL || *expression == NULL)
        return;
    gph_expression_free(*expression);
    gph_free(*expression);
    *expression = NULL;
}

void gph_small_dag_free(gph_small_dag_t *dag)
{
    gph_free(dag->type);
    gph_names_free(&dag->names);
    gph_free(dag->edge);
    *dag = (gph_small_dag_t){0};
}

/* --- making --------------------------------------------------------------------------------- */

gph_status_t gph_expression_push(gph_expression_t *expression, int type, int64_t operands,
                                 const char *text, int64_t length)
{
    gph_status_t status = GPH_OK;
    const uint8_t byte = (uint8_t)type;

    if (expression->offset.count == 0) {
        const int64_t zero = 0;
        GPH_TRY(gph_array_push(&expression->offset, &zero));
    }
    GPH_TRY(gph_array_append(&expression->bytes, text, length));
    GPH_TRY(gph_array_push(&expression->offset, &expression->bytes.count));
    GPH_TRY(gph_array_push(&expression->operands, &operands));
    GPH_TRY(gph_array_push(&expression->type, &byte));

cleanup:
    return status;
}

/* The fewest digits that give a number back, with a point or an exponent. */
static int shortest(double value, char text[NUMBER_CHARS])
{
    int length = 0;
    for (int digits = 1; digits <= 17; ++digits) {
        length = snprintf(text, NUMBER_CHARS, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    if (strpbrk(text, ".e") == NULL) {
        memcpy(text + length, ".0", 3);
        length += 2;
    }
    return length;
}

gph_status_t gph_expression_push_number(gph_expression_t *expression, double value)
{
    char text[NUMBER_CHARS] = "";
    const bool whole = value == floor(value) && fabs(value) <= WHOLE_MOST;

    if (whole) {
        const int length = snprintf(text, sizeof text, "%lld", (long long)value);
        return gph_expression_push(expression, GPH_NODE_INTEGER, 0, text, length);
    }
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return gph_fail(expression->env, GPH_ERR_SYSTEM, "the C locale is not to be had");
    const locale_t before = uselocale(c);
    const int length = shortest(value, text);
    uselocale(before);
    freelocale(c);
    return gph_expression_push(expression, GPH_NODE_FLOAT, 0, text, length);
}

gph_status_t gph_expression_push_part(gph_expression_t *expression, const gph_expression_t *from,
                                      int64_t first, int64_t end)
{
    gph_status_t status = GPH_OK;
    const uint8_t *type = from->type.data;
    const int64_t *operands = from->operands.data;
    const int64_t *offset = from->offset.data;
    const char *bytes = from->bytes.data;

    for (int64_t v = first; v < end; ++v)
        GPH_TRY(gph_expression_push(expression, type[v], operands[v], bytes + offset[v],
                                    offset[v + 1] - offset[v]));

cleanup:
    return status;
}

/* --- looking -------------------------------------------------------------------------------- */

int64_t gph_expression_nodes(const gph_expression_t *expression)
{
    return expression != NULL ? gph_expression_count(expression) : 0;
}

gph_expression_node_t gph_expression_node(const gph_expression_t *expression, int64_t index)
{
    if (expression == NULL || index < 0 || index >= gph_expression_count(expression))
        return (gph_expression_node_t){.text = ""};
    const int64_t *offset = expression->offset.data;
    return (gph_expression_node_t){
        .type = (gph_node_type_t)gph_expression_type(expression, index),
        .operands = ((const int64_t *)expression->operands.data)[index],
        .text = (const char *)expression->bytes.data + offset[index],
        .length = offset[index + 1] - offset[index],
        .parenthesised = (((const uint8_t *)expression->type.data)[index] & GPH_NODE_GROUPED) != 0,
    };
}

bool gph_expression_equal(const gph_expression_t *a, const gph_expression_t *b)
{
    const int64_t count = gph_expression_count(a);
    if (count != gph_expression_count(b) || a->bytes.count != b->bytes.count)
        return false;
    if (count == 0)
        return true;
    for (int64_t v = 0; v < count; ++v)
        if (gph_expression_type(a, v) != gph_expression_type(b, v))
            return false;
    const size_t size = (size_t)count * sizeof(int64_t);
    return memcmp(a->operands.data, b->operands.data, size) == 0 &&
           memcmp(a->offset.data, b->offset.data, size) == 0 &&
           memcmp(a->bytes.data, b->bytes.data, (size_t)a->bytes.count) == 0;
}

gph_digest_t gph_expression_digest(const gph_expression_t *expression)
{
    gph_digest_t sum = {0};
    for (int64_t v = 0; v < gph_expression_count(expression); ++v) {
        const gph_expression_node_t node = gph_expression_node(expression, v);
        const int64_t shape[3] = {node.type, node.operands, node.length};
        gph_digest_add(&sum, gph_digest_item((uint64_t)v * 2, shape, sizeof shape));
        gph_digest_add(&sum, gph_digest_item((uint64_t)v * 2 + 1, node.text, (size_t)node.length));
    }
    return sum;
}

gph_status_t gph_expression_ends(const gph_expression_t *expression, int64_t *end)
{
    gph_status_t status = GPH_OK;
    const int64_t count = gph_expression_count(expression);
    const int64_t *operands = expression->operands.data;

    /* Behind node v its operands begin, one at the end of the other. */
    for (int64_t v = count - 1; v >= 0; --v) {
        int64_t at = v + 1;
        for (int64_t i = 0; i < operands[v]; ++i) {
            if (at >= count)
                GPH_TRY(gph_fail(expression->env, GPH_ERR_INTERNAL,
                                 "an expression lacks operands of its node %lld", (long long)v));
            at = end[at];
        }
        end[v] = at;
    }

cleanup:
    return status;
}

/* --- text ----------------------------------------------------------------------------------- */

/* closed[v] = parentheses that close before node v, or behind the last one. [nodes + 1], zero. */
static gph_status_t find_closed(const gph_expression_t *expression, int64_t *closed)
{
    gph_status_t status = GPH_OK;
    const int64_t count = gph_expression_count(expression);
    const uint8_t *type = expression->type.data;
    int64_t *end = NULL;

    GPH_TRY(gph_alloc(expression->env, count, sizeof *end, &end));
    GPH_TRY(gph_expression_ends(expression, end));
    for (int64_t v = 0; v < count; ++v)
        if ((type[v] & GPH_NODE_GROUPED) != 0)
            closed[end[v]] += 1;

cleanup:
    gph_free(end);
    return status;
}

static gph_status_t write_closed(gph_array_t *text, int64_t closed)
{
    gph_status_t status = GPH_OK;
    for (int64_t i = 0; i < closed && status == GPH_OK; ++i)
        status = gph_array_push(text, ")");
    return status;
}

gph_status_t gph_expression_write(const gph_expression_t *expression, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const int64_t count = gph_expression_count(expression);
    int64_t *closed = NULL;

    GPH_TRY(gph_calloc(expression->env, count + 1, sizeof *closed, &closed));
    GPH_TRY(find_closed(expression, closed));
    for (int64_t v = 0; v < count; ++v) {
        const gph_expression_node_t node = gph_expression_node(expression, v);
        GPH_TRY(write_closed(text, closed[v]));
        if (v > 0)
            GPH_TRY(gph_array_push(text, " "));
        if (node.parenthesised)
            GPH_TRY(gph_array_push(text, "("));
        GPH_TRY(gph_array_append(text, node.text, node.length));
    }
    GPH_TRY(write_closed(text, closed[count]));

cleanup:
    gph_free(closed);
    return status;
}

gph_status_t gph_expression_format(const gph_expression_t *expression, int64_t room, char *text,
                                   int64_t *length)
{
    gph_status_t status = GPH_OK;
    gph_array_t made = {0};

    if (expression == NULL || room < 0 || (room > 0 && text == NULL) || length == NULL)
        return GPH_ERR_USAGE;
    made = gph_array_init(expression->env, sizeof(char));
    GPH_TRY(gph_expression_write(expression, &made));
    if (room > 0 && made.count > 0)
        memcpy(text, made.data, (size_t)(made.count < room ? made.count : room));
    *length = made.count;

cleanup:
    gph_array_free(&made);
    return status;
}

/* --- graph ---------------------------------------------------------------------------------- */

/* Edges from each node to its operands. `edge` holds nodes - 1. */
static void link_operands(const gph_expression_t *expression, const int64_t *end, gph_edge_t *edge)
{
    const int64_t count = gph_expression_count(expression);
    const int64_t *operands = expression->operands.data;
    int64_t at = 0;

    for (int64_t v = 0; v < count; ++v) {
        int64_t operand = v + 1;
        for (int64_t i = 0; i < operands[v]; ++i) {
            edge[at++] = (gph_edge_t){.u = v, .v = operand};
            operand = end[operand];
        }
    }
}

gph_status_t gph_expression_dag(const gph_expression_t *expression, gph_small_dag_t *dag)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = expression->env;
    const int64_t count = gph_expression_count(expression);
    gph_small_dag_t made = {.nodes = count, .edges = count > 0 ? count - 1 : 0};
    int64_t *end = NULL;

    GPH_TRY(gph_alloc(env, count, sizeof *end, &end));
    GPH_TRY(gph_expression_ends(expression, end));
    GPH_TRY(gph_alloc(env, count, sizeof *made.type, &made.type));
    GPH_TRY(gph_alloc(env, count + 1, sizeof *made.names.offset, &made.names.offset));
    GPH_TRY(gph_alloc(env, expression->bytes.count, 1, &made.names.bytes));
    GPH_TRY(gph_alloc(env, made.edges, sizeof *made.edge, &made.edge));
    made.names.count = count;
    made.names.offset[0] = 0;
    if (count > 0) {
        memcpy(made.type, expression->type.data, (size_t)count);
        memcpy(made.names.offset, expression->offset.data,
               (size_t)(count + 1) * sizeof *made.names.offset);
        memcpy(made.names.bytes, expression->bytes.data, (size_t)expression->bytes.count);
    }
    link_operands(expression, end, made.edge);
    *dag = made;
    made = (gph_small_dag_t){0};

cleanup:
    gph_free(end);
    gph_small_dag_free(&made);
    return status;
}
