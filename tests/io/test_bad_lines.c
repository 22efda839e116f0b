/* Bad text files: the first bad line is named, with the same words on any number of ranks. */
#include "io_files.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file and what follows its path in the message. */
typedef struct bad_file {
    const char *name;
    const char *text;
    const char *message;
} bad_file_t;

#define EDGE                                                                                       \
    "; expected \"u v\" or \"u v weight\" with integers u and v from 0 to 9223372036854775807"

static const bad_file_t bad_lists[] = {
    {"e.txt", "0 1\n-1 2\n", ":2: vertex id '-1' is negative" EDGE},
    {"e.txt", "0 1\n\n#\n3 -7\n", ":4: vertex id '-7' is negative" EDGE},
    {"e.txt", "0 1\r\n1 two\r\n", ":2: 'two' is not a vertex id" EDGE},
    {"e.txt", "0 1\n1 2x", ":2: '2x' is not a vertex id" EDGE},
    {"e.txt", "0 1.0\n", ":1: '1.0' is not a vertex id" EDGE},
    {"e.txt", "9223372036854775808 1\n", ":1: vertex id '9223372036854775808' is over 2^63-1" EDGE},
    {"e.txt", "0 1\n5\n", ":2: the second vertex id is missing" EDGE},
    {"e.txt", "0 1\n5,\n", ":2: the second vertex id is missing" EDGE},
    {"e.txt", "0,,1\n", ":1: ',1' is not a vertex id" EDGE},
    {"e.txt", "0 1 2 3\n", ":1: '3' is one column too many" EDGE},
    {"e.txt", "0 1 x\n", ":1: 'x' is not a finite decimal number" EDGE},
    {"e.txt", "0 1 2\n1 2 nan\n", ":2: 'nan' is not a finite decimal number" EDGE},
    {"e.txt", "0 1 2\n1 2 -inf\n", ":2: '-inf' is not a finite decimal number" EDGE},
    {"e.txt", "0 1 2\n1 2 1e400\n", ":2: '1e400' is not a finite decimal number" EDGE},
    {"e.txt", "# c\n0 1\n1 2 5\n",
     ":3: the edge has a third column, while the first one (line 2) has none; give a weight to all "
     "edges or to none"},
    {"e.txt", "0 1 5\n1 2\n",
     ":2: the edge has no weight, while the first one (line 1) has; give a weight to all edges or "
     "to none"},
    {"e.txt", "# only\n\n% comments", ": holds no edges, only 3 empty or comment lines" EDGE},
    {"e.txt", "%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 1\n",
     ":1: this is a Matrix Market file; name it .mtx, or give the format mtx"},
    {"e.txt", "\x89HDF\r\n\x1a\n", ":1: '\\x89HDF' is not a vertex id" EDGE},
    {"e.txt", "0 1\n0123456789012345678901234567890123456789012345678901234567890x 1\n",
     ":2: '0123456789012345678901234567890123456789...' is not a vertex id" EDGE},
    {"e.gz", "0 1\n", ": does not begin like a gzip file; rename it if it is plain text"},
};

#define BANNER                                                                                     \
    "; expected \"%%MatrixMarket matrix coordinate pattern|integer|real general|symmetric\""
#define SIZE     "; expected the size line \"rows columns entries\""
#define MM(kind) "%%MatrixMarket matrix coordinate " kind "\n"

