/**
 * A network that classifies graphs, on all threads of a rank, each of which has a part of the batch
 * (nn/parts.h). A batch that one graph dominates is one part.
 */
#ifndef GPH_NN_GRAPH_TEAM_H
#define GPH_NN_GRAPH_TEAM_H

#include "nn/graph_network.h"
#include "nn/loss.h"
#include "nn/parts.h"

/** What one thread works with. */
typedef struct gph_graph_worker {
    gph_graph_network_t network;
    gph_graph_batch_t batch; /**< its part */
    gph_tensor_t gradient;   /**< of scores */
    gph_loss_sums_t sums;
} gph_graph_worker_t;

typedef struct gph_graph_team {
    gph_parts_t parts;
    int64_t count;              /**< graphs of the batch over all ranks */
    gph_graph_worker_t *worker; /**< [parts.networks]; the weights are those of the first one */
} gph_graph_team_t;

/** Builds the network for rows of `in` columns. Local. Free it also after a failure. */
gph_status_t gph_graph_team_build(gph_context_t *context, const gph_model_options_t *options,
                                  gph_readout_t readout, int64_t in, int64_t out,
                                  gph_graph_team_t *team);

/** Frees everything. Local. */
void gph_graph_team_free(gph_graph_team_t *team);

/** The weights and their gradient. Local. */
gph_params_t *gph_graph_team_params(gph_graph_team_t *team);

/** Takes this rank's share of a batch. Local. @param list [count] as of gph_graph_batch_fill() */
gph_status_t gph_graph_team_take(gph_graph_team_t *team, const gph_graph_data_t *data,
                                 int64_t count, const int64_t *list);

/**
 * Scores of the batch and their loss. Collective.
 * @param training dropout is on, and gph_graph_team_backward() will follow
 */
gph_status_t gph_graph_team_forward(gph_graph_team_t *team, bool training, uint64_t seed,
                                    int64_t step, gph_loss_t *loss);

/** Gradients of all weights, after a forward pass with the same arguments. Collective.
 * gph_gradient_begin() before, gph_gradient_finish() after. */
gph_status_t gph_graph_team_backward(gph_graph_team_t *team, uint64_t seed, int64_t step);

#endif
