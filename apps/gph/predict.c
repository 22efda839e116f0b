/* gph predict: classifies the vertices of a graph by a trained model. */
#include "commands.h"

#include <stdio.h>

static const app_setting_t predict_out = {
    .key = "predict.out",
    .type = APP_TEXT,
    .value = "OUT",
    .help =
        "write `vertex class probability` of each vertex to OUT; .h5: as datasets, with all scores",
};

static const app_setting_t *const settings[] = {&predict_out, NULL};

static gph_status_t run(app_t *app)
{
    const app_request_t *request = app->request;
    const char *out = app_settings_text(&request->settings, &predict_out);
    gph_predict_summary_t summary = {.vertices = 0};
    const gph_status_t status =
        gph_predict_nodes(app->context, request->argument[0], request->argument[1], out, &summary);
    if (status != GPH_OK)
        return status;
    app_add_integer(app, "vertices", summary.vertices);
    app_add_integer(app, "classes", summary.classes);
    app_add_integer(app, "labelled", summary.labelled);
    if (summary.labelled > 0)
        app_add_real(app, "accuracy", summary.accuracy);
    app_add_integer(app, "tested", summary.tested);
    if (summary.tested > 0)
        app_add_real(app, "test_accuracy", summary.test_accuracy);
    if (out)
        app_add_text(app, "out", out);
    snprintf(app->digest, sizeof app->digest, "%s", summary.digest);
    return GPH_OK;
}

const app_command_t app_predict = {
    .name = "predict",
    .arguments = "MODEL DATA",
    .summary = "classifies the vertices of a graph by a model of gph train",
    .details = "MODEL is a file that `gph train --model` wrote, DATA a folder of tables or a "
               "generator, as data.path of gph train. The accuracy is over all vertices with a "
               "label, test_accuracy over those for testing.",
    .settings = settings,
    .run = run,
};
