/*
 * Reads graphs in GXL, and collections of such files in CXL; see docs/file-formats.md. Rank 0 reads
 * each file, all ranks parse it, so that a collection of many files asks little of a file system.
 */
#include "io/collection.h"
#include "io/file.h"
#include "io/scan.h"
#include "par/comm.h"

#include <expat.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most attributes of a node or an edge. */
enum { FIELDS_MOST = 64 };

/* Type of an attribute in GXL. */
typedef enum field_type { FIELD_TEXT, FIELD_INTEGER, FIELD_REAL } field_type_t;

/* One attribute of the node or edge that is being read; texts lie in `bytes`, with their NUL. */
typedef struct field {
    int64_t name;
    int64_t text;
    field_type_t type;
} field_t;

/* What is being read. */
typedef enum owner { OWNER_NONE, OWNER_NODE, OWNER_EDGE } owner_t;

typedef struct reader {
    gph_context_t *context;
    gph_graph_set_t *set;
    const gph_collection_form_t *form;
    const char *path;
    const char *class_name; /* of graphs, or NULL */
    XML_Parser parser;
    gph_status_t status;
    locale_t numbers;
    bool begun; /* a graph */
    owner_t owner;
    bool in_field;
    bool in_value;
    field_t field[FIELDS_MOST];
    int fields;
    gph_array_t bytes;   /* of char: texts of fields */
    gph_array_t values;  /* of double */
    gph_symbols_t nodes; /* ids of nodes of the graph */
    int32_t end[2];      /* of the edge */
} reader_t;

/* Fails with FILE:LINE, unless something failed before. */
static void fail(reader_t *reader, const char *what, const char *word)
{
    if (reader->status != GPH_OK)
        return;
    reader->status = gph_fail(reader->set->env, GPH_ERR_INPUT, "%s:%" PRId64 ": %s '%.100s'",
                              gph_path_shown(reader->path),
                              (int64_t)XML_GetCurrentLineNumber(reader->parser), what, word);
    XML_StopParser(reader->parser, XML_FALSE);
}

/* Keeps a status; true when it is GPH_OK. */
static bool keep(reader_t *reader, gph_status_t status)
{
    if (status != GPH_OK && reader->status == GPH_OK) {
        reader->status = gph_graph_set_place(
            reader->set, reader->path, (int64_t)XML_GetCurrentLineNumber(reader->parser), status);
        XML_StopParser(reader->parser, XML_FALSE);
    }
    return status == GPH_OK;
}

