/**
 * A network that transforms expressions, on all threads of a rank, each of which has a part of the
 * batch (nn/parts.h), from drawing its expressions to the gradient of the structural loss.
 */
#ifndef GPH_NN_EXPRESSION_TEAM_H
#define GPH_NN_EXPRESSION_TEAM_H

#include "nn/expression_network.h"
#include "nn/parts.h"

/** What one thread works with. */
typedef struct gph_expression_worker {
    gph_expression_network_t network;
    gph_expression_batch_t batch; /**< its part */
    gph_expression_sums_t sums;
} gph_expression_worker_t;

typedef struct gph_expression_team {
    gph_parts_t parts;
    int64_t count;                   /**< graphs of the batch over all ranks */
    gph_expression_worker_t *worker; /**< [parts.networks]; weights as of a gph_graph_team_t */
} gph_expression_team_t;

/** Builds the network. Local. Free it also after a failure. */
gph_status_t gph_expression_team_build(gph_context_t *context, const gph_model_options_t *options,
                                       int64_t labels, gph_expression_team_t *team);

/** Frees everything. Local. */
void gph_expression_team_free(gph_expression_team_t *team);

/** The weights and their gradient. Local. */
gph_params_t *gph_expression_team_params(gph_expression_team_t *team);

/** Draws this rank's share of a batch, as gph_expression_batch_fill(). Collective. */
gph_status_t gph_expression_team_take(gph_expression_team_t *team,
                                      const gph_expression_data_t *data, bool held_out,
                                      int64_t count, const int64_t *list);

/**
 * Soft graphs of the batch and their loss. Collective.
 * @param training dropout is on, and gph_expression_team_backward() will follow
 */
gph_status_t gph_expression_team_forward(gph_expression_team_t *team,
                                         const gph_structural_options_t *options, bool training,
                                         uint64_t seed, int64_t step, gph_expression_loss_t *loss);

/** Gradients of all weights, after a forward pass with the same arguments. Collective.
 * gph_gradient_begin() before, gph_gradient_finish() after. */
gph_status_t gph_expression_team_backward(gph_expression_team_t *team, uint64_t seed, int64_t step);

#endif
