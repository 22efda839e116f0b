/* Settings: names, precedence of sources, messages for what is unknown or wrong. */
#include "commands.h"
#include "gph_test.h"

#include <string.h>

static app_schema_t schema;
static app_settings_t settings; /* too large for every stack */
static char error[APP_ERROR_CHARS];

static void start(void)
{
    schema = app_schema();
    error[0] = '\0';
    CU_ASSERT_EQUAL(app_settings_init(&settings, &schema, error), GPH_OK);
}

static const app_setting_t *find(const char *key)
{
    const app_setting_t *setting = app_schema_find(&schema, key, "here", error);
    GPH_EXPECT(setting != NULL, "%s", error);
    return setting;
}

static void test_names(void)
{
    char name[APP_NAME_CHARS] = "";
    start();
    CU_ASSERT_STRING_EQUAL(app_option_name(find("clique.max_k"), name), "--max-k");
    CU_ASSERT_STRING_EQUAL(app_option_name(find("clique.k"), name), "-k");
    CU_ASSERT_STRING_EQUAL(app_option_name(&app_max_memory, name), "--max-memory");
    CU_ASSERT_STRING_EQUAL(app_variable_name(find("clique.max_k"), name), "GPH_CLIQUE_MAX_K");
    CU_ASSERT_STRING_EQUAL(app_variable_name(&app_threads, name), "GPH_THREADS");
}

static void test_precedence(void)
{
    static const app_source_t order[4][4] = {
        {APP_COMMAND_LINE, APP_ENVIRONMENT, APP_CONFIG_FILE, APP_DEFAULT},
        {APP_DEFAULT, APP_CONFIG_FILE, APP_ENVIRONMENT, APP_COMMAND_LINE},
        {APP_ENVIRONMENT, APP_COMMAND_LINE, APP_DEFAULT, APP_CONFIG_FILE},
        {APP_CONFIG_FILE, APP_DEFAULT, APP_COMMAND_LINE, APP_ENVIRONMENT},
    };
    static const char *const text[] = {"", "11", "12", "13", "14"}; /* by source */
    for (int i = 0; i < 4; i++) {
        app_source_t highest = APP_UNSET;
        start();
        for (int j = 0; j < 4; j++) {
            const app_source_t source = order[i][j];
            highest = source > highest ? source : highest;
            CU_ASSERT_EQUAL(
                app_settings_assign(&settings, &app_threads, text[source], source, "here", error),
                GPH_OK);
            CU_ASSERT_EQUAL(app_settings_integer(&settings, &app_threads), 10 + (int)highest);
        }
    }
}

static void test_last_of_a_source_wins(void)
{
    start();
    CU_ASSERT_EQUAL(app_settings_set(&settings, "threads=2", error), GPH_OK);
    CU_ASSERT_EQUAL(app_settings_set(&settings, "threads=3", error), GPH_OK);
    CU_ASSERT_EQUAL(app_settings_integer(&settings, &app_threads), 3);
}

static void test_bad_value_leaves_the_old_one(void)
{
    start();
    CU_ASSERT_EQUAL(app_settings_set(&settings, "threads=2", error), GPH_OK);
    CU_ASSERT_EQUAL(app_settings_set(&settings, "threads=5000", error), GPH_ERR_USAGE);
    CU_ASSERT_STRING_EQUAL(error, "--set threads: '5000' is not a whole number from 0 to 4096");
    CU_ASSERT_EQUAL(app_settings_integer(&settings, &app_threads), 2);
    CU_ASSERT_STRING_EQUAL(app_settings_text(&settings, &app_threads), "2");
}

