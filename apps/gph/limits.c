/* Checkpoints, time limits and signals of long commands. */
#include "limits.h"

#include "slurm.h"

#include <signal.h>
#include <string.h>

const app_setting_t app_checkpoint = {
    .key = "checkpoint",
    .type = APP_TEXT,
    .value = "DIR",
    .help =
        "save the state of the work in the folder DIR, which all ranks share, while it goes on; "
        "made if missing",
};

const app_setting_t app_checkpoint_every = {
    .key = "checkpoint_every",
    .type = APP_DURATION,
    .value = "DURATION",
    .fallback = "10m",
    .help = "time between checkpoints",
};

const app_setting_t app_checkpoint_keep = {
    .key = "checkpoint_keep",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "2",
    .low = 1,
    .high = 1000,
    .help = "checkpoints kept",
};

const app_setting_t app_resume = {
    .key = "resume",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "go on from the newest good checkpoint in --checkpoint; begin where there is none",
};

const app_setting_t app_max_time = {
    .key = "max_time",
    .type = APP_DURATION,
    .value = "DURATION",
    .fallback = "0",
    .help = "stop in time to end after this long, with the state saved; 0: no limit",
};

/* The context that a signal stops. Set while a command listens. */
static gph_context_t *volatile listening;

/* First signal: stop at the next tile. Second one: as if nobody listened. */
static void on_signal(int number)
{
    gph_context_t *context = listening;
    if (context != NULL && !gph_context_stop_requested(context)) {
        gph_context_request_stop(context);
        return;
    }
    signal(number, SIG_DFL);
    raise(number);
}

static const int signals[] = {SIGUSR1, SIGTERM, SIGINT};

static void listen_to_signals(gph_context_t *context)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    listening = context;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

void app_limits_end(void)
{
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_DFL);
    listening = NULL;
}

/* The lower of the two limits, as rank 0 sees it; 0: none. */
static double seconds_left(const app_t *app)
{
    double left = (double)app_settings_integer(&app->request->settings, &app_max_time) / 1000;
    if (gph_context_rank(app->context) == 0) {
        /* SLURM ends a job hard; leave it some time to take its leave. */
        const double slurm = app_slurm_left();
        const double usable = slurm > 10 ? slurm - 5 : slurm / 2;
        if (slurm > 0 && (left <= 0 || usable < left))
            left = usable;
    }
    return left;
}

const gph_checkpoint_options_t *app_limits_begin(app_t *app, gph_checkpoint_options_t *checkpoint,
                                                 gph_status_t *status)
{
    const app_settings_t *settings = &app->request->settings;
    *checkpoint = gph_checkpoint_options_default();
    checkpoint->directory = app_settings_text(settings, &app_checkpoint);
    checkpoint->every = (double)app_settings_integer(settings, &app_checkpoint_every) / 1000;
    checkpoint->keep = (int)app_settings_integer(settings, &app_checkpoint_keep);
    checkpoint->resume = app_settings_integer(settings, &app_resume) != 0;
    *status = GPH_OK;
    if (checkpoint->resume && !checkpoint->directory)
        *status = app_fail(app, GPH_ERR_USAGE, "--resume needs the folder of --checkpoint");
    gph_context_set_time_limit(app->context, seconds_left(app));
    listen_to_signals(app->context);
    return checkpoint->directory ? checkpoint : NULL;
}
