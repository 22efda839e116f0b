/**
 * The subcommands. A new one is a file that defines an app_command_t, a declaration here, and a row
 * of the table in commands.c; parsing, help, settings of config files and environment follow.
 */
#ifndef GPH_APP_COMMANDS_H
#define GPH_APP_COMMANDS_H

#include "settings.h"

#include <cJSON.h>

#define APP_ARGUMENTS_MAX 2 /**< arguments that a command can have */

/* Parts of help that several commands share. */
#define APP_FORMATS_HELP                                                                           \
    "an edge list, or by suffix .mtx (Matrix Market), .graph or .metis (METIS), .h5; each but "    \
    ".h5 also with .gz"
#define APP_GENERATORS_HELP                                                                        \
    "Generators: rmat:scale=,edgefactor=16 er:n=,m= complete:n= cycle:n= star:n= path:n= "         \
    "turan:n=,r= text:path=,unit=grapheme|word,window=2 "                                          \
    "textgraph:path=,unit=grapheme|word,window=1 math:path=; rmat and er also take seed= (else "   \
    "--seed)"
#define APP_GRAPH_HELP                                                                             \
    "GRAPH is a file (" APP_FORMATS_HELP ") or a generator.\n" APP_GENERATORS_HELP

/** What was asked for. Rank 0 parses it; every rank gets a copy. */
typedef struct app_request {
    gph_status_t status; /**< of parsing */
    enum { APP_RUN, APP_HELP, APP_COMMAND_HELP, APP_VERSION } action;
    int command;                                      /**< row of the table; -1: none */
    int arguments;                                    /**< given */
    char argument[APP_ARGUMENTS_MAX][APP_TEXT_CHARS]; /**< [arguments] */
    app_settings_t settings;
    char error[APP_ERROR_CHARS];   /**< unless status is GPH_OK */
    char warning[APP_ERROR_CHARS]; /**< "" when there is none */
} app_request_t;

/** A running command. */
typedef struct app {
    const struct app_command *command;
    const app_request_t *request;
    MPI_Comm comm; /**< all ranks; the library has its own */
    gph_context_t *context;
    cJSON *result;               /**< of rank 0: what the command found; NULL on other ranks */
    bool result_lost;            /**< memory for `result` ran out */
    bool stands;                 /**< the result is whole although the command fails */
    char digest[64];             /**< hexadecimal digest of the full result, "" when it has none */
    char error[APP_ERROR_CHARS]; /**< failure that the command found itself, "" otherwise */
} app_t;

/** One subcommand. */
typedef struct app_command {
    const char *name;
    const char *arguments; /**< "GRAPH", "IN OUT", "RESULT [GRAPH]": one word for each, those
                                in brackets need not be given */
    const char *summary;   /**< one line, without a full stop */
    const char *details;   /**< more for its --help, or NULL */
    const app_setting_t *const *settings; /**< its own, NULL last */
    int input;                            /**< which argument is the input, from 0 */
    bool shows_memory;                    /**< the summary tells what memory it took */
    bool config;                          /**< the first argument is a YAML file of settings */
    /** Does the job. Collective. A failure is equal on all ranks. */
    gph_status_t (*run)(app_t *app);
} app_command_t;

extern const app_command_t app_info;
extern const app_command_t app_convert;
extern const app_command_t app_generate;
extern const app_command_t app_partition;
extern const app_command_t app_cliques;
extern const app_command_t app_ged;
extern const app_command_t app_algorithms;
extern const app_command_t app_train;
extern const app_command_t app_predict;
extern const app_command_t app_eval;
extern const app_command_t app_verify;
extern const app_command_t app_doctor;
extern const app_command_t app_bench;

/** All subcommands in the order of help, NULL last. */
extern const app_command_t *const app_commands[];

/** Row of the command with this name, -1 when there is none. Local. */
int app_command_find(const char *name);

/** Number of commands. Local. */
int app_command_count(void);

/** Settings of all commands. Local. */
app_schema_t app_schema(void);

/** Setting or option of a command (NULL: of all) by its option name, such as "--max-k"; NULL when
 * there is none. Local. */
const app_setting_t *app_option_find(const app_command_t *command, const char *name);

/* --- for the commands ----------------------------------------------------------------------- */

/** Loads the graph that the input argument names, in the format of --from when the command has that
 * setting. Collective. */
gph_status_t app_load(app_t *app, gph_graph_t **graph);

/** Saves a graph as the second argument, in the format of --format. Collective. */
gph_status_t app_save(app_t *app, const gph_graph_t *graph);

/** Adds vertices, edges, and what was dropped to the result. Collective. */
gph_status_t app_add_graph(app_t *app, const gph_graph_t *graph);

/** Adds a value to the result, under a name in the form `max_degree`. Local; only rank 0 keeps it.
 * A result must be the same on any number of ranks and threads, but for what gph train says of its
 * speed. */
void app_add_integer(app_t *app, const char *name, int64_t value);
/** As app_add_integer(), for a number with a fraction. */
void app_add_real(app_t *app, const char *name, double value);
/** As app_add_integer(), for a text. */
void app_add_text(app_t *app, const char *name, const char *value);
/** As app_add_integer(), for a count, which JSON gets as a decimal string. */
void app_add_count(app_t *app, const char *name, gph_count_t value);

/** Records a failure that the library does not know of, and returns status. Local; to be called by
 * all ranks alike. */
gph_status_t app_fail(app_t *app, gph_status_t status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