static const bad_file_t bad_matrices[] = {
    {"m.mtx", "1 2\n", ":1: this is not the first line of a Matrix Market matrix" BANNER},
    {"m.mtx", "%%MatrixMarket vector coordinate real general\n",
     ":1: this is not the first line of a Matrix Market matrix" BANNER},
    {"m.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n",
     ":1: a dense matrix (array) is not a graph; store its entries as coordinates" BANNER},
    {"m.mtx", MM("complex general"),
     ":1: complex values are no edge weights; store their absolute values as real" BANNER},
    {"m.mtx", MM("real skew-symmetric"),
     ":1: the values of an undirected graph are symmetric; store them as such" BANNER},
    {"m.mtx", MM("real"), ":1: the symmetry is unknown" BANNER},
    {"m.mtx", MM("quaternion general"), ":1: the kind of values is unknown" BANNER},
    {"m.mtx", MM("real general") "%\n",
     ":2: the file ends before the size line \"rows columns entries\""},
    {"m.mtx", MM("real general") "3 3\n", ":2: '' is not a number" SIZE},
    {"m.mtx", MM("real general") "3 -3 1\n", ":2: number '-3' is negative" SIZE},
    {"m.mtx", MM("real general") "3 3 1 1\n",
     ":2: the size line of coordinates has three numbers: rows columns entries"},
    {"m.mtx", MM("real general") "3 4 1\n",
     ":2: 3 rows but 4 columns; the matrix of a graph is square"},
    {"m.mtx", MM("pattern general") "3 3 5\n1 2\n2 3\n",
     ":2: the size line promises 5 entries, but the file holds 2; the file may be cut off, or the "
     "size line wrong"},
    {"m.mtx", MM("pattern general") "%\n3 3 1\n1 2\n2 3\n",
     ":3: the size line promises 1 entries, but the file holds 2; the file may be cut off, or the "
     "size line wrong"},
    {"m.mtx", MM("pattern general") "3 3 9223372036854775807\n1 2\n",
     ":2: the size line promises 9223372036854775807 entries, but the file holds 1; the file may "
     "be "
     "cut off, or the size line wrong"},
    {"m.mtx", MM("pattern general") "3 3 1\n1 4\n",
     ":3: 4 is outside the size given in line 2; expected \"row column\" with rows and columns "
     "from "
     "1 to 3"},
    {"m.mtx", MM("pattern general") "3 3 1\n0 1\n",
     ":3: 0 is outside the size given in line 2; expected \"row column\" with rows and columns "
     "from "
     "1 to 3"},
    {"m.mtx", MM("real general") "3 3 1\n1 2\n",
     ":3: '' is not a finite decimal number; expected \"row column value\" with rows and columns "
     "from 1 to 3"},
    {"m.mtx", MM("pattern general") "3 3 1\n1 2 7\n",
     ":3: '7' is one column too many; expected \"row column\" with rows and columns from 1 to 3"},
    {"m.mtx", MM("pattern general") "3 3 1\n1\n",
     ":3: the entry ends too early; expected \"row column\" with rows and columns from 1 to 3"},
    {"m.mtx", MM("pattern general") "3 3 1\n1,2\n",
     ":3: '1,2' is not a row or column; expected \"row column\" with rows and columns from 1 to 3"},
};

#define HEADER "; expected the header \"vertices edges [format [constraints]]\""
#define ROW(n) "; expected its neighbours from 1 to " n

static const bad_file_t bad_metis[] = {
    {"g.graph", "% only\n", ": the file ends before its header" HEADER},
    {"g.graph", "3\n", ":1: fewer than two numbers" HEADER},
    {"g.graph", "3 x\n", ":1: 'x' is not a number" HEADER},
    {"g.graph", "3 1 1 1 1\n", ":1: more than four numbers" HEADER},
    {"g.graph", "3 1 12\n", ":1: the format 12 is not three digits of 0 and 1" HEADER},
    {"g.graph", "3 9223372036854775807\n", ":1: 9223372036854775807 edges are over 2^62" HEADER},
    {"g.graph", "3 2\n2\n1 3\n4\n", ":4: neighbour 4 is outside the size given in line 1" ROW("3")},
    {"g.graph", "%\n3 2\n2\n1 3\n0\n",
     ":5: neighbour 0 is outside the size given in line 2" ROW("3")},
    {"g.graph", "3 2\n2\n1 3\n-2\n", ":4: neighbour '-2' is negative" ROW("3")},
    {"g.graph", "3 5\n2\n1 3\n2\n",
     ":1: the header promises 5 edges, so 10 neighbours, but the lines list 4; each edge is listed "
     "by both of its ends and counted once"},
    {"g.graph", "3 2\n2\n1 3\n",
     ":3: the file ends here, after 2 of the 3 vertices that line 1 promises; a vertex without "
     "neighbours needs an empty line"},
    {"g.graph", "2 1\n2\n1\n\n1\n",
     ":5: this is the line of a vertex 4, but line 1 promises only 2"},
    {"g.graph", "4 2\n2 3\n1\n\n2\n",
     ":1: some edge is listed by only one of its ends, or with two weights; list each edge in the "
     "lines of both ends"},
    {"g.graph", "2 1 1\n2 5\n1 6\n",
     ":1: some edge is listed by only one of its ends, or with two weights; list each edge in the "
     "lines of both ends"},
    {"g.graph", "2 1 1\n2 5\n1\n",
     ":3: the weight of neighbour 1 is missing; expected its neighbours from 1 to 2, each followed "
     "by a weight"},
    {"g.graph", "2 1 11 2\n1 1 2 5\n1\n",
     ":3: the line has only 1 of 2 numbers before the neighbours; expected the vertex's size or "
     "weights, then its neighbours from 1 to 2, each followed by a weight"},
};

