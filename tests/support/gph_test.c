/* Helpers of the test programs; see gph_test.h. */
#include "gph_test.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_CHARS = 4096, PATHS = 16, LOG_CHARS = 1 << 16, TEXT_CHARS = 1024, SKIPS = 16 };

static char program_name[256];
static char folder[PATH_CHARS];
static char log_lines[LOG_CHARS];
static size_t log_used;
static const char *skipped[SKIPS];
static gph_context_t *shared;

/* --- where a test runs ---------------------------------------------------------------------- */

int gph_test_rank(void)
{
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int gph_test_ranks(void)
{
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    return ranks;
}

int gph_test_threads(void)
{
    const char *text = getenv("GPH_TEST_THREADS");
    const long threads = text ? strtol(text, NULL, 10) : 1;
    return threads > 0 && threads < 1024 ? (int)threads : 1;
}

static void keep_line(void *data, gph_log_level_t level, const char *line)
{
    (void)data;
    (void)level;
    if (getenv("GPH_TEST_LOG"))
        fprintf(stderr, "rank %d: %s\n", gph_test_rank(), line);
    const size_t length = strlen(line);
    if (log_used + length + 2 > sizeof log_lines)
        return;
    memcpy(log_lines + log_used, line, length);
    log_lines[log_used + length] = '\n';
    log_used += length + 1;
    log_lines[log_used] = '\0';
}

gph_context_options_t gph_test_options(void)
{
    gph_context_options_t options = gph_context_options_default();
    options.threads = gph_test_threads();
    options.level = GPH_LOG_INFO;
    options.log = keep_line;
    return options;
}

gph_context_t *gph_test_context(void)
{
    const gph_context_options_t options = gph_test_options();
    if (!shared && gph_context_create(MPI_COMM_WORLD, &options, &shared) != GPH_OK) {
        fprintf(stderr, "the tests' context could not be made\n");
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    shared->worth = 1e-3; /* tests are small, and yet run on all threads */
    gph_context_clear_error(shared);
    for (int kind = 0; kind < GPH_FAULT_KINDS; kind++)
        gph_fault_plan(shared->env, (gph_fault_t)kind, 0);
    log_used = 0;
    log_lines[0] = '\0';
    return shared;
}

bool gph_test_logged(const char *text)
{
    return strstr(log_lines, text) != NULL;
}

/* "base/name" in one of a few buffers used in turn. */
static const char *join(const char *base, const char *name)
{
    static char paths[PATHS][PATH_CHARS];
    static int next;
    char *path = paths[next++ % PATHS];
    if (snprintf(path, PATH_CHARS, "%s/%s", base, name) >= PATH_CHARS) {
        fprintf(stderr, "path too long: %s/%s\n", base, name);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return path;
}

const char *gph_test_tmpdir(void)
{
    return folder;
}

const char *gph_test_tmp(const char *name)
{
    return join(folder, name);
}

const char *gph_test_source(const char *path)
{
    return join(GPH_TEST_SOURCE_DIR, path);
}

const char *gph_test_data(const char *path)
{
    const char *base = getenv("GPH_TEST_DATA");
    const char *full = join(base ? base : GPH_TEST_SOURCE_DIR "/../shared/data", path);
    return access(full, R_OK) == 0 ? full : NULL;
}

void gph_test_skip(const char *why)
{
    for (int i = 0; i < SKIPS; i++) {
        if (!skipped[i])
            skipped[i] = why;
        if (strcmp(skipped[i], why) == 0)
            return;
    }
}

/* --- agreement between ranks ---------------------------------------------------------------- */

bool gph_test_all(bool ok)
{
    int mine = ok;
    int all = 0;
    MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_LAND, MPI_COMM_WORLD);
    return all != 0;
}

bool gph_test_same_i64(int64_t value)
{
    int64_t first = value;
    MPI_Bcast(&first, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
    return gph_test_all(first == value);
}

bool gph_test_same_text(const char *text)
{
    const int64_t length = (int64_t)strlen(text);
    if (!gph_test_same_i64(length))
        return false;
    char *first = malloc((size_t)length + 1);
    if (!first)
        MPI_Abort(MPI_COMM_WORLD, 1);
    memcpy(first, text, (size_t)length + 1);
    MPI_Bcast(first, (int)length, MPI_CHAR, 0, MPI_COMM_WORLD);
    const bool same = strcmp(first, text) == 0;
    free(first);
    return gph_test_all(same);
}

/* --- expectations --------------------------------------------------------------------------- */

bool gph_test_expect(const char *file, unsigned line, bool ok, const char *format, ...)
{
    char text[TEXT_CHARS] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *c = text; *c; c++)
        if (*c == '\n')
            *c = ' ';
    CU_assertImplementation(ok, line, text, file, "", CU_FALSE);
    return ok;
}

bool gph_test_expect_status(const char *file, unsigned line, const char *call, gph_status_t wanted,
                            gph_status_t got, const gph_context_t *context)
{
    return gph_test_expect(file, line, got == wanted, "%s: %s instead of %s: %s", call,
                           gph_status_name(got), gph_status_name(wanted),
                           context ? gph_context_error(context) : "");
}

/* Name of the file that keeps a value: the program and the key, other characters made dashes. */
static const char *golden_path(const char *key, const char *suffix)
{
    char name[512];
    snprintf(name, sizeof name, "%s.%s%s", program_name, key, suffix);
    for (char *c = name; *c; c++)
        if (*c == '/' || *c == ' ')
            *c = '-';
    return join(getenv("GPH_TEST_GOLDEN"), name);
}

static bool write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    const bool written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}

static bool read_text(const char *path, char text[TEXT_CHARS])
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    const size_t got = fread(text, 1, TEXT_CHARS - 1, file);
    text[got] = '\0';
    return fclose(file) == 0;
}

