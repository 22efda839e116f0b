/**
 * Inside of collections, lists of pairs, and batches. A batch is one job of the engine with one
 * phase or more; each phase works off the tiles of a list of pairs. Which rank does a tile is left
 * to the pool; its rows then go to the rank in whose stretch of the list they lie.
 */
#ifndef GPH_GED_PAIRS_PRIVATE_H
#define GPH_GED_PAIRS_PRIVATE_H

#include "base/array.h"
#include "base/hash.h"
#include "base/sort.h"
#include "ckpt/job.h"
#include "ged/cliques.h"
#include "gph/ged_pairs.h"
#include "io/collection.h"
#include "par/pool.h"

#include <hdf5.h>
#include <locale.h>

typedef enum gph_ged_pairs_kind {
    GPH_GED_PAIRS_LIST = 0,
    GPH_GED_PAIRS_ALL = 1,
    GPH_GED_PAIRS_CROSS = 2
} gph_ged_pairs_kind_t;

struct gph_ged_pairs {
    gph_ged_pairs_kind_t kind;
    int64_t count;
    int64_t graphs;   /**< of the collection */
    int64_t queries;  /**< cross: the first graphs */
    gph_pair_t *pair; /**< list: [count]; otherwise NULL */
};

/** The pair of a number, 0 <= index < count. Local, O(1). */
gph_pair_t gph_ged_pairs_at(const gph_ged_pairs_t *pairs, int64_t index);

/** Takes over an array of pairs that are known to be there. Local. */
gph_status_t gph_ged_pairs_take(const gph_collection_t *collection, int64_t count, gph_pair_t *pair,
                                gph_ged_pairs_t **pairs);

/** Most phases of a job; and tiles by default: enough to balance, to stop soon, and few enough to
 * add up quickly. */
enum { GPH_GED_PHASES = 3, GPH_GED_TILES = 4096 };

/** What is added up by tiles, as doubles; counts stay below 2^53. */
enum {
    GPH_GED_SUM_LOWER,
    GPH_GED_SUM_UPPER,
    GPH_GED_SUM_EXACT,
    GPH_GED_SUM_OVER,
    GPH_GED_SUM_STOPPED,
    GPH_GED_SUM_STEPS,
    GPH_GED_SUM_SETTLED,                                       /**< GPH_GED_METHODS of them */
    GPH_GED_SUM_COUNT = GPH_GED_SUM_SETTLED + GPH_GED_METHODS, /**< GPH_GED_OPERATIONS of them */
    GPH_GED_SUM_COST = GPH_GED_SUM_COUNT + GPH_GED_OPERATIONS, /**< GPH_GED_OPERATIONS of them */
    GPH_GED_SUMS = GPH_GED_SUM_COST + GPH_GED_OPERATIONS
};

/** A row on its way to the rank that keeps it. */
typedef struct gph_ged_found {
    int64_t index;
    gph_ged_row_t row;
} gph_ged_found_t;

/** One list of pairs and what came of it. */
typedef struct gph_ged_phase {
    const gph_ged_pairs_t *pairs;
    gph_ged_options_t options; /**< of each pair */
    const double *limit; /**< [pairs] thresholds, in the place of that in `options`; or NULL */
    bool filter;
    gph_tiles_t tiles;
    int64_t *done;      /**< [tiles] */
    double *fresh;      /**< [tiles × GPH_GED_SUMS] of tiles done here since the last merge */
    double *sum;        /**< [tiles × GPH_GED_SUMS] of all tiles that were merged */
    gph_ged_row_t *row; /**< [owned] rows of this rank's stretch */
    int64_t first;      /**< first row of the stretch */
    int64_t owned;
    int64_t *map;       /**< with paths: mappings of the rows, one behind the other; or NULL */
    int64_t *map_start; /**< [owned + 1] where each begins */
    int64_t map_first;  /**< words before those of this rank */
    int64_t map_total;  /**< words of all ranks */
} gph_ged_phase_t;

/** One job. */
typedef struct gph_ged_job {
    gph_context_t *context;
    const gph_collection_t *collection;
    const gph_ged_batch_options_t *options;
    gph_job_t *engine;
    gph_pool_t *pool;
    gph_snapshot_t *resumed; /**< what to go on from, until it is taken up; or NULL */
    int64_t resumed_phases;  /**< phases that it holds */
    char *identity;
    gph_ged_t **space;          /**< [threads] */
    gph_array_t *found;         /**< [threads] of gph_ged_found_t */
    gph_array_t *maps;          /**< [threads] of int32_t: their mappings, with paths */
    gph_clique_table_t cliques; /**< counts of all graphs, where they are asked for */
    int phases;                 /**< begun */
    gph_ged_phase_t phase[GPH_GED_PHASES];
} gph_ged_job_t;

/** Makes work spaces, and begins the job or takes it up. Collective.
 *  @param pairs what the identity names; queries and nearest: of a search, or 0 */
gph_status_t gph_ged_job_open(gph_ged_job_t *job, const gph_ged_pairs_t *pairs, int64_t nearest);

/**
 * Works off the pairs of `job->phase[job->phases]`, whose pairs, options, limit and filter are set,
 * or reads what a checkpoint holds of it. Collective.
 * @return GPH_ERR_STOPPED as gph_job_tiles()
 */
gph_status_t gph_ged_job_phase(gph_ged_job_t *job, const char *what);

