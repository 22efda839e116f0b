/** Settings of gph train. */
#ifndef GPH_APP_TRAIN_SETTINGS_H
#define GPH_APP_TRAIN_SETTINGS_H

#include "limits.h"

/** What is learnt: an app_task_t. */
extern const app_setting_t app_train_task;

typedef enum app_task {
    APP_TASK_VERTICES = 0,
    APP_TASK_GRAPHS = 1,
    APP_TASK_EXPRESSIONS = 2
} app_task_t;

/** Data of vertices and graphs; expressions have none. */
extern const app_setting_t app_data_path;

/** File of a model; those of expressions are not saved. */
extern const app_setting_t app_train_model;
extern const app_setting_t app_train_estimate;

/** All of them, NULL last. */
extern const app_setting_t *const app_train_settings[];

/** What they say of each task, but for checkpoints. Local. */
gph_train_options_t app_train_options(const app_settings_t *settings);
gph_graphs_options_t app_graphs_options(const app_settings_t *settings);
gph_expressions_options_t app_expressions_options(const app_settings_t *settings);

#endif
