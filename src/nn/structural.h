/**
 * A differentiable edit distance between predicted and wanted graphs. With a soft assignment S of
 * predicted nodes to wanted ones (a further row for nodes that are inserted, a further column for
 * those that are deleted) a pair costs
 *
 *     alpha · (labels that differ, nodes inserted, nodes deleted, each by its share of S)
 *   + beta  · (edges deleted, edges inserted, edges that S lays upon wanted ones but that lack
 *              certainty, each by its share of S)
 *   + gamma · |triangles of the prediction − triangles wanted|
 *
 * Where something is wanted that has probability p, it costs log(p + epsilon (1 − p)) /
 * log(epsilon): 1 for p = 0, 0 for p = 1. A line between the two (epsilon 1) makes the loss the
 * expected number of edits, but then an edge that S lays upon a wanted one by less than a half is
 * best left out, and learning, which begins with an S that says nothing, ends without edges; the
 * logarithm makes the share of S the best probability, as maximum likelihood does.
 *
 * For graphs whose probabilities are 0 and 1 and an S of 0 and 1 the loss is the cost of the edit
 * path that S says, an edge of another kind being another edge. Triangles are cliques of 3 nodes in
 * all, whatever their labels, over edges of any kind and direction; of a prediction their expected
 * number where edges were independent.
 *
 * S comes from rounds of graduated assignment (Gold & Rangarajan 1996): a round takes the gradient
 * of the cost at the S of the round before (at first labels alone) and assigns by Sinkhorn's
 * iteration (sinkhorn.h). All of that is followed backwards.
 */
#ifndef GPH_NN_STRUCTURAL_H
#define GPH_NN_STRUCTURAL_H

#include "gph/nn_expressions.h"
#include "nn/real.h"
#include "par/context.h"

/** An edge that is wanted. */
typedef struct gph_wanted_edge {
    int32_t from;
    int32_t to;
    int32_t kind;
} gph_wanted_edge_t;

/** One predicted graph, the graph that is wanted, and where results go. */
typedef struct gph_structural_pair {
    int64_t nodes;           /**< predicted; some may be none */
    int64_t labels;          /**< of nodes, without "no node" */
    int64_t kinds;           /**< of edges */
    const gph_real_t *label; /**< [nodes × labels + 1] distributions; last: no node */
    const gph_real_t *edge;  /**< [kinds × nodes × nodes] from a node to another one, 0 to 1 */
    int64_t wanted_nodes;
    const int32_t *wanted_label; /**< [wanted_nodes] */
    int64_t wanted_edges;
    const gph_wanted_edge_t *wanted_edge; /**< [wanted_edges] each once */
    double loss;                          /**< receives the cost */
    double *assignment;  /**< [nodes + 1 × wanted_nodes + 1] receives S, or NULL */
    gph_real_t *g_label; /**< as label: receives the gradient, or NULL, as then g_edge */
    gph_real_t *g_edge;  /**< as edge */
} gph_structural_pair_t;

/** Memory that losses need beside their results. {0} at first. */
typedef struct gph_structural_space {
    double *value;
    int64_t room; /**< numbers allocated */
} gph_structural_space_t;

/** GPH_ERR_USAGE naming the bad one unless options make sense. Local. */
gph_status_t gph_structural_check(gph_env_t *env, const gph_structural_options_t *options);

/**
 * Losses of pairs, and their gradients where wanted. Local, on all threads; each pair is the work
 * of one thread, in one order.
 * @param scale of gradients: the share of a pair in the loss that is minimised
 * Cost of a pair of n nodes: O(rounds × n² × (iterations + kinds × n)).
 */
gph_status_t gph_structural_loss(const gph_context_t *context,
                                 const gph_structural_options_t *options, double scale,
                                 int64_t count, gph_structural_pair_t *pair,
                                 gph_structural_space_t *space);

/** Frees the memory. Local. */
void gph_structural_free(gph_structural_space_t *space);

#endif
