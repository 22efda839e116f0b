/* Checkpoints, time limits and signals of long commands. */
#include "limits.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const app_setting_t app_checkpoint = {
    .key = "checkpoint",
    .type = APP_TEXT,
    .value = "DIR",
    .help = "save the state of the work in DIR, which all ranks share, while it goes on",
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

/* Seconds that squeue says are left, as [D-][[HH:]MM:]SS; 0 when it says nothing of the kind. */
static double parse_left(const char *text)
{
    long part[4] = {0, 0, 0, 0}; /* days, hours, minutes, seconds */
    int parts = 0;
    const char *dash = strchr(text, '-');
    if (dash) {
        part[0] = strtol(text, NULL, 10);
        text = dash + 1;
    }
    long value[3] = {0, 0, 0};
    parts = sscanf(text, "%ld:%ld:%ld", &value[0], &value[1], &value[2]);
    if (parts < 1)
        return 0;
    for (int i = 0; i < parts; i++)
        part[3 - i] = value[parts - 1 - i];
    return (double)(((part[0] * 24 + part[1]) * 60 + part[2]) * 60 + part[3]);
}

/* Seconds left to the SLURM job that this is, 0 when it is none or has no limit. Rank 0. */
static double slurm_left(void)
{
    const char *end = getenv("SLURM_JOB_END_TIME");
    const char *job = getenv("SLURM_JOB_ID");
    char line[64] = "";
    char query[128] = "";
    if (end && *end) {
        const double left = strtod(end, NULL) - (double)time(NULL);
        return left > 0 ? left : 0.001;
    }
    if (!job || strspn(job, "0123456789_") != strlen(job) || strlen(job) > 40)
        return 0;
    snprintf(query, sizeof query, "squeue -h -j %s -o %%L 2>/dev/null", job);
    FILE *answer = popen(query, "r");
    if (answer && !fgets(line, sizeof line, answer))
        line[0] = '\0';
    if (answer)
        pclose(answer);
    return parse_left(line);
}

/* The lower of the two limits, as rank 0 sees it; 0: none. */
static double seconds_left(const app_t *app)
{
    double left = (double)app_settings_integer(&app->request->settings, &app_max_time) / 1000;
    if (gph_context_rank(app->context) == 0) {
        /* SLURM ends a job hard; leave it some time to take its leave. */
        const double slurm = slurm_left();
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
