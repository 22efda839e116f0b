/* One run of a command: context, command, output; and what commands need for it. */
#include "app.h"

#include "json.h"
#include "memory.h"
#include "output.h"
#include "slurm.h"
#include "threads.h"
#include "values.h"

#include <stdarg.h>
#include <stdio.h>

/* --- for the commands ----------------------------------------------------------------------- */

gph_status_t app_load(app_t *app, gph_graph_t **graph)
{
    const app_setting_t *from = app_option_find(app->command, "--from");
    const gph_format_t format =
        from ? (gph_format_t)app_settings_integer(&app->request->settings, from) : GPH_FORMAT_AUTO;
    return gph_graph_load(app->context, app->request->argument[app->command->input], format, graph);
}

gph_status_t app_save(app_t *app, const gph_graph_t *graph)
{
    const int64_t format = app_settings_integer(&app->request->settings, &app_format);
    const gph_status_t status =
        gph_graph_save(graph, app->request->argument[1], (gph_format_t)format);
    if (status == GPH_OK)
        app_add_text(app, "output", app->request->argument[1]);
    return status;
}

gph_status_t app_add_graph(app_t *app, const gph_graph_t *graph)
{
    gph_graph_info_t info = {0};
    const gph_status_t status = gph_graph_info(graph, &info);
    if (status != GPH_OK)
        return status;
    app_add_integer(app, "vertices", info.vertices);
    app_add_integer(app, "edges", info.edges);
    app_add_integer(app, "dropped_loops", info.dropped_loops);
    app_add_integer(app, "dropped_repeats", info.dropped_repeats);
    return GPH_OK;
}

void app_add_integer(app_t *app, const char *name, int64_t value)
{
    if (app->result && !app_json_integer(app->result, name, value))
        app->result_lost = true;
}

void app_add_real(app_t *app, const char *name, double value)
{
    if (app->result && !cJSON_AddNumberToObject(app->result, name, value))
        app->result_lost = true;
}

void app_add_text(app_t *app, const char *name, const char *value)
{
    if (app->result && !cJSON_AddStringToObject(app->result, name, value))
        app->result_lost = true;
}

void app_add_count(app_t *app, const char *name, gph_count_t value)
{
    char digits[GPH_COUNT_CHARS] = "";
    app_add_text(app, name, gph_count_format(value, digits));
}

gph_status_t app_fail(app_t *app, gph_status_t status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(app->error, sizeof app->error, format, arguments);
    va_end(arguments);
    return status;
}

/* --- a run ---------------------------------------------------------------------------------- */

/* Receives log lines of the library. */
static void print_log(void *data, gph_log_level_t level, const char *line)
{
    static const char *const names[] = {"", "error", "warning", "info", "debug"};
    (void)data;
    fprintf(stderr, "gph: %s: %s\n", names[level], line);
}

/* Memory that each rank may allocate: as set, or its share of what SLURM gives to the job on its
 * host, less a tenth for MPI and other libraries. Equal on all ranks. Collective. */
static int64_t memory_budget(MPI_Comm comm, const app_settings_t *settings, bool *by_slurm)
{
    const app_value_t *value = app_settings_value(settings, &app_max_memory);
    int64_t share = 0;
    *by_slurm = false;
    if (value->source > APP_DEFAULT)
        return value->integer;
    if (!app_memory_share(comm, app_slurm_memory(), &share) || share == INT64_MAX)
        return 0;
    *by_slurm = true;
    return share / 10 * 9;
}

