/**
 * A differentiable edit distance between predicted and wanted graphs. With a soft assignment S of
 * predicted nodes to wanted ones (a further row for nodes that are inserted, a further column for
 * those that are deleted) a pair costs
 *
 *     alpha · (labels that differ, nodes inserted, nodes deleted, each by its share of S)
 *   + beta  · (edges of the prediction and edges wanted, less twice those that S lays upon another)
 *   + gamma · |triangles of the prediction − triangles wanted|
 *
 * For graphs whose probabilities are 0 and 1 and an S of 0 and 1 that is the cost of the edit path
 * that S says, an edge of another kind being another edge. Triangles are cliques of 3 nodes in all,
 * whatever their labels, over edges of any kind and direction; of a prediction their expected
 * number where edges were independent.
 *
 * S comes from rounds of graduated assignment (Gold & Rangarajan 1996): a round takes the gradient
 * of the cost at the S of the round before (at first labels alone) and assigns by Sinkhorn's
 * iteration (sinkhorn.h). All of that is followed backwards.
 */
#ifndef GPH_NN_STRUCTURAL_H
#define GPH_NN_STRUCTURAL_H

#include "nn/real.h"
#include "par/context.h"

/** What edits cost, and how soft the assignment of nodes is. Start from
 * gph_structural_options_default(). */
typedef struct gph_structural_options {
    double alpha;       /**< a node inserted, deleted or of another label; default 1 */
    double beta;        /**< an edge inserted or deleted; default 1 */
    double gamma;       /**< a triangle more or less; default 1 */
    double temperature; /**< of the assignment, in units of cost; default 0.2 */
    int rounds;         /**< of graduated assignment, 1 to 64; default 3 */
    int iterations;     /**< of Sinkhorn in each round, 1 to 10000; default 10 */
} gph_structural_options_t;

/** Defaults. Local. */
gph_structural_options_t gph_structural_options_default(void);

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
