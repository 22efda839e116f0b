/** Settings of gph train for expressions. */
#ifndef GPH_APP_TRAIN_EXPRESSIONS_H
#define GPH_APP_TRAIN_EXPRESSIONS_H

#include "settings.h"

extern const app_setting_t app_data_rule;
extern const app_setting_t app_data_least_operations;
extern const app_setting_t app_data_operations;
extern const app_setting_t app_data_symbols;
extern const app_setting_t app_data_integers;
extern const app_setting_t app_data_functions;
extern const app_setting_t app_data_graphs;
extern const app_setting_t app_data_held_out;
extern const app_setting_t app_loss_alpha;
extern const app_setting_t app_loss_beta;
extern const app_setting_t app_loss_gamma;
extern const app_setting_t app_loss_epsilon;
extern const app_setting_t app_loss_temperature;
extern const app_setting_t app_loss_rounds;
extern const app_setting_t app_loss_iterations;

/** All of them, in a table of settings. */
#define APP_EXPRESSION_SETTINGS                                                                    \
    &app_data_rule, &app_data_least_operations, &app_data_operations, &app_data_symbols,           \
        &app_data_integers, &app_data_functions, &app_data_graphs, &app_data_held_out,             \
        &app_loss_alpha, &app_loss_beta, &app_loss_gamma, &app_loss_epsilon,                       \
        &app_loss_temperature, &app_loss_rounds, &app_loss_iterations

/** What they say. Local. @param options receives it; the rest stays as it is */
void app_expression_settings(const app_settings_t *settings, gph_expressions_options_t *options);

#endif
