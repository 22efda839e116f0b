/** Help and version, made from the tables that parsing uses. */
#ifndef GPH_APP_HELP_H
#define GPH_APP_HELP_H

#include "commands.h"

#include <stdio.h>

/** Prints what `gph --help` says. Local. */
void app_help_print(FILE *file);

/** Prints what `gph COMMAND --help` says. Local. */
void app_help_print_command(FILE *file, const app_command_t *command);

/** Prints the versions of gph and of what it stands on. Local; MPI must be initialised. */
void app_version_print(FILE *file);

#endif
