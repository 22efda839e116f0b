/* Files of a scaling study: a table for other programs, and a picture. */
#include "bench.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Opens OUT and a suffix for writing; NULL with a message when that fails. */
static FILE *open_out(const bench_t *bench, const char *suffix, char error[APP_ERROR_CHARS])
{
    char path[APP_TEXT_CHARS + 8] = "";
    snprintf(path, sizeof path, "%s%s", bench->out, suffix);
    FILE *file = fopen(path, "w");
    if (!file)
        app_error(error, GPH_ERR_SYSTEM, "cannot write %.900s: %s", path, strerror(errno));
    return file;
}

static gph_status_t close_out(FILE *file, char error[APP_ERROR_CHARS])
{
    const bool failed = ferror(file) != 0;
    if (fclose(file) == 0 && !failed)
        return GPH_OK;
    return app_error(error, GPH_ERR_SYSTEM, "cannot write the table: %s", strerror(errno));
}

static gph_status_t write_csv(const bench_t *bench, char error[APP_ERROR_CHARS])
{
    FILE *file = open_out(bench, ".csv", error);
    if (!file)
        return GPH_ERR_SYSTEM;
    fprintf(file, "ranks,threads,cores_used,cores_there,oversubscribed,best_seconds,median_seconds,"
                  "speedup,efficiency,waiting,peak_bytes_of_a_rank,sent_bytes,digest\n");
    for (int i = 0; i < bench->rows; i++) {
        const bench_row_t *row = &bench->row[i];
        fprintf(file, "%d,%d,%d,%d,%d,%.6f,%.6f,%.4f,%.4f,%.4f,%" PRId64 ",%" PRId64 ",%s\n",
                row->ranks, row->threads, row->ranks * row->threads, bench->cores, row->over,
                row->best, row->median, row->speedup, row->efficiency, row->waiting, row->memory,
                row->sent, row->same);
    }
    return close_out(file, error);
}

/* A text between gnuplot's quotes, which it must not end. */
static void print_quoted(FILE *file, const char *text)
{
    fputc('\'', file);
    for (; *text; text++)
        fprintf(file, *text == '\'' ? "''" : "%c", *text);
    fputc('\'', file);
}

/* One line of the picture for each number of threads. */
static void plot_lines(FILE *file, const bench_t *bench)
{
    const int column = bench->weak ? 9 : 8; /* efficiency or speedup */
    fprintf(file, "plot %s title 'ideal' with lines dashtype 2 linecolor rgb 'gray'",
            bench->weak ? "1" : "x");
    for (int i = 0; i < bench->rows; i++) {
        const int threads = bench->row[i].threads;
        if (bench->row[i].ranks != bench->row[0].ranks)
            continue; /* the first number of ranks has all numbers of threads */
        fprintf(file,
                ", \\\n     table every ::1 using ($2 == %d ? $3 : NaN):%d with linespoints "
                "title '%d %s a rank'",
                threads, column, threads, threads == 1 ? "thread" : "threads");
    }
    fputc('\n', file);
}

static gph_status_t write_script(const bench_t *bench, char error[APP_ERROR_CHARS])
{
    FILE *file = open_out(bench, ".gp", error);
    char name[APP_TEXT_CHARS + 8] = "";
    if (!file)
        return GPH_ERR_SYSTEM;
    fprintf(file, "# Draws a scaling study of gph bench: gnuplot FILE\ntable = ");
    snprintf(name, sizeof name, "%s.csv", bench->out);
    print_quoted(file, name);
    snprintf(name, sizeof name, "%s.svg", bench->out);
    fprintf(file, "\nset terminal svg size 720,480\nset output ");
    print_quoted(file, name);
    fprintf(file, "\nset title ");
    print_quoted(file, bench->command);
    fprintf(file,
            " noenhanced\nset datafile separator ','\nset datafile missing NaN\nset xlabel 'ranks "
            "x threads'\n"
            "set ylabel '%s'\nset key left top\nset logscale x 2\n%s\n"
            "set arrow from %d, graph 0 to %d, graph 1 nohead dashtype 3\n"
            "set label ' %d cores here' at %d, graph 0.05\n",
            bench->weak ? "efficiency: time on one core / time" : "speedup over one core",
            bench->weak ? "set yrange [0:*]" : "set logscale y 2", bench->cores, bench->cores,
            bench->cores, bench->cores);
    plot_lines(file, bench);
    return close_out(file, error);
}

gph_status_t bench_write(const bench_t *bench, bool *drawn, char error[APP_ERROR_CHARS])
{
    char script[APP_TEXT_CHARS + 8] = "";
    char log[APP_TEXT_CHARS + 8] = "";
    char program[] = "gnuplot";
    char *const words[] = {program, script, NULL};
    const char *const none[] = {NULL};
    snprintf(script, sizeof script, "%s.gp", bench->out);
    snprintf(log, sizeof log, "%s.gp.log", bench->out);
    gph_status_t status = write_csv(bench, error);
    if (status == GPH_OK)
        status = write_script(bench, error);
    *drawn = status == GPH_OK && bench_start(words, none, log) == 0;
    remove(log); /* it may not be there */
    return status;
}
