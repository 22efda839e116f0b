/* Writes collections as text, `t # name / v i label / e u v label`. Rank 0 writes, as all have all.
 */
#include "io/collection.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Bytes that are written at once. */
enum { WRITE_BYTES = 1 << 20 };

typedef struct writer {
    const gph_graph_set_t *set;
    gph_outfile_t *out;
    locale_t numbers;
    gph_array_t text; /* of char */
    int64_t offset;   /* bytes written */
} writer_t;

static gph_status_t flush(writer_t *writer)
{
    const gph_status_t status =
        gph_outfile_write(writer->out, writer->offset, writer->text.data, writer->text.count);
    writer->offset += writer->text.count;
    writer->text.count = 0;
    return status;
}

static gph_status_t put(writer_t *writer, const char *text)
{
    return gph_array_append(&writer->text, text, (int64_t)strlen(text));
}

/* A word: the readers split lines at blanks. */
static gph_status_t put_word(writer_t *writer, const char *word)
{
    if (strpbrk(word, " \t\r\n") != NULL)
        return gph_fail(writer->set->env, GPH_ERR_USAGE,
                        "'%.100s' has blanks in it, which a text collection can't hold; write to "
                        "a name that ends in .h5",
                        word);
    return put(writer, word);
}

/* Numbers where there are some, as the label would be lost; otherwise the label. */
static gph_status_t put_label(writer_t *writer, const char *label, int32_t values,
                              const double *value)
{
    gph_status_t status = GPH_OK;
    char number[32];

    if (values > 0 && *label != '\0')
        GPH_TRY(gph_fail(writer->set->env, GPH_ERR_USAGE,
                         "'%.100s' is the label of something that has numbers too, which a text "
                         "collection can't hold; write to a name that ends in .h5",
                         label));
    if (values > 0 || *label != '\0')
        GPH_TRY(put(writer, " "));
    if (values == 0)
        GPH_TRY(put_word(writer, label));
    for (int32_t i = 0; i < values; i++) {
        gph_number_format(value[i], writer->numbers, number);
        GPH_TRY(put(writer, i > 0 ? "," : ""));
        GPH_TRY(put(writer, number));
    }
    GPH_TRY(put(writer, "\n"));

cleanup:
    return status;
}

static gph_status_t put_graph(writer_t *writer, const gph_small_graph_t *graph)
{
    gph_status_t status = GPH_OK;
    const gph_graph_set_t *set = writer->set;
    char line[64];

    GPH_TRY(put(writer, "t # "));
    GPH_TRY(put_word(writer, graph->name));
    GPH_TRY(put(writer, "\n"));
    for (int32_t v = 0; v < graph->nodes; v++) {
        snprintf(line, sizeof line, "v %" PRId32, v);
        GPH_TRY(put(writer, line));
        GPH_TRY(put_label(
            writer, gph_symbols_text(&set->node_symbols, graph->node_label[v]), graph->node_values,
            graph->node_values > 0 ? graph->node_value + (int64_t)v * graph->node_values : NULL));
    }
    for (int32_t e = 0; e < graph->edges; e++) {
        snprintf(line, sizeof line, "e %" PRId32 " %" PRId32, graph->from[e], graph->to[e]);
        GPH_TRY(put(writer, line));
        GPH_TRY(put_label(
            writer, gph_symbols_text(&set->edge_symbols, graph->edge_label[e]), graph->edge_values,
            graph->edge_values > 0 ? graph->edge_value + (int64_t)e * graph->edge_values : NULL));
    }

cleanup:
    return status;
}

static gph_status_t put_graphs(writer_t *writer)
{
    gph_status_t status = GPH_OK;

    for (int64_t g = 0; g < writer->set->count; g++) {
        const gph_small_graph_t graph = gph_graph_set_view(writer->set, g);
        GPH_TRY(put_graph(writer, &graph));
        if (writer->text.count >= WRITE_BYTES)
            GPH_TRY(flush(writer));
    }
    GPH_TRY(flush(writer));

cleanup:
    return status;
}

gph_status_t gph_graph_set_write_text(gph_context_t *context, const gph_graph_set_t *set,
                                      gph_outfile_t *out)
{
    gph_status_t status = GPH_OK;
    writer_t writer = {.set = set, .out = out, .text = gph_array_init(context->env, 1)};

    GPH_TRY_ALL(context, gph_numbers_open(context->env, &writer.numbers));
    GPH_TRY_ALL(context, context->rank == 0 ? put_graphs(&writer) : GPH_OK);

cleanup:
    gph_array_free(&writer.text);
    gph_numbers_close(&writer.numbers);
    return status;
}
