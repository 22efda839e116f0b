/**
 * The oracle of these tests: graphs as matrices, their cliques by trying, and a checker of lists.
 * Nothing here uses orders, orientations or bit sets, as the kernels do.
 */
#ifndef GPH_TEST_CLIQUE_ORACLE_H
#define GPH_TEST_CLIQUE_ORACLE_H

#include "gph/clique.h"
#include "par/context.h"

enum { ORACLE_MOST = 200 };

/** A graph that every rank holds whole. */
typedef struct oracle {
    int n;
    int64_t id[ORACLE_MOST]; /**< ascending */
    bool joined[ORACLE_MOST][ORACLE_MOST];
} oracle_t;

/** Makes a graph of n vertices with scattered ids and no edges. Local. */
void oracle_empty(int n, oracle_t *oracle);

/** Makes a random graph in which each pair is joined with a probability. Local. */
void oracle_random(int n, double density, uint64_t seed, oracle_t *oracle);

/** Makes the complete graph of `parts` parts, i and j joined unless i = j modulo parts. Local. */
void oracle_turan(int n, int parts, oracle_t *oracle);

/** Number of small graphs that oracle_sample() knows. */
enum { ORACLE_SAMPLES = 10 };

/** Makes one of a few small graphs of all densities. Local. */
void oracle_sample(int number, oracle_t *oracle);

/** Builds the graph of the library; each rank passes a part of the edges. Collective. */
gph_status_t oracle_build(gph_context_t *context, const oracle_t *oracle, gph_graph_t **graph);

/** Number of k-cliques. Local. */
int64_t oracle_count(const oracle_t *oracle, int k);

/** All k-cliques by ids, rows ascending and in lexicographic order; free() it. Local. */
int64_t *oracle_list(const oracle_t *oracle, int k, int64_t *count);

/** Number of k-cliques through each vertex. Local. */
void oracle_vertex_counts(const oracle_t *oracle, int k, int64_t *counts);

/** What is wrong with a list. */
typedef struct defects {
    int64_t unordered; /**< rows that do not ascend, or name a foreign vertex */
    int64_t unjoined;  /**< rows that are no cliques */
    int64_t repeated;  /**< rows that occur before */
    int64_t missing;   /**< cliques that are not in the list */
} defects_t;

/** Checks a list of cliques in any order. Local. */
defects_t oracle_check(const oracle_t *oracle, int k, const int64_t *rows, int64_t count);

/** True when nothing is wrong. Local. */
bool oracle_accepts(const oracle_t *oracle, int k, const int64_t *rows, int64_t count);

#endif
