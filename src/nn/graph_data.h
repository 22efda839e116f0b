/** Data for the classification of graphs: a collection in rows, classes and folds. */
#ifndef GPH_NN_GRAPH_DATA_H
#define GPH_NN_GRAPH_DATA_H

#include "base/hash.h"
#include "gph/io_collection.h"
#include "gph/nn_graphs.h"

/** All graphs one behind the other; the same on every rank. */
typedef struct gph_graph_data {
    gph_context_t *context;
    const gph_collection_t *collection;
    gph_collection_t *owned; /**< the same where the data owns it */
    int64_t graphs;
    int64_t features; /**< node labels */
    int64_t classes;
    int64_t folds;
    int64_t *node;       /**< [graphs + 1] first node of each graph */
    gph_off_t *offset;   /**< [nodes + 1] neighbours of each node */
    gph_lid_t *adjacent; /**< [offset[nodes]] node within its graph, ascending */
    int32_t *label;      /**< [nodes] */
    int32_t *class;      /**< [graphs] */
    int32_t *fold;       /**< [graphs] in which a graph is for testing; -1: in none */
    gph_digest_t digest; /**< of everything */
} gph_graph_data_t;

/** The rows of a collection, which must outlive the data, without folds. Collective. data->context
 * is set. GPH_ERR_INPUT where a graph has no nodes. */
gph_status_t gph_graph_data_rows(const gph_collection_t *collection, gph_graph_data_t *data);

/** Loads a collection and its folds. Collective. GPH_ERR_INPUT where graphs lack classes or folds
 * make no sense. */
gph_status_t gph_graph_data_load(gph_context_t *context, const gph_graphs_options_t *options,
                                 gph_graph_data_t *data);

/** Frees everything. Local. */
void gph_graph_data_free(gph_graph_data_t *data);

/** Fills data->fold and data->folds from files or by drawing. Collective. */
gph_status_t gph_graph_folds(const gph_graphs_options_t *options, gph_graph_data_t *data);

#endif
