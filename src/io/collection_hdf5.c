/*
 * Collections in HDF5; see docs/file-formats.md. All ranks have all, so rank 0 writes its rows and
 * the others none; to read, every rank opens the file for itself.
 */
#include "io/collection.h"
#include "io/hdf5_file.h"
#include "io/hdf5_rows.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>

/* Value of the attribute "format". */
static const char format_name[] = "grapheme-graphs";

/* --- writing -------------------------------------------------------------------------------- */

/* A dataset of one dimension. */
typedef struct column {
    const char *name;
    hid_t type;
    hid_t memory_type;
    int64_t count;
    const void *data;
} column_t;

static gph_status_t write_column(gph_context_t *context, hid_t file, const column_t *column)
{
    gph_status_t status = GPH_OK;
    hid_t dataset = H5I_INVALID_HID;
    const int64_t rows = context->rank == 0 ? column->count : 0;

    GPH_TRY_ALL(context, gph_h5_dataset(context->env, file, column->name, column->type,
                                        column->count, 0, &dataset));
    GPH_TRY_ALL(context, gph_h5_write_rows(context->env, dataset, column->memory_type, 0, rows, 0,
                                           column->data));

cleanup:
    if (dataset >= 0 && H5Dclose(dataset) < 0 && status == GPH_OK)
        status = gph_h5_ok(context->env, -1, "close a dataset");
    return status;
}

static column_t column_of(const char *name, hid_t type, hid_t memory_type, const gph_array_t *array)
{
    return (column_t){name, type, memory_type, array->count, array->data};
}

static gph_status_t write_columns(gph_context_t *context, const gph_graph_set_t *set, hid_t file)
{
    gph_status_t status = GPH_OK;
    const column_t columns[] = {
        column_of("node_start", H5T_STD_I64LE, H5T_NATIVE_INT64, &set->node_start),
        column_of("edge_start", H5T_STD_I64LE, H5T_NATIVE_INT64, &set->edge_start),
        column_of("node_label", H5T_STD_I32LE, H5T_NATIVE_INT32, &set->node_label),
        column_of("from", H5T_STD_I32LE, H5T_NATIVE_INT32, &set->from),
        column_of("to", H5T_STD_I32LE, H5T_NATIVE_INT32, &set->to),
        column_of("edge_label", H5T_STD_I32LE, H5T_NATIVE_INT32, &set->edge_label),
        column_of("class", H5T_STD_I32LE, H5T_NATIVE_INT32, &set->class_of),
        column_of("node_value", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &set->node_value),
        column_of("edge_value", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &set->edge_value),
        column_of("name_text", H5T_STD_U8LE, H5T_NATIVE_UINT8, &set->names),
        column_of("node_label_text", H5T_STD_U8LE, H5T_NATIVE_UINT8, &set->node_symbols.bytes),
        column_of("edge_label_text", H5T_STD_U8LE, H5T_NATIVE_UINT8, &set->edge_symbols.bytes),
        column_of("class_text", H5T_STD_U8LE, H5T_NATIVE_UINT8, &set->class_symbols.bytes),
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        GPH_TRY(write_column(context, file, &columns[i]));

cleanup:
    return status;
}

gph_status_t gph_graph_set_write_hdf5(gph_context_t *context, const gph_graph_set_t *set,
                                      const char *name)
{
    gph_h5_out_t out = {0};
    gph_status_t status = gph_h5_out_create(context, name, format_name, &out);
    if (status != GPH_OK)
        return status;
    status = gph_h5_attribute(context->env, out.file, "version", "1");
    if (status == GPH_OK)
        status = gph_h5_attribute(context->env, out.file, "directed", set->directed ? "yes" : "no");
    status = gph_comm_agree(context, status);
    if (status == GPH_OK)
        status = write_columns(context, set, out.file);
    return gph_h5_out_close(&out, status);
}

/* --- reading -------------------------------------------------------------------------------- */

/* A dataset in memory. */
typedef struct block {
    void *data;
    int64_t count;
} block_t;

typedef struct content {
    block_t node_start;
    block_t edge_start;
    block_t node_label;
    block_t from;
    block_t to;
    block_t edge_label;
    block_t class_of;
    block_t node_value;
    block_t edge_value;
    block_t names;
    block_t node_text;
    block_t edge_text;
    block_t class_text;
} content_t;

static gph_status_t read_block(const gph_h5_t *h5, const char *name, hid_t type, block_t *block)
{
    gph_status_t status = GPH_OK;
    const size_t size = H5Tget_size(type);
    gph_h5_data_t data = {.id = -1};

    GPH_TRY(gph_h5_data_open(h5, name, H5Tget_class(type), false, &data));
    GPH_TRY(gph_alloc(h5->context->env, data.count + 1, size, &block->data));
    GPH_TRY(gph_h5_read(h5, &data, type, 0, data.count, block->data));
    block->count = data.count;

cleanup:
    gph_h5_data_close(&data);
    return status;
}

static gph_status_t read_content(const gph_h5_t *h5, content_t *content)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(read_block(h5, "node_start", H5T_NATIVE_INT64, &content->node_start));
    GPH_TRY(read_block(h5, "edge_start", H5T_NATIVE_INT64, &content->edge_start));
    GPH_TRY(read_block(h5, "node_label", H5T_NATIVE_INT32, &content->node_label));
    GPH_TRY(read_block(h5, "from", H5T_NATIVE_INT32, &content->from));
    GPH_TRY(read_block(h5, "to", H5T_NATIVE_INT32, &content->to));
    GPH_TRY(read_block(h5, "edge_label", H5T_NATIVE_INT32, &content->edge_label));
    GPH_TRY(read_block(h5, "class", H5T_NATIVE_INT32, &content->class_of));
    GPH_TRY(read_block(h5, "node_value", H5T_NATIVE_DOUBLE, &content->node_value));
    GPH_TRY(read_block(h5, "edge_value", H5T_NATIVE_DOUBLE, &content->edge_value));
    GPH_TRY(read_block(h5, "name_text", H5T_NATIVE_UINT8, &content->names));
    GPH_TRY(read_block(h5, "node_label_text", H5T_NATIVE_UINT8, &content->node_text));
    GPH_TRY(read_block(h5, "edge_label_text", H5T_NATIVE_UINT8, &content->edge_text));
    GPH_TRY(read_block(h5, "class_text", H5T_NATIVE_UINT8, &content->class_text));

cleanup:
    return status;
}