static const char *attribute_of(const XML_Char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

/* An attribute that must be there; NULL after a failure. */
static const char *need(reader_t *reader, const XML_Char **attributes, const char *name,
                        const char *element)
{
    const char *value = attribute_of(attributes, name);
    char what[64];
    snprintf(what, sizeof what, "there is no %s in the element", name);
    if (value == NULL)
        fail(reader, what, element);
    return value;
}

/* --- elements ------------------------------------------------------------------------------- */

static void begin_graph(reader_t *reader, const XML_Char **attributes)
{
    const char *id = attribute_of(attributes, "id");
    int32_t symbol = 0;
    id = id != NULL ? id : "";
    if (!keep(reader, gph_graph_set_begin(reader->set, id, (int64_t)strlen(id))))
        return;
    reader->begun = true;
    gph_symbols_free(&reader->nodes);
    if (reader->class_name == NULL)
        return;
    if (keep(reader, gph_symbols_intern(&reader->set->class_symbols, reader->class_name,
                                        (int64_t)strlen(reader->class_name), &symbol)))
        gph_graph_set_class(reader->set, symbol);
}

static void begin_owner(reader_t *reader, owner_t owner)
{
    if (!reader->begun)
        fail(reader,
             "a node or an edge outside of a graph:", owner == OWNER_NODE ? "node" : "edge");
    if (reader->owner != OWNER_NONE)
        fail(reader, "a node or an edge inside of another:", owner == OWNER_NODE ? "node" : "edge");
    reader->owner = owner;
    reader->fields = 0;
    reader->bytes.count = 0;
    reader->values.count = 0;
}

static void begin_node(reader_t *reader, const XML_Char **attributes)
{
    const char *id = need(reader, attributes, "id", "node");
    const int32_t before = gph_symbols_count(&reader->nodes);
    int32_t number = 0;
    begin_owner(reader, OWNER_NODE);
    if (id == NULL ||
        !keep(reader, gph_symbols_intern(&reader->nodes, id, (int64_t)strlen(id), &number)))
        return;
    if (number < before)
        fail(reader, "there is already a node", id);
}

static void begin_edge(reader_t *reader, const XML_Char **attributes)
{
    static const char *const names[2] = {"from", "to"};
    begin_owner(reader, OWNER_EDGE);
    for (int side = 0; side < 2; side++) {
        const char *id = need(reader, attributes, names[side], "edge");
        const int32_t before = gph_symbols_count(&reader->nodes);
        if (id == NULL || !keep(reader, gph_symbols_intern(&reader->nodes, id, (int64_t)strlen(id),
                                                           &reader->end[side])))
            return;
        if (reader->end[side] == before)
            fail(reader, "an edge of a node that does not stand above it:", id);
    }
}

/* True for attributes that are to be read: all, or those that the form names. */
static bool is_wanted(const reader_t *reader, const char *name)
{
    const char *list =
        reader->owner == OWNER_NODE ? reader->form->node_attributes : reader->form->edge_attributes;
    const size_t length = strlen(name);
    if (list == NULL)
        return true;
    for (const char *at = list; *at != '\0';) {
        const size_t size = strcspn(at, ",");
        if (size == length && memcmp(at, name, size) == 0)
            return true;
        at += size + (at[size] == ',');
    }
    return false;
}

static void begin_field(reader_t *reader, const XML_Char **attributes)
{
    const char *name = need(reader, attributes, "name", "attr");
    if (reader->owner == OWNER_NONE || name == NULL || !is_wanted(reader, name))
        return;
    if (reader->fields == FIELDS_MOST) {
        fail(reader, "too many attributes, at", name);
        return;
    }
    reader->field[reader->fields++] = (field_t){.name = reader->bytes.count};
    if (!keep(reader, gph_symbols_append(&reader->bytes, name, (int64_t)strlen(name))))
        return;
    reader->field[reader->fields - 1].text = reader->bytes.count;
    reader->in_field = true;
}

static void begin_value(reader_t *reader, const char *element)
{
    field_t *field = &reader->field[reader->fields - 1];
    if (reader->in_value || reader->bytes.count > field->text) {
        fail(reader, "an attribute with more than one value, at", element);
        return;
    }
    if (strcmp(element, "string") == 0 || strcmp(element, "bool") == 0 ||
        strcmp(element, "enum") == 0)
        field->type = FIELD_TEXT;
    else if (strcmp(element, "int") == 0 || strcmp(element, "Integer") == 0)
        field->type = FIELD_INTEGER;
    else if (strcmp(element, "float") == 0 || strcmp(element, "double") == 0)
        field->type = FIELD_REAL;
    else
        fail(reader, "an attribute is string, int, float, double, bool or enum, not", element);
    reader->in_value = true;
}

static void XMLCALL begin_element(void *data, const XML_Char *name, const XML_Char **attributes)
{
    reader_t *reader = data;
    if (reader->status != GPH_OK)
        return;
    if (reader->in_field)
        begin_value(reader, name);
    else if (strcmp(name, "graph") == 0)
        begin_graph(reader, attributes);
    else if (strcmp(name, "node") == 0)
        begin_node(reader, attributes);
    else if (strcmp(name, "edge") == 0)
        begin_edge(reader, attributes);
    else if (strcmp(name, "attr") == 0)
        begin_field(reader, attributes);
}

static void XMLCALL take_text(void *data, const XML_Char *text, int length)
{
    reader_t *reader = data;
    if (reader->in_value && reader->status == GPH_OK)
        (void)keep(reader, gph_array_append(&reader->bytes, text, length));
}

/* --- labels --------------------------------------------------------------------------------- */

static const char *text_at(const reader_t *reader, int64_t offset)
{
    return (const char *)reader->bytes.data + offset;
}

/* By name, so that files may list them in any order. */
static void sort_fields(reader_t *reader)
{
    for (int i = 1; i < reader->fields; i++)
        for (int j = i; j > 0 && strcmp(text_at(reader, reader->field[j].name),
                                        text_at(reader, reader->field[j - 1].name)) < 0;
             j--) {
            const field_t swap = reader->field[j];
            reader->field[j] = reader->field[j - 1];
            reader->field[j - 1] = swap;
        }
}

static void add_value(reader_t *reader, const field_t *field)
{
    const char *text = text_at(reader, field->text);
    const char *begin = text + strspn(text, " \t\r\n");
    const int size = (int)strcspn(begin, " \t\r\n");
    const bool alone = begin[size + (int)strspn(begin + size, " \t\r\n")] == '\0';
    double value = 0;
    char line[64]; /* a copy that ends in a newline, as gph_scan_number() wants it */
    const int length = snprintf(line, sizeof line, "%.*s\n", size, begin);
    const char *after =
        length < (int)sizeof line ? gph_scan_number(line, false, reader->numbers, &value) : NULL;
    if (after == NULL || !alone)
        fail(reader, "a number is expected, not", text);
    else
        (void)keep(reader, gph_array_push(&reader->values, &value));
}

/* Sorts attributes into label and numbers. The label joins texts by `|`. */
static bool make_label(reader_t *reader, bool numeric, gph_symbols_t *symbols, int32_t *label)
{
    gph_array_t word = gph_array_init(reader->set->env, 1);
    bool ok = true;
    sort_fields(reader);
    for (int i = 0; i < reader->fields && ok; i++) {
        const field_t *field = &reader->field[i];
        const char *text = text_at(reader, field->text);
        if (field->type == FIELD_REAL || (numeric && field->type == FIELD_INTEGER)) {
            add_value(reader, field);
            continue;
        }
        if (word.count > 0)
            ok = keep(reader, gph_array_append(&word, "|", 1));
        ok = ok && keep(reader, gph_array_append(&word, text, (int64_t)strlen(text)));
    }
    ok = ok && keep(reader, gph_symbols_intern(symbols, word.count > 0 ? word.data : "", word.count,
                                               label));
    gph_array_free(&word);
    if (reader->values.count > GPH_VALUES_MOST || (numeric && reader->values.count == 0))
        fail(reader, "numbers, which Euclidean costs need, are missing in",
             reader->owner == OWNER_NODE ? "node" : "edge");
    return ok && reader->status == GPH_OK;
}

static void end_owner(reader_t *reader)
{
    const bool node = reader->owner == OWNER_NODE;
    const bool numeric = node ? reader->form->numeric_nodes : reader->form->numeric_edges;
    int32_t label = 0;
    if (!make_label(reader, numeric, node ? &reader->set->node_symbols : &reader->set->edge_symbols,
                    &label))
        return;
    const int32_t values = (int32_t)reader->values.count;
    (void)keep(reader, node ? gph_graph_set_node(reader->set, label, values, reader->values.data)
                            : gph_graph_set_edge(reader->set, reader->end[0], reader->end[1], label,
                                                 values, reader->values.data));
    reader->owner = OWNER_NONE;
}

static void XMLCALL end_element(void *data, const XML_Char *name)
{
    reader_t *reader = data;
    if (reader->status != GPH_OK)
        return;
    if (reader->in_value) {
        reader->in_value = false;
        (void)keep(reader, gph_array_push(&reader->bytes, ""));
    } else if (reader->in_field) {
        reader->in_field = false;
        if (reader->bytes.count == reader->field[reader->fields - 1].text)
            fail(reader, "an attribute without a value:",
                 text_at(reader, reader->field[reader->fields - 1].name));
    } else if (strcmp(name, "node") == 0 || strcmp(name, "edge") == 0) {
        end_owner(reader);
    } else if (strcmp(name, "graph") == 0) {
        reader->begun = false;
    }
}

/* --- files ---------------------------------------------------------------------------------- */

/* Reads a file on rank 0 for all. Collective. @param text receives [*size] */
static gph_status_t slurp(gph_context_t *context, const char *path, char **text, int64_t *size)
{
    gph_status_t status = GPH_OK;
    int descriptor = -1;
    int64_t got = 0;

    *size = 0;
    if (context->rank == 0)
        status = gph_file_open(context, path, &descriptor, size);
    GPH_TRY(gph_comm_agree(context, status));
    GPH_TRY(gph_comm_bcast(context, 0, sizeof *size, size));
    GPH_TRY_ALL(context, gph_alloc(context->env, *size + 1, 1, text));
    if (context->rank == 0)
        status = gph_file_read(context, descriptor, path, 0, *size, *text, &got);
    if (status == GPH_OK && context->rank == 0 && got < *size)
        status = gph_fail(context->env, GPH_ERR_INPUT, "%s: became shorter while it was read",
                          gph_path_shown(path));
    GPH_TRY(gph_comm_agree(context, status));
    GPH_TRY(gph_comm_bcast(context, 0, *size, *text));

cleanup:
    gph_file_close(descriptor);
    return status;
}

/* Parses a whole file on this rank. */
static gph_status_t parse(gph_env_t *env, const char *path, const char *text, int64_t size,
                          XML_StartElementHandler begin, XML_EndElementHandler end,
                          XML_CharacterDataHandler characters, void *data, XML_Parser *parser,
                          gph_status_t *found)
{
    gph_status_t status = GPH_OK;
    const int64_t step = INT64_C(1) << 30;

    *parser = XML_ParserCreate(NULL);
    if (*parser == NULL)
        return gph_fail(env, GPH_ERR_MEMORY, "no memory to read XML");
    XML_SetUserData(*parser, data);
    XML_SetElementHandler(*parser, begin, end);
    XML_SetCharacterDataHandler(*parser, characters);
    for (int64_t at = 0; at < size && *found == GPH_OK; at += step) {
        const int64_t part = size - at < step ? size - at : step;
        const enum XML_Status code = XML_Parse(*parser, text + at, (int)part, at + part == size);
        if (code != XML_STATUS_OK && *found == GPH_OK)
            *found = gph_fail(env, GPH_ERR_INPUT, "%s:%" PRId64 ": %s", gph_path_shown(path),
                              (int64_t)XML_GetCurrentLineNumber(*parser),
                              XML_ErrorString(XML_GetErrorCode(*parser)));
    }
    status = *found;
    XML_ParserFree(*parser);
    *parser = NULL;
    return status;
}

static gph_status_t parse_graphs(reader_t *reader, const char *text, int64_t size)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_numbers_open(reader->set->env, &reader->numbers));
    GPH_TRY(parse(reader->set->env, reader->path, text, size, begin_element, end_element, take_text,
                  reader, &reader->parser, &reader->status));

