/** Settings of gph train. */
#ifndef GPH_APP_TRAIN_SETTINGS_H
#define GPH_APP_TRAIN_SETTINGS_H

#include "limits.h"

/** All of them, NULL last. */
extern const app_setting_t *const app_train_settings[];

/** What they say, but for checkpoints. Local. */
gph_train_options_t app_train_options(const app_settings_t *settings);

#endif
