/**
 * @file mp.h
 * Message passing: vertex programs on a distributed graph, and the algorithms built on them.
 *
 * A program gives every vertex a state of a fixed size. In each sweep a vertex sees the states of
 * its neighbours and the weights of the edges to them as arrays, and tells its new state and
 * whether that is a change. Sweeps are synchronous: all vertices see the states before the sweep,
 * so the outcome depends on graph and program alone, not on ranks, threads or timing. The framework
 * computes only vertices that have news (all of them where that is cheaper), sends only states that
 * changed, and computes the inside of a rank's part while messages are on their way.
 *
 * docs/message-passing.md has a tour and a complete program.
 */
#ifndef GPH_MP_H
#define GPH_MP_H

#include "gph/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- vertices of a rank --------------------------------------------------------------------- */

/** A vertex as programs see it. */
typedef struct gph_mp_vertex {
    gph_lid_t local;  /**< its place among the vertices of this rank */
    gph_gid_t number; /**< its number, 0..n-1 in ascending order of ids, the same on any number of
                           ranks */
    int64_t id;       /**< id that the input gave it */
    int64_t degree;   /**< number of its neighbours */
} gph_mp_vertex_t;

/** Number of vertices that this rank holds, and so of states that it keeps. Local. */
GPH_API gph_lid_t gph_mp_owned(const gph_graph_t *graph);

/** A vertex of this rank, 0 <= local < gph_mp_owned(). Local. */
GPH_API gph_mp_vertex_t gph_mp_vertex(const gph_graph_t *graph, gph_lid_t local);

/* --- programs ------------------------------------------------------------------------------- */

/**
 * The first state of a vertex. Runs on several threads at once.
 * @param state receives the state [state_size], zeroed before
 * @return true when the neighbours must look at it in the first sweep
 */
typedef bool gph_mp_start_fn(void *data, const gph_mp_vertex_t *vertex, void *state);

/**
 * The new state of a vertex. Runs on several threads at once. Must be a function of what it is
 * given, and of `data` as it was before the sweep, alone.
 * @param neighbour [vertex->degree] states of the neighbours before the sweep, in ascending order
 * of their numbers
 * @param weight    [vertex->degree] weights of the edges to them, or NULL: all 1
 * @param state     the state; to be changed in place
 * @param term      [sums] zeroed before; what this vertex adds to the sums of the program
 * @return true when the state changed: the neighbours then look at it in the next sweep; otherwise
 *         the state stays as it was
 */
typedef bool gph_mp_vertex_fn(void *data, const gph_mp_vertex_t *vertex, const void *neighbour,
                              const double *weight, void *state, double *term);

/**
 * Several vertices and their rows: no state is copied. Vertex i of the block is v =
 * gph_mp_block_vertex(block, i), which says where its row, its states and its mark lie. A program
 * that always computes every vertex may see them renumbered, in the same way in all of its sweeps:
 * gph_mp_block_local(block, v) is the vertex among those of this rank.
 */
typedef struct gph_mp_block {
    const gph_graph_t *graph;
    int64_t count;             /**< vertices of the block, at most GPH_MP_BLOCK */
    const gph_lid_t *vertex;   /**< [count] the vertices, or NULL: first, first + 1, … */
    gph_lid_t first;           /**< unless `vertex` tells */
    const gph_lid_t *local;    /**< local index of each vertex, or NULL: itself */
    const gph_off_t *offset;   /**< row of vertex v: offset[v] .. offset[v + 1] - 1 */
    const gph_lid_t *adjacent; /**< [offset[gph_mp_owned()]] of each row, where the states of the
                                    neighbours lie, in ascending order of the neighbours' numbers */
    const double *weight;      /**< beside adjacent, or NULL: all 1 */
    const void *state;         /**< states before the sweep: of v at v, of neighbours at adjacent */
    void *next;                /**< new states by vertex; to be set where they change */
    unsigned char *changed;    /**< by vertex; to be set to 1 where a state changes, 0 before */
    double *term;              /**< [sums × count] zeroed; term[s × count + i] is what vertex i of
                                    the block adds to sum s */
    int thread;                /**< 0..threads-1, for work spaces */
} gph_mp_block_t;

/** Most vertices of a block. */
#define GPH_MP_BLOCK 1024

/** Most sums of a program. */
#define GPH_MP_SUMS 8

/** Vertex i of a block. Local. */
static inline gph_lid_t gph_mp_block_vertex(const gph_mp_block_t *block, int64_t i)
{
    return block->vertex ? block->vertex[i] : block->first + (gph_lid_t)i;
}

/** Local index of a vertex of the block, as in gph_mp_vertex_t. Local. */
static inline gph_lid_t gph_mp_block_local(const gph_mp_block_t *block, gph_lid_t vertex)
{
    return block->local ? block->local[vertex] : vertex;
}

