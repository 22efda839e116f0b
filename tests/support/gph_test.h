/**
 * What every test program shares: a main() that runs CUnit suites on all ranks, and helpers.
 *
 * A test file holds static test functions and one suite:
 *
 *     static void test_sorts_empty(void) { ... CU_ASSERT_EQUAL(count, 0); ... }
 *     GPH_TEST_SUITE(sort, {"sorts an empty array", test_sorts_empty},
 *                          {"keeps equal keys in order", test_stable});
 *
 * and is named in `gph_test(base SOURCES test_sort.c ...)` of the folder's CMakeLists.txt. Nothing
 * else is needed: the suite registers itself, main() comes from this folder. Every suite runs on
 * every rank, in order of suite names; failures of all ranks are printed once, by rank 0, and every
 * rank exits with the same status. `PROGRAM SUITE...` runs only those suites.
 *
 * A test must make the same Collective calls on every rank, also after a failure: never leave a
 * test early because of something that only this rank sees. `if (!gph_test_all(ok)) return;` agrees
 * first. The status of a Collective call of the library is equal on all ranks already.
 *
 * Environment (set by ctest): GPH_TEST_THREADS threads a rank (1), GPH_TEST_TIMEOUT seconds until
 * the program names the test it hangs in and ends (0: never), GPH_TEST_GOLDEN folder for
 * gph_test_expect_same(), GPH_TEST_DATA folder of real graphs, GPH_TEST_LOG=1 shows log lines.
 */
#ifndef GPH_TEST_H
#define GPH_TEST_H

#include "par/context.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <stdbool.h>
#include <stdint.h>

/** Defines and registers the suite `name` of the tests {"what it promises", function}, ... */
#define GPH_TEST_SUITE(name, ...)                                                                  \
    static CU_TestInfo gph_tests_##name[] = {__VA_ARGS__, CU_TEST_INFO_NULL};                      \
    __attribute__((constructor)) static void gph_register_##name(void)                             \
    {                                                                                              \
        gph_test_register(#name, gph_tests_##name);                                                \
    }                                                                                              \
    _Static_assert(1, "takes the semicolon")

/** Adds a suite; used by GPH_TEST_SUITE. tests must outlive the program. Local. */
void gph_test_register(const char *suite, CU_TestInfo *tests);

/* --- where a test runs ---------------------------------------------------------------------- */

/** Rank in MPI_COMM_WORLD. Local. */
int gph_test_rank(void);
/** Ranks of MPI_COMM_WORLD. Local. */
int gph_test_ranks(void);
/** Threads a rank, from GPH_TEST_THREADS. Local. */
int gph_test_threads(void);

/**
 * The context that all tests of a program share, on MPI_COMM_WORLD, with gph_test_threads() threads
 * and the log of gph_test_logged(). Each call forgets the last failure, planned faults and log
 * lines, so call it first in a test. Collective. Never NULL; main() destroys it.
 */
gph_context_t *gph_test_context(void);

/** Options of that context, for tests that make their own (budget, sub-communicator). Local. */
gph_context_options_t gph_test_options(void);

/** True when a log line of this rank since gph_test_context() contains text. Local. */
bool gph_test_logged(const char *text);

/** A folder that all ranks share, empty at the start, removed at the end. Local. Never NULL. */
const char *gph_test_tmpdir(void);

/** "tmpdir/name", in one of 16 static buffers used in turn. Local. */
const char *gph_test_tmp(const char *name);

/** Path of a file of the source tree, such as "tests/io/data/bad.mtx". As gph_test_tmp(). Local. */
const char *gph_test_source(const char *path);

/** Path of a real graph, such as "cliques/email-Enron.txt.gz", or NULL when absent: then
 * gph_test_skip(). As gph_test_tmp(). Local. */
const char *gph_test_data(const char *path);

/** Notes that a part of a test was left out; rank 0 prints why, once. Local. */
void gph_test_skip(const char *why);

/* --- agreement between ranks ---------------------------------------------------------------- */

/** True on all ranks when ok is true on all of them. Collective. */
bool gph_test_all(bool ok);

/** True on all ranks when the value is the same on all of them. Collective. */
bool gph_test_same_i64(int64_t value);

/** True on all ranks when the text is the same on all of them. Collective. */
bool gph_test_same_text(const char *text);

/* --- expectations that say more than CU_ASSERT ---------------------------------------------- */

/**
 * Evaluates a call that returns a gph_status_t; unless it is `wanted`, records a failure that names
 * the status and the context's message. True when as wanted. context may be NULL.
 */
#define GPH_EXPECT_STATUS(context, wanted, call)                                                   \
    gph_test_expect_status(__FILE__, __LINE__, #call, (wanted), (call), (context))
/** GPH_EXPECT_STATUS() with GPH_OK. */
#define GPH_EXPECT_OK(context, call) GPH_EXPECT_STATUS(context, GPH_OK, call)

/** Behind GPH_EXPECT_STATUS(). Local. */
bool gph_test_expect_status(const char *file, unsigned line, const char *call, gph_status_t wanted,
                            gph_status_t got, const gph_context_t *context);

/** Records a failure with a message of your own unless ok. True when ok. Local. */
#define GPH_EXPECT(ok, ...) gph_test_expect(__FILE__, __LINE__, (ok), __VA_ARGS__)

/** Behind GPH_EXPECT(). Local. */
bool gph_test_expect(const char *file, unsigned line, bool ok, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * Expects that the value (a digest, a number as text) is the same on all ranks of this run, and the
 * same in the runs of this program on other numbers of ranks and threads: the first run of a ctest
 * run stores it, later ones compare. Records a failure otherwise. Collective.
 * @param key   names the value; unique in the program; the same on all ranks
 */
#define gph_test_expect_same(key, value) gph_test_expect_same_at(__FILE__, __LINE__, (key), (value))

/** Behind gph_test_expect_same(). Collective. */
bool gph_test_expect_same_at(const char *file, unsigned line, const char *key, const char *value);

/** gph_test_expect_same() of a number. Collective. */
#define gph_test_expect_same_i64(key, value)                                                       \
    gph_test_expect_same_i64_at(__FILE__, __LINE__, (key), (value))

/** Behind gph_test_expect_same_i64(). Collective. */
bool gph_test_expect_same_i64_at(const char *file, unsigned line, const char *key, int64_t value);

#endif
