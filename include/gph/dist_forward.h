/**
 * @file dist_forward.h
 * Directed acyclic graphs that compute: the forward pass of a network, and the values of
 * expressions. Nodes are executed by topological levels, those of a level by all threads and ranks;
 * the result has the same bits as one node after the other.
 */
#ifndef GPH_DIST_FORWARD_H
#define GPH_DIST_FORWARD_H

#include "gph/dist.h"
#include "gph/graph_expression.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes a directed graph from edges in memory: each rank passes its share. Collective.
 * @param count  edges of this rank (may differ between ranks)
 * @param from,to [count] input ids of the ends, >= 0; repeats are dropped, the smallest weight
 *               stays, also of two edges of opposite directions
 * @param weight [count] finite, or NULL on all ranks: without weights
 * @param vertices ids are 0..vertices-1, all of them nodes; -1: the nodes are the ids that occur
 * @param graph  receives the graph
 * @return GPH_ERR_INPUT for an id or a weight out of range; GPH_ERR_MEMORY
 */
GPH_API gph_status_t gph_graph_from_arcs(gph_context_t *context, int64_t count, const int64_t *from,
                                         const int64_t *to, const double *weight, int64_t vertices,
                                         gph_graph_t **graph);

/** Number of topological levels: nodes of the longest path. Collective.
 * @return GPH_ERR_INPUT naming a cycle; GPH_ERR_USAGE for an undirected graph */
GPH_API gph_status_t gph_graph_levels(const gph_graph_t *graph, int64_t *levels);

/** What a node makes of the sum x that comes in. */
typedef enum gph_activation {
    GPH_ACTIVATION_IDENTITY = 0,
    GPH_ACTIVATION_RELU = 1,    /**< x if x > 0, else 0 */
    GPH_ACTIVATION_SIGMOID = 2, /**< 1 / (1 + exp(-x)) */
    GPH_ACTIVATION_TANH = 3,
    GPH_ACTIVATION_GELU = 4, /**< x (1 + erf(x / sqrt 2)) / 2 (Hendrycks & Gimpel 2016) */
    GPH_ACTIVATION_SILU = 5  /**< x / (1 + exp(-x)) */
} gph_activation_t;

/** Name of an activation, such as "relu"; NULL when there is none of that number. Local. */
GPH_API const char *gph_activation_name(gph_activation_t activation);

/** Settings of a forward pass. Start from gph_forward_options_default(). */
typedef struct gph_forward_options {
    int64_t batch;                   /**< inputs at once, at least 1 */
    gph_activation_t activation;     /**< of all nodes into which an edge leads */
    const gph_activation_t *of_node; /**< [owned] of each node instead, or NULL */
    const float *bias;               /**< [owned] added to each sum, or NULL */
} gph_forward_options_t;

/** One input, identity. Local. */
GPH_API gph_forward_options_t gph_forward_options_default(void);

/**
 * Forward pass. A node without incoming edges has its input for a value; any other one activation(
 * bias + sum of weight × value over the nodes that lead to it), the sum taken in float32 and in
 * ascending order of their numbers. Collective.
 * @param graph   directed; an edge without weight counts 1
 * @param options batch and activation are the same on all ranks; NULL: defaults
 * @param input   [owned × batch] of the nodes of this rank; read where no edge leads in
 * @param output  [owned × batch] receives the values; may be `input`
 * @return GPH_ERR_INPUT naming a cycle; GPH_ERR_USAGE; GPH_ERR_MEMORY
 * Cost: O((n + m)/P × batch), and one message a value that another rank needs.
 */
GPH_API gph_status_t gph_forward_pass(const gph_graph_t *graph,
                                      const gph_forward_options_t *options, const float *input,
                                      float *output);

/**
 * Values of all nodes of a MathGraph (`math:`), with values for its symbols. Collective.
 * @param count,bindings as gph_expression_evaluate(); the same on all ranks
 * @param values [owned] receives the value of each node; those of the expressions are the values of
 *               the nodes to which no edge leads
 * @return GPH_ERR_USAGE naming a symbol without value or a graph that is none of expressions
 */
GPH_API gph_status_t gph_graph_evaluate(const gph_graph_t *graph, int64_t count,
                                        const gph_binding_t *bindings, double *values);

/** Values of the expressions of a graph. */
typedef struct gph_values_summary {
    int64_t expressions; /**< nodes to which no edge leads */
    int64_t levels;      /**< topological levels */
    double first;        /**< value of the first expression; 0 when there is none */
    char digest[40];     /**< hexadecimal, of all values in order: equal digests mean equal bits */
} gph_values_summary_t;

/**
 * Makes the MathGraph of a text that rank 0 holds. Collective.
 * @param text [size] on rank 0: expressions, one a line; ignored on other ranks
 * @return GPH_ERR_INPUT "expression:LINE:COLUMN: …"; GPH_ERR_MEMORY
 */
GPH_API gph_status_t gph_graph_from_expressions(gph_context_t *context, const char *text,
                                                int64_t size, gph_graph_t **graph);

/**
 * Evaluates the expressions of a MathGraph, and writes their values to a file, one a line in order,
 * in the fewest digits that give them back (or nan, inf, -inf). Collective.
 * @param path    NULL: no file
 * @param summary receives what they come to
 * @return as gph_graph_evaluate(); GPH_ERR_SYSTEM for the file
 */
GPH_API gph_status_t gph_graph_evaluate_to(const gph_graph_t *graph, int64_t count,
                                           const gph_binding_t *bindings, const char *path,
                                           gph_values_summary_t *summary);

#ifdef __cplusplus
}
#endif

#endif
