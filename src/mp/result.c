/* Results: columns, facts, digest, the vertices on top. */
#include "mp/result.h"

#include "base/hash.h"
#include "mp/vertex.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gph_status_t gph_mp_result_create(const gph_graph_t *graph, gph_mp_result_t **result)
{
    gph_status_t status = GPH_OK;
    gph_mp_result_t *made = NULL;

    if (graph == NULL || result == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(graph->context, gph_calloc(graph->context->env, 1, sizeof *made, &made));
    made->graph = graph;
    *result = made;

cleanup:
    if (status != GPH_OK)
        gph_free(made);
    return status;
}

void gph_mp_result_destroy(gph_mp_result_t **result)
{
    if (result == NULL || *result == NULL)
        return;
    for (int c = 0; c < (*result)->columns; ++c)
        gph_free((*result)->column[c].value);
    gph_free(*result);
    *result = NULL;
}

/* --- columns -------------------------------------------------------------------------------- */

static bool good_name(const char *name)
{
    const size_t length = name ? strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789_")
                               : 0;
    return length > 0 && length < GPH_MP_NAME && name[length] == '\0';
}

static gph_status_t check_column(const gph_mp_result_t *result, const char *name,
                                 gph_mp_type_t type, const void *values)
{
    gph_env_t *env = result->graph->context->env;
    if (!good_name(name) || strcmp(name, "id") == 0 || strcmp(name, "name_offsets") == 0 ||
        strcmp(name, "name_bytes") == 0)
        return gph_fail(env, GPH_ERR_USAGE,
                        "a column is named by at most %d letters, digits and _, but not id, "
                        "name_offsets or name_bytes",
                        GPH_MP_NAME - 1);
    for (int c = 0; c < result->columns; ++c)
        if (strcmp(result->column[c].name, name) == 0)
            return gph_fail(env, GPH_ERR_USAGE, "there is a column %s already", name);
    if (result->columns == GPH_MP_COLUMNS)
        return gph_fail(env, GPH_ERR_USAGE, "a result has at most %d columns", GPH_MP_COLUMNS);
    if ((type != GPH_MP_I64 && type != GPH_MP_F64) || values == NULL)
        return gph_fail(env, GPH_ERR_USAGE, "column %s: no values, or of no known type", name);
    return GPH_OK;
}

gph_status_t gph_mp_result_take(gph_mp_result_t *result, const char *name, gph_mp_type_t type,
                                void *values)
{
    gph_status_t status = GPH_OK;
    void *array = NULL;

    memcpy(&array, values, sizeof array);
    GPH_TRY_ALL(result->graph->context, check_column(result, name, type, array));
    gph_mp_column_t *column = &result->column[result->columns++];
    snprintf(column->name, sizeof column->name, "%s", name);
    column->type = type;
    column->value = array;
    array = NULL;
    memcpy(values, &array, sizeof array);

cleanup:
    return status;
}

gph_status_t gph_mp_result_add(gph_mp_result_t *result, const char *name, gph_mp_type_t type,
                               const void *values)
{
    gph_status_t status = GPH_OK;
    void *copy = NULL;

    if (result == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = result->graph->context;
    GPH_TRY_ALL(context, check_column(result, name, type, values));
    GPH_TRY_ALL(context, gph_alloc(context->env, result->graph->owned, sizeof(int64_t), &copy));
    memcpy(copy, values, (size_t)result->graph->owned * sizeof(int64_t));
    GPH_TRY(gph_mp_result_take(result, name, type, &copy));

cleanup:
    gph_free(copy);
    return status;
}

int gph_mp_result_columns(const gph_mp_result_t *result)
{
    return result->columns;
}

void gph_mp_result_column(const gph_mp_result_t *result, int column, const char **name,
                          gph_mp_type_t *type, const void **values)
{
    if (name != NULL)
        *name = result->column[column].name;
    if (type != NULL)
        *type = result->column[column].type;
    if (values != NULL)
        *values = result->column[column].value;
}

/* --- facts ---------------------------------------------------------------------------------- */

static gph_mp_fact_t *add_fact(gph_mp_result_t *result, const char *name, gph_mp_type_t type)
{
    /* Only algorithms of this module add facts, each a few. */
    gph_mp_fact_t *fact = &result->fact[result->facts++ % GPH_MP_FACTS];
    snprintf(fact->name, sizeof fact->name, "%s", name);
    fact->type = type;
    return fact;
}

void gph_mp_result_fact_i64(gph_mp_result_t *result, const char *name, int64_t value)
{
    add_fact(result, name, GPH_MP_I64)->value.i64 = value;
}

void gph_mp_result_fact_f64(gph_mp_result_t *result, const char *name, double value)
{
    add_fact(result, name, GPH_MP_F64)->value.f64 = value;
}

const gph_mp_fact_t *gph_mp_result_facts(const gph_mp_result_t *result, int *count)
{
    *count = result->facts;
    return result->fact;
}

/* --- digest --------------------------------------------------------------------------------- */

gph_status_t gph_mp_result_digest(const gph_mp_result_t *result, char digest[33])
{
    gph_status_t status = GPH_OK;
    gph_digest_t all[GPH_MP_COLUMNS];

    if (result == NULL || digest == NULL)
        return GPH_ERR_USAGE;
    const gph_graph_t *graph = result->graph;
    gph_context_t *context = graph->context;
    for (int c = 0; c < result->columns; ++c) {
        const gph_mp_column_t *column = &result->column[c];
        const unsigned char *value = column->value;
        gph_digest_t sum = {0, 0};
        for (gph_lid_t v = 0; v < graph->owned; ++v)
            gph_digest_add(
                &sum, gph_digest_item((uint64_t)gph_mp_number(graph, v), value + (size_t)v * 8, 8));
        GPH_TRY(gph_comm_sum_digest(context, &sum));
        const gph_digest_t name = gph_digest_bytes(column->name, strlen(column->name));
        all[c] = gph_digest_combine((const gph_digest_t[]){name, sum}, 2);
    }
    gph_digest_format(gph_digest_combine(all, result->columns), digest);

cleanup:
    return status;
}

/* --- top ------------------------------------------------------------------------------------ */

static int compare_i64(const void *a, const void *b)
{
    const gph_mp_top_t *first = a;
    const gph_mp_top_t *second = b;
    if (first->value.i64 != second->value.i64)
        return first->value.i64 > second->value.i64 ? -1 : 1;
    return (first->number > second->number) - (first->number < second->number);
}

/* NaN comes last. */
static int compare_f64(const void *a, const void *b)
{
    const gph_mp_top_t *first = a;
    const gph_mp_top_t *second = b;
    const double x = first->value.f64;
    const double y = second->value.f64;
    if (x > y || (x == x && y != y))
        return -1;
    if (x < y || (x != x && y == y))
        return 1;
    return (first->number > second->number) - (first->number < second->number);
}

typedef int compare_fn(const void *a, const void *b);

static gph_mp_top_t entry(const gph_graph_t *graph, const gph_mp_column_t *column, gph_lid_t v)
{
    gph_mp_top_t made = {.number = gph_mp_number(graph, v), .id = gph_graph_id(graph, v)};
    memcpy(&made.value, (const char *)column->value + (size_t)v * 8, 8);
    return made;
}

/* Moves the entry at `at` of a heap, the last in order at its root, down to its place. */
static void sift(gph_mp_top_t *heap, int64_t count, int64_t at, compare_fn *compare)
{
    while (2 * at + 1 < count) {
        int64_t child = 2 * at + 1;
        if (child + 1 < count && compare(&heap[child], &heap[child + 1]) < 0)
            child += 1;
        if (compare(&heap[at], &heap[child]) >= 0)
            return;
        const gph_mp_top_t moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
        at = child;
    }
}

/* The first `wanted` of this rank, in no order. */
static int64_t top_here(const gph_mp_result_t *result, const gph_mp_column_t *column,
                        int64_t wanted, compare_fn *compare, gph_mp_top_t *heap)
{
    const gph_graph_t *graph = result->graph;
    int64_t count = 0;
    for (gph_lid_t v = 0; v < graph->owned && wanted > 0; ++v) {
        const gph_mp_top_t next = entry(graph, column, v);
        if (count < wanted) {
            heap[count++] = next;
            for (int64_t i = count / 2 - 1; count == wanted && i >= 0; --i)
                sift(heap, count, i, compare);
        } else if (compare(&next, &heap[0]) < 0) {
            heap[0] = next;
            sift(heap, count, 0, compare);
        }
    }
    return count;
}

gph_status_t gph_mp_result_top(const gph_mp_result_t *result, int column, int64_t wanted,
                               int64_t *count, gph_mp_top_t *top)
{
    gph_status_t status = GPH_OK;
    gph_mp_top_t *heap = NULL;
    gph_mp_top_t *all = NULL;
    int64_t total = 0;

    if (result == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = result->graph->context;
    if (column < 0 || column >= result->columns || wanted < 0 || count == NULL)
        status = gph_fail(context->env, GPH_ERR_USAGE, "gph_mp_result_top: no such column");
    else if (top == NULL && wanted > 0)
        status =
            gph_fail(context->env, GPH_ERR_MEMORY,
                     "gph_mp_result_top: no room for %" PRId64 " vertices; ask for fewer", wanted);
    GPH_TRY_ALL(context, status);
    const gph_mp_column_t *from = &result->column[column];
    compare_fn *compare = from->type == GPH_MP_I64 ? compare_i64 : compare_f64;
    const int64_t room = wanted < result->graph->owned ? wanted : result->graph->owned;
    GPH_TRY_ALL(context, gph_alloc(context->env, room, sizeof *heap, &heap));
    const int64_t here = top_here(result, from, room, compare, heap);
    GPH_TRY(gph_comm_concat_all(context, here, sizeof *heap, heap, &all, &total));
    qsort(all, (size_t)total, sizeof *all, compare);
    *count = total < wanted ? total : wanted;
    memcpy(top, all, (size_t)*count * sizeof *top);

cleanup:
    gph_free(heap);
    gph_free(all);
    return status;
}
