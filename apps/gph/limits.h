/**
 * What long commands share: checkpoints, the time limit, and stopping on a signal.
 */
#ifndef GPH_APP_LIMITS_H
#define GPH_APP_LIMITS_H

#include "commands.h"

extern const app_setting_t app_checkpoint;
extern const app_setting_t app_checkpoint_every;
extern const app_setting_t app_checkpoint_keep;
extern const app_setting_t app_resume;
extern const app_setting_t app_max_time;

/** The settings above, as elements of a command's list. */
#define APP_LIMIT_SETTINGS                                                                         \
    &app_checkpoint, &app_checkpoint_every, &app_checkpoint_keep, &app_resume, &app_max_time

/** Help that goes with them. */
#define APP_LIMIT_HELP                                                                             \
    "Stops early, with exit status 5, at --max-time, at the end of a SLURM job's time, and on "    \
    "SIGUSR1, SIGTERM and SIGINT; a second signal ends it at once. With --checkpoint, what is "    \
    "done is saved, and --resume goes on from there, on any number of ranks and threads."

/**
 * Sets the time limit of a command and begins to listen to signals. Collective.
 * @param checkpoint receives the options of checkpoints
 * @return options to pass on, or NULL when no folder was given; GPH_ERR_USAGE by app_fail() comes
 * in *status
 */
const gph_checkpoint_options_t *app_limits_begin(app_t *app, gph_checkpoint_options_t *checkpoint,
                                                 gph_status_t *status);

/** Stops listening to signals. Local. */
void app_limits_end(void);

#endif
