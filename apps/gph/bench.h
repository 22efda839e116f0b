/** A scaling study: one command, run on several numbers of ranks and threads. */
#ifndef GPH_APP_BENCH_H
#define GPH_APP_BENCH_H

#include "commands.h"

enum { BENCH_COUNTS_MAX = 16, BENCH_ROWS_MAX = BENCH_COUNTS_MAX * BENCH_COUNTS_MAX };

/** What was measured on one number of ranks and threads. */
typedef struct bench_row {
    int ranks;
    int threads;
    bool over;      /**< more threads than the machine has cores */
    double best;    /**< seconds of the fastest run */
    double median;  /**< of all runs */
    double speedup; /**< times as fast as the first row, by the best; weak: work done grows, too */
    double efficiency; /**< speedup for each core; weak: time of the first row / best */
    double waiting;    /**< share of the time that ranks waited, of the fastest run */
    int64_t memory;    /**< highest peak of a rank, bytes */
    int64_t sent;      /**< bytes in messages and collectives */
    char same[64];     /**< digest, or the result where there is none: equal rows must agree */
} bench_row_t;

/** A study. */
typedef struct bench {
    const char *command;  /**< as given: words of gph, with {…} where work is to grow */
    const char *launcher; /**< words before the number of ranks */
    const char *out;      /**< files are OUT.csv, OUT.gp, OUT.svg */
    bool weak;            /**< the command grows with the cores */
    int repeat;           /**< runs of each */
    int cores;            /**< of this machine */
    int rows;
    bench_row_t row[BENCH_ROWS_MAX]; /**< [rows] */
} bench_t;

/**
 * Writes the command for so many cores: {N*p} becomes N times, {N+lg} N plus the logarithm to base
 * 2 of, their number. Local. @return false, with a message, for braces that hold something else
 */
bool bench_expand(const char *command, int cores, char text[APP_TEXT_CHARS],
                  char error[APP_ERROR_CHARS]);

/** Runs one row of a study and notes what it took. Local. @return status, with a message */
gph_status_t bench_run(const bench_t *bench, bench_row_t *row, char error[APP_ERROR_CHARS]);

/** Writes OUT.csv and OUT.gp, and, where gnuplot is there, OUT.svg. Local.
 *  @param drawn receives whether there is a picture */
gph_status_t bench_write(const bench_t *bench, bool *drawn, char error[APP_ERROR_CHARS]);

/** Starts a program by its words, with the environment of this process less what MPI put there, and
 *  waits for its end; what it prints goes to the file. Local.
 *  @param set  "NAME=value" strings for variables that are not set, NULL last
 *  @return its exit status, or -1 when it can't be started */
int bench_start(char *const *words, const char *const *set, const char *log);

#endif
