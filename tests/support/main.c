/* main() of every test program: runs the registered suites on all ranks, gathers failures, prints
 * them once, and exits with the same status everywhere. */
#include "gph_test.h"
#include "internal.h"

#include <CUnit/TestRun.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_SUITES = 64, MAX_FAILURES = 48, LINE_CHARS = 640 };

typedef struct failure {
    char text[LINE_CHARS]; /* "" where there is none */
} failure_t;

static CU_SuiteInfo suites[MAX_SUITES];
static int suite_count;
static char hang_note[LINE_CHARS]; /* what the watchdog writes; kept ready, as snprintf is not safe
                                      in a signal handler */

void gph_test_register(const char *suite, CU_TestInfo *tests)
{
    if (suite_count == MAX_SUITES) {
        fprintf(stderr, "more than %d suites\n", MAX_SUITES);
        exit(EXIT_FAILURE);
    }
    suites[suite_count++] = (CU_SuiteInfo){.pName = suite, .pTests = tests};
}

static int compare_suites(const void *a, const void *b)
{
    return strcmp(((const CU_SuiteInfo *)a)->pName, ((const CU_SuiteInfo *)b)->pName);
}

static bool wanted(const char *suite, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(suite, names[i]) == 0)
            return true;
    return count == 0;
}

/* Registers the wanted suites with CUnit; false when CUnit refuses or none is left. */
static bool register_suites(int count, char **names)
{
    bool any = false;
    if (CU_initialize_registry() != CUE_SUCCESS)
        return false;
    qsort(suites, (size_t)suite_count, sizeof *suites, compare_suites);
    for (int i = 0; i < suite_count; i++) {
        CU_SuiteInfo list[2] = {suites[i], CU_SUITE_INFO_NULL};
        if (!wanted(suites[i].pName, count, names))
            continue;
        if (CU_register_suites(list) != CUE_SUCCESS)
            return false;
        any = true;
    }
    return any;
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    if (write(STDERR_FILENO, hang_note, strlen(hang_note)) < 0)
        _exit(125);
    _exit(124);
}

static void on_test_start(const CU_pTest test, const CU_pSuite suite)
{
    snprintf(hang_note, sizeof hang_note, "rank %d: out of time in %s: %s\n", gph_test_rank(),
             suite->pName, test->pName);
}

static void start_watchdog(void)
{
    const char *seconds = getenv("GPH_TEST_TIMEOUT");
    if (!seconds)
        return;
    signal(SIGALRM, on_alarm);
    alarm((unsigned)strtoul(seconds, NULL, 10));
}

/* Writes this rank's failures as lines. */
static void collect_failures(failure_t failures[MAX_FAILURES])
{
    int count = 0;
    for (CU_pFailureRecord record = CU_get_failure_list(); record && count < MAX_FAILURES;
         record = record->pNext) {
        const char *suite = record->pSuite ? record->pSuite->pName : "?";
        const char *test = record->pTest ? record->pTest->pName : "set-up";
        snprintf(failures[count].text, sizeof failures[count].text, "%s:%u: %s: %s: %s",
                 record->strFileName ? record->strFileName : "?", record->uiLineNumber, suite, test,
                 record->strCondition ? record->strCondition : "?");
        count++;
    }
}

/* True when rank's block of failures holds this line. */
static bool has_line(const failure_t *block, const char *line)
{
    for (int i = 0; i < MAX_FAILURES; i++)
        if (strcmp(block[i].text, line) == 0)
            return true;
    return false;
}

/* Prints each distinct line once, with the ranks that have it. all is [ranks][MAX_FAILURES]. */
static void print_failures(const failure_t *all, int ranks)
{
    for (int i = 0; i < ranks * MAX_FAILURES; i++) {
        const int rank = i / MAX_FAILURES;
        const char *line = all[i].text;
        bool seen = line[0] == '\0';
        for (int j = rank * MAX_FAILURES; j < i; j++)
            seen = seen || strcmp(all[j].text, line) == 0;
        for (int r = 0; r < rank; r++)
            seen = seen || has_line(all + r * MAX_FAILURES, line);
        if (seen)
            continue;
        printf("FAILED on rank");
        for (int r = rank; r < ranks; r++)
            if (has_line(all + r * MAX_FAILURES, line))
                printf(" %d", r);
        printf(": %s\n", line);
    }
}

static bool report(const char *program)
{
    /* failed assertions and failed tests of this rank, assertions made */
    long long mine[3] = {(long long)CU_get_number_of_failure_records(),
                         (long long)CU_get_number_of_tests_failed(),
                         (long long)CU_get_number_of_asserts()};
    long long sum[3] = {0};
    const int ranks = gph_test_ranks();
    failure_t *failures = calloc(MAX_FAILURES, sizeof *failures);
    failure_t *all = calloc((size_t)ranks * MAX_FAILURES, sizeof *all);
    if (!failures || !all)
        MPI_Abort(MPI_COMM_WORLD, 1);
    collect_failures(failures);
    MPI_Allreduce(mine, sum, 3, MPI_LONG_LONG, MPI_SUM, MPI_COMM_WORLD);
    MPI_Gather(failures, (int)sizeof *failures * MAX_FAILURES, MPI_CHAR, all,
               (int)sizeof *failures * MAX_FAILURES, MPI_CHAR, 0, MPI_COMM_WORLD);
    if (gph_test_rank() == 0) {
        const char *name = strrchr(program, '/');
        print_failures(all, ranks);
        printf("%s: %u tests on %d ranks with %d threads: %lld assertions, %lld failed\n",
               name ? name + 1 : program, CU_get_number_of_tests_run(), ranks, gph_test_threads(),
               sum[2], sum[0]);
        fflush(stdout);
    }
    free(failures);
    free(all);
    return sum[0] == 0 && sum[1] == 0 && CU_get_number_of_tests_run() > 0;
}

int main(int argc, char **argv)
{
    int provided = MPI_THREAD_SINGLE;
    bool passed = false;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    start_watchdog();
    if (!gph_test_begin(argv[0]) || !register_suites(argc - 1, argv + 1)) {
        fprintf(stderr, "%s: no suite, or no folder to work in\n", argv[0]);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    CU_set_error_action(CUEA_IGNORE);
    CU_set_test_start_handler(on_test_start);
    CU_run_all_tests();
    passed = report(argv[0]);
    gph_test_end();
    CU_cleanup_registry();
    MPI_Finalize();
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
