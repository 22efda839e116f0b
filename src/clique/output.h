/** Files of results: the list of cliques, and counts of vertices. Formats: docs/file-formats.md. */
#ifndef GPH_CLIQUE_OUTPUT_H
#define GPH_CLIQUE_OUTPUT_H

#include "clique/job.h"

typedef struct gph_list_file gph_list_file_t;

/** Checks the suffixes of all paths (any may be NULL) before work is spent. Local. */
gph_status_t gph_output_check(gph_env_t *env, const gph_clique_options_t *options);

/**
 * Opens the file of a job's list (.h5, .txt or .bin) for writing. Collective.
 * Without checkpoints it goes under a temporary name. With checkpoints rows go to `path`.part,
 * which is brought back to job->rows_done first (when it holds less, the list begins again); an .h5
 * file is then made from it at the end, as a killed HDF5 file can't be gone on with.
 */
gph_status_t gph_list_file_open(gph_clique_job_t *job, gph_list_file_t **file);

/** Writes this rank's next rows: gph_clique_sink_fn of a gph_list_file_t. Collective. */
gph_status_t gph_list_file_write(void *file, int64_t first_row, int64_t rows,
                                 const int64_t *members);

/** Gives the file its name when `status` is GPH_OK on all ranks; else removes it, but for a part
 * file. Collective. */
gph_status_t gph_list_file_close(gph_list_file_t **file, gph_status_t status);

/**
 * Writes the count of every vertex (.h5 or .tsv). Collective.
 * @param counts [owned]
 */
gph_status_t gph_vertex_file_write(const gph_graph_t *graph, const char *path, int k,
                                   const gph_count_t *counts);

#endif