/** The new states of a block of vertices. As gph_mp_vertex_fn, with an inner loop of its own. */
typedef void gph_mp_block_fn(void *data, const gph_mp_block_t *block);

/**
 * Called on every rank, by one thread, after each sweep, with equal arguments; may change `data`.
 * @param sweep sweeps done, from 1
 * @param sum   [sums] sums over all vertices that the sweep computed, exact and then rounded once,
 *              so the same on any number of ranks and threads
 * @return true to stop: the program has converged
 */
typedef bool gph_mp_after_fn(void *data, int64_t sweep, const double *sum);

/** A program. Start from {0}; give `start`, and `vertex` or `block`. Equal on all ranks. */
typedef struct gph_mp_program {
    size_t state_size;        /**< bytes of a state, 1..65536 */
    gph_mp_start_fn *start;   /**< first states */
    gph_mp_vertex_fn *vertex; /**< new state of one vertex, or NULL */
    gph_mp_block_fn *block;   /**< new states of many; goes before `vertex` */
    gph_mp_after_fn *after;   /**< or NULL */
    int sums;                 /**< 0..GPH_MP_SUMS */
    bool always;              /**< compute every vertex in every sweep: needed where a new state
                                   depends on more than states, such as on a sum */
    void *data;               /**< handed to all functions */
} gph_mp_program_t;

/** When sweeps end, beside convergence. Start from gph_mp_limits_default(). Equal on all ranks. */
typedef struct gph_mp_limits {
    int64_t sweeps; /**< most sweeps; -1: no limit */
    double seconds; /**< no sweep begins after so long; 0: no limit. The time limit of the context
                         counts too */
} gph_mp_limits_t;

/** No limits. Local. */
GPH_API gph_mp_limits_t gph_mp_limits_default(void);

/** Why sweeps ended. */
typedef enum gph_mp_end {
    GPH_MP_CONVERGED = 0, /**< no state changed, or `after` said so */
    GPH_MP_SWEEPS = 1,    /**< as many sweeps as allowed */
    GPH_MP_TIME = 2       /**< time was up, or a stop was asked for */
} gph_mp_end_t;

/** What a run took. The same on all ranks. */
typedef struct gph_mp_outcome {
    gph_mp_end_t end;
    int64_t sweeps; /**< sweeps done */
    int64_t
        ghosts_changed; /**< states that changed and that another rank needed, over all sweeps */
    int64_t bytes_sent; /**< in messages that carried states, over all ranks and sweeps */
} gph_mp_outcome_t;

/**
 * Runs a program until no state changes, `after` says so, or a limit is reached. Collective.
 * @param limits  NULL: none
 * @param states  receives the states [gph_mp_owned(graph) × state_size]
 * @param outcome receives what it took, or NULL
 * @return GPH_OK, however it ended; GPH_ERR_USAGE; GPH_ERR_MEMORY; GPH_ERR_SYSTEM
 * Cost of a sweep: O(edges at vertices with news), and one message to each rank that shares an
 * edge; memory: two states a vertex, one a ghost, 6 bytes each; with `always`, where there is room,
 * two states a ghost, too, 18 bytes a vertex, and 4 for each entry of a row (12 with weights).
 */
GPH_API gph_status_t gph_mp_run(const gph_graph_t *graph, const gph_mp_program_t *program,
                                const gph_mp_limits_t *limits, void *states,
                                gph_mp_outcome_t *outcome);

/* --- results: columns, a value a vertex ----------------------------------------------------- */

/** Type of a column's values. */
typedef enum gph_mp_type {
    GPH_MP_I64 = 0, /**< int64_t */
    GPH_MP_F64 = 1  /**< double */
} gph_mp_type_t;

/** Columns over the vertices of a graph. Opaque; gph_mp_result_destroy() frees it. */
typedef struct gph_mp_result gph_mp_result_t;

/** Makes a result without columns. Collective. The graph must outlive it. */
GPH_API gph_status_t gph_mp_result_create(const gph_graph_t *graph, gph_mp_result_t **result);

/** Frees a result and nulls the pointer; NULL is fine. Local. */
GPH_API void gph_mp_result_destroy(gph_mp_result_t **result);

/**
 * Adds a column. Collective.
 * @param name   letters, digits and _; at most 31 characters; not yet used
 * @param values [gph_mp_owned(graph)] copied
 */
GPH_API gph_status_t gph_mp_result_add(gph_mp_result_t *result, const char *name,
                                       gph_mp_type_t type, const void *values);

/** Number of columns. Local. */
GPH_API int gph_mp_result_columns(const gph_mp_result_t *result);

/**
 * A column of this rank. Local.
 * @param column 0..columns-1
 * @param name, type, values receive name, type and a view [gph_mp_owned(graph)]; each may be NULL
 */
GPH_API void gph_mp_result_column(const gph_mp_result_t *result, int column, const char **name,
                                  gph_mp_type_t *type, const void **values);

