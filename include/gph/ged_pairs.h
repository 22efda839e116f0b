/**
 * @file ged_pairs.h
 * Graph edit distance of many pairs of a collection: lists of pairs, and batches that run on all
 * ranks and threads, balanced, saved and resumed by tiles of pairs.
 *
 * Every rank holds the whole collection; rows of results lie distributed, in the order of the
 * pairs. Results are the same on any number of ranks and threads, except where a time limit a pair
 * is set (gph_ged_options_t.max_seconds): what a search comes to in a given time depends on the
 * machine. A limit on steps (max_steps) has no such effect.
 */
#ifndef GPH_GED_PAIRS_H
#define GPH_GED_PAIRS_H

#include "gph/ckpt.h"
#include "gph/ged.h"
#include "gph/io_collection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- tables of costs ------------------------------------------------------------------------ */

/** What a table of costs is for. */
typedef enum gph_ged_part { GPH_GED_NODES = 0, GPH_GED_EDGES = 1 } gph_ged_part_t;

/**
 * Reads a table of costs by pairs of labels: a line `A B cost` is the cost of substituting label A
 * by B, `A - cost` of deleting A, `- B cost` of inserting B; `\-` is the label `-`. Fields are
 * separated by tabs where a line has some, else by blanks. The line `symmetric` makes each line
 * hold in both directions. Blank lines and lines that begin with # are skipped. What no line tells
 * costs as the constants of `cost` say; labels that the collection has not are skipped, with a
 * warning. Collective.
 * @param source name of a file; or the table itself, where it has a newline or `;` in it, which
 *               then stands for one
 * @param cost   constants before, the table after: gph_ged_cost_free()
 * @return GPH_ERR_INPUT with "FILE:LINE: what is wrong": a cost that is negative or no finite
 *         number, a pair that is there twice
 */
GPH_API gph_status_t gph_ged_cost_table(const gph_collection_t *collection, gph_ged_part_t part,
                                        const char *source, gph_ged_cost_t *cost);

/** Frees the table of gph_ged_cost_table(), if there is one; the constants stay. Local. */
GPH_API void gph_ged_cost_free(gph_ged_cost_t *cost);

/* --- one pair ------------------------------------------------------------------------------- */

/** Characters of a digest in hexadecimal, with the final NUL. */
#define GPH_GED_DIGEST_CHARS 33

/**
 * Edit distance of two graphs of a collection, as gph_ged_compute(), the same on all ranks. An
 * exact search is split over all threads of all ranks by subtrees; distance and mapping are those
 * of gph_ged_compute(), however it is split. Bounds where max_steps ends the search are the same on
 * any number of ranks and threads. A request to stop, or the time limit of the context, ends the
 * search like max_seconds: with bounds. Collective.
 * @param costs   NULL: uniform
 * @param options NULL: exact
 * @param map     [nodes of the first graph] receives the mapping, or NULL; -1 all over where the
 *                method gives none
 * @param digest  receives a digest of bounds and mapping, or NULL
 * @param result  receives the rest; its own `map` is NULL
 */
GPH_API gph_status_t gph_ged_pair(const gph_collection_t *collection, int64_t first, int64_t second,
                                  const gph_ged_costs_t *costs, const gph_ged_options_t *options,
                                  int32_t *map, char digest[GPH_GED_DIGEST_CHARS],
                                  gph_ged_result_t *result);

/** Sizes of cliques that are compared: 3, 4, 5, 6. */
#define GPH_GED_CLIQUES 4

/**
 * Clique mismatch of two graphs: over all multisets of node labels, how many cliques with these
 * labels one graph has more than the other. Directions and loops don't matter. Local.
 * @param mismatch receives the sums for cliques of 3, 4, 5, 6 nodes
 * Cost: one step a clique of up to 6 nodes of both graphs.
 */
