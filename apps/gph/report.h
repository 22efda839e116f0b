/** The report at the end of a run: where time, memory and messages went. For rank 0. */
#ifndef GPH_APP_REPORT_H
#define GPH_APP_REPORT_H

#include "output.h"

#include <stdio.h>

/** Prints the report as text. Local. */
void app_report_print(FILE *file, const app_t *app, const app_outcome_t *outcome);

/** Adds it to a JSON object, as `report`; false when memory ran out. Local. */
bool app_report_add(cJSON *root, const app_t *app, const app_outcome_t *outcome);

#endif
