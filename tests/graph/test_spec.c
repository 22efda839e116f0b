/* Specifications: parsing, escapes, typed access and what is refused. */
#include "gph_test.h"
#include "graph/spec.h"

#include <locale.h>
#include <string.h>

static void test_looks_like(void)
{
    CU_ASSERT_TRUE(gph_spec_looks_like("er:n=1"));
    CU_ASSERT_TRUE(gph_spec_looks_like("text:"));
    CU_ASSERT_FALSE(gph_spec_looks_like(""));
    CU_ASSERT_FALSE(gph_spec_looks_like(":n=1"));
    CU_ASSERT_FALSE(gph_spec_looks_like("graph.txt"));
    CU_ASSERT_FALSE(gph_spec_looks_like("Er:n=1"));
    CU_ASSERT_FALSE(gph_spec_looks_like("a/b:c"));
    CU_ASSERT_FALSE(gph_spec_looks_like(NULL));
}

static void test_parts(void)
{
    gph_env_t *env = gph_test_context()->env;
    gph_spec_t spec = {0};
    int64_t n = 0;
    double a = 0;
    const char *text = NULL;
    CU_ASSERT_EQUAL(gph_spec_parse(env, "rmat:scale=-7,a=.25,who=x y", &spec), GPH_OK);
    CU_ASSERT_STRING_EQUAL(spec.name, "rmat");
    CU_ASSERT_STRING_EQUAL(spec.text, "rmat:scale=-7,a=.25,who=x y");
    CU_ASSERT_EQUAL(spec.keys, 3);
    CU_ASSERT_EQUAL(gph_spec_get_i64(env, &spec, "scale", -9, 9, -10, &n), GPH_OK);
    CU_ASSERT_EQUAL(n, -7);
    CU_ASSERT_EQUAL(gph_spec_get_f64(env, &spec, "a", 0, 1, -1, &a), GPH_OK);
    CU_ASSERT_EQUAL(a, 0.25);
    CU_ASSERT_EQUAL(gph_spec_finish(env, &spec, "scale, a"), GPH_ERR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_env_error(env), "unknown key who; rmat knows scale, a"));
    CU_ASSERT_EQUAL(gph_spec_get_text(env, &spec, "who", NULL, &text), GPH_OK);
    CU_ASSERT_STRING_EQUAL(text, "x y");
    CU_ASSERT_EQUAL(gph_spec_finish(env, &spec, "scale, a, who"), GPH_OK);
}

static void test_fallbacks(void)
{
    gph_env_t *env = gph_test_context()->env;
    gph_spec_t spec = {0};
    int64_t n = 5;
    double a = 5;
    const char *text = "unchanged";
    CU_ASSERT_EQUAL(gph_spec_parse(env, "er:", &spec), GPH_OK);
    CU_ASSERT_EQUAL(spec.keys, 0);
    CU_ASSERT_EQUAL(gph_spec_get_i64(env, &spec, "n", 0, 9, -1, &n), GPH_ERR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_env_error(env), "er:: key n is missing"));
    CU_ASSERT_EQUAL(gph_spec_get_f64(env, &spec, "a", 0, 9, -1, &a), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_spec_get_text(env, &spec, "path", NULL, &text), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(n, 5);
    CU_ASSERT_EQUAL(a, 5);
    CU_ASSERT_STRING_EQUAL(text, "unchanged");
    CU_ASSERT_EQUAL(gph_spec_get_i64(env, &spec, "n", 0, 9, 3, &n), GPH_OK);
    CU_ASSERT_EQUAL(gph_spec_get_f64(env, &spec, "a", 0, 9, 0.5, &a), GPH_OK);
    CU_ASSERT_EQUAL(gph_spec_get_text(env, &spec, "path", "", &text), GPH_OK);
    CU_ASSERT_EQUAL(n, 3);
    CU_ASSERT_EQUAL(a, 0.5);
    CU_ASSERT_STRING_EQUAL(text, "");
}

/* The value of "path" in a specification. */
static bool path_is(const char *text, const char *wanted)
{
    gph_env_t *env = gph_test_context()->env;
    gph_spec_t spec = {0};
    const char *path = "";
    return gph_spec_parse(env, text, &spec) == GPH_OK &&
           gph_spec_get_text(env, &spec, "path", NULL, &path) == GPH_OK &&
           strcmp(path, wanted) == 0;
}

static void test_paths(void)
{
    CU_ASSERT_TRUE(path_is("text:README.md", "README.md"));
    CU_ASSERT_TRUE(path_is("text:path=README.md", "README.md"));
    CU_ASSERT_TRUE(path_is("text:window=3,a:b.txt", "a:b.txt"));
    CU_ASSERT_TRUE(path_is("text:a\\,b.txt,window=3", "a,b.txt"));
    CU_ASSERT_TRUE(path_is("text:a\\=b.txt", "a=b.txt"));
    CU_ASSERT_TRUE(path_is("text:path=a=b.txt", "a=b.txt"));
    CU_ASSERT_TRUE(path_is("text:a\\\\,window=3", "a\\"));
    CU_ASSERT_TRUE(path_is("text:a\\b\\", "a\\b\\"));
    CU_ASSERT_TRUE(path_is("text:\xc3\xa9", "\xc3\xa9"));
    CU_ASSERT_FALSE(path_is("text:a,path=b", "a"));
}

