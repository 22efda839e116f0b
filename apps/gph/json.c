/* The JSON object that a run comes to. */
#include "json.h"

#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool app_json_integer(cJSON *object, const char *name, int64_t value)
{
    char digits[32] = "";
    snprintf(digits, sizeof digits, "%" PRId64, value); /* a double would round beyond 2^53 */
    return cJSON_AddRawToObject(object, name, digits) != NULL;
}

static bool add_setting(cJSON *object, const app_setting_t *setting, const app_value_t *value)
{
    if (value->source == APP_UNSET)
        return cJSON_AddNullToObject(object, setting->key) != NULL;
    switch (setting->type) {
    case APP_INTEGER:
    case APP_SIZE:
        return app_json_integer(object, setting->key, value->integer);
    case APP_DURATION:
        return cJSON_AddNumberToObject(object, setting->key, (double)value->integer / 1000.0);
    case APP_REAL:
        return cJSON_AddNumberToObject(object, setting->key, value->real) != NULL;
    case APP_FLAG:
        return cJSON_AddBoolToObject(object, setting->key, value->integer != 0);
    case APP_TEXT:
    case APP_CHOICE:
        break;
    }
    return cJSON_AddStringToObject(object, setting->key, value->text) != NULL;
}

/* Settings that apply to the command. */
static bool add_settings(cJSON *root, const app_t *app)
{
    const app_settings_t *settings = &app->request->settings;
    const app_setting_t *const *lists[] = {app_common, app->command->settings};
    cJSON *object = cJSON_AddObjectToObject(root, "settings");
    bool ok = object != NULL;
    for (int list = 0; list < 2; list++)
        for (int i = 0; ok && lists[list][i]; i++)
            if (lists[list][i] != &app_set && lists[list][i] != &app_help)
                ok = add_setting(object, lists[list][i],
                                 app_settings_value(settings, lists[list][i]));
    return ok;
}

static bool add_error(cJSON *root, const app_outcome_t *outcome)
{
    cJSON *object = cJSON_AddObjectToObject(root, "error");
    return object && cJSON_AddStringToObject(object, "status", gph_status_name(outcome->status)) &&
           app_json_integer(object, "exit", app_exit_status(outcome->status)) &&
           cJSON_AddStringToObject(object, "message", outcome->error);
}

static bool add_result(cJSON *root, const app_t *app)
{
    if (!cJSON_AddItemReferenceToObject(root, "result", app->result))
        return false;
    return app->digest[0] ? cJSON_AddStringToObject(root, "digest", app->digest) != NULL
                          : cJSON_AddNullToObject(root, "digest") != NULL;
}

/* What a run that was stopped has done, beside its error. */
static bool add_partial(cJSON *root, const app_t *app)
{
    return cJSON_AddItemReferenceToObject(root, "partial", app->result);
}

/* Seconds of each phase over ranks. */
static bool add_phases(cJSON *root, const app_outcome_t *outcome)
{
    cJSON *object = cJSON_AddObjectToObject(root, "phases");
    bool ok = object != NULL;
    for (int i = 0; ok && i < outcome->phases; i++) {
        const gph_phase_t *phase = &outcome->phase[i];
        cJSON *entry = cJSON_AddObjectToObject(object, phase->name);
        ok = entry && cJSON_AddNumberToObject(entry, "min", phase->min_seconds) &&
             cJSON_AddNumberToObject(entry, "avg", phase->avg_seconds) &&
             cJSON_AddNumberToObject(entry, "max", phase->max_seconds);
    }
    return ok;
}

/* Bytes. */
static bool add_memory(cJSON *root, const gph_memory_t *memory)
{
    cJSON *object = cJSON_AddObjectToObject(root, "memory");
    return object && app_json_integer(object, "budget", memory->budget) &&
           app_json_integer(object, "peak_max", memory->peak_max) &&
           app_json_integer(object, "peak_sum", memory->peak_sum) &&
           app_json_integer(object, "resident_max", memory->resident_max);
}

static bool fill(cJSON *root, const app_t *app, const app_outcome_t *outcome)
{
    return root && cJSON_AddStringToObject(root, "command", app->command->name) &&
           cJSON_AddStringToObject(root, "version", gph_version()) &&
           cJSON_AddStringToObject(root, "input", app->request->argument[app->command->input]) &&
           add_settings(root, app) && (outcome->status == GPH_OK || add_error(root, outcome)) &&
           ((outcome->status != GPH_OK && !app->stands) || add_result(root, app)) &&
           (outcome->status != GPH_ERR_STOPPED || add_partial(root, app)) &&
           app_json_integer(root, "ranks", gph_context_ranks(app->context)) &&
           app_json_integer(root, "threads", gph_context_threads(app->context)) &&
           add_phases(root, outcome) && add_memory(root, &outcome->memory) &&
           app_report_add(root, app, outcome);
}

char *app_json_text(const app_t *app, const app_outcome_t *outcome)
{
    cJSON *root = cJSON_CreateObject();
    char *text = fill(root, app, outcome) ? cJSON_Print(root) : NULL;
    cJSON_Delete(root);
    return text;
}