static gph_status_t create_context(MPI_Comm comm, const app_settings_t *settings,
                                   gph_context_t **context)
{
    bool by_slurm = false;
    gph_context_options_t options = gph_context_options_default();
    const int threads = (int)app_settings_integer(settings, &app_threads);
    options.threads = threads > 0 ? threads : app_threads_default(comm);
    options.seed = (uint64_t)app_settings_integer(settings, &app_seed);
    options.max_memory = memory_budget(comm, settings, &by_slurm);
    options.level = (gph_log_level_t)app_settings_integer(settings, &app_log_level);
    options.log = print_log;
    options.progress = (gph_progress_t)app_settings_integer(settings, &app_progress);
    const gph_status_t status = gph_context_create(comm, &options, context);
    if (status == GPH_OK && by_slurm && gph_context_rank(*context) == 0 &&
        options.level >= GPH_LOG_INFO) {
        char line[128] = "";
        char size[32] = "";
        snprintf(line, sizeof line,
                 "max_memory is %s: the share of a rank in the memory of SLURM job %s",
                 app_format_size(options.max_memory, size), app_slurm_job());
        print_log(NULL, GPH_LOG_INFO, line);
    }
    return status;
}

/* Message of the last failure. */
static const char *error_of(const app_t *app, gph_status_t status)
{
    const char *error = app->error[0] ? app->error : gph_context_error(app->context);
    return *error ? error : gph_status_name(status);
}

/* Gathers what the run took. Collective. */
static gph_status_t gather_usage(app_t *app, app_outcome_t *outcome)
{
    /* First, as the other calls take time themselves. */
    gph_status_t status = gph_context_usage(app->context, &outcome->usage);
    if (status == GPH_OK)
        status = gph_context_phases(app->context, outcome->phase, APP_PHASES_MAX, &outcome->phases);
    if (status == GPH_OK)
        status = gph_context_memory(app->context, &outcome->memory);
    if (outcome->phases > APP_PHASES_MAX)
        outcome->phases = APP_PHASES_MAX;
    if (status == GPH_OK && !app_placement_find(app->comm, &outcome->placement))
        status = app_fail(app, GPH_ERR_SYSTEM, "MPI does not tell where the ranks run");
    return status;
}

/* Runs the command and gathers what is to be said about it. Collective. */
static void run_command(app_t *app, app_outcome_t *outcome)
{
    gph_status_t status = app->command->run(app);
    outcome->status = status;
    outcome->error = error_of(app, status);
    status = gather_usage(app, outcome);
    if (outcome->status == GPH_OK && status != GPH_OK) {
        outcome->status = status;
        outcome->error = error_of(app, status);
    }
}

/* Prints everything on rank 0. Returns the status that the run comes to. */
static gph_status_t report(const app_t *app, app_outcome_t *outcome)
{
    char error[APP_ERROR_CHARS] = "";
    if (outcome->status == GPH_OK && app->result_lost) {
        outcome->status = GPH_ERR_MEMORY;
        outcome->error = "out of memory for the result";
    }
    const gph_status_t status = app_output(app, outcome, error);
    if (outcome->status != GPH_OK)
        fprintf(stderr, "gph: error: %s\n", outcome->error);
    if (error[0])
        fprintf(stderr, "gph: error: %s\n", error);
    return status;
}

int app_run(MPI_Comm comm, const app_request_t *request)
{
    app_t app = {.command = app_commands[request->command], .request = request, .comm = comm};
    app_outcome_t outcome = {.status = GPH_OK};
    int exit_status = 1;
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const gph_status_t created = create_context(comm, &request->settings, &app.context);
    if (created != GPH_OK) {
        if (rank == 0)
            fprintf(stderr, "gph: error: no context: %s\n", gph_status_name(created));
        return app_exit_status(created);
    }
    if (rank == 0) {
        if (request->warning[0] &&
            app_settings_integer(&request->settings, &app_log_level) >= GPH_LOG_WARN)
            print_log(NULL, GPH_LOG_WARN, request->warning);
        app.result = cJSON_CreateObject();
        app.result_lost = app.result == NULL;
    }
    run_command(&app, &outcome);
    if (rank == 0)
        exit_status = app_exit_status(report(&app, &outcome));
    cJSON_Delete(app.result);
    gph_context_destroy(&app.context);
    return exit_status;
}