static void test_malformed(void)
{
    static const char *const bad[] = {
        "",
        "no-colon",
        "ER:n=1",
        "er:n=1,,m=2",
        "er:n=1,",
        "er:,",
        "er:=1",
        "er:n=",
        "er:n=1,n=2",
        "text:a.txt,b.txt",
        "text:path=,",
        "er:a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9,j=10,k=11,l=12,m=13,n=14,o=15,p=16,q=17"};
    gph_env_t *env = gph_test_context()->env;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gph_spec_t spec = {.keys = 99};
        GPH_EXPECT(gph_spec_parse(env, bad[i], &spec) == GPH_ERR_USAGE, "'%s' passes", bad[i]);
        CU_ASSERT_EQUAL(spec.keys, 99);
    }
    gph_spec_t spec = {0};
    CU_ASSERT_EQUAL(gph_spec_parse(env, NULL, &spec), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(
        gph_spec_parse(env,
                       "er:a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9,j=10,k=11,l=12,m=13,n=14,o=15,p=16",
                       &spec),
        GPH_OK);
}

static void test_longest(void)
{
    gph_env_t *env = gph_test_context()->env;
    static char text[GPH_SPEC_CHARS + 1];
    gph_spec_t spec = {0};
    memset(text, 'x', GPH_SPEC_CHARS);
    memcpy(text, "text:", 5);
    CU_ASSERT_EQUAL(gph_spec_parse(env, text, &spec), GPH_ERR_USAGE);
    text[GPH_SPEC_CHARS - 1] = '\0';
    CU_ASSERT_EQUAL(gph_spec_parse(env, text, &spec), GPH_OK);
    CU_ASSERT_EQUAL(strlen(spec.value[0]), GPH_SPEC_CHARS - 6);
}

static void test_bad_numbers(void)
{
    static const char *const bad[] = {"er:n=x",   "er:n=1x",  "er:n=+1",
                                      "er:n= 1",  "er:n=-1",  "er:n=11",
                                      "er:n=1e1", "er:n=0x1", "er:n=99999999999999999999",
                                      "er:n=nan", "er:n=inf", "er:n=-"};
    gph_env_t *env = gph_test_context()->env;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gph_spec_t spec = {0};
        int64_t n = 77;
        double x = 77;
        CU_ASSERT_EQUAL(gph_spec_parse(env, bad[i], &spec), GPH_OK);
        GPH_EXPECT(gph_spec_get_i64(env, &spec, "n", 0, 10, -1, &n) == GPH_ERR_USAGE && n == 77,
                   "'%s' passes as an integer", bad[i]);
        const bool number = strcmp(bad[i], "er:n=1e1") == 0 || strcmp(bad[i], "er:n=0x1") == 0;
        GPH_EXPECT((gph_spec_get_f64(env, &spec, "n", 0, 10, -1, &x) == GPH_OK) == number,
                   "'%s' as a number", bad[i]);
    }
    gph_spec_t spec = {0};
    int64_t n = 77;
    CU_ASSERT_EQUAL(gph_spec_parse(env, "er:n=9223372036854775808,m=9223372036854775807", &spec),
                    GPH_OK);
    CU_ASSERT_EQUAL(gph_spec_get_i64(env, &spec, "n", 0, INT64_MAX, -1, &n), GPH_ERR_USAGE);
    CU_ASSERT_EQUAL(gph_spec_get_i64(env, &spec, "m", 0, INT64_MAX, -1, &n), GPH_OK);
    CU_ASSERT_EQUAL(n, INT64_MAX);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(gph_env_error(env), "er:n=x: n must be an integer from 0 to 10, not 'x'"));
}

static void test_locale(void)
{
    gph_env_t *env = gph_test_context()->env;
    gph_spec_t spec = {0};
    double a = 0;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL)
        gph_test_skip("numbers under a locale with decimal commas: de_DE.UTF-8 is absent");
    CU_ASSERT_EQUAL(gph_spec_parse(env, "rmat:a=0.57", &spec), GPH_OK);
    CU_ASSERT_EQUAL(gph_spec_get_f64(env, &spec, "a", 0, 1, -1, &a), GPH_OK);
    CU_ASSERT_EQUAL(a, 0.57);
    setlocale(LC_NUMERIC, "C");
}

GPH_TEST_SUITE(spec, {"is told from a path by its name and colon", test_looks_like},
               {"gives its values by key, once each", test_parts},
               {"falls back or says what is missing", test_fallbacks},
               {"holds any path", test_paths}, {"refuses what is malformed", test_malformed},
               {"may fill its room and no more", test_longest},
               {"refuses numbers that are none", test_bad_numbers},
               {"reads numbers alike in any locale", test_locale});
