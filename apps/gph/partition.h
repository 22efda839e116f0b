/** Placing the vertices of a graph before a command works on it. */
#ifndef GPH_APP_PARTITION_H
#define GPH_APP_PARTITION_H

#include "commands.h"

extern const app_setting_t app_run_partition;   /**< strategy */
extern const app_setting_t app_partition_tiles; /**< most tiles */

/** Replaces a graph as loaded by one placed as the two settings say. Collective. */
gph_status_t app_place(app_t *app, gph_graph_t **graph);

#endif
