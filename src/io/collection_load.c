/* Collections for callers: which reader an input takes, views of graphs, numbers of classes. */
#include "io/collection.h"
#include "io/file.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

gph_collection_form_t gph_collection_form_default(void)
{
    return (gph_collection_form_t){.directed = false};
}

/* --- after reading -------------------------------------------------------------------------- */

static gph_status_t make_views(gph_collection_t *collection)
{
    const int64_t count = collection->set.count;
    const gph_status_t status =
        gph_realloc(collection->context->env, count, sizeof *collection->view, &collection->view);
    for (int64_t i = 0; status == GPH_OK && i < count; i++)
        collection->view[i] = gph_graph_set_view(&collection->set, i);
    return status;
}

/* What a class is called, for sorting. */
typedef struct called {
    const char *text;
    int64_t number;
    int32_t symbol;
} called_t;

/* qsort(): the names of classes are unequal, so the order is the same everywhere. */
static int by_text(const void *left, const void *right)
{
    const called_t *a = left;
    const called_t *b = right;
    return strcmp(a->text, b->text);
}

static int by_number(const void *left, const void *right)
{
    const called_t *a = left;
    const called_t *b = right;
    const int order = (a->number > b->number) - (a->number < b->number);
    return order != 0 ? order : by_text(left, right);
}

/* An integer of up to 18 digits. */
static bool read_number(const char *text, int64_t *number)
{
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    const size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 18 || digits[length] != '\0')
        return false;
    *number = strtoll(text, NULL, 10);
    return true;
}

static gph_status_t number_classes(gph_collection_t *collection)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = collection->context->env;
    const gph_symbols_t *symbols = &collection->set.class_symbols;
    const int32_t count = gph_symbols_count(symbols);
    bool numbers = true;
    called_t *called = NULL;

    GPH_TRY(gph_alloc(env, count, sizeof *called, &called));
    GPH_TRY(gph_realloc(env, count, sizeof *collection->class_rank, &collection->class_rank));
    GPH_TRY(gph_realloc(env, count, sizeof *collection->class_symbol, &collection->class_symbol));
    for (int32_t c = 0; c < count; c++) {
        called[c] = (called_t){gph_symbols_text(symbols, c), 0, c};
        numbers &= read_number(called[c].text, &called[c].number);
    }
    if (count > 0)
        qsort(called, (size_t)count, sizeof *called, numbers ? by_number : by_text);
    for (int32_t c = 0; c < count; c++) {
        collection->class_symbol[c] = called[c].symbol;
        collection->class_rank[called[c].symbol] = c;
    }

cleanup:
    gph_free(called);
    return status;
}

/* --- reading -------------------------------------------------------------------------------- */

typedef gph_status_t read_fn(gph_context_t *context, const char *path,
                             const gph_collection_form_t *form, gph_graph_set_t *set);

/* Reader by the beginning or the end of a name. */
static read_fn *reader_of(const char *path, const char **file)
{
    static const struct {
        const char *prefix;
        const char *suffix;
        read_fn *read;
    } readers[] = {
        {"text:", "", gph_graph_set_read_text}, {"math:", "", gph_graph_set_read_math},
        {"", ".gxl", gph_graph_set_read_gxl},   {"", ".cxl", gph_graph_set_read_cxl},
        {"", ".h5", gph_graph_set_read_hdf5},   {"", ".hdf5", gph_graph_set_read_hdf5},
    };
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        const size_t skip = strlen(readers[i].prefix);
        *file = path + skip;
        if (strncmp(path, readers[i].prefix, skip) == 0 && gph_path_ends(path, readers[i].suffix))
            return readers[i].read;
    }
    *file = path;
    return gph_graph_set_read;
}

static gph_status_t read_input(gph_collection_t *collection, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = collection->context;
    struct stat facts;
    bool folder = false;
    const char *file = NULL;
    read_fn *read = reader_of(path, &file);

    if (context->rank == 0)
        folder = stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
    GPH_TRY(gph_comm_bcast(context, 0, sizeof folder, &folder));
    if (folder) {
        file = path;
        read = gph_graph_set_read_tu;
    }
    GPH_TRY(read(context, file, &collection->form, &collection->set));

cleanup:
    return status;
}

/* Keeps the name of the first input; of several there is none. */
static gph_status_t note_input(gph_collection_t *collection, const char *path)
{
    const int64_t size = (int64_t)strlen(path) + 1;
    if (collection->input != NULL) {
        collection->input[0] = '\0';
        return GPH_OK;
    }
    const gph_status_t status = gph_alloc(collection->context->env, size, 1, &collection->input);
    if (status == GPH_OK)
        memcpy(collection->input, path, (size_t)size);
    return status;
}

