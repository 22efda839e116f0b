/* The command gph. Rank 0 alone reads the command line, the environment and the config file, and
 * tells the others: variables and files of other nodes may differ, and then ranks would go separate
 * ways and wait for each other for ever. MPI runs in any case, also for --help and wrong usage: a
 * process that ended early with a status would make mpirun kill rank 0 before it has spoken.
 * An error of MPI on MPI_COMM_WORLD ends the program, which is MPI's default. */
#include "app.h"
#include "arguments.h"
#include "help.h"
#include "output.h"

#include <stdio.h>
#include <stdlib.h>

extern char **environ;

/* Says on rank 0 what is wrong with the request, or what it asks for. Returns the exit status. */
static int answer(const app_request_t *request)
{
    const char *command = request->command >= 0 ? app_commands[request->command]->name : "";
    if (request->status != GPH_OK) {
        fprintf(stderr, "gph: error: %s\ntry: gph %s%s--help\n", request->error, command,
                *command ? " " : "");
        return app_exit_status(request->status);
    }
    if (request->action == APP_VERSION)
        app_version_print(stdout);
    else if (request->action == APP_COMMAND_HELP)
        app_help_print_command(stdout, app_commands[request->command]);
    else
        app_help_print(stdout);
    return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    static app_request_t request; /* too large for every stack */
    static app_schema_t schema;
    const MPI_Comm comm = MPI_COMM_WORLD;
    int provided = 0;
    int rank = 0;
    int exit_status = 0;
    schema = app_schema();
    /* A process without mpirun needs no daemon of Open MPI beside it, which takes time to start and
     * at times makes the end crash (4.1.4). Under mpirun, and for other MPIs, it says nothing. */
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    /* Such processes share a folder of Open MPI for shared file pointers, which nothing here uses:
     * the first that ends takes it away, and the others complain. */
    setenv("OMPI_MCA_sharedfp", "individual", 0);
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    MPI_Comm_rank(comm, &rank);
    if (rank == 0)
        app_arguments_parse(argc, argv, environ, &schema, &request);
    MPI_Bcast(&request, (int)sizeof request, MPI_BYTE, 0, comm);
    request.settings.schema = &schema;

    if (request.status == GPH_OK && request.action == APP_RUN)
        exit_status = app_run(comm, &request);
    else if (rank == 0)
        exit_status = answer(&request);
    MPI_Bcast(&exit_status, 1, MPI_INT, 0, comm);
    MPI_Finalize();
    return exit_status;
}
