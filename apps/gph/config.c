/* Settings from a YAML file. Only mappings and scalars make sense there; whatever else YAML has is
 * refused with file and line. */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

enum { DEEPEST = 8 }; /* nested mappings */

/* The file being read. */
typedef struct reader {
    const char *path;
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    app_settings_t *settings;
    size_t line[APP_SETTINGS_MAX]; /* where each setting of the schema was set; 0: nowhere */
    char *error;                   /* [APP_ERROR_CHARS] */
} reader_t;

/* Line of the current event, from 1. */
static size_t line_of(const reader_t *reader)
{
    return reader->event.start_mark.line + 1;
}

/* Moves on to the next event. */
static gph_status_t advance(reader_t *reader)
{
    yaml_parser_t *parser = &reader->parser;
    yaml_event_delete(&reader->event);
    memset(&reader->event, 0, sizeof reader->event);
    if (yaml_parser_parse(parser, &reader->event))
        return GPH_OK;
    if (parser->error == YAML_READER_ERROR)
        return app_error(reader->error, GPH_ERR_USAGE, "%s: byte %zu: %s", reader->path,
                         parser->problem_offset, parser->problem);
    return app_error(reader->error, GPH_ERR_USAGE, "%s:%zu: %s", reader->path,
                     parser->problem_mark.line + 1,
                     parser->problem ? parser->problem : "out of memory");
}

/* Text of the current scalar without its NUL; fails when it holds one. */
static gph_status_t scalar_text(reader_t *reader, const char **text)
{
    const char *value = (const char *)reader->event.data.scalar.value;
    if (strlen(value) != reader->event.data.scalar.length)
        return app_error(reader->error, GPH_ERR_USAGE, "%s:%zu: a zero byte", reader->path,
                         line_of(reader));
    *text = value;
    return GPH_OK;
}

/* Assigns the current scalar to the setting `key`. */
static gph_status_t read_value(reader_t *reader, const char *key)
{
    const app_schema_t *schema = reader->settings->schema;
    const char *text = NULL;
    char where[APP_ERROR_CHARS / 2] = "";
    int row = 0;
    const gph_status_t status = scalar_text(reader, &text);
    if (status != GPH_OK)
        return status;
    snprintf(where, sizeof where, "%.400s:%zu", reader->path, line_of(reader));
    const app_setting_t *setting = app_schema_find(schema, key, where, reader->error);
    if (!setting)
        return GPH_ERR_USAGE;

    while (schema->setting[row] != setting)
        row++;
    if (reader->line[row] > 0)
        return app_error(reader->error, GPH_ERR_USAGE, "%s: %s was already set on line %zu", where,
                         key, reader->line[row]);
    reader->line[row] = line_of(reader);
    snprintf(where, sizeof where, "%.400s:%zu: %s", reader->path, line_of(reader), key);
    return app_settings_assign(reader->settings, setting, text, APP_CONFIG_FILE, where,
                               reader->error);
}

/* Reads the key that the current event is, and puts it behind the prefix. */
static gph_status_t read_key(reader_t *reader, const char *prefix, char key[APP_NAME_CHARS])
{
    const char *text = NULL;
    if (reader->event.type != YAML_SCALAR_EVENT)
        return app_error(reader->error, GPH_ERR_USAGE, "%s:%zu: a key must be a plain word",
                         reader->path, line_of(reader));
    const gph_status_t status = scalar_text(reader, &text);
    if (status != GPH_OK)
        return status;
    const int length = snprintf(key, APP_NAME_CHARS, "%s%s%s", prefix, *prefix ? "." : "", text);
    if (length >= APP_NAME_CHARS)
        return app_error(reader->error, GPH_ERR_USAGE, "%s:%zu: unknown setting '%.100s...'",
                         reader->path, line_of(reader), key);
    return GPH_OK;
}

/* Reads the mapping whose start is the current event; its end is the current one afterwards. */
static gph_status_t read_mapping(reader_t *reader, const char *prefix, int depth)
{
    char key[APP_NAME_CHARS] = "";
    gph_status_t status = advance(reader);
    while (status == GPH_OK && reader->event.type != YAML_MAPPING_END_EVENT) {
        status = read_key(reader, prefix, key);
        if (status == GPH_OK)
            status = advance(reader);
        if (status != GPH_OK)
            return status;
        if (reader->event.type == YAML_SCALAR_EVENT)
            status = read_value(reader, key);
        else if (reader->event.type == YAML_MAPPING_START_EVENT && depth < DEEPEST)
            status = read_mapping(reader, key, depth + 1);
        else
            status = app_error(reader->error, GPH_ERR_USAGE, "%s:%zu: %s must be a single value",
                               reader->path, line_of(reader), key);
        if (status == GPH_OK)
            status = advance(reader);
    }
    return status;
}

/* Reads the one document that a config file may hold; an empty file is fine. */
static gph_status_t read_stream(reader_t *reader)
{
    int documents = 0;
    gph_status_t status = advance(reader);
    while (status == GPH_OK && reader->event.type != YAML_STREAM_END_EVENT) {
        const yaml_event_type_t type = reader->event.type;
        if (type == YAML_DOCUMENT_START_EVENT)
            documents++;
        if (documents > 1)
            return app_error(reader->error, GPH_ERR_USAGE, "%s:%zu: a second document",
                             reader->path, line_of(reader));
        if (type == YAML_MAPPING_START_EVENT)
            status = read_mapping(reader, "", 1);
        else if ((type == YAML_SCALAR_EVENT && reader->event.data.scalar.length > 0) ||
                 type == YAML_SEQUENCE_START_EVENT || type == YAML_ALIAS_EVENT)
            status = app_error(reader->error, GPH_ERR_USAGE,
                               "%s:%zu: expected lines of the form KEY: VALUE", reader->path,
                               line_of(reader));
        if (status == GPH_OK)
            status = advance(reader);
    }
    return status;
}

gph_status_t app_settings_read(app_settings_t *settings, const char *path,
                               char error[APP_ERROR_CHARS])
{
    reader_t reader = {.path = path, .settings = settings, .error = error};
    bool initialised = false;
    gph_status_t status = GPH_OK;
    FILE *file = fopen(path, "rb");
    if (!file) {
        status = app_error(error, GPH_ERR_USAGE, "config file %s: %s", path, strerror(errno));
        goto cleanup;
    }
    if (!yaml_parser_initialize(&reader.parser)) {
        status = app_error(error, GPH_ERR_MEMORY, "config file %s: out of memory", path);
        goto cleanup;
    }
    initialised = true;
    yaml_parser_set_input_file(&reader.parser, file);
    status = read_stream(&reader);

cleanup:
    yaml_event_delete(&reader.event);
    if (initialised)
        yaml_parser_delete(&reader.parser);
    if (file && fclose(file) != 0 && status == GPH_OK)
        status = app_error(error, GPH_ERR_USAGE, "config file %s: %s", path, strerror(errno));
    return status;
}