gph_status_t gph_collection_append(gph_collection_t *collection, const char *path)
{
    gph_status_t status = GPH_OK;

    if (collection == NULL || path == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    const int64_t before = collection->set.count;
    GPH_TRY_ALL(context, note_input(collection, path));
    GPH_TRY(read_input(collection, path));
    if (collection->set.count == before)
        GPH_TRY(
            gph_comm_agree(context, gph_fail(context->env, GPH_ERR_INPUT,
                                             "%s: there is no graph in it", gph_path_shown(path))));
    GPH_TRY_ALL(context, make_views(collection));
    GPH_TRY_ALL(context, number_classes(collection));

cleanup:
    return status;
}

gph_status_t gph_collection_load(gph_context_t *context, const char *path,
                                 const gph_collection_form_t *form, gph_collection_t **collection)
{
    gph_status_t status = GPH_OK;
    gph_collection_t *made = NULL;

    if (context == NULL || path == NULL || collection == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    made->context = context;
    made->form = form != NULL ? *form : gph_collection_form_default();
    made->set = gph_graph_set_init(context->env, made->form.directed);
    GPH_TRY(gph_collection_append(made, path));
    *collection = made;
    made = NULL;

cleanup:
    gph_collection_destroy(&made);
    return status;
}

void gph_collection_destroy(gph_collection_t **collection)
{
    if (collection == NULL || *collection == NULL)
        return;
    if ((*collection)->set.env != NULL) /* another rank may have had no memory for its own */
        gph_graph_set_free(&(*collection)->set);
    gph_free((*collection)->input);
    gph_free((*collection)->view);
    gph_free((*collection)->class_rank);
    gph_free((*collection)->class_symbol);
    gph_free(*collection);
    *collection = NULL;
}

/* --- writing -------------------------------------------------------------------------------- */

gph_status_t gph_collection_save(const gph_collection_t *collection, const char *path)
{
    gph_outfile_t *out = NULL;
    if (collection == NULL || path == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    gph_status_t status = gph_outfile_create(context, path, &out);
    if (status != GPH_OK)
        return status;
    status = gph_path_ends(path, ".h5") || gph_path_ends(path, ".hdf5")
                 ? gph_graph_set_write_hdf5(context, &collection->set, gph_outfile_name(out))
                 : gph_graph_set_write_text(context, &collection->set, out);
    return gph_outfile_commit(&out, status);
}

char *gph_collection_digest(const gph_collection_t *collection, char digest[33])
{
    const gph_graph_set_t *set = &collection->set;
    const int64_t facts[] = {set->count, set->directed, set->node_values > 0 ? set->node_values : 0,
                             set->edge_values > 0 ? set->edge_values : 0};
    const gph_array_t *part[] = {&set->node_start,
                                 &set->edge_start,
                                 &set->node_label,
                                 &set->from,
                                 &set->to,
                                 &set->edge_label,
                                 &set->node_value,
                                 &set->edge_value,
                                 &set->names,
                                 &set->node_symbols.bytes,
                                 &set->edge_symbols.bytes,
                                 &set->class_of,
                                 &set->class_symbols.bytes};
    const int64_t parts = sizeof part / sizeof *part;
    gph_digest_t sum = gph_digest_item((uint64_t)parts, facts, sizeof facts);
    for (int64_t i = 0; i < parts; i++)
        gph_digest_add(&sum, gph_digest_item((uint64_t)i, part[i]->data,
                                             (size_t)part[i]->count * part[i]->size));
    return gph_digest_format(sum, digest);
}

/* --- looking -------------------------------------------------------------------------------- */

int64_t gph_collection_count(const gph_collection_t *collection)
{
    return collection->set.count;
}

const gph_small_graph_t *gph_collection_graph(const gph_collection_t *collection, int64_t index)
{
    return &collection->view[index];
}

const char *gph_collection_name(const gph_collection_t *collection, int64_t index)
{
    return collection->view[index].name;
}

void gph_collection_size(const gph_collection_t *collection, int64_t index, int64_t *nodes,
                         int64_t *edges)
{
    *nodes = collection->view[index].nodes;
    *edges = collection->view[index].edges;
}

int32_t gph_collection_node_labels(const gph_collection_t *collection)
{
    return gph_symbols_count(&collection->set.node_symbols);
}

const char *gph_collection_node_label(const gph_collection_t *collection, int32_t number)
{
    return gph_symbols_text(&collection->set.node_symbols, number);
}

int32_t gph_collection_edge_labels(const gph_collection_t *collection)
{
    return gph_symbols_count(&collection->set.edge_symbols);
}

const char *gph_collection_edge_label(const gph_collection_t *collection, int32_t number)
{
    return gph_symbols_text(&collection->set.edge_symbols, number);
}

int32_t gph_collection_classes(const gph_collection_t *collection)
{
    return gph_symbols_count(&collection->set.class_symbols);
}

int32_t gph_collection_class(const gph_collection_t *collection, int64_t index)
{
    const int32_t *class_of = collection->set.class_of.data;
    return class_of[index] < 0 ? -1 : collection->class_rank[class_of[index]];
}

const char *gph_collection_class_name(const gph_collection_t *collection, int32_t number)
{
    return gph_symbols_text(&collection->set.class_symbols, collection->class_symbol[number]);
}
