/* The command line: what is understood, and what each mistake is told. */
#include "arguments.h"
#include "gph_test.h"

#include <stdio.h>
#include <string.h>

static app_schema_t schema;
static app_request_t request; /* too large for every stack */
static char *const no_environment[] = {NULL};

/* Parses words, NULL last, without environment. */
static gph_status_t parse(char *const *words)
{
    int count = 0;
    while (words[count])
        count++;
    schema = app_schema();
    app_arguments_parse(count, words, no_environment, &schema, &request);
    return request.status;
}

#define PARSE(...) parse((char *const[]){"gph", __VA_ARGS__, NULL})

static void expect_refused(gph_status_t status, const char *message)
{
    GPH_EXPECT(status == GPH_ERR_USAGE && strstr(request.error, message), "status %d: '%s'",
               (int)status, request.error);
}

static int64_t number(const char *key)
{
    char error[APP_ERROR_CHARS] = "";
    const app_setting_t *setting = app_schema_find(&schema, key, "here", error);
    return setting ? app_settings_integer(&request.settings, setting) : -1;
}

static void test_actions(void)
{
    CU_ASSERT(PARSE("--help") == GPH_OK && request.action == APP_HELP);
    CU_ASSERT(PARSE("-h") == GPH_OK && request.action == APP_HELP);
    CU_ASSERT(PARSE("--version") == GPH_OK && request.action == APP_VERSION);
    CU_ASSERT(PARSE("info", "--help") == GPH_OK && request.action == APP_COMMAND_HELP);
    CU_ASSERT(PARSE("info", "g", "--threads", "2", "-h") == GPH_OK &&
              request.action == APP_COMMAND_HELP);
    CU_ASSERT_STRING_EQUAL(app_commands[request.command]->name, "info");
    CU_ASSERT(PARSE("convert", "a", "b") == GPH_OK && request.action == APP_RUN);
    CU_ASSERT_STRING_EQUAL(request.argument[0], "a");
    CU_ASSERT_STRING_EQUAL(request.argument[1], "b");
}

static void test_forms_of_options(void)
{
    CU_ASSERT_EQUAL(PARSE("cliques", "-k", "4", "g", "--threads=3", "--seed", "9"), GPH_OK);
    CU_ASSERT(number("clique.k") == 4 && number("threads") == 3 && number("seed") == 9);
    CU_ASSERT_EQUAL(PARSE("cliques", "-k5", "g", "--report", "--quiet=no"), GPH_OK);
    CU_ASSERT(number("clique.k") == 5 && number("report") == 1 && number("quiet") == 0);
    CU_ASSERT_EQUAL(PARSE("cliques", "-k=6", "--set", "threads=2", "--set=seed=3", "g"), GPH_OK);
    CU_ASSERT(number("clique.k") == 6 && number("threads") == 2 && number("seed") == 3);
    CU_ASSERT_EQUAL(PARSE("cliques", "--max-k", "8", "-k", "-2", "g", "--json", "-"), GPH_OK);
    CU_ASSERT(number("clique.max_k") == 8 && number("clique.k") == -2);
    CU_ASSERT_STRING_EQUAL(app_settings_text(&request.settings, &app_json), "-");
    CU_ASSERT_EQUAL(PARSE("info", "--", "--odd-name"), GPH_OK);
    CU_ASSERT_STRING_EQUAL(request.argument[0], "--odd-name");
    CU_ASSERT_EQUAL(PARSE("info", "g", "--threads", "2", "--threads", "3"), GPH_OK);
    CU_ASSERT_EQUAL(number("threads"), 3);
}

static void test_mistakes(void)
{
    char *const nothing[] = {"gph", NULL};
    expect_refused(parse(nothing), "no command given");
    expect_refused(PARSE(""), "no command given");
    expect_refused(PARSE("--threads", "2", "info"), "the command comes first");
    expect_refused(PARSE("clique"), "unknown command 'clique'; did you mean 'cliques'?");
    expect_refused(PARSE("xyzzy"), "unknown command 'xyzzy'");
    expect_refused(PARSE("info", "g", "--thread", "2"),
                   "gph info has no option '--thread'; did you mean '--threads'?");
    expect_refused(PARSE("info", "g", "-k", "2"), "gph info has no option '-k'");
    expect_refused(PARSE("info", "g", "-x"), "no option '-x'");
    expect_refused(PARSE("info", "g", "--threads"), "option --threads needs a value: --threads N");
    expect_refused(PARSE("info", "g", "--json", "--report"), "option --json needs a value");
    expect_refused(PARSE("info", "g", "--threads=x"), "--threads: 'x' is not");
    expect_refused(PARSE("info", "g", "--report=perhaps"), "--report: 'perhaps' is not");
    expect_refused(PARSE("info", "g", "--max-memory", "lots"), "not a size such as");
    expect_refused(PARSE("info", "g", "--progress", "sometimes"), "not one of auto|always|never");
    expect_refused(PARSE("info"), "gph info needs GRAPH");
    expect_refused(PARSE("convert", "a"), "gph convert needs IN OUT");
    expect_refused(PARSE("info", "a", "b"), "unexpected argument 'b': gph info takes GRAPH");
    expect_refused(PARSE("info", ""), "an argument must have");
    expect_refused(PARSE("cliques", "g"), "gph cliques needs -k K");
    expect_refused(PARSE("info", "g", "--config", "/nonexistent"), "/nonexistent: No such file");
}

static void test_long_words(void)
{
    static char word[2 * APP_TEXT_CHARS];
    memset(word, 'x', sizeof word - 1);
    expect_refused(PARSE("info", word), "an argument must have 1 to 4095 bytes");
    expect_refused(PARSE(word), "unknown command");
    word[0] = word[1] = '-';
    expect_refused(PARSE("info", "g", word), "has no option '--xxx");
    word[9] = '=';
    expect_refused(PARSE("info", "g", word), "has no option '--xxxxxxx'");
    snprintf(word, sizeof word, "--set=%0*d=1", 500, 7);
    expect_refused(PARSE("info", "g", word), "unknown setting '000");
    snprintf(word, sizeof word, "--json=%0*d", APP_TEXT_CHARS, 7);
    expect_refused(PARSE("info", "g", word), "--json: a value may have at most 4095 bytes");
}

static void test_quiet(void)
{
    CU_ASSERT_EQUAL(PARSE("info", "g", "--quiet", "--progress", "always"), GPH_OK);
    CU_ASSERT_EQUAL(number("log_level"), GPH_LOG_QUIET);
    CU_ASSERT_EQUAL(number("progress"), GPH_PROGRESS_NEVER);
}

static void test_environment_and_required(void)
{
    char *const words[] = {"gph", "cliques", "g", NULL};
    char *const environment[] = {"GPH_CLIQUE_K=7", "GPH_THREADS=2", NULL};
    char *const bad[] = {"GPH_CONFIG=/nonexistent", NULL};
    schema = app_schema();
    app_arguments_parse(3, words, environment, &schema, &request);
    CU_ASSERT(request.status == GPH_OK && number("clique.k") == 7 && number("threads") == 2);
    app_arguments_parse(3, words, bad, &schema, &request);
    expect_refused(request.status, "/nonexistent");
}

GPH_TEST_SUITE(arguments, {"help, version, run", test_actions},
               {"options in every form", test_forms_of_options},
               {"each mistake is told", test_mistakes}, {"words of any length", test_long_words},
               {"--quiet stands for two settings", test_quiet},
               {"a required setting may come from anywhere", test_environment_and_required});
