/** Random small graphs, random cost models, and the edit distance by trying all mappings. */
#ifndef GPH_TEST_GED_ORACLE_H
#define GPH_TEST_GED_ORACLE_H

#include "gph/ged.h"
#include "gph_test.h"
#include "io/collection.h"

/** Node labels, and edge labels, of random graphs. */
enum { ORACLE_LABELS = 3 };

/** Kinds of random cost models. */
typedef enum oracle_costs {
    ORACLE_UNIFORM = 0,
    ORACLE_CONSTANT = 1,  /**< unequal constants, integers */
    ORACLE_FRACTION = 2,  /**< unequal constants, no integers */
    ORACLE_EXPENSIVE = 3, /**< substitution dearer than deletion and insertion */
    ORACLE_TABLE = 4,     /**< integers, not symmetric */
    ORACLE_REALS = 5,     /**< a table of reals, not symmetric, no triangle inequality */
    ORACLE_EUCLIDEAN = 6,
    ORACLE_MIXED = 7, /**< nodes Euclidean, edges by table */
    ORACLE_KINDS = 8
} oracle_costs_t;

/** A random cost model with its tables. */
typedef struct oracle_model {
    gph_ged_costs_t costs;
    double node_table[(ORACLE_LABELS + 1) * (ORACLE_LABELS + 1)];
    double edge_table[(ORACLE_LABELS + 1) * (ORACLE_LABELS + 1)];
} oracle_model_t;

/** Number 0..below-1 for (stream, index). */
int oracle_draw(uint64_t stream, uint64_t index, int below);

/** Fills a model in place. */
void oracle_model(oracle_costs_t kind, uint64_t stream, oracle_model_t *model);

/** Adds a random graph with labels and attributes of two numbers; loops and both directions may
 * occur. */
gph_status_t oracle_graph(gph_graph_set_t *set, uint64_t stream, int nodes, int density);

/** Least cost over all mappings. Nodes of `a` at most 6. */
double oracle_distance(const gph_ged_costs_t *costs, const gph_small_graph_t *a,
                       const gph_small_graph_t *b);

#endif
