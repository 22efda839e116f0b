/** The command line. */
#ifndef GPH_APP_ARGUMENTS_H
#define GPH_APP_ARGUMENTS_H

#include "commands.h"

/**
 * Finds out what is asked for, from the command line and all sources of settings. Local.
 * @param environment "NAME=value" strings, NULL last
 * @param request     receives everything; its `status` is GPH_ERR_USAGE with a message for anything
 *                    that makes no sense
 */
void app_arguments_parse(int argc, char *const *argv, char *const *environment,
                         const app_schema_t *schema, app_request_t *request);

#endif