cleanup:
    gph_numbers_close(&reader->numbers);
    return status;
}

/* Reads the graphs of one GXL file. Collective. */
static gph_status_t read_gxl(gph_context_t *context, const char *path, const char *class_name,
                             const gph_collection_form_t *form, gph_graph_set_t *set)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    reader_t reader = {.context = context,
                       .set = set,
                       .form = form,
                       .path = path,
                       .class_name = class_name,
                       .bytes = gph_array_init(env, 1),
                       .values = gph_array_init(env, sizeof(double)),
                       .nodes = gph_symbols_init(env)};
    char *text = NULL;
    int64_t size = 0;

    GPH_TRY(slurp(context, path, &text, &size));
    GPH_TRY_ALL(context, parse_graphs(&reader, text, size));

cleanup:
    gph_array_free(&reader.bytes);
    gph_array_free(&reader.values);
    gph_symbols_free(&reader.nodes);
    gph_free(text);
    return status;
}

gph_status_t gph_graph_set_read_gxl(gph_context_t *context, const char *path,
                                    const gph_collection_form_t *form, gph_graph_set_t *set)
{
    return read_gxl(context, path, NULL, form, set);
}

/* --- lists of files ------------------------------------------------------------------------- */

/* A graph that a CXL file names; offsets into `bytes`. */
typedef struct entry {
    int64_t file;
    int64_t class_name; /* -1: none */
} entry_t;