static void content_free(content_t *content)
{
    block_t *const block = (block_t *)content;
    for (size_t i = 0; i < sizeof *content / sizeof *block; i++)
        gph_free(block[i].data);
}

/* Reads the set from what the file holds. */
typedef struct builder {
    const gph_h5_t *h5;
    const gph_collection_form_t *form;
    gph_graph_set_t *set;
    const content_t *content;
    int32_t *node_symbol; /* [node labels of the file] number in the set */
    int32_t *edge_symbol; /* likewise */
    int32_t *class_symbol;
    int64_t node_symbols;
    int64_t edge_symbols;
    int64_t class_symbols;
    int32_t node_values;
    int32_t edge_values;
} builder_t;

static gph_status_t damaged(const builder_t *builder, const char *what)
{
    return gph_fail(builder->set->env, GPH_ERR_INPUT,
                    "%s: %s; is this a collection written by gph?",
                    gph_path_shown(builder->h5->path), what);
}

/* Strings, each with its NUL, as numbers of the set. */
static gph_status_t intern_all(const builder_t *builder, const block_t *text,
                               gph_symbols_t *symbols, int32_t **symbol, int64_t *count)
{
    gph_status_t status = GPH_OK;
    const char *at = text->data;
    const char *end = at + text->count;
    int64_t strings = 0;

    if (text->count > 0 && end[-1] != '\0')
        GPH_TRY(damaged(builder, "texts do not end"));
    for (const char *c = at; c < end; c++)
        strings += *c == '\0';
    GPH_TRY(gph_alloc(builder->set->env, strings, sizeof **symbol, symbol));
    for (int64_t i = 0; i < strings; i++) {
        const int64_t length = (int64_t)strlen(at);
        GPH_TRY(gph_symbols_intern(symbols, at, length, &(*symbol)[i]));
        at += length + 1;
    }
    *count = strings;

cleanup:
    return status;
}

