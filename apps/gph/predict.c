/* gph predict: classifies the vertices of a graph, or graphs, by a trained model. */
#include "commands.h"

#include <stdio.h>

static const app_setting_t predict_out = {
    .key = "predict.out",
    .type = APP_TEXT,
    .value = "OUT",
    .help = "write the class of each vertex or graph, with its probability, to OUT: as HDF5 where "
            "it ends in .h5, else as text",
};

static const app_setting_t *const settings[] = {&predict_out, NULL};

static void add_summary(app_t *app, const gph_predict_summary_t *summary)
{
    app_add_integer(app, summary->graphs ? "graphs" : "vertices", summary->count);
    app_add_integer(app, "classes", summary->classes);
    app_add_integer(app, "labelled", summary->labelled);
    if (summary->labelled > 0)
        app_add_real(app, "accuracy", summary->accuracy);
    if (!summary->graphs)
        app_add_integer(app, "tested", summary->tested);
    if (summary->tested > 0)
        app_add_real(app, "test_accuracy", summary->test_accuracy);
}

static gph_status_t run(app_t *app)
{
    const app_request_t *request = app->request;
    const char *out = app_settings_text(&request->settings, &predict_out);
    gph_prediction_t *prediction = NULL;
    gph_status_t status =
        gph_predict(app->context, request->argument[0], request->argument[1], &prediction);
    if (status != GPH_OK)
        return status;
    const gph_predict_summary_t summary = gph_prediction_summary(prediction);
    add_summary(app, &summary);
    if (out) {
        status = gph_prediction_write(prediction, out);
        app_add_text(app, "out", out);
    }
    snprintf(app->digest, sizeof app->digest, "%s", summary.digest);
    gph_prediction_destroy(&prediction);
    return status;
}

const app_command_t app_predict = {
    .name = "predict",
    .arguments = "MODEL DATA",
    .summary = "classifies vertices or graphs by a model of gph train",
    .details = "MODEL is a file that `gph train --model` wrote. DATA is what it was trained on or "
               "the like: of vertices a folder of tables or a generator, of graphs a collection, "
               "whose labels of nodes the model must know. The accuracy is over all vertices or "
               "graphs with a class, test_accuracy over the vertices for testing.",
    .settings = settings,
    .run = run,
};