static void expect_all_refused(const bad_file_t *files, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        io_expect_refused(io_put_text(files[i].name, files[i].text), GPH_FORMAT_AUTO,
                          files[i].message);
}

static void test_edge_lists(void)
{
    expect_all_refused(bad_lists, sizeof bad_lists / sizeof *bad_lists);
}

static void test_matrix_market(void)
{
    expect_all_refused(bad_matrices, sizeof bad_matrices / sizeof *bad_matrices);
}

static void test_metis(void)
{
    expect_all_refused(bad_metis, sizeof bad_metis / sizeof *bad_metis);
}

static void test_zeros(void)
{
    static const char zeros[] = "0 1\n\0\0\0 1\n";
    io_expect_refused(io_put("z.txt", zeros, sizeof zeros - 1), GPH_FORMAT_AUTO,
                      ":2: '\\x00\\x00\\x00' is not a vertex id" EDGE);
}

static void test_no_file(void)
{
    char place[600];

    io_expect_refused(gph_test_tmp("absent.txt"), GPH_FORMAT_AUTO,
                      ": no such file; check the path");
    snprintf(place, sizeof place, "%s", gph_test_tmpdir());
    io_expect_refused(place, GPH_FORMAT_AUTO, ": is a directory; name a file in it");
    io_expect_refused(place, GPH_FORMAT_HDF5, ": is a directory; name a file in it");
    for (int format = GPH_FORMAT_EDGES; format <= GPH_FORMAT_HDF5; ++format)
        io_expect_refused(io_put("empty", "", 0), (gph_format_t)format,
                          ": the file is empty (0 bytes)");
    io_expect_refused("/dev/null", GPH_FORMAT_AUTO,
                      ": is not a regular file; store a pipe or device in a file first");
}

static void test_unreadable(void)
{
    const char *path = io_put_text("secret.txt", "0 1\n");
    bool ok = true;

    if (gph_test_rank() == 0)
        ok = chmod(path, 0) == 0;
    GPH_EXPECT(gph_test_all(ok), "chmod failed");
    if (access(path, R_OK) == 0)
        gph_test_skip("this user may read everything");
    else
        io_expect_refused(path, GPH_FORMAT_AUTO, ": may not be read; check its permissions");
}

/* Fills text with edges "i i+1" and bad lines here and there; returns its size. */
static int64_t make_text(char *text, int64_t lines, int64_t first_bad, int64_t step)
{
    int64_t size = 0;

    for (int64_t i = 1; i <= lines; ++i) {
        if (i >= first_bad && (i - first_bad) % step == 0)
            size += sprintf(text + size, "%lld bad%lld\n", (long long)i, (long long)i);
        else
            size += sprintf(text + size, "%lld %lld\n", (long long)i, (long long)i + 1);
    }
    return size;
}

/* Bad lines on all ranks and in all threads: the first of the file is reported. */
static void test_first_of_many(void)
{
    static const int64_t first_bad[] = {1, 2, 777, 123456, 299999, 300000};
    enum { LINES = 300000 };
    gph_context_t *context = gph_test_context();
    char *text = NULL;

    if (!gph_test_all(gph_alloc(context->env, LINES * 24, 1, &text) == GPH_OK))
        return;
    for (size_t i = 0; i < sizeof first_bad / sizeof *first_bad; ++i) {
        char message[256];
        const int64_t size = make_text(text, LINES, first_bad[i], 997);
        snprintf(message, sizeof message, ":%lld: 'bad%lld' is not a vertex id%s",
                 (long long)first_bad[i], (long long)first_bad[i], EDGE);
        io_expect_refused(io_put("many.txt", text, size), GPH_FORMAT_AUTO, message);
        io_expect_refused(io_put_gzip("many.txt.gz", text, size, 2), GPH_FORMAT_AUTO, message);
    }
    gph_free(text);
}

/* A line longer than a text of edges can have, at the beginning and amid others. */
static void test_long_lines(void)
{
    const int64_t size = INT64_C(3) << 20;
    gph_context_t *context = gph_test_context();
    char *text = NULL;

    if (!gph_test_all(gph_alloc(context->env, size, 1, &text) == GPH_OK))
        return;
    memset(text, '7', (size_t)size);
    io_expect_refused(io_put("long.txt", text, size), GPH_FORMAT_AUTO,
                      ":1: the line is longer than 1048576 bytes; is this a text file?");
    memcpy(text, "0 1\n1 2\n", 8);
    memset(text + 8, ' ', (size_t)size - 9);
    text[size - 1] = '\n';
    io_expect_refused(io_put("long.txt", text, size), GPH_FORMAT_AUTO,
                      ":3: the line is longer than 1048576 bytes; is this a text file?");
    io_expect_refused(io_put_gzip("long.txt.gz", text, size, 1), GPH_FORMAT_AUTO,
                      ":3: the line is longer than 1048576 bytes; is this a text file?");
    gph_free(text);
}