typedef struct list {
    gph_env_t *env;
    const char *path;
    XML_Parser parser;
    gph_status_t status;
    gph_array_t bytes; /* of char */
    gph_array_t entry; /* of entry_t */
} list_t;

static void XMLCALL begin_entry(void *data, const XML_Char *name, const XML_Char **attributes)
{
    list_t *list = data;
    const char *file = attribute_of(attributes, "file");
    const char *class_name = attribute_of(attributes, "class");
    entry_t entry = {.file = list->bytes.count, .class_name = -1};
    if (list->status != GPH_OK || (strcmp(name, "print") != 0 && strcmp(name, "graph") != 0))
        return;
    if (file == NULL || *file == '\0')
        list->status = gph_fail(list->env, GPH_ERR_INPUT, "%s:%" PRId64 ": <%s> names no file",
                                gph_path_shown(list->path),
                                (int64_t)XML_GetCurrentLineNumber(list->parser), name);
    else
        list->status = gph_symbols_append(&list->bytes, file, (int64_t)strlen(file));
    if (list->status == GPH_OK && class_name != NULL) {
        entry.class_name = list->bytes.count;
        list->status = gph_symbols_append(&list->bytes, class_name, (int64_t)strlen(class_name));
    }
    if (list->status == GPH_OK)
        list->status = gph_array_push(&list->entry, &entry);
    if (list->status != GPH_OK)
        XML_StopParser(list->parser, XML_FALSE);
}

