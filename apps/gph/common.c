/* The settings that every command has, and those that several share. */
#include "settings.h"

const app_setting_t app_threads = {
    .key = "threads",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "0",
    .high = 4096,
    .help = "threads of each rank; 0: OMP_NUM_THREADS, or else the rank's share of the cores",
};

const app_setting_t app_seed = {
    .key = "seed",
    .type = APP_INTEGER,
    .value = "S",
    .fallback = "1",
    .high = INT64_MAX,
    .help = "seed of all random numbers",
};

const app_setting_t app_config = {
    .key = "config",
    .type = APP_TEXT,
    .value = "FILE",
    .help = "YAML file of settings",
};

const app_setting_t app_set = {
    .key = "set",
    .type = APP_TEXT,
    .value = "KEY=VALUE",
    .help = "set any setting by its key; may be repeated",
};

const app_setting_t app_max_memory = {
    .key = "max_memory",
    .type = APP_SIZE,
    .value = "SIZE",
    .fallback = "0",
    .help = "memory that each rank may allocate, such as 512M or 1.5GiB; 0: no limit; in a SLURM "
            "job by default its share of the job's",
};

const app_setting_t app_json = {
    .key = "json",
    .type = APP_TEXT,
    .value = "FILE|-",
    .help = "write the result as a JSON object to FILE; -: to standard output, and nothing else",
};

const app_setting_t app_report = {
    .key = "report",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "print where time, memory and messages went, and advice, on standard error",
};

const app_setting_t app_progress = {
    .key = "progress",
    .type = APP_CHOICE,
    .value = "WHEN",
    .fallback = "auto",
    .choices = "auto|always|never", /* in the order of gph_progress_t */
    .help = "draw a progress line; auto: on a terminal",
};

const app_setting_t app_log_level = {
    .key = "log_level",
    .type = APP_CHOICE,
    .value = "LEVEL",
    .fallback = "warn",
    .choices = "quiet|error|warn|info|debug", /* in the order of gph_log_level_t */
    .help = "log lines wanted on standard error",
};

const app_setting_t app_quiet = {
    .key = "quiet",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "as --log-level quiet --progress never; the message of a failure is still printed",
};

const app_setting_t app_help = {
    .key = "help",
    .type = APP_FLAG,
    .help = "print this help",
};

const app_setting_t *const app_common[] = {
    &app_threads, &app_seed,     &app_max_memory, &app_config, &app_set,  &app_json,
    &app_report,  &app_progress, &app_log_level,  &app_quiet,  &app_help, NULL,
};

const app_setting_t app_from = {
    .key = "from",
    .type = APP_CHOICE,
    .value = "FORMAT",
    .fallback = "auto",
    .choices = "auto|edges|mtx|metis|h5", /* in the order of gph_format_t */
    .help = "format of the input file; auto: by its suffix",
};

const app_setting_t app_format = {
    .key = "format",
    .type = APP_CHOICE,
    .value = "FORMAT",
    .fallback = "auto",
    .choices = "auto|edges|mtx|metis|h5|dot|text", /* in the order of gph_format_t */
    .help = "format of OUT; auto: by its suffix",
};
