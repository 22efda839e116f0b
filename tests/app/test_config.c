/* Config files: what is taken, and that each refusal names file and line. */
#include "commands.h"
#include "gph_test.h"

#include <stdio.h>
#include <string.h>

static app_schema_t schema;
static app_settings_t settings; /* too large for every stack */
static char error[APP_ERROR_CHARS];

/* Writes text[size] to a file of this rank and reads it as settings. */
static gph_status_t read_bytes(const char *text, size_t size)
{
    char name[32] = "";
    gph_status_t status = GPH_ERR_INTERNAL;
    snprintf(name, sizeof name, "config.%d", gph_test_rank());
    FILE *file = fopen(gph_test_tmp(name), "wb");
    schema = app_schema();
    error[0] = '\0';
    if (!file || app_settings_init(&settings, &schema, error) != GPH_OK)
        return status;
    if (fwrite(text, 1, size, file) == size && fclose(file) == 0)
        status = app_settings_read(&settings, gph_test_tmp(name), error);
    return status;
}

static void expect_refused(const char *text, int line, const char *message)
{
    char place[32] = "";
    const gph_status_t status = read_bytes(text, strlen(text));
    snprintf(place, sizeof place, "config.%d:%d: ", gph_test_rank(), line);
    GPH_EXPECT(status == GPH_ERR_USAGE && strstr(error, place) && strstr(error, message),
               "'%s' gives %d: %s", text, (int)status, error);
}

static int64_t number(const char *key)
{
    const app_setting_t *setting = app_schema_find(&schema, key, "here", error);
    return setting ? app_settings_integer(&settings, setting) : -1;
}

static void expect_taken(const char *text)
{
    const gph_status_t status = read_bytes(text, strlen(text));
    GPH_EXPECT(status == GPH_OK, "'%s' gives %d: %s", text, (int)status, error);
}

static void test_values(void)
{
    expect_taken("# a comment\nthreads: 3\nmax_memory: 1.5 GiB # another\nreport: yes\n"
                 "log_level: \"debug\"\nclique.max_k: 9\n");
    CU_ASSERT_EQUAL(number("threads"), 3);
    CU_ASSERT_EQUAL(number("max_memory"), INT64_C(3) << 29);
    CU_ASSERT_EQUAL(number("report"), 1);
    CU_ASSERT_EQUAL(number("log_level"), GPH_LOG_DEBUG);
    CU_ASSERT_EQUAL(number("clique.max_k"), 9);
    CU_ASSERT_EQUAL(number("seed"), 1);
}

static void test_nesting(void)
{
    expect_taken("clique:\n  max_k: 9\n  k: 4\nthreads: 2\n");
    CU_ASSERT_EQUAL(number("clique.max_k"), 9);
    CU_ASSERT_EQUAL(number("clique.k"), 4);
    CU_ASSERT_EQUAL(number("threads"), 2);
    expect_taken("{clique: {k: 5}, threads: 7}\n");
    CU_ASSERT_EQUAL(number("clique.k"), 5);
    CU_ASSERT_EQUAL(number("threads"), 7);
}

static void test_empty(void)
{
    expect_taken("");
    expect_taken("# nothing\n\n");
    expect_taken("---\n...\n");
    expect_taken("{}\n");
}

static void test_refusals(void)
{
    expect_refused("seed: 1\nthreds: 2\n", 2, "unknown setting 'threds'; did you mean 'threads'?");
    expect_refused("clique:\n  max: 2\n", 2, "unknown setting 'clique.max'");
    expect_refused("\n\nthreads: many\n", 3, "threads: 'many' is not a whole number");
    expect_refused("threads:\nseed: 1\n", 1, "threads: '' is not");
    expect_refused("threads: 1\nseed: 2\nthreads: 3\n", 3, "threads was already set on line 1");
    expect_refused("threads: [1, 2]\n", 1, "threads must be a single value");
    expect_refused("threads: *alias\n", 1, "");
    expect_refused("[a, b]\n", 1, "KEY: VALUE");
    expect_refused("threads\n", 1, "KEY: VALUE");
    expect_refused("? [a]\n: 1\n", 1, "a key must be");
    expect_refused("threads: 1\n---\nseed: 2\n", 2, "second document");
    expect_refused("report: \"yes\nseed: 2\n", 3, "unexpected end of stream");
    expect_refused("config: other.yaml\n", 1, "--config");
    expect_refused("a: {b: {c: {d: {e: {f: {g: {h: {i: {j: 1}}}}}}}}}\n", 1, "single value");
    expect_refused("threads: \"1\\0\"\n", 1, "zero byte");
}

static void test_long_keys(void)
{
    char text[512] = "";
    memset(text, 'k', 400);
    memcpy(text + 400, ": 1\n", 5);
    expect_refused(text, 1, "unknown setting 'kkk");
}

static void test_not_text(void)
{
    CU_ASSERT_EQUAL(read_bytes("threads: \xff\xfe\n", 12), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(read_bytes("threads: 1\0\n", 12), GPH_ERR_USAGE);
}

static void test_unreadable(void)
{
    schema = app_schema();
    CU_ASSERT_EQUAL(app_settings_init(&settings, &schema, error), GPH_OK);
    CU_ASSERT_EQUAL(app_settings_read(&settings, gph_test_tmp("absent"), error), GPH_ERR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "No such file"));
    CU_ASSERT_EQUAL(app_settings_read(&settings, gph_test_tmpdir(), error), GPH_ERR_USAGE);
}

/* The file that comes with the project shows all settings that have defaults, at their defaults. */
static void test_shipped_file(void)
{
    schema = app_schema();
    CU_ASSERT_EQUAL(app_settings_init(&settings, &schema, error), GPH_OK);
    GPH_EXPECT(app_settings_read(&settings, gph_test_source("configs/defaults.yaml"), error) ==
                   GPH_OK,
               "%s", error);
    for (int i = 0; i < schema.count; i++) {
        const app_setting_t *setting = schema.setting[i];
        GPH_EXPECT(!setting->fallback || (settings.value[i].source == APP_CONFIG_FILE &&
                                          strcmp(settings.value[i].text, setting->fallback) == 0),
                   "%s is '%s', its default '%s'", setting->key, settings.value[i].text,
                   setting->fallback);
    }
}

GPH_TEST_SUITE(config, {"values and comments", test_values},
               {"nested keys are joined by dots", test_nesting},
               {"a file without settings", test_empty},
               {"whatever is wrong is named with its line", test_refusals},
               {"keys of any length", test_long_keys}, {"bytes that are no text", test_not_text},
               {"missing files and folders", test_unreadable},
               {"configs/defaults.yaml holds the defaults", test_shipped_file});