/* Path of a file that stands beside the list, or that is absolute. */
static gph_status_t path_of(const list_t *list, const char *file, char path[4096])
{
    const char *slash = strrchr(list->path, '/');
    const int folder = file[0] == '/' || slash == NULL ? 0 : (int)(slash - list->path + 1);
    if (snprintf(path, 4096, "%.*s%s", folder, list->path, file) >= 4096)
        return gph_fail(list->env, GPH_ERR_INPUT, "%s: the name of a file is too long",
                        gph_path_shown(list->path));
    return GPH_OK;
}

static gph_status_t read_entries(gph_context_t *context, const list_t *list,
                                 const gph_collection_form_t *form, gph_graph_set_t *set)
{
    gph_status_t status = GPH_OK;
    const entry_t *entry = list->entry.data;
    const char *bytes = list->bytes.data;
    char path[4096];

    for (int64_t i = 0; i < list->entry.count; i++) {
        GPH_TRY_ALL(context, path_of(list, bytes + entry[i].file, path));
        GPH_TRY(read_gxl(context, path,
                         entry[i].class_name < 0 ? NULL : bytes + entry[i].class_name, form, set));
    }

cleanup:
    return status;
}

gph_status_t gph_graph_set_read_cxl(gph_context_t *context, const char *path,
                                    const gph_collection_form_t *form, gph_graph_set_t *set)
{
    gph_status_t status = GPH_OK;
    list_t list = {.env = context->env,
                   .path = path,
                   .bytes = gph_array_init(context->env, 1),
                   .entry = gph_array_init(context->env, sizeof(entry_t))};
    char *text = NULL;
    int64_t size = 0;

    GPH_TRY(slurp(context, path, &text, &size));
    GPH_TRY_ALL(context, parse(context->env, path, text, size, begin_entry, NULL, NULL, &list,
                               &list.parser, &list.status));
    GPH_TRY(read_entries(context, &list, form, set));

cleanup:
    gph_array_free(&list.bytes);
    gph_array_free(&list.entry);
    gph_free(text);
    return status;
}
