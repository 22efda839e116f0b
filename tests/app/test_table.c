/* The tables of commands and settings: no name twice, and help holds all of it. */
#include "gph_test.h"
#include "help.h"
#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_names_are_unique(void)
{
    const app_schema_t schema = app_schema();
    for (int i = 0; i < schema.count; i++) {
        char mine[APP_NAME_CHARS] = "";
        app_variable_name(schema.setting[i], mine);
        for (int j = 0; j < i; j++) {
            char other[APP_NAME_CHARS] = "";
            GPH_EXPECT(strcmp(mine, app_variable_name(schema.setting[j], other)) != 0,
                       "%s is there twice", mine);
        }
    }
    for (int i = 0; app_commands[i]; i++)
        CU_ASSERT_EQUAL(app_command_find(app_commands[i]->name), i);
    CU_ASSERT_EQUAL(app_command_find("nothing"), -1);
}

/* Each setting of a command is found by its own option, so no two share one. */
static void test_options_are_unique(void)
{
    for (int c = 0; app_commands[c]; c++) {
        const app_setting_t *const *lists[] = {app_common, app_commands[c]->settings};
        for (int list = 0; list < 2; list++)
            for (int i = 0; lists[list][i]; i++) {
                char option[APP_NAME_CHARS] = "";
                app_option_name(lists[list][i], option);
                GPH_EXPECT(app_option_find(app_commands[c], option) == lists[list][i],
                           "%s of %s is not the only one", option, app_commands[c]->name);
            }
    }
}

static void test_rows_are_complete(void)
{
    const app_schema_t schema = app_schema();
    static app_settings_t settings;
    char error[APP_ERROR_CHARS] = "";
    GPH_EXPECT(app_settings_init(&settings, &schema, error) == GPH_OK, "a bad default: %s", error);
    for (int i = 0; i < schema.count; i++) {
        const app_setting_t *setting = schema.setting[i];
        GPH_EXPECT(setting->help && (setting->type == APP_FLAG) == (setting->value == NULL) &&
                       (setting->type == APP_CHOICE) == (setting->choices != NULL),
                   "row of %s", setting->key);
    }
    for (int i = 0; app_commands[i]; i++)
        CU_ASSERT(app_commands[i]->run && app_commands[i]->settings && app_commands[i]->summary);
}

/* Choices are handed to the library by their index. */
static void test_formats_match_the_library(void)
{
    char choices[64] = "";
    int64_t index = 0;
    /* What can be read can be written, and comes first. */
    CU_ASSERT_EQUAL(strncmp(app_from.choices, app_format.choices, strlen(app_from.choices)), 0);
    snprintf(choices, sizeof choices, "%s", app_format.choices);
    for (char *name = strtok(choices, "|"); name; name = strtok(NULL, "|"), index++) {
        gph_format_t format = GPH_FORMAT_AUTO;
        CU_ASSERT(gph_format_parse(name, &format));
        CU_ASSERT_EQUAL((int64_t)format, index);
    }
    CU_ASSERT_EQUAL(index, GPH_FORMAT_TEXT + 1);
}

/* What a help function prints, in a static buffer. */
static const char *printed(const app_command_t *command)
{
    static char text[16384];
    FILE *file = tmpfile();
    if (!file)
        return "";
    if (command)
        app_help_print_command(file, command);
    else
        app_help_print(file);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    return fclose(file) == 0 ? text : "";
}

static void test_help(void)
{
    const char *text = printed(NULL);
    for (int i = 0; app_commands[i]; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(text, app_commands[i]->name));
    for (int c = 0; app_commands[c]; c++) {
        const app_setting_t *const *lists[] = {app_common, app_commands[c]->settings};
        text = printed(app_commands[c]);
        for (int list = 0; list < 2; list++)
            for (int i = 0; lists[list][i]; i++) {
                char option[APP_NAME_CHARS] = "";
                GPH_EXPECT(strstr(text, app_option_name(lists[list][i], option)),
                           "%s is not in the help of %s", option, app_commands[c]->name);
            }
        for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
            GPH_EXPECT(strcspn(line, "\n") <= 100, "a long line: %.120s", line);
    }
}

static void test_exit_status(void)
{
    for (int status = GPH_OK; status <= GPH_ERR_VERIFY; status++)
        CU_ASSERT_EQUAL(app_exit_status((gph_status_t)status), status);
    CU_ASSERT_EQUAL(app_exit_status(GPH_ERR_SYSTEM), 1);
}

GPH_TEST_SUITE(table, {"no key, variable or command twice", test_names_are_unique},
               {"no option of a command twice", test_options_are_unique},
               {"rows are complete and defaults are valid", test_rows_are_complete},
               {"formats are those of the library", test_formats_match_the_library},
               {"help holds every command and option", test_help},
               {"exit status", test_exit_status});
