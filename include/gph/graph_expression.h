/**
 * @file graph_expression.h
 * Expressions in prefix (Polish) notation: read, write, evaluate.
 *
 *     + 2 * 3 x              operators take as many operands as the table below says
 *     (+ 2 (* 3 x) (sin y))  in parentheses any number that the operator allows
 *
 * Tokens are separated by blanks or parentheses. They are integers (`42`, `-7`, of any length),
 * floats (`2.5`, `-1e-3`), operators, functions and symbols. A symbol begins with a letter, an
 * underscore or a character beyond ASCII that is a letter or a sign, and goes on with those, digits
 * and apostrophes; `pi` has its value unless another one is bound to it. A name that is no function
 * of the table is one where it follows an open parenthesis, `(f x y)`; it has no value.
 *
 * | operands      | 2 | in parentheses |
 * |---------------|---|-------------|
 * | + * min max   | 2 | 1 or more, from left to right |
 * | -             | 2 | 1 (sign) or 2 |
 * | / ^ % pow atan2 hypot | 2 | 2; ^ is pow, % the remainder as C's fmod |
 * | neg abs sqrt cbrt exp log log2 log10 sin cos tan asin acos atan sinh cosh tanh floor ceil round
 * | 1 | 1 |
 *
 * Values are doubles, each operation within one unit in the last place; what has no value in the
 * reals is NaN, what is too large an infinity, as IEEE 754 has it.
 *
 * All calls are Local and may run on many threads at once, on one expression too.
 */
#ifndef GPH_GRAPH_EXPRESSION_H
#define GPH_GRAPH_EXPRESSION_H

#include "gph/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gph_expression gph_expression_t;

/** A value for a symbol. */
typedef struct gph_binding {
    const char *name;
    double value;
} gph_binding_t;

/** One node, read-only; valid while its expression lives. */
typedef struct gph_expression_node {
    gph_node_type_t type;
    int64_t operands;   /**< 0 for numbers and symbols */
    const char *text;   /**< [length] as it was written, without a final NUL */
    int64_t length;     /**< bytes */
    bool parenthesised; /**< written as (text operands…) */
} gph_expression_node_t;

/**
 * Reads one expression.
 * @param text       [size] UTF-8
 * @param expression receives it
 * @return GPH_ERR_INPUT "expression:LINE:COLUMN: what is wrong" (columns count characters from 1);
 *         GPH_ERR_MEMORY. Cost: O(size), whatever the depth.
 */
GPH_API gph_status_t gph_expression_parse(gph_context_t *context, const char *text, int64_t size,
                                          gph_expression_t **expression);

/** Frees an expression and nulls the pointer; NULL is fine. */
GPH_API void gph_expression_destroy(gph_expression_t **expression);

/** Number of nodes; they are numbered in prefix order, so that node 0 is the root and the first
 * operand of node v is node v + 1. */
GPH_API int64_t gph_expression_nodes(const gph_expression_t *expression);

/** Node 0 <= index < nodes. */
GPH_API gph_expression_node_t gph_expression_node(const gph_expression_t *expression,
                                                  int64_t index);

/**
 * Writes an expression as it was read, with one blank wherever tokens need one.
 * @param room   bytes that text holds
 * @param text   [room] receives as much as fits, without a final NUL; may be NULL when room is 0
 * @param length receives the bytes of the whole text
 * @return GPH_ERR_MEMORY; GPH_ERR_USAGE when an argument is NULL
 */
GPH_API gph_status_t gph_expression_format(const gph_expression_t *expression, int64_t room,
                                           char *text, int64_t *length);

/**
 * Value of an expression.
 * @param count    bindings
 * @param bindings [count] of distinct names; those that do not occur do no harm
 * @param value    receives the value
 * @return GPH_ERR_USAGE naming a symbol without value or a function that has none; GPH_ERR_MEMORY
 */
GPH_API gph_status_t gph_expression_evaluate(gph_context_t *context,
                                             const gph_expression_t *expression, int64_t count,
                                             const gph_binding_t *bindings, double *value);

#ifdef __cplusplus
}
#endif

#endif
