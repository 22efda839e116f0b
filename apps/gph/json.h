/** The JSON object that a run comes to. */
#ifndef GPH_APP_JSON_H
#define GPH_APP_JSON_H

#include "output.h"

/** Adds a 64-bit number with all its digits; false when memory ran out. Local. */
bool app_json_integer(cJSON *object, const char *name, int64_t value);

/** The object as text; cJSON_free() it. NULL when memory ran out. Local. */
char *app_json_text(const app_t *app, const app_outcome_t *outcome);

#endif
