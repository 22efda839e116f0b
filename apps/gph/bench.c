/* gph bench: a scaling study of any gph command. A process can't change how many ranks it has, so
 * each run is started by mpirun, and tells by its JSON object what it took. */
#include "bench.h"

#include "json.h"
#include "placement.h"
#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const app_setting_t bench_counts = {
    .key = "bench.counts",
    .type = APP_TEXT,
    .value = "LIST",
    .fallback = "1,2,4,8",
    .help = "numbers of ranks and of threads; all pairs are run whose product is at most the "
            "greatest number",
};

static const app_setting_t bench_repeat = {
    .key = "bench.repeat",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "3",
    .low = 1,
    .high = 100,
    .help = "runs of each pair; the best counts, the median is told",
};

static const app_setting_t bench_launcher = {
    .key = "bench.launcher",
    .type = APP_TEXT,
    .value = "WORDS",
    .fallback = "mpirun -n",
    .help = "what starts a program, up to the number of ranks",
};

static const app_setting_t bench_out = {
    .key = "bench.out",
    .type = APP_TEXT,
    .value = "NAME",
    .fallback = "gph-bench",
    .help = "write NAME.csv, NAME.gp and, where gnuplot is installed, NAME.svg",
};

static const app_setting_t *const settings[] = {&bench_counts, &bench_repeat, &bench_launcher,
                                                &bench_out, NULL};

/* Reads "1,2,4"; returns how many numbers, 0 for what is no such list. */
static int read_counts(const char *text, int counts[BENCH_COUNTS_MAX])
{
    int count = 0;
    while (count < BENCH_COUNTS_MAX) {
        char *end = NULL;
        const long number = strtol(text, &end, 10);
        if (end == text || number < 1 || number > 4096 ||
            (count > 0 && number <= counts[count - 1]))
            return 0;
        counts[count++] = (int)number;
        if (*end == '\0')
            return count;
        if (*end != ',')
            return 0;
        text = end + 1;
    }
    return 0;
}

/* Lists the pairs that are run. */
static void list_rows(bench_t *bench, int count, const int *counts)
{
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            if (counts[i] * counts[j] <= counts[count - 1])
                bench->row[bench->rows++] =
                    (bench_row_t){.ranks = counts[i],
                                  .threads = counts[j],
                                  .over = counts[i] * counts[j] > bench->cores};
}

/* Compares with the first row. */
static void derive(const bench_t *bench, bench_row_t *row)
{
    const bench_row_t *base = &bench->row[0];
    const double more = (double)(row->ranks * row->threads) / (base->ranks * base->threads);
    const double ratio = row->best > 0 ? base->best / row->best : 0;
    row->speedup = bench->weak ? ratio * more : ratio;
    row->efficiency = bench->weak ? ratio : ratio / more;
}

/* The row before this one that must have the same result; NULL: none. */
static const bench_row_t *twin(const bench_t *bench, int at)
{
    const bench_row_t *row = &bench->row[at];
    for (int i = 0; i < at; i++)
        if (!bench->weak ||
            bench->row[i].ranks * bench->row[i].threads == row->ranks * row->threads)
            return &bench->row[i];
    return NULL;
}

static gph_status_t run_rows(app_t *app, bench_t *bench, char error[APP_ERROR_CHARS])
{
    for (int i = 0; i < bench->rows; i++) {
        bench_row_t *row = &bench->row[i];
        const gph_status_t status = bench_run(bench, row, error);
        if (status != GPH_OK)
            return status;
        derive(bench, row);
        if (app_settings_integer(&app->request->settings, &app_log_level) >= GPH_LOG_INFO)
            fprintf(stderr, "gph: info: %d ranks, %d threads: %.3f s\n", row->ranks, row->threads,
                    row->best);
        const bench_row_t *other = twin(bench, i);
        if (other && strcmp(other->same, row->same) != 0)
            return app_error(error, GPH_ERR_VERIFY,
                             "%d ranks with %d threads give another result (%s) than %d with %d "
                             "(%s): this is a defect, please report it",
                             row->ranks, row->threads, row->same, other->ranks, other->threads,
                             other->same);
    }
    return GPH_OK;
}

/* Prints the table, unless JSON is wanted there. */
static void print_table(const app_t *app, const bench_t *bench)
{
    const char *json = app_settings_text(&app->request->settings, &app_json);
    bool over = false;
    char size[2][32];
    if (json && strcmp(json, "-") == 0)
        return;
    printf("%6s %8s %10s %10s %9s %11s %8s %12s %12s\n", "ranks", "threads", "best, s", "median, s",
           "speedup", "efficiency", "waiting", "of a rank", "sent");
    for (int i = 0; i < bench->rows; i++) {
        const bench_row_t *row = &bench->row[i];
        over = over || row->over;
        printf("%6d %8d %10.4f %10.4f %9.2f %11.2f %7.0f%% %12s %12s%s\n", row->ranks, row->threads,
               row->best, row->median, row->speedup, row->efficiency, 100 * row->waiting,
               app_format_size(row->memory, size[0]), app_format_size(row->sent, size[1]),
               row->over ? "  *" : "");
    }
    if (over)
        printf("* more threads than the %d cores of this machine: they share them, and the time "
               "tells nothing of scaling\n",
               bench->cores);
}

