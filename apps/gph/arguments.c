/* From the command line to a request: gph COMMAND [options and arguments in any order]. */
#include "arguments.h"

#include <stdio.h>
#include <string.h>

/* Where parsing is. */
typedef struct cursor {
    int argc;
    char *const *argv;
    int next; /* first word not looked at */
    const app_command_t *command;
    app_request_t *request;
} cursor_t;

/* Fails because of an option that the command does not have. */
static gph_status_t unknown_option(const cursor_t *cursor, const char *name)
{
    char names[APP_SETTINGS_MAX][APP_NAME_CHARS];
    const char *pointers[APP_SETTINGS_MAX];
    const app_setting_t *const *lists[] = {app_common, cursor->command->settings};
    char suggestion[APP_SUGGESTION_CHARS] = "";
    int count = 0;
    for (int list = 0; list < 2; list++)
        for (int i = 0; lists[list][i] && count < APP_SETTINGS_MAX; i++, count++)
            pointers[count] = app_option_name(lists[list][i], names[count]);
    return app_error(cursor->request->error, GPH_ERR_USAGE, "gph %s has no option '%.200s'%s",
                     cursor->command->name, name, app_suggest(name, count, pointers, suggestion));
}

/* Splits "--name=value", "-kvalue" or "-k=value" into its name and its value (NULL: none). */
static gph_status_t split_option(const cursor_t *cursor, const char *word,
                                 char name[APP_NAME_CHARS], const char **value)
{
    size_t length = strcspn(word, "=");
    *value = word[length] == '=' ? word + length + 1 : NULL;
    if (word[1] != '-' && length > 2) {
        *value = word + 2;
        length = 2;
    }
    if (length >= APP_NAME_CHARS)
        return unknown_option(cursor, word);
    memcpy(name, word, length);
    name[length] = '\0';
    return GPH_OK;
}

/* Value of an option: behind its equals sign, else the next word. */
static gph_status_t option_value(cursor_t *cursor, const app_setting_t *setting, const char *name,
                                 const char **value)
{
    if (*value)
        return GPH_OK;
    if (setting->type == APP_FLAG) {
        *value = "true";
        return GPH_OK;
    }
    if (cursor->next == cursor->argc || strncmp(cursor->argv[cursor->next], "--", 2) == 0)
        return app_error(cursor->request->error, GPH_ERR_USAGE, "option %s needs a value: %s %s",
                         name, name, setting->value);
    *value = cursor->argv[cursor->next++];
    return GPH_OK;
}

/* Takes in one option with its value. */
static gph_status_t parse_option(cursor_t *cursor, const char *word)
{
    app_request_t *request = cursor->request;
    char name[APP_NAME_CHARS] = "";
    const char *value = NULL;
    gph_status_t status = split_option(cursor, word, name, &value);
    if (status != GPH_OK)
        return status;
    const app_setting_t *setting =
        app_option_find(cursor->command, strcmp(name, "-h") == 0 ? "--help" : name);
    if (!setting)
        return unknown_option(cursor, name);
    if (setting == &app_help) {
        request->action = APP_COMMAND_HELP;
        return GPH_OK;
    }
    status = option_value(cursor, setting, name, &value);
    if (status != GPH_OK)
        return status;
    if (setting == &app_set)
        return app_settings_set(&request->settings, value, request->error);
    return app_settings_assign(&request->settings, setting, value, APP_COMMAND_LINE, name,
                               request->error);
}

/* Number of words in a text with single spaces. */
static int count_words(const char *text)
{
    int words = *text != '\0';
    for (; *text; text++)
        words += *text == ' ';
    return words;
}

/* Number of those words that do not stand in brackets. */
static int count_required(const char *text)
{
    int words = count_words(text);
    for (; *text; text++)
        words -= *text == '[';
    return words;
}

/* Takes in one argument that is no option. */
static gph_status_t parse_argument(const cursor_t *cursor, const char *word)
{
    app_request_t *request = cursor->request;
    const app_command_t *command = cursor->command;
    if (request->arguments == count_words(command->arguments))
        return app_error(request->error, GPH_ERR_USAGE,
                         "unexpected argument '%.200s': gph %s takes %s", word, command->name,
                         command->arguments);
    if (*word == '\0' || strlen(word) >= APP_TEXT_CHARS)
        return app_error(request->error, GPH_ERR_USAGE, "an argument must have 1 to %d bytes",
                         APP_TEXT_CHARS - 1);
    memcpy(request->argument[request->arguments++], word, strlen(word) + 1);
    return GPH_OK;
}

