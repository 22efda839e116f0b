/* Help and version, made from the tables that parsing uses. */
#include "help.h"

#include <hdf5.h>
#include <string.h>

enum { WIDTH = 90, COLUMN = 26 }; /* of lines, and where descriptions begin */

/* Prints text broken at spaces into lines from column `indent`; the first line already reaches
 * column `at`. Line breaks of the text are kept. */
static void print_wrapped(FILE *file, const char *text, int at, int indent)
{
    while (*text) {
        const int length = (int)strcspn(text, " \n");
        if (at > indent && at + 1 + length > WIDTH) {
            fputc('\n', file);
            at = 0;
        }
        if (at < indent)
            at += fprintf(file, "%*s", indent - at, "");
        else if (at > indent)
            at += fprintf(file, " ");
        at += fprintf(file, "%.*s", length, text);
        text += length;
        if (*text == '\n') {
            fputc('\n', file);
            at = 0;
        }
        text += *text != '\0';
    }
    fputc('\n', file);
}

/* Prints a term in the left column and its description in the right one. */
static void print_row(FILE *file, const char *term, const char *description)
{
    int at = fprintf(file, "  %s", term);
    if (at >= COLUMN) {
        fputc('\n', file);
        at = 0;
    }
    at += fprintf(file, "%*s", COLUMN - at, "");
    print_wrapped(file, description, at, COLUMN);
}

static void print_setting(FILE *file, const app_setting_t *setting)
{
    char name[APP_NAME_CHARS] = "";
    char term[2 * APP_NAME_CHARS] = "";
    char text[512] = "";
    const char *fallback = setting->type == APP_FLAG ? NULL : setting->fallback;
    snprintf(term, sizeof term, "%s%s%s", app_option_name(setting, name), setting->value ? " " : "",
             setting->value ? setting->value : "");
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s%s", setting->help, setting->choices ? " (" : "",
             setting->choices ? setting->choices : "", setting->choices ? ")" : "",
             fallback ? "; default " : "", fallback ? fallback : "",
             strchr(setting->key, '.') ? "\nkey: " : "",
             strchr(setting->key, '.') ? setting->key : "");
    print_row(file, term, text);
}

static void print_settings(FILE *file, const char *title, const app_setting_t *const *settings)
{
    if (!*settings)
        return;
    fprintf(file, "\n%s\n", title);
    for (; *settings; settings++)
        print_setting(file, *settings);
}

void app_help_print(FILE *file)
{
    static const char *const statuses[] = {
        "done",
        "internal error, or the system refused",
        "usage or settings",
        "bad input",
        "over the memory budget",
        "stopped early, resumable",
        "a verification failed",
    };
    fprintf(file, "Usage: gph COMMAND [options] INPUT...\n"
                  "  or:  gph --help | gph COMMAND --help | gph --version\n"
                  "  or:  mpirun -n RANKS gph COMMAND ...\n\ncommands:\n");
    for (int i = 0; app_commands[i]; i++) {
        char term[2 * APP_NAME_CHARS] = "";
        snprintf(term, sizeof term, "%s %s", app_commands[i]->name, app_commands[i]->arguments);
        print_row(file, term, app_commands[i]->summary);
    }
    print_settings(file, "options of every command:", app_common);
    fputc('\n', file);
    print_wrapped(file,
                  "Settings come, in rising order, from defaults, the config file, the environment "
                  "and the command line. --max-memory is also the key max_memory (in a config file "
                  "and behind --set) and the variable GPH_MAX_MEMORY; so are all others. The same "
                  "input, settings and seed give the same result on any number of ranks and "
                  "threads.",
                  0, 0);
    fprintf(file, "\nexit status:\n");
    for (int i = 0; i < (int)(sizeof statuses / sizeof *statuses); i++)
        fprintf(file, "  %d  %s\n", i, statuses[i]);
}

void app_help_print_command(FILE *file, const app_command_t *command)
{
    fprintf(file, "Usage: gph %s [options] %s\n\n", command->name, command->arguments);
    print_wrapped(file, command->summary, 0, 0);
    if (command->details) {
        fputc('\n', file);
        print_wrapped(file, command->details, 0, 0);
    }
    print_settings(file, "options:", command->settings);
    print_settings(file, "options of every command:", app_common);
}

/* Name and version of the compiler. */
#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

/* What MPI gave this process in the way of threads. */
static const char *mpi_threads(void)
{
    int provided = MPI_THREAD_SINGLE;
    MPI_Query_thread(&provided);
    return provided == MPI_THREAD_MULTIPLE ? "yes (checkpoints are written while work goes on)"
                                           : "no (work waits while a checkpoint is written)";
}

void app_version_print(FILE *file)
{
    char mpi[MPI_MAX_LIBRARY_VERSION_STRING] = "unknown";
    int length = 0;
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    fprintf(file, "gph %s\n", gph_version());
    if (MPI_Get_library_version(mpi, &length) == MPI_SUCCESS)
        mpi[strcspn(mpi, ",\n")] = '\0';
    fprintf(file, "MPI: %s\n", mpi);
    fprintf(file, "MPI_THREAD_MULTIPLE: %s\n", mpi_threads());
    if (H5get_libversion(&major, &minor, &release) >= 0)
        fprintf(file, "HDF5: %u.%u.%u, parallel\n", major, minor, release);
    fprintf(file, "OpenMP: %d\n", _OPENMP);
    fprintf(file, "compiler: %s\n", COMPILER);
#ifdef NDEBUG
    fputs("build: optimised, without assertions\n", file);
#else
    fputs("build: with assertions\n", file);
#endif
}
