/* Names of settings, and values from text, in rising order of their sources. */
#include "settings.h"

#include "values.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

gph_status_t app_error(char error[APP_ERROR_CHARS], gph_status_t status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, APP_ERROR_CHARS, format, arguments);
    va_end(arguments);
    return status;
}

/* --- names ---------------------------------------------------------------------------------- */

char *app_option_name(const app_setting_t *setting, char name[APP_NAME_CHARS])
{
    const char *dot = strrchr(setting->key, '.');
    const char *word = dot ? dot + 1 : setting->key;
    snprintf(name, APP_NAME_CHARS, "%s%s", word[1] ? "--" : "-", word);
    for (char *at = name; *at; at++)
        if (*at == '_')
            *at = '-';
    return name;
}

char *app_variable_name(const app_setting_t *setting, char name[APP_NAME_CHARS])
{
    snprintf(name, APP_NAME_CHARS, "GPH_%s", setting->key);
    for (char *at = name; *at; at++)
        if (*at == '.')
            *at = '_';
        else
            *at = (char)toupper((unsigned char)*at);
    return name;
}

/* --- schema --------------------------------------------------------------------------------- */

/* Position of a setting in the schema, or -1. */
static int find_row(const app_schema_t *schema, const app_setting_t *setting)
{
    for (int i = 0; i < schema->count; i++)
        if (schema->setting[i] == setting)
            return i;
    return -1;
}

void app_schema_add(app_schema_t *schema, const app_setting_t *const *settings)
{
    for (; *settings; settings++) {
        if (*settings == &app_set || *settings == &app_help || find_row(schema, *settings) >= 0)
            continue;
        assert(schema->count < APP_SETTINGS_MAX);
        schema->setting[schema->count++] = *settings;
    }
}

const app_setting_t *app_schema_find(const app_schema_t *schema, const char *key, const char *where,
                                     char error[APP_ERROR_CHARS])
{
    const char *names[APP_SETTINGS_MAX];
    char suggestion[APP_SUGGESTION_CHARS] = "";
    for (int i = 0; i < schema->count; i++) {
        names[i] = schema->setting[i]->key;
        if (strcmp(names[i], key) != 0)
            continue;
        if (schema->setting[i] != &app_config)
            return schema->setting[i];
        app_error(error, GPH_ERR_USAGE, "%s: a config file is named by --config or GPH_CONFIG only",
                  where);
        return NULL;
    }
    app_error(error, GPH_ERR_USAGE, "%s: unknown setting '%.200s'%s", where, key,
              app_suggest(key, schema->count, names, suggestion));
    return NULL;
}

/* --- values --------------------------------------------------------------------------------- */

/* Parses text as a value of the setting; on failure writes what it should have been. */
static bool parse_value(const app_setting_t *setting, const char *text, int64_t *integer,
                        double *real, char expected[APP_ERROR_CHARS])
{
    switch (setting->type) {
    case APP_INTEGER:
        snprintf(expected, APP_ERROR_CHARS, "a whole number from %" PRId64 " to %" PRId64,
                 setting->low, setting->high);
        return app_parse_integer(text, integer) && *integer >= setting->low &&
               *integer <= setting->high;
    case APP_SIZE:
        snprintf(expected, APP_ERROR_CHARS, "a size such as 512M, 1.5G or 2GiB");
        return app_parse_size(text, integer);
    case APP_DURATION:
        snprintf(expected, APP_ERROR_CHARS, "a length of time such as 90s, 10m, 2h or 01:30:00");
        return app_parse_duration(text, integer);
    case APP_FLAG:
        snprintf(expected, APP_ERROR_CHARS, "true or false");
        return app_parse_bool(text, integer);
    case APP_CHOICE:
        snprintf(expected, APP_ERROR_CHARS, "one of %s", setting->choices);
        return app_parse_choice(text, setting->choices, integer);
    case APP_REAL:
        snprintf(expected, APP_ERROR_CHARS, "a finite number that is not negative");
        return app_parse_real(text, real);
    case APP_TEXT:
        snprintf(expected, APP_ERROR_CHARS, "a text that is not empty");
        return *text != '\0';
    }
    return false;
}