/* Takes in all words behind the command's name. */
static gph_status_t parse_words(cursor_t *cursor)
{
    bool options = true;
    while (cursor->next < cursor->argc) {
        const char *word = cursor->argv[cursor->next++];
        gph_status_t status = GPH_OK;
        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && word[0] == '-' && word[1] != '\0')
            status = parse_option(cursor, word);
        else
            status = parse_argument(cursor, word);
        if (status != GPH_OK || cursor->request->action == APP_COMMAND_HELP)
            return status;
    }
    return GPH_OK;
}

/* The first word: a command, or an option of gph itself. */
static gph_status_t parse_first(cursor_t *cursor)
{
    app_request_t *request = cursor->request;
    const char *word = cursor->argc > 1 ? cursor->argv[1] : "";
    const char *names[APP_SETTINGS_MAX] = {NULL};
    char suggestion[APP_SUGGESTION_CHARS] = "";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        request->action = APP_HELP;
        return GPH_OK;
    }
    if (strcmp(word, "--version") == 0) {
        request->action = APP_VERSION;
        return GPH_OK;
    }
    if (*word == '\0')
        return app_error(request->error, GPH_ERR_USAGE, "no command given");
    if (*word == '-')
        return app_error(request->error, GPH_ERR_USAGE,
                         "'%.200s': the command comes first: gph COMMAND [options]", word);
    request->command = app_command_find(word);
    if (request->command >= 0)
        return GPH_OK;
    for (int i = 0; app_commands[i]; i++)
        names[i] = app_commands[i]->name;
    return app_error(request->error, GPH_ERR_USAGE, "unknown command '%.200s'%s", word,
                     app_suggest(word, app_command_count(), names, suggestion));
}

/* Settings of lower sources than the command line; they do not overrule what is set. */
static gph_status_t read_other_sources(app_request_t *request, const app_command_t *command,
                                       char *const *environment)
{
    gph_status_t status =
        app_settings_environment(&request->settings, environment, request->warning, request->error);
    const char *config = app_settings_text(&request->settings, &app_config);
    if (status == GPH_OK && config)
        status = app_settings_read(&request->settings, config, request->error);
    if (status == GPH_OK && command->config && request->arguments > 0)
        status = app_settings_read(&request->settings, request->argument[0], request->error);
    return status;
}

/* Whether everything that the command needs is there. */
static gph_status_t check_complete(app_request_t *request, const app_command_t *command)
{
    char name[APP_NAME_CHARS] = "";
    if (request->arguments < count_required(command->arguments))
        return app_error(request->error, GPH_ERR_USAGE, "gph %s needs %s", command->name,
                         command->arguments);
    for (int i = 0; command->settings[i]; i++) {
        const app_setting_t *setting = command->settings[i];
        if (setting->required && !app_settings_text(&request->settings, setting))
            return app_error(request->error, GPH_ERR_USAGE, "gph %s needs %s %s", command->name,
                             app_option_name(setting, name), setting->value);
    }
    return GPH_OK;
}

/* --quiet stands for two other settings. */
static void apply_quiet(app_settings_t *settings)
{
    if (!app_settings_integer(settings, &app_quiet))
        return;
    for (int i = 0; i < settings->schema->count; i++) {
        if (settings->schema->setting[i] == &app_log_level)
            settings->value[i].integer = GPH_LOG_QUIET;
        if (settings->schema->setting[i] == &app_progress)
            settings->value[i].integer = GPH_PROGRESS_NEVER;
    }
}

void app_arguments_parse(int argc, char *const *argv, char *const *environment,
                         const app_schema_t *schema, app_request_t *request)
{
    cursor_t cursor = {.argc = argc, .argv = argv, .next = 2, .request = request};
    memset(request, 0, sizeof *request);
    request->command = -1;
    request->status = app_settings_init(&request->settings, schema, request->error);
    if (request->status == GPH_OK)
        request->status = parse_first(&cursor);
    if (request->status != GPH_OK || request->command < 0)
        return;
    cursor.command = app_commands[request->command];
    request->status = parse_words(&cursor);
    if (request->status != GPH_OK || request->action != APP_RUN)
        return;
    request->status = read_other_sources(request, cursor.command, environment);
    if (request->status == GPH_OK)
        request->status = check_complete(request, cursor.command);
    apply_quiet(&request->settings);
}
