/**
 * @file graph_iterate.h
 * Parallel iteration over the nodes and edges of a graph: for each, map, filter, fold, sum, find,
 * any, all, count. What is to be done with a node or an edge is a function and a pointer to its
 * data.
 *
 * Every rank visits its own nodes, its threads share them tile by tile, and results do not depend
 * on the number of ranks and threads. A body may run on any thread at any time, also on small
 * graphs, which one thread visits alone: what several calls of it write to must be guarded, or be
 * one piece a node, an edge or a thread. Bodies must not make Collective calls.
 *
 * An edge is visited once, by the rank that owns its end with the lower number.
 *
 * ## Readers and writers
 * A call that takes a `const gph_graph_t *` only reads: any number of threads may make Local ones
 * at the same time, and one thread a Collective one beside them. A call that takes a `gph_graph_t
 * *` changes the graph: it needs the graph alone. Threads of a program that reads while another one
 * may change it put their reading between gph_graph_read_begin() and gph_graph_read_end(); the
 * writer waits until the last of them has ended, and lets no new one in meanwhile. Bodies read
 * without more ado.
 */
#ifndef GPH_GRAPH_ITERATE_H
#define GPH_GRAPH_ITERATE_H

#include "gph/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A node of this rank; valid during the call it is handed to. */
typedef struct gph_graph_node {
    gph_gid_t number; /**< 0..n-1 over the whole graph */
    int64_t id;       /**< as the input has it */
    gph_lid_t local;  /**< 0..owned-1: its place in arrays of this rank, such as those of a map */
    int64_t degree;   /**< neighbours, without regard to directions */
    gph_node_type_t type;
    const char *name; /**< [name_length], no final NUL; NULL when nodes have no names */
    int64_t name_length;
} gph_graph_node_t;

/** An edge of this rank; valid during the call it is handed to. */
typedef struct gph_graph_edge {
    gph_gid_t u;   /**< number of the lower end, which this rank owns */
    gph_gid_t v;   /**< number of the higher end */
    int64_t local; /**< 0..edges of this rank - 1: its place in arrays of this rank */
    bool forward;  /**< it leads from u to v; true when undirected */
    bool backward; /**< it leads from v to u; true when undirected */
    double weight; /**< 1 in a graph without weights */
} gph_graph_edge_t;

/** A neighbour of a node. */
typedef struct gph_graph_neighbour {
    gph_gid_t number;
    bool out;      /**< an edge leads there; true when undirected */
    bool in;       /**< an edge leads from there; true when undirected */
    double weight; /**< 1 in a graph without weights */
} gph_graph_neighbour_t;

/** Nodes that this rank owns. Local. */
GPH_API gph_lid_t gph_graph_owned(const gph_graph_t *graph);
/** Edges that this rank visits. Local. O(owned × log degree). */
GPH_API int64_t gph_graph_owned_edges(const gph_graph_t *graph);
/** Node 0 <= local < owned. Local. O(1). */
GPH_API gph_graph_node_t gph_graph_node(const gph_graph_t *graph, gph_lid_t local);
/** Neighbour 0 <= index < degree of a node, ascending by number. Local. O(1). */
GPH_API gph_graph_neighbour_t gph_graph_neighbour(const gph_graph_t *graph, gph_lid_t local,
                                                  int64_t index);

/* --- bodies --------------------------------------------------------------------------------- */

/** Does something with a node. `thread` is 0..threads-1. A failure ends the iteration. */
typedef gph_status_t gph_node_body(void *data, const gph_graph_node_t *node, int thread);
/** Writes the value of a node to *value, of the size given to the map. */
typedef gph_status_t gph_node_map(void *data, const gph_graph_node_t *node, void *value);
/** Says yes or no to a node. */
typedef bool gph_node_test(void *data, const gph_graph_node_t *node);
/** Folds a node into *sum, of the size given to the fold. */
typedef void gph_node_step(void *data, const gph_graph_node_t *node, void *sum);
/** A number for a node. */
typedef double gph_node_value(void *data, const gph_graph_node_t *node);

/* The same for edges. */
typedef gph_status_t gph_edge_body(void *data, const gph_graph_edge_t *edge, int thread);
typedef gph_status_t gph_edge_map(void *data, const gph_graph_edge_t *edge, void *value);
typedef bool gph_edge_test(void *data, const gph_graph_edge_t *edge);
typedef void gph_edge_step(void *data, const gph_graph_edge_t *edge, void *sum);
typedef double gph_edge_value(void *data, const gph_graph_edge_t *edge);

/** Folds what comes later, *next, into *sum. */
typedef void gph_fold_join(void *data, void *sum, const void *next);

/* --- nodes: all Collective, O((n + m) / cores) and the bodies ------------------------------- */

/** Calls `body` for every node, in no order.
 * @return the failure of a body, the same on all ranks */
GPH_API gph_status_t gph_graph_for_each_node(const gph_graph_t *graph, gph_node_body *body,
                                             void *data);

/**
 * One value a node.
 * @param size   bytes a value
 * @param values [owned × size] receives them, by `local`; partly written on failure
 */
