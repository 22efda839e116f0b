/* Random damage to text files: read or refused, never harm, the same on all ranks. */
#include "base/random.h"
#include "io_files.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 40, ROOM = 4096 };

static const char *const seeds[] = {
    "# c\n0 1\n1\t2\r\n3, 4\n\n% d\n9223372036854775807 5\n",
    "0 1 1.5\n1 2 -2e3\n2 3 123456789012345678901234567890\n3 4 .5\n4 5 7.\n",
    "%%MatrixMarket matrix coordinate real symmetric\n% c\n5 5 4\n2 1 0.5\n3 2 1\n5 4 2\n5 5 1\n",
    "%%MatrixMarket matrix coordinate pattern general\n5 5 3\n2 1\n3 2\n5 4\n",
    "% c\n5 4\n2 3\n1 3\n1 2 4\n3\n\n",
    "3 2 111 2\n7 1 2 2 5\n8 1 1 1 5 3 6\n9 0 0 2 6\n"};

static const char *const names[] = {"f.txt", "g.txt", "h.mtx", "i.mtx", "j.graph", "k.graph"};

/* What random edits put into a text. */
static const char *const pieces[] = {"\n",
                                     "\r\n",
                                     " ",
                                     "\t",
                                     ",",
                                     "-",
                                     "0",
                                     "9",
                                     "%",
                                     "#",
                                     "nan",
                                     "1e999",
                                     "99999999999999999999",
                                     "\xff",
                                     "\r",
                                     ".",
                                     "e",
                                     "\xef\xbb\xbf",
                                     "4294967296",
                                     "\n\n\n"};

/* One random edit: deletes, repeats, overwrites or inserts. Returns the new size. */
static int64_t edit(char *text, int64_t size, uint64_t bits)
{
    const int64_t at = (int64_t)((bits >> 8) % (uint64_t)(size + 1));
    const int64_t rest = size - at;
    const char *piece = pieces[(bits >> 40) % (sizeof pieces / sizeof *pieces)];
    const int64_t length = (int64_t)strlen(piece);
    const int64_t some = (int64_t)((bits >> 50) % 12) < rest ? (int64_t)((bits >> 50) % 12) : rest;

    switch (bits % 4) {
    case 0:
        memmove(text + at, text + at + some, (size_t)(rest - some));
        return size - some;
    case 1:
        if (size + some > ROOM)
            return size;
        memmove(text + at + some, text + at, (size_t)rest);
        return size + some;
    case 2:
        if (rest > 0)
            text[at] = (char)(bits >> 32);
        return size;
    default:
        if (size + length > ROOM)
            return size;
        memmove(text + at + length, text + at, (size_t)rest);
        memcpy(text + at, piece, (size_t)length);
        return size + length;
    }
}

/* Whatever was read must keep the promises of gph_edges_t. */
static bool sound(const gph_edges_t *edges)
{
    for (int64_t i = 0; i < edges->count; ++i) {
        const gph_edge_t edge = edges->edge[i];
        if (edge.u < 0 || edge.v < 0)
            return false;
        if (edges->vertices >= 0 && (edge.u < edges->first_id || edge.v < edges->first_id ||
                                     edge.u >= edges->first_id + edges->vertices ||
                                     edge.v >= edges->first_id + edges->vertices))
            return false;
    }
    return true;
}

static void read_one(const char *path, int round)
{
    gph_context_t *context = gph_test_context();
    const int64_t before = gph_mem_used(context->env);
    gph_edges_t edges = gph_edges_init();
    const gph_status_t status = gph_read_edges(context, path, GPH_FORMAT_AUTO, &edges);

    GPH_EXPECT(status == GPH_OK || status == GPH_ERR_INPUT, "%s, round %d: %s %s", path, round,
               gph_status_name(status), gph_context_error(context));
    GPH_EXPECT(status == GPH_OK || strncmp(gph_context_error(context), path, strlen(path)) == 0,
               "%s, round %d: the message names no file: %s", path, round,
               gph_context_error(context));
    GPH_EXPECT(sound(&edges), "%s, round %d: unsound edges", path, round);
    char key[64];
    snprintf(key, sizeof key, "%s.%d", strrchr(path, '/') + 1, round);
    gph_test_expect_same(key, gph_context_error(context) + (status == GPH_OK ? 0 : strlen(path)));
    gph_edges_free(&edges);
    io_expect_no_leak(context, before);
}

static void test_damaged_text(void)
{
    char text[ROOM + 16];

    for (size_t seed = 0; seed < sizeof seeds / sizeof *seeds; ++seed) {
        for (int round = 0; round < ROUNDS; ++round) {
            int64_t size = (int64_t)strlen(seeds[seed]);
            memcpy(text, seeds[seed], (size_t)size);
            for (uint64_t i = 0; i < (uint64_t)(1 + round % 5); ++i)
                size = edit(text, size, gph_random_u64(seed, (uint64_t)round, i));
            if (size == 0)
                text[size++] = '\n';
            read_one(io_put(names[seed], text, size), round);
        }
    }
}

/* The same with the compressed bytes. */
static void test_damaged_gzip(void)
{
    gph_context_t *context = gph_test_context();
    int64_t size = 0;
    const char *path = io_put_gzip("z.gz", seeds[1], (int64_t)strlen(seeds[1]), 2);
    char *bytes = io_slurp(context, path, &size);

    if (!gph_test_all(bytes != NULL))
        return;
    for (int round = 0; round < ROUNDS; ++round) {
        const uint64_t bits = gph_random_u64(77, 1, (uint64_t)round);
        const int64_t at = 2 + (int64_t)(bits % (uint64_t)(size - 2));
        const char kept = bytes[at];
        bytes[at] = (char)(bits >> 40);
        read_one(io_put("z.gz", bytes, size - (int64_t)(bits >> 60)), round);
        bytes[at] = kept;
    }
    gph_free(bytes);
}

GPH_TEST_SUITE(io_fuzz, {"damaged text", test_damaged_text}, {"damaged gzip", test_damaged_gzip});
