/* Graphs of text: small ones by hand, larger ones against a naive oracle, however they are cut. */
#include "base/random.h"
#include "gph_test.h"
#include "par/comm.h"
#include "text_oracle.h"

#include <stdlib.h>
#include <string.h>

/* Edges by hand, so that the oracle itself is held to something. */
static void test_by_hand(void)
{
    gph_context_t *context = gph_test_context();
    gph_edges_t edges = gph_edges_init();
    gph_edge_t wanted[] = {{0, 1}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
    const char text[] = "the cat\nand the\ndog and\n"; /* and 0, cat 1, dog 2, the 3 */
    const gph_edge_t by_two[] = {{0, 1}, {0, 2}, {0, 3}, {1, 3}, {2, 3}};
    GPH_EXPECT_OK(context, cut_text_edges(context, text, sizeof text - 1, CUT_EVEN, GPH_TEXT_WORD,
                                          2, &edges));
    memcpy(wanted, by_two, sizeof wanted);
    whole_edges_t whole = gather_edges(context, &edges);
    gph_names_t names = gather_names(context, &edges);
    CU_ASSERT_EQUAL(edges.vertices, 4);
    CU_ASSERT_TRUE(same_edges(whole, (whole_edges_t){.count = 5, .edge = wanted}));
    CU_ASSERT_EQUAL(names.count, 4);
    CU_ASSERT_TRUE(names.count == 4 && names.offset[4] == 12 &&
                   memcmp(names.bytes, "andcatdogthe", 12) == 0);
    gph_free(whole.edge);
    gph_names_free(&names);
    gph_edges_free(&edges);
}

#define EXPECT_TEXT(text, unit, window, count, units)                                              \
    expect_text(text, sizeof(text) - 1, unit, window, units, count)

static void test_clusters(void)
{
    EXPECT_TEXT("ab\nca", GPH_TEXT_GRAPHEME, 2, 4, "a\0b\0c\0a");
    EXPECT_TEXT("hello\r\nworld\r\n", GPH_TEXT_GRAPHEME, 3, 10, "h\0e\0l\0l\0o\0w\0o\0r\0l\0d");
    EXPECT_TEXT(u8"e\u0301\n\u00e9x", GPH_TEXT_GRAPHEME, 2, 3, u8"\u00e9\0\u00e9\0x");
    EXPECT_TEXT(u8"\U0001F468\u200D\U0001F469\u200D\U0001F467 \U0001F468\n\U0001F1E9\U0001F1EA",
                GPH_TEXT_GRAPHEME, 2, 3,
                u8"\U0001F468\u200D\U0001F469\u200D\U0001F467\0\U0001F468\0\U0001F1E9\U0001F1EA");
    EXPECT_TEXT(u8"\u05e9\u05dc\n\u05d5\u200f\u05dd a", GPH_TEXT_GRAPHEME, 3, 5,
                u8"\u05e9\0\u05dc\0\u05d5\0\u05dd\0a");
}

static void test_words(void)
{
    EXPECT_TEXT("to be,\nor not\nto be", GPH_TEXT_WORD, 2, 6, "to\0be\0or\0not\0to\0be");
    EXPECT_TEXT("to be,\nor not\nto be", GPH_TEXT_WORD, 4, 6, "to\0be\0or\0not\0to\0be");
    EXPECT_TEXT("don't\r\n\r\nDon't don't", GPH_TEXT_WORD, 2, 3, "don't\0Don't\0don't");
    EXPECT_TEXT(u8"e\u0301te\u0301\n\u00e9t\u00e9 et", GPH_TEXT_WORD, 3, 3,
                u8"\u00e9t\u00e9\0\u00e9t\u00e9\0et");
    EXPECT_TEXT("a\nab\nabc\nb\naa", GPH_TEXT_WORD, 2, 5, "a\0ab\0abc\0b\0aa");
}

static void test_nothing(void)
{
    EXPECT_TEXT("", GPH_TEXT_GRAPHEME, 2, 0, "");
    EXPECT_TEXT("", GPH_TEXT_WORD, 5, 0, "");
    EXPECT_TEXT("\n\r\n \t\n\n", GPH_TEXT_GRAPHEME, 2, 0, "");
    EXPECT_TEXT("x", GPH_TEXT_GRAPHEME, 9, 1, "x");
    EXPECT_TEXT("\n\n\n\n\n\n\nx\n\n\n\n\n", GPH_TEXT_WORD, 9, 1, "x");
    EXPECT_TEXT("aaaa\naaa\n", GPH_TEXT_GRAPHEME, 3, 7, "a\0a\0a\0a\0a\0a\0a");
}

/* One unit a line, so that windows span ranks, also ranks with fewer units than the window. */
static void test_wide_windows(void)
{
    static const int windows[] = {2, 3, 5, 8, 12, 100, 2147483647};
    const char text[] = "k\nj\n\ni\nh\n\n\ng\nf\ne\nd\nc\nb\na\n";
    const char units[] = "k\0j\0i\0h\0g\0f\0e\0d\0c\0b\0a";
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        EXPECT_TEXT(text, GPH_TEXT_GRAPHEME, windows[i], 11, units);
        EXPECT_TEXT(text, GPH_TEXT_WORD, windows[i], 11, units);
    }
}