GPH_API gph_status_t gph_graph_map_nodes(const gph_graph_t *graph, gph_node_map *map, void *data,
                                         size_t size, void *values);

/**
 * The nodes that pass a test, in order: that of their numbers, or of placement in a graph of
 * gph_graph_place().
 * @param kept  [owned] receives the numbers of those of this rank, ascending
 * @param count receives how many they are
 * @param first receives how many there are on lower ranks: the place of kept[0] among all; or NULL
 * @param total receives how many there are on all ranks; or NULL
 */
GPH_API gph_status_t gph_graph_filter_nodes(const gph_graph_t *graph, gph_node_test *test,
                                            void *data, gph_gid_t *kept, int64_t *count,
                                            int64_t *first, int64_t *total);

/**
 * Folds all nodes into one value: nodes of a tile in order, starting from `zero`, then the tiles in
 * order. Tiles depend on the graph alone, so the result has the same bits on any number of ranks
 * and threads, also with floating-point numbers.
 * @param size   bytes of the value; size × 4096 of memory are needed on every rank
 * @param zero   [size] value to start from, neutral to `join`
 * @param result [size] receives the value, on every rank
 */
GPH_API gph_status_t gph_graph_fold_nodes(const gph_graph_t *graph, gph_node_step *step,
                                          gph_fold_join *join, void *data, size_t size,
                                          const void *zero, void *result);

/** Sum of a number a node, as if exact and rounded once. */
GPH_API gph_status_t gph_graph_sum_nodes(const gph_graph_t *graph, gph_node_value *value,
                                         void *data, double *sum);

/** Lowest number of a node that passes the test, or -1. Nodes above it need not be visited. */
GPH_API gph_status_t gph_graph_find_node(const gph_graph_t *graph, gph_node_test *test, void *data,
                                         gph_gid_t *number);
/** True when some node passes the test. Stops at the first. */
GPH_API gph_status_t gph_graph_any_node(const gph_graph_t *graph, gph_node_test *test, void *data,
                                        bool *any);
/** True when all nodes pass the test, as when there are none. Stops at the first that does not. */
GPH_API gph_status_t gph_graph_all_nodes(const gph_graph_t *graph, gph_node_test *test, void *data,
                                         bool *all);
/** Number of nodes that pass the test. */
GPH_API gph_status_t gph_graph_count_nodes(const gph_graph_t *graph, gph_node_test *test,
                                           void *data, int64_t *count);

/* --- edges: as nodes, in the order of (u, v) ------------------------------------------------ */

GPH_API gph_status_t gph_graph_for_each_edge(const gph_graph_t *graph, gph_edge_body *body,
                                             void *data);
/** @param values [gph_graph_owned_edges() × size] */
GPH_API gph_status_t gph_graph_map_edges(const gph_graph_t *graph, gph_edge_map *map, void *data,
                                         size_t size, void *values);
/** @param kept [2 × gph_graph_owned_edges()] receives u and v of each edge kept */
GPH_API gph_status_t gph_graph_filter_edges(const gph_graph_t *graph, gph_edge_test *test,
                                            void *data, gph_gid_t *kept, int64_t *count,
                                            int64_t *first, int64_t *total);
GPH_API gph_status_t gph_graph_fold_edges(const gph_graph_t *graph, gph_edge_step *step,
                                          gph_fold_join *join, void *data, size_t size,
                                          const void *zero, void *result);
GPH_API gph_status_t gph_graph_sum_edges(const gph_graph_t *graph, gph_edge_value *value,
                                         void *data, double *sum);
/** @param u,v receive the ends of the first edge that passes, or -1 */
GPH_API gph_status_t gph_graph_find_edge(const gph_graph_t *graph, gph_edge_test *test, void *data,
                                         gph_gid_t *u, gph_gid_t *v);
GPH_API gph_status_t gph_graph_any_edge(const gph_graph_t *graph, gph_edge_test *test, void *data,
                                        bool *any);
GPH_API gph_status_t gph_graph_all_edges(const gph_graph_t *graph, gph_edge_test *test, void *data,
                                         bool *all);
GPH_API gph_status_t gph_graph_count_edges(const gph_graph_t *graph, gph_edge_test *test,
                                           void *data, int64_t *count);

/* --- readers and writers -------------------------------------------------------------------- */

/** Begins reading beside a possible writer; waits while one writes or waits to write. Local. May
 * not be nested. */
GPH_API void gph_graph_read_begin(const gph_graph_t *graph);
/** Ends it. Local. */
GPH_API void gph_graph_read_end(const gph_graph_t *graph);

/**
 * Gives every edge a new weight. Collective; a writer. Readers see all old weights or all new ones.
 * @param value of an edge, finite; called in both of its rows, so it must depend on u, v, its
 *              directions and its old weight alone. `local` is -1.
 * @return GPH_ERR_INPUT for a weight that is not finite, GPH_ERR_MEMORY: nothing is changed then
 */
GPH_API gph_status_t gph_graph_set_weights(gph_graph_t *graph, gph_edge_value *value, void *data);

#ifdef __cplusplus
}
#endif

#endif
