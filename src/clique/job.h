/** One search: what the passes over the tiles share. */
#ifndef GPH_CLIQUE_JOB_H
#define GPH_CLIQUE_JOB_H

#include "base/hash.h"
#include "ckpt/job.h"
#include "clique/kernel.h"
#include "par/pool.h"

/** A 128-bit count that threads add to. */
typedef struct gph_shared_count {
    uint64_t low;
    uint64_t high;
} gph_shared_count_t;

typedef struct gph_clique_job {
    gph_context_t *context;
    const gph_graph_t *graph;
    const gph_clique_options_t *options;
    gph_dag_t dag;
    gph_binomials_t binomials;
    gph_pool_t *pool;
    gph_job_t *engine;
    int64_t *tile_done;      /**< [tiles] 1: counted; between merges true on the rank that did it */
    int64_t *tile_items;     /**< [tiles] items counted of a tile that a pause interrupted */
    gph_count_t *tile_found; /**< [tiles] cliques counted here since the last merge */
    gph_count_t *tile_count; /**< [tiles] cliques of all tiles that were merged */
    bool per_vertex;         /**< counts of vertices are wanted */
    gph_count_t total;       /**< cliques of the whole graph */
    /* The block that the threads work on now. */
    gph_block_t block;
    gph_clique_space_t *space; /**< [threads] */
    double window;             /**< entries of roots' rows that a block may begin with */
    /* Per-vertex counts. */
    gph_shared_count_t *block_count; /**< [block.vertices], or NULL when not wanted */
    gph_array_t credits; /**< gph_credit_t: counts of vertices, to be added up by their owners */
    gph_count_t *vertex_count; /**< [owned] counts of vertices that were merged, or NULL */
    /* The list. */
    int64_t rows_done;  /**< rows of the list that are written */
    int64_t bytes_done; /**< bytes of the part file that hold them */
    gph_digest_t
        row_digest; /**< of the rows that this rank wrote, and before a resume of all, on rank 0 */
    int part_file;  /**< descriptor to sync before a checkpoint counts, or -1 */
} gph_clique_job_t;

/** So many cliques contain a vertex. */
typedef struct gph_credit {
    gph_gid_t vertex;
    uint64_t high;
    uint64_t low;
} gph_credit_t;

/** GPH_ERR_USAGE, with a message, for options that make no sense. Local. */
gph_status_t gph_clique_check(const gph_graph_t *graph, const gph_clique_options_t *options);

/** Makes order and oriented graph, what the kernels look up, and the pool. Collective. */
gph_status_t gph_clique_prepare(gph_clique_job_t *job);

/** Closes and frees what a job holds, but for the engine. Collective. */
void gph_clique_job_free(gph_clique_job_t *job);

/**
 * Opens the block of the last consecutive tiles of entries low..high-1 that fit a batch, with work
 * spaces for all threads. Local; other ranks are answered meanwhile.
 * @param list  tile numbers of the entries, ascending, or NULL: entries are tile numbers
 * @param begin receives the first entry of the block
 */
gph_status_t gph_clique_window_open(gph_clique_job_t *job, const int64_t *list, int64_t low,
                                    int64_t high, int flags, int64_t *begin);

/**
 * Opens the block of own rows from `begin` on, as many as fit a batch, with work spaces that have
 * room for the matrix `later`. Local; other ranks are answered meanwhile.
 * @param end receives the end of these rows
 */
gph_status_t gph_clique_window_rows(gph_clique_job_t *job, int64_t begin, int flags, int64_t *end);

/** Frees block and work spaces. Local. */
void gph_clique_window_close(gph_clique_job_t *job);

/** Makes the arrays of the counting pass. Local. */
gph_status_t gph_clique_count_prepare(gph_clique_job_t *job);

/** Counts one tile of the open block: gph_pool_tile_fn. Local. */
gph_status_t gph_clique_count_tile(void *job, int64_t tile, int thread);

/**
 * Counts all tiles that are not done: fills tile_count, total and, where wanted, vertex_count.
 * Collective. @return GPH_ERR_STOPPED as gph_job_tiles(), with total so far
 */
gph_status_t gph_clique_count_tiles(gph_clique_job_t *job);

/** Adds the state of the search to a snapshot: gph_job_ops_t.save. Collective. */
gph_status_t gph_clique_state_save(void *job, gph_snapshot_t *snapshot);

/** Takes the state up again. Collective. */
gph_status_t gph_clique_state_restore(gph_clique_job_t *job, const gph_snapshot_t *snapshot);

/** What decides the result of a search, as lines `name=value`. Collective. */
gph_status_t gph_clique_identity(const gph_clique_job_t *job, char *text, size_t room);

/** A piece of a root's row within a tile: slots begin..end-1 of the root at `position`. */
typedef struct gph_clique_piece {
    gph_gid_t position;
    int64_t begin;
    int64_t end; /**< INT64_MAX: to the end of the row */
} gph_clique_piece_t;

/** First piece of a tile (position -1 when the tile is empty). Local. */
gph_clique_piece_t gph_clique_piece_first(const gph_dag_t *dag, int64_t tile);

/** The piece after `piece` in its tile; false when that was the last. Local. */
bool gph_clique_piece_next(const gph_dag_t *dag, int64_t tile, gph_clique_piece_t *piece);

#endif
