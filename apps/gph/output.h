/** What a command has to say: JSON, the summary for people, the report. All calls are for rank 0.
 */
#ifndef GPH_APP_OUTPUT_H
#define GPH_APP_OUTPUT_H

#include "commands.h"
#include "placement.h"

#define APP_PHASES_MAX 64

/** What is known at the end of a run. */
typedef struct app_outcome {
    gph_status_t status;
    const char *error; /**< message, unless status is GPH_OK */
    int phases;
    gph_phase_t phase[APP_PHASES_MAX]; /**< [phases] */
    gph_memory_t memory;
    gph_usage_t usage;
    app_placement_t placement;
} app_outcome_t;

/** Exit status of the command for a status of the library. Local. */
int app_exit_status(gph_status_t status);

/**
 * Prints result or failure as the settings say: summary on stdout, or JSON there or in a file,
 * report on stderr. The JSON object of a failure has `error` in the place of `result` (beside it
 * where that stands),
 * and that of a run stopped early also `partial`: what it covers.
 * @return outcome->status; GPH_ERR_SYSTEM or GPH_ERR_MEMORY with a message in `error` when the
 *         result could not be written
 */
gph_status_t app_output(const app_t *app, const app_outcome_t *outcome,
                        char error[APP_ERROR_CHARS]);

#endif
