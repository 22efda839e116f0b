/* Starting a command with mpirun, and reading what it measured. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

enum { WORDS_MAX = 256, RUNS_MAX = 100, VARIABLES_MAX = 4096, WORDS_CHARS = 2 * APP_TEXT_CHARS };

/* --- the command ---------------------------------------------------------------------------- */

static int log_2(int64_t n)
{
    int bits = 0;
    for (; n > 1; n /= 2)
        bits++;
    return bits;
}

bool bench_expand(const char *command, int cores, char text[APP_TEXT_CHARS],
                  char error[APP_ERROR_CHARS])
{
    size_t length = 0;
    while (*command) {
        char number[32] = "";
        int64_t value = 0;
        int used = 0;
        char what[3] = "";
        if (*command != '{') {
            number[0] = *command++;
        } else if (sscanf(command, "{%" SCNd64 "%2[*+lgp]}%n", &value, what, &used) == 2 &&
                   used > 0 && strcmp(what, "*p") == 0) {
            snprintf(number, sizeof number, "%" PRId64, value * cores);
            command += used;
        } else if (sscanf(command, "{%" SCNd64 "+lg}%n", &value, &used) == 1 && used > 0) {
            snprintf(number, sizeof number, "%" PRId64, value + log_2(cores));
            command += used;
        } else {
            app_error(error, GPH_ERR_USAGE,
                      "'%.80s': braces hold {N*p} (N times the cores) or {N+lg} (N plus their "
                      "logarithm to base 2)",
                      command);
            return false;
        }
        if (length + strlen(number) >= APP_TEXT_CHARS) {
            app_error(error, GPH_ERR_USAGE, "the command is too long");
            return false;
        }
        memcpy(text + length, number, strlen(number) + 1);
        length += strlen(number);
    }
    text[length] = '\0';
    return true;
}

/* Adds the words of a text, split at blanks in place; false when they are too many. */
static bool add_words(char *text, char **words, int *count)
{
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (*count == WORDS_MAX - 1)
            return false;
        words[(*count)++] = word;
    }
    words[*count] = NULL;
    return true;
}

/* --- starting it ---------------------------------------------------------------------------- */

