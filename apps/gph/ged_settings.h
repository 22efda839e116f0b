/** Settings of `gph ged`, and what they come to for the library. */
#ifndef GPH_APP_GED_SETTINGS_H
#define GPH_APP_GED_SETTINGS_H

#include "limits.h"

extern const app_setting_t app_ged_collection;
extern const app_setting_t app_ged_pairs;
extern const app_setting_t app_ged_query;
extern const app_setting_t app_ged_nearest;
extern const app_setting_t app_ged_threshold;
extern const app_setting_t app_ged_decide;
extern const app_setting_t app_ged_out;
extern const app_setting_t app_ged_matrix;
extern const app_setting_t app_ged_path;
extern const app_setting_t app_ged_estimate;
extern const app_setting_t app_ged_cliques;
extern const app_setting_t app_ged_large;
extern const app_setting_t app_ged_node_costs;
extern const app_setting_t app_ged_edge_costs;
extern const app_setting_t app_ged_method;

/** What the graphs of a collection are like: settings of gph convert too. */
extern const app_setting_t app_ged_directed;
extern const app_setting_t app_ged_node_attributes;
extern const app_setting_t app_ged_edge_attributes;
extern const app_setting_t app_ged_node_cost;
extern const app_setting_t app_ged_edge_cost;

/** All of them, NULL last. */
extern const app_setting_t *const app_ged_settings[];

/** Cost model that the settings give. Local. */
gph_ged_costs_t app_ged_costs(const app_settings_t *settings);

/** Adds the tables that the settings name, to be freed by gph_ged_cost_free(). Collective. */
gph_status_t app_ged_tables(const app_settings_t *settings, const gph_collection_t *collection,
                            gph_ged_costs_t *costs);

/** Method, threshold and limits of a pair. Local. */
gph_ged_options_t app_ged_options(const app_settings_t *settings);

/** What the graphs of the files are like. Local. */
gph_collection_form_t app_ged_form(const app_settings_t *settings);

#endif
