/* Values from text: what is taken, what is refused, and that limits of 64 bits hold. */
#include "gph_test.h"
#include "values.h"

typedef bool parse_fn(const char *text, int64_t *value);

typedef struct example {
    const char *text;
    int64_t value;
} example_t;

static void expect_values(parse_fn *parse, int count, const example_t *examples)
{
    for (int i = 0; i < count; i++) {
        int64_t value = -7;
        const bool ok = parse(examples[i].text, &value);
        GPH_EXPECT(ok && value == examples[i].value, "'%s' gives %d, %lld", examples[i].text, ok,
                   (long long)value);
    }
}

static void expect_refused(parse_fn *parse, int count, const char *const *texts)
{
    for (int i = 0; i < count; i++) {
        int64_t value = -7;
        const bool ok = parse(texts[i], &value);
        GPH_EXPECT(!ok && value == -7, "'%s' is taken as %lld", texts[i], (long long)value);
    }
}

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static void test_integers(void)
{
    const example_t good[] = {
        {"0", 0},  {"-0", 0},    {"007", 7},
        {"+5", 5}, {"-12", -12}, {"9223372036854775807", INT64_MAX},
    };
    const char *bad[] = {"",     "-",  "+",  "1.0", "1e3",
                         "0x10", " 1", "1 ", "--1", "9223372036854775808"};
    expect_values(app_parse_integer, COUNT(good), good);
    expect_refused(app_parse_integer, COUNT(bad), bad);
}

static void test_sizes(void)
{
    const example_t good[] = {
        {"0", 0},
        {"1", 1},
        {"100B", 100},
        {"1k", 1024},
        {"2KiB", 2048},
        {"2kB", 2000},
        {"512M", INT64_C(512) << 20},
        {"512m", INT64_C(512) << 20},
        {"2GiB", INT64_C(2) << 30},
        {"2 GiB", INT64_C(2) << 30},
        {"1.5G", INT64_C(3) << 29},
        {"3GB", INT64_C(3000000000)},
        {"0.1K", 102},
        {"1.000000001GB", 1000000001},
        {"8388607T", INT64_C(8388607) << 40},
    };
    const char *bad[] = {"",   "M",   "-1",   "1.",       ".5",  "1.5.5",
                         "1X", "1MM", "1e3M", "8388608T", "1M ", "1.0000000001G"};
    expect_values(app_parse_size, COUNT(good), good);
    expect_refused(app_parse_size, COUNT(bad), bad);
}

static void test_durations(void)
{
    const example_t good[] = {
        {"90", 90000},         {"90s", 90000},           {"250ms", 250},    {"0.5s", 500},
        {"10m", 600000},       {"2h", 7200000},          {"1.5h", 5400000}, {"1d", 86400000},
        {"01:30:00", 5400000}, {"100:00:01", 360001000},
    };
    const char *bad[] = {"",
                         "s",
                         "-1s",
                         "01:30",
                         "1:60:00",
                         "1:00:60",
                         "1:2:3:4",
                         "1:-2:3",
                         "1w",
                         "9223372036854775807",
                         "9223372036854775807:00:00"};
    expect_values(app_parse_duration, COUNT(good), good);
    expect_refused(app_parse_duration, COUNT(bad), bad);
}

static void test_flags_and_choices(void)
{
    const example_t good[] = {
        {"true", 1}, {"yes", 1}, {"on", 1}, {"1", 1}, {"false", 0}, {"no", 0}, {"off", 0}, {"0", 0},
    };
    const char *bad[] = {"", "2", "tru", "truee", "true|no", "|"};
    int64_t index = -7;
    expect_values(app_parse_bool, COUNT(good), good);
    expect_refused(app_parse_bool, COUNT(bad), bad);
    CU_ASSERT(app_parse_choice("b", "a|b", &index) && index == 1);
    CU_ASSERT_FALSE(app_parse_choice("a|b", "a|b", &index));
    CU_ASSERT_FALSE(app_parse_choice("", "a|b", &index));
    CU_ASSERT_EQUAL(index, 1);
}

static void test_sizes_for_people(void)
{
    char text[32] = "";
    CU_ASSERT_STRING_EQUAL(app_format_size(0, text), "0 B");
    CU_ASSERT_STRING_EQUAL(app_format_size(1023, text), "1023 B");
    CU_ASSERT_STRING_EQUAL(app_format_size(1536, text), "1.5 KiB");
    CU_ASSERT_STRING_EQUAL(app_format_size(INT64_MAX, text), "8.0 EiB");
}

GPH_TEST_SUITE(values, {"whole numbers", test_integers}, {"sizes", test_sizes},
               {"lengths of time", test_durations}, {"flags and choices", test_flags_and_choices},
               {"sizes for people", test_sizes_for_people});