GPH_API gph_status_t gph_ged_clique_mismatch(gph_context_t *context, const gph_small_graph_t *first,
                                             const gph_small_graph_t *second,
                                             int64_t mismatch[GPH_GED_CLIQUES]);

/* --- lists of pairs ------------------------------------------------------------------------- */

/** Pairs of graphs of a collection, numbered from 0, the same on all ranks. Opaque. */
typedef struct gph_ged_pairs gph_ged_pairs_t;

/** Takes pairs from memory. Collective.
 *  @param pair [2 × count] first and second graph of each
 *  @return GPH_ERR_USAGE for a graph that is not there */
GPH_API gph_status_t gph_ged_pairs_list(const gph_collection_t *collection, int64_t count,
                                        const int64_t *pair, gph_ged_pairs_t **pairs);

/** Reads pairs from a text file (plain or gzip): `i j` a line, counted from 0; whatever follows on
 * a line is skipped, and so are blank lines and those that begin with #. Collective.
 *  @return GPH_ERR_INPUT with "FILE:LINE: what is wrong" */
GPH_API gph_status_t gph_ged_pairs_read(const gph_collection_t *collection, const char *path,
                                        gph_ged_pairs_t **pairs);

/** All pairs i < j of a collection, row by row: 0 1, 0 2, … 1 2, … Collective. Takes no memory. */
GPH_API gph_status_t gph_ged_pairs_all(const gph_collection_t *collection, gph_ged_pairs_t **pairs);

/** Each of the first `queries` graphs of a collection with each graph after them, query by query.
 *  Collective. Takes no memory. */
GPH_API gph_status_t gph_ged_pairs_cross(const gph_collection_t *collection, int64_t queries,
                                         gph_ged_pairs_t **pairs);

/** Number of pairs. Local. */
GPH_API int64_t gph_ged_pairs_count(const gph_ged_pairs_t *pairs);

/** The two graphs of a pair, 0 <= index < count. Local. */
GPH_API void gph_ged_pairs_get(const gph_ged_pairs_t *pairs, int64_t index, int64_t *first,
                               int64_t *second);

/** Frees a list and nulls the pointer; NULL is fine. Local. */
GPH_API void gph_ged_pairs_destroy(gph_ged_pairs_t **pairs);

/* --- batches -------------------------------------------------------------------------------- */

/** What is wanted. Start from gph_ged_batch_options_default(). Equal on all ranks, but for
 * pointers. */
typedef struct gph_ged_batch_options {
    gph_ged_options_t pair;       /**< method, threshold and limits of each pair */
    const gph_ged_costs_t *costs; /**< NULL: uniform */
    bool filter; /**< climb the ladder: the bounds of methods below `pair.method` come first, and a
                      pair that one of them settles (above the threshold, lower = upper, or with
                      `pair.decide` within the threshold) goes no further. Changes no distance, but
                    which mapping gives the costs by operation */
    int64_t tiles; /**< pieces that the work is cut into, 1..16384, or 0: by its size. Changes speed
                        only */
    bool paths; /**< keep the mapping of each pair, and write it with the operations it takes; with
                     a method that gives mappings */
    bool cliques; /**< also the clique mismatch of each pair, see gph_ged_clique_mismatch() */
    const char *out_path; /**< write the rows to this file (.tsv or .h5), or NULL */
    const char
        *matrix_path; /**< all pairs of a collection: write the matrix to this .h5 file, or NULL */
    const gph_checkpoint_options_t *checkpoint; /**< saves the batch while it runs, or NULL */
} gph_ged_batch_options_t;

/** Exact distances at uniform costs, no files, no checkpoints. Local. */
GPH_API gph_ged_batch_options_t gph_ged_batch_options_default(void);

/** Result of a pair. */
typedef struct gph_ged_row {
    double lower;
    double upper;
    int64_t
        flags; /**< sum of GPH_GED_ROW_…, and 256 × the gph_ged_method_t that settled the pair */
} gph_ged_row_t;

