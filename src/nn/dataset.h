/**
 * Data for the classification of vertices: a graph, features, labels and splits, from a folder of
 * tables or a generator.
 */
#ifndef GPH_NN_DATASET_H
#define GPH_NN_DATASET_H

#include "gph/nn.h"
#include "graph/edges.h"
#include "nn/layer.h"
#include "nn/loss.h"

typedef struct gph_dataset {
    gph_graph_t *graph;
    gph_domain_t domain;
    int64_t features;    /**< columns */
    int64_t classes;     /**< labels are 0 .. classes - 1 */
    gph_sparse_t sparse; /**< features, or offset NULL */
    gph_tensor_t dense;  /**< [rows + ghosts × features], or value NULL */
    int32_t *label;      /**< [rows], -1: none */
    uint8_t *split;      /**< [rows] gph_split_t */
    gph_digest_t digest; /**< of everything */
} gph_dataset_t;

/**
 * Loads data. Collective.
 * @param options path: a folder as docs/training.md describes, or `sbm:…`
 * @param dataset receives it
 * @return GPH_ERR_INPUT with file and line for tables that make no sense; GPH_ERR_USAGE for a bad
 * specification; GPH_ERR_MEMORY
 * Cost of tables: every rank reads all files and keeps its own rows; 5 bytes a vertex meanwhile.
 */
gph_status_t gph_dataset_load(gph_context_t *context, const gph_data_options_t *options,
                              gph_dataset_t *dataset);

/** Frees everything. Collective. */
void gph_dataset_free(gph_dataset_t *dataset);

/** The features as input of a network. Local. */
gph_input_t gph_dataset_input(gph_dataset_t *dataset);

/* --- the two kinds, for gph_dataset_load() -------------------------------------------------- */

/** Loads a folder of tables. Collective. */
gph_status_t gph_dataset_table(gph_context_t *context, const gph_data_options_t *options,
                               gph_dataset_t *dataset);

/**
 * Makes a stochastic block model. Collective.
 * `sbm:n=1000,classes=4,features=32,p_in=0.02,p_out=0.002,signal=0.15,train=0.1,valid=0.2,seed=1`:
 * vertex v has class v mod classes; vertices are adjacent with probability p_in in a class and
 * p_out between classes; features are uniform in [-1, 1) around signal × ±1, signs by class and
 * feature; vertices are for training and validation with these probabilities, else for testing.
 * Without seed, the context's is used.
 */
gph_status_t gph_dataset_sbm(gph_context_t *context, const gph_data_options_t *options,
                             gph_dataset_t *dataset);

/** Distributes a graph of n vertices by tiles for training and makes its domain. Collective. Takes
 *  the edges over. */
gph_status_t gph_dataset_build(gph_context_t *context, const gph_data_options_t *options,
                               gph_edges_t *edges, gph_dataset_t *dataset);

#endif
