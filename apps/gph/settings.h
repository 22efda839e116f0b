/**
 * Settings: what they are called, what values they take, and where a value comes from. In rising
 * order: default, config file, environment, command line. One row of a table gives a setting its
 * option, its key in config files, its environment variable and its help:
 *
 *     key "clique.max_k": option --max-k, variable GPH_CLIQUE_MAX_K
 *     key "clique.k":     option -k,      variable GPH_CLIQUE_K
 *
 * Every call is local. Failures are GPH_ERR_USAGE with a message in `error`.
 */
#ifndef GPH_APP_SETTINGS_H
#define GPH_APP_SETTINGS_H

#include <gph/gph.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APP_SETTINGS_MAX     192  /**< settings of all commands together */
#define APP_TEXT_CHARS       4096 /**< bytes of a value, with the final NUL */
#define APP_NAME_CHARS       64 /**< bytes of the name of an option, key or variable, with the NUL */
#define APP_ERROR_CHARS      1024 /**< bytes of a message, with the final NUL */
#define APP_SUGGESTION_CHARS (APP_NAME_CHARS + 24)

/** What kind of value a setting has. */
typedef enum app_type {
    APP_INTEGER = 0,
    APP_SIZE = 1,     /**< bytes */
    APP_DURATION = 2, /**< kept in milliseconds */
    APP_FLAG = 3,     /**< true or false; the option may stand without a value */
    APP_TEXT = 4,
    APP_CHOICE = 5, /**< one of `choices`; kept as its index */
    APP_REAL = 6    /**< a finite number, not negative */
} app_type_t;

/** One setting: a row of a table, never changed. */
typedef struct app_setting {
    const char *key;
    app_type_t type;
    const char *value;    /**< what help calls the value; NULL for a flag */
    const char *fallback; /**< default as text, or NULL: unset */
    const char *choices;  /**< of APP_CHOICE: "auto|always|never" */
    int64_t low;          /**< of APP_INTEGER: least value */
    int64_t high;         /**< of APP_INTEGER: greatest value */
    bool required;        /**< a command that has it does not run without a value */
    const char *help;
} app_setting_t;

/** Where a value came from. A later one overrules an earlier one. */
typedef enum app_source {
    APP_UNSET = 0,
    APP_DEFAULT = 1,
    APP_CONFIG_FILE = 2,
    APP_ENVIRONMENT = 3,
    APP_COMMAND_LINE = 4
} app_source_t;

/** All settings of all commands, each once. */
typedef struct app_schema {
    int count;
    const app_setting_t *setting[APP_SETTINGS_MAX]; /**< [count] */
} app_schema_t;

/** The value of one setting. */
typedef struct app_value {
    app_source_t source;
    int64_t integer;           /**< number, bytes, milliseconds, 0 or 1, index of the choice */
    double real;               /**< of APP_REAL */
    char text[APP_TEXT_CHARS]; /**< as it was given; "" when unset */
} app_value_t;

/** The values of a schema. Copied between ranks byte by byte, but for `schema`. */
typedef struct app_settings {
    const app_schema_t *schema;
    app_value_t value[APP_SETTINGS_MAX]; /**< [schema->count], in the order of the schema */
} app_settings_t;

/* --- settings of every command -------------------------------------------------------------- */

extern const app_setting_t app_threads;
extern const app_setting_t app_seed;
extern const app_setting_t app_config;
extern const app_setting_t app_max_memory;
extern const app_setting_t app_json;
extern const app_setting_t app_report;
extern const app_setting_t app_progress;
extern const app_setting_t app_log_level;
extern const app_setting_t app_quiet;

/** Options that are no settings: --set and --help. */
extern const app_setting_t app_set;
extern const app_setting_t app_help;

/** The rows above, NULL last, in the order of help. */
extern const app_setting_t *const app_common[];

/* --- settings that several commands share --------------------------------------------------- */

extern const app_setting_t app_from;   /**< format of the input */
extern const app_setting_t app_format; /**< format of the output */

/* --- names ---------------------------------------------------------------------------------- */

/** "--max-k" or "-k" for a setting. Returns name. */
char *app_option_name(const app_setting_t *setting, char name[APP_NAME_CHARS]);

/** "GPH_CLIQUE_MAX_K" for a setting. Returns name. */
char *app_variable_name(const app_setting_t *setting, char name[APP_NAME_CHARS]);

/** The name that word was probably meant to be, or NULL when none is near. names[count]. */
const char *app_closest(const char *word, int count, const char *const *names);

/** "; did you mean 'NAME'?" for the closest name, "" when none is near: the end of a message.
 * Returns text. names[count]. */
char *app_suggest(const char *word, int count, const char *const *names,
                  char text[APP_SUGGESTION_CHARS]);

/* --- schema and values ---------------------------------------------------------------------- */

/** Adds the settings of a list that ends with NULL, each that is not there yet; options that are no
 * settings are left out. */
void app_schema_add(app_schema_t *schema, const app_setting_t *const *settings);

/**
 * Finds the setting with this key, for sources that name settings by keys.
 * @param where how a message names the place
 * @return NULL, with a message, for an unknown key and for `config`, which cannot come from there
 */
const app_setting_t *app_schema_find(const app_schema_t *schema, const char *key, const char *where,
                                     char error[APP_ERROR_CHARS]);

/** Makes every setting its default. */
gph_status_t app_settings_init(app_settings_t *settings, const app_schema_t *schema,
                               char error[APP_ERROR_CHARS]);

/**
 * Gives a setting a value, unless it has one of a higher source; a bad value fails all the same.
 * @param where how a message names the place: "--threads", "GPH_THREADS", "FILE:LINE: threads"
 */
gph_status_t app_settings_assign(app_settings_t *settings, const app_setting_t *setting,
                                 const char *text, app_source_t source, const char *where,
                                 char error[APP_ERROR_CHARS]);

/** Assigns "key=value" as it stands behind --set. */
gph_status_t app_settings_set(app_settings_t *settings, const char *assignment,
                              char error[APP_ERROR_CHARS]);

/**
 * Assigns what a YAML file holds (config.c): scalars by key, also nested (`clique:` over `max_k: 8`
 * is `clique.max_k: 8`). A message names file and line.
 */
gph_status_t app_settings_read(app_settings_t *settings, const char *path,
                               char error[APP_ERROR_CHARS]);

/**
 * Assigns the variables GPH_... of an environment. Other programs may have variables of that form,
 * so an unknown one is no error; one that looks misspelled is named in `warning` ("" otherwise).
 * @param environment "NAME=value" strings, NULL last
 */
gph_status_t app_settings_environment(app_settings_t *settings, char *const *environment,
                                      char warning[APP_ERROR_CHARS], char error[APP_ERROR_CHARS]);

/** The value of a setting of the schema. Never NULL. */
const app_value_t *app_settings_value(const app_settings_t *settings, const app_setting_t *setting);

/** Its number; 0 when unset. */
int64_t app_settings_integer(const app_settings_t *settings, const app_setting_t *setting);

/** Its number with a fraction; 0 when unset. */
double app_settings_real(const app_settings_t *settings, const app_setting_t *setting);

/** Its text, or NULL when unset. */
const char *app_settings_text(const app_settings_t *settings, const app_setting_t *setting);

/* --- messages ------------------------------------------------------------------------------- */

/** Writes a message and returns status. */
gph_status_t app_error(char error[APP_ERROR_CHARS], gph_status_t status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
