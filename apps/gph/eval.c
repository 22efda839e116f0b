/* gph eval: values of expressions in prefix notation. */
#include "commands.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BINDINGS_MOST = 256 };

static const app_setting_t eval_bind = {
    .key = "eval.bind",
    .type = APP_TEXT,
    .value = "NAME=VALUE,...",
    .help = "values of symbols; a value may itself be an expression, such as x=2,y='/ pi 4'",
};

static const app_setting_t eval_output = {
    .key = "eval.output",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "write the values to FILE, one a line, in order of the expressions",
};

static const app_setting_t *const settings[] = {&eval_bind, &eval_output, NULL};

/* The bindings that were asked for. */
typedef struct bindings {
    char text[APP_TEXT_CHARS]; /**< cut into names and values */
    int64_t count;
    gph_binding_t binding[BINDINGS_MOST];
} bindings_t;

/* Value of the text of a binding. Collective. */
static gph_status_t value_of(app_t *app, const char *name, const char *text, double *value)
{
    gph_graph_t *graph = NULL;
    gph_values_summary_t summary = {0};
    gph_status_t status =
        gph_graph_from_expressions(app->context, text, (int64_t)strlen(text), &graph);
    if (status == GPH_OK)
        status = gph_graph_evaluate_to(graph, 0, NULL, NULL, &summary);
    gph_graph_destroy(&graph);
    *value = summary.first;
    if (status == GPH_OK && summary.expressions != 1)
        return app_fail(app, GPH_ERR_USAGE, "--bind: %.100s has no value", name);
    if (status == GPH_ERR_INPUT || status == GPH_ERR_USAGE)
        return app_fail(app, GPH_ERR_USAGE, "--bind: value '%.100s' of %.100s: %.300s", text, name,
                        gph_context_error(app->context));
    return status;
}

static gph_status_t parse_bindings(app_t *app, bindings_t *bindings)
{
    gph_status_t status = GPH_OK;
    const char *text = app_settings_text(&app->request->settings, &eval_bind);
    snprintf(bindings->text, sizeof bindings->text, "%s", text ? text : "");
    char *part = text ? bindings->text : NULL;
    while (part && status == GPH_OK) {
        char *next = strchr(part, ',');
        if (next)
            *next++ = '\0';
        char *equals = strchr(part, '=');
        if (!equals || equals == part)
            return app_fail(app, GPH_ERR_USAGE, "--bind: '%.100s' is not NAME=VALUE", part);
        if (bindings->count == BINDINGS_MOST)
            return app_fail(app, GPH_ERR_USAGE, "--bind: more than %d symbols", BINDINGS_MOST);
        *equals = '\0';
        gph_binding_t *binding = &bindings->binding[bindings->count++];
        binding->name = part;
        status = value_of(app, part, equals + 1, &binding->value);
        part = next;
    }
    return status;
}

/* True for inputs that are graphs: a generator or an HDF5 file. */
static bool is_graph(const char *text)
{
    const size_t length = strlen(text);
    return strncmp(text, "math:", 5) == 0 || (length > 3 && strcmp(text + length - 3, ".h5") == 0);
}

static void add_value(app_t *app, double value)
{
    if (isfinite(value))
        app_add_real(app, "value", value);
    else
        app_add_text(app, "value", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
}

static gph_status_t run(app_t *app)
{
    static bindings_t bindings; /* too large for every stack */
    const char *input = app->request->argument[0];
    const char *output = app_settings_text(&app->request->settings, &eval_output);
    gph_graph_t *graph = NULL;
    gph_values_summary_t summary = {0};
    gph_status_t status = parse_bindings(app, &bindings);
    if (status == GPH_OK)
        status = is_graph(input) ? gph_graph_load(app->context, input, GPH_FORMAT_AUTO, &graph)
                                 : gph_graph_from_expressions(app->context, input,
                                                              (int64_t)strlen(input), &graph);
    if (status == GPH_OK)
        status = gph_graph_evaluate_to(graph, bindings.count, bindings.binding, output, &summary);
    gph_graph_destroy(&graph);
    if (status != GPH_OK)
        return status;
    if (summary.expressions == 1)
        add_value(app, summary.first);
    else
        app_add_integer(app, "expressions", summary.expressions);
    app_add_integer(app, "levels", summary.levels);
    if (output)
        app_add_text(app, "output", output);
    snprintf(app->digest, sizeof app->digest, "%s", summary.digest);
    return GPH_OK;
}

const app_command_t app_eval = {
    .name = "eval",
    .arguments = "EXPRESSION",
    .summary = "values of expressions in prefix notation",
    .details = "EXPRESSION is one such as '+ 1 * 2 x' or '(+ 1 (* 2 x) y)', or math:path=FILE, a "
               "file of them, one a line, or an HDF5 file of that graph.\n"
               "Operators + - * / ^ %; functions min max pow atan2 hypot neg abs sqrt cbrt exp log "
               "log2 log10 sin cos tan asin acos atan sinh cosh tanh floor ceil round; pi.",
    .settings = settings,
    .run = run,
};
