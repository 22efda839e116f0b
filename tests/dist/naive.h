/**
 * The oracle of these tests: inputs that every rank holds whole, and the graph made of them the
 * slow and obvious way, as a matrix.
 */
#ifndef GPH_TEST_DIST_NAIVE_H
#define GPH_TEST_DIST_NAIVE_H

#include "graph/graph.h"

/** Inputs, from nothing at all to random multigraphs with loops, repeats and weights. */
typedef enum kind {
    NOTHING,   /**< no edges and no declared vertices */
    NO_EDGES,  /**< nine vertices from id 1 on */
    ONE_LOOP,  /**< a vertex that occurs in a loop only */
    FAR_PAIR,  /**< ids 0 and 2^63 - 1 */
    PATH,      /**< dense ids */
    STAR,      /**< sparse ids, the hub the highest */
    COMPLETE,  /**< dense ids from 1 on */
    SPARSE,    /**< 63-bit ids, loops, repeats, weights */
    DENSE,     /**< ids from 1000 on, isolated vertices, loops, repeats */
    THREE,     /**< three vertices, many repeats, weights */
    HUB,       /**< half of the edges meet in one vertex; weights */
    FRAGMENTS, /**< many components */
    TWO_ENDS,  /**< ids near 0 and near 2^63 - 1 */
    KINDS
} kind_t;

/** How the edges of an input lie on the ranks. */
typedef enum spread { DEALT, ON_FIRST, ON_LAST, BACKWARDS, RANDOM_RANKS, SPREADS } spread_t;

enum { LARGEST = 80, MOST_EDGES = 640 };

/** An input as a whole, the same on every rank. */
typedef struct input {
    int64_t vertices; /**< as in gph_edges_t */
    int64_t first_id;
    bool weighted;
    int64_t count;
    gph_edge_t edge[MOST_EDGES];
    double weight[MOST_EDGES];
} input_t;

/** The graph that an input is meant to become. */
typedef struct naive {
    int n;
    int64_t id[LARGEST]; /**< ascending */
    int64_t edges;
    int64_t loops;
    int64_t repeats;
    bool joined[LARGEST][LARGEST];
    double weight[LARGEST][LARGEST]; /**< the smallest of repeats */
} naive_t;

/** Makes an input; `seed` varies the random ones. Local. */
void input_make(kind_t kind, uint64_t seed, input_t *input);

/** Rank on which edge i of an input lies. Local. */
int input_rank(const input_t *input, spread_t spread, int ranks, int64_t i);

/** This rank's share of an input. Local. */
gph_status_t input_share(gph_context_t *context, const input_t *input, spread_t spread,
                         gph_edges_t *edges);

/** Builds a graph of an input. Collective. */
gph_status_t input_build(gph_context_t *context, const input_t *input, spread_t spread,
                         gph_graph_t **graph);

/** Makes the graph by definition. Local. */
void naive_make(const input_t *input, naive_t *naive);

/** Neighbours of v. Local. */
int naive_degree(const naive_t *naive, int v);

#endif
