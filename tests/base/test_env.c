/* The kept error, faults of every kind, and the log. */
#include "base/env.h"
#include "gph_test.h"

#include <stdio.h>
#include <string.h>

static gph_env_t *make_env(void)
{
    gph_env_t *env = NULL;
    if (gph_env_create(0, &env) != GPH_OK)
        MPI_Abort(MPI_COMM_WORLD, 1);
    return env;
}

static void test_first_error_is_kept(void)
{
    gph_env_t *env = make_env();
    CU_ASSERT_STRING_EQUAL(gph_env_error(env), "");
    CU_ASSERT_EQUAL(gph_env_error_status(env), GPH_OK);
    CU_ASSERT_EQUAL(gph_fail(env, GPH_ERR_INPUT, "%s:%d: no number", "a.txt", 7), GPH_ERR_INPUT);
    CU_ASSERT_EQUAL(gph_fail(env, GPH_ERR_SYSTEM, "later"), GPH_ERR_SYSTEM);
    CU_ASSERT_STRING_EQUAL(gph_env_error(env), "a.txt:7: no number");
    CU_ASSERT_EQUAL(gph_env_error_status(env), GPH_ERR_INPUT);
    gph_env_error_clear(env);
    CU_ASSERT_STRING_EQUAL(gph_env_error(env), "");
    CU_ASSERT_EQUAL(gph_env_error_status(env), GPH_OK);
    CU_ASSERT_EQUAL(gph_fail(env, GPH_ERR_USAGE, "next"), GPH_ERR_USAGE);
    CU_ASSERT_STRING_EQUAL(gph_env_error(env), "next");
    gph_env_destroy(&env);
}

static void test_long_error_is_cut(void)
{
    gph_env_t *env = make_env();
    char text[3 * GPH_ERROR_CHARS];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    CU_ASSERT_EQUAL(gph_fail(env, GPH_ERR_INPUT, "%s", text), GPH_ERR_INPUT);
    CU_ASSERT_EQUAL(strlen(gph_env_error(env)), GPH_ERROR_CHARS - 1);
    gph_env_destroy(&env);
}

static void test_errors_of_threads(void)
{
    gph_env_t *env = make_env();
#pragma omp parallel for num_threads(4) default(none) shared(env) schedule(static, 1)
    for (int i = 0; i < 400; i++)
        gph_fail(env, i % 2 == 0 ? GPH_ERR_INPUT : GPH_ERR_USAGE, "%d %d %d", i, i, i);
    int a = -1;
    int b = -2;
    int c = -3;
    CU_ASSERT_EQUAL(sscanf(gph_env_error(env), "%d %d %d", &a, &b, &c), 3);
    CU_ASSERT_TRUE(a == b && b == c && a >= 0 && a < 400);
    CU_ASSERT_EQUAL(gph_env_error_status(env), a % 2 == 0 ? GPH_ERR_INPUT : GPH_ERR_USAGE);
    gph_env_destroy(&env);
}

static void test_fault_kinds(void)
{
    gph_env_t *env = make_env();
    for (int kind = 0; kind < GPH_FAULT_KINDS; kind++)
        gph_fault_plan(env, (gph_fault_t)kind, kind + 1);
    for (int kind = 0; kind < GPH_FAULT_KINDS; kind++)
        for (int call = 1; call <= 6; call++)
            CU_ASSERT_EQUAL(gph_fault_strikes(env, (gph_fault_t)kind), call == kind + 1);
    CU_ASSERT_EQUAL(gph_fault_calls(env, GPH_FAULT_SYNC), 6);
    gph_fault_plan(env, GPH_FAULT_SYNC, 1);
    CU_ASSERT_EQUAL(gph_fault_calls(env, GPH_FAULT_SYNC), 0);
    CU_ASSERT_TRUE(gph_fault_strikes(env, GPH_FAULT_SYNC));
    CU_ASSERT_EQUAL(gph_fault_calls(env, GPH_FAULT_WRITE), 6);
    gph_env_destroy(&env);
}

static void test_fault_among_threads(void)
{
    gph_env_t *env = make_env();
    int strikes = 0;
    gph_fault_plan(env, GPH_FAULT_WRITE, 77);
#pragma omp parallel for num_threads(4) default(none) shared(env) reduction(+ : strikes)
    for (int i = 0; i < 1000; i++)
        strikes += gph_fault_strikes(env, GPH_FAULT_WRITE);
    CU_ASSERT_EQUAL(strikes, 1);
    CU_ASSERT_EQUAL(gph_fault_calls(env, GPH_FAULT_WRITE), 1000);
    gph_env_destroy(&env);
}

typedef struct record {
    int lines;
    gph_log_level_t level;
    char last[4096];
} record_t;

static void keep(void *data, gph_log_level_t level, const char *line)
{
    record_t *record = data;
    record->lines++;
    record->level = level;
    snprintf(record->last, sizeof record->last, "%s", line);
}

static void test_log_levels(void)
{
    gph_env_t *env = make_env();
    record_t record = {0};
    gph_log(env, GPH_LOG_ERROR, "nobody listens");
    CU_ASSERT_FALSE(gph_log_wanted(env, GPH_LOG_ERROR));
    for (int level = GPH_LOG_QUIET; level <= GPH_LOG_DEBUG; level++) {
        gph_env_set_log(env, (gph_log_level_t)level, keep, &record);
        for (int line = GPH_LOG_ERROR; line <= GPH_LOG_DEBUG; line++) {
            record.lines = 0;
            gph_log(env, (gph_log_level_t)line, "line %d", line);
            CU_ASSERT_EQUAL(record.lines, line <= level);
            CU_ASSERT_EQUAL(gph_log_wanted(env, (gph_log_level_t)line), line <= level);
        }
        CU_ASSERT_FALSE(gph_log_wanted(env, GPH_LOG_QUIET));
    }
    CU_ASSERT_STRING_EQUAL(record.last, "line 4");
    CU_ASSERT_EQUAL(record.level, GPH_LOG_DEBUG);
    gph_env_set_log(env, GPH_LOG_DEBUG, NULL, NULL);
    CU_ASSERT_FALSE(gph_log_wanted(env, GPH_LOG_ERROR));
    gph_env_destroy(&env);
}

static void test_log_of_threads(void)
{
    gph_env_t *env = make_env();
    record_t record = {0};
    gph_env_set_log(env, GPH_LOG_INFO, keep, &record);
#pragma omp parallel for num_threads(4) default(none) shared(env)
    for (int i = 0; i < 400; i++)
        gph_log(env, GPH_LOG_INFO, "%d", i);
    CU_ASSERT_EQUAL(record.lines, 400); // counted without a lock of its own
    gph_env_destroy(&env);
}

GPH_TEST_SUITE(env, {"keeps the first error", test_first_error_is_kept},
               {"cuts a long error", test_long_error_is_cut},
               {"keeps one whole error of many threads", test_errors_of_threads},
               {"plans each kind of fault by itself", test_fault_kinds},
               {"strikes once among threads", test_fault_among_threads},
               {"logs the wanted levels", test_log_levels},
               {"calls the receiver under a lock", test_log_of_threads});