static void test_unset(void)
{
    start();
    CU_ASSERT_PTR_NULL(app_settings_text(&settings, &app_json));
    CU_ASSERT_EQUAL(app_settings_set(&settings, "json=", error), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(app_settings_set(&settings, "json=a=b", error), GPH_OK);
    CU_ASSERT_STRING_EQUAL(app_settings_text(&settings, &app_json), "a=b");
}

static void test_long_values(void)
{
    static char text[APP_TEXT_CHARS + 8];
    start();
    memset(text, 'x', sizeof text - 1);
    CU_ASSERT_EQUAL(
        app_settings_assign(&settings, &app_json, text, APP_COMMAND_LINE, "--json", error),
        GPH_ERR_USAGE);
    text[APP_TEXT_CHARS - 1] = '\0';
    CU_ASSERT_EQUAL(
        app_settings_assign(&settings, &app_json, text, APP_COMMAND_LINE, "--json", error), GPH_OK);
    CU_ASSERT_EQUAL(strlen(app_settings_text(&settings, &app_json)), APP_TEXT_CHARS - 1);
}

static void test_unknown_keys(void)
{
    start();
    CU_ASSERT_EQUAL(app_settings_set(&settings, "thread=2", error), GPH_ERR_USAGE);
    CU_ASSERT_STRING_EQUAL(error, "--set: unknown setting 'thread'; did you mean 'threads'?");
    CU_ASSERT_EQUAL(app_settings_set(&settings, "clique.mak_x=2", error), GPH_ERR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "did you mean 'clique.max_k'?"));
    CU_ASSERT_EQUAL(app_settings_set(&settings, "nothing_like_it=2", error), GPH_ERR_USAGE);
    CU_ASSERT_STRING_EQUAL(error, "--set: unknown setting 'nothing_like_it'");
    CU_ASSERT_EQUAL(app_settings_set(&settings, "config=x", error), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(app_settings_set(&settings, "threads", error), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(app_settings_set(&settings, "=3", error), GPH_ERR_USAGE);
}

static void test_environment(void)
{
    char *const good[] = {"PATH=/bin", "GPH_THREADS=3", "GPH_CLIQUE_MAX_K=9",
                          "GPH_SEED=", "GPH_JSON",      "GPH_OTHER_PROGRAM=1",
                          NULL};
    char *const misspelled[] = {"GPH_THREDS=3", NULL};
    char *const bad[] = {"GPH_THREADS=x", NULL};
    char warning[APP_ERROR_CHARS] = "";
    start();
    CU_ASSERT_EQUAL(app_settings_environment(&settings, good, warning, error), GPH_OK);
    CU_ASSERT_EQUAL(app_settings_integer(&settings, &app_threads), 3);
    CU_ASSERT_EQUAL(app_settings_integer(&settings, find("clique.max_k")), 9);
    CU_ASSERT_EQUAL(app_settings_integer(&settings, &app_seed), 1);
    CU_ASSERT_PTR_NULL(app_settings_text(&settings, &app_json));
    CU_ASSERT_STRING_EQUAL(warning, "");
    CU_ASSERT_EQUAL(app_settings_environment(&settings, misspelled, warning, error), GPH_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(warning, "did you mean GPH_THREADS?"));
    CU_ASSERT_EQUAL(app_settings_environment(&settings, bad, warning, error), GPH_ERR_USAGE);
    CU_ASSERT_STRING_EQUAL(error, "GPH_THREADS: 'x' is not a whole number from 0 to 4096");
}

static void test_closest(void)
{
    const char *const names[] = {"threads", "seed", "from", "format"};
    CU_ASSERT_STRING_EQUAL(app_closest("thraeds", 4, names), "threads"); /* a swap */
    CU_ASSERT_STRING_EQUAL(app_closest("sed", 4, names), "seed");
    CU_ASSERT_STRING_EQUAL(app_closest("frm", 4, names), "from");
    CU_ASSERT_STRING_EQUAL(app_closest("from", 4, names), "from");
    CU_ASSERT_PTR_NULL(app_closest("se", 4, names));
    CU_ASSERT_PTR_NULL(app_closest("", 4, names));
    CU_ASSERT_PTR_NULL(app_closest("threads", 0, names));
}

GPH_TEST_SUITE(settings, {"names come from keys", test_names},
               {"sources overrule each other in one order, whatever came first", test_precedence},
               {"the last of a source wins", test_last_of_a_source_wins},
               {"a bad value leaves the old one", test_bad_value_leaves_the_old_one},
               {"unset settings have no text", test_unset},
               {"values are at most so long", test_long_values},
               {"unknown keys are refused with a suggestion", test_unknown_keys},
               {"environment variables", test_environment}, {"closest name", test_closest});