/* Random words over few letters, some lines empty. Writes text and units (NUL after each). */
static void random_text(uint64_t seed, int64_t words, char *text, int64_t *size, char *units)
{
    char *to = text;
    for (int64_t i = 0; i < words; i++) {
        uint64_t bits = gph_random_u64(seed, 1, (uint64_t)i);
        /* Short words come often, long ones seldom, as in a language. */
        const int length = 1 + (int)(bits % 4) * (int)(bits / 4 % 4) * (int)(bits / 16 % 2);
        bits >>= 8;
        for (int k = 0; k < length; k++, bits /= 5)
            *units++ = *to++ = (char)('a' + bits % 5);
        *units++ = '\0';
        const uint64_t end = gph_random_u64(seed, 2, (uint64_t)i) % 8;
        *to++ = end < 2 ? '\n' : ' ';
        if (end == 0)
            *to++ = '\n';
    }
    *size = to - text;
}

static void test_random(void)
{
    static const int windows[] = {2, 4, 17};
    enum { WORDS = 1500 };
    gph_context_t *context = gph_test_context();
    char *text = malloc((size_t)16 * WORDS);
    char *units = malloc((size_t)16 * WORDS);
    int64_t size = 0;
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        random_text(i, WORDS, text, &size, units);
        expect_text(text, size, GPH_TEXT_WORD, windows[i], units, WORDS);
    }
    gph_edges_t edges = gph_edges_init();
    GPH_EXPECT_OK(context, cut_text_edges(context, text, size, CUT_EVEN, GPH_TEXT_WORD, 5, &edges));
    whole_edges_t whole = gather_edges(context, &edges);
    CU_ASSERT_TRUE(whole.count > 1000);
    gph_test_expect_same("random-text", edges_digest(whole));
    gph_free(whole.edge);
    gph_edges_free(&edges);
    free(text);
    free(units);
}

/* Random characters of all kinds, one in eight a line feed; the bytes written. */
static int64_t random_characters(uint64_t seed, int64_t count, char *text)
{
    static const char *const kinds[] = {"a",
                                        "'",
                                        "-",
                                        " ",
                                        "\r",
                                        "7",
                                        "\n",
                                        u8"\u0301",
                                        u8"\u0323",
                                        u8"\u00e9",
                                        u8"\u200d",
                                        u8"\u200c",
                                        u8"\ufe0f",
                                        u8"\u1112",
                                        u8"\u1161",
                                        u8"\u11ab",
                                        u8"\ud55c",
                                        u8"\u0915",
                                        u8"\u094d",
                                        u8"\u05e9",
                                        u8"\u0600",
                                        u8"\u00a0",
                                        u8"\ufeff",
                                        u8"\U0001F468",
                                        u8"\U0001F3FD",
                                        u8"\U0001F1E9",
                                        u8"\U0001F1EA",
                                        u8"\u4e16",
                                        u8"\U0010FFFF",
                                        u8"\u2019"};
    char *to = text;
    for (int64_t i = 0; i < count; i++) {
        const uint64_t bits = gph_random_u64(seed, 3, (uint64_t)i);
        const uint64_t kind = gph_random_below(bits, sizeof kinds / sizeof *kinds);
        for (const char *from = bits % 8 == 0 ? "\n" : kinds[kind]; *from != '\0'; from++)
            *to++ = *from;
    }
    return to - text;
}