#define GPH_GED_ROW_EXACT   1 /**< lower = upper = the distance */
#define GPH_GED_ROW_OVER    2 /**< the distance is above the threshold */
#define GPH_GED_ROW_STOPPED 4 /**< a limit a pair ended the search */

/** The method that settled a pair. Local. */
static inline gph_ged_method_t gph_ged_row_method(const gph_ged_row_t *row)
{
    return (gph_ged_method_t)(row->flags >> 8);
}

/** Sums over the pairs of a batch, in an order that the input alone fixes. */
typedef struct gph_ged_summary {
    int64_t pairs;                    /**< in all */
    int64_t done;                     /**< of them done: fewer only after GPH_ERR_STOPPED */
    int64_t exact;                    /**< rows with GPH_GED_ROW_EXACT */
    int64_t over;                     /**< rows with GPH_GED_ROW_OVER */
    int64_t stopped;                  /**< rows with GPH_GED_ROW_STOPPED */
    int64_t steps;                    /**< search tree nodes */
    double lower;                     /**< sum of lower bounds */
    double upper;                     /**< sum of upper bounds */
    int64_t settled[GPH_GED_METHODS]; /**< pairs by the method that settled them */
    gph_ged_path_t path;              /**< operations of the edit paths found */
    int64_t cliques[GPH_GED_CLIQUES]; /**< clique mismatch, where options->cliques asks for it */
} gph_ged_summary_t;

/** What came out of a batch or a search. Opaque; gph_ged_batch_destroy() frees it. */
typedef struct gph_ged_batch gph_ged_batch_t;

/**
 * Edit distances, or bounds, of all pairs of a list. Collective.
 * @param options NULL for the defaults
 * @return GPH_ERR_USAGE (costs or options that make no sense); GPH_ERR_MEMORY; GPH_ERR_SYSTEM when
 * a file can't be written; GPH_ERR_STOPPED on request or at the time limit of the context: then
 * *batch is set, to what was done so far Cost: that of gph_ged_compute() for each pair, shared by
 * all threads of all ranks; memory: the collection on every rank, and 56 bytes a pair, distributed.
 */
GPH_API gph_status_t gph_ged_batch(const gph_collection_t *collection, const gph_ged_pairs_t *pairs,
                                   const gph_ged_batch_options_t *options, gph_ged_batch_t **batch);

/** What a batch would find and take. */
typedef struct gph_ged_estimate {
    int64_t pairs;
    int64_t sampled;      /**< of them done for this estimate; all of them: sums are exact */
    double upper;         /**< sum of upper bounds */
    double upper_error;   /**< two standard errors of it; 0 when exact */
    double steps;         /**< search tree nodes */
    double work_seconds;  /**< of all threads together */
    double work_error;    /**< two standard errors of it */
    double seconds;       /**< of the batch, with a core for each thread of each rank */
    double seconds_error; /**< two standard errors of it */
    int64_t memory;       /**< bytes that a rank will allocate, were each to do its share */
} gph_ged_estimate_t;

/**
 * Predicts a batch, without files, by doing 512 pairs, drawn by the context's seed in eight groups.
 * Sums are the same on any number of ranks and threads; times are of this machine. Collective.
 * @return as gph_ged_batch(); GPH_ERR_STOPPED without a result
 */
GPH_API gph_status_t gph_ged_batch_predict(const gph_collection_t *collection,
                                           const gph_ged_pairs_t *pairs,
                                           const gph_ged_batch_options_t *options,
                                           gph_ged_estimate_t *estimate);

/** A graph found by a search. */
typedef struct gph_ged_match {
    int64_t query; /**< number of the query */
    int64_t graph; /**< number of the graph, counted from the first one that is no query */
    double lower;
    double upper;
} gph_ged_match_t;