/** Nodes of the first graph of a pair: the length of its mapping. Local. */
int64_t gph_ged_map_length(const gph_ged_job_t *job, const gph_ged_phase_t *phase, int64_t index);

/** Clique mismatch of a row of this rank; job->cliques is there. Local. */
void gph_ged_row_cliques(const gph_ged_job_t *job, const gph_ged_phase_t *phase, int64_t row,
                         int64_t mismatch[GPH_GED_CLIQUES]);

/* --- mappings (pairs_maps.c) ---------------------------------------------------------------- */

/** Room for the mappings of the rows of this rank. Collective. */
gph_status_t gph_ged_maps_open(const gph_ged_job_t *job, gph_ged_phase_t *phase);

/**
 * Sends the mappings of the rows found to the ranks that keep them. Collective.
 * @param rows  [total] rows received, in the order of ranks and of their lists
 */
gph_status_t gph_ged_maps_merge(gph_ged_job_t *job, gph_ged_phase_t *phase, int64_t total,
                                const gph_ged_found_t *rows);

/** A digest item for each mapping of this rank is added to *sum. Local. */
void gph_ged_maps_digest(const gph_ged_phase_t *phase, gph_digest_t *sum);

/** Item of the digest that the mapping [length] of row `index` is. Local. */
gph_digest_t gph_ged_map_item(int64_t index, int64_t length, const int64_t *map);

/** Item of the digest that row `index` is. Local. */
gph_digest_t gph_ged_row_item(int64_t index, gph_pair_t pair, const gph_ged_row_t *row);

/* --- phases --------------------------------------------------------------------------------- */

/** Adds up the sums of all tiles of a phase. Local. */
void gph_ged_phase_summary(const gph_ged_phase_t *phase, gph_ged_summary_t *summary);

/** Frees everything but the engine, which gph_job_close() ends. Collective: the pool is closed. */
void gph_ged_job_free(gph_ged_job_t *job);

/** Sets the message of a stop. Local. */
void gph_ged_job_stopped(const gph_ged_job_t *job);

/* --- state (pairs_state.c) ------------------------------------------------------------------ */

/** What decides the result, as lines `name=value`. Local. */
gph_status_t gph_ged_job_identity(const gph_ged_job_t *job, const gph_ged_pairs_t *pairs,
                                  int64_t nearest, char **identity);

/** Adds all phases begun to a snapshot: gph_job_ops_t.save. Collective. */
gph_status_t gph_ged_job_save(void *job, gph_snapshot_t *snapshot);

/** Reads phase number `number` from job->resumed. Collective. */
gph_status_t gph_ged_job_restore(gph_ged_job_t *job, int number);

/* --- files (pairs_output.c) ----------------------------------------------------------------- */

/** Refuses names of files that can't be written. Local. */
gph_status_t gph_ged_output_check(gph_env_t *env, const char *out_path, const char *matrix_path);

/** Writes rows as out_path says. Collective. */
gph_status_t gph_ged_write_rows(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                const char *digest);

/** Writes the matrix. Collective. */
gph_status_t gph_ged_write_matrix(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                  const char *digest);

/** Writes matches[count], the same on all ranks, as out_path says. Collective. */
gph_status_t gph_ged_write_matches(const gph_ged_job_t *job, int64_t count,
                                   const gph_ged_match_t *matches, const char *digest);

/** A dataset of a result file: rows of this rank among those of all. */
typedef struct gph_ged_column {
    const char *name;
    hid_t type;
    hid_t memory_type;
    int64_t total;
    int64_t first;
    int64_t rows;
    int64_t width; /**< columns of it; 0: one-dimensional */
    const void *values;
} gph_ged_column_t;

/** Creates and writes a dataset. Collective. */
gph_status_t gph_ged_write_column(gph_context_t *context, hid_t file,
                                  const gph_ged_column_t *column);

/* --- breakdown in files (pairs_paths.c) ----------------------------------------------------- */

/** Replays the mapping of a row of this rank; *there receives false where there is none. Local. */
gph_status_t gph_ged_row_path(const gph_ged_job_t *job, const gph_ged_phase_t *phase, int64_t row,
                              bool *there, gph_ged_path_t *path);

/** Appends what a line of text has behind `exact`: with paths 6 counts, 6 costs and the mapping,
 * with cliques 4 mismatches. Local. */
gph_status_t gph_ged_format_extras(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                   int64_t row, locale_t numbers, gph_array_t *text);

/** Attributes that tell collection and costs. Local. */
gph_status_t gph_ged_write_model(const gph_ged_job_t *job, hid_t file);

/** Datasets of paths, tables of costs and cliques. Collective. */
gph_status_t gph_ged_write_extras(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                                  hid_t file);

/* --- results (pairs.c) ---------------------------------------------------------------------- */

struct gph_ged_batch {
    gph_ged_summary_t summary;
    int64_t cliques[GPH_GED_CLIQUES];
    char digest[GPH_DIGEST_CHARS];
    gph_ged_row_t *row; /**< [rows], or NULL */
    int64_t *map;
    int64_t *map_start;
    int64_t first;
    int64_t rows;
    bool search;
    gph_ged_match_t *match; /**< [matches], or NULL */
    int64_t matches;
};

/** Checks the options that batch and search share. Local. */
gph_status_t gph_ged_batch_check(const gph_collection_t *collection,
                                 const gph_ged_batch_options_t *options);

#endif
