/* Units of text on one rank: clusters, words, normalisation, and checking UTF-8. */
#include "gph_test.h"
#include "graph/text_units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 16 };

/* A text and the units in it, up to the first NULL. */
typedef struct unit_case {
    const char *text;
    const char *unit[UNITS];
} unit_case_t;

static void expect_units(const unit_case_t *test, gph_text_unit_t unit)
{
    gph_text_cursor_t cursor = {
        .bytes = test->text, .size = (int64_t)strlen(test->text), .unit = unit};
    int64_t begin = 0;
    int64_t length = 0;
    int64_t end = 0;
    int count = 0;
    while (count < UNITS && gph_text_next(&cursor, &begin, &length)) {
        const char *wanted = test->unit[count] ? test->unit[count] : "nothing";
        GPH_EXPECT(length == (int64_t)strlen(wanted) &&
                       memcmp(test->text + begin, wanted, (size_t)length) == 0,
                   "'%s': unit %d is '%.*s', not '%s'", test->text, count, (int)length,
                   test->text + begin, wanted);
        CU_ASSERT_TRUE(begin >= end);
        end = begin + length;
        count++;
    }
    GPH_EXPECT(count == UNITS || test->unit[count] == NULL, "'%s': %d units are too few",
               test->text, count);
    CU_ASSERT_EQUAL(cursor.next, cursor.size);
}

