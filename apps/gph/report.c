/* The report, as text and as JSON. */
#include "report.h"

#include "advice.h"
#include "json.h"
#include "values.h"

#include <inttypes.h>

/* Work of the busiest rank, in times the mean. */
static double imbalance(const gph_phase_t *phase)
{
    return phase->work_seconds > 0 ? phase->work_max_seconds / phase->work_seconds : 1;
}

static double cores_used(const app_outcome_t *outcome)
{
    return outcome->usage.wall_seconds > 0
               ? outcome->usage.cpu_seconds / outcome->usage.wall_seconds
               : 0;
}

/* Cores that the job asked for, and there are. */
static int cores_given(const app_t *app, const app_outcome_t *outcome)
{
    const int wanted = gph_context_ranks(app->context) * gph_context_threads(app->context);
    return outcome->placement.known && outcome->placement.cores < wanted ? outcome->placement.cores
                                                                         : wanted;
}

/* --- text ----------------------------------------------------------------------------------- */

static void print_phases(FILE *file, const app_outcome_t *outcome)
{
    char size[32] = "";
    fprintf(file, "%-14s %9s %9s %9s %9s %7s %9s %9s %9s %9s %10s\n", "phase, seconds", "min",
            "avg", "max", "waiting", "imbal.", "thr. min", "thr. avg", "thr. max", "messages",
            "sent");
    for (int i = 0; i < outcome->phases; i++) {
        const gph_phase_t *phase = &outcome->phase[i];
        fprintf(file, "%-14s %9.4f %9.4f %9.4f %9.4f %7.2f %9.4f %9.4f %9.4f %9" PRId64 " %10s\n",
                phase->name, phase->min_seconds, phase->avg_seconds, phase->max_seconds,
                phase->wait_seconds, imbalance(phase), phase->thread_min_seconds,
                phase->thread_avg_seconds, phase->thread_max_seconds,
                phase->messages + phase->collectives,
                app_format_size(phase->message_bytes + phase->collective_bytes, size));
    }
    const double rest = outcome->usage.wall_seconds - outcome->usage.phase_seconds;
    fprintf(file, "%-14s %9s %9.4f\n", "between them", "", rest > 0 ? rest : 0);
}

static void print_memory(FILE *file, const gph_memory_t *memory)
{
    char peak[32] = "";
    char sum[32] = "";
    char resident[32] = "";
    char budget[32] = "none";
    if (memory->budget > 0)
        app_format_size(memory->budget, budget);
    fprintf(file, "memory: peak of a rank %s (budget %s), of all %s; resident %s\n",
            app_format_size(memory->peak_max, peak), budget, app_format_size(memory->peak_sum, sum),
            app_format_size(memory->resident_max, resident));
}

static void print_traffic(FILE *file, const gph_usage_t *usage)
{
    char messages[32] = "";
    char collectives[32] = "";
    fprintf(file, "sent: %" PRId64 " messages, %s; %" PRId64 " calls of collectives, %s\n",
            usage->messages, app_format_size(usage->message_bytes, messages), usage->collectives,
            app_format_size(usage->collective_bytes, collectives));
    if (usage->checkpoints > 0)
        fprintf(
            file, "checkpoints: %" PRId64 " written in %.3f s, for which work stood still %.3f s\n",
            usage->checkpoints, usage->checkpoint_write_seconds, usage->checkpoint_stall_seconds);
}

void app_report_print(FILE *file, const app_t *app, const app_outcome_t *outcome)
{
    app_advice_t advice[APP_ADVICE_MAX];
    const int lines = app_advice_find(app, outcome, advice);
    const int given = cores_given(app, outcome);
    fprintf(file, "ranks %d on %d %s, threads of each %d, cores for them %d\n",
            gph_context_ranks(app->context), outcome->placement.hosts,
            outcome->placement.hosts == 1 ? "host" : "hosts", gph_context_threads(app->context),
            outcome->placement.cores);
    print_phases(file, outcome);
    print_memory(file, &outcome->memory);
    print_traffic(file, &outcome->usage);
    fprintf(file, "time: %.3f s; cores busy %.2f of %d given (%.0f%%), waiting for others %.0f%%\n",
            outcome->usage.wall_seconds, cores_used(outcome), given,
            100 * cores_used(outcome) / given,
            outcome->usage.wall_seconds > 0
                ? 100 * outcome->usage.wait_seconds / outcome->usage.wall_seconds
                : 0);
    for (int i = 0; i < lines; i++)
        fprintf(file, "advice: %.0f%% lost: %s\n", 100 * advice[i].lost, advice[i].text);
}

