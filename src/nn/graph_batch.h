/**
 * Mini-batches of graphs: this rank's share of a batch as rows. The batch is cut into tiles of
 * whole graphs by its own sizes alone; ranks hold consecutive tiles.
 */
#ifndef GPH_NN_GRAPH_BATCH_H
#define GPH_NN_GRAPH_BATCH_H

#include "base/array.h"
#include "nn/domain.h"
#include "nn/graph_data.h"

/** Most tiles of a batch: as many threads of all ranks can share it. */
#define GPH_BATCH_TILES 32

typedef struct gph_graph_batch {
    int64_t count;       /**< graphs of the batch over all ranks */
    gph_domain_t nodes;  /**< a row a node */
    gph_domain_t graphs; /**< a row a graph, without neighbours */
    int64_t *start;      /**< [graphs.rows + 1] first row of each graph */
    gph_tensor_t input;  /**< [nodes.rows × features] 1 at the label of the node, else 0 */
    int32_t *class;      /**< [graphs.rows] */
    uint8_t *split;      /**< [graphs.rows] all GPH_SPLIT_TRAIN */
    /* What the views above look into. */
    gph_array_t starts;
    gph_array_t offsets;
    gph_array_t adjacents;
    gph_array_t zeros;
    gph_array_t classes;
    gph_array_t splits;
} gph_graph_batch_t;

/** A batch without graphs, to be filled again and again. Local. */
gph_graph_batch_t gph_graph_batch_init(gph_env_t *env);

/**
 * Fills a batch with graphs, replacing what it held. Local; `list` is the same on all ranks.
 * @param list [count] graphs, in the order of the batch
 */
gph_status_t gph_graph_batch_fill(const gph_graph_data_t *data, int64_t count, const int64_t *list,
                                  gph_graph_batch_t *batch);

/**
 * Fills a batch with one of `parts` parts of this rank's share: consecutive tiles, as many nodes in
 * each part as tiles allow. Local, also inside a parallel region.
 * @param context of the domains: what the rows are then worked on with
 */
gph_status_t gph_graph_batch_part(gph_context_t *context, const gph_graph_data_t *data,
                                  int64_t count, const int64_t *list, int part, int parts,
                                  gph_graph_batch_t *batch);

/** Frees the memory. Local. */
void gph_graph_batch_free(gph_graph_batch_t *batch);

#endif