gph_status_t app_settings_assign(app_settings_t *settings, const app_setting_t *setting,
                                 const char *text, app_source_t source, const char *where,
                                 char error[APP_ERROR_CHARS])
{
    char expected[APP_ERROR_CHARS] = "";
    int64_t integer = 0;
    double real = 0;
    const int row = find_row(settings->schema, setting);
    assert(row >= 0);
    app_value_t *value = &settings->value[row];

    if (strlen(text) >= APP_TEXT_CHARS)
        return app_error(error, GPH_ERR_USAGE, "%s: a value may have at most %d bytes", where,
                         APP_TEXT_CHARS - 1);
    if (!parse_value(setting, text, &integer, &real, expected))
        return app_error(error, GPH_ERR_USAGE, "%s: '%.200s' is not %s", where, text, expected);
    if (source >= value->source) {
        value->source = source;
        value->integer = integer;
        value->real = real;
        memcpy(value->text, text, strlen(text) + 1);
    }
    return GPH_OK;
}

gph_status_t app_settings_init(app_settings_t *settings, const app_schema_t *schema,
                               char error[APP_ERROR_CHARS])
{
    memset(settings, 0, sizeof *settings);
    settings->schema = schema;
    for (int i = 0; i < schema->count; i++) {
        const app_setting_t *setting = schema->setting[i];
        if (!setting->fallback)
            continue;
        if (app_settings_assign(settings, setting, setting->fallback, APP_DEFAULT, setting->key,
                                error) != GPH_OK)
            return GPH_ERR_INTERNAL;
    }
    return GPH_OK;
}

gph_status_t app_settings_set(app_settings_t *settings, const char *assignment,
                              char error[APP_ERROR_CHARS])
{
    const char *equals = strchr(assignment, '=');
    char key[APP_NAME_CHARS] = "";
    char where[APP_NAME_CHARS + 8] = "";
    if (!equals || equals == assignment)
        return app_error(error, GPH_ERR_USAGE, "--set: '%.200s' is not KEY=VALUE", assignment);
    snprintf(key, sizeof key, "%.*s", (int)(equals - assignment), assignment);
    snprintf(where, sizeof where, "--set %s", key);
    const app_setting_t *setting = app_schema_find(settings->schema, key, "--set", error);
    if (!setting)
        return GPH_ERR_USAGE;
    return app_settings_assign(settings, setting, equals + 1, APP_COMMAND_LINE, where, error);
}

const app_value_t *app_settings_value(const app_settings_t *settings, const app_setting_t *setting)
{
    const int row = find_row(settings->schema, setting);
    assert(row >= 0);
    return &settings->value[row];
}

int64_t app_settings_integer(const app_settings_t *settings, const app_setting_t *setting)
{
    return app_settings_value(settings, setting)->integer;
}

double app_settings_real(const app_settings_t *settings, const app_setting_t *setting)
{
    return app_settings_value(settings, setting)->real;
}

const char *app_settings_text(const app_settings_t *settings, const app_setting_t *setting)
{
    const app_value_t *value = app_settings_value(settings, setting);
    return value->source == APP_UNSET ? NULL : value->text;
}

/* --- environment ---------------------------------------------------------------------------- */

/* Names a variable that is not ours but looks like one of ours. */
static void warn_misspelled(const app_schema_t *schema, const char *variable,
                            char warning[APP_ERROR_CHARS])
{
    char names[APP_SETTINGS_MAX][APP_NAME_CHARS];
    const char *pointers[APP_SETTINGS_MAX];
    for (int i = 0; i < schema->count; i++)
        pointers[i] = app_variable_name(schema->setting[i], names[i]);
    const char *closest = app_closest(variable, schema->count, pointers);
    if (closest)
        snprintf(warning, APP_ERROR_CHARS,
                 "the environment variable %s is no setting; did you mean %s?", variable, closest);
}

gph_status_t app_settings_environment(app_settings_t *settings, char *const *environment,
                                      char warning[APP_ERROR_CHARS], char error[APP_ERROR_CHARS])
{
    const app_schema_t *schema = settings->schema;
    warning[0] = '\0';
    for (; *environment; environment++) {
        const char *equals = strchr(*environment, '=');
        char variable[APP_NAME_CHARS] = "";
        char name[APP_NAME_CHARS] = "";
        int row = 0;
        if (!equals || equals[1] == '\0' || strncmp(*environment, "GPH_", 4) != 0)
            continue; /* an empty variable is as good as none */
        snprintf(variable, sizeof variable, "%.*s", (int)(equals - *environment), *environment);
        while (row < schema->count &&
               strcmp(variable, app_variable_name(schema->setting[row], name)) != 0)
            row++;
        if (row == schema->count) {
            warn_misspelled(schema, variable, warning);
            continue;
        }
        const gph_status_t status = app_settings_assign(settings, schema->setting[row], equals + 1,
                                                        APP_ENVIRONMENT, variable, error);
        if (status != GPH_OK)
            return status;
    }
    return GPH_OK;
}