/* Stores the value unless another run did, then reads what is stored. A hard link takes the final
 * name whole or not at all, so that runs at the same time need no lock. */
static bool golden_value(const char *key, const char *value, char stored[TEXT_CHARS])
{
    char mine[32];
    snprintf(mine, sizeof mine, ".%ld.tmp", (long)getpid());
    const char *path = golden_path(key, "");
    const char *temporary = golden_path(key, mine);
    bool ok = write_text(temporary, value);
    ok = ok && (link(temporary, path) == 0 || errno == EEXIST);
    ok = unlink(temporary) == 0 && ok;
    return ok && read_text(path, stored);
}

bool gph_test_expect_same_at(const char *file, unsigned line, const char *key, const char *value)
{
    char stored[TEXT_CHARS] = "";
    int usable = 1;
    if (!gph_test_expect(file, line, strlen(value) < TEXT_CHARS, "%s: value too long", key))
        value = "too long";
    if (!gph_test_same_text(value))
        return gph_test_expect(file, line, false, "%s differs between ranks; here it is %s", key,
                               value);
    if (!getenv("GPH_TEST_GOLDEN"))
        return true;
    if (gph_test_rank() == 0)
        usable = golden_value(key, value, stored);
    MPI_Bcast(&usable, 1, MPI_INT, 0, MPI_COMM_WORLD);
    MPI_Bcast(stored, TEXT_CHARS, MPI_CHAR, 0, MPI_COMM_WORLD);
    if (!gph_test_expect(file, line, usable, "%s: the stored value can't be kept or read", key))
        return false;
    return gph_test_expect(file, line, strcmp(stored, value) == 0,
                           "%s is %s here but was %s on other ranks and threads", key, value,
                           stored);
}

bool gph_test_expect_same_i64_at(const char *file, unsigned line, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    return gph_test_expect_same_at(file, line, key, text);
}

/* --- begin and end -------------------------------------------------------------------------- */

bool gph_test_begin(const char *program)
{
    const char *slash = strrchr(program, '/');
    const char *base = getenv("TMPDIR");
    snprintf(program_name, sizeof program_name, "%s", slash ? slash + 1 : program);
    if (gph_test_rank() == 0) {
        snprintf(folder, sizeof folder, "%s/gph-test-XXXXXX", base ? base : "/tmp");
        if (!mkdtemp(folder))
            folder[0] = '\0';
    }
    MPI_Bcast(folder, PATH_CHARS, MPI_CHAR, 0, MPI_COMM_WORLD);
    return folder[0] != '\0';
}

static int remove_entry(const char *path, const struct stat *state, int kind, struct FTW *where)
{
    (void)state;
    (void)kind;
    (void)where;
    return remove(path);
}

void gph_test_end(void)
{
    gph_context_destroy(&shared);
    MPI_Barrier(MPI_COMM_WORLD);
    if (gph_test_rank() != 0)
        return;
    for (int i = 0; i < SKIPS && skipped[i]; i++)
        printf("skipped: %s\n", skipped[i]);
    if (nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "%s was not removed whole\n", folder);
}