static gph_status_t check_sizes(builder_t *builder)
{
    const content_t *content = builder->content;
    const int64_t nodes = content->node_label.count;
    const int64_t edges = content->from.count;
    const int64_t graphs = content->node_start.count;
    const int64_t node_values = nodes > 0 ? content->node_value.count / nodes : 0;
    const int64_t edge_values = edges > 0 ? content->edge_value.count / edges : 0;
    const int64_t *node = content->node_start.data;
    const int64_t *edge = content->edge_start.data;
    if (content->edge_start.count != graphs || content->class_of.count != graphs ||
        content->to.count != edges || content->edge_label.count != edges ||
        node_values * nodes != content->node_value.count || node_values > GPH_VALUES_MOST ||
        edge_values * edges != content->edge_value.count || edge_values > GPH_VALUES_MOST)
        return damaged(builder, "sizes of datasets do not fit");
    for (int64_t g = 0; g < graphs; g++) {
        const bool last = g + 1 == graphs;
        if (node[g] < 0 || edge[g] < 0 || node[g] > (last ? nodes : node[g + 1]) ||
            edge[g] > (last ? edges : edge[g + 1]) || (g == 0 && (node[0] != 0 || edge[0] != 0)))
            return damaged(builder, "graphs do not begin in ascending order");
    }
    builder->node_values = (int32_t)node_values;
    builder->edge_values = (int32_t)edge_values;
    if ((builder->form->numeric_nodes && nodes > 0 && node_values == 0) ||
        (builder->form->numeric_edges && edges > 0 && edge_values == 0))
        return gph_fail(builder->set->env, GPH_ERR_INPUT,
                        "%s: there are no numbers, which Euclidean costs need",
                        gph_path_shown(builder->h5->path));
    return GPH_OK;
}

static bool finite_values(const double *value, int32_t values)
{
    for (int32_t i = 0; i < values; i++)
        if (!(value[i] - value[i] == 0))
            return false;
    return true;
}

static gph_status_t add_nodes(const builder_t *builder, int64_t begin, int64_t end)
{
    gph_status_t status = GPH_OK;
    const int32_t *label = builder->content->node_label.data;
    const double *value = builder->content->node_value.data;

    for (int64_t v = begin; v < end; v++) {
        const double *numbers = value + v * builder->node_values;
        if (label[v] < 0 || label[v] >= builder->node_symbols ||
            !finite_values(numbers, builder->node_values))
            GPH_TRY(damaged(builder, "the label of a node is none, or a number not finite"));
        GPH_TRY(gph_graph_set_node(builder->set, builder->node_symbol[label[v]],
                                   builder->node_values, numbers));
    }

cleanup:
    return status;
}

static gph_status_t add_edges(const builder_t *builder, int64_t begin, int64_t end)
{
    gph_status_t status = GPH_OK;
    const int32_t *from = builder->content->from.data;
    const int32_t *to = builder->content->to.data;
    const int32_t *label = builder->content->edge_label.data;
    const double *value = builder->content->edge_value.data;

    for (int64_t e = begin; e < end; e++) {
        const double *numbers = value + e * builder->edge_values;
        if (label[e] < 0 || label[e] >= builder->edge_symbols ||
            !finite_values(numbers, builder->edge_values))
            GPH_TRY(damaged(builder, "the label of an edge is none, or a number not finite"));
        GPH_TRY(gph_graph_set_prefix(builder->set, gph_path_shown(builder->h5->path),
                                     gph_graph_set_edge(builder->set, from[e], to[e],
                                                        builder->edge_symbol[label[e]],
                                                        builder->edge_values, numbers)));
    }

cleanup:
    return status;
}

