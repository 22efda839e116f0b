/** Expressions drawn in pairs: as drawn, and as a rule transforms them. */
#ifndef GPH_NN_EXPRESSION_DATA_H
#define GPH_NN_EXPRESSION_DATA_H

#include "gph/nn_expressions.h"
#include "graph/expression.h"
#include "par/context.h"

/** Kinds of edges: an operand's place. Expressions are drawn without parentheses. */
enum { GPH_OPERANDS = 2 };

typedef struct gph_expression_data {
    gph_context_t *context;
    const gph_expressions_options_t *options;
    gph_expression_random_t random;
    uint64_t seed[2];   /**< of expressions for training, and of those held out */
    int64_t labels;     /**< operations, then symbols, then integers in ascending order */
    int64_t operations; /**< labels that are operators or functions */
    int64_t largest;    /**< integer; -largest is the smallest one */
    gph_digest_t *held; /**< [options->held_out] ascending digests of those held out */
    int64_t changed;    /**< of those held out, how many the rule changes */
} gph_expression_data_t;

/** Draws the expressions that are held out. Local. GPH_ERR_USAGE where settings leave too few. */
gph_status_t gph_expression_data_make(gph_context_t *context,
                                      const gph_expressions_options_t *options,
                                      gph_expression_data_t *data);

/** Frees the memory. Local. */
void gph_expression_data_free(gph_expression_data_t *data);

/** Label of a node, -1 when it has none of these. Local. */
int32_t gph_expression_label(const gph_expression_data_t *data, gph_expression_node_t node);

/**
 * Draws a pair: of those held out, or one for training that is none of those. Local; may run on
 * many threads at once.
 * @param from,to receive the expression and its transformed form
 */
gph_status_t gph_expression_pair(const gph_expression_data_t *data, bool held_out, int64_t number,
                                 gph_expression_t *from, gph_expression_t *to);

#endif
