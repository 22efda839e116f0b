/* Random expressions. */
#include "graph/expression.h"

#include "base/random.h"

#include <stdio.h>

/* One tree to be drawn: how many operations it has. */
typedef struct todo {
    int64_t operations;
} todo_t;

typedef struct drawer {
    const gph_expression_random_t *options;
    uint64_t seed;
    uint64_t stream;  /**< number of the expression */
    uint64_t draws;   /**< numbers drawn so far */
    gph_array_t todo; /**< todo_t: the next tree last */
    gph_expression_t *expression;
} drawer_t;

gph_expression_random_t gph_expression_random_default(void)
{
    return (gph_expression_random_t){.least = 1,
                                     .most = 12,
                                     .symbols = 3,
                                     .integers = 9,
                                     .floats = true,
                                     .functions = true,
                                     .grouped = true};
}

static int64_t draw(drawer_t *drawer, int64_t bound)
{
    const uint64_t bits = gph_random_u64(drawer->seed, drawer->stream, drawer->draws++);
    return (int64_t)gph_random_below(bits, (uint64_t)bound);
}

static int64_t count_operations(const gph_expression_random_t *options)
{
    int64_t count = 0;
    for (const gph_operation_t *row = gph_operations; row->name != NULL; ++row)
        count += options->functions || row->type == GPH_NODE_OPERATOR;
    return count; /* operators come first in the table */
}

static gph_status_t draw_leaf(drawer_t *drawer)
{
    const gph_expression_random_t *options = drawer->options;
    char text[48] = "";

    if (draw(drawer, 2) == 0) {
        text[0] = (char)('a' + (draw(drawer, options->symbols) + 'x' - 'a') % 26);
        return gph_expression_push(drawer->expression, GPH_NODE_SYMBOL, 0, text, 1);
    }
    const int64_t whole = draw(drawer, 2 * options->integers + 1) - options->integers;
    if (!options->floats || draw(drawer, 2) == 0) {
        const int length = snprintf(text, sizeof text, "%lld", (long long)whole);
        return gph_expression_push(drawer->expression, GPH_NODE_INTEGER, 0, text, length);
    }
    const int64_t part = draw(drawer, 1000);
    const int64_t exponent = draw(drawer, 9) - 4;
    const int length =
        draw(drawer, 4) == 0
            ? snprintf(text, sizeof text, "%lld.%03llde%lld", (long long)whole, (long long)part,
                       (long long)exponent)
            : snprintf(text, sizeof text, "%lld.%lld", (long long)whole, (long long)part);
    return gph_expression_push(drawer->expression, GPH_NODE_FLOAT, 0, text, length);
}

/* An operation, and its operands as trees to be drawn, which share the operations that are left. */
static gph_status_t draw_operation(drawer_t *drawer, int64_t operations)
{
    gph_status_t status = GPH_OK;
    const gph_operation_t *row = &gph_operations[draw(drawer, count_operations(drawer->options))];
    const bool grouped = drawer->options->grouped && draw(drawer, 4) == 0;
    int64_t operands = row->usual;
    int64_t length = 0;
    int64_t left = operations - 1;

    if (grouped && row->least < row->usual)
        operands = row->least + draw(drawer, row->most > 0 ? row->most - row->least + 1 : 4);
    while (row->name[length] != '\0')
        ++length;
    GPH_TRY(gph_expression_push(drawer->expression,
                                (int)row->type | (grouped ? GPH_NODE_GROUPED : 0), operands,
                                row->name, length));
    for (int64_t i = operands - 1; i >= 0; --i) {
        const todo_t next = {i > 0 ? draw(drawer, left + 1) : left};
        left -= next.operations;
        GPH_TRY(gph_array_push(&drawer->todo, &next));
    }

cleanup:
    return status;
}

gph_status_t gph_expression_draw(const gph_expression_random_t *options, uint64_t seed,
                                 uint64_t index, gph_expression_t *expression)
{
    gph_status_t status = GPH_OK;
    drawer_t drawer = {.options = options,
                       .seed = seed,
                       .stream = index,
                       .todo = gph_array_init(expression->env, sizeof(todo_t)),
                       .expression = expression};
    todo_t next = {0};

    if (options->least < 0 || options->most < options->least || options->symbols < 1 ||
        options->symbols > 26 || options->integers < 0 || options->integers > INT32_MAX)
        GPH_TRY(gph_fail(expression->env, GPH_ERR_USAGE,
                         "random expressions: operations, symbols or integers out of range"));
    gph_expression_clear(expression);
    next.operations = options->least + draw(&drawer, options->most - options->least + 1);
    GPH_TRY(gph_array_push(&drawer.todo, &next));
    while (drawer.todo.count > 0) {
        next = ((const todo_t *)drawer.todo.data)[--drawer.todo.count];
        GPH_TRY(next.operations > 0 ? draw_operation(&drawer, next.operations)
                                    : draw_leaf(&drawer));
    }

cleanup:
    gph_array_free(&drawer.todo);
    return status;
}
