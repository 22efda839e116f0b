/* What a command has to say, and where: standard output, a file that is never seen half-written,
 * standard error. */
#include "output.h"

#include "json.h"
#include "report.h"
#include "values.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int app_exit_status(gph_status_t status)
{
    return status == GPH_ERR_SYSTEM ? 1 : (int)status;
}

/* --- summary ---------------------------------------------------------------------------------- */

/* Prints one line of a summary. */
static void print_line(FILE *file, const char *name, const char *value)
{
    fprintf(file, "%-20s %s\n", name, value);
}

/* Prints the texts of an object: the first two as "name    first: second", the others below. */
static void print_object(FILE *file, const char *name, const cJSON *object)
{
    int number = 0;
    fprintf(file, "%-20s ", name);
    for (const cJSON *member = object->child; member; member = member->next, number++) {
        const char *value = cJSON_IsString(member) ? member->valuestring : "";
        if (number < 2)
            fprintf(file, "%s%s", value, number == 0 ? ": " : "\n");
        else
            fprintf(file, "%-20s %s: %s\n", "", member->string, value);
    }
}

/* Prints "max degree    17" for the member "max_degree": 17; a list as JSON. */
static void print_member(FILE *file, const cJSON *member)
{
    char name[APP_NAME_CHARS] = "";
    const bool number_like = cJSON_IsNumber(member) || cJSON_IsArray(member);
    char *number = number_like ? cJSON_PrintUnformatted(member) : NULL;
    const char *value = number ? number : member->valuestring;
    snprintf(name, sizeof name, "%s", member->string);
    for (char *at = name; *at; at++)
        if (*at == '_')
            *at = ' ';
    if (cJSON_IsObject(member))
        print_object(file, name, member);
    else
        print_line(file, name, value ? value : "");
    cJSON_free(number);
}

/* A number or a text as a table shows it. */
static void print_cell(FILE *file, const cJSON *cell, bool first)
{
    const char *form = first ? "%-10s" : " %14s";
    char number[32] = "";
    if (cJSON_IsNumber(cell))
        snprintf(number, sizeof number, "%.6g", cell->valuedouble);
    fprintf(file, form, cell->valuestring ? cell->valuestring : number);
}

/* Prints a list of objects with the same members as a table. */
static void print_table(FILE *file, const cJSON *list)
{
    for (const cJSON *cell = list->child->child; cell; cell = cell->next)
        fprintf(file, cell == list->child->child ? "%-10s" : " %14s", cell->string);
    fputc('\n', file);
    for (const cJSON *row = list->child; row; row = row->next) {
        for (const cJSON *cell = row->child; cell; cell = cell->next)
            print_cell(file, cell, cell == row->child);
        fputc('\n', file);
    }
}

static void print_summary(FILE *file, const app_t *app, const app_outcome_t *outcome)
{
    char size[32] = "";
    for (const cJSON *member = app->result->child; member; member = member->next)
        if (cJSON_IsArray(member) && cJSON_IsObject(member->child))
            print_table(file, member);
        else
            print_member(file, member);
    if (app->command->shows_memory) {
        print_line(file, "memory of a rank", app_format_size(outcome->memory.peak_max, size));
        print_line(file, "memory of all ranks", app_format_size(outcome->memory.peak_sum, size));
    }
    if (app->digest[0])
        print_line(file, "digest", app->digest);
}

/* --- JSON ----------------------------------------------------------------------------------- */

/* Writes text and a line break to a file; `synced` down to the disk. Returns 0 or errno. */
static int write_text(const char *path, const char *text, bool synced)
{
    int failure = 0;
    FILE *file = fopen(path, "w");
    if (!file)
        return errno;
    if (fputs(text, file) == EOF || fputc('\n', file) == EOF || fflush(file) != 0 ||
        (synced && fsync(fileno(file)) != 0))
        failure = errno;
    if (fclose(file) != 0 && failure == 0)
        failure = errno;
    return failure;
}

/* Writes text to a file, by way of a temporary name beside it; to a device or pipe directly. */
static gph_status_t write_file(const char *path, const char *text, char error[APP_ERROR_CHARS])
{
    char temporary[APP_TEXT_CHARS + 32] = "";
    struct stat about = {0};
    int failure = 0;
    snprintf(temporary, sizeof temporary, "%s.tmp-%ld", path, (long)getpid());
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        failure = write_text(path, text, false);
    } else {
        failure = write_text(temporary, text, true);
        if (failure == 0 && rename(temporary, path) != 0)
            failure = errno;
        if (failure != 0)
            remove(temporary); /* it may not be there; what failed is reported below */
    }
    if (failure == 0)
        return GPH_OK;
    return app_error(error, GPH_ERR_SYSTEM, "cannot write %s: %s", path, strerror(failure));
}

static gph_status_t write_json(const app_t *app, const app_outcome_t *outcome, const char *target,
                               char error[APP_ERROR_CHARS])
{
    gph_status_t status = GPH_OK;
    char *text = app_json_text(app, outcome);
    if (!text)
        return app_error(error, GPH_ERR_MEMORY, "out of memory for the JSON result");
    if (strcmp(target, "-") == 0)
        puts(text); /* app_output() looks whether that went well */
    else
        status = write_file(target, text, error);
    cJSON_free(text);
    return status;
}

gph_status_t app_output(const app_t *app, const app_outcome_t *outcome, char error[APP_ERROR_CHARS])
{
    const app_settings_t *settings = &app->request->settings;
    const char *json = app_settings_text(settings, &app_json);
    gph_status_t status = GPH_OK;
    if ((outcome->status == GPH_OK || app->stands) && !(json && strcmp(json, "-") == 0))
        print_summary(stdout, app, outcome);
    if (outcome->status == GPH_ERR_STOPPED && !(json && strcmp(json, "-") == 0)) {
        puts("incomplete           stopped early; so far:");
        print_summary(stdout, app, outcome);
    }
    if (json)
        status = write_json(app, outcome, json, error);
    if (app_settings_integer(settings, &app_report))
        app_report_print(stderr, app, outcome);
    if (fflush(stdout) != 0 || ferror(stdout))
        status = app_error(error, GPH_ERR_SYSTEM, "cannot write to standard output");
    return outcome->status == GPH_OK ? status : outcome->status;
}
