/* Tokens: ids, numbers, quoting. */
#include "base/random.h"
#include "io/scan.h"
#include "io_files.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool id_is(const char *text, int64_t wanted)
{
    int64_t value = -1;
    const char *end = gph_scan_id(text, true, &value);
    return end != NULL && value == wanted && gph_at_token_end(end, true);
}

static void test_ids(void)
{
    int64_t value = 77;

    CU_ASSERT(id_is("0\n", 0));
    CU_ASSERT(id_is("17 18\n", 17));
    CU_ASSERT(id_is("17,18\n", 17));
    CU_ASSERT(id_is("17\r\n", 17));
    CU_ASSERT(id_is("0000000000000000000000000000000000042\t\n", 42));
    CU_ASSERT(id_is("9223372036854775807\n", INT64_MAX));
    static const char *const bad[] = {"9223372036854775808\n",
                                      "18446744073709551617\n",
                                      "99999999999999999999999999999999999\n",
                                      "-1\n",
                                      "+1\n",
                                      "1.5\n",
                                      "1e3\n",
                                      "x\n",
                                      "12x\n",
                                      "\n",
                                      ",1\n",
                                      "1\r2\n",
                                      "0x10\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i)
        GPH_EXPECT(gph_scan_id(bad[i], true, &value) == NULL, "taken for an id: %s", bad[i]);
    CU_ASSERT_PTR_NULL(gph_scan_id("17,18\n", false, &value));
}

/* Compares with strtod() in the "C" locale. */
static void expect_number(locale_t numbers, const char *token)
{
    char text[600];
    double value = 0;

    snprintf(text, sizeof text, "%s\n", token);
    const char *end = gph_scan_number(text, false, numbers, &value);
    const double wanted = strtod(token, NULL);
    GPH_EXPECT(end != NULL && *end == '\n' && memcmp(&value, &wanted, sizeof value) == 0,
               "%s is %.17g, not %.17g", token, value, wanted);
}

static void test_numbers(void)
{
    gph_context_t *context = gph_test_context();
    locale_t numbers = (locale_t)0;
    double value = 0;

    if (!GPH_EXPECT_OK(context, gph_numbers_open(context->env, &numbers)))
        return;
    static const char *const good[] = {"0",
                                       "-0",
                                       "1",
                                       "-1.5",
                                       "+2",
                                       ".5",
                                       "5.",
                                       "1e3",
                                       "1E-3",
                                       "1e+22",
                                       "1e23",
                                       "123456789012345678",
                                       "9007199254740993",
                                       "1234567890123456789012",
                                       "0.1",
                                       "3.141592653589793238462643",
                                       "2.2250738585072011e-308",
                                       "4.9e-324",
                                       "1e-400",
                                       "1.7976931348623157e308",
                                       "0.000000000000000000000000000000000001",
                                       "00000000000000000000001.5"};
    for (size_t i = 0; i < sizeof good / sizeof *good; ++i)
        expect_number(numbers, good[i]);
    static const char *const bad[] = {"nan\n",   "inf\n",   "-inf\n", "1e999\n", "1e\n",
                                      "1e+\n",   ".\n",     "-\n",    "+-1\n",   "1,5\n",
                                      "0x1p3\n", "1.5.2\n", "1f\n",   "\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i)
        GPH_EXPECT(gph_scan_number(bad[i], false, numbers, &value) == NULL, "a number: %s", bad[i]);
    for (uint64_t i = 0; i < 2000; ++i) {
        const uint64_t bits = gph_random_u64(1, 2, i);
        char token[64];
        snprintf(token, sizeof token, "%s%llu.%llue%d", bits & 1 ? "-" : "",
                 (unsigned long long)(bits >> (bits % 60)), (unsigned long long)(bits % 100003),
                 (int)(bits >> 8 & 63) - 32);
        expect_number(numbers, token);
    }
    gph_numbers_close(&numbers);
}

static void test_number_format(void)
{
    gph_context_t *context = gph_test_context();
    locale_t numbers = (locale_t)0;
    char text[34];

    if (!GPH_EXPECT_OK(context, gph_numbers_open(context->env, &numbers)))
        return;
    for (uint64_t i = 0; i < 2000; ++i) {
        double value = 0;
        double back = 0;
        const uint64_t bits = gph_random_u64(1, 3, i);
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        const int length = gph_number_format(value, numbers, text);
        text[length] = '\n';
        GPH_EXPECT(gph_scan_number(text, false, numbers, &back) == text + length && back == value,
                   "%.17g comes back as %.17g", value, back);
    }
    CU_ASSERT_EQUAL(gph_number_format(0.1, numbers, text), 3);
    CU_ASSERT_STRING_EQUAL(text, "0.1");
    gph_numbers_close(&numbers);
}

/* A program may have set a locale with a decimal comma; any that the system has will do. */
static void test_locale(void)
{
    static const char *const comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "de_DE.utf8"};
    gph_context_t *context = gph_test_context();
    locale_t numbers = (locale_t)0;
    bool set = false;
    double value = 0;
    char text[34];

    for (size_t i = 0; i < sizeof comma / sizeof *comma && !set; ++i)
        set = setlocale(LC_NUMERIC, comma[i]) != NULL;
    if (!set)
        gph_test_skip("no locale with a decimal comma on this system");
    if (GPH_EXPECT_OK(context, gph_numbers_open(context->env, &numbers))) {
        CU_ASSERT_PTR_NOT_NULL(gph_scan_number("0.12345678901234567890\n", false, numbers, &value));
        CU_ASSERT_DOUBLE_EQUAL(value, 0.12345678901234567890, 0);
        gph_number_format(1.25, numbers, text);
        CU_ASSERT_STRING_EQUAL(text, "1.25");
    }
    gph_numbers_close(&numbers);
    setlocale(LC_NUMERIC, "C");
}

static void test_quote(void)
{
    char text[GPH_TOKEN_CHARS];

    CU_ASSERT_STRING_EQUAL(gph_token_quote("abc def\n", false, text), "abc");
    CU_ASSERT_STRING_EQUAL(gph_token_quote(",,x\n", true, text), ",");
    CU_ASSERT_STRING_EQUAL(gph_token_quote("\x01\xc3\xa4\n", false, text), "\\x01\\xc3\\xa4");
    CU_ASSERT_STRING_EQUAL(
        gph_token_quote("0123456789012345678901234567890123456789X\n", false, text),
        "0123456789012345678901234567890123456789...");
    char odd[64];
    memset(odd, 0xff, sizeof odd);
    odd[63] = '\n';
    CU_ASSERT_EQUAL(strlen(gph_token_quote(odd, false, text)), 163);
}

GPH_TEST_SUITE(io_scan, {"takes integers from 0 to 2^63-1 and nothing else", test_ids},
               {"rounds numbers as strtod() does", test_numbers},
               {"writes numbers that come back", test_number_format},
               {"ignores the decimal comma of the program's locale", test_locale},
               {"quotes odd and long tokens for messages", test_quote});
