/* The progress line, with stderr sent to a file meanwhile. */
#include "base/clock.h"
#include "gph_test.h"
#include "par/context.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gph_context_t *make_context(gph_progress_t progress)
{
    gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    options.progress = progress;
    if (gph_context_create(MPI_COMM_WORLD, &options, &context) != GPH_OK)
        MPI_Abort(MPI_COMM_WORLD, 1);
    return context;
}

/** Sends stderr to a file of this rank; returns the old one. */
static int redirect(void)
{
    char name[32];
    snprintf(name, sizeof name, "stderr.%d", gph_test_rank());
    const int old = dup(STDERR_FILENO);
    const int file = open(gph_test_tmp(name), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (old < 0 || file < 0 || dup2(file, STDERR_FILENO) < 0)
        MPI_Abort(MPI_COMM_WORLD, 1);
    close(file);
    return old;
}

/** Ends the redirection and reads what was written. */
static void restore(int old, char *text, size_t size)
{
    const off_t begin = lseek(STDERR_FILENO, 0, SEEK_SET);
    const ssize_t got = read(STDERR_FILENO, text, size - 1);
    if (begin != 0 || got < 0 || dup2(old, STDERR_FILENO) < 0)
        MPI_Abort(MPI_COMM_WORLD, 1);
    text[got] = '\0';
    close(old);
}

static void wait_for(double seconds)
{
    const double end = gph_clock_now() + seconds;
    while (gph_clock_now() < end)
        continue;
}

static int count_drawings(const char *text)
{
    int count = 0;
    for (const char *c = text; *c != '\0'; c++)
        count += *c == '\r';
    return count;
}

static void test_not_wanted(void)
{
    char text[256];
    gph_context_t *never = make_context(GPH_PROGRESS_NEVER);
    gph_context_t *automatic = make_context(GPH_PROGRESS_AUTO);
    const int old = redirect();
    gph_progress_line_t *a = gph_progress_begin(never, "counting", "tiles", 10);
    gph_progress_line_t *b = gph_progress_begin(automatic, "counting", "tiles", 10);
    CU_ASSERT_PTR_NULL(a);
    CU_ASSERT_PTR_NULL(b); // a file is no terminal
    gph_progress_set(a, 5);
    gph_progress_end(&a);
    restore(old, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "");
    gph_context_destroy(&never);
    gph_context_destroy(&automatic);
}

static void test_drawn(void)
{
    char text[4096];
    gph_context_t *context = make_context(GPH_PROGRESS_ALWAYS);
    const bool root = context->rank == 0;
    const int old = redirect();
    gph_progress_line_t *line = gph_progress_begin(context, "counting", "tiles", 1000000);
    CU_ASSERT_EQUAL(line != NULL, root);
    gph_progress_set(line, 1); // too early to be drawn
    wait_for(0.11);
    gph_progress_set(line, 420000);
    gph_progress_set(line, 430000); // too soon again
    wait_for(0.11);
    gph_progress_set(line, 1000000);
    gph_progress_end(&line);
    CU_ASSERT_PTR_NULL(line);
    gph_progress_end(&line);
    restore(old, text, sizeof text);
    if (!root) {
        CU_ASSERT_STRING_EQUAL(text, "");
    } else {
        const size_t length = strlen(text);
        const char *const wipe = "\r\033[K";
        GPH_EXPECT(strncmp(text, "\rcounting 42% ", 14) == 0, "drawn: %s", text + 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "e6 tiles/s 00:00 left\033[K"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\rcounting 100% "));
        CU_ASSERT_PTR_NULL(strstr(text, "43%"));
        CU_ASSERT_EQUAL(count_drawings(text), 3);
        CU_ASSERT_TRUE(length > 4 && strcmp(text + length - strlen(wipe), wipe) == 0);
    }
    gph_context_destroy(&context);
}

static void test_unknown_total(void)
{
    char text[1024];
    gph_context_t *context = make_context(GPH_PROGRESS_ALWAYS);
    const int old = redirect();
    gph_progress_line_t *line = gph_progress_begin(context, "reading", "edges", 0);
    wait_for(0.11);
    gph_progress_set(line, 7);
    gph_progress_end(&line);
    line = gph_progress_begin(context, "slow", "steps", 1000000);
    wait_for(0.11);
    gph_progress_set(line, 1);
    gph_progress_end(&line);
    restore(old, text, sizeof text);
    if (context->rank == 0) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\rreading 7 edges "));
        CU_ASSERT_PTR_NULL(strstr(text, "reading 7%"));
        int hours = -1;
        int minutes = -1;
        int seconds = -1;
        const char *slow = strstr(text, "/s ");
        while (slow != NULL && sscanf(slow, "/s %d:%d:%d left", &hours, &minutes, &seconds) != 3)
            slow = strstr(slow + 1, "/s ");
        CU_ASSERT_TRUE(hours >= 30 && minutes >= 0 && minutes < 60 && seconds < 60);
    }
    gph_context_destroy(&context);
}

static void test_from_threads(void)
{
    char text[4096];
    gph_context_t *context = make_context(GPH_PROGRESS_ALWAYS);
    const int old = redirect();
    gph_progress_line_t *line = gph_progress_begin(context, "work", "steps", 400);
    wait_for(0.11);
#pragma omp parallel for num_threads(4) default(none) shared(line)
    for (int i = 0; i < 400; i++)
        gph_progress_set(line, i);
    gph_progress_end(&line);
    restore(old, text, sizeof text);
    if (context->rank == 0)
        CU_ASSERT_TRUE(count_drawings(text) >= 2 && count_drawings(text) < 20);
    gph_context_destroy(&context);
}

GPH_TEST_SUITE(progress, {"draws nothing unless wanted", test_not_wanted},
               {"draws a line and wipes it", test_drawn},
               {"does without a total, and with a long time left", test_unknown_total},
               {"is set by many threads", test_from_threads});
