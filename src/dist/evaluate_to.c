/* Expressions in, values out: graphs of texts in memory, and files of values. */
#include "base/hash.h"
#include "dist/build.h"
#include "gph/dist_forward.h"
#include "graph/text_graph.h"
#include "io/file.h"
#include "io/scan.h"
#include "io/text_out.h"
#include "par/comm.h"

#include <math.h>
#include <string.h>

/* Characters of a value. */
enum { VALUE_CHARS = 40 };

gph_status_t gph_graph_from_expressions(gph_context_t *context, const char *text, int64_t size,
                                        gph_graph_t **graph)
{
    gph_status_t status = GPH_OK;
    gph_edges_t edges = gph_edges_init();
    gph_text_piece_t piece = {.path = "expression", .bytes = ""};

    if (context == NULL || graph == NULL)
        return GPH_ERR_USAGE;
    if (context->rank == 0) {
        piece.bytes = text;
        piece.size = size;
    }
    GPH_TRY(gph_math_graph_edges(context, &piece, &edges));
    gph_phase_begin(context, "build");
    status = gph_graph_build(context, &edges, graph);
    gph_phase_end(context);

cleanup:
    gph_edges_free(&edges);
    return status;
}

/* True when no edge leads to an owned node. */
static bool is_root(const gph_graph_t *graph, gph_lid_t v)
{
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
        if ((graph->direction[i] & GPH_ARC_IN) != 0)
            return false;
    return true;
}

/* Moves the values of expressions to the front; returns how many they are on this rank. */
static int64_t keep_roots(const gph_graph_t *graph, double *values)
{
    int64_t kept = 0;
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        if (is_root(graph, v))
            values[kept++] = isnan(values[v]) ? (double)NAN : values[v]; /* no sign, no payload */
    return kept;
}

static gph_status_t put_value(locale_t numbers, double value, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    char buffer[VALUE_CHARS];
    gph_text_out_t out = {
        .end = VALUE_CHARS, .buffer = buffer, .room = VALUE_CHARS, .numbers = numbers};

    if (isnan(value))
        gph_put(&out, "nan", 3);
    else if (isinf(value))
        gph_put(&out, value > 0 ? "inf" : "-inf", value > 0 ? 3 : 4);
    else
        gph_put_f64(&out, value);
    gph_put_char(&out, '\n');
    GPH_TRY(gph_array_append(text, buffer, out.used));

cleanup:
    return status;
}

static gph_status_t put_values(gph_env_t *env, int64_t count, const double *values,
                               gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    locale_t numbers = (locale_t)0;

    GPH_TRY(gph_numbers_open(env, &numbers));
    for (int64_t i = 0; i < count; ++i)
        GPH_TRY(put_value(numbers, values[i], text));

cleanup:
    gph_numbers_close(&numbers);
    return status;
}

/* Every rank writes its lines at their place. Collective. */
static gph_status_t write_values(gph_context_t *context, const char *path, int64_t count,
                                 const double *values)
{
    gph_status_t status = GPH_OK;
    gph_array_t text = gph_array_init(context->env, sizeof(char));
    gph_outfile_t *file = NULL;
    int64_t place = 0;

    GPH_TRY_ALL(context, put_values(context->env, count, values, &text));
    GPH_TRY(gph_comm_scan_i64(context, 1, &text.count, &place, NULL));
    GPH_TRY(gph_outfile_create(context, path, &file));
    status = gph_outfile_write(file, place, text.data, text.count);
    status = gph_outfile_commit(&file, status);

cleanup:
    gph_array_free(&text);
    return status;
}

/* Digest and first value of all ranks. Collective. */
static gph_status_t summarise(gph_context_t *context, int64_t count, const double *values,
                              gph_values_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    gph_digest_t sum = {0};
    char digest[GPH_DIGEST_CHARS] = "";
    int64_t first = 0;
    double value = 0;

    GPH_TRY(gph_comm_scan_i64(context, 1, &count, &first, &summary->expressions));
    for (int64_t i = 0; i < count; ++i)
        gph_digest_add(&sum, gph_digest_item((uint64_t)(first + i), &values[i], sizeof values[i]));
    GPH_TRY(gph_comm_sum_digest(context, &sum));
    memcpy(summary->digest, gph_digest_format(sum, digest), sizeof digest);
    /* The rank that has the first one shows it to all. */
    int64_t holder = count > 0 && first == 0 ? context->rank : context->ranks;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &holder));
    if (context->rank == holder)
        value = values[0];
    if (holder < context->ranks)
        GPH_TRY(gph_comm_bcast(context, (int)holder, sizeof value, &value));
    summary->first = value;

cleanup:
    return status;
}

gph_status_t gph_graph_evaluate_to(const gph_graph_t *graph, int64_t count,
                                   const gph_binding_t *bindings, const char *path,
                                   gph_values_summary_t *summary)
{
    gph_status_t status = GPH_OK;
    gph_values_summary_t made = {0};
    double *values = NULL;

    if (graph == NULL || summary == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *values, &values));
    GPH_TRY(gph_graph_evaluate(graph, count, bindings, values));
    GPH_TRY(gph_graph_levels(graph, &made.levels));
    const int64_t kept = keep_roots(graph, values);
    GPH_TRY(summarise(context, kept, values, &made));
    if (path != NULL)
        GPH_TRY(write_values(context, path, kept, values));
    *summary = made;

cleanup:
    gph_free(values);
    return status;
}