static void add_rows(app_t *app, const bench_t *bench)
{
    cJSON *rows = cJSON_CreateArray();
    bool ok = rows != NULL;
    for (int i = 0; ok && i < bench->rows; i++) {
        const bench_row_t *row = &bench->row[i];
        cJSON *object = cJSON_CreateObject();
        ok = object && cJSON_AddItemToArray(rows, object) &&
             app_json_integer(object, "ranks", row->ranks) &&
             app_json_integer(object, "threads", row->threads) &&
             cJSON_AddBoolToObject(object, "oversubscribed", row->over) &&
             cJSON_AddNumberToObject(object, "best", row->best) &&
             cJSON_AddNumberToObject(object, "median", row->median) &&
             cJSON_AddNumberToObject(object, "speedup", row->speedup) &&
             cJSON_AddNumberToObject(object, "efficiency", row->efficiency) &&
             cJSON_AddNumberToObject(object, "waiting", row->waiting) &&
             app_json_integer(object, "peak_of_a_rank", row->memory) &&
             app_json_integer(object, "sent", row->sent) &&
             cJSON_AddStringToObject(object, "digest", row->same);
    }
    /* People have the table instead. */
    if (!ok || !cJSON_AddItemToObject(app->result, "rows", rows))
        app->result_lost = true;
}

static gph_status_t study(app_t *app, bench_t *bench, char error[APP_ERROR_CHARS])
{
    const app_settings_t *values = &app->request->settings;
    int counts[BENCH_COUNTS_MAX] = {0};
    char text[APP_TEXT_CHARS] = "";
    bool drawn = false;
    const char *list = app_settings_text(values, &bench_counts);
    const int count = read_counts(list, counts);
    if (count == 0)
        return app_error(error, GPH_ERR_USAGE,
                         "--counts: '%.200s' is no list of ascending numbers from 1 to 4096", list);
    if (!bench_expand(bench->command, 1, text, error))
        return GPH_ERR_USAGE;
    list_rows(bench, count, counts);
    gph_status_t status = run_rows(app, bench, error);
    if (status == GPH_OK)
        status = bench_write(bench, &drawn, error);
    if (status != GPH_OK)
        return status;
    print_table(app, bench);
    app_add_text(app, "scaling", bench->weak ? "weak" : "strong");
    app_add_integer(app, "cores", bench->cores);
    if (app_settings_text(values, &app_json))
        add_rows(app, bench);
    snprintf(text, sizeof text, "%.4000s.csv, .gp%s", bench->out, drawn ? ", .svg" : "");
    app_add_text(app, "files", text);
    app_add_text(app, "results", bench->weak ? "equal for equal work" : "all equal");
    return GPH_OK;
}

static gph_status_t run(app_t *app)
{
    static bench_t bench;
    const app_settings_t *values = &app->request->settings;
    app_placement_t placement = {.known = false};
    char error[APP_ERROR_CHARS] = "";
    if (gph_context_ranks(app->context) > 1)
        return app_fail(app, GPH_ERR_USAGE,
                        "gph bench starts mpirun itself: start it without, and say how by "
                        "--launcher");
    bench = (bench_t){
        .command = app->request->argument[0],
        .launcher = app_settings_text(values, &bench_launcher),
        .out = app_settings_text(values, &bench_out),
        .weak = strchr(app->request->argument[0], '{') != NULL,
        .repeat = (int)app_settings_integer(values, &bench_repeat),
        .cores = 1,
    };
    if (app_placement_find(app->comm, &placement) && placement.known)
        bench.cores = placement.cores;
    const gph_status_t status = study(app, &bench, error);
    return status == GPH_OK ? GPH_OK : app_fail(app, status, "%s", error);
}

const app_command_t app_bench = {
    .name = "bench",
    .arguments = "COMMAND",
    .summary =
        "runs a gph command on several numbers of ranks and threads, and tells how it scales",
    .details =
        "COMMAND is one word for the shell: gph bench 'cliques rmat:scale=16 -k 4'. It is run for "
        "all pairs of --counts; all results must be equal (exit status 6). Where COMMAND holds "
        "{N*p}, which becomes N times the number of cores used, or {N+lg}, N plus its logarithm to "
        "base 2, work grows with the cores (weak scaling): gph bench 'cliques "
        "er:n={20000*p},m={200000*p} -k 4'. Open MPI is told to allow more ranks than cores and "
        "not "
        "to bind them, unless the environment says otherwise; rows with more threads than cores "
        "are marked.",
    .settings = settings,
    .run = run,
};