static void test_clusters(void)
{
    static const unit_case_t tests[] = {
        {"", {NULL}},
        {"ab c", {"a", "b", "c"}},
        {"a\r\nb\n\nc\td", {"a", "b", "c", "d"}},
        {" \t\r\n\v\f\x01\x7f", {NULL}},
        /* No-break space, em space, line separator, zero width space, byte order mark, marks of
         * direction: nothing to see. */
        {u8"a\u00a0\u2003\u2028\u200b\ufeff\u200e\u200f\u202e"
         u8"b",
         {"a", "b"}},
        /* A soft hyphen, a lone joiner, a lone variation selector, an annotation anchor. */
        {u8"\u00ad \u200d \ufe0f \ufff9x", {"x"}},
        /* Combining marks stay with their base, composed or not. */
        {u8"e\u0301\u0327x\u00e9", {u8"e\u0301\u0327", "x", u8"\u00e9"}},
        {u8"\u0301a", {u8"\u0301", "a"}},
        {u8" \u0301a", {u8" \u0301", "a"}},
        /* A family, two flags, a thumb with a skin tone, a keycap. */
        {u8"\U0001F468\u200D\U0001F469\u200D\U0001F467\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7",
         {u8"\U0001F468\u200D\U0001F469\u200D\U0001F467", u8"\U0001F1E9\U0001F1EA",
          u8"\U0001F1EB\U0001F1F7"}},
        {u8"\U0001F44D\U0001F3FD1\uFE0F\u20E3", {u8"\U0001F44D\U0001F3FD", u8"1\uFE0F\u20E3"}},
        /* Hangul: letters of one syllable, and a syllable; Devanagari with a vowel sign. */
        {u8"\u1112\u1161\u11ab\ud55c", {u8"\u1112\u1161\u11ab", u8"\ud55c"}},
        {u8"\u0928\u093f\u0915", {u8"\u0928\u093f", u8"\u0915"}},
        /* Right to left, in the order of writing: Hebrew with points, Arabic. */
        {u8"\u05e9\u05c1\u05dc \u0633\u064e\u0644",
         {u8"\u05e9\u05c1", u8"\u05dc", u8"\u0633\u064e", u8"\u0644"}},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        expect_units(&tests[i], GPH_TEXT_GRAPHEME);
}

static void test_words(void)
{
    static const unit_case_t tests[] = {
        {"", {NULL}},
        {" .,;'-- ", {NULL}},
        {"one", {"one"}},
        {"One, two;three\r\nfour", {"One", "two", "three", "four"}},
        {"don't e-mail it", {"don't", "e-mail", "it"}},
        {"'quoted' rock 'n' roll-", {"quoted", "rock", "n", "roll"}},
        {"a--b a'-b a-'", {"a", "b", "a", "b", "a"}},
        {"3-4 covid-19 19-a x1y2 3.14", {"3", "4", "covid", "19", "19", "a", "x1y2", "3", "14"}},
        {"a_b a@b.c", {"a", "b", "a", "b", "c"}},
        {u8"l\u2019\u00e9t\u00e9 non\u2011stop co\u00adop\u2014end",
         {u8"l\u2019\u00e9t\u00e9", u8"non\u2011stop", u8"co\u00adop", "end"}},
        /* Marks go with letters, also before a joiner, but begin no word. */
        {u8"e\u0301t\u0301-a \u0301b", {u8"e\u0301t\u0301-a", "b"}},
        {u8"1\uFE0F\u20E3 \U0001F44D\uFE0F2", {u8"1\uFE0F\u20E3", "2"}},
        /* Persian with a zero width non-joiner, Hebrew, Arabic-Indic digits, Chinese. */
        {u8"\u0645\u06cc\u200c\u062e\u0648 \u05e9\u05dc\u05d5\u05dd \u0664\u0662",
         {u8"\u0645\u06cc\u200c\u062e\u0648", u8"\u05e9\u05dc\u05d5\u05dd", u8"\u0664\u0662"}},
        {u8"\u4f60\u597d\u3002\u4e16\u754c", {u8"\u4f60\u597d", u8"\u4e16\u754c"}},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        expect_units(&tests[i], GPH_TEXT_WORD);
}

static void test_long_text(void)
{
    enum { SIZE = 100000 };
    char *text = malloc(SIZE);
    memset(text, 'x', SIZE);
    text[SIZE / 2] = '\0';
    gph_text_cursor_t cursor = {.bytes = text, .size = SIZE, .unit = GPH_TEXT_WORD};
    int64_t begin = 0;
    int64_t length = 0;
    CU_ASSERT_TRUE(gph_text_next(&cursor, &begin, &length));
    CU_ASSERT_TRUE(begin == 0 && length == SIZE / 2);
    CU_ASSERT_TRUE(gph_text_next(&cursor, &begin, &length));
    CU_ASSERT_TRUE(begin == SIZE / 2 + 1 && length == SIZE / 2 - 1);
    CU_ASSERT_FALSE(gph_text_next(&cursor, &begin, &length));
    free(text);
}

/* Adds a unit and tells its number, or -1. */
static int64_t add(gph_units_t *units, const char *text)
{
    int64_t index = -1;
    if (gph_units_add(units, text, (int64_t)strlen(text), &index) != GPH_OK)
        return -1;
    return index;
}

static void test_normalised(void)
{
    gph_env_t *env = gph_test_context()->env;
    const int64_t used = gph_mem_used(env);
    gph_units_t units = gph_units_init(env);
    gph_names_t names = {0};
    CU_ASSERT_EQUAL(add(&units, "e"), 0);
    CU_ASSERT_EQUAL(add(&units, u8"e\u0301"), 1);
    CU_ASSERT_EQUAL(add(&units, u8"\u00e9"), 1);
    CU_ASSERT_EQUAL(add(&units, "e"), 0);
    /* Marks in either order, Hangul letters and syllable, the ohm sign and omega. */
    CU_ASSERT_EQUAL(add(&units, u8"q\u0323\u0307"), 2);
    CU_ASSERT_EQUAL(add(&units, u8"q\u0307\u0323"), 2);
    CU_ASSERT_EQUAL(add(&units, u8"\u1112\u1161\u11ab"), 3);
    CU_ASSERT_EQUAL(add(&units, u8"\ud55c"), 3);
    CU_ASSERT_EQUAL(add(&units, u8"\u2126"), 4);
    CU_ASSERT_EQUAL(add(&units, u8"\u03a9"), 4);
    /* Compatible is not equal. */
    CU_ASSERT_EQUAL(add(&units, u8"\ufb01"), 5);
    CU_ASSERT_EQUAL(add(&units, "fi"), 6);
    CU_ASSERT_EQUAL(gph_units_take(&units, &names), GPH_OK);
    CU_ASSERT_EQUAL(names.count, 7);
    CU_ASSERT_EQUAL(names.offset[2] - names.offset[1], 2);
    CU_ASSERT_EQUAL(memcmp(names.bytes, u8"e\u00e9", 3), 0);
    gph_names_free(&names);
    gph_units_free(&units);
    CU_ASSERT_EQUAL(gph_mem_used(env), used);
}

static void test_many_units(void)
{
    enum { COUNT = 5000 };
    gph_env_t *env = gph_test_context()->env;
    gph_units_t units = gph_units_init(env);
    gph_names_t names = {0};
    char text[16];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < COUNT; i++) {
            snprintf(text, sizeof text, "%d", i * 7919);
            CU_ASSERT_EQUAL(add(&units, text), i);
        }
    }
    CU_ASSERT_EQUAL(gph_units_take(&units, &names), GPH_OK);
    CU_ASSERT_EQUAL(names.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "%d", i * 7919);
        CU_ASSERT_EQUAL(names.offset[i + 1] - names.offset[i], (int64_t)strlen(text));
        CU_ASSERT_EQUAL(memcmp(names.bytes + names.offset[i], text, strlen(text)), 0);
    }
    gph_names_free(&names);
    CU_ASSERT_EQUAL(gph_units_take(&units, &names), GPH_OK);
    CU_ASSERT_EQUAL(names.count, 0);
    CU_ASSERT_EQUAL(names.offset[0], 0);
    gph_names_free(&names);
}

