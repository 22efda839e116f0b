/* gph train: trains a model as a config file says. */
#include "train_settings.h"

#include <stdio.h>

/* How fast batches of graphs were trained on. */
static void add_batch_speed(app_t *app, double seconds, int64_t steps, int64_t examples,
                            int64_t sent)
{
    app_add_real(app, "step_seconds", steps > 0 ? seconds / (double)steps : 0);
    app_add_real(app, "examples_per_second", seconds > 0 ? (double)examples / seconds : 0);
    app_add_integer(app, "bytes_sent", sent);
}

/* --- estimates ------------------------------------------------------------------------------ */

/* Where to put an estimate; NULL: train. */
static gph_train_estimate_t *wanted(const app_t *app, gph_train_estimate_t *estimate)
{
    const app_settings_t *settings = &app->request->settings;
    return app_settings_integer(settings, &app_train_estimate) ? estimate : NULL;
}

static gph_status_t add_estimate(app_t *app, const gph_train_estimate_t *estimate)
{
    const double epochs = (double)estimate->epochs;
    gph_usage_t usage;
    const gph_status_t status = gph_context_usage(app->context, &usage);
    if (status != GPH_OK)
        return status;
    app_add_integer(app, "epochs", estimate->epochs);
    app_add_integer(app, "epochs_sampled", estimate->sampled);
    app_add_real(app, "estimated_seconds",
                 usage.wall_seconds - estimate->probe_seconds + estimate->seconds);
    app_add_real(app, "seconds_error", estimate->seconds_error);
    app_add_real(app, "epoch_seconds", estimate->epoch_seconds);
    if (estimate->epoch_flops > 0) {
        app_add_real(app, "epoch_flops", estimate->epoch_flops);
        app_add_real(app, "estimated_flops", estimate->epoch_flops * epochs);
        app_add_real(app, "flops_per_second", estimate->epoch_flops / estimate->epoch_seconds);
    }
    app_add_real(app, "epoch_bytes_sent", estimate->epoch_bytes);
    app_add_real(app, "estimated_bytes_sent", estimate->epoch_bytes * epochs);
    app_add_integer(app, "memory_of_a_rank", estimate->memory);
    return GPH_OK;
}

/* --- vertices ------------------------------------------------------------------------------- */

static void add_sizes(app_t *app, const gph_train_summary_t *summary)
{
    app_add_integer(app, "vertices", summary->vertices);
    app_add_integer(app, "edges", summary->edges);
    app_add_integer(app, "features", summary->features);
    app_add_integer(app, "classes", summary->classes);
    app_add_integer(app, "weights", summary->weights);
}

static void add_summary(app_t *app, const gph_train_summary_t *summary)
{
    app_add_integer(app, "seeds", summary->seeds);
    app_add_integer(app, "epochs", summary->epochs);
    app_add_real(app, "accuracy", summary->accuracy);
    app_add_real(app, "deviation", summary->deviation);
    app_add_real(app, "valid_accuracy", summary->valid_accuracy);
    app_add_real(app, "train_accuracy", summary->train_accuracy);
    app_add_real(app, "loss", summary->loss);
    app_add_real(app, "train_loss", summary->train_loss);
}

/* What depends on the machine and on how the job was cut, which results otherwise do not. */
static void add_speed(app_t *app, const gph_train_summary_t *summary)
{
    const double seconds = summary->seconds;
    app_add_real(app, "epoch_seconds", summary->steps > 0 ? seconds / (double)summary->steps : 0);
    app_add_real(app, "epoch_fastest", summary->fastest);
    app_add_real(app, "examples_per_second",
                 seconds > 0 ? (double)summary->vertices * (double)summary->steps / seconds : 0);
    app_add_integer(app, "bytes_sent", summary->bytes_sent);
}

static gph_status_t run_vertices(app_t *app, const gph_checkpoint_options_t *checkpoint)
{
    gph_train_options_t options = app_train_options(&app->request->settings);
    gph_train_summary_t summary = {.vertices = 0};
    gph_train_estimate_t estimate;
    options.checkpoint = checkpoint;
    options.estimate = wanted(app, &estimate);
    const gph_status_t status = gph_train_nodes(app->context, &options, &summary);
    if (status != GPH_OK && status != GPH_ERR_STOPPED)
        return status;
    add_sizes(app, &summary);
    if (options.estimate != NULL)
        return add_estimate(app, &estimate);
    add_summary(app, &summary);
    add_speed(app, &summary);
    if (status == GPH_OK)
        snprintf(app->digest, sizeof app->digest, "%s", summary.digest);
    return status;
}

static void add_graph_sizes(app_t *app, const gph_graphs_summary_t *summary)
{
    app_add_integer(app, "graphs", summary->graphs);
    app_add_integer(app, "nodes", summary->nodes);
    app_add_integer(app, "features", summary->features);
    app_add_integer(app, "classes", summary->classes);
    app_add_integer(app, "weights", summary->weights);
}

