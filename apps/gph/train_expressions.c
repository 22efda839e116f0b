/* Settings of gph train for expressions. */
#include "train_expressions.h"

const app_setting_t app_data_rule = {
    .key = "data.rule",
    .type = APP_CHOICE,
    .value = "RULE",
    .fallback = "sort",
    .choices = "sort|fold", /* in the order of gph_rewrite_t */
    .help =
        "of expressions: what becomes of them: operands that commute in one order, or constants "
        "folded",
};

const app_setting_t app_data_least_operations = {
    .key = "data.least_operations",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "1",
    .low = 1,
    .high = 100,
    .help = "of expressions: operators and functions, at least",
};

const app_setting_t app_data_operations = {
    .key = "data.operations",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "6",
    .low = 1,
    .high = 100,
    .help = "of expressions: operators and functions, at most",
};

const app_setting_t app_data_symbols = {
    .key = "data.symbols",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "3",
    .low = 1,
    .high = 26,
    .help = "of expressions: different symbols",
};

const app_setting_t app_data_integers = {
    .key = "data.integers",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "4",
    .high = 100,
    .help = "of expressions: numbers are -N to N",
};

const app_setting_t app_data_functions = {
    .key = "data.functions",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "of expressions: functions too, not operators alone",
};

const app_setting_t app_data_graphs = {
    .key = "data.graphs",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "2000",
    .low = 1,
    .high = INT32_MAX,
    .help = "of expressions: drawn for training in each epoch",
};

const app_setting_t app_data_held_out = {
    .key = "data.held_out",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "1000",
    .low = 1,
    .high = 10000000,
    .help = "of expressions: drawn for testing; none of them is trained on",
};

const app_setting_t app_loss_alpha = {
    .key = "loss.alpha",
    .type = APP_REAL,
    .value = "COST",
    .fallback = "1",
    .help = "of expressions: cost of a node inserted, deleted or of another label",
};

const app_setting_t app_loss_beta = {
    .key = "loss.beta",
    .type = APP_REAL,
    .value = "COST",
    .fallback = "1",
    .help = "of expressions: cost of an edge inserted or deleted",
};

const app_setting_t app_loss_gamma = {
    .key = "loss.gamma",
    .type = APP_REAL,
    .value = "COST",
    .fallback = "1",
    .help = "of expressions: cost of a triangle more or less",
};

const app_setting_t app_loss_epsilon = {
    .key = "loss.epsilon",
    .type = APP_REAL,
    .value = "P",
    .fallback = "0.001",
    .help =
        "of expressions: what probability costs is log(p + P (1 - p)) / log(P), from 1 for none "
        "to 0 for certain; 1: 1 - p",
};

const app_setting_t app_loss_temperature = {
    .key = "loss.temperature",
    .type = APP_REAL,
    .value = "T",
    .fallback = "0.2",
    .help = "of expressions: how soft the assignment of nodes is, in units of cost",
};

const app_setting_t app_loss_rounds = {
    .key = "loss.rounds",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "3",
    .low = 1,
    .high = 64,
    .help = "of expressions: rounds of graduated assignment",
};

const app_setting_t app_loss_iterations = {
    .key = "loss.iterations",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "10",
    .low = 1,
    .high = 10000,
    .help = "of expressions: iterations of Sinkhorn in each round",
};

void app_expression_settings(const app_settings_t *settings, gph_expressions_options_t *options)
{
    options->rule = (gph_rewrite_t)app_settings_integer(settings, &app_data_rule);
    options->least = app_settings_integer(settings, &app_data_least_operations);
    options->most = app_settings_integer(settings, &app_data_operations);
    options->symbols = (int)app_settings_integer(settings, &app_data_symbols);
    options->integers = app_settings_integer(settings, &app_data_integers);
    options->functions = app_settings_integer(settings, &app_data_functions) != 0;
    options->graphs = app_settings_integer(settings, &app_data_graphs);
    options->held_out = app_settings_integer(settings, &app_data_held_out);
    options->loss.alpha = app_settings_real(settings, &app_loss_alpha);
    options->loss.beta = app_settings_real(settings, &app_loss_beta);
    options->loss.gamma = app_settings_real(settings, &app_loss_gamma);
    options->loss.epsilon = app_settings_real(settings, &app_loss_epsilon);
    options->loss.temperature = app_settings_real(settings, &app_loss_temperature);
    options->loss.rounds = (int)app_settings_integer(settings, &app_loss_rounds);
    options->loss.iterations = (int)app_settings_integer(settings, &app_loss_iterations);
}