/* --- JSON ----------------------------------------------------------------------------------- */

/* A number, by its name. */
typedef struct real {
    const char *name;
    double value;
} real_t;

static bool add_reals(cJSON *object, int count, const real_t *real)
{
    bool ok = object != NULL;
    for (int i = 0; ok && i < count; i++)
        ok = cJSON_AddNumberToObject(object, real[i].name, real[i].value) != NULL;
    return ok;
}

static bool add_traffic(cJSON *object, int64_t messages, int64_t message_bytes, int64_t collectives,
                        int64_t collective_bytes)
{
    return app_json_integer(object, "messages", messages) &&
           app_json_integer(object, "message_bytes", message_bytes) &&
           app_json_integer(object, "collectives", collectives) &&
           app_json_integer(object, "collective_bytes", collective_bytes);
}

static bool add_phase(cJSON *object, const gph_phase_t *phase)
{
    const real_t real[] = {
        {"min", phase->min_seconds},
        {"avg", phase->avg_seconds},
        {"max", phase->max_seconds},
        {"waiting", phase->wait_seconds},
        {"imbalance", imbalance(phase)},
        {"cpu", phase->cpu_seconds},
        {"parallel", phase->region_seconds},
        {"thread_min", phase->thread_min_seconds},
        {"thread_avg", phase->thread_avg_seconds},
        {"thread_max", phase->thread_max_seconds},
    };
    return add_reals(object, (int)(sizeof real / sizeof *real), real) &&
           add_traffic(object, phase->messages, phase->message_bytes, phase->collectives,
                       phase->collective_bytes);
}

static bool add_phases(cJSON *report, const app_outcome_t *outcome)
{
    cJSON *phases = cJSON_AddObjectToObject(report, "phases");
    bool ok = phases != NULL;
    for (int i = 0; ok && i < outcome->phases; i++)
        ok = add_phase(cJSON_AddObjectToObject(phases, outcome->phase[i].name), &outcome->phase[i]);
    return ok;
}

static bool add_checkpoints(cJSON *report, const gph_usage_t *usage)
{
    const real_t real[] = {{"stall", usage->checkpoint_stall_seconds},
                           {"write", usage->checkpoint_write_seconds}};
    cJSON *object = cJSON_AddObjectToObject(report, "checkpoints");
    return add_reals(object, 2, real) && app_json_integer(object, "written", usage->checkpoints);
}

static bool add_advice(cJSON *report, const app_t *app, const app_outcome_t *outcome)
{
    app_advice_t advice[APP_ADVICE_MAX];
    const int lines = app_advice_find(app, outcome, advice);
    cJSON *array = cJSON_AddArrayToObject(report, "advice");
    bool ok = array != NULL;
    for (int i = 0; ok && i < lines; i++) {
        cJSON *line = cJSON_CreateObject();
        ok = cJSON_AddItemToArray(array, line) &&
             cJSON_AddStringToObject(line, "cause", advice[i].cause) &&
             cJSON_AddNumberToObject(line, "lost", advice[i].lost) &&
             cJSON_AddStringToObject(line, "text", advice[i].text);
    }
    return ok;
}

bool app_report_add(cJSON *root, const app_t *app, const app_outcome_t *outcome)
{
    const gph_usage_t *usage = &outcome->usage;
    const real_t real[] = {
        {"hosts", outcome->placement.hosts},
        {"cores", outcome->placement.cores},
        {"cores_given", cores_given(app, outcome)},
        {"cores_used", cores_used(outcome)},
        {"wall", usage->wall_seconds},
        {"in_phases", usage->phase_seconds},
        {"cpu", usage->cpu_seconds},
        {"waiting", usage->wait_seconds},
    };
    cJSON *report = cJSON_AddObjectToObject(root, "report");
    return add_reals(report, (int)(sizeof real / sizeof *real), real) &&
           add_traffic(report, usage->messages, usage->message_bytes, usage->collectives,
                       usage->collective_bytes) &&
           add_checkpoints(report, usage) && add_phases(report, outcome) &&
           add_advice(report, app, outcome);
}