static void add_graphs(app_t *app, const gph_graphs_summary_t *summary)
{
    app_add_integer(app, "folds", summary->folds);
    app_add_integer(app, "epochs", summary->epochs);
    if (summary->tested > 0) {
        app_add_integer(app, "best_epoch", summary->best_epoch);
        app_add_real(app, "accuracy", summary->accuracy);
        app_add_real(app, "deviation", summary->deviation);
        app_add_real(app, "last_accuracy", summary->last_accuracy);
        app_add_real(app, "loss", summary->loss);
    }
    app_add_real(app, "train_accuracy", summary->train_accuracy);
    app_add_real(app, "train_loss", summary->train_loss);
    add_batch_speed(app, summary->seconds, summary->steps, summary->examples, summary->bytes_sent);
}

static gph_status_t run_graphs(app_t *app, const gph_checkpoint_options_t *checkpoint)
{
    gph_graphs_options_t options = app_graphs_options(&app->request->settings);
    gph_graphs_summary_t summary = {.graphs = 0};
    gph_train_estimate_t estimate;
    options.checkpoint = checkpoint;
    options.estimate = wanted(app, &estimate);
    const gph_status_t status = gph_train_graphs(app->context, &options, &summary);
    if (status != GPH_OK && status != GPH_ERR_STOPPED)
        return status;
    add_graph_sizes(app, &summary);
    if (options.estimate != NULL)
        return add_estimate(app, &estimate);
    add_graphs(app, &summary);
    if (status == GPH_OK)
        snprintf(app->digest, sizeof app->digest, "%s", summary.digest);
    return status;
}

static void add_expression_sizes(app_t *app, const gph_expressions_summary_t *summary)
{
    app_add_integer(app, "graphs", summary->graphs);
    app_add_integer(app, "held_out", summary->held_out);
    app_add_integer(app, "labels", summary->labels);
    app_add_integer(app, "weights", summary->weights);
}

static void add_expressions(app_t *app, const gph_expressions_summary_t *summary)
{
    app_add_integer(app, "seeds", summary->seeds);
    app_add_integer(app, "epochs", summary->epochs);
    app_add_real(app, "first_loss", summary->first_loss);
    app_add_real(app, "loss", summary->loss);
    app_add_real(app, "accuracy", summary->accuracy);
    app_add_real(app, "deviation", summary->deviation);
    app_add_real(app, "changed", summary->changed);
    app_add_real(app, "train_loss", summary->train_loss);
    app_add_real(app, "train_accuracy", summary->train_accuracy);
    add_batch_speed(app, summary->seconds, summary->steps, summary->examples, summary->bytes_sent);
}

static gph_status_t run_expressions(app_t *app, const gph_checkpoint_options_t *checkpoint)
{
    gph_expressions_options_t options = app_expressions_options(&app->request->settings);
    gph_expressions_summary_t summary = {.graphs = 0};
    gph_train_estimate_t estimate;
    if (app_settings_text(&app->request->settings, &app_train_model) != NULL)
        return app_fail(app, GPH_ERR_USAGE,
                        "models of expressions can't be saved: leave --model (train.model) out");
    options.checkpoint = checkpoint;
    options.estimate = wanted(app, &estimate);
    const gph_status_t status = gph_train_expressions(app->context, &options, &summary);
    if (status != GPH_OK && status != GPH_ERR_STOPPED)
        return status;
    add_expression_sizes(app, &summary);
    if (options.estimate != NULL)
        return add_estimate(app, &estimate);
    add_expressions(app, &summary);
    if (status == GPH_OK)
        snprintf(app->digest, sizeof app->digest, "%s", summary.digest);
    return status;
}

static gph_status_t run_task(app_t *app, const gph_checkpoint_options_t *checkpoint)
{
    const app_settings_t *settings = &app->request->settings;
    const int64_t task = app_settings_integer(settings, &app_train_task);
    if (task == APP_TASK_EXPRESSIONS)
        return run_expressions(app, checkpoint);
    if (app_settings_text(settings, &app_data_path) == NULL)
        return app_fail(app, GPH_ERR_USAGE, "gph train needs --path DATA (data.path)");
    return task == APP_TASK_GRAPHS ? run_graphs(app, checkpoint) : run_vertices(app, checkpoint);
}

static gph_status_t run(app_t *app)
{
    gph_checkpoint_options_t checkpoint;
    gph_status_t status = GPH_OK;
    const gph_checkpoint_options_t *chosen = app_limits_begin(app, &checkpoint, &status);
    if (status == GPH_OK)
        status = run_task(app, chosen);
    app_limits_end();
    return status;
}

const app_command_t app_train = {
    .name = "train",
    .arguments = "CONFIG",
    .summary =
        "trains a model to classify the vertices of a graph, or whole graphs, or to transform "
        "expressions",
    .details = "CONFIG is a YAML file with any of the settings below by their keys, such as "
               "`train:` over `epochs: 200`; options overrule it. The result tells the accuracy in "
               "testing as a mean over the runs, from 0 to 1. Weights are the same bits on any "
               "number of ranks and threads.\n" APP_LIMIT_HELP,
    .settings = app_train_settings,
    .config = true,
    .run = run,
};
