/* Ownership of lines: every line of the body is handed out once, whole, over all ranks. */
#include "base/random.h"
#include "io/lines.h"
#include "io_files.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Lines "NUMBER xxx…\n" of random length, most of them short. */
static int64_t make_lines(char *text, int64_t lines, int64_t longest, bool last_newline)
{
    int64_t used = 0;

    for (int64_t i = 0; i < lines; ++i) {
        const uint64_t bits = gph_random_u64(5, 1, (uint64_t)i);
        int64_t length = (int64_t)(bits % 12);
        if (bits >> 32 < 40000000)
            length = (int64_t)((bits >> 8) % (uint64_t)longest);
        used += sprintf(text + used, "%lld ", (long long)i);
        memset(text + used, 'x', (size_t)length);
        used += length;
        text[used++] = '\n';
    }
    return last_newline ? used : used - 1;
}

/* Counts how often each numbered line was handed out to this rank; false for a broken line. */
static bool count_lines(const gph_piece_t *piece, int64_t lines, int64_t *seen)
{
    const char *at = piece->text;
    const char *end = piece->text + piece->size;

    while (at < end) {
        int64_t number = 0;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL || sscanf(at, "%" SCNd64, &number) != 1 || number < 0 ||
            number >= lines)
            return false;
        ++seen[number];
        at = newline + 1;
    }
    return true;
}

/* Hands out the body of a file, twice when it is plain, and checks that each line came once. */
static void expect_all_lines(const char *path, int64_t lines, int64_t head, int64_t most)
{
    gph_context_t *context = gph_test_context();
    gph_lines_t text = {0};
    int64_t *seen = NULL;
    const char *line = NULL;
    bool ok = gph_calloc(context->env, lines, sizeof *seen, &seen) == GPH_OK;

    if (!GPH_EXPECT_OK(context, gph_lines_open(context, path, false, &text)))
        return;
    for (int64_t i = 0; i < head; ++i)
        ok = gph_lines_head(&text, &line) == GPH_OK && line != NULL && ok;
    if (head > 0)
        gph_lines_give_back(&text); // the last line of the head is the first one of the body
    gph_lines_split(&text, most);
    for (int pass = 0; pass < (text.gzip == NULL ? 2 : 1); ++pass) {
        gph_piece_t piece = {0};
        memset(seen, 0, (size_t)lines * sizeof *seen);
        do {
            ok = gph_lines_next(&text, &piece) == GPH_OK && text.fault[0] == '\0' && ok;
            if (ok && piece.size > 0 && piece.mine)
                ok = count_lines(&piece, lines, seen);
        } while (ok && piece.size > 0);
        GPH_EXPECT(ok, "%s: pass %d failed: %s", path, pass, text.fault);
        GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, lines, seen));
        int64_t wrong = 0;
        for (int64_t i = 0; i < lines; ++i)
            wrong += seen[i] != (i >= head - (head > 0));
        GPH_EXPECT(wrong == 0, "%s: %lld lines are lost or come twice", path, (long long)wrong);
        if (text.gzip == NULL)
            gph_lines_rewind(&text);
    }
    gph_lines_close(&text);
    gph_free(seen);
}

static void test_ownership(void)
{
    static const struct {
        int64_t lines;
        int64_t longest;
        int64_t head;
    } cases[] = {{1, 5, 0}, {2, 5, 1}, {3, 400, 2}, {50, 3000, 0}, {50000, 40000, 3}};
    gph_context_t *context = gph_test_context();
    char *text = NULL;

    if (!gph_test_all(gph_alloc(context->env, 64 << 20, 1, &text) == GPH_OK))
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        for (int newline = 0; newline < 2; ++newline) {
            const int64_t size = make_lines(text, cases[i].lines, cases[i].longest, newline == 1);
            expect_all_lines(io_put("lines.txt", text, size), cases[i].lines, cases[i].head,
                             GPH_LINE_MOST);
            expect_all_lines(io_put_gzip("lines.gz", text, size, 3), cases[i].lines, cases[i].head,
                             GPH_LINE_MOST);
        }
    }
    gph_free(text);
}

/* A line longer than all buffers, when the format allows it: METIS has such. */
static void test_long_line(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t size = INT64_C(9) << 20;
    char *text = NULL;

    if (!gph_test_all(gph_alloc(context->env, size, 1, &text) == GPH_OK))
        return;
    memset(text, 'x', (size_t)size);
    memcpy(text, "0 x\n1 ", 6);
    memcpy(text + size - 5, "\n2 x\n", 5);
    expect_all_lines(io_put("long.txt", text, size), 3, 0, INT64_MAX);
    expect_all_lines(io_put_gzip("long.gz", text, size, 1), 3, 0, INT64_MAX);
    gph_free(text);
}

static void test_byte_order_mark(void)
{
    const char *path = io_put_text("bom.txt", "\xef\xbb\xbf"
                                              "0 a\n1 b\n");
    expect_all_lines(path, 2, 1, GPH_LINE_MOST);
}

GPH_TEST_SUITE(io_lines, {"every line belongs to one rank", test_ownership},
               {"lines longer than the buffers are whole", test_long_line},
               {"a byte order mark is skipped", test_byte_order_mark});
