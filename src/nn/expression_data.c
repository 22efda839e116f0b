/* Expressions drawn in pairs. */
#include "nn/expression_data.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

/* Expressions drawn for one that can be used, at most. */
enum { TRIES = 1 << 12 };

/* Stream of random numbers that the seeds of expressions are taken from. */
#define STREAM_EXPRESSIONS (UINT64_C(5) << 60)

/* --- labels --------------------------------------------------------------------------------- */

static int64_t count_operations(bool functions)
{
    int64_t count = 0;
    for (const gph_operation_t *row = gph_operations; row->name != NULL; ++row)
        count += functions || row->type == GPH_NODE_OPERATOR;
    return count; /* operators come first */
}

static int32_t integer_label(const gph_expression_data_t *data, gph_expression_node_t node)
{
    char text[24];
    if (node.length >= (int64_t)sizeof text)
        return -1;
    memcpy(text, node.text, (size_t)node.length);
    text[node.length] = '\0';
    const int64_t value = strtoll(text, NULL, 10);
    if (value < -data->largest || value > data->largest)
        return -1;
    return (int32_t)(data->operations + data->random.symbols + data->largest + value);
}

int32_t gph_expression_label(const gph_expression_data_t *data, gph_expression_node_t node)
{
    switch (node.type) {
    case GPH_NODE_OPERATOR:
    case GPH_NODE_FUNCTION:
        return (int32_t)(gph_operation_find(node.text, node.length) - gph_operations);
    case GPH_NODE_SYMBOL:
        return (int32_t)(data->operations + (node.text[0] - 'x' + 26) % 26);
    case GPH_NODE_INTEGER:
        return integer_label(data, node);
    default:
        return -1;
    }
}

/* --- drawing -------------------------------------------------------------------------------- */

static int by_digest(const void *a, const void *b)
{
    const gph_digest_t *x = a;
    const gph_digest_t *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return (x->low > y->low) - (x->low < y->low);
}

static bool is_held(const gph_expression_data_t *data, const gph_expression_t *expression)
{
    const gph_digest_t digest = gph_expression_digest(expression);
    return bsearch(&digest, data->held, (size_t)data->options->held_out, sizeof digest,
                   by_digest) != NULL;
}

/* Values that folding gives may lie beyond the labels. */
static bool has_labels(const gph_expression_data_t *data, const gph_expression_t *expression)
{
    for (int64_t v = 0; v < gph_expression_count(expression); ++v)
        if (gph_expression_label(data, gph_expression_node(expression, v)) < 0)
            return false;
    return true;
}

gph_status_t gph_expression_pair(const gph_expression_data_t *data, bool held_out, int64_t number,
                                 gph_expression_t *from, gph_expression_t *to)
{
    gph_status_t status = GPH_OK;
    const uint64_t first = (uint64_t)number * TRIES;

    for (uint64_t t = 0; t < TRIES; ++t) {
        GPH_TRY(gph_expression_draw(&data->random, data->seed[held_out], first + t, from));
        if (!held_out && is_held(data, from))
            continue;
        gph_expression_clear(to);
        GPH_TRY(data->options->rule == GPH_REWRITE_FOLD ? gph_expression_fold(from, to)
                                                        : gph_expression_sort(from, to));
        if (has_labels(data, to))
            return GPH_OK;
    }
    GPH_TRY(gph_fail(data->context->env, GPH_ERR_USAGE,
                     "of %d expressions drawn none can be used: they are held out, or have values "
                     "that are no integers or too large; allow more data.operations or lower "
                     "data.held_out",
                     (int)TRIES));

cleanup:
    return status;
}

/* --- those held out ------------------------------------------------------------------------- */

static gph_status_t draw_held(gph_expression_data_t *data)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = data->context->env;
    const int64_t count = data->options->held_out;
    gph_expression_t from = gph_expression_init(env);
    gph_expression_t to = gph_expression_init(env);

    GPH_TRY(gph_alloc(env, count, sizeof *data->held, &data->held));
    for (int64_t i = 0; i < count; ++i) {
        GPH_TRY(gph_expression_pair(data, true, i, &from, &to));
        data->held[i] = gph_expression_digest(&from);
        data->changed += !gph_expression_equal(&from, &to);
    }
    if (count > 0)
        qsort(data->held, (size_t)count, sizeof *data->held, by_digest);

cleanup:
    gph_expression_free(&from);
    gph_expression_free(&to);
    return status;
}

gph_status_t gph_expression_data_make(gph_context_t *context,
                                      const gph_expressions_options_t *options,
                                      gph_expression_data_t *data)
{
    const int64_t product = options->integers * options->integers;
    gph_expression_data_t made = {
        .context = context,
        .options = options,
        .random = {.least = options->least,
                   .most = options->most,
                   .symbols = options->symbols,
                   .integers = options->integers,
                   .functions = options->functions},
        .operations = count_operations(options->functions),
        .largest = options->integers,
    };

    if (options->rule == GPH_REWRITE_FOLD) /* sums and products of two */
        made.largest = product > 2 * options->integers ? product : 2 * options->integers;
    made.labels = made.operations + options->symbols + 2 * made.largest + 1;
    for (uint64_t s = 0; s < 2; ++s)
        made.seed[s] = gph_random_u64(context->seed, STREAM_EXPRESSIONS, s);
    const gph_status_t status = draw_held(&made);
    if (status == GPH_OK)
        *data = made;
    else
        gph_expression_data_free(&made);
    return status;
}

void gph_expression_data_free(gph_expression_data_t *data)
{
    gph_free(data->held);
    *data = (gph_expression_data_t){.context = data->context};
}