/**
 * Similarity search: which graphs of a collection are near to each query? Cheap bounds come first
 * and settle most pairs. Collective.
 *
 * With a threshold (options->pair.threshold >= 0): all graphs that are not proved to be farther
 * from the query than that, in the order of queries, then graphs. With method exact and no limits
 * these are exactly the graphs within the threshold. With nearest > 0: for each query the so many
 * nearest graphs (of those within the threshold, if there is one) by upper bound, then lower bound,
 * then number; with method exact and no limits they are exactly the nearest ones.
 * @param queries the first so many graphs are the queries, all others are searched
 * @param nearest how many graphs for each query; 0: all within the threshold
 * @param options out_path receives the matches; filter is implied; no matrix_path
 * @return as gph_ged_batch(); GPH_ERR_USAGE also without both, and for nearest with a method that
 *         gives no upper bound
 * Memory: with nearest, 24 bytes a pair of query and graph on every rank.
 */
GPH_API gph_status_t gph_ged_search(const gph_collection_t *collection, int64_t queries,
                                    int64_t nearest, const gph_ged_batch_options_t *options,
                                    gph_ged_batch_t **batch);

/** Frees a batch and nulls the pointer; NULL is fine. Local. */
GPH_API void gph_ged_batch_destroy(gph_ged_batch_t **batch);

/** Sums over all pairs. Local; the same on every rank. */
GPH_API const gph_ged_summary_t *gph_ged_batch_summary(const gph_ged_batch_t *batch);

/** Hexadecimal digest of all rows (of all matches after a search): equal digests mean equal bytes;
 * "" when the batch was stopped. Local; the same on every rank. */
GPH_API const char *gph_ged_batch_digest(const gph_ged_batch_t *batch);

/** Rows that this rank holds; ranks hold consecutive rows in the order of the pairs. None after a
 *  search. Local. @param row receives a view [*rows], valid until the batch is destroyed */
GPH_API void gph_ged_batch_rows(const gph_ged_batch_t *batch, int64_t *first, int64_t *rows,
                                const gph_ged_row_t **row);

/** Mapping of a row of this rank, where options->paths asked for it: [nodes of the first graph] the
 * node of the second one, -1: deleted; -2 all over: a bound without mapping settled the pair.
 * Local.
 * @param row counted from this rank's first one
 * @return NULL without paths */
GPH_API const int64_t *gph_ged_batch_map(const gph_ged_batch_t *batch, int64_t row);

/** Matches of a search, all of them on every rank; NULL for a batch. Local.
 *  @param count receives their number */
GPH_API const gph_ged_match_t *gph_ged_batch_matches(const gph_ged_batch_t *batch, int64_t *count);

/* --- checking ------------------------------------------------------------------------------- */

/** What a result file says of itself. */
typedef struct gph_ged_verified {
    int64_t rows;                      /**< pairs, all of them checked */
    int64_t paths;                     /**< of them with an edit path that was replayed */
    char digest[GPH_GED_DIGEST_CHARS]; /**< of the rows and paths, as recomputed */
} gph_ged_verified_t;

/** Tells whether a file is a result of gph_ged_batch() with edit paths. Collective. */
GPH_API gph_status_t gph_ged_is_result(gph_context_t *context, const char *path, bool *is_result);

/**
 * Checks a result of gph_ged_batch() with edit paths (.h5): the collection is the one of the
 * digest in the file; each mapping is one; replayed, it takes the operations and costs that the
 * file tells, in sum its upper bound; lower <= upper, and equal where the row is exact; the digest
 * is right. Collective.
 * @param collection what the file's graphs are read from, or NULL: what the file names
 * @return GPH_ERR_VERIFY naming the first row that is wrong; GPH_ERR_INPUT for a file that is no
 *         such result
 */
GPH_API gph_status_t gph_ged_verify(gph_context_t *context, const char *path,
                                    const char *collection, gph_ged_verified_t *verified);

#ifdef __cplusplus
}
#endif

#endif
