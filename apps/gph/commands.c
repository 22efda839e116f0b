/* The table of subcommands. */
#include "commands.h"

#include <string.h>

const app_command_t *const app_commands[] = {
    &app_info,  &app_convert,    &app_generate, &app_partition, &app_cliques,
    &app_ged,   &app_algorithms, &app_eval,     &app_verify,    &app_doctor,
    &app_train, &app_predict,    &app_bench,    NULL,
};

int app_command_count(void)
{
    return (int)(sizeof app_commands / sizeof *app_commands) - 1;
}

int app_command_find(const char *name)
{
    for (int i = 0; app_commands[i]; i++)
        if (strcmp(app_commands[i]->name, name) == 0)
            return i;
    return -1;
}

app_schema_t app_schema(void)
{
    app_schema_t schema = {.count = 0};
    app_schema_add(&schema, app_common);
    for (int i = 0; app_commands[i]; i++)
        app_schema_add(&schema, app_commands[i]->settings);
    return schema;
}

/* Row of a list by its option name, or NULL. */
static const app_setting_t *find_option(const app_setting_t *const *settings, const char *name)
{
    char option[APP_NAME_CHARS] = "";
    for (; *settings; settings++)
        if (strcmp(app_option_name(*settings, option), name) == 0)
            return *settings;
    return NULL;
}

const app_setting_t *app_option_find(const app_command_t *command, const char *name)
{
    const app_setting_t *found = command ? find_option(command->settings, name) : NULL;
    return found ? found : find_option(app_common, name);
}