/* Writes `count` marks in a row; the text behind them. */
static char *put_marks(char *to, const char mark[2], int count)
{
    for (int i = 0; i < count; i++) {
        *to++ = mark[0];
        *to++ = mark[1];
    }
    *to = '\0';
    return to;
}

/* Ordering a million marks would take hours; up to 30 in a row are ordered. */
static void test_too_many_marks(void)
{
    enum { MARKS = 1000000, ORDERED = 30 };
    static char text[2 * MARKS + 2] = "e";
    static const char acute[] = u8"\u0301";
    static const char dot[] = u8"\u0323"; /* comes first in canonical order */
    gph_env_t *env = gph_test_context()->env;
    gph_units_t units = gph_units_init(env);
    char *to = text + 1;
    for (int i = 0; i < MARKS; i++)
        to = put_marks(to, i % 2 == 0 ? acute : dot, 1);
    CU_ASSERT_EQUAL(add(&units, text), 0);
    text[2 * ORDERED + 1] = '\0';
    CU_ASSERT_EQUAL(add(&units, text), 1);
    to = put_marks(text + 1, dot, ORDERED / 2);
    put_marks(to, acute, ORDERED / 2);
    CU_ASSERT_EQUAL(add(&units, text), 1);
    /* A letter behind too many marks does not make them fewer. */
    for (int i = 0; i < 2; i++) {
        to = put_marks(text + 1, i == 0 ? dot : acute, ORDERED);
        to = put_marks(to, i == 0 ? acute : dot, ORDERED);
        memcpy(to, "x", 2);
        CU_ASSERT_EQUAL(add(&units, text), 2 + i);
    }
    gph_units_free(&units);
}

/* The room for two code points is exactly filled by twenty of four bytes, but for the NUL. */
static void test_room_to_normalise(void)
{
    gph_env_t *env = gph_test_context()->env;
    gph_units_t units = gph_units_init(env);
    CU_ASSERT_EQUAL(add(&units, u8"e\u0301"), 0);
    CU_ASSERT_EQUAL(units.capacity, 20);
    CU_ASSERT_EQUAL(add(&units, u8"\U00010330\U00010330\U00010330\U00010330\U00010330"
                                u8"\U00010330\U00010330\U00010330\U00010330\U00010330"
                                u8"\U00010330\U00010330\U00010330\U00010330\U00010330"
                                u8"\U00010330\U00010330\U00010330\U00010330\U00010330"),
                    1);
    CU_ASSERT_EQUAL(units.bytes.count, 82);
    gph_units_free(&units);
}

static void test_check(void)
{
    static const struct {
        const char *text;
        int64_t offset, lines, column;
        bool good;
    } tests[] = {
        {"", 0, 0, 1, true},
        {"a\nbc", 4, 1, 3, true},
        {u8"\u00e9\u20ac\U0001F44D\n", 10, 1, 1, true},
        {"ab\xff", 2, 0, 3, false},
        {"a\n\n\x80", 3, 2, 1, false}, /* continuation without a start */
        {u8"\u00e9\n\u20ac"
         "\xc0\xaf",
         6, 1, 2, false},                      /* overlong */
        {"\xe0\x80\xaf", 0, 0, 1, false},      /* overlong */
        {"x\xed\xa0\x80", 1, 0, 2, false},     /* surrogate */
        {"x\xf4\x90\x80\x80", 1, 0, 2, false}, /* beyond U+10FFFF */
        {"x\xf5\x80\x80\x80", 1, 0, 2, false},
        {"xy\xe2\x82", 2, 0, 3, false},    /* cut off by the end */
        {"xy\xe2\x82\nz", 2, 0, 3, false}, /* cut off by the line */
        {"\xc3", 0, 0, 1, false},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        gph_text_place_t stop = {0};
        const bool good = gph_text_check(tests[i].text, (int64_t)strlen(tests[i].text), &stop);
        GPH_EXPECT(good == tests[i].good && stop.offset == tests[i].offset &&
                       stop.lines == tests[i].lines && stop.column == tests[i].column,
                   "text %d stops at %d, line %d, column %d", (int)i, (int)stop.offset,
                   (int)stop.lines, (int)stop.column);
    }
}

GPH_TEST_SUITE(text_units, {"clusters are whole and visible", test_clusters},
               {"words are letters, marks and digits", test_words},
               {"a unit may be long and hold NULs around it", test_long_text},
               {"equal text is one unit", test_normalised},
               {"many units keep their numbers", test_many_units},
               {"hostile marks take no time", test_too_many_marks},
               {"normalising stays inside its room", test_room_to_normalise},
               {"malformed UTF-8 is found where it begins", test_check});