/* Variables by which MPI tells a process its place: a program started from here has its own. */
static bool belongs_to_mpi(const char *variable)
{
    static const char *const starts[] = {
        "PMIX_",          "PMI_",          "ORTE_",         "OPAL_",
        "OMPI_COMM_",     "OMPI_UNIVERSE", "OMPI_APP_CTX",  "OMPI_NUM_APP",
        "OMPI_FIRST_",    "OMPI_ARGV",     "OMPI_COMMAND",  "OMPI_FILE_LOCATION",
        "OMPI_MCA_orte_", "OMPI_MCA_ess",  "OMPI_MCA_pmix", "OMPI_MCA_shmem_RUNTIME",
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(variable, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

/* The environment of a started program. */
static void fill_environment(const char *const *set, char *variables[VARIABLES_MAX])
{
    int count = 0;
    for (char **at = environ; *at && count < VARIABLES_MAX - 16; at++)
        if (!belongs_to_mpi(*at))
            variables[count++] = *at;
    for (; *set && count < VARIABLES_MAX - 1; set++) {
        char name[APP_NAME_CHARS] = "";
        snprintf(name, sizeof name, "%.*s", (int)strcspn(*set, "="), *set);
        if (!getenv(name))
            variables[count++] = (char *)(uintptr_t)*set; /* not written to */
    }
    variables[count] = NULL;
}

int bench_start(char *const *words, const char *const *set, const char *log)
{
    static char *variables[VARIABLES_MAX];
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    int status = 0;
    fill_environment(set, variables);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    const int failure = posix_spawnp(&child, words[0], &actions, NULL, words, variables);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return -1;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* --- what it measured ----------------------------------------------------------------------- */

/* The content of a file, up to a limit; free() it. NULL when it can't be read. */
static char *read_file(const char *path)
{
    enum { MOST = 1 << 22 };
    FILE *file = fopen(path, "r");
    char *text = malloc(MOST);
    if (file && text)
        text[fread(text, 1, MOST - 1, file)] = '\0';
    if (file)
        (void)fclose(file);
    if (file)
        return text;
    free(text);
    return NULL;
}

static double number_in(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(member) ? member->valuedouble : 0;
}

/* The line of a log that tells of an error of gph, or else the first with a word in it. */
static void find_error(const char *log, char line[256])
{
    char *text = read_file(log);
    const char *at = text ? strstr(text, "gph: error: ") : NULL;
    at = at ? at + strlen("gph: error: ") : text ? text + strcspn(text, LETTERS) : "";
    snprintf(line, 256, "%.*s", (int)strcspn(at, "\n"), at);
    free(text);
}

/* A value that is equal when results are. */
static void note_result(const cJSON *root, char same[64])
{
    const char *digest = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "digest"));
    char *text =
        digest ? NULL : cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(root, "result"));
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (const char *at = text; at && *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    if (digest)
        snprintf(same, 64, "%.60s", digest);
    else
        snprintf(same, 64, "result %016" PRIx64, hash);
    cJSON_free(text);
}

/* Takes one run into a row; false when its file is no result. */
static bool take_result(const char *path, bool first, bench_row_t *row, double *seconds)
{
    char *text = read_file(path);
    cJSON *root = text ? cJSON_Parse(text) : NULL;
    const cJSON *report = cJSON_GetObjectItemCaseSensitive(root, "report");
    const cJSON *memory = cJSON_GetObjectItemCaseSensitive(root, "memory");
    char same[64] = "";
    free(text);
    if (!report || !memory) {
        cJSON_Delete(root);
        return false;
    }
    *seconds = number_in(report, "wall");
    note_result(root, same);
    if (first)
        memcpy(row->same, same, sizeof same);
    else if (strcmp(row->same, same) != 0)
        snprintf(row->same, sizeof row->same, "differs between runs");
    if (first || *seconds < row->best) {
        row->best = *seconds;
        row->waiting = *seconds > 0 ? number_in(report, "waiting") / *seconds : 0;
        row->memory = (int64_t)number_in(memory, "peak_max");
        row->sent =
            (int64_t)(number_in(report, "message_bytes") + number_in(report, "collective_bytes"));
    }
    cJSON_Delete(root);
    return true;
}

static int compare_seconds(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Words of one run: LAUNCHER RANKS GPH COMMAND… --threads T --json FILE. */
static bool fill_words(const bench_t *bench, const bench_row_t *row, const char *json,
                       char text[4][WORDS_CHARS], char **words, char error[APP_ERROR_CHARS])
{
    int count = 0;
    const ssize_t length = readlink("/proc/self/exe", text[2], APP_TEXT_CHARS - 1);
    text[2][length > 0 ? length : 0] = '\0';
    snprintf(text[0], WORDS_CHARS, "%s %d", bench->launcher, row->ranks);
    snprintf(text[3], WORDS_CHARS, "--threads %d --progress never --json %s", row->threads, json);
    if (!bench_expand(bench->command, row->ranks * row->threads, text[1], error))
        return false;
    bool fits = add_words(text[0], words, &count) && count < WORDS_MAX - 1;
    if (fits)
        words[count++] = text[2];
    fits = fits && add_words(text[1], words, &count) && add_words(text[3], words, &count);
    if (!fits)
        app_error(error, GPH_ERR_USAGE, "the command has too many words");
    return fits;
}

gph_status_t bench_run(const bench_t *bench, bench_row_t *row, char error[APP_ERROR_CHARS])
{
    static char text[4][WORDS_CHARS];
    char *words[WORDS_MAX] = {NULL};
    char json[APP_TEXT_CHARS] = "";
    char log[APP_TEXT_CHARS + 8] = "";
    char line[256] = "";
    double seconds[RUNS_MAX] = {0};
    /* For machines with less cores than threads: waiting ranks and threads must let others work. */
    const char *const set[] = {
        "OMPI_MCA_rmaps_base_oversubscribe=1", "OMPI_MCA_hwloc_base_binding_policy=none",
        row->over ? "OMPI_MCA_mpi_yield_when_idle=1" : NULL, "OMP_WAIT_POLICY=passive", NULL};
    gph_status_t status = GPH_OK;
    snprintf(json, sizeof json, "%.4000s.run-%ld.json", bench->out, (long)getpid());
    snprintf(log, sizeof log, "%s.log", json);
    for (int run = 0; status == GPH_OK && run < bench->repeat; run++) {
        if (!fill_words(bench, row, json, text, words, error))
            return GPH_ERR_USAGE;
        const int ended = bench_start(words, set, log);
        find_error(log, line);
        if (ended < 0)
            status = app_error(error, GPH_ERR_SYSTEM, "%s can't be started: %s", words[0],
                               strerror(errno));
        else if (ended != 0)
            status = app_error(
                error, ended > 0 && ended <= 6 ? (gph_status_t)ended : GPH_ERR_SYSTEM,
                "%d ranks, %d threads: exit status %d: %s", row->ranks, row->threads, ended, line);
        else if (!take_result(json, run == 0, row, &seconds[run]))
            status = app_error(error, GPH_ERR_SYSTEM, "%d ranks, %d threads: no result: %s",
                               row->ranks, row->threads, line);
    }
    remove(json); /* they may not be there */
    remove(log);
    qsort(seconds, (size_t)bench->repeat, sizeof *seconds, compare_seconds);
    row->median = seconds[bench->repeat / 2];
    return status;
}