/* However a text is cut, the graph is the same as when one rank has all of it. */
static void test_any_characters(void)
{
    enum { CHARACTERS = 3000 };
    static char text[4 * CHARACTERS];
    gph_context_t *context = gph_test_context();
    const int64_t size = random_characters(1, CHARACTERS, text);
    for (int unit = 0; unit < 2; unit++) {
        char digest[GPH_DIGEST_CHARS] = "";
        for (int cut = CUT_FIRST; cut < CUTS + 1; cut++) {
            gph_edges_t edges = gph_edges_init();
            GPH_EXPECT_OK(context, cut_text_edges(context, text, size, (text_cut_t)(cut % CUTS),
                                                  (gph_text_unit_t)unit, 4, &edges));
            CU_ASSERT_TRUE(edges.vertices > 100);
            whole_edges_t whole = gather_edges(context, &edges);
            if (cut == CUT_FIRST)
                memcpy(digest, edges_digest(whole), sizeof digest);
            CU_ASSERT_STRING_EQUAL(edges_digest(whole), digest);
            gph_free(whole.edge);
            gph_edges_free(&edges);
        }
        gph_test_expect_same(unit ? "any-words" : "any-clusters", digest);
    }
}

/* Words that differ behind 100 equal letters, which is more than a sample shows of them. */
static void test_equal_beginnings(void)
{
    enum { WORDS = 30, LENGTH = 100 };
    static char text[WORDS * (LENGTH + 3)];
    static char units[WORDS * (LENGTH + 3)];
    char *to = text;
    char *unit = units;
    for (int i = 0; i < WORDS; i++) {
        const char tail[2] = {(char)('a' + i * 7 % 10), (char)('a' + i % 3)};
        memset(to, 'm', LENGTH);
        memcpy(to + LENGTH, tail, 2);
        to[LENGTH + 2] = '\n';
        to += LENGTH + 3;
        memset(unit, 'm', LENGTH);
        memcpy(unit + LENGTH, tail, 2);
        unit[LENGTH + 2] = '\0';
        unit += LENGTH + 3;
    }
    expect_text(text, to - text, GPH_TEXT_WORD, 3, units, WORDS);
}

/* More pairs than gather before repeats are dropped: 600 units, all near each other in turn. */
static void test_many_pairs(void)
{
    enum { UNITS = 600, ROUNDS = 3 };
    gph_context_t *context = gph_test_context();
    char *text = malloc((size_t)8 * UNITS * ROUNDS);
    int64_t size = 0;
    for (int i = 0; i < UNITS * ROUNDS; i++) {
        /* 7 has no factor in common with 600, so that all units come in each round. */
        const int unit = i % UNITS * (i < UNITS ? 1 : 7) % UNITS;
        text[size++] = (char)('a' + unit / 100);
        text[size++] = (char)('a' + unit / 10 % 10);
        text[size++] = (char)('a' + unit % 10);
        text[size++] = i % 50 == 0 ? '\n' : ' ';
    }
    gph_edges_t edges = gph_edges_init();
    GPH_EXPECT_OK(context,
                  cut_text_edges(context, text, size, CUT_EVEN, GPH_TEXT_WORD, UNITS, &edges));
    CU_ASSERT_EQUAL(edges.vertices, UNITS);
    int64_t count = edges.count;
    GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, 1, &count));
    CU_ASSERT_EQUAL(count, UNITS * (UNITS - 1) / 2);
    gph_edges_free(&edges);
    free(text);
}

GPH_TEST_SUITE(text, {"the graph of a rhyme, by hand", test_by_hand},
               {"clusters make the oracle's graph", test_clusters},
               {"words make the oracle's graph", test_words},
               {"empty and lonely texts have no edges", test_nothing},
               {"a window spans any ranks", test_wide_windows},
               {"any characters make the same graph however cut", test_any_characters},
               {"units with equal beginnings are told apart", test_equal_beginnings},
               {"random texts make the oracle's graph", test_random},
               {"many pairs stay, and once each", test_many_pairs});