/* Cuts or changes a gzip file at a byte; -1: leaves it. */
static void damage(const char *path, int64_t cut, int64_t change)
{
    bool ok = true;

    if (gph_test_rank() == 0) {
        FILE *file = fopen(path, "r+b");
        ok = file != NULL;
        if (ok && change >= 0)
            ok = fseek(file, (long)change, SEEK_SET) == 0 && fputc(0xff, file) != EOF;
        if (file != NULL && fclose(file) != 0)
            ok = false;
        if (ok && cut >= 0)
            ok = truncate(path, (off_t)cut) == 0;
    }
    GPH_EXPECT(gph_test_all(ok), "%s was not damaged", path);
}

static void test_damaged_gzip(void)
{
    enum { LINES = 500000 };
    gph_context_t *context = gph_test_context();
    char *text = NULL;
    const char *path = NULL;
    struct stat info;
    char message[256];

    if (!gph_test_all(gph_alloc(context->env, LINES * 24, 1, &text) == GPH_OK))
        return;
    const int64_t size = make_text(text, LINES, LINES + 1, 1);
    path = io_put_gzip("cut.txt.gz", text, size, 1);
    damage(path, 300000, -1);
    io_expect_refused(path, GPH_FORMAT_AUTO,
                      ": the gzip data ends too early at byte 300000 of 300000; fetch or compress "
                      "the file again");
    path = io_put_gzip("crc.txt.gz", text, size, 1);
    if (stat(path, &info) == 0)
        damage(path, -1, info.st_size - 6);
    gph_edges_t edges = gph_edges_init();
    context = gph_test_context();
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_read_edges(context, path, GPH_FORMAT_AUTO, &edges));
    snprintf(message, sizeof message, "%s: the gzip data is damaged at byte", path);
    GPH_EXPECT(strncmp(gph_context_error(context), message, strlen(message)) == 0, "%s",
               gph_context_error(context));
    // A bad line in an earlier piece than the damage is the first error, whoever parses it.
    const int64_t bad = make_text(text, LINES, 5, LINES);
    path = io_put_gzip("both.txt.gz", text, bad, 1);
    if (stat(path, &info) == 0)
        damage(path, info.st_size - 100, -1);
    io_expect_refused(path, GPH_FORMAT_AUTO, ":5: 'bad5' is not a vertex id" EDGE);
    gph_free(text);
}

/* Sizes that no machine holds are refused as bad input; merely large ones are left to the budget.
 */
static void test_promises(void)
{
    gph_context_t *context = gph_test_context();
    const char *path = io_put_text(
        "p.mtx", MM("pattern general") "4611686018427387904 4611686018427387904 1\n1 2\n");
    gph_edges_t edges = gph_edges_init();
    char wanted[700];

    snprintf(wanted, sizeof wanted, "%s:2: promises 4611686018427387904 vertices, which need",
             path);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_read_edges(context, path, GPH_FORMAT_AUTO, &edges));
    GPH_EXPECT(strncmp(gph_context_error(context), wanted, strlen(wanted)) == 0, "%s",
               gph_context_error(context));
}

static void test_no_generator(void)
{
    gph_context_t *context = gph_test_context();
    gph_edges_t edges = gph_edges_init();

    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_read_edges(context, "rmad:scale=3", GPH_FORMAT_AUTO, &edges));
    CU_ASSERT_STRING_EQUAL(gph_context_error(context),
                           "rmad:scale=3: 'rmad' is no generator, and there is no file of that "
                           "name; generators are rmat, er, complete, cycle, star, path, turan, "
                           "text, textgraph and math");
    context = gph_test_context();
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_read_edges(context, "x.h5.gz", GPH_FORMAT_AUTO, &edges));
    context = gph_test_context();
    GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                      gph_read_edges(context, "text:unit=letter,path=x", GPH_FORMAT_AUTO, &edges));
}

GPH_TEST_SUITE(io_bad_lines, {"edge lists", test_edge_lists}, {"Matrix Market", test_matrix_market},
               {"METIS", test_metis}, {"zero bytes", test_zeros},
               {"missing, directory, empty, device", test_no_file}, {"unreadable", test_unreadable},
               {"the first of many bad lines", test_first_of_many},
               {"very long lines", test_long_lines},
               {"truncated and damaged gzip", test_damaged_gzip},
               {"promises beyond all memory", test_promises},
               {"neither generator nor file", test_no_generator});
