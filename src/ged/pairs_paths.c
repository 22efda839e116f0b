/* The breakdown of pairs in result files: operations, mappings, clique mismatches, and what it
 * takes to replay them. See docs/file-formats.md. */
#include "ged/methods.h"
#include "ged/pairs.h"
#include "io/hdf5_rows.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

gph_status_t gph_ged_row_path(const gph_ged_job_t *job, const gph_ged_phase_t *phase, int64_t row,
                              bool *there, gph_ged_path_t *path)
{
    gph_status_t status = GPH_OK;
    const gph_pair_t pair = gph_ged_pairs_at(phase->pairs, phase->first + row);
    const gph_small_graph_t *first = &job->collection->view[pair.a];
    const int64_t *map = phase->map + phase->map_start[row];
    int32_t narrow[GPH_GED_NODES_MOST];

    *path = (gph_ged_path_t){.total = 0};
    *there = first->nodes == 0 || map[0] != -2;
    if (!*there)
        return GPH_OK;
    for (int32_t u = 0; u < first->nodes; u++)
        narrow[u] = (int32_t)map[u];
    GPH_TRY(gph_ged_replay(job->space[0], first, &job->collection->view[pair.b], narrow, path));

cleanup:
    return status;
}

/* --- text ----------------------------------------------------------------------------------- */

static gph_status_t format_map(const int64_t *map, int64_t length, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    char word[32];

    for (int64_t u = 0; u < length; u++) {
        const int size = snprintf(word, sizeof word, u > 0 ? ",%" PRId64 : "%" PRId64, map[u]);
        GPH_TRY(gph_array_append(text, word, size));
    }

cleanup:
    return status;
}

static gph_status_t format_path(const gph_ged_job_t *job, const gph_ged_phase_t *phase, int64_t row,
                                locale_t numbers, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    gph_ged_path_t path;
    bool there = false;
    char word[32];
    char line[64];

    GPH_TRY(gph_ged_row_path(job, phase, row, &there, &path));
    for (int o = 0; o < GPH_GED_OPERATIONS; o++)
        GPH_TRY(
            gph_array_append(text, line, snprintf(line, sizeof line, "\t%" PRId64, path.count[o])));
    for (int o = 0; o < GPH_GED_OPERATIONS; o++) {
        gph_number_format(path.cost[o], numbers, word);
        GPH_TRY(gph_array_append(text, line, snprintf(line, sizeof line, "\t%s", word)));
    }
    GPH_TRY(gph_array_append(text, there ? "\t" : "\t-", there ? 1 : 2));
    if (there)
        GPH_TRY(format_map(phase->map + phase->map_start[row],
                           phase->map_start[row + 1] - phase->map_start[row], text));

cleanup:
    return status;
}

gph_status_t gph_ged_format_extras(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                   int64_t row, locale_t numbers, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    int64_t mismatch[GPH_GED_CLIQUES];
    char line[128];

    if (phase->map != NULL)
        GPH_TRY(format_path(job, phase, row, numbers, text));
    if (job->cliques.start != NULL) {
        gph_ged_row_cliques(job, phase, row, mismatch);
        GPH_TRY(gph_array_append(text, line,
                                 snprintf(line, sizeof line,
                                          "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64,
                                          mismatch[0], mismatch[1], mismatch[2], mismatch[3])));
    }

cleanup:
    return status;
}

/* --- HDF5: the model ------------------------------------------------------------------------ */

static gph_status_t write_cost(gph_env_t *env, hid_t file, const char *name,
                               const gph_ged_cost_t *cost)
{
    static const char *const kinds[] = {"constant", "table", "euclidean"};
    char text[128];
    snprintf(text, sizeof text, "%s %.17g %.17g %.17g %" PRId32, kinds[cost->kind], cost->insert,
             cost->remove, cost->substitute, cost->kind == GPH_GED_COST_TABLE ? cost->labels : 0);
    return gph_h5_attribute(env, file, name, text);
}

gph_status_t gph_ged_write_model(const gph_ged_job_t *job, hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;
    const gph_collection_t *collection = job->collection;
    const gph_collection_form_t *form = &collection->form;
    const gph_ged_costs_t standard = gph_ged_costs_default();
    const gph_ged_costs_t *costs = job->options->costs != NULL ? job->options->costs : &standard;
    char text[GPH_DIGEST_CHARS];

    GPH_TRY(gph_h5_attribute(env, file, "collection", collection->input));
    GPH_TRY(
        gph_h5_attribute(env, file, "collection_digest", gph_collection_digest(collection, text)));
    GPH_TRY(gph_h5_attribute(env, file, "directed", form->directed ? "yes" : "no"));
    GPH_TRY(gph_h5_attribute(env, file, "numeric_nodes", form->numeric_nodes ? "yes" : "no"));
    GPH_TRY(gph_h5_attribute(env, file, "numeric_edges", form->numeric_edges ? "yes" : "no"));
    if (form->node_attributes != NULL)
        GPH_TRY(gph_h5_attribute(env, file, "node_attributes", form->node_attributes));
    if (form->edge_attributes != NULL)
        GPH_TRY(gph_h5_attribute(env, file, "edge_attributes", form->edge_attributes));
    GPH_TRY(write_cost(env, file, "node_costs", &costs->node));
    GPH_TRY(write_cost(env, file, "edge_costs", &costs->edge));

cleanup:
    return status;
}