/** A vertex and its value. */
typedef struct gph_mp_top {
    gph_gid_t number; /**< of the vertex */
    int64_t id;       /**< that the input gave it */
    union {
        int64_t i64;
        double f64;
    } value;
} gph_mp_top_t;

/**
 * The vertices of the largest values of a column, in falling order, ties in order of numbers.
 * Collective.
 * @param wanted at least 0
 * @param count  receives how many there are: min(wanted, vertices)
 * @param top    [wanted] receives them, on every rank
 * Cost: O(n/P + wanted × ranks).
 */
GPH_API gph_status_t gph_mp_result_top(const gph_mp_result_t *result, int column, int64_t wanted,
                                       int64_t *count, gph_mp_top_t *top);

/** Writes all columns, a row a vertex in order of numbers, beside its id (or name): `.h5` or `.tsv`
 *  by suffix. Collective. */
GPH_API gph_status_t gph_mp_result_write(const gph_mp_result_t *result, const char *path);

/** Hexadecimal digest [33] of all columns: equal digests mean equal values. Collective. */
GPH_API gph_status_t gph_mp_result_digest(const gph_mp_result_t *result, char digest[33]);

/* --- algorithms ----------------------------------------------------------------------------- */

/** Algorithms of gph_mp_compute(), with their columns. */
typedef enum gph_mp_algorithm {
    /** `rank` (f64): PageRank with uniform teleport; what vertices without edges hold is spread
     * evenly (Brin & Page 1998). Ends when the ranks of a sweep differ by less than `tolerance` in
     * sum. Weights are not used. */
    GPH_MP_PAGERANK = 0,
    /** `distance` and `parent` (i64): edges on a shortest path from the source, and the smallest
     * neighbour on such a path; -1 where there is none; the source is its own parent. Direction
     * optimising (Beamer, Asanovic & Patterson, SC 2012). */
    GPH_MP_BFS = 1,
    /** `component` (i64): smallest vertex number of the connected component (subgraph sampling of
     * Sutton, Ben-Nun & Barak, IPDPS 2018). */
    GPH_MP_COMPONENTS = 2,
    /** `distance` (f64): least sum of weights on a path from the source (without weights: of ones);
     * -1 where there is none. Weights must not be negative. */
    GPH_MP_SSSP = 3,
    /** `label` (i64): communities by synchronous label propagation, as in LDBC Graphalytics: the
     * label that most neighbours have, the smallest of those; 10 sweeps unless limits say
     * otherwise.
     */
    GPH_MP_LABELS = 4,
    /** `core` (i64): core numbers, as gph_graph_cores(). */
    GPH_MP_CORES = 5,
    /** `triangles` (i64): triangles at the vertex; `clustering` (f64): their share of the pairs of
     * neighbours (Watts & Strogatz 1998), 0 with fewer than two neighbours. */
    GPH_MP_TRIANGLES = 6
} gph_mp_algorithm_t;

/** Number of algorithms. */
#define GPH_MP_ALGORITHMS 7

/** Name of an algorithm, such as "pagerank". Local. */
GPH_API const char *gph_mp_algorithm_name(gph_mp_algorithm_t algorithm);

/** Settings of algorithms. Start from gph_mp_options_default(). Equal on all ranks. */
typedef struct gph_mp_options {
    int64_t source; /**< bfs, sssp: id of the source (of a named graph: its number); -1: the
                         vertex of most neighbours, the first of them */
    const char *source_name; /**< of a named graph: name of the source, or NULL */
    double damping;          /**< pagerank: default 0.85 */
    double tolerance;        /**< pagerank: default 1e-10; 0: only a limit ends it */
    gph_mp_limits_t limits;  /**< of pagerank and labels; sweeps -1 (default): 1000 and 10 */
} gph_mp_options_t;

/** Defaults. Local. */
GPH_API gph_mp_options_t gph_mp_options_default(void);

/** One number that says something about the whole result. */
typedef struct gph_mp_fact {
    char name[32]; /**< such as "components" */
    gph_mp_type_t type;
    union {
        int64_t i64;
        double f64;
    } value;
} gph_mp_fact_t;

/**
 * Runs an algorithm. Collective.
 * @param options NULL: defaults
 * @param result  receives the columns and facts
 * @return GPH_ERR_USAGE (no such source, options that make no sense); GPH_ERR_STOPPED at the time
 *         limit of the context or when a stop was asked for; GPH_ERR_MEMORY; GPH_ERR_SYSTEM
 */
GPH_API gph_status_t gph_mp_compute(const gph_graph_t *graph, gph_mp_algorithm_t algorithm,
                                    const gph_mp_options_t *options, gph_mp_result_t **result);

/** Facts of a result of gph_mp_compute(). Local; the same on every rank.
 *  @param count receives their number @return a view [*count] */
GPH_API const gph_mp_fact_t *gph_mp_result_facts(const gph_mp_result_t *result, int *count);

#ifdef __cplusplus
}
#endif

#endif
