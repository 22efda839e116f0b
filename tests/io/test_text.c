/* The input text:…: the file's lines are shared out, and the graph does not depend on how. */
#include "io_files.h"
#include "par/comm.h"

#include <stdio.h>
#include <string.h>

/* Reads a specification `text:path=PATH,rest` and returns the gathered edges. */
static bool read_text(const char *path, const char *rest, int64_t *vertices, io_edges_t *all)
{
    gph_context_t *context = gph_test_context();
    gph_edges_t edges = gph_edges_init();
    char spec[800];

    snprintf(spec, sizeof spec, "text:path=%s%s", path, rest);
    bool ok = GPH_EXPECT_OK(context, gph_read_edges(context, spec, GPH_FORMAT_AUTO, &edges));
    if (ok) {
        *vertices = edges.vertices;
        CU_ASSERT_PTR_NOT_NULL(edges.names.offset);
        ok = io_gather(context, &edges, all);
    }
    gph_edges_free(&edges);
    return ok;
}

static void expect_text(const char *path, const char *rest, int64_t vertices, int64_t count,
                        const io_edge_t *wanted)
{
    io_edges_t all = {0};
    int64_t n = -1;

    if (!read_text(path, rest, &n, &all))
        return;
    GPH_EXPECT(n == vertices, "%s: %d vertices", rest, (int)n);
    GPH_EXPECT(all.count == count, "%s: %d edges", rest, (int)all.count);
    for (int64_t i = 0; i < count && i < all.count; ++i)
        GPH_EXPECT(all.edge[i].u == wanted[i].u && all.edge[i].v == wanted[i].v,
                   "%s: edge %d is %d %d", rest, (int)i, (int)all.edge[i].u, (int)all.edge[i].v);
    gph_free(all.edge);
}

/* a b c d in byte order; the window reaches over ends of lines and a byte order mark is no text. */
static void test_small(void)
{
    static const io_edge_t near[] = {{0, 1, 0}, {0, 3, 0}, {1, 2, 0}, {2, 3, 0}};
    static const io_edge_t wide[] = {{0, 1, 0}, {0, 2, 0}, {0, 3, 0},
                                     {1, 2, 0}, {1, 3, 0}, {2, 3, 0}};
    static const io_edge_t words[] = {{0, 1, 0}, {1, 2, 0}};
    const char *letters = io_put_text("letters.txt", "\xef\xbb\xbf"
                                                     "a b\nc\n\nd\na");

    expect_text(letters, "", 4, 4, near);
    expect_text(letters, ",window=3", 4, 6, wide);
    expect_text(io_put_text("words.txt", "alpha\nbeta\ngamma\n"), ",unit=word", 3, 2, words);
    expect_text(io_put_text("one.txt", "x"), ",unit=grapheme", 1, 0, NULL);
}

/* Long and short lines, more than a buffer of the search for line starts. */
static void test_shares(void)
{
    enum { WORDS = 20000 };
    gph_context_t *context = gph_test_context();
    char *text = NULL;
    int64_t size = 0;
    int64_t vertices = 0;
    io_edges_t all = {0};
    uint64_t sum = 0;

    if (!gph_test_all(gph_alloc(context->env, WORDS * 8, 1, &text) == GPH_OK))
        return;
    for (int i = 0; i < WORDS; ++i)
        size += sprintf(text + size, "%c%d%c", 'a' + i % 26, i * 31 % 997,
                        i % 7000 < 10 || i > 15000 ? '\n' : ' ');
    if (read_text(io_put("shares.txt", text, size), ",unit=word,window=4", &vertices, &all)) {
        for (int64_t i = 0; i < all.count; ++i)
            sum = sum * 31 + (uint64_t)(all.edge[i].u * 100003 + all.edge[i].v);
        gph_test_expect_same_i64("vertices", vertices);
        gph_test_expect_same_i64("edges", all.count);
        gph_test_expect_same_i64("sum", (int64_t)(sum >> 1));
    }
    gph_free(all.edge);
    gph_free(text);
}

static void expect_failure(const char *spec, gph_status_t wanted, const char *message)
{
    gph_context_t *context = gph_test_context();
    gph_edges_t edges = gph_edges_init();

    GPH_EXPECT_STATUS(context, wanted, gph_read_edges(context, spec, GPH_FORMAT_AUTO, &edges));
    GPH_EXPECT(strstr(gph_context_error(context), message) != NULL, "%s: %s", spec,
               gph_context_error(context));
}

static void test_refused(void)
{
    char spec[800];

    snprintf(spec, sizeof spec, "text:path=%s", io_put_gzip("t.txt", "abc", 3, 1));
    expect_failure(spec, GPH_ERR_INPUT, "t.txt: is compressed; unpack it with gunzip first");
    snprintf(spec, sizeof spec, "text:%s", gph_test_tmp("absent"));
    expect_failure(spec, GPH_ERR_INPUT, "absent: no such file; check the path");
    snprintf(spec, sizeof spec, "text:%s", io_put_text("bad.txt", "ok\nb\xff d\n"));
    expect_failure(spec, GPH_ERR_INPUT, "bad.txt:2:2");
    expect_failure("text:x,unit=letter", GPH_ERR_USAGE, "unit 'letter' is neither");
    expect_failure("text:x,window=1", GPH_ERR_USAGE, "window");
    expect_failure("text:unit=word", GPH_ERR_USAGE, "path");
    expect_failure("text:x,colour=red", GPH_ERR_USAGE, "colour");
}

GPH_TEST_SUITE(io_text, {"small texts", test_small}, {"shares of ranks", test_shares},
               {"refused", test_refused});