/* --- HDF5: datasets ------------------------------------------------------------------------- */

static gph_status_t write_table(const gph_ged_job_t *job, hid_t file, const char *name,
                                const gph_ged_cost_t *cost)
{
    const int64_t side = (int64_t)cost->labels + 1;
    const gph_ged_column_t column = {name,
                                     H5T_IEEE_F64LE,
                                     H5T_NATIVE_DOUBLE,
                                     side * side,
                                     0,
                                     job->context->rank == 0 ? side * side : 0,
                                     0,
                                     cost->table};
    return cost->kind == GPH_GED_COST_TABLE ? gph_ged_write_column(job->context, file, &column)
                                            : GPH_OK;
}

/* What the paths of this rank's rows do and cost. */
typedef struct breakdown {
    int64_t *count; /* [owned × GPH_GED_OPERATIONS] */
    double *cost;   /* likewise */
    int64_t *start; /* [owned] of the mapping, among those of all ranks */
} breakdown_t;

static gph_status_t replay_rows(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                breakdown_t *made)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;
    gph_ged_path_t path;
    bool there = false;

    GPH_TRY(gph_alloc(env, phase->owned, sizeof path.count, &made->count));
    GPH_TRY(gph_alloc(env, phase->owned, sizeof path.cost, &made->cost));
    GPH_TRY(gph_alloc(env, phase->owned, sizeof *made->start, &made->start));
    for (int64_t r = 0; r < phase->owned; r++) {
        GPH_TRY(gph_ged_row_path(job, phase, r, &there, &path));
        memcpy(made->count + r * GPH_GED_OPERATIONS, path.count, sizeof path.count);
        memcpy(made->cost + r * GPH_GED_OPERATIONS, path.cost, sizeof path.cost);
        made->start[r] = phase->map_first + phase->map_start[r];
    }

cleanup:
    return status;
}

static gph_status_t write_paths(const gph_ged_job_t *job, const gph_ged_phase_t *phase, hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    breakdown_t made = {NULL, NULL, NULL};

    GPH_TRY_ALL(context, replay_rows(job, phase, &made));
    const int64_t total = phase->pairs->count;
    const gph_ged_column_t columns[] = {
        {"counts", H5T_STD_I64LE, H5T_NATIVE_INT64, total, phase->first, phase->owned,
         GPH_GED_OPERATIONS, made.count},
        {"costs", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, total, phase->first, phase->owned,
         GPH_GED_OPERATIONS, made.cost},
        {"map_start", H5T_STD_I64LE, H5T_NATIVE_INT64, total, phase->first, phase->owned, 0,
         made.start},
        {"map", H5T_STD_I64LE, H5T_NATIVE_INT64, phase->map_total, phase->map_first,
         phase->map_start[phase->owned], 0, phase->map},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        GPH_TRY(gph_ged_write_column(context, file, &columns[i]));
    if (job->options->costs != NULL) {
        GPH_TRY(write_table(job, file, "node_table", &job->options->costs->node));
        GPH_TRY(write_table(job, file, "edge_table", &job->options->costs->edge));
    }

cleanup:
    gph_free(made.count);
    gph_free(made.cost);
    gph_free(made.start);
    return status;
}

static gph_status_t write_cliques(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                  hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    int64_t *mismatch = NULL; /* [owned × GPH_GED_CLIQUES] */

    GPH_TRY_ALL(context, gph_alloc(context->env, phase->owned, GPH_GED_CLIQUES * sizeof *mismatch,
                                   &mismatch));
    for (int64_t r = 0; r < phase->owned; r++)
        gph_ged_row_cliques(job, phase, r, mismatch + r * GPH_GED_CLIQUES);
    const gph_ged_column_t column = {"cliques",           H5T_STD_I64LE, H5T_NATIVE_INT64,
                                     phase->pairs->count, phase->first,  phase->owned,
                                     GPH_GED_CLIQUES,     mismatch};
    GPH_TRY(gph_ged_write_column(context, file, &column));

cleanup:
    gph_free(mismatch);
    return status;
}

gph_status_t gph_ged_write_extras(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                  hid_t file)
{
    gph_status_t status = GPH_OK;

    if (phase->map != NULL)
        GPH_TRY(write_paths(job, phase, file));
    if (job->cliques.start != NULL)
        GPH_TRY(write_cliques(job, phase, file));

cleanup:
    return status;
}
