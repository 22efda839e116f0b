/* The progress line: one line of stderr that is drawn again and again, and wiped at the end. */
#include "base/clock.h"
#include "par/context.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/** Seconds between two drawings. */
#define GPH_PROGRESS_PAUSE 0.1

struct gph_progress_line {
    char what[48];
    char unit[24];
    int64_t total; /**< units in all; 0: unknown */
    double start;  /**< when the line was begun */
    double drawn;  /**< when it was drawn last (or begun) */
    bool visible;  /**< something stands there to be wiped */
    pthread_mutex_t lock;
};

gph_progress_line_t *gph_progress_begin(gph_context_t *context, const char *what, const char *unit,
                                        int64_t total)
{
    const bool wanted = context->progress == GPH_PROGRESS_ALWAYS ||
                        (context->progress == GPH_PROGRESS_AUTO && isatty(STDERR_FILENO) == 1);
    if (!wanted || context->rank != 0)
        return NULL;
    // Not charged to the budget: lack of memory for a luxury must not look like a failure.
    gph_progress_line_t *line = calloc(1, sizeof *line);
    if (line == NULL)
        return NULL;
    if (pthread_mutex_init(&line->lock, NULL) != 0) {
        free(line);
        return NULL;
    }
    snprintf(line->what, sizeof line->what, "%s", what);
    snprintf(line->unit, sizeof line->unit, "%s", unit);
    line->total = total;
    line->start = gph_clock_now();
    line->drawn = line->start;
    return line;
}

/** Writes a rate such as "8.25", "840" or "1.2e6". */
static void format_rate(double rate, char *text, size_t size)
{
    const int exponent = rate > 0 ? (int)floor(log10(rate)) : 0;
    if (exponent < 2)
        snprintf(text, size, "%.3g", rate);
    else if (exponent < 4)
        snprintf(text, size, "%.0f", rate);
    else
        snprintf(text, size, "%.1fe%d", rate / pow(10, exponent), exponent);
}

/** Writes a duration as "mm:ss", or "h:mm:ss" from one hour on. */
static void format_duration(double seconds, char *text, size_t size)
{
    const long long whole = seconds < 1e9 ? (long long)(seconds + 0.5) : 1000000000;
    if (whole < 3600)
        snprintf(text, size, "%02lld:%02lld", whole / 60, whole % 60);
    else
        snprintf(text, size, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
}

static void draw(gph_progress_line_t *line, int64_t done, double now)
{
    char rate_text[32] = "";
    char left_text[32] = "";
    const double rate = (double)done / (now - line->start);
    const int64_t left = line->total > done ? line->total - done : 0;
    format_rate(rate, rate_text, sizeof rate_text);
    if (line->total > 0 && done > 0) {
        format_duration((double)left / rate, left_text, sizeof left_text);
        fprintf(stderr, "\r%s %d%% %s %s/s %s left\033[K", line->what,
                (int)(100.0 * (double)done / (double)line->total), rate_text, line->unit,
                left_text);
    } else {
        fprintf(stderr, "\r%s %lld %s %s %s/s\033[K", line->what, (long long)done, line->unit,
                rate_text, line->unit);
    }
    fflush(stderr);
}

void gph_progress_set(gph_progress_line_t *line, int64_t done)
{
    // Who finds another thread drawing has nothing to add.
    if (line == NULL || pthread_mutex_trylock(&line->lock) != 0)
        return;
    const double now = gph_clock_now();
    if (now - line->drawn >= GPH_PROGRESS_PAUSE) {
        draw(line, done, now);
        line->drawn = now;
        line->visible = true;
    }
    pthread_mutex_unlock(&line->lock);
}

void gph_progress_end(gph_progress_line_t **line)
{
    if (*line == NULL)
        return;
    if ((*line)->visible) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    pthread_mutex_destroy(&(*line)->lock);
    free(*line);
    *line = NULL;
}