static gph_status_t add_graphs(const builder_t *builder)
{
    gph_status_t status = GPH_OK;
    const content_t *content = builder->content;
    const int64_t graphs = content->node_start.count;
    const int64_t *node = content->node_start.data;
    const int64_t *edge = content->edge_start.data;
    const int32_t *class_of = content->class_of.data;
    const char *name = content->names.data;
    const char *end = name + content->names.count;

    for (int64_t g = 0; g < graphs; g++) {
        const bool last = g + 1 == graphs;
        const char *stop = name < end ? memchr(name, '\0', (size_t)(end - name)) : NULL;
        if (stop == NULL || class_of[g] < -1 || class_of[g] >= builder->class_symbols)
            GPH_TRY(damaged(builder, "a graph has no name, or a class that is none"));
        GPH_TRY(gph_graph_set_begin(builder->set, name, stop - name));
        if (class_of[g] >= 0)
            gph_graph_set_class(builder->set, builder->class_symbol[class_of[g]]);
        GPH_TRY(add_nodes(builder, node[g], last ? content->node_label.count : node[g + 1]));
        GPH_TRY(add_edges(builder, edge[g], last ? content->from.count : edge[g + 1]));
        name = stop + 1;
    }

cleanup:
    return status;
}

static gph_status_t build(builder_t *builder)
{
    gph_status_t status = GPH_OK;
    const content_t *content = builder->content;
    gph_graph_set_t *set = builder->set;
    char directed[8] = "";

    if (!gph_h5_read_text(builder->h5->file, "directed", sizeof directed, directed))
        GPH_TRY(damaged(builder, "it does not tell whether its graphs are directed"));
    if ((strcmp(directed, "yes") == 0) != set->directed)
        GPH_TRY(gph_fail(set->env, GPH_ERR_INPUT, "%s: its graphs are %sdirected",
                         gph_path_shown(builder->h5->path), set->directed ? "not " : ""));
    GPH_TRY(check_sizes(builder));
    GPH_TRY(intern_all(builder, &content->node_text, &set->node_symbols, &builder->node_symbol,
                       &builder->node_symbols));
    GPH_TRY(intern_all(builder, &content->edge_text, &set->edge_symbols, &builder->edge_symbol,
                       &builder->edge_symbols));
    GPH_TRY(intern_all(builder, &content->class_text, &set->class_symbols, &builder->class_symbol,
                       &builder->class_symbols));
    GPH_TRY(add_graphs(builder));

cleanup:
    gph_free(builder->node_symbol);
    gph_free(builder->edge_symbol);
    gph_free(builder->class_symbol);
    return status;
}

static gph_status_t read_all(const gph_h5_t *h5, const gph_collection_form_t *form,
                             gph_graph_set_t *set)
{
    gph_status_t status = GPH_OK;
    char format[GPH_H5_FORMAT_CHARS] = "";
    content_t content = {.names = {NULL, 0}};
    builder_t builder = {.h5 = h5, .form = form, .set = set, .content = &content};

    GPH_TRY(gph_h5_get_format(h5, format));
    if (strcmp(format, format_name) != 0)
        GPH_TRY(gph_fail(set->env, GPH_ERR_INPUT,
                         "%s: its format is \"%s\", not \"%s\": it holds no collection",
                         gph_path_shown(h5->path), format, format_name));
    GPH_TRY(read_content(h5, &content));
    GPH_TRY(build(&builder));

cleanup:
    content_free(&content);
    return status;
}

/* Opens, reads and closes on this rank. */
static gph_status_t read_here(gph_context_t *context, const char *path,
                              const gph_collection_form_t *form, gph_graph_set_t *set)
{
    gph_h5_t h5 = {.file = -1};
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    gph_status_t status = gph_h5_open(context, path, &h5);
    if (status != GPH_OK)
        return status;
    status = read_all(&h5, form, set);
    gph_h5_close(&h5);
    return status;
}

gph_status_t gph_graph_set_read_hdf5(gph_context_t *context, const char *path,
                                     const gph_collection_form_t *form, gph_graph_set_t *set)
{
    gph_status_t status = GPH_OK;
    int descriptor = -1;
    int64_t size = 0;

    GPH_TRY(gph_file_open_all(context, path, &descriptor, &size)); /* the usual messages */
    GPH_TRY_ALL(context, read_here(context, path, form, set));

cleanup:
    gph_file_close(descriptor);
    return status;
}
